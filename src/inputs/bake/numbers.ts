/** Functions of numbers and truth values (go-cty, cty/function/stdlib: number.go, bool.go, general.go). */

import { Unsuitable } from './convert.ts'
import { aBool, aNumber, anything, type BakeFunction, fixed, variadic } from './function.ts'
import {
  add,
  compare,
  divide,
  type Float,
  fromDouble,
  integer,
  isInteger,
  multiply,
  negate,
  subtract,
  toDouble,
  toIndex,
  truncate,
} from './number.ts'
import { Refusal } from './source.ts'
import { bool, equal, number, type Value } from './value.ts'

/** a mod b as cty does it: what is left after taking b as often as a holds it. b is not zero. */
export function modulo(a: Float, b: Float): Float {
  return subtract(a, multiply(b, integer(whole(divide(a, b)))))
}

function whole(a: Float): bigint {
  const value = truncate(a)
  if (value === null) throw new Refusal('a number is too large to work with', null, true)
  return value
}

const floatOf = (value: Value | undefined): Float => (value?.kind === 'number' ? value.value : integer(0))
const truthOf = (value: Value | undefined): boolean => value?.kind === 'bool' && value.value

const pair = (work: (a: Float, b: Float) => Value): BakeFunction =>
  fixed([aNumber('a'), aNumber('b')], ([a, b]) => work(floatOf(a), floatOf(b)))
const single = (work: (a: Float) => Value): BakeFunction => fixed([aNumber('num')], ([a]) => work(floatOf(a)))
const both = (work: (a: boolean, b: boolean) => boolean): BakeFunction =>
  fixed([aBool('a'), aBool('b')], ([a, b]) => bool(work(truthOf(a), truthOf(b))))
const extreme = (sign: number): BakeFunction =>
  variadic([], aNumber('numbers'), (args) => {
    if (args.length === 0) throw new Unsuitable('must pass at least one number')
    const all = args.map(floatOf)
    return number(all.reduce((best, each) => (compare(each, best) * sign > 0 ? each : best)))
  })

function fromFloat64(value: number): Value {
  if (Number.isNaN(value)) throw new Unsuitable("can't compute a value that is not a number")
  if (!Number.isFinite(value)) throw new Refusal('a number is too large to work with', null, true)
  return number(fromDouble(value))
}

function floor(a: Float): bigint {
  const cut = whole(a)
  return isInteger(a) || a.mantissa > 0n ? cut : cut - 1n
}

const digitsOf = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function parseInteger(written: Value | undefined, baseGiven: Float): Value {
  if (written?.kind !== 'string') throw new Unsuitable('first argument must be a string')
  const base = toIndex(baseGiven)
  if (base === null || base < 2 || base > 62) {
    throw new Unsuitable('base must be a whole number between 2 and 62 inclusive')
  }
  const found = /^([+-]?)([0-9a-zA-Z]{1,2000})$/.exec(written.value)
  const wrong = () => new Unsuitable(`cannot parse "${written.value.slice(0, 80)}" as a base ${base} integer`)
  if (!found) throw wrong()
  let value = 0n
  for (const char of base <= 36 ? (found[2] ?? '').toLowerCase() : (found[2] ?? '')) {
    const digit = digitsOf.indexOf(char)
    if (digit >= base) throw wrong()
    value = value * BigInt(base) + BigInt(digit)
  }
  const signed = found[1] === '-' ? -value : value
  return number(exactly(signed))
}

/** Go's SetInt: as many bits as it takes, 64 at least. */
const exactly = (value: bigint): Float =>
  multiply({ mantissa: value, exponent: 0, precision: 8192 }, integer(1))

export const numberFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  ['absolute', single((a) => number(a.mantissa < 0n ? negate(a) : a))],
  ['add', pair((a, b) => number(add(a, b)))],
  ['subtract', pair((a, b) => number(subtract(a, b)))],
  ['multiply', pair((a, b) => number(multiply(a, b)))],
  [
    'divide',
    pair((a, b) => {
      if (b.mantissa === 0n) throw new Unsuitable('divide by zero')
      return number(divide(a, b))
    }),
  ],
  [
    'modulo',
    pair((a, b) => {
      if (b.mantissa === 0n) throw new Unsuitable('divide by zero')
      return number(modulo(a, b))
    }),
  ],
  ['negate', single((a) => number(negate(a)))],
  ['ceil', single((a) => number(integer(-floor(negate(a)))))],
  ['floor', single((a) => number(integer(floor(a))))],
  ['int', single((a) => number(integer(whole(a))))],
  [
    'signum',
    single((a) => {
      if (toIndex(a) === null) throw new Unsuitable('value must be a whole number')
      return number(integer(a.mantissa < 0n ? -1 : a.mantissa > 0n ? 1 : 0))
    }),
  ],
  ['greaterthan', pair((a, b) => bool(compare(a, b) > 0))],
  ['greaterthanorequalto', pair((a, b) => bool(compare(a, b) >= 0))],
  ['lessthan', pair((a, b) => bool(compare(a, b) < 0))],
  ['lessthanorequalto', pair((a, b) => bool(compare(a, b) <= 0))],
  ['min', extreme(-1)],
  ['max', extreme(1)],
  ['log', pair((a, b) => fromFloat64(Math.log(toDouble(a)) / Math.log(toDouble(b))))],
  ['pow', pair((a, b) => fromFloat64(toDouble(a) ** toDouble(b)))],
  [
    'parseint',
    fixed([anything('number'), aNumber('base')], ([written, base]) => parseInteger(written, floatOf(base))),
  ],
  ['and', both((a, b) => a && b)],
  ['or', both((a, b) => a || b)],
  ['not', fixed([aBool('val')], ([a]) => bool(!truthOf(a)))],
  [
    'equal',
    fixed([anything('a', true), anything('b', true)], ([a, b], run) => bool(!!a && !!b && equal(run, a, b))),
  ],
  [
    'notequal',
    fixed([anything('a', true), anything('b', true)], ([a, b], run) => bool(!(a && b && equal(run, a, b)))),
  ],
])
