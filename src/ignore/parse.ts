/** The text of a .dockerignore as patterns with their lines (moby/patternmatcher, ignorefile/ignorefile.go). */

import { byteLength, cleanPath, decodePath, wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import { trimSpace } from '../lib/space.ts'
import { blankPattern, compilePattern, type Pattern } from './pattern.ts'

/** A line that holds a pattern. */
export interface IgnoreLine {
  /** From 1. */
  readonly line: number
  /** Offsets of `written` in the file's text. */
  readonly start: number
  readonly end: number
  /** As written, trimmed. */
  readonly written: string
  /** What the reader makes of it, a negation with its `!`. */
  readonly pattern: string
}

/** A whole ignore file; comments and blank lines are left out of all its lists. */
export interface IgnoreFile {
  /** The whole text, byte order mark, comments and line ends included; `encodePath` gives its bytes. */
  readonly text: string
  readonly lines: readonly IgnoreLine[]
  /** `lines[].pattern` with U+FFFD for bytes that are not UTF-8. */
  readonly patterns: readonly string[]
  /** Compiled patterns, parallel to `lines`; empty when there are problems. */
  readonly compiled: readonly Pattern[]
  /** Why docker refuses the file: a line too long, a pattern with a syntax error. */
  readonly problems: readonly Problem[]
}

/** bufio.Scanner's limit for one line, its `\r` included. */
const longestLine = 65_535

/**
 * Reads an ignore file. `text` may be bytes, which need not be UTF-8. `file` is the name that problems carry.
 * Never throws: what docker refuses is a problem with its line.
 */
export function parseIgnoreFile(text: string | Uint8Array, file = '.dockerignore'): IgnoreFile {
  const source = typeof text === 'string' ? text : decodePath(text)
  const lines: IgnoreLine[] = []
  const compiled: Pattern[] = []
  const problems: Problem[] = []
  const refuse = (code: string, message: string, line: number, hint: string) =>
    problems.push({ code, message, at: { file, line }, hint })

  let start = 0
  for (let line = 1; start < source.length; line++) {
    let end = source.indexOf('\n', start)
    if (end < 0) end = source.length
    const raw = source.slice(start, end)
    const from = start
    start = end + 1
    if (raw.length * 3 > longestLine && byteLength(raw) > longestLine) {
      refuse(
        'ignore-line-too-long',
        'bufio.Scanner: token too long',
        line,
        'a line may have 65,535 bytes at most',
      )
      break
    }
    const unmarked = line === 1 && raw.startsWith('\uFEFF') ? raw.slice(1) : raw
    if (unmarked.startsWith('#')) continue
    const written = trimSpace(unmarked)
    if (written === '') continue
    const pattern = cleanPattern(written)
    const offset = from + raw.indexOf(written)
    lines.push({ line, start: offset, end: offset + written.length, written, pattern })
    const result = compilePattern(pattern)
    if (result === null) compiled.push(blankPattern)
    else if ('refused' in result)
      refuse(
        'ignore-pattern-refused',
        `${result.refused}: ${written}`,
        line,
        'docker refuses every build with this line; mend or remove it',
      )
    else compiled.push(result)
  }
  return {
    text: source,
    lines,
    patterns: lines.map((l) => wellFormed(l.pattern)),
    compiled: problems.length > 0 ? [] : compiled,
    problems,
  }
}

/** Steps 4 to 6 of the reader: `/a`, `./a` and `a/` are `a`; a `!` stays in front. */
function cleanPattern(written: string): string {
  const negated = written.startsWith('!')
  let pattern = negated ? trimSpace(written.slice(1)) : written
  if (pattern !== '') {
    pattern = cleanPath(pattern)
    if (pattern.length > 1 && pattern.startsWith('/')) pattern = pattern.slice(1)
  }
  return negated ? `!${pattern}` : pattern
}
