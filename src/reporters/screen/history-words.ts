/** What the history comes to in a sentence, and the few lines of it that stand in the report of a build. */

import { visiblePath } from '../../lib/path.ts'
import type { HistoryReport, HistoryStep, TargetHistory } from '../../report.ts'
import type { Style } from '../style.ts'
import { type Cell, grid, grids } from './grid.ts'
import { paint } from './paint.ts'
import { shorten } from './width.ts'
import { counted, foldedColumns, instructionColumns, paragraph } from './words.ts'

type Told = TargetHistory['instructions'][number]

/** What ran again most: an install before another command before a copy; null where nothing was lost. */
function foremost({ instructions }: Pick<TargetHistory, 'instructions'>): Told | null {
  const rank = ({ installs, instruction }: Told) => (installs !== null ? 0 : instruction === 'RUN' ? 1 : 2)
  const [first] = instructions
    .filter(({ mayLose }) => mayLose > 0)
    .sort((a, b) => rank(a) - rank(b) || b.mayLose - a.mayLose || a.line - b.line)
  return first ?? null
}

/** Up to so many percent of commits is what an instruction of its kind has to lose. */
export const finePercent = 20

/** The verdict, `✓ ` or `✗ ` before it, and what follows from it. */
export function headline(report: HistoryReport): readonly string[] {
  const { commits, compared, best, instructions } = report
  const of = `of the last ${counted(commits, 'commit')}`
  if (compared === 0) return ['✓ There is no earlier commit to compare with.']
  const worst = foremost(report)
  if (worst === null) return [`✓ Nothing lost its cache in any ${of}.`]
  const mostOf = ({ lost, mayLose }: Told) => (lost > 0 ? lost : mayLose)
  const isFine = (one: Told) => mostOf(one) * 100 <= commits * finePercent
  // What reads .git is lost for nothing, however well an install before it does.
  const reader = isFine(worst) ? gitReader(report) : null
  const first =
    reader === null
      ? worst
      : (foremost({ instructions: instructions.filter(({ lost }) => lost >= reader.own) }) ?? reader)
  const name = visiblePath(first.installs ?? first.text.replace(/\s+/g, ' '))
  const verb = first.instruction === 'RUN' ? 'ran again' : 'was copied again'
  const may = first.lost > 0 ? '' : 'may have '
  const mark = isFine(first) ? '✓' : '✗'
  const told = `${mark} ${shorten(name, 50)} (line ${first.line}) ${may}${verb} in ${mostOf(first)} ${of}${causeOf(first, report)}.`
  const helped = best && instructions[best.instruction]
  if (!best || !helped) {
    const step = report.steps.find(dropsGit)
    const found = step === undefined ? null : gitReader(report)
    return step && found
      ? [told, `What helps: ${visiblePath(step.title)}. Then line ${found.line} can be found at all.`]
      : [told]
  }
  const what = visiblePath(helped.installs ?? helped.text.replace(/\s+/g, ' '))
  const subject = helped === first ? '' : `${shorten(what, 40)} `
  const decide = best.safety === 'review' ? ', which you have to decide' : ''
  return [
    told,
    `What helps most: ${visiblePath(best.title)}${decide}. Then ${subject || 'it is '}${best.after} instead of ${best.before}.`,
  ]
}

/** Who reads the repository's own directory, and so is never found as it was; null where nobody does. */
export const gitReader = ({ instructions }: Pick<TargetHistory, 'instructions'>): Told | null =>
  instructions.find(({ byPath }) => byPath.some(({ path }) => isGit(path))) ?? null

/** True for a step that keeps it out. */
export const dropsGit = ({ suggestions }: Pick<HistoryStep, 'suggestions'>): boolean =>
  suggestions.some((id) => /(?:^| )(?:\*\*\/)?\.git\/?(?: |$)/.test(id))

/** `, each time for package-lock.json`, `, 61 of them only for docs/`. */
function causeOf(first: Told, { instructions }: Pick<TargetHistory, 'instructions'>): string {
  const before = instructions.filter(({ stage, line }) => stage === first.stage && line <= first.line)
  const source = before.filter(({ own }) => own > 0)
  // Who lost it, when that was one instruction alone.
  const [only] = source.filter(({ own }) => own === first.lost)
  const [top] = only?.byPath ?? []
  if (!top || !only) return ''
  if (isGit(top.path)) return `: line ${only.line} reads .git`
  if (top.commits === only.own && only.byPath.length === 1) return `, each time for ${visiblePath(top.path)}`
  if (top.only > 0 && top.only * 4 >= only.own)
    return `, ${top.only} of them only for ${visiblePath(top.path)}`
  return ''
}

/** `4.1 hours over these commits, 12 minutes with ctxsize fix`; null where no time is known. */
export function costText({ cost }: HistoryReport): string | null {
  if (cost === null) return null
  if (cost.now === 0) return 'The log of --timings has no time for what was lost.'
  const fixed = cost.afterFix === null ? '' : `, ${duration(cost.afterFix)} with ctxsize fix`
  return `By the times of your build that took ${duration(cost.now)} in all${fixed}.`
}

function duration(seconds: number): string {
  if (seconds >= 3600) return `${(seconds / 3600).toFixed(1)} hours`
  return seconds >= 60 ? `${(seconds / 60).toFixed(1)} minutes` : `${seconds.toFixed(1)} seconds`
}

/** One sentence for a project that is in order: `npm ci ran in 9 of 150 commits, each time for package-lock.json`; null without an install. */
export function installSentence(report: TargetHistory): string | null {
  const first = foremost(report)
  if (first === null || first.installs === null || report.compared === 0) return null
  return `${visiblePath(first.installs)} ran in ${first.lost} of ${counted(report.commits, 'commit')}${causeOf(first, report)}`
}

const mostRows = 4
const mostSteps = 2

/**
 * The lines for the report of a build: now, and after each step that changes anything. `labelOf` gives a step (by its
 * suggestions) the number that it has elsewhere on the screen; null leaves it out.
 */
export function historyBlock(
  report: TargetHistory,
  style: Style,
  labelOf: (suggestions: readonly string[]) => number | null = () => null,
): string[] {
  const { instructions, commits, compared } = report
  if (compared === 0 || instructions.every(({ mayLose }) => mayLose === 0)) return []
  const labels = report.steps.map(({ suggestions }) => labelOf(suggestions))
  const steps = report.steps.flatMap((step, i) => {
    const before = i === 0 ? instructions : (report.steps[i - 1]?.together ?? [])
    const isFelt = step.together.some((after, j) => after !== null && after.lost < (before[j]?.lost ?? 0))
    const label = labels[i] ?? null
    const followed = labels.slice(0, i + 1).filter((one) => one !== null)
    return isFelt && label !== null && step.safety !== 'review' ? [{ step, followed }] : []
  })
  // Where not all have room, the first of them and where all of them lead.
  const shown = [...steps.slice(0, mostSteps - 1), ...steps.slice(mostSteps - 1).slice(-1)]
  const head: Cell[] = [
    '',
    `Last ${counted(commits, 'commit')}`,
    'now',
    ...shown.map(({ followed }) => `after ${numbersText(followed)}`),
  ].map((text) => ({ text, tone: 'dim' }))
  // What is told: the installs and what loses most.
  const ranked = [...instructions]
    .filter(({ lost }) => lost > 0)
    .sort(
      (a, b) =>
        Number(b.installs !== null) - Number(a.installs !== null) || b.lost - a.lost || a.line - b.line,
    )
    .slice(0, mostRows)
    .sort((a, b) => instructions.indexOf(a) - instructions.indexOf(b))
  const isNarrow = style.width < 72
  const rows = ranked.map((one): Cell[] => [
    String(one.line),
    shorten(
      visiblePath(one.text.replace(/\s+/g, ' ')),
      isNarrow ? foldedColumns : instructionColumns(26, style),
    ),
    `${one.instruction === 'RUN' ? 'ran' : 'lost'} ${one.lost}`,
    ...shown.map(({ step }) => String(step.together[instructions.indexOf(one)]?.lost ?? '')),
  ])
  const right = { align: 'right' } as const
  const columns = [right, {}, right, ...shown.map(() => right)]
  const reasons = ranked.map((one) => reasonOf(one, compared))
  if (!isNarrow)
    return grid(
      [head, ...rows.map((row, i): Cell[] => [...row, { text: reasons[i] ?? '', tone: 'dim' }])],
      [...columns, { flexible: true }],
      style,
    )
  // Below its instruction a reason has room, and nothing else has to go for it.
  const indent = ' '.repeat(4 + Math.max(...ranked.map(({ line }) => String(line).length)))
  const parts = grids(
    [head, ...rows].map((row) => [row]),
    [right, { flexible: true }, ...columns.slice(2)],
    style,
  )
  return parts.flatMap((lines, i) => [
    ...lines,
    ...(reasons[i - 1] ? paragraph(indent, reasons[i - 1] ?? '', style) : []).map((text) =>
      paint(style, 'dim', text),
    ),
  ])
}

/** `1`, `1+2`, `1-3`: all that are followed, felt or not. */
function numbersText(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b)
  const [first = 0] = sorted
  const last = sorted.at(-1) ?? first
  return sorted.length > 2 && last - first === sorted.length - 1 ? `${first}-${last}` : sorted.join('+')
}

/** True for the repository's own directory among the causes. */
export const isGit = (path: string): boolean => /(?:^|[/:])\.git\/$/.test(path)

/** What it reads that changed; how often, where that is not each time it was lost. */
function reasonOf({ byPath, own, lost }: Told, compared: number): string {
  const [top] = byPath
  if (!top || own === 0) return ''
  if (isGit(top.path)) return `.git: ${own} of ${compared} times`
  return top.commits === own && own === lost
    ? visiblePath(top.path)
    : `${visiblePath(top.path)} ${top.commits}`
}
