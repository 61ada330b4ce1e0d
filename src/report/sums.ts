/** What a report comes to in a few numbers, for tables with a line for each of many. */

import type { Amount, BuilderName, ContextReport, ReportSums } from '../report.ts'

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
    safe: sum(contexts.map((context) => safeOf(context, builder))),
    rebuilds: rebuildsOf(contexts),
    secrets: sum(contexts.map(secretFiles)),
    errors: findings.filter(({ severity }) => severity === 'error').length,
    warnings: findings.filter(({ severity }) => severity === 'warning').length,
    broken: checks.filter(({ ok }) => !ok).length,
  }
}

/** Of the leading build; what needs a decision comes last, and what comes behind it rests on it. */
function safeOf({ context, targets, suggestions }: ContextReport, builder: BuilderName): number {
  const taken = builder === 'buildkit' && targets[0] ? targets[0].transfer.bytes : context.bytes
  const asked = suggestions.findIndex(({ safety }) => safety === 'review')
  const certain = asked < 0 ? suggestions : suggestions.slice(0, asked)
  return taken - Math.min(taken, ...certain.map(({ leaves }) => leaves.bytes))
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
