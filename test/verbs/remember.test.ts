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

  it('says so on standard error, and nothing where it is to be quiet', async () => {
    const { err, out } = await ctxsize(project, { HOME: '/home/me' }, ['/app', '--remember'])
    expect(err).toBe('remembered what this build reads; ctxsize why --rebuilt tells what has changed since\n')
    expect(out).not.toContain('remembered')
    expect((await ctxsize(project, { HOME: '/home/me' }, ['/app', '--remember', '--quiet'])).err).toBe('')
  })

  it('forgets what is oldest where there is more than five hundred builds or 256 MB of them, and never what it keeps now', async () => {
    const kept = async (count: number, bytes: number) => {
      const old = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`${cache}/${i}.json`, { mtime: i, size: bytes }]),
      )
      const tree = { ...project, [cache]: { type: 'dir', mode: 0o700 }, ...old } as MemoryTree
      const { host } = await ctxsize(tree, { HOME: '/home/me' }, ['/app', '--remember'])
      return host.list(cache)
    }
    const names = await kept(501, 10)
    expect(names).toHaveLength(500)
    expect(names.filter((name) => name === '0.json' || name === '1.json')).toEqual([])
    expect(names).toContain('2.json')
    expect(await kept(5, 100_000_000)).toHaveLength(3)
    expect(await kept(1, 300_000_000)).toHaveLength(1)
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

describe('many builds', () => {
  const home = { HOME: '/home/me' }
  const many: MemoryTree = {
    '/app/compose.yaml':
      'services:\n  api: { build: { context: ., dockerfile: api/Dockerfile } }\n  web: { build: { context: ., dockerfile: web/Dockerfile } }\n  docs: { build: docs }\n',
    '/app/api/Dockerfile': 'FROM scratch\nCOPY api /\n',
    '/app/web/Dockerfile': 'FROM scratch\nCOPY web /\nRUN web\n',
    '/app/docs/Dockerfile': 'FROM scratch\nCOPY . /\n',
    '/app/web/w': 'w',
  }
  const remembered = ['/app', '--remember']
  const asked = ['why', '--rebuilt', '-C', '/app'] as const
  const one = (name: string) => [...asked, '-f', '/app/compose.yaml', name]
  const change = (host: Host) => {
    host.replaceFile('/app/web/w', Buffer.from('v'), { expected: Buffer.from('w') })
  }

  it('are all remembered, and asked about together', async () => {
    const { err } = await ctxsize(many, home, remembered)
    expect(err).toContain('remembered what 3 builds read')
    expect((await ctxsize(many, home, remembered, asked)).out).toBe(
      'Nothing that an instruction of these 3 builds reads has changed since it was\nremembered.\n',
    )
    expect((await ctxsize(many, home, remembered, change, asked)).out).toBe(
      'web\nCOPY web / (line 2): 1 file: web/w changed\n  then again: RUN web (line 3)\nNothing that the other 2 builds read has changed since it was remembered.\n',
    )
  })

  it('are told together where the same changed, with what follows in all of them', async () => {
    const alike = (name: string) => `FROM scratch\nCOPY web /\nRUN first\nRUN build ${name}\n`
    const tree = {
      ...many,
      '/app/api/Dockerfile': alike('api'),
      '/app/web/Dockerfile': alike('web'),
    }
    expect((await ctxsize(tree, home, remembered, change, asked)).out).toBe(
      [
        'api, web',
        'COPY web / (line 2): 1 file: web/w changed',
        '  then again: RUN first (line 3), and what differs from build to build',
        'Nothing that the other build reads has changed since it was remembered.\n',
      ].join('\n'),
    )
  })

  it('say nothing of being remembered where none could be measured', async () => {
    const { code, err } = await ctxsize(
      { '/app/compose.yaml': 'services:\n  a: { build: gone }\n' },
      home,
      remembered,
    )
    expect([code, err.includes('no such directory'), err.includes('remembered')]).toEqual([2, true, false])
  })

  it('are asked about by name', async () => {
    const told = async (name: string) => (await ctxsize(many, home, remembered, change, one(name))).out
    expect(await told('web')).toContain('web/w changed')
    expect(await told('api')).toContain('Nothing that an instruction reads has changed')
  })

  it('have the rest told where one of them was not remembered', async () => {
    const only = (host: Host) => {
      const [first = ''] = host.list(cache)
      host.store?.remove(cache, first)
    }
    expect((await ctxsize(many, home, remembered, only, asked)).out).toMatch(
      /of these 2 builds reads[\s\S]*! nothing is remembered of (?:api|web|docs): ctxsize --remember\n$/,
    )
    expect((await ctxsize(many, home, asked)).err).toContain('nothing is remembered of these builds')
  })

  it('are what a name is looked for in: a path is refused', async () => {
    const { code, err } = await ctxsize(many, home, remembered, [...asked, 'web/w'])
    expect([code, err]).toEqual([2, expect.stringContaining('is about builds, not about web/w')])
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
