/** All contexts of one build, walked: the main one as each builder loads it, and the named ones. */

import type { EntryTable } from '../context/table.ts'
import type { BuildPlan } from '../dockerfile/model.ts'
import type { Host } from '../host/host.ts'
import type { LoadedBuild, LoadedContext } from '../inputs/load.ts'
import type { BuilderName } from '../report.ts'
import { type ClassicRules, classicRules } from '../resolve/selection.ts'
import { type Survey, type SurveyOptions, surveyContext, walkWhole } from './survey.ts'

export interface BuildSurveyOptions extends SurveyOptions {
  /** Whose view leads: its ignore file is in force, and it decides what counts as a failure. */
  readonly builder: BuilderName
  /** False: the classic client's figure is not worth its cost, which with an ignore file of its own is a longer walk. Default true. */
  readonly wantsClassic?: boolean
}

export interface BuildSurveys {
  readonly builder: BuilderName
  /** The main context as the leading builder loads it. */
  readonly main: Survey
  /** The same as BuildKit loads it: another survey only where another builder leads and reads another ignore file, or reads it otherwise. */
  readonly buildkit: Survey
  /** Named contexts of which something is requested. */
  readonly named: readonly Survey[]
  /** Null when the classic client refuses the ignore file, or its view is not wanted. */
  readonly rules: ClassicRules | null
  /** The main context as podman loads it; null when it refuses the ignore file, or a part of the context only was looked at. */
  readonly asPodman: LoadedContext | null
}

/** Reads the contexts. `plan` is BuildKit's: what it requests decides what is walked and followed. */
export function surveyBuild(
  host: Host,
  build: LoadedBuild,
  plan: BuildPlan,
  options: BuildSurveyOptions,
): BuildSurveys {
  const { builder } = options
  const views = viewsOf(build, options)
  const requestOf = (name: string | null) => plan.requests.find((request) => request.name === name) ?? null
  const survey = (context: LoadedContext) =>
    surveyContext(host, context, requestOf(context.name), { ...options, ...beside(context, views) })
  const main = survey(views.leading)
  const differs = builder === 'classic' ? !build.sameIgnoreFile : views.leading !== build.main
  return {
    builder,
    main,
    buildkit: differs ? survey(build.main) : main,
    named: build.named.filter(({ name }) => requestOf(name) !== null).map(survey),
    rules: views.rules,
    asPodman: views.asPodman,
  }
}

/** Walks the main context and nothing else, for who needs its entries before it is known what is built; `seen` has it then. */
export function walkMain(host: Host, build: LoadedBuild, options: BuildSurveyOptions): EntryTable {
  const views = viewsOf(build, options)
  return walkWhole(host, views.leading, { ...options, ...beside(views.leading, views) })
}

interface Views extends Pick<BuildSurveys, 'rules' | 'asPodman'> {
  /** The main context as the leading builder loads it. */
  readonly leading: LoadedContext
}

/** How the builders load the main context. */
function viewsOf(build: LoadedBuild, { builder, scope, wantsClassic }: BuildSurveyOptions): Views {
  const wanted = builder === 'classic' || wantsClassic !== false
  // Beside another builder it is worth as much as the classic one's; a pattern that podman fails on must not end the run.
  const isBeside = builder !== 'podman'
  const failsPodman = build.podman?.patterns.patterns.some(({ invalid }) => invalid) ?? false
  return {
    leading: { buildkit: build.main, classic: build.classic, podman: build.podman }[builder] ?? build.main,
    rules: wanted && build.classic ? classicRules(build.classic.patterns, build.dockerfile.inContext) : null,
    asPodman: scope === 'transfer' || (isBeside && (!wanted || failsPodman)) ? null : build.podman,
  }
}

/** What a walk of the context has to bear in mind besides its own patterns. */
const beside = (context: LoadedContext, { rules, asPodman }: Views) => ({
  classic: context.name === null ? rules : null,
  podman: context.name === null && asPodman !== context ? (asPodman?.patterns ?? null) : null,
})
