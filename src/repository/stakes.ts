/** What in a context might not belong there: directories and files that tools leave, that git ignores, or git itself. */

import type { GitIgnored } from '../context/git-ignored.ts'
import { dirKind, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import { type FoundJunk, isThereAmong, junkAt } from '../ecosystems/index.ts'
import { mostStrays, type Stray, strayAt } from './strays.ts'

/** A part of the tree that stands or falls as one. */
export interface Stake {
  readonly row: Row
  readonly path: string
  readonly isDirectory: boolean
  /** What its name says it is; null for what only git ignores. */
  readonly junk: FoundJunk | null
  readonly gitIgnored: boolean
  /** What it is taken for where git neither tracks nor ignores it; null: git was told, or nobody knows. */
  readonly stray: Stray | null
}

/** Rows that git tracks: for files and links themselves, for directories how many are in them. */
export interface TrackedRows {
  /** 1 for a tracked file or link; null when nothing is known. */
  readonly isTracked: Uint8Array | null
  /** How many they are. */
  readonly count: number
  /** Tracked entries in the row's subtree, itself included. 0 when nothing is known. */
  readonly within: (row: Row) => number
}

/** Untracked files whose names are looked at one by one; a tree with more of them has no repository to speak of. */
const mostFiles = 50_000

/** Files of a directory that are looked at to see whether they are all of one kind. */
const mostAlike = 200

/** Parts of a directory that git ignores which are told apart: nobody reads a longer list. */
const mostParts = 12

/** Finds the rows of what git tracks. Linear in the rows of directories that hold something tracked. */
export function trackedRows(table: EntryTable, tracked: ReadonlySet<string> | null): TrackedRows {
  if (tracked === null) return { isTracked: null, count: 0, within: () => 0 }
  const hasBelow = new Set<string>()
  /** The directory of the path before, with its `/`: they come in the order of their names. */
  let last = '/'
  for (const path of tracked) {
    const slash = path.lastIndexOf('/')
    if (slash + 1 === last.length && path.startsWith(last)) continue
    last = path.slice(0, slash + 1)
    for (
      let at = path.slice(0, Math.max(0, slash));
      at !== '' && !hasBelow.has(at);
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
    )
      hasBelow.add(at)
  }
  const isTracked = new Uint8Array(table.count)
  const within = new Uint32Array(table.count)
  const mark = (from: Row, to: Row, prefix: string): number => {
    let count = 0
    for (let row = from; row < to; row = table.end[row] ?? row + 1) {
      const path = prefix + table.name(row)
      if (tracked.has(path)) isTracked[row] = 1
      // A directory without a tracked name in or below it need not be looked at.
      const isAbove = table.kind[row] === dirKind && hasBelow.has(path)
      const below = isAbove ? mark(row + 1, table.end[row] ?? row + 1, `${path}/`) : 0
      within[row] = (isTracked[row] ?? 0) + below
      count += within[row] ?? 0
    }
    return count
  }
  return { isTracked, count: mark(0, table.count, ''), within: (row) => within[row] ?? 0 }
}

/**
 * The stakes of a context in the order of its rows, none inside another. `seen`: what rows turned out to be when they were looked
 * into.
 */
export function findStakes(
  table: EntryTable,
  tracked: TrackedRows,
  ignoredByGit: GitIgnored | null,
  seen: ReadonlyMap<Row, Stray> = new Map(),
): readonly Stake[] {
  // A directory that somebody fills for the build, and git ignores as a whole, holds what is wanted.
  const gitIgnored = isIgnoredWhole(table, tracked, ignoredByGit) ? null : ignoredByGit
  const stakes: Stake[] = []
  const isThere = isThereAmong((dir) => namesIn(table, dir))
  let files = 0
  // Of what git does not track it is known only where git tracks the rest.
  const isKnown = tracked.count > 0
  let strays = 0
  const visit = (from: Row, to: Row, prefix: string, isOurs: boolean) => {
    for (let row = from; row < to; row = table.end[row] ?? row + 1) {
      const isDirectory = table.kind[row] === dirKind
      const ignored = ((table.flags[row] ?? 0) & flag.ignored) !== 0
      if (ignored && (!isDirectory || ((table.flags[row] ?? 0) & flag.pruned) !== 0)) continue
      if (!isDirectory && (tracked.isTracked?.[row] === 1 || ++files > mostFiles)) continue
      const path = prefix + table.name(row)
      const end = table.end[row] ?? row + 1
      const isFree = tracked.within(row) === 0
      const junk = isDirectory || table.kind[row] === fileKind ? junkAt(path, isDirectory, isThere) : null
      const isIgnored =
        isFree &&
        ((gitIgnored?.(path, isDirectory) ?? false) ||
          (junk?.what === 'packages' && isDirectory && isAllIgnored(row, end)))
      const isHistory = junk?.what === 'history'
      // What is dumped is no source, whether git has been told so or not.
      const isTelling = isHistory || junk?.what === 'dump' || (junk?.disposable ?? 'never') !== 'never'
      const mayStray = isOurs && isKnown && isFree && !isTelling && !isIgnored && strays < mostStrays
      const stray = mayStray ? (seen.get(row) ?? strayAt(table, row, isTold)) : null
      const isStake = isFree && (isTelling || isIgnored || stray !== null)
      const isApart =
        isStake &&
        (((junk === null || junk.what === 'log') && isOfLogs(row, end)) ||
          (junk === null && hasLogs(row, end, 2)))
      if (isStake && !isApart && hasKept(table, row, end))
        push({ row, path, isDirectory, junk, gitIgnored: isIgnored, stray })
      // A repository of its own tracks what lies in it, or nobody does.
      else if (isDirectory && !(isFree && junk?.what === 'packages'))
        visit(row + 1, end, `${path}/`, isOurs && !isRepository(row))
    }
  }
  /** `vendor/*`: packages stand or fall together, as a build refuses what is left of them: https://go.dev/ref/mod#vendoring. */
  const isAllIgnored = (row: Row, end: Row): boolean => {
    for (let at = row + 1; at < end; at = table.end[at] ?? at + 1)
      if (gitIgnored?.(table.path(at), table.kind[at] === dirKind) !== true) return false
    return end > row + 1
  }
  /** A directory that holds nothing but logs stays, and loses them: a program may not make it anew before it writes there. */
  const isOfLogs = (row: Row, end: Row): boolean => {
    if (table.kind[row] !== dirKind || end - row > mostAlike) return false
    let any = false
    for (let at = row + 1; at < end; at++) {
      if (table.kind[at] === dirKind) continue
      const junk = table.kind[at] === fileKind ? junkAt(table.path(at), false, isThere) : null
      if (junk?.disposable !== 'always') return false
      any = true
    }
    return any
  }
  /** A directory of a few parts, one of which is a log or holds some: the rest is something else. */
  const hasLogs = (row: Row, end: Row, depth: number): boolean => {
    if (table.kind[row] !== dirKind) return false
    let parts = 0
    let found = false
    for (let at = row + 1; at < end; at = table.end[at] ?? at + 1) {
      if (++parts > mostParts) return false
      const next = table.end[at] ?? at + 1
      found ||=
        table.kind[at] === fileKind
          ? hasKept(table, at, next) && junkAt(table.path(at), false, isThere)?.what === 'log'
          : depth > 1 && hasLogs(at, next, depth - 1)
    }
    return found
  }
  /** What a tool has left, and what git was told of, is judged by itself. */
  const isTold = (row: Row): boolean => {
    const path = table.path(row)
    const isDirectory = table.kind[row] === dirKind
    return junkAt(path, isDirectory, isThere) !== null || (gitIgnored?.(path, isDirectory) ?? false)
  }
  const push = (stake: Stake) => {
    if (stake.stray !== null) strays++
    stakes.push(stake)
  }
  const isRepository = (row: Row): boolean =>
    tracked.isTracked?.[row] === 1 || (tracked.within(row) === 0 && hasGit(table, row))
  visit(0, table.count, '', true)
  return stakes
}

/** True when git tracks nothing of the context and ignores all that lies at its top. */
function isIgnoredWhole(table: EntryTable, tracked: TrackedRows, gitIgnored: GitIgnored | null): boolean {
  if (gitIgnored === null || tracked.isTracked === null || table.count === 0) return false
  for (let row = 0; row < table.count; row = table.end[row] ?? row + 1)
    if (tracked.within(row) > 0 || !gitIgnored(table.name(row), table.kind[row] === dirKind)) return false
  return true
}

/** The names of a directory's entries; none where there is no such directory. */
function namesIn(table: EntryTable, dir: string): readonly string[] {
  const row = dir === '' ? -1 : table.find(dir)
  if (row === null || (row >= 0 && table.kind[row] !== dirKind)) return []
  const names: string[] = []
  const end = row < 0 ? table.count : (table.end[row] ?? row + 1)
  for (let at = row + 1; at < end; at = table.end[at] ?? at + 1) names.push(table.name(at))
  return names
}

/** True for a directory with a `.git` in it; names come in their order. */
function hasGit(table: EntryTable, dir: Row): boolean {
  for (let at = dir + 1; at < (table.end[dir] ?? dir + 1); at = table.end[at] ?? at + 1) {
    const name = table.name(at)
    if (name >= '.git') return name === '.git'
  }
  return false
}

/** True when something of the subtree but directories is left by the ignore file. */
function hasKept(table: EntryTable, from: Row, to: Row): boolean {
  for (let row = from; row < to; row++)
    if (((table.flags[row] ?? 0) & flag.ignored) === 0 && table.kind[row] !== dirKind) return true
  return false
}
