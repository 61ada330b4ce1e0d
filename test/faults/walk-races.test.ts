import { describe, expect, it } from 'vitest'
import type { Host, HostStat } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { baseName, parentPath } from '../../src/lib/path.ts'
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

interface Moment {
  readonly call: 'list' | 'lstat'
  readonly path: string
}

/** One tree until a path is asked for in that way, another one from then on, in which every directory has changed. */
function changing(
  when: Moment,
  after: MemoryTree,
  { first = before, changedMs = 0 }: { readonly first?: MemoryTree; readonly changedMs?: number } = {},
): Host {
  const old = createMemoryHost(first)
  const late = createMemoryHost(after)
  let host = old
  // Both trees are one disk: what lies at the same place and is of the same kind is the same.
  const inodes = new Map<string, number>()
  const ino = (path: string, { mode }: HostStat): number => {
    const at = old.absolute(path)
    const place = `${host.realPath(parentPath(at) || '/')}/${baseName(at)}`
    const key = `${place} ${mode & 0o170000}`
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
      const told = stat && { ...stat, ino: ino(path, stat), ctimeMs: changedMs + (host === late ? 1 : 0) }
      seen('lstat', path)
      return told
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

describe('a directory in one that vouches for it', () => {
  const first: MemoryTree = {
    '/ctx/Dockerfile': 'FROM scratch\nCOPY . /\n',
    '/ctx/p/a/file': 1,
    '/ctx/p/b/deep/file': 2,
    '/ctx/p/z/file': 3,
    '/outside/deep/secret': 999_999,
  }
  const after: MemoryTree = {
    ...Object.fromEntries(Object.entries(first).filter(([path]) => !path.startsWith('/ctx/p/b'))),
    '/ctx/p/b': { type: 'symlink', target: '../../outside' },
  }
  const settled = 0
  const unsettled = 1_700_000_000_000

  it.each([
    ['by the ctime of the one above', { call: 'list', path: '/ctx/p/b/deep' }, settled],
    ['when all in it has been seen', { call: 'lstat', path: '/ctx/p/b/deep/file' }, settled],
    ['when the next one is looked at', { call: 'lstat', path: '/ctx/p/z' }, settled],
    [
      'by itself where the one above has changed just now',
      { call: 'lstat', path: '/ctx/p/b/deep/file' },
      unsettled,
    ],
  ] as const)('is noticed when it is replaced, %s', async (_, when, changedMs) => {
    const make = () => changing(when, after, { first, changedMs })
    for (const host of [make(), shared(make())]) {
      const ran = await runOn(host, ['ls', '/ctx'])
      // Where several threads share the work, the one below may be the one that is found to be another.
      expect(ran.stdout).toMatch(
        /^Dockerfile\np\np\/a\np\/a\/file\np\/b\n(?:p\/b\/deep\n)?p\/z\np\/z\/file\n$/,
      )
      // Looked at once more from above it is what it is now, and nothing is missing; else it is told.
      expect(`${ran.code} ${ran.stderr}`).toMatch(/^(?:0 $|2 error: p\/b(?:\/deep)? was replaced)/)
    }
  })

  it.each([
    ['once, where nothing has changed for a while', settled, 1],
    ['twice, where something has changed just now', unsettled, 2],
  ])('is asked for %s', async (_, changedMs, times) => {
    const asked: string[] = []
    const host = createMemoryHost(first)
    const ran = await runOn(
      {
        ...host,
        lstat: (path) => {
          asked.push(host.absolute(path))
          const stat = host.lstat(path)
          return stat && { ...stat, ctimeMs: changedMs }
        },
      },
      ['ls', '/ctx'],
    )
    expect(ran.stdout).toContain('p/b/deep/file\n')
    expect(asked.filter((path) => path === '/ctx/p/a')).toHaveLength(times)
    // It has a directory in it, so that it is asked what became of that one.
    expect(asked.filter((path) => path === '/ctx/p/b')).toHaveLength(2)
  })
})
