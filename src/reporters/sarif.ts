/**
 * SARIF 2.1.0, with all that GitHub's code scanning asks for: a page for each rule, fingerprints that stay, a place with
 * lines and columns for every result (docs.github.com, "SARIF support for code scanning").
 */

import { wellFormed } from '../lib/path.ts'
import type { Report, Severity } from '../report.ts'
import { fingerprints } from './issues/fingerprint.ts'
import { countedIssues, type Issue } from './issues/issue.ts'
import { directoryOf } from './issues/place.ts'
import { wordsOf } from './issues/words.ts'
import { json } from './json.ts'

const levels = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  string
>

/** What stands for the top of the repository; where that is on this machine is nobody's business. */
const base = '%SRCROOT%'

export function sarif(report: Report): string {
  const issues = countedIssues(report)
  const rules = [...new Map(issues.map((issue) => [issue.rule, issue])).values()]
  const ids = rules.map(({ rule }) => rule)
  const names = fingerprints(issues)
  const directory = directoryOf(report)
  return json({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            semanticVersion: report.tool.version,
            rules: rules.map(ruleOf),
          },
        },
        // A category: the reports of two directories of one commit do not take each other's place.
        automationDetails: { id: `ctxsize/${directory === '.' ? '' : `${uriOf(directory)}/`}` },
        invocations: [{ executionSuccessful: report.problems.length === 0 }],
        originalUriBaseIds: { [base]: { description: { text: 'The top of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: issues.map((issue, i) => ({
          ruleId: issue.rule,
          ruleIndex: ids.indexOf(issue.rule),
          level: levels[issue.severity],
          message: { text: messageOf(issue) },
          locations: [locationOf(issue)],
          // The only key that GitHub looks at.
          partialFingerprints: { primaryLocationLineHash: names[i] },
        })),
      },
    ],
  })
}

function ruleOf(issue: Issue) {
  const { title, help } = wordsOf(issue)
  return {
    id: issue.rule,
    name: issue.rule,
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: help, markdown: help },
    properties: {
      tags: issue.rule === 'secret-ships' ? ['docker', 'security'] : ['docker'],
      // Of ten; only what is given one is a matter of security to GitHub.
      ...(issue.rule === 'secret-ships' ? { 'security-severity': '8.0' } : {}),
    },
  }
}

/** Plain text, in which braces stand for arguments and `[text](place)` for a link (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function messageOf({ message, hint }: Issue): string {
  return [`${message}.`, ...(hint === null ? [] : [`${hint}.`])]
    .join('\n\n')
    .replace(/([.!?…])\.$/gm, '$1')
    .replace(/[{}]/g, (brace) => brace + brace)
    .replaceAll('](', '] (')
}

function locationOf({ at, near, width }: Issue) {
  const { file, line } = at ?? near
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file), uriBaseId: base },
      region: { startLine: line, startColumn: 1, endLine: line, endColumn: at === null ? 2 : width + 1 },
    },
  }
}

/** A relative reference of RFC 3986; `encodeURIComponent` throws at what is not UTF-8. */
function uriOf(path: string): string {
  return wellFormed(path).split('/').map(encodeURIComponent).join('/')
}
