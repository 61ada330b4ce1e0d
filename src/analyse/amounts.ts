/** Counting rows of the entry table. */

import { type EntryTable, fileKind, firstAtLeast, flag, type Row } from '../context/table.ts'
import type { Amount } from '../report.ts'

/** Counts a range of rows, by default all of them. */
export type Count = (from?: Row, to?: Row) => Amount

/**
 * Counts regular files among the rows that are wanted, one byte each. A file with several names counts once for each name,
 * its bytes with the first wanted name only, because they are sent only once. Linear in the range.
 */
export function counter({ count, kind, size, firstName }: EntryTable, wanted: Uint8Array): Count {
  // Ascending, as the names are.
  const laterNames: Row[] = []
  const seen = new Set<Row>()
  for (const [row, group] of firstName) {
    if (wanted[row] !== 1 || kind[row] !== fileKind) continue
    if (seen.has(group)) laterNames.push(row)
    seen.add(group)
  }
  return (from = 0, to = count) => {
    const files = filesAmong(wanted, kind, from, to)
    if (files === 0) return { files, bytes: 0 }
    let bytes = bytesAmong(wanted, kind, size, from, to)
    for (let i = firstAtLeast(laterNames, from); i < laterNames.length; i++) {
      const row = laterNames[i] ?? to
      if (row >= to) break
      bytes -= size[row] ?? 0
    }
    return { files, bytes }
  }
}

// Loops that end where their function does: V8 takes up a loop that it has compiled at every call, and what follows one that it has
// never seen the end of is thrown back to the interpreter each time.
function filesAmong(wanted: Uint8Array, kind: Uint8Array, from: Row, to: Row): number {
  let files = 0
  for (let row = from; row < to; row++) if (wanted[row] === 1 && kind[row] === fileKind) files++
  return files
}

function bytesAmong(wanted: Uint8Array, kind: Uint8Array, size: Float64Array, from: Row, to: Row): number {
  let bytes = 0
  for (let row = from; row < to; row++)
    if (wanted[row] === 1 && kind[row] === fileKind) bytes += size[row] ?? 0
  return bytes
}

/** The rows of one set that another has too, one byte each. */
export function inBoth(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length)
  for (let row = 0; row < both.length; row++) both[row] = (one[row] ?? 0) & (other[row] ?? 0)
  return both
}

/** True for a row that the ignore file drops. */
export const isIgnored = (table: EntryTable, row: Row): boolean =>
  ((table.flags[row] ?? 0) & flag.ignored) !== 0

/** True when one of the ascending rows lies in `from` ≤ row < `to`. */
export function anyWithin(rows: Int32Array, from: Row, to: Row): boolean {
  const found = rows[firstAtLeast(rows, from)]
  return found !== undefined && found < to
}
