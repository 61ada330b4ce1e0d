/** `ctxsize why --rebuilt` as text: the first causes, then what follows from them. */

import { visiblePath } from '../../lib/path.ts'
import type { ChangedInput, RebuiltReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { shorten } from './width.ts'
import { counted, paragraph } from './words.ts'

const mostChanges = 5

export function rebuiltText({ instructions, notes }: RebuiltReport, style: Style): string {
  type Told = (typeof instructions)[number]
  const name = ({ text, line }: Told) =>
    `${shorten(visiblePath(text.replace(/\s+/g, ' ')), 40)} (line ${line})`
  const causes = instructions.filter(({ state }) => state === 'changed' || state === 'new')
  const lines = causes.flatMap((one) => paragraph('', `${name(one)}: ${causeText(one, style)}`, style))
  if (causes.length === 0)
    lines.push(
      ...paragraph('', 'Nothing that an instruction reads has changed since it was remembered.', style),
    )
  const follow = instructions.filter(({ state }) => state === 'follows')
  const may = instructions.filter(({ state }) => state === 'mayFollow')
  if (follow.length > 0) lines.push(...paragraph('  then again: ', follow.map(name).join(', '), style))
  if (may.length > 0)
    lines.push(
      ...paragraph('  and perhaps: ', `${may.map(name).join(', ')}: if the stage made other files`, style),
    )
  lines.push(...notes.flatMap((note) => paragraph('! ', note, style)))
  return `${lines.join('\n')}\n`
}

function causeText({ state, changes, changed }: RebuiltReport['instructions'][number], style: Style): string {
  if (state === 'new') return 'was not there, or was written in another way'
  const shown = changed.slice(0, style.verbose ? undefined : mostChanges)
  const more = changes > shown.length ? ` and ${changes - shown.length} more` : ''
  const isAbout = changed.some(({ type }) => type === 'dir')
  const what = !isAbout
    ? counted(changes, 'file')
    : changed.every(({ type }) => type === 'dir')
      ? `${changes} ${changes === 1 ? 'directory' : 'directories'}`
      : `${changes} files and directories`
  return `${what}: ${shown.map(changeText).join(', ')}${more}`
}

function changeText({ context, path, type, change, modes, fromUmask }: ChangedInput): string {
  const shown = visiblePath(`${context === null ? '' : `${context}:`}${path}${type === 'dir' ? '/' : ''}`)
  switch (change) {
    case 'changed':
      return `${shown} changed`
    case 'new':
      return `${shown} is new`
    case 'gone':
      return `${shown} is gone`
    case 'kind':
      return `${shown} is something else now`
    default:
      return `${shown} mode ${modes?.join(' → ')}${fromUmask ? ' (umask?)' : ''}`
  }
}
