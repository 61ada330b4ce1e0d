/** Columns of text without borders. */

import type { Style } from '../style.ts'
import { paint, type Tone } from './paint.ts'
import { tableLines } from './table.ts'
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

type Rows = readonly (readonly Cell[])[]

/** The rows as lines, indented by two; columns as wide as their widest cell, broken to fit the style's width. */
export function grid(rows: Rows, columns: readonly Column[], style: Style): string[] {
  return grids([rows], columns, style).flat()
}

/** Parts of one table, each as lines for itself: their columns stand below one another whatever stands between them. */
export function grids(parts: readonly Rows[], columns: readonly Column[], style: Style): string[][] {
  const widths = columnWidths(parts.flat(), columns, style.width - indent.length)
  return parts.map((rows) => linesOf(rows, columns, widths, style))
}

function linesOf(rows: Rows, columns: readonly Column[], widths: readonly number[], style: Style): string[] {
  if (rows.length === 0) return []
  // A row of the table for each line: of a cell of many lines cli-table3 goes through all at each of them.
  const lines = rows.flatMap((row) => {
    const cells = columns.map((column, i) => cellLines(row[i] ?? '', column.flexible ? widths[i] : undefined))
    const height = Math.max(...cells.map((one) => one.length))
    return Array.from({ length: height }, (_, line) => cells.map((one) => one[line] ?? noLine))
  })
  const painted = ({ text, tone }: Line) => (tone === null ? text : paint(style, tone, text))
  // Most tables are plain: to set them takes less than to load what can set all of them.
  const isPlain = lines.every((line) => line.every(({ text }, i) => fits(text, widths[i] ?? 0)))
  const texts = isPlain
    ? lines.map((line) =>
        line
          .map((cell, i) => {
            const blanks = ' '.repeat((widths[i] ?? 0) - cell.text.length)
            return columns[i]?.align === 'right' ? blanks + painted(cell) : painted(cell) + blanks
          })
          .join(gap),
      )
    : tableLines(
        lines.map((line) => line.map(painted)),
        { widths, aligns: columns.map(({ align = 'left' }) => align), middle: gap },
      )
  return texts.map((line) => (indent + line).trimEnd())
}

interface Line {
  readonly text: string
  readonly tone: Tone | null
}

const noLine: Line = { text: '', tone: null }

/** Of these each takes one column and is one code unit: ASCII, and what bars, arrows and amounts are made of. */
const oneColumnEach = /^[\x20-\x7E·×–—…←-↓▀-▟]*$/

const fits = (text: string, width: number): boolean => text.length <= width && oneColumnEach.test(text)

/** Broken to a width where there is one. */
function cellLines(cell: Cell, width: number | undefined): readonly Line[] {
  const { text, tone } = typeof cell === 'string' ? { text: cell, tone: null } : cell
  return (width === undefined ? [text] : wrap(text, width)).map((line) => ({ text: line, tone }))
}

/** Natural widths; where they do not fit, the widest flexible column gives way column by column. */
function columnWidths(rows: Rows, columns: readonly Column[], width: number): number[] {
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
