/** `ctxsize fix` as text: the reason of each change, then the changes as one patch that `git apply` takes. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { FixReport, SuggestionReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { paint } from './paint.ts'
import { besideOpen, closing, paragraph, placeText } from './words.ts'

/** The patch of one file; null: no tool would take one for a file of that name. */
export interface Patch {
  readonly file: string
  readonly text: string | null
}

/**
 * Every line above the patches begins with `#`, so that the whole is one patch. `exact`: byte by byte, for who applies
 * it; otherwise what could command a terminal is made visible.
 */
export function fixText(
  report: FixReport,
  patches: readonly Patch[],
  { style, exact }: { readonly style: Style; readonly exact: boolean },
): string {
  const ids = new Set(report.followed)
  const followed = report.suggestions.filter(({ id }) => ids.has(id))
  const review = report.suggestions.filter(({ id, safety }) => !ids.has(id) && safety === 'review')
  const lines: string[] = []
  if (report.edits.length > 0) lines.push(...said(summary(report, style), style))
  else lines.push(...said(nothingText(report), style))
  for (const one of followed) lines.push(...reason(one, report, style))
  if (review.length > 0) lines.push('#', ...said('For you to decide (--include review):', style))
  for (const one of review) lines.push(...reason(one, report, style))
  if (report.leftAlone.length > 0) lines.push('#', ...said('Not touched:', style))
  for (const { path, because, at } of report.leftAlone.slice(0, mostLeft)) {
    const place = at === null || `${because} ${path}`.includes(`:${at.line}`) ? '' : ` (${placeText(at)})`
    lines.push(...commented('  ', `${visiblePath(path)}: ${visiblePath(because)}${place}`, style))
  }
  const closed = closing(report.open)
  if (report.open.length > 0)
    lines.push(
      '#',
      ...said('Nothing is called proven or safe, as there are builds that cannot be read:', style),
    )
  for (const { because, at } of report.open.slice(0, mostLeft))
    lines.push(...commented('  ', `${at === null ? '' : `${placeText(at)}: `}${visiblePath(because)}`, style))
  if (report.open.length > 0)
    lines.push(
      ...said(
        `Whoever knows what is built there lists it, or closes the place in ctxsize.config.yaml${closed === null ? '.' : `: ${closed}`}`,
        style,
      ),
    )
  for (const { file, text } of patches)
    if (text === null)
      lines.push(
        '#',
        ...said(`${visiblePath(file)} is in no patch, which could not name it; --write changes it.`, style),
      )
  const head = `${lines.map((line) => paint(style, 'dim', line)).join('\n')}\n`
  const texts = patches.flatMap(({ text }) => (text === null ? [] : [text]))
  if (texts.length === 0) return head
  return `${head}\n${texts.map((text) => colored(exact ? text : shown(text), style)).join('')}`
}

const mostLeft = 8

function nothingText({ suggestions, open }: FixReport): string {
  if (suggestions.length === 0 && open.length === 0) return 'Nothing to change.'
  return open.length > 0
    ? 'Nothing is changed: nothing could be proved.'
    : 'Nothing is changed: there is nothing that may go for certain.'
}

function summary({ edits, saves, applied }: FixReport, style: Style): string {
  const files = edits.map(({ file }) => visiblePath(file)).join(' and ')
  const { transfer, context } = saves
  const size = (bytes: number) => `${humanSize(bytes, style.units)} less`
  // Of several builds of one context the first has its own share of that.
  const isPart = size(transfer.bytes) !== size(context.bytes)
  const what =
    transfer.bytes > 0
      ? `: ${size(transfer.bytes)}${isPart ? ` to send, ${size(context.bytes)} in the context` : ''}`
      : context.bytes > 0
        ? `: ${size(context.bytes)} in the context, which BuildKit does not send`
        : ''
  return `${applied ? 'Changed' : 'To change'} ${files}${what}.`
}

const said = (text: string, style: Style): string[] => commented('', text, style)

/** A paragraph of which every line is a comment. */
const commented = (mark: string, text: string, style: Style): string[] =>
  paragraph(mark, text, { ...style, width: style.width - 2 }).map((line) => `# ${line}`)

function reason(one: SuggestionReport, { suggestions, open }: FixReport, style: Style): string[] {
  const { title, safety, because, savesTransfer, savesContext } = one
  const saved = savesTransfer.bytes > 0 ? savesTransfer.bytes : savesContext.bytes
  const bytes = isToldElsewhere(one, suggestions) ? 0 : saved
  const size = bytes === 0 ? '' : `  ${humanSize(bytes, style.units)}`
  return [
    `# - ${visiblePath(title)}${size}`,
    ...commented(`    ${safety}: `, visiblePath(besideOpen(because, open)), style),
  ]
}

/** True where a change of a Dockerfile saves only what lines save that are proposed by themselves, and that it needs. */
function isToldElsewhere(one: SuggestionReport, all: readonly SuggestionReport[]): boolean {
  if (one.speeds === null) return false
  const told = new Set(all.flatMap((other) => (other.speeds === null ? linesOf(other) : [])))
  return linesOf(one).every((line) => told.has(line))
}

/** Lines of ignore files. */
const linesOf = ({ edits }: SuggestionReport): readonly string[] =>
  edits.flatMap(({ file, adds }) =>
    /ignore$/.test(file) ? adds.filter((line) => line.trim() !== '' && !line.startsWith('#')) : [],
  )

function colored(patch: string, style: Style): string {
  if (!style.color) return patch
  return patch
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
export const shown = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/[^\t\r]+/g, visiblePath))
    .join('\n')
