import { describe, expect, it } from 'vitest'
import { main, type World } from '../../src/cli.ts'
import type { Host } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'

const project: MemoryTree = {
  '/app/Dockerfile': 'FROM scratch\nCOPY . /\n',
  '/app/a': 'a',
}

async function ctxsize(
  tree: MemoryTree,
  environment: Readonly<Record<string, string>>,
  ...lines: readonly (readonly string[] | ((host: Host) => void))[]
) {
  const host = createMemoryHost(tree, environment)
  const written = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({
    ...{ isTerminal: false, columns: null, identity: null },
    write: async (data: string | Uint8Array) => {
      written[name] += typeof data === 'string' ? data : Buffer.from(data).toString()
    },
  })
  const world: World = {
    ...{ host, stdout: stream('out'), stderr: stream('err') },
    ...{ readInput: async () => null, writeFile: () => {}, openFile: async () => null, now: () => 0 },
  }
  let code = 0
  for (const words of lines) {
    written.out = ''
    if (typeof words === 'function') words(host)
    else code = await main(words, world)
  }
  return { host, code, ...written }
}

const cache = '/home/me/.cache/ctxsize/remembered'

describe('--remember', () => {
  it('leaves one file for a build in the cache folder of the user, and nothing in the project', async () => {
    const { host, code, out } = await ctxsize(project, { HOME: '/home/me' }, ['/app', '--remember'])
    expect(code).toBe(0)
    expect(out).toContain('2 files')
    expect(host.list(cache)).toHaveLength(1)
    expect((host.stat(cache)?.mode ?? 0) & 0o777).toBe(0o700)
    expect((host.stat(`${cache}/${host.list(cache)[0]}`)?.mode ?? 0) & 0o777).toBe(0o600)
    expect(host.list('/app').sort()).toEqual(['Dockerfile', 'a'])
  })

  it('takes XDG_CACHE_HOME where it is absolute, and keeps builds apart', async () => {
    const { host } = await ctxsize(
      { ...project, '/app/other': 'FROM scratch\nCOPY a /\n' },
      { HOME: '/home/me', XDG_CACHE_HOME: '/cache' },
      ['/app', '--remember'],
      ['/app', '--remember', '-f', '/app/other'],
      ['/app', '--remember'],
    )
    expect(host.list('/cache/ctxsize/remembered')).toHaveLength(2)
    const relative = { HOME: '/home/me', XDG_CACHE_HOME: 'cache' }
    expect((await ctxsize(project, relative, ['/app', '--remember'])).host.list(cache)).toHaveLength(1)
  })

  it.each([
    ['lies in the project', project, '/app/cache'],
    ['leads into the project', { ...project, '/l': { type: 'symlink', target: '/app' } } as const, '/l/c'],
    [
      'can be written by others',
      { ...project, '/c/ctxsize/remembered': { type: 'dir', mode: 0o777 } } as const,
      '/c',
    ],
  ])('refuses a folder that %s', async (_, tree, folder) => {
    const { code, err, host } = await ctxsize(tree, { XDG_CACHE_HOME: folder }, ['/app', '--remember'])
    expect(code).toBe(2)
    expect(err).toContain('cache folder')
    expect(host.list('/app').sort()).toEqual(['Dockerfile', 'a'])
  })

  it.each([[['--at', 'HEAD', '/app']], [['-']], [['-f', '-', '/app']]])(
    'refuses what does not lie in a directory: %j',
    async (words) => {
      const { code, err } = await ctxsize(project, { HOME: '/home/me' }, [...words, '--remember'])
      expect(code).toBe(2)
      expect(err).toContain('--remember is about what lies in a directory')
    },
  )

  it('refuses where nobody says where the user keeps things', async () => {
    expect((await ctxsize(project, {}, ['/app', '--remember'])).err).toContain('no cache folder')
  })
})

describe('ctxsize why --rebuilt', () => {
  const home = { HOME: '/home/me' }
  const asked = ['why', '--rebuilt', '-C', '/app'] as const

  it('says that nothing is remembered, and how that is changed', async () => {
    const { code, err } = await ctxsize(project, home, asked)
    expect(code).toBe(2)
    expect(err).toContain('nothing is remembered of this build')
    expect(err).toContain('ctxsize --remember')
  })

  it('is what --remember goes with: why of a path keeps nothing', async () => {
    const { code, err, host } = await ctxsize(project, home, ['why', 'a', '--remember', '-C', '/app'])
    expect(code).toBe(2)
    expect(err).toContain('--remember with --rebuilt')
    expect(host.lstat('/home/me')).toBeNull()
  })

  it('tells what changed; with --remember the next answer begins there', async () => {
    const change = (host: Host) => {
      host.replaceFile('/app/a', Buffer.from('b'), { expected: Buffer.from('a') })
    }
    const remembered = ['/app', '--remember']
    const unchanged = await ctxsize(project, home, remembered, asked)
    expect(unchanged.out).toContain('Nothing that an instruction reads has changed')
    const changed = await ctxsize(project, home, remembered, change, asked, asked)
    expect(changed.out).toBe('COPY . / (line 2): 1 file: a changed\n')
    const again = await ctxsize(project, home, remembered, change, [...asked, '--remember'], asked)
    expect(again.out).toContain('Nothing that an instruction reads has changed')
  })
})
