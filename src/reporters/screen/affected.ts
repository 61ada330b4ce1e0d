/** `ctxsize affected` as text: the builds that a change touches, and by which paths; or a matrix for a workflow. */

import { visiblePath } from '../../lib/path.ts'
import type { AffectedBuild, AffectedReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { type Cell, grid } from './grid.ts'
import { paint } from './paint.ts'
import { counted, paragraph, placeText } from './words.ts'

const mostPaths = 3

/** `matrix`: one line of JSON with an `include` list, as `strategy.matrix` takes it; empty where nothing is touched. */
export function affectedText(report: AffectedReport, matrix: boolean, style: Style): string {
  if (matrix) {
    const include = report.builds.map(({ name, context, dockerfile, target }) => ({
      name: name ?? [context, dockerfile, target].filter((part) => part !== null && part !== '.').join(' '),
      context,
      dockerfile,
      target,
    }))
    return `${JSON.stringify({ include })}\n`
  }
  const rows = report.builds.map((build): Cell[] => [
    build.name === null ? '-' : visiblePath(build.name),
    visiblePath(build.context),
    build.dockerfile === null ? '(inline)' : visiblePath(build.dockerfile),
    build.target === null ? '-' : visiblePath(build.target),
    { text: causeText(build), tone: 'dim' },
  ])
  const head: Cell[] = ['name', 'context', 'dockerfile', 'target', 'because of'].map((text) => ({
    text,
    tone: 'dim',
  }))
  const count = `${report.builds.length} of ${counted(report.all, 'build')} read something that changed in the commits since ${visiblePath(report.since)}.`
  const lines = [
    ...paragraph('', count, style),
    ...(rows.length === 0
      ? []
      : grid(
          [head, ...rows],
          [{ flexible: true }, { flexible: true }, { flexible: true }, {}, { flexible: true }],
          style,
        )),
    ...report.open.flatMap(({ at, why }) =>
      paragraph('? ', `${placeText(at)}  ${visiblePath(why)}: it may be touched too`, style).map((line) =>
        paint(style, 'yellow', line),
      ),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function causeText({ paths, because }: AffectedBuild): string {
  if (because !== null) return visiblePath(because)
  const named = paths.slice(0, mostPaths).map(({ path }) => visiblePath(path))
  return paths.length > mostPaths
    ? `${named.join(', ')} and ${paths.length - mostPaths} more`
    : named.join(', ')
}
