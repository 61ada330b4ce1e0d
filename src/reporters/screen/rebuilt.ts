/** `ctxsize why --rebuilt` as text: the first causes, then what follows from them. */

import { groupedBy } from '../../lib/grouped.ts'
import { visiblePath } from '../../lib/path.ts'
import type { ChangedInput, RebuiltBuild, RebuiltReport } from '../../report/rebuilt.ts'
import type { Style } from '../style.ts'
import { paint } from './paint.ts'
import { shorten } from './width.ts'
import { counted, paragraph } from './words.ts'

const mostChanges = 5

export function rebuiltText({ others, ...leading }: RebuiltReport, style: Style): string {
  const all = [leading, ...others]
  const isOne = others.length === 0
  const told = all.filter((one) => isOne || one.instructions.some(isCause))
  const same = all.length - told.length
  const alike = groupedBy(told, ({ instructions }) => JSON.stringify(instructions.filter(isCause)))
  const lines = [
    ...[...alike.values()].flatMap((group) => [
      ...(isOne
        ? []
        : paragraph('', group.map(nameOf).join(', '), style).map((line) => paint(style, 'bold', line))),
      ...buildLines(group, style),
    ]),
    ...(same === 0 ? [] : paragraph('', unchangedText(same, all.length), style)),
    ...[...new Set(all.flatMap(({ notes }) => notes))].flatMap((note) =>
      paragraph('! ', visiblePath(note), style),
    ),
  ]
  return `${lines.join('\n')}\n`
}

const isCause = ({ state }: RebuiltBuild['instructions'][number]): boolean =>
  state === 'changed' || state === 'new'

function nameOf({ name, build: { dockerfile, target } }: RebuiltBuild): string {
  return (
    visiblePath(name ?? dockerfile) + (name === null && target !== null ? ` → ${visiblePath(target)}` : '')
  )
}

const unchangedText = (same: number, all: number): string =>
  same === all
    ? `Nothing that an instruction of these ${all} builds reads has changed since it was remembered.`
    : `Nothing that the ${same === 1 ? 'other build reads' : `other ${same} builds read`} has changed since it was remembered.`

/** Of builds with the same causes; what follows from them is told where it is the same in all. */
function buildLines(
  [{ instructions }, ...more]: readonly [RebuiltBuild, ...RebuiltBuild[]],
  style: Style,
): string[] {
  type Told = RebuiltBuild['instructions'][number]
  const name = ({ text, line }: Told) =>
    `${shorten(visiblePath(text.replace(/\s+/g, ' ')), 40)} (line ${line})`
  const inState = (all: readonly Told[], wanted: Told['state']) =>
    all.filter(({ state }) => state === wanted).map(name)
  const causes = instructions.filter(isCause)
  const lines = causes.flatMap((one) => paragraph('', `${name(one)}: ${causeText(one, style)}`, style))
  if (causes.length === 0)
    lines.push(
      ...paragraph('', 'Nothing that an instruction reads has changed since it was remembered.', style),
    )
  for (const [state, head, tail] of consequences) {
    const [own, ...rest] = [instructions, ...more.map((one) => one.instructions)].map((all) =>
      inState(all, state),
    )
    const shared = (own ?? []).filter((one) => rest.every((other) => other.includes(one)))
    const differs = [own ?? [], ...rest].some(({ length }) => length > shared.length)
    const texts = differs ? [...shared, 'and what differs from build to build'] : shared
    if (texts.length > 0) lines.push(...paragraph(head, `${texts.join(', ')}${tail}`, style))
  }
  return lines
}

const consequences = [
  ['follows', '  then again: ', ''],
  ['mayFollow', '  and perhaps: ', ': if the stage made other files'],
] as const

function causeText({ state, changes, changed }: RebuiltBuild['instructions'][number], style: Style): string {
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
