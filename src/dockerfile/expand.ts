/**
 * Quotes, escapes and variables in a word of a Dockerfile.
 * Behaviour: moby/buildkit frontend/dockerfile/shell/lex.go (2026-08).
 */

import { isSpace } from '../lib/space.ts'
import { parseGlob, replaceMatches, withoutPrefix } from './glob.ts'
import { quoted } from './suggest.ts'

/** Where variables come from; undefined for one that is not set. */
export interface Variables {
  readonly get: (name: string) => string | undefined
}

/** A word after expansion. `used` and `unset`: the variables it asked for that were set and that were not. */
export type Expansion =
  | {
      readonly kind: 'value'
      readonly value: string
      readonly used: ReadonlySet<string>
      readonly unset: ReadonlySet<string>
    }
  | { readonly kind: 'error'; readonly error: string }

export interface LexOptions {
  /** Leave quotes in the result. */
  readonly rawQuotes?: boolean
  /** Leave escape characters in the result. */
  readonly rawEscapes?: boolean
  /** Leave the reference to a variable that is not set. */
  readonly keepUnset?: boolean
  /** Quotes are ordinary characters, as in the body of a here-document. */
  readonly plainQuotes?: boolean
}

/**
 * Nesting, and a length past which Linux runs nothing (MAX_ARG_STRLEN); no real file comes near. Beyond, a word is an
 * error here, though not to docker: `ENV a=$a$a` in sixty lines has no other end.
 */
const deepest = 1000
const longest = 1 << 17

class LexError extends Error {}

const nothing: ReadonlySet<string> = new Set()

const specialNames = '@*#?-$!0'
const letter = /^[\p{L}\p{Nd}_]$/u
const digit = /^\p{Nd}$/u

/** The reader of one word: a cursor that every branch of the grammar moves on. */
class Lexer {
  private at = 0
  private depth = 0
  /** Shared by nested words, and emptied by them: so does BuildKit, whose word splitting loses the text before `${v:-w}`. */
  private pending = ''
  readonly used = new Set<string>()
  readonly unset = new Set<string>()

  private readonly source: string
  private readonly variables: Variables
  private readonly escapeChar: string
  private readonly options: LexOptions
  private readonly splits: boolean
  private readonly limit: number

  constructor(
    source: string,
    variables: Variables,
    escapeChar: string,
    options: LexOptions & { readonly splits: boolean },
  ) {
    // text/scanner drops a byte order mark at the start of what it reads.
    this.source = source.startsWith('\uFEFF') ? source.slice(1) : source
    this.variables = variables
    this.escapeChar = escapeChar
    this.options = options
    this.splits = options.splits
    this.limit = Math.max(longest, 2 * source.length)
  }

  private peek(): string {
    const code = this.source.codePointAt(this.at)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  private next(): string {
    const char = this.peek()
    this.at += char.length
    return char
  }

  /** The characters up to the next one that may mean something, at least one. */
  private plain(ordinary: RegExp): string {
    ordinary.lastIndex = this.at
    const run = ordinary.exec(this.source)?.[0]
    if (run === undefined) return this.next()
    this.at += run.length
    return run
  }

  run(): { readonly value: string; readonly words: readonly string[] } {
    return this.until('', this.options.rawEscapes ?? false)
  }

  private until(
    stop: string,
    rawEscapes: boolean,
  ): { readonly value: string; readonly words: readonly string[] } {
    if (++this.depth > deepest) throw new LexError(`more than ${deepest} substitutions within each other`)
    let value = ''
    const words: string[] = []
    let inWord = false
    this.pending = ''
    const flush = (): void => {
      if (this.pending === '') return
      words.push(this.pending)
      this.pending = ''
      inWord = false
    }
    const addRaw = (text: string): void => {
      if (!this.splits) return
      this.pending += text
      inWord = true
    }
    const add = (text: string): void => {
      if (!this.splits) return
      for (const char of text) {
        if (!isSpace(char)) addRaw(char)
        else if (inWord) flush()
      }
    }
    const quotes = !this.options.plainQuotes

    for (let char = this.peek(); char !== ''; char = this.peek()) {
      if (char === stop) {
        this.next()
        flush()
        this.depth--
        return { value, words }
      }
      let piece: string
      if (char === '$') {
        piece = this.dollar()
        add(piece)
      } else if (quotes && char === "'") {
        piece = this.singleQuotes()
        addRaw(piece)
      } else if (quotes && char === '"') {
        piece = this.doubleQuotes(rawEscapes)
        addRaw(piece)
      } else if (char === '<') {
        piece = this.lessThan()
        addRaw(piece)
      } else if (char === this.escapeChar) {
        this.next()
        piece = rawEscapes ? char : ''
        const escaped = this.next()
        piece += escaped
        if (piece !== '') addRaw(piece)
      } else {
        piece = this.plain(/[^$'"<\\`}/]+/y)
        add(piece)
      }
      value += piece
      if (value.length > this.limit) throw new LexError(`the value is longer than ${this.limit} characters`)
    }
    if (stop !== '') throw new LexError(`unexpected end of statement while looking for matching ${stop}`)
    flush()
    this.depth--
    return { value, words }
  }

  private singleQuotes(): string {
    const close = this.source.indexOf("'", this.at + 1)
    if (close < 0) {
      this.at = this.source.length
      throw new LexError('unexpected end of statement while looking for matching single-quote')
    }
    const inner = this.source.slice(this.at + 1, close)
    this.at = close + 1
    return this.options.rawQuotes ? `'${inner}'` : inner
  }

  private doubleQuotes(rawEscapes: boolean): string {
    this.next()
    const mark = this.options.rawQuotes ? '"' : ''
    let value = mark
    for (;;) {
      const char = this.peek()
      if (char === '')
        throw new LexError('unexpected end of statement while looking for matching double-quote')
      if (char === '"') {
        this.next()
        return value + mark
      }
      if (char === '$') {
        value += this.dollar()
        continue
      }
      if (char !== this.escapeChar) {
        value += this.plain(/[^"$\\`]+/y)
        continue
      }
      this.next()
      if (rawEscapes) value += char
      const escaped = this.peek()
      if (escaped === '') continue
      value += escaped === '"' || escaped === '$' || escaped === this.escapeChar ? this.next() : char
    }
  }

  /** `<<` takes the blanks that follow it along, so that `<< EOF` is one word. */
  private lessThan(): string {
    this.next()
    if (this.peek() !== '<') return '<'
    const start = this.at - 1
    this.next()
    while (/^[\t\r ]$/.test(this.peek())) this.next()
    return this.source.slice(start, this.at)
  }

  private name(): string {
    const start = this.at
    const first = this.peek()
    if (digit.test(first)) {
      while (digit.test(this.peek())) this.next()
    } else if (first !== '' && specialNames.includes(first)) {
      this.next()
    } else {
      while (letter.test(this.peek())) this.next()
    }
    return this.source.slice(start, this.at)
  }

  private lookUp(name: string): string | undefined {
    const value = this.variables.get(name)
    ;(value === undefined ? this.unset : this.used).add(name)
    return value
  }

  /** A nested word; an error in it that ran into the end of the text is worded as the missing end. */
  private operand(stop: string, rawEscapes: boolean, missing: string): string {
    try {
      return this.until(stop, rawEscapes).value
    } catch (error) {
      if (error instanceof LexError && this.peek() === '') throw new LexError(missing)
      throw error
    }
  }

  private dollar(): string {
    this.next()
    if (this.peek() !== '{') {
      const name = this.name()
      if (name === '') return '$'
      const value = this.lookUp(name)
      return value ?? (this.options.keepUnset ? `$${name}` : '')
    }
    this.next()
    const first = this.peek()
    if (first === '') throw new LexError("syntax error: missing '}'")
    if (first === '{' || first === '}' || first === ':') throw new LexError('syntax error: bad substitution')
    const name = this.name()
    const operator = this.next()
    if (operator === '}') {
      const value = this.lookUp(name)
      return value ?? (this.options.keepUnset ? `\${${name}}` : '')
    }
    if (operator === '/') return this.replacement(name)
    return this.modifier(name, operator)
  }

  private modifier(name: string, first: string): string {
    const emptyIsUnset = first === ':'
    const operator = emptyIsUnset ? this.next() : first
    const written = `${emptyIsUnset ? ':' : ''}${operator === '' ? '\uFFFD' : operator}`
    const unsupported = `unsupported modifier (${written}) in substitution`
    const trims = operator === '#' || operator === '%'
    if (trims ? emptyIsUnset : !emptyIsUnset && !'+-?'.includes(operator || '}'))
      throw new LexError(unsupported)

    const word = this.operand('}', trims, "syntax error: missing '}'")
    const value = this.lookUp(name)
    if (value === undefined && this.options.keepUnset) return `\${${name}${written}${word}}`
    const missing = value === undefined || (emptyIsUnset && value === '')
    switch (operator) {
      case '-':
        return missing ? word : value
      case '+':
        return missing ? '' : word
      case '?': {
        if (!missing) return value
        const standard = `is not allowed to be ${value === undefined ? 'unset' : 'empty'}`
        throw new LexError(`${name}: ${word === '' ? standard : word}`)
      }
      case '#':
      case '%':
        return trimmed(value ?? '', word, operator)
      default:
        throw new LexError(unsupported)
    }
  }

  private replacement(name: string): string {
    const all = this.peek() === '/'
    if (all) this.next()
    const pattern = this.operand('/', true, "syntax error: missing '/' in ${}")
    const text = this.operand('}', true, "syntax error: missing '}'")
    const value = this.lookUp(name)
    if (value === undefined && this.options.keepUnset) return `\${${name}/${pattern}/${text}}`
    const glob = parseGlob(Array.from(pattern))
    if ('error' in glob) throw new LexError(`invalid pattern (${pattern}) in substitution: ${glob.error}`)
    return replaceMatches(glob, Array.from(value ?? ''), text, all)
  }
}

/** A pattern written backwards, each escape still before what it escapes. */
function reversed(pattern: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? ''
    const next = pattern[i + 1]
    if (char === '\\' && next !== undefined) {
      out.push(next, char)
      i++
    } else out.push(char)
  }
  return out.reverse()
}

function trimmed(value: string, word: string, operator: '#' | '%'): string {
  const greedy = word.startsWith(operator)
  const written = Array.from(greedy ? word.slice(1) : word)
  const pattern = operator === '%' ? reversed(written) : written
  const glob = parseGlob(pattern)
  if ('error' in glob)
    throw new LexError(`invalid pattern (${pattern.join('')}) in substitution: ${glob.error}`)
  const text = Array.from(value)
  if (operator === '#') return withoutPrefix(glob, text, greedy)
  return Array.from(withoutPrefix(glob, text.reverse(), greedy))
    .reverse()
    .join('')
}

/**
 * The value of a word: quotes and escapes resolved, variables filled in. A value with blanks stays one word.
 * An error has BuildKit's wording, `failed to process "…": …`. Takes time linear in the word, apart from patterns,
 * which take at most their length times that of the value.
 */
export function expandWord(
  word: string,
  variables: Variables,
  escapeChar: string,
  options: LexOptions = {},
): Expansion {
  // Most words are plain.
  if (!/[$'"<\\`\uFEFF]/.test(word)) return { kind: 'value', value: word, used: nothing, unset: nothing }
  const lexer = new Lexer(word, variables, escapeChar, { ...options, splits: false })
  try {
    const { value } = lexer.run()
    return { kind: 'value', value, used: lexer.used, unset: lexer.unset }
  } catch (error) {
    if (error instanceof LexError)
      return { kind: 'error', error: `failed to process ${quoted(word)}: ${error.message}` }
    throw error
  }
}

/** Like {@link expandWord}, and then split at blanks that are not quoted or escaped; null when the word is an error. */
export function expandWords(
  word: string,
  variables: Variables,
  escapeChar: string,
  options: LexOptions = {},
): readonly string[] | null {
  try {
    return new Lexer(word, variables, escapeChar, { ...options, splits: true }).run().words
  } catch (error) {
    if (error instanceof LexError) return null
    throw error
  }
}

/** No variable is set. */
export const noVariables: Variables = { get: () => undefined }
