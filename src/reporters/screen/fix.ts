/** `ctxsize fix` as text: the reason of each change, then the changes as one patch that `git apply` takes. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { FixReport, SuggestionReport } from '../../report.ts'
import type { Style } from '../index.ts'
import { paint } from './paint.ts'
import { paragraph, placeText } from './words.ts'

/** Every line above the patch begins with `#`, so that the whole is one. `patches`: one a file. */
export function fixText(report: FixReport, patches: readonly string[], style: Style): string {
  const done = report.edits.length > 0
  const followed = report.suggestions.filter((one) => isFollowed(one, report))
  const open = report.suggestions.filter((one) => !isFollowed(one, report))
  const lines: string[] = []
  if (!done) lines.push(...said('Nothing to change: there is nothing that may go for certain.', style))
  else lines.push(...said(summary(report, style), style))
  for (const one of followed) lines.push(...reason(one, style))
  if (open.length > 0) lines.push('#', ...said('For you to decide (--include review):', style))
  for (const one of open) lines.push(...reason(one, style))
  if (report.leftAlone.length > 0) lines.push('#', ...said('Not touched:', style))
  for (const { path, because, at } of report.leftAlone.slice(0, mostLeft))
    lines.push(
      ...paragraph(
        '#   ',
        `${visiblePath(path)}: ${visiblePath(because)}${at === null || because.includes(`:${at.line}`) ? '' : ` (${placeText(at)})`}`,
        style,
      ),
    )
  const text = `${lines.map((line) => paint(style, 'dim', line)).join('\n')}\n`
  return patches.length === 0 ? text : `${text}\n${patches.map((patch) => colored(patch, style)).join('')}`
}

const mostLeft = 8

function isFollowed({ safety }: SuggestionReport, { edits, suggestions }: FixReport): boolean {
  return edits.length > 0 && (safety !== 'review' || suggestions.every((one) => one.safety === 'review'))
}

function summary({ edits, saves, applied }: FixReport, style: Style): string {
  const files = edits.map(({ file }) => visiblePath(file)).join(' and ')
  const less = saves.transfer.bytes > 0 ? saves.transfer : saves.context
  const what =
    less.bytes === 0
      ? ''
      : `: ${humanSize(less.bytes, style.units)} less${less === saves.transfer ? '' : ' in the context, which BuildKit does not send'}`
  return `${applied ? 'Changed' : 'To change'} ${files}${what}.`
}

const said = (text: string, style: Style): string[] => commented('', text, style)

/** A paragraph of which every line is a comment. */
const commented = (mark: string, text: string, style: Style): string[] =>
  paragraph(mark, text, { ...style, width: style.width - 2 }).map((line) => `# ${line}`)

function reason(
  { title, safety, because, savesTransfer, savesContext }: SuggestionReport,
  style: Style,
): string[] {
  const bytes = savesTransfer.bytes > 0 ? savesTransfer.bytes : savesContext.bytes
  const size = bytes === 0 ? '' : `  ${humanSize(bytes, style.units)}`
  return [`# - ${visiblePath(title)}${size}`, ...commented(`    ${safety}: `, visiblePath(because), style)]
}

function colored(patch: string, style: Style): string {
  if (!style.color) return shown(patch)
  return shown(patch)
    .split('\n')
    .map((line) =>
      line.startsWith('+')
        ? paint(style, 'green', line)
        : line.startsWith('-')
          ? paint(style, 'red', line)
          : line,
    )
    .join('\n')
}

/** Line by line without what could command a terminal; a tab and a carriage return belong to the text. */
const shown = (patch: string): string =>
  patch
    .split('\n')
    .map((line) => line.replace(/[^\t\r]+/g, visiblePath))
    .join('\n')
