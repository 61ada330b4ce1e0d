/** What a rule is: a fact about one build that its owner should know, found in what was measured of it. */

import { wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding, Severity } from '../report.ts'

/** A rule states facts. Whether they are shown, and what is made of them, is decided elsewhere; its own words are in rule-words.ts. */
export interface Rule {
  /** The name of its file. */
  readonly id: string
  /** What its findings call themselves where that is narrower than its name. */
  readonly codes?: readonly string[]
  /** In the order of the Dockerfile's lines where there are several. Pure. */
  readonly check: (build: MeasuredBuild) => readonly Finding[]
}

/** What most findings of the rules here have in common. */
export const plain = { confidence: 'high', bytes: 0 } as const

/** A problem of the text as a finding; an error is certain to fail the build. */
export function findingOf(problem: Problem, severity: Severity): Finding {
  return {
    ...plain,
    rule: problem.code,
    severity,
    message: wellFormed(problem.message),
    hint: problem.hint,
    at: problem.at,
    data: { fails: severity === 'error' },
  }
}
