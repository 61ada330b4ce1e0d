/** All contexts of one build, walked: the main one as each builder loads it, and the named ones. */

import type { BuildPlan } from '../dockerfile/model.ts'
import type { Host } from '../host/host.ts'
import type { LoadedBuild, LoadedContext } from '../inputs/load.ts'
import type { BuilderName } from '../report.ts'
import { type ClassicRules, classicRules } from '../resolve/selection.ts'
import { type Survey, type SurveyOptions, surveyContext } from './survey.ts'

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
  const leads = builder === 'classic'
  const wanted = leads || options.wantsClassic !== false
  const rules =
    wanted && build.classic ? classicRules(build.classic.patterns, build.dockerfile.inContext) : null
  const requestOf = (name: string | null) => plan.requests.find((request) => request.name === name) ?? null
  // Beside another builder it is worth as much as the classic one's; a pattern that podman fails on must not end the run.
  const isBeside = builder !== 'podman'
  const failsPodman = build.podman?.patterns.patterns.some(({ invalid }) => invalid) ?? false
  const asPodman =
    options.scope === 'transfer' || (isBeside && (!wanted || failsPodman)) ? null : build.podman
  const survey = (context: LoadedContext) =>
    surveyContext(host, context, requestOf(context.name), {
      ...options,
      classic: context.name === null ? rules : null,
      podman: context.name === null && asPodman !== context ? (asPodman?.patterns ?? null) : null,
    })
  const leading =
    { buildkit: build.main, classic: build.classic, podman: build.podman }[builder] ?? build.main
  const main = survey(leading)
  const differs = leads ? !build.sameIgnoreFile : leading !== build.main
  return {
    builder,
    main,
    buildkit: differs ? survey(build.main) : main,
    named: build.named.filter(({ name }) => requestOf(name) !== null).map(survey),
    rules,
    asPodman,
  }
}
