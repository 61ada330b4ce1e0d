/** The instructions of one build in the order in which they run, and how a loss of the cache is handed on along stages. */

import { changingSteps } from '../dockerfile/changing.ts'
import type { BuildPlan, ReadInstruction, Stage, Step } from '../dockerfile/model.ts'

/** A COPY, ADD or RUN of the build. */
export interface Link {
  readonly step: Step
  readonly instruction: 'COPY' | 'ADD' | 'RUN'
  readonly stage: Stage
  /** What it reads of contexts: one, or for a RUN one for each bind mount. */
  readonly reads: readonly ReadInstruction[]
  /** Stages whose files it takes. */
  readonly from: readonly number[]
  /**
   * It is made apart from what stands before it, and comes from the cache whatever became of that: `--link`
   * (https://docs.docker.com/reference/dockerfile/#copy---link).
   */
  readonly isApart: boolean
  /** An ARG that has another value in every build, for which it never comes from the cache; null: none. */
  readonly changing: string | null
}

export interface Chain {
  readonly links: readonly Link[]
  /** Those that the target needs, in order. */
  readonly stages: readonly Stage[]
}

const told = new Set(['COPY', 'ADD', 'RUN'])

/** Takes the plan apart; `isChanging`: which ARGs have another value in every build. Pure. */
export function makeChain(plan: BuildPlan, isChanging: (name: string) => boolean = () => false): Chain {
  const stages = plan.stages.filter(({ reachable }) => reachable)
  const pending = new Map<number, ReadInstruction[]>()
  for (const read of plan.reads) {
    const known = pending.get(read.stageIndex)
    if (known) known.push(read)
    else pending.set(read.stageIndex, [read])
  }
  const changing = changingSteps(plan, isChanging)
  const links: Link[] = []
  for (const step of plan.steps) {
    const { keyword } = step.instruction
    const stage = plan.stages[step.stageIndex]
    if (!told.has(keyword) || stage === undefined) continue
    const queue = pending.get(step.stageIndex) ?? []
    const reads: ReadInstruction[] = []
    // Both lists are in the order in which the stage runs.
    while (
      queue[0]?.line === step.line &&
      queue[0].text === step.instruction.text &&
      queue[0].instruction === keyword
    ) {
      const read = queue.shift()
      if (read) reads.push(read)
      if (keyword !== 'RUN') break
    }
    links.push({
      step,
      instruction: keyword === 'COPY' ? 'COPY' : keyword === 'ADD' ? 'ADD' : 'RUN',
      stage,
      reads: reads.filter(({ origin }) => origin.kind === 'main' || origin.kind === 'named'),
      from: reads.flatMap(({ origin }) => (origin.kind === 'stage' ? [origin.index] : [])),
      isApart: isOn(step, 'link'),
      changing: changing.get(step) ?? null,
    })
  }
  return { links, stages }
}

function isOn({ instruction }: Step, name: string): boolean {
  const flag = instruction.flags.find((one) => one.name === name)
  return flag !== undefined && (flag.value ?? 'true').toLowerCase() === 'true'
}

/** What became of an instruction in one commit. */
export const kept = 0
/** It may not come from the cache: that depends on what a stage it copies from has made. */
export const mayBeLost = 1
/** Something before it was lost. */
export const lost = 2
/** What it reads has changed. */
export const ownLost = 3
export type Fate = typeof kept | typeof mayBeLost | typeof lost | typeof ownLost

/** Makes a function that fills in what becomes of every link, from which of them read something that changed. */
export function createSpread({
  links,
  stages,
}: Chain): (own: Uint8Array, changedBases: ReadonlySet<number>, fates: Uint8Array) => void {
  const byStage = new Map<number, number[]>()
  for (const [i, { stage }] of links.entries())
    byStage.set(stage.index, [...(byStage.get(stage.index) ?? []), i])
  /** What a stage ends with. */
  const ends = new Map<number, Fate>()
  return (own, changedBases, fates) => {
    ends.clear()
    for (const { index, baseOrigin } of stages) {
      let state: Fate = baseOrigin.kind === 'stage' ? (ends.get(baseOrigin.index) ?? kept) : kept
      if (changedBases.has(index)) state = lost
      for (const i of byStage.get(index) ?? []) {
        const link = links[i]
        if (!link) continue
        const taken = link.from.some((from) => (ends.get(from) ?? kept) !== kept) ? mayBeLost : kept
        const before = link.isApart ? kept : state
        const fate: Fate =
          own[i] === 1 ? ownLost : before === lost ? lost : before === mayBeLost ? mayBeLost : taken
        fates[i] = fate
        if (fate >= lost) state = lost
        else if (fate === mayBeLost && state === kept) state = mayBeLost
      }
      ends.set(index, state)
    }
  }
}
