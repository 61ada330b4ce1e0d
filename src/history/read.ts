/** The history of builds: their repositories found, their commits read once, each way to build replayed. */

import { isLocalContext } from '../dockerfile/reference.ts'
import type { Host } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { visiblePath } from '../lib/path.ts'
import { findRepository, type RepositoryPlace } from '../repository/place.ts'
import { accepted } from '../suggest/report.ts'
import { makeChain } from './chain.ts'
import {
  askAhead,
  askTogether,
  type ChangesAhead,
  type CommitLine,
  type HistoryRange,
  readChanges,
  readCommitLine,
} from './commits.ts'
import { changingIn, createFixing, type FixableBuild, type FixStep, fixSteps, matched } from './fixes.ts'
import { commonBelow, createContexts, historyPlace, type ReplayContexts, repositoriesIn } from './place.ts'
import { createQuestions, type Questions } from './questions.ts'
import { createReplay, type History, type Losses, type Replay, type ReplayBuild, together } from './replay.ts'
import { type UntrackedPart, untrackedParts } from './untracked.ts'

/** A history by the instructions of today's Dockerfile. */
export interface Afterwards {
  /** One for each instruction of the build as it is; null where it would be gone. */
  readonly links: readonly (Losses | null)[]
  readonly rebuilt: number
}

export interface TriedStep extends FixStep {
  /** Were just this followed; and with those before it. */
  readonly alone: Afterwards
  readonly together: Afterwards
}

/** What was found out about one build. */
export interface BuildHistory {
  readonly line: CommitLine
  readonly now: History
  /** With all that `ctxsize fix --write` would write; null where it would write nothing. */
  readonly fixed: Afterwards | null
  /** The same with `--include review`. */
  readonly withReview: Afterwards | null
  /** What would help, step by step. */
  readonly steps: readonly TriedStep[]
  readonly untracked: readonly UntrackedPart[]
}

export interface HistoryOptions extends HistoryRange {
  /** False: only the figures as they are and with the fix. */
  readonly wantsSteps: boolean
  /** Follow also what needs a decision. */
  readonly review: boolean
  /** What git was asked before; left out or null: nothing. */
  readonly ahead?: HistoryAhead | null
}

export interface HistoryAhead {
  readonly top: string
  readonly changes: () => ChangesAhead
}

/**
 * Begins to ask git about the history of a directory, and of others that a build takes files from, before anything else
 * is known of the build. Null where there is no thread for it; what is wrong is told by who asks in earnest.
 */
export function beginHistory(
  host: Host,
  roots: readonly [string, ...string[]],
  range: HistoryRange,
): HistoryAhead | null {
  const [root, ...more] = roots
  const place = findRepository(host, host.absolute(root))
  if (place === null) return null
  const absolute = [root, ...more.filter(isLocalContext)].map((one) => host.absolute(one))
  const changes = askAhead(host, place, { ...range, below: commonBelow(host, place, absolute) })
  return changes && { top: place.top, changes }
}

/** Commits that are told one by one. */
const mostRecent = 200
/** Steps that are tried one by one. */
const mostSteps = 8

/**
 * Reads and replays. Builds of one repository share the reading. In the order of the builds; null for one that is in no
 * repository. Throws `NO_REPOSITORY` where git refuses.
 */
export function readHistories(
  host: Host,
  builds: readonly FixableBuild[],
  options: HistoryOptions,
): readonly (BuildHistory | null)[] {
  const places = builds.map((build) => historyPlace(host, build))
  const made = builds.map((): BuildHistory | null => null)
  const tops = new Map<string, RepositoryPlace>()
  for (const place of places) if (place) tops.set(place.top, place)
  for (const [top, place] of tops) {
    const roots = builds.flatMap((build, i) =>
      places[i]?.top === top ? [build.main, ...build.named].map(({ context }) => context.root) : [],
    )
    const below = commonBelow(host, place, roots)
    const ahead =
      options.ahead?.top === top ? options.ahead.changes() : askTogether(host, place, { ...options, below })
    const line = ahead?.line ?? readCommitLine(host, place, options)
    const questions = createQuestions()
    const contexts = createContexts(host, place)
    const own = builds.flatMap((build, i) =>
      places[i]?.top === top
        ? [{ i, replays: replaysOf({ build, contexts, line, options, questions }) }]
        : [],
    )
    const all = own.flatMap(({ replays }) => replays.all)
    const { bounds } = options
    const asked = { line, below, ahead, ...(bounds === undefined ? {} : { bounds }) }
    const reader = together(all, questions, mostRecent)
    readChanges(host, place, asked, reader)
    reader.end()
    for (const { i, replays } of own) made[i] = replays.finish()
  }
  return made
}

/** The same for one build. Throws `NO_REPOSITORY` where there is none. */
export function readHistory(host: Host, build: FixableBuild, options: HistoryOptions): BuildHistory {
  const [made] = readHistories(host, [build], options)
  if (made) return made
  const held = repositoriesIn(build.main.table)
  const [first = ''] = held
  throw held.length > 1
    ? fail(
        'NO_REPOSITORY',
        `there is no one history here: the context holds ${held.length} git repositories`,
        {
          hint: `ask about a build of one of them, as in ${visiblePath(first)}`,
        },
      )
    : fail('NO_REPOSITORY', 'there is no history here: the context is in no git repository')
}

interface ReplayQuestion {
  readonly build: FixableBuild
  readonly contexts: ReplayContexts
  readonly line: CommitLine
  readonly options: HistoryOptions
  readonly questions: Questions
}

function replaysOf({ build, contexts, line, options, questions }: ReplayQuestion) {
  const asIs = { chain: makeChain(build.plan, changingIn(build)), contexts: contexts.of(build) }
  const { chain } = asIs
  const now = createReplay(asIs, questions, { recent: Math.min(line.count, mostRecent) })
  const fixing = createFixing(build, asIs, contexts)
  /** What comes to the same texts is replayed once: all steps together are often the fix. */
  const tried = new Map<ReplayBuild, Replay>([[asIs, now]])
  const after = (suggestions: FixStep['suggestions']): Replay => {
    const build = fixing(suggestions)
    const replay = tried.get(build) ?? createReplay(build, questions, { recent: 0 })
    tried.set(build, replay)
    return replay
  }
  const afterAll = (review: boolean): Replay | null => {
    const followed = accepted(build.proposals, review)
    return followed.length === 0 ? null : after(followed)
  }
  const fixed = afterAll(options.review)
  const withReview = afterAll(true)
  const steps = (options.wantsSteps ? fixSteps(build) : []).slice(0, mostSteps).map((step, i, all) => ({
    step,
    alone: after(step.suggestions),
    together: i === 0 ? null : after(all.slice(0, i + 1).flatMap(({ suggestions }) => suggestions)),
  }))
  return {
    all: [...tried.values()],
    finish: (): BuildHistory => {
      const told = (history: History): Afterwards => ({
        links: matched(chain.links, history),
        rebuilt: history.rebuilt,
      })
      return {
        line,
        now: now.finish(),
        fixed: fixed && told(fixed.finish()),
        withReview: withReview && told(withReview.finish()),
        steps: steps.map(({ step, alone, together }) => {
          const one = told(alone.finish())
          return { ...step, alone: one, together: together === null ? one : told(together.finish()) }
        }),
        untracked: options.bounds === undefined ? untrackedIn(build) : [],
      }
    },
  }
}

function untrackedIn({ main, reads, repository }: FixableBuild): readonly UntrackedPart[] {
  return reads.every(({ survey }) => survey !== main) ? [] : untrackedParts(reads, main.table, repository)
}
