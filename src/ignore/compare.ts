/**
 * Two lists of patterns held against each other over every path that could be: whether a line of an ignore file makes a
 * difference, and whether a new one would let something in. By algorithm W, as `matcher.ts` walks, and where any
 * difference counts also by algorithm P: BuildKit opens files by it, podman and older clients know no other.
 */

import { type Automaton, createAutomaton } from './automaton.ts'
import type { PatternList } from './matcher.ts'
import { droppedBy, isReadable, meet, type PathSet } from './meets.ts'
import type { Pattern } from './pattern.ts'
import {
  type Alphabet,
  alphabetOf,
  createPairs,
  createStepper,
  type Effort,
  findPath,
  fullEffort,
  nowhere,
  type PathReader,
  type Search,
} from './search.ts'

export interface CompareOptions {
  /** `any`: a path about which the lists differ. `let in`: one that the first ignores and the second does not. */
  readonly wanted: 'any' | 'let in'
  /** The line by which the lists differ, where it is one: only paths that it matches, or matches a parent of, can be judged otherwise. */
  readonly through: Pattern | null
  /** What a pattern drops, where that is at hand. */
  readonly setOf?: (pattern: Pattern) => PathSet
  /** What it may cost, and where what it costs is taken from. */
  readonly effort?: Effort
}

/** A pattern of one of the lists or of both, at its place among all. */
interface Entry {
  readonly pattern: Pattern
  readonly isBefore: boolean
  readonly isAfter: boolean
}

/**
 * What a path comes to in one list, as a number: which pattern decided, and whether it dropped. By algorithm W that is all
 * that a directory has to hand down: the last hit on it is a hit on each of its entries, and whatever stands above that
 * in the list is overruled there. So only patterns below it count, and of these, first, those that say the opposite.
 */
type Standing = number

/** {@link Standing} by algorithm W and by algorithm P. */
interface Both {
  readonly walk: Standing
  readonly path: Standing
}

/** Some path that the two lists treat differently in the way that is wanted; bounded, see {@link Search}. */
export function compareLists(
  before: readonly Pattern[],
  after: readonly Pattern[],
  { wanted, through, setOf = droppedBy, effort = fullEffort() }: CompareOptions,
): Search {
  if (![...before, ...after].every(isReadable)) return { kind: 'unknown' }
  const { entries, guesses } = concerning(merged(before, after), through, { setOf, effort })
  const patterns = entries.map(({ pattern }) => pattern)
  if (effort.left <= 0) return { kind: 'unknown' }
  for (const { alternatives } of patterns) for (const sequence of alternatives) effort.left -= sequence.length
  const lists = listsOf(entries, wanted)
  // One automaton for both lists, which have nearly all patterns in common.
  const automaton = createAutomaton(patterns)
  const path = guessed(guesses, lists, automaton)
  if (path !== null) return { kind: 'path', path }
  const alphabet = alphabetOf(patterns.flatMap(({ alternatives }) => alternatives))
  if (alphabet === null) return { kind: 'unknown' }
  return findPath(createReader(lists, automaton, { alphabet, through }), alphabet, effort)
}

/** The two lists side by side, and what is wanted of them. */
interface Lists {
  readonly entries: readonly Entry[]
  readonly first: List
  readonly second: List
  /** Of what is in both. */
  readonly common: List
  readonly wanted: CompareOptions['wanted']
  readonly differs: (a: Both, b: Both) => boolean
}

const listsOf = (entries: readonly Entry[], wanted: CompareOptions['wanted']): Lists => ({
  entries,
  first: createList(entries, ({ isBefore }) => isBefore),
  second: createList(entries, ({ isAfter }) => isAfter),
  common: createList(entries, ({ isBefore, isAfter }) => isBefore && isAfter),
  wanted,
  differs: (a, b) =>
    wanted === 'any'
      ? drops(a.walk) !== drops(b.walk) || drops(a.path) !== drops(b.path)
      : drops(a.walk) && !drops(b.walk),
})

/** Where two patterns meet is where the lists differ, most often; null where they do not. */
function guessed(
  guesses: readonly string[],
  { first, second, differs }: Lists,
  automaton: Automaton,
): string | null {
  const isWanted = (path: string): boolean => {
    let [a, b, state] = [first.begin, second.begin, automaton.start]
    for (const [i, name] of path.split('/').entries()) {
      state = automaton.run(state, i === 0 ? name : `/${name}`)
      a = first.judge(a, state.accepts)
      b = second.judge(b, state.accepts)
    }
    return differs(a, b)
  }
  return guesses.find(isWanted) ?? null
}

/** What the two lists hand down to the entries of a directory, as one number. */
function createHandedDown(entries: readonly Entry[]) {
  const span = 2 * (entries.length + 2)
  const numbers = createPairs()
  const both = (number: number | undefined): Both => ({
    walk: Math.floor((number ?? 0) / span),
    path: (number ?? 0) % span,
  })
  return {
    of: (a: Both, b: Both): number => numbers.of(a.walk * span + a.path, b.walk * span + b.path),
    first: (number: number): Both => both(numbers.first[number]),
    second: (number: number): Both => both(numbers.second[number]),
  }
}

/** A walk down all paths at once, with where each of the lists stands and where the line does. */
function createReader(
  { entries, first, second, common, wanted, differs }: Lists,
  automaton: Automaton,
  { alphabet, through }: { readonly alphabet: Alphabet; readonly through: Pattern | null },
): PathReader {
  const stepper = createStepper(automaton, alphabet)
  const line = createStepper(createAutomaton(through ? [through] : []), alphabet)
  const handed = createHandedDown(entries)
  /** The state of the patterns' automaton with what is handed down, and these with where the line is. */
  const places = createPairs()
  const whole = createPairs()
  const stateOf = (number: number) => places.first[whole.first[number] ?? 0] ?? 0
  const sidesOf = (number: number) => places.second[whole.first[number] ?? 0] ?? 0
  // The line's state twice, and one more when it has matched.
  const lineOf = (number: number) => whole.second[number] ?? 0
  const lastDiffering = entries.findLastIndex(({ isBefore, isAfter }) => isBefore !== isAfter)
  /** True when what is handed down overrules all by which the lists differ. */
  const isBeyond = ({ walk, path }: Both) =>
    lastDiffering < walk >> 1 && (wanted === 'let in' || lastDiffering < path >> 1)
  /** `isNew`: something else is handed down, or the line has just come to its end. */
  const kept = (state: number, sides: number, at: number, isNew: boolean): number => {
    if (stepper.at(state).dead) return nowhere
    const isLineOver = through !== null && line.at(at >> 1).dead
    if (isLineOver && (at & 1) === 0) return nowhere
    if (!isNew) return whole.of(places.of(state, sides), at)
    const [a, b] = [handed.first(sides), handed.second(sides)]
    if (!isLineOver && !(isBeyond(a) && isBeyond(b))) return whole.of(places.of(state, sides), at)
    // From here on the lists are the same, and so is what comes of the same.
    const [one, other] = [common.raised(a), common.raised(b)]
    if (one.walk === other.walk && (wanted === 'let in' || one.path === other.path)) return nowhere
    return whole.of(places.of(state, handed.of(one, other)), at | 1)
  }
  const begin = handed.of(first.begin, second.begin)
  return {
    start: whole.of(places.of(stepper.start, begin), line.start * 2),
    read: (number, char) => {
      const at = lineOf(number)
      const next = line.read(at >> 1, char)
      const isNew = next !== at >> 1 && line.at(next).dead
      return kept(stepper.read(stateOf(number), char), sidesOf(number), next * 2 + (at & 1), isNew)
    },
    close: (number) => {
      const at = lineOf(number)
      const sides = sidesOf(number)
      const own = stepper.at(stateOf(number)).accepts
      const a = first.judge(handed.first(sides), own)
      const b = second.judge(handed.second(sides), own)
      const hasMatched = (at & 1) === 1 || line.at(at >> 1).accepts.length > 0
      const inside =
        wanted === 'any'
          ? handed.of(a, b)
          : handed.of({ ...a, path: first.begin.path }, { ...b, path: second.begin.path })
      const next = line.slash(at >> 1) * 2 + (hasMatched ? 1 : 0)
      return {
        wanted: differs(a, b),
        inside: kept(stepper.slash(stateOf(number)), inside, next, true),
      }
    },
    written: (number) => [stepper.written(stateOf(number)), line.written(lineOf(number) >> 1)],
    cost: (number) => stepper.at(stateOf(number)).nodes.length,
  }
}

/**
 * Whether the path is treated otherwise without a line of the list, in which the lines that are `gone` do not count: a
 * look at one path, where {@link compareLists} looks at all.
 */
export function mattersAt(
  path: string,
  list: PatternList,
  { index, gone }: { readonly index: number; readonly gone: ReadonlySet<number> },
): boolean {
  /** What drops the path: by algorithm W, and by algorithm P. */
  const judged = (isIn: (place: number) => boolean): readonly boolean[] => {
    let [ignored, decidedAt, lastMatch] = [false, -1, -1]
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      for (const place of list.matching(end < 0 ? path : path.slice(0, end))) {
        if (!isIn(place)) continue
        const negated = list.patterns[place]?.negated ?? false
        lastMatch = Math.max(lastMatch, place)
        if (place <= decidedAt || negated !== ignored) continue
        ignored = !negated
        decidedAt = place
      }
      if (end < 0) return [ignored, list.patterns[lastMatch]?.negated === false]
    }
  }
  const [walk, byPath] = judged((place) => !gone.has(place))
  const [walkWithout, byPathWithout] = judged((place) => place !== index && !gone.has(place))
  return walk !== walkWithout || byPath !== byPathWithout
}

/** Both lists as one, each in its order; what is in both is there once where the order allows it. */
function merged(before: readonly Pattern[], after: readonly Pattern[]): readonly Entry[] {
  const [inBefore, inAfter] = [new Set(before), new Set(after)]
  const entries: Entry[] = []
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const [one, other] = [before[i], after[j]]
    if (one !== undefined && one === other) {
      entries.push({ pattern: one, isBefore: true, isAfter: true })
      i++
      j++
    } else if (other !== undefined && (one === undefined || (inAfter.has(one) && !inBefore.has(other)))) {
      entries.push({ pattern: other, isBefore: false, isAfter: true })
      j++
    } else if (one !== undefined) {
      entries.push({ pattern: one, isBefore: true, isAfter: false })
      i++
    }
  }
  return entries
}

/**
 * The patterns that can match what the line matches, or a parent of it, or something below: no other has a say in it. And
 * paths at which they meet.
 */
function concerning(
  entries: readonly Entry[],
  through: Pattern | null,
  { setOf, effort }: Required<Pick<CompareOptions, 'setOf' | 'effort'>>,
): { readonly entries: readonly Entry[]; readonly guesses: readonly string[] } {
  if (through === null) return { entries, guesses: [] }
  const dropped = setOf(through)
  const guesses = new Set<string>()
  effort.left -= 4 * entries.length
  const kept = entries.filter(({ pattern }) => {
    if (pattern === through) return true
    const met = meet(dropped, setOf(pattern), effort)
    if (met.kind === 'meet' && met.witness !== null && pattern.negated !== through.negated)
      guesses.add(met.witness)
    return met.kind === 'meet'
  })
  return { entries: kept, guesses: [...guesses] }
}

const drops = (standing: Standing): boolean => standing % 2 === 1

/** One of the lists, as what it makes of what is handed down. */
interface List {
  readonly begin: Both
  /** The same, as that of the last pattern that would make no difference. */
  readonly raised: (both: Both) => Both
  /** What comes of an entry: `own` are the places of the patterns that match it, ascending. */
  readonly judge: (handed: Both, own: readonly number[]) => Both
}

/** The list of those entries that are in it. */
function createList(entries: readonly Entry[], isIn: (entry: Entry) => boolean): List {
  const standing = (index: number, ignored: boolean): Standing => 2 * (index + 1) + (ignored ? 1 : 0)
  /** The standing as that of the last pattern that would make no difference: those that say the same as the one before. */
  const last: Standing[] = []
  let [nextPlain, nextNegated] = [entries.length, entries.length]
  for (let index = entries.length; index >= -1; index--) {
    last[standing(index, false)] = standing(nextPlain - 1, false)
    last[standing(index, true)] = standing(nextNegated - 1, true)
    const entry = entries[index]
    if (entry === undefined || !isIn(entry)) continue
    if (entry.pattern.negated) nextNegated = index
    else nextPlain = index
  }
  const raised = ({ walk, path }: Both): Both => ({ walk: last[walk] ?? walk, path: last[path] ?? path })
  return {
    begin: raised({ walk: standing(-1, false), path: standing(-1, false) }),
    raised,
    judge: (handed, own) => {
      let { walk, path } = handed
      for (const index of own) {
        const entry = entries[index]
        if (entry === undefined || !isIn(entry)) continue
        const { negated } = entry.pattern
        if (index >= path >> 1) path = standing(index, !negated)
        // One that says what holds already is not tried, so it hits nothing.
        if (index >= walk >> 1 && negated === drops(walk)) walk = standing(index, !negated)
      }
      return raised({ walk, path })
    },
  }
}
