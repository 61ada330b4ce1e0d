/**
 * Sets of paths as patterns describe them, so that something can be said of every tree and not only of today's: whether
 * a line could ever drop what an instruction names, and whether a line drops all that another does.
 */

import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { rootedPath } from '../lib/path.ts'
import { type Automaton, createAutomaton, type State } from './automaton.ts'
import { hasBoundary } from './boundary.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { anyCharacter, type CharSet, type Sequence, type Token } from './regex.ts'
import { alphabetOf, findPath, makeNumbering, type PathReader } from './search.ts'

/** A set of paths, most often an endless one. Made by {@link droppedBy} and {@link namedBy}, for {@link meet}. */
export interface PathSet {
  /** @internal what a path, or with `below` a parent of it, may look like */
  readonly sequences: readonly Sequence[]
  /** @internal true when all that lies below a member is one too */
  readonly below: boolean
  /** @internal false when the sequences are not the whole truth; then nothing can be ruled out */
  readonly known: boolean
  /** @internal */
  readonly automaton: () => Automaton
}

/** Whether two sets have a path in common. The witness is the shortest one; null when there may be one but none was found. */
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

/** Whether some path, in whatever tree, lies in both sets. Bounded: two sets too tangled to tell are said to meet. */
export function meet(a: PathSet, b: PathSet): Meeting {
  if (!a.known || !b.known) return { kind: 'meet', witness: null }
  if (a.sequences.length === 0 || b.sequences.length === 0) return { kind: 'disjoint' }
  const alphabet = alphabetOf([...a.sequences, ...b.sequences])
  if (alphabet === null) return { kind: 'meet', witness: null }
  const found = findPath(pairReader(a, b, true), alphabet)
  if (found.kind === 'none') return { kind: 'disjoint' }
  return { kind: 'meet', witness: found.kind === 'path' ? found.path : null }
}

/** True only when every path that `b` drops is one that `a` drops as well; false also when that cannot be told. */
export function includes(a: Pattern, b: Pattern): boolean {
  const [all, part] = [droppedBy(a), droppedBy(b)]
  if (!all.known || !part.known) return false
  return (
    findPath(pairReader(all, part, false), alphabetOf([...all.sequences, ...part.sequences])).kind === 'none'
  )
}

/** The shortest path that the pattern drops; null when it drops none, whatever the tree, or when that cannot be told. */
export function shortestDropped(pattern: Pattern): string | null {
  const met = meet(droppedBy(pattern), everything)
  return met.kind === 'meet' ? met.witness : null
}

/** True when there can be no path that the pattern matches: `../x`, `.`. */
export function matchesNothingEver(pattern: Pattern): boolean {
  return meet(droppedBy(pattern), everything).kind === 'disjoint'
}

/** Where both sets stand; null: the path, or a parent of it, is a member already. */
interface Pair {
  readonly a: State | null
  readonly b: State | null
}

/** Reads paths for both sets. Wanted are those in `b` that are in `a` too, or else those that are not. */
function pairReader(a: PathSet, b: PathSet, wantsBoth: boolean): PathReader<Pair> {
  const [first, second] = [a.automaton(), b.automaton()]
  const number = makeNumbering()
  const idOf = (state: State | null) => (state === null ? '-' : number(state))
  const isHit = (state: State | null) => state === null || state.accepts.length > 0
  const enter = (automaton: Automaton, state: State | null, stays: boolean) =>
    state === null || stays ? null : automaton.run(state, '/')
  const alive = ({ a: left, b: right }: Pair): Pair | null =>
    right?.dead || (wantsBoth && left?.dead) ? null : { a: left, b: right }
  return {
    start: { a: first.start, b: second.start },
    read: (pair, char) =>
      alive({ a: pair.a && first.run(pair.a, char), b: pair.b && second.run(pair.b, char) }),
    close: (pair) => {
      const [hitA, hitB] = [isHit(pair.a), isHit(pair.b)]
      // What lies below a member of `a` is one too, so never wanted.
      const over = !wantsBoth && hitA && a.below
      return {
        wanted: hitB && hitA === wantsBoth,
        inside: over
          ? null
          : alive({ a: enter(first, pair.a, hitA && a.below), b: enter(second, pair.b, hitB && b.below) }),
      }
    },
    key: (pair) => `${idOf(pair.a)} ${idOf(pair.b)}`,
    cost: (pair) => (pair.a?.nodes.length ?? 0) + (pair.b?.nodes.length ?? 0),
  }
}

function makeSet(sequences: readonly Sequence[], below: boolean, known: boolean): PathSet {
  let made: Automaton | null = null
  return {
    sequences,
    below,
    known,
    automaton: () => {
      made ??= createAutomaton([
        { source: '', text: '', negated: false, alternatives: sequences, invalid: false },
      ])
      return made
    },
  }
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
  const pivot = source.indexOf('/./')
  const before = pivot < 0 ? '' : rootedPath(source.slice(0, pivot))
  const rest = rootedPath(pivot < 0 ? source : source.slice(pivot + 2))
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
