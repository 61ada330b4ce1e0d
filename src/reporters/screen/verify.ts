/** `ctxsize verify` as text: what docker printed, what was predicted, the difference. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { VerifyReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { type Cell, grid } from './grid.ts'
import { paint } from './paint.ts'
import { paragraph } from './words.ts'

export function verifyText(report: VerifyReport, style: Style): string {
  const verdict = report.matches
    ? paint(style, 'green', '✓ Docker printed what was predicted.')
    : paint(style, 'red', '✗ Docker printed something else than was predicted.')
  const head: Cell[] = ['', 'docker', 'ctxsize', 'difference', ''].map((text) => ({ text, tone: 'dim' }))
  const rows = report.comparisons.map(({ what, observed, predicted, difference, state }): Cell[] => [
    visiblePath(what),
    visiblePath(observed),
    predicted,
    {
      text: humanSize(difference, style.units),
      tone: difference === 0 ? 'green' : state === 'between' ? 'yellow' : 'red',
    },
    state ?? '',
  ])
  const columns = [
    { flexible: true },
    { align: 'right' },
    { align: 'right' },
    { align: 'right' },
    {},
  ] as const
  const explanations = new Set(report.comparisons.map(({ explanation }) => explanation ?? ''))
  const told = [...explanations].flatMap((text) =>
    text === '' ? [] : paragraph('! ', visiblePath(text), style),
  )
  const parts = [[verdict], grid([head, ...rows], columns, style), told]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}
