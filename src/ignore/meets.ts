/**
 * Sets of paths as patterns describe them, so that something can be said of every tree and not only of today's: whether
 * a line could ever drop what an instruction names, and whether a line drops all that another does.
 */

import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { cutAtPivot, rootedPath } from '../lib/path.ts'
import { type Automaton, createAutomaton } from './automaton.ts'
import { hasBoundary } from './boundary.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { anyCharacter, type CharSet, type Sequence, type Token } from './regex.ts'
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

/** A set of paths, most often an endless one. Made by {@link droppedBy} and {@link namedBy}, for {@link meet}. */
export interface PathSet {
  /** @internal what a path, or with `below` a parent of it, may look like */
  readonly sequences: readonly Sequence[]
  /** @internal true when all that lies below a member is one too */
  readonly below: boolean
  /** @internal false when the sequences are not the whole truth; then nothing can be ruled out */
  readonly known: boolean
  /** @internal how each sequence begins, as far as that is written out */
  readonly heads: readonly string[]
  /** @internal made once */
  readonly automaton: () => Automaton
  /** @internal the shortest member, found once; null when there is none or it cannot be told */
  readonly shortest: (effort: Effort) => string | null
  /** @internal true when every path is known to be a member, found once */
  readonly isAll: (effort: Effort) => boolean
}

/** Whether two sets have a path in common. The witness is one of them, as short as it is soon found; null when there may be one but none was found. */
export type Meeting =
  | { readonly kind: 'disjoint' }
  | { readonly kind: 'meet'; readonly witness: string | null }

export interface NamedOptions {
  /**
   * `plain`: one path. `glob`: with the wildcards of COPY and ADD (Go, filepath.Match: `**` is two stars). `pattern`: a
   * source of `COPY --parents` as written; what stands after `/./`, or all of it, is read as an ignore pattern is.
   */
  readonly kind: 'glob' | 'plain' | 'pattern'
  /** True: also everything below what is named. */
  readonly below: boolean
}

/** All paths that the pattern matches, and all below them. Whether it is negated makes no difference. */
export function droppedBy(pattern: Pattern): PathSet {
  return makeSet(pattern.alternatives, true, isReadable(pattern))
}

/**
 * All paths that a source of an instruction stands for, links aside; the source of the whole context names no path of
 * its own, only with `below` all of them. What docker would refuse may stand for anything.
 */
export function namedBy(source: string, { kind, below }: NamedOptions): PathSet {
  if (kind === 'pattern') return namedByParents(source, below)
  const path = rootedPath(source)
  if (path === '') return below ? everything : nothing
  const sequence = kind === 'plain' ? literals(path) : globSequence(path)
  return sequence === null ? anything : makeSet([sequence], below, true)
}

/**
 * Whether some path, in whatever tree, lies in both sets. Bounded: two sets too tangled to tell, or more than is left of
 * the effort, are said to meet.
 */
export function meet(a: PathSet, b: PathSet, effort: Effort = fullEffort()): Meeting {
  if (!a.known || !b.known) return { kind: 'meet', witness: null }
  if (a.heads.every((head) => b.heads.every((other) => areApart(head, other)))) return { kind: 'disjoint' }
  const witness = guess(a, b, effort)
  if (witness !== null) return { kind: 'meet', witness }
  const found = search(a, b, true, effort)
  if (found.kind === 'none') return { kind: 'disjoint' }
  return { kind: 'meet', witness: found.kind === 'path' ? found.path : null }
}

/** Most sets that meet do so at the shortest path of one of them, or of one below that of the other. */
function guess(a: PathSet, b: PathSet, effort: Effort): string | null {
  const [one, other] = [a.shortest(effort), b.shortest(effort)]
  if (one === null || other === null) return null
  effort.left -= one.length + other.length
  const paths = one.length < other.length ? [one, other] : [other, one]
  return (
    [...paths, `${one}/${other}`, `${other}/${one}`].find((path) => holds(a, path) && holds(b, path)) ?? null
  )
}

/** Whether the path is a member. */
function holds({ automaton, below }: PathSet, path: string): boolean {
  const { start, run } = automaton()
  let state = start
  for (let from = 0; from <= path.length; ) {
    const found = path.indexOf('/', from)
    const end = found < 0 ? path.length : found
    state = run(state, path.slice(from, end))
    if (state.accepts.length > 0 && (below || found < 0)) return true
    if (state.dead || found < 0) return false
    state = run(state, '/')
    from = end + 1
  }
  return false
}

/** True when no text begins with both. */
const areApart = (a: string, b: string): boolean => !a.startsWith(b) && !b.startsWith(a)

/** True only when every path that `b` drops is one that `a` drops as well; false also when that cannot be told. */
export function includes(a: Pattern, b: Pattern): boolean {
  return covers(droppedBy(a), droppedBy(b), fullEffort())
}

/** True only when every path of `b` is one of `a` as well; false also when that cannot be told with what is left of the effort. */
export function covers(a: PathSet, b: PathSet, effort: Effort): boolean {
  if (!a.known || !b.known) return false
  const path = b.shortest(effort)
  if (path !== null && !holds(a, path)) return false
  return a.isAll(effort) || search(a, b, false, effort).kind === 'none'
}

/** The shortest path of a set; null when there is none, or when that cannot be told. */
export function shortestOf(set: PathSet, effort: Effort): string | null {
  return set.shortest(effort)
}

/** True when there can be no path that the pattern matches: `../x`, `.`. */
export function matchesNothingEver(pattern: Pattern): boolean {
  return meet(droppedBy(pattern), everything).kind === 'disjoint'
}

function search(a: PathSet, b: PathSet, wantsBoth: boolean, effort: Effort): Search {
  const alphabet = alphabetOf([...a.sequences, ...b.sequences])
  return alphabet === null
    ? { kind: 'unknown' }
    : findPath(pairReader(a, b, { wantsBoth, alphabet }), alphabet, effort)
}

/** Instead of a state: the path, or a parent of it, is a member already. */
const member = 0

/** Reads paths for both sets. Wanted are those in `b` that are in `a` too, or else those that are not. */
function pairReader(
  a: PathSet,
  b: PathSet,
  { wantsBoth, alphabet }: { readonly wantsBoth: boolean; readonly alphabet: Alphabet },
): PathReader {
  const first = createStepper(a.automaton(), alphabet)
  const second = createStepper(b.automaton(), alphabet)
  /** Of a state of each automaton, which is its number there and one. */
  const pairs = createPairs()
  const isHit = (stepper: typeof first, at: number) => at === member || stepper.at(at - 1).accepts.length > 0
  const isDead = (stepper: typeof first, at: number) => at !== member && stepper.at(at - 1).dead
  const alive = (left: number, right: number): number =>
    isDead(second, right) || (wantsBoth && isDead(first, left)) ? nowhere : pairs.of(left, right)
  const enter = (stepper: typeof first, at: number, stays: boolean) =>
    at === member || stays ? member : stepper.slash(at - 1) + 1
  const leftOf = (pair: number) => pairs.first[pair] ?? member
  const rightOf = (pair: number) => pairs.second[pair] ?? member
  return {
    start: pairs.of(first.start + 1, second.start + 1),
    read: (pair, char) => {
      const [left, right] = [leftOf(pair), rightOf(pair)]
      return alive(
        left === member ? member : first.read(left - 1, char) + 1,
        right === member ? member : second.read(right - 1, char) + 1,
      )
    },
    close: (pair) => {
      const [left, right] = [leftOf(pair), rightOf(pair)]
      const [hitA, hitB] = [isHit(first, left), isHit(second, right)]
      // What lies below a member of `a` is one too, so never wanted.
      const over = !wantsBoth && hitA && a.below
      return {
        wanted: hitB && hitA === wantsBoth,
        inside: over
          ? nowhere
          : alive(enter(first, left, hitA && a.below), enter(second, right, hitB && b.below)),
      }
    },
    written: (pair) => {
      const [left, right] = [leftOf(pair), rightOf(pair)]
      return [
        left === member ? [] : first.written(left - 1),
        right === member ? [] : second.written(right - 1),
      ]
    },
    cost: (pair) => {
      const [left, right] = [leftOf(pair), rightOf(pair)]
      return (
        (left === member ? 0 : first.at(left - 1).nodes.length) +
        (right === member ? 0 : second.at(right - 1).nodes.length)
      )
    },
  }
}

function makeSet(sequences: readonly Sequence[], below: boolean, known: boolean): PathSet {
  let made: Automaton | null = null
  let shortest: string | null | undefined
  let isAll: boolean | undefined
  const set: PathSet = {
    sequences,
    below,
    known,
    heads: sequences.map(headOf),
    automaton: () => {
      made ??= createAutomaton([
        { source: '', text: '', negated: false, alternatives: sequences, invalid: false },
      ])
      return made
    },
    shortest: (effort) => {
      if (shortest !== undefined || !known) return shortest ?? null
      shortest = leastOf(sequences)
      if (shortest !== null) return shortest
      const found = search(set, everything, true, some(effort))
      shortest = found.kind === 'path' ? found.path : null
      return shortest
    },
    isAll: (effort) => {
      isAll ??= known && holds(set, unlikely) && search(set, everything, false, some(effort)).kind === 'none'
      return isAll
    },
  }
  return set
}

/** No pattern is written for it alone. */
const unlikely = '\u0140\u0141'

/** For what spares a search now and then: no more than a small part of one. */
const some = (effort: Effort): Effort => ({ left: Math.min(effort.left, 4000) })

/** The shortest member where it is plain to see: what is written out, when that is a path. */
function leastOf(sequences: readonly Sequence[]): string | null {
  let least: string | null = null
  for (const sequence of sequences) {
    if (sequence.length > longestPlain || sequence.some(({ kind }) => kind === 'set')) return null
    let text = ''
    for (const token of sequence) if (token.kind === 'char') text += String.fromCodePoint(token.code)
    if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(text)) return null
    if (least === null || text.length < least.length) least = text
  }
  return least
}

const longestPlain = 400

function headOf(sequence: Sequence): string {
  let head = ''
  for (const token of sequence) {
    if (token.kind !== 'char') break
    head += String.fromCodePoint(token.code)
  }
  return head
}

/** False for what docker cannot evaluate, and for word boundaries, which no automaton here reads. */
export function isReadable(pattern: Pattern): boolean {
  return !pattern.invalid && !pattern.alternatives.some(hasBoundary)
}

const everything = makeSet([[{ kind: 'star', set: anyCharacter }]], true, true)
const nothing = makeSet([], true, true)
const anything = makeSet([], true, false)

const codeOf = (c: string) => c.codePointAt(0) ?? 0
const literals = (text: string): readonly Token[] =>
  Array.from(text, (c) => ({ kind: 'char', code: codeOf(c) }) as const)
/** The key that `[^/]` has in a regular expression, as it holds the same. */
const notSlash: CharSet = { key: '^/', has: (code) => code !== 47 }

/**
 * A source with Go's wildcards; null when it is no pattern. What stands before the first name with a wildcard is taken
 * as it is, backslashes too (tonistiigi/fsutil copy.go, ResolveWildcards). Go gives up on some texts that match when a
 * class stands for a `/`; they are in the set here.
 */
function globSequence(source: string): Sequence | null {
  const names = source.split('/')
  const first = names.findIndex(hasWildcard)
  if (first < 0) return literals(source)
  const base = names.slice(0, first).map((name) => `${name}/`)
  const tokens: Token[] = [...literals(base.join(''))]
  const chars = [...names.slice(first).join('/')]
  for (let at = 0; at < chars.length; at++) {
    const c = chars[at] ?? ''
    if (c === '*') tokens.push({ kind: 'star', set: notSlash })
    else if (c === '?') tokens.push({ kind: 'set', set: notSlash })
    else if (c === '[') {
      const end = classEnd(chars, at)
      const text = chars.slice(at, end + 1).join('')
      if (end < 0 || matchGlob(text, 'a') === 'bad pattern') return null
      tokens.push({ kind: 'set', set: globClass(text) })
      at = end
    } else if (c === '\\') {
      const escaped = chars[++at]
      if (escaped === undefined) return null
      tokens.push({ kind: 'char', code: codeOf(escaped) })
    } else tokens.push({ kind: 'char', code: codeOf(c) })
  }
  return tokens
}

function globClass(text: string): CharSet {
  return { key: `glob ${text}`, has: (code) => matchGlob(text, String.fromCodePoint(code)) === 'match' }
}

/** Where a class that opens at `from` closes; -1 when it does not. */
function classEnd(chars: readonly string[], from: number): number {
  let at = from + 1
  if (chars[at] === '^') at++
  for (const first = at; at < chars.length; at++) {
    if (chars[at] === '\\') at++
    else if (chars[at] === ']' && at > first) return at
  }
  return -1
}

/** `COPY --parents`: a glob up to `/./`, an ignore pattern from there (dockerfile2llb/convert_copy.go). */
function namedByParents(source: string, below: boolean): PathSet {
  const { before, rest } = cutAtPivot(source)
  if (rest === '') return namedBy(before, { kind: 'glob', below })
  const compiled = compilePattern(rest)
  if (compiled === null || 'refused' in compiled || compiled.negated || !isReadable(compiled)) return anything
  const base = before === '' ? [] : globSequence(before)
  if (base === null) return anything
  const start = before === '' ? [] : [...base, ...literals('/')]
  return makeSet(
    compiled.alternatives.map((sequence) => [...start, ...sequence]),
    below,
    true,
  )
}
