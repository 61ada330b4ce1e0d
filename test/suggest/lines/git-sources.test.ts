import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { mayBeRef, ofGit } from '../../../src/suggest/lines/git-sources.ts'
import { proposeFor, unasked } from '../propose-tree.ts'

describe('a source that names something of .git', () => {
  it.each<[string, ReturnType<typeof ofGit>]>([
    ['.git/HEAD', 'file'],
    ['.git/HEA[D]', 'file'],
    ['.git/*HEAD', 'file'],
    ['.git/refs', 'refs'],
    ['.git/ref[s]', 'refs'],
    ['.git/refs/heads/main', 'refs'],
    ['.git/*', null],
    ['.git/objects', null],
    ['.git', null],
    ['.gi[t]', null],
    ['src/HEAD', null],
  ])('%s is of the kind %s', (source, kind) => {
    expect(ofGit(source)).toBe(kind)
  })

  it.each<[string, boolean]>([
    ['**/.DS_Store', false],
    ['**/.vitepress/cache', false],
    ['**/*~', false],
    ['**/node_modules', true],
    ['**/dist', true],
    ['**/*.log', true],
    ['**/.*', true],
    ['**/.git', true],
    ['**/HEAD', true],
    ['**', true],
    ['.git/refs', true],
    ['.DS_Store', true],
  ])('as refs may be taken by %s: %s', (line, expected) => {
    expect(mayBeRef(line)).toBe(expected)
  })
})

describe('beside an instruction that asks for what git knows of the commit', () => {
  const tracked: MemoryTree = {
    Dockerfile: [
      ...['FROM node AS made', 'WORKDIR /w', 'COPY . .', 'RUN pnpm install', 'RUN pnpm -r run build'],
      ...['FROM node', 'COPY ./.git/HEA[D] ./.git/HEAD', 'COPY ./.git/ref[s] ./.git/refs'],
      ...['COPY ./plugin[s] ./plugins/', 'COPY --from=made /w/out /out', ''],
    ].join('\n'),
    'package.json': '{"name":"root","private":true}',
    'pnpm-workspace.yaml': 'packages:\n  - bin\n  - doc\n',
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'bin/package.json': '{"name":"bin","scripts":{"build":"vite build"}}',
    'doc/package.json': '{"name":"doc"}',
    'src/a.ts': '',
    'plugins/.gitignore': '*\n!.gitignore\n',
    '.gitignore': 'node_modules\n.DS_Store\n*~\n',
    '.dockerignore': 'node_modules\n',
    '.github/workflows/ci.yml':
      'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build --push .\n',
  }
  const untracked: MemoryTree = {
    'bin/node_modules/a/index.js': 10,
    'doc/node_modules/b/index.js': 10,
    '.DS_Store': 6,
    'src/.DS_Store': 6,
    'src/a.ts~': 6,
    'src/b.ts~': 6,
    'plugins/mine/index.js': 10,
  }

  it('names that no ref can have go wherever they lie, and others so deep as they do', () => {
    const { lines } = proposeFor({ tracked, untracked })
    const all = lines.map((line) => line.slice(line.indexOf(' ') + 1))
    expect(all).toContain('**/.DS_Store')
    expect(all).toContain('**/*~')
    expect(all).toContain('*/node_modules')
    expect(all).not.toContain('**/node_modules')
    expect(all).not.toContain('bin/node_modules')
  })

  it('the manifests can come first, with the packages of the workspace out of the copy', () => {
    const { moves, written, left } = proposeFor({ tracked, untracked })
    expect(left.filter((one) => one.includes('no line can'))).toEqual([])
    expect(moves.some((one) => one.includes('pnpm install'))).toBe(true)
    expect(written['.dockerignore'] ?? '').toContain('*/node_modules')
  })

  it('what git ignores and an instruction asks for by name loses nothing', () => {
    const named: MemoryTree = {
      ...tracked,
      Dockerfile: 'FROM a\nWORKDIR /w\nCOPY . .\nCOPY ./plugin[s] ./plugins/\n',
    }
    const without = Object.fromEntries(
      Object.entries(named).filter(([path]) => path !== 'plugins/.gitignore'),
    )
    const junk = { 'plugins/mine/.DS_Store': 6, 'plugins/mine/x~': 6, 'src/.DS_Store': 6, 'doc/.DS_Store': 6 }
    const host = { ...without, '.gitignore': 'plugins\n.DS_Store\n*~\n' }
    const written = unasked(
      proposeFor({ tracked: host, untracked: { 'plugins/mine/index.js': 10, ...junk } }),
    )
    expect(written.filter((line) => /^(?:\*|plugins)/.test(line))).toEqual([])
    expect(written).toEqual(expect.arrayContaining(['doc/.DS_Store', 'src/.DS_Store']))
  })
})
