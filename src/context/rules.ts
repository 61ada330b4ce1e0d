/** What a walk has to know of patterns, made from texts, so that a second thread can make the same of them. */

import { type PatternList, type PatternTexts, restorePatterns } from '../ignore/matcher.ts'
import { reachOfBuildkit, reachOfClassic, reachOfPodman } from '../ignore/reach.ts'

/** The patterns of one walk. */
export interface WalkPatterns {
  /** The ignore file's. */
  readonly ignore: PatternList
  /** The classic client's, its own negations appended; null when its view is not wanted. */
  readonly classic: PatternList | null
  /** Podman's, where they are none of the others; null or left out when its view is not wanted. */
  readonly podman?: PatternList | null
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
  const { ignore, classic, podman = null, includes } = patterns
  const reach = reachOfBuildkit(texts(ignore, true))
  const classicEnters = entersBy(classic)
  const podmanEnters = entersBy(podman ?? (ignore.dialect === 'podman' ? ignore : null))
  const wanted = includes ? reachOfBuildkit(texts(includes, false)) : null
  return {
    ...patterns,
    entersIgnored: (path) => reach(path) || classicEnters(path) || podmanEnters(path),
    wants: (path) =>
      includes === null || wanted === null || wanted(path) || includes.matched(includes.judge(path).verdict),
  }
}

/** By the other builder's own patterns: they are those of the file that it reads, whatever the leading one does. */
function entersBy(list: PatternList | null): (path: string) => boolean {
  if (list === null) return () => false
  const reachOf = list.dialect === 'podman' ? reachOfPodman : reachOfClassic
  const reach = reachOf(texts(list, true))
  return (path) => reach(path) || !list.matched(list.judge(path).verdict)
}

const texts = (list: PatternList, negated: boolean) =>
  list.patterns.filter((pattern) => pattern.negated === negated).map((pattern) => pattern.text)

/** The same as texts that can be sent to another thread. */
export interface WalkTexts {
  readonly ignore: PatternTexts
  readonly classic: PatternTexts | null
  readonly podman: PatternTexts | null
  readonly includes: PatternTexts | null
}

export function textsOf({ ignore, classic, podman, includes }: WalkPatterns): WalkTexts {
  const sources = ({ dialect, patterns }: PatternList): PatternTexts => ({
    dialect,
    sources: patterns.map((pattern) => pattern.source),
  })
  return {
    ignore: sources(ignore),
    classic: classic && sources(classic),
    podman: podman ? sources(podman) : null,
    includes: includes && sources(includes),
  }
}

export function rulesFrom({ ignore, classic, podman, includes }: WalkTexts): WalkRules {
  return makeRules({
    ignore: restorePatterns(ignore),
    classic: classic && restorePatterns(classic),
    podman: podman && restorePatterns(podman),
    includes: includes && restorePatterns(includes),
  })
}
