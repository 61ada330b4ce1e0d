/** The screen of a repository with many images: grouped by the context they share, each with what it sends. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { ContextReport, Finding, InstructionReport, Report, TargetReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { bar } from './bars.ts'
import { fixes, fixesOf, heldBack, openLines } from './fixes.ts'
import { type Cell, type Column, grids } from './grid.ts'
import { paint } from './paint.ts'
import { firstCause, fixCourse, rebuildsVerdict, rebuiltCommits } from './rebuilds.ts'
import { suppressedLine } from './remarks.ts'
import { viewOf } from './view.ts'
import { displayWidth } from './width.ts'
import {
  builderText,
  contextName,
  counted,
  instructionColumns,
  paragraph,
  phrases,
  placeText,
  shellWord,
  shortInstruction,
  whyFails,
} from './words.ts'

const mostTargets = 8
/** In which builds are written down; `ctxsize builds` names all. */
const mostFiles = 6
const mostFailures = 4
const mostRemarks = 4
const barColumns = 10
const widthOfBars = 72

/** True for what one screen of one image cannot tell: several contexts, or several Dockerfiles of one. */
export function isMany({ contexts }: Report): boolean {
  const [first] = contexts
  return contexts.length > 1 || new Set(first?.targets.map(({ dockerfile }) => dockerfile)).size > 1
}

export function manyScreen(report: Report, style: Style): string {
  const parts = [
    header(report, style),
    [...rebuildsVerdict(report, style), ...failures(report, style)],
    tables(report, style),
    remarks(report, style),
    proposals(report, style),
    [...open(report, style), ...fetched(report, style)],
    next(style),
  ]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

/** `12 images, 4 contexts   compose.yaml (8)  docker-bake.hcl (3)   BuildKit`. */
function header({ contexts }: Report, style: Style): string[] {
  const targets = contexts.flatMap((context) => context.targets)
  const files = new Map<string, number>()
  for (const { foundIn } of targets) {
    const file = foundIn === null ? 'by file name' : visiblePath(foundIn.file)
    files.set(file, (files.get(file) ?? 0) + 1)
  }
  const all = [...files].sort(([, a], [, b]) => b - a).map(([file, count]) => `${file} (${count})`)
  const found = style.verbose || all.length <= mostFiles ? all : all.slice(0, mostFiles - 1)
  if (found.length < all.length) found.push(`${all.length - found.length} more files`)
  const text = `${counted(targets.length, 'build')} in ${counted(contexts.length, 'context')}   ${found.join('  ')}   ${builderText(style.builder)}`
  return paragraph('', text, style).map((line) => paint(style, 'dim', line))
}

const nameOf = ({ name, dockerfile, target }: TargetReport): string =>
  visiblePath(name ?? dockerfile) + (name === null && target !== null ? ` → ${visiblePath(target)}` : '')

function failures({ contexts, problems }: Report, style: Style): string[] {
  const failing = contexts.flatMap(({ targets, findings }) =>
    targets
      .filter(({ buildFails }) => buildFails)
      .map((target) => `${nameOf(target)} cannot build: ${whyFails({ findings }, target)}`),
  )
  const missing = problems.map(({ message, at }) => `${at ? `${placeText(at)}: ` : ''}${message}`)
  const all = [...new Set([...failing, ...missing])]
  const shown = style.verbose ? all : all.slice(0, mostFailures)
  const lines = shown.flatMap((text) =>
    paragraph('✗ ', visiblePath(text), style).map((line) => paint(style, 'red', line)),
  )
  return shown.length < all.length ? [...lines, `  … ${all.length - shown.length} more with -v`] : lines
}

/** One table, so that its columns stand under one another; a context's line above its builds. */
function tables({ contexts }: Report, style: Style): string[] {
  const isReplayed = contexts.some(({ targets }) => targets.some(({ history }) => history !== undefined))
  // Where there is room for one of them, it is for words.
  const bars = style.width < widthOfBars ? 0 : barColumns
  const { head, row, columns } = isReplayed ? rebuiltTable(bars) : sentTable(contexts, bars)
  const shown = contexts.map((context) => ({ context, ...shownTargets(context, style) }))
  const parts = grids(
    shown.map(({ context, shown }, i) => [
      ...(i === 0 ? [head.map((text): Cell => ({ text, tone: 'dim' }))] : []),
      ...shown.map((target) => row(context, target, style)),
    ]),
    columns,
    style,
  )
  // The names of the columns stand above all that they are of.
  const [first = []] = parts
  return [
    ...first.slice(0, 1),
    ...shown.flatMap(({ context, more }, i) => [
      ...contextLine(context, style),
      ...(parts[i] ?? []).slice(i === 0 ? 1 : 0),
      ...more,
    ]),
  ]
}

interface BuildTable {
  readonly head: readonly string[]
  readonly row: (context: ContextReport, target: TargetReport, style: Style) => readonly Cell[]
  readonly columns: readonly Column[]
}

const right = (least: number): Column => ({ align: 'right', least })
const barCell = (share: number, bars: number): readonly Cell[] =>
  bars > 0 ? [{ text: bar(share, bars), tone: 'cyan' }] : []

/** What each build sends. */
function sentTable(contexts: readonly ContextReport[], bars: number): BuildTable {
  const most = Math.max(
    1,
    ...contexts.flatMap(({ targets }) => targets.map(({ transfer }) => transfer.bytes)),
  )
  return {
    head: ['', 'sends', 'files', ...(bars > 0 ? [''] : []), 'most of it by'],
    row: (context, target, style) => {
      const { bytes, files } = sentBy(context, target, style)
      return [
        nameOf(target),
        sendsCell(context, target, style),
        groupedCount(files),
        ...barCell(bytes / most, bars),
        { text: widestText(target, style), tone: 'dim' },
      ]
    },
    columns: [
      { flexible: true, least: 14 },
      right(6),
      right(6),
      ...(bars > 0 ? [{ least: bars }] : []),
      { flexible: true },
    ],
  }
}

/** How often commits rebuild each image, instead of how many files it takes. */
function rebuiltTable(bars: number): BuildTable {
  return {
    head: ['', 'sends', 'rebuilt', ...(bars > 0 ? [''] : []), 'safe', 'all', 'first cause'],
    row: (context, target, style) => {
      const { history } = target
      const { now, safe, all } = history ? rebuiltCommits(history) : { now: null, safe: null, all: null }
      const cell = (after: number | null): Cell =>
        after === null ? '' : { text: String(after), tone: now !== null && after < now ? 'green' : 'dim' }
      return [
        nameOf(target),
        sendsCell(context, target, style),
        String(now ?? ''),
        ...barCell((now ?? 0) / Math.max(1, history?.compared ?? 1), bars),
        cell(safe),
        cell(all),
        { text: history ? firstCause(history) : widestText(target, style), tone: 'dim' },
      ]
    },
    columns: [
      { flexible: true, least: 14 },
      right(6),
      right(7),
      ...(bars > 0 ? [{ least: bars }] : []),
      right(4),
      right(4),
      { flexible: true },
    ],
  }
}

const contextLine = (context: ContextReport, style: Style): string[] =>
  phrases('', contextTexts(context, style), style).map((line) => paint(style, 'bold', line))

const sendsCell = (context: ContextReport, target: TargetReport, style: Style): Cell =>
  target.buildFails
    ? { text: 'fails', tone: 'red' }
    : humanSize(sentBy(context, target, style).bytes, style.units)

/** Those that send most, and a line for the rest. */
function shownTargets({ targets }: ContextReport, style: Style) {
  const sorted = distinct(targets).sort((a, b) => b.transfer.bytes - a.transfer.bytes)
  const shown = style.verbose ? sorted : sorted.slice(0, mostTargets)
  const rest = sorted.length - shown.length
  return { shown, more: rest > 0 ? [`  … ${rest} more with -v`] : [] }
}

/** A build that differs from another in its platform or an argument, and in nothing that is shown, is told once. */
function distinct(targets: readonly TargetReport[]): TargetReport[] {
  const seen = new Map(
    targets.map((one) => [
      `${nameOf(one)} ${one.buildFails} ${one.transfer.files} ${one.transfer.bytes}`,
      one,
    ]),
  )
  return [...seen.values()]
}

const sentBy = (context: ContextReport, { transfer }: TargetReport, style: Style) =>
  style.builder === 'buildkit' ? transfer : context.context

/** Blanks before a text set it apart from the one before, where both fit a line. */
function contextTexts(
  { root, ignoreFile, ignorePatterns, ignoreLines, targets, context, unread }: ContextReport,
  style: Style,
): string[] {
  const idle = ignoreLines.filter((line) => line.idle).length
  const ignore =
    ignoreFile === null
      ? 'no .dockerignore'
      : `${visiblePath(ignoreFile)} (${counted(ignorePatterns, 'line')}${idle > 0 ? `, ${idle} ${idle === 1 ? 'does' : 'do'} nothing` : ''})`
  const shared = targets.length > 1 ? `${targets.length} builds share ` : ''
  const rest = unread.bytes > 0 ? `, ${humanSize(unread.bytes, style.units)} read by none` : ''
  return [
    contextName({ root }),
    `  ${shared}${humanSize(context.bytes, style.units)} in ${counted(context.files, 'file')}${rest}`,
    `  ${ignore}`,
  ]
}

/** The instruction that takes most, and where: `COPY . . :9`. */
function widestText(target: TargetReport, style: Style): string {
  let widest: InstructionReport | null = null
  for (const one of target.instructions)
    if (one.from === null && one.takes.bytes > (widest?.takes.bytes ?? -1)) widest = one
  if (!target.requested || widest === null) return 'asks for nothing'
  return `${shortInstruction(widest, instructionColumns(24, style))} :${widest.line}`
}

function remarks({ contexts }: Report, style: Style): string[] {
  const rank = { error: 0, warning: 1, info: 2 }
  const told = contexts.flatMap(({ root, findings }) =>
    findings
      .filter(
        ({ severity, data, suppressed }) =>
          !suppressed && data['fails'] !== true && (severity !== 'info' || style.verbose),
      )
      .map((finding) => ({ root, finding })),
  )
  const sorted = told.sort((a, b) => rank[a.finding.severity] - rank[b.finding.severity])
  const shown = style.verbose ? sorted : sorted.slice(0, mostRemarks)
  const lines = shown.flatMap(({ root, finding }) =>
    paragraph('! ', `${placeIn(root, finding)}${visiblePath(finding.message)}`, style).map((line) =>
      paint(style, 'yellow', line),
    ),
  )
  return [
    ...lines,
    ...(shown.length < sorted.length ? [`  … ${sorted.length - shown.length} more with -v`] : []),
    ...suppressedLine(contexts, style),
  ]
}

const placeIn = (root: string, { at }: Finding): string =>
  at === null ? '' : `${root === '.' ? '' : `${visiblePath(root)}/`}${placeText(at)}  `

/** The fixes of each context that has any, under its name. */
function proposals(report: Report, style: Style): string[] {
  const course = fixCourse(report)
  return report.contexts.flatMap((context) => {
    const view = viewOf(report, context, style)
    // What is merely kept out before it comes is not worth a screen of its own.
    const isWorth = fixesOf(view).some(({ suggestions }) => suggestions.some(({ guard }) => !guard))
    const lines = isWorth || style.verbose ? fixes(view, { course: (shown) => course(context, shown) }) : []
    if (lines.length === 0) return []
    return report.contexts.length === 1 ? lines : [contextName(context), ...lines]
  })
}

function open({ contexts }: Report, style: Style): string[] {
  // Places are named from the directory that was asked about, whatever context they are told for.
  const told = new Map(
    contexts.flatMap(({ root, open }) =>
      open.map(({ because, at }) => {
        const file = at === null ? '' : fromRoot(root, at.file)
        return [`${file}:${at?.line}`, { because, at: at && { file, line: at.line } }] as const
      }),
    ),
  )
  const certain = contexts.reduce((sum, one) => sum + heldBack(one), 0)
  return openLines([...told.values()], certain, { failures: [], style })
}

/** A context that docker gets from elsewhere; no ignore file of this tree is read for it. */
function fetched({ fetched: builds = [] }: Report, style: Style): string[] {
  return builds.flatMap(({ name, context, foundIn }) => {
    const what = context.startsWith('#') ? 'a checkout of its own' : visiblePath(context)
    const called = name === null ? '' : `${visiblePath(name)}: `
    const text = `${placeText(foundIn)}  ${called}docker fetches ${what}; not measured`
    return paragraph('? ', text, style).map((line) => paint(style, 'dim', line))
  })
}

function fromRoot(root: string, file: string): string {
  const parts = root === '.' ? [] : root.split('/')
  for (const part of file.split('/'))
    if (part === '..' && parts.length > 0) parts.pop()
    else parts.push(part)
  return parts.join('/')
}

function next(style: Style): string[] {
  const { context } = style.again
  const at = context === '.' ? '' : ` ${shellWord(context)}`
  const commands = [
    [`ctxsize fix${at}`, 'the changes, and the reason of each'],
    [`ctxsize builds${at}`, 'where each build is written down'],
    [`ctxsize affected --since HEAD~1${at}`, 'which of them a commit touches'],
  ] as const
  const columns = Math.max(...commands.map(([command]) => displayWidth(command)))
  return commands.map(([command, why], i) => {
    const line = `${i === 0 ? '→' : ' '} ${command}`
    const rest = `${' '.repeat(columns - displayWidth(command))}   ${why}`
    // A command is never broken; what it is for can be left out.
    const fits = columns + 5 + displayWidth(why) <= style.width
    return paint(style, 'bold', line) + (fits ? paint(style, 'dim', rest) : '')
  })
}
