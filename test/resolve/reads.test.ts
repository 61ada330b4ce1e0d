import { describe, expect, it } from 'vitest'
import { listReads } from '../../src/answers/list.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import { scanTree } from '../scan-tree.ts'

const link = (target: string) => ({ type: 'symlink', target }) as const

function reads(tree: MemoryTree, line: string) {
  const scanned = scanTree({ ...tree, Dockerfile: `FROM scratch\n${line}\n` })
  return listReads(scanned).reads.map(({ files, problem }) => problem?.code ?? files)
}
const failure = (tree: MemoryTree, line: string) =>
  listReads(scanTree({ ...tree, Dockerfile: `FROM scratch\n${line}\n` })).reads[0]?.problem?.message

const some: MemoryTree = { 'a.txt': 1, '.env': 1, 'd/x.txt': 1, 'd/e/y.txt': 1, 'd/.h': 1, 'f/x.txt': 1 }

describe('a source without wildcards', () => {
  it.each<[string, MemoryTree, string, readonly string[] | string]>([
    ['takes a file', some, 'COPY a.txt /z', ['a.txt']],
    ['takes a file with a slash behind it', some, 'COPY a.txt/ /z', ['a.txt']],
    ['takes all of a directory', some, 'COPY d /z', ['d/.h', 'd/e/y.txt', 'd/x.txt']],
    ['stops at the root of the context', some, 'COPY ../a.txt /z', ['a.txt']],
    ['fails when it is missing', some, 'COPY nope /z', 'source-missing'],
    ['fails below a file', some, 'COPY a.txt/x /z', 'source-missing'],
    ['fails when it is ignored', { ...some, '.dockerignore': 'a.txt' }, 'COPY a.txt /z', 'source-missing'],
    ['follows a link', { l: link('d'), 'd/x': 1 }, 'COPY l /z', ['d/x']],
    ['follows links on the way', { l: link('d'), 'd/x': link('../a'), a: 1 }, 'COPY l/x /z', ['a']],
    ['stays in the context through a link', { l: link('../../a'), a: 1 }, 'COPY l /z', ['a']],
    ['fails on a dangling link', { l: link('nope') }, 'COPY l /z', 'source-missing'],
    ['fails on a loop', { a: link('b'), b: link('a') }, 'COPY a /z', 'source-loop'],
    ['keeps links within a directory as they are', { 'd/l': link('../a'), a: 1 }, 'COPY d /z', ['d/l']],
    [
      'takes a fifo and a socket',
      { 'd/p': { type: 'fifo' }, 'd/s': { type: 'socket' } },
      'COPY d /z',
      ['d/p', 'd/s'],
    ],
    ['takes nothing of an empty directory', { d: { type: 'dir' } }, 'COPY d /z', []],
    [
      'fails on an ignored link to something that is sent',
      { l: link('a'), a: 1, '.dockerignore': 'l' },
      'COPY l /z',
      'source-missing',
    ],
  ])('%s', (_, tree, line, wanted) => {
    expect(reads(tree, line)).toEqual([wanted])
  })
})

describe('a source with wildcards', () => {
  it.each<[string, MemoryTree, string, readonly string[] | string]>([
    [
      'takes dotfiles',
      some,
      'COPY * /z/',
      ['.env', 'Dockerfile', 'a.txt', 'd/.h', 'd/e/y.txt', 'd/x.txt', 'f/x.txt'],
    ],
    ['does not cross a slash', some, 'COPY *.txt /z/', ['a.txt']],
    ['reads ** as *', some, 'COPY **/*.txt /z/', ['d/x.txt', 'f/x.txt']],
    ['takes a matching directory whole', some, 'COPY d* /z/', ['d/.h', 'd/e/y.txt', 'd/x.txt']],
    ['takes nothing where nothing matches', some, 'COPY nope* /z/', []],
    ['fails where what is before it is missing', some, 'COPY nope/*.txt /z/', 'source-missing'],
    ['does not negate with !', { '!': 1, a: 1, b: 1 }, 'COPY [!a] /z/', ['!', 'a']],
    ['does not search links', { 'ln-d': link('d'), 'd/f': 1 }, 'COPY ln-d*/f /z/', []],
    ['follows a match that is a link', { 'w/l': link('../t'), 't/x': 1 }, 'COPY w/* /z/', ['t/x']],
    [
      'fails when one match is a dangling link',
      { 'w/a': 1, 'w/l': link('no') },
      'COPY w/* /z/',
      'source-missing',
    ],
    ['follows links before it', { l: link('d'), 'd/x.c': 1 }, 'COPY l/*.c /z/', ['d/x.c']],
  ])('%s', (_, tree, line, wanted) => {
    expect(reads(tree, line)).toEqual([wanted])
  })

  it('fails with the words of docker where the directory before it is missing', () => {
    expect(failure(some, 'COPY nope/*.txt /z/')).toBe('lstat /nope: no such file or directory')
    expect(failure(some, 'COPY nope /z/')).toContain('"/nope": not found')
  })
})

describe('--exclude', () => {
  it.each<[string, readonly string[] | string]>([
    ['COPY --exclude=*.txt d /z', ['d/.h', 'd/e/y.txt']],
    ['COPY --exclude=**/*.txt d /z', ['d/.h']],
    ['COPY --exclude=e d /z', ['d/.h', 'd/x.txt']],
    ['COPY --exclude=d d /z', ['d/.h', 'd/e/y.txt', 'd/x.txt']],
    ['COPY --exclude=* --exclude=!x.txt d /z', ['d/x.txt']],
    ['COPY --exclude=a.txt a.txt /z', ['a.txt']],
    ['COPY --exclude=*.txt d* /z/', ['d/.h', 'd/e/y.txt']],
    ['COPY --exclude=[ d /z', 'source-exclude'],
  ])('%s takes %j', (line, wanted) => {
    expect(reads(some, line)).toEqual([wanted])
  })
})

describe('--parents', () => {
  it.each<[string, readonly string[] | string]>([
    ['COPY --parents d/e/y.txt /z/', ['d/e/y.txt']],
    ['COPY --parents **/x.txt /z/', ['d/x.txt', 'f/x.txt']],
    ['COPY --parents d/./e /z/', ['d/e/y.txt']],
    ['COPY --parents ./d/./*.txt /z/', ['d/x.txt']],
    ['COPY --parents x/nope /z/', 'source-missing'],
    ['COPY --parents x/nope* /z/', []],
    ['COPY --parents --exclude=**/e d /z/', ['d/.h', 'd/x.txt']],
  ])('%s takes %j', (line, wanted) => {
    expect(reads(some, line)).toEqual([wanted])
  })
})

describe('a mount', () => {
  it('takes one path and knows no wildcards', () => {
    expect(reads(some, 'RUN --mount=source=d,target=/m x')).toEqual([['d/.h', 'd/e/y.txt', 'd/x.txt']])
    expect(reads(some, 'RUN --mount=source=d/*,target=/m x')).toEqual(['source-missing'])
    expect(reads({ l: link('a'), a: 1 }, 'RUN --mount=source=l,target=/m x')).toEqual([['a']])
  })

  it('of a run is listed beside the others', () => {
    expect(
      reads(
        some,
        'RUN --mount=source=a.txt,target=/m --mount=type=cache,target=/c --mount=source=f,target=/f x',
      ),
    ).toEqual([['a.txt'], ['f/x.txt']])
  })
})

describe('what takes nothing of the context', () => {
  it.each([
    ['FROM scratch AS s\nFROM scratch\nCOPY --from=s /a /z'],
    ['ADD https://example.com/a /z'],
    ['COPY <<E /z\nx\nE'],
  ])('%j is listed without files', (text) => {
    const scanned = scanTree({
      a: 1,
      Dockerfile: `${text.startsWith('FROM') ? '' : 'FROM scratch\n'}${text}\n`,
    })
    expect(listReads(scanned).reads.map(({ files }) => files)).toEqual([[]])
  })
})
