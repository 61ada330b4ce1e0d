import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { listSent } from '../../src/answers/list.ts'
import { createMemoryHost } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { createTarHost, hostOfTree, readStream, streamRoot } from '../../src/host/tar.ts'
import { CtxsizeError } from '../../src/lib/errors.ts'
import { decodePath } from '../../src/lib/path.ts'
import { scan } from '../../src/scan.ts'
import { ctxsize } from '../cli/world.ts'
import { git, gitBytes } from '../git.ts'
import { refusal } from '../refusal.ts'
import { plainBuild } from '../scan-tree.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-tar-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = (name: string) => path.join(base, name)
const nobody = createMemoryHost({})

const dockerfile = 'FROM scratch\nCOPY . /\n'

/** One entry as a header and its contents; everything can be said wrongly. */
interface Made {
  readonly name: string
  readonly flag?: string
  readonly content?: string
  readonly link?: string
  readonly size?: number
  readonly mode?: number
  readonly magic?: string
}
function block({
  name,
  flag = '0',
  content = '',
  link = '',
  size,
  mode = 0o644,
  magic = 'ustar\0',
}: Made): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 'latin1')
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100)
  header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124)
  header.write('14525136400\0', 136)
  header.write('        ', 148)
  header.write(flag, 156)
  header.write(link, 157, 'latin1')
  header.write(`${magic}00`, 257)
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}
const archive = (...entries: readonly Made[]): Buffer =>
  Buffer.concat([...entries.map(block), Buffer.alloc(1024)])
const first: Made = { name: 'Dockerfile', content: dockerfile }

const record = (key: string, value: string): string => {
  const body = ` ${key}=${value}\n`
  let length = body.length + 1
  while (`${length}`.length + body.length !== length) length = `${length}`.length + body.length
  return `${length}${body}`
}

const listed = (bytes: Uint8Array) =>
  listSent(scan(createTarHost(bytes, nobody), { ...plainBuild, context: '-' }), 'buildkit').entries.map(
    ({ path: name, type, size }) => `${type} ${name} ${size}`,
  )

/** A directory with what archives have to carry. */
function plant(): string {
  const top = at('tree')
  if (fs.existsSync(top)) return top
  fs.mkdirSync(path.join(top, 'a/b'), { recursive: true })
  fs.writeFileSync(path.join(top, 'Dockerfile'), dockerfile)
  fs.writeFileSync(path.join(top, 'a/b/file'), 'x'.repeat(3000))
  fs.linkSync(path.join(top, 'a/b/file'), path.join(top, 'a/second'))
  fs.symlinkSync('b/file', path.join(top, 'a/link'))
  fs.writeFileSync(path.join(top, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 })
  fs.writeFileSync(path.join(top, 'empty'), '')
  const deep = path.join(top, 'n'.repeat(90), 'm'.repeat(90))
  fs.mkdirSync(deep, { recursive: true })
  fs.writeFileSync(path.join(deep, 'k'.repeat(120)), 'long')
  fs.symlinkSync('t'.repeat(150), path.join(deep, 'link'))
  fs.writeFileSync(Buffer.concat([Buffer.from(`${top}/`), Buffer.of(0x66, 0xff)]), 'raw')
  fs.writeFileSync(path.join(top, 'naïve ☃'), 'unicode')
  execFileSync('mkfifo', [path.join(top, 'fifo')])
  return top
}

/** What docker's walk of the directory would send: the same files. */
const ofDirectory = (top: string) =>
  listSent(scan(createNodeHost(), { ...plainBuild, context: top }), 'buildkit').entries
const ofArchive = (bytes: Uint8Array) =>
  listSent(scan(createTarHost(bytes, nobody), { ...plainBuild, context: '-' }), 'buildkit').entries

describe('an archive', () => {
  it.each([
    ['gnu', ['--format=gnu', '-c', '.']],
    ['pax', ['--format=pax', '-c', '.']],
    ['oldgnu', ['--format=oldgnu', '-c', '.']],
  ])('of GNU tar in the format %s holds what the directory holds', (format, args) => {
    const top = plant()
    const options = format === 'pax' ? ['--pax-option=delete=atime,delete=ctime,delete=mtime', ...args] : args
    const bytes = execFileSync('tar', options, { cwd: top, maxBuffer: 1 << 26 })
    expect(ofArchive(bytes)).toEqual(ofDirectory(top))
    expect(ofArchive(gzipSync(bytes))).toEqual(ofDirectory(top))
  })

  it.each(['ustar', 'v7'])('of GNU tar in the format %s holds all that it can', (format) => {
    const top = at(`short-${format}`)
    fs.mkdirSync(path.join(top, 'd'.repeat(60)), { recursive: true })
    fs.writeFileSync(path.join(top, 'Dockerfile'), dockerfile)
    fs.writeFileSync(path.join(top, 'd'.repeat(60), 'f'.repeat(format === 'ustar' ? 90 : 30)), 'x')
    fs.symlinkSync('Dockerfile', path.join(top, 'link'))
    const bytes = execFileSync('tar', [`--format=${format}`, '-c', '.'], { cwd: top })
    expect(ofArchive(bytes)).toEqual(ofDirectory(top))
  })

  it('has files with holes in their real size', () => {
    const top = at('holes')
    fs.mkdirSync(top)
    fs.writeFileSync(path.join(top, 'Dockerfile'), dockerfile)
    fs.writeFileSync(path.join(top, 'sparse'), 'end')
    fs.truncateSync(path.join(top, 'sparse'), 5_000_000)
    for (const version of ['0.0', '0.1', '1.0']) {
      const options = ['--format=pax', `--sparse-version=${version}`, '-S']
      const drop = '--pax-option=delete=atime,delete=ctime,delete=mtime'
      const bytes = execFileSync('tar', [...options, drop, '-c', 'Dockerfile', 'sparse'], { cwd: top })
      expect(bytes.length).toBeLessThan(100_000)
      expect(listed(bytes)).toContain('file sparse 5000000')
    }
  })

  it('of git archive is read', () => {
    const top = at('repository')
    fs.mkdirSync(top)
    fs.writeFileSync(path.join(top, 'Dockerfile'), dockerfile)
    git(top, 'init', '-q')
    git(top, 'add', '.')
    git(top, 'commit', '-q', '-m', 'x')
    expect(listed(gitBytes(top, ['archive', 'HEAD']))).toEqual([`file Dockerfile ${dockerfile.length}`])
  })

  it('is sent whole: no ignore file is read, and what nobody copies goes too', () => {
    const bytes = archive(
      { name: 'Dockerfile', content: 'FROM scratch\nCOPY a /\n' },
      { name: '.dockerignore', content: '*\n' },
      { name: 'a', content: '1' },
      { name: 'b', content: '22' },
    )
    const { report, findings } = scan(createTarHost(bytes, nobody), { ...plainBuild, context: '-' })
    expect(report.contexts[0]).toMatchObject({ ignoreFile: null, archive: { bytes: bytes.length } })
    expect(report.contexts[0]?.targets[0]).toMatchObject({
      buildFails: false,
      transfer: { files: 4 },
      wire: { buildkit: { cold: bytes.length, warm: bytes.length }, classic: bytes.length },
      prints: { buildkit: null },
      exact: true,
    })
    expect(findings.map(({ rule, severity }) => [rule, severity])).toContainEqual([
      'archive-unfiltered',
      'warning',
    ])
  })
})

// What dockerd 20.10 made of the same archives, with both builders.
describe('an entry', () => {
  it.each<readonly [string, readonly Made[], readonly string[]]>([
    [
      'with an absolute name lies below the top',
      [{ name: '/etc/x', content: 'abs' }],
      ['dir etc 0', 'file etc/x 3'],
    ],
    ['cannot leave the top', [{ name: 'a/../../x', content: 'up' }], ['file x 2']],
    ['begins where its name does', [{ name: '../x', content: 'up' }], ['file x 2']],
    [
      'may stand in a link to a directory',
      [
        { name: 'd', flag: '5' },
        { name: 'l', flag: '2', link: '/d' },
        { name: 'l/f', content: 'via' },
      ],
      ['dir d 0', 'file d/f 3', 'symlink l 2'],
    ],
    [
      'takes the place of an earlier one',
      [
        { name: 'f/a', content: '1' },
        { name: 'f', content: '22' },
      ],
      ['file f 2'],
    ],
    [
      'that is a directory takes the place of a file',
      [
        { name: 'f', content: '1' },
        { name: 'f/', flag: '5' },
      ],
      ['dir f 0'],
    ],
    [
      'that is a directory keeps what is in one',
      [
        { name: 'f/a', content: '1' },
        { name: 'f', flag: '5' },
      ],
      ['dir f 0', 'file f/a 1'],
    ],
    [
      'that is a directory takes the place of a link',
      [
        { name: 'd/a', content: '1' },
        { name: 'l', flag: '2', link: 'd' },
        { name: 'l', flag: '5' },
        { name: 'l/z', content: '2' },
      ],
      ['dir d 0', 'file d/a 1', 'dir l 0', 'file l/z 1'],
    ],
    [
      'may be a further name of one from the top',
      [{ name: 'h', flag: '1', link: '/Dockerfile' }],
      ['hardlink h 22'],
    ],
    [
      'that only hides another elsewhere is a file here',
      [{ name: 'd/.wh.a' }],
      ['dir d 0', 'file d/.wh.a 0'],
    ],
    [
      'may be a device',
      [
        { name: 'null', flag: '3' },
        { name: 'p', flag: '6' },
      ],
      ['device null 0', 'fifo p 0'],
    ],
    [
      'of an old tar ends in a slash when it is a directory',
      [{ name: 'old/', flag: '\0', magic: '\0' }],
      ['dir old 0'],
    ],
    [
      'can be called by extended headers',
      [
        { name: 'x', flag: 'x', content: record('path', 'ext') },
        { name: 'cut', content: '1' },
      ],
      ['file ext 1'],
    ],
    [
      'is not called by what stands for all',
      [{ name: 'x', flag: 'g', content: record('path', 'all') }, { name: 'own' }],
      ['file own 0'],
    ],
  ])('%s', (_, entries, expected) => {
    expect(listed(archive(first, ...entries))).toEqual([`file Dockerfile ${dockerfile.length}`, ...expected])
  })

  it.each<readonly [string, readonly Made[], string]>([
    ['below a file', [{ name: 'f' }, { name: 'f/g' }], 'docker cannot unpack f/g: f is no directory'],
    [
      'that is a further name of nothing',
      [{ name: 'h', flag: '1', link: 'no' }],
      'docker cannot unpack h: it is a further name of no, which is not there',
    ],
    [
      'that is a further name of itself',
      [{ name: './Dockerfile', flag: '1', link: 'Dockerfile' }],
      'docker cannot unpack ./Dockerfile: it is a further name of itself, which it takes away first',
    ],
    [
      'in a link that leads nowhere',
      [{ name: 'l', flag: '2', link: 'no' }, { name: 'l/x' }],
      'docker cannot unpack l/x: l is a link that leads nowhere',
    ],
    [
      'of a kind of its own',
      [{ name: 'u', flag: 'Z' }],
      'docker cannot unpack u: it is of the kind "Z", which docker does not know',
    ],
    [
      'with holes in the old way',
      [{ name: 'u', flag: 'S' }],
      'docker cannot unpack u: it is of the kind "S", which docker does not know',
    ],
    [
      'in a circle of links',
      [{ name: 'a', flag: '2', link: 'b' }, { name: 'b', flag: '2', link: 'a' }, { name: 'a/x' }],
      'docker cannot unpack a/x: too many links',
    ],
    [
      'longer than the archive',
      [{ name: 'big', size: 8_000_000_000 }],
      'the archive ends in the middle of big',
    ],
    [
      'that hides what it is called',
      [{ name: '\x1b[2J', flag: 'Z' }],
      'docker cannot unpack \\x1b[2J: it is of the kind "Z", which docker does not know',
    ],
  ])('%s is refused', (_, entries, message) => {
    const thrown = refusal(() => createTarHost(archive(first, ...entries), nobody))
    expect([thrown.code, thrown.message]).toEqual(['STREAM_REFUSED', message])
  })
})

describe('standard input', () => {
  const chunks = async function* (bytes: Uint8Array, size: number) {
    for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
  }

  it('may come in pieces that end anywhere', async () => {
    const bytes = archive(first, { name: 'd/f', content: 'y'.repeat(2000) })
    for (const whole of [bytes, gzipSync(bytes)])
      for (const size of [1, 7, 511, 5000]) {
        const stream = await readStream(chunks(whole, size))
        if (stream.kind !== 'archive') throw new Error('it is an archive')
        const host = hostOfTree(stream.tree, stream.bytes, nobody)
        expect(stream.bytes).toBe(whole.length)
        expect(decodePath(host.readFile(`${streamRoot}/d/f`))).toBe('y'.repeat(2000))
      }
  })

  it.each([
    ['packed with zstd', Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0), 'STREAM_REFUSED'],
    ['packed with bzip2', Buffer.from('BZh91AY'), 'UNSUPPORTED'],
    ['packed with xz', Buffer.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'UNSUPPORTED'],
    ['packed and cut short', gzipSync(archive(first)).subarray(0, 60), 'STREAM_REFUSED'],
    ['empty', Buffer.alloc(0), 'STREAM_REFUSED'],
    ['an archive of nothing', Buffer.alloc(10_240), 'STREAM_REFUSED'],
    ['too long for a Dockerfile', Buffer.alloc(5 << 20, 0x61), 'STREAM_REFUSED'],
    [
      'whose first header docker does not get to the end of',
      archive({ name: 'x', flag: 'x', content: record('path', 'Dockerfile') }, first),
      'STREAM_REFUSED',
    ],
    [
      'whose second header is damaged',
      Buffer.concat([block(first), Buffer.alloc(512, 0x61)]),
      'STREAM_REFUSED',
    ],
  ])('%s is one clear line', async (_, bytes, code) => {
    await expect(readStream(chunks(bytes, 1000))).rejects.toMatchObject({ name: 'CtxsizeError', code })
  })

  it('that is damaged anywhere is refused or read, and nothing else', () => {
    const bytes = execFileSync('tar', ['--format=gnu', '-c', '.'], {
      cwd: plant(),
      maxBuffer: 1 << 26,
    })
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(changes, fc.nat(bytes.length), fc.boolean(), (changed, length, isSummed) => {
        const damaged = Buffer.from(bytes)
        for (const [index, byte] of changed) damaged[index] = byte
        // Sums put right let the damage through to what reads the fields.
        if (isSummed)
          for (const [index] of changed) {
            const start = index - (index % 512)
            damaged.write('        ', start + 148)
            let sum = 0
            for (const byte of damaged.subarray(start, start + 512)) sum += byte
            damaged.write(`${sum.toString(8).padStart(6, '0')}\0 `, start + 148)
          }
        const given = damaged.subarray(0, Math.max(length, 1))
        let failure: unknown = null
        try {
          scan(createTarHost(given, nobody), { ...plainBuild, context: '-' })
        } catch (thrown) {
          failure = thrown
        }
        expect(failure === null || failure instanceof CtxsizeError, String(failure)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the command line', () => {
  const bytes = archive(
    first,
    { name: '.dockerignore', content: '*\n' },
    { name: 'sub/Dockerfile', content: 'FROM scratch\nCOPY sub /\n' },
  )

  it('takes an archive as docker build - does', async () => {
    const { code, stdout } = await ctxsize('-', { input: bytes })
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'Dockerfile → final stage (scratch)   context from standard input',
    ])
    expect(stdout).toContain('.dockerignore in it is not read')
    expect((await ctxsize('ls -', { input: gzipSync(bytes) })).stdout).toBe(
      '.dockerignore\nDockerfile\nsub\nsub/Dockerfile\n',
    )
  })

  it('takes -f for one of the archive’s own files', async () => {
    const { stdout } = await ctxsize('ls - --reads --format json -f sub/Dockerfile', { input: bytes })
    expect(JSON.parse(stdout).reads[0]).toMatchObject({ files: ['sub/Dockerfile'] })
    expect((await ctxsize('- -f Dockerfile.no', { input: bytes })).code).toBe(2)
  })

  it('takes a Dockerfile alone, which has an empty context', async () => {
    const { code, stdout } = await ctxsize('- --format json', { input: dockerfile })
    const [context] = JSON.parse(stdout).contexts
    expect([code, context.context.files, context.targets[0].wire.buildkit.cold]).toEqual([0, 0, 2])
    expect((await ctxsize('- -f other', { input: dockerfile })).stderr).toContain('-f names another')
  })

  it('takes a Dockerfile for the context that is there', async () => {
    const tree = { '/Dockerfile': 'FROM nothing', '/.dockerignore': 'b\n', '/a': 1, '/b': 2 }
    const { stdout } = await ctxsize('ls -f - .', { tree, input: dockerfile })
    expect(stdout).toBe('.dockerignore\nDockerfile\na\n')
  })
})
