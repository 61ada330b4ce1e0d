import { describe, expect, it } from 'vitest'
import { listSent } from '../../src/answers/list.ts'
import { type MemoryEntry, type MemoryTree, rawName } from '../../src/host/memory.ts'
import type { ScanOptions } from '../../src/scan.ts'
import { scanTree } from '../scan-tree.ts'

const now = 1_700_000_000
const copyAll = 'FROM scratch\nCOPY . .\n'

function buildkit(tree: MemoryTree, options: Partial<ScanOptions> = {}) {
  const target = scanTree(tree, options).report.contexts[0]?.targets[0]
  return target?.wire.buildkit ?? { cold: -1, warm: -1 }
}

/** BuildKit's bytes for the entry alone: an ignored Dockerfile stays out of the transfer. */
const alone = (path: string, entry: MemoryEntry) =>
  buildkit({ [path]: entry, Dockerfile: copyAll, 'Dockerfile.dockerignore': 'Dockerfile*' }).cold - 2

const classic = (tree: MemoryTree, options: Partial<ScanOptions> = {}) =>
  listSent(scanTree({ Dockerfile: '', ...tree }, { builder: 'classic', ...options }), 'classic').wireBytes

/** The tar without the Dockerfile's header and the trailer. */
const tarOf = (path: string, entry: MemoryEntry) =>
  (classic({ [path]: entry, Dockerfile: copyAll }) ?? 0) - (classic({ Dockerfile: copyAll }) ?? 0)

describe('the transfer of BuildKit', () => {
  it('takes 105 bytes for the worked example, as the engine printed', () => {
    const tree = { 'src/a.txt': 'hi\n', 'src/b.md': 'b\n', Dockerfile: 'FROM scratch\nCOPY src /y\n' }
    expect(buildkit(tree)).toEqual({ cold: 105, warm: 105 - 13 - 12 })
  })

  it('takes 2 bytes where nothing of what is asked for is there', () => {
    expect(buildkit({ Dockerfile: 'FROM scratch\nCOPY a* /\n' })).toEqual({ cold: 2, warm: 2 })
  })

  it('takes none where nothing is asked for', () => {
    expect(buildkit({ Dockerfile: 'FROM scratch\n' })).toEqual({ cold: 0, warm: 0 })
  })

  // 2 for the packet, 3 for the name `a`, then mode, size and time, then the content of the entry with number 0.
  it.each<[string, MemoryEntry, number]>([
    ['an empty file', { type: 'file', content: '' }, 2 + 3 + 3 + 10 + 2],
    ['a file of one byte', { type: 'file', content: 'x' }, 2 + 3 + 3 + 2 + 10 + (2 + 2 + 1) + 2],
    ['a file of one whole packet', { type: 'file', size: 32_768 }, 2 + 3 + 3 + 4 + 10 + (2 + 4 + 32_768) + 2],
    [
      'a file of one packet and a byte',
      { type: 'file', size: 32_769 },
      2 + 3 + 3 + 4 + 10 + 6 + 32_768 + 5 + 2,
    ],
    ['no permissions', { type: 'file', content: '', mode: 0 }, 2 + 3 + 10 + 2],
    ['few permissions', { type: 'file', content: '', mode: 0o100 }, 2 + 3 + 2 + 10 + 2],
    ['setuid', { type: 'file', content: '', mode: 0o4755 }, 2 + 3 + 5 + 10 + 2],
    ['setgid', { type: 'file', content: '', mode: 0o2755 }, 2 + 3 + 5 + 10 + 2],
    ['sticky', { type: 'file', content: '', mode: 0o1755 }, 2 + 3 + 4 + 10 + 2],
    ['a directory', { type: 'dir' }, 2 + 3 + 6 + 10],
    ['a link', { type: 'symlink', target: 'bc' }, 2 + 3 + 5 + 2 + 10 + 4],
    ['a fifo', { type: 'fifo' }, 2 + 3 + 5 + 10],
    ['a socket, which becomes an empty file', { type: 'socket', mode: 0o755 }, 2 + 3 + 3 + 10 + 2],
    ['1970 to the nanosecond', { type: 'file', content: '', mtime: 0 }, 2 + 3 + 3 + 2],
    ['a second after 1970', { type: 'file', content: '', mtime: 1 }, 2 + 3 + 3 + 6 + 2],
    ['a time before 1970', { type: 'file', content: '', mtime: -1 }, 2 + 3 + 3 + 11 + 2],
    ['the year 2100', { type: 'file', content: '', mtime: 4_102_444_800 }, 2 + 3 + 3 + 10 + 2],
    [
      'an attribute',
      { type: 'file', content: '', xattrs: { 'user.x': 'yz' } },
      2 + 3 + 3 + 10 + 2 + (8 + 4) + 2,
    ],
    [
      'an empty attribute',
      { type: 'file', content: '', xattrs: { 'user.x': '' } },
      2 + 3 + 3 + 10 + 2 + (8 + 2) + 2,
    ],
    [
      'an attribute of a Mac',
      { type: 'file', content: '', xattrs: { 'com.apple.x': 'yz' } },
      2 + 3 + 3 + 10 + 2,
    ],
  ])('counts %s', (_, entry, bytes) => {
    expect(alone('a', entry)).toBe(bytes)
  })

  it('counts names in bytes, those that are not UTF-8 too', () => {
    const base = alone('a', '')
    expect(alone('é', '')).toBe(base + 1)
    expect(alone(rawName(0xff), '')).toBe(base)
    expect(alone('\u{1F600}', '')).toBe(base + 3)
    expect(alone('x'.repeat(200), '')).toBe(base + 199 + 1 + 1)
  })

  it('numbers every entry, from which on each packet of a file says its number', () => {
    const tree = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`d/${String(i).padStart(4, '0')}`, '']))
    const cost = (count: number) =>
      buildkit({ ...tree(count + 1), Dockerfile: 'FROM scratch\nCOPY d /\n' }).cold -
      buildkit({ ...tree(count), Dockerfile: 'FROM scratch\nCOPY d /\n' }).cold
    expect(cost(127) - cost(100)).toBe(1)
    expect(cost(126) - cost(100)).toBe(0)
  })

  it('sends a hard link as a name, with its size and without its content', () => {
    const both: MemoryTree = {
      'd/a': { type: 'file', content: 'xyz' },
      'd/b': { type: 'hardlink', target: 'd/a' },
      Dockerfile: 'FROM scratch\nCOPY d /\n',
    }
    const one = { 'd/a': { type: 'file', content: 'xyz' } as const, Dockerfile: 'FROM scratch\nCOPY d /\n' }
    expect(buildkit(both).cold - buildkit(one).cold).toBe(2 + 5 + 3 + 2 + 10 + 5)
  })

  it('sends the second name in full where the first is ignored', () => {
    const tree: MemoryTree = {
      'd/a': { type: 'file', content: 'xyz' },
      'd/b': { type: 'hardlink', target: 'd/a' },
      '.dockerignore': 'd/a',
      Dockerfile: 'FROM scratch\nCOPY d /\n',
    }
    expect(listSent(scanTree(tree), 'buildkit').entries).toEqual([
      { path: 'd', type: 'dir', size: 0 },
      { path: 'd/b', type: 'file', size: 3 },
    ])
  })

  // mkstat of fsutil's stat.go writes the target over the first name.
  it('gives the second name of a link the target of the link', () => {
    const tree = (second: MemoryEntry): MemoryTree => ({
      'd/a': { type: 'symlink', target: 'a-target-of-some-length' },
      'd/b': second,
      Dockerfile: 'FROM scratch\nCOPY d /\n',
    })
    expect(buildkit(tree({ type: 'hardlink', target: 'd/a' }))).toEqual(
      buildkit(tree({ type: 'symlink', target: 'a-target-of-some-length' })),
    )
  })
})

describe('the tar of the classic client', () => {
  it('takes 6144 bytes for the worked example, as both clients sent', () => {
    const tree = {
      '.dockerignore': 'x'.repeat(19),
      Dockerfile: `FROM scratch\n${'#'.repeat(58)}`,
      link: { type: 'symlink', target: 'src/a.txt' },
      'src/a.txt': 'hi\n',
      'src/b.md': 'b\n',
    } as const
    expect(classic(tree)).toBe(6144)
  })

  const long = (length: number) => 'x'.repeat(length)
  const deep = (first: number, rest: number) => `${long(first)}/${long(rest)}`

  it.each<[string, string, MemoryEntry, number]>([
    ['a directory', 'a', { type: 'dir' }, 512],
    ['an empty file', 'a', '', 512],
    ['a file of a block', 'a', 512, 1024],
    ['a file of a block and a byte', 'a', 513, 512 + 1024],
    ['a link', 'a', { type: 'symlink', target: 'b' }, 512],
    ['a fifo', 'a', { type: 'fifo' }, 512],
    ['a socket, which is left out', 'a', { type: 'socket' }, 0],
    ['a name of 100 bytes', long(100), '', 512],
    ['a name of 101 bytes', long(101), '', 512 + 1024],
    ['a directory of 99 bytes and its slash', long(99), { type: 'dir' }, 512],
    ['a directory of 100 bytes and its slash', long(100), { type: 'dir' }, 512 + 1024],
    ['a name that is not ASCII', 'é', '', 512 + 1024],
    ['a name that is not UTF-8', rawName(0x61, 0xff), '', 512 + 1024],
    ['a link to 100 bytes', 'a', { type: 'symlink', target: long(100) }, 512],
    ['a link to 101 bytes', 'a', { type: 'symlink', target: long(101) }, 512 + 1024],
    ['a link to a name that is not ASCII', 'a', { type: 'symlink', target: 'é' }, 512 + 1024],
    ['a link to a name that is not UTF-8', 'a', { type: 'symlink', target: rawName(0x61, 0xff) }, 512 + 1024],
    [
      'a long name and a long link in one header',
      long(120),
      { type: 'symlink', target: long(120) },
      512 + 1024,
    ],
    [
      'records that fill a block',
      'a',
      { type: 'symlink', target: long(512 - 'NNN linkpath=\n'.length) },
      512 + 1024,
    ],
    [
      'records beyond a block',
      'a',
      { type: 'symlink', target: long(513 - 'NNN linkpath=\n'.length) },
      512 + 1536,
    ],
    ['a file just below 8 GiB', 'a', 2 ** 33 - 512, 512 + 2 ** 33 - 512],
    ['a file of 8 GiB', 'a', 2 ** 33, 512 + 1024 + 2 ** 33],
    ['a time before 1970', 'a', { type: 'file', content: '', mtime: -1 }, 512 + 1024],
    ['1970', 'a', { type: 'file', content: '', mtime: 0 }, 512],
    ['the last second of an old header', 'a', { type: 'file', content: '', mtime: 2 ** 33 - 1 }, 512],
    ['the first second beyond', 'a', { type: 'file', content: '', mtime: 2 ** 33 }, 512 + 1024],
    ['part of a second before 1970', 'a', { type: 'file', content: '', mtime: -0.5 }, 512 + 1024],
    ['a capability', 'a', { type: 'file', content: '', xattrs: { 'security.capability': 'x' } }, 512 + 1024],
    ['another attribute', 'a', { type: 'file', content: '', xattrs: { 'user.x': 'x' } }, 512],
  ])('counts %s', (_, path, entry, bytes) => {
    expect(tarOf(path, entry)).toBe(bytes)
  })

  it.each<[string, number, number, number]>([
    ['splits into two fields', 50, 100, 0],
    ['splits at the last place that can be', 155, 100, 0],
    ['does not split behind a directory of 156 bytes', 156, 100, 1024],
    ['does not split before a name of 101 bytes', 20, 101, 1024],
    ['splits where the prefix is one byte', 1, 100, 0],
  ])('a long name %s', (_, first, rest, pax) => {
    // The directory's own header comes with it: its slash makes a 100-byte name too long.
    const directory = first + 1 > 100 ? 512 + 1024 : 512
    expect(tarOf(deep(first, rest), '')).toBe(directory + 512 + pax)
  })

  it('writes the second name of a file as a link without content', () => {
    const tree: MemoryTree = {
      a: { type: 'file', content: 'xyz' },
      b: { type: 'hardlink', target: 'a' },
      Dockerfile: copyAll,
    }
    expect(classic(tree)).toBe(1024 + 512 + 1024 + 1024)
    expect(listSent(scanTree(tree), 'classic').entries).toContainEqual({
      path: 'b',
      type: 'hardlink',
      size: 0,
    })
  })

  it('adds a Dockerfile from outside at the end, and never ends the tar then', () => {
    const tree = { a: '', '.dockerignore': 'x\n', '/else/Dockerfile': copyAll }
    const scanned = scanTree({ ...tree, Dockerfile: '' }, { file: '/else/Dockerfile', builder: 'classic' })
    const sent = listSent(scanned, 'classic')
    expect(sent.entries).toEqual([
      { path: '.dockerignore', type: 'file', size: 2 + '\n.dockerfile.\n'.length + 20 },
      { path: 'Dockerfile', type: 'file', size: 0 },
      { path: 'a', type: 'file', size: 0 },
      { path: `.dockerfile.${'0'.repeat(20)}`, type: 'file', size: copyAll.length },
    ])
    expect(sent.wireBytes).toBe(1024 + 512 + 512 + 512 + copyAll.length)
  })

  it('counts a Dockerfile from outside in its own bytes', () => {
    const bytes = Buffer.concat([Buffer.from(`${copyAll}# `), Buffer.alloc(10, 0xff)])
    const scanned = scanTree(
      { '.dockerignore': 'x\n', '/else/Dockerfile': bytes },
      { file: '/else/Dockerfile' },
    )
    expect(listSent(scanned, 'classic').entries.at(-1)?.size).toBe(bytes.length)
  })
})

it('takes the time that the entries have by default', () => {
  expect(alone('a', { type: 'file', content: '', mtime: now })).toBe(alone('a', ''))
})
