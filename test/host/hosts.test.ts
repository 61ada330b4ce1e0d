import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as net from 'node:net'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { entryAt, type Host, isHostFailure } from '../../src/host/host.ts'
import { createMemoryHost, rawName } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { encodePath } from '../../src/lib/path.ts'

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-host-')))
const odd = `odd${rawName(0xff)}`
fs.mkdirSync(path.join(top, 'd'))
fs.writeFileSync(path.join(top, 'd/f'), 'text')
fs.writeFileSync(encodePath(`${top}/${odd}`), 'raw')
fs.symlinkSync('d/f', path.join(top, 'link'))
fs.symlinkSync('nowhere', path.join(top, 'dangling'))
fs.symlinkSync('loop', path.join(top, 'loop'))
fs.linkSync(path.join(top, 'd/f'), path.join(top, 'second'))
fs.utimesSync(path.join(top, 'd/f'), 1_700_000_000, 1_700_000_000)
const server = net.createServer().listen(path.join(top, 'socket'))
afterAll(() => {
  server.close()
  fs.rmSync(top, { recursive: true, force: true })
})

const code = (ask: () => unknown): unknown => {
  try {
    return ask()
  } catch (thrown) {
    return isHostFailure(thrown) ? thrown.code : thrown
  }
}

const hosts: readonly (readonly [string, Host])[] = [
  ['disk', createNodeHost()],
  [
    'memory',
    createMemoryHost({
      [`${top}/d/f`]: 'text',
      [`${top}/${odd}`]: 'raw',
      [`${top}/link`]: { type: 'symlink', target: 'd/f' },
      [`${top}/dangling`]: { type: 'symlink', target: 'nowhere' },
      [`${top}/loop`]: { type: 'symlink', target: 'loop' },
      [`${top}/second`]: { type: 'hardlink', target: `${top}/d/f` },
      [`${top}/socket`]: { type: 'socket' },
    }),
  ],
]

describe.each(hosts)('the host of the %s', (_, host) => {
  const at = (name: string) => `${top}/${name}`
  const typeOf = (mode: number | undefined) => (mode ?? 0) & 0o170000

  it('lists names as they are, those that are not UTF-8 too', () => {
    expect(host.list(top).sort()).toEqual(['d', 'dangling', 'link', 'loop', odd, 'second', 'socket'].sort())
  })

  it('reads the start of a file, but of nothing that a link or a special file leads to', () => {
    const start = (name: string, bytes: number) => new TextDecoder().decode(host.readStart(at(name), bytes))
    expect([start('d/f', 2), start('d/f', 9), start('d/f', 0), start(odd, 3)]).toEqual([
      'te',
      'text',
      '',
      'raw',
    ])
    expect(code(() => host.readStart(at('link'), 4))).toBe('ELOOP')
    expect(code(() => host.readStart(at('d'), 4))).toBe('EINVAL')
    expect(code(() => host.readStart(at('gone'), 4))).toBe('ENOENT')
    expect(code(() => host.readStart(at('socket'), 4))).toMatch(/^E(?:INVAL|NXIO)$/)
  })

  it('tells an entry from what a link leads to', () => {
    expect([typeOf(host.lstat(at('link'))?.mode), typeOf(host.stat(at('link'))?.mode)]).toEqual([
      0o120000, 0o100000,
    ])
    expect([host.lstat(at('dangling')) === null, host.stat(at('dangling'))]).toEqual([false, null])
    expect([host.readLink(at('link')), host.realPath(at('link'))]).toEqual(['d/f', at('d/f')])
  })

  it('has null for what is not there, also below a file', () => {
    expect([host.lstat(at('x')), host.lstat(at('d/f/x')), host.stat(at('d/f/x'))]).toEqual([null, null, null])
  })

  it('fails with the names that POSIX has', () => {
    expect([
      code(() => host.list(at('x'))),
      code(() => host.list(at('d/f'))),
      code(() => host.readFile(at('x'))),
      code(() => host.readFile(at('d'))),
      code(() => host.stat(at('loop'))),
      code(() => host.readLink(at('d'))),
    ]).toEqual(['ENOENT', 'ENOTDIR', 'ENOENT', 'EISDIR', 'ELOOP', 'EINVAL'])
  })

  it('reads a name that is not UTF-8', () => {
    expect([Buffer.from(host.readFile(at(odd))).toString(), host.lstat(at(odd))?.size]).toEqual(['raw', 3])
  })

  it('counts the names of an inode', () => {
    const [first, second] = [host.lstat(at('d/f')), host.lstat(at('second'))]
    expect([first?.nlink, first?.ino === second?.ino]).toEqual([2, true])
    expect(host.identity(at('d/f'))).toBe(host.identity(at('second')))
  })

  it('knows the time to the nanosecond', () => {
    expect([host.mtimeNs(at('d/f')), host.lstat(at('d/f'))?.mtimeMs]).toEqual([
      1_700_000_000_000_000_000n,
      1.7e12,
    ])
  })

  it('knows a socket', () => {
    expect(typeOf(host.lstat(at('socket'))?.mode)).toBe(0o140000)
  })

  it('makes a link where nothing is, and removes none but the one that is meant', () => {
    const link = at(`made/deep/${odd}`)
    expect(host.links?.put(link, '/far/away')).toBe('written')
    expect([host.readLink(link), host.links?.put(link, '/elsewhere')]).toEqual(['/far/away', 'taken'])
    expect([host.links?.remove(link, '/elsewhere'), host.links?.remove(at('d/f'), 'd/f')]).toEqual([
      'changed',
      'changed',
    ])
    expect([host.links?.remove(link, '/far/away'), host.lstat(link)]).toEqual(['removed', null])
    expect(host.links?.remove(link, '/far/away')).toBe('changed')
  })

  it('gives nothing for an entry to which the way is barred or round in circles', () => {
    expect(entryAt(host, at('loop/x'))).toBeNull()
  })
})

describe('the private store of the disk', () => {
  const { store } = createNodeHost()
  const folder = path.join(top, 'private')
  const bytes = Buffer.from('kept')

  it('makes what only its owner can read, gives it back, and leaves nothing else behind', () => {
    const at = path.join(folder, 'deep/er')
    expect(store?.read(at, 'a.json')).toBeNull()
    store?.write(at, 'a.json', Buffer.from('before'))
    store?.write(at, 'a.json', bytes)
    expect(Buffer.from(store?.read(at, 'a.json') ?? []).toString()).toBe('kept')
    expect(fs.statSync(at).mode & 0o777).toBe(0o700)
    expect(fs.statSync(path.join(at, 'a.json')).mode & 0o777).toBe(0o600)
    expect(fs.readdirSync(at)).toEqual(['a.json'])
  })

  it('neither reads nor writes where others may write, or where a link leads', () => {
    const open = path.join(folder, 'open')
    store?.write(open, 'a.json', bytes)
    fs.chmodSync(open, 0o777)
    expect(code(() => store?.read(open, 'a.json'))).toBe('EPERM')
    expect(code(() => store?.write(open, 'a.json', bytes))).toBe('EPERM')
    fs.chmodSync(open, 0o700)
    fs.chmodSync(path.join(open, 'a.json'), 0o666)
    expect(code(() => store?.read(open, 'a.json'))).toBe('EPERM')
    fs.symlinkSync(open, path.join(folder, 'link'))
    expect(code(() => store?.write(path.join(folder, 'link'), 'a.json', bytes))).toBe('ELINK')
  })

  it('replaces a link that has taken the place of a file, and does not follow it', () => {
    const at = path.join(folder, 'linked')
    store?.write(at, 'b.json', bytes)
    const target = path.join(folder, 'target')
    fs.writeFileSync(target, 'mine')
    fs.symlinkSync(target, path.join(at, 'a.json'))
    expect(code(() => store?.read(at, 'a.json'))).toBe('ELOOP')
    store?.write(at, 'a.json', bytes)
    expect(fs.readFileSync(target, 'utf8')).toBe('mine')
    expect(fs.lstatSync(path.join(at, 'a.json')).isFile()).toBe(true)
  })
})

it('reads times before 1970 from the disk', () => {
  const file = path.join(top, 'old')
  fs.writeFileSync(file, '')
  // utimes of Node takes a negative time for the present.
  execFileSync('touch', ['-d', '@-1', file])
  const host = createNodeHost()
  expect([host.lstat(file)?.mtimeMs, host.mtimeNs(file)]).toEqual([-1000, -1_000_000_000n])
})
