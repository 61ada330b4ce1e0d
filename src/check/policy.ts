/** What the owner of a build makes of its findings, applied when all are found: no rule knows of it. */

import { byContext, type ReportPart } from '../analyse/report.ts'
import type { Config } from '../config/model.ts'
import type { ContextReport, FailOn, Finding, Report, Severity } from '../report.ts'
import { remarksOn, type SuppressionComment, suppresses, suppressionsIn } from './suppressions.ts'

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 }

/**
 * The report with the severities of the configuration, and with what comments and configuration suppress marked so. `parts`:
 * what it was made of. Whether docker refuses a build is no finding, and stays as it is.
 */
export function withPolicy(report: Report, parts: readonly ReportPart[], rules: Config['rules']): Report {
  const groups = byContext(parts)
  const contexts = report.contexts.map((context, i) => contextWithPolicy(context, groups[i] ?? [], rules))
  return { ...report, contexts }
}

function contextWithPolicy(
  context: ContextReport,
  parts: readonly ReportPart[],
  rules: Config['rules'],
): ContextReport {
  const comments = suppressionsIn(parts)
  if (comments.length === 0 && rules.size === 0) return context
  const used = new Map<SuppressionComment, Set<string>>()
  const found = context.findings.map((finding) => {
    const comment = comments.find((one) => suppresses(one, finding))
    if (comment === undefined) return finding
    const names = used.get(comment) ?? new Set()
    for (const name of [finding.rule, finding.family ?? '']) names.add(name)
    used.set(comment, names)
    const at = { file: comment.file, line: comment.line }
    return { ...finding, suppressed: { by: 'comment', reason: comment.reason, at } } as const
  })
  const remarks = comments.flatMap((one) => remarksOn(one, used.get(one) ?? new Set()))
  const findings = [...found, ...remarks].map((finding) => configured(finding, rules)).sort(inOrder)
  return { ...context, findings }
}

function configured(finding: Finding, rules: Config['rules']): Finding {
  const rule = rules.get(finding.rule) ?? rules.get(finding.family ?? '')
  if (rule === undefined || finding.suppressed || rule.level === finding.severity) return finding
  if (rule.level === 'off')
    return { ...finding, suppressed: { by: 'configuration', reason: null, at: rule.at } }
  return { ...finding, severity: rule.level, ruleSeverity: finding.severity }
}

const inOrder = (a: Finding, b: Finding): number =>
  rank[a.severity] - rank[b.severity] || (a.at?.line ?? 0) - (b.at?.line ?? 0)

/** The findings that make a run fail. */
export function failing(report: Report, failOn: FailOn): readonly Finding[] {
  if (failOn === 'never') return []
  return report.contexts.flatMap(({ findings }) =>
    findings.filter(({ severity, suppressed }) => !suppressed && rank[severity] <= rank[failOn]),
  )
}
