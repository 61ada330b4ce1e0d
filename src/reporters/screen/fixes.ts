/** What to change, the best first, with what it saves; and what was left alone, as a refusal is a reason to trust the rest. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { SuggestionReport } from '../../report.ts'
import { type Cell, grid } from './grid.ts'
import { paint } from './paint.ts'
import { taken, type View } from './view.ts'
import { paragraph, placeText } from './words.ts'

const mostFixes = 4
const mostLeft = 3

/** A line of the table: one suggestion, or all lines of the ignore file that may go in without a question. */
export interface Fix {
  readonly title: string
  readonly saves: number
  readonly safety: string
  readonly speeds: string | null
}

/** The fixes in the order in which they are told. */
export function fixesOf({ context, style }: View): readonly Fix[] {
  const { suggestions, ignoreFile } = context
  const isPlain = ({ safety, speeds, edits }: SuggestionReport) =>
    safety !== 'review' && speeds === null && edits.every((edit) => edit.removes.length === 0)
  const plain = suggestions.filter(isPlain)
  const lines = plain.flatMap(({ edits }) =>
    edits.flatMap(({ adds }) => adds.filter((line) => line !== '' && !line.startsWith('#'))),
  )
  const name = visiblePath(ignoreFile ?? '.dockerignore')
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`
  const merged: Fix[] =
    plain.length === 0
      ? []
      : [
          {
            title: ignoreFile === null ? `write ${name}, ${count}` : `add ${count} to ${name}`,
            saves: plain.reduce((sum, { saves }) => sum + saves.bytes, 0),
            safety: plain.every(({ safety }) => safety === 'proven') ? 'proven' : 'safe',
            speeds: null,
          },
        ]
  const rest = suggestions
    .filter((one) => !isPlain(one))
    .map(
      (one): Fix => ({
        title: visiblePath(one.title),
        saves: one.saves.bytes,
        safety: one.safety === 'review' ? 'you decide' : one.safety,
        speeds: one.speeds?.text ?? null,
      }),
    )
  void style
  return [...merged, ...rest]
}

export function fixes(view: View): string[] {
  const { context, style } = view
  const all = fixesOf(view)
  const shown = style.verbose ? all : all.slice(0, mostFixes)
  const lines: string[] = []
  if (shown.length > 0) {
    let left = taken(view).bytes
    const head: Cell[] = ['', 'fix', 'sends', 'safety'].map((text) => ({ text, tone: 'dim' }))
    const rows = shown.map((fix, i): Cell[] => {
      const before = left
      left -= fix.saves
      const size = `${humanSize(before, style.units)} → ${humanSize(left, style.units)}`
      const what =
        fix.saves > 0 ? size : fix.speeds === null ? 'as before' : `${visiblePath(fix.speeds)} stays cached`
      return [
        String(i + 1),
        fix.title,
        what,
        { text: fix.safety, tone: fix.safety === 'you decide' ? 'yellow' : 'green' },
      ]
    })
    lines.push(
      ...grid([head, ...rows], [{ align: 'right' }, { flexible: true }, { flexible: true }, {}], style),
    )
    if (shown.length < all.length)
      lines.push(paint(style, 'dim', `     … ${all.length - shown.length} more: ctxsize fix`))
  }
  const kept = context.leftAlone.filter(({ path }) => path !== '')
  if (kept.length > 0) {
    const texts = kept
      .slice(0, style.verbose ? kept.length : mostLeft)
      .map(
        ({ path, because, at }) =>
          `${visiblePath(path)} (${visiblePath(because)}${at === null || because.includes(`:${at.line}`) ? '' : `, ${placeText(at)}`})`,
      )
    const more = kept.length > texts.length ? `, and ${kept.length - texts.length} more` : ''
    lines.push(...paragraph('  ', `Not touched: ${texts.join('; ')}${more}.`, style))
  }
  return lines
}
