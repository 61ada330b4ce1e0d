/** `ctxsize why` as text: what becomes of a path, which line decided, who reads it, what would change it. */

import { humanSize } from '../../lib/amount.ts'
import { unreachable } from '../../lib/errors.ts'
import { visiblePath } from '../../lib/path.ts'
import type { PathReport, WhyReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { paint } from './paint.ts'
import { displayWidth } from './width.ts'
import { instructionText, paragraph, placeText } from './words.ts'

export function whyText(report: WhyReport, style: Style): string {
  return report.paths.map((path) => `${about(path, style).join('\n')}\n`).join('\n')
}

function about(path: PathReport, style: Style): string[] {
  const kind = !path.exists
    ? 'not there; this is what would hold if it were'
    : [path.type === 'dir' ? 'directory' : (path.type ?? 'entry'), ...sizeOf(path, style)].join(', ')
  const shown = visiblePath(path.path)
  const head = paint(style, 'bold', shown)
  // A path stays in one piece, whatever its length, so that it can be copied.
  const lines =
    displayWidth(shown) + kind.length + 4 <= style.width
      ? [`${head}  ${paint(style, 'dim', `(${kind})`)}`]
      : [head, ...paragraph('  ', `(${kind})`, style).map((line) => paint(style, 'dim', line))]
  const add = (label: string, text: string): void => {
    lines.push(...paragraph(`  ${label.padEnd(12)}`, text, style))
  }
  add('fate', `${path.exists ? '' : 'would be '}${fateText(path)}`)
  for (const [i, match] of path.matches.entries()) {
    const isDeciding = match.line === path.decidedBy?.line && match.file === path.decidedBy.file
    const via = match.matched === path.path ? '' : `  matches ${visiblePath(match.matched)}`
    const effect = match.negated ? 'lets in' : 'drops'
    add(
      i === 0 ? 'matched by' : '',
      `${placeText(match)}  ${visiblePath(match.pattern)}  ${effect}${via}${isDeciding ? '  ← decides' : ''}`,
    )
  }
  if (path.matches.length === 0 && path.fate !== 'outside') add('matched by', 'no line of the ignore file')
  for (const [i, read] of path.reads.entries()) add(i === 0 ? 'read by' : '', readerText(read))
  if (path.reads.length === 0 && path.fate !== 'outside') add('read by', 'no instruction')
  for (const [i, read] of path.wantedBy.entries()) add(i === 0 ? 'wanted by' : '', readerText(read))
  if (path.change !== null) add('to change', changeText(path.change))
  for (const note of path.notes) add('note', visiblePath(note))
  return lines
}

function readerText(read: PathReport['reads'][number]): string {
  return `${placeText(read)}  ${instructionText(read, Number.POSITIVE_INFINITY)}  (stage ${visiblePath(read.stage)})`
}

function sizeOf({ type, size }: PathReport, style: Style): string[] {
  return size === null || type === 'dir' ? [] : [humanSize(size, style.units)]
}

function fateText({ fate, decidedBy, droppedParent }: PathReport): string {
  const line = decidedBy === null ? '' : ` by ${placeText(decidedBy)} ${visiblePath(decidedBy.pattern)}`
  switch (fate) {
    case 'outside':
      return 'outside the context: no builder can see it'
    case 'ignored':
      return droppedParent === null
        ? `ignored${line}`
        : `ignored with its directory ${visiblePath(droppedParent)}/${line}`
    case 'read':
      return decidedBy?.negated
        ? `let in${line}, and read by the build`
        : 'in the context, and read by the build'
    case 'transferred':
      return 'in the context and asked for by BuildKit, though no instruction reads it'
    case 'unread':
      return `${line === '' ? 'in the context' : `let in${line}`}, but no instruction reads it: BuildKit leaves it, the classic builder takes it`
    default:
      return unreachable(fate)
  }
}

function changeText({ file, add, remove, effect }: NonNullable<PathReport['change']>): string {
  const name = visiblePath(file)
  const how = [
    ...(add === null ? [] : [`the line ${visiblePath(add)} as the last of ${name}`]),
    ...(remove === null ? [] : [`removing line ${remove} of ${name}`]),
  ].join(', and ')
  return `${how} ${visiblePath(effect)}`
}
