/** What is wrong, wherever a report tells of it, as one list: for every format that lists it. */

import { visiblePath } from '../../lib/path.ts'
import type { Place, Problem } from '../../lib/source.ts'
import type {
  AssertionResult,
  BudgetResult,
  Confidence,
  ContextReport,
  Finding,
  Report,
  Severity,
  Suppression,
  TargetReport,
} from '../../report.ts'
import { assertionText, budgetDetail, budgetText } from '../screen/check-words.ts'
import { buildName, contextName } from '../screen/words.ts'
import { placeInContext, placeInDirectory, placeOfContext } from './place.ts'

export interface Issue {
  readonly kind: 'problem' | 'finding' | 'budget' | 'assertion'
  /** Of a finding its rule, of a problem its code; `budget-transfer`, `must-ship`, `never-ship`, `still-ships`. */
  readonly rule: string
  /** Of a finding the rule of the table, where that is wider; null elsewhere. */
  readonly family: string | null
  readonly severity: Severity
  readonly confidence: Confidence
  /** One sentence, safe to print. */
  readonly message: string
  /** What to do, safe to print; null when the message says it. */
  readonly hint: string | null
  /** Relative to the top of the repository, as it is on disk; null where no line of it is to blame. */
  readonly at: Place | null
  /** Where to tell it all the same. */
  readonly near: Place
  readonly bytes: number
  /** True when the build is certain to fail of it. */
  readonly fails: boolean
  /** Set for one that does not count. */
  readonly suppressed: Suppression | null
  /** What it is about, in words that stay the same when lines move and sizes change. */
  readonly subject: string
  /** UTF-16 code units with which the line is known to begin that are to be marked; 1 where nothing is known of them. */
  readonly width: number
}

/** Everything that is wrong, the worst first, each once; also what does not count. */
export function issuesOf(report: Report): readonly Issue[] {
  const found = report.contexts.flatMap((context) => [
    ...broken(report, context, { budgets: context.budgets ?? [], assertions: [], target: null }),
    ...context.targets.flatMap((target) =>
      broken(report, context, {
        budgets: target.budgets ?? [],
        assertions: target.assertions ?? [],
        target,
      }),
    ),
    ...context.findings.map((finding) => ofFinding(report, context, finding)),
  ])
  // Text that docker refuses is a finding of its context as well, with the place as the repository has it.
  const told = new Set(
    report.contexts.flatMap(({ findings }) => findings.map(({ rule, message }) => `${rule}\n${message}`)),
  )
  const problems = report.problems
    .filter(({ code, message }) => !told.has(`${code}\n${message}`))
    .map((problem) => ofProblem(report, problem))
  return distinct([...problems, ...found]).sort(worstFirst)
}

/** Those that count. */
export function countedIssues(report: Report): readonly Issue[] {
  return issuesOf(report).filter(({ suppressed }) => suppressed === null)
}

function ofFinding(report: Report, context: ContextReport, finding: Finding): Issue {
  const { rule, severity, confidence, message, hint, at, bytes, data, suppressed } = finding
  return {
    kind: 'finding',
    rule: ruleName(rule),
    family: finding.family ?? null,
    severity,
    confidence,
    message: visiblePath(message),
    hint: hint === null ? null : visiblePath(hint),
    at: at && placeInContext(report, context, at),
    near: placeOfContext(report, context),
    bytes,
    fails: data['fails'] === true,
    suppressed: suppressed ?? null,
    ...subjectOf(context, finding),
  }
}

/** As short as formats want it; a report of somebody else may hold anything. */
const ruleName = (rule: string): string => [...visiblePath(rule)].slice(0, 100).join('') || 'unnamed'

/** The text of the line, and the path; where there is neither, how the message begins, without its figures. */
function subjectOf(context: ContextReport, { at, message, data }: Finding): Pick<Issue, 'subject' | 'width'> {
  const path = typeof data['path'] === 'string' ? data['path'] : ''
  const line = at && lineOf(context, at)
  const text = line?.text ?? (path === '' ? withoutFigures(message) : '')
  return { subject: `${text}\n${path}`, width: Math.max(1, line?.width ?? 1) }
}

/** What the report knows of a line: a pattern, or an instruction, of which it may hold no more than the first word. */
function lineOf(
  { targets, ignoreFile, ignoreLines }: ContextReport,
  { file, line }: Place,
): { readonly text: string; readonly width: number } | null {
  if (file === ignoreFile) {
    const found = ignoreLines.find((one) => one.line === line)
    return found ? { text: found.pattern, width: found.pattern.length } : null
  }
  const instructions = targets.flatMap((target) => (target.dockerfile === file ? target.instructions : []))
  const found = instructions.find((one) => one.line === line)
  return found ? { text: found.text, width: found.instruction.length } : null
}

/** What a sentence is about; what comes after a colon changes with the tree. */
const withoutFigures = (message: string): string =>
  (message.split(': ', 1)[0] ?? '').replace(/\d[\d.,]*/g, '#')

function ofProblem(report: Report, { code, message, at, hint }: Problem): Issue {
  return {
    kind: 'problem',
    rule: ruleName(code),
    family: null,
    severity: 'error',
    confidence: 'high',
    message: visiblePath(message),
    hint: hint === null ? null : visiblePath(hint),
    at: at && placeInDirectory(report, at),
    near: placeOfContext(report, report.contexts[0] ?? null),
    bytes: 0,
    fails: true,
    suppressed: null,
    subject: withoutFigures(message),
    width: 1,
  }
}

interface Checks {
  readonly budgets: readonly BudgetResult[]
  readonly assertions: readonly AssertionResult[]
  /** The build that they are about; null: all of the context. */
  readonly target: TargetReport | null
}

function broken(report: Report, context: ContextReport, { budgets, assertions, target }: Checks): Issue[] {
  const about = target === null ? context.root : buildSubject(context, target)
  const one = {
    family: null,
    severity: 'error',
    confidence: 'high',
    near: placeOfContext(report, target === null ? context : { ...context, targets: [target] }),
    fails: false,
    suppressed: null,
    width: 1,
  } as const
  return [
    ...budgets
      .filter(({ ok }) => !ok)
      .map(
        (budget): Issue => ({
          ...one,
          kind: 'budget',
          rule: budgetRule(budget),
          message: `${budgetText(budget)}${ofBuild(report, context, target)}`,
          hint: budgetDetail(budget),
          at: budget.at && placeInDirectory(report, budget.at),
          bytes: budget.unit === 'bytes' ? budget.over : 0,
          subject: [about, budget.name, budget.path ?? '', budget.bound].join('\n'),
        }),
      ),
    ...assertions
      .filter(({ ok }) => !ok)
      .map(
        (result): Issue => ({
          ...one,
          kind: 'assertion',
          rule: assertionRule(result),
          message: `${assertionText(result)}${ofBuild(report, context, target)}`,
          hint: result.note === null ? null : visiblePath(result.note),
          at: causeOf(report, context, { result, target }),
          bytes: result.broken.bytes,
          subject: [about, result.pattern].join('\n'),
        }),
      ),
  ]
}

/** Where the first file that breaks it can be mended: the line that drops it, or the instruction that takes it. */
function causeOf(
  report: Report,
  context: ContextReport,
  { result, target }: { readonly result: AssertionResult; readonly target: TargetReport | null },
): Place | null {
  const [first] = result.paths
  const by = first?.reads[0]
  if (first?.decidedBy) return placeInContext(report, context, first.decidedBy)
  if (by && target) return placeInContext(report, context, { file: target.dockerfile, line: by.line })
  return result.at && placeInDirectory(report, result.at)
}

const budgetRule = ({ name }: BudgetResult): string =>
  `budget-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** `must-ship`. */
const assertionRule = ({ assertion }: AssertionResult): string =>
  assertion.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const buildSubject = ({ root }: ContextReport, { name, dockerfile, target }: TargetReport): string =>
  [root, name ?? '', dockerfile, target ?? ''].join('\n')

/** Which build is meant, where there are several: ` (api)`. */
function ofBuild({ contexts }: Report, context: ContextReport, target: TargetReport | null): string {
  if (contexts.length === 1 && (target === null || context.targets.length === 1)) return ''
  return ` (${target === null ? contextName(context) : buildName(context, target)})`
}

/** Builds that share a Dockerfile find the same in it. */
function distinct(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>()
  return issues.filter(({ rule, severity, at, near, message, suppressed }) => {
    const key = JSON.stringify([rule, severity, at ?? near, message, suppressed !== null])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const ranks = {
  severity: { error: 0, warning: 1, info: 2 },
  kind: { problem: 0, budget: 1, assertion: 2, finding: 3 },
  confidence: { high: 0, medium: 1, low: 2 },
} as const

/** What makes the build fail before what breaks a budget before the rest; what weighs the same by its place. */
function worstFirst(a: Issue, b: Issue): number {
  return (
    ranks.severity[a.severity] - ranks.severity[b.severity] ||
    Number(b.fails) - Number(a.fails) ||
    ranks.kind[a.kind] - ranks.kind[b.kind] ||
    ranks.confidence[a.confidence] - ranks.confidence[b.confidence] ||
    b.bytes - a.bytes ||
    byText(a.at?.file ?? '', b.at?.file ?? '') ||
    (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
    byText(a.message, b.message)
  )
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
