/** Who makes an amount large: the parts of what a budget counts. */

import { counter } from '../analyse/amounts.ts'
import { dirKind, type EntryTable, fileKind, type Row } from '../context/table.ts'
import { jsonPath } from '../lib/path.ts'
import type { Amount, BudgetPart } from '../report.ts'
import type { Selection } from '../resolve/selection.ts'

export interface Counted {
  readonly table: EntryTable
  /** The rows that are counted, one byte each. */
  readonly rows: Selection
  /** The range of rows that is looked at: of a directory its contents. */
  readonly from: Row
  readonly to: Row
}

interface Part {
  readonly row: Row
  readonly amount: Amount
}

const mostParts = 5
/** Directories that everybody takes as one thing. */
const units = new Set(['.git', 'node_modules', 'vendor', '.venv'])

/**
 * The largest parts, disjoint, largest first: by bytes, or by their files. A directory gives way to what is in it while
 * one thing makes up four fifths of it. `committed`: what the last commit has, null where that cannot be told.
 */
export function growers(
  { table, rows, from, to }: Counted,
  by: keyof Amount,
  committed: ReadonlySet<string> | null,
): readonly BudgetPart[] {
  const count = counter(table, rows)
  const children = (first: Row, end: Row): readonly Part[] => {
    const parts: Part[] = []
    for (let row = first; row < end; row = table.end[row] ?? row + 1) {
      const amount = count(row, table.end[row] ?? row + 1)
      if (amount.files > 0) parts.push({ row, amount })
    }
    return parts
  }
  const largestFirst = (a: Part, b: Part): number => b.amount[by] - a.amount[by] || a.row - b.row
  const opened = (part: Part): readonly Part[] => {
    if (table.kind[part.row] !== dirKind || units.has(table.name(part.row))) return [part]
    const inner = children(part.row + 1, table.end[part.row] ?? part.row + 1)
    const [heaviest] = inner.toSorted(largestFirst)
    if (!heaviest || heaviest.amount[by] * 5 < part.amount[by] * 4) return [part]
    return table.kind[heaviest.row] === fileKind && inner.length > 1
      ? [part]
      : inner.flatMap((one) => (one === heaviest ? opened(one) : [one]))
  }
  return children(from, to)
    .flatMap(opened)
    .sort(largestFirst)
    .slice(0, mostParts)
    .map(({ row, amount }) => partReport(table, rows, { row, amount }, committed))
}

/** The largest files, largest first. */
export function largestFiles(
  { table, rows, from, to }: Counted,
  committed: ReadonlySet<string> | null,
): readonly BudgetPart[] {
  let found: Row[] = []
  const bySize = (a: Row, b: Row): number => (table.size[b] ?? 0) - (table.size[a] ?? 0) || a - b
  for (let row = from; row < to; row++) {
    if (rows[row] !== 1 || table.kind[row] !== fileKind) continue
    const smallest = found[mostParts - 1]
    if (smallest === undefined || bySize(row, smallest) < 0)
      found = [...found, row].sort(bySize).slice(0, mostParts)
  }
  return found.map((row) =>
    partReport(table, rows, { row, amount: { files: 1, bytes: table.size[row] ?? 0 } }, committed),
  )
}

function partReport(
  table: EntryTable,
  rows: Selection,
  { row, amount }: Part,
  committed: ReadonlySet<string> | null,
): BudgetPart {
  const path = table.path(row)
  // Git tracks nothing of itself, which is no news.
  const isTold = committed !== null && !/^\.git(?:\/|$)/.test(path)
  let newFiles = 0
  for (let at = row; at < (table.end[row] ?? row + 1) && isTold; at++)
    if (rows[at] === 1 && table.kind[at] === fileKind && !committed.has(table.path(at))) newFiles++
  return {
    ...jsonPath(path),
    ...amount,
    type: table.kind[row] === dirKind ? 'dir' : 'file',
    newFiles: isTold ? newFiles : null,
  }
}
