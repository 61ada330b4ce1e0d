/**
 * The program on one page: load → parse → plan → walk → resolve → analyse → report. Everything is read before the
 * thinking begins; from `resolve` on it is values in, values out.
 */

import { fatalProblems } from './analyse/fatal.ts'
import { makeReport, type ReportPart } from './analyse/report.ts'
import type { EntryTable } from './context/table.ts'
import type { BuildPlan, BuildRequest, Dockerfile } from './dockerfile/model.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { planBuild } from './dockerfile/plan.ts'
import type { Host } from './host/host.ts'
import { type BuildOptions, type LoadedBuild, loadBuild } from './inputs/load.ts'
import { inspectBuild } from './inspect/read.ts'
import type { Problem } from './lib/source.ts'
import { type MeasuredBuild, resolveBuild } from './measure/build.ts'
import { type BuildSurveyOptions, surveyBuild, walkMain } from './measure/surveys.ts'
import type { Finding, Report } from './report.ts'
import { type KnownTracked, trackedPaths } from './repository/place.ts'
import { collectFindings } from './rules/index.ts'

export interface ScanOptions extends BuildOptions, BuildSurveyOptions {
  /** Left out: the one build that was asked for. */
  readonly told?: Told
  /** What git tracks in contexts that were asked about before, by root. Written to. */
  readonly trackedIn?: KnownTracked
  /** The files to be searched for secrets, relative to their context; left out: whichever suggest that they hold some. */
  readonly lookInto?: ReadonlySet<string>
}

/** A build that was measured, and of which nothing is told yet. */
export interface MeasuredScan extends MeasuredBuild {
  /** Why the run ends with exit code 2 although a document is printed. */
  readonly fatal: readonly Problem[]
  /** The options as the Dockerfile's planning takes them. */
  readonly request: BuildRequest
  readonly told: Told
}

/** How a report tells of a build among others. */
type Told = Pick<ReportPart, 'root' | 'name' | 'foundIn'>

/** A finished run, before a report is made of it; `propose` goes on from it. */
export interface FoundScan extends MeasuredScan {
  readonly findings: readonly Finding[]
  /** What a report is made of. */
  readonly part: ReportPart
}

/** A finished run; `ls`, `why` and `verify` are look-ups in it. */
export interface Scan extends FoundScan {
  readonly report: Report
}

/** A build before its contexts are looked at. */
export interface PlannedScan {
  readonly build: LoadedBuild
  readonly dockerfile: Dockerfile
  readonly request: BuildRequest
  /** As BuildKit goes through the stages, and as the leading builder does. */
  readonly asked: BuildPlan
  readonly plan: BuildPlan
}

/** Reads the texts of one build, and what they ask for. Throws as {@link scan}. */
export function planScan(host: Host, options: ScanOptions): PlannedScan {
  const build = loadBuild(host, options, { podman: options.builder === 'podman' })
  const dockerfile = parseDockerfile(build.dockerfile.text ?? '', build.dockerfile.file)
  const request: BuildRequest = {
    target: options.target,
    buildArgs: options.buildArgs,
    openArgs: options.openArgs ?? [],
    platform: options.platform ?? `linux/${host.arch}`,
    buildPlatform: `linux/${host.arch}`,
    namedContexts: options.namedContexts,
  }
  const asked = planBuild(dockerfile, request)
  const plan = options.builder === 'classic' ? planBuild(dockerfile, { ...request, everyStage: true }) : asked
  return { build, dockerfile, request, asked, plan }
}

/** The entries of a build's main context, before it is known what else is built; the scan finds them in `seen`. Throws as {@link scan}. */
export function walkAhead(
  host: Host,
  options: ScanOptions & Required<Pick<ScanOptions, 'seen'>>,
): EntryTable {
  return walkMain(host, planScan(host, options).build, options)
}

/**
 * Measures one build. Throws a `CtxsizeError` when there is nothing to print: no context, or an ignore file that docker
 * refuses. What can be said in spite of a Dockerfile that docker refuses is in the result, with the reason in `fatal`.
 */
export function scan(host: Host, options: ScanOptions): Scan {
  const found = examine(host, options)
  return { ...found, report: makeReport([found.part]) }
}

/** The same before a report is made of it, for who makes one of many builds, or goes on to propose. Throws as {@link scan}. */
export function examine(host: Host, options: ScanOptions): FoundScan {
  const measured = measure(host, options)
  const findings = collectFindings(measured, options.scope !== 'transfer')
  const remarks = { findings, fatal: measured.fatal }
  const part = { measured, remarks, typed: options.namedContexts, ...measured.told }
  return { ...measured, findings, part }
}

/** The same without what a report tells of it, for who has another question. Throws as {@link scan}. */
export function measure(host: Host, options: ScanOptions): MeasuredScan {
  const { build, dockerfile, request, asked, plan } = planScan(host, options)
  const surveys = surveyBuild(host, build, asked, options)
  // Who asks for a few paths has no question that is worth an index of all.
  const { tracked } =
    options.scope === 'transfer' ? { tracked: null } : trackedPaths(host, build.main.root, options.trackedIn)
  const inspected = inspectBuild(host, surveys, {
    platform: request.platform,
    only: options.lookInto ?? null,
    tracked,
    runs: dockerfile.instructions.flatMap(({ keyword, text }) => (keyword === 'RUN' ? [text] : [])),
  })
  // Nothing is read from here on.
  const resolved = resolveBuild({ build, dockerfile, plan, target: options.target }, surveys)
  const measured: MeasuredBuild = { ...resolved, inspected, tracked }
  const { told = { root: '.', name: null, foundIn: null } } = options
  return { ...measured, fatal: fatalProblems(measured), request, told }
}
