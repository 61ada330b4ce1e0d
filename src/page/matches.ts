/**
 * The rows that each pattern matches by itself. Neither the lines around it nor its `!` change them, so what was found
 * out for a line holds for as long as the page is open: of a file that somebody edits one line is new at a keystroke.
 */

import { dirKind, type Row } from '../context/table.ts'
import { type Automaton, createAutomaton, leadsOn, letterBit, type State } from '../ignore/automaton.ts'
import type { Pattern } from '../ignore/pattern.ts'
import { inBlocks } from '../lib/blocks.ts'
import type { PageTree } from './packed.ts'
import { RowList } from './row-list.ts'

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
  const spelled = spelledNames(tree)
  const rooms: Rooms = { lists: [], marks: [] }
  let kept = 0
  return {
    of: (patterns) => {
      const unknown = new Map(patterns.map((pattern) => [pattern.text, pattern]))
      for (const text of known.keys()) unknown.delete(text)
      const found = matchRows(tree, spelled, [...unknown.values()], rooms)
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

/** What is used again from one time to the next: to touch memory for the first time takes longer than what is done in it. */
interface Rooms {
  readonly lists: RowList[]
  readonly marks: Int32Array[]
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
  /** Rows in directories that were met in it, those in directories in one another each time. */
  met: number
  /** By name, twice the number of the stop and 2 more, and 1 more where something matches; 0 where nobody asked yet. Empty until it is worth it. */
  marks: Int32Array
  /**
   * True where a directory in it is in this place again, whatever its name: what lies in it is no matter of paths then.
   * Only `marks` that were filled for all names tell. Most lines that begin with two stars have one such place.
   */
  isEndless: boolean
}

/** Share of the names that a place has to have met in rows before each name there is asked. */
const worthFrom = 1 / 8

/** Patterns as they are asked for the names of a tree. */
interface Asking {
  readonly tree: PageTree
  readonly spelled: Spelled
  readonly automaton: Automaton
  /** As {@link tailOf} has it. */
  readonly tail: number
  readonly steps: Steps
  /** Parallel to the patterns. */
  readonly lists: readonly RowList[]
  readonly stops: Stop[]
  /** By number of a state, the mark of the names after which it is there: see `Place.marks`. */
  readonly markOf: number[]
  /** By number of a state. */
  readonly places: Place[]
  /** Room for the marks of places, and how much of it is taken. */
  readonly marks: Int32Array[]
  explored: number
}

function matchRows(
  tree: PageTree,
  spelled: Spelled,
  patterns: readonly Pattern[],
  rooms: Rooms,
): readonly Int32Array[] | null {
  if (patterns.length === 0) return []
  const { table, names, nameOf } = tree
  const { count, kind, end } = table
  const automaton = createAutomaton(patterns)
  const lists = patterns.map((_, index) => emptyList(rooms, index))
  const stops: Stop[] = []
  const asking: Asking = {
    tree,
    spelled,
    automaton,
    tail: tailOf(patterns),
    steps: createSteps(automaton),
    lists,
    stops,
    markOf: [],
    places: [],
    marks: rooms.marks,
    explored: 0,
  }
  let collected = 0
  let place = placeOf(asking, automaton.start)
  // The directories that are open, and where each ends.
  const open: Place[] = [place]
  const ends: Row[] = [count]
  let until = count
  for (let row = 0; row < count; ) {
    if (row >= until) {
      while (row >= until) {
        open.pop()
        ends.pop()
        until = ends[ends.length - 1] ?? count
      }
      place = open[open.length - 1] ?? place
    }
    if (place.isEndless) {
      collected += collectEndless(asking, place.marks, { from: row, until, most: mostAtOnce - collected })
      if (collected > mostAtOnce) return null
      row = until
      continue
    }
    const name = nameOf[row] ?? 0
    const mark = place.marks.length > 0 ? (place.marks[name] ?? 0) : markAfter(asking, place.state, name)
    const isDirectory = kind[row] === dirKind
    if (!isDirectory && mark % 2 === 0) {
      row++
      continue
    }
    const stop = stops[(mark >> 1) - 1]
    if (stop === undefined) break
    collected += collect(stop, row)
    if (collected > mostAtOnce) return null
    if (!isDirectory) {
      row++
      continue
    }
    const after = end[row] ?? row + 1
    const below = belowOf(asking, stop)
    if (below.isDead) {
      row = after
      continue
    }
    place = below
    place.met += after - row
    if (place.marks.length === 0 && place.met > worthFrom * names.length) explore(asking, place)
    until = after
    open.push(place)
    ends.push(after)
    row++
  }
  return lists.map((list) => list.rows())
}

function emptyList({ lists }: Rooms, index: number): RowList {
  const list = lists[index] ?? new RowList()
  lists[index] = list
  list.clear()
  return list
}

function placeOf({ steps, places }: Asking, state: State): Place {
  const number = steps.numberOf(state)
  const found = places[number] ?? {
    state: number,
    isDead: state.dead,
    met: 0,
    marks: none,
    isEndless: false,
  }
  places[number] = found
  return found
}

function belowOf(asking: Asking, stop: Stop): Place {
  stop.below ??= placeOf(asking, asking.automaton.run(stop.state, '/'))
  return stop.below
}

/** As in `Place.marks`. */
function markAfter(asking: Asking, from: number, name: number): number {
  const { tree, spelled, automaton, tail, steps, markOf } = asking
  const { nameBytes, nameStart } = tree
  const own = spelled.letters[name] ?? 0
  const end = nameStart[name + 1] ?? 0
  const reached =
    own === 0
      ? steps.numberOf(automaton.run(steps.state(from), tree.names[name] ?? ''))
      : steps.run(from, own, nameBytes, Math.max(nameStart[name] ?? 0, end - tail), end)
  return markOf[reached] ?? newMark(asking, reached)
}

function newMark({ steps, lists, stops, markOf }: Asking, reached: number): number {
  const state = steps.state(reached)
  const accepts = state.accepts.flatMap((index) => lists[index] ?? [])
  const mark = 2 * stops.push({ state, accepts, below: null }) + (accepts.length === 0 ? 0 : 1)
  markOf[reached] = mark
  return mark
}

/** Asks for each name at once. */
function explore(asking: Asking, place: Place): void {
  const { tree, stops } = asking
  const { length } = tree.names
  const marks = asking.marks[asking.explored] ?? new Int32Array(length)
  asking.marks[asking.explored++] = marks
  const isReached: boolean[] = []
  const marksAfter = marksOfLetters(asking, place.state)
  inBlocks({ to: length }, { asking, state: place.state, marks, marksAfter, isReached }, exploreBlock)
  place.marks = marks
  place.isEndless = stops.every(
    (stop, number) => isReached[number + 1] !== true || belowOf(asking, stop) === place,
  )
}

/** By first letter, the mark of all names that begin with it; 0 where it hangs on what follows. */
function marksOfLetters(asking: Asking, from: number): Int32Array {
  const { automaton, steps, markOf } = asking
  const marks = new Int32Array(128)
  for (let code = 32; code < 127; code++) {
    const reached = steps.numberOf(automaton.run(steps.state(from), String.fromCharCode(code)))
    if (steps.leads(reached) === 0) marks[code] = markOf[reached] ?? newMark(asking, reached)
  }
  return marks
}

function exploreBlock(
  from: number,
  to: number,
  given: {
    readonly asking: Asking
    readonly state: number
    readonly marks: Int32Array
    readonly marksAfter: Int32Array
    readonly isReached: boolean[]
  },
): void {
  const { asking, state, marks, marksAfter, isReached } = given
  const { first } = asking.spelled
  for (let name = from; name < to; name++) {
    const mark = marksAfter[first[name] ?? 0] || markAfter(asking, state, name)
    marks[name] = mark
    isReached[mark >> 1] = true
  }
}

/** How many rows it put into how many lists, at most a few thousand more than `most`. */
function collectEndless(
  { tree: { nameOf }, stops }: Asking,
  marks: Int32Array,
  { from, until, most }: { readonly from: Row; readonly until: Row; readonly most: number },
): number {
  const given = { nameOf, stops, marks, most, collected: 0 }
  inBlocks({ from, to: until }, given, collectBlock)
  return given.collected
}

function collectBlock(
  from: Row,
  to: Row,
  given: Pick<PageTree, 'nameOf'> & {
    readonly stops: readonly Stop[]
    readonly marks: Int32Array
    readonly most: number
    collected: number
  },
): void {
  const { nameOf, stops, marks } = given
  if (given.collected > given.most) return
  for (let row = from; row < to; row++) {
    const mark = marks[nameOf[row] ?? 0] ?? 0
    if (mark % 2 === 0) continue
    const stop = stops[(mark >> 1) - 1]
    if (stop) given.collected += collect(stop, row)
  }
}

function collect({ accepts }: Stop, row: Row): number {
  for (let i = 0; i < accepts.length; i++) accepts[i]?.push(row)
  return accepts.length
}

/** How names are spelled, those of printable ASCII; of all others 0. */
interface Spelled {
  /** By name, the letters that it has, as bits. */
  readonly letters: Int32Array
  /** By name, its first letter. */
  readonly first: Uint8Array
}

function spelledNames({ names, nameBytes, nameStart }: PageTree): Spelled {
  const letters = new Int32Array(names.length)
  const first = new Uint8Array(names.length)
  for (let name = 0; name < names.length; name++) {
    const [from, to] = [nameStart[name] ?? 0, nameStart[name + 1] ?? 0]
    let own = 0
    for (let i = from; i < to; i++) {
      const byte = nameBytes[i] ?? 0
      if (byte < 32 || byte > 126) {
        own = 0
        break
      }
      own |= letterBit(byte)
    }
    letters[name] = own
    if (own !== 0) first[name] = nameBytes[from] ?? 0
  }
  return { letters, first }
}

/**
 * How many letters at the end of a name tell where all of it leads: what ends in a star and letters forgets whatever came
 * before as many letters as these. Infinity where all of a name counts.
 */
function tailOf(patterns: readonly Pattern[]): number {
  let tail = 1
  for (const { alternatives } of patterns)
    for (const sequence of alternatives) {
      const last = sequence.findLastIndex(({ kind }) => kind !== 'char')
      const isForgotten = sequence
        .slice(0, last)
        .every(({ kind }) => kind === 'directories' || kind === 'star')
      const star = sequence[last]
      if (!isForgotten || star?.kind !== 'star' || !printable.every((code) => star.set.has(code)))
        return Number.POSITIVE_INFINITY
      const letters = sequence.slice(last + 1)
      if (letters.some((one) => one.kind === 'char' && one.code === slash)) return Number.POSITIVE_INFINITY
      tail = Math.max(tail, letters.length)
    }
  return tail
}

const slash = 47
/** The letters of {@link Spelled}, but for the `/` that no name has. */
const printable = Array.from({ length: 127 - 32 }, (_, i) => i + 32).filter((code) => code !== slash)

/** The states of an automaton by number, and where each leads: a table, which is five times as quick as they are. */
interface Steps {
  readonly numberOf: (state: State) => number
  readonly state: (number: number) => State
  /** Of the state of a number, the letters that lead on. */
  readonly leads: (number: number) => number
  /** The number of the state after a name of printable ASCII that begins and ends at an index of bytes, and of which the letters are known. */
  readonly run: (from: number, letters: number, bytes: Uint8Array, start: number, end: number) => number
}

function createSteps(automaton: Automaton): Steps {
  const numbers = new Map<State, number>()
  const states: State[] = []
  /** By number of a state, the letters that lead on from it. */
  let leads = new Int32Array(64)
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
      const more = new Int32Array(2 * leads.length)
      more.set(leads)
      leads = more
    }
    leads[number] = leadsOn(state)
    return number
  }
  const state = (number: number): State => states[number] ?? automaton.start
  return {
    numberOf,
    state,
    leads: (number) => leads[number] ?? 0,
    run: (from, letters, bytes, start, end) => {
      let known = table
      let at = 128 * from
      for (let i = start; i < end; i++) {
        const code = bytes[i] ?? 0
        let next = known[at + code] ?? 0
        // Most letters lead nowhere else.
        if (next === at + 1) continue
        if (next === 0) {
          next = 128 * numberOf(automaton.run(state(at >> 7), String.fromCharCode(code))) + 1
          known = table
          known[at + code] = next
        }
        at = next - 1
        // Most names part from a pattern with their first letters.
        if (((leads[at >> 7] ?? 0) & letters) === 0) break
      }
      return at >> 7
    },
  }
}

const none = new Int32Array(0)
