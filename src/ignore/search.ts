/**
 * The shortest path that patterns treat in some way, among all paths that a tree could ever have: a search over states
 * of automata instead of over files, with one character for all those that the patterns do not tell apart.
 */

import type { Sequence } from './regex.ts'

/** What is read name by name, character by character. `S` is where it stands. */
export interface PathReader<S> {
  readonly start: S
  /** After one more character of a name; null when nothing wanted can follow. */
  readonly read: (state: S, char: string) => S | null
  /** At the end of a name: whether the path up to here is wanted, and where its entries start; null: none of them is. */
  readonly close: (state: S) => { readonly wanted: boolean; readonly inside: S | null }
  /** Two states with the same key lead to the same. */
  readonly key: (state: S) => string
  /** How much work a step from here is, in nodes of automata. */
  readonly cost: (state: S) => number
}

/** `unknown`: there are too many states to go through, or a pattern that cannot be taken apart. */
export type Search =
  | { readonly kind: 'none' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'unknown' }

/** Bounds that no ignore file written by a person comes near; half a second at worst. */
const mostStates = 50_000
const mostWork = 2_000_000

/** How far a name has come: docker knows no entry with an empty name, `.` or `..`. */
const shape = { empty: 0, dot: 1, dots: 2, name: 3 } as const
type Shape = (typeof shape)[keyof typeof shape]

interface Step<S> {
  readonly state: S
  readonly shape: Shape
  readonly from: Step<S> | null
  readonly char: string
}

/**
 * Looks for a wanted path over the alphabet, breadth first. A null alphabet is one that could not be made. `effort`
 * from 0 to 1 is the share of the bounds that it may cost.
 */
export function findPath<S>(
  reader: PathReader<S>,
  alphabet: readonly string[] | null,
  effort: number = 1,
): Search {
  if (alphabet === null) return { kind: 'unknown' }
  const seen = new Set<string>()
  const steps: Step<S>[] = []
  let work = 0
  const reach = (state: S, at: Shape, from: Step<S> | null, char: string) => {
    const key = `${at} ${reader.key(state)}`
    if (seen.has(key)) return
    seen.add(key)
    steps.push({ state, shape: at, from, char })
  }
  reach(reader.start, shape.empty, null, '')
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]
    if (!step) break
    if (step.shape === shape.name) {
      const { wanted, inside } = reader.close(step.state)
      if (wanted) return { kind: 'path', path: spell(step) }
      if (inside !== null) reach(inside, shape.empty, step, '/')
    }
    work += (alphabet.length + 1) * (1 + reader.cost(step.state))
    if (steps.length > mostStates || work > mostWork * effort) return { kind: 'unknown' }
    for (const char of alphabet) {
      const next = reader.read(step.state, char)
      if (next !== null) reach(next, longer(step.shape, char), step, char)
    }
  }
  return { kind: 'none' }
}

function longer(at: Shape, char: string): Shape {
  if (char !== '.' || at === shape.name || at === shape.dots) return shape.name
  return at === shape.empty ? shape.dot : shape.dots
}

function spell<S>(last: Step<S>): string {
  const chars: string[] = []
  for (let step: Step<S> | null = last; step !== null; step = step.from) chars.push(step.char)
  return chars.reverse().join('')
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

/**
 * One character for each way in which the sequences may treat one: each that is written out, and one for each
 * combination of sets. Without `/`, which separates names. Null when that would be too many, or a set cannot be seen
 * through (`\pL`).
 */
export function alphabetOf(sequences: readonly Sequence[]): readonly string[] | null {
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
  const candidates = [...letters].map((c) => c.charCodeAt(0))
  const keys = [...sets.keys()]
  candidates.push(10)
  if (!keys.every((key) => plainSets.has(key))) {
    if (keys.some((key) => /\\[pP]|\\x\{/.test(key))) return null
    // Escapes in a class reach no further than \777; what lies beyond is written out, as an end of a range or as itself.
    for (let code = 1; code < 0x250; code++) candidates.push(code)
    candidates.push(...outliers)
    for (const key of keys) {
      if (key.startsWith('char ')) candidates.push(Number(key.slice('char '.length)))
      for (const c of key) {
        const code = c.codePointAt(0) ?? 0
        candidates.push(code - 1, code, code + 1)
      }
    }
  }
  const tests = [...sets.values()]
  const found = new Map<string, number>()
  for (const code of candidates) {
    if (code <= 0 || code > 0x10ffff || code === 47 || literals.has(code)) continue
    const treated = tests.map((has) => (has(code) ? '1' : '0')).join('')
    if (!found.has(treated)) found.set(treated, code)
  }
  const codes = [...found.values(), ...[...literals].sort((a, b) => a - b)]
  return codes.filter((code) => code !== 47 && code !== 0).map((code) => String.fromCodePoint(code))
}

/** Numbers for objects, for keys: the same number for the same object. */
export function makeNumbering(): (object: object) => number {
  const numbers = new Map<object, number>()
  return (object) => {
    const known = numbers.get(object) ?? numbers.size
    numbers.set(object, known)
    return known
  }
}
