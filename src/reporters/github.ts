/**
 * Workflow commands of GitHub Actions, for standard output: each issue beside its line. GitHub shows ten errors and ten
 * warnings of a step, so the worst of them are told, and that there are more; the job summary, which holds all, is the
 * text of `--format markdown` and belongs into the file that GITHUB_STEP_SUMMARY names.
 */

import { visiblePath } from '../lib/path.ts'
import type { Report } from '../report.ts'
import { countedIssues, type Issue } from './issues/issue.ts'
import { counted } from './screen/words.ts'

/** Of each kind, for one step. https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md, Limitations. */
const most = 10

export function github(report: Report): string {
  const issues = countedIssues(report)
  const errors = issues.filter(({ severity }) => severity === 'error')
  const warnings = issues.filter(({ severity }) => severity === 'warning')
  const untold = [
    ...(errors.length > most ? [counted(errors.length - most, 'more error')] : []),
    ...(warnings.length > most ? [counted(warnings.length - most, 'more warning')] : []),
  ]
  const more = `${untold.join(' and ')} not shown beside the code, as GitHub shows ten of each: ctxsize --format markdown tells all`
  const lines = [
    ...errors.slice(0, most).map((issue) => annotation('error', issue)),
    ...warnings.slice(0, most).map((issue) => annotation('warning', issue)),
    ...(untold.length > 0 ? [`::notice title=ctxsize::${data(more)}`] : []),
    // No name of anything may stand in a line that is no command: `##[…]` is one anywhere in it.
    `ctxsize: ${counted(errors.length, 'error')}, ${counted(warnings.length, 'warning')}`,
  ]
  return `${lines.join('\n')}\n`
}

function annotation(command: 'error' | 'warning', { rule, message, hint, at }: Issue): string {
  const place = at === null ? '' : `file=${property(visiblePath(at.file))},line=${at.line},`
  const text = hint === null ? message : `${message}\n${hint}`
  return `::${command} ${place}title=${property(`ctxsize ${rule}`)}::${data(text)}`
}

// What the runner takes back when it reads a command: actions/runner, src/Runner.Common/ActionCommand.cs.
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
