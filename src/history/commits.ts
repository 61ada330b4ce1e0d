/** The commits of a repository's first-parent line, and what each of them changed: read in pieces, so that memory hardly grows with their number. */

import type { GitArguments, GitResult, GitStep, Host } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { firstWords } from '../lib/lines.ts'
import { decodePath, visiblePath } from '../lib/path.ts'
import { gitProblem, isShallow, type RepositoryPlace } from '../repository/place.ts'

/** Which commits are wanted: at most `count`, made after `since` where that is given, as git reads dates. */
export interface HistoryRange {
  /** Null: as many as there are since then. */
  readonly count: number | null
  readonly since: string | null
  /** What each answer of git may take, where the history is done without if it takes more; left out: it has to be had. */
  readonly bounds?: GitBounds
}

export interface GitBounds {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** The line of commits from HEAD down, each against its first parent; newest first. */
export interface CommitLine {
  readonly count: number
  /** Of these, commits that have something to compare with: not a root, and not where a shallow clone ends. */
  readonly compared: number
  /** The oldest of them has no parent because the clone leaves it out. */
  readonly cutShort: boolean
  /** Names of the first and the last commit; null where there are none. */
  readonly newest: string | null
  readonly oldest: string | null
  /** Those that have something to compare with: `commit parent`, one a line, all as long. */
  readonly pairs: Buffer
}

/** Who is told what the commits changed: paths, from the top of the repository, that were added, deleted, or changed in content, kind or mode. */
export interface ChangeReader {
  /** Told of a path where it is first met, and again when too many others came between: by which number it goes from then on. */
  readonly numberOf: (path: string) => number
  /** The number of all that may lie below the directory; null where that is not one, and each path is told of. */
  readonly numberBelow: (directory: string) => number | null
  /** Told once for each commit that has a parent, newest first, the number of each path; null: it changed more than can be listed. */
  readonly onCommit: (changed: readonly number[] | null, index: number) => void
}

/** Commits that are asked about at once: each new git unpacks the same trees again. */
const together = 5000
/** What one answer may hold: some 600,000 changed paths. */
const mostBytes = 64 << 20
const mostLineBytes = 256 << 20

/**
 * Reads which commits there are: `git rev-list --first-parent --parents`. None where nothing was ever committed. Throws
 * `NO_REPOSITORY` where git does not answer, with what to do about it.
 */
export function readCommitLine(
  host: Host,
  place: Pick<RepositoryPlace, 'top' | 'commonDir'>,
  { count, since, bounds }: HistoryRange,
): CommitLine {
  if (since !== null) refuseNoDate(host, place, since)
  if (host.git === null)
    throw fail('NO_REPOSITORY', 'the history is known to git only, and there is no git here')
  const { args, options } = lineStep({ count, since })
  return lineFrom(host, place, host.git(place.top, args, bounds ?? options))
}

function lineStep({ count, since }: HistoryRange) {
  return {
    args: [
      ...(['rev-list', '--first-parent', '--parents'] as const),
      ...(count === null ? [] : [`--max-count=${count}`]),
      ...(since === null ? [] : [`--since=${since}`]),
      ...['HEAD', '--'],
    ],
    options: { maxBytes: mostLineBytes },
  } satisfies GitStep
}

/** What git says of the line; none where the repository has no commit. */
function lineFrom(
  host: Host,
  place: Pick<RepositoryPlace, 'top' | 'commonDir'>,
  asked: GitResult,
): CommitLine {
  if (asked.trouble === 'failed' && /bad revision 'HEAD'|unknown revision/.test(asked.stderr)) return nothing
  const problem = gitProblem(asked, place.top)
  if (problem !== null)
    throw fail('NO_REPOSITORY', problem.message, problem.hint === null ? {} : { hint: problem.hint })
  return commitLine(asked.stdout, () => isShallow(host, place))
}

const nothing: CommitLine = {
  count: 0,
  compared: 0,
  cutShort: false,
  newest: null,
  oldest: null,
  pairs: Buffer.alloc(0),
}

/** `commit parent…`, one a line; of a first-parent line only the last may have none. */
function commitLine(text: Uint8Array, isShort: () => boolean): CommitLine {
  const lines = Buffer.from(text.buffer, text.byteOffset, text.length)
  const pairs = firstWords(text, 2)
  const length = lengthOfId(lines)
  // No commit is as young as was asked for.
  if (length === 0) return nothing
  let count = 0
  let last = 0
  for (let at = 0; at + length <= lines.length; count++) {
    last = at
    const end = lines.indexOf(lineBreak, at)
    at = end < 0 ? lines.length : end + 1
  }
  const compared = pairs.length / (2 * (length + 1))
  const idAt = (at: number) => lines.toString('latin1', at, at + length)
  return {
    count,
    compared,
    cutShort: count > compared && isShort(),
    newest: count === 0 ? null : idAt(0),
    oldest: count === 0 ? null : idAt(last),
    pairs: Buffer.from(pairs.buffer, pairs.byteOffset, pairs.length),
  }
}

const blank = 0x20
const lineBreak = 0x0a

/** Of the names of commits that a text begins with: 40 digits, or 64. */
const lengthOfId = (text: Buffer): number => {
  const end = text.findIndex((byte) => byte === blank || byte === lineBreak)
  return end < 0 ? text.length : end
}

/**
 * Git takes what it does not understand for now, and a year that it cannot count for this one: it would answer that there
 * are no commits, or with others than were meant.
 */
function refuseNoDate(host: Host, { top }: Pick<RepositoryPlace, 'top'>, since: string): void {
  const refused = (message: string) =>
    fail('USAGE', message, { hint: "--since '3 months ago', --since 2026-01-31" })
  const wrong = () => refused(`git knows no such date: ${visiblePath(since)}`)
  if (/[\0-\x1f\x7f]/.test(since)) throw wrong()
  const seconds = (date: string): number => {
    const asked = host.git?.(top, ['rev-parse', `--since=${date}`])
    return Number(/^--max-age=(\d+)/.exec(asked?.ok ? decodePath(asked.stdout) : '')?.[1] ?? Number.NaN)
  }
  const from = seconds(since)
  const now = seconds('now')
  const [year] = /\b\d{4}(?=-\d)/.exec(since) ?? []
  if (year !== undefined && Math.abs(Number(year) - new Date(from * 1000).getUTCFullYear()) > 1) throw wrong()
  if (from > now + 2) throw refused(`--since ${visiblePath(since)} lies ahead`)
  if (!/^(?:now|0 )/.test(since) && Math.abs(from - now) <= 2) throw wrong()
}

/** What git was asked about a history while something else was done. */
export interface ChangesAhead {
  readonly line: CommitLine
  readonly below: string
  /** What the first commits changed, as many as are asked about together; null where there are none. */
  readonly changes: GitResult | null
}

/**
 * Begins with what is asked first, where there is a thread for it; null where there is none. The function waits; it throws
 * as {@link readCommitLine}.
 */
export function askAhead(
  host: Host,
  place: Pick<RepositoryPlace, 'top' | 'commonDir'>,
  { below, count, since }: HistoryRange & { readonly below: string },
): (() => ChangesAhead) | null {
  // Of a longer line only a part would be wanted at a time.
  if (host.gitAhead === undefined || count === null || count > together || since !== null) return null
  const wait = host.gitAhead(place.top, [
    lineStep({ count, since }),
    { args: changesArgs(below), options: { maxBytes: mostBytes }, words: 2 },
  ])
  return () => {
    const [line, changes = null] = wait()
    if (line === undefined) throw new Error('git was asked about a line')
    return { line: lineFrom(host, place, line), below, changes }
  }
}

/**
 * Asks for a short line and for what its commits changed in one process, which takes as long to begin as to answer. Null
 * where that is not to be had, as from git before 2.31: who asks for one after the other is told why.
 */
export function askTogether(
  host: Host,
  place: Pick<RepositoryPlace, 'top' | 'commonDir'>,
  { below, count, since, bounds }: HistoryRange & { readonly below: string },
): ChangesAhead | null {
  // Given a path, git would leave out the commits that did nothing there.
  if (bounds === undefined || count === null || count > together || since !== null || below !== '')
    return null
  const asked = host.git?.(
    place.top,
    [
      ...(['log', '--first-parent', '--diff-merges=first-parent', '-r', '--name-status', '-z'] as const),
      ...['--no-renames', '--ignore-submodules=none', '--format=%H %P', `--max-count=${count}`, 'HEAD', '--'],
    ],
    bounds,
  )
  if (asked === undefined || asked.trouble !== null) return null
  const { line, changes } = takeApart(oneByteEach(asked.stdout))
  return {
    line: commitLine(Buffer.from(line, 'latin1'), () => isShallow(host, place)),
    below,
    changes: { ...asked, stdout: Buffer.from(changes, 'latin1') },
  }
}

/** What `rev-list --parents` and `diff-tree --stdin -z` would have said: a line break stands before the changes of a commit. */
function takeApart(text: string): { readonly line: string; readonly changes: string } {
  let line = ''
  let changes = ''
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\0', at)
    if (end < 0) break
    const [name = '', ...parents] = text.slice(at, end).trimEnd().split(' ')
    line += `${[name, ...parents].join(' ')}\n`
    at = end + 1
    if (text[at] !== '\n') continue
    const from = ++at
    // A letter, and not the name of the next commit.
    while (text[at + 1] === '\0') at = text.indexOf('\0', at + 2) + 1 || text.length
    if (parents.length > 0 && at > from) changes += `${name}\0${text.slice(from, at)}`
  }
  return { line, changes }
}

/**
 * Tells what each commit of the line changed against its first parent, below the directory `below` of the repository
 * ('' for all of it). `git diff-tree` answers for many commits at once; `ahead`: what it was asked before.
 */
export function readChanges(
  host: Host,
  place: Pick<RepositoryPlace, 'top'>,
  { line, below, bounds, ahead = null }: ChangesQuestion,
  reader: ChangeReader,
): void {
  const where = { top: place.top, below, ...(bounds === undefined ? {} : { bounds }) }
  const teller = createTeller(reader)
  const answer = ahead?.line === line && ahead.below === below ? ahead.changes : null
  for (const [i, batch] of batchesOf(line).entries())
    tellBatch(host, where, { batch, answer: i === 0 ? answer : null }, teller)
}

interface ChangesQuestion {
  readonly line: CommitLine
  readonly below: string
  readonly bounds?: GitBounds
  readonly ahead?: ChangesAhead | null
}

/** Commits of a line that are asked about together. */
interface Batch {
  /** Where they stand in the line. */
  readonly from: number
  readonly to: number
  readonly pairs: Buffer
  readonly width: number
}

function batchesOf({ pairs, compared }: CommitLine): readonly Batch[] {
  const width = pairs.length / Math.max(1, compared)
  return Array.from({ length: Math.ceil(compared / together) }, (_, i) =>
    part({ from: 0, to: compared, pairs, width }, i * together, Math.min(compared, (i + 1) * together)),
  )
}

const part = (batch: Batch, from: number, to: number): Batch => ({
  ...batch,
  from,
  to,
  pairs: batch.pairs.subarray((from - batch.from) * batch.width, (to - batch.from) * batch.width),
})

interface Where {
  readonly top: string
  readonly below: string
  readonly bounds?: GitBounds
}

const changesArgs = (below: string): GitArguments => [
  ...(['diff-tree', '--stdin', '-r', '--name-status', '-z', '--no-renames'] as const),
  ...['--ignore-submodules=none', ...(below === '' ? [] : ['--', below])],
]

function tellBatch(
  host: Host,
  where: Where,
  { batch, answer }: { readonly batch: Batch; readonly answer: GitResult | null },
  teller: Teller,
): void {
  const { from, to } = batch
  const { top, below, bounds } = where
  const asked =
    answer ?? host.git?.(top, changesArgs(below), { input: batch.pairs, maxBytes: mostBytes, ...bounds })
  if (asked === undefined) return
  if (asked.trouble === 'too-much' && bounds === undefined) {
    if (to - from === 1) {
      teller.tooMuch(from)
      return
    }
    const middle = (from + to) >> 1
    tellBatch(host, where, { batch: part(batch, from, middle), answer: null }, teller)
    tellBatch(host, where, { batch: part(batch, middle, to), answer: null }, teller)
    return
  }
  const problem = gitProblem(asked, top)
  if (problem !== null)
    throw fail('NO_REPOSITORY', problem.message, {
      hint: /missing|unable to read|bad object|bad tree/i.test(asked.stderr)
        ? 'this clone leaves objects out: git fetch --refetch --no-filter brings all of them'
        : (problem.hint ?? 'git fsck tells whether the repository is whole'),
    })
  teller.tell(asked.stdout, batch)
}

interface Teller {
  readonly tell: (answer: Uint8Array, batch: Batch) => void
  readonly tooMuch: (index: number) => void
}

/** Paths whose numbers are remembered before all are forgotten, so that a long history takes no more memory than a short one. */
const mostPaths = 50_000

/** Git's words are read as a string of one byte a character, of which a part costs little: nearly all paths are ASCII, and then it is the path. */
function createTeller({ numberOf, numberBelow, onCommit }: ChangeReader): Teller {
  const numbers = new Map<string, number>()
  /** Null where paths of the directory go by numbers of their own. */
  const directories = new Map<string, number | null>()
  const numberAt = (path: string): number => {
    const cut = path.lastIndexOf('/')
    if (cut > 0) {
      const directory = path.slice(0, cut)
      let number = directories.get(directory)
      if (number === undefined) {
        number = numberBelow(decoded(directory))
        if (directories.size >= mostPaths) directories.clear()
        directories.set(directory, number)
      }
      if (number !== null) return number
    }
    const known = numbers.get(path)
    if (known !== undefined) return known
    const number = numberOf(decoded(path))
    if (numbers.size >= mostPaths) numbers.clear()
    numbers.set(path, number)
    return number
  }
  return {
    tooMuch: (index) => onCommit(null, index),
    /**
     * For each commit that changed something its name, then for each change one letter and the path; NUL after each of
     * them. Commits that changed nothing are left out: https://git-scm.com/docs/git-diff-tree.
     */
    tell: (answer, { from, to, pairs, width }) => {
      const text = oneByteEach(answer)
      const ids = oneByteEach(pairs)
      const length = width / 2 - 1
      let at = 0
      for (let index = from; index < to; index++) {
        const changed: number[] = []
        const id = (index - from) * width
        if (text.startsWith(ids.slice(id, id + length), at)) {
          at += length + 1
          // A letter, and not the name of the next commit.
          while (text.charCodeAt(at + 1) === 0) {
            const end = text.indexOf('\0', at + 2)
            if (end < 0) break
            changed.push(numberAt(text.slice(at + 2, end)))
            at = end + 1
          }
        }
        onCommit(changed, index)
      }
    },
  }
}

const oneByteEach = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('latin1')

const decoded = (path: string): string =>
  /[\x80-\xff]/.test(path) ? decodePath(Buffer.from(path, 'latin1')) : path
