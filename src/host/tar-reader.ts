/**
 * Archives read as they come: nothing is unpacked, and of the contents only what may be asked for is kept. Reads what Go's
 * archive/tar reads (ustar, PAX, GNU), and makes of it what docker's daemons made of the same bytes (Engine 20.10, both
 * builders): names are confined to the top, links on the way to an entry are followed inside it, later entries take the place
 * of earlier ones.
 */

import { fail } from '../lib/errors.ts'
import { cleanPath, decodePath, visiblePath } from '../lib/path.ts'
import { dirBits, fileBits, linkBits, lookUp, type TreeEntry, treeEntry } from './tree.ts'

/** What was kept of a file: all of it, or its first bytes; null for contents that lie in holes. */
export type Kept = Uint8Array | null
export type TarEntry = TreeEntry<Kept>

export const blockBytes = 512

const mostEntries = 2_000_000
/** Of an extended header or a long name. Go stops at the same. */
const longestHeader = 1 << 20
/** Files up to here are kept whole, of larger ones their beginning, until there is too much of it. */
const wholeFile = 1 << 20
const beginning = 64 << 10
const mostKept = 256 << 20
/** What is read in any case, however much there is. */
const neverLeftOut = /dockerfile|containerfile|\.dockerignore$/i

const refused = (message: string): Error => fail('STREAM_REFUSED', message)

/** Takes so many bytes, or steps over them; fewer come when the archive ends. */
export type Want = { readonly take: number } | { readonly skip: number }

export interface Header {
  readonly name: string
  readonly link: string
  readonly flag: string
  readonly size: number
  readonly mode: number
  readonly mtimeNs: bigint
  readonly rdev: number
}

const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0)
const padding = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes

function text(block: Uint8Array, from: number, length: number): string {
  const field = block.subarray(from, from + length)
  const end = field.indexOf(0)
  return decodePath(end < 0 ? field : field.subarray(0, end))
}

/** Octal digits, or from a set top bit on a binary number of any length; null for neither. */
function number(block: Uint8Array, from: number, length: number): number | null {
  const first = block[from] ?? 0
  if ((first & 0x80) === 0) {
    const digits = text(block, from, length).trim()
    return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null
  }
  const isNegative = (first & 0x40) !== 0
  let value = 0
  for (let i = 0; i < length; i++) {
    const byte = (block[from + i] ?? 0) ^ (isNegative ? 0xff : 0)
    value = value * 256 + (i === 0 ? byte & 0x7f : byte)
  }
  if (value > Number.MAX_SAFE_INTEGER) return null
  return isNegative ? -1 - value : value
}

/** True when the block's own sum is right; old programs summed signed bytes. */
function isHeader(block: Uint8Array): boolean {
  const said = number(block, 148, 8)
  let unsigned = 0
  let signed = 0
  for (let i = 0; i < blockBytes; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0)
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  return said === unsigned || said === signed
}

/** Null for a block that is no header. */
export function readHeader(block: Uint8Array): Header | null {
  if (block.length < blockBytes || isZero(block) || !isHeader(block)) return null
  const magic = text(block, 257, 6)
  const isGnu = magic === 'ustar '
  const prefix = magic === 'ustar' && !isGnu ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  const flag = String.fromCharCode(block[156] ?? 0)
  const numbers = {
    mode: number(block, 100, 8),
    size: number(block, 124, 12),
    mtime: number(block, 136, 12),
    major: magic === '' ? 0 : number(block, 329, 8),
    minor: magic === '' ? 0 : number(block, 337, 8),
  }
  const { mode, size, mtime, major, minor } = numbers
  if (mode === null || size === null || mtime === null || major === null || minor === null || size < 0)
    return null
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: text(block, 157, 100),
    flag: flag === '\0' ? (name.endsWith('/') ? '5' : '0') : flag,
    size,
    mode,
    mtimeNs: BigInt(Math.trunc(mtime)) * 1_000_000_000n,
    rdev: major * 256 + minor,
  }
}

/** Links, directories and the like have no contents, whatever their headers say. */
const hasContents = (flag: string): boolean => !'123456'.includes(flag)

/** `LENGTH key=value\n`, where the length counts bytes, its own digits included. Null when it is not so. */
function readRecords(bytes: Uint8Array): Map<string, string> | null {
  const records = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at)
    const digits = blank < 0 ? '' : decodePath(bytes.subarray(at, Math.min(blank, at + 12)))
    const length = /^\d+$/.test(digits) ? Number(digits) : 0
    const end = at + length
    if (end <= blank + 2 || end > bytes.length || bytes[end - 1] !== 10) return null
    const record = bytes.subarray(blank + 1, end - 1)
    const equals = record.indexOf(0x3d)
    if (equals <= 0) return null
    records.set(decodePath(record.subarray(0, equals)), decodePath(record.subarray(equals + 1)))
    at = end
  }
  return records
}

/** What stands before an entry and is about it. */
interface Before {
  name: string | null
  link: string | null
  records: ReadonlyMap<string, string>
}

const nothingBefore = (): Before => ({ name: null, link: null, records: new Map() })

/** The header with what stood before it; `stored`: bytes that follow; null when the records make no sense. */
function complete(
  header: Header,
  before: Before,
): (Header & { readonly stored: number; readonly holes: boolean }) | null {
  const { records } = before
  const said = (key: string): string | null => records.get(key) || null
  const length = (value: string | null): number | null =>
    value === null ? null : /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  const stored = length(said('size')) ?? header.size
  // GNU's three ways of telling that a file has holes: its real size is in the first that is there.
  const real = length(said('GNU.sparse.realsize') ?? said('GNU.sparse.size'))
  const seconds = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(said('mtime') ?? '')
  if (Number.isNaN(stored) || Number.isNaN(real ?? 0)) return null
  const name = said('GNU.sparse.name') ?? said('path') ?? before.name ?? header.name
  const [, sign, whole = '0', fraction = ''] = seconds ?? []
  const ns = BigInt(whole) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return {
    ...header,
    name,
    link: said('linkpath') ?? before.link ?? header.link,
    size: hasContents(header.flag) ? (real ?? stored) : 0,
    stored: hasContents(header.flag) ? stored : 0,
    holes: real !== null,
    mtimeNs: seconds === null ? header.mtimeNs : sign === '-' ? -ns : ns,
  }
}

/** What is left when all is read. */
export interface TarTree {
  readonly top: TarEntry
  readonly entries: number
}

/**
 * Reads an archive: asks for its bytes piece by piece, is handed them, and returns the tree. Throws `STREAM_REFUSED` for
 * what docker refuses, and for more than can be held.
 */
export function* readArchive(): Generator<Want, TarTree, Uint8Array> {
  const tree = createTarTree()
  let before = nothingBefore()
  for (;;) {
    const block = yield { take: blockBytes }
    if (block.length === 0) break
    if (block.length < blockBytes) throw refused('the archive ends in the middle of a header')
    if (isZero(block)) {
      const next = yield { take: blockBytes }
      // The rest is padding, or another archive that nobody looks at.
      if (next.length < blockBytes || isZero(next)) break
      throw refused('the archive has an empty block where a header belongs')
    }
    const header = readHeader(block)
    if (header === null) throw refused(`the archive is damaged after ${tree.last()}`)
    if (header.flag === 'x' || header.flag === 'g' || header.flag === 'L' || header.flag === 'K') {
      if (header.size > longestHeader) throw refused(`an extended header of ${header.size} bytes`)
      const bytes = yield { take: header.size }
      if (bytes.length < header.size) throw refused(`the archive ends in a header after ${tree.last()}`)
      yield { skip: padding(header.size) }
      // What is said of all entries, docker takes for none of them.
      if (header.flag === 'x') {
        const records = readRecords(bytes)
        if (records === null) throw refused(`an extended header after ${tree.last()} makes no sense`)
        before = { ...before, records }
      } else if (header.flag === 'L') before.name = text(bytes, 0, bytes.length)
      else if (header.flag === 'K') before.link = text(bytes, 0, bytes.length)
      continue
    }
    const entry = complete(header, before)
    if (entry === null) throw refused(`an extended header after ${tree.last()} makes no sense`)
    before = nothingBefore()
    const most = entry.flag === '0' && !entry.holes ? tree.worthKeeping(entry.name, entry.stored) : 0
    const start = yield { take: most }
    const rest = yield { skip: entry.stored - most }
    if (start.length < most || rest.length > 0)
      throw refused(`the archive ends in the middle of ${visiblePath(entry.name)}`)
    tree.add(entry, entry.holes ? null : start.slice())
    yield { skip: padding(entry.stored) }
  }
  return { top: tree.top, entries: tree.count() }
}

const typeBits: Readonly<Record<string, number>> = {
  '0': fileBits,
  '2': linkBits,
  '3': 0o020000,
  '4': 0o060000,
  '5': dirBits,
  '6': 0o010000,
}

/** The tree that grows entry by entry. */
function createTarTree() {
  let ino = 1
  let kept = 0
  let entries = 0
  let last = 'its beginning'
  const directory = (mtimeNs: bigint): TarEntry =>
    treeEntry({ mode: dirBits | 0o755, ino: ino++, mtimeNs, source: null, size: 4096 })
  const top = directory(0n)
  const shape = { top, confined: true }
  const root = '/'
  const refuse = (name: string, why: string) => refused(`docker cannot unpack ${visiblePath(name)}: ${why}`)

  /** The directory that holds an entry, links on the way followed, made where it is missing. */
  const parentOf = (path: string, name: string, mtimeNs: bigint): TarEntry => {
    let at = ''
    for (const part of path.split('/').slice(0, -1)) {
      const next = at === '' ? part : `${at}/${part}`
      const found = follow(next, name)
      if (found === null) {
        const holder = at === '' ? top : follow(at, name)
        if (holder?.children?.has(part))
          throw refuse(name, `${visiblePath(next)} is a link that leads nowhere`)
        holder?.children?.set(part, directory(mtimeNs))
      } else if (found.children === null) throw refuse(name, `${visiblePath(next)} is no directory`)
      at = next
    }
    return (at === '' ? top : follow(at, name)) ?? top
  }
  const follow = (path: string, name: string): TarEntry | null => {
    try {
      return lookUp(shape, path, { follow: true, root })?.entry ?? null
    } catch {
      throw refuse(name, 'too many links')
    }
  }

  const add = (header: Header, source: Kept): void => {
    last = visiblePath(header.name)
    if (++entries > mostEntries) throw refused(`the archive has more than ${mostEntries} entries`)
    const path = cleanPath(`/${header.name}`).slice(1)
    const bits = typeBits[header.flag]
    // Go hands on what it does not know, and docker's unpacking stops there (moby/go-archive, createTarFile).
    if (bits === undefined && header.flag !== '1')
      throw refuse(
        header.name,
        `it is of the kind ${visiblePath(JSON.stringify(header.flag))}, which docker does not know`,
      )
    if (path === '') {
      if (header.flag !== '5') throw refuse(header.name, 'it stands for the context itself')
      return
    }
    const name = path.slice(path.lastIndexOf('/') + 1)
    const holder = parentOf(path, header.name, header.mtimeNs)
    const there = holder.children?.get(name)
    const mode = (bits ?? 0) | (header.flag === '2' ? 0o777 : header.mode & 0o7777)
    if (header.flag === '5') {
      const children = there?.children ?? new Map()
      holder.children?.set(name, { ...directory(header.mtimeNs), mode, children })
      return
    }
    if (header.flag === '1') {
      const target = cleanPath(`/${header.link}`).slice(1)
      if (target === path)
        throw refuse(header.name, 'it is a further name of itself, which it takes away first')
      const first = linked(target, header.name)
      if (first === null || first.children)
        throw refuse(
          header.name,
          `it is a further name of ${visiblePath(header.link)}, which ${first ? 'is a directory' : 'is not there'}`,
        )
      if (there) there.nlink--
      first.nlink++
      holder.children?.set(name, first)
      return
    }
    if (there) there.nlink--
    const link = header.flag === '2' ? header.link : ''
    const size = header.flag === '2' ? Buffer.byteLength(link) : header.size
    const { mtimeNs, rdev } = header
    holder.children?.set(name, treeEntry({ mode, size, target: link, ino: ino++, mtimeNs, source, rdev }))
  }

  /** Directories on the way are followed, a link at the end is what gets the further name. */
  const linked = (path: string, name: string): TarEntry | null => {
    try {
      return lookUp(shape, path, { follow: false, root })?.entry ?? null
    } catch {
      throw refuse(name, 'too many links')
    }
  }

  const worthKeeping = (name: string, size: number): number => {
    const isNeeded = neverLeftOut.test(name)
    const most = size <= wholeFile ? size : isNeeded ? wholeFile : beginning
    if (kept + most > mostKept && !isNeeded) return 0
    kept += most
    return most
  }
  return { top, add, worthKeeping, last: () => last, count: () => entries }
}
