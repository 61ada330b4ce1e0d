/** The rows of a table judged by other patterns, at every keystroke: `context/judge.ts` where there is no time for it. */

import { judgeRows } from '../context/judge.ts'
import { dirKind, flag, type Row } from '../context/table.ts'
import { hasBoundary } from '../ignore/boundary.ts'
import {
  type DirectoryState,
  type MatchNote,
  type PatternList,
  undecided,
  type Verdict,
} from '../ignore/matcher.ts'
import { reachOfBuildkit } from '../ignore/reach.ts'
import type { PageTree } from './packed.ts'

/** By row. A directory that no builder enters hands its verdict down to all that is in it. */
export interface Judged {
  readonly verdict: Int32Array
  /** The bits of `flag` that hang on the patterns: `ignored`, `withheld`. */
  readonly flags: Uint8Array
}

/**
 * What a name comes to in directories that stand alike before the patterns. The matcher is asked once for each name in
 * each such standing, of which there are few, and not for each row.
 */
interface Standing {
  readonly state: DirectoryState
  /** Directories that were met in it. */
  met: number
  /** By name, the verdict and the flags in one (`pack`); 0 where nobody asked yet. Empty until it is worth it. */
  answers: Int32Array
  readonly below: Map<number, Standing>
}

const unasked = -2
/** Directories in one standing from which on answers are kept. */
const worthFrom = 4

/** Throws `PATTERN_REFUSED` where docker fails on a pattern when it is first tried. */
export function judgeTree(tree: PageTree, list: PatternList): Judged {
  const { table } = tree
  const judged: Judged = { verdict: new Int32Array(table.count), flags: new Uint8Array(table.count) }
  const negations = list.patterns.filter(({ negated }) => negated).map(({ text }) => text)
  const reach = reachOfBuildkit(negations)
  const mayEnter = (row: Row) => list.dialect === 'podman' || reach(table.path(row))
  // Patterns that look at whole paths have no standing that a name could be told by.
  const isSpecial = list.patterns.some(
    ({ invalid, alternatives }) => invalid || alternatives.some(hasBoundary),
  )
  if (isSpecial) judgeEach(tree, list, judged, mayEnter)
  else judgeByStanding(tree, list, judged, mayEnter)
  return judged
}

function judgeEach(
  { table }: PageTree,
  list: PatternList,
  { verdict, flags }: Judged,
  mayEnter: (row: Row) => boolean,
): void {
  let entered: Row = -1
  verdict.fill(unasked)
  judgeRows(table, list, {
    row: (row, found) => {
      entered = row
      verdict[row] = found
      if (list.matched(found)) flags[row] = flag.ignored
    },
    enters: ({ verdict: found }) => !list.matched(found) || mayEnter(entered),
  })
  for (let row = 0; row < table.count; row++) {
    if (verdict[row] === unasked) {
      const above = table.parent[row] ?? 0
      verdict[row] = verdict[above] ?? -1
      flags[row] = flags[above] ?? 0
    } else if (table.kind[row] !== dirKind && flags[row] === 0 && list.judgeByPath(table.path(row)))
      flags[row] = flag.withheld
  }
}

function judgeByStanding(
  { table, names, nameOf }: PageTree,
  list: PatternList,
  { verdict, flags }: Judged,
  mayEnter: (row: Row) => boolean,
): void {
  const { count, kind, end } = table
  const note: MatchNote = { firstRow: new Int32Array(0), row: 0, last: undecided }
  /** The flags of a file by its verdict and by its last match, each one further than its index. */
  const drops = Uint8Array.from([0, ...list.patterns.map((_, index) => (list.matched(index) ? 1 : 0))])
  const flagsOf = (found: Verdict, last: Verdict) =>
    drops[found + 1] === 1 ? flag.ignored : drops[last + 1] === 1 ? flag.withheld : 0
  const known = new Map<DirectoryState['inside'], Map<string, Standing>>()
  const standingOf = (state: DirectoryState): Standing => {
    const alike = known.get(state.inside) ?? new Map<string, Standing>()
    known.set(state.inside, alike)
    const key = `${state.last} ${state.hits.join()}`
    const found = alike.get(key) ?? { state, met: 0, answers: none, below: new Map() }
    alike.set(key, found)
    return found
  }
  const enter = (standing: Standing, name: number): Standing => {
    let entered = standing.below.get(name)
    if (entered === undefined) {
      entered = standingOf(list.enter(standing.state, names[name] ?? ''))
      standing.below.set(name, entered)
    }
    if (++entered.met === worthFrom) entered.answers = new Int32Array(names.length)
    return entered
  }
  const root = standingOf(list.root)
  let { state, answers } = root
  // The directories that are open, and where each ends.
  const open: Standing[] = [root]
  const ends: Row[] = [count]
  let standing = root
  let until = count
  for (let row = 0; row < count; ) {
    if (row >= until) {
      while (row >= until) {
        open.pop()
        ends.pop()
        until = ends[ends.length - 1] ?? count
      }
      standing = open[open.length - 1] ?? root
      ;({ state, answers } = standing)
    }
    const name = nameOf[row] ?? 0
    if (kind[row] !== dirKind) {
      let answer = answers[name] ?? 0
      if (answer === 0) {
        const found = list.decide(state, names[name] ?? '', note)
        answer = pack(found, flagsOf(found, note.last))
        if (answers.length > 0) answers[name] = answer
      }
      verdict[row] = (answer >> flagBits) - 2
      flags[row] = answer & flagMask
      row++
      continue
    }
    const entered = enter(standing, name)
    const found = entered.state.verdict
    const after = end[row] ?? row + 1
    const ignored = drops[found + 1] === 1
    // Below it no pattern has anything to say any more, or nobody looks: all that is there shares its verdict.
    const isUniform = entered.state.inside.dead || (ignored && !mayEnter(row))
    verdict[row] = found
    flags[row] = ignored ? flag.ignored : 0
    if (isUniform) {
      verdict.fill(found, row + 1, after)
      flags.fill(ignored ? flag.ignored : flagsOf(found, entered.state.last), row + 1, after)
      row = after
      continue
    }
    standing = entered
    ;({ state, answers } = standing)
    until = after
    open.push(standing)
    ends.push(after)
    row++
  }
}

const none = new Int32Array(0)
const flagBits = 5
const flagMask = (1 << flagBits) - 1
/** Never 0: `undecided` is -1. */
const pack = (found: Verdict, flags: number) => ((found + 2) << flagBits) | flags
