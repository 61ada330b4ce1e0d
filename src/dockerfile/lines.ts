/** A Dockerfile's text as logical lines. moby/buildkit frontend/dockerfile/parser/parser.go, directives.go. */

import { isSpace, trimLeft } from '../lib/space.ts'
import type { Directives } from './model.ts'

/** What the parser package refuses: message in BuildKit's words, line from 1. */
export interface LineProblem {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly hint: string | null
}

/** One line of the file. `end` is without the line break and without any carriage return before it. */
export interface PhysicalLine {
  readonly number: number
  readonly start: number
  readonly end: number
  /** Where the next line starts. */
  readonly next: number
}

/** One instruction's line: continuations joined, comments dropped. Offsets as in {@link PhysicalLine}. */
export interface LogicalLine {
  readonly text: string
  readonly line: number
  readonly endLine: number
  readonly start: number
  readonly end: number
}

/** bufio.MaxScanTokenSize - 1; the line break counts as well, the line itself may have this many bytes. */
const maxLineBytes = 65_535

/** Reads lines one by one, so that the bodies of here-documents can be taken from between the instructions. */
export class LineReader {
  private at: number
  private number = 0
  readonly text: string
  readonly tooLong: number[] = []

  constructor(text: string) {
    this.text = text
    this.at = text.startsWith('\uFEFF') ? 1 : 0
  }

  /** Null at the end of the file. */
  next(): PhysicalLine | null {
    const start = this.at
    if (start >= this.text.length) return null
    const feed = this.text.indexOf('\n', start)
    const next = feed < 0 ? this.text.length : feed + 1
    let end = feed < 0 ? next : feed
    if ((end - start) * 3 > maxLineBytes && Buffer.byteLength(this.text.slice(start, end)) > maxLineBytes) {
      this.tooLong.push(this.number + 1)
    }
    while (end > start && this.text[end - 1] === '\r') end--
    this.at = next
    this.number++
    return { number: this.number, start, end, next }
  }

  /** Number of lines read so far. */
  get count(): number {
    return this.number
  }
}

/** The line without its continuation character, null when it has none. */
function continued(line: string, escapeChar: string): string | null {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  if (line[end - 1] !== escapeChar || line[end - 2] === escapeChar) return null
  return line.slice(0, end - 1)
}

function isComment(line: string): boolean {
  return trimLeft(line).startsWith('#')
}

const directiveNames = ['syntax', 'escape', 'check']

/** One leading line as a directive; null ends them for good. */
function parseDirective(
  line: string,
  mark: string,
): { readonly name: string; readonly value: string } | null {
  if (!line.startsWith(mark)) return null
  const found = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+)$/.exec(
    trimLeft(line.slice(mark.length)),
  )
  const name = (found?.[1] ?? '').toLowerCase()
  const value = (found?.[2] ?? '').replace(/[\t\n\f\r ]+$/, '')
  return directiveNames.includes(name) && value !== '' ? { name, value } : null
}

/** Reads the directives as the line parser does: leading blanks allowed, a repeat is an error. */
export class DirectiveReader {
  private done = false
  private readonly seen = new Set<string>()
  escape: '\\' | '`' = '\\'
  readonly problems: LineProblem[] = []

  take(line: string, number: number): void {
    if (this.done) return
    const directive = parseDirective(line, '#')
    if (directive === null) {
      this.done = true
      return
    }
    const { name, value } = directive
    const refuse = (message: string, hint: string): void => {
      this.problems.push({ code: 'invalid-directive', message, line: number, hint })
    }
    if (this.seen.has(name)) {
      refuse(`only one ${name} parser directive can be used`, 'remove the second one')
      return
    }
    this.seen.add(name)
    if (name !== 'escape') return
    if (value === '\\' || value === '`') this.escape = value
    else refuse(`invalid escape token '${value}' does not match \` or \\`, 'use \\ or `')
  }
}

/** `syntax` and `check` as their own readers find them: no leading blanks, a `#!` line skipped. directives.go parseDirective. */
function findDirective(text: string, name: 'syntax' | 'check'): string | null {
  let body = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (body.startsWith('#!')) body = body.includes('\n') ? body.slice(body.indexOf('\n') + 1) : ''
  for (const mark of name === 'syntax' ? ['#', '//'] : ['#']) {
    const seen = new Set<string>()
    for (let at = 0; at < body.length; ) {
      const feed = body.indexOf('\n', at)
      const end = feed < 0 ? body.length : feed
      const directive = parseDirective(body.slice(at, end).replace(/\r$/, ''), mark)
      if (directive === null || seen.has(directive.name)) break
      if (directive.name === name) return directive.value
      seen.add(directive.name)
      at = end + 1
    }
  }
  return name === 'syntax' ? syntaxOfJson(body) : null
}

function syntaxOfJson(body: string): string | null {
  if (!trimLeft(body).startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(body)
    const syntax = typeof value === 'object' && value !== null && 'syntax' in value ? value.syntax : null
    return typeof syntax === 'string' ? syntax : null
  } catch {
    return null
  }
}

/** The three directives of a file; `syntax` is the image alone, without what follows the first blank. */
export function readDirectives(text: string, escapeChar: '\\' | '`'): Directives {
  const syntax = findDirective(text, 'syntax')
  return { syntax: syntax?.split(' ')[0] ?? null, escape: escapeChar, check: findDirective(text, 'check') }
}

/** The next instruction's line, null at the end of the file. */
export function nextLogicalLine(reader: LineReader, directives: DirectiveReader): LogicalLine | null {
  for (let line = reader.next(); line !== null; line = reader.next()) {
    let start = line.start
    while (start < line.end && isSpace(reader.text.charAt(start))) start++
    const first = reader.text.slice(start, line.end)
    directives.take(first, line.number)
    if (first === '' || first.startsWith('#')) continue

    let open = continued(first, directives.escape)
    const pieces = [open ?? first]
    let last = line
    while (open !== null) {
      const more = reader.next()
      if (more === null) break
      last = more
      const text = reader.text.slice(more.start, more.end)
      if (isComment(text) || trimLeft(text) === '') continue
      open = continued(text, directives.escape)
      pieces.push(open ?? text)
    }
    return { text: pieces.join(''), line: line.number, endLine: last.number, start, end: last.end }
  }
  return null
}
