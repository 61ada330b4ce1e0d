/**
 * The ignore files of buildah, which is what podman builds with. They look like docker's and are another dialect:
 * openshift/imagebuilder reads the lines (builder.go, ParseIgnoreReader), containers/storage compiles them
 * (pkg/fileutils/fileutils.go). Observed on buildah 1.28.2 and 1.43.2, which agree.
 */

import { matchGlob } from '../lib/glob.ts'
import { cleanPath, decodePath, hasRawBytes, wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import { trimSpace } from '../lib/space.ts'
import type { IgnoreFile, IgnoreLine } from './parse.ts'
import { blankPattern, type Pattern, type PatternRefusal } from './pattern.ts'
import { parseRegex, type Token } from './regex.ts'

/**
 * Compiles a pattern as `fileutils.NewPatternMatcher` does; null for a blank one, which is dropped. That a directory's
 * match counts for all below it is left to the matcher, as for docker's patterns.
 */
export function compilePodmanPattern(raw: string): Pattern | PatternRefusal | null {
  const trimmed = trimSpace(raw)
  if (trimmed === '') return null
  const cleaned = cleanPath(trimmed)
  if (cleaned === '!') return { refused: 'illegal exclusion pattern: "!"' }
  const negated = cleaned.startsWith('!')
  const text = negated ? cleanPath(cleaned.slice(1)).replace(/^\//, '') : cleaned
  if (matchGlob(text, '.') === 'bad pattern') return { refused: 'syntax error in pattern' }
  const translated = translate(text)
  const regexes = translated && withoutGroups(translated)
  const parsed = regexes?.map(parseRegex) ?? [null]
  const alternatives = parsed.flatMap((sequences) => sequences ?? [])
  const invalid = parsed.some((sequences) => sequences === null)
  return { source: raw, text, negated, alternatives: invalid ? [] : alternatives, invalid }
}

/** `(*Pattern).compile`: a regular expression in which only `.` and `$` of what is special there are escaped; a class is one part. Null for one that ends in a backslash. */
function translate(text: string): readonly string[] | null {
  const chars = Array.from(hasRawBytes(text) ? wellFormed(text) : text)
  // text/scanner skips a byte order mark at the start.
  if (chars[0] === '\uFEFF') chars.shift()
  const parts = ['^']
  let inClass = false
  for (let at = 0; at < chars.length; ) {
    const c = chars[at++] ?? ''
    let piece = c
    if (c === '*' && chars[at] === '*') {
      at++
      if (chars[at] === '/') at++
      piece = at < chars.length ? '(.*/)?' : '.*'
    } else if (c === '*') piece = '[^/]*'
    else if (c === '?') piece = '[^/]'
    else if (c === '.' || c === '$') piece = `\\${c}`
    else if (c === '\\') {
      if (at === chars.length) return null
      piece += chars[at++]
    }
    if (inClass) parts.push(`${parts.pop()}${piece}`)
    else parts.push(piece)
    // The compiler knows nothing of classes: a star in one becomes a class of its own, whose end ends both.
    if (c === '[' && !inClass) inClass = true
    else if (inClass && /^(?:\]|\[\^\/\]\*?)$/.test(piece)) inClass = false
  }
  return [...parts, '$']
}

/** Beyond it Go refuses an expression: maxHeight in regexp/syntax/parse.go. */
const deepest = 1000

/** How many ways to write a pattern without its groups are followed up; nobody has written more. */
const mostWays = 64

/**
 * Bare parentheses and `+` reach the engine: `(auth)` is a group there, and `a+` some times an `a`. Each way through the
 * groups becomes an expression of its own; null where the engine refuses them.
 */
function withoutGroups(parts: readonly string[]): readonly string[] | null {
  const at = { index: 0 }
  const ways = readWays(parts, at, 0)
  return ways === null || at.index < parts.length ? null : ways
}

function readWays(parts: readonly string[], at: { index: number }, depth: number): readonly string[] | null {
  const done: string[] = []
  let ways: readonly string[] = ['']
  const append = (next: readonly string[]): void => {
    ways = ways.flatMap((way) => next.map((one) => way + one)).slice(0, mostWays)
  }
  for (; at.index < parts.length; at.index++) {
    const part = parts[at.index] ?? ''
    if (part === ')') {
      if (depth === 0) return null
      break
    }
    if (part === '|' && depth > 0) {
      done.push(...ways)
      ways = ['']
    } else if (part === '+') append(['{1,}'])
    else if (part === '(') {
      if (depth >= deepest) return null
      at.index++
      const inner = readWays(parts, at, depth + 1)
      if (inner === null || parts[at.index] !== ')') return null
      const repeats = parts[at.index + 1] === '+'
      if (repeats) at.index++
      append(repeats ? [...inner, ...inner.flatMap((a) => inner.map((b) => a + b))] : inner)
    } else append([part])
  }
  return [...done, ...ways]
}

/** Reads an ignore file as podman does. Never throws: what podman refuses, when a COPY first needs it, is a problem with its line. */
export function parsePodmanIgnoreFile(text: string | Uint8Array, file: string): IgnoreFile {
  const source = typeof text === 'string' ? text : decodePath(text)
  const lines: IgnoreLine[] = []
  const compiled: Pattern[] = []
  const problems: Problem[] = []
  let start = 0
  for (const [index, raw] of source.split('\n').entries()) {
    const from = start
    start += raw.length + 1
    const written = trimSpace(raw)
    // A byte order mark, blanks before a `#` or a `/`: all of them stay.
    const pattern = trimSpace(raw.replace(/^\/+|\/+$/g, ''))
    if (raw.startsWith('#') || pattern === '') continue
    const offset = from + raw.indexOf(written)
    lines.push({ line: index + 1, start: offset, end: offset + written.length, written, pattern })
    const result = compilePodmanPattern(pattern)
    if (result !== null && 'refused' in result)
      problems.push({
        code: 'ignore-pattern-refused',
        message: `${result.refused}: ${written}`,
        at: { file, line: index + 1 },
        hint: 'podman refuses every COPY with this line; mend or remove it',
      })
    else compiled.push(result ?? blankPattern)
  }
  return {
    text: source,
    lines,
    patterns: lines.map(({ pattern }) => wellFormed(pattern)),
    compiled: problems.length > 0 ? [] : compiled,
    problems,
  }
}

/**
 * True when both dialects read the file alike and no line lets anything back in: then the order of judging does not
 * matter either, and podman keeps just what docker keeps.
 */
export function readAlike(podman: IgnoreFile, docker: IgnoreFile): boolean {
  if (podman.problems.length + docker.problems.length > 0 || podman.lines.length !== docker.lines.length)
    return false
  return podman.compiled.every((pattern, index) => {
    const other = docker.compiled[index]
    return (
      other !== undefined &&
      podman.lines[index]?.line === docker.lines[index]?.line &&
      !pattern.negated &&
      !other.negated &&
      shapeOf(pattern) === shapeOf(other)
    )
  })
}

function shapeOf({ alternatives, invalid }: Pattern): string {
  return invalid ? 'invalid' : alternatives.map((sequence) => sequence.map(tokenText).join(' ')).join('|')
}

/** Docker's plain kinds match across newlines in names, where a regular expression stops: no difference to speak of. */
function tokenText(token: Token): string {
  if (token.kind === 'char') return `char ${token.code}`
  if (token.kind === 'boundary') return `boundary ${token.negated}`
  return `${token.kind} ${token.set.key === 'any' ? 'dot' : token.set.key}`
}
