/**
 * Rows that stand alike, one after another. A line drops directories, which are ranges of rows, so of 300,000 rows there are
 * hundreds of spans where there are not many files by themselves: what is summed up by spans takes no longer than they do.
 */

import { type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import type { Amount } from '../report.ts'
import { type SumBefore, type Weights, weighedBy } from './layout.ts'

/** Each begins where it says and ends where the next begins, the last with the table. */
export interface Spans {
  /** Ascending from 0; empty where there are no rows. */
  readonly from: Int32Array
  /** By span. Of its files, and of its directories that nobody looked into: all else weighs nothing, and has no span of its own. */
  readonly value: Int32Array
}

/** The spans of a value that each row has. Linear. */
export function spansOf(
  { count, kind, flags }: Pick<EntryTable, 'count' | 'kind' | 'flags'>,
  values: Uint8Array | Int32Array,
): Spans {
  const [from, value] = [new Int32Array(count), new Int32Array(count)]
  let length = 0
  let last = Number.NaN
  for (let row = 0; row < count; row++) {
    const own = values[row] ?? 0
    if (own === last || (kind[row] !== fileKind && ((flags[row] ?? 0) & flag.pruned) === 0)) continue
    last = own
    from[length] = length === 0 ? 0 : row
    value[length++] = own
  }
  return { from: from.slice(0, length), value: value.slice(0, length) }
}

/** The spans of what a value comes to. */
export const recoded = (spans: Spans, recode: (value: number) => number): Spans =>
  combined(spans, spans, recode)

/** The spans of what two values come to together, of the same table. */
export function combined(a: Spans, b: Spans, combine: (a: number, b: number) => number): Spans {
  const [from, value] = [
    new Int32Array(a.from.length + b.from.length),
    new Int32Array(a.from.length + b.from.length),
  ]
  const width = 1 + greatest(b.value) - leastValue
  const known = new Int32Array(width * (1 + greatest(a.value) - leastValue))
  const isKnown = new Uint8Array(known.length)
  let length = 0
  let last = Number.NaN
  for (let [i, j] = [0, 0]; i < a.from.length && j < b.from.length; ) {
    const [left, right] = [a.value[i] ?? 0, b.value[j] ?? 0]
    // The same few pairs, again and again.
    const place = (left - leastValue) * width + right - leastValue
    const own = isKnown[place] === 1 ? (known[place] ?? 0) : combine(left, right)
    known[place] = own
    isKnown[place] = 1
    if (own !== last) {
      from[length] = Math.max(a.from[i] ?? 0, b.from[j] ?? 0)
      value[length++] = own
      last = own
    }
    const nextA = a.from[i + 1] ?? never
    const nextB = b.from[j + 1] ?? never
    if (nextA <= nextB) i++
    if (nextB <= nextA) j++
  }
  return { from: from.slice(0, length), value: value.slice(0, length) }
}

/** No value of a span is smaller. */
const leastValue = -2

function greatest(values: Int32Array): number {
  let most = leastValue
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i] ?? 0)
  return most
}

/** A row that no table has. */
const never = 2 ** 31 - 1

/** The index of the span in which a row lies; -1 where there is none. */
export const spanAt = ({ from }: Spans, row: Row): number => lastUpTo(from, row)

/** The index of the last of ascending rows that is not behind one; -1 where all are. */
function lastUpTo(rows: Int32Array, row: Row): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] ?? 0) <= row) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** What regular files weigh, by a table that no ignore file changes. */
export interface Scale {
  readonly table: EntryTable
  /** Of all files in the rows before each, and at the last index of all; a file with several names with each of them. */
  readonly bytesBefore: Float64Array
  readonly filesBefore: Uint32Array
  /** The names of files that have several here, ascending. */
  readonly named: readonly Row[]
}

export function createScale(table: EntryTable): Scale {
  const { count, kind, size } = table
  const [bytesBefore, filesBefore] = [new Float64Array(count + 1), new Uint32Array(count + 1)]
  let [bytes, files] = [0, 0]
  for (let row = 0; row < count; row++) {
    if (kind[row] === fileKind) {
      bytes += size[row] ?? 0
      files++
    }
    bytesBefore[row + 1] = bytes
    filesBefore[row + 1] = files
  }
  // A file may have its other names where no builder looks.
  const later = [...table.firstName].filter(([row, first]) => row !== first)
  const shared = new Set(later.map(([, first]) => first))
  const named = [...shared, ...later.map(([row]) => row)]
    .filter((row) => kind[row] === fileKind)
    .sort((a, b) => a - b)
  return { table, bytesBefore, filesBefore, named }
}

/** All regular files of one span. */
export function amountOfSpan(
  { table, bytesBefore, filesBefore }: Scale,
  { from }: Spans,
  span: number,
): Amount {
  const [begin, end] = [from[span] ?? 0, from[span + 1] ?? table.count]
  return {
    files: (filesBefore[end] ?? 0) - (filesBefore[begin] ?? 0),
    bytes: (bytesBefore[end] ?? 0) - (bytesBefore[begin] ?? 0),
  }
}

/** Regular files by the value of their spans; the bytes of a file with several names with each of them. */
function amountsByValue(
  { table, bytesBefore, filesBefore }: Scale,
  { from, value }: Spans,
): readonly Amount[] {
  const [bytes, files] = [new Float64Array(mostValues), new Float64Array(mostValues)]
  for (let span = 0; span < from.length; span++) {
    const own = value[span] ?? 0
    const [begin, end] = [from[span] ?? 0, from[span + 1] ?? table.count]
    bytes[own] = (bytes[own] ?? 0) + (bytesBefore[end] ?? 0) - (bytesBefore[begin] ?? 0)
    files[own] = (files[own] ?? 0) + (filesBefore[end] ?? 0) - (filesBefore[begin] ?? 0)
  }
  return Array.from(bytes, (own, of) => ({ bytes: own, files: files[of] ?? 0 }))
}

/** Values of spans that are counted by are smaller. */
const mostValues = 16

/** Counts the regular files of spans with some values; the bytes of a file with several names once. */
export function createCount(scale: Scale, spans: Spans): (isCounted: (value: number) => boolean) => Amount {
  const amounts = amountsByValue(scale, spans)
  return (isCounted) => {
    let [files, bytes] = [0, 0]
    for (const [value, own] of amounts.entries())
      if (isCounted(value)) {
        files += own.files
        bytes += own.bytes
      }
    for (const row of laterNames(scale, spans, isCounted)) bytes -= scale.table.size[row] ?? 0
    return { files, bytes }
  }
}

/** Of each file that is counted with several names, all names but the first of them, ascending. */
function laterNames(
  { table, named }: Scale,
  spans: Spans,
  isCounted: (value: number) => boolean,
): readonly Row[] {
  const seen = new Set<Row>()
  return named.filter((row) => {
    if (!isCounted(spans.value[spanAt(spans, row)] ?? 0)) return false
    const first = table.firstName.get(row) ?? row
    const isLater = seen.has(first)
    seen.add(first)
    return isLater
  })
}

/**
 * What rows weigh by the spans that count. `unseen`: what is known of directories without rows of what is in them, which
 * count with the others.
 */
export function weigh(
  scale: Scale,
  spans: Spans,
  isCounted: (value: number) => boolean,
  unseen: ReadonlyMap<Row, Amount> = new Map(),
): Weights {
  const later = laterNames(scale, spans, isCounted)
  const others = besides(
    [
      ...later.map((row) => ({ row, files: 0, bytes: -(scale.table.size[row] ?? 0) })),
      ...[...unseen].map(([row, amount]) => ({ row, ...amount })),
    ].sort((a, b) => a.row - b.row),
  )
  const { bytesBefore, filesBefore } = scale
  const isIn = Uint8Array.from({ length: mostValues }, (_, value) => (isCounted(value) ? 1 : 0))
  const bytes = new SumOfSpans(spans, isIn, bytesBefore)
  const files = new SumOfSpans(spans, isIn, filesBefore)
  return weighedBy(scale.table, {
    bytes: (row) => bytes.before(row) + (others?.bytes(row) ?? 0),
    files: (row) => files.before(row) + (others?.files(row) ?? 0),
  })
}

/** What rows amount to whose spans count, from what all rows amount to. */
class SumOfSpans {
  readonly #spans: Spans
  readonly #all: Float64Array | Uint32Array
  /** By span, what does not count of all the rows before it. */
  readonly #without: Float64Array
  readonly #isIn: Uint8Array
  /** Who asks goes through the rows in order, so that the span is most often that of before, or the next. */
  #last = 0

  /** `isIn`: one byte a value, 1 where its spans count. `all`: of the rows before each. */
  constructor(spans: Spans, isIn: Uint8Array, all: Float64Array | Uint32Array) {
    this.#spans = spans
    this.#all = all
    this.#isIn = isIn
    this.#without = withoutOthers(spans, isIn, all)
  }

  before(row: Row): number {
    const { from, value } = this.#spans
    let span = this.#last
    if (row < (from[span] ?? never) || row >= (from[span + 1] ?? never)) {
      span++
      if (row < (from[span] ?? never) || row >= (from[span + 1] ?? never)) span = spanAt(this.#spans, row)
      this.#last = span
    }
    const at = this.#isIn[value[span] ?? 0] === 1 ? row : (from[span] ?? 0)
    return (this.#all[at] ?? 0) - (this.#without[span] ?? 0)
  }
}

function withoutOthers(
  { from, value }: Spans,
  isIn: Uint8Array,
  all: Float64Array | Uint32Array,
): Float64Array {
  const without = new Float64Array(from.length)
  let sum = 0
  for (let span = 0; span < from.length; span++) {
    without[span] = sum
    if (isIn[value[span] ?? 0] !== 1)
      sum += (all[from[span + 1] ?? all.length - 1] ?? 0) - (all[from[span] ?? 0] ?? 0)
  }
  return without
}

/** What single rows, ascending, weigh more or less than the scale says, summed up to before a row; null where there are none. */
function besides(rows: readonly (Amount & { readonly row: Row })[]): SumBefore | null {
  if (rows.length === 0) return null
  const from = Int32Array.from(rows, ({ row }) => row)
  const sums = (of: 'bytes' | 'files') => {
    const after = new Float64Array(rows.length)
    for (const [place, one] of rows.entries()) after[place] = (after[place - 1] ?? 0) + one[of]
    return (row: Row) => after[lastUpTo(from, row - 1)] ?? 0
  }
  return { bytes: sums('bytes'), files: sums('files') }
}
