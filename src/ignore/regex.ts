/**
 * The regular expressions that ignore patterns turn into, read with RE2's rules (Go, regexp/syntax/parse.go with the
 * Perl flags) instead of JavaScript's: `\z`, `\pL`, `[[:alpha:]]`, ASCII-only `\w`, `.` without the newline.
 */

/** A set of code points. Sets with the same key hold the same code points. */
export interface CharSet {
  readonly key: string
  readonly has: (code: number) => boolean
}

/** One element of a pattern, in the order in which they must match. */
export type Token =
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'star'; readonly set: CharSet }
  | { readonly kind: 'optional'; readonly set: CharSet }
  /** `(.*\/)?`, or with `set` of all characters the dot-all form that SUFFIX patterns need. */
  | { readonly kind: 'directories'; readonly set: CharSet }
  | { readonly kind: 'boundary'; readonly negated: boolean }

/** Matches from the first character to the last. */
export type Sequence = readonly Token[]

export const anyCharacter: CharSet = { key: 'any', has: () => true }
const notNewline: CharSet = { key: 'dot', has: (code) => code !== 10 }

/** Thrown inside {@link parseRegex}; callers see null. */
class InvalidRegex extends Error {}

type Member = readonly [low: number, high: number] | ((code: number) => boolean)

const ascii = (...ranges: readonly (readonly [number, number])[]) => ranges
const digit = ascii([48, 57])
const upper = ascii([65, 90])
const lower = ascii([97, 122])
const posix: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alnum: [...digit, ...upper, ...lower],
  alpha: [...upper, ...lower],
  ascii: ascii([0, 127]),
  blank: ascii([9, 9], [32, 32]),
  cntrl: ascii([0, 31], [127, 127]),
  digit,
  graph: ascii([33, 126]),
  lower,
  print: ascii([32, 126]),
  punct: ascii([33, 47], [58, 64], [91, 96], [123, 126]),
  space: ascii([9, 13], [32, 32]),
  upper,
  word: [...digit, ...upper, ...lower, [95, 95]],
  xdigit: [...digit, [65, 70], [97, 102]],
}
const perl: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  d: digit,
  s: ascii([9, 10], [12, 13], [32, 32]),
  w: [...digit, ...upper, ...lower, [95, 95]],
}
const simpleEscapes: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const generalCategory = /^(?:C[cfo]|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/
/** Scripts with a name of four letters; JavaScript would also take four letters as the short name of any other. */
const shortScripts: ReadonlySet<string> = new Set([
  'Ahom',
  'Cham',
  'Kawi',
  'Lisu',
  'Modi',
  'Newa',
  'Thai',
  'Toto',
])

/** A category or script by the names of Go's package unicode, case and all; null when there is none. */
function characterProperty(name: string): RegExp | null {
  // JavaScript counts surrogates and unassigned code points too.
  if (name === 'C') return /[\p{Cc}\p{Cf}\p{Co}]/u
  if (name === 'Any') return /[\s\S]/u
  if (generalCategory.test(name)) return new RegExp(`\\p{gc=${name}}`, 'u')
  if (!/^[A-Z][A-Za-z_]+$/.test(name) || (name.length === 4 && !shortScripts.has(name))) return null
  try {
    return new RegExp(`\\p{sc=${name}}`, 'u')
  } catch {
    return null
  }
}

const contains = (members: readonly Member[], code: number) =>
  members.some((m) => (typeof m === 'function' ? m(code) : m[0] <= code && code <= m[1]))
const complement =
  (members: readonly Member[]): Member =>
  (code) =>
    !contains(members, code)

/** Reads `text` (which starts with `^`): the alternatives that some text can match; null when RE2 refuses it. */
export function parseRegex(text: string): readonly Sequence[] | null {
  try {
    return new Reader(text).read()
  } catch (thrown) {
    if (thrown instanceof InvalidRegex) return null
    throw thrown
  }
}

class Reader {
  readonly #chars: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#chars = [...text]
  }

  read(): readonly Sequence[] {
    const alternatives: Part[][] = []
    let parts: Part[] = []
    let repeated = false
    while (this.#at < this.#chars.length) {
      if (this.#peek() === '|') {
        this.#at++
        alternatives.push(parts)
        parts = []
        repeated = false
        continue
      }
      const counts = this.#counts()
      if (counts) {
        // Go: nothing to repeat, and no repetition of a repetition.
        const last = parts.pop()
        if (last === undefined || repeated) throw new InvalidRegex()
        repeat(parts, last, counts)
        repeated = true
        continue
      }
      const before = parts.length
      this.#element(parts)
      const last = parts.length > before ? parts.at(-1) : undefined
      repeated = last !== undefined && isToken(last) && (last.kind === 'star' || last.kind === 'directories')
    }
    return [...alternatives, parts].map(anchored).filter((sequence) => sequence !== null)
  }

  /** `{n}`, `{n,}` or `{n,m}`; null, and nothing taken, for anything else, where the brace stands for itself. */
  #counts(): Counts | null {
    if (this.#peek() !== '{') return null
    let length = 1
    while (/^[0-9,]$/.test(this.#peek(length) ?? '')) length++
    const text = this.#chars.slice(this.#at, this.#at + length + 1).join('')
    const found = /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}$/.exec(text)
    if (!found) return null
    this.#at += length + 1
    const least = Number(found[1])
    const most =
      found[2] === undefined ? least : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])
    if (least > 1000 || (most > 1000 && found[3] !== undefined) || least > most) throw new InvalidRegex()
    return { least, most }
  }

  #peek(offset = 0): string | undefined {
    return this.#chars[this.#at + offset]
  }

  #element(parts: Part[]): void {
    const c = this.#chars[this.#at++] ?? ''
    if (c === '^') parts.push('begin')
    else if (c === '$') parts.push('end')
    else if (c === '[') this.#quantified(parts, this.#class())
    else if (c === '.') this.#quantified(parts, notNewline)
    else if (c === '(') {
      // The compiler writes parentheses only as `(.*/)?`.
      this.#at += '.*/)?'.length
      parts.push({ kind: 'directories', set: notNewline })
    } else if (c === '\\') this.#escape(parts)
    else parts.push(literal(code(c)))
  }

  #quantified(parts: Part[], set: CharSet): void {
    if (this.#peek() === '*') {
      this.#at++
      parts.push({ kind: 'star', set })
    } else parts.push({ kind: 'set', set })
  }

  #escape(parts: Part[]): void {
    const c = this.#peek()
    if (c === 'A' || c === 'z' || c === 'b' || c === 'B') {
      this.#at++
      parts.push(c === 'A' ? 'begin' : c === 'z' ? 'end' : { kind: 'boundary', negated: c === 'B' })
      return
    }
    if (c === 'Q') {
      // \Q … \E: all between is literal, up to the end of the expression when \E is missing, its `$` included.
      this.#at++
      while (this.#at < this.#chars.length && !(this.#peek() === '\\' && this.#peek(1) === 'E'))
        parts.push(literal(code(this.#chars[this.#at++] ?? '')))
      this.#at = Math.min(this.#at + 2, this.#chars.length)
      return
    }
    const start = this.#at
    const set = this.#setEscape()
    if (set)
      this.#quantified(parts, makeSet([set], false, `\\${this.#chars.slice(start, this.#at).join('')}`))
    else parts.push(literal(this.#charEscape()))
  }

  /** `\d`, `\PL`…, the backslash already taken; null when it is no set. */
  #setEscape(): Member | null {
    const c = this.#peek() ?? ''
    if (c === 'p' || c === 'P') {
      this.#at++
      const name = this.#name()
      const category = characterProperty(name.replace(/^\^/, ''))
      if (!category) throw new InvalidRegex()
      const wanted = (c === 'p') !== name.startsWith('^')
      return (code) => category.test(String.fromCodePoint(code)) === wanted
    }
    const ranges = perl[c.toLowerCase()]
    if (!ranges) return null
    this.#at++
    return c >= 'a' ? (code) => contains(ranges, code) : complement(ranges)
  }

  /** One character, or what stands in braces. */
  #name(): string {
    const first = this.#chars[this.#at++] ?? ''
    if (first !== '{') return first
    const end = this.#chars.indexOf('}', this.#at)
    if (end < 0) throw new InvalidRegex()
    const name = this.#chars.slice(this.#at, end).join('')
    this.#at = end + 1
    return name
  }

  /** The code point of an escaped character, the backslash already taken. */
  #charEscape(): number {
    const c = this.#chars[this.#at++]
    if (c === undefined) throw new InvalidRegex()
    const simple = simpleEscapes[c]
    if (simple !== undefined) return simple
    if (/^[0-7]$/.test(c)) {
      if (c !== '0' && !/^[0-7]$/.test(this.#peek() ?? '')) throw new InvalidRegex()
      let octal = c
      while (octal.length < 3 && /^[0-7]$/.test(this.#peek() ?? '')) octal += this.#chars[this.#at++]
      return Number.parseInt(octal, 8)
    }
    if (c === 'x' && this.#peek() === '{') {
      const hex = this.#name()
      const value = /^[0-9a-fA-F]+$/.test(hex) ? Number.parseInt(hex, 16) : Number.NaN
      if (!(value <= 0x10ffff)) throw new InvalidRegex()
      return value
    }
    if (c === 'x') {
      const hex = `${this.#peek() ?? ''}${this.#peek(1) ?? ''}`
      if (!/^[0-9a-fA-F]{2}$/.test(hex)) throw new InvalidRegex()
      this.#at += 2
      return Number.parseInt(hex, 16)
    }
    if (code(c) < 128 && !/[0-9A-Za-z]/.test(c)) return code(c)
    throw new InvalidRegex()
  }

  #class(): CharSet {
    const start = this.#at
    const negated = this.#peek() === '^'
    if (negated) this.#at++
    const members: Member[] = []
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#peek() === '[' && this.#peek(1) === ':' && this.#namedClass(members)) continue
      if (this.#peek() === '\\') {
        this.#at++
        const set = this.#setEscape()
        if (set) {
          members.push(set)
          continue
        }
        this.#at--
      }
      const low = this.#classChar()
      let high = low
      if (this.#peek() === '-' && this.#peek(1) !== ']' && this.#peek(1) !== undefined) {
        this.#at++
        high = this.#classChar()
        if (high < low) throw new InvalidRegex()
      }
      members.push([low, high])
    }
    this.#at++
    return makeSet(members, negated, this.#chars.slice(start, this.#at).join(''))
  }

  /** `[:alpha:]` inside a class; false when there is no `:]` to end it, and then it is ordinary characters. */
  #namedClass(members: Member[]): boolean {
    const rest = this.#chars.slice(this.#at + 2).join('')
    const end = rest.indexOf(':]')
    if (end < 0) return false
    const name = rest.slice(0, end)
    const ranges = posix[name.replace(/^\^/, '')]
    if (!ranges) throw new InvalidRegex()
    members.push(name.startsWith('^') ? complement(ranges) : (code) => contains(ranges, code))
    this.#at += 2 + [...name].length + 2
    return true
  }

  #classChar(): number {
    const c = this.#chars[this.#at++]
    if (c === undefined) throw new InvalidRegex()
    return c === '\\' ? this.#charEscape() : code(c)
  }
}

const code = (c: string) => c.codePointAt(0) ?? 0
const isRawByte = (value: number) => value >= 0xdc80 && value <= 0xdcff

/** A literal. U+FFFD also stands for a byte that is not UTF-8: Go's regexp reads such a byte as U+FFFD. */
function literal(value: number): Token {
  return value === 0xfffd
    ? { kind: 'set', set: makeSet([[value, value]], false, 'U+FFFD') }
    : { kind: 'char', code: value }
}

function makeSet(members: readonly Member[], negated: boolean, key: string): CharSet {
  return { key, has: (value) => contains(members, isRawByte(value) ? 0xfffd : value) !== negated }
}

interface Counts {
  readonly least: number
  readonly most: number
}

/** Go stops at 3.3 million; so many tokens would cost a gigabyte here, and no path is as long as even these. */
const mostTokens = 100_000

/** Puts `part` into `parts` as often as the counts say; what matches the empty text at best once. */
function repeat(parts: Part[], part: Part, { least, most }: Counts): void {
  if (!isToken(part) || part.kind === 'boundary') {
    if (least > 0) parts.push(part)
    return
  }
  if (part.kind === 'star' || part.kind === 'directories' || part.kind === 'optional') {
    if (most > 0) parts.push(part)
    return
  }
  const set = part.kind === 'set' ? part.set : makeSet([[part.code, part.code]], false, `char ${part.code}`)
  if (parts.length + (most === Number.POSITIVE_INFINITY ? least : most) > mostTokens) throw new InvalidRegex()
  for (let i = 0; i < least; i++) parts.push(part)
  if (most === Number.POSITIVE_INFINITY) parts.push({ kind: 'star', set })
  else for (let i = least; i < most; i++) parts.push({ kind: 'optional', set })
}

type Part = Token | 'begin' | 'end'

const isToken = (part: Part): part is Token => typeof part === 'object'
const isBoundary = (part: Part): part is Token => isToken(part) && part.kind === 'boundary'
const isNullable = (part: Part) => !isToken(part) || ['star', 'optional', 'directories'].includes(part.kind)

/**
 * Resolves the anchors: what stands before a `begin` must match nothing, likewise after an `end`. Where there is no
 * `begin` or `end` (its `$` was escaped or quoted, or it is another alternative's), anything may stand there.
 * Null when no text whatever can match.
 */
function anchored(parts: readonly Part[]): Sequence | null {
  const begin = parts.lastIndexOf('begin')
  const end = parts.indexOf('end')
  // An end before the beginning leaves only the empty text, and no path is empty.
  if (end >= 0 && end < begin) return null
  const before = parts.slice(0, begin + 1)
  const after = end < 0 ? [] : parts.slice(end)
  if (![...before, ...after].every((part) => isNullable(part) || isBoundary(part))) return null
  const inner = parts.slice(begin + 1, end < 0 ? undefined : end).filter(isToken)
  const anything: readonly Token[] = [{ kind: 'star', set: anyCharacter }]
  const start = begin < 0 ? anything : before.filter(isBoundary)
  const close = end < 0 ? anything : after.filter(isBoundary)
  // A boundary beyond an anchor tests the same place as one just inside of it.
  return [...start, ...inner, ...close]
}
