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
import { type CouldMatchBelow, everywhere, reachOfBuildkit, reachOfPodman } from '../ignore/reach.ts'
import { inBlocks } from '../lib/blocks.ts'
import { createMatches } from './matches.ts'
import type { PageTree } from './packed.ts'

/** By row. A directory that no builder enters hands its verdict down to all that is in it. */
export interface Judged {
  /** The table's flags, with the bits that hang on the patterns as these have them: `ignored`, `withheld`. */
  readonly flags: Uint8Array
  /** False where all that is in a dropped directory is dropped, so that what is left is all that a builder comes by. */
  readonly mayPass: boolean
  /** Index of the deciding pattern. Worked out when somebody asks: no amount hangs on it. */
  readonly verdicts: () => Int32Array
}

/** Throws `PATTERN_REFUSED` where docker fails on a pattern when it is first tried. */
export type Judge = (list: PatternList) => Judged

/** How many judgements of a table, or of what was made of them, are kept: 64 MB, but two at least. */
export const mostRemembered = (count: number, bytesARow: number): number =>
  Math.max(2, Math.floor(2 ** 26 / (bytesARow * (count + 1))))

const bytesARow = 5

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
  const rooms = {
    setOf: new Uint32Array(table.count),
    isTouched: new Int32Array((table.count + 31) >> 5),
    touched: new Int32Array(table.count),
  }
  const marked = markedRows(table)
  const known = new Map<string, Known>()
  return (list) => {
    const negations = list.patterns.filter(({ negated }) => negated).map(({ text }) => text)
    const reach = list.dialect === 'podman' ? everywhere : reachOfBuildkit(negations)
    const entered = enteredWith(reach, negations)
    // Patterns that look at whole paths, and those that docker cannot try, are no matter of names.
    const isSpecial = list.patterns.some(
      ({ invalid, alternatives }) => invalid || alternatives.some(hasBoundary),
    )
    const matched = isSpecial ? null : matches.of(list.patterns)
    if (matched === null) return withMarks(judgeEach(table, list, reach), marked)
    // The lines that match something, and what may be let in again, are all that the outcome hangs on.
    const deciding = [...matched.keys()].filter((index) => (matched[index]?.length ?? 0) > 0)
    const key = JSON.stringify([negations, deciding.map((index) => signed(list.patterns[index]))])
    const before = known.get(key)
    const judged =
      before === undefined
        ? withMarks(judgeMatched(table, list, { matched, reach, entered, ...rooms }), marked)
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

/** A scan comes to what podman enters too, as it compares the two, and tells by which line it is dropped there. */
function enteredWith(reach: CouldMatchBelow, negations: readonly string[]): CouldMatchBelow {
  const reachOfOther = reachOfPodman(negations)
  return reach === everywhere ? everywhere : (directory) => reach(directory) || reachOfOther(directory)
}

/** The same verdicts where a line that matches nothing came or went before those that decide. */
function renumbered(known: Known, deciding: readonly number[]): Judged {
  const next: number[] = []
  for (const [place, index] of known.deciding.entries()) next[index] = deciding[place] ?? undecided
  const { verdicts } = known.judged
  return {
    ...known.judged,
    verdicts: once(() => verdicts().map((index) => (index < 0 ? index : (next[index] ?? undecided)))),
  }
}

function once<T>(make: () => T): () => T {
  let made: T | null = null
  return () => {
    made ??= make()
    return made
  }
}

interface Marked {
  readonly row: Row
  readonly bits: number
}

/** The rows with bits of `flag` that no patterns change. */
function markedRows({ count, flags }: EntryTable): readonly Marked[] {
  const found: Marked[] = []
  for (let row = 0; row < count; row++) {
    const bits = (flags[row] ?? 0) & ~(flag.ignored | flag.withheld)
    if (bits !== 0) found.push({ row, bits })
  }
  return found
}

function withMarks(judged: Judged, marked: readonly Marked[]): Judged {
  const { flags } = judged
  for (const { row, bits } of marked) flags[row] = (flags[row] ?? 0) | bits
  return judged
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
  return { flags, mayPass: true, verdicts: () => verdict }
}

interface Matched {
  /** The rows that each pattern matches, ascending. */
  readonly matched: readonly Int32Array[]
  readonly reach: CouldMatchBelow
  /** What a scan comes to: as much as `reach`, or more. */
  readonly entered: CouldMatchBelow
  /** Room for a number a row: to touch memory for the first time takes longer than all that is worked out in it. */
  readonly setOf: Uint32Array
  /** A bit a row. */
  readonly isTouched: Int32Array
  readonly touched: Int32Array
}

function judgeMatched(table: EntryTable, list: PatternList, given: Matched): Judged {
  const { count, kind } = table
  const flags = new Uint8Array(count)
  const { mayPass, isAnyWithheld } = walk(table, list, given, { into: flags, of: (one) => one.flags })
  if (isAnyWithheld)
    for (let row = 0; row < count; row++)
      if (flags[row] === flag.withheld && kind[row] === dirKind) flags[row] = 0
  return {
    flags,
    mayPass,
    verdicts: once(() => {
      const into = new Int32Array(count).fill(undecided)
      const wider = { ...given, reach: given.entered }
      walk(table, list, wider, { into, of: ({ standing }) => standing.verdict })
      return into
    }),
  }
}

/** What entries come to that stand alike. */
interface Alike {
  readonly standing: Standing
  /** Of a file; a directory is never withheld. */
  readonly flags: number
  /** What is written down for them. */
  readonly written: number
  /** By the number of the set of patterns that an entry there matches itself. */
  readonly below: (Alike | undefined)[]
}

/** What is written down of each row, and of those that nothing matches before. */
interface Writing {
  readonly into: Uint8Array | Int32Array
  readonly of: (alike: Pick<Alike, 'standing' | 'flags'>) => number
}

function walk(
  table: EntryTable,
  list: PatternList,
  given: Matched,
  writing: Writing,
): Pick<Walk, 'mayPass' | 'isAnyWithheld'> {
  const walk = new Walk(table, list, { ...given, sets: setsOf(given), writing })
  const touched = touchedRows(given)
  inBlocks({ to: touched.length }, { touched, walk, next: 0 }, walkBlock)
  return walk
}

function walkBlock(
  from: number,
  to: number,
  given: { readonly touched: Int32Array; readonly walk: Walk; next: Row },
): void {
  const { touched, walk } = given
  let { next } = given
  for (let at = from; at < to; at++) {
    const row = touched[at] ?? 0
    if (row >= next) next = walk.take(row)
  }
  given.next = next
}

/** The rows that a pattern matches, in their order. */
function touchedRows({ isTouched, touched }: Matched): Int32Array {
  const found = { isTouched, touched, length: 0 }
  inBlocks({ to: isTouched.length }, found, touchedBlock)
  return touched.subarray(0, found.length)
}

function touchedBlock(
  from: number,
  to: number,
  found: Pick<Matched, 'isTouched' | 'touched'> & { length: number },
): void {
  const { isTouched, touched } = found
  let { length } = found
  for (let at = from; at < to; at++)
    // The lowest bit by the lowest bit.
    for (let bits = isTouched[at] ?? 0; bits !== 0; bits &= bits - 1)
      touched[length++] = 32 * at + 31 - Math.clz32(bits & -bits)
  found.length = length
}

/** A directory that a walk is in. */
interface Open {
  readonly row: Row
  readonly end: Row
  readonly here: Alike
}

/** Where a walk over the rows that patterns match has come to. */
class Walk {
  readonly #table: EntryTable
  readonly #list: PatternList
  readonly #reach: CouldMatchBelow
  readonly #setOf: Uint32Array
  readonly #sets: readonly (readonly number[])[]
  readonly #writing: Writing
  /** The directories above, outermost first. */
  readonly #open: Open[] = []
  #inside: Open
  mayPass = false
  isAnyWithheld = false

  constructor(
    table: EntryTable,
    list: PatternList,
    given: Pick<Matched, 'reach' | 'setOf'> & {
      readonly sets: readonly (readonly number[])[]
      readonly writing: Writing
    },
  ) {
    this.#table = table
    this.#list = list
    this.#reach = given.reach
    this.#setOf = given.setOf
    this.#sets = given.sets
    this.#writing = given.writing
    const here = this.#alike({ hits: [], verdict: undecided, last: undecided })
    this.#inside = { row: rootRow, end: table.count, here }
    this.#open.push(this.#inside)
  }

  /** Judges a row that a pattern matches, and what it hands down; the row to go on with. Rows come in their order. */
  take(row: Row): Row {
    if (row >= this.#inside.end) this.#leave(row)
    const { here } = this.#inside
    if (here.flags === flag.ignored) {
      const closed = this.#barrier(row)
      if (closed !== rootRow) return this.#table.end[closed] ?? row + 1
    }
    const set = this.#setOf[row] ?? 0
    const next = here.below[set] ?? this.#below(here, set)
    if (here.flags === flag.ignored && next.flags !== flag.ignored) this.mayPass = true
    if (this.#table.kind[row] === dirKind) return this.#enter(row, next)
    this.#writing.into[row] = next.written
    return row + 1
  }

  #enter(row: Row, next: Alike): Row {
    const after = this.#table.end[row] ?? row + 1
    if (next.written !== this.#inside.here.written) this.#writing.into.fill(next.written, row, after)
    if (next.flags === flag.ignored && !this.#reach(this.#table.path(row))) return after
    this.#inside = { row, end: after, here: next }
    this.#open.push(this.#inside)
    return row + 1
  }

  #leave(row: Row): void {
    while (row >= this.#inside.end) {
      this.#open.pop()
      const above = this.#open.at(-1)
      if (above === undefined) return
      this.#inside = above
    }
  }

  /** The outermost directory between that no builder enters, so that all in it stands as it does; {@link rootRow}: they enter all. */
  #barrier(row: Row): Row {
    const { parent, path } = this.#table
    let found: Row = rootRow
    if (this.#reach === everywhere) return found
    for (let at = parent[row] ?? rootRow; at > this.#inside.row; at = parent[at] ?? rootRow)
      if (!this.#reach(path(at))) found = at
    return found
  }

  #below(above: Alike, set: number): Alike {
    const found = this.#alike(this.#list.stand(above.standing, this.#sets[set] ?? []))
    above.below[set] = found
    return found
  }

  #alike(standing: Standing): Alike {
    const isWithheld = this.#list.matched(standing.last)
    const flags = this.#list.matched(standing.verdict) ? flag.ignored : isWithheld ? flag.withheld : 0
    if (flags === flag.withheld) this.isAnyWithheld = true
    return { standing, flags, written: this.#writing.of({ standing, flags }), below: [] }
  }
}

/**
 * Puts into `setOf` by row the number of the set of patterns that match it, and notes the row in `isTouched`. The sets come
 * back as indices of patterns, ascending; 0 is the empty one. Sets are few: most rows match nothing, and those of one kind
 * match the same.
 */
function setsOf({ setOf, isTouched, matched }: Matched): readonly (readonly number[])[] {
  setOf.fill(0)
  isTouched.fill(0)
  const sets: (readonly number[])[] = [[]]
  for (const [index, rows] of matched.entries()) {
    inBlocks({ to: rows.length }, { rows, setOf, isTouched, sets, index, larger: [] }, setBlock)
  }
  return sets
}

function setBlock(
  from: number,
  to: number,
  given: {
    readonly rows: Int32Array
    readonly setOf: Uint32Array
    readonly isTouched: Int32Array
    readonly sets: (readonly number[])[]
    /** Of the pattern. */
    readonly index: number
    /** By number of a set, that of the set which has the pattern besides. */
    readonly larger: (number | undefined)[]
  },
): void {
  const { rows, setOf, isTouched, sets, index, larger } = given
  for (let at = from; at < to; at++) {
    const row = rows[at] ?? 0
    const set = setOf[row] ?? 0
    let next = larger[set]
    if (next === undefined) {
      next = sets.push([...(sets[set] ?? []), index]) - 1
      larger[set] = next
    }
    setOf[row] = next
    isTouched[row >> 5] = (isTouched[row >> 5] ?? 0) | (1 << (row & 31))
  }
}
