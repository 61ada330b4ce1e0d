/** The ways in which the arguments of an instruction are split. moby/buildkit frontend/dockerfile/parser/*.go. */

import { isSpace, trimLeft, trimSpace } from '../lib/space.ts'
import { expandWords, noVariables } from './expand.ts'

const blanks = /[\t\v\f\r ]+/

/** Splits once at the first run of blanks; the second part is null when there is none. */
export function cutAtBlanks(text: string): readonly [string, string | null] {
  const found = blanks.exec(text)
  if (found === null) return [text, null]
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)]
}

/** Splits at runs of blanks, with no regard to quotes; no words for an empty text. */
export function splitAtBlanks(text: string): readonly string[] {
  return text === '' ? [] : text.split(/[\t\v\f\r ]+/)
}

/** A line taken apart. `dashes`: a bare `--` ended the flags. */
export interface Command {
  readonly keyword: string
  /** As written but for quotes and escapes, which are resolved: `--from=x`. */
  readonly flags: readonly string[]
  readonly args: string
  readonly dashes: boolean
}

/** Keyword, leading flags and the rest. parser/split_command.go. */
export function splitCommand(line: string, escapeChar: string): Command {
  const [keyword, rest] = cutAtBlanks(trimSpace(line))
  if (rest === null) return { keyword, flags: [], args: '', dashes: false }
  if (!/^\s*--/.test(rest) || !/[^\0-\x7F]/.test(rest)) {
    const split = splitFlags(rest, escapeChar)
    return { keyword, ...split, args: trimSpace(split.args) }
  }
  // BuildKit goes by bytes here and takes each for a character: `--x=ü` becomes `--x=Ã¼`, and 0x85 and 0xA0 are blanks.
  const split = splitFlags(Buffer.from(rest, 'utf8').toString('latin1'), escapeChar)
  return { keyword, ...split, args: trimSpace(Buffer.from(split.args, 'latin1').toString('utf8')) }
}

function splitFlags(text: string, escapeChar: string): Omit<Command, 'keyword'> {
  const flags: string[] = []
  let at = 0
  for (;;) {
    while (at < text.length && isSpace(text.charAt(at))) at++
    if (!text.startsWith('--', at)) return { flags, args: text.slice(at), dashes: false }
    let word = ''
    let hadQuotes = false
    let quote = ''
    for (; at < text.length; at++) {
      let char = text.charAt(at)
      if (quote === '' && isSpace(char)) break
      if (quote === '' ? char === "'" || char === '"' : char === quote) {
        quote = quote === '' ? char : ''
        hadQuotes = true
        continue
      }
      if (char === escapeChar) {
        if (at + 1 === text.length) break
        char = text.charAt(++at)
      }
      word += char
    }
    if (word === '--') return { flags, args: text.slice(at), dashes: true }
    if (hadQuotes || word !== '') flags.push(word)
    if (at + 1 >= text.length) return { flags, args: '', dashes: false }
  }
}

/** Splits at blanks outside quotes; quotes and escapes stay in the words. parser/line_parsers.go parseWords. */
export function splitQuoted(text: string, escapeChar: string): readonly string[] {
  const words: string[] = []
  let word = ''
  let started = false
  let quote = ''
  const end = (): void => {
    if (started) words.push(word)
    word = ''
    started = false
  }
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (quote === '' && isSpace(char)) {
      end()
      continue
    }
    if (quote !== '' && char === quote) quote = ''
    else if (quote === '' && (char === "'" || char === '"')) quote = char
    if (char === escapeChar && quote !== "'") {
      if (at + 1 === text.length) break
      word += char
      at++
    }
    word += text.charAt(at)
    started = true
  }
  end()
  return words
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/**
 * The strings of a JSON array; null when the text is no JSON array at all, 'mixed' when it holds anything but strings.
 * parser/line_parsers.go parseJSON; half surrogates become U+FFFD as in Go's encoding/json.
 */
export function parseJsonWords(text: string): readonly string[] | null | 'mixed' {
  const rest = trimLeft(text)
  if (!rest.startsWith('[')) return null
  let value: unknown
  try {
    value = JSON.parse(rest)
  } catch {
    return null
  }
  if (!Array.isArray(value)) return null
  const words: string[] = []
  for (const item of value) {
    // Go leaves the zero value for null, which is not a string either.
    if (typeof item !== 'string') return 'mixed'
    words.push(item.replace(loneSurrogate, '\uFFFD'))
  }
  return words
}

/** A here-document as announced on the line, `3<<-EOF`. */
export interface HeredocMark {
  readonly name: string
  readonly expand: boolean
  /** Leading tabs of the body and of its end are dropped. */
  readonly chomp: boolean
}

/** Reads one word as the announcement of a here-document; null when it is none. parser/parser.go heredocFromMatch. */
export function parseHeredocMark(word: string): HeredocMark | null {
  const found = /^[0-9]*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word)
  const rest = found?.[2] ?? ''
  if (found === null || rest === '') return null
  const [name, ...more] = expandWords(rest, noVariables, '\\', { keepUnset: true }) ?? []
  const [raw, ...moreRaw] = expandWords(rest, noVariables, '\\', { keepUnset: true, rawQuotes: true }) ?? []
  if (name === undefined || raw === undefined || more.length > 0 || moreRaw.length > 0) return null
  const quotes = (text: string): number => text.replace(/[^'"]/g, '').length
  return { name, expand: quotes(name) === quotes(raw), chomp: found[1] === '-' }
}

/** The here-documents that a line announces, in order. parser/parser.go heredocsFromLine, which always escapes by `\`. */
export function heredocMarks(line: string): readonly HeredocMark[] {
  const options = { rawQuotes: true, rawEscapes: true, keepUnset: true }
  const words = expandWords(line, noVariables, '\\', options) ?? []
  return words.map(parseHeredocMark).filter((mark) => mark !== null)
}
