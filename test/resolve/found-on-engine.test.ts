import { describe, expect, it } from 'vitest'
import { listSent } from '../../src/answers/list.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { scan } from '../../src/scan.ts'

function run(tree: MemoryTree, builder: 'buildkit' | 'classic', scope: 'context' | 'transfer' = 'context') {
  const host = createMemoryHost(
    Object.fromEntries(Object.entries(tree).map(([path, entry]) => [`c/${path}`, entry])),
  )
  return scan(host, {
    context: '/c',
    file: null,
    target: null,
    buildArgs: new Map(),
    namedContexts: new Map(),
    platform: null,
    builder,
    scope,
    measureIgnored: false,
    xattrs: 'always',
    progress: null,
  })
}

/** Bytes and entries of a build with `COPY . /z/`; every figure is what an engine or the client of 28.2.2 reported. */
function sent(tree: MemoryTree, builder: 'buildkit' | 'classic') {
  const listing = listSent(run({ ...tree, Dockerfile: 'FROM scratch\nCOPY . /z/\n' }, builder), builder)
  return { bytes: listing.wireBytes, types: listing.entries.map(({ path, type }) => `${path} ${type}`) }
}
const alone = (builder: 'buildkit' | 'classic') => sent({}, builder).bytes ?? 0

describe('a symlink with two names', () => {
  const tree: MemoryTree = {
    a: { type: 'symlink', target: 'x/y' },
    bcdefg: { type: 'hardlink', target: 'c/a' },
  }

  it('goes to BuildKit twice as a symlink, its target in the place of its first name', () => {
    const once = sent({ a: { type: 'symlink', target: 'x/y' } }, 'buildkit').bytes ?? 0
    const { bytes, types } = sent(tree, 'buildkit')
    expect(types).toEqual(['Dockerfile file', 'a symlink', 'bcdefg symlink'])
    expect(bytes).toBe(once + (once - alone('buildkit')) + 'bcdefg'.length - 'a'.length)
  })

  it('goes into a tar as a hard link', () => {
    expect(sent(tree, 'classic').types).toEqual(['Dockerfile file', 'a symlink', 'bcdefg hardlink'])
  })
})

describe('a device node', () => {
  it.each([
    [0, 0, 0],
    [0, 5, 2],
    [1, 0, 2],
    [1, 3, 4],
    [8, 200, 5],
    [259, 70_000, 7],
  ])('takes a field of each of its numbers %i and %i that is not 0', (major, minor, more) => {
    const device = (rdev: number) => sent({ d: { type: 'device', rdev } }, 'buildkit').bytes ?? 0
    const rdev = (minor & 0xff) + major * 256 + (minor >> 8) * 0x100000
    expect(device(rdev) - device(0)).toBe(more)
  })
})

describe('a time in a tar', () => {
  it.each([
    [2 ** 33 - 1, 512],
    [2 ** 33, 1536],
    [9_223_372_035, 1536],
    [9_223_372_037, 1536],
    [0, 512],
    [-1, 1536],
  ])('of %i seconds makes an empty file take %i bytes', (mtime, bytes) => {
    const file = { type: 'file', content: '', mtime } as const
    expect((sent({ f: file }, 'classic').bytes ?? 0) - alone('classic')).toBe(bytes)
  })
})

describe('a link target in a tar', () => {
  it.each([
    ['x', 512],
    ['é', 1536],
    ['\uDCFF', 1536],
    ['t'.repeat(100), 512],
    ['t'.repeat(101), 1536],
  ])('%j makes a symlink take %i bytes', (target, bytes) => {
    expect((sent({ l: { type: 'symlink', target } }, 'classic').bytes ?? 0) - alone('classic')).toBe(bytes)
  })
})

describe('extended attributes of a symlink', () => {
  it('go to BuildKit as those of a file do', () => {
    const link = { type: 'symlink', target: 'a' } as const
    const bare = sent({ l: link }, 'buildkit').bytes ?? 0
    expect((sent({ l: { ...link, xattrs: { 'trusted.b': 'val' } } }, 'buildkit').bytes ?? 0) - bare).toBe(18)
  })
})

describe('a source that is no pattern once it is tried', () => {
  const build = (source: string, tree: MemoryTree) =>
    run({ ...tree, Dockerfile: `FROM scratch\nCOPY ${source} /z/\n` }, 'buildkit')

  it('fails the build, of which the rest is still told', () => {
    const { report, main } = build('a*[', { abc: 'x', b: 'y' })
    const [context] = report.contexts
    expect(context?.context.files).toBe(3)
    expect(context?.targets[0]?.buildFails).toBe(true)
    expect(main.refused).toBe('failed to match includepatterns: syntax error in pattern')
  })

  it('fails the build where only what is asked for is walked', () => {
    const tree: MemoryTree = { abc: 'x', Dockerfile: 'FROM scratch\nCOPY a*[ /z/\n' }
    expect(run(tree, 'buildkit', 'transfer').main.refused).not.toBe(null)
  })

  it.each([
    ['[A-Za-z]* b*[', { abc: 'x', b: 'y' }],
    ['d d/x[1', { 'd/a': 'x' }],
  ])('fails the copy where the transfer does not come to it: %j', (source, tree) => {
    const { report, main } = build(source, tree)
    expect(main.refused).toBe(null)
    expect(report.contexts[0]?.targets[0]?.buildFails).toBe(true)
  })
})

describe('a file that the walk keeps and the ignore file drops by its path alone', () => {
  it.each([
    ['a\n!a/c\n', 91],
    ['a\n!a/c\na\n', 82],
    ['a\n!a/c\n?\n!b\n', 82],
  ])('with %j is sent without content', (ignore, bytes) => {
    const tree: MemoryTree = { 'a/c': 'hi\n', b: 'hi\n', '.dockerignore': `${ignore}Dockerfile\n.*\n` }
    expect(sent(tree, 'buildkit').bytes).toBe(bytes)
  })
})
