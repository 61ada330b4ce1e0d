import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../src/host/memory.ts'
import type { ScanOptions } from '../src/scan.ts'
import { scanTree } from './scan-tree.ts'

function context(tree: MemoryTree, options: Partial<ScanOptions> = {}) {
  const [found] = scanTree(tree, options).report.contexts
  if (!found) throw new Error('a report has a context')
  return found
}

const target = (tree: MemoryTree, options: Partial<ScanOptions> = {}) => context(tree, options).targets[0]

describe('the three amounts of a scan', () => {
  const tree: MemoryTree = {
    'src/a': 100,
    'docs/b': 1000,
    'log/c': 10_000,
    'x.tmp': 50,
    '.dockerignore': 'log\n*.tmp\n',
    Dockerfile: 'FROM scratch\nCOPY src /\n',
  }

  it('are of regular files', () => {
    const found = context(tree)
    expect(found.context).toEqual({ files: 4, bytes: 1100 + 10 + 24 })
    expect(found.unread).toEqual({ files: 3, bytes: 1000 + 10 + 24 })
    expect(found.targets[0]?.transfer).toEqual({ files: 1, bytes: 100 })
  })

  it('count what is in dropped directories only on request', () => {
    expect(context(tree).ignored).toEqual({ files: 1, bytes: 50 })
    expect(context(tree, { measureIgnored: true }).ignored).toEqual({ files: 2, bytes: 10_050 })
  })
})

describe('what each line of the ignore file does', () => {
  const lines = (ignore: string, tree: MemoryTree) =>
    context({ ...tree, '.dockerignore': ignore }).ignoreLines.map(
      ({ line, decides, pruned, because, decidedBy }) => [
        line,
        decides.files,
        pruned.map(({ path }) => path),
        because,
        decidedBy,
      ],
    )

  it('is told line by line', () => {
    expect(
      lines('# x\nlog\n*.tmp\n!b.tmp\nnope\nlog/x\na.tmp\n', { 'log/x': 1, 'a.tmp': 1, 'b.tmp': 1, c: 1 }),
    ).toEqual([
      [2, 0, ['log'], 'decides', null],
      [3, 1, [], 'decides', null],
      [4, 1, [], 'decides', null],
      [5, 0, [], 'matches nothing', null],
      [6, 0, [], 'already decided', 2],
      [7, 0, [], 'already decided', 3],
    ])
  })

  it('is told of the right line after one that comes to a blank', () => {
    expect(lines('/ /\na\n', { a: 1 })).toEqual([
      [1, 0, [], 'matches nothing', null],
      [2, 1, [], 'decides', null],
    ])
  })
})

describe('a build that asks for nothing of its context', () => {
  it('prints nothing of a transfer', () => {
    expect(target({ a: 1, Dockerfile: 'FROM scratch\n' })).toMatchObject({
      requested: false,
      transfer: { files: 0, bytes: 0 },
      prints: { buildkit: null },
    })
  })
})

describe('the words that docker prints', () => {
  it('are those of the worked example', () => {
    const found = target({
      'src/a.txt': 'hi\n',
      'src/b.md': 'b\n',
      Dockerfile: 'FROM scratch\nCOPY src /y\n',
    })
    expect(found?.prints).toEqual({
      buildkit: { cold: 'transferring context: 105B', warm: 'transferring context: 80B' },
      classic: 'Sending build context to Docker daemon  4.608kB',
    })
  })
})

describe('a named context', () => {
  it('is measured by what is asked of it', () => {
    const found = target(
      { Dockerfile: 'FROM scratch\nCOPY --from=n a /\n', '/n/a': 5, '/n/b': 7, '/n/.dockerignore': 'b' },
      { namedContexts: new Map([['n', '/n']]) },
    )
    expect(found?.namedContexts).toMatchObject([
      { name: 'n', ignoreFile: '.dockerignore', transfer: { files: 1, bytes: 5 } },
    ])
    expect(found?.requested).toBe(false)
  })
})

describe('figures that may be off', () => {
  it('say so where attributes were not read', () => {
    expect(target({ a: 1 }, { xattrs: 'never' })).toMatchObject({ exact: false })
    expect(target({ a: 1 })).toMatchObject({ exact: true, inexact: [] })
  })
})
