/**
 * Small projects as people have them and worse: sources, what tools leave beside them, links, a repository, Dockerfiles
 * of several stages and ignore files of every style. Few names, so that lines, sources and files hit each other.
 */

import fc from 'fast-check'
import type { MemoryEntry, MemoryTree } from '../../src/host/memory.ts'
import { rawName } from '../../src/host/memory.ts'
import { compareBytes, encodePath } from '../../src/lib/path.ts'

export interface Project {
  /** All but what stands below. */
  readonly files: MemoryTree
  readonly dockerfiles: Readonly<Record<string, string>>
  /** Null: there is none. */
  readonly ignore: string | null
  /** Null: no repository. */
  readonly tracked: readonly string[] | null
}

const manifest = (name: string, more: object = {}) => JSON.stringify({ name, version: '1.0.0', ...more })
const link = (target: string): MemoryEntry => ({ type: 'symlink', target })

/** What people write. */
const sources: MemoryTree = {
  'package.json': manifest('shop', { scripts: { build: 'next build', gen: 'node gen.js' } }),
  'package-lock.json': '{"lockfileVersion":3}',
  'packages/a/package.json': manifest('a'),
  'packages/a/src/index.js': 'a',
  'packages/b/package.json': manifest('b'),
  'requirements.txt': 'flask==3.0.0\n',
  'pyproject.toml': '[project]\nname = "x"\n',
  'go.mod': 'module x\n\ngo 1.22\n',
  'go.sum': 'x v1 h1:x\n',
  'main.go': 'package main\n',
  'src/index.js': 'console.log(1)\n',
  'src/lib/cart.js': 'export {}\n',
  'src/coverage/index.js': 'not a report\n',
  'app/main.py': 'print(1)\n',
  'app/build/keep.txt': 'kept',
  'docs/guide.md': '# Guide\n',
  'README.md': '# Shop\n',
  'tests/a.test.js': 'test\n',
  'tmp/pids/.keep': '',
  'with blank.txt': 'blank',
  '[x].txt': 'class',
  '!not.txt': 'not',
  '.npmrc': 'fund=false\n',
  '.gitignore': '',
}

/** What tools and people leave. */
const leftovers: MemoryTree = {
  'node_modules/x/index.js': 300,
  'node_modules/.cache/y': 70,
  'packages/a/node_modules/x.js': 200,
  'src/node_modules/y.js': 90,
  '__pycache__/a.cpython-312.pyc': 50,
  'app/__pycache__/main.pyc': 60,
  'app/main.pyc': 61,
  '.venv/pyvenv.cfg': 'home = /usr/bin\n',
  '.venv/bin/python': link('/usr/bin/python3'),
  '.pytest_cache/v': 40,
  'dist/app.js': 120,
  'packages/a/dist/a.js': 110,
  'build/out.bin': 130,
  '.next/cache/z': 500,
  '.next/server.js': 55,
  'out/index.html': 45,
  'target/debug/x': 600,
  'obj/x.dll': 77,
  'bin/tool': 78,
  'vendor/modules.txt': 'x',
  'coverage/lcov.info': 88,
  'htmlcov/index.html': 89,
  '.coverage': 12,
  '.DS_Store': 33,
  'src/.DS_Store': 34,
  'npm-debug.log': 21,
  'app.log': 22,
  'logs/app.log': 23,
  'src/x.log': 24,
  '.idea/workspace.xml': 31,
  '.vscode/settings.json': 32,
  'src/.index.js.swp': 35,
  '.env': 'TOKEN=x\n',
  'uploads/1.png': 900,
  'uploads/2.png': 901,
  'data.sqlite': 1000,
  '.eslintcache': 41,
  'app.egg-info/PKG-INFO': 42,
  [rawName(0x78, 0xff)]: 5,
  // In what instructions ask for by its name.
  'dist/node_modules/x.js': 91,
  'dist/app.log': 92,
  'build/.DS_Store': 93,
  'out/__pycache__/a.pyc': 94,
  'uploads/x.log': 95,
  'uploads/.DS_Store': 96,
  // Links and second names of what may go.
  current: link('dist'),
  'src/modules': link('../node_modules'),
  'app.cfg': link('.env'),
  loop: link('loop'),
  'keep.js': { type: 'hardlink', target: 'dist/app.js' },
  'src/kept.log': { type: 'hardlink', target: 'app.log' },
  empty: { type: 'dir' },
}

/** What says how images are built. */
const recipes: MemoryTree = {
  'release.sh': '#!/bin/sh\nnpm ci\nnpm run build\ncp -r .next out\ndocker build -t shop .\n',
  '.github/workflows/ci.yml': [
    'on: push',
    'jobs:',
    '  image:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: actions/checkout@v4',
    '      - run: docker build -t shop .',
    '',
  ].join('\n'),
  '.github/workflows/pages.yml': [
    'on: push',
    'jobs:',
    '  image:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: actions/checkout@v4',
    '      - run: npm ci && npm run build',
    '      - run: docker build -t shop .',
    '',
  ].join('\n'),
  Makefile:
    'image: dist/app.js\n\tdocker build .\ndist/app.js:\n\tmkdir -p dist && cat src/*.js > dist/app.js\n',
}

const gitignoreLines = [
  'node_modules',
  'dist/',
  '/build',
  '*.log',
  '.env',
  'uploads/',
  '__pycache__/',
  'out',
  '*.png',
  '/data.sqlite',
  'target',
  '.venv',
]

const entries = Object.entries({ ...sources, ...leftovers, ...recipes })
const isLeftover = (path: string) => path in leftovers

/** Some of the names, most of the sources among them; a second name only where the first one is. */
export const files: fc.Arbitrary<MemoryTree> = fc
  .tuple(
    fc.subarray(Object.keys(sources), { minLength: 4 }),
    fc.subarray(Object.keys(leftovers), { maxLength: 12 }),
    fc.subarray(Object.keys(recipes), { maxLength: 2 }),
    fc.subarray(gitignoreLines),
    fc.constantFrom(
      ['package.json', 'package-lock.json', 'node_modules/x/index.js'],
      ['package.json', 'package-lock.json'],
      ['requirements.txt', 'app/main.py'],
      ['go.mod', 'go.sum', 'main.go'],
    ),
  )
  .map(([some, left, told, ignored, kind]) => {
    const wanted = new Set([...some, ...left, ...told, ...kind])
    return Object.fromEntries(
      entries.flatMap(([path, entry]): [string, MemoryEntry][] => {
        if (!wanted.has(path)) return []
        if (path === '.gitignore') return [[path, `${ignored.join('\n')}\n`]]
        const first = typeof entry === 'object' && 'target' in entry && entry.type === 'hardlink'
        return first && !wanted.has(entry.target ?? '') ? [] : [[path, entry]]
      }),
    )
  })

/** All that there could be at once: whatever a line drops, it drops here. */
export const everything: MemoryTree = Object.fromEntries(entries)

/** What git tracks, whatever the tree: null: there is no repository. */
const habits = fc.option(
  fc.record({
    without: fc.oneof(
      { weight: 3, arbitrary: fc.constant<readonly string[]>([]) },
      { weight: 1, arbitrary: fc.subarray(Object.keys(sources)) },
    ),
    also: fc.subarray(Object.keys(leftovers), { maxLength: 2 }),
  }),
  { freq: 4 },
)

const isDirectoryEntry = (entry: MemoryEntry | undefined) =>
  typeof entry === 'object' && 'type' in entry && entry.type === 'dir'

const copied = fc.constantFrom(
  ...[
    '.',
    '.',
    '.',
    'src',
    'src/',
    'app',
    'package*.json',
    'requirements.txt',
    'dist',
    'dist/app.js',
    'build',
  ],
  ...[
    'packages/a',
    'packages/*/package.json',
    'go.*',
    '*.js',
    'uploads',
    'node_modules',
    'current',
    'app.log',
    '*',
  ],
  ...[
    '.next/cache',
    'out',
    'src/*.js',
    'logs',
    '.env',
    '$WHAT',
    'packages/$NAME/src',
    './app/',
    '/src',
    'docs',
    's*',
  ],
)
const copy = fc
  .tuple(
    fc.constantFrom('COPY', 'COPY', 'COPY', 'ADD'),
    fc.array(copied, { minLength: 1, maxLength: 2 }),
    fc.constantFrom('./', './', './', '/srv/', 'sub/', '/app/'),
    fc.constantFrom('', '', '', '', '--chown=1:1 ', '--link ', '--exclude=*.log ', '--parents '),
  )
  .map(([keyword, from, to, options]) => `${keyword} ${options}${from.join(' ')} ${to}`)
const run = fc.constantFrom(
  ...['RUN npm ci', 'RUN npm ci', 'RUN npm install', 'RUN npm ci && npm run build', 'RUN npm run build'],
  ...[
    'RUN pip install -r requirements.txt',
    'RUN pip install --no-cache-dir -r requirements.txt',
    'RUN pip install .',
  ],
  ...['RUN go build -o /out/app .', 'RUN go mod download', 'RUN go build -buildvcs=false ./...'],
  ...['RUN apt-get update && apt-get install -y git', 'RUN apk add --no-cache curl', 'RUN git describe'],
  ...[
    'RUN make all',
    'RUN ./unknown.sh',
    'RUN echo done',
    'RUN rm -rf node_modules',
    'RUN mkdir -p /app/x',
    'RUN cp -r dist /x',
  ],
  ...[
    'RUN --mount=type=bind,target=/ctx npm ci',
    'RUN --mount=type=bind,source=package.json,target=package.json npm ci',
  ],
  ...[
    'RUN --mount=type=bind,source=dist,target=/d cp /d/app.js /x',
    'RUN --mount=type=cache,target=/root/.npm npm ci',
  ],
  ...[
    'RUN npm ci \\\n # why\n  && npm run build',
    'RUN next build',
    'RUN apt-get update \\\n && apt-get install -y curl',
  ],
)
const other = fc.constantFrom(
  ...[
    'WORKDIR /app',
    'WORKDIR sub',
    'ENV NODE_ENV=production',
    'ARG WHAT=src',
    'ARG NAME=a',
    'USER node',
    '# a remark',
    '',
  ],
  ...['CMD ["node", "src/index.js"]', 'ENV PATH=/app/bin:$PATH', 'EXPOSE 80', 'LABEL a=b'],
)
/** The stage that half of all Dockerfiles have. */
const usual = fc
  .tuple(
    fc.constantFrom(
      'COPY . .',
      'COPY . .',
      'COPY . /app/',
      'ADD . .',
      'COPY --chown=1:1 . .',
      'COPY packages/a .',
    ),
    fc.array(other, { maxLength: 1 }),
    fc.constantFrom(
      ...[
        'RUN npm ci',
        'RUN npm ci',
        'RUN npm ci && npm run build',
        'RUN npm install',
        'RUN npm ci --omit=dev',
      ],
      ...['RUN pip install -r requirements.txt', 'RUN go build -buildvcs=false -o /out/app .'],
      'RUN npm ci \\\n  # why\n && npm run build',
    ),
    fc.array(fc.oneof(run, copy, other), { maxLength: 2 }),
  )
  .map(([first, between, install, rest]) => ({
    base: 'node:22',
    lines: ['WORKDIR /app', first, ...between, install, ...rest],
  }))
const anyStage = fc
  .tuple(
    fc.constantFrom('node:22', 'python:3.12', 'golang:1.22', 'scratch'),
    fc.boolean(),
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: copy },
        { weight: 4, arbitrary: run },
        { weight: 2, arbitrary: other },
      ),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([base, placed, lines]) => ({ base, lines: placed ? ['WORKDIR /app', ...lines] : lines }))

const stage = fc.oneof(anyStage, usual)

export const dockerfile = fc
  .tuple(
    fc.array(stage, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '# syntax=docker/dockerfile:1\n'),
    fc.constantFrom('', '', 'ARG WHAT=dist\n'),
    fc.constantFrom('COPY --from=s0 /app /app', 'COPY --from=s0 /app/dist /app/dist', ''),
    fc.constantFrom('\n', '\n', '\n', '\r\n'),
    fc.boolean(),
  )
  .map(([stages, head, args, taken, end, closed]) => {
    const lines = stages.flatMap(({ base, lines: body }, index) => [
      `FROM ${base} AS s${index}`,
      ...body,
      ...(index > 0 && taken !== '' ? [taken] : []),
    ])
    const text = `${head}${args}${lines.join('\n')}${closed ? '\n' : ''}`
    return end === '\n' ? text : text.replaceAll('\n', end)
  })

const ignoreLine = fc.constantFrom(
  ...[
    'node_modules',
    '**/node_modules',
    '*.log',
    '**/*.log',
    '.git',
    'dist',
    '/build',
    'docs',
    '# remark',
    '',
    'target/',
  ],
  ...[
    '!dist',
    '!dist/app.js',
    '!.git',
    '!**/*.js',
    '!src/x.log',
    'src/**',
    '!src/index.js',
    '.env*',
    '**/.DS_Store',
  ],
  ...[
    '!node_modules/x',
    '**/__pycache__',
    'uploads/*.png',
    'README.md',
    '*.md',
    '!README.md',
    'Dockerfile',
    '.dockerignore',
  ],
)
const allowLines = fc
  .subarray([
    '!src',
    '!package*.json',
    '!app',
    '!app/**',
    '!packages',
    '!go.*',
    '!*.go',
    '!dist',
    '!node_modules',
  ])
  .map((some) => ['*', ...some])
export const ignoreText: fc.Arbitrary<string | null> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.oneof(
          { weight: 3, arbitrary: fc.array(ignoreLine, { maxLength: 6 }) },
          {
            weight: 1,
            arbitrary: fc.tuple(allowLines, fc.array(ignoreLine, { maxLength: 2 })).map((x) => x.flat()),
          },
        ),
        fc.constantFrom('\n', '\n', '\n', '\r\n'),
        fc.constantFrom('', '', '', '\uFEFF'),
        fc.boolean(),
      )
      .map(([lines, end, mark, closed]) => mark + lines.join(end) + (closed && lines.length > 0 ? end : '')),
  },
)

const dockerfiles = fc
  .tuple(
    dockerfile,
    fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, dockerfile),
    fc.constantFrom('Dockerfile.dev', 'packages/a/Dockerfile'),
  )
  .map(([first, second, name]) => ({ Dockerfile: first, ...(second === null ? {} : { [name]: second }) }))

export const project: fc.Arbitrary<Project> = fc
  .record({ files, dockerfiles, ignore: ignoreText, git: habits })
  .map(({ git, ...rest }) => {
    const isTracked = (path: string) =>
      git !== null &&
      !isDirectoryEntry(rest.files[path]) &&
      (isLeftover(path) ? git.also.includes(path) : !git.without.includes(path))
    return { ...rest, tracked: git === null ? null : Object.keys(rest.files).filter(isTracked) }
  })

/** The whole as a tree: the repository with its index, the Dockerfiles, the ignore file. */
export function treeOf({ files: tree, dockerfiles: texts, ignore, tracked }: Project): MemoryTree {
  const all = { ...tree, ...texts, ...(ignore === null ? {} : { '.dockerignore': ignore }) }
  if (tracked === null) return all
  const names = [...tracked, ...Object.keys(texts), ...(ignore === null ? [] : ['.dockerignore'])]
  return {
    ...all,
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/objects': { type: 'dir' },
    '.git/refs': { type: 'dir' },
    '.git/index': indexOf(names),
  }
}

/** Git's index of these paths, version 2: https://git-scm.com/docs/gitformat-index. */
export function indexOf(names: readonly string[]): Uint8Array {
  const paths = [...new Set(names)].sort(compareBytes)
  const parts: Buffer[] = [Buffer.from('DIRC\0\0\0\x02', 'latin1'), number(paths.length)]
  for (const path of paths) {
    const name = Buffer.from(encodePath(path))
    const entry = Buffer.alloc((62 + name.length + 8) & ~7)
    entry.writeUInt32BE(0o100644, 24)
    entry.writeUInt16BE(Math.min(name.length, 0xfff), 60)
    name.copy(entry, 62)
    parts.push(entry)
  }
  return Buffer.concat([...parts, Buffer.alloc(20)])
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
