/** Failures and other remarks, each with its place and what to do. */

import { visiblePath } from '../../lib/path.ts'
import type { ContextReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { paint } from './paint.ts'
import type { Remark, View } from './view.ts'
import { counted, paragraph, placeText } from './words.ts'

const mostRemarks = 4
/** Beside a table of changes, which is what to do. */
const fewRemarks = 2
/** Beside one, longer hints wait for -v. */
const longHint = 160

/** Where and what of each failure; the message of a single one is in the verdict already. */
export function failureList({ failures, style }: View): string[] {
  const single = failures.length === 1
  return failures.flatMap((failure) => {
    const place = failure.place === null ? '' : placeText(failure.place)
    const text = single
      ? place
      : [place, visiblePath(failure.message)].filter((part) => part !== '').join('  ')
    return [...(text === '' ? [] : paragraph('  ', text, style)), ...hintLines(failure, '    ', style)]
  })
}

/**
 * What is not wrong enough to fail: notes on the figures first, for they qualify all others. No rule is left out: where there
 * is no more room, its first remark is told without the hint.
 */
export function remarkList({ remarks, held, clean, target, proposes, style, context }: View): string[] {
  const inexact = (target?.inexact ?? []).map((reason) => `The figures are not exact: ${visiblePath(reason)}`)
  const isShort = proposes && !style.verbose
  const room = style.verbose ? remarks.length : isShort ? fewRemarks : mostRemarks
  const rules = new Set(remarks.slice(0, room).map(({ rule }) => rule))
  const shown = remarks.filter(({ rule }, i) => i < room || rules.size < rules.add(rule).size)
  const lines = inexact.flatMap((text) => marked(text, style))
  for (const [i, remark] of shown.entries()) {
    const place = remark.place === null ? '' : `${placeText(remark.place)}  `
    const isBrief = i >= room || (isShort && (remark.hint ?? '').length > longHint)
    lines.push(
      ...marked(place + visiblePath(remark.message), style),
      ...(isBrief ? [] : hintLines(remark, '  ', style)),
    )
  }
  // A project with nothing to mend is not told that there is more to read.
  const more = remarks.length - shown.length + (clean ? 0 : held)
  if (more > 0)
    lines.push(shown.length > 0 ? `  … ${more} more with -v` : `  ${counted(more, 'remark')} with -v`)
  return [...lines, ...suppressedLine([context], style)]
}

/** How many findings somebody wants to be silent about; none: no line. */
export function suppressedLine(contexts: readonly ContextReport[], style: Style): string[] {
  const count = contexts.flatMap(({ findings }) => findings.filter(({ suppressed }) => suppressed)).length
  return count === 0
    ? []
    : paragraph('  ', `${counted(count, 'finding')} suppressed by comments or the configuration`, style)
}

function marked(text: string, style: Style): string[] {
  return paragraph('! ', text, style).map((line) => paint(style, 'yellow', line))
}

function hintLines({ hint }: Remark, indent: string, style: Style): string[] {
  return hint === null
    ? []
    : paragraph(indent, visiblePath(hint), style).map((line) => paint(style, 'dim', line))
}
