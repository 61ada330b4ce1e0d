/**
 * The rows that each pattern matches by itself. Neither the lines around it nor its `!` change them, so what was found
 * out for a line holds for as long as the page is open: of a file that somebody edits one line is new at a keystroke.
 */

import { dirKind, type Row } from '../context/table.ts'
import { type Automaton, createAutomaton, type State } from '../ignore/automaton.ts'
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
  /** Number of the state. */
  readonly state: number
  readonly isDead: boolean
  /** Directories that were met in it. */
  met: number
  /** By name, twice the number of the stop and 2 more, and 1 more where something matches; 0 where nobody asked yet. Empty until it is worth it. */
  marks: Int32Array
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
  const steps = createSteps(automaton)
  const stops: Stop[] = []
  /** By number of a state, that of the stop there. */
  const stopOf: number[] = []
  const places: Place[] = []
  const placeOf = (state: State): Place => {
    const number = steps.numberOf(state)
    const found = places[number] ?? { state: number, isDead: state.dead, met: 0, marks: none }
    places[number] = found
    return found
  }
  const stopAfter = (from: number, name: number): number => {
    const number = steps.run(from, nameBytes, nameStart[name] ?? 0, nameStart[name + 1] ?? 0)
    const reached = number < 0 ? steps.numberOf(automaton.run(steps.state(from), names[name] ?? '')) : number
    const known = stopOf[reached]
    if (known !== undefined) return known
    const state = steps.state(reached)
    const accepts = state.accepts.flatMap((index) => lists[index] ?? [])
    stopOf[reached] = stops.length
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
    let mark = place.marks[name] ?? 0
    if (mark === 0) {
      const number = stopAfter(place.state, name)
      mark = 2 * (number + 1) + (stops[number]?.accepts.length === 0 ? 0 : 1)
      if (place.marks.length > 0) place.marks[name] = mark
    }
    const isDirectory = kind[row] === dirKind
    if (!isDirectory && mark % 2 === 0) {
      row++
      continue
    }
    const stop = stops[(mark >> 1) - 1]
    if (stop === undefined) break
    if (stop.accepts.length > 0) {
      for (const list of stop.accepts) list.push(row)
      collected += stop.accepts.length
      if (collected > mostAtOnce) return null
    }
    if (!isDirectory) {
      row++
      continue
    }
    const after = end[row] ?? row + 1
    stop.below ??= placeOf(automaton.run(stop.state, '/'))
    if (stop.below.isDead) {
      row = after
      continue
    }
    place = stop.below
    if (++place.met === worthFrom) place.marks = new Int32Array(names.length)
    until = after
    open.push(place)
    ends.push(after)
    row++
  }
  return lists.map((list) => list.rows())
}

/** The states of an automaton by number, and where each leads: a table, which is five times as quick as they are. */
interface Steps {
  readonly numberOf: (state: State) => number
  readonly state: (number: number) => State
  /** The number of the state after bytes from one index to before another; -1 where one is no ASCII. */
  readonly run: (from: number, bytes: Uint8Array, start: number, end: number) => number
}

function createSteps(automaton: Automaton): Steps {
  const numbers = new Map<State, number>()
  const states: State[] = []
  /** At 128 times the number of a state, and the byte: 128 times the number of the next state, and 1 more; 0 where nobody went yet. */
  let table = new Int32Array(128 * 64)
  const numberOf = (state: State): number => {
    const known = numbers.get(state)
    if (known !== undefined) return known
    const number = states.push(state) - 1
    numbers.set(state, number)
    if (128 * states.length > table.length) {
      const grown = new Int32Array(2 * table.length)
      grown.set(table)
      table = grown
    }
    return number
  }
  const state = (number: number): State => states[number] ?? automaton.start
  return {
    numberOf,
    state,
    run: (from, bytes, start, end) => {
      let known = table
      let at = 128 * from
      for (let i = start; i < end; i++) {
        const code = bytes[i] ?? 0
        if (code > 127) return -1
        let next = known[at + code] ?? 0
        if (next === 0) {
          next = 128 * numberOf(automaton.run(state(at >> 7), String.fromCharCode(code))) + 1
          known = table
          known[at + code] = next
        }
        at = next - 1
      }
      return at >> 7
    },
  }
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
