/** The screen of `ctxsize check`: what is broken, by how much and by whom, in the units that the limits are written in. */

import { groupedCount, roomFor } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import type {
  AssertionResult,
  BudgetPart,
  BudgetResult,
  ContextReport,
  Finding,
  Report,
  Severity,
} from '../../report.ts'
import type { Style } from '../style.ts'
import { assertionName, brokenPath, budgetAmount, budgetName, budgetNumber } from './check-words.ts'
import { type Cell, grid } from './grid.ts'
import { commandText, isTypable, stepLines, whyText } from './next.ts'
import { paint } from './paint.ts'
import { suppressedLine } from './remarks.ts'
import { buildName, contextName, counted, paragraph, placeText } from './words.ts'

const mostHolding = 12
const mostPaths = 6
const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 }

/** What is checked together: a context with what its builds share, or one build. */
interface Subject {
  /** Null where there is only one build. */
  readonly name: string | null
  readonly budgets: readonly BudgetResult[]
  readonly assertions: readonly AssertionResult[]
  readonly findings: readonly Finding[]
}

export function checkScreen(report: Report, style: Style): string {
  const subjects = subjectsOf(report)
  const parts = [
    verdict(report, subjects, style),
    ...(style.quiet
      ? []
      : [
          ...brokenParts(subjects, style),
          holding(subjects, style),
          others(report, style),
          nextStep(report, subjects, style),
        ]),
  ]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

function subjectsOf(report: Report): readonly Subject[] {
  const isOne = report.contexts.flatMap(({ targets }) => targets).length === 1
  return report.contexts.flatMap((context) => {
    const { targets, budgets = [], findings } = context
    const failing = findings.filter((finding) => fails(report, finding))
    // Of one directory there are two contexts where a Dockerfile has an ignore file of its own.
    const isOnly = report.contexts.every((one) => one === context || one.root !== context.root)
    const name = isOnly ? contextName(context) : `${contextName(context)} (${ignoreText(context)})`
    const shared: Subject = { name, budgets, assertions: [], findings: failing }
    const own = targets.map(
      (target): Subject => ({
        name: buildName(context, target),
        budgets: target.budgets ?? [],
        assertions: target.assertions ?? [],
        findings: [],
      }),
    )
    const [first] = own
    if (!isOne || !first) return [shared, ...own]
    return [{ ...shared, name: null, budgets: [...budgets, ...first.budgets], assertions: first.assertions }]
  })
}

const fails = ({ failOn = 'error' }: Report, { severity, suppressed }: Finding): boolean =>
  failOn !== 'never' && !suppressed && rank[severity] <= rank[failOn]

const ignoreText = ({ ignoreFile }: ContextReport): string =>
  ignoreFile === null ? 'no ignore file' : visiblePath(ignoreFile)

function verdict({ passed, failOn, problems }: Report, subjects: readonly Subject[], style: Style): string[] {
  const checks = subjects.flatMap(({ budgets, assertions }) => [...budgets, ...assertions])
  const isOpen = (one: BudgetResult | AssertionResult): boolean =>
    'unavailable' in one && one.unavailable !== null
  const bad = checks.filter((one) => !one.ok && !isOpen(one)).length
  const open = checks.filter(isOpen).length
  const found = subjects.flatMap(({ findings }) => findings).length
  const said = [
    ...(bad > 0 ? [`${bad} of ${counted(checks.length, 'check')} ${bad === 1 ? 'is' : 'are'} broken`] : []),
    ...(found > 0 ? [foundText(found, failOn)] : []),
    ...(open > 0 ? [`${counted(open, 'check')} cannot be made`] : []),
    ...(problems.length > open ? ['not everything could be looked at'] : []),
  ]
  if (passed === true) {
    const text =
      checks.length === 0
        ? 'Nothing is found that must not be.'
        : checks.length === 1
          ? 'The check holds.'
          : `All ${checks.length} checks hold.`
    return paragraph('✓ ', text, style).map((line) => paint(style, 'green', line))
  }
  return paragraph('✗ ', `${said.join('; ')}.`, style).map((line) => paint(style, 'red', line))
}

const foundText = (count: number, failOn: Report['failOn']): string =>
  failOn === 'warning' || failOn === 'info'
    ? `${counted(count, 'finding')} from ${failOn} on`
    : counted(count, 'error')

/** What is broken in each; builds of which just the same is to be said stand together. */
function brokenParts(subjects: readonly Subject[], style: Style): string[][] {
  const told = new Map<string, (string | null)[]>()
  for (const { name, budgets, assertions, findings } of subjects) {
    const lines = [
      ...budgets.filter(({ ok }) => !ok).flatMap((one) => budgetLines(one, style)),
      ...assertions.filter(({ ok }) => !ok).flatMap((one) => assertionLines(one, style)),
      ...findings.flatMap((one) => findingLines(one, style)),
    ]
    if (lines.length > 0) told.set(lines.join('\n'), [...(told.get(lines.join('\n')) ?? []), name])
  }
  return [...told].map(([lines, names]) => {
    const named = names.filter((name) => name !== null)
    const heads = named.length === 0 ? [] : paragraph('', named.join(', '), style)
    return [...heads.map((line) => paint(style, 'bold', line)), lines]
  })
}

const noteText = ({ note }: BudgetResult): string => (note === null ? '' : ` (${visiblePath(note)})`)

const from = (at: Place | null): string => (at === null ? '' : ` of ${placeText(at)}`)

function budgetLines(budget: BudgetResult, style: Style): string[] {
  const { bound, actual, over, written, at, unavailable, parts } = budget
  const name = budgetName(budget)
  const mark = paint(style, 'red', '✗')
  if (actual === null)
    return paragraph('  ? ', `${name}: cannot be told: ${visiblePath(unavailable ?? '')}`, style).map(
      (line) => paint(style, 'yellow', line),
    )
  const limit = `the ${visiblePath(written)}${from(at)}`
  const amount = budgetAmount(budget, actual)
  const beyond = budgetNumber(budget, over)
  const side = bound === 'max' ? `${beyond} over ${limit}` : `${beyond} short of ${limit}`
  const about = parts.length > 0 ? '' : noteText(budget)
  const [first = '', ...more] = paragraph('  ✗ ', `${name}: ${amount}, ${side}${about}`, style)
  return [first.replace('✗', mark), ...more, ...partLines(budget, parts, style)]
}

function partLines(budget: BudgetResult, parts: readonly BudgetPart[], style: Style): string[] {
  const rows = parts.map(({ path, type, files, bytes, newFiles }): Cell[] => [
    budget.unit === 'files' ? groupedCount(files) : budgetNumber(budget, bytes),
    visiblePath(path) + (type === 'dir' ? '/' : ''),
    [
      ...(type === 'dir' && budget.unit === 'bytes' ? [counted(files, 'file')] : []),
      ...(newFiles === null || newFiles === 0
        ? []
        : [
            newFiles === files
              ? 'not in the last commit'
              : `${groupedCount(newFiles)} not in the last commit`,
          ]),
    ].join(', '),
  ])
  return grid(rows, [{ align: 'right' }, { flexible: true }, { flexible: true }], {
    ...style,
    width: style.width - 4,
  }).map((line) => `    ${line}`)
}

function assertionLines(result: AssertionResult, style: Style): string[] {
  const { paths, broken: all, at, note } = result
  const place = at === null ? '' : ` (${placeText(at)})`
  const count = Math.max(all.files, paths.length)
  const [first = '', ...more] = paragraph('  ✗ ', `${assertionName(result)}${place}`, style)
  const shown = style.verbose ? paths : paths.slice(0, mostPaths)
  return [
    first.replace('✗', paint(style, 'red', '✗')),
    ...more,
    ...shown.flatMap((path) => paragraph('      ', brokenPath(path), style)),
    ...(shown.length < count ? [`      … ${groupedCount(count - shown.length)} more`] : []),
    ...noteLines(note, style),
  ]
}

const noteLines = (note: string | null, style: Style): string[] =>
  note === null ? [] : paragraph('      ', visiblePath(note), style).map((line) => paint(style, 'dim', line))

const outcomes = {
  mustShip: 'all ship',
  neverShip: 'none ships',
  stillShips: 'nothing of it is lost',
} as const

function findingLines({ rule, severity, at, message, hint }: Finding, style: Style): string[] {
  const place = at === null ? '' : `${placeText(at)}  `
  const [first = '', ...more] = paragraph('  ✗ ', `${place}${visiblePath(message)}`, style)
  return [
    first.replace('✗', paint(style, 'red', '✗')),
    ...more,
    ...(hint === null ? [] : paragraph('      ', visiblePath(hint), style)).map((line) =>
      paint(style, 'dim', line),
    ),
    paint(style, 'dim', `      ${severity} ${visiblePath(rule)}`),
  ]
}

/** What holds, with how much room is left; what is the same for several builds once. */
function holding(subjects: readonly Subject[], style: Style): string[] {
  const told = new Map<string, { readonly cells: readonly string[]; readonly names: (string | null)[] }>()
  const notes = new Set<string>()
  const tell = (name: string | null, cells: readonly string[]): void => {
    const key = JSON.stringify(cells)
    const same = told.get(key)
    if (same === undefined) told.set(key, { cells, names: [name] })
    else same.names.push(name)
  }
  for (const { name, budgets, assertions } of subjects) {
    for (const one of budgets.filter(({ ok }) => ok)) {
      const bound = one.bound === 'max' ? 'of at most' : 'of at least'
      const isMissing = one.name === 'directories' && one.note !== null
      if (isMissing)
        notes.add(`${budgetName(one)}: ${one.note}${one.at === null ? '' : ` (${placeText(one.at)})`}`)
      tell(name, [
        budgetName(one),
        budgetNumber(one, one.actual ?? 0),
        `${bound} ${visiblePath(one.written)}${isMissing ? '' : noteText(one)}`,
      ])
    }
    for (const { ok, pattern, kept, assertion, note } of assertions)
      if (ok) {
        if (note !== null) notes.add(`${visiblePath(pattern)}: ${visiblePath(note)}`)
        tell(name, [visiblePath(pattern), counted(kept.files, 'file'), outcomes[assertion]])
      }
  }
  const rows = [...told.values()].map(({ cells: [check = '', ...more], names }): Cell[] => [
    `✓ ${subjectText(names)}${check}`,
    ...more,
  ])
  const shown = style.verbose ? rows : rows.slice(0, mostHolding)
  return [
    ...grid(shown, [{ flexible: true }, { align: 'right' }, { flexible: true }], style),
    ...(shown.length < rows.length ? [`  … ${rows.length - shown.length} more hold (-v)`] : []),
    ...[...notes].flatMap((note) => paragraph('! ', note, style)).map((line) => paint(style, 'yellow', line)),
  ]
}

function subjectText(names: readonly (string | null)[]): string {
  const [first = null] = names
  if (names.length > 2) return `${names.length} builds: `
  return first === null ? '' : `${names.join(', ')}: `
}

/** Findings that fail nothing, and what was not looked at. */
function others(report: Report, style: Style): string[] {
  const rest = report.contexts.flatMap(({ findings }) =>
    findings.filter((one) => !one.suppressed && !fails(report, one)),
  )
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = rest.filter((one) => one.severity === severity).length
    return count === 0 ? [] : [severity === 'info' ? `${count} info` : counted(count, severity)]
  })
  const fail = rest.length === 1 ? 'fails' : 'fail'
  return [
    ...(counts.length === 0
      ? []
      : paragraph('  ', `besides: ${counts.join(', ')}, which ${fail} nothing`, style)),
    ...suppressedLine(report.contexts, style),
  ]
}

/** The line that dropped what must ship, what could go, or how to get a budget. */
function nextStep(report: Report, subjects: readonly Subject[], style: Style): string[] {
  const assertions = subjects.flatMap((one) => one.assertions)
  const size = report.contexts[0]?.targets[0]?.transfer.bytes ?? 0
  const isUnlimited = assertions.length === 0 && subjects.every(({ budgets }) => budgets.length === 0)
  if (isUnlimited && report.problems.length === 0)
    return [
      ...paragraph('  ', 'There is no budget and no assertion yet: only what is found is checked.', style),
      ...paragraph(
        '  ',
        `One for now: ${commandText(style, `check --max-transfer ${roomFor(size)}`)}`,
        style,
      ),
      '',
      ...stepLines(
        { command: commandText(style, 'init --write'), reason: 'a configuration, to keep it so' },
        style,
      ),
    ]
  const isHere = report.contexts.every(({ root }) => root === '.')
  const dropped = assertions
    .flatMap(({ paths }) => paths)
    .find(({ because, path }) => because === 'ignored' && isTypable(path))
  if (dropped && isHere)
    return stepLines({ command: whyText(style, dropped.path), reason: 'what would let it in' }, style)
  const isTooMuch = subjects.some(({ budgets }) => budgets.some(({ ok, bound }) => !ok && bound === 'max'))
  return stepLines(
    isTooMuch
      ? { command: commandText(style, 'fix'), reason: 'what may go, and why' }
      : { command: commandText(style, ''), reason: 'what it is made of, and all that is found' },
    style,
  )
}
