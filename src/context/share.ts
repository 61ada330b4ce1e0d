/**
 * A walk shared by several threads. Directories that the first thread put off are the work; each thread claims them
 * one by one through shared memory, the first from the front, the others from the back, and keeps a table of its own.
 * The first thread never waits for one that has claimed nothing, nor for one that has stopped.
 */

import type { Host, WorkerHandle } from '../host/host.ts'
import type { DirectoryState, PatternList } from '../ignore/matcher.ts'
import { CtxsizeError, type ErrorCode } from '../lib/errors.ts'
import type { Block, Fragment, Parts } from './assemble.ts'
import { rulesFrom, textsOf, type WalkTexts } from './rules.ts'
import type { Row } from './table.ts'
import { createWalker, type Identity, type PutOff, type Walker, type WalkerOptions } from './walker.ts'

/** A directory to walk, as another thread can be told of it. */
interface Task {
  readonly path: string
  /** Relative to the context, with a final `/`. */
  readonly prefix: string
  /** Length of `prefix` in bytes, and the flags of the directory's row. */
  readonly prefixBytes: number
  readonly flags: number
  readonly identity: Identity
}

/** What a worker is given. */
export interface WalkJob {
  readonly texts: WalkTexts
  readonly tasks: readonly Task[]
  readonly measureIgnored: boolean
  readonly rootBytes: number
  /** Who this worker is: 2 for the first one, as the calling thread claims with 1. */
  readonly claimant: number
  /** `[finished workers, heartbeat, claims…]` */
  readonly shared: Int32Array
}

/** What a worker posts when there is nothing left to claim. */
export type WalkResult =
  | { readonly kind: 'done'; readonly claimant: number; readonly part: Part }
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string }

/** The tasks that one thread has walked, by index: where their rows lie, or why there are none. */
interface Part {
  readonly fragment: Fragment
  readonly done: readonly {
    readonly task: number
    readonly from: Row
    readonly to: Row
    readonly code: string | null
  }[]
}

const finished = 0
const heartbeat = 1
const firstClaim = 2
const caller = 1
/** More pieces than this would cost more than they bring. */
const plentyOfTasks = 1000
/** Rows that the first thread walks alone at most while it looks for pieces, once there are enough. */
const mostAlone = 16_000
/** Milliseconds without a heartbeat after which a worker is taken for dead and its work done again. */
const patienceMs = 10_000

type SharedOptions = Pick<WalkerOptions, 'rules' | 'measureIgnored' | 'rootBytes'>

/** Walks what the walker put off, together with the host's workers. Throws what any of the threads throws. */
export function shareWalk(host: Host, walker: Walker, options: SharedOptions): Parts {
  // They need as long to start as the work needs to be cut into pieces.
  const workers = host.threads?.start() ?? []
  try {
    return shareWith(workers, host, walker, options)
  } finally {
    for (const worker of workers) worker.stop()
  }
}

function shareWith(
  workers: readonly WorkerHandle[],
  host: Host,
  walker: Walker,
  options: SharedOptions,
): Parts {
  const top: Block = { fragment: 0, from: 0, to: walker.builder.count }
  const contents = new Map<Row, Block>()
  const own = (one: PutOff) => {
    const from = walker.builder.count
    startAt(walker, taskOf(walker, one))
    const code = walker.visit(one.path, one.state, one.identity)
    if (code !== null) walker.refuse(one.row, one.state, code)
    contents.set(one.row, { fragment: 0, from, to: walker.builder.count })
  }
  const tasks = widen(walker, host.threads?.fewestPieces ?? 1, own)
  walker.sharesFrom = null

  const shared = new Int32Array(new SharedArrayBuffer(4 * (firstClaim + tasks.length)))
  const job = {
    texts: textsOf(options.rules),
    tasks: tasks.map((one) => taskOf(walker, one)),
    measureIgnored: options.measureIgnored,
    rootBytes: options.rootBytes,
    shared,
  }
  // The tree may be at its end before it could be cut into pieces.
  if (tasks.length > 0)
    for (const [i, worker] of workers.entries())
      worker.begin({ ...job, claimant: caller + 1 + i } satisfies WalkJob)
  for (const [i, one] of tasks.entries()) if (claim(shared, i, caller)) own(one)

  const fragments: Fragment[] = []
  for (const result of collect(workers, shared)) {
    if (result.kind === 'failed')
      throw result.code ? new CtxsizeError(result.code, result.message) : new Error(result.message)
    fragments.push(result.part.fragment)
    for (const { task, from, to, code } of result.part.done) {
      const one = tasks[task]
      if (!one) continue
      if (code !== null) walker.refuse(one.row, one.state, code)
      contents.set(one.row, { fragment: fragments.length, from, to })
    }
  }
  // What a worker claimed and never delivered.
  for (const one of tasks) if (!contents.has(one.row)) own(one)
  return { fragments: [fragmentOf(walker), ...fragments], top, contents }
}

/**
 * Enters put-off directories, the shallowest first, until the work is cut into pieces small enough to be shared evenly,
 * or too much of it has been done alone.
 */
function widen(walker: Walker, fewest: number, enter: (one: PutOff) => void): readonly PutOff[] {
  const levels: PutOff[][] = []
  let count = 0
  const take = () => {
    for (const one of walker.putOff.splice(0)) {
      const level = one.state.prefix.split('/').length
      levels[level] ??= []
      levels[level].push(one)
      count++
    }
  }
  take()
  for (const level of levels) {
    let next = 0
    for (; level && next < level.length; next++) {
      if (
        count >= Math.min(plentyOfTasks, fewest * 16) ||
        (count >= fewest && walker.builder.count > mostAlone)
      )
        break
      const one = level[next]
      if (one) enter(one)
      count--
      take()
    }
    level?.splice(0, next)
  }
  return levels.flat()
}

function taskOf({ builder }: Walker, { row, path, state, identity }: PutOff): Task {
  const prefixBytes = builder.pathBytes(row) + 1
  return { path, prefix: state.prefix, prefixBytes, flags: builder.flags(row), identity }
}

const startAt = ({ builder }: Walker, { prefixBytes, flags }: Task) => builder.startAt(prefixBytes, flags)

const claim = (shared: Int32Array, task: number, claimant: number) =>
  Atomics.compareExchange(shared, firstClaim + task, 0, claimant) === 0

function fragmentOf({ builder, unreadable, prunedAmounts, firstMatch, leftOvers }: Walker): Fragment {
  return { columns: builder.finish(), unreadable, prunedAmounts, firstMatch, leftOvers }
}

/** Waits for the workers that have claimed something, as long as they show a sign of life. */
function collect(workers: readonly WorkerHandle[], shared: Int32Array): readonly WalkResult[] {
  const claims = new Set(shared.subarray(firstClaim))
  const expected = workers.filter((_, index) => claims.has(caller + 1 + index))
  const results: WalkResult[] = []
  const pending = new Set(expected)
  while (pending.size > 0) {
    const count = Atomics.load(shared, finished)
    for (const worker of pending) {
      const posted = worker.receive()
      if (posted === undefined) continue
      // Only `helpWalk` posts to this channel.
      results.push(posted as WalkResult)
      pending.delete(worker)
    }
    if (pending.size === 0) break
    const beat = Atomics.load(shared, heartbeat)
    const waited = Atomics.wait(shared, finished, count, patienceMs)
    if (waited === 'timed-out' && Atomics.load(shared, heartbeat) === beat) break
  }
  return results
}

/** A worker's part: claims from the back until nothing is left, then posts what it found. Never throws. */
export function helpWalk(
  host: Host,
  job: WalkJob,
  post: (result: WalkResult, transfer: readonly ArrayBuffer[]) => void,
): void {
  const { shared, tasks, claimant } = job
  try {
    const rules = rulesFrom(job.texts)
    const progress = () => Atomics.add(shared, heartbeat, 1)
    const walker = createWalker(host, { ...job, rules, sharesFrom: null, progress })
    const done: Part['done'][number][] = []
    for (let task = tasks.length - 1; task >= 0; task--) {
      const one = tasks[task]
      if (!one || !claim(shared, task, claimant)) continue
      progress()
      const from = walker.builder.count
      startAt(walker, one)
      const code = walker.visit(one.path, stateOf(rules.ignore, one.prefix), one.identity)
      done.push({ task, from, to: walker.builder.count, code })
    }
    const fragment = fragmentOf(walker)
    post({ kind: 'done', claimant, part: { fragment, done } }, buffersOf(fragment))
  } catch (thrown) {
    const code = thrown instanceof CtxsizeError ? thrown.code : null
    post({ kind: 'failed', code, message: thrown instanceof Error ? thrown.message : String(thrown) }, [])
  }
  Atomics.add(shared, finished, 1)
  Atomics.notify(shared, finished)
}

/** The state of a directory, from its path with a final `/`. */
function stateOf(patterns: PatternList, prefix: string): DirectoryState {
  let state = patterns.root
  for (const name of prefix.slice(0, -1).split('/')) state = patterns.enter(state, name)
  return state
}

/** The memory behind the columns, which moves to the other thread instead of being copied. */
function buffersOf({ columns }: Fragment): readonly ArrayBuffer[] {
  const { parent, end, kind, size, mode, timeBytes, pathBytes, verdict, flags, nameStart, arena } = columns
  return [parent, end, kind, size, mode, timeBytes, pathBytes, verdict, flags, nameStart, arena].flatMap(
    ({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []),
  )
}
