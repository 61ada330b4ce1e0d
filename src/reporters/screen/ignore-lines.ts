/** What the ignore file does on this tree: in a few words, or line by line. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { ContextReport, IgnoreLineReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { type Cell, grid } from './grid.ts'
import type { View } from './view.ts'
import { amountText, counted, paragraph, phrases } from './words.ts'

/** So many lines that do nothing are named without -v. */
const mostIdle = 12
/** So many directories that are dropped whole are named without -v. */
const mostPruned = 6

export function ignoreLines({ context, style, clean, proposes }: View): string[] {
  if (context.ignoreFile === null || context.ignoreLines.length === 0) return []
  if (style.verbose) return everyLine(context, style)
  return proposes ? idleNumbers(context, style) : summary(context, clean, style)
}

/** Beside a table of changes: which lines do nothing, by their numbers. */
function idleNumbers({ ignoreFile, ignoreLines: lines }: ContextReport, style: Style): string[] {
  const idle = lines.filter((line) => line.idle)
  if (idle.length === 0) return []
  const what = `${counted(idle.length, 'line')} of ${visiblePath(ignoreFile ?? '')}`
  return paragraph(
    '  ',
    `${what} ${idle.length === 1 ? 'does' : 'do'} nothing here: ${idle.map(({ line }) => line).join(', ')} (-v)`,
    style,
  )
}

function summary(context: ContextReport, clean: boolean, style: Style): string[] {
  const pruned = context.ignoreLines
    .flatMap((line) => line.pruned)
    .filter(({ measured }) => measured === null)
  const idle = context.ignoreLines.filter((line) => line.idle)
  const names = pruned.slice(0, mostPruned).map(({ path }) => `${visiblePath(path)}/`)
  if (pruned.length > mostPruned) names.push(`${pruned.length - mostPruned} more`)
  const last = names.length > 1 ? names.pop() : undefined
  const dirs = last === undefined ? names : [names.join(', '), `and ${last}`]
  const held = [
    ...(dirs.length > 0 ? [`${dirs.join(' ')} (never entered, so not measured)`] : []),
    ...(context.ignored.files > 0 ? [amountText(context.ignored, style)] : []),
  ]
  const lines: string[] = []
  const name = visiblePath(context.ignoreFile ?? '')
  if (!clean)
    lines.push(
      ...paragraph('  ', `${name} holds back ${held.length > 0 ? held.join(', and ') : 'nothing'}.`, style),
    )
  const [first] = idle
  if (first !== undefined) {
    const most = idle.slice(0, mostIdle).map(({ line, pattern }) => `${line} ${quoted(pattern)}`)
    if (idle.length > mostIdle) most.push(`${idle.length - mostIdle} more (-v)`)
    const texts =
      idle.length === 1
        ? [`${name}:${first.line} ${quoted(first.pattern)}`, 'does nothing here.']
        : [
            `${idle.length} lines of ${name} do nothing here:`,
            ...most.map((text, i) => (i < most.length - 1 ? `${text},` : text)),
          ]
    lines.push(...phrases('  ', texts, style))
  }
  return lines
}

function everyLine(context: ContextReport, style: Style): string[] {
  const name = visiblePath(context.ignoreFile ?? '')
  const head: Cell[] = ['line', name, 'what it does here'].map((text) => ({ text, tone: 'dim' }))
  const rows = context.ignoreLines.map((line): Cell[] => [
    String(line.line),
    visiblePath(line.pattern),
    line.idle ? { text: effect(line, style), tone: 'yellow' } : effect(line, style),
  ])
  return grid([head, ...rows], [{ align: 'right' }, { flexible: true }, { flexible: true }], style)
}

function effect(line: IgnoreLineReport, style: Style): string {
  if (line.idle)
    return line.because === 'already decided'
      ? `nothing: line ${line.decidedBy ?? '?'} has decided already`
      : 'nothing: it matches nothing here'
  const parts = line.decides.files > 0 ? [amountText(line.decides, style)] : []
  for (const { path, measured } of line.pruned) {
    const size =
      measured === null
        ? 'not measured'
        : `${humanSize(measured.bytes, style.units)} from ${counted(measured.files, 'file')}`
    parts.push(`${visiblePath(path)}/ (${size})`)
  }
  return `${line.negated ? 'lets in' : 'holds back'} ${parts.length > 0 ? parts.join(', ') : 'directories only'}`
}

/** In backticks where it holds a blank, so that its end is seen. */
function quoted(pattern: string): string {
  return /\s/.test(pattern) ? `\`${visiblePath(pattern)}\`` : visiblePath(pattern)
}
