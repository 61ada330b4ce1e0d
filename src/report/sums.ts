/** What a report comes to in a few numbers, for tables with a line for each of many. */

import type { Amount, BuilderName, ContextReport } from '../report.ts'

/** Each context counted once, each build by itself. */
export interface ReportSums {
  readonly builds: number
  /** Builds that cannot succeed. */
  readonly failing: number
  /** Bytes that the leading builder takes, of all builds. */
  readonly bytes: number
  readonly context: Amount
  readonly transfer: Amount
  readonly unread: Amount
  /** Bytes less that the leading builder would take with all that is proven or safe. */
  readonly safe: number
  /** Of builds whose history is known; null where it is of none. */
  readonly rebuilds: {
    /** Commits that were compared. */
    readonly commits: number
    /** After how many of them something was built again. */
    readonly now: number
    /** After how many of these nothing would be, with what is proven or safe. */
    readonly needless: number
  } | null
  /** Files with credentials that leave the machine. */
  readonly secrets: number
  /** Findings that count. */
  readonly errors: number
  readonly warnings: number
  /** Budgets and assertions that are broken. */
  readonly broken: number
}

/** Of contexts of a report. */
export function sumsOfContexts(contexts: readonly ContextReport[], builder: BuilderName): ReportSums {
  const targets = contexts.flatMap((context) => context.targets)
  const findings = contexts.flatMap((context) => context.findings).filter(({ suppressed }) => !suppressed)
  const transfer = total(targets.map((target) => target.transfer))
  const checks = [
    ...contexts.flatMap(({ budgets = [] }) => budgets),
    ...targets.flatMap(({ budgets = [], assertions = [] }) => [...budgets, ...assertions]),
  ]
  return {
    builds: targets.length,
    failing: targets.filter(({ buildFails }) => buildFails).length,
    bytes:
      builder === 'buildkit'
        ? transfer.bytes
        : sum(contexts.map(({ context, targets }) => context.bytes * targets.length)),
    context: total(contexts.map(({ context }) => context)),
    transfer,
    unread: total(contexts.map(({ unread }) => unread)),
    safe: sum(
      contexts.flatMap(({ suggestions }) =>
        suggestions.map(({ safety, saves }) => (safety === 'review' ? 0 : saves.bytes)),
      ),
    ),
    rebuilds: rebuildsOf(contexts),
    secrets: sum(contexts.map(secretFiles)),
    errors: findings.filter(({ severity }) => severity === 'error').length,
    warnings: findings.filter(({ severity }) => severity === 'warning').length,
    broken: checks.filter(({ ok }) => !ok).length,
  }
}

/** A finding is about one file, which several builds may send, or tells how many more there are. */
function secretFiles({ findings }: ContextReport): number {
  const paths = new Set<unknown>()
  let more = 0
  for (const { rule, severity, data, suppressed } of findings) {
    if (rule !== 'secret-ships' || severity === 'info' || suppressed) continue
    const { path, files } = data
    if (typeof path === 'string') paths.add(path)
    else if (typeof files === 'number') more += files
  }
  return paths.size + more
}

function rebuildsOf(contexts: readonly ContextReport[]): ReportSums['rebuilds'] {
  const histories = contexts
    .flatMap(({ targets }) => targets)
    .flatMap(({ history }) => (history ? [history] : []))
  if (histories.length === 0) return null
  return {
    commits: sum(histories.map(({ compared }) => compared)),
    now: sum(histories.map(({ rebuilt }) => rebuilt.now)),
    needless: sum(histories.map(({ rebuilt: { now, afterFix } }) => now - (afterFix ?? now))),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const total = (amounts: readonly Amount[]): Amount => ({
  files: sum(amounts.map(({ files }) => files)),
  bytes: sum(amounts.map(({ bytes }) => bytes)),
})
