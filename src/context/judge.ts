/** The walk again, over the table instead of the disk. */

import type { DirectoryState, PatternList, Verdict } from '../ignore/matcher.ts'
import { dirKind, type EntryTable, type Row } from './table.ts'

/**
 * Judges the rows anew with another list of patterns. `row` is told the verdict, and the directory's own state for
 * reading more; directories that are not entered are left out with all that is in them.
 */
export function judgeRows(
  table: EntryTable,
  patterns: PatternList,
  visitor: {
    readonly row: (row: Row, verdict: Verdict, parent: DirectoryState) => void
    readonly enters: (directory: DirectoryState) => boolean
  },
): void {
  const open: { readonly state: DirectoryState; readonly end: Row }[] = [
    { state: patterns.root, end: table.count },
  ]
  for (let row = 0; row < table.count; ) {
    while ((open.at(-1)?.end ?? table.count) <= row) open.pop()
    const parent = open.at(-1)?.state ?? patterns.root
    if (table.kind[row] !== dirKind) {
      visitor.row(row, patterns.decideRow(parent, table, row), parent)
      row++
      continue
    }
    const state = patterns.enter(parent, table.name(row))
    const end = table.end[row] ?? row + 1
    visitor.row(row, state.verdict, parent)
    if (visitor.enters(state)) {
      open.push({ state, end })
      row++
    } else row = end
  }
}
