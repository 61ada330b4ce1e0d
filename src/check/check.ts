/** Budgets and assertions of a finished report, and the verdict on it. */

import { byContext, makeReport, type ReportPart } from '../analyse/report.ts'
import type { Budget, Checks, Config } from '../config/model.ts'
import { wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { BudgetResult, ContextReport, FailOn, Report, TargetReport } from '../report.ts'
import { assertionsOf } from './assertions.ts'
import { buildBudgets, contextBudgets, isOfContext } from './budgets.ts'
import { stillShips } from './compared.ts'
import { failing, withPolicy } from './policy.ts'
import type { Readings } from './readings.ts'

export interface CheckQuestion {
  /** What is checked of each build. */
  readonly checksOf: (part: ReportPart) => Checks
  readonly rules: Config['rules']
  readonly failOn: FailOn
  readonly readings: Readings
  /** Why builds could not be measured. */
  readonly problems: readonly Problem[]
}

/** The report of finished builds with all that is checked of them. A budget that cannot be told is a problem of it. */
export function checkedReport(parts: readonly ReportPart[], question: CheckQuestion): Report {
  const { rules, failOn } = question
  const groups = byContext(parts)
  const made = withPolicy(makeReport(parts), parts, rules)
  const contexts = made.contexts.map((context, i) => checkedContext(context, groups[i] ?? [], question))
  const budgets = contexts.flatMap(budgetsOf)
  const report: Report = {
    ...made,
    contexts,
    problems: [
      ...made.problems,
      ...question.problems,
      ...parts.flatMap((part) => uncompared(part, question.readings)),
      ...budgets.flatMap(unavailable),
    ],
    failOn,
  }
  const assertions = contexts.flatMap(({ targets }) => targets.flatMap((one) => one.assertions ?? []))
  const holds = [...budgets, ...assertions].every(({ ok }) => ok)
  return {
    ...report,
    passed: holds && report.problems.length === 0 && failing(report, failOn).length === 0,
  }
}

function checkedContext(
  context: ContextReport,
  parts: readonly ReportPart[],
  { checksOf, readings }: CheckQuestion,
): ContextReport {
  const all = parts.map(checksOf)
  const shared = distinct(all.flatMap(({ budgets }) => budgets.filter(isOfContext)))
  return {
    ...context,
    budgets: contextBudgets(parts, shared, readings),
    targets: context.targets.map((target, i): TargetReport => {
      const [part, checks] = [parts[i], all[i]]
      if (!part || !checks) return target
      const own = checks.budgets.filter((budget) => !isOfContext(budget))
      return {
        ...target,
        budgets: buildBudgets(part, own, readings),
        assertions: [
          ...assertionsOf('mustShip', part, checks.mustShip, readings),
          ...assertionsOf('neverShip', part, checks.neverShip, readings),
          ...stillShips(readings.compared?.(part) ?? null, checks.mayLose),
        ],
      }
    }),
  }
}

/** What cannot be compared is not known to be as it was. */
function uncompared(part: ReportPart, { compared }: Readings): readonly Problem[] {
  const found = compared?.(part)
  if (found?.target.state !== 'unclear') return []
  const { base, target } = found
  const name = part.name === null ? '' : `${part.name}: `
  const message = `${name}it cannot be compared with ${wellFormed(base)}: ${target.because ?? ''}`
  return [{ code: 'base-unclear', message, at: null, hint: null }]
}

/** Builds of one context have most of their budgets in common; the same limit written twice is one. */
function distinct(budgets: readonly Budget[]): readonly Budget[] {
  const seen = new Map<string, Budget>()
  for (const budget of budgets) {
    const key = JSON.stringify({ ...budget, at: null })
    if (!seen.has(key)) seen.set(key, budget)
  }
  return [...seen.values()]
}

const budgetsOf = ({ budgets = [], targets }: ContextReport): readonly BudgetResult[] => [
  ...budgets,
  ...targets.flatMap((target) => target.budgets ?? []),
]

function unavailable({ name, at, unavailable: why }: BudgetResult): readonly Problem[] {
  return why === null
    ? []
    : [
        {
          code: 'budget-unavailable',
          message: `the budget ${name} cannot be checked: ${why}`,
          at,
          hint: null,
        },
      ]
}
