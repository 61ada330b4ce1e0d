/** Goes through commits and counts, for each instruction of a build, after how many of them it could not have come from the cache. */

import { compareBytes, joinPath, parentPath } from '../lib/path.ts'
import { type Chain, createSpread, kept, type Link, lost, mayBeLost, ownLost } from './chain.ts'
import type { ChangeReader } from './commits.ts'
import { type Asked, type Effect, prefixOf, type Questions, type ReplayContext } from './questions.ts'

/** One way to build: today's files, or those that a change would make of them. */
export interface ReplayBuild {
  readonly chain: Chain
  readonly contexts: readonly ReplayContext[]
}

/** How often. */
export interface Losses {
  readonly own: number
  readonly lost: number
  readonly mayLose: number
}

/** Commits in which something below a path made an instruction lose what it had. */
export interface Cause {
  /** Relative to the context, a directory with `/`; in a named one after its name and a colon. `$GIT_SHA`: an ARG that is another in every build. */
  readonly path: string
  readonly commits: number
  /** Of these, commits in which nothing else did. */
  readonly only: number
}

export interface LinkHistory extends Losses {
  readonly link: Link
  /** The most frequent first. Empty unless causes are wanted. */
  readonly causes: readonly Cause[]
}

export interface History {
  readonly links: readonly LinkHistory[]
  /** Commits after which anything of the build was lost. */
  readonly rebuilt: number
  /** For the newest commits, newest first, what became of each link ({@link Chain}'s values); null unless they are wanted. */
  readonly fates: readonly Uint8Array[] | null
}

export interface Replay {
  /** To be told of all commits that have a parent, alike ones together. */
  readonly onCommits: (alike: AlikeCommits) => void
  readonly finish: () => History
}

/** What the questions come to for a path, in their order. */
export type Answers = readonly Effect[]

/** Commits whose changes come to the same. */
export interface AlikeCommits {
  /** What the changed paths come to, equal ones once; null: too many to list. */
  readonly changed: readonly Answers[] | null
  readonly count: number
  /** Which of the newest are among them, by their places in the line. */
  readonly recent: readonly number[]
}

export interface ReplayOptions {
  /** Commits whose fates are kept one by one, the newest; 0: neither these nor causes are wanted. */
  readonly recent: number
}

/** In fates: there was nothing to compare with. */
export const notCompared = 4

interface Reader extends Asked {
  readonly link: number
  readonly context: ReplayContext
}

interface Tally {
  commits: number
  only: number
  /** Of which commits it was last counted. */
  at: AlikeCommits | null
}

export function createReplay(
  { chain, contexts }: ReplayBuild,
  questions: Questions,
  { recent }: ReplayOptions,
): Replay {
  const { links } = chain
  const readers = readersOf(links, contexts, questions)
  const bases = basesOf(chain, contexts, questions)
  const spread = createSpread(chain)
  const always = [...gitHits(readers), ...changingHits(links)]
  const own = new Uint8Array(links.length)
  const fate = new Uint8Array(links.length)
  const counts = links.map(() => ({ own: 0, lost: 0, mayLose: 0 }))
  const wantsCauses = recent > 0
  const causes = links.map(() => new Map<string, Tally>())
  const fates = wantsCauses
    ? Array.from({ length: recent }, () => new Uint8Array(links.length).fill(notCompared))
    : null
  let rebuilt = 0

  /** The causes that were counted of a link in this commit: the first, and how many. */
  const first: (Tally | null)[] = links.map(() => null)
  const different = new Uint32Array(links.length)
  const changedBases = new Set<number>()
  let isHit = false
  const take = (link: number, cause: string, alike: AlikeCommits) => {
    isHit = true
    own[link] = 1
    if (!wantsCauses) return
    const known = causes[link]
    let tally = known?.get(cause)
    if (tally === undefined) {
      tally = { commits: 0, only: 0, at: null }
      known?.set(cause, tally)
    }
    if (tally.at === alike) return
    tally.at = alike
    tally.commits += alike.count
    first[link] = tally
    different[link] = (different[link] ?? 0) + 1
  }

  const onCommits: Replay['onCommits'] = (alike) => {
    const { changed, count, recent } = alike
    own.fill(0)
    different.fill(0)
    changedBases.clear()
    isHit = false
    for (const { link, cause } of always) take(link, cause, alike)
    for (const answers of changed ?? []) {
      for (const reader of readers) {
        const cause = answers[reader.index] ?? null
        if (cause !== null) take(reader.link, cause, alike)
      }
      for (const base of bases) {
        if ((answers[base.index] ?? null) === null) continue
        isHit = true
        changedBases.add(base.stage)
      }
    }
    // Whoever reads anything has read some of it.
    if (changed === null) for (const { link } of readers) take(link, '', alike)
    fate.fill(kept)
    if (isHit) {
      rebuilt += count
      spread(own, changedBases, fate)
      for (let i = 0; i < links.length; i++) {
        const tally = different[i] === 1 ? first[i] : null
        if (tally) tally.only += count
        const one = counts[i]
        const state = fate[i] ?? kept
        if (one === undefined || state === kept) continue
        if (state === ownLost) one.own += count
        if (state >= lost) one.lost += count
        if (state >= mayBeLost) one.mayLose += count
      }
    }
    for (const index of recent) fates?.[index]?.set(fate)
  }

  return {
    onCommits,
    finish: () => ({
      links: links.map((link, i) => ({
        link,
        ...(counts[i] ?? { own: 0, lost: 0, mayLose: 0 }),
        causes: ranked(causes[i] ?? new Map()),
      })),
      rebuilt,
      fates,
    }),
  }
}

/** What commits came to, and how many did. */
interface ChangeSet {
  /** Numbers of kinds, ascending; null: too many paths to list. */
  readonly kinds: readonly number[] | null
  /** The set with one kind more, by its number. */
  readonly next: (ChangeSet | undefined)[]
  count: number
  readonly recent: number[]
}

/** Sets of changes that are told apart before they are told, so that a long history takes no more memory than a short one. */
const mostSets = 20_000

/**
 * Counts the commits by what they come to, and tells all of the replays when it has ended: paths come to few different
 * things, and commits to few sets of them. `recent`: how many of the newest commits are told one by one.
 */
export function together(
  replays: readonly Replay[],
  { all }: Questions,
  recent: number,
): ChangeReader & { readonly end: () => void } {
  /** By number. */
  const kinds: Answers[] = []
  const numbers = new Map<string, number>()
  const numbered = (answers: Answers): number => {
    const key = answers.map((one) => (one === null ? '' : `=${one}`)).join('\0')
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, kinds.length)
    return kinds.push(answers) - 1
  }

  const setOf = (some: readonly number[] | null): ChangeSet => ({
    kinds: some,
    next: [],
    count: 0,
    recent: [],
  })
  let tooMany = setOf(null)
  let nothing = setOf([])
  let sets = new Map<string, ChangeSet>()
  const extend = (set: ChangeSet, number: number): ChangeSet => {
    const before = set.kinds ?? []
    const matters = !before.includes(number) && kinds[number]?.some((effect) => effect !== null)
    const some = matters ? [...before, number].sort((a, b) => a - b) : before
    const key = some.join()
    const next = matters ? (sets.get(key) ?? setOf(some)) : set
    if (matters) sets.set(key, next)
    set.next[number] = next
    return next
  }
  const end = () => {
    for (const { kinds: some, count, recent: places } of [tooMany, nothing, ...sets.values()]) {
      if (count === 0) continue
      const changed = some?.map((number) => kinds[number]).filter((kind) => kind !== undefined) ?? null
      const alike = { changed, count, recent: places }
      for (const replay of replays) replay.onCommits(alike)
    }
    tooMany = setOf(null)
    nothing = setOf([])
    sets = new Map()
  }

  return {
    numberOf: (path) => numbered(all.map((question) => question.of(path))),
    numberBelow: (directory) => {
      const answers: Effect[] = []
      for (const question of all) {
        const answer = question.below(directory)
        if (answer === undefined) return null
        answers.push(answer)
      }
      return numbered(answers)
    },
    onCommit: (changed, index) => {
      let set = changed === null ? tooMany : nothing
      for (const number of changed ?? []) set = set.next[number] ?? extend(set, number)
      set.count++
      if (index < recent) set.recent.push(index)
      if (sets.size >= mostSets) end()
    },
    end,
  }
}

function readersOf(
  links: readonly Link[],
  contexts: readonly ReplayContext[],
  questions: Questions,
): readonly Reader[] {
  return links.flatMap(({ reads }, link) =>
    reads.flatMap((read): readonly Reader[] => {
      const { origin } = read
      if (read.localSources.length === 0) return []
      const context = contexts.find(({ name }) => name === (origin.kind === 'named' ? origin.name : null))
      return context === undefined ? [] : [{ link, context, ...questions.ask(context, read) }]
    }),
  )
}

/** Stages that begin with all of a named context. */
function basesOf({ stages }: Chain, contexts: readonly ReplayContext[], questions: Questions) {
  return stages.flatMap(({ index: stage, baseOrigin }) => {
    const context =
      baseOrigin.kind === 'named' ? contexts.find(({ name }) => name === baseOrigin.name) : undefined
    return context === undefined ? [] : [{ stage, ...questions.ask(context, null) }]
  })
}

/** What git writes with every commit: its index, its log, its objects, the branch. */
const gitFiles = [
  'index',
  'logs/HEAD',
  'objects/00/00000000000000000000000000000000000000',
  'refs/heads/main',
]

/** Whoever reads some of it never finds it as it was. */
function gitHits(readers: readonly Reader[]): readonly { readonly link: number; readonly cause: string }[] {
  return readers.flatMap(({ link, context: { gitDir, name, sends }, watch }) => {
    if (gitDir === null) return []
    const isRead = gitFiles
      .map((file) => joinPath(gitDir, file))
      .some((path) => sends.path(path) && watch.reads(path))
    return isRead ? [{ link, cause: prefixOf(`${gitDir}/index`, parentPath(gitDir), name) }] : []
  })
}

/** Every build gives them something else to begin with. */
function changingHits(links: readonly Link[]): readonly { readonly link: number; readonly cause: string }[] {
  return links.flatMap(({ changing }, link) => (changing === null ? [] : [{ link, cause: `$${changing}` }]))
}

function ranked(tallies: ReadonlyMap<string, Tally>): readonly Cause[] {
  return [...tallies]
    .map(([path, { commits, only }]) => ({ path, commits, only }))
    .sort((a, b) => b.commits - a.commits || b.only - a.only || compareBytes(a.path, b.path))
}
