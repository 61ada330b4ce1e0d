/** Where each block of the map lies. What would be too small to be seen is drawn as one block of what it holds. */

import { dirKind, type EntryTable, type Row, rootRow } from '../context/table.ts'

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A block: an entry, or with `rest` the smaller entries of a directory in one. Parents come before what lies in them. */
export interface Block extends Rect {
  /** The entry; of `rest` the directory, {@link rootRow} for the root. */
  readonly row: Row
  /** Rows of the entries of `rest`; null for one entry. */
  readonly rest: readonly Row[] | null
  /** True where the entries of a directory are drawn inside it, so that only its frame and its name are its own. */
  readonly isOpen: boolean
  /** Pixels at the top that are for the name. */
  readonly header: number
  /** The directory whose entries are drawn inside it: itself, or the one that is all there is in it, however deep. */
  readonly inner: Row
}

/** What rows weigh. */
export interface Weights {
  /** Of an entry, a directory with all that is in it; of {@link rootRow} all that there is. */
  readonly bytes: (row: Row) => number
  readonly files: (row: Row) => number
  /** Bytes of the rows from one to before another. */
  readonly within: (from: Row, to: Row) => number
  /** Adds what the rows from one to before another weigh to the sums of their categories. */
  readonly share: (from: Row, to: Row, categories: Categories, sums: Float64Array) => void
}

/** The category of each row: that of its two values, below 256 and below four, at the first and 256 times the second. */
export interface Categories {
  readonly of: Uint8Array
  readonly first: Uint8Array
  readonly second: Uint8Array
}

export const categoryOf = ({ of, first, second }: Categories, row: Row): number =>
  of[(first[row] ?? 0) | ((second[row] ?? 0) << 8)] ?? 0

/** Square pixels below which an entry is drawn with others. */
const smallest = 24
/** A directory has to be this wide and high to be drawn with what is in it. */
const opensFrom = { width: 26, height: 22 }
const namedFrom = { width: 54, height: 44 }
const header = 18
const gap = 1
/** So that no tree makes more blocks than a canvas paints in a few milliseconds. */
const mostBlocks = 6000

interface Part {
  readonly row: Row
  readonly rest: readonly Row[] | null
  readonly weight: number
}

/** What the map shows: a directory, the root's for {@link rootRow}; or of its entries those that are too small beside the others. */
export interface Place {
  readonly row: Row
  readonly rows: readonly Row[] | null
}

/** Lays the entries of a place out in a rectangle. */
export function layOut(table: EntryTable, weights: Weights, place: Place, area: Rect): readonly Block[] {
  const blocks: Block[] = []
  const pending: { readonly place: Place; readonly area: Rect }[] = [{ place, area }]
  // Breadth first: where there are too many blocks, what is deep goes without.
  for (let at = 0; at < pending.length && blocks.length < mostBlocks; at++) {
    const next = pending[at]
    if (!next) break
    const parts = partsOf(table, weights, next)
    squarify(parts, next.area, (part, x, y, width, height) => {
      const isOpen =
        part.rest === null &&
        table.kind[part.row] === dirKind &&
        (table.end[part.row] ?? 0) > part.row + 1 &&
        width >= opensFrom.width &&
        height >= opensFrom.height
      const top = isOpen && width >= namedFrom.width && height >= namedFrom.height ? header : 0
      const inner = isOpen ? innermost(table, weights, part.row) : part.row
      blocks.push({ x, y, width, height, row: part.row, rest: part.rest, isOpen, header: top, inner })
      if (!isOpen) return
      const above = Math.max(2, top)
      const room = { x: x + 2, y: y + above, width: width - 4, height: height - 2 - above }
      pending.push({ place: { row: inner, rows: null }, area: room })
    })
  }
  return blocks
}

/** Follows directories that hold one directory and nothing else that weighs anything: a frame for each would say nothing. */
function innermost({ kind, end }: EntryTable, { bytes }: Weights, directory: Row): Row {
  for (let at = directory; ; ) {
    const weight = bytes(at)
    let only: Row | null = null
    for (let row = at + 1; row < (end[at] ?? 0); row = end[row] ?? row + 1) {
      const own = bytes(row)
      if (own === weight) only ??= row
      else if (own > 0) return at
    }
    if (only === null || kind[only] !== dirKind || (end[only] ?? 0) <= only + 1) return at
    at = only
  }
}

export function bytesOfEntries(table: EntryTable, weights: Weights, entries: readonly Row[]): number {
  let sum = 0
  rangesOf(table, entries, (from, to) => {
    sum += weights.within(from, to)
  })
  return sum
}

/** All rows of entries, ascending, that are told apart from those between them: most lie beside one another. */
export function rangesOf(
  { end }: EntryTable,
  entries: readonly Row[],
  take: (from: Row, to: Row) => void,
): void {
  for (let place = 0; place < entries.length; ) {
    const from = entries[place] ?? 0
    let to = end[from] ?? from + 1
    for (place++; entries[place] === to; place++) to = end[to] ?? to + 1
    take(from, to)
  }
}

/** The rows directly in a place. */
export function entriesOf(table: EntryTable, { row: directory, rows }: Place): readonly Row[] {
  if (rows !== null) return rows
  const end = directory === rootRow ? table.count : (table.end[directory] ?? directory + 1)
  const found: Row[] = []
  for (let row = directory + 1; row < end; row = table.end[row] ?? row + 1) found.push(row)
  return found
}

/** The entries of a place that can be seen, the largest first, and all others as one. */
function partsOf(
  table: EntryTable,
  weights: Weights,
  { place, area }: { readonly place: Place; readonly area: Rect },
): readonly Part[] {
  const { row: directory, rows } = place
  const total = rows === null ? weights.bytes(directory) : bytesOfEntries(table, weights, rows)
  if (total <= 0) return []
  const least = (smallest * total) / Math.max(1, area.width * area.height)
  const parts: Part[] = []
  const rest: Row[] = []
  let restWeight = 0
  for (const row of entriesOf(table, place)) {
    const weight = weights.bytes(row)
    if (weight >= least) parts.push({ row, rest: null, weight })
    else if (weight > 0) {
      rest.push(row)
      restWeight += weight
    }
  }
  parts.sort((a, b) => b.weight - a.weight || a.row - b.row)
  const [only] = rest
  if (rest.length === 1 && only !== undefined) parts.push({ row: only, rest: null, weight: restWeight })
  else if (rest.length > 1) parts.push({ row: directory, rest, weight: restWeight })
  return parts
}

/** Rows of blocks that are as square as can be (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). */
function squarify(
  parts: readonly Part[],
  area: Rect,
  place: (part: Part, x: number, y: number, width: number, height: number) => void,
): void {
  let left = parts.reduce((sum, { weight }) => sum + weight, 0)
  let { x, y, width, height } = area
  for (let from = 0; from < parts.length; ) {
    if (width <= 0 || height <= 0) return
    const scale = (width * height) / left
    const side = Math.min(width, height)
    let to = from
    let sum = 0
    let worst = Number.POSITIVE_INFINITY
    const first = (parts[from]?.weight ?? 0) * scale
    while (to < parts.length) {
      const size = (parts[to]?.weight ?? 0) * scale
      const next = sum + size
      const square = next * next
      const ratio = Math.max((side * side * first) / square, square / (side * side * size))
      if (ratio > worst) break
      worst = ratio
      sum = next
      to++
    }
    const isColumn = width >= height
    const thickness = sum / side
    let along = isColumn ? y : x
    for (; from < to; from++) {
      const part = parts[from]
      if (part === undefined) return
      const length = (part.weight * scale) / thickness
      if (isColumn) place(part, x, along, thickness - gap, length - gap)
      else place(part, along, y, length - gap, thickness - gap)
      along += length
      left -= part.weight
    }
    if (isColumn) {
      x += thickness
      width -= thickness
    } else {
      y += thickness
      height -= thickness
    }
  }
}

/** The innermost block at a point; null where there is none. */
export function blockAt(blocks: readonly Block[], x: number, y: number): Block | null {
  return (
    blocks.findLast((one) => x >= one.x && y >= one.y && x < one.x + one.width && y < one.y + one.height) ??
    null
  )
}
