/** One build with everything that is known of its contexts: what the analysis and every answer look at. */

import { flag } from '../context/table.ts'
import type { BuildPlan, Dockerfile, ReadInstruction } from '../dockerfile/model.ts'
import type { LoadedBuild } from '../inputs/load.ts'
import type { BuilderName, BuildReference } from '../report.ts'
import { type Reads, resolveReads } from '../resolve/reads.ts'
import type { Selection } from '../resolve/selection.ts'
import type { ClassicView } from './classic.ts'
import type { Survey } from './survey.ts'

/** An instruction with what it takes; `survey` is the context it takes from, null for a stage, an image or a URL. */
export interface ResolvedRead {
  readonly instruction: ReadInstruction
  readonly survey: Survey | null
  readonly reads: Reads
}

/** Everything that was read and resolved of one build, before anything is made of it. */
export interface MeasuredBuild {
  readonly build: LoadedBuild
  readonly reference: BuildReference
  readonly dockerfile: Dockerfile
  readonly plan: BuildPlan
  /** The main context as the leading builder loads it. */
  readonly main: Survey
  /** The same as BuildKit loads it: another survey only where the classic builder leads and reads another ignore file. */
  readonly buildkit: Survey
  readonly named: readonly Survey[]
  /** Null when the classic client refuses the context, or its view was not wanted. */
  readonly classic: ClassicView | null
  /** Rows of the main context as the leading builder takes it: what its ignore file leaves. */
  readonly taken: Selection
  readonly builder: BuilderName
  /** In file order. */
  readonly reads: readonly ResolvedRead[]
  /** Rows of the main context that an instruction reads. */
  readonly read: Uint8Array
}

/** What one instruction takes. `lead`: what the leading builder sends of the main context. */
export function resolveRead(
  instruction: ReadInstruction,
  main: Survey,
  named: readonly Survey[],
  lead: Selection,
): ResolvedRead {
  const { origin } = instruction
  const survey =
    origin.kind === 'main'
      ? main
      : origin.kind === 'named'
        ? (named.find(({ context }) => context.name === origin.name) ?? null)
        : null
  const reads = survey
    ? resolveReads(survey.table, survey === main ? lead : survey.sent, instruction)
    : { rows: new Int32Array(), failure: null }
  return { instruction, survey, reads }
}

/** The rows that the ignore file leaves. */
export function contextRows({ table }: Survey): Selection {
  return Uint8Array.from(table.flags, (flags) => ((flags & flag.ignored) === 0 ? 1 : 0))
}
