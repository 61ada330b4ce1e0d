/** Builds that somebody has written down, in a compose or bake file, a workflow, a script: as they are found and as they are printed. */

import type { BuildReport, BuildsReport } from '../report.ts'

/** Its context is relative to the directory that was looked in. */
export type BuildTarget = BuildReport

/**
 * True for a context that docker fetches, as the inputs leave it: nothing of it is here. A workflow's own git context
 * begins with `#` (see `repository/action-builds.ts`).
 */
export function isFetched({ context }: Pick<BuildTarget, 'context'>): boolean {
  return context.includes('://') || context.startsWith('#') || /^(?:git@|github\.com\/)/.test(context)
}

/** A build that is seen but cannot be read. */
export type OpenBuild = BuildsReport['open'][number]

/** What one source of builds (or all of them) holds. */
export type FoundBuilds = Omit<BuildsReport, 'schemaVersion'>
