/** What a walk has to know of patterns, made from texts, so that a second thread can make the same of them. */

import { type PatternList, restorePatterns } from '../ignore/matcher.ts'
import { reachOfBuildkit, reachOfClassic } from '../ignore/reach.ts'

/** The patterns of one walk. */
export interface WalkPatterns {
  /** The ignore file's. */
  readonly ignore: PatternList
  /** The classic client's, its own negations appended; null when its view is not wanted. */
  readonly classic: PatternList | null
  /** Only what these include is wanted; null: the whole context. */
  readonly includes: PatternList | null
}

export interface WalkRules extends WalkPatterns {
  /** True when some builder enters an ignored directory, because something below it may be let in again. */
  readonly entersIgnored: (path: string) => boolean
  /** False: nothing is wanted of the directory. */
  readonly wants: (path: string) => boolean
}

export function makeRules(patterns: WalkPatterns): WalkRules {
  const { ignore, classic, includes } = patterns
  const reach = reachOfBuildkit(texts(ignore, true))
  const classicReach = classic ? reachOfClassic(texts(classic, true)) : null
  // By its own patterns: they are those of `.dockerignore`, whatever BuildKit reads.
  const classicEnters = (path: string) =>
    classic !== null &&
    classicReach !== null &&
    (classicReach(path) || !classic.matched(classic.judge(path).verdict))
  const wanted = includes ? reachOfBuildkit(texts(includes, false)) : null
  return {
    ...patterns,
    entersIgnored: (path) => reach(path) || classicEnters(path),
    wants: (path) =>
      includes === null || wanted === null || wanted(path) || includes.matched(includes.judge(path).verdict),
  }
}

const texts = (list: PatternList, negated: boolean) =>
  list.patterns.filter((pattern) => pattern.negated === negated).map((pattern) => pattern.text)

/** The same as texts that can be sent to another thread. */
export interface WalkTexts {
  readonly ignore: readonly string[]
  readonly classic: readonly string[] | null
  readonly includes: readonly string[] | null
}

export function textsOf({ ignore, classic, includes }: WalkPatterns): WalkTexts {
  const sources = (list: PatternList) => list.patterns.map((pattern) => pattern.source)
  return {
    ignore: sources(ignore),
    classic: classic && sources(classic),
    includes: includes && sources(includes),
  }
}

export function rulesFrom({ ignore, classic, includes }: WalkTexts): WalkRules {
  return makeRules({
    ignore: restorePatterns(ignore),
    classic: classic && restorePatterns(classic),
    includes: includes && restorePatterns(includes),
  })
}
