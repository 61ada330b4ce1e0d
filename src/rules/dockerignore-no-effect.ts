import { listed, shownPattern } from '../analyse/line-words.ts'
import { compareLists } from '../ignore/compare.ts'
import { covers, droppedBy, isReadable, matchesNothingEver, meet, type PathSet } from '../ignore/meets.ts'
import type { Pattern } from '../ignore/pattern.ts'
import type { Effort } from '../ignore/search.ts'
import { wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding, Severity } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** Lines that do nothing and could not do anything, whatever the tree: most are exceptions in the wrong place. */
export const dockerignoreNoEffect: Rule = {
  id: 'dockerignore-no-effect',
  check: idleForever,
}

/** More lines than a person writes are not compared, nor for longer than some twenty milliseconds. */
const mostLines = 500
const mostSteps = 60_000

/**
 * `too early`: the line that drops what it lets in comes after it. `dropped again`: a later line drops all of it.
 * `nothing to let in`: no line drops any of it. `matches nothing`: no path of a context looks like that.
 */
type Reason = 'too early' | 'dropped again' | 'nothing to let in' | 'matches nothing'

interface Idle {
  readonly line: number
  readonly pattern: string
  readonly reason: Reason
  /** The line that has to do with it; null when there is none. */
  readonly other: number | null
}

const severityOf: Readonly<Record<Reason, Severity>> = {
  'too early': 'warning',
  'dropped again': 'warning',
  'matches nothing': 'warning',
  'nothing to let in': 'info',
}

function idleForever({ main }: MeasuredBuild): readonly Finding[] {
  const { ignore, patterns: list } = main.context
  if (!ignore || list.patterns.length > mostLines) return []
  const { patterns } = list
  const lines = ignore.parsed.lines
  const sets = patterns.map(droppedBy)
  const places = new Map(patterns.map((pattern, index) => [pattern, index]))
  const all: Lines = {
    patterns,
    sets,
    setOf: (pattern) => sets[places.get(pattern) ?? -1] ?? droppedBy(pattern),
    effort: { left: mostSteps },
  }
  const found = patterns.flatMap((pattern, index): readonly Idle[] => {
    const line = lines[index]
    const why = line && all.effort.left > 0 && isReadable(pattern) ? reasonOf(all, index) : null
    if (!line || !why) return []
    const other = why.other === null ? null : (lines[why.other]?.line ?? null)
    return [{ line: line.line, pattern: wellFormed(line.written), reason: why.reason, other }]
  })
  const warned = found.filter(({ reason }) => severityOf[reason] === 'warning')
  const told = warned.length > 0 ? warned : found
  const [first] = told
  if (!first) return []
  return [
    {
      ...plain,
      rule: 'dockerignore-no-effect',
      severity: severityOf[first.reason],
      message:
        told.length === 1
          ? `${shownPattern(first.pattern)} can have no effect: ${explain(first)}`
          : `${told.length} lines can have no effect: ${listed(
              told.map((one) => `${one.line} ${shownPattern(one.pattern)} (${explain(one)})`),
            )}`,
      hint: hintFor(first, told.length),
      at: { file: wellFormed(ignore.file), line: first.line },
      data: { lines: found },
    },
  ]
}

interface Lines {
  readonly patterns: readonly Pattern[]
  /** What each drops, or lets in. */
  readonly sets: readonly PathSet[]
  readonly setOf: (pattern: Pattern) => PathSet
  readonly effort: Effort
}

function reasonOf(
  { patterns, sets, setOf, effort }: Lines,
  index: number,
): { readonly reason: Reason; readonly other: number | null } | null {
  const pattern = patterns[index]
  const letIn = sets[index]
  if (!pattern || !letIn) return null
  // Only what begins like this can leave the context or stand for its root; all else has some path to match.
  if (/^(?:\.\.?(?:\/|$)|\/)/.test(pattern.text) && matchesNothingEver(pattern))
    return { reason: 'matches nothing', other: null }
  if (!pattern.negated) return null
  const first = patterns.findIndex((other, place) => {
    const set = sets[place]
    return set && !other.negated && meet(letIn, set, effort).kind === 'meet'
  })
  // What is said to meet when the effort is at its end need not.
  if (effort.left <= 0) return null
  if (first < 0) return { reason: 'nothing to let in', other: null }
  if (first > index) return { reason: 'too early', other: first }
  const again = patterns.findIndex((other, place) => {
    const set = sets[place]
    return set && place > index && !other.negated && covers(set, letIn, effort)
  })
  if (again < 0) return null
  // The order in which builders judge a directory and what is in it may leave a gap; only the whole list tells.
  const without = patterns.filter((_, place) => place !== index)
  return compareLists(patterns, without, { wanted: 'any', through: pattern, setOf, effort }).kind === 'none'
    ? { reason: 'dropped again', other: again }
    : null
}

function explain({ reason, other }: Idle): string {
  switch (reason) {
    case 'too early':
      return `line ${other}, below it, has the last word`
    case 'dropped again':
      return `line ${other} drops all of it again`
    case 'nothing to let in':
      return 'no line drops anything of it'
    case 'matches nothing':
      return 'no path of a context looks like that'
  }
}

function hintFor({ reason, other, pattern }: Idle, count: number): string | null {
  const it = count === 1 ? 'it' : shownPattern(pattern)
  switch (reason) {
    case 'too early':
    case 'dropped again':
      return `move ${it} below line ${other}`
    case 'matches nothing':
      return 'paths are taken from the root of the context, and nothing outside of it is ever sent'
    case 'nothing to let in':
      return null
  }
}
