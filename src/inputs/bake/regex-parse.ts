/** Go's regular expressions as a tree (google/re2 syntax; go, regexp/syntax/parse.go with the Perl flags). */

import { Unsuitable } from './convert.ts'

export type Test = (code: number) => boolean

export type Pattern =
  | { readonly kind: 'one'; readonly test: Test }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly parts: readonly Pattern[] }
  | {
      readonly kind: 'repeat'
      readonly part: Pattern
      readonly least: number
      readonly most: number
      readonly greedy: boolean
    }
  | { readonly kind: 'capture'; readonly index: number; readonly part: Pattern }
  | { readonly kind: 'assert'; readonly what: Assertion }

export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'boundary' | 'no-boundary'

export interface ParsedRegex {
  readonly pattern: Pattern
  /** Names of the groups, from the first; null for one without. */
  readonly groups: readonly (string | null)[]
}

interface Flags {
  readonly fold: boolean
  readonly lines: boolean
  readonly dotAll: boolean
  readonly lazy: boolean
}

const between =
  (...ranges: readonly (readonly [number, number])[]): Test =>
  (code) =>
    ranges.some(([low, high]) => code >= low && code <= high)
const digit = between([48, 57])
const word = between([48, 57], [65, 90], [95, 95], [97, 122])
const blank = between([9, 10], [12, 13], [32, 32])
const perl: Readonly<Record<string, Test>> = { d: digit, w: word, s: blank }
const posix: Readonly<Record<string, Test>> = {
  alnum: between([48, 57], [65, 90], [97, 122]),
  alpha: between([65, 90], [97, 122]),
  ascii: between([0, 127]),
  blank: between([9, 9], [32, 32]),
  cntrl: between([0, 31], [127, 127]),
  digit,
  graph: between([33, 126]),
  lower: between([97, 122]),
  print: between([32, 126]),
  punct: between([33, 47], [58, 64], [91, 96], [123, 126]),
  space: between([9, 13], [32, 32]),
  upper: between([65, 90]),
  word,
  xdigit: between([48, 57], [65, 70], [97, 102]),
}
const simpleEscapes: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const mostRepeats = 1000
const deepestNesting = 200

const folded =
  (test: Test): Test =>
  (code) => {
    if (test(code)) return true
    const letter = String.fromCodePoint(code)
    const lower = letter.toLowerCase().codePointAt(0) ?? code
    const upper = letter.toUpperCase().codePointAt(0) ?? code
    return test(lower) || test(upper)
  }
const not =
  (test: Test): Test =>
  (code) =>
    !test(code)

/** Throws {@link Unsuitable} for what Go's regexp does not compile. */
export function parseRegex(source: string): ParsedRegex {
  const groups: (string | null)[] = []
  let at = 0
  const wrong = (what: string): never => {
    throw new Unsuitable(`invalid regular expression: ${what}`)
  }
  const take = (token: string): boolean => {
    if (!source.startsWith(token, at)) return false
    at += token.length
    return true
  }
  const code = (): number => {
    const point = source.codePointAt(at) ?? 0
    at += point > 0xffff ? 2 : 1
    return point
  }

  const choice = (flags: Flags, depth: number): Pattern => {
    if (depth > deepestNesting) wrong('expression nests too deeply')
    let here = flags
    const parts: Pattern[] = []
    let sequence: Pattern[] = []
    while (at < source.length && source[at] !== ')') {
      if (take('|')) {
        parts.push({ kind: 'sequence', parts: sequence })
        sequence = []
        continue
      }
      const flagged = /\(\?([imsU]*)(?:-([imsU]+))?\)/y
      flagged.lastIndex = at
      const found = flagged.exec(source)
      if (found && found[0] !== '(?)') {
        at = flagged.lastIndex
        here = changed(here, found[1] ?? '', found[2] ?? '')
        continue
      }
      if (take('\\Q')) {
        const end = source.indexOf('\\E', at)
        const literal = source.slice(at, end < 0 ? source.length : end)
        at = end < 0 ? source.length : end + 2
        for (const point of literal) sequence.push(one((c) => c === point.codePointAt(0), here))
        continue
      }
      sequence.push(quantified(here, depth))
    }
    parts.push({ kind: 'sequence', parts: sequence })
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts }
  }

  const changed = (flags: Flags, on: string, off: string): Flags => {
    const set = (letter: string, before: boolean) => (on.includes(letter) || before) && !off.includes(letter)
    return {
      fold: set('i', flags.fold),
      lines: set('m', flags.lines),
      dotAll: set('s', flags.dotAll),
      lazy: set('U', flags.lazy),
    }
  }

  const one = (test: Test, flags: Flags): Pattern => ({ kind: 'one', test: flags.fold ? folded(test) : test })

  const quantified = (flags: Flags, depth: number): Pattern => {
    const part = atom(flags, depth)
    const quantifier = /([*+?]|\{(\d{1,5})(,(\d{0,5}))?\})(\??)/y
    quantifier.lastIndex = at
    const found = quantifier.exec(source)
    if (!found) return part
    at = quantifier.lastIndex
    const again = /[*+?]|\{\d{1,5}(?:,\d{0,5})?\}/y
    again.lastIndex = at
    if (again.test(source)) wrong('invalid nested repetition operator')
    const sign = found[1]
    const least = found[2] === undefined ? (sign === '+' ? 1 : 0) : Number(found[2])
    const most =
      found[2] === undefined
        ? sign === '?'
          ? 1
          : Number.POSITIVE_INFINITY
        : found[3] === undefined
          ? least
          : found[4] === ''
            ? Number.POSITIVE_INFINITY
            : Number(found[4])
    if (least > mostRepeats || (most > mostRepeats && most !== Number.POSITIVE_INFINITY) || most < least)
      wrong('invalid repeat count')
    return { kind: 'repeat', part, least, most, greedy: (found[5] === '') !== flags.lazy }
  }

  const atom = (flags: Flags, depth: number): Pattern => {
    if (take('(')) return group(flags, depth)
    if (take('[')) return one(set(), flags)
    if (take('.')) return { kind: 'one', test: flags.dotAll ? () => true : (c) => c !== 10 }
    if (take('^')) return { kind: 'assert', what: flags.lines ? 'line-start' : 'text-start' }
    if (take('$')) return { kind: 'assert', what: flags.lines ? 'line-end' : 'text-end' }
    if (/[*+?]/.test(source[at] ?? '')) wrong('missing argument to repetition operator')
    if (take('\\')) {
      if (take('A')) return { kind: 'assert', what: 'text-start' }
      if (take('z')) return { kind: 'assert', what: 'text-end' }
      if (take('b')) return { kind: 'assert', what: 'boundary' }
      if (take('B')) return { kind: 'assert', what: 'no-boundary' }
      const member = escaped()
      return one(typeof member === 'number' ? (c) => c === member : member, flags)
    }
    const literal = code()
    return one((c) => c === literal, flags)
  }

  const group = (flags: Flags, depth: number): Pattern => {
    const close = (part: Pattern): Pattern => {
      if (!take(')')) wrong('missing closing )')
      return part
    }
    const named = /\?P?<([A-Za-z0-9_]+)>/y
    named.lastIndex = at
    const name = named.exec(source)
    if (name || source[at] !== '?') {
      if (name) at = named.lastIndex
      if (name && groups.includes(name[1] ?? '')) wrong('duplicate capture group name')
      groups.push(name?.[1] ?? null)
      const index = groups.length
      return close({ kind: 'capture', index, part: choice(flags, depth + 1) })
    }
    const plain = /\?([imsU]*)(?:-([imsU]+))?:/y
    plain.lastIndex = at
    const found = plain.exec(source)
    if (!found) return wrong('invalid or unsupported Perl syntax')
    at = plain.lastIndex
    return close(choice(changed(flags, found[1] ?? '', found[2] ?? ''), depth + 1))
  }

  const escaped = (): number | Test => {
    const letter = source[at] ?? wrong('trailing backslash at end of expression')
    const lower = letter.toLowerCase()
    if (lower === 'p') return unicodeClass()
    const class_ = perl[lower]
    if (class_) {
      at++
      return letter === lower ? class_ : not(class_)
    }
    const numeric = /x(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))|([0-7]{3}|0[0-7]{0,2})/y
    numeric.lastIndex = at
    const found = numeric.exec(source)
    if (found) {
      at = numeric.lastIndex
      return found[3] === undefined
        ? Number.parseInt(found[1] ?? found[2] ?? '0', 16)
        : Number.parseInt(found[3], 8)
    }
    const simple = simpleEscapes[letter]
    if (simple !== undefined) {
      at++
      return simple
    }
    if (/[A-Za-z0-9]/.test(letter)) wrong('invalid escape sequence')
    return code()
  }

  const unicodeClass = (): Test => {
    const found = /([pP])(?:\{(\^?)([A-Za-z_]{1,40})\}|([A-Z]))/y
    found.lastIndex = at
    const match = found.exec(source)
    if (!match) return wrong('invalid character class range')
    at = found.lastIndex
    const name = match[3] ?? match[4] ?? ''
    let expression: RegExp | null = null
    for (const property of [name, `Script=${name}`]) {
      try {
        if (!/^(?:[CLMNPSZ][a-z]?|Script=.*)$/.test(property)) continue
        expression ??= new RegExp(`^\\p{${property}}$`, 'u')
      } catch {
        // Not a name Unicode has; the next form may be one.
      }
    }
    if (!expression) return wrong('invalid character class range')
    const known = expression
    const test: Test = (c) => known.test(String.fromCodePoint(c))
    return (match[1] === 'P') !== (match[2] === '^') ? not(test) : test
  }

  const set = (): Test => {
    const negated = take('^')
    const tests: Test[] = []
    let first = true
    for (;;) {
      if (at >= source.length) wrong('missing closing ]')
      if (!first && take(']')) break
      first = false
      const named = /\[:(\^?)([a-z]+):\]/y
      named.lastIndex = at
      const found = named.exec(source)
      if (found) {
        const test = posix[found[2] ?? ''] ?? wrong('invalid character class range')
        at = named.lastIndex
        tests.push(found[1] === '^' ? not(test) : test)
        continue
      }
      const low = take('\\') ? escaped() : code()
      if (typeof low !== 'number') {
        tests.push(low)
        continue
      }
      if (source[at] !== '-' || source[at + 1] === ']' || source[at + 1] === undefined) {
        tests.push((c) => c === low)
        continue
      }
      at++
      const high = take('\\') ? escaped() : code()
      if (typeof high !== 'number' || high < low) return wrong('invalid character class range')
      tests.push(between([low, high]))
    }
    const any: Test = (c) => tests.some((test) => test(c))
    return negated ? not(any) : any
  }

  const pattern = choice({ fold: false, lines: false, dotAll: false, lazy: false }, 0)
  if (at < source.length) wrong('unexpected )')
  return { pattern, groups }
}
