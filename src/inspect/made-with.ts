/** Whether what a RUN made beside a file gets to the image that is built: a jar, a bundle, a binary may hold the file. */

import { coveredBy } from '../dockerfile/landing.ts'
import type { BuildPlan, ReadInstruction, Step } from '../dockerfile/model.ts'
import { groupedBy } from '../lib/grouped.ts'
import { baseName, rootedPath } from '../lib/path.ts'
import { concerns, deedsOf } from './deeds.ts'

/** True when an absolute path of a stage is a file as a COPY put it there from a context. */
export type IsGiven = (stage: number, path: string) => boolean

/** Where a file lies in a stage below none of the image's: from a step on, and up to the one that deletes it. */
export interface Beside {
  readonly stage: number
  readonly from: number
  /** Exclusive; null: it stays. */
  readonly until: number | null
  /** Absolute; null where it cannot be told. */
  readonly at: string | null
  /** False for a RUN of which it is known that nothing it makes holds the file. */
  readonly mayHold: (step: Step) => boolean
}

interface Visit {
  readonly stage: number
  readonly from: number
  readonly until: number | null
  /** Something in the stage may hold the file already. */
  readonly isMade: boolean
  /** What took it there; null in the stage of the file. */
  readonly by: ReadInstruction | null
}

/**
 * Gives the instruction by which something made beside the file comes to one of the stages `chain`, or null when nothing does. What a RUN
 * writes is not known, so that all counts that is taken of the stage and is no file of a context. Each stage is looked at
 * twice at most.
 */
export function followMade(
  plan: BuildPlan,
  chain: ReadonlySet<number>,
  isGiven: IsGiven,
): (file: Beside) => ReadInstruction | null {
  const steps = groupedBy(plan.steps, ({ stageIndex }) => stageIndex)
  const built = groupedBy(
    plan.stages.filter(({ reachable }) => reachable),
    ({ baseOrigin }) => (baseOrigin.kind === 'stage' ? baseOrigin.index : -1),
  )
  const takers = groupedBy(plan.reads, ({ origin }) => (origin.kind === 'stage' ? origin.index : -1))
  const runsWithin = ({ stage, from, until }: Visit, mayHold: Beside['mayHold']): boolean =>
    (steps.get(stage) ?? []).slice(from, until ?? undefined).some((step) => isRun(step) && mayHold(step))
  const takesMade = (copy: ReadInstruction, stage: number): boolean =>
    copy.mount ||
    copy.localSources.some(
      (source) => !holdsNothing.test(source) && !isGiven(stage, `/${rootedPath(source)}`),
    )
  /** A mount is for its own RUN: what that makes begins with it. */
  const after = (taker: ReadInstruction): number => {
    const index = (steps.get(taker.stageIndex) ?? []).findIndex(
      ({ line, instruction }) => line === taker.line && instruction.text === taker.text,
    )
    return taker.mount ? Math.max(index, 0) : index + 1
  }
  return ({ stage: first, at, mayHold, ...span }) => {
    const seen = new Set<string>()
    const visits: Visit[] = [{ stage: first, ...span, isMade: false, by: null }]
    for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
      const { stage, until, by } = visit
      if (by !== null && chain.has(stage)) return by
      const isMade = visit.isMade || runsWithin(visit, mayHold)
      const key = `${stage} ${isMade}`
      if (seen.has(key)) continue
      seen.add(key)
      for (const taker of takers.get(stage) ?? []) {
        const isShown = taker.mount && until === null && holdsPath(taker, at)
        if (isMade ? !takesMade(taker, stage) : !isShown) continue
        visits.push({ stage: taker.stageIndex, from: after(taker), until: null, isMade: true, by: taker })
      }
      // A stage that is built on this one has all of it. None of the image's stages is: those are not asked about.
      if (isMade)
        for (const { index } of built.get(stage) ?? [])
          visits.push({ stage: index, from: 0, until: null, isMade, by })
    }
    return null
  }
}

/** By their names what an install brought, as a whole, and texts that go with a program: nothing is built into them of a file beside them. */
const holdsNothing =
  /(?:^|\/)(?:node_modules|(?:README|CHANGELOG|LICEN[CS]ES?|NOTICE|COPYING|AUTHORS)(?:[-.][\w.-]*)?(?<!\.(?:zip|t?gz|jar|tar)))\/?$/

const isRun = ({ instruction }: Step): boolean => instruction.keyword === 'RUN'

/** True for a mount that shows what lies at the path, or may. */
const holdsPath = (mount: ReadInstruction, at: string | null): boolean =>
  at === null ||
  mount.localSources.some((source) => coveredBy(mount, rootedPath(source), at.slice(1)) !== null)

/** Commands that leave what a file holds as it is. */
const harmless = /(?:^|[\s;&|(])(?:chmod|chown|chgrp|touch|ls|test)\s[^;&|\n>]*/g

/** Names of what builds write, and directories that they write to: no file of a project that somebody wrote. */
const artefact =
  /(?:^|\/)(?:target|build|dist|out|obj|publish|release)\/|\.(?:jar|war|ear|aar|dll|exe|so|a|whl|gem|tgz|tar|gz|zip|phar|nupkg)$|(?:^|\/)[^./]+$/i

/**
 * Says whether a path of a stage, where a COPY put a file of a context, may be something else by the time it is taken: a jar that
 * was built on this machine lies there, and the RUN makes it anew. `isTracked`: git has the file, null where that is not known.
 * Each RUN is read once.
 */
export function rewrites(
  plan: BuildPlan,
): (stage: number, path: string, isTracked: boolean | null) => boolean {
  const runs = groupedBy(
    plan.steps.filter(isRun).map((step) => ({
      stage: step.stageIndex,
      text: [step.instruction.text, ...step.instruction.heredocs.map(({ body }) => body)]
        .join('\n')
        .replace(harmless, ' '),
      deeds: deedsOf(step).filter(({ kind }) => kind !== 'delete'),
    })),
    ({ stage }) => stage,
  )
  return (stage, path, isTracked) =>
    isTracked === false ||
    (isTracked === null && artefact.test(path)) ||
    (runs.get(stage) ?? []).some(
      ({ text, deeds }) => text.includes(baseName(path)) || deeds.some((deed) => concerns(deed, path)),
    )
}
