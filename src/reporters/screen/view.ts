/** What the parts of the default screen look at, and what several of them must agree on. */

import type { Place, Problem } from '../../lib/source.ts'
import type { Amount, ContextReport, Finding, InstructionReport, Report, TargetReport } from '../../report.ts'
import type { Style } from '../style.ts'

export interface View {
  readonly report: Report
  readonly context: ContextReport
  /** The build as it was asked for. */
  readonly build: TargetReport | null
  /** The same, when it could be planned: null where the Dockerfile does not tell what is read. */
  readonly target: TargetReport | null
  readonly style: Style
  /** Why the build cannot succeed, each reason once; empty when it can. */
  readonly failures: readonly Remark[]
  /** What else should be known, in order of weight: of a rule one for each line, all with -v. */
  readonly remarks: readonly Remark[]
  /** How many more -v would add to them. */
  readonly held: number
  /** What the build takes that a clean checkout would not have; null where it is nothing, or is among the remarks. */
  readonly lacking: Finding | null
  /** It copies all of a context in git, and finds no file there that a clean checkout would not have. */
  readonly asInCheckout: boolean
  /** Something worth a table of changes is proposed. */
  readonly proposes: boolean
  /** Small, nothing to remark: a few lines say it all. */
  readonly clean: boolean
}

/** One thing to tell the user. `path` is the path of the context that it is about, null when there is none. */
export interface Remark {
  /** What found it: a rule, or the code of a problem; null for what an instruction says of itself. */
  readonly rule: string | null
  readonly place: Place | null
  readonly message: string
  readonly hint: string | null
  readonly path: string | null
}

/** Rules about what others get to read: told before all other warnings. */
const leaks: ReadonlySet<string> = new Set(['secret-ships', 'secret-printed', 'database-ships'])

const smallBytes = 10_000_000
const negligibleBytes = 100_000

export function viewOf(report: Report, context: ContextReport, style: Style): View {
  const build = context.targets[0] ?? null
  const target = build === null || build.stage === null ? null : build
  const fails = build?.buildFails ?? true
  const problems = report.problems.map(fromProblem)
  // Keys that ship are an error, but no reason why a build would fail.
  const isSecret = ({ rule }: Finding) => rule === 'secret-ships'
  const told = context.findings.filter(({ suppressed }) => suppressed === undefined)
  const isApart = (one: Finding) => isLacking(one) && !fails
  const lacking = told.find(isApart) ?? null
  const asInCheckout = context.inGit === true && copiesAll(target) && !context.findings.some(isOfCheckout)
  const findings = told.filter((one) => !isApart(one))
  const ofErrors = findings.filter(({ severity }) => severity === 'error')
  const errors = ofErrors.filter((one) => !isSecret(one)).map(fromFinding)
  const secrets = ofErrors.filter(isSecret).map(fromFinding)
  const others = [...findings]
    .sort((a, b) => Number(leaks.has(b.rule)) - Number(leaks.has(a.rule)))
    .filter(({ severity }) => severity !== 'error')
  // What is for information waits for -v.
  const warnings = others.filter(({ severity }) => severity === 'warning').map(fromFinding)
  const failures = fails ? distinct([...problems, ...errors, ...instructionFailures(target)]) : []
  const among = (rest: readonly Remark[], keyOf: (one: Remark) => string) => {
    const found = distinct(fails ? [...secrets, ...rest] : [...errors, ...secrets, ...rest], keyOf)
    return fails ? found : [...found, ...elsewhere(distinct(problems), found)]
  }
  const all = among(others.map(fromFinding), wordsOf)
  const remarks = style.verbose ? all : among(warnings, ruleAndLine)
  const held = all.length - remarks.length
  const view = { report, context, build, target, style, failures, remarks, held, lacking, asInCheckout }
  const clean = isClean(view)
  return { ...view, clean, proposes: !clean && context.suggestions.length > 0 }
}

/** What the leading builder takes of the main context: for the build that is told, or of several Dockerfiles for the one that asks for most. */
export function taken({ context: { context, targets }, target, style }: View): Amount {
  if (style.builder !== 'buildkit' || target === null) return context
  const isOne = new Set(targets.map(({ dockerfile }) => dockerfile)).size === 1
  return isOne && target.transfer.files > 0
    ? target.transfer
    : targets
        .map(({ transfer }) => transfer)
        .reduce((most, one) => (one.bytes > most.bytes ? one : most), target.transfer)
}

/** The instruction that reads most of the context; null when none reads any. */
export function widest(target: TargetReport): InstructionReport | null {
  let found: InstructionReport | null = null
  for (const one of target.instructions)
    if (one.from === null && one.takes.files > (found?.takes.files ?? 0)) found = one
  return found
}

/** True for an unread part that is worth a word: another builder would take it, and so may the next `COPY . .`. */
export function isUnreadLarge({ unread, context }: ContextReport): boolean {
  return unread.bytes > Math.max(negligibleBytes, context.bytes / 10)
}

function isClean({ context, target, failures, remarks }: Omit<View, 'clean' | 'proposes'>): boolean {
  return (
    target?.exact === true &&
    failures.length + remarks.length === 0 &&
    !context.suggestions.some(
      ({ saves, safety, speeds }) =>
        saves.bytes > (safety === 'review' ? negligibleBytes : 0) || (safety !== 'review' && speeds !== null),
    ) &&
    context.open.length === 0 &&
    context.context.bytes <= smallBytes &&
    !context.largest.some(
      ({ gitIgnored, transferred }) => gitIgnored && transferred.bytes > negligibleBytes,
    ) &&
    !isUnreadLarge(context)
  )
}

const isOfCheckout = ({ rule }: Finding): boolean => rule === 'not-in-checkout'

/** For information it has a line of its own on the screen. */
const isLacking = (one: Finding): boolean => isOfCheckout(one) && one.severity === 'info'

/** True where a COPY takes whatever there is. What a RUN is lent is nobody's finding, and nothing is said of it. */
function copiesAll(target: TargetReport | null): boolean {
  if (target === null || target.buildFails || !target.whole) return false
  const reads = target.instructions.filter(({ from, takes }) => from === null && takes.files > 0)
  return reads.length > 0 && reads.every(({ instruction }) => instruction !== 'RUN')
}

function fromProblem({ at, message, hint, code }: Problem): Remark {
  return { rule: code, place: at, message, hint, path: null }
}

function fromFinding({ rule, at, message, hint, data }: Finding): Remark {
  const path = data['path']
  return { rule, place: at, message, hint, path: typeof path === 'string' ? path : null }
}

function instructionFailures(target: TargetReport | null): Remark[] {
  if (target === null) return []
  return target.instructions.flatMap(({ line, problem, sources }) =>
    problem === null
      ? []
      : [
          {
            rule: null,
            place: { file: target.dockerfile, line },
            message: problem.message,
            hint: null,
            path: plain(sources[0]),
          },
        ],
  )
}

/** A source that names one path, so that `why` can be asked about it. */
function plain(source: string | undefined): string | null {
  return source === undefined || /[*?[\\]|:\/\//.test(source) ? null : source
}

/** What has no place is told apart by its words. */
const lineOf = ({ place, message }: Remark): string => (place ? `${place.file}\n${place.line}` : message)
const ruleAndLine = (one: Remark): string => `${one.rule}\n${lineOf(one)}`
const wordsOf = (one: Remark): string => `${lineOf(one)}\n${one.message}`

/** Those that stand on no line of the others. */
function elsewhere(remarks: readonly Remark[], others: readonly Remark[]): Remark[] {
  const taken = new Set(others.map(lineOf))
  return remarks.filter((one) => !taken.has(lineOf(one)))
}

/** The first of those with the same key: one for each line, unless another is given. */
function distinct(remarks: readonly Remark[], keyOf: (one: Remark) => string = lineOf): Remark[] {
  const seen = new Set<string>()
  const kept: Remark[] = []
  for (const remark of remarks) {
    const key = keyOf(remark)
    if (seen.has(key)) continue
    seen.add(key)
    kept.push(remark)
  }
  return kept
}
