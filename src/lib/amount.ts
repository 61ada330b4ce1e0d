/** Sizes as docker prints them and as people type them. Everywhere else in the program a size is an integer of bytes. */

const decimal = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']

export type Units = 'decimal' | 'binary'

function scaled(bytes: number, base: number): { readonly value: number; readonly step: number } {
  let value = bytes
  let step = 0
  while (value >= base && step < decimal.length - 1) {
    value /= base
    step++
  }
  return { value, step }
}

/** As BuildKit prints "transferring context": two decimals, decimal units (`105B`, `100.15kB`). tonistiigi/units `%.2f`. */
export function buildkitSize(bytes: number): string {
  const { value, step } = scaled(bytes, 1000)
  return `${step === 0 ? value : value.toFixed(2)}${decimal[step]}`
}

/** As the classic client prints "Sending build context": four significant digits (`6.144kB`, `231MB`). docker/go-units `%.4g`. */
export function classicSize(bytes: number): string {
  const { value, step } = scaled(bytes, 1000)
  return `${significant(value, 4)}${decimal[step]}`
}

/** C's `%.Ng` for a number from 0 up to and excluding 1000, or 1000 itself after rounding. */
function significant(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)))
}

/** A size for people: three significant digits, `3.12MB`, `231MB`, `0B`; binary units on request. */
export function humanSize(bytes: number, units: Units = 'decimal'): string {
  const base = units === 'decimal' ? 1000 : 1024
  let { value, step } = scaled(Math.abs(bytes), base)
  if (step > 0 && Math.round(value) >= base && step < decimal.length - 1) {
    value /= base
    step++
  }
  const text = step === 0 ? String(value) : value >= 100 ? value.toFixed(0) : value.toPrecision(3)
  return `${bytes < 0 ? '-' : ''}${text}${(units === 'decimal' ? decimal : binary)[step]}`
}

/** `1,203`; the same in every locale. */
export function groupedCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A size that leaves some room above, as a person would choose it: `95MB` for 78.9MB; 10kB at least. */
export function roomFor(bytes: number): string {
  const wanted = Math.max(10_000, bytes * 1.15)
  const power = 10 ** Math.floor(Math.log10(wanted))
  const step = (power / 10) * (wanted < 2 * power ? 1 : 5)
  const [, digits = '', unit = ''] = /^([\d.]+)(.*)$/.exec(humanSize(Math.ceil(wanted / step) * step)) ?? []
  return `${Number(digits)}${unit}`
}

/** Reads `50MB` (50·10⁶), `50MiB` (50·2²⁰), `1.5 GB`, `1200`; null when it is not a size. Rounded to whole bytes. */
export function parseSize(text: string): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgtpe])(i?)b?|b)?\s*$/i.exec(text)
  if (!found) return null
  const step = found[2] === undefined ? 0 : 'kmgtpe'.indexOf(found[2].toLowerCase()) + 1
  const bytes = Math.round(Number(found[1]) * (found[3] ? 1024 : 1000) ** step)
  return Number.isSafeInteger(bytes) ? bytes : null
}
