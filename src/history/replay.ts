/** Goes through commits and counts, for each instruction of a build, after how many of them it could not have come from the cache. */

import type { EntryTable } from '../context/table.ts'
import { compareBytes, joinPath, parentPath } from '../lib/path.ts'
import { type Chain, createSpread, kept, type Link, lost, mayBeLost, ownLost } from './chain.ts'
import type { ChangeReader } from './commits.ts'
import { createWatch, type Sends, type Watch } from './watch.ts'

/** A directory that the build takes files from, and where it lies in regard to the repository. */
export interface ReplayContext {
  /** Null for the main context. */
  readonly name: string | null
  /** Which of its paths get into the build. */
  readonly sends: Sends
  /** What lies there today, for links; null where nobody looked. */
  readonly table: EntryTable | null
  readonly toContext: (path: string) => string | null
  /** The repository's own directory in this context; null when it lies elsewhere, or is no directory. */
  readonly gitDir: string | null
}

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
  /** For each commit, newest first, what became of each link ({@link Chain}'s values); null unless causes are wanted. */
  readonly fates: readonly Uint8Array[] | null
}

export interface Replay {
  /** Who reads a path of the repository. */
  readonly hitsOf: (path: string) => readonly Hit[]
  /** To be told of each commit that has a parent, with the hits of each path that it changed, equal ones once; null: too many to list. */
  readonly onCommit: (hits: readonly (readonly Hit[])[] | null, index: number) => void
  readonly finish: () => History
}

export interface ReplayOptions {
  /** Commits in all. */
  readonly count: number
  readonly wantsCauses: boolean
}

const nobody: readonly Hit[] = []
/** In fates: there was nothing to compare with. */
export const notCompared = 4

interface Reader {
  readonly link: number
  readonly context: number
  readonly watch: Watch
}

/** Below 0: a stage that begins with what changed, -1 for the first. */
export interface Hit {
  readonly link: number
  readonly prefix: string
}

interface Tally {
  commits: number
  only: number
  /** The last commit that was counted. */
  at: number
}

export function createReplay({ chain, contexts }: ReplayBuild, options: ReplayOptions): Replay {
  const { links } = chain
  const readers = readersOf(links, contexts)
  const bases = basesOf(chain, contexts)
  const spread = createSpread(chain)
  const always = gitHits(readers, contexts)
  const own = new Uint8Array(links.length)
  const fate = new Uint8Array(links.length)
  const counts = links.map(() => ({ own: 0, lost: 0, mayLose: 0 }))
  const causes = links.map(() => new Map<string, Tally>())
  const fates = options.wantsCauses
    ? Array.from({ length: options.count }, () => new Uint8Array(links.length).fill(notCompared))
    : null
  let rebuilt = 0

  const hitsOf = (path: string): readonly Hit[] => {
    const hits: Hit[] = []
    for (const [i, { name, sends, toContext }] of contexts.entries()) {
      const here = toContext(path)
      if (here === null || !sends(here)) continue
      for (const { link, context, watch } of readers)
        if (context === i && watch.reads(here))
          hits.push({ link, prefix: options.wantsCauses ? prefixOf(here, watch.base, name) : '' })
      for (const { stage, context } of bases) if (context === i) hits.push({ link: -1 - stage, prefix: '' })
    }
    return hits.length === 0 ? nobody : hits
  }

  /** The causes that were counted of a link in this commit: the first, and how many. */
  const first: (Tally | null)[] = links.map(() => null)
  const different = new Uint32Array(links.length)
  const changedBases = new Set<number>()
  let isHit = false
  const take = ({ link, prefix }: Hit, index: number) => {
    isHit = true
    if (link < 0) {
      changedBases.add(-1 - link)
      return
    }
    own[link] = 1
    if (!options.wantsCauses) return
    const known = causes[link]
    let tally = known?.get(prefix)
    if (tally === undefined) {
      tally = { commits: 0, only: 0, at: -1 }
      known?.set(prefix, tally)
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
    for (const hit of always) take(hit, index)
    if (changed !== null) for (const hits of changed) for (const hit of hits) take(hit, index)
    // Whoever reads anything has read some of it.
    else for (const { link } of readers) take({ link, prefix: '' }, index)
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
    hitsOf,
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

/** Tells all of the replays of each commit. Paths that are the same to each of them go by one number. */
export function together(replays: readonly Replay[]): ChangeReader {
  /** The hits of each replay, by number. */
  const kinds: (readonly (readonly Hit[])[])[] = []
  const numbers = new Map<string, number>()
  /** The last commit that had one of the kind, counted from 1. */
  const seenIn: number[] = []
  return {
    numberOf: (path) => {
      const hits = replays.map((replay) => replay.hitsOf(path))
      let key = ''
      for (const one of hits) {
        for (const { link, prefix } of one) key += `${link} ${prefix}\0`
        key += '\0'
      }
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, kinds.length)
      seenIn.push(0)
      return kinds.push(hits) - 1
    },
    onCommit: (changed, index) => {
      const own: (readonly (readonly Hit[])[])[] = []
      for (const number of changed ?? []) {
        const kind = kinds[number]
        if (kind === undefined || seenIn[number] === index + 1) continue
        seenIn[number] = index + 1
        own.push(kind)
      }
      for (const [i, replay] of replays.entries())
        replay.onCommit(changed === null ? null : own.map((hits) => hits[i] ?? nobody), index)
    },
  }
}

function readersOf(links: readonly Link[], contexts: readonly ReplayContext[]): readonly Reader[] {
  return links.flatMap(({ reads }, link) =>
    reads.flatMap((read): readonly Reader[] => {
      const { origin } = read
      if (read.localSources.length === 0) return []
      const context = contexts.findIndex(
        ({ name }) => name === (origin.kind === 'named' ? origin.name : null),
      )
      const table = contexts[context]?.table ?? null
      return context < 0 ? [] : [{ link, context, watch: createWatch(read, table) }]
    }),
  )
}

/** Stages that begin with all of a named context. */
function basesOf({ stages }: Chain, contexts: readonly ReplayContext[]) {
  return stages.flatMap(({ index, baseOrigin }) => {
    const context =
      baseOrigin.kind === 'named' ? contexts.findIndex(({ name }) => name === baseOrigin.name) : -1
    return context < 0 ? [] : [{ stage: index, context }]
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
function gitHits(readers: readonly Reader[], contexts: readonly ReplayContext[]): readonly Hit[] {
  return readers.flatMap(({ link, context, watch }): readonly Hit[] => {
    const { gitDir, name, sends } = contexts[context] ?? {}
    if (gitDir === null || gitDir === undefined) return []
    const isRead = gitFiles
      .map((file) => joinPath(gitDir, file))
      .some((path) => sends?.(path) && watch.reads(path))
    return isRead ? [{ link, prefix: prefixOf(`${gitDir}/index`, parentPath(gitDir), name ?? null) }] : []
  })
}

/** The shortest beginning of the path that does not hold all that is read. */
function prefixOf(path: string, base: string, name: string | null): string {
  const from = base === '' ? 0 : path.startsWith(`${base}/`) ? base.length + 1 : 0
  const cut = path.indexOf('/', from)
  const prefix = cut < 0 ? path : path.slice(0, cut + 1)
  return name === null ? prefix : `${name}:${prefix}`
}

function ranked(tallies: ReadonlyMap<string, Tally>): readonly Cause[] {
  return [...tallies]
    .map(([path, { commits, only }]) => ({ path, commits, only }))
    .sort((a, b) => b.commits - a.commits || b.only - a.only || compareBytes(a.path, b.path))
}
