/** Columns of text without borders. The only file that knows cli-table3. */

import Table from 'cli-table3'
import type { Style } from '../style.ts'
import { paint, type Tone } from './paint.ts'
import { displayWidth, wrap } from './width.ts'

/** What stands in a column: text without control characters, perhaps in a tone. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

export interface Column {
  readonly align?: 'left' | 'right'
  /** May be broken into several lines where the terminal is too narrow. */
  readonly flexible?: true
  /** Columns to take at least. */
  readonly least?: number
}

const indent = '  '
const gap = '  '
const narrowest = 12

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: gap,
}

/** The rows as lines, indented by two; columns as wide as their widest cell, broken to fit the style's width. */
export function grid(rows: readonly (readonly Cell[])[], columns: readonly Column[], style: Style): string[] {
  if (rows.length === 0) return []
  const widths = columnWidths(rows, columns, style.width - indent.length)
  const made = new Table({
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: widths,
  })
  for (const row of rows) {
    made.push(
      columns.map((column, i) => {
        const cell = row[i] ?? ''
        const { text, tone } = typeof cell === 'string' ? { text: cell, tone: null } : cell
        const shown = column.flexible ? wrap(text, widths[i] ?? narrowest).join('\n') : text
        return tone === null ? shown : paint(style, tone, shown)
      }),
    )
  }
  return made
    .toString()
    .split('\n')
    .map((line) => (indent + line).trimEnd())
}

/** Natural widths; where they do not fit, the widest flexible column gives way column by column. */
function columnWidths(
  rows: readonly (readonly Cell[])[],
  columns: readonly Column[],
  width: number,
): number[] {
  const widths = columns.map(({ least = 0 }, i) =>
    Math.max(least, 1, ...rows.map((row) => displayWidth(textOf(row[i] ?? '')))),
  )
  let excess = widths.reduce((sum, one) => sum + one, gap.length * (columns.length - 1)) - width
  for (; excess > 0; excess--) {
    let widest = -1
    for (const [i, column] of columns.entries())
      if (column.flexible && (widths[i] ?? 0) > Math.max(narrowest, widths[widest] ?? 0)) widest = i
    if (widest < 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}
