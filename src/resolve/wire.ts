/** How many bytes each builder reports for a selection of entries, to the byte. */

import {
  deviceKind,
  dirKind,
  type EntryTable,
  fileKind,
  flag,
  type Row,
  socketKind,
  symlinkKind,
} from '../context/table.ts'
import { inBlocks } from '../lib/blocks.ts'
import { byteLength } from '../lib/path.ts'
import type { Selection } from './selection.ts'

/** Lengths of an entry's extended attributes by name, in bytes; rows without any are not listed. */
export type AttributesByRow = ReadonlyMap<Row, ReadonlyMap<string, number>>

/** Bytes of a non-negative number as a protobuf varint. */
function varint(value: number): number {
  // Nearly all there is, without a division.
  if (value < 128) return 1
  if (value < 16_384) return 2
  let bytes = 3
  for (let rest = Math.floor(value / 16_384); rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

/** A length-delimited field with a one-byte tag. */
const field = (length: number) => 1 + varint(length) + length

/** The field of Go's FileMode as fsutil sends it (types/stat.proto), in bytes; the socket bit is cleared, and 0 left out. */
function modeField(kind: number, mode: number): number {
  // A type, or what stands for more than permissions, makes it longer than those.
  if (kind === dirKind) return 6
  const special =
    (mode & 0o4000 ? 0x00800000 : 0) + (mode & 0o2000 ? 0x00400000 : 0) + (mode & 0o1000 ? 0x00100000 : 0)
  const sent = (mode & 0o777) + special + (goTypes[kind] ?? 0)
  return sent === 0 ? 0 : 1 + varint(sent)
}
/** By kind: file, dir, symlink, fifo, socket, device. A character device's extra bit does not change the length. */
const goTypes = [0, 0x80000000, 0x08000000, 0x02000000, 0, 0x04000000]

/** The largest piece of a file in one packet (tonistiigi/fsutil send.go). */
const chunk = 32 * 1024
/** The closing FIN packet. */
const finish = 2

/**
 * BuildKit's "transferring context": protobuf packets of tonistiigi/fsutil (types/wire.proto, send.go, receive.go).
 * `cold`: the daemon has no earlier copy. `warm`: it has, and nothing changed. `withheld`: a file that is sent empty,
 * whatever the size its entry says.
 */
export function buildkitBytes(
  table: EntryTable,
  sent: Selection,
  attributes: AttributesByRow,
  withheld: (row: Row) => boolean,
): { readonly cold: number; readonly warm: number } {
  const sum: Packets = { table, sent, attributes, withheld, firstNames: new Map(), stats: 0, data: 0, id: 0 }
  inBlocks({ to: table.count }, sum, addPackets)
  return { cold: sum.stats + sum.data + finish, warm: sum.stats + finish }
}

interface Packets {
  readonly table: EntryTable
  readonly sent: Selection
  readonly attributes: AttributesByRow
  readonly withheld: (row: Row) => boolean
  readonly firstNames: Map<Row, Row>
  stats: number
  data: number
  /** Of the entry that is sent next. */
  id: number
}

function addPackets(from: Row, to: Row, sum: Packets): void {
  const { table, sent, attributes, withheld, firstNames } = sum
  const { kind: kinds, size: sizes, mode: modes, pathBytes, timeBytes } = table
  const hasLinks = table.firstName.size > 0
  let { stats, data, id } = sum
  for (let row = from; row < to; row++) {
    if (sent[row] !== 1) continue
    const kind = kinds[row] ?? fileKind
    const first = hasLinks ? otherName(table, row, firstNames) : null
    const size = kind === dirKind ? 0 : (sizes[row] ?? 0)
    let message = field(pathBytes[row] ?? 0) + modeField(kind, modes[row] ?? 0)
    if (size > 0) message += 1 + varint(size)
    const time = timeBytes[row] ?? 0
    if (time > 0) message += 1 + time
    // Nearly all are plain files and directories.
    if (first !== null || kind > dirKind || attributes.size > 0)
      message += otherFields(table, row, first, attributes.get(row))
    stats += 1 + varint(message) + message
    if (first === null && (kind === fileKind || kind === socketKind))
      data += dataBytes(size > 0 && withheld(row) ? 0 : size, id)
    id++
  }
  sum.stats = stats
  sum.data = data
  sum.id = id
}

/** What stands in the packet of a link, a later name, a device, or of what has attributes. */
function otherFields(
  table: EntryTable,
  row: Row,
  first: Row | null,
  attributes: ReadonlyMap<string, number> | undefined,
): number {
  const kind = table.kind[row] ?? fileKind
  let bytes = 0
  // A later name of a symlink is a symlink once more: its target takes the place of the first name (stat.go, mkstat).
  if (kind === symlinkKind) bytes += optionalField(byteLength(table.linkTarget.get(row) ?? ''))
  else if (first !== null) bytes += field(table.pathBytes[first] ?? 0)
  if (kind === deviceKind) bytes += deviceFields(table.deviceNumber.get(row) ?? 0)
  for (const [name, length] of attributes ?? [])
    if (!name.startsWith('com.apple.')) bytes += field(field(byteLength(name)) + field(length))
  return bytes
}

/** Major and minor number, each left out when it is 0 (tonistiigi/fsutil stat_unix.go). */
function deviceFields(device: number): number {
  const bits = BigInt(device)
  const major = Number((bits >> 8n) & 0xfffn)
  const minor = Number((bits & 0xffn) | ((bits >> 12n) & 0xfff00n))
  return (major > 0 ? 1 + varint(major) : 0) + (minor > 0 ? 1 + varint(minor) : 0)
}

const optionalField = (length: number) => (length === 0 ? 0 : field(length))

/** The packets of one file's content, the closing empty one included. */
function dataBytes(size: number, id: number): number {
  const head = 2 + (id === 0 ? 0 : 1 + varint(id))
  if (size > 0 && size < chunk) return head + 1 + varint(size) + size + head
  const whole = Math.floor(size / chunk)
  const rest = size % chunk
  return whole * (head + 1 + varint(chunk) + chunk) + (rest > 0 ? head + 1 + varint(rest) + rest : 0) + head
}

/** The first sent row of the same inode, null when this row is that one or has no other name. */
function otherName(table: EntryTable, row: Row, firstNames: Map<Row, Row>): Row | null {
  if (table.firstName.size === 0) return null
  const group = table.firstName.get(row)
  if (group === undefined) return null
  const first = firstNames.get(group)
  if (first === undefined) firstNames.set(group, row)
  return first ?? null
}

/** A file that the classic client adds to the tar or changes on the way: `.dockerfile.<20 hex>` and the `.dockerignore` beside it. */
export interface TarExtra {
  readonly path: string
  readonly size: number
}

/** The two empty blocks that end a tar. */
const trailer = 1024

/**
 * The classic client's "Sending build context to Docker daemon": the length of the uncompressed tar (Go archive/tar,
 * moby/go-archive archive.go). `extras` replace the row of the same path or come at the end, in their order.
 */
export function tarBytes(
  table: EntryTable,
  sent: Selection,
  attributes: AttributesByRow,
  extras: readonly TarExtra[] = [],
): number {
  let total = 0
  const replaced = new Map(extras.map(({ path, size }) => [table.find(path), size]))
  const firstNames = new Map<Row, Row>()
  for (let row = 0; row < table.count; row++) {
    if (sent[row] !== 1) continue
    const kind = table.kind[row] ?? fileKind
    const first = otherName(table, row, firstNames)
    const size = kind !== fileKind || first !== null ? 0 : (replaced.get(row) ?? table.size[row] ?? 0)
    total += 512 + padded(size) + paxBytes(table, row, { kind, first, size, attributes })
  }
  const added = extras.filter(({ path }) => !isSent(table, sent, path))
  for (const { size } of added) total += 512 + padded(size)
  const last = added.at(-1)
  // go-archive's ReplaceFileTarWrapper never closes the tar it writes: no filling of the last file, and no trailer.
  return last ? total - padded(last.size) + last.size : total + trailer
}

/** True when the path is among the rows sent. */
export function isSent(table: EntryTable, sent: Selection, path: string): boolean {
  const row = table.find(path)
  return row !== null && sent[row] === 1
}

const padded = (size: number) => Math.ceil(size / 512) * 512

/** The extended header that an entry needs, 0 for none: what an old header cannot hold becomes a record. */
function paxBytes(
  table: EntryTable,
  row: Row,
  entry: {
    readonly kind: number
    readonly first: Row | null
    readonly size: number
    readonly attributes: AttributesByRow
  },
): number {
  const directory = entry.kind === dirKind
  const pathLength = (table.pathBytes[row] ?? 0) + (directory ? 1 : 0)
  const longPath = pathLength > 100
  const asciiPath = ((table.flags[row] ?? 0) & flag.notAscii) === 0
  let others = 0
  if (entry.first !== null) others += linkRecord(table.path(entry.first))
  else if (entry.kind === symlinkKind) others += linkRecord(table.linkTarget.get(row) ?? '')
  if (entry.size >= 8 * 2 ** 30) others += record('size', String(entry.size).length)
  const time = table.unusualTime.get(row)
  if (time !== undefined) others += record('mtime', String(time).length)
  const capability = entry.attributes.get(row)?.get('security.capability')
  if (capability !== undefined) others += record('SCHILY.xattr.security.capability', capability)
  if (longPath || !asciiPath) {
    if (others === 0 && asciiPath && splits(table.path(row) + (directory ? '/' : ''))) return 0
    others += record('path', pathLength)
  }
  return others === 0 ? 0 : 512 + padded(others)
}

function linkRecord(target: string): number {
  const length = byteLength(target)
  // A byte that is not UTF-8 is one character here as on the disk, so the lengths alone cannot tell.
  return length > 100 || /[^\0-\x7F]/.test(target) ? record('linkpath', length) : 0
}

/** Length of `LEN key=value\n`, where LEN counts its own digits. */
function record(key: string, valueLength: number): number {
  const bare = 3 + key.length + valueLength
  const length = bare + String(bare).length
  return String(length).length === String(bare).length ? length : length + 1
}

/** True when the name fits the two fields of a USTAR header (Go, archive/tar/format.go splitUSTARPath). */
function splits(name: string): boolean {
  let length = name.length
  if (length <= 100) return true
  if (length > 156) length = 156
  else if (name.endsWith('/')) length--
  const cut = name.lastIndexOf('/', length - 1)
  const rest = name.length - cut - 1
  return cut > 0 && cut <= 155 && rest > 0 && rest <= 100
}
