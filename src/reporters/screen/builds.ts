/** `ctxsize builds` as text: a row for each build, then what could not be read. */

import { visiblePath } from '../../lib/path.ts'
import type { BuildsReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { type Cell, grid } from './grid.ts'
import { counted, paragraph, placeText } from './words.ts'

export function buildsText({ builds, open, problems }: BuildsReport, style: Style): string {
  const head: Cell[] = ['name', 'context', 'dockerfile', 'target', 'found in'].map((text) => ({
    text,
    tone: 'dim',
  }))
  const rows = builds.map(({ name, context, dockerfile, target, foundIn, guessed }): Cell[] => [
    name === null ? { text: '-', tone: 'dim' } : visiblePath(name),
    visiblePath(context),
    dockerfile === null ? { text: '(inline)', tone: 'dim' } : visiblePath(dockerfile),
    target === null ? { text: '-', tone: 'dim' } : visiblePath(target),
    { text: guessed ? '(by its name)' : placeText(foundIn), tone: 'dim' },
  ])
  const columns = [{}, { flexible: true }, { flexible: true }, {}, { flexible: true }] as const
  const told = [
    ...open.map(({ at, why }) => `${placeText(at)}: ${visiblePath(why)}`),
    // Without a build the problems are what the run ends with, on standard error.
    ...(builds.length === 0 ? [] : problems).map(({ at, message, hint }) => {
      const place = at === null ? '' : `${placeText(at)}: `
      return `${place}${visiblePath(message)}${hint === null ? '' : ` (${visiblePath(hint)})`}`
    }),
  ]
  const parts = [
    style.quiet
      ? [counted(builds.length, 'build')]
      : grid(rows.length === 0 ? [] : [head, ...rows], columns, style),
    told.flatMap((text) => paragraph('! ', text, style)),
  ]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}
