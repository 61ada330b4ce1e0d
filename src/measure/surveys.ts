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
  /** The same as BuildKit loads it: another survey only where the classic builder leads and reads another ignore file. */
  readonly buildkit: Survey
  /** Named contexts of which something is requested. */
  readonly named: readonly Survey[]
  /** Null when the classic client refuses the ignore file, or its view is not wanted. */
  readonly rules: ClassicRules | null
}

/** Reads the contexts. `plan` is BuildKit's: what it requests decides what is walked and followed. */
export function surveyBuild(
  host: Host,
  build: LoadedBuild,
  plan: BuildPlan,
  options: BuildSurveyOptions,
): BuildSurveys {
  const leads = options.builder === 'classic'
  const wanted = leads || options.wantsClassic !== false
  const rules =
    wanted && build.classic ? classicRules(build.classic.patterns, build.dockerfile.inContext) : null
  const requestOf = (name: string | null) => plan.requests.find((request) => request.name === name) ?? null
  const survey = (context: LoadedContext) =>
    surveyContext(host, context, requestOf(context.name), {
      ...options,
      classic: context.name === null ? rules : null,
    })
  const main = survey(leads && build.classic ? build.classic : build.main)
  return {
    builder: options.builder,
    main,
    buildkit: leads && !build.sameIgnoreFile ? survey(build.main) : main,
    named: build.named.filter(({ name }) => requestOf(name) !== null).map(survey),
    rules,
  }
}
