/** `format` and `formatlist` (go-cty, cty/function/stdlib/format.go): what of Go's verbs cty lets through. */

import { convert, Unsuitable } from './convert.ts'
import { anything, aString, type BakeFunction, variadic } from './function.ts'
import { graphemes } from './graphemes.ts'
import { jsonString, toJson } from './json-value.ts'
import {
  type Float,
  formatFixed,
  formatGeneral,
  isInteger,
  isPrintable,
  scientific,
  significantDigits,
  truncate,
} from './number.ts'
import { Refusal, type Run } from './source.ts'
import { boolType, list, numberType, strings, stringType, text, type Value } from './value.ts'

interface Verb {
  readonly raw: string
  readonly flags: string
  readonly width: number
  readonly precision: number | null
  readonly letter: string
}

const verbPattern = /%([ 0+#-]*)(\d*)(?:\.(\d*))?(?:\[(\d+)\])?([A-Za-z%])?/y
const mostWidth = 10_000

function formatOnce(run: Run, spec: string, args: readonly Value[]): string {
  const pieces: string[] = []
  let next = 0
  let highest = 0
  let from = 0
  for (;;) {
    const start = spec.indexOf('%', from)
    if (start < 0) break
    pieces.push(spec.slice(from, start))
    verbPattern.lastIndex = start
    const found = verbPattern.exec(spec)
    const letter = found?.[5]
    if (!found || letter === undefined) {
      throw new Unsuitable(`unrecognized format character at offset ${start}`)
    }
    from = verbPattern.lastIndex
    if (letter === '%') {
      pieces.push('%')
      continue
    }
    const width = Number(found[2] || '0')
    const precision = found[3] === undefined ? null : Number(found[3] || '0')
    if (width > mostWidth || (precision ?? 0) > mostWidth) {
      throw new Refusal('a width this large is not followed', null, true)
    }
    if (found[4] !== undefined) {
      next = Number(found[4]) - 1
      if (next < 0) throw new Unsuitable('argument index must be positive')
    }
    const verb: Verb = { raw: found[0], flags: found[1] ?? '', width, precision, letter }
    const argument = args[next]
    if (!argument) throw new Unsuitable(`not enough arguments for "${verb.raw}" at ${start}`)
    next++
    highest = Math.max(highest, next)
    const piece = formatVerb(run, verb, argument)
    run.spend(1 + (piece.length >> 4))
    pieces.push(piece)
  }
  pieces.push(spec.slice(from))
  if (args.length > highest) throw new Unsuitable(`too many arguments; only ${highest} used by format string`)
  return pieces.join('')
}

function formatVerb(run: Run, verb: Verb, argument: Value): string {
  if (verb.letter !== 'v' && argument.kind === 'null') {
    throw new Unsuitable(`unsupported value for "${verb.raw}": null value cannot be formatted`)
  }
  switch (verb.letter) {
    case 'v':
      return pad(verb, formatPlain(run, verb, argument))
    case 't': {
      const value = convert(run, argument, boolType)
      return value.kind === 'bool' && value.value ? 'true' : 'false'
    }
    case 's':
    case 'q': {
      const value = convert(run, argument, stringType)
      const all = value.kind === 'string' ? value.value : ''
      const cut =
        verb.precision !== null && verb.precision > 0 ? graphemes(all).slice(0, verb.precision).join('') : all
      return pad(verb, verb.letter === 's' ? cut : jsonString(cut))
    }
    case 'b':
    case 'd':
    case 'o':
    case 'x':
    case 'X':
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G': {
      const value = convert(run, argument, numberType)
      if (value.kind !== 'number') throw new Unsuitable('a number is required')
      if (!isPrintable(value.value)) throw new Refusal('a number is too large to write out', null, true)
      const digits = 'bdoxX'.includes(verb.letter)
        ? formatWhole(verb, value.value)
        : formatReal(verb, value.value)
      return padNumber(verb, digits)
    }
    default:
      throw new Unsuitable(`unsupported format verb '${verb.letter}' in "${verb.raw}"`)
  }
}

function formatPlain(run: Run, verb: Verb, argument: Value): string {
  if (!verb.flags.includes('#')) {
    if (argument.kind === 'string') return argument.value
    if (argument.kind === 'number' && isPrintable(argument.value)) return formatGeneral(argument.value)
  }
  return toJson(run, argument)
}

function pad(verb: Verb, written: string): string {
  const missing = verb.width - (verb.width === 0 ? 0 : graphemes(written).length)
  if (missing <= 0) return written
  const filler = (verb.flags.includes('0') ? '0' : ' ').repeat(missing)
  return verb.flags.includes('-') ? written + filler : filler + written
}

function formatWhole(verb: Verb, value: Float): string {
  const integer = isInteger(value) ? truncate(value) : null
  if (integer === null) throw new Unsuitable(`unsupported value for "${verb.raw}": an integer is required`)
  const magnitude = integer < 0n ? -integer : integer
  const base = verb.letter === 'b' ? 2 : verb.letter === 'o' ? 8 : verb.letter === 'd' ? 10 : 16
  const digits = magnitude.toString(base).padStart(verb.precision ?? 0, '0')
  const cased = verb.letter === 'X' ? digits.toUpperCase() : digits
  const prefix = !verb.flags.includes('#')
    ? ''
    : base === 2
      ? '0b'
      : base === 8
        ? '0'
        : base === 16
          ? `0${verb.letter}`
          : ''
  return `${integer < 0n ? '-' : ''}${prefix}${cased}`
}

function formatReal(verb: Verb, value: Float): string {
  const { letter, precision } = verb
  const negative = value.mantissa < 0n
  if (letter === 'f') return formatFixed(value, precision ?? 6)
  if (letter === 'e' || letter === 'E') {
    const { digits, power } = significantDigits(value, (precision ?? 6) + 1)
    return `${negative ? '-' : ''}${scientific(digits, power, letter === 'E')}`
  }
  if (precision === null) return formatGeneral(value, letter === 'G')
  const wanted = Math.max(1, precision)
  const { digits, power } = significantDigits(value, wanted)
  const short = digits.replace(/0+$/, '') || '0'
  if (power < -4 || power >= wanted)
    return `${negative ? '-' : ''}${scientific(short, power, letter === 'G')}`
  return formatFixed(value, Math.max(0, short.length - 1 - power))
}

function padNumber(verb: Verb, written: string): string {
  const negative = written.startsWith('-')
  const sign = negative ? '-' : verb.flags.includes('+') ? '+' : verb.flags.includes(' ') ? ' ' : ''
  const digits = negative ? written.slice(1) : written
  const missing = verb.width - sign.length - digits.length
  if (missing <= 0) return sign + digits
  if (verb.flags.includes('-')) return sign + digits + ' '.repeat(missing)
  return verb.flags.includes('0') ? sign + '0'.repeat(missing) + digits : ' '.repeat(missing) + sign + digits
}

const textOf = (value: Value | undefined): string => (value?.kind === 'string' ? value.value : '')

function formatList(run: Run, spec: string, args: readonly Value[]): Value {
  if (args.length === 0) return strings([formatOnce(run, spec, [])])
  let rounds = -1
  for (const argument of args) {
    if (!('items' in argument)) continue
    if (rounds >= 0 && argument.items.length !== rounds) {
      throw new Unsuitable(
        `argument has length ${argument.items.length}, which is inconsistent with an earlier argument of length ${rounds}`,
      )
    }
    rounds = argument.items.length
  }
  const count = rounds < 0 ? 1 : rounds
  const made: Value[] = []
  for (let i = 0; i < count; i++) {
    run.spend(args.length)
    const row = args.map((argument) => ('items' in argument ? (argument.items[i] ?? argument) : argument))
    made.push(text(formatOnce(run, spec, row)))
  }
  return list(made, stringType)
}

export const formatFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  [
    'format',
    variadic([aString('format')], anything('args', true), ([spec, ...args], run) =>
      text(formatOnce(run, textOf(spec), args)),
    ),
  ],
  [
    'formatlist',
    variadic([aString('format')], anything('args', true), ([spec, ...args], run) =>
      formatList(run, textOf(spec), args),
    ),
  ],
])
