/**
 * What rows amount to by a value that each of them has. Everything is a pass over all rows that does next to nothing for
 * each, or a few sums of blocks: nothing that is as long as the table is made for a key, as memory that is touched for the
 * first time takes a browser longer than all that is worked out in it.
 */

import { type EntryTable, fileKind, type Row, rootRow } from '../context/table.ts'
import { inBlocks, wordsOf } from '../lib/blocks.ts'
import type { Amount } from '../report.ts'
import { type Categories, categoryOf, type Weights } from './layout.ts'

/** What regular files weigh, by a table that no ignore file changes. */
export interface Scale {
  readonly table: EntryTable
  /** By row, the bytes of a regular file, a file with several names with each of them; 0 of all else. */
  readonly bytes: Float64Array
  /** 1 for a regular file. */
  readonly files: Float64Array
  /** The names of files that have several here, ascending. */
  readonly named: readonly Row[]
}

export function createScale(table: EntryTable): Scale {
  const { count, kind, size } = table
  const [bytes, files] = [new Float64Array(count), new Float64Array(count)]
  for (let row = 0; row < count; row++) {
    if (kind[row] !== fileKind) continue
    bytes[row] = size[row] ?? 0
    files[row] = 1
  }
  // A file may have its other names where no builder looks.
  const later = [...table.firstName].filter(([row, first]) => row !== first)
  const shared = new Set(later.map(([, first]) => first))
  const named = [...shared, ...later.map(([row]) => row)]
    .filter((row) => kind[row] === fileKind)
    .sort((a, b) => a - b)
  return { table, bytes, files, named }
}

/** Values by which is counted are smaller. */
const mostValues = 16
/** So are those of a category, which are bytes. */
const mostCategories = 256

/** Counts the regular files of rows with some values; the bytes of a file with several names once. */
export function createCount(
  scale: Scale,
  values: Uint8Array,
): (isCounted: (value: number) => boolean) => Amount {
  const [bytes, files] = [new Float64Array(4 * mostValues), new Float64Array(4 * mostValues)]
  const counted = { values, words: wordsOf(values), scale, bytes, files }
  inBlocks({ to: counted.words.length }, counted, countBlock)
  countRows(4 * counted.words.length, values.length, counted)
  return (isCounted) => {
    const sum = { files: 0, bytes: 0 }
    for (let at = 0; at < bytes.length; at++)
      if (isCounted(at % mostValues)) {
        sum.files += files[at] ?? 0
        sum.bytes += bytes[at] ?? 0
      }
    for (const row of laterNames(scale, values, isCounted)) sum.bytes -= scale.bytes[row] ?? 0
    return sum
  }
}

interface Counted {
  readonly values: Uint8Array
  /** The values of four rows each. */
  readonly words: Uint32Array
  readonly scale: Scale
  /** By value, of every fourth row by itself: a sum that is added to waits until it has been added to before. */
  readonly bytes: Float64Array
  readonly files: Float64Array
}

function countBlock(from: number, to: number, { words, scale, bytes, files }: Counted): void {
  const [bytesOf, filesOf] = [scale.bytes, scale.files]
  for (let at = from; at < to; at++) {
    const word = words[at] ?? 0
    const row = 4 * at
    const first = word & 15
    const second = mostValues + ((word >>> 8) & 15)
    const third = 2 * mostValues + ((word >>> 16) & 15)
    const fourth = 3 * mostValues + (word >>> 24)
    bytes[first] = (bytes[first] ?? 0) + (bytesOf[row] ?? 0)
    files[first] = (files[first] ?? 0) + (filesOf[row] ?? 0)
    bytes[second] = (bytes[second] ?? 0) + (bytesOf[row + 1] ?? 0)
    files[second] = (files[second] ?? 0) + (filesOf[row + 1] ?? 0)
    bytes[third] = (bytes[third] ?? 0) + (bytesOf[row + 2] ?? 0)
    files[third] = (files[third] ?? 0) + (filesOf[row + 2] ?? 0)
    bytes[fourth] = (bytes[fourth] ?? 0) + (bytesOf[row + 3] ?? 0)
    files[fourth] = (files[fourth] ?? 0) + (filesOf[row + 3] ?? 0)
  }
}

function countRows(from: Row, to: Row, { values, scale, bytes, files }: Counted): void {
  for (let row = from; row < to; row++) {
    const own = values[row] ?? 0
    bytes[own] = (bytes[own] ?? 0) + (scale.bytes[row] ?? 0)
    files[own] = (files[own] ?? 0) + (scale.files[row] ?? 0)
  }
}

/** Of each file that is counted with several names, all names but the first of them, ascending. */
function laterNames(
  { table, named }: Scale,
  values: Uint8Array,
  isCounted: (value: number) => boolean,
): readonly Row[] {
  const seen = new Set<Row>()
  return named.filter((row) => {
    if (!isCounted(values[row] ?? 0)) return false
    const first = table.firstName.get(row) ?? row
    const isLater = seen.has(first)
    seen.add(first)
    return isLater
  })
}

/**
 * What rows weigh that are counted by their values, for as long as those stand. `unseen`: what is known of directories
 * without rows of what is in them, which count with the others.
 */
export function weigh(
  scale: Scale,
  values: Uint8Array,
  isCounted: (value: number) => boolean,
  unseen: ReadonlyMap<Row, Amount> = new Map(),
): Weights {
  const { table, bytes } = scale
  // To be multiplied by: which rows count is nothing that a processor could guess.
  const times = Float64Array.from({ length: mostValues }, (_, value) => (isCounted(value) ? 1 : 0))
  const later = laterNames(scale, values, isCounted)
  const others = [
    ...later.map((row) => ({ row, files: 0, bytes: -(bytes[row] ?? 0) })),
    ...[...unseen].map(([row, amount]) => ({ row, ...amount })),
  ].sort((a, b) => a.row - b.row)
  const summed = (of: 'bytes' | 'files', each: Float64Array) =>
    new Sums(
      { values, times, each },
      { rows: Int32Array.from(others, ({ row }) => row), more: others.map((one) => one[of]) },
    )
  const byBytes = summed('bytes', bytes)
  const byFiles = summed('files', scale.files)
  return {
    bytes: (row) => ofEntry(table, byBytes, row),
    files: (row) => ofEntry(table, byFiles, row),
    within: (from, to) => byBytes.within(from, to),
    share: (from, to, categories, sums) => byBytes.share(from, to, categories, sums),
  }
}

const ofEntry = ({ end, count }: EntryTable, sums: Sums, row: Row): number =>
  row === rootRow ? sums.within(0, count) : sums.within(row, end[row] ?? row + 1)

/** Rows whose sum is kept as one. */
const together = 32

/** What ranges of rows sum up to: of blocks of rows what all before them do, and of the rest row by row. */
class Sums {
  readonly #values: Uint8Array
  readonly #times: Float64Array
  readonly #each: Float64Array
  /** Room for a number of each category, all 0. */
  readonly #odd = new Float64Array(mostCategories)
  readonly #rows: Int32Array
  readonly #more: readonly number[]
  /** What the others before each come to, and at the last index all. */
  readonly #othersBefore: Float64Array
  /** Of the rows before each block; made when something longer than a block is asked for. */
  #before: Float64Array | null = null

  /** Each row counts as often as its value says. `others`: rows, ascending, that come to more than that, or less. */
  constructor(
    counted: { readonly values: Uint8Array; readonly times: Float64Array; readonly each: Float64Array },
    others: { readonly rows: Int32Array; readonly more: readonly number[] },
  ) {
    this.#values = counted.values
    this.#times = counted.times
    this.#each = counted.each
    this.#rows = others.rows
    this.#more = others.more
    const before = new Float64Array(others.rows.length + 1)
    for (const [place, more] of others.more.entries()) before[place + 1] = (before[place] ?? 0) + more
    this.#othersBefore = before
  }

  within(from: Row, to: Row): number {
    const own = to - from <= together ? this.#sum(from, to) : this.#upTo(to) - this.#upTo(from)
    return this.#rows.length === 0 ? own : own + this.#others(to) - this.#others(from)
  }

  share(from: Row, to: Row, { of, first, second }: Categories, sums: Float64Array): void {
    const [values, times, each, odd] = [this.#values, this.#times, this.#each, this.#odd]
    // Two sums in turn, as one that is added to waits until it has been added to before.
    let row = from
    for (; row + 1 < to; row += 2) {
      const category = of[(first[row] ?? 0) | ((second[row] ?? 0) << 8)] ?? 0
      const other = of[(first[row + 1] ?? 0) | ((second[row + 1] ?? 0) << 8)] ?? 0
      sums[category] = (sums[category] ?? 0) + (each[row] ?? 0) * (times[values[row] ?? 0] ?? 0)
      odd[other] = (odd[other] ?? 0) + (each[row + 1] ?? 0) * (times[values[row + 1] ?? 0] ?? 0)
    }
    if (row < to) {
      const category = categoryOf({ of, first, second }, row)
      sums[category] = (sums[category] ?? 0) + this.#sum(row, to)
    }
    for (let category = 0; category < sums.length; category++) {
      sums[category] = (sums[category] ?? 0) + (odd[category] ?? 0)
      odd[category] = 0
    }
    const rows = this.#rows
    if (rows.length === 0) return
    for (let place = placeOf(rows, from); place < rows.length && (rows[place] ?? 0) < to; place++) {
      const category = categoryOf({ of, first, second }, rows[place] ?? 0)
      sums[category] = (sums[category] ?? 0) + (this.#more[place] ?? 0)
    }
  }

  /** Without the others. */
  #sum(from: Row, to: Row): number {
    const [values, times, each] = [this.#values, this.#times, this.#each]
    let [sum, odd, row] = [0, 0, from]
    for (; row + 1 < to; row += 2) {
      sum += (each[row] ?? 0) * (times[values[row] ?? 0] ?? 0)
      odd += (each[row + 1] ?? 0) * (times[values[row + 1] ?? 0] ?? 0)
    }
    if (row < to) sum += (each[row] ?? 0) * (times[values[row] ?? 0] ?? 0)
    return sum + odd
  }

  #upTo(row: Row): number {
    this.#before ??= this.#blocks()
    const block = Math.floor(row / together)
    return (this.#before[block] ?? 0) + this.#sum(block * together, row)
  }

  #blocks(): Float64Array {
    const length = Math.floor(this.#values.length / together)
    const before = new Float64Array(length + 1)
    let sum = 0
    for (let block = 0; block < length; block++) {
      sum += this.#sum(block * together, (block + 1) * together)
      before[block + 1] = sum
    }
    return before
  }

  #others(row: Row): number {
    return this.#othersBefore[placeOf(this.#rows, row)] ?? 0
  }
}

/** How many of ascending rows are before one. */
function placeOf(rows: Int32Array, row: Row): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] ?? 0) < row) low = middle + 1
    else high = middle
  }
  return low
}
