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
  const states: DirectoryState[] = []
  const ends: Row[] = []
  let parent = patterns.root
  let end = table.count
  for (let row = 0; row < table.count; ) {
    while (end <= row) {
      parent = states.pop() ?? patterns.root
      end = ends.pop() ?? table.count
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
