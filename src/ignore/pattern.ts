/** One ignore pattern compiled with the rules of moby/patternmatcher (patternmatcher.go), which are neither git's nor the shell's. */

import { matchGlob } from '../lib/glob.ts'
import { cleanPath } from '../lib/path.ts'
import { trimSpace } from '../lib/space.ts'
import { anyCharacter, parseRegex, type Sequence, type Token } from './regex.ts'

/** A pattern ready to be matched. */
export interface Pattern {
  /** What it was compiled from: compiling that again gives the same pattern. */
  readonly source: string
  /** Cleaned text, without the `!` of a negation. */
  readonly text: string
  /** True for a `!` line, which lets back in. */
  readonly negated: boolean
  /** What a path may look like, one of these; none: nothing matches. */
  readonly alternatives: readonly Sequence[]
  /** True for a pattern that passes docker's first check and fails when it is first evaluated (`[b-a]`). */
  readonly invalid: boolean
}

/** What `/ /` comes to, which docker drops: it keeps its place in a list so that verdicts name the right lines. */
export const blankPattern: Pattern = {
  source: '',
  text: '',
  negated: false,
  alternatives: [],
  invalid: false,
}

/** Why docker refuses a pattern before it looks at any file. */
export interface PatternRefusal {
  readonly refused: string
}

/** Compiles a pattern as `patternmatcher.New` does; null for a blank one, which is dropped. */
export function compilePattern(raw: string): Pattern | PatternRefusal | null {
  const trimmed = trimSpace(raw)
  if (trimmed === '') return null
  const cleaned = cleanPath(trimmed)
  const negated = cleaned.startsWith('!')
  const text = negated ? cleaned.slice(1) : cleaned
  if (text === '') return { refused: 'illegal exclusion pattern: "!"' }
  if (matchGlob(text, '.') === 'bad pattern') return { refused: 'syntax error in pattern' }
  const { kind, regex } = translate(text)
  if (kind !== 'regex')
    return { source: raw, text, negated, alternatives: [plainSequence(kind, text)], invalid: false }
  const alternatives = parseRegex(regex)
  return { source: raw, text, negated, alternatives: alternatives ?? [], invalid: alternatives === null }
}

type Kind = 'exact' | 'prefix' | 'suffix' | 'regex'

/** `(*Pattern).compile`: the kind of match, and the regular expression that counts when the kind is `regex`. */
function translate(text: string): { readonly kind: Kind; readonly regex: string } {
  // text/scanner decodes bytes that are not UTF-8 as U+FFFD and skips a byte order mark at the start.
  const chars = Array.from(text, (c) => (/^[\uDC80-\uDCFF]$/.test(c) ? '\uFFFD' : c))
  if (chars[0] === '\uFEFF') chars.shift()
  let kind: Kind = 'exact'
  let regex = '^'
  let at = 0
  for (let token = 0; at < chars.length; token++) {
    const c = chars[at++] ?? ''
    if (c === '*' && chars[at] === '*') {
      at++
      if (chars[at] === '/') at++
      if (at < chars.length) {
        regex += '(.*/)?'
        kind = 'regex'
      } else if (kind === 'exact') kind = 'prefix'
      else {
        regex += '.*'
        kind = 'regex'
      }
      if (token === 0) kind = 'suffix'
    } else if (c === '*' || c === '?') {
      regex += c === '*' ? '[^/]*' : '[^/]'
      kind = 'regex'
      // `|`, `{` and `}` are on patternmatcher's list too, but its bitmap of eight bytes holds nothing above U+003F: they reach the engine bare.
    } else if ('.+()$'.includes(c)) regex += `\\${c}`
    else if (c === '\\') {
      regex += c
      if (at < chars.length) {
        regex += chars[at++]
        kind = 'regex'
      }
    } else {
      regex += c
      if (c === '[' || c === ']') kind = 'regex'
    }
  }
  return { kind, regex: `${regex}$` }
}

const literals = (text: string): readonly Token[] =>
  Array.from(text, (c) => ({ kind: 'char', code: c.codePointAt(0) ?? 0 }) as const)
const anything: Token = { kind: 'star', set: anyCharacter }

/** The kinds that patternmatcher compares as plain strings, byte for byte and across newlines. */
function plainSequence(kind: Exclude<Kind, 'regex'>, text: string): Sequence {
  if (kind === 'exact') return literals(text)
  if (kind === 'prefix') return [...literals(text.slice(0, -2)), anything]
  const rest = text.slice(2)
  if (rest.startsWith('/')) return [{ kind: 'directories', set: anyCharacter }, ...literals(rest.slice(1))]
  return [anything, ...literals(rest)]
}
