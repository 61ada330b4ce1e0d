/** `ctxsize history` as text: the headline, a strip for each instruction, who caused the losses, what would help. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { HistoryReport, HistoryStep, InstructionHistory, LossesReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { bar } from './bars.ts'
import { type Cell, grid, grids } from './grid.ts'
import { costText, dropsGit, gitReader, headline } from './history-words.ts'
import { paint, type Tone } from './paint.ts'
import { displayWidth, shorten } from './width.ts'
import { besideOneAnother, counted, foldedColumns, paragraph, placeText, shellWord } from './words.ts'

const mostCauses = 5
const mostReaders = 2
const mostSteps = 4
const mostUntracked = 3

export function historyText(report: HistoryReport, style: Style): string {
  if (style.quiet)
    return `${headline(report)
      .map((text) => paragraph('', text, style).join('\n'))
      .join('\n')}\n`
  const sections = [
    [...title(report, style), '', ...verdict(report, style)],
    strips(report, style),
    causes(report, style),
    help(report, style),
    remarks(report, style),
    next(report, style),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function title({ build, commits, shallow }: HistoryReport, style: Style): string[] {
  const what =
    build.target === null
      ? visiblePath(build.dockerfile)
      : `${visiblePath(build.dockerfile)} → ${visiblePath(build.target)}`
  const how = `${counted(commits, 'commit')} of the first-parent line${shallow ? ', where this shallow clone ends' : ''}`
  return besideOneAnother([what, how], style).map((line) => paint(style, 'dim', line))
}

function verdict(report: HistoryReport, style: Style): string[] {
  const [first = '', ...more] = headline(report)
  const isGood = first.startsWith('✓')
  const mark = first.slice(0, 2)
  return [
    ...paragraph(mark, first.slice(2), style).map((line) => paint(style, isGood ? 'green' : 'red', line)),
    ...more.flatMap((text) => paragraph('  ', text, style)),
    ...(costText(report) === null ? [] : paragraph('  ', costText(report) ?? '', style)),
  ]
}

/** `143`, `12–40` where only the builder can tell. */
const lostText = ({ lost, mayLose }: { readonly lost: number; readonly mayLose: number }): string =>
  mayLose > lost ? `${lost}–${mayLose}` : String(lost)

/** The instruction on one line. */
const textOf = ({ text }: InstructionHistory, columns: number): string =>
  shorten(visiblePath(text.replace(/\s+/g, ' ').trim()), columns)

const leastStrip = 12
/** Between a row and its strip. */
const stripGap = 3
/** Columns from which on what an instruction lost by itself has a column; below, it follows the instruction where it is another. */
const ownFrom = 72

function strips(report: HistoryReport, style: Style): string[] {
  const { instructions, commits } = report
  if (instructions.length === 0 || commits === 0) return []
  const hasFix = instructions.some(({ afterFix }) => afterFix !== null)
  const isWide = style.width >= ownFrom
  const heads = ['', '', 'lost', ...(isWide ? ['own'] : []), ...(hasFix ? ['fixed'] : []), '']
  const isMany = new Set(instructions.map(({ stage }) => stage)).size > 1
  const rows: Cell[][] = [heads.map((text): Cell => ({ text, tone: 'dim' }))]
  /** Whose strip stands beside each row. */
  const beside: (InstructionHistory | null)[] = [null]
  let stage: string | null = null
  for (const one of instructions) {
    if (isMany && one.stage !== stage) {
      const name = /^\d+$/.test(one.stage) ? `stage ${one.stage}` : visiblePath(one.stage)
      rows.push(['', { text: shorten(name, foldedColumns), tone: 'dim' }])
      beside.push(null)
    }
    stage = one.stage
    const fixed: Cell = one.afterFix === null ? '' : { text: lostText(one.afterFix), tone: better(one) }
    const text = textOf(one, foldedColumns)
    const own = one.instruction === 'RUN' && one.own === 0 ? '' : String(one.own)
    rows.push([
      String(one.line),
      isWide || own === '' || one.own === one.lost ? text : `${text} (own ${own})`,
      lostText(one),
      ...(isWide ? [own] : []),
      ...(hasFix ? [fixed] : []),
      '',
    ])
    beside.push(one)
  }
  const right = { align: 'right' } as const
  // An instruction is folded where there is no room for it, so that its strip stands beside it all the same.
  const least = Math.max(leastStrip, Math.floor(style.width / 5))
  const parts = grids(
    rows.map((row) => [row]),
    [right, { flexible: true }, right, ...(isWide ? [right] : []), ...(hasFix ? [right] : []), {}],
    { ...style, width: style.width - least - stripGap },
  )
  const used = Math.max(...parts.flat().map(plainWidth))
  const room = style.width - used - stripGap
  if (room < leastStrip) return parts.flat()
  const drawn = stripColumns(report, room)
  const head = drawn < 13 ? '' : `oldest${' '.repeat(drawn - 12)}newest`
  return parts.flatMap(([line = '', ...folded], i) => {
    const pad = ' '.repeat(used - plainWidth(line) + stripGap)
    const one = beside[i] ?? null
    if (i === 0) return head === '' ? line : line + pad + paint(style, 'dim', head)
    return one === null ? [line, ...folded] : [line + pad + strip(one, room), ...folded]
  })
}

const better = ({ afterFix, lost }: InstructionHistory): Tone =>
  (afterFix?.lost ?? lost) < lost ? 'green' : 'dim'

// What `paint` adds takes no columns.
const plainWidth = (line: string): number => displayWidth(line.replace(/\u001B\[[\d;]*m/g, ''))

const levels = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Commits that one column stands for. */
const stripStep = (recent: string, columns: number): number => Math.ceil(recent.length / columns)
const stripColumns = ({ instructions }: HistoryReport, columns: number): number => {
  const recent = instructions[0]?.recent ?? ''
  return Math.ceil(recent.length / Math.max(1, stripStep(recent, columns)))
}

/** One column for one commit or several; the higher, the more of them lost it. `░`: may have been lost. */
export function strip({ recent }: InstructionHistory, columns: number): string {
  const step = Math.max(1, stripStep(recent, columns))
  let text = ''
  // Whole columns to the right, where the newest are.
  for (let end = recent.length; end > 0; end -= step) {
    const some = [...recent.slice(Math.max(0, end - step), end)].filter((one) => one !== '-')
    const lost = some.filter((one) => one === 'o' || one === 'l').length
    const cell =
      some.length === 0
        ? ' '
        : lost > 0
          ? (levels[Math.max(1, Math.round((lost / some.length) * 8))] ?? '█')
          : some.includes('m')
            ? '░'
            : '·'
    text = cell + text
  }
  return text
}

/** For the instructions that lose most by themselves. */
function causes({ instructions }: HistoryReport, style: Style): string[] {
  const shown = instructions
    .filter(({ own, byPath }) => own > 0 && byPath.length > 0)
    .sort((a, b) => b.own - a.own)
    .slice(0, style.verbose ? undefined : mostReaders)
  return shown.flatMap((one, i) => {
    const listed = one.byPath.slice(0, style.verbose ? 20 : mostCauses)
    const most = listed[0]?.commits ?? 1
    const rows = listed.map(({ path, commits, only }): Cell[] => [
      visiblePath(path),
      String(commits),
      only === 0 ? '' : { text: `${only} alone`, tone: 'dim' },
      bar(commits / most, 14),
    ])
    const more = one.byPath.length - listed.length
    return [
      ...(i === 0 ? [] : ['']),
      ...paragraph('  ', `What changes for line ${one.line}, ${textOf(one, foldedColumns)}`, style),
      ...grid(rows, [{ flexible: true }, { align: 'right' }, {}, {}], {
        ...style,
        width: style.width - 2,
      }).map((line) => `  ${line}`),
      ...(more > 0 ? [paint(style, 'dim', `    … ${more} more`)] : []),
    ]
  })
}

/** The steps that change anything, the best marked. */
function help(report: HistoryReport, style: Style): string[] {
  const { steps, best, instructions } = report
  const useful = steps.flatMap((step, index) => {
    const before = steps[index - 1]?.together ?? instructions
    const after = effectOf(step.together, before, report)
    const effect =
      effectOf(step.alone, instructions, report) ??
      gitEffect(step, report) ??
      (after === null ? null : `after those above ${after}`)
    return effect === null ? [] : [{ step, index, effect }]
  })
  if (useful.length === 0) return []
  const rows = useful
    .slice(0, style.verbose ? undefined : mostSteps)
    .map(({ step, index, effect }): Cell[] => [
      index === best?.step ? { text: '→', tone: 'bold' } : '',
      visiblePath(step.title),
      effect,
      step.safety === 'review'
        ? { text: 'you decide', tone: 'yellow' }
        : { text: step.safety, tone: 'green' },
    ])
  return [
    ...paragraph('  ', 'What would help, each by itself (→ most)', style).map((line) =>
      paint(style, 'dim', line),
    ),
    ...grid(rows, [{}, { flexible: true }, { flexible: true }, {}], style),
  ]
}

/** Why a step helps that changes no count: until `.git` stays out, nothing that reads it is ever found. */
function gitEffect(step: HistoryStep, report: HistoryReport): string | null {
  const reader = dropsGit(step) ? gitReader(report) : null
  return reader && `line ${reader.line} can be found at all`
}

/** `npm ci 143 → 9`: the instruction that is helped most; null where none is. */
function effectOf(
  after: readonly (LossesReport | null)[],
  before: readonly (LossesReport | null)[],
  { instructions }: HistoryReport,
): string | null {
  let found: { readonly text: string; readonly gain: number } | null = null
  for (const [i, one] of instructions.entries()) {
    const [then, now] = [before[i], after[i]]
    if (!then || !now) continue
    const weight = one.installs !== null ? 1.5 : one.instruction === 'RUN' ? 1.2 : 1
    const gain = (then.lost - now.lost) * weight
    if (gain <= (found?.gain ?? 0)) continue
    found = {
      gain,
      text: `${one.installs ? visiblePath(one.installs) : textOf(one, foldedColumns)} ${then.lost} → ${now.lost}`,
    }
  }
  return found?.text ?? null
}

function remarks({ ci, untracked, notes }: HistoryReport, style: Style): string[] {
  const lines = notes.map((note) => paragraph('! ', visiblePath(note), style))
  const none = ci.filter(({ kept }) => !kept)
  const cold = none.filter(({ fresh }) => fresh)
  const told = cold.length > 0 ? cold : none
  const [first] = told
  if (first) {
    const where = `${placeText(first.at)}${told.length > 1 ? ` and ${told.length - 1} more` : ''}`
    const what =
      cold.length > 0
        ? `CI keeps no layer cache (${where}): what is said here holds on machines that keep theirs. There it takes`
        : `CI names no layer cache (${where}): it finds layers only where its machine keeps the builder. Elsewhere it takes`
    lines.push(
      paragraph('! ', what, style),
      first.advice
        .map((line) => `    ${visiblePath(line)}`)
        .flatMap((line) => paragraph('    ', line.trim(), style)),
    )
  }
  if (untracked.length > 0) {
    const named = untracked
      .slice(0, mostUntracked)
      .map(
        ({ path, type, bytes }) =>
          `${visiblePath(path)}${type === 'dir' ? '/' : ''} ${humanSize(bytes, style.units)}`,
      )
    const more = untracked.length - named.length
    lines.push(
      paragraph(
        '? ',
        `read but not tracked by git, so that it changes without a commit and is not counted: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
        style,
      ),
    )
  }
  return lines.map((some) => some.join('\n'))
}

function next({ instructions, best }: HistoryReport, style: Style): string[] {
  if (best === null || instructions.length === 0) return []
  const review = best.safety === 'review' ? ' --include review' : ''
  const { context, options } = style.again
  const at = [...options.map(shellWord), ...(context === '.' ? [] : [shellWord(context)])]
  const command = visiblePath(['→ ctxsize fix', ...at].join(' ') + review)
  const reason = 'the change as a diff'
  const told = paint(style, 'dim', reason)
  const bold = paint(style, 'bold', command)
  return displayWidth(command) + 3 + reason.length <= style.width
    ? [`${bold}   ${told}`]
    : [bold, `  ${told}`]
}
