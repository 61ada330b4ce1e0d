/**
 * Numbers as cty has them: Go's big.Float with 512 bits for what stands in a file (go-cty, cty/value_init.go
 * ParseNumberVal), rounded to nearest, ties to even. `1/3` prints 155 digits in bake, so it has to here.
 */

/** `mantissa` × 2^`exponent`, with at most `precision` bits. */
export interface Float {
  readonly mantissa: bigint
  readonly exponent: number
  readonly precision: number
}

const filePrecision = 512
/** Beyond it a number takes more memory than it is worth; see {@link isPrintable}. */
const mostBits = 8192

/** Bits of the absolute value. */
function bitLength(n: bigint): number {
  const text = (n < 0n ? -n : n).toString(16)
  if (text === '0') return 0
  return (text.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(text[0] ?? '0', 16)))
}

function rounded(mantissa: bigint, exponent: number, precision: number, sticky = false): Float {
  if (mantissa === 0n) return { mantissa: 0n, exponent: 0, precision }
  const negative = mantissa < 0n
  let value = negative ? -mantissa : mantissa
  const excess = bitLength(value) - precision
  if (excess > 0) {
    const shift = BigInt(excess)
    const rest = value & ((1n << shift) - 1n)
    const half = 1n << (shift - 1n)
    value >>= shift
    if (rest > half || (rest === half && (sticky || (value & 1n) === 1n))) value++
    exponent += excess
  }
  // The fewest bits, so that equal numbers are equal field by field.
  const zeros = trailingZeros(value)
  value >>= BigInt(zeros)
  return { mantissa: negative ? -value : value, exponent: exponent + zeros, precision }
}

function trailingZeros(n: bigint): number {
  if ((n & 1n) === 1n) return 0
  const text = n.toString(2)
  return text.length - 1 - text.lastIndexOf('1')
}

/** A whole number, as Go's SetInt64 makes it. */
export const integer = (n: number | bigint): Float => rounded(BigInt(n), 0, 64)

/** A number from a decimal text `[+-]digits[.digits][e±digits]`; null when it is none, or one too large to hold. */
export function parseFloatText(text: string): Float | null {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!found) return null
  const [, sign, whole = '', fraction = '', power = '0'] = found
  if (whole === '' && fraction === '') return null
  if (whole.length + fraction.length > 2000 || power.length > 6) return null
  const scale = Number(power) - fraction.length
  if (Math.abs(scale) > 2000) return null
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  if (scale >= 0) return rounded(digits * 10n ** BigInt(scale), 0, filePrecision)
  return divideExact(digits, 10n ** BigInt(-scale), 0, filePrecision)
}

/** A number as a variable of the environment gives it: strconv.ParseFloat, 53 bits (buildx v0.29.1, convertPrimitive). */
export function fromDouble(n: number): Float {
  if (n === 0) return { mantissa: 0n, exponent: 0, precision: 53 }
  let exponent = 0
  let value = n
  while (!Number.isInteger(value)) {
    value *= 2
    exponent--
  }
  return rounded(BigInt(value), exponent, 53)
}

function divideExact(a: bigint, b: bigint, exponent: number, precision: number): Float {
  if (a === 0n) return { mantissa: 0n, exponent: 0, precision }
  const negative = a < 0n !== b < 0n
  const x = a < 0n ? -a : a
  const y = b < 0n ? -b : b
  const shift = Math.max(0, precision + 2 + bitLength(y) - bitLength(x))
  const scaled = x << BigInt(shift)
  const quotient = scaled / y
  return rounded(negative ? -quotient : quotient, exponent - shift, precision, scaled % y !== 0n)
}

const widest = (a: Float, b: Float) => Math.max(a.precision, b.precision)

/** a + b. */
export function add(a: Float, b: Float): Float {
  const exponent = Math.min(a.exponent, b.exponent)
  // Sums of numbers that are this far apart are the larger one.
  if (a.mantissa === 0n) return rounded(b.mantissa, b.exponent, widest(a, b))
  if (b.mantissa === 0n) return rounded(a.mantissa, a.exponent, widest(a, b))
  if (a.exponent - exponent > mostBits) return rounded(a.mantissa, a.exponent, widest(a, b))
  if (b.exponent - exponent > mostBits) return rounded(b.mantissa, b.exponent, widest(a, b))
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent))
  return rounded(sum, exponent, widest(a, b))
}

/** -a. */
export const negate = (a: Float): Float => ({ ...a, mantissa: -a.mantissa })
/** a - b. */
export const subtract = (a: Float, b: Float): Float => add(a, negate(b))
/** a × b. */
export const multiply = (a: Float, b: Float): Float =>
  rounded(a.mantissa * b.mantissa, a.exponent + b.exponent, widest(a, b))
/** a ÷ b; b is not zero. */
export const divide = (a: Float, b: Float): Float =>
  divideExact(a.mantissa, b.mantissa, a.exponent - b.exponent, widest(a, b))

/** The part before the point, towards zero; null when it has more digits than are worked with. */
export function truncate(a: Float): bigint | null {
  if (a.exponent > mostBits) return null
  if (a.exponent >= 0) return a.mantissa << BigInt(a.exponent)
  const magnitude =
    (a.mantissa < 0n ? -a.mantissa : a.mantissa) >> BigInt(Math.min(-a.exponent, mostBits * 4))
  return a.mantissa < 0n ? -magnitude : magnitude
}

export const isInteger = (a: Float): boolean => a.exponent >= 0

/** Less than, equal to, more than zero as a is compared with b. */
export function compare(a: Float, b: Float): number {
  const difference = subtract({ ...a, precision: mostBits }, { ...b, precision: mostBits }).mantissa
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The nearest number of JavaScript's own. */
export const toDouble = (a: Float): number => {
  const bits = bitLength(a.mantissa)
  if (bits <= 64) return Number(a.mantissa) * 2 ** a.exponent
  const shift = bits - 64
  return Number(a.mantissa >> BigInt(shift)) * 2 ** (a.exponent + shift)
}

/** An integer that fits Go's int, as indexes and sizes must; null otherwise. */
export function toIndex(a: Float): number | null {
  if (!isInteger(a)) return null
  const whole = truncate(a)
  return whole !== null && whole >= -(2n ** 53n) && whole <= 2n ** 53n ? Number(whole) : null
}

/** False for numbers whose digits would fill pages. */
export const isPrintable = (a: Float): boolean => Math.abs(a.exponent) <= mostBits

/** Shortest decimal digits that read back as the number: value = 0.d1d2d3… × 10^point. */
function shortestDigits(a: Float): { readonly digits: string; readonly point: number } {
  if (a.mantissa === 0n) return { digits: '0', point: 1 }
  const magnitude = a.mantissa < 0n ? -a.mantissa : a.mantissa
  // One bit more than the precision: its neighbours are the ends of the interval that rounds here.
  const shift = a.precision + 1 - bitLength(magnitude)
  const middle = shift >= 0 ? magnitude << BigInt(shift) : magnitude >> BigInt(-shift)
  const exponent = a.exponent - shift
  const exact = decimal(middle, exponent)
  const lower = decimal(middle - 1n, exponent)
  const upper = decimal(middle + 1n, exponent)
  const inclusive = (middle & 2n) === 0n
  const length = Math.max(exact.point, lower.point, upper.point)
  const align = (d: { readonly digits: string; readonly point: number }) =>
    '0'.repeat(length - d.point) + d.digits
  const m = align(exact)
  const l = align(lower)
  const u = align(upper)
  // Go, math/big/ftoa.go roundShortest.
  for (let i = 0; i < m.length; i++) {
    const dm = m.charCodeAt(i) - 48
    const dl = (l.charCodeAt(i) || 48) - 48
    const du = (u.charCodeAt(i) || 48) - 48
    const okDown = dl !== dm || (inclusive && i + 1 === l.length)
    const okUp = dm !== du && (inclusive || dm + 1 < du || i + 1 < u.length)
    if (!okDown && !okUp) continue
    const down = !okUp || (okDown && !roundsUp(m, i + 1))
    return trimmed(down ? m.slice(0, i + 1) : increment(m.slice(0, i + 1)), length, i + 1)
  }
  return trimmed(m, length, m.length)
}

function roundsUp(digits: string, at: number): boolean {
  const next = digits[at]
  if (next === undefined) return false
  if (next === '5' && /^0*$/.test(digits.slice(at + 1))) return Number(digits[at - 1] ?? '0') % 2 === 1
  return next >= '5'
}

const increment = (digits: string): string => (BigInt(digits) + 1n).toString().padStart(digits.length, '0')

function trimmed(digits: string, point: number, kept: number): { digits: string; point: number } {
  const grown = digits.length - kept
  const stripped = digits.replace(/^0+/, '')
  const leading = digits.length - stripped.length
  return { digits: stripped.replace(/0+$/, '') || '0', point: point + grown - leading }
}

function decimal(mantissa: bigint, exponent: number): { readonly digits: string; readonly point: number } {
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString()
    return { digits, point: digits.length }
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString()
  return { digits, point: digits.length + exponent }
}

/** Go's `Text('f', -1)`: plain decimals, as few as tell the number from its neighbours. */
export function formatFloat(a: Float): string {
  const { digits, point } = shortestDigits(a)
  const sign = a.mantissa < 0n ? '-' : ''
  if (digits === '0') return '0'
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Go's `Text('g', -1)` of a big.Float (math/big/ftoa.go): an exponent from a million on and below 10^-4. */
export function formatGeneral(a: Float, upper = false): string {
  const { digits, point } = shortestDigits(a)
  const power = point - 1
  if (digits === '0' || (power >= -4 && power < 6)) return formatFloat(a)
  const sign = a.mantissa < 0n ? '-' : ''
  return `${sign}${scientific(digits, power, upper)}`
}

/** `d.dde±xx`. */
export function scientific(digits: string, power: number, upper: boolean): string {
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : ''
  const size = String(Math.abs(power)).padStart(2, '0')
  return `${digits[0]}${rest}${upper ? 'E' : 'e'}${power < 0 ? '-' : '+'}${size}`
}

/** The number rounded to so many places after the point, ties to even, with the sign. */
export function formatFixed(a: Float, places: number): string {
  const magnitude = a.mantissa < 0n ? -a.mantissa : a.mantissa
  const { digits, point } = magnitude === 0n ? { digits: '0', point: 1 } : decimal(magnitude, a.exponent)
  const keep = point + places
  const padded = keep < 0 ? `${'0'.repeat(-keep)}${digits}` : digits
  const cut = Math.max(keep, 0)
  const kept = padded.slice(0, cut).padEnd(cut, '0')
  const up = roundsUp(cut === 0 ? `0${padded}` : padded, cut === 0 ? 1 : cut)
  const all = up ? (BigInt(`0${kept}`) + 1n).toString().padStart(cut, '0') : kept
  const text = all.padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  return `${a.mantissa < 0n ? '-' : ''}${whole}${places > 0 ? `.${text.slice(text.length - places)}` : ''}`
}

/** So many significant digits (at least one) and the power of ten of the first. */
export function significantDigits(
  a: Float,
  count: number,
): { readonly digits: string; readonly power: number } {
  const magnitude = a.mantissa < 0n ? -a.mantissa : a.mantissa
  if (magnitude === 0n) return { digits: '0'.repeat(count), power: 0 }
  const { digits, point } = decimal(magnitude, a.exponent)
  const first = digits.search(/[1-9]/)
  const own = digits.slice(first)
  const power = point - first - 1
  const kept = own.slice(0, count).padEnd(count, '0')
  if (!roundsUp(own, count)) return { digits: kept, power }
  const up = (BigInt(kept) + 1n).toString()
  return up.length > count
    ? { digits: up.slice(0, count), power: power + 1 }
    : { digits: up.padStart(count, '0'), power }
}
