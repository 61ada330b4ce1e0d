/** Small projects that build without a network: as people have them, with what a day's work leaves beside the sources. */

import { file, symlink, type Tree } from './tree.ts'

export interface FixProject {
  readonly name: string
  /** What git tracks. */
  readonly tracked: Tree
  /** What git has not, `.git` aside. */
  readonly untracked: Tree
  /** One Dockerfile an image, all with the same context. */
  readonly dockerfiles: readonly string[]
  /** Directory of the image → what of the context lies there ('' for all of it). */
  readonly places: Readonly<Record<string, string>>
  /** Paths of the context that the images must keep: they may not be among what is dropped. */
  readonly survives: readonly string[]
  /** Paths of the context that have to go, so that it is known that anything was tried. */
  readonly goes: readonly string[]
  /** Dockerfiles that are changed. */
  readonly changes?: readonly string[]
  /** True: the classic builder is tried too. */
  readonly classic?: true
}

const lines = (...each: readonly string[]) => `${each.join('\n')}\n`
const manifest = (scripts: object = {}) =>
  `${JSON.stringify({ name: 'shop', scripts, dependencies: { left: '1' } }, null, 2)}\n`
const lock = lines(
  '{ "lockfileVersion": 3, "packages": {',
  '  "node_modules/left": { "version": "1.0.0" },',
  '  "node_modules/right": { "version": "1.0.0" }',
  '} }',
)
const node: Tree = {
  'package.json': manifest({ build: 'next build' }),
  'package-lock.json': lock,
  'src/index.js': 'console.log(1)\n',
  'src/lib/cart.js': 'export {}\n',
}
const hostModules: Tree = {
  'node_modules/left/index.js': 'left as the host has it\n',
  'node_modules/gone/index.js': 'no longer in the lockfile\n',
  'node_modules/.bin/left': symlink('../left/index.js'),
}

export const fixProjects: readonly FixProject[] = [
  {
    name: 'no-ignore-file',
    changes: ['Dockerfile'],
    tracked: {
      ...node,
      Dockerfile: lines(
        'FROM node:22',
        'WORKDIR /app',
        'COPY . .',
        'RUN npm ci',
        'RUN npm run build',
        'CMD ["node", "src/index.js"]',
      ),
      'README.md': '# Shop\n',
      '.gitignore': lines('node_modules', '.next', 'coverage', '.env', '*.log'),
    },
    untracked: {
      ...hostModules,
      '.next/cache/webpack': 'of the host\n',
      '.next/trace': 'of the host\n',
      'coverage/lcov.info': 'TN:\n',
      '.DS_Store': 'Bud1',
      'npm-debug.log': 'failed\n',
      '.env': 'TOKEN=none\n',
    },
    dockerfiles: ['Dockerfile'],
    places: { '/app': '' },
    survives: ['src/index.js', 'package.json', '.env'],
    goes: ['node_modules', '.git', 'coverage', '.DS_Store'],
    classic: true,
  },
  {
    name: 'ignore-file-of-windows',
    changes: ['Dockerfile'],
    tracked: {
      Dockerfile: lines(
        'FROM python:3.13',
        'WORKDIR /srv',
        'COPY . .',
        'RUN apt-get update && apt-get install -y --no-install-recommends curl',
        'RUN pip install --no-cache-dir -r requirements.txt',
        'CMD ["python", "-m", "app"]',
      ),
      '.dockerignore': '\uFEFF# by hand\r\n*.log\r\n!app/kept.log\r\n',
      'requirements.txt': 'flask==3.0.0\nclick==8.1.0\n',
      'app/__main__.py': 'print(1)\n',
      'app/kept.log': 'a log that is data\n',
      '.gitignore': lines('__pycache__', '.venv', '*.log', '!app/kept.log'),
    },
    untracked: {
      'app/__pycache__/main.cpython-313.pyc': 'compiled',
      '.venv/pyvenv.cfg': 'home = /usr/bin\n',
      '.venv/bin/python': symlink('/usr/bin/python3'),
      '.pytest_cache/v/cache/lastfailed': '{}',
    },
    dockerfiles: ['Dockerfile'],
    places: { '/srv': '' },
    survives: ['app/__main__.py', 'app/kept.log', 'requirements.txt'],
    goes: ['.venv', 'app/__pycache__', '.pytest_cache'],
  },
  {
    name: 'two-stages',
    changes: ['Dockerfile'],
    tracked: {
      Dockerfile: lines(
        'FROM golang:1.24 AS build',
        'WORKDIR /src',
        'COPY . .',
        'RUN go build -buildvcs=false -o /out/app .',
        'FROM scratch',
        'COPY --from=build /out/app /app',
        'COPY config /config',
      ),
      'go.mod': 'module shop\n\ngo 1.24\n',
      'go.sum': 'example.org/x v1.0.0 h1:x\n',
      'main.go': 'package main\n\nfunc main() {}\n',
      'config/app.yaml': 'port: 80\n',
      '.gitignore': lines('/bin', '*.out'),
    },
    untracked: {
      'bin/app': 'built on the host',
      'cover.out': 'mode: set\n',
      'config/.DS_Store': 'Bud1',
      '.idea/workspace.xml': '<project/>\n',
    },
    dockerfiles: ['Dockerfile'],
    places: { '/config': 'config' },
    survives: ['main.go', 'config/app.yaml'],
    goes: ['.idea', 'config/.DS_Store', '.git'],
    classic: true,
  },
  {
    name: 'built-on-the-host',
    changes: ['Dockerfile'],
    tracked: {
      ...node,
      Dockerfile: lines(
        'FROM node:22',
        'WORKDIR /srv',
        'COPY . .',
        'RUN npm ci',
        'CMD ["node", "dist/app.js"]',
      ),
      'release.sh': lines(
        '#!/bin/sh',
        'mkdir -p dist',
        'cat src/*.js > dist/app.js',
        'docker build -t shop .',
      ),
      '.gitignore': lines('node_modules', 'dist'),
    },
    untracked: { ...hostModules, 'dist/app.js': 'bundled on the host\n', 'yarn-error.log': 'failed\n' },
    dockerfiles: ['Dockerfile'],
    places: { '/srv': '' },
    survives: ['dist/app.js', 'release.sh'],
    goes: ['node_modules'],
  },
  {
    name: 'asks-git',
    changes: ['Dockerfile'],
    tracked: {
      Dockerfile: lines(
        'FROM golang:1.24',
        'COPY . /src',
        'WORKDIR /src',
        'RUN git rev-parse HEAD > /version && go build -o /usr/local/bin/app .',
      ),
      'go.mod': 'module shop\n\ngo 1.24\n',
      'go.sum': 'example.org/x v1.0.0 h1:x\n',
      'main.go': 'package main\n\nfunc main() {}\n',
    },
    untracked: { '.DS_Store': 'Bud1', '.vscode/settings.json': '{}\n' },
    dockerfiles: ['Dockerfile'],
    places: { '/src': '' },
    survives: ['.git', 'main.go'],
    goes: ['.DS_Store'],
  },
  {
    name: 'allow-list',
    changes: ['Dockerfile'],
    tracked: {
      ...node,
      Dockerfile: lines('FROM node:22', 'WORKDIR /app', 'COPY . .', 'RUN npm ci', 'RUN npm run build'),
      '.dockerignore': lines('# Only what the image needs.', '*', '!src', '!package*.json', '!node_modules'),
      '.gitignore': lines('node_modules', '.next'),
    },
    untracked: { ...hostModules, 'src/.DS_Store': 'Bud1', 'src/index.js.swp': 'vim', '.env': 'TOKEN=none\n' },
    dockerfiles: ['Dockerfile'],
    places: { '/app': '' },
    survives: ['src/index.js', 'package-lock.json'],
    goes: ['node_modules', 'src/.DS_Store'],
  },
  {
    name: 'two-images-of-a-monorepo',
    changes: ['services/api/Dockerfile', 'services/web/Dockerfile'],
    tracked: {
      'compose.yaml': lines(
        'services:',
        '  api:',
        '    build: { context: ., dockerfile: services/api/Dockerfile }',
        '  web:',
        '    build: { context: ., dockerfile: services/web/Dockerfile }',
      ),
      'services/api/Dockerfile': lines(
        'FROM golang:1.24',
        'WORKDIR /api',
        'COPY services/api .',
        'RUN go build -buildvcs=false -o /usr/local/bin/api .',
        'COPY shared/coverage /data',
      ),
      'services/api/go.mod': 'module api\n\ngo 1.24\n',
      'services/api/go.sum': 'example.org/x v1.0.0 h1:x\n',
      'services/api/main.go': 'package main\n',
      'services/web/Dockerfile': lines(
        'FROM node:22',
        'WORKDIR /web',
        'COPY services/web .',
        'COPY shared shared',
        'RUN npm ci',
      ),
      'services/web/package.json': manifest(),
      'services/web/package-lock.json': lock,
      'services/web/src/index.js': 'console.log(2)\n',
      'shared/prices.json': '{}\n',
      '.gitignore': lines('node_modules', 'uploads', 'shared/coverage'),
    },
    untracked: {
      'services/web/node_modules/left/index.js': 'left as the host has it\n',
      'services/api/.DS_Store': 'Bud1',
      'services/web/npm-debug.log': 'failed\n',
      'shared/.DS_Store': 'Bud1',
      // Looks like a report, and the other image asks for it.
      'shared/coverage/map.json': '{}\n',
      'uploads/1.png': file(2000),
    },
    dockerfiles: ['services/api/Dockerfile', 'services/web/Dockerfile'],
    places: {
      '/api': 'services/api',
      '/data': 'shared/coverage',
      '/web/shared': 'shared',
      '/web': 'services/web',
    },
    survives: ['shared/coverage/map.json', 'shared/prices.json'],
    goes: ['services/api/.DS_Store', 'services/web/node_modules'],
  },
]
