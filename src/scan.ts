/**
 * The program on one page: load → parse → plan → walk → resolve → analyse → report. Everything is read before the
 * thinking begins; from `resolve` on it is values in, values out.
 */

import { fatalProblems } from './analyse/findings.ts'
import { makeReport } from './analyse/report.ts'
import type { BuildRequest } from './dockerfile/model.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { planBuild } from './dockerfile/plan.ts'
import type { Host } from './host/host.ts'
import { type BuildOptions, type LoadedContext, loadBuild } from './inputs/load.ts'
import { wellFormed } from './lib/path.ts'
import type { Problem } from './lib/source.ts'
import { contextRows, type MeasuredBuild, resolveRead } from './measure/build.ts'
import { viewClassic } from './measure/classic.ts'
import { type SurveyOptions, surveyContext } from './measure/survey.ts'
import type { BuilderName, Report } from './report.ts'
import { classicRules } from './resolve/selection.ts'

export interface ScanOptions extends BuildOptions, SurveyOptions {
  /** Whose view leads: it decides what counts as a failure. */
  readonly builder: BuilderName
}

/** A finished run; `ls`, `why` and `verify` are look-ups in it. */
export interface Scan extends MeasuredBuild {
  readonly report: Report
  /** Why the run ends with exit code 2 although a document is printed. */
  readonly fatal: readonly Problem[]
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
  const forBuildkit = planBuild(dockerfile, request)
  const leadsClassic = options.builder === 'classic'
  const plan = leadsClassic ? planBuild(dockerfile, { ...request, everyStage: true }) : forBuildkit

  const wantsClassic = leadsClassic || build.sameIgnoreFile || options.wantsClassic !== false
  const rules =
    wantsClassic && build.classic ? classicRules(build.classic.patterns, build.dockerfile.inContext) : null
  const requestOf = (name: string | null) => forBuildkit.requests.find((one) => one.name === name) ?? null
  const survey = (context: LoadedContext) =>
    surveyContext(host, context, requestOf(context.name), {
      ...options,
      classic: context.name === null ? rules : null,
    })
  const main = survey(leadsClassic && build.classic ? build.classic : build.main)
  const buildkit = leadsClassic && !build.sameIgnoreFile ? survey(build.main) : main
  const named = build.named.filter(({ name }) => requestOf(name) !== null).map(survey)

  const outside = build.dockerfile.inContext === null ? Buffer.byteLength(build.dockerfile.text ?? '') : null
  const readable = main.walk.unreadable.length === 0 && build.dockerfile.text !== null
  const classic = rules && readable ? viewClassic(main, rules, outside) : null
  const taken = leadsClassic && classic ? classic.sent : contextRows(main)
  const lead = leadsClassic && classic ? classic.sent : main.sent
  const reads = plan.reads.map((instruction) => resolveRead(instruction, main, named, lead))
  const read = new Uint8Array(main.table.count)
  for (const { survey, reads: own } of reads) if (survey === main) for (const row of own.rows) read[row] = 1

  const reference = { root: '.', dockerfile: wellFormed(build.dockerfile.file), target: options.target }
  const measured: MeasuredBuild = {
    build,
    reference,
    dockerfile,
    plan,
    main,
    buildkit,
    named,
    classic,
    taken,
    reads,
    read,
    builder: options.builder,
  }
  const fatal = fatalProblems(measured)
  return { ...measured, fatal, report: makeReport(measured, fatal, options.namedContexts) }
}
