/** Columns of any text, set by cli-table3. The only file that knows it. */

import Table from 'cli-table3'

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
}

/** Of one table: cli-table3 compares each with all others. */
const mostRows = 100

interface Columns {
  readonly widths: readonly number[]
  readonly aligns: readonly ('left' | 'right')[]
  /** What stands between two of them. */
  readonly middle: string
}

/** A line for each line of cells, which may be painted. */
export function tableLines(
  lines: readonly (readonly string[])[],
  { widths, aligns, middle }: Columns,
): readonly string[] {
  const texts: string[] = []
  for (let at = 0; at < lines.length; at += mostRows) {
    const made = new Table({
      chars: { ...noBorders, middle },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
      colAligns: [...aligns],
      colWidths: [...widths],
    })
    made.push(...lines.slice(at, at + mostRows).map((cells) => [...cells]))
    texts.push(...made.toString().split('\n'))
  }
  return texts
}
