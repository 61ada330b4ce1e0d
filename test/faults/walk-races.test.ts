import { describe, expect, it } from 'vitest'
import type { Host, HostStat } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { runOn } from '../cli/world.ts'
import { shared } from '../workers.ts'

const before: MemoryTree = {
  '/ctx/Dockerfile': 'FROM scratch\nCOPY . /\n',
  '/ctx/a/deep/file': 10,
  '/ctx/b/file': 'text of b',
  '/ctx/z': 1,
  '/outside/deep/secret': 999_999,
  '/outside/file': 999_999,
}

/** One tree until a path is asked for in that way, another one from then on. */
function changing(when: { readonly call: 'list' | 'lstat'; readonly path: string }, after: MemoryTree): Host {
  const old = createMemoryHost(before)
  const late = createMemoryHost(after)
  let host = old
  // Both trees are one disk: what has the same path and is of the same kind is the same.
  const inodes = new Map<string, number>()
  const ino = (path: string, { mode }: HostStat): number => {
    const key = `${old.absolute(path)} ${mode & 0o170000}`
    const known = inodes.get(key) ?? inodes.size + 1
    inodes.set(key, known)
    return known
  }
  const seen = (call: 'list' | 'lstat', path: string) => {
    if (call === when.call && host.absolute(path) === when.path) host = late
  }
  return {
    ...old,
    list: (path) => {
      seen('list', path)
      return host.list(path)
    },
    lstat: (path) => {
      const stat = host.lstat(path)
      seen('lstat', path)
      return stat && { ...stat, ino: ino(path, stat) }
    },
    stat: (path) => host.stat(path),
    readFile: (path) => host.readFile(path),
    readStart: (path, bytes) => host.readStart(path, bytes),
    readLink: (path) => host.readLink(path),
    realPath: (path) => host.realPath(path),
  }
}

const without = (...paths: readonly string[]): MemoryTree =>
  Object.fromEntries(Object.entries(before).filter(([path]) => !paths.some((one) => path.startsWith(one))))

describe('a directory that becomes a link to elsewhere while it is looked at', () => {
  const linked: MemoryTree = { ...without('/ctx/a'), '/ctx/a': { type: 'symlink', target: '../outside' } }
  it.each([
    ['before it is listed', { call: 'list', path: '/ctx/a' }],
    ['after it is listed', { call: 'lstat', path: '/ctx/a/deep' }],
  ] as const)('is dropped and told: %s', async (_, when) => {
    for (const host of [changing(when, linked), shared(changing(when, linked))]) {
      const ran = await runOn(host, ['ls', '/ctx'])
      expect(ran.stdout).toBe('Dockerfile\na\nb\nb/file\nz\n')
      expect([ran.code, ran.stderr]).toEqual([
        2,
        'error: a was replaced while it was looked at: what is in it is not counted (run it again)\n',
      ])
    }
  })

  it('takes back what was counted of it, and nothing else', async () => {
    const host = changing({ call: 'lstat', path: '/ctx/a/deep' }, linked)
    const { stdout } = await runOn(host, ['--format', 'json', '/ctx'])
    const { context } = JSON.parse(stdout).contexts[0]
    expect(context).toMatchObject({ files: 3 })
  })
})

describe('an entry that changes while it is looked at', () => {
  it.each([
    ['a file that grows', { ...before, '/ctx/b/file': 'much more text of b' }],
    ['a file that shrinks', { ...before, '/ctx/b/file': '' }],
    ['a file that vanishes', without('/ctx/b/file')],
    ['a file that turns into a directory', { ...without('/ctx/b/file'), '/ctx/b/file/x': 1 }],
    [
      'a file that turns into a pipe',
      { ...without('/ctx/b/file'), '/ctx/b/file': { type: 'fifo' as const } },
    ],
    ['a directory that vanishes', without('/ctx/b')],
  ] satisfies readonly (readonly [string, MemoryTree])[])('is as it was seen: %s', async (_, after) => {
    for (const path of ['/ctx/b', '/ctx/b/file']) {
      const ran = await runOn(changing({ call: 'lstat', path }, after), ['ls', '/ctx'])
      expect([ran.code, ran.stderr]).toEqual([0, ''])
      expect(ran.stdout).toMatch(
        /^Dockerfile\na\na\/deep\na\/deep\/file\nb\n(?:b\/file\n)?(?:b\/file\/x\n)?z\n$/,
      )
    }
  })

  it('is told where a directory has turned into a file', async () => {
    const after: MemoryTree = { ...without('/ctx/b'), '/ctx/b': 1 }
    const ran = await runOn(changing({ call: 'lstat', path: '/ctx/b' }, after), ['ls', '/ctx'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(/^error: b was replaced/)])
  })
})
