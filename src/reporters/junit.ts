/**
 * JUnit XML as Jenkins and GitLab read it: a suite each for the builds, the budgets, the assertions and the findings. What
 * makes `ctxsize check` fail is a failure, what does not count is skipped, and the rest passes with its text as output.
 */

import { visiblePath } from '../lib/path.ts'
import type { Report, Severity } from '../report.ts'
import { type Issue, issuesOf } from './issues/issue.ts'
import { element, xmlDocument } from './issues/xml.ts'
import { assertionName, assertionText, budgetDetail, budgetName, budgetText } from './screen/check-words.ts'
import { buildName, contextName, placeText, whyFails } from './screen/words.ts'

interface Case {
  /** The same from commit to commit, so that a history of it can be kept. */
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly type: string
  /** One line; '' for one that there is nothing to be said of. */
  readonly message: string
  readonly detail: string
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

export function junit(report: Report): string {
  const all: readonly Suite[] = [
    { name: 'builds', cases: buildCases(report) },
    { name: 'budgets', cases: budgetCases(report) },
    { name: 'assertions', cases: assertionCases(report) },
    { name: 'findings', cases: issueCases(report) },
  ]
  const suites = all.filter(({ name, cases }) => name === 'builds' || cases.length > 0)
  const cases = suites.flatMap((suite) => suite.cases)
  return xmlDocument(
    element('testsuites', { name: 'ctxsize', ...totals(cases), errors: '0' }, suites.map(suiteElement)),
  )
}

const totals = (cases: readonly Case[]) => ({
  tests: String(cases.length),
  failures: String(cases.filter(({ outcome }) => outcome === 'failed').length),
})

function suiteElement({ name, cases }: Suite): string {
  const skipped = String(cases.filter(({ outcome }) => outcome === 'skipped').length)
  const counts = { ...totals(cases), errors: '0', skipped }
  return element(
    'testsuite',
    { name: `ctxsize ${name}`, ...counts },
    distinct(cases).map((one) => caseElement(name, one)),
  )
}

/** Names that occur twice are numbered: readers keep one case a name. */
function distinct(cases: readonly Case[]): readonly Case[] {
  const seen = new Map<string, number>()
  return cases.map((one) => {
    const count = (seen.get(one.name) ?? 0) + 1
    seen.set(one.name, count)
    return count === 1 ? one : { ...one, name: `${one.name} (${count})` }
  })
}

function caseElement(suite: string, { name, outcome, type, message, detail }: Case): string {
  const text = [message, detail].filter((part) => part !== '').join('\n')
  const inner = {
    passed: text === '' ? [] : [element('system-out', {}, text)],
    failed: [element('failure', { type, message }, text)],
    skipped: [element('skipped', {}, text)],
  }
  return element('testcase', { classname: `ctxsize.${suite}`, name }, inner[outcome])
}

function buildCases(report: Report): readonly Case[] {
  return report.contexts.flatMap((context) =>
    context.targets.map(
      (target): Case => ({
        name: buildName(context, target),
        outcome: target.buildFails ? 'failed' : 'passed',
        type: 'build-fails',
        message: target.buildFails ? whyFails(context, target) : '',
        detail: '',
      }),
    ),
  )
}

function budgetCases({ contexts }: Report): readonly Case[] {
  const groups = contexts.flatMap((context) => [
    { of: contextName(context), budgets: context.budgets ?? [] },
    ...context.targets.map((target) => ({ of: buildName(context, target), budgets: target.budgets ?? [] })),
  ])
  return groups.flatMap(({ of, budgets }) =>
    budgets.map(
      (budget): Case => ({
        name: `${of}: ${budget.bound} ${budgetName(budget)}`,
        outcome: budget.ok ? 'passed' : 'failed',
        type: 'budget',
        message: budgetText(budget),
        detail: budgetDetail(budget) ?? '',
      }),
    ),
  )
}

function assertionCases({ contexts }: Report): readonly Case[] {
  return contexts.flatMap((context) =>
    context.targets.flatMap((target) =>
      (target.assertions ?? []).map(
        (assertion): Case => ({
          name: `${buildName(context, target)}: ${assertionName(assertion)}`,
          outcome: assertion.ok ? 'passed' : 'failed',
          type: 'assertion',
          message: assertionText(assertion),
          detail: visiblePath(assertion.note ?? ''),
        }),
      ),
    ),
  )
}

const ranks = { error: 0, warning: 1, info: 2 } as const satisfies Record<Severity, number>

function issueCases(report: Report): readonly Case[] {
  const { failOn = 'error' } = report
  const outcomeOf = ({ kind, severity, suppressed }: Issue): Case['outcome'] =>
    suppressed !== null
      ? 'skipped'
      : kind === 'problem' || (failOn !== 'never' && ranks[severity] <= ranks[failOn])
        ? 'failed'
        : 'passed'
  return issuesOf(report)
    .filter(({ kind }) => kind === 'finding' || kind === 'problem')
    .map(
      (issue): Case => ({
        name: `${issue.rule}: ${visiblePath((issue.at ?? issue.near).file)}`,
        outcome: outcomeOf(issue),
        type: issue.severity,
        message: issue.message,
        detail: [
          ...(issue.at === null ? [] : [placeText(issue.at)]),
          ...(issue.hint === null ? [] : [issue.hint]),
          ...(issue.suppressed === null
            ? []
            : [`suppressed: ${visiblePath(issue.suppressed.reason ?? 'no reason given')}`]),
        ].join('\n'),
      }),
    )
}
