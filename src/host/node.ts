/** The disk, through Node's synchronous calls. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { decodePath, encodePath, hasRawBytes } from '../lib/path.ts'
import { createGit } from './git.ts'
import { createGitAhead } from './git-thread.ts'
import type { ExtendedAttributes, Host, ListedEntry, WorkerHandle } from './host.ts'
import { childProcess, workerThreads } from './late.ts'
import { createPrivateStore } from './private-store.ts'
import { createProgramLinks } from './program-links.ts'
import { findProgram, programPlaces } from './programs.ts'
import { removeLeftOvers, replaceWhole } from './replace.ts'
import { createWritableDisk, native } from './writable.ts'

const goArch: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', loong64: 'loong64' }

const missing = (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')

const quietly = { throwIfNoEntry: false } as const

/** The entry, or null where it or one of its parents is missing. */
function orNull<T>(call: () => T): T | null {
  try {
    return call()
  } catch (thrown) {
    if (missing(thrown)) return null
    throw thrown
  }
}

const withTextName = (entry: fs.Dirent<Buffer>): ListedEntry => ({
  name: decodePath(entry.name),
  isFile: () => entry.isFile(),
  isDirectory: () => entry.isDirectory(),
  isSymbolicLink: () => entry.isSymbolicLink(),
})

/** Entries that take about as long to walk as a thread takes to begin (25 ms). */
const worthFrom = 2000
const fewestPieces = 64

/** More threads than this only get into each other's way at the kernel's locks. */
const mostWorkers = 3

/** The first of these that is there, relative to the bundle that this is part of; null when it runs from elsewhere. */
function beside(places: readonly string[]): string | null {
  for (const place of places) {
    const file = path.join(import.meta.dirname, place)
    if (fs.existsSync(file)) return file
  }
  return null
}

/** The program of a worker that walks; the one that asks git lies beside it. */
const builtWorker = () => beside(['walk-worker.cjs', '../walk-worker.cjs'])

function startWorkers(worker: string): readonly WorkerHandle[] {
  const { MessageChannel, receiveMessageOnPort, Worker } = workerThreads()
  const count = Math.min(os.availableParallelism() - 1, mostWorkers)
  return Array.from({ length: count }, () => {
    const { port1, port2 } = new MessageChannel()
    const thread = new Worker(worker, { workerData: port2, transferList: [port2] })
    // Neither its life nor its death is a reason to keep the process, or to end it.
    thread.unref()
    thread.on('error', () => {})
    port1.unref()
    return {
      begin: (job) => port1.postMessage(job),
      receive: () => receiveMessageOnPort(port1)?.message,
      stop: () => {
        port1.close()
        void thread.terminate()
      },
    }
  })
}

/**
 * The host of a real run. `environment` answers for `--build-arg NAME` and says where git is and whose settings it
 * reads; `worker` is the program of further threads; without, there are none.
 */
export function createNodeHost(
  environment: Readonly<Record<string, string | undefined>> = {},
  worker: string | null = builtWorker(),
): Host {
  const disk = createWritableDisk()
  const git = createGit(environment, os.platform())
  // On a single core a thread would only be in the way.
  const program = os.availableParallelism() < 2 ? null : worker
  return {
    platform: os.platform(),
    arch: goArch[os.arch()] ?? os.arch(),
    environment: (name) => environment[name],
    absolute: (name) => path.resolve(name),
    list: (name) => {
      const names = fs.readdirSync(native(name))
      return names.join('').includes('\uFFFD')
        ? fs.readdirSync(native(name), { encoding: 'buffer' }).map(decodePath)
        : names
    },
    listTyped: (name) => {
      const entries = fs.readdirSync(native(name), { withFileTypes: true })
      return entries.some((entry) => entry.name.includes('\uFFFD'))
        ? fs.readdirSync(native(name), { withFileTypes: true, encoding: 'buffer' }).map(withTextName)
        : entries
    },
    // The one call that a walk makes for every entry: nothing to be made anew for it.
    lstat: (name) => {
      try {
        return fs.lstatSync(native(name), quietly) ?? null
      } catch (thrown) {
        if (missing(thrown)) return null
        throw thrown
      }
    },
    stat: (name) => orNull(() => fs.statSync(native(name), { throwIfNoEntry: false }) ?? null),
    identity: (name) => {
      const { dev, ino } = fs.lstatSync(native(name), { bigint: true })
      return `${dev}:${ino}`
    },
    now: () => Date.now(),
    mtimeNs: (name) => fs.lstatSync(native(name), { bigint: true }).mtimeNs,
    readLink: (name) => decodePath(fs.readlinkSync(native(name), { encoding: 'buffer' })),
    realPath: (name) => decodePath(fs.realpathSync.native(native(name), { encoding: 'buffer' })),
    readFile: (name) => fs.readFileSync(native(name)),
    readStart,
    canRead: (name) => {
      try {
        fs.accessSync(native(name), fs.constants.R_OK)
        return true
      } catch {
        return false
      }
    },
    threads: program === null ? null : { worthFrom, fewestPieces, start: () => startWorkers(program) },
    extendedAttributes: (names) => extendedAttributes(names, environment['PATH'] ?? systemPlaces),
    git,
    ...(program !== null && {
      gitAhead: createGitAhead(path.join(path.dirname(program), 'git-worker.cjs'), environment, git),
    }),
    replaceFile: (name, bytes, { expected }) => {
      const file = path.resolve(name)
      return replaceWhole(disk, file, bytes, { directory: path.dirname(file), expected })
    },
    removeLeftOvers: (directory) => removeLeftOvers(disk, path.resolve(directory)),
    store: createPrivateStore(),
    links: createProgramLinks(() => beside(['../bin/docker-ctxsize.js', '../../bin/docker-ctxsize.js'])),
  }
}

/** Without waiting for whoever writes to a pipe that has taken the place of a file. Windows knows neither flag. */
const asItIs = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0)

function readStart(name: string, bytes: number): Uint8Array {
  const file = fs.openSync(native(name), asItIs)
  try {
    const stat = fs.fstatSync(file)
    if (!stat.isFile()) throw Object.assign(new Error(`not a regular file: ${name}`), { code: 'EINVAL' })
    const start = new Uint8Array(Math.min(bytes, stat.size))
    let length = 0
    for (let read = -1; read !== 0 && length < start.length; length += read)
      read = fs.readSync(file, start, length, start.length - length, length)
    return start.subarray(0, length)
  } finally {
    fs.closeSync(file)
  }
}

/** Bytes of arguments for one call; Linux allows 2 MiB in all, and the environment counts too. */
const argumentBytes = 1 << 20

/** Where programs are when nobody says where to look. */
const systemPlaces = '/usr/local/bin:/usr/bin:/bin'

/** Reads them with one call of getfattr (package attr) for up to a megabyte of names. */
function extendedAttributes(names: readonly string[], search: string): ExtendedAttributes | null {
  const places = programPlaces(search, [path.resolve('.'), directoryOfAll(names)], os.platform())
  const program = findProgram(places, 'getfattr')
  const xargs = findProgram(places, 'xargs')
  if (program === null) return null
  // Nothing else of the environment: no library that is put before the others, either.
  const env = { PATH: places.join(path.delimiter), LC_ALL: 'C' }
  const found = new Map<string, Map<string, number>>()
  for (let start = 0; start < names.length; ) {
    let end = start
    for (let bytes = 0; end < names.length && bytes < argumentBytes; end++)
      bytes += (names[end] ?? '').length * 3 + 9
    const batch = names.slice(start, end)
    start = end
    const printable = batch.filter((name) => !hasRawBytes(name))
    const { spawnSync } = childProcess()
    const asked = spawnSync(program, [...getfattr, ...printable], {
      env,
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    if (asked.error) return null
    readAttributes(asked.stdout, found)
    // Node hands over arguments as text only: names that are not UTF-8 take the way through xargs.
    const raw = batch.filter(hasRawBytes)
    if (raw.length === 0) continue
    if (xargs === null) return null
    const askedRaw = spawnSync(xargs, ['-0', program, ...getfattr], {
      env,
      input: Buffer.concat(raw.map((name) => Buffer.concat([encodePath(name), Buffer.of(0)]))),
      maxBuffer: 1 << 30,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    if (askedRaw.error) return null
    readAttributes(askedRaw.stdout, found)
  }
  return found
}

/** The directory that all of them lie in, made absolute once: none of them has a `..` behind what they have in common. */
function directoryOfAll([first = '', ...others]: readonly string[]): string {
  let at = first.slice(0, first.lastIndexOf('/') + 1)
  for (const other of others)
    while (!other.startsWith(at)) at = at.slice(0, at.slice(0, -1).lastIndexOf('/') + 1)
  return path.resolve(at)
}

const getfattr = ['-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', '--']

/** `# file: NAME`, then `attribute=0xVALUE` or a bare `attribute` for an empty one, then a blank line; octal escapes in names. */
function readAttributes(output: Uint8Array, found: Map<string, Map<string, number>>): void {
  let current: Map<string, number> | null = null
  for (const line of decodePath(output).split('\n')) {
    if (line.startsWith('# file: ')) {
      current = new Map()
      found.set(unescapeOctal(line.slice(8)), current)
    } else if (line !== '' && current) {
      const equals = line.indexOf('=0x')
      const name = unescapeOctal(equals < 0 ? line.replace(/=.*$/, '') : line.slice(0, equals))
      current.set(name, equals < 0 ? 0 : (line.length - equals - 3) / 2)
    }
  }
}

function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text
  const bytes = encodePath(text)
  const out: number[] = []
  for (let i = 0; i < bytes.length; i++) {
    const octal = bytes[i] === 92 ? /^[0-7]{3}/.exec(bytes.toString('latin1', i + 1, i + 4)) : null
    if (octal) i += 3
    out.push(octal ? Number.parseInt(octal[0], 8) : (bytes[i] ?? 0))
  }
  return decodePath(Uint8Array.from(out))
}
