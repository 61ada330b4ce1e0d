/** The rows of a table judged by other patterns, at every keystroke: `context/judge.ts` where there is no time for it. */

import { judgeRows } from '../context/judge.ts'
import { dirKind, flag, type Row } from '../context/table.ts'
import { hasBoundary } from '../ignore/boundary.ts'
import type { DirectoryState, MatchNote, PatternList, Verdict } from '../ignore/matcher.ts'
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
  /** By name; `unasked` where nobody asked yet. Made when it is worth it. */
  verdicts: Int32Array | null
  lasts: Int32Array | null
  below: (Standing | undefined)[]
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
  const note: MatchNote = { firstRow: new Int32Array(0), row: 0, last: -1 }
  const known = new Map<DirectoryState['inside'], Map<string, Standing>>()
  const standingOf = (state: DirectoryState): Standing => {
    const alike = known.get(state.inside) ?? new Map<string, Standing>()
    known.set(state.inside, alike)
    const key = `${state.last} ${state.hits.join()}`
    const found = alike.get(key) ?? { state, met: 0, verdicts: null, lasts: null, below: [] }
    alike.set(key, found)
    return found
  }
  const ignoredBy = list.patterns.map((_, index) => list.matched(index))
  const isIgnored = (found: Verdict) => found >= 0 && ignoredBy[found] === true
  const meet = (standing: Standing): Standing => {
    if (++standing.met === worthFrom) {
      standing.verdicts = new Int32Array(names.length).fill(unasked)
      standing.lasts = new Int32Array(names.length)
    }
    return standing
  }
  const enter = (standing: Standing, name: number): Standing => {
    const entered = standing.below[name] ?? standingOf(list.enter(standing.state, names[name] ?? ''))
    if (standing.verdicts) standing.below[name] = entered
    return entered
  }
  let standing = meet(standingOf(list.root))
  const open: { readonly standing: Standing; readonly end: Row }[] = []
  let until = count
  for (let row = 0; row < count; ) {
    while (row >= until) {
      open.pop()
      const above = open.at(-1)
      standing = above?.standing ?? standingOf(list.root)
      until = above?.end ?? count
    }
    const name = nameOf[row] ?? 0
    if (kind[row] !== dirKind) {
      const { verdicts, lasts } = standing
      let found = verdicts?.[name] ?? unasked
      let last = lasts?.[name] ?? -1
      if (found === unasked) {
        found = list.decide(standing.state, names[name] ?? '', note)
        last = note.last
        if (verdicts && lasts) {
          verdicts[name] = found
          lasts[name] = last
        }
      }
      verdict[row] = found
      flags[row] = isIgnored(found) ? flag.ignored : isIgnored(last) ? flag.withheld : 0
      row++
      continue
    }
    const entered = enter(standing, name)
    const found = entered.state.verdict
    const after = end[row] ?? row + 1
    const ignored = isIgnored(found)
    verdict[row] = found
    flags[row] = ignored ? flag.ignored : 0
    if (ignored && !mayEnter(row)) {
      verdict.fill(found, row, after)
      flags.fill(flag.ignored, row, after)
      row = after
      continue
    }
    standing = meet(entered)
    until = after
    open.push({ standing, end: after })
    row++
  }
}
