/**
 * Two lists of patterns held against each other over every path that could be: whether a line of an ignore file makes a
 * difference, and whether a new one would let something in. By algorithm W, as `matcher.ts` walks, and where any
 * difference counts also by algorithm P: BuildKit opens files by it, podman and older clients know no other.
 */

import { createAutomaton, type State } from './automaton.ts'
import { isReadable } from './meets.ts'
import type { Pattern } from './pattern.ts'
import { alphabetOf, findPath, makeNumbering, type Search } from './search.ts'

export interface CompareOptions {
  /** `any`: a path about which the lists differ. `let in`: one that the first ignores and the second does not. */
  readonly wanted: 'any' | 'let in'
  /** The line by which the lists differ, where it is one: only paths that it matches, or matches a parent of, can be judged otherwise. */
  readonly through: Pattern | null
  /** From 0 to 1, default 1: the share of the bounds that it may cost. */
  readonly effort?: number
}

/** What a directory hands down, and where the automaton stands in the name below it. */
interface Side {
  readonly state: State
  readonly hits: readonly number[]
  /** The last pattern that matches a parent, -1 for none: algorithm P's verdict. */
  readonly last: number
}

interface Both {
  readonly before: Side
  readonly after: Side
  /** Null once the line has matched. */
  readonly through: State | null
}

/** The shortest path that the two lists treat differently in the way that is wanted; bounded, see {@link Search}. */
export function compareLists(
  before: readonly Pattern[],
  after: readonly Pattern[],
  { wanted, through, effort = 1 }: CompareOptions,
): Search {
  const all = [...before, ...after]
  if (!all.every(isReadable)) return { kind: 'unknown' }
  const alphabet = alphabetOf(all.flatMap((pattern) => pattern.alternatives))
  const first = createAutomaton(before)
  const second = createAutomaton(after)
  const third = createAutomaton(through ? [through] : [])
  const number = makeNumbering()
  const isOver = ({ before: a, after: b, through: line }: Both) =>
    (a.state.dead && b.state.dead) || line?.dead === true
  const kept = (both: Both) => (isOver(both) ? null : both)
  return findPath<Both>(
    {
      start: {
        before: { state: first.start, hits: [], last: -1 },
        after: { state: second.start, hits: [], last: -1 },
        through: through ? third.start : null,
      },
      read: (both, char) =>
        kept({
          before: { ...both.before, state: first.run(both.before.state, char) },
          after: { ...both.after, state: second.run(both.after.state, char) },
          through: both.through && third.run(both.through, char),
        }),
      close: (both) => {
        const a = judge(before, both.before)
        const b = judge(after, both.after)
        const line = both.through === null || both.through.accepts.length > 0
        return {
          wanted:
            wanted === 'any'
              ? a.ignored !== b.ignored || a.ignoredByPath !== b.ignoredByPath
              : a.ignored && !b.ignored,
          inside: kept({
            before: { state: first.run(both.before.state, '/'), hits: a.hits, last: a.last },
            after: { state: second.run(both.after.state, '/'), hits: b.hits, last: b.last },
            through: line || both.through === null ? null : third.run(both.through, '/'),
          }),
        }
      },
      key: ({ before: a, after: b, through: line }) =>
        `${sideKey(number, a)} ${sideKey(number, b)} ${line === null ? '-' : number(line)}`,
      cost: ({ before: a, after: b }) =>
        a.state.nodes.length + b.state.nodes.length + a.hits.length + b.hits.length,
    },
    alphabet,
    effort,
  )
}

const sideKey = (number: (object: object) => number, { state, hits, last }: Side) =>
  `${number(state)} ${hits.join()} ${last}`

interface Judgement {
  readonly ignored: boolean
  readonly ignoredByPath: boolean
  readonly hits: readonly number[]
  readonly last: number
}

/** Algorithm W for one entry: a pattern that cannot change the outcome is not tried, unless the parent was hit by it. */
function judge(patterns: readonly Pattern[], { state, hits: inherited, last: lastAbove }: Side): Judgement {
  const hits: number[] = []
  let ignored = false
  const own = state.accepts
  for (let p = 0, o = 0; p < inherited.length || o < own.length; ) {
    const index = Math.min(inherited[p] ?? Number.POSITIVE_INFINITY, own[o] ?? Number.POSITIVE_INFINITY)
    const fromParent = inherited[p] === index
    if (fromParent) p++
    if (own[o] === index) o++
    const negated = patterns[index]?.negated ?? false
    if (!fromParent && negated !== ignored) continue
    hits.push(index)
    ignored = !negated
  }
  const last = Math.max(lastAbove, own.at(-1) ?? -1)
  return { ignored, ignoredByPath: patterns[last]?.negated === false, hits, last }
}
