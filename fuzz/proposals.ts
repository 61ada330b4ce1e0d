/**
 * Whole repositories whose every text and name a stranger has written, through all that is thought out about them: their manifests,
 * their recipes and their variables become expressions, lines and edits there.
 */

import { makeReport } from '../src/analyse/report.ts'
import type { MemoryTree } from '../src/host/memory.ts'
import { parseIgnoreFile } from '../src/ignore/parse.ts'
import { encodePath } from '../src/lib/path.ts'
import { propose } from '../src/propose.ts'
import type { Report } from '../src/report.ts'
import { scan } from '../src/scan.ts'
import { applySuggestions } from '../src/suggest/edits/texts.ts'
import { plainBuild } from '../test/scan-tree.ts'
import { type Repo, repoHost } from '../test/suggest/propose-tree.ts'
import type { Language } from './inputs.ts'

/** Each file of a repository behind a line with its path: `@@` for what git tracks, `??` for what only lies there. */
const heading = /^(@@|\?\?) (.*)$/gm

/** More files take what they take: their number is not what is tried here. */
const mostFiles = 400

/** The repository that a text stands for; what has no heading is the Dockerfile. */
function repositoryOf(text: string): Repo {
  const tracked = new Map<string, string>()
  const untracked = new Map<string, string>()
  const marks = [...text.matchAll(heading)].slice(0, mostFiles)
  tracked.set('Dockerfile', text.slice(0, marks[0]?.index ?? text.length))
  for (const [i, mark] of marks.entries()) {
    const [line, sign, path = ''] = mark
    const content = text.slice(mark.index + line.length + 1, marks[i + 1]?.index ?? text.length)
    if (isPath(path)) (sign === '@@' ? tracked : untracked).set(path, content)
  }
  const all = new Set([...tracked.keys(), ...untracked.keys()])
  const isFile = (path: string) => ![...all].some((other) => other.startsWith(`${path}/`))
  const treeOf = (files: ReadonlyMap<string, string>): MemoryTree =>
    Object.fromEntries(
      [...files].filter(([path]) => isFile(path)).map(([path, one]) => [path, encodePath(one)]),
    )
  return { tracked: treeOf(tracked), untracked: treeOf(untracked) }
}

const isPath = (path: string): boolean =>
  path.length < 200 &&
  !/\0|[\udc00-\udc7f]/.test(path) &&
  path.split('/').every((name) => !/^\.{0,2}$|^\.git$/.test(name))

/** Thinks out what to change, and makes all of the changes; returns the report for whoever prints it. */
export function checkProposals(text: string): Report {
  const host = repoHost(repositoryOf(text))
  const found = propose(host, scan(host, plainBuild), { thorough: true })
  const { suggestions, originals } = found.proposals
  const edits = applySuggestions(suggestions, originals)
  for (const { file, after } of edits)
    if (file === originals.ignoreFile && parseIgnoreFile(after).problems.length > 0)
      throw new Error('does not hold: what is written can be read')
  return makeReport([found.part])
}

const files = [
  'Dockerfile',
  '.dockerignore',
  '.gitignore',
  'package.json',
  'package-lock.json',
  'pnpm-workspace.yaml',
  'turbo.json',
  'tsconfig.json',
  'next.config.mjs',
  'requirements.txt',
  'pyproject.toml',
  'uv.lock',
  'setup.py',
  'go.mod',
  'go.sum',
  'main.go',
  'Cargo.toml',
  'Cargo.lock',
  'pom.xml',
  'build.gradle',
  'composer.json',
  'Gemfile',
  'app.csproj',
  'mix.exs',
  'Makefile',
  'compose.yaml',
  'docker-bake.hcl',
  '.github/workflows/ci.yml',
  '.gitlab-ci.yml',
  '.goreleaser.yaml',
  'release.sh',
  'manage.py',
  'src/index.js',
  'packages/a/package.json',
  'packages/a/tsconfig.json',
  '.env',
  '.npmrc',
]
const left = [
  'dist/a.js',
  'node_modules/x/a.js',
  'data/2026-10-03.sql',
  'web/main.c1fbb61b.css',
  'app-2026-10-03.log',
  'core.4711',
  '.env.local',
  'target/a',
  'db.sqlite3',
  '__pycache__/a.pyc',
  'coverage/lcov.info',
  'tsconfig.tsbuildinfo',
]
/** What means something to an expression, a glob, a shell, an object or a terminal. */
const hostile = [
  ...'A(B[ [ ] ( ) * ? + | ^ $ $& $1 \\ \\d {1,99999} (?< (a+)+$ [z-a] [! ** a* *a {a,b} ! # // .. - -- @ : = , ; & < > ~ %'.split(
    ' ',
  ),
  ...[
    '__proto__',
    'constructor',
    'toString',
    '\u001b[2J',
    '\u202e',
    '\udcff',
    'é',
    ' ',
    '"',
    "'",
    '`',
    '$(x)',
    '${X',
    '${X:-a}',
  ],
]
const names = ['dist', 'src', 'data', 'a', 'packages/a', './', '/app', 'A', 'app', ...hostile]

const instructions =
  'FROM node|FROM node AS a|FROM a|FROM scratch|ARG |ENV |WORKDIR /app|USER node|SHELL ["bash", "-c"]|COPY . .|COPY package.json ./|COPY src |COPY --from=a /app |COPY --chown=a:a . .|ADD . /|RUN npm ci|RUN npm run build|RUN pip install -r requirements.txt|RUN uv sync|RUN go build -o /a ./...|RUN go mod download|RUN cargo build|RUN mvn package|RUN ./gradlew build|RUN composer install|RUN bundle install|RUN apt-get update && apt-get install -y a|RUN apk add a|RUN --mount=type=cache,target=/a |RUN --mount=type=bind,source=a |RUN rm -rf |RUN make |RUN ./release.sh|RUN python manage.py collectstatic|CMD node |CMD ["a"]|ENTRYPOINT |ONBUILD COPY . .|RUN turbo prune --docker|RUN pnpm --filter |RUN echo $|HEALTHCHECK CMD '.split(
    '|',
  )
const inFiles =
  'name: |on: push|jobs:|steps:|- run: docker build .|- run: npm run build|- uses: actions/checkout@v4|uses: docker/build-push-action@v6|with: {context: .}|build-args: A=${{ github.sha }}|cache-from: type=gha|script:|services:|build: .|volumes: [./data:/data]|"scripts": {"build": "|"workspaces": ["|"dependencies": {"|"files": ["|"extends": "|"references": [{"path": "|"outDir": "|"compilerOptions": {|[project]|[tool.uv]|[workspace]|members = ["|path = "|-r |-e |replace x => ./|use ./|//go:embed |open("|require("|import |STATIC_ROOT = BASE_DIR / "|docker build -t a .|docker build --build-arg A=|.PHONY: |all:\n\t|target "a" { context = "|<module>|include(":|gem "a", path: "|{|}|[|]|"|,|:|*.log|/dist/|!keep|**/'.split(
    '|',
  )
const headings = [...files.map((path) => `\n@@ ${path}\n`), ...left.map((path) => `\n?? ${path}\n`)]

export const language: Language = {
  words: [
    ...instructions.flatMap((one) => ['\n', one]),
    ...inFiles,
    ...names,
    ...names,
    ...headings,
    ...hostile.map((one) => `\n?? ${one}\n`),
    ...['\n', '\n', ' ', '\n  ', '\n    ', '/', '=', '.'],
  ],
  seeds: [
    `FROM node:22 AS build
ARG GIT_SHA
ENV SHA=$GIT_SHA A=b
WORKDIR /app
COPY . .
RUN npm ci && npm run build
RUN apt-get update && apt-get install -y curl
FROM node:22
COPY --from=build /app/dist ./dist
COPY --from=build /app/node_modules ./node_modules
CMD ["node", "dist/index.js"]
@@ package.json
{"name": "a", "version": "1.0.0", "scripts": {"build": "tsc -p .", "prepare": "node scripts/a.js"}, "dependencies": {"@a/b": "workspace:*"}, "workspaces": ["packages/*"]}
@@ package-lock.json
{"lockfileVersion": 3}
@@ packages/a/package.json
{"name": "@a/b", "main": "dist/index.js"}
@@ tsconfig.json
{"compilerOptions": {"outDir": "dist", "incremental": true}, "references": [{"path": "packages/a"}]}
@@ .gitignore
dist/
*.log
/data/*
!/data/.keep
@@ .github/workflows/ci.yml
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with: {context: ., build-args: "GIT_SHA=\${{ github.sha }}", cache-from: type=gha}
@@ src/index.js
const a = require('../data/a.json')
?? dist/index.js
x
?? data/2026-10-03.sql
x
?? app.log
x
?? packages/a/dist/index.js
x
?? tsconfig.tsbuildinfo
{}
`,
    `# syntax=docker/dockerfile:1
ARG PY=3.12
FROM python:\${PY} AS base
ENV DJANGO_SETTINGS_MODULE=app.settings PATH="/app/.venv/bin:$PATH"
FROM base
WORKDIR /app
COPY . /app
RUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt
RUN python manage.py collectstatic --noinput
USER app
CMD gunicorn app.wsgi
@@ requirements.txt
-r base.txt
-e ./lib
flask==3.0
@@ pyproject.toml
[project]
name = "a"
readme = "README.md"
[tool.setuptools_scm]
[tool.uv.sources]
b = {path = "lib", editable = true}
@@ app/settings.py
STATIC_ROOT = BASE_DIR / 'staticfiles'
@@ manage.py
import app
@@ Makefile
all: build
build:
	docker build --build-arg PY=3.12 -t a .
@@ .gitlab-ci.yml
build:
  script:
    - docker build -t a --cache-from a .
@@ .dockerignore
*
!app
!*.py
!requirements.txt
?? staticfiles/a.css
x
?? app/__pycache__/a.pyc
x
?? db.sqlite3
x
`,
    `FROM golang:1.24 AS b
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /bin/a ./cmd/a
FROM scratch
COPY --from=b /bin/a /a
ENTRYPOINT ["/a"]
@@ go.mod
module example.com/a

go 1.24

require example.com/b v1.2.3

replace example.com/b => ./b
@@ go.sum
example.com/b v1.2.3 h1:x
@@ go.work
go 1.24
use ./b
@@ cmd/a/main.go
package main

//go:embed data/*.sql
var a string
@@ b/go.mod
module example.com/b
@@ .goreleaser.yaml
builds:
  - binary: a
@@ compose.yaml
services:
  a:
    build: {context: ., args: {A: "\${A:-1}"}}
    volumes: ["./data:/data"]
    develop: {watch: [{action: sync, path: ./cmd, target: /src}]}
?? a
x
?? coverage.out
x
?? cmd/a/__debug_bin123
x
`,
  ],
}
