import { describe, expect, it } from 'vitest'
import { listSent, listUnread } from '../../src/answers/list.ts'
import { explainPaths } from '../../src/answers/why.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { ScanOptions } from '../../src/scan.ts'
import { scanTree } from '../scan-tree.ts'

const podman = (tree: MemoryTree, options: Partial<ScanOptions> = {}) =>
  scanTree(tree, { builder: 'podman', ...options })
const files = (tree: MemoryTree, options: Partial<ScanOptions> = {}) =>
  listSent(podman(tree, options), 'podman')
    .entries.filter(({ type }) => type !== 'dir')
    .map(({ path }) => path)
    .filter((path) => !/^\.(?:docker|container)ignore$|file$|file\.\w+ignore$/.test(path))
const small: MemoryTree = { a: 1, 'b.log': 2, 'c/d': 3 }

describe('the ignore file of podman', () => {
  it.each<[string, MemoryTree, readonly string[]]>([
    ['.dockerignore', { '.dockerignore': 'a' }, ['b.log', 'c/d']],
    ['.containerignore before it', { '.dockerignore': 'a', '.containerignore': 'c' }, ['a', 'b.log']],
    ['an empty one too', { '.dockerignore': 'a', '.containerignore': '' }, ['a', 'b.log', 'c/d']],
    [
      'before both the one beside the Dockerfile',
      { '.containerignore': 'c', 'Dockerfile.containerignore': '*.log' },
      ['a', 'c/d'],
    ],
    [
      'and first of all the one that docker knows too',
      { 'Dockerfile.dockerignore': 'a', 'Dockerfile.containerignore': '*.log' },
      ['b.log', 'c/d'],
    ],
  ])('is %s', (_, tree, expected) => {
    expect(files({ ...small, ...tree })).toEqual(expected)
  })

  it('goes by the Containerfile, which comes before the Dockerfile', () => {
    const scan = podman({
      ...small,
      Containerfile: 'FROM scratch\nCOPY a /\n',
      'Containerfile.dockerignore': 'c',
    })
    expect([scan.reference.dockerfile, scan.report.contexts[0]?.ignoreFile]).toEqual([
      'Containerfile',
      'Containerfile.dockerignore',
    ])
    expect(
      scanTree({ Containerfile: 'FROM scratch\n', Dockerfile: 'FROM scratch\n' }).reference.dockerfile,
    ).toBe('Dockerfile')
  })

  it('may be one that docker refuses', () => {
    const { report, findings } = podman({ ...small, '.dockerignore': 'b.log\n!/..\n' })
    expect(report.contexts[0]?.targets[0]).toMatchObject({ buildFails: false, prints: { buildkit: null } })
    expect(findings.filter(({ rule }) => rule === 'builders-differ')).toEqual([])
    expect(files({ ...small, '.dockerignore': 'b.log\n!/..\n' })).toEqual(['a', 'c/d'])
  })

  it('stops the run where podman refuses it, with its line', () => {
    expect(() => podman({ '.containerignore': 'a\n[\n' })).toThrow(
      '.containerignore:2: syntax error in pattern: [',
    )
    expect(scanTree({ '.containerignore': '[\n' }).podman).toBeNull()
  })
})

describe('the context of podman', () => {
  const tree = { 'b/a.log': 1, 'b/c/keep.log': 2, 'b/keep.log': 3, 'bc/d': 4 }
  it('judges each path alone', () => {
    expect(files({ ...tree, '.dockerignore': 'b/*.log\n!b\n' })).toEqual(Object.keys(tree))
  })
  it('does not look below a dropped directory for what a wildcard would let in', () => {
    expect(files({ ...tree, '.dockerignore': '*\n!**/keep.log\n' })).toEqual([])
  })
  it('looks into a directory whose name begins one that is let in', () => {
    expect(files({ ...tree, '.dockerignore': '*\n!bc/d\n!**/keep.log\n' })).toEqual(['b/keep.log', 'bc/d'])
  })
  it('has what an instruction names below a dropped directory', () => {
    const made = {
      ...tree,
      '.dockerignore': '*\n!**/keep.log\n',
      Dockerfile: 'FROM scratch\nCOPY b/c/keep.log /\n',
    }
    expect(files(made)).toEqual(['b/c/keep.log'])
    expect(podman(made).report.contexts[0]?.targets[0]?.buildFails).toBe(false)
  })
  it('is sent nowhere', () => {
    expect(listSent(podman(small), 'podman')).toMatchObject({ requested: true, wireBytes: null, exact: true })
    expect(listSent(podman({ Dockerfile: 'FROM scratch\n' }), 'podman').requested).toBe(false)
  })
  it('leaves to the unread what it finds and no instruction takes', () => {
    const scan = podman({ ...small, '.dockerignore': 'b.log\n', Dockerfile: 'FROM scratch\nCOPY a /\n' })
    expect(listUnread(scan).entries.map(({ path }) => path)).toEqual(['.dockerignore', 'Dockerfile', 'c/d'])
  })
})

describe('what podman reads', () => {
  const read = (instruction: string, ignore: string, tree: MemoryTree = {}) => {
    const whole = { ...small, ...tree, '.dockerignore': ignore, Dockerfile: `FROM scratch\n${instruction}\n` }
    const { reads, main } = podman(whole)
    return reads.flatMap(({ reads: { rows, failure } }) =>
      failure ? [failure.message] : Array.from(rows, (row) => main.table.path(row)),
    )
  }
  it.each([
    ['COPY ../../a /', '', ['a']],
    ['COPY zz* a /', '', ['a']],
    ['COPY zz* /', '', ['copier: stat: ["/zz*"]: no such file or directory']],
    ['COPY zz /', '', ['copier: stat: "/zz": no such file or directory']],
    [
      'COPY a /',
      'a',
      ['no items matching glob "a" copied (1 filtered out using .dockerignore): no such file or directory'],
    ],
    ['COPY [ab]* /', 'a', ['b.log']],
    ['COPY **/d /', '', ['c/d']],
    ['COPY --exclude=c/d --exclude=*.log . /', 'Dockerfile\n.dockerignore', ['a']],
    ['COPY --exclude=d c /', '', ['c/d']],
  ])('%s, ignoring %j', (instruction, ignore, expected) => {
    expect(read(instruction, ignore)).toEqual(expected)
  })

  it('finds ignored files through a bind mount, which is of the directory itself', () => {
    expect(read('RUN --mount=type=bind,source=c,target=/c x', 'c/d\nb.log')).toEqual(['c/d'])
    expect(read('RUN --mount=type=bind,source=c/d,target=/c x', 'c')).toEqual([])
    expect(read('RUN --mount=type=bind,source=zz,target=/c x', '')).toEqual([
      'failed to calculate checksum of ref: "/zz": not found',
    ])
  })

  it('judges a link by its own path, and what it leads to by that of the target', () => {
    const tree: MemoryTree = { l: { type: 'symlink', target: 'c' }, f: { type: 'symlink', target: 'a' } }
    expect(read('COPY l /', '', tree)).toEqual(['c/d'])
    expect(read('COPY l /', '**/d', tree)).toEqual([])
    expect(read('COPY f /', 'a', tree)).toEqual(['copier: get: copied no items: no such file or directory'])
    expect(read('COPY l/d /', '', tree)).toEqual(['c/d'])
  })

  it('is kept away by a line that why writes in its dialect', () => {
    const scan = podman({ '(a)/b+': 1, '.containerignore': 'x\n!y\n' })
    expect(explainPaths(scan, ['(a)/b+']).paths[0]?.change?.add).toBe('\\(a\\)/b\\+')
  })

  it('is found by why, with the line that keeps it away', () => {
    const scan = podman({ 'b/c/keep.log': 1, '.containerignore': '# x\n*\n!**/keep.log\n' })
    expect(explainPaths(scan, ['b/c/keep.log']).paths[0]).toMatchObject({
      fate: 'ignored',
      decidedBy: { file: '.containerignore', line: 2 },
      droppedParent: 'b',
    })
  })
})
