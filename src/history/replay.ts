/** Goes through commits and counts, for each instruction of a build, after how many of them it could not have come from the cache. */

import { compareBytes, joinPath, parentPath } from '../lib/path.ts'
import { type Chain, createSpread, kept, type Link, lost, mayBeLost, ownLost } from './chain.ts'
import type { ChangeReader } from './commits.ts'
import { type Asked, prefixOf, type Questions, type ReplayContext } from './questions.ts'

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
  /** Relative to the context, a directory with `/`; in a named one after its name and a colon. */
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
  /** To be told of each commit that has a parent what the changed paths came to, equal ones once; null: too many to list. */
  readonly onCommit: (changed: readonly Answers[] | null, index: number) => void
  readonly finish: () => History
}

/** What the questions come to for a path, in their order. */
export type Answers = readonly (string | null)[]

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
  /** The last commit that was counted. */
  at: number
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
  const always = gitHits(readers)
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
  const take = (link: number, cause: string, index: number) => {
    isHit = true
    own[link] = 1
    if (!wantsCauses) return
    const known = causes[link]
    let tally = known?.get(cause)
    if (tally === undefined) {
      tally = { commits: 0, only: 0, at: -1 }
      known?.set(cause, tally)
    }
    if (tally.at === index) return
    tally.at = index
    tally.commits++
    first[link] = tally
    different[link] = (different[link] ?? 0) + 1
  }

  const onCommit: Replay['onCommit'] = (changed, index) => {
    own.fill(0)
    different.fill(0)
    changedBases.clear()
    isHit = false
    for (const { link, cause } of always) take(link, cause, index)
    for (const answers of changed ?? []) {
      for (const reader of readers) {
        const cause = answers[reader.index] ?? null
        if (cause !== null) take(reader.link, cause, index)
      }
      for (const base of bases) {
        if ((answers[base.index] ?? null) === null) continue
        isHit = true
        changedBases.add(base.stage)
      }
    }
    // Whoever reads anything has read some of it.
    if (changed === null) for (const { link } of readers) take(link, '', index)
    fate.fill(kept)
    if (isHit) {
      rebuilt++
      spread(own, changedBases, fate)
      for (let i = 0; i < links.length; i++) {
        const tally = different[i] === 1 ? first[i] : null
        if (tally) tally.only++
        const one = counts[i]
        const state = fate[i] ?? kept
        if (one === undefined || state === kept) continue
        if (state === ownLost) one.own++
        if (state >= lost) one.lost++
        if (state >= mayBeLost) one.mayLose++
      }
    }
    fates?.[index]?.set(fate)
  }

  return {
    onCommit,
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

/** Tells all of the replays of each commit. Paths that come to the same go by one number. */
export function together(replays: readonly Replay[], { all }: Questions): ChangeReader {
  /** By number. */
  const kinds: Answers[] = []
  const numbers = new Map<string, number>()
  /** The last commit that had one of the kind, counted from 1. */
  const seenIn: number[] = []
  return {
    numberOf: (path) => {
      const answers = all.map((question) => question(path))
      const key = answers.map((one) => (one === null ? '' : `=${one}`)).join('\0')
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, kinds.length)
      seenIn.push(0)
      return kinds.push(answers) - 1
    },
    onCommit: (changed, index) => {
      const different: Answers[] = []
      for (const number of changed ?? []) {
        const kind = kinds[number]
        if (kind === undefined || seenIn[number] === index + 1) continue
        seenIn[number] = index + 1
        different.push(kind)
      }
      for (const replay of replays) replay.onCommit(changed === null ? null : different, index)
    },
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
      .some((path) => sends(path) && watch.reads(path))
    return isRead ? [{ link, cause: prefixOf(`${gitDir}/index`, parentPath(gitDir), name) }] : []
  })
}

function ranked(tallies: ReadonlyMap<string, Tally>): readonly Cause[] {
  return [...tallies]
    .map(([path, { commits, only }]) => ({ path, commits, only }))
    .sort((a, b) => b.commits - a.commits || b.only - a.only || compareBytes(a.path, b.path))
}
