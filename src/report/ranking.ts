/** What `ctxsize report` prints of several reports. Names are a contract as in report.ts. */

import type { Problem } from '../lib/source.ts'
import type { Amount } from './parts.ts'

/** What a report comes to. Each context counted once, each build by itself. */
export interface ReportSums {
  readonly builds: number
  /** Builds that cannot succeed. */
  readonly failing: number
  /** Bytes that the leading builder takes, of all builds. */
  readonly bytes: number
  readonly context: Amount
  readonly transfer: Amount
  readonly unread: Amount
  /** Bytes less that the leading builder takes of the first build of each context, with all that is proven or safe. */
  readonly safe: number
  /** Of builds whose history is known; null where it is of none. */
  readonly rebuilds: {
    /** Commits that were compared. */
    readonly commits: number
    /** After how many of them something was built again. */
    readonly now: number
    /** After how many of these nothing would be, with what is proven or safe. */
    readonly needless: number
  } | null
  /** Files with credentials that leave the machine. */
  readonly secrets: number
  /** Findings that count. */
  readonly errors: number
  readonly warnings: number
  /** Budgets and assertions that are broken. */
  readonly broken: number
}

/** By what reports are ranked: the most first, names from a to z. */
export type Ranking =
  | 'bytes'
  | 'context'
  | 'transfer'
  | 'unread'
  | 'safe'
  | 'rebuilds'
  | 'secrets'
  | 'errors'
  | 'findings'
  | 'name'

/** One saved report among others. */
export interface RankedReport extends ReportSums {
  /** The shortest end of its file's path that tells it from the others, without `.json`. */
  readonly name: string
  /** As it was given. */
  readonly file: string
  /** The version of ctxsize that made it. */
  readonly version: string
}

/** `ctxsize report A B… --format json`. */
export interface RankingReport {
  readonly schemaVersion: 1
  readonly sort: Ranking
  /** In that order. */
  readonly repositories: readonly RankedReport[]
  /** Files that are no reports. */
  readonly problems: readonly Problem[]
}
