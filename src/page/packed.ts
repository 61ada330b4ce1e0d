/**
 * The data of the page as bytes: the report and the facts of its trees as JSON, and the rows of the trees as columns.
 *
 * `u32` length of the JSON, the JSON, then the columns of each tree one after the other, each with the length that the
 * JSON gives it. Numbers are little-endian base-128 varints. A name is written once, where it first comes up; a row says
 * how many names ago its own did, 0 for a new one. Parents follow from how many rows each directory holds.
 */

import type { ContextTree } from '../analyse/tree.ts'
import {
  type Columns,
  dirKind,
  type EntryTable,
  makeColumns,
  makeTable,
  type Row,
  rootRow,
} from '../context/table.ts'
import { decodePath } from '../lib/path.ts'
import type { Report } from '../report.ts'
import { createScale, type Scale } from './sums.ts'

/** What the page starts from. */
export interface PageData {
  readonly report: Report
  /** Parallel to the contexts of the report; none for a report that was saved, which has no trees. */
  readonly trees: readonly PageTree[]
}

/** A tree whose names are kept once each. */
export interface PageTree extends Omit<ContextTree, 'table'> {
  readonly table: EntryTable
  readonly names: readonly string[]
  /** The bytes of all names, and by index of a name where its own begin; at the next index they end. */
  readonly nameBytes: Uint8Array
  readonly nameStart: Uint32Array
  /** Index into `names`, by row. */
  readonly nameOf: Uint32Array
  /** Index into `answers` of the one for the part that a row is or lies in, by row; -1 for none. */
  readonly answerOf: Int32Array
  readonly scale: Scale
}

const columnNames = ['nameBytes', 'names', 'newNames', 'marks', 'stamps', 'sizes', 'rows'] as const
type ColumnName = (typeof columnNames)[number]

/** What of a tree is JSON. */
interface TreeFacts extends Omit<ContextTree, 'table' | 'attributes' | 'prunedAmounts'> {
  readonly rows: number
  readonly distinct: number
  readonly lengths: Readonly<Record<ColumnName, number>>
  /** Mode and length of the modification time, as pairs. */
  readonly stamps: readonly (readonly [number, number])[]
  readonly attributes: readonly (readonly [Row, readonly (readonly [string, number])[]])[]
  readonly prunedAmounts: readonly (readonly [Row, { readonly files: number; readonly bytes: number }])[]
  /** Names of one file, by any of its rows, as numbers from 0: no device and inode of this machine. */
  readonly inode: readonly (readonly [Row, number])[]
  readonly linkTarget: readonly (readonly [Row, string])[]
  readonly deviceNumber: readonly (readonly [Row, number])[]
  readonly unusualTime: readonly (readonly [Row, number])[]
}

/** The bytes of a report with its trees. The same for the same input. */
export function packPage(report: Report, trees: readonly ContextTree[]): Uint8Array<ArrayBuffer> {
  // Contexts that differ by their ignore file alone lie in tables of their own.
  const packed = trees.map(packTree)
  const facts = new TextEncoder().encode(JSON.stringify({ report, trees: packed.map((one) => one.facts) }))
  const parts = packed.flatMap(({ columns }) => columnNames.map((name) => columns[name]))
  const whole = new Uint8Array(4 + facts.length + parts.reduce((sum, part) => sum + part.length, 0))
  new DataView(whole.buffer).setUint32(0, facts.length, true)
  whole.set(facts, 4)
  let at = 4 + facts.length
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** What {@link packPage} packed. */
export function unpackPage(bytes: Uint8Array): PageData {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  // Written by `packPage`, and in a page with a policy that lets nobody else write there.
  const { report, trees } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as {
    readonly report: Report
    readonly trees: readonly TreeFacts[]
  }
  let at = 4 + length
  return {
    report,
    trees: trees.map((facts) => {
      const columns = columnNames.map((name) => {
        const column = bytes.subarray(at, at + facts.lengths[name])
        at += facts.lengths[name]
        return [name, column] as const
      })
      // Every name of the table is among the pairs.
      return unpackTree(facts, Object.fromEntries(columns) as Record<ColumnName, Uint8Array>)
    }),
  }
}

function packTree(tree: ContextTree): {
  readonly facts: TreeFacts
  readonly columns: Readonly<Record<ColumnName, Uint8Array>>
} {
  const { table, attributes, prunedAmounts, ...told } = tree
  const { count, kind, flags, mode, timeBytes, size, end } = table
  const names = packNames(table)
  const marks = new Uint8Array(count)
  const stamps = new Map<number, number>()
  const [stampOf, sizes, rows] = [new Writer(count), new Writer(3 * count), new Writer(count)]
  for (let row = 0; row < count; row++) {
    const at = kind[row] ?? 0
    marks[row] = at | ((flags[row] ?? 0) << 3)
    const stamp = ((mode[row] ?? 0) << 4) | (timeBytes[row] ?? 0)
    let index = stamps.get(stamp)
    if (index === undefined) {
      index = stamps.size
      stamps.set(stamp, index)
    }
    stampOf.number(index)
    if (at === dirKind) rows.number((end[row] ?? row + 1) - row - 1)
    else sizes.number(size[row] ?? 0)
  }
  const groups = new Map<Row, number>()
  const numberOf = (row: Row): number => {
    const known = groups.get(row) ?? groups.size
    groups.set(row, known)
    return known
  }
  const columns: Readonly<Record<ColumnName, Uint8Array>> = {
    ...names.columns,
    marks,
    stamps: stampOf.bytes(),
    sizes: sizes.bytes(),
    rows: rows.bytes(),
  }
  return {
    columns,
    facts: {
      ...told,
      rows: count,
      distinct: names.distinct,
      lengths: {
        nameBytes: columns.nameBytes.length,
        names: columns.names.length,
        newNames: columns.newNames.length,
        marks: columns.marks.length,
        stamps: columns.stamps.length,
        sizes: columns.sizes.length,
        rows: columns.rows.length,
      },
      stamps: [...stamps.keys()].map((stamp) => [stamp >> 4, stamp & 15]),
      attributes: [...attributes].map(([row, lengths]) => [row, [...lengths]]),
      prunedAmounts: [...prunedAmounts],
      inode: [...table.firstName].map(([row, first]) => [row, numberOf(first)]),
      linkTarget: [...table.linkTarget],
      deviceNumber: [...table.deviceNumber],
      unusualTime: [...table.unusualTime],
    },
  }
}

/** Names by their bytes, in a table of our own: a string for each of them would take longer than all the rest. */
function packNames({ count, nameStart, arena }: Columns): {
  readonly distinct: number
  readonly columns: Readonly<Record<'nameBytes' | 'names' | 'newNames', Uint8Array>>
} {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2)))
  const mask = slots.length - 1
  const firstRow = new Int32Array(count)
  const [bytes, lengths, ids] = [new Writer(16 * count), new Writer(count), new Writer(3 * count)]
  let distinct = 0
  const isName = (id: number, from: number, length: number): boolean => {
    const other = firstRow[id] ?? 0
    const start = nameStart[other] ?? 0
    if ((nameStart[other + 1] ?? 0) - start !== length) return false
    for (let i = 0; i < length; i++) if (arena[start + i] !== arena[from + i]) return false
    return true
  }
  for (let row = 0; row < count; row++) {
    const from = nameStart[row] ?? 0
    const to = nameStart[row + 1] ?? from
    // FNV-1a
    let hash = 0x811c9dc5
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (arena[i] ?? 0), 0x01000193)
    let slot = (hash ^ (hash >>> 15)) & mask
    for (let id = slots[slot] ?? 0; id > 0 && !isName(id - 1, from, to - from); id = slots[slot] ?? 0)
      slot = (slot + 1) & mask
    const found = slots[slot] ?? 0
    if (found > 0) {
      ids.number(distinct - found + 1)
      continue
    }
    firstRow[distinct++] = row
    slots[slot] = distinct
    ids.number(0)
    lengths.number(to - from)
    bytes.copy(arena, from, to)
  }
  return {
    distinct,
    columns: { nameBytes: bytes.bytes(), names: lengths.bytes(), newNames: ids.bytes() },
  }
}

function unpackTree(facts: TreeFacts, columns: Readonly<Record<ColumnName, Uint8Array>>): PageTree {
  const { rows: count, distinct, stamps, attributes, prunedAmounts, inode, lengths: _, ...told } = facts
  const names: string[] = new Array(distinct)
  // Of its own, so that nothing else of all that was unpacked stays with it.
  const nameBytes = columns.nameBytes.slice()
  const nameStart = unpackNames(nameBytes, columns.names, names)
  const made = makeColumns(count, 0)
  const { parent, end, kind, size, mode, timeBytes, pathBytes, verdict, flags } = made
  const nameOf = new Uint32Array(count)
  const [ids, stampOf, sizes, rows] = [
    new Reader(columns.newNames),
    new Reader(columns.stamps),
    new Reader(columns.sizes),
    new Reader(columns.rows),
  ]
  let known = 0
  const open: Row[] = []
  for (let row = 0; row < count; row++) {
    while (open.length > 0 && (end[open.at(-1) ?? 0] ?? 0) <= row) open.pop()
    const above = open.at(-1) ?? rootRow
    const ago = ids.number()
    const id = ago === 0 ? known++ : known - ago
    nameOf[row] = id
    const mark = columns.marks[row] ?? 0
    kind[row] = mark & 7
    flags[row] = mark >> 3
    const [bits = 0, timeLength = 0] = stamps[stampOf.number()] ?? []
    mode[row] = bits
    timeBytes[row] = timeLength
    parent[row] = above
    verdict[row] = -1
    pathBytes[row] =
      (nameStart[id + 1] ?? 0) - (nameStart[id] ?? 0) + (above < 0 ? 0 : (pathBytes[above] ?? 0) + 1)
    if (kind[row] === dirKind) {
      end[row] = row + 1 + rows.number()
      open.push(row)
    } else {
      end[row] = row + 1
      size[row] = sizes.number()
    }
  }
  const table = makeTable(
    {
      ...made,
      count,
      inode: new Map(inode.map(([row, group]) => [row, String(group)])),
      linkTarget: new Map(told.linkTarget),
      deviceNumber: new Map(told.deviceNumber),
      unusualTime: new Map(told.unusualTime),
    },
    (row) => names[nameOf[row] ?? 0] ?? '',
  )
  const answerOf = answerByRow(table, facts.answers)
  return {
    ...told,
    table,
    names,
    nameBytes,
    nameStart,
    nameOf,
    answerOf,
    scale: createScale(table),
    attributes: new Map(attributes.map(([row, list]) => [row, new Map(list)])),
    prunedAmounts: new Map(prunedAmounts),
  }
}

function answerByRow({ count, parent }: EntryTable, answers: TreeFacts['answers']): Int32Array {
  const answerOf = new Int32Array(count).fill(-1)
  for (const [index, { row }] of answers.entries()) answerOf[row] = index
  for (let row = 0; row < count; row++)
    if (answerOf[row] === -1) answerOf[row] = answerOf[parent[row] ?? -1] ?? -1
  return answerOf
}

/** Fills in the names; where each begins comes back. */
function unpackNames(bytes: Uint8Array, lengthOf: Uint8Array, names: string[]): Uint32Array {
  const lengths = new Reader(lengthOf)
  const nameStart = new Uint32Array(names.length + 1)
  const decoder = new TextDecoder('latin1')
  // In one go: a decoder that is called for each name takes ten times as long.
  const plain = decoder.decode(bytes)
  let from = 0
  for (let id = 0; id < names.length; id++) {
    const length = lengths.number()
    let ascii = true
    for (let i = from; i < from + length; i++)
      if ((bytes[i] ?? 0) > 127) {
        ascii = false
        break
      }
    names[id] = ascii ? plain.slice(from, from + length) : decodePath(bytes.subarray(from, from + length))
    from += length
    nameStart[id + 1] = from
  }
  return nameStart
}

class Writer {
  #bytes: Uint8Array
  #at = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity + 16)
  }

  number(value: number): void {
    if (this.#at + 8 > this.#bytes.length) this.#grow(8)
    let rest = value
    // Bits reach to 2³¹ only.
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = (rest % 128) | 128
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#at++] = (rest & 127) | 128
    this.#bytes[this.#at++] = rest
  }

  copy(source: Uint8Array, from: number, to: number): void {
    if (this.#at + to - from > this.#bytes.length) this.#grow(to - from)
    for (let i = from; i < to; i++) this.#bytes[this.#at++] = source[i] ?? 0
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #grow(by: number): void {
    const grown = new Uint8Array(2 * this.#bytes.length + by)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  number(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes[this.#at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }
}
