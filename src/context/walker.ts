/** One thread's part of a walk: entries in the builders' order into a table of its own. Links are never followed. */

import { entryAt, type Host, type HostStat, isFactOfPath, isHostFailure, isLeftOver } from '../host/host.ts'
import { type DirectoryState, type MatchNote, type PatternList, undecided } from '../ignore/matcher.ts'
import { fail } from '../lib/errors.ts'
import { compareBytes, visiblePath } from '../lib/path.ts'
import type { WalkRules } from './rules.ts'
import {
  deviceKind,
  dirKind,
  type EntryTable,
  fifoKind,
  fileKind,
  flag,
  type Row,
  socketKind,
  symlinkKind,
  TableBuilder,
} from './table.ts'

export interface WalkerOptions {
  readonly rules: WalkRules
  /** True: also count what lies in directories that the ignore file drops whole. */
  readonly measureIgnored: boolean
  /** Told the number of entries every few thousand of them; null for nobody. */
  readonly progress: ((entries: number) => void) | null
  /** Bytes of the context's absolute path. */
  readonly rootBytes: number
  /** Entries after which directories are put off instead of entered, for several threads to share them; null: never. */
  readonly sharesFrom: number | null
}

/** Something that docker could not read either. */
export interface Unreadable {
  readonly path: string
  /** `EACCES`, `EIO`…, or {@link replaced}. */
  readonly code: string
  readonly row: Row
}

/** Code of a directory that was another one, or a link, when its contents had been looked at: what was seen of them is dropped. */
export const replaced = 'replaced'

/** Regular files, and the sum of their sizes. */
export interface Measured {
  readonly files: number
  readonly bytes: number
}

/** What a walk found. */
export interface Walk {
  readonly table: EntryTable
  /** Entries in the context that could not be read; docker fails on them when it needs them. */
  readonly unreadable: readonly Unreadable[]
  /** What lies in directories that were dropped whole, by the directory's row; only with `measureIgnored`. */
  readonly prunedAmounts: ReadonlyMap<Row, Measured>
  /** By index of an ignore pattern: the first row that it matches, -1 where it matches none. */
  readonly firstMatch: Int32Array
  /** Paths of what killed runs of this program have left: no rows. */
  readonly leftOvers: readonly string[]
}

/** Tells one directory from another that has taken its place, and whether its list of entries has changed. */
export type Identity = Pick<HostStat, 'dev' | 'ino' | 'ctimeMs'>

/** A directory whose contents are not in the table yet. */
export interface PutOff {
  readonly row: Row
  /** As the host knows it, with a final `/`. */
  readonly path: string
  readonly state: DirectoryState
  readonly identity: Identity
}

export interface Walker {
  readonly builder: TableBuilder
  readonly unreadable: Unreadable[]
  readonly prunedAmounts: Map<Row, Measured>
  /** By index of an ignore pattern: the first row that it matches, -1 where it matches none. */
  readonly firstMatch: Int32Array
  readonly leftOvers: string[]
  /** Directories that were put off, in the order in which they were met. */
  readonly putOff: PutOff[]
  /** Null: nothing is put off any more. */
  sharesFrom: number | null
  /**
   * Adds what lies in a directory; null, or the code of the failure when it cannot be listed. `directory` is as the host
   * knows it, with a final `/`, or '' for the working directory, as short paths are quicker. It has no row in this table.
   * `identity` is what it was when it was met; null for the root, which may be a link.
   */
  readonly visit: (directory: string, state: DirectoryState, identity: Identity | null) => string | null
  /** Notes that a directory of this table could not be listed. */
  readonly refuse: (row: Row, state: DirectoryState, code: string) => void
}

const progressEvery = 4096
/** A directory costs about as much as this many entries. */
const entriesOfDirectory = 6
/** Of the clocks by which file systems note changes (FAT). A directory that changed that short ago can do so again unseen. */
const coarsestTickMs = 2000

/**
 * Entries that vanish during the walk are left out, as BuildKit does (tonistiigi/fsutil walker.go). `visit` throws
 * `CONTEXT_UNREADABLE` when the root itself cannot be listed, `PATH_TOO_LONG`, and what the patterns throw.
 */
export function createWalker(host: Host, options: WalkerOptions): Walker {
  const { rules } = options
  const { ignore: patterns } = rules
  const builder = new TableBuilder()
  const unreadable: Unreadable[] = []
  const prunedAmounts = new Map<Row, Measured>()
  const leftOvers: string[] = []
  const putOff: PutOff[] = []
  const note: MatchNote = { firstRow: new Int32Array(patterns.patterns.length).fill(-1), row: 0, last: -1 }
  rehearse(patterns, note)
  // Docker walks by absolute paths, which the kernel refuses from 4096 bytes on, the final NUL included.
  const longestPath = 4095 - 1 - options.rootBytes
  const settledBefore = host.now() - coarsestTickMs
  let directories = 0
  let reported = 0
  /** False: each directory is looked at once more by itself. */
  let trustsParents = true

  const visit: Walker['visit'] = (directory, state, identity) =>
    look(directory, state, identity && identityOf(identity), null)

  /**
   * Looks into a directory. Whether it is still the one that was met is found out afterwards: by the directory above where
   * that one vouches for its entries (`peers` is their list then), since it has another ctime if one of them has been replaced;
   * else by one more look at this one. Most directories have none in them and need no look of their own.
   */
  const look = (
    directory: string,
    state: DirectoryState,
    met: Identity | null,
    peers: Entered[] | null,
  ): string | null => {
    directories++
    const from = builder.count
    const leftBefore = leftOvers.length
    const inside: Entered[] | null = trustsParents && met !== null && met.ctimeMs < settledBefore ? [] : null
    const names = listSorted(host, directory)
    if (typeof names === 'string') {
      if (state === patterns.root)
        throw fail('CONTEXT_UNREADABLE', `cannot list ${visiblePath(directory)}: ${names}`)
      return names
    }
    for (const name of names) {
      const path = directory + name
      const stat = lstat(host, path, state.prefix + name)
      if (stat === null) continue
      if (isLeftOver(name, stat)) leftOvers.push(state.prefix + name)
      else enter(path, name, stat, state, inside)
    }
    const isVouchedFor = peers !== null || met === null
    if (isVouchedFor && (inside === null || inside.length === 0)) return null
    const path = directory.slice(0, -1)
    const now = entryAt(host, path)
    if (met === null || now === null) return null
    if (!isSame(now, met)) {
      forget(from, leftBefore)
      return replaced
    }
    if (inside === null || now.ctimeMs === met.ctimeMs || inside.every((one) => isStill(host, one)))
      return null
    // One of those in it has been replaced; whose rows are whose is not known any more.
    forget(from, leftBefore)
    trustsParents = false
    return look(directory, state, met, peers)
  }

  /** As if nothing had been noted since there were so many rows and left-over files. */
  const forget = (from: Row, left: number) => {
    builder.truncate(from)
    leftOvers.length = left
    const kept = <T extends { readonly row: Row }>(list: T[]) => {
      list.splice(0, list.length, ...list.filter(({ row }) => row < from))
    }
    kept(unreadable)
    kept(putOff)
    for (const row of prunedAmounts.keys()) if (row >= from) prunedAmounts.delete(row)
    for (const [i, row] of note.firstRow.entries()) if (row >= from) note.firstRow[i] = -1
  }

  const refuse = (row: Row, state: DirectoryState, code: string) => {
    builder.mark(row, flag.unreadable)
    // Below an ignored directory docker swallows the error (fsutil filter.go).
    if (!patterns.matched(state.verdict)) unreadable.push({ path: state.prefix.slice(0, -1), code, row })
  }

  const descend = (
    path: string,
    row: Row,
    state: DirectoryState,
    identity: Identity,
    peers: Entered[] | null,
  ) => {
    const { sharesFrom } = walker
    const done = builder.count + directories * entriesOfDirectory
    if (sharesFrom !== null && (putOff.length > 0 || done > sharesFrom)) {
      putOff.push({ row, path, state, identity })
      return
    }
    builder.open(row)
    const code = look(path, state, identity, peers)
    builder.close(row)
    if (code !== null) refuse(row, state, code)
    peers?.push({ path: path.slice(0, -1), identity })
  }

  const enter = (
    path: string,
    name: string,
    stat: HostStat,
    state: DirectoryState,
    peers: Entered[] | null,
  ) => {
    const kind = kindOf(stat.mode)
    const { mtimeMs } = stat
    const timeBytes = mtimeMs > ninthByte && mtimeMs < tenthByte ? 9 : timeLength(host, path, mtimeMs)
    const row = builder.add(name, kind, stat.size, stat.mode)
    if (mtimeMs < 0 || mtimeMs >= lateTime) noteTime(row, path, mtimeMs)
    if (builder.pathBytes(row) > longestPath) throw tooLong(state.prefix + name)
    if (builder.count - reported >= progressEvery) {
      reported = builder.count
      options.progress?.(reported)
    }
    if (kind === dirKind) {
      note.row = row
      const inner = patterns.enter(state, name, note)
      const ignored = patterns.matched(inner.verdict)
      builder.judge(row, timeBytes, inner.verdict, ignored)
      const relative = inner.prefix.slice(0, -1)
      if (ignored && !rules.entersIgnored(relative)) {
        builder.mark(row, flag.pruned)
        if (options.measureIgnored) prunedAmounts.set(row, measureBelow(host, `${path}/`))
      } else if (rules.wants(relative)) descend(`${path}/`, row, inner, identityOf(stat), peers)
      return
    }
    note.row = row
    const verdict = patterns.decide(state, name, note)
    const ignored = patterns.matched(verdict)
    builder.judge(row, timeBytes, verdict, ignored)
    if (!ignored && patterns.matched(note.last)) builder.mark(row, flag.withheld)
    if (stat.nlink > 1) noteName(path, stat, row)
    if (kind === deviceKind) builder.deviceNumber.set(row, stat.rdev)
    else if (kind === symlinkKind) {
      try {
        builder.linkTarget.set(row, host.readLink(path))
      } catch (thrown) {
        if (!isFactOfPath(thrown)) throw thrown
        builder.linkTarget.set(row, '')
      }
    } else if (kind === fileKind) {
      // Only a mode that keeps somebody out is worth a call to find out whether it is us.
      if (!ignored && (stat.mode & 0o444) !== 0o444 && !host.canRead(path)) {
        builder.mark(row, flag.unreadable)
        unreadable.push({ path: state.prefix + name, code: 'EACCES', row })
      }
    }
  }

  const noteTime = (row: Row, path: string, mtimeMs: number) => {
    // A double rounds the last nanoseconds before the limit up to it.
    if (mtimeMs === lateTime && host.mtimeNs(path) < BigInt(lateTime) * 1_000_000n) return
    builder.unusualTime.set(row, Math.floor(mtimeMs / 1000))
  }
  const noteName = (path: string, stat: HostStat, row: Row) => {
    const isExact = stat.ino <= Number.MAX_SAFE_INTEGER
    builder.inode.set(row, isExact ? `${stat.dev}:${stat.ino}` : host.identity(path))
  }

  const walker: Walker = {
    builder,
    unreadable,
    prunedAmounts,
    firstMatch: note.firstRow,
    leftOvers,
    putOff,
    sharesFrom: options.sharesFrom,
    visit,
    refuse,
  }
  return walker
}

/**
 * Judges a few names that patterns are sure to match, and forgets it: V8 compiles the walk for what it has seen by then, and does so
 * anew when the first name of thousands is matched.
 */
function rehearse({ patterns, root, enter, decide }: PatternList, note: MatchNote): void {
  if (patterns.some(({ invalid }) => invalid)) return
  for (const { text } of patterns.slice(0, rehearsed)) decide(enter(root, text, note), text, note)
  note.firstRow.fill(-1)
  note.last = undecided
}
const rehearsed = 8

/** The names in the order of their bytes, or the code of what went wrong. A directory that vanished is empty. */
function listSorted(host: Host, directory: string): readonly string[] | string {
  try {
    const names = host.list(directory === '' ? '.' : directory)
    // Code units and bytes sort alike below the surrogates; one test over all names is cheaper than one for each.
    return /[\uD800-\uFFFF]/.test(names.join('')) ? names.sort(compareBytes) : names.sort()
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return []
    return thrown.code
  }
}

/** A directory whose contents have been looked at. */
interface Entered {
  readonly path: string
  readonly identity: Identity
}

/** Of its own, so that all of them have one shape for V8. */
const identityOf = ({ dev, ino, ctimeMs }: Identity): Identity => ({ dev, ino, ctimeMs })

const isSame = (now: HostStat, then: Identity) => now.ino === then.ino && now.dev === then.dev

/** False when something else lies there now; what has vanished is as it was seen. */
function isStill(host: Host, { path, identity }: Entered): boolean {
  const now = entryAt(host, path)
  return now === null || isSame(now, identity)
}

const tooLong = (shown: string) =>
  fail('PATH_TOO_LONG', `file name too long: ${visiblePath(shown.slice(0, 80))}…`)

/** Null for an entry that vanished since its directory was listed. */
function lstat(host: Host, path: string, shown: string): HostStat | null {
  try {
    return host.lstat(path)
  } catch (thrown) {
    if (isHostFailure(thrown, 'ENAMETOOLONG')) throw tooLong(shown)
    if (isHostFailure(thrown))
      throw fail('ENTRY_UNREADABLE', `cannot read ${visiblePath(shown)}: ${thrown.code}`)
    throw thrown
  }
}

/** The table's kind for a mode as lstat gives it. */
export function kindOf(mode: number): number {
  switch (mode & 0o170000) {
    case 0o040000:
      return dirKind
    case 0o120000:
      return symlinkKind
    case 0o010000:
      return fifoKind
    case 0o140000:
      return socketKind
    case 0o020000:
    case 0o060000:
      return deviceKind
    default:
      return fileKind
  }
}

/** Milliseconds from 1970 up to which a time in nanoseconds needs one more byte of a varint: 2^7, 2^14 … 2^56, 2^63 ns. */
const limits = Array.from({ length: 9 }, (_, i) => 2 ** (7 * (i + 1)) / 1e6)

/** Where a time in nanoseconds needs nine bytes, in milliseconds: from 1972 to 2262, but for a moment at each end. */
const ninthByte = 72_057_594_038
const tenthByte = 9_223_372_036_854

/** The year 2242, in milliseconds: from here on a time does not fit the eleven octal digits of an old tar header. */
const lateTime = 2 ** 33 * 1000

/** See `EntryTable.timeBytes`. Milliseconds as a double are too coarse only close to a limit. */
function timeLength(host: Host, path: string, mtimeMs: number): number {
  if (mtimeMs < 0) return 10
  const near = limits.some((limit) => Math.abs(mtimeMs - limit) <= limit * 1e-9)
  const ns = near || mtimeMs < 1 ? host.mtimeNs(path) : BigInt(Math.round(mtimeMs * 1e6))
  if (ns === 0n) return 0
  // int64 wraps beyond the year 2262, as Go's UnixNano does.
  const bits = BigInt.asUintN(64, ns).toString(2).length
  return Math.ceil(bits / 7)
}

/** Regular files below a directory that is not part of the table; what cannot be read counts nothing. */
function measureBelow(host: Host, directory: string): Measured {
  let files = 0
  let bytes = 0
  const pending = [directory]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const names = listSorted(host, at)
    if (typeof names === 'string') continue
    for (const name of names) {
      const path = at + name
      const stat = entryAt(host, path)
      if (stat && isLeftOver(name, stat)) continue
      const kind = stat ? kindOf(stat.mode) : deviceKind
      if (kind === dirKind) pending.push(`${path}/`)
      else if (stat && kind === fileKind) {
        files++
        bytes += stat.size
      }
    }
  }
  return { files, bytes }
}
