import { describe, expect, it } from 'vitest'
import { listIgnored, listReads, listSent, listUnread } from '../../src/answers/list.ts'
import { type MemoryTree, rawName } from '../../src/host/memory.ts'
import { scanTree } from '../scan-tree.ts'

const tree: MemoryTree = {
  'src/a.ts': 'a',
  'src/l': { type: 'symlink', target: 'a.ts' },
  'docs/a.md': 10,
  'node_modules/x/i.js': 10,
  'a.log': 10,
  '.dockerignore': 'node_modules\n*.log\n',
  Dockerfile: 'FROM scratch\nCOPY src /z\n',
}

describe('the files that BuildKit sends', () => {
  it('are those that are asked for, in the order of the walk', () => {
    const sent = listSent(scanTree(tree), 'buildkit')
    expect(sent).toMatchObject({
      schemaVersion: 1,
      builder: 'buildkit',
      requested: true,
      exact: true,
      problems: [],
    })
    expect(sent.entries).toEqual([
      { path: 'src', type: 'dir', size: 0 },
      { path: 'src/a.ts', type: 'file', size: 1 },
      { path: 'src/l', type: 'symlink', size: 4 },
    ])
  })

  it('are none where nothing is asked for', () => {
    const sent = listSent(scanTree({ ...tree, Dockerfile: 'FROM scratch\n' }), 'buildkit')
    expect([sent.requested, sent.wireBytes, sent.entries]).toEqual([false, 0, []])
  })

  it('have their exact names beside those that JSON cannot hold', () => {
    const sent = listSent(scanTree({ [rawName(0xff)]: 'x' }), 'buildkit')
    expect(sent.entries.at(-1)).toEqual({ path: '\uFFFD', pathBase64: '/w==', type: 'file', size: 1 })
  })
})

describe('the files that the classic client sends', () => {
  it('are all that the ignore file leaves', () => {
    expect(
      listSent(scanTree(tree, { builder: 'classic' }), 'classic').entries.map(({ path }) => path),
    ).toEqual(['.dockerignore', 'Dockerfile', 'docs', 'docs/a.md', 'src', 'src/a.ts', 'src/l'])
  })

  it('are not known where it cannot read one', () => {
    const barred: MemoryTree = { ...tree, x: { type: 'file', denied: true, mode: 0o600 } }
    const sent = listSent(scanTree(barred), 'classic')
    expect([sent.requested, sent.wireBytes, sent.entries]).toEqual([false, null, []])
  })
})

describe('the files that nothing reads', () => {
  it('are what is left of the context', () => {
    expect(listUnread(scanTree(tree)).entries.map(({ path }) => path)).toEqual([
      '.dockerignore',
      'Dockerfile',
      'docs/a.md',
    ])
  })
})

describe('the files that are ignored', () => {
  it('come with the line that decided, a directory for all in it', () => {
    expect(listIgnored(scanTree(tree)).entries).toEqual([
      {
        path: 'a.log',
        type: 'file',
        size: 10,
        decidedBy: { file: '.dockerignore', line: 2, pattern: '*.log', negated: false },
      },
      {
        path: 'node_modules',
        type: 'dir',
        size: 0,
        decidedBy: { file: '.dockerignore', line: 1, pattern: 'node_modules', negated: false },
        pruned: true,
      },
    ])
  })
})

describe('the files that an instruction reads', () => {
  it('are sorted by code unit, links resolved', () => {
    const links: MemoryTree = {
      b: 1,
      a: { type: 'symlink', target: 'b' },
      Dockerfile: 'FROM scratch\nCOPY a b /z/\n',
    }
    expect(listReads(scanTree(links)).reads).toEqual([
      {
        line: 2,
        instruction: 'COPY',
        stage: '0',
        from: null,
        sources: ['a', 'b'],
        files: ['b'],
        problem: null,
      },
    ])
  })
})
