/** What a rule is: a fact about one build that its owner should know, found in what was measured of it. */

import { visiblePath, wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding, Severity } from '../report.ts'
import type { CiBuild } from '../repository/ci-builds.ts'

/** A rule states facts. Whether they are shown, and what is made of them, is decided elsewhere; its own words are in rule-words.ts. */
export interface Rule {
  /** The name of its file. */
  readonly id: string
  /** What its findings call themselves where that is narrower than its name. */
  readonly codes?: readonly string[]
  /** It is about more of the context than BuildKit asks for, and has nothing to say where only that was looked at. */
  readonly ofWhole?: true
  /** In the order of the Dockerfile's lines where there are several. Pure. */
  readonly check: (build: MeasuredBuild) => readonly Finding[]
}

/** A rule about what CI makes of a build. It looks at what the repository says, which is read only where more than one build is asked about. */
export interface CiRule extends Omit<Rule, 'check'> {
  /** `inCi`: the builds of this image there. In their order. Pure. */
  readonly check: (build: MeasuredBuild, inCi: readonly CiBuild[]) => readonly Finding[]
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

/** An instruction as a person can take it in. */
export function shortText(text: string): string {
  const visible = visiblePath(text.replace(/\s+/g, ' '))
  return visible.length > 60 ? `${visible.slice(0, 59)}…` : visible
}

/** The first of them that no other has the key of, in their order. */
export function oncePer<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  return [...new Map(all.toReversed().map((one) => [keyOf(one), one])).values()].toReversed()
}
