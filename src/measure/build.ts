/** One build with everything that is known of its contexts: what the analysis and every answer look at. */

import { addRows, flag } from '../context/table.ts'
import type { BuildPlan, Dockerfile, ReadInstruction } from '../dockerfile/model.ts'
import type { LoadedBuild } from '../inputs/load.ts'
import type { Inspected } from '../inspect/model.ts'
import { byteLength, wellFormed } from '../lib/path.ts'
import type { BuildReference } from '../report.ts'
import { resolvePodmanReads } from '../resolve/podman-reads.ts'
import { type Reads, resolveReads } from '../resolve/reads.ts'
import type { Selection } from '../resolve/selection.ts'
import { type ClassicView, viewClassic } from './classic.ts'
import { type PodmanView, podmanBeside, viewPodman } from './podman.ts'
import type { Survey } from './survey.ts'
import type { BuildSurveys } from './surveys.ts'

/** An instruction with what it takes; `survey` is the context it takes from, null for a stage, an image or a URL. */
export interface ResolvedRead {
  readonly instruction: ReadInstruction
  readonly survey: Survey | null
  readonly reads: Reads
}

/** The texts of one build, and what they mean before any tree is looked at. */
export interface PlannedBuild {
  readonly build: LoadedBuild
  readonly dockerfile: Dockerfile
  /** As the leading builder goes through the stages. */
  readonly plan: BuildPlan
  /** The stage asked for; null for the default. */
  readonly target: string | null
}

/** Everything that was read and resolved of one build, before anything is made of it. */
export interface MeasuredBuild
  extends Omit<PlannedBuild, 'target'>,
    Omit<BuildSurveys, 'rules' | 'asPodman'> {
  readonly reference: BuildReference
  /** Null when the classic client refuses the context, or its view was not wanted. */
  readonly classic: ClassicView | null
  /** Null when podman refuses the ignore file, or its view was not wanted. */
  readonly podman: PodmanView | null
  /** Rows of the main context that the ignore file leaves. */
  readonly kept: Selection
  /** Rows of the main context as the leading builder takes it: what its ignore file leaves. */
  readonly taken: Selection
  /** In file order. */
  readonly reads: readonly ResolvedRead[]
  /** Rows of the main context that an instruction reads, one byte each. */
  readonly read: Selection
  /** What was found inside files; left out where nobody looked. */
  readonly inspected?: Inspected
  /** Paths of the main context that git tracks; null when that cannot be told, left out where nobody asked. */
  readonly tracked?: ReadonlySet<string> | null
}

/** Sets the plan against the trees. Pure. */
export function resolveBuild(planned: PlannedBuild, surveys: BuildSurveys): MeasuredBuild {
  const { build, dockerfile, plan, target } = planned
  const { rules, asPodman, ...seen } = surveys
  const { main, builder } = seen
  const { text, inContext, file } = build.dockerfile
  const outside = inContext === null ? byteLength(text ?? '') : null
  const readable = main.walk.unreadable.length === 0 && text !== null
  const classic = rules && readable ? viewClassic(main, rules, outside) : null
  const viewOf = builder === 'podman' ? viewPodman : podmanBeside
  const podman = asPodman ? viewOf(main, asPodman) : null
  const leads = builder === 'classic' ? classic : null
  const kept = contextRows(main)
  // The classic client sends some files in spite of the ignore file; its daemon drops them before any instruction runs.
  const found = leads ? leads.sent.map((sent, row) => sent & (kept[row] ?? 0)) : main.sent
  const isPodman = builder === 'podman'
  const reads = plan.reads.map((instruction) => resolveRead(instruction, seen, isPodman ? null : found))
  const read = new Uint8Array(main.table.count)
  for (const one of reads) if (one.survey === main) addRows(read, one.reads.rows)
  return {
    build,
    dockerfile,
    plan,
    ...seen,
    reference: { root: '.', dockerfile: wellFormed(file), target },
    classic,
    podman,
    kept,
    taken: isPodman ? withRead(podman?.kept ?? kept, read) : (leads?.sent ?? kept),
    reads,
    read,
  }
}

/** What one instruction takes. `sent`: what the leading builder's instructions can find of the main context; null: podman's look for themselves. */
function resolveRead(
  instruction: ReadInstruction,
  { main, named }: Pick<BuildSurveys, 'main' | 'named'>,
  sent: Selection | null,
): ResolvedRead {
  const { origin } = instruction
  const survey =
    origin.kind === 'main'
      ? main
      : origin.kind === 'named'
        ? (named.find(({ context }) => context.name === origin.name) ?? null)
        : null
  return {
    instruction,
    survey,
    reads: survey ? readsOf(survey, instruction) : { rows: new Int32Array(), failure: null },
  }

  function readsOf(of: Survey, one: ReadInstruction): Reads {
    const { patterns, ignore } = of.context
    if (sent !== null) return resolveReads(of.table, of === main ? sent : of.sent, one)
    if (one.mount) return mountForPodman(of, one)
    return resolvePodmanReads(of.table, { patterns, ignoreFile: ignore?.file ?? null }, one)
  }
}

/** Buildah mounts the directory itself: no ignore file counts there (internal/volumes, GetBindMount; seen on 1.28.2 and 1.43.2). */
function mountForPodman({ table, followed }: Survey, instruction: ReadInstruction): Reads {
  const reads = resolveReads(table, new Uint8Array(table.count).fill(1), instruction)
  // What lies in a directory that the walk passed by is there all the same.
  const isThere = reads.failure?.kind === 'missing' && followed.present.has(reads.failure.path)
  return isThere ? { ...reads, failure: null } : reads
}

/** What podman's instructions find by name below a dropped directory belongs to its context all the same. */
function withRead(kept: Selection, read: Selection): Selection {
  return kept.map((one, row) => one | (read[row] ?? 0))
}

/** The rows that the ignore file leaves. */
function contextRows({ table }: Survey): Selection {
  const { count, flags } = table
  const rows = new Uint8Array(count)
  for (let row = 0; row < count; row++) rows[row] = ((flags[row] ?? 0) & flag.ignored) === 0 ? 1 : 0
  return rows
}
