/** Counting rows of the entry table. */

import { type EntryTable, fileKind, flag, type Row, rootRow } from '../context/table.ts'
import type { Amount } from '../report.ts'

/** Counts a range of rows, by default all of them. */
export type Count = (from?: Row, to?: Row) => Amount

/**
 * Counts regular files among the rows that are wanted, one byte each. A file with several names counts once for each name,
 * its bytes with the first wanted name only, because they are sent only once. Linear in the range.
 */
export function counter({ count, kind, size, firstName }: EntryTable, wanted: Uint8Array): Count {
  const laterNames = new Set<Row>()
  const seen = new Set<Row>()
  for (const [row, group] of firstName) {
    if (wanted[row] !== 1) continue
    if (seen.has(group)) laterNames.add(row)
    seen.add(group)
  }
  return (from = 0, to = count) => {
    let files = 0
    let bytes = 0
    const isOnce = laterNames.size === 0
    for (let row = from; row < to; row++)
      if (wanted[row] === 1 && kind[row] === fileKind) {
        files++
        if (isOnce || !laterNames.has(row)) bytes += size[row] ?? 0
      }
    return { files, bytes }
  }
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
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] ?? rootRow) < from) low = middle + 1
    else high = middle
  }
  const found = rows[low]
  return found !== undefined && found < to
}
