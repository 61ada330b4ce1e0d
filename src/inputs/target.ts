/** Builds that somebody has written down, in a compose or bake file, a workflow, a script: as they are found and as they are printed. */

import type { BuildReport, BuildsReport } from '../report.ts'

/** Its context is relative to the directory that was looked in. */
export type BuildTarget = BuildReport

/** A build that is seen but cannot be read. */
export type OpenBuild = BuildsReport['open'][number]

/** What one source of builds (or all of them) holds. */
export type FoundBuilds = Omit<BuildsReport, 'schemaVersion'>
