import { listed, shownPattern } from '../analyse/line-words.ts'
import { compareLists, mattersAt } from '../ignore/compare.ts'
import type { PatternList } from '../ignore/matcher.ts'
import { covers, droppedBy, isReadable, meet, shortestOf } from '../ignore/meets.ts'
import type { Pattern } from '../ignore/pattern.ts'
import type { Effort } from '../ignore/search.ts'
import { parentPath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** Lines that could go, as another line does all that they do, on this tree and on any other. */
export const dockerignoreSubsumed: Rule = {
  id: 'dockerignore-subsumed',
  check: subsumedLines,
}

/** More lines than a person writes are not compared, nor for longer than some twenty milliseconds. */
const mostLines = 500
const mostSteps = 60_000

interface Subsumed {
  readonly line: number
  readonly pattern: string
  /** The line that does it all, and what it says. */
  readonly by: number
  readonly byPattern: string
}

function subsumedLines({ main }: MeasuredBuild): readonly Finding[] {
  const { ignore, patterns } = main.context
  if (!ignore) return []
  const lines = ignore.parsed.lines
  const found = subsumed(patterns).flatMap(([index, by]): readonly Subsumed[] => {
    const [line, other] = [lines[index], lines[by]]
    if (!line || !other) return []
    return [
      {
        line: line.line,
        pattern: wellFormed(line.written),
        by: other.line,
        byPattern: wellFormed(other.written),
      },
    ]
  })
  const [first] = found
  if (!first) return []
  const exceptions = lines.filter((_, index) => patterns.patterns[index]?.negated)
  const isBehindException = found.some(({ line, by }) =>
    exceptions.some((one) => by < one.line && one.line < line),
  )
  const told = found.map(
    ({ line, pattern, by }) => `${line} ${shownPattern(pattern)} (line ${by} does it already)`,
  )
  return [
    {
      ...plain,
      rule: 'dockerignore-subsumed',
      severity: 'info',
      message:
        found.length === 1
          ? `${shownPattern(first.pattern)} adds nothing to ${shownPattern(first.byPattern)} on line ${first.by}`
          : `${found.length} lines add nothing to others: ${listed(told)}`,
      // Behind an exception it was written for what that lets in, and should say so rather than go.
      hint: isBehindException ? null : found.length === 1 ? 'it can go' : 'they can go',
      at: { file: wellFormed(ignore.file), line: first.line },
      data: { lines: found },
    },
  ]
}

/**
 * True for `tmp/pids/*` above `!tmp/pids/.keep`: a pair that says what stays of a directory, whatever else drops the rest.
 * Generators write such, and whoever takes one half away has to look twice to understand the other.
 */
function isAnswered(index: number, patterns: readonly Pattern[]): boolean {
  const [, dir] = /^(.+)\/\*{1,2}$/.exec(patterns[index]?.text ?? '') ?? []
  return (
    dir !== undefined &&
    patterns.some(({ negated, text }, place) => negated && place > index && text.startsWith(`${dir}/`))
  )
}

/** `[line, line that does all it does]`, as indices. Of two that do the same the later one is told. */
function subsumed(list: PatternList): readonly (readonly [number, number])[] {
  const { patterns } = list
  if (patterns.length > mostLines || patterns.length < 2) return []
  const effort: Effort = { left: mostSteps }
  const sets = patterns.map(droppedBy)
  const places = new Map(patterns.map((pattern, index) => [pattern, index]))
  const setOf = (pattern: Pattern) => sets[places.get(pattern) ?? -1] ?? droppedBy(pattern)
  const exceptions = sets.flatMap((set, place) => (patterns[place]?.negated ? [{ place, set }] : []))
  const gone = new Set<number>()
  const found: (readonly [number, number])[] = []
  for (const [index, pattern] of patterns.entries()) {
    if (effort.left <= 0) break
    const set = sets[index]
    const path = set && isReadable(pattern) ? shortestOf(set, effort) : null
    if (!set || path === null || isAnswered(index, patterns)) continue
    // Whatever drops all that this line drops matches this path of it as well.
    const candidates = new Set<number>()
    for (let at = path; at !== ''; at = parentPath(at))
      for (const other of list.matching(at)) candidates.add(other)
    const by = [...candidates]
      .sort((a, b) => a - b)
      .find((other) => {
        const one = sets[other]
        if (!one || other === index || gone.has(other)) return false
        if (patterns[other]?.negated !== pattern.negated || !covers(one, set, effort)) return false
        // The first of two that are equal stays.
        if (other > index && covers(set, one, effort)) return false
        // With no exception above the lower of the two, one or the other has dropped it by then all the same.
        const lower = Math.max(index, other)
        const meetings = exceptions
          .filter(({ place }) => place < lower)
          .map(({ set: exception }) => meet(set, exception, effort))
          .filter(({ kind }) => kind === 'meet')
        if (meetings.length === 0) return true
        // What an exception lets in is most often what the line is there for.
        for (const met of meetings)
          if (met.kind === 'meet' && met.witness !== null && mattersAt(met.witness, list, { index, gone }))
            return false
        const without = patterns.filter((_, place) => place !== index && !gone.has(place))
        const all = patterns.filter((_, place) => !gone.has(place))
        return compareLists(all, without, { wanted: 'any', through: pattern, setOf, effort }).kind === 'none'
      })
    if (by === undefined) continue
    gone.add(index)
    found.push([index, by])
  }
  return found
}
