/**
 * GitLab's code quality report: every field it asks for, and no more (docs.gitlab.com, "Code Quality report format").
 * Without a byte order mark, which it does not take.
 */

import { wellFormed } from '../lib/path.ts'
import type { Report } from '../report.ts'
import { fingerprints } from './issues/fingerprint.ts'
import { countedIssues, type Issue } from './issues/issue.ts'
import { json } from './json.ts'

export function gitlab(report: Report): string {
  const issues = countedIssues(report)
  const names = fingerprints(issues)
  return json(
    issues.map((issue, i) => {
      const { file, line } = issue.at ?? issue.near
      return {
        description: issue.hint === null ? issue.message : `${issue.message}; ${issue.hint}`,
        check_name: issue.rule,
        fingerprint: names[i],
        severity: severityOf(issue),
        location: { path: wellFormed(file), lines: { begin: line } },
      }
    }),
  )
}

function severityOf({
  severity,
  fails,
  confidence,
}: Issue): 'blocker' | 'critical' | 'major' | 'minor' | 'info' {
  if (severity === 'error') return fails ? 'blocker' : 'critical'
  if (severity === 'warning') return confidence === 'low' ? 'minor' : 'major'
  return 'info'
}
