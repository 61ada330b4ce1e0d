/** `formatdate` and `timeadd` (go-cty, cty/function/stdlib/datetime.go): timestamps in, no clock read. */

import { Unsuitable } from './convert.ts'
import { aString, type BakeFunction, fixed } from './function.ts'
import { stringType, text, unknown, type Value } from './value.ts'

interface Moment {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Of the zone that is written, from UTC; null for `Z`. */
  readonly offsetMinutes: number | null
  readonly nanoseconds: bigint
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:(Z)|([+-])(\d\d):(\d\d))$/
const textOf = (value: Value | undefined): string => (value?.kind === 'string' ? value.value : '')
const two = (n: number) => String(n).padStart(2, '0')

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
}

function parseMoment(written: string): Moment {
  const found = pattern.exec(written)
  const wrong = () => new Unsuitable('not a valid RFC3339 timestamp')
  if (!found) throw wrong()
  const part = (i: number) => Number(found[i] ?? '0')
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)]
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(year, month) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    throw wrong()
  if (part(10) > 23 || part(11) > 59) throw wrong()
  const offset = (part(10) * 60 + part(11)) * (found[9] === '-' ? -1 : 1)
  const nanoseconds = BigInt((found[7] ?? '').padEnd(9, '0') || '0')
  return { year, month, day, hour, minute, second, offsetMinutes: found[8] ? null : offset, nanoseconds }
}

/** Days since 1970-01-01 of the proleptic Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468
}

function fromDayNumber(days: number): {
  readonly year: number
  readonly month: number
  readonly day: number
} {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const ofEra = z - era * 146097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * ofYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

function zone(offset: number | null, colon: boolean): string {
  const minutes = Math.abs(offset ?? 0)
  return `${(offset ?? 0) < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon ? ':' : ''}${two(minutes % 60)}`
}

const weekday = ({ year, month, day }: Moment): string =>
  weekdays[(((dayNumber(year, month, day) + 4) % 7) + 7) % 7] ?? ''
const monthName = ({ month }: Moment): string => months[month - 1] ?? ''
const twelve = ({ hour }: Moment): number => hour % 12 || 12
const isUtc = ({ offsetMinutes }: Moment): boolean => (offsetMinutes ?? 0) === 0

const verbs: ReadonlyMap<string, (at: Moment) => string> = new Map([
  ['YYYY', ({ year }) => String(year).padStart(4, '0')],
  ['YY', ({ year }) => two(year % 100)],
  ['MMMM', monthName],
  ['MMM', (at) => monthName(at).slice(0, 3)],
  ['MM', ({ month }) => two(month)],
  ['M', ({ month }) => String(month)],
  ['DD', ({ day }) => two(day)],
  ['D', ({ day }) => String(day)],
  ['EEEE', weekday],
  ['EEE', (at) => weekday(at).slice(0, 3)],
  ['hh', ({ hour }) => two(hour)],
  ['h', ({ hour }) => String(hour)],
  ['HH', (at) => two(twelve(at))],
  ['H', (at) => String(twelve(at))],
  ['AA', ({ hour }) => (hour >= 12 ? 'PM' : 'AM')],
  ['aa', ({ hour }) => (hour >= 12 ? 'pm' : 'am')],
  ['mm', ({ minute }) => two(minute)],
  ['m', ({ minute }) => String(minute)],
  ['ss', ({ second }) => two(second)],
  ['s', ({ second }) => String(second)],
  ['ZZZZZ', ({ offsetMinutes }) => zone(offsetMinutes, true)],
  ['ZZZZ', ({ offsetMinutes }) => zone(offsetMinutes, false)],
  ['ZZZ', (at) => (isUtc(at) ? 'UTC' : zone(at.offsetMinutes, false))],
  ['Z', (at) => (isUtc(at) ? 'Z' : zone(at.offsetMinutes, true))],
])

function formatToken(token: string, at: Moment): string {
  const verb = verbs.get(token)
  if (!verb) throw new Unsuitable(`invalid date format verb "${token.slice(0, 20)}"`)
  return verb(at)
}

function formatDate(spec: string, at: Moment): string {
  const pieces: string[] = []
  let i = 0
  while (i < spec.length) {
    const char = spec[i] ?? ''
    if (char === "'") {
      const literal: string[] = []
      i++
      for (;;) {
        const quote = spec.indexOf("'", i)
        if (quote < 0) throw new Unsuitable("unterminated literal '")
        literal.push(spec.slice(i, quote))
        i = quote + 1
        if (spec[i] !== "'") break
        literal.push("'")
        i++
      }
      pieces.push(literal.join(''))
      continue
    }
    let end = i + 1
    if (/[A-Za-z]/.test(char)) while (spec[end] === char) end++
    pieces.push(/[A-Za-z]/.test(char) ? formatToken(spec.slice(i, end), at) : char)
    i = end
  }
  return pieces.join('')
}

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** time.ParseDuration, in nanoseconds. */
function parseDuration(written: string): bigint {
  const wrong = () => new Unsuitable('not a valid duration')
  const found = /^([+-]?)(0|(?:(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:ns|us|µs|μs|ms|s|m|h)){1,50})$/.exec(
    written,
  )
  if (!found) throw wrong()
  let total = 0n
  for (const each of (found[2] ?? '').matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const unit = units[each[3] ?? ''] ?? 0n
    const fraction = each[2] ?? ''
    total += BigInt(each[1] || '0') * unit + (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length)
  }
  if (total >= 1n << 63n) throw wrong()
  return found[1] === '-' ? -total : total
}

function addTime(at: Moment, duration: bigint): string {
  const seconds =
    BigInt(dayNumber(at.year, at.month, at.day)) * 86400n +
    BigInt(at.hour * 3600 + at.minute * 60 + at.second)
  const sum = seconds * 1_000_000_000n + at.nanoseconds + duration
  const floored = (sum - (((sum % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n
  const ofDay = Number(((floored % 86400n) + 86400n) % 86400n)
  const { year, month, day } = fromDayNumber(Number((floored - BigInt(ofDay)) / 86400n))
  const time = `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}`
  const end = isUtc(at) ? 'Z' : zone(at.offsetMinutes, true)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}${end}`
}

export const dateFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  [
    'formatdate',
    fixed([aString('format'), aString('time')], ([spec, time]) =>
      text(formatDate(textOf(spec), parseMoment(textOf(time)))),
    ),
  ],
  [
    'timeadd',
    fixed([aString('timestamp'), aString('duration')], ([time, duration]) =>
      text(addTime(parseMoment(textOf(time)), parseDuration(textOf(duration)))),
    ),
  ],
  ['timestamp', fixed([], () => unknown('timestamp(), the time of the build', stringType))],
])
