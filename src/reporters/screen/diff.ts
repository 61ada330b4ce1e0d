/** `ctxsize diff` as text: first what an image would miss, then what is sent now, what came, what went, what grew. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { DiffReport } from '../../report/diff.ts'
import { type Difference, nameOf } from '../diff/differences.ts'
import { filesOf, listed, type Told, tell } from '../diff/tell.ts'
import type { Style } from '../style.ts'
import { type Cell, grid } from './grid.ts'
import { paint, type Tone } from './paint.ts'
import { builderText, counted, paragraph, phrases, shellWord } from './words.ts'

const mostRows = 6
const mostBuilds = 8

export function diffText(report: DiffReport, style: Style): string {
  const told = tell(report, style)
  const lost = lostVerdict(told, style)
  const toned = (mark: string, tone: Tone, text: string) =>
    paragraph(mark, text, style).map((line) => paint(style, tone, line))
  const verdict = told.verdict.isGood
    ? toned('✓ ', 'green', told.verdict.text)
    : toned('', 'bold', told.verdict.text)
  const { warnings, same } = told.untracked
  const sections = style.quiet
    ? [[...lost, ...verdict]]
    : [
        header(report, told, style),
        told.lost === null ? [] : [...lost, ...table(told.lost.rows, report, style)],
        told.findings.flatMap(({ text, isError }) =>
          toned(isError ? '✗ ' : '! ', isError ? 'red' : 'yellow', text),
        ),
        [...verdict, ...builds(told, style)],
        ...told.sections.map(({ title, rows }) => [
          paint(style, 'bold', title),
          ...table(rows, report, style),
        ]),
        parts(told, style),
        [
          ...warnings.flatMap((text) => toned('! ', 'yellow', text)),
          ...(same === null ? [] : toned('', 'dim', same)),
        ],
        told.remarks.flatMap((text) => toned('? ', 'yellow', text)),
        next(report, style),
      ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function header({ targets, contexts }: DiffReport, { against }: Told, style: Style): string[] {
  const [only, ...others] = targets
  const what = only && others.length === 0 ? nameOf(only) : counted(targets.length, 'build')
  const [context] = contexts
  const where =
    others.length > 0 || !context || context.root === '.' ? [] : [`  ${visiblePath(context.root)}/`]
  return phrases('', [what, ...where, `  ${against}`, `  ${builderText(style.builder)}`], style).map((one) =>
    paint(style, 'dim', one),
  )
}

function lostVerdict({ lost }: Told, style: Style): string[] {
  if (lost === null) return []
  const [mark, tone] = lost.isError ? (['✗ ', 'red'] as const) : (['! ', 'yellow'] as const)
  return paragraph(mark, lost.text, style).map((line) => paint(style, tone, line))
}

function builds({ builds: all }: Told, style: Style): string[] {
  const shown = style.verbose ? all : all.slice(0, mostBuilds)
  const rest = all.slice(shown.length).reduce((sum, { names }) => sum + names.length, 0)
  const rows = shown.map(({ names, before, after, counts, isLost }): Cell[] => [
    listed(names, style.verbose),
    before,
    after === '' ? '' : `→ ${after}`,
    { text: counts, tone: isLost ? 'red' : 'dim' },
  ])
  return [
    ...grid(rows, [{ flexible: true, least: 12 }, { align: 'right' }, {}, { flexible: true }], style),
    ...(rest > 0 ? [`  … ${groupedCount(rest)} more with -v`] : []),
  ]
}

function table(own: readonly Difference[], { targets }: DiffReport, style: Style): string[] {
  const shown = style.verbose ? own : own.slice(0, mostRows)
  const lines = grid(
    shown.map((row): Cell[] => {
      // What holds for all of them needs no names.
      const who = row.builds.length < targets.length ? [listed(row.builds)] : []
      return [
        humanSize(row.bytes, style.units),
        row.files === 1 ? row.what : `${row.what} (${counted(row.files, 'file')})`,
        { text: [...who, ...(row.why === '' ? [] : [row.why])].join(': '), tone: 'dim' },
      ]
    }),
    [{ align: 'right', least: 7 }, { flexible: true }, { flexible: true }],
    style,
  )
  const rest = own.slice(shown.length)
  return rest.length === 0 ? lines : [...lines, `  … ${counted(filesOf(rest), 'file')} more with -v`]
}

function parts({ parts: all }: Told, style: Style): string[] {
  if (all.length === 0) return []
  const shown = style.verbose ? all : all.slice(0, mostRows)
  const rest = all.length - shown.length
  return [
    paint(style, 'bold', 'of the largest parts'),
    ...grid(
      shown.map(({ what, before, after }): Cell[] => [
        before === '' ? '…' : before,
        `→ ${after === '' ? '…' : after}`,
        what,
      ]),
      [{ align: 'right', least: 7 }, {}, { flexible: true }],
      style,
    ),
    ...(rest > 0 ? [`  … ${groupedCount(rest)} more with -v`] : []),
  ]
}

/** For the first file that is lost: all that is known of it. */
function next({ targets }: DiffReport, style: Style): string[] {
  const target = targets.find(({ left }) => left?.some((one) => one.lost && one.context === null))
  const path = target?.left?.find((one) => one.lost && one.context === null)?.path
  if (target === undefined || path === undefined || visiblePath(path) !== path) return []
  const { context, options } = style.again
  if (target.root !== '.' || (targets.length > 1 && options.length === 0)) return []
  const at = context === '.' ? [] : ['-C', shellWord(context)]
  const dashes = path.startsWith('-') ? ['--'] : []
  const command = ['ctxsize why', ...options.map(shellWord), ...at, ...dashes, shellWord(path)].join(' ')
  return [paint(style, 'bold', `→ ${command}`)]
}
