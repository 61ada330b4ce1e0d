/**
 * Which paths a list of patterns ignores, with the reason: algorithm W of moby/patternmatcher (MatchesUsingParentResults),
 * and algorithm P, which judges each path alone, for podman.
 */

import { fail } from '../lib/errors.ts'
import { parentPath } from '../lib/path.ts'
import { type Automaton, createAutomaton, type State } from './automaton.ts'
import { hasBoundary, matchesWithBoundaries } from './boundary.ts'
import { blankPattern, compilePattern, type Pattern } from './pattern.ts'
import { compilePodmanPattern } from './podman.ts'

/** The index of the pattern that decided about a path, or `undecided` (-1) when none applies. */
export type Verdict = number
export const undecided: Verdict = -1

/** What the patterns that match an entry or its parents make of it. */
export interface Standing {
  /** Patterns that hit the entry or a parent, ascending. A hit there is a hit on all that is below. */
  readonly hits: readonly number[]
  readonly verdict: Verdict
  /** The last pattern that matches the entry or a parent, whether or not it could change anything; -1 for none. */
  readonly last: Verdict
}

/** What a directory hands down to its entries. */
export interface DirectoryState extends Standing {
  /** The path with a `/` behind it has been read; null beside it when no pattern can match below. */
  readonly inside: State
  /** The directory's path and `/`, '' at the root. */
  readonly prefix: string
}

/**
 * Which entry each pattern matched first, whether or not it could change anything: by index of the pattern, -1 for
 * none yet. `row` is the entry that is being judged.
 */
export interface MatchNote {
  readonly firstRow: Int32Array
  row: number
  /** Set by `decide`: the last pattern that matches the entry or a parent, which is algorithm P's verdict. */
  last: Verdict
}

/** Whose patterns they are: each has a language of its own, and an algorithm to go with it. */
export type Dialect = 'docker' | 'podman'

/** Names by number, as an entry table holds them: their bytes, beside one another. */
export interface Names {
  readonly arena: Uint8Array
  /** Where a name begins, and at the next number where it ends; nothing between them where the names lie elsewhere. */
  readonly nameStart: Uint32Array
  readonly name: (row: number) => string
}

/** A compiled list of patterns. Verdicts and `hits` are indices into `patterns`. */
export interface PatternList {
  readonly dialect: Dialect
  readonly patterns: readonly Pattern[]
  readonly root: DirectoryState
  /** The verdict on an entry that is not entered. Throws `PATTERN_REFUSED` where docker fails on first evaluation. */
  readonly decide: (parent: DirectoryState, name: string, note?: MatchNote) => Verdict
  /** As `decide`, of a name that lies in a table: no text is made of it where it is ASCII. */
  readonly decideRow: (parent: DirectoryState, names: Names, row: number) => Verdict
  /** The verdict on a directory, with what its entries need. Throws as `decide`. */
  readonly enter: (parent: DirectoryState, name: string, note?: MatchNote) => DirectoryState
  /**
   * As `enter`, for who knows already which patterns match the path itself: `own`, their indices, ascending. Where there
   * are none, an entry stands as its parent does.
   */
  readonly stand: (parent: Standing, own: readonly number[]) => Standing
  /** True when no pattern can match anything below, so that all of it comes to the directory's own verdict. */
  readonly isSettled: (directory: DirectoryState) => boolean
  /** True when the last word was a plain pattern's: ignored, or for include patterns included. */
  readonly matched: (verdict: Verdict) => boolean
  /** All patterns that match the path itself, whether or not they could change anything, ascending. */
  readonly matching: (path: string) => readonly number[]
  /** The verdict on a path with its parents visited first and nothing pruned, and the parent that decided, if one did. */
  readonly judge: (path: string) => { readonly verdict: Verdict; readonly decidedAt: string }
  /** Algorithm P (MatchesOrParentMatches): what the classic client's own check of the context and older builders use. */
  readonly judgeByPath: (path: string) => boolean
  /** `PatternMatcher.Matches`, which looks at one parent only; the classic client tests its Dockerfile with it. */
  readonly judgeLegacy: (path: string) => boolean
}

/** Compiles patterns as section 2 of the dialect leaves them. Throws a `CtxsizeError` for what docker refuses at once. */
export function compilePatterns(raw: readonly string[]): PatternList {
  const patterns: Pattern[] = []
  for (const text of raw) {
    const pattern = compilePattern(text)
    if (pattern === null) continue
    if ('refused' in pattern) throw fail('PATTERN_REFUSED', `${pattern.refused}: ${text}`)
    patterns.push(pattern)
  }
  return createPatternList(patterns)
}

/** A list as texts that can be sent to another thread. */
export interface PatternTexts {
  readonly dialect: Dialect
  readonly sources: readonly string[]
}

/** The list again from the sources of its patterns, which had been compiled before. */
export function restorePatterns({ dialect, sources }: PatternTexts): PatternList {
  const compile = dialect === 'podman' ? compilePodmanPattern : compilePattern
  return createPatternList(
    sources.map((source) => {
      const pattern = compile(source)
      return pattern === null || 'refused' in pattern ? blankPattern : pattern
    }),
    dialect,
  )
}

const none: readonly number[] = []

/** A list over patterns that are compiled already. */
export function createPatternList(patterns: readonly Pattern[], dialect: Dialect = 'docker'): PatternList {
  const automaton: Automaton = createAutomaton(patterns)
  // Seldom patterns that the automaton cannot hold: evaluated on the whole path, and those that docker cannot evaluate.
  const special: readonly { readonly index: number; readonly pattern: Pattern }[] = patterns
    .map((pattern, index) => ({ index, pattern }))
    .filter(({ pattern }) => pattern.invalid || pattern.alternatives.some(hasBoundary))
  const invalid = patterns.map((pattern) => pattern.invalid)
  const negated = patterns.map((pattern) => pattern.negated)
  const root: DirectoryState = {
    inside: automaton.start,
    prefix: '',
    hits: none,
    verdict: undecided,
    last: undecided,
  }

  /** Indices to be tried on a path: those that match it, and the invalid ones, ascending. */
  const candidates = (state: State, prefix: string, name: string): readonly number[] => {
    if (special.length === 0) return state.accepts
    const path = prefix + name
    const extra = special.filter(
      ({ index, pattern }) =>
        !state.accepts.includes(index) &&
        (pattern.invalid ||
          pattern.alternatives.some((each) => hasBoundary(each) && matchesWithBoundaries(each, path))),
    )
    return [...state.accepts, ...extra.map(({ index }) => index)].sort((a, b) => a - b)
  }

  /** Walks the patterns in order; `hits` receives what this path hits. */
  const evaluate = (inherited: readonly number[], own: readonly number[], hits: number[] | null): Verdict => {
    let verdict = undecided
    let matched = false
    for (let p = 0, o = 0; p < inherited.length || o < own.length; ) {
      const fromParent = inherited[p] ?? Number.POSITIVE_INFINITY
      const fromPath = own[o] ?? Number.POSITIVE_INFINITY
      const index = Math.min(fromParent, fromPath)
      if (fromParent === index) p++
      if (fromPath === index) o++
      // A pattern that cannot change the outcome is not tried, unless a parent was hit by it already.
      if (fromParent !== index) {
        if (negated[index] !== matched) continue
        if (invalid[index]) throw fail('PATTERN_REFUSED', `syntax error in pattern: ${patterns[index]?.text}`)
      }
      hits?.push(index)
      if (matched === negated[index]) {
        matched = !matched
        verdict = index
      }
    }
    return verdict
  }

  /** Algorithm P: the last pattern that matches the path or a parent. All of them are tried, so one that cannot be fails at once. */
  const judgeAlone = (parent: Standing, own: readonly number[]): Verdict => {
    const bad = own.find((index) => invalid[index])
    if (bad !== undefined) throw fail('PATTERN_REFUSED', `syntax error in pattern: ${patterns[bad]?.text}`)
    return Math.max(parent.last, own.at(-1) ?? undecided)
  }

  /** What cannot be evaluated matches nothing. */
  const lastOf = (own: readonly number[]): Verdict =>
    own.length === 0 ? undecided : (own.findLast((index) => !invalid[index]) ?? undecided)
  const decide = (parent: DirectoryState, name: string, note?: MatchNote): Verdict => {
    const state = parent.inside.dead ? parent.inside : automaton.run(parent.inside, name)
    const own = candidates(state, parent.prefix, name)
    if (note) {
      remember(note, own)
      note.last = Math.max(parent.last, lastOf(own))
    }
    return judgeOwn(parent, own)
  }
  const judgeOwn = (parent: DirectoryState, own: readonly number[]): Verdict => {
    if (dialect === 'podman') return judgeAlone(parent, own)
    return own.length === 0 && parent.hits.length === 0 ? undecided : evaluate(parent.hits, own, null)
  }
  const decideRow = (parent: DirectoryState, names: Names, row: number): Verdict => {
    const { arena, nameStart } = names
    const from = nameStart[row] ?? 0
    const to = nameStart[row + 1] ?? from
    const state =
      special.length > 0 || from === to ? null : automaton.runAscii(parent.inside, arena, from, to)
    return state === null ? decide(parent, names.name(row)) : judgeOwn(parent, state.accepts)
  }
  const enter = (parent: DirectoryState, name: string, note?: MatchNote): DirectoryState => {
    const state = automaton.run(parent.inside, name)
    const own = candidates(state, parent.prefix, name)
    if (note) remember(note, own)
    const { hits, verdict, last } = stand(parent, own)
    return { inside: automaton.run(state, '/'), prefix: `${parent.prefix}${name}/`, hits, verdict, last }
  }
  const stand = (parent: Standing, own: readonly number[]): Standing => {
    if (dialect === 'podman') {
      const verdict = judgeAlone(parent, own)
      return { hits: none, verdict, last: verdict }
    }
    if (own.length === 0 && parent.hits.length === 0)
      return { hits: none, verdict: undecided, last: parent.last }
    const hits: number[] = []
    const verdict = evaluate(parent.hits, own, hits)
    return { hits, verdict, last: Math.max(parent.last, lastOf(own)) }
  }
  const matched = (verdict: Verdict) => verdict >= 0 && negated[verdict] === false
  const matching = (path: string): readonly number[] => {
    const own = candidates(automaton.run(automaton.start, path), '', path)
    return own.length === 0 ? own : own.filter((index) => !invalid[index])
  }

  return {
    dialect,
    patterns,
    root,
    decide,
    decideRow,
    enter,
    stand,
    isSettled: ({ inside }) => inside.dead && special.length === 0,
    matched,
    matching,
    judge: (path) => {
      const names = path.split('/')
      const last = names.pop() ?? ''
      let state = root
      let decidedAt = ''
      for (const name of names) {
        const entered = enter(state, name)
        if (entered.verdict !== state.verdict) decidedAt = entered.prefix.slice(0, -1)
        state = entered
      }
      const verdict = decide(state, last)
      return { verdict, decidedAt: verdict === state.verdict && verdict !== undecided ? decidedAt : path }
    },
    judgeByPath: (path) => {
      const hits = new Set<number>()
      for (let at = path; at !== ''; at = parentPath(at)) for (const index of matching(at)) hits.add(index)
      return lastFlip(
        [...hits].sort((a, b) => a - b),
        negated,
      )
    },
    judgeLegacy: (path) => {
      const hits = new Set(matching(path))
      const parents = path.split('/').slice(0, -1)
      for (let depth = 1; depth <= parents.length; depth++)
        for (const index of matching(parents.slice(0, depth).join('/')))
          if (patterns[index]?.text.split('/').length === depth) hits.add(index)
      return lastFlip(
        [...hits].sort((a, b) => a - b),
        negated,
      )
    },
  }
}

function remember({ firstRow, row }: MatchNote, matching: readonly number[]): void {
  for (const index of matching) if (firstRow[index] === -1) firstRow[index] = row
}

/** The outcome when every pattern listed is tried in order. */
function lastFlip(hits: readonly number[], negated: readonly boolean[]): boolean {
  const last = hits.at(-1)
  return last !== undefined && negated[last] === false
}

/** What the library offers for one path on its own. */
export interface IgnoreMatcher {
  /** True when a walk that prunes nothing would ignore the path. `path` is clean and relative. */
  readonly ignores: (path: string) => boolean
}

/**
 * Compiles patterns as `parseIgnoreFile` gives them. Throws a `CtxsizeError` (`PATTERN_REFUSED`) for a list that docker
 * refuses; a pattern that docker refuses only when it is first evaluated throws from `ignores`.
 */
export function createIgnoreMatcher(patterns: readonly string[]): IgnoreMatcher {
  const list = compilePatterns(patterns)
  return { ignores: (path) => list.matched(list.judge(path).verdict) }
}
