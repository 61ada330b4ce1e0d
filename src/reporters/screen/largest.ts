/** The largest parts of the context as bars, with who reads them. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { LargestReport, TargetReport } from '../../report.ts'
import { bar } from './bars.ts'
import { type Cell, grid } from './grid.ts'
import type { View } from './view.ts'
import { shorten } from './width.ts'
import { instructionText } from './words.ts'

const barColumns = 6
const mostRows = 8

export function largest({ context, target, style }: View): string[] {
  const shown = style.verbose ? context.largest : context.largest.slice(0, mostRows)
  if (shown.length === 0) return []
  const hidden = context.largest.slice(shown.length)
  const rest = {
    bytes: hidden.reduce((sum, { bytes }) => sum + bytes, context.rest.bytes),
    files: hidden.reduce((sum, { files }) => sum + files, context.rest.files),
  }
  const most = Math.max(rest.bytes, ...shown.map(({ bytes }) => bytes), 1)
  const amount = ({ bytes, files }: { bytes: number; files: number }): Cell[] => [
    { text: bar(bytes / most, barColumns), tone: 'cyan' },
    humanSize(bytes, style.units),
    groupedCount(files),
  ]
  const head: Cell[] = ['', 'size', 'files', 'what', 'read by'].map((text) => ({ text, tone: 'dim' }))
  const rows = shown.map((part): Cell[] => [
    ...amount(part),
    whatText(part),
    readers(part, target, (bytes) => humanSize(bytes, style.units)),
  ])
  if (rest.files > 0) rows.push([...amount(rest), { text: 'everything else', tone: 'dim' }])
  const columns = [
    { least: barColumns },
    { align: 'right' },
    { align: 'right' },
    { flexible: true },
    { flexible: true },
  ] as const
  return grid([head, ...rows], columns, style)
}

/** The path; with a word where a clean checkout would not have it, for that is what hardly anybody means to send. */
function whatText({ path, type, gitIgnored }: LargestReport): string {
  return `${visiblePath(path)}${type === 'dir' ? '/' : ''}${gitIgnored ? ' (not in git)' : ''}`
}

/** `COPY . . :4`, `COPY src ./ :4 +2` for more, `nothing`; with how much of it when not all is read. */
function readers(part: LargestReport, target: TargetReport | null, size: (bytes: number) => string): Cell {
  if (target === null) return { text: 'not known', tone: 'dim' }
  const [first, ...others] = part.readBy
  if (part.state === 'unread' || first === undefined) return { text: 'nothing', tone: 'yellow' }
  const instruction = target.instructions.find(({ line, from }) => line === first && from === null)
  const name = instruction ? `${instructionText(instruction, 24)} ` : ''
  const more = others.map((line) => ` :${line}`).join('')
  const share = part.state === 'partly' ? `, ${size(part.transferred.bytes)} of it` : ''
  return `${name}:${first}${shorten(more, 24)}${share}`
}
