/** The commits of a repository's first-parent line, and what each of them changed: read in pieces, so that memory does not grow with their number. */

import type { Host } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { decodePath, encodePath, visiblePath } from '../lib/path.ts'
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
  /** As git said it: `commit parent…`, one a line. */
  readonly text: Uint8Array
}

/** Who is told what the commits changed: paths, from the top of the repository, that were added, deleted, or changed in content, kind or mode. */
export interface ChangeReader {
  /** Told of a path where it is first met, and again when too many others came between: by which number it goes from then on. */
  readonly numberOf: (path: string) => number
  /** Told once for each commit that has a parent, newest first, the number of each path; null: it changed more than can be listed. */
  readonly onCommit: (changed: readonly number[] | null, index: number) => void
}

/** Commits that are asked about at once: each new git unpacks the same trees again. */
const together = 2500
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
  const asked = ask(host, place.top, bounds, [
    'rev-list',
    '--first-parent',
    '--parents',
    ...(count === null ? [] : [`--max-count=${count}`]),
    ...(since === null ? [] : [`--since=${since}`]),
    'HEAD',
    '--',
  ])
  if (asked === null) return nothing
  let compared = 0
  let last = { id: '', parent: '' }
  let newest: string | null = null
  let total = 0
  for (const line of linesOf(asked)) {
    total++
    newest ??= line.id
    if (line.parent !== '') compared++
    last = line
  }
  const isRoot = total > 0 && last.parent === ''
  return {
    count: total,
    compared,
    cutShort: isRoot && isShallow(host, place),
    newest,
    oldest: total === 0 ? null : last.id,
    text: asked,
  }
}

const nothing: CommitLine = {
  count: 0,
  compared: 0,
  cutShort: false,
  newest: null,
  oldest: null,
  text: new Uint8Array(),
}

/** Git takes what it does not understand for now, and would answer that there are no commits. */
function refuseNoDate(host: Host, { top }: Pick<RepositoryPlace, 'top'>, since: string): void {
  const wrong = () =>
    fail('USAGE', `git knows no such date: ${visiblePath(since)}`, {
      hint: "--since '3 months ago', --since 2026-01-31",
    })
  if (/[\0-\x1f\x7f]/.test(since)) throw wrong()
  const seconds = (date: string): number => {
    const asked = host.git?.(top, ['rev-parse', `--since=${date}`])
    return Number(/^--max-age=(\d+)/.exec(asked?.ok ? decodePath(asked.stdout) : '')?.[1] ?? Number.NaN)
  }
  if (/^(?:now|0 )/.test(since) || Math.abs(seconds(since) - seconds('now')) > 2) return
  throw wrong()
}

/** What git says; null where the repository has no commit. */
function ask(
  host: Host,
  top: string,
  bounds: GitBounds | undefined,
  args: readonly ['rev-list', ...string[]],
): Uint8Array | null {
  if (host.git === null)
    throw fail('NO_REPOSITORY', 'the history is known to git only, and there is no git here')
  const asked = host.git(top, args, bounds ?? { maxBytes: mostLineBytes })
  if (asked.trouble === 'failed' && /bad revision 'HEAD'|unknown revision/.test(asked.stderr)) return null
  const problem = gitProblem(asked, top)
  if (problem !== null)
    throw fail('NO_REPOSITORY', problem.message, problem.hint === null ? {} : { hint: problem.hint })
  return asked.stdout
}

function* linesOf(text: Uint8Array): Generator<{ readonly id: string; readonly parent: string }> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(10, at)
    const line = Buffer.from(text.buffer, text.byteOffset + at, (end < 0 ? text.length : end) - at)
    const [id = '', parent = ''] = line.toString('latin1').split(' ', 2)
    at += line.length + 1
    if (id !== '') yield { id, parent }
  }
}

/**
 * Tells what each commit of the line changed against its first parent, below the directory `below` of the repository
 * ('' for all of it). `git diff-tree` answers for many commits at once.
 */
export function readChanges(
  host: Host,
  place: Pick<RepositoryPlace, 'top'>,
  { line, below, bounds }: { readonly line: CommitLine; readonly below: string; readonly bounds?: GitBounds },
  reader: ChangeReader,
): void {
  const where = { top: place.top, below, ...(bounds === undefined ? {} : { bounds }) }
  const teller = createTeller(reader)
  let batch: Asked[] = []
  let index = 0
  for (const { id, parent } of linesOf(line.text)) {
    if (parent !== '') batch.push({ id, parent, index })
    index++
    if (batch.length < together) continue
    tellBatch(host, where, batch, teller)
    batch = []
  }
  tellBatch(host, where, batch, teller)
}

interface Asked {
  readonly id: string
  readonly parent: string
  readonly index: number
}

function tellBatch(
  host: Host,
  where: { readonly top: string; readonly below: string; readonly bounds?: GitBounds },
  batch: readonly Asked[],
  teller: Teller,
): void {
  if (batch.length === 0) return
  const { top, below, bounds } = where
  const asked = host.git?.(
    top,
    [
      ...(['diff-tree', '--stdin', '-r', '--raw', '-z', '--no-renames', '--ignore-submodules=none'] as const),
      ...(below === '' ? [] : ['--', below]),
    ],
    {
      input: encodePath(batch.map(({ id, parent }) => `${id} ${parent}\n`).join('')),
      maxBytes: mostBytes,
      ...bounds,
    },
  )
  if (asked === undefined) return
  if (asked.trouble === 'too-much' && bounds === undefined) {
    const [first] = batch
    if (batch.length === 1 && first) {
      teller.tooMuch(first)
      return
    }
    const half = batch.length >> 1
    tellBatch(host, where, batch.slice(0, half), teller)
    tellBatch(host, where, batch.slice(half), teller)
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
  readonly tell: (answer: Uint8Array, batch: readonly Asked[]) => void
  readonly tooMuch: (commit: Asked) => void
}

/** Paths whose numbers are remembered before all are forgotten, so that a long history takes no more memory than a short one. */
const mostPaths = 50_000

function createTeller({ numberOf, onCommit }: ChangeReader): Teller {
  /** By the bytes of the path, as a string of one byte a character: nearly all are ASCII, and then it is the path. */
  const numbers = new Map<string, number>()
  const numberAt = (bytes: Buffer, from: number, to: number): number => {
    const key = bytes.toString('latin1', from, to)
    const known = numbers.get(key)
    if (known !== undefined) return known
    const number = numberOf(/[\x80-\xff]/.test(key) ? decodePath(bytes.subarray(from, to)) : key)
    if (numbers.size >= mostPaths) numbers.clear()
    numbers.set(key, number)
    return number
  }
  return {
    tooMuch: ({ index }) => onCommit(null, index),
    /**
     * For each commit that changed something its name, then `:mode mode object object status` and the path of each
     * change; NUL after each. Those that changed nothing are left out: https://git-scm.com/docs/git-diff-tree.
     */
    tell: (answer, batch) => {
      const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.length)
      let at = 0
      for (const { id, index } of batch) {
        const changed: number[] = []
        if (bytes[at] === id.charCodeAt(0) && bytes.toString('latin1', at, at + id.length) === id) {
          at += id.length + 1
          // The names of both objects are as long as that of the commit.
          const path = 2 * id.length + ':160000 160000   M\0'.length
          while (bytes[at] === colon) {
            const end = bytes.indexOf(0, at + path)
            if (end < 0) break
            changed.push(numberAt(bytes, at + path, end))
            at = end + 1
          }
        }
        onCommit(changed, index)
      }
    },
  }
}

const colon = 0x3a
