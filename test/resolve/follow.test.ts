import { describe, expect, it } from 'vitest'
import { listSent } from '../../src/answers/list.ts'
import { type MemoryTree, rawName } from '../../src/host/memory.ts'
import { followPaths } from '../../src/resolve/follow.ts'
import { contextHost, scanTree } from '../scan-tree.ts'

const link = (target: string) => ({ type: 'symlink', target }) as const
const includes = (tree: MemoryTree, paths: readonly string[] | null) =>
  followPaths(contextHost(tree), '/ctx', paths).includes

describe('the patterns that a request turns into', () => {
  it.each<[string, MemoryTree, readonly string[], readonly string[] | null]>([
    ['a file', { a: 1 }, ['a'], ['a']],
    ['a missing file', { a: 1 }, ['x/y'], ['x/y']],
    ['what lies in something else that is asked for', { 'a/b': 1 }, ['a', 'a/b'], ['a']],
    ['what only starts alike', { 'a/b': 1, ab: 1 }, ['a', 'ab', 'a/b'], ['a', 'ab']],
    ['a link and its target', { ln: link('real'), 'real/f': 1 }, ['ln'], ['ln', 'real']],
    ['a path through a link', { ln: link('real'), 'real/f': 1 }, ['ln/f'], ['ln', 'real/f']],
    ['a link in a directory', { 'd/ln': link('../f'), f: 1 }, ['d/ln'], ['d/ln', 'f']],
    ['an absolute link', { ln: link('/d/f'), 'd/f': 1 }, ['ln'], ['d/f', 'ln']],
    ['a link that leads out', { ln: link('../../f'), f: 1 }, ['ln'], ['f', 'ln']],
    ['a chain of links', { a: link('b'), b: link('c'), c: 1 }, ['a'], ['a', 'b', 'c']],
    ['a loop', { a: link('b'), b: link('a') }, ['a'], ['a', 'b']],
    ['a link to itself', { a: link('a') }, ['a'], ['a']],
    ['a link that grows', { a: link('a/a') }, ['a'], ['a']],
    ['a link to the root', { l: link('.'), f: 1 }, ['l'], null],
    ['an absolute link to the root', { l: link('/') }, ['l'], null],
    ['a link to the root gone through twice', { a: link('.') }, ['a/a'], ['a']],
    ['a dangling link', { a: link('nowhere') }, ['a'], ['a', 'nowhere']],
    ['links within a directory that is asked for', { 'd/ln': link('../f'), f: 1 }, ['d'], ['d']],
    ['a wildcard without links', { 'd1/f': 1, 'd2/f': 1 }, ['d*/f'], ['d*/f']],
    [
      'a wildcard that hits one link',
      { 'd1/f': 1, d2: link('real'), 'real/f': 1 },
      ['d*/f'],
      ['d*', 'real/f'],
    ],
    ['a wildcard at the end', { 'w/l1': link('../t'), 'w/f': 1, 't/x': 1 }, ['w/*'], ['t', 'w/*']],
    ['an escaped wildcard', { 'a*': link('f'), f: 1 }, ['a\\*'], ['a\\*']],
    ['a link behind a wildcard', { 'd1/l': link('../f'), f: 1 }, ['d*/l'], ['d*/l']],
    ['a wildcard in a missing directory', {}, ['x/*'], ['x/*']],
    [
      'bytes in their order',
      { [rawName(0x80)]: 1, é: 1, z: 1 },
      ['é', rawName(0x80), 'z'],
      ['z', rawName(0x80), 'é'],
    ],
    ['nothing', {}, [], []],
  ])('are, for %s', (_, tree, paths, wanted) => {
    expect(includes(tree, paths)).toEqual(wanted)
  })

  it('are none where the whole context is asked for', () => {
    expect(includes({ a: 1 }, null)).toBeNull()
  })

  it('know which paths are on the disk although the ignore file may drop them', () => {
    const followed = followPaths(contextHost({ 'a/b': 1 }), '/ctx', ['a/b', 'a/c'])
    expect([...followed.present]).toEqual(['a', 'a/b'])
  })

  it('are not sought in a directory that cannot be entered', () => {
    expect(includes({ d: { type: 'dir', denied: true }, 'd/f': 1 }, ['d/f', 'd/*'])).toEqual(['d/*', 'd/f'])
  })

  it('are what they are for a name that no disk can hold', () => {
    const long = 'x'.repeat(300)
    const host = contextHost({ a: 1 })
    const lstat = (path: string) => {
      if (path.endsWith(long)) throw Object.assign(new Error('name too long'), { code: 'ENAMETOOLONG' })
      return host.lstat(path)
    }
    expect(followPaths({ ...host, lstat }, '/ctx', [long]).includes).toEqual([long])
  })
})

describe('what a source makes BuildKit send', () => {
  const sent = (tree: MemoryTree, dockerfile: string) =>
    listSent(scanTree({ ...tree, Dockerfile: `FROM scratch\n${dockerfile}\n` }), 'buildkit').entries.map(
      ({ path }) => path,
    )

  it.each<[string, MemoryTree, string, readonly string[]]>([
    [
      'both the link and its target',
      { ln: link('real'), 'real/f': 1 },
      'COPY ln /z',
      ['ln', 'real', 'real/f'],
    ],
    ['a link in a directory without its target', { 'd/ln': link('../f'), f: 1 }, 'COPY d /z', ['d', 'd/ln']],
    [
      'more than COPY takes',
      { 'a.txt': 1, 'b/c/d.txt': 1 },
      'COPY **/*.txt /z/',
      ['a.txt', 'b', 'b/c', 'b/c/d.txt'],
    ],
    ['the target of an ignored link', { ln: link('f'), f: 1, '.dockerignore': 'ln' }, 'COPY ln /z', ['f']],
    ['an ignored target never', { ln: link('f'), f: 1, '.dockerignore': 'f' }, 'COPY ln /z', ['ln']],
    [
      'all of every match of a wildcard that hits a link',
      { 'd1/f': 1, 'd1/g': 1, d2: link('real'), 'real/f': 1, 'real/g': 1 },
      'COPY d*/f /z/',
      ['d1', 'd1/f', 'd1/g', 'd2', 'real', 'real/f'],
    ],
    [
      'the parents of what is let in again',
      { 'b/c/keep.log': 1, '.dockerignore': '*\n!b/c/keep.log' },
      'COPY . /',
      ['b', 'b/c', 'b/c/keep.log'],
    ],
    [
      'what --exclude drops all the same',
      { 'a.md': 1, 'a.c': 1 },
      'COPY --exclude=*.md * /z/',
      ['Dockerfile', 'a.c', 'a.md'],
    ],
  ])('is %s', (_, tree, line, paths) => {
    expect(sent(tree, line)).toEqual(paths)
  })

  it('is refused where it is no pattern', () => {
    const { findings, targets } = scanTree({ 'a[': 1, Dockerfile: 'FROM scratch\nCOPY ["a[b", "/z"]\n' })
      .report.contexts[0] ?? { findings: [], targets: [] }
    expect(findings.map(({ rule }) => rule)).toContain('source-pattern-refused')
    expect(targets[0]?.buildFails).toBe(true)
  })
})
