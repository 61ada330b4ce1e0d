/** What checks have to ask of the world beside the finished scan, only where something hangs on it. */

import type { ReportPart } from '../analyse/report.ts'
import type { Row } from '../context/table.ts'
import type { DirectoryState, PatternList } from '../ignore/matcher.ts'

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

export interface Readings {
  /** Files of the context in the last commit, relative to its root; null where git cannot be asked. */
  readonly committed: (part: ReportPart) => ReadonlySet<string> | null
  readonly installLosses: (part: ReportPart) => InstallLosses | Unavailable
  /**
   * The pattern that asks for a file in a directory that the ignore file drops whole, by its index: that of the first
   * file that is met; null when none is.
   */
  readonly matchBelow: (part: ReportPart, row: Row, list: PatternList, state: DirectoryState) => number | null
}
