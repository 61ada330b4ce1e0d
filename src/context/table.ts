/**
 * The entry table: one row an entry, in the order in which builders walk, a directory's row followed by its contents.
 * A subtree is a range of rows. Columns are typed arrays and names lie in one arena, so a million entries stay small;
 * a path is built only when somebody asks for it.
 */

import { decodePath, encodePath } from '../lib/path.ts'

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

export interface EntryTable {
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
  /** For an entry with several names (no directory): the first row of the same inode. Empty where there is none. */
  readonly firstName: ReadonlyMap<Row, Row>
  readonly linkTarget: ReadonlyMap<Row, string>
  /** Major and minor number of device nodes, as one. */
  readonly deviceNumber: ReadonlyMap<Row, number>
  /** Seconds since 1970, rounded down, of entries whose time an old tar header cannot hold. */
  readonly unusualTime: ReadonlyMap<Row, number>
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
} as const

/** Grows a table row by row; `finish` cuts the columns to size. */
export class TableBuilder {
  #capacity = 1024
  #count = 0
  #parent = new Int32Array(this.#capacity)
  #end = new Int32Array(this.#capacity)
  #kind = new Uint8Array(this.#capacity)
  #size = new Float64Array(this.#capacity)
  #mode = new Uint16Array(this.#capacity)
  #timeBytes = new Uint8Array(this.#capacity)
  #pathBytes = new Uint16Array(this.#capacity)
  #verdict = new Int32Array(this.#capacity)
  #flags = new Uint8Array(this.#capacity)
  #nameStart = new Uint32Array(this.#capacity + 1)
  #arena = new Uint8Array(16 * this.#capacity)
  readonly firstName = new Map<Row, Row>()
  readonly linkTarget = new Map<Row, string>()
  readonly deviceNumber = new Map<Row, number>()
  readonly unusualTime = new Map<Row, number>()

  get count(): number {
    return this.#count
  }

  /** One call an entry, so plain arguments: an object for each would be most of the garbage of a walk. */
  add(parent: Row, name: string, kind: number, size: number, mode: number): Row {
    const row = this.#count
    if (row === this.#capacity) this.#grow()
    this.#count++
    this.#parent[row] = parent
    this.#end[row] = row + 1
    this.#kind[row] = kind
    this.#size[row] = size
    this.#mode[row] = mode
    const plain = this.#addName(row, name)
    const inherited = parent < 0 ? 0 : (this.#flags[parent] ?? 0) & flag.notAscii
    this.#flags[row] = plain ? inherited : flag.notAscii
    const nameBytes = (this.#nameStart[row + 1] ?? 0) - (this.#nameStart[row] ?? 0)
    this.#pathBytes[row] = parent < 0 ? nameBytes : (this.#pathBytes[parent] ?? 0) + 1 + nameBytes
    return row
  }

  /** The rest of what is known of the row just added. */
  judge(row: Row, timeBytes: number, verdict: number, ignored: boolean): void {
    this.#timeBytes[row] = timeBytes
    this.#verdict[row] = verdict
    if (ignored) this.mark(row, flag.ignored)
  }

  /** Closes a directory: all rows added since are its contents. */
  close(row: Row): void {
    this.#end[row] = this.#count
  }

  mark(row: Row, bits: number): void {
    this.#flags[row] = (this.#flags[row] ?? 0) | bits
  }

  finish(): EntryTable {
    const count = this.#count
    const arena = this.#arena
    const nameStart = this.#nameStart
    const parent = this.#parent.subarray(0, count)
    const end = this.#end.subarray(0, count)
    const flags = this.#flags.subarray(0, count)
    const name = (row: Row): string => {
      const from = nameStart[row] ?? 0
      const to = nameStart[row + 1] ?? from
      if ((flags[row] ?? 0) & flag.notAscii) return decodePath(arena.subarray(from, to))
      let text = ''
      for (let i = from; i < to; i++) text += String.fromCharCode(arena[i] ?? 0)
      return text
    }
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
    return {
      count,
      parent,
      end,
      kind: this.#kind.subarray(0, count),
      size: this.#size.subarray(0, count),
      mode: this.#mode.subarray(0, count),
      timeBytes: this.#timeBytes.subarray(0, count),
      pathBytes: this.#pathBytes.subarray(0, count),
      verdict: this.#verdict.subarray(0, count),
      flags,
      firstName: this.firstName,
      linkTarget: this.linkTarget,
      deviceNumber: this.deviceNumber,
      unusualTime: this.unusualTime,
      name,
      path,
      find,
    }
  }

  /** Copies the name's bytes into the arena; true when they are ASCII. */
  #addName(row: Row, name: string): boolean {
    let at = this.#nameStart[row] ?? 0
    if (at + name.length * 3 > this.#arena.length) {
      const larger = new Uint8Array(Math.max(this.#arena.length * 2, at + name.length * 3))
      larger.set(this.#arena)
      this.#arena = larger
    }
    const arena = this.#arena
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i)
      if (code > 127) {
        const bytes = encodePath(name)
        arena.set(bytes, this.#nameStart[row] ?? 0)
        this.#nameStart[row + 1] = (this.#nameStart[row] ?? 0) + bytes.length
        return false
      }
      arena[at++] = code
    }
    this.#nameStart[row + 1] = at
    return true
  }

  #grow(): void {
    const capacity = this.#capacity * 2
    const larger = <T extends { set: (from: T) => void }>(column: T, fresh: T): T => {
      fresh.set(column)
      return fresh
    }
    this.#parent = larger(this.#parent, new Int32Array(capacity))
    this.#end = larger(this.#end, new Int32Array(capacity))
    this.#kind = larger(this.#kind, new Uint8Array(capacity))
    this.#size = larger(this.#size, new Float64Array(capacity))
    this.#mode = larger(this.#mode, new Uint16Array(capacity))
    this.#timeBytes = larger(this.#timeBytes, new Uint8Array(capacity))
    this.#pathBytes = larger(this.#pathBytes, new Uint16Array(capacity))
    this.#verdict = larger(this.#verdict, new Int32Array(capacity))
    this.#flags = larger(this.#flags, new Uint8Array(capacity))
    this.#nameStart = larger(this.#nameStart, new Uint32Array(capacity + 1))
    this.#capacity = capacity
  }
}
