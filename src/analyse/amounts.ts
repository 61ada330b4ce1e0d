/** Counting rows of the entry table. */

import { type EntryTable, fileKind, firstAtLeast, flag, type Row } from '../context/table.ts'
import type { Amount } from '../report.ts'

/** Counts a range of rows, by default all of them. */
export type Count = (from?: Row, to?: Row) => Amount

/**
 * Counts regular files among the rows that are wanted, one byte each. A file with several names counts once for each name,
 * its bytes with the first wanted name only, because they are sent only once. Linear in the rows at the first range that is a
 * long one, then in what sticks out of whole blocks.
 */
export function counter({ count, kind, size, firstName }: EntryTable, wanted: Uint8Array): Count {
  const rows: Rows = { wanted, kind, size }
  // Ascending, as the names are.
  const laterNames: Row[] = []
  const seen = new Set<Row>()
  for (const [row, group] of firstName) {
    if (wanted[row] !== 1 || kind[row] !== fileKind) continue
    if (seen.has(group)) laterNames.push(row)
    seen.add(group)
  }
  let blocks: Blocks | null = null
  return (from = 0, to = count) => {
    const sum: MutableAmount = { files: 0, bytes: 0 }
    if (to - from <= together) addRange(rows, from, to, 1, sum)
    else {
      blocks ??= blocksOf(rows, count)
      addUpTo(rows, blocks, to, 1, sum)
      addUpTo(rows, blocks, from, -1, sum)
    }
    for (let i = firstAtLeast(laterNames, from); i < laterNames.length; i++) {
      const row = laterNames[i] ?? to
      if (row >= to) break
      sum.bytes -= size[row] ?? 0
    }
    return sum
  }
}

interface Rows {
  readonly wanted: Uint8Array
  readonly kind: Uint8Array
  readonly size: Float64Array
}

/** What the rows before each block come to. */
interface Blocks {
  readonly files: Float64Array
  readonly bytes: Float64Array
}

type MutableAmount = { -readonly [Key in keyof Amount]: Amount[Key] }

/** Rows whose sum is kept as one. */
const together = 256

function blocksOf(rows: Rows, count: number): Blocks {
  const length = Math.floor(count / together)
  const [files, bytes] = [new Float64Array(length + 1), new Float64Array(length + 1)]
  const sum: MutableAmount = { files: 0, bytes: 0 }
  for (let block = 0; block < length; block++) {
    addRange(rows, block * together, (block + 1) * together, 1, sum)
    files[block + 1] = sum.files
    bytes[block + 1] = sum.bytes
  }
  return { files, bytes }
}

function addUpTo(rows: Rows, blocks: Blocks, to: Row, times: number, sum: MutableAmount): void {
  const block = Math.floor(to / together)
  sum.files += times * (blocks.files[block] ?? 0)
  sum.bytes += times * (blocks.bytes[block] ?? 0)
  addRange(rows, block * together, to, times, sum)
}

// By itself, and short: V8 compiles it soon and once. A loop over all rows would be half over before its code is there.
function addRange({ wanted, kind, size }: Rows, from: Row, to: Row, times: number, sum: MutableAmount): void {
  let files = 0
  let bytes = 0
  for (let row = from; row < to; row++) {
    if (wanted[row] !== 1 || kind[row] !== fileKind) continue
    files++
    bytes += size[row] ?? 0
  }
  sum.files += times * files
  sum.bytes += times * bytes
}

/** The rows of one set that another has too, one byte each. */
export function inBoth(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length)
  for (let row = 0; row < both.length; row++) both[row] = (one[row] ?? 0) & (other[row] ?? 0)
  return both
}

/** The rows of one set that another lacks, one byte each. */
export function without(one: Uint8Array, other: Uint8Array): Uint8Array {
  const rest = new Uint8Array(one.length)
  for (let row = 0; row < rest.length; row++) rest[row] = (one[row] ?? 0) & ~(other[row] ?? 0)
  return rest
}

/** True for a row that the ignore file drops. */
export const isIgnored = (table: EntryTable, row: Row): boolean =>
  ((table.flags[row] ?? 0) & flag.ignored) !== 0

/** True when one of the ascending rows lies in `from` ≤ row < `to`. */
export function anyWithin(rows: Int32Array, from: Row, to: Row): boolean {
  const found = rows[firstAtLeast(rows, from)]
  return found !== undefined && found < to
}
