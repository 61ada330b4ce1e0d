import { describe, expect, it } from 'vitest'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { runOn } from '../cli/world.ts'

const home = { HOME: '/home/me' }
const own = '/home/me/.docker/cli-plugins/docker-ctxsize'
const program = '/opt/ctxsize/bin/docker-ctxsize.js'
const link = (target: string) => ({ type: 'symlink', target }) as const

interface Circumstances {
  readonly tree?: MemoryTree
  readonly environment?: Readonly<Record<string, string>>
  readonly plugin?: string | null
  readonly platform?: string
}

/** Runs `ctxsize plugin` lines one after the other on one disk. */
async function plugin(lines: readonly string[], circumstances: Circumstances = {}) {
  const { tree = {}, environment = home, platform = 'linux' } = circumstances
  const host = createMemoryHost(tree, environment, {
    plugin: circumstances.plugin === undefined ? program : circumstances.plugin,
  })
  const codes: number[] = []
  let [out, err] = ['', '']
  for (const line of lines) {
    const run = await runOn({ ...host, platform }, ['plugin', ...line.split(' ')])
    codes.push(run.code)
    out += run.stdout
    err += run.stderr
  }
  return { codes, out, err, host, leadsTo: (path: string) => host.lstat(path) && host.readLink(path) }
}

describe('ctxsize plugin install', () => {
  it('links the program where the docker client looks for plugins of this user', async () => {
    const { codes, out, leadsTo } = await plugin(['install'])
    expect([codes, leadsTo(own)]).toEqual([[0], program])
    expect(out).toBe(`docker ctxsize works now\n  ${own} → ${program}\n`)
  })

  it.each([
    [{ ...home, DOCKER_CONFIG: '/etc/dc' }, 'install', '/etc/dc/cli-plugins/docker-ctxsize'],
    [{ DOCKER_CONFIG: 'dc' }, 'install', '/dc/cli-plugins/docker-ctxsize'],
    [{ ...home, DOCKER_CONFIG: '' }, 'install', own],
    [
      {},
      'install --dir /usr/local/lib/docker/cli-plugins',
      '/usr/local/lib/docker/cli-plugins/docker-ctxsize',
    ],
    [home, 'install --dir here', '/here/docker-ctxsize'],
  ])('takes the directory from %j, plugin %s', async (environment, line, file) => {
    const { codes, leadsTo } = await plugin([line], { environment })
    expect([codes, leadsTo(file)]).toEqual([[0], program])
  })

  it('changes nothing the second time', async () => {
    const { codes, out } = await plugin(['install', 'install'])
    expect(codes).toEqual([0, 0])
    expect(out).toContain('docker ctxsize works already\n')
  })

  it.each(['/old/node/lib/node_modules/ctxsize/bin/docker-ctxsize.js', '../../x/bin/docker-ctxsize.js'])(
    'takes the place of a link to another copy, be it gone: %s',
    async (target) => {
      const { codes, out, leadsTo } = await plugin(['install'], { tree: { [own]: link(target) } })
      expect([codes, leadsTo(own)]).toEqual([[0], program])
      expect(out).toContain('docker ctxsize is this program now')
    },
  )

  it.each([
    ['a file', 'echo', 'is no link of ours'],
    ['a link to something else', link('/usr/bin/other'), 'leads to /usr/bin/other'],
    ['a directory', { type: 'dir' } as const, 'is no link of ours'],
  ])('leaves %s alone', async (_, entry, why) => {
    for (const action of ['install', 'uninstall']) {
      const { codes, err, host } = await plugin([action], { tree: { [own]: entry } })
      expect(err).toContain(`error: ${own} ${why}: it stays as it is\n  move it away`)
      expect(codes).toEqual([2])
      expect(host.lstat(own)).not.toBeNull()
    }
  })

  it('refuses to lead into the cache of npx, which is not there for long', async () => {
    const { codes, err, leadsTo } = await plugin(['install'], {
      plugin: '/home/me/.npm/_npx/1a2b/node_modules/ctxsize/bin/docker-ctxsize.js',
    })
    expect([codes, leadsTo(own)]).toEqual([[2], null])
    expect(err).toContain('npm install --global ctxsize && ctxsize plugin install')
  })

  it.each([
    ['Windows', { platform: 'win32' }, 'on Windows docker takes only an .exe'],
    [
      'a copy without the program',
      { plugin: null },
      'this copy of ctxsize has no bin/docker-ctxsize.js beside it',
    ],
    ['no home', { environment: {} }, 'neither DOCKER_CONFIG nor HOME is set'],
    [
      'a directory that cannot be written',
      { tree: { '/home/me/.docker/cli-plugins': 'x' } },
      'cannot change',
    ],
  ])('says what is wrong: %s', async (_, circumstances, message) => {
    const { codes, out, err } = await plugin(['install'], circumstances)
    expect([codes, out]).toEqual([[2], ''])
    expect(err).toContain(`error: ${message}`)
  })

  it.each([
    ['', 'ctxsize plugin takes install or uninstall, got ""'],
    [
      'instal',
      'ctxsize plugin takes install or uninstall, got "instal"; did you mean ctxsize plugin install?',
    ],
    ['install now', 'one word is enough for ctxsize plugin, got another: now'],
    ['install --target x', '--target is an option of ctxsize scan'],
  ])('plugin %s is one clear line', async (line, message) => {
    const { codes, err } = await plugin([line])
    expect([codes, err.split('\n')[0]]).toEqual([[2], `error: ${message}`])
  })
})

describe('ctxsize plugin uninstall', () => {
  it('removes what install made, and has nothing to do afterwards', async () => {
    const { codes, out, leadsTo } = await plugin(['install', 'uninstall', 'uninstall --format json'])
    expect([codes, leadsTo(own)]).toEqual([[0, 0, 0], null])
    expect(out).toContain(`docker ctxsize is gone\n  ${own} → ${program}\n`)
    expect(JSON.parse(out.slice(out.indexOf('{')))).toEqual({
      schemaVersion: 1,
      file: own,
      program: null,
      change: 'kept',
    })
  })
})
