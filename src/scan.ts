/**
 * The program on one page: load → parse → plan → walk → resolve → analyse → suggest → report. Everything is read before the
 * thinking begins; from `resolve` on it is values in, values out.
 */

import { fatalProblems } from './analyse/fatal.ts'
import { makeReport } from './analyse/report.ts'
import type { BuildRequest } from './dockerfile/model.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { planBuild } from './dockerfile/plan.ts'
import type { Host } from './host/host.ts'
import { type BuildOptions, loadBuild } from './inputs/load.ts'
import { inspectBuild } from './inspect/read.ts'
import type { Problem } from './lib/source.ts'
import { type MeasuredBuild, resolveBuild } from './measure/build.ts'
import { type BuildSurveyOptions, surveyBuild } from './measure/surveys.ts'
import type { Report } from './report.ts'
import { readRepository } from './repository/read.ts'
import { collectFindings } from './rules/index.ts'
import { canGoIn, leftAloneReports, suggestionReports } from './suggest/report.ts'
import { type Proposals, suggest } from './suggest/suggest.ts'

export interface ScanOptions extends BuildOptions, BuildSurveyOptions {
  /** `quick`: proposals as far as they cost next to nothing; `thorough`: names are looked for in every text. Default none. */
  readonly proposals?: 'none' | 'quick' | 'thorough'
}

/** A finished run; `ls`, `why` and `verify` are look-ups in it. */
export interface Scan extends MeasuredBuild {
  readonly report: Report
  /** Why the run ends with exit code 2 although a document is printed. */
  readonly fatal: readonly Problem[]
  /** Null when they were not asked for. */
  readonly proposals: Proposals | null
}

/**
 * Measures one build. Throws a `CtxsizeError` when there is nothing to print: no context, or an ignore file that docker
 * refuses. What can be said in spite of a Dockerfile that docker refuses is in the result, with the reason in `fatal`.
 */
export function scan(host: Host, options: ScanOptions): Scan {
  const build = loadBuild(host, options)
  const dockerfile = parseDockerfile(build.dockerfile.text ?? '', build.dockerfile.file)
  const request: BuildRequest = {
    target: options.target,
    buildArgs: options.buildArgs,
    platform: options.platform ?? `linux/${host.arch}`,
    buildPlatform: `linux/${host.arch}`,
    namedContexts: options.namedContexts,
  }
  const asked = planBuild(dockerfile, request)
  const plan = options.builder === 'classic' ? planBuild(dockerfile, { ...request, everyStage: true }) : asked

  const surveys = surveyBuild(host, build, asked, options)
  const inspected = inspectBuild(host, surveys, request.platform)
  const { root } = build.main
  const { proposals: depth = 'none' } = options
  const { table, gitIgnored } = surveys.main
  const repository =
    depth === 'none'
      ? null
      : readRepository(host, { root, table, gitIgnored, thorough: depth === 'thorough' })
  // Nothing is read from here on.
  const measured: MeasuredBuild = {
    ...resolveBuild({ build, dockerfile, plan, target: options.target }, surveys),
    inspected,
    tracked: repository?.tracked ?? null,
  }
  const fatal = fatalProblems(measured)
  const findings = collectFindings(measured)
  const proposals = repository && suggest(measured, repository, request)
  const suggestions = proposals ? suggestionReports(proposals, measured) : []
  const leftAlone = proposals ? leftAloneReports(proposals, measured) : []
  const canGo = canGoIn(proposals)
  const remarks = { findings, fatal, suggestions, leftAlone, canGo }
  return { ...measured, fatal, proposals, report: makeReport(measured, remarks, options.namedContexts) }
}
