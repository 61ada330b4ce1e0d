/** The largest parts of the context as bars, with who reads them. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { ContextReport, LargestReport, OpenReport, TargetReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { bar } from './bars.ts'
import { type Cell, grid } from './grid.ts'
import { paint } from './paint.ts'
import type { View } from './view.ts'
import { besideOpen, instructionColumns, shortInstruction } from './words.ts'

const barColumns = 6
const narrowBarColumns = 3
const narrow = 72
const leastRows = 4
const mostRows = 8
/** Lines of instructions beside the one that is named. */
const mostLines = 3
const textColumns = 20
const narrowTextColumns = 12
const gitMark = '†'

/** The parts that are shown. */
export function shownParts({ context, style }: Pick<View, 'context' | 'style'>): readonly LargestReport[] {
  return style.verbose ? context.largest : telling(context)
}

export function largest(view: View): string[] {
  const { context, target, style } = view
  const shown = shownParts(view)
  if (shown.length === 0) return []
  const isNarrow = style.width < narrow
  const bars = isNarrow ? narrowBarColumns : barColumns
  const hidden = context.largest.slice(shown.length)
  const rest = {
    bytes: hidden.reduce((sum, { bytes }) => sum + bytes, context.rest.bytes),
    files: hidden.reduce((sum, { files }) => sum + files, context.rest.files),
  }
  const most = Math.max(rest.bytes, ...shown.map(({ bytes }) => bytes), 1)
  const amount = ({ bytes, files }: { bytes: number; files: number }): Cell[] => [
    { text: bar(bytes / most, bars), tone: 'cyan' },
    humanSize(bytes, style.units),
    groupedCount(files),
  ]
  const asks = shown.some(({ canGo }) => canGo !== null)
  const titles = ['', 'size', 'files', 'what', ...(asks ? ['can', 'it go?'] : ['read by'])]
  const head: Cell[] = titles.map((text) => ({ text, tone: 'dim' }))
  const textWidth = isNarrow ? narrowTextColumns : instructionColumns(textColumns, style)
  const rows = shown.map((part): Cell[] => {
    const by = readers(part, target, textWidth, (bytes) => humanSize(bytes, style.units))
    return [...amount(part), whatText(part), ...(asks ? answer(part, by, context.open) : [by])]
  })
  if (rest.files > 0) rows.push([...amount(rest), { text: 'everything else', tone: 'dim' }])
  const columns = [
    { least: bars },
    { align: 'right' },
    { align: 'right' },
    { flexible: true },
    ...(asks ? [{}] : []),
    { flexible: true },
  ] as const
  const note = shown.some(({ gitIgnored }) => gitIgnored)
    ? [paint(style, 'dim', `  ${gitMark} ignored by git`)]
    : []
  const [first = '', ...others] = grid([head, ...rows], columns, style)
  // One question over two columns.
  return [asks ? headLine(first, style) : first, ...others, ...note]
}

const headLine = (line: string, style: Style): string =>
  paint(style, 'dim', line.replace(/\x1b\[\d+m/g, '').replace(/can +it go\?/, 'can it go?'))

/** `yes`, `npm ci (Dockerfile:5) deletes it first`; who reads it, where nobody thinks of dropping it. */
function answer({ canGo }: LargestReport, by: Cell, open: readonly OpenReport[]): Cell[] {
  const text = typeof by === 'string' ? by : by.text
  if (canGo === null) return ['', { text: text === unknown ? '' : `read by ${text}`, tone: 'dim' }]
  const tone = canGo.answer === 'yes' ? 'green' : canGo.answer === 'ask' ? 'yellow' : 'dim'
  return [
    { text: canGo.answer, tone },
    { text: visiblePath(besideOpen(canGo.because, open)), tone },
  ]
}

const unknown = 'not known'

/** Those that make up all but a hundredth of the context. */
function telling({ largest: parts, context, rest }: ContextReport): readonly LargestReport[] {
  let left = context.bytes
  let count = 0
  for (const { bytes } of parts.slice(0, mostRows)) {
    if (count >= leastRows && left * 100 < context.bytes) break
    left -= bytes
    count++
  }
  // A last line for one more part might as well name it.
  return parts.slice(0, rest.files === 0 && parts.length === count + 1 ? parts.length : count)
}

/** The path; marked where git ignores it, for that is what hardly anybody means to send. */
function whatText({ path, type, gitIgnored }: LargestReport): string {
  return `${visiblePath(path)}${type === 'dir' ? '/' : ''}${gitIgnored ? ` ${gitMark}` : ''}`
}

/** `COPY . . :15, :11` with the one that takes most named, `nothing`; with how much of it when not all is read. */
function readers(
  part: LargestReport,
  target: TargetReport | null,
  columns: number,
  size: (bytes: number) => string,
): Cell {
  if (target === null) return { text: unknown, tone: 'dim' }
  if (part.state === 'unread' || part.readBy.length === 0) return { text: 'nothing', tone: 'yellow' }
  const candidates = target.instructions.filter(
    ({ line, from }) => from === null && part.readBy.includes(line),
  )
  let most = candidates[0]
  for (const one of candidates) if (one.takes.files > (most?.takes.files ?? 0)) most = one
  const first = most?.line ?? part.readBy[0] ?? 0
  const others = part.readBy.filter((line) => line !== first)
  const more = others.slice(0, mostLines).map((line) => `, :${line}`)
  if (others.length > mostLines) more.push(`, ${others.length - mostLines} more`)
  const name = most ? `${shortInstruction(most, columns)} ` : ''
  const share = part.state === 'partly' ? ` (${size(part.read.bytes)} of it)` : ''
  return `${name}:${first}${more.join('')}${share}`
}
