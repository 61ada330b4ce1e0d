/**
 * The entry table: one row an entry, in the order in which builders walk, a directory's row followed by its contents.
 * A subtree is a range of rows. Columns are typed arrays and names lie in one arena, so a million entries stay small;
 * a path is built only when somebody asks for it.
 */

import { decodePath, encodePath } from '../lib/path.ts'
import { release } from './release.ts'

/** What a row is. Hard links are files; which of them is "the link" depends on what is sent, see `links`. */
export const kinds = ['file', 'dir', 'symlink', 'fifo', 'socket', 'device'] as const
export type Kind = (typeof kinds)[number]

export const fileKind = 0
export const dirKind = 1
export const symlinkKind = 2
export const fifoKind = 3
export const socketKind = 4
export const deviceKind = 5

/** A row of the table, from 0; the context root itself is no entry and is written {@link rootRow} as a parent. */
export type Row = number
export const rootRow: Row = -1

/**
 * The rows as plain columns, so that they can pass from one thread to another. `nameStart` has one element more than
 * there are rows; the name of a row lies in `arena` from its own start to the next one's.
 */
export interface Columns {
  readonly count: number
  readonly parent: Int32Array
  /** The row after the last one of the subtree; for everything but directories, row + 1. */
  readonly end: Int32Array
  /** Index into {@link kinds}. */
  readonly kind: Uint8Array
  /** As lstat gives it. */
  readonly size: Float64Array
  /** POSIX type and permission bits. */
  readonly mode: Uint16Array
  /** Bytes that the modification time takes as a protobuf varint of nanoseconds: 0 for exactly 1970, 10 before it. */
  readonly timeBytes: Uint8Array
  /** Length of the path in bytes. */
  readonly pathBytes: Uint16Array
  /** Index of the ignore pattern that decided, -1 for none. */
  readonly verdict: Int32Array
  /** Bits of {@link flag}. */
  readonly flags: Uint8Array
  readonly nameStart: Uint32Array
  readonly arena: Uint8Array
  /** Device and inode of entries with several names. */
  readonly inode: ReadonlyMap<Row, string>
  readonly linkTarget: ReadonlyMap<Row, string>
  /** Major and minor number of device nodes, as one. */
  readonly deviceNumber: ReadonlyMap<Row, number>
  /** Seconds since 1970, rounded down, of entries whose time an old tar header cannot hold. */
  readonly unusualTime: ReadonlyMap<Row, number>
}

/** Finished columns, with what is asked of them. */
export interface EntryTable extends Columns {
  /** For an entry with several names (no directory): the first row of the same inode. Empty where there is none. */
  readonly firstName: ReadonlyMap<Row, Row>
  readonly name: (row: Row) => string
  /** Relative to the context root. */
  readonly path: (row: Row) => string
  /** The row of a path; null when the table has none. Linear in the directories on the way. */
  readonly find: (path: string) => Row | null
}

/** What a row's `flags` say. */
export const flag = {
  /** Dropped by the ignore file. */
  ignored: 1,
  /** An ignored directory that was not entered. */
  pruned: 2,
  /** The path has bytes above 127. */
  notAscii: 4,
  /** It could not be read or listed. */
  unreadable: 8,
  /** A file that the walk keeps (algorithm W) and its path alone would drop (algorithm P): BuildKit sends it empty. */
  withheld: 16,
} as const

/** Index of the first of the ascending rows that is not less than `least`. */
export function firstAtLeast(rows: Int32Array | readonly Row[], least: Row): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] ?? rootRow) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** Adds rows to a set of them, one byte each. */
export function addRows(set: Uint8Array, rows: Int32Array): void {
  // By index: an iterator over so many takes as long as all the rest.
  for (let i = 0; i < rows.length; i++) set[rows[i] ?? 0] = 1
}

/** Makes room for `rows` rows and `nameBytes` bytes of names. */
export function makeColumns(rows: number, nameBytes: number) {
  return {
    parent: new Int32Array(rows),
    end: new Int32Array(rows),
    kind: new Uint8Array(rows),
    size: new Float64Array(rows),
    mode: new Uint16Array(rows),
    timeBytes: new Uint8Array(rows),
    pathBytes: new Uint16Array(rows),
    verdict: new Int32Array(rows),
    flags: new Uint8Array(rows),
    nameStart: new Uint32Array(rows + 1),
    arena: new Uint8Array(nameBytes),
  }
}

/** The table over finished columns, which are in the builders' order. `name`: where the names are not in the arena. */
export function makeTable(columns: Columns, name: (row: Row) => string = namesOf(columns)): EntryTable {
  const { count, parent, end } = columns
  const path = (row: Row): string => {
    let text = name(row)
    for (let at = parent[row] ?? rootRow; at >= 0; at = parent[at] ?? rootRow) text = `${name(at)}/${text}`
    return text
  }
  const find = (wanted: string): Row | null => {
    let from = 0
    let to = count
    let found: Row | null = null
    for (const part of wanted.split('/')) {
      found = null
      for (let row = from; row < to; row = end[row] ?? to)
        if (name(row) === part) {
          found = row
          break
        }
      if (found === null) return null
      from = found + 1
      to = end[found] ?? from
    }
    return found
  }
  const firstRow = new Map<string, Row>()
  const firstName = new Map<Row, Row>()
  for (const row of [...columns.inode.keys()].sort((a, b) => a - b)) {
    const inode = columns.inode.get(row) ?? ''
    const first = firstRow.get(inode) ?? row
    firstRow.set(inode, first)
    firstName.set(row, first)
  }
  return { ...columns, firstName, name, path, find }
}

function namesOf({ flags, nameStart, arena }: Columns): (row: Row) => string {
  const bytes = Buffer.from(arena.buffer, arena.byteOffset, arena.byteLength)
  return (row) => {
    const from = nameStart[row] ?? 0
    const to = nameStart[row + 1] ?? from
    return (flags[row] ?? 0) & flag.notAscii
      ? decodePath(arena.subarray(from, to))
      : bytes.toString('latin1', from, to)
  }
}

/** The columns with an element for each row; the arena grows by itself. */
const rowColumns = [
  ...(['parent', 'end', 'kind', 'size', 'mode', 'timeBytes', 'pathBytes', 'verdict', 'flags'] as const),
  'nameStart',
] as const

/**
 * How many rows there is room for next. Few contexts have more than a few thousand entries; whatever has more gets room for
 * a million: large blocks of memory come from the system and cost nothing until they are written to, while each copy into a
 * larger one costs the time, and the room that the old one leaves is too small for the next.
 */
const roomAfter = (capacity: number): number =>
  capacity < 4096 ? capacity * 4 : Math.max(1_048_576, capacity * 2)

/** Bytes of names for each row that there is room for; longer names make the arena grow by itself. */
const bytesPerName = 16

/** Room at first: so little that V8 has seen columns and names grow before it compiles the walk, and need not do so anew when they do. */
const firstRows = 64

/** Grows columns row by row. */
export class TableBuilder {
  #capacity = firstRows
  #count = 0
  #columns = makeColumns(this.#capacity, 0)
  // Beside the columns, whose object would have another shape for V8 each time one of them was exchanged.
  #arena = new Uint8Array(bytesPerName * this.#capacity)
  /** The directory that rows are added to, the length of what stands before a name in it, and what its own path hands down. */
  #directory: Row = rootRow
  #prefixBytes = 0
  #prefixFlags = 0
  #startBytes = 0
  #startFlags = 0
  readonly inode = new Map<Row, string>()
  readonly linkTarget = new Map<Row, string>()
  readonly deviceNumber = new Map<Row, number>()
  readonly unusualTime = new Map<Row, number>()

  get count(): number {
    return this.#count
  }

  /** What the rows without a parent lie in: the length of its path with the final `/`, and its flags. No directory is open then. */
  startAt(pathBytes: number, flags: number): void {
    this.#startBytes = pathBytes
    this.#startFlags = flags
    this.#enter(rootRow)
  }

  /**
   * Adds an entry of the directory that is open. One call an entry, so plain arguments: an object for each would be most of the
   * garbage of a walk.
   */
  add(name: string, kind: number, size: number, mode: number): Row {
    const row = this.#count
    if (row === this.#capacity) this.#grow()
    this.#count++
    const columns = this.#columns
    columns.parent[row] = this.#directory
    columns.end[row] = row + 1
    columns.kind[row] = kind
    columns.size[row] = size
    columns.mode[row] = mode
    columns.flags[row] = this.#addName(row, name) ? this.#prefixFlags : flag.notAscii
    columns.pathBytes[row] =
      this.#prefixBytes + (columns.nameStart[row + 1] ?? 0) - (columns.nameStart[row] ?? 0)
    return row
  }

  /** The rest of what is known of the row just added. */
  judge(row: Row, timeBytes: number, verdict: number, ignored: boolean): void {
    this.#columns.timeBytes[row] = timeBytes
    this.#columns.verdict[row] = verdict
    if (ignored) this.mark(row, flag.ignored)
  }

  /** Takes the last rows away, from this one on. */
  truncate(from: Row): void {
    this.#count = Math.min(this.#count, from)
    for (const map of [this.inode, this.linkTarget, this.deviceNumber, this.unusualTime])
      for (const row of map.keys()) if (row >= from) map.delete(row)
  }

  /** Opens a directory: the rows added until it is closed are its contents. */
  open(row: Row): void {
    this.#enter(row)
  }

  /** Closes a directory, and goes on in the one that it lies in. */
  close(row: Row): void {
    this.#columns.end[row] = this.#count
    this.#enter(this.#columns.parent[row] ?? rootRow)
  }

  #enter(row: Row): void {
    const isStart = row < 0
    this.#directory = row
    this.#prefixBytes = isStart ? this.#startBytes : (this.#columns.pathBytes[row] ?? 0) + 1
    this.#prefixFlags = (isStart ? this.#startFlags : (this.#columns.flags[row] ?? 0)) & flag.notAscii
  }

  mark(row: Row, bits: number): void {
    this.#columns.flags[row] = (this.#columns.flags[row] ?? 0) | bits
  }

  pathBytes(row: Row): number {
    return this.#columns.pathBytes[row] ?? 0
  }

  flags(row: Row): number {
    return this.#columns.flags[row] ?? 0
  }

  /** The columns so far, not copied: the builder is done with. */
  finish(): Columns {
    const count = this.#count
    const columns = this.#columns
    return {
      count,
      parent: columns.parent.subarray(0, count),
      end: columns.end.subarray(0, count),
      kind: columns.kind.subarray(0, count),
      size: columns.size.subarray(0, count),
      mode: columns.mode.subarray(0, count),
      timeBytes: columns.timeBytes.subarray(0, count),
      pathBytes: columns.pathBytes.subarray(0, count),
      verdict: columns.verdict.subarray(0, count),
      flags: columns.flags.subarray(0, count),
      nameStart: columns.nameStart.subarray(0, count + 1),
      arena: this.#arena.subarray(0, columns.nameStart[count] ?? 0),
      inode: this.inode,
      linkTarget: this.linkTarget,
      deviceNumber: this.deviceNumber,
      unusualTime: this.unusualTime,
    }
  }

  /** Copies the name's bytes into the arena; true when they are ASCII. */
  #addName(row: Row, name: string): boolean {
    const { nameStart } = this.#columns
    let arena = this.#arena
    const start = nameStart[row] ?? 0
    if (start + name.length * 3 > arena.length) {
      arena = new Uint8Array(
        Math.max(bytesPerName * roomAfter(Math.ceil(arena.length / bytesPerName)), start + name.length * 3),
      )
      arena.set(this.#arena)
      release(this.#arena)
      this.#arena = arena
    }
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i)
      if (code > 127) {
        const bytes = encodePath(name)
        arena.set(bytes, start)
        nameStart[row + 1] = start + bytes.length
        return false
      }
      arena[start + i] = code
    }
    nameStart[row + 1] = start + name.length
    return true
  }

  #grow(): void {
    const from = this.#columns
    this.#capacity = roomAfter(this.#capacity)
    const to = makeColumns(this.#capacity, 0)
    for (const name of rowColumns) {
      to[name].set(from[name])
      release(from[name])
    }
    this.#columns = to
  }
}
