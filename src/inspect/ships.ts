/** How far a file of a context gets: to the final image, to a layer below it, to the build cache, or no further than the builder. */

import { coveredBy, landing } from '../dockerfile/landing.ts'
import type { BuildPlan, ReadInstruction, Step } from '../dockerfile/model.ts'
import { groupedBy } from '../lib/grouped.ts'
import { rootedPath } from '../lib/path.ts'
import { inUnknownDirectory, prints, unknownDirectory } from './deeds.ts'
import { followMade, type IsGiven } from './made-with.ts'

/**
 * `image`: it is in the image that is built. `maybe`: it may be, by a COPY --from of which it cannot be told whether it
 * takes it. `deleted`: a later instruction takes it away, which leaves it in a layer of the image. `cache`: it stays in a
 * stage that is only copied from. `lent`: a bind mount shows it to a RUN, and no layer has it. `unread`: it is sent, and
 * nothing takes it.
 */
export type Reach = 'image' | 'maybe' | 'deleted' | 'cache' | 'lent' | 'unread'

/** The furthest that a file gets. */
export interface Arrival {
  readonly reach: Reach
  /** The instruction that takes it from the context; null for `unread`. */
  readonly by: ReadInstruction | null
  /** The COPY --from that brings it to the image, or for `deleted` the instruction that deletes it; null where there is none. */
  readonly next: { readonly line: number; readonly text: string } | null
  /**
   * For `cache`: the instruction that brings to the image what a RUN made beside the file, and that may hold it; null
   * where nothing of the kind gets there.
   */
  readonly made: Made | null
  /** The RUN that prints it while the image is built, wherever it gets; null where none does. */
  readonly printed: { readonly line: number; readonly text: string } | null
}

interface Made {
  readonly line: number
  readonly text: string
  /** False for a file outside of all directories in which the RUNs of such stages work: they hardly take it. */
  readonly isNear: boolean
}

/** True when the step takes away what lies at the absolute path. */
export type Deletes = (step: Step, path: string) => boolean

/** Places looked at for one file: stages that copy from each other can multiply them. */
const mostPlaces = 500

const furthestFirst: readonly Reach[] = ['image', 'maybe', 'deleted', 'cache', 'lent', 'unread']

/** A RUN that deletes before it does anything else; of another nobody knows what it used first. */
const beginsWithIt = /^RUN\s+(?:rm|unlink)\s/i

/**
 * Where a file is: in a stage from a step on, at an absolute path, null for one that cannot be told. `beside`: then the steps that
 * work in the directory which it was put into, and its path for those.
 */
interface Place {
  readonly stage: number
  readonly from: number
  readonly at: string | null
  readonly beside?: { readonly steps: readonly Step[]; readonly at: string } | undefined
}

/**
 * Says of one build how far a path of a context gets by the instructions that read it. Bounded whatever the stages are. Without
 * `isGiven` all that is taken of a stage may have been made there, and without `mayHold` of any file of the context (its path).
 */
export function followFiles(
  plan: BuildPlan,
  deletes: Deletes,
  {
    isGiven = () => false,
    mayHold = () => true,
  }: {
    readonly isGiven?: IsGiven
    readonly mayHold?: (step: Step, path: string, at: string | null) => boolean
  } = {},
): (path: string, by: readonly ReadInstruction[]) => Arrival {
  const chain = baseChain(plan)
  const madeWith = followMade(plan, chain, isGiven)
  const steps = groupedBy(plan.steps, ({ stageIndex }) => stageIndex)
  const built = groupedBy(
    plan.stages.filter(({ reachable }) => reachable),
    ({ baseOrigin }) => (baseOrigin.kind === 'stage' ? baseOrigin.index : -1),
  )
  const copied = groupedBy(
    plan.reads.filter(({ mount }) => !mount),
    ({ origin }) => (origin.kind === 'stage' ? origin.index : -1),
  )
  /** Where the instruction puts the path, and the step after it. */
  const placeAfter = (read: ReadInstruction, path: string | null): Place => {
    const own = steps.get(read.stageIndex) ?? []
    const index = own.findIndex(
      ({ line, instruction }) => line === read.line && instruction.text === read.text,
    )
    const [stage, from] = [read.stageIndex, index + 1]
    const at = path === null ? null : landing(read, own[index]?.directory ?? null, path)
    if (at !== null || path === null || own[index]?.directory !== null) return { stage, from, at }
    const near = landing(read, unknownDirectory, path)
    return {
      stage,
      from,
      at,
      beside: near === null ? undefined : { steps: unknownFrom(stage, from), at: near },
    }
  }
  const unknown = new Map<string, readonly Step[]>()
  const unknownFrom = (stage: number, from: number): readonly Step[] => {
    const key = `${stage} ${from}`
    const found = unknown.get(key) ?? inUnknownDirectory(steps.get(stage) ?? [], from)
    unknown.set(key, found)
    return found
  }
  const isNear = nearRuns(plan, chain)
  return (path, by) => {
    let best: Omit<Arrival, 'printed'> = { reach: 'unread', by: null, next: null, made: null }
    let printed: Arrival['printed'] = null
    const offer = (arrival: Omit<Arrival, 'made' | 'printed'>, made: Arrival['made'] = null) => {
      const further = furthestFirst.indexOf(best.reach) - furthestFirst.indexOf(arrival.reach)
      if (further > 0 || (further === 0 && made !== null && best.made === null)) best = { ...arrival, made }
    }
    const follow = (read: ReadInstruction) => {
      const seen = new Set<string>()
      const visit = (place: Place, last: ReadInstruction | null, isSure: boolean) => {
        const { stage, from, at, beside } = place
        const key = `${stage} ${from} ${isSure} ${at}`
        if (seen.has(key) || seen.size >= mostPlaces) return
        seen.add(key)
        const own = at === null ? (beside?.steps ?? []) : (steps.get(stage) ?? []).slice(from)
        const known = at ?? beside?.at
        const deleted = known === undefined ? -1 : own.findIndex((step) => deletes(step, known))
        const deletion = deleted < 0 ? -1 : from + deleted
        const deleting = own[deleted]
        if (known !== undefined && printed === null) {
          const until = deleted < 0 ? own : own.slice(0, deleted + 1)
          const found = until.find((step) => prints(step, known))
          if (found !== undefined) printed = { line: found.line, text: found.instruction.text }
        }
        if (!chain.has(stage)) {
          const until = deleting ? deletion + (beginsWithIt.test(deleting.instruction.text) ? 0 : 1) : null
          const made =
            best.made === null
              ? madeWith({ stage, from, until, at, mayHold: (step) => mayHold(step, path, at) })
              : null
          offer(
            { reach: 'cache', by: read, next: null },
            made && { line: made.line, text: made.text, isNear: isNear(at) },
          )
        } else if (deleting)
          offer({
            reach: 'deleted',
            by: read,
            next: { line: deleting.line, text: deleting.instruction.text },
          })
        // What is in a stage below is in the image when nothing on the way up deletes it.
        else if (stage === plan.target?.index)
          offer({
            reach: isSure ? 'image' : 'maybe',
            by: read,
            next: last && { line: last.line, text: last.text },
          })
        if (deleting) return
        for (const next of built.get(stage) ?? []) visit({ stage: next.index, from: 0, at }, last, isSure)
        for (const copy of copied.get(stage) ?? []) {
          const takes = takesFrom(copy, at)
          if (takes !== 'no')
            visit(placeAfter(copy, at === null ? null : at.slice(1)), copy, isSure && takes === 'yes')
        }
      }
      visit(placeAfter(read, path), null, true)
    }
    for (const read of by) {
      if (read.mount) offer({ reach: 'lent', by: read, next: null })
      else follow(read)
    }
    return { ...best, printed }
  }
}

/** Says whether an absolute path lies below a directory in which a RUN of a stage works that is none of the image's. */
function nearRuns({ steps }: BuildPlan, chain: ReadonlySet<number>): (at: string | null) => boolean {
  const directories = steps
    .filter(({ instruction, stageIndex }) => instruction.keyword === 'RUN' && !chain.has(stageIndex))
    .map(({ directory }) => directory)
  return (at) =>
    at === null ||
    directories.some((one) => one === null || at.startsWith(one.endsWith('/') ? one : `${one}/`))
}

/** The stage that is built and those it is built on: their layers are the image's. */
function baseChain({ stages, target }: BuildPlan): ReadonlySet<number> {
  const chain = new Set<number>()
  for (let at = target; at !== null && !chain.has(at.index); ) {
    chain.add(at.index)
    at = at.baseOrigin.kind === 'stage' ? (stages[at.baseOrigin.index] ?? null) : null
  }
  return chain
}

/** Whether a COPY --from takes what lies at the absolute path of its stage. */
function takesFrom(copy: ReadInstruction, at: string | null): 'yes' | 'maybe' | 'no' {
  const sources = copy.localSources.map(rootedPath)
  if (sources.length === 0) return 'no'
  const isCovered =
    at === null
      ? sources.includes('')
      : sources.some((source) => coveredBy(copy, source, at.slice(1)) !== null)
  if (isCovered) return copy.excludes.length === 0 ? 'yes' : 'maybe'
  return at === null ? 'maybe' : 'no'
}

/** True when the row is among those that an instruction reads, which ascend. */
export function holdsRow(rows: Int32Array, row: number): boolean {
  let from = 0
  let to = rows.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((rows[middle] ?? 0) < row) from = middle + 1
    else to = middle
  }
  return rows[from] === row
}
