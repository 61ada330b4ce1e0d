/** What checks have to ask of the world beside the finished scan, only where something hangs on it. */

import type { ReportPart } from '../analyse/report.ts'
import type { Row } from '../context/table.ts'
import type { DirectoryState, PatternList } from '../ignore/matcher.ts'
import type { DiffTarget } from '../report/diff.ts'
import type { BudgetPart } from '../report.ts'

/** How often a step that installs dependencies lost its cache. */
export interface InstallLosses {
  /** Of the worst of them; at least so many where the clone does not hold all commits. */
  readonly commits: number
  readonly isAtLeast: boolean
  /** How many commits there are to lose it in. */
  readonly compared: number
  /** The step, `npm ci (Dockerfile:5)`; null where nothing installs anything. */
  readonly step: string | null
}

/** Why something cannot be told, with what to do about it. */
export interface Unavailable {
  readonly unavailable: string
  readonly hint: string | null
}

/** What a budget counts, before it is held against the limit. */
export interface Figure {
  readonly actual: number | null
  /** What is true beyond the figure, which is a part of it: there may be more. */
  readonly isAtLeast?: boolean
  readonly unavailable?: string
  readonly note?: string
  /** Asked only where the most is exceeded. */
  readonly parts?: (committed: ReadonlySet<string> | null) => readonly BudgetPart[]
}

/** The same build at the base. */
export interface Compared {
  /** What the user calls the base. */
  readonly base: string
  readonly target: DiffTarget
  /** What the comparison leaves open. */
  readonly notes: readonly string[]
}

export interface Readings {
  /** Left out where nothing is compared; null for a build that is not. */
  readonly compared?: (part: ReportPart) => Compared | null
  /** Files of the context in the last commit, relative to its root; null where git cannot be asked. */
  readonly committed: (part: ReportPart) => ReadonlySet<string> | null
  readonly installLosses: (part: ReportPart) => InstallLosses | Unavailable
  /**
   * The pattern that asks for a file in a directory that the ignore file drops whole, by its index: that of the first
   * file that is met; null when none is.
   */
  readonly matchBelow: (part: ReportPart, row: Row, list: PatternList, state: DirectoryState) => number | null
}
