/** Where something stands in a JSON text: a value by its path, or what is no JSON. */

import type { DocumentPath } from './shape.ts'

export interface TextPosition {
  readonly line: number
  /** UTF-16 code units, from 1. */
  readonly column: number
}

/** How much a text asks of who takes it apart, the text looked at once; of one that is no JSON a bound of it. */
export interface TextExtent {
  /** Levels of lists and objects in one another. */
  readonly depth: number
  /** Values, keys not counted. */
  readonly values: number
}

export function extentOf(text: string): TextExtent {
  let level = 0
  let depth = 0
  let values = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) i = endOfString(text, i + 1)
    else if (code === comma) values++
    else if (code === 0x5b || code === 0x7b) {
      values++
      depth = Math.max(depth, ++level)
    } else if (code === 0x5d || code === 0x7d) level--
  }
  return { depth, values }
}

const comma = 0x2c
const quote = 0x22
const backslash = 0x5c

/** The index of the quote that ends the string which begins there; the length of the text where none does. */
function endOfString(text: string, from: number): number {
  let i = from
  while (i < text.length && text.charCodeAt(i) !== quote) i += text.charCodeAt(i) === backslash ? 2 : 1
  return Math.min(i, text.length)
}

/** Where the value of a path begins, or what is next to it where there is none; the text has to be JSON. */
export function positionOf(text: string, path: DocumentPath): TextPosition {
  const reader: Reader = { text, at: 0, found: 0, broken: null }
  readValue(reader, path)
  return positionAt(text, reader.found)
}

/** Where a text that is no JSON stops being some; null where it ends too early. */
export function brokenAt(text: string): TextPosition | null {
  const reader: Reader = { text, at: 0, found: 0, broken: null }
  if (readValue(reader, null)) {
    skipBlanks(reader)
    reader.broken = reader.at
  }
  const at = reader.broken ?? reader.at
  return at >= text.length || begun.test(text.slice(at, at + 5)) ? null : positionAt(text, at)
}

/** What may have been going to be a word, or the rest of a number. */
const begun = /^(?:-|\.|[eE][+-]?|t|tr|tru|f|fa|fal|fals|n|nu|nul)$/

function positionAt(text: string, index: number): TextPosition {
  const start = text.lastIndexOf('\n', index - 1) + 1
  let line = 1
  for (let i = text.indexOf('\n'); i >= 0 && i < start; i = text.indexOf('\n', i + 1)) line++
  return { line, column: index - start + 1 }
}

/** Reads as RFC 8259 has it, calling itself for each level: how deep a text goes is looked at before. */
interface Reader {
  readonly text: string
  at: number
  /** Where the deepest part of the wanted path begins that was met. */
  found: number
  /** Where it is no JSON; null while it is. */
  broken: number | null
}

/** False where the text is broken. `path`: what is left of the one that is looked for; null off the way. */
function readValue(reader: Reader, path: DocumentPath | null): boolean {
  skipBlanks(reader)
  if (path !== null) reader.found = reader.at
  const { text, at } = reader
  if (text[at] === '{') return readMembers(reader, path, '}')
  if (text[at] === '[') return readMembers(reader, path, ']')
  if (text[at] === '"') return readString(reader) !== null
  scalar.lastIndex = at
  if (!scalar.test(text)) return stop(reader)
  reader.at = scalar.lastIndex
  return true
}

/** Set to where it begins before each use, so that it keeps nothing from one to the next. */
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

function readMembers(reader: Reader, path: DocumentPath | null, end: ']' | '}'): boolean {
  reader.at++
  skipBlanks(reader)
  if (reader.text[reader.at] === end) return step(reader)
  for (let i = 0; ; i++) {
    const key = end === ']' ? i : readKey(reader)
    if (key === null) return false
    const rest = path !== null && path[0] === key ? path.slice(1) : null
    if (!readValue(reader, rest)) return false
    skipBlanks(reader)
    if (reader.text[reader.at] === end) return step(reader)
    if (reader.text[reader.at] !== ',') return stop(reader)
    reader.at++
  }
}

function readKey(reader: Reader): string | null {
  skipBlanks(reader)
  if (reader.text[reader.at] !== '"') return stop(reader) || null
  const key = readString(reader)
  if (key === null) return null
  skipBlanks(reader)
  if (reader.text[reader.at] !== ':') return stop(reader) || null
  reader.at++
  return key
}

/** What the string says; null where it is broken. */
function readString(reader: Reader): string | null {
  const start = reader.at
  const end = endOfString(reader.text, start + 1)
  if (end >= reader.text.length) {
    reader.at = reader.text.length
    return stop(reader) || null
  }
  try {
    // What is between its quotes is all that can be wrong now, and says nothing that the quotes do not.
    const value: unknown = JSON.parse(reader.text.slice(start, end + 1))
    reader.at = end + 1
    return typeof value === 'string' ? value : null
  } catch {
    return stop(reader) || null
  }
}

function skipBlanks(reader: Reader): void {
  for (let code = reader.text.charCodeAt(reader.at); isBlank(code); code = reader.text.charCodeAt(reader.at))
    reader.at++
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

function step(reader: Reader): true {
  reader.at++
  return true
}

function stop(reader: Reader): false {
  reader.broken = reader.at
  return false
}
