/** A surveyed context as podman sees it. */

import type { LoadedContext } from '../inputs/load.ts'
import { CtxsizeError } from '../lib/errors.ts'
import { type Selection, selectForPodman } from '../resolve/selection.ts'
import type { Survey } from './survey.ts'

/** What podman's ignore file leaves: nothing is sent, instructions read it where it lies. */
export interface PodmanView {
  readonly kept: Selection
  /** With podman's ignore file, which may be another one than the leading builder's. */
  readonly context: LoadedContext
}

/** As {@link viewPodman}, for who only compares: null where podman fails on a pattern that docker reads otherwise. */
export function podmanBeside(survey: Survey, context: LoadedContext): PodmanView | null {
  try {
    return viewPodman(survey, context)
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return null
    throw thrown
  }
}

/** `context`: the surveyed one as podman loads it. Throws `PATTERN_REFUSED` where podman fails on a pattern when it is first tried. */
export function viewPodman(survey: Survey, context: LoadedContext): PodmanView {
  const { table } = survey
  if (survey.context.archive) return { kept: new Uint8Array(table.count).fill(1), context }
  return { kept: selectForPodman(table, context.patterns, survey.context.patterns), context }
}
