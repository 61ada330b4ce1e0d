import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { createIgnoreMatcher, parseIgnoreFile } from '../../src/index.ts'
import { proposeFor, type Repo, unasked } from './propose-tree.ts'

const image = (run = '') => `FROM node\nWORKDIR /app\nCOPY . .\n${run}\n`
const project = {
  Dockerfile: image(),
  'package.json': '{"scripts":{"build":"vite build"}}',
  'package-lock.json': '{}',
}
const ci = {
  '.github/workflows/ci.yml':
    'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build --push .\n',
}
/** True for a path that the written ignore file would drop, with all that is proven or safe in it. */
function drops(repo: Repo): (path: string) => boolean {
  const { patterns } = parseIgnoreFile(proposeFor(repo).written['.dockerignore'] ?? '')
  return (path) => createIgnoreMatcher(patterns).ignores(path)
}

describe('a name that is junk in one place and source in another', () => {
  it.each<[string, MemoryTree, MemoryTree, string]>([
    [
      'coverage',
      { ...project, 'src/coverage/index.js': '', '.gitignore': '/coverage\n' },
      { 'coverage/lcov.info': 10 },
      'coverage',
    ],
    [
      'build',
      {
        ...project,
        Dockerfile: image('RUN npm ci && npx react-scripts build'),
        'tools/build/a.js': '',
        '.gitignore': '/build\n',
      },
      { 'build/a.js': 10 },
      'build',
    ],
    [
      'vendor',
      {
        Dockerfile: 'FROM php\nWORKDIR /a\nCOPY . .\nRUN composer install\n',
        'composer.json': '{}',
        'composer.lock': '{}',
        'resources/views/vendor/mail.php': '',
        '.gitignore': '/vendor\n',
        ...ci,
      },
      { 'vendor/autoload.php': 10 },
      'vendor',
    ],
    [
      'target',
      {
        Dockerfile: 'FROM rust\nWORKDIR /a\nCOPY . .\nRUN cargo build\n',
        'Cargo.toml': '',
        'src/target/mod.rs': '',
        '.gitignore': '/target\n',
      },
      { 'target/debug/a': 10, 'target/CACHEDIR.TAG': 10 },
      'target',
    ],
    [
      'logs',
      { ...project, 'src/logs/index.js': '', '.gitignore': '/logs\n', ...ci },
      { 'logs/a.out': 10 },
      'logs',
    ],
    [
      'bin',
      {
        Dockerfile: 'FROM golang\nWORKDIR /a\nCOPY . .\nRUN go build -buildvcs=false ./...\n',
        'go.mod': 'module x\n',
        'internal/bin/a.go': '',
        '.gitignore': '/bin\n',
        ...ci,
      },
      { 'bin/a': 10 },
      'bin',
    ],
    [
      'node_modules',
      { ...project, Dockerfile: image('RUN npm ci'), 'test/fixtures/node_modules/x/i.js': '' },
      { 'node_modules/a/i.js': 10 },
      'node_modules',
    ],
  ])('%s is said of its place', (_, tracked, untracked, line) => {
    const repo = { tracked, untracked }
    expect(unasked(proposeFor(repo))).toContain(line)
    const isDropped = drops(repo)
    expect(Object.keys(untracked).filter((path) => !isDropped(path))).toEqual([])
    expect(Object.keys(tracked).filter(isDropped)).toEqual([])
  })

  it('is said of its place where git tracks the source and the disk has it no more', () => {
    const repo = {
      tracked: { ...project, Dockerfile: image('RUN npm ci') },
      absent: ['test/fixtures/node_modules/x/i.js'],
      untracked: { 'node_modules/a/i.js': 10 },
    }
    expect(unasked(proposeFor(repo))).toContain('node_modules')
    expect(unasked(proposeFor(repo))).not.toContain('**/node_modules')
  })

  it('is said of its place while it is a word that sources may come to have', () => {
    const vendor = {
      tracked: {
        Dockerfile: 'FROM php\nWORKDIR /a\nCOPY . .\nRUN composer install\n',
        'composer.json': '{}',
        'composer.lock': '{}',
        '.gitignore': '/vendor\n',
        ...ci,
      },
      untracked: { 'vendor/autoload.php': 10 },
    }
    expect(drops(vendor)('resources/views/vendor/mail.php')).toBe(false)
    const coverage = {
      tracked: { ...project, '.gitignore': '/coverage\n' },
      untracked: { 'coverage/lcov.info': 10 },
    }
    expect(drops(coverage)('src/coverage/index.js')).toBe(false)
  })

  it.each(['vendor/*', 'vendor/*\n!vendor/*.txt', 'vendor'])(
    'stands or falls as a whole where packages lie there: %s',
    (rule) => {
      const repo = {
        tracked: {
          Dockerfile: 'FROM golang\nWORKDIR /a\nCOPY . .\nRUN go build\n',
          'go.mod': 'module a\n',
          'main.go': 'package main\n',
          '.gitignore': `${rule}\n`,
          ...ci,
        },
        untracked: { 'vendor/modules.txt': 10, 'vendor/github.com/a/b.go': 10 },
      }
      const { lines } = proposeFor(repo)
      expect(lines.filter((line) => line.includes('vendor'))).toEqual(
        rule.includes('!') ? [] : ['safe vendor'],
      )
    },
  )

  it('is said of every place where it means but one thing', () => {
    const repo = {
      tracked: { Dockerfile: 'FROM python\nCOPY . .\n', 'a.py': '' },
      untracked: { '__pycache__/a.pyc': 10, 'lib/__pycache__/b.pyc': 10, '.DS_Store': 10 },
    }
    expect(unasked(proposeFor(repo))).toEqual(['.git', '**/__pycache__', '**/.DS_Store'])
  })
})

describe('a line for a name wherever it lies', () => {
  const repo = (workflow: string, rest: MemoryTree): Repo => ({
    tracked: {
      Dockerfile: 'FROM php\nWORKDIR /a\nCOPY . .\n',
      'composer.json': '{}',
      'js/package.json': '{}',
      'js/a/package.json': '{}',
      'js/b/package.json': '{}',
      '.gitignore': '/vendor\ndist\nnode_modules\n.DS_Store\n',
      '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n${workflow}      - run: docker build --push .\n`,
    },
    untracked: rest,
  })
  const dist = { 'js/a/dist/a.js': 10, 'js/b/dist/b.js': 10, '.DS_Store': 10, 'js/.DS_Store': 10 }
  const install = '      - run: composer install --no-dev\n'
  const linesOf = (one: Repo) =>
    proposeFor(one)
      .lines.map((line) => line.replace(/^\w+ /, ''))
      .filter((line) => /dist$|DS_Store/.test(line))

  it.each<[string, MemoryTree]>([
    ['whatever of it lies there today', { ...dist, 'vendor/autoload.php': 10 }],
    ['though nothing of it lies there today', dist],
  ])('reaches into none that CI makes for the image, %s', (_, rest) => {
    expect(linesOf(repo(install, rest)).sort()).toEqual(['**/.DS_Store', 'js/a/dist', 'js/b/dist'])
  })

  it('is one where CI makes none', () => {
    expect(linesOf(repo('', dist)).sort()).toEqual(['**/.DS_Store', '**/dist'])
  })
})

describe('what an instruction asks for by its name', () => {
  it.each<[string, MemoryTree, MemoryTree, readonly string[]]>([
    [
      'before it is there',
      {
        ...project,
        Dockerfile:
          'FROM node\nWORKDIR /a\nCOPY packages/web/dist /x\nCOPY . .\nRUN npm ci && npm run build\n',
        '.gitignore': 'dist\n',
        'packages/web/package.json': '{}',
        'packages/api/package.json': '{}',
        'packages/cli/package.json': '{}',
        ...ci,
      },
      { 'packages/api/dist/a.js': 10, 'packages/cli/dist/a.js': 10, 'dist/a.js': 10 },
      ['packages/web/dist', 'packages/web/dist/index.html'],
    ],
    [
      'with a wildcard',
      { ...project, Dockerfile: 'FROM node\nCOPY seed/*.log /x/\nCOPY . .\n', '.gitignore': '*.log\n' },
      { 'a.log': 10 },
      ['seed/b.log'],
    ],
    [
      'in a bind mount',
      {
        ...project,
        Dockerfile: 'FROM node\nRUN --mount=type=bind,source=reports/coverage,target=/c ls /c\nCOPY . .\n',
        '.gitignore': 'coverage\n',
      },
      { 'coverage/lcov.info': 10 },
      ['reports/coverage/a', 'reports/coverage'],
    ],
    [
      'in a directory that git knows nothing of',
      { ...project, Dockerfile: 'FROM node\nCOPY out /x\nCOPY . .\n', '.gitignore': '/out\n' },
      { '.DS_Store': 10, 'a.log': 10 },
      ['out/a.log', 'out/.DS_Store'],
    ],
  ])('is out of reach %s', (_, tracked, untracked, wanted) => {
    const isDropped = drops({ tracked, untracked })
    expect(wanted.filter(isDropped)).toEqual([])
    expect(Object.keys(untracked).filter(isDropped)).not.toEqual([])
  })
})

describe('lines', () => {
  const storage = {
    tracked: {
      Dockerfile: 'FROM ruby\nWORKDIR /a\nCOPY . .\n',
      Gemfile: '',
      'storage/.keep': '',
      '.gitignore': '/storage/*\n!/storage/.keep\n',
      ...ci,
    },
    untracked: { 'storage/ab/1': 10, 'storage/cd/2': 10, 'storage/ef/3': 10, 'storage/dev.sqlite3': 10 },
  }

  it('are one for a crowd beside what holds their directory', () => {
    expect(unasked(proposeFor(storage)).filter((line) => line.startsWith('storage'))).toEqual([
      'storage/[^.]*',
    ])
    expect(drops(storage)('storage/.keep')).toBe(false)
  })

  it.each<[string, MemoryTree]>([
    ['one', { 'storage/ab/1': 10 }],
    ['two', { 'storage/ab/1': 10, 'storage/cd/2': 10 }],
    ['two kinds', { 'storage/ab/1': 10, 'storage/dev.sqlite3': 10 }],
  ])(
    'last longer than the %s that lies there today, where git tracks only what holds the directory',
    (_, untracked) => {
      const lines = unasked(proposeFor({ ...storage, untracked }))
      expect(lines.filter((line) => line.startsWith('storage'))).toEqual(['storage/[^.]*'])
    },
  )

  it('are one for files of one kind', () => {
    const repo = {
      tracked: {
        Dockerfile: 'FROM php\nCOPY . .\n',
        'views/.gitignore': '*\n!.gitignore\n',
        'views/index.html': '',
        ...ci,
      },
      untracked: { 'views/a.php': 10, 'views/b.php': 10, 'views/c.php': 10 },
    }
    expect(unasked(proposeFor(repo)).filter((line) => line.startsWith('views'))).toEqual(['views/*.php'])
  })

  it('are not said twice, for a directory and for every directory of its name', () => {
    const repo = {
      tracked: { ...project, Dockerfile: image('RUN npm ci') },
      untracked: { 'node_modules/a/i.js': 10 },
    }
    const written = proposeFor(repo).written['.dockerignore']?.split('\n') ?? []
    expect(written.filter((line) => line.endsWith('node_modules'))).toEqual(['**/node_modules'])
  })

  it('hold no exception, which would make builders look into what is dropped', () => {
    expect(proposeFor(storage).written['.dockerignore']).not.toMatch(/^!/m)
  })

  it('go below an allow-list, which stays one', () => {
    const repo = {
      tracked: {
        Dockerfile: 'FROM python\nCOPY . .\n',
        '.dockerignore': '*\n!app\n',
        'app/a.py': '',
      },
      untracked: { 'app/__pycache__/a.pyc': 10, 'big.bin': 1000 },
    }
    expect(proposeFor(repo).written['.dockerignore']).toMatch(/^\*\n!app\n[^!]*\*\*\/__pycache__\n$/)
  })

  it('are none where there is nothing to drop', () => {
    const repo = { git: false, tracked: { Dockerfile: 'FROM node\nCOPY src /app\n', 'src/a.js': '' } }
    expect(proposeFor(repo).lines).toEqual([])
  })
})

describe('guards', () => {
  it('stand for what a tree of the kind is sure to grow, where a build takes everything', () => {
    const repo = { tracked: { Dockerfile: 'FROM python\nCOPY . .\n', 'requirements.txt': '' } }
    expect(proposeFor(repo).lines.filter((line) => line.startsWith('guard'))).toEqual([
      'guard **/__pycache__',
      'guard **/.venv',
      'guard **/.DS_Store',
    ])
  })

  it('are none where every build names what it wants', () => {
    const repo = {
      tracked: { Dockerfile: 'FROM python\nCOPY app /app\n', 'requirements.txt': '', 'app/a.py': '' },
    }
    expect(proposeFor(repo).lines.filter((line) => line.startsWith('guard'))).toEqual([])
  })

  it('never reach what git tracks', () => {
    const repo = {
      tracked: {
        Dockerfile: 'FROM python\nCOPY . .\n',
        'requirements.txt': '',
        'fixtures/__pycache__/a.pyc': '',
      },
    }
    expect(drops(repo)('fixtures/__pycache__/a.pyc')).toBe(false)
  })

  it('never reach what an instruction asks for', () => {
    const repo = {
      tracked: {
        Dockerfile: 'FROM node\nCOPY node_modules /app/node_modules\nCOPY . /app\n',
        'package.json': '{}',
        'package-lock.json': '{}',
      },
    }
    expect(drops(repo)('node_modules/a/i.js')).toBe(false)
  })
})

describe('a hard link', () => {
  it('keeps its contents when its first name goes', () => {
    const repo: Repo = {
      tracked: { ...project, 'src/b.txt': { type: 'hardlink', target: 'a.log' }, '.gitignore': '*.log\n' },
      untracked: { 'a.log': 'text' },
    }
    expect(drops(repo)('a.log')).toBe(true)
    expect(drops(repo)('src/b.txt')).toBe(false)
  })
})

describe('files that a wildcard of a copy names', () => {
  const lines = (source: string, untracked: MemoryTree) =>
    proposeFor({
      tracked: {
        Dockerfile: `FROM python\nCOPY ${source} ./\nCOPY app app\n`,
        ...{ 'requirements.txt': 'flask\n', 'app/a.py': '', 'app/b/b.py': '', 'app/c/c.py': '' },
      },
      untracked: {
        ...{ 'app/__pycache__/a.pyc': 10, 'app/b/__pycache__/b.pyc': 10, 'app/c/__pycache__/c.pyc': 10 },
        ...untracked,
      },
    }).lines.filter((line) => line.includes('__pycache__'))

  it('have nothing below them, whether git tracks them or not', () => {
    expect(lines('*requirements.txt', { 'user-requirements.txt': 'x\n' })).toEqual(['safe **/__pycache__'])
    // What is a directory may be one that somebody fills for the image.
    expect(lines('*requirements.txt', { 'user-requirements.txt/a': 'x\n' })).toHaveLength(3)
    expect(lines('*requirements*', { 'user-requirements': 'x\n' })).toHaveLength(3)
  })

  it('have nothing below them where a copy that somebody kept lies beside what git tracks', () => {
    expect(lines('requirements*', { 'requirements.txt.orig': 'x\n' })).toEqual(['safe **/__pycache__'])
    expect(lines('constraints*', { 'constraints.txt': 'x\n' })).toHaveLength(3)
  })
})
