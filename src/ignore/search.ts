/**
 * The shortest path that patterns treat in some way, among all paths that a tree could ever have: a search over states
 * of automata instead of over files, with one character for all those that the patterns do not tell apart.
 */

import type { Automaton, State } from './automaton.ts'
import type { Sequence } from './regex.ts'

/** What is read name by name, character by character. Where it stands is a number; {@link nowhere} when nothing wanted can follow. */
export interface PathReader {
  readonly start: number
  /** After one more character of a name, given by its place in the alphabet. */
  readonly read: (state: number, char: number) => number
  /** At the end of a name: whether the path up to here is wanted, and where its entries start. */
  readonly close: (state: number) => { readonly wanted: boolean; readonly inside: number }
  /** Characters that are written out in what can follow, as places in the alphabet; all others lead where those lead that are always tried. */
  readonly written: (state: number) => readonly (readonly number[])[]
  /** How much work a step from here is, in nodes of automata. */
  readonly cost: (state: number) => number
}

export const nowhere = -1

/** `unknown`: there are too many states to go through, or a pattern that cannot be taken apart. */
export type Search =
  | { readonly kind: 'none' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'unknown' }

/** Steps that may still be gone, a few million a second: what searches take of it is gone for the next one. */
export interface Effort {
  left: number
}

/** Bounds that no ignore file written by a person comes near; a quarter of a second at worst. */
const mostStates = 50_000
const mostWork = 2_000_000
/** What a search takes before its first step: an alphabet and an automaton have to be made. */
const beginning = 100

/** Enough for one question. */
export const fullEffort = (): Effort => ({ left: mostWork })

/** How far a name has come: docker knows no entry with an empty name, `.` or `..`. */
const shape = { empty: 0, dot: 1, dots: 2, name: 3 } as const

/** Looks for a wanted path over the alphabet, breadth first. A null alphabet is one that could not be made. */
export function findPath(reader: PathReader, alphabet: Alphabet | null, effort: Effort): Search {
  if (alphabet === null || effort.left <= 0) return { kind: 'unknown' }
  const { texts, always } = alphabet
  const seen = new Set<number>()
  // One row a step: where it stands, how far its name has come, the step before, and the character between; -1 for `/`.
  const states: number[] = []
  const shapes: number[] = []
  const from: number[] = []
  const chars: number[] = []
  const reach = (state: number, at: number, before: number, char: number) => {
    const key = state * 4 + at
    if (seen.has(key)) return
    seen.add(key)
    states.push(state)
    shapes.push(at)
    from.push(before)
    chars.push(char)
  }
  const spell = (last: number): string => {
    const path: string[] = []
    for (let step = last; step > 0; step = from[step] ?? 0) path.push(texts[chars[step] ?? -1] ?? '/')
    return path.reverse().join('')
  }
  const marked = new Int32Array(texts.length).fill(-1)
  effort.left -= beginning
  reach(reader.start, shape.empty, 0, -1)
  for (let i = 0; i < states.length; i++) {
    const state = states[i] ?? 0
    const at = shapes[i] ?? 0
    if (at === shape.name) {
      const { wanted, inside } = reader.close(state)
      if (wanted) return { kind: 'path', path: spell(i) }
      if (inside !== nowhere) reach(inside, shape.empty, i, -1)
    }
    for (const written of reader.written(state)) for (const char of written) marked[char] = i
    let tried = 1
    for (let char = 0; char < texts.length; char++) {
      if (always[char] === 0 && marked[char] !== i) continue
      tried++
      const next = reader.read(state, char)
      if (next !== nowhere) reach(next, longer(at, char === alphabet.dot), i, char)
    }
    effort.left -= tried * (1 + reader.cost(state))
    if (states.length > mostStates || effort.left < 0) return { kind: 'unknown' }
  }
  return { kind: 'none' }
}

function longer(at: number, isDot: boolean): number {
  if (!isDot || at === shape.name || at === shape.dots) return shape.name
  return at === shape.empty ? shape.dot : shape.dots
}

/** An automaton whose states have numbers and which reads the characters of an alphabet. */
export interface Stepper {
  readonly start: number
  readonly read: (state: number, char: number) => number
  readonly slash: (state: number) => number
  readonly at: (state: number) => State
  /** What is written out in the patterns at this place, as places in the alphabet. */
  readonly written: (state: number) => readonly number[]
}

/** A stepper over the automaton, which may serve several of them. */
export function createStepper(automaton: Automaton, alphabet: Alphabet): Stepper {
  const numbers = new Map<State, number>()
  const states: State[] = []
  const literals: (readonly number[] | undefined)[] = []
  const number = (state: State): number => {
    const known = numbers.get(state)
    if (known !== undefined) return known
    numbers.set(state, states.length)
    return states.push(state) - 1
  }
  const start = number(automaton.start)
  const at = (index: number): State => states[index] ?? automaton.start
  return {
    start,
    read: (state, char) => number(automaton.run(at(state), alphabet.texts[char] ?? '')),
    slash: (state) => number(automaton.run(at(state), '/')),
    at,
    written: (state) => {
      const known = literals[state]
      if (known) return known
      const found: number[] = []
      for (const node of at(state).nodes)
        for (const code of node.chars.keys()) {
          const char = alphabet.places.get(code)
          if (char !== undefined) found.push(char)
        }
      literals[state] = found
      return found
    },
  }
}

/** Numbers for pairs of numbers below two million: the same for the same. */
export interface Pairs {
  readonly of: (first: number, second: number) => number
  readonly first: readonly number[]
  readonly second: readonly number[]
}

const span = 2 ** 21

export function createPairs(): Pairs {
  const numbers = new Map<number, number>()
  const first: number[] = []
  const second: number[] = []
  return {
    of: (a, b) => {
      const key = a * span + b
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, first.length)
      second.push(b)
      return first.push(a) - 1
    },
    first,
    second,
  }
}

/** What a search can take apart; more is for machines to write, not for people. */
const mostTokens = 8000
const mostLiterals = 400
const mostSets = 64

/** Sets that hold every character but `/`, or `/` and the line feed. */
const plainSets: ReadonlySet<string> = new Set(['any', 'dot', '^/'])
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-_'
/** Bytes that are no UTF-8, the character that stands for them, and some that lie far out. */
const outliers = [0xfffd, 0xdc80, 0x3042, 0x1f600]

/** One character for each way in which patterns may treat one; without `/`, which separates names. */
export interface Alphabet {
  readonly texts: readonly string[]
  /** Places of the characters by their code points. */
  readonly places: ReadonlyMap<number, number>
  /** 1 for what has to be tried wherever a search stands. All else is treated as one of these where nothing writes it out. */
  readonly always: Uint8Array
  /** The place of `.`, of which names are not made alone; -1 when it is treated as any other. */
  readonly dot: number
}

/**
 * Each character that is written out, and one for each combination of sets. Null when that would be too many, or a set
 * cannot be seen through (`\pL`).
 */
export function alphabetOf(sequences: readonly Sequence[]): Alphabet | null {
  const literals = new Set<number>()
  const sets = new Map<string, (code: number) => boolean>()
  let tokens = 0
  for (const sequence of sequences) {
    tokens += sequence.length
    if (tokens > mostTokens) return null
    for (const token of sequence) {
      if (token.kind === 'char') literals.add(token.code)
      else if (token.kind === 'boundary') return null
      else sets.set(token.set.key, token.set.has)
    }
  }
  if (literals.size > mostLiterals || sets.size > mostSets) return null
  const keys = [...sets.keys()]
  const isPlain = keys.every((key) => plainSets.has(key))
  if (!isPlain && keys.some((key) => /\\[pP]|\\x\{/.test(key))) return null
  const tests = [...sets.values()]
  const treatment = (code: number) => {
    let treated = ''
    for (const has of tests) treated += has(code) ? '1' : '0'
    return treated
  }
  const found = new Map<string, number>()
  for (const code of isPlain ? plainCandidates(literals) : candidatesFor(keys)) {
    if (code <= 0 || code > 0x10ffff || code === slash || literals.has(code)) continue
    const treated = treatment(code)
    if (!found.has(treated)) found.set(treated, code)
  }
  const codes = [...found.values(), ...[...literals].sort((a, b) => a - b)].filter(
    (code) => code !== slash && code !== 0,
  )
  const always = new Uint8Array(codes.length)
  for (const [place, code] of codes.entries()) {
    const other = literals.has(code) ? found.get(treatment(code)) : code
    // A dot stands for no other character: names may not be made of dots.
    if (other === undefined || other === code || other === fullStop || code === fullStop) always[place] = 1
  }
  return {
    texts: codes.map((code) => String.fromCodePoint(code)),
    places: new Map(codes.map((code, place) => [code, place])),
    always,
    dot: codes.indexOf(fullStop),
  }
}

const slash = 47
const fullStop = 46
const letterCodes = [...letters].map((c) => c.charCodeAt(0))

/** Where all letters are treated alike: one that is not written out, and the line feed. */
function* plainCandidates(literals: ReadonlySet<number>): Generator<number> {
  yield letterCodes.find((code) => !literals.has(code)) ?? firstFree(literals)
  yield 10
}

function firstFree(literals: ReadonlySet<number>): number {
  let code = 0x100
  while (literals.has(code)) code++
  return code
}

function* candidatesFor(keys: readonly string[]): Generator<number> {
  yield* letterCodes
  yield 10
  // Escapes in a class reach no further than \777; what lies beyond is written out, as an end of a range or as itself.
  for (let code = 1; code < 0x250; code++) yield code
  yield* outliers
  for (const key of keys) {
    if (key.startsWith('char ')) yield Number(key.slice('char '.length))
    for (const c of key) {
      const code = c.codePointAt(0) ?? 0
      yield code - 1
      yield code
      yield code + 1
    }
  }
}
