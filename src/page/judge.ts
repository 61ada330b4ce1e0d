/**
 * The rows of a table judged by other patterns, at every keystroke: `context/judge.ts` where there is no time for it. What
 * each line matches is known from before (`matches.ts`), and only rows that a line matches are looked at: all others stand
 * as the directory does in which they lie, and a directory is a range of rows.
 */

import { judgeRows } from '../context/judge.ts'
import { dirKind, type EntryTable, flag, type Row, rootRow } from '../context/table.ts'
import { hasBoundary } from '../ignore/boundary.ts'
import { type PatternList, type Standing, undecided } from '../ignore/matcher.ts'
import type { Pattern } from '../ignore/pattern.ts'
import { type CouldMatchBelow, everywhere, reachOfBuildkit } from '../ignore/reach.ts'
import { createMatches } from './matches.ts'
import type { PageTree } from './packed.ts'

/** By row. A directory that no builder enters hands its verdict down to all that is in it. */
export interface Judged {
  readonly verdict: Int32Array
  /** The bits of `flag` that hang on the patterns: `ignored`, `withheld`. */
  readonly flags: Uint8Array
  /** Rows without `ignored`, one byte each. */
  readonly kept: Uint8Array
  /** False where all that is in a dropped directory is dropped, so that what is left is all that a builder comes by. */
  readonly mayPass: boolean
}

/** Throws `PATTERN_REFUSED` where docker fails on a pattern when it is first tried. */
export type Judge = (list: PatternList) => Judged

/** How many judgements of a table, or of what was made of them, are kept: 64 MB, but two at least. */
export const mostRemembered = (count: number, bytesARow: number): number =>
  Math.max(2, Math.floor(2 ** 26 / (bytesARow * (count + 1))))

const bytesARow = 6

interface Known {
  readonly deciding: readonly number[]
  readonly judged: Judged
}

/**
 * A judge of one tree, who remembers what each line matched. The flags are those of a time before, the very same array,
 * where the lines that match anything are those of then: who takes a letter back comes to what there was.
 */
export function createJudge(tree: PageTree): Judge {
  const { table } = tree
  const matches = createMatches(tree)
  const setOf = new Uint32Array(table.count)
  const known = new Map<string, Known>()
  return (list) => {
    const negations = list.patterns.filter(({ negated }) => negated).map(({ text }) => text)
    const reach = list.dialect === 'podman' ? everywhere : reachOfBuildkit(negations)
    // Patterns that look at whole paths, and those that docker cannot try, are no matter of names.
    const isSpecial = list.patterns.some(
      ({ invalid, alternatives }) => invalid || alternatives.some(hasBoundary),
    )
    const matched = isSpecial ? null : matches.of(list.patterns)
    if (matched === null) return judgeEach(table, list, reach)
    // The lines that match something, and what may be let in again, are all that the outcome hangs on.
    const deciding = [...matched.keys()].filter((index) => (matched[index]?.length ?? 0) > 0)
    const key = JSON.stringify([negations, deciding.map((index) => signed(list.patterns[index]))])
    const before = known.get(key)
    const judged =
      before === undefined
        ? judgeMatched(table, list, { matched, reach, setOf })
        : before.deciding.some((index, place) => index !== deciding[place])
          ? renumbered(before, deciding)
          : before.judged
    // To the end: what was not asked for the longest time goes first.
    known.delete(key)
    known.set(key, { deciding, judged })
    for (const oldest of known.keys()) {
      if (known.size <= mostRemembered(table.count, bytesARow)) break
      known.delete(oldest)
    }
    return judged
  }
}

const signed = (pattern: Pattern | undefined) => (pattern?.negated ? `!${pattern.text}` : pattern?.text)

/** The same verdicts where a line that matches nothing came or went before those that decide. */
function renumbered(known: Known, deciding: readonly number[]): Judged {
  const next: number[] = []
  for (const [place, index] of known.deciding.entries()) next[index] = deciding[place] ?? undecided
  const { verdict } = known.judged
  return {
    ...known.judged,
    verdict: verdict.map((index) => (index < 0 ? index : (next[index] ?? undecided))),
  }
}

const unasked = -2

function judgeEach(table: EntryTable, list: PatternList, reach: CouldMatchBelow): Judged {
  let entered: Row = -1
  const verdict = new Int32Array(table.count).fill(unasked)
  const flags = new Uint8Array(table.count)
  judgeRows(table, list, {
    row: (row, found) => {
      entered = row
      verdict[row] = found
      if (list.matched(found)) flags[row] = flag.ignored
    },
    enters: ({ verdict: found }) => !list.matched(found) || reach(table.path(entered)),
  })
  for (let row = 0; row < table.count; row++) {
    if (verdict[row] === unasked) {
      const above = table.parent[row] ?? 0
      verdict[row] = verdict[above] ?? -1
      flags[row] = flags[above] ?? 0
    } else if (table.kind[row] !== dirKind && flags[row] === 0 && list.judgeByPath(table.path(row)))
      flags[row] = flag.withheld
  }
  return { verdict, flags, kept: flags.map((bits) => (bits & flag.ignored) ^ 1), mayPass: true }
}

/** What entries come to that stand alike. */
interface Alike {
  readonly standing: Standing
  /** Of a file; a directory is never withheld. */
  readonly flags: number
  /** By the number of the set of patterns that an entry there matches itself. */
  readonly below: (Alike | undefined)[]
}

function judgeMatched(
  { count, kind, end, parent, path }: EntryTable,
  list: PatternList,
  given: {
    readonly matched: readonly Int32Array[]
    readonly reach: CouldMatchBelow
    /** Room for a number a row. */
    readonly setOf: Uint32Array
  },
): Judged {
  const { reach, setOf } = given
  const sets = setsOf(setOf, given.matched)
  const verdict = new Int32Array(count).fill(undecided)
  const flags = new Uint8Array(count)
  const kept = new Uint8Array(count).fill(1)
  let mayPass = false
  let isAnyWithheld = false
  const alike = (standing: Standing): Alike => {
    const isWithheld = list.matched(standing.last)
    const found = list.matched(standing.verdict) ? flag.ignored : isWithheld ? flag.withheld : 0
    if (found === flag.withheld) isAnyWithheld = true
    return { standing, flags: found, below: [] }
  }
  const below = (above: Alike, set: number): Alike => {
    const known = above.below[set] ?? alike(list.stand(above.standing, sets[set] ?? []))
    above.below[set] = known
    return known
  }
  /** The outermost directory between two that no builder enters, so that all in it stands as it does; -1: they enter all. */
  const barrier = (row: Row, from: Row): Row => {
    let found: Row = rootRow
    if (reach === everywhere) return found
    for (let at = parent[row] ?? rootRow; at > from; at = parent[at] ?? rootRow)
      if (!reach(path(at))) found = at
    return found
  }
  const open: { readonly row: Row; readonly end: Row; readonly here: Alike }[] = []
  let here = alike({ hits: [], verdict: undecided, last: undecided })
  open.push({ row: rootRow, end: count, here })
  let inside: Row = rootRow
  let until = count
  for (let row = 0; row < count; row++) {
    const set = setOf[row] ?? 0
    if (set === 0) continue
    while (row >= until) {
      open.pop()
      const above = open.at(-1)
      if (above === undefined) break
      ;({ row: inside, end: until, here } = above)
    }
    if (here.flags === flag.ignored) {
      const closed = barrier(row, inside)
      if (closed !== rootRow) {
        row = (end[closed] ?? row + 1) - 1
        continue
      }
    }
    const next = below(here, set)
    const found = next.standing.verdict
    if (here.flags === flag.ignored && next.flags !== flag.ignored) mayPass = true
    if (kind[row] !== dirKind) {
      verdict[row] = found
      flags[row] = next.flags
      kept[row] = (next.flags & flag.ignored) ^ 1
      continue
    }
    const after = end[row] ?? row + 1
    if (found !== here.standing.verdict) verdict.fill(found, row, after)
    if (next.flags !== here.flags) {
      flags.fill(next.flags, row, after)
      kept.fill((next.flags & flag.ignored) ^ 1, row, after)
    }
    if (next.flags === flag.ignored && !reach(path(row))) {
      row = after - 1
      continue
    }
    here = next
    inside = row
    until = after
    open.push({ row, end: until, here })
  }
  if (isAnyWithheld)
    for (let row = 0; row < count; row++)
      if (flags[row] === flag.withheld && kind[row] === dirKind) flags[row] = 0
  return { verdict, flags, kept, mayPass }
}

/**
 * Puts into `setOf` by row the number of the set of patterns that match it. The sets come back as indices of patterns,
 * ascending; 0 is the empty one. Sets are few: most rows match nothing, and those of one kind match the same.
 */
function setsOf(setOf: Uint32Array, matched: readonly Int32Array[]): readonly (readonly number[])[] {
  setOf.fill(0)
  const sets: (readonly number[])[] = [[]]
  for (const [index, rows] of matched.entries()) {
    const larger: number[] = []
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0
      const set = setOf[row] ?? 0
      let next = larger[set]
      if (next === undefined) {
        next = sets.push([...(sets[set] ?? []), index]) - 1
        larger[set] = next
      }
      setOf[row] = next
    }
  }
  return sets
}
