/** The walk again, over the table instead of the disk. */

import type { DirectoryState, PatternList, Verdict } from '../ignore/matcher.ts'
import { dirKind, type EntryTable, type Row, rootRow } from './table.ts'

/** Rows of whole subtrees beside one another, from the first to the one before `end`. */
export interface RowRange {
  readonly from: Row
  readonly end: Row
}

/**
 * Judges the rows anew with another list of patterns. `row` is told the verdict, and the directory's own state for
 * reading more; directories that are not entered are left out with all that is in them. `within`: only these.
 */
export function judgeRows(
  table: EntryTable,
  patterns: PatternList,
  visitor: {
    readonly row: (row: Row, verdict: Verdict, parent: DirectoryState) => void
    readonly enters: (directory: DirectoryState) => boolean
  },
  within: RowRange = { from: 0, end: table.count },
): void {
  const above = (directory: Row): DirectoryState =>
    directory === rootRow
      ? patterns.root
      : patterns.enter(above(table.parent[directory] ?? rootRow), table.name(directory))
  const states: DirectoryState[] = []
  const ends: Row[] = []
  let parent = above(table.parent[within.from] ?? rootRow)
  let end = within.end
  for (let row = within.from; row < within.end; ) {
    while (end <= row) {
      parent = states.pop() ?? parent
      end = ends.pop() ?? within.end
    }
    if (table.kind[row] !== dirKind) {
      visitor.row(row, patterns.decideRow(parent, table, row), parent)
      row++
      continue
    }
    const state = patterns.enter(parent, table.name(row))
    const after = table.end[row] ?? row + 1
    visitor.row(row, state.verdict, parent)
    if (visitor.enters(state)) {
      states.push(parent)
      ends.push(end)
      parent = state
      end = after
      row++
    } else row = after
  }
}
