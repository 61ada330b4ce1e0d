/** `ctxsize report A B…` as text: a row a repository, and what they come to. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { RankedReport, RankingReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { type Cell, type Column, grid } from './grid.ts'
import { paint } from './paint.ts'
import { displayWidth } from './width.ts'
import { counted, paragraph } from './words.ts'

export function rankingText({ repositories }: RankingReport, style: Style): string {
  const verdict = paragraph('', rankingSentence(repositories, style), style).map((line) =>
    paint(style, 'bold', line),
  )
  if (style.quiet || repositories.length === 0) return `${verdict.join('\n')}\n`
  const all = rankingColumns(repositories, style)
  const columns = fitting(all, repositories, style)
  const head = ['repository', ...columns.map(({ title }) => title)].map(
    (text): Cell => ({ text, tone: 'dim' }),
  )
  const rows = repositories.map((one): Cell[] => [
    visiblePath(one.name),
    ...columns.map(({ text, isBad }): Cell => (isBad?.(one) ? { text: text(one), tone: 'red' } : text(one))),
  ])
  const shapes: readonly Column[] = [{ flexible: true }, ...columns.map((): Column => ({ align: 'right' }))]
  const left = all.length - columns.length
  const note = left === 0 ? [] : paragraph('', `${counted(left, 'column')} more with --format csv`, style)
  const told = [
    ...verdict,
    '',
    ...grid([head, ...rows], shapes, style),
    ...note.map((line) => paint(style, 'dim', line)),
  ]
  return `${told.join('\n')}\n`
}

/** Columns that go first where a terminal is too narrow for all; CSV has them whatever it is read on. */
const dispensable = [
  'unread',
  'builds',
  'context',
  'warnings',
  'broken',
  'transfer',
  'errors',
  'needless rebuilds',
]
const leastName = 14

function fitting(
  columns: readonly RankingColumn[],
  repositories: readonly RankedReport[],
  { width }: Style,
): readonly RankingColumn[] {
  const widthOf = ({ title, text }: RankingColumn): number =>
    Math.max(displayWidth(title), ...repositories.map((one) => displayWidth(text(one))))
  const isTooWide = (kept: readonly RankingColumn[]): boolean =>
    kept.reduce((sum, one) => sum + 2 + widthOf(one), leastName + 2) > width
  let kept = columns
  for (const title of dispensable) if (isTooWide(kept)) kept = kept.filter((one) => one.title !== title)
  return kept
}

/** `12 repositories, 41 builds: 8.41GB sent, 5.10GB of it or more may go; 3 files with credentials`. */
export function rankingSentence(repositories: readonly RankedReport[], style: Style): string {
  const sum = (weight: (one: RankedReport) => number) =>
    repositories.reduce((all, one) => all + weight(one), 0)
  const size = (bytes: number) => humanSize(bytes, style.units)
  const may = sum(({ safe }) => safe)
  const secrets = sum((one) => one.secrets)
  const failing = sum((one) => one.failing)
  return [
    `${counted(repositories.length, 'repository', 'repositories')}, ${counted(
      sum(({ builds }) => builds),
      'build',
    )}`,
    `: ${size(sum(({ bytes }) => bytes))} sent`,
    may > 0 ? `, ${size(may)} of it or more may go` : '',
    failing > 0 ? `; ${counted(failing, 'build')} cannot succeed` : '',
    secrets > 0 ? `; ${counted(secrets, 'file')} with credentials` : '',
  ].join('')
}

interface RankingColumn {
  readonly title: string
  readonly text: (one: RankedReport) => string
  readonly isBad?: (one: RankedReport) => boolean
}

/** Beside the name; what nothing is known of in any has no column. */
export function rankingColumns(
  repositories: readonly RankedReport[],
  style: Style,
): readonly RankingColumn[] {
  const size = (bytes: number) => humanSize(bytes, style.units)
  const number = (value: number) => (value === 0 ? '-' : groupedCount(value))
  const has = (what: (one: RankedReport) => boolean) => repositories.some(what)
  return [
    { title: 'builds', text: ({ builds }) => groupedCount(builds) },
    { title: 'sent', text: ({ bytes }) => size(bytes) },
    { title: 'context', text: ({ context }) => size(context.bytes) },
    ...(style.verbose || has(({ transfer, bytes }) => transfer.bytes !== bytes)
      ? [{ title: 'transfer', text: ({ transfer }: RankedReport) => size(transfer.bytes) }]
      : []),
    ...(style.verbose ? [{ title: 'unread', text: ({ unread }: RankedReport) => size(unread.bytes) }] : []),
    { title: 'may go', text: ({ safe }) => (safe === 0 ? '-' : size(safe)) },
    ...(has(({ rebuilds }) => rebuilds !== null)
      ? [
          {
            title: 'needless rebuilds',
            text: ({ rebuilds }: RankedReport) =>
              rebuilds === null
                ? ''
                : `${groupedCount(rebuilds.needless)} of ${groupedCount(rebuilds.commits)}`,
          },
        ]
      : []),
    { title: 'secrets', text: ({ secrets }) => number(secrets), isBad: ({ secrets }) => secrets > 0 },
    { title: 'errors', text: ({ errors }) => number(errors), isBad: ({ errors }) => errors > 0 },
    { title: 'warnings', text: ({ warnings }) => number(warnings) },
    ...(has(({ broken }) => broken > 0)
      ? [
          {
            title: 'broken',
            text: ({ broken }: RankedReport) => number(broken),
            isBad: ({ broken }: RankedReport) => broken > 0,
          },
        ]
      : []),
  ]
}
