/**
 * The rows that each pattern matches by itself. Neither the lines around it nor its `!` change them, so what was found
 * out for a line holds for as long as the page is open: of a file that somebody edits one line is new at a keystroke.
 */

import { dirKind, type Row } from '../context/table.ts'
import { createAutomaton, type State } from '../ignore/automaton.ts'
import type { Pattern } from '../ignore/pattern.ts'
import type { PageTree } from './packed.ts'

export interface Matches {
  /**
   * Rows whose own path a pattern matches, ascending; parallel to the patterns, of which none may be `invalid` or hold a
   * word boundary. Null where there are more than anybody should keep.
   */
  readonly of: (patterns: readonly Pattern[]) => readonly Int32Array[] | null
}

/** Rows that are kept for lines which are there no more, or come again: 32 MB. */
const mostKept = 1 << 23
/** Rows that are collected at once: 128 MB. A hundred lines that all match 300,000 rows each are no file to be quick with. */
const mostAtOnce = 1 << 25

/** Remembers by the text of a pattern, so all that it is asked has to be of one dialect. */
export function createMatches(tree: PageTree): Matches {
  const known = new Map<string, Int32Array>()
  let kept = 0
  return {
    of: (patterns) => {
      const unknown = new Map(patterns.map((pattern) => [pattern.text, pattern]))
      for (const text of known.keys()) unknown.delete(text)
      const found = matchRows(tree, [...unknown.values()])
      if (found === null) return null
      for (const [index, text] of [...unknown.keys()].entries()) {
        const rows = found[index] ?? none
        known.set(text, rows)
        kept += rows.length
      }
      const all = patterns.map(({ text }) => {
        const rows = known.get(text) ?? none
        // To the end: what was not asked for the longest time goes first.
        known.delete(text)
        known.set(text, rows)
        return rows
      })
      for (const [text, { length }] of known) {
        if (kept <= mostKept) break
        known.delete(text)
        kept -= length
      }
      return all
    },
  }
}

/** Where the automaton stands after a name: what matches there, and where it goes on below. */
interface Stop {
  readonly state: State
  readonly accepts: readonly RowList[]
  /** Null until a directory of that name is met. */
  below: Place | null
}

/** Directories that the automaton enters in one state. It is asked once for each name in each place, and not for each row. */
interface Place {
  readonly state: State
  /** Directories that were met in it. */
  met: number
  /** By name, the number of the stop and one more; 0 where nobody asked yet. Empty until it is worth it. */
  stops: Int32Array
}

/** Directories in one place from which on its stops are kept. */
const worthFrom = 4

function matchRows(
  { table, names, nameOf, nameBytes, nameStart }: PageTree,
  patterns: readonly Pattern[],
): readonly Int32Array[] | null {
  const lists = patterns.map(() => new RowList())
  if (patterns.length === 0) return []
  const { count, kind, end } = table
  const automaton = createAutomaton(patterns)
  const stops: Stop[] = []
  const numbers = new Map<State, number>()
  const places = new Map<State, Place>()
  const placeOf = (state: State): Place => {
    const found = places.get(state) ?? { state, met: 0, stops: none }
    places.set(state, found)
    return found
  }
  const stopAfter = (from: State, name: number): number => {
    const state =
      automaton.runAscii(from, nameBytes, nameStart[name] ?? 0, nameStart[name + 1] ?? 0) ??
      automaton.run(from, names[name] ?? '')
    const known = numbers.get(state)
    if (known !== undefined) return known
    const accepts = state.accepts.flatMap((index) => lists[index] ?? [])
    numbers.set(state, stops.length)
    return stops.push({ state, accepts, below: null }) - 1
  }
  let place = placeOf(automaton.start)
  // The directories that are open, and where each ends.
  const open: Place[] = [place]
  const ends: Row[] = [count]
  let until = count
  let collected = 0
  for (let row = 0; row < count; ) {
    if (row >= until) {
      while (row >= until) {
        open.pop()
        ends.pop()
        until = ends[ends.length - 1] ?? count
      }
      place = open[open.length - 1] ?? place
    }
    const name = nameOf[row] ?? 0
    let number = (place.stops[name] ?? 0) - 1
    if (number < 0) {
      number = stopAfter(place.state, name)
      if (place.stops.length > 0) place.stops[name] = number + 1
    }
    const stop = stops[number]
    if (stop === undefined) break
    if (stop.accepts.length > 0) {
      for (const list of stop.accepts) list.push(row)
      collected += stop.accepts.length
      if (collected > mostAtOnce) return null
    }
    if (kind[row] !== dirKind) {
      row++
      continue
    }
    const after = end[row] ?? row + 1
    stop.below ??= placeOf(automaton.run(stop.state, '/'))
    if (stop.below.state.dead) {
      row = after
      continue
    }
    place = stop.below
    if (++place.met === worthFrom) place.stops = new Int32Array(names.length)
    until = after
    open.push(place)
    ends.push(after)
    row++
  }
  return lists.map((list) => list.rows())
}

const none = new Int32Array(0)

class RowList {
  #rows = none
  #length = 0

  push(row: Row): void {
    if (this.#length === this.#rows.length) {
      const grown = new Int32Array(Math.max(16, 2 * this.#length))
      grown.set(this.#rows)
      this.#rows = grown
    }
    this.#rows[this.#length++] = row
  }

  rows(): Int32Array {
    return this.#rows.slice(0, this.#length)
  }
}
