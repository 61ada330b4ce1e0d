/** The instructions that can read files of the user, and what each takes. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { InstructionReport } from '../../report.ts'
import { type Cell, grid } from './grid.ts'
import type { View } from './view.ts'
import { instructionText } from './words.ts'

const mostRows = 8

/** By default those that read the main context, when there is more than one; all with -v. */
export function instructions({ target, proposes, style }: View): string[] {
  if (target === null) return []
  // Beside a table of changes those that take next to nothing are no news.
  const least = proposes && !target.buildFails ? target.transfer.bytes / 100 : 0
  const all = style.verbose
    ? target.instructions
    : target.instructions.filter(({ from, takes }) => from === null && takes.bytes >= least)
  if (all.length < 2 && !style.verbose) return []
  const shown = style.verbose ? all : all.slice(0, mostRows)
  if (shown.length === 0) return []
  const head: Cell[] = ['size', 'files', 'line', 'taken by'].map((text) => ({ text, tone: 'dim' }))
  const rows = shown.map((one): Cell[] => [
    ...takes(one, (bytes) => humanSize(bytes, style.units)),
    String(one.line),
    instructionText(one, style.verbose ? 400 : 2 * (style.width - 26)),
  ])
  const lines = grid(
    [head, ...rows],
    [{ align: 'right' }, { align: 'right' }, { align: 'right' }, { flexible: true }],
    style,
  )
  if (shown.length < all.length) lines.push(`  … ${all.length - shown.length} more with -v`)
  return lines
}

function takes({ from, takes, problem }: InstructionReport, size: (bytes: number) => string): Cell[] {
  if (problem !== null) return [{ text: 'fails', tone: 'red' }, '']
  if (from !== null && takes.files === 0) return ['', { text: visiblePath(from), tone: 'dim' }]
  return [size(takes.bytes), groupedCount(takes.files)]
}
