/** Reports that the tests of every format share: the samples of fixtures/reports, one of many builds, and hostile ones. */

import fs from 'node:fs'
import path from 'node:path'
import type { Report } from '../../src/report.ts'

const folder = path.join(import.meta.dirname, '../../fixtures/reports')

export const sampleNames = ['node-junk', 'clean', 'failing', 'hostile-names', 'checked'] as const

export function sample(name: (typeof sampleNames)[number]): Report {
  // The schema test checks that these files are reports.
  return JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Report
}

/** Several contexts of one repository, below a directory of it. */
export function manyBuilds(): Report {
  const roots = { checked: '.', 'node-junk': 'services/api', 'hostile-names': 'web' } as const
  const contexts = (['checked', 'node-junk', 'hostile-names'] as const).flatMap((name) =>
    sample(name).contexts.map((context) => ({
      ...context,
      root: roots[name],
      targets: context.targets.map((target) =>
        name === 'checked'
          ? target
          : { ...target, name: `${name} image`, foundIn: { file: 'compose.yaml', line: 7 } },
      ),
    })),
  )
  const missing = {
    code: 'CONTEXT_NOT_FOUND',
    message: 'no such directory: services/gone',
    at: { file: 'compose.yaml', line: 31 },
    hint: 'where a step before the build makes it, run that first',
  }
  return {
    ...sample('checked'),
    asked: { context: 'deploy', options: [], builder: 'buildkit', path: 'deploy' },
    contexts,
    problems: [missing],
  }
}

export const samples: Readonly<Record<string, Report>> = {
  ...Object.fromEntries(sampleNames.map((name) => [name, sample(name)])),
  many: manyBuilds(),
}

/** What a name on disk, or in a report of somebody else, may be. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'line breaks': 'a\nb\r\nc\rd\u2028e\u0085f',
  'a workflow command': '::error file=x,line=1::owned',
  'a workflow command in a line of its own': 'a\n::stop-commands::x\n##[error]owned\n',
  'a command of the old form': '##[add-path]/x',
  'escaped breaks': 'a%0A::error::owned%0D%25%3A',
  'a table and HTML': 'a|b|<script>alert(1)</script>|<img src=x onerror=alert(1)>',
  'the end of CDATA': 'a]]><![CDATA[&lt;&#0;&amp;',
  'the end of a comment': 'a--><!--b--!>',
  ANSI: '\x1b[31mred\x1b]8;;https://example.org\x07x\x1b[0m\x9b2J',
  'writing from right to left': '\u202egpj.exe\u2066\u200f\u200b\ufeff',
  backticks: '```` `a` ~~~ ``',
  Markdown:
    '[a](https://example.org) ![b](c) **d** _e_ # f\\ www.example.org @octocat #1 :rocket: $x$ &amp; <a@b.c>',
  'four kilobytes': 'x|`<&"'.repeat(683),
  'lone surrogates': 'a\ud800b\udc80c\ufffe\uffff\u0000',
  quotes: `"'a","b'`,
  'a formula': "=cmd|'/C calc'!A0",
  'a path up': '../../etc/passwd',
  'an absolute path': '/etc/passwd',
  'placeholders and links of SARIF': '{0} {{1}} [a](0)',
  'an inherited key': '__proto__',
  nothing: '',
}

/** Values that a report may hold in one place only; what names them is no text of a repository. */
const choices = new Set(
  (
    'ctxsize error warning info high medium low buildkit classic podman read partly unread dir file yes ask keep proven safe ' +
    'review COPY ADD RUN decides context transfer largestFile files directories cacheLoss bytes commits max min mustShip ' +
    'neverShip absent ignored ships image maybe deleted cache lent comment configuration never'
  ).split(' '),
)

/** A report in which every text is `text`. */
export function hostileReport(text: string, report: Report = manyBuilds()): Report {
  const change = (value: unknown): unknown => {
    if (typeof value === 'string')
      return choices.has(value) || value === 'matches nothing' || value === 'already decided' ? value : text
    if (Array.isArray(value)) return value.map(change)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))
  }
  // Nothing but texts has changed.
  return change(report) as Report
}
