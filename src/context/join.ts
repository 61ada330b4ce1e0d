/** Two entry tables gone through side by side. */

import { dirKind, type EntryTable, type Row, rootRow } from './table.ts'

/** A row of either table, or of both where they have an entry at the same path; a directory pairs with a directory only. */
export type OnPair = (before: Row | null, after: Row | null) => void

/**
 * Tells every path of two tables once, a directory before what is in it; of a directory and something else of the same
 * name each by itself. No path is put together for it: linear in the rows. `has`: rows of the second table for which
 * it does not hold are not there, nor is what lies in them.
 */
export function joinTables(
  before: EntryTable,
  after: EntryTable,
  has: (row: Row) => boolean,
  onPair: OnPair,
): void {
  const end = (table: EntryTable, row: Row) => (row === rootRow ? table.count : (table.end[row] ?? row + 1))
  const left = (row: Row) => {
    for (let at = row; at < end(before, row); at++) onPair(at, null)
  }
  const entered = (row: Row) => {
    for (let at = row; at < end(after, row); at = has(at) ? at + 1 : end(after, at))
      if (has(at)) onPair(null, at)
  }
  const inside = (b: Row, a: Row): void => {
    const [toB, toA] = [end(before, b), end(after, a)]
    let rowB = b + 1
    let rowA = a + 1
    while (rowB < toB || rowA < toA) {
      if (rowA < toA && !has(rowA)) {
        rowA = end(after, rowA)
        continue
      }
      const order = rowB >= toB ? 1 : rowA >= toA ? -1 : compareNames(before, rowB, after, rowA)
      const isPair = order === 0 && (before.kind[rowB] === dirKind) === (after.kind[rowA] === dirKind)
      if (isPair) {
        onPair(rowB, rowA)
        inside(rowB, rowA)
      } else {
        if (order <= 0) left(rowB)
        if (order >= 0) entered(rowA)
      }
      if (order <= 0) rowB = end(before, rowB)
      if (order >= 0) rowA = end(after, rowA)
    }
  }
  inside(rootRow, rootRow)
}

/** By their bytes, which is the order of entries in a directory. */
function compareNames(one: EntryTable, a: Row, other: EntryTable, b: Row): number {
  const [fromA, fromB] = [one.nameStart[a] ?? 0, other.nameStart[b] ?? 0]
  const [lengthA, lengthB] = [(one.nameStart[a + 1] ?? 0) - fromA, (other.nameStart[b + 1] ?? 0) - fromB]
  const shorter = Math.min(lengthA, lengthB)
  for (let i = 0; i < shorter; i++) {
    const order = (one.arena[fromA + i] ?? 0) - (other.arena[fromB + i] ?? 0)
    if (order !== 0) return order
  }
  return lengthA - lengthB
}
