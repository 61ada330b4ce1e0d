/** Puts the parts of a walk together: the table that one thread alone would have made. */

import { type Columns, makeColumns, makeTable, type Row, rootRow } from './table.ts'
import type { Measured, Unreadable, Walk } from './walker.ts'

/** What one thread found. */
export interface Fragment {
  readonly columns: Columns
  readonly unreadable: readonly Unreadable[]
  readonly prunedAmounts: ReadonlyMap<Row, Measured>
  readonly firstMatch: Int32Array
  readonly leftOvers: readonly string[]
}

/** Some rows of a fragment, the end exclusive. */
export interface Block {
  readonly fragment: number
  readonly from: Row
  readonly to: Row
}

export interface Parts {
  readonly fragments: readonly Fragment[]
  /** The rows to begin with. */
  readonly top: Block
  /** Directories of the first fragment whose contents lie elsewhere. */
  readonly contents: ReadonlyMap<Row, Block>
}

/** Linear in the rows. The parts are not to be used after. */
export function assemble({ fragments, top, contents }: Parts): Walk {
  const rows = fragments.reduce((sum, { columns }) => sum + columns.count, 0)
  const nameBytes = fragments.reduce((sum, { columns }) => sum + columns.arena.length, 0)
  const out = makeColumns(rows, nameBytes)
  /** Where each row of each fragment has gone. */
  const moved = fragments.map(({ columns }) => new Int32Array(columns.count))
  const holes = [...contents.keys()].sort((a, b) => a - b)
  let count = 0

  const copyRows = (fragment: number, from: Row, to: Row, parent: Row) => {
    const source = fragments[fragment]?.columns
    const places = moved[fragment]
    if (!source || !places || from >= to) return
    const nameFrom = source.nameStart[from] ?? 0
    const nameTo = source.nameStart[to] ?? nameFrom
    const nameAt = out.nameStart[count] ?? 0
    copy(source.kind, out.kind, { from, to, at: count })
    copy(source.size, out.size, { from, to, at: count })
    copy(source.mode, out.mode, { from, to, at: count })
    copy(source.timeBytes, out.timeBytes, { from, to, at: count })
    copy(source.pathBytes, out.pathBytes, { from, to, at: count })
    copy(source.verdict, out.verdict, { from, to, at: count })
    copy(source.flags, out.flags, { from, to, at: count })
    copy(source.arena, out.arena, { from: nameFrom, to: nameTo, at: nameAt })
    for (let row = from; row < to; row++) {
      places[row] = count
      const above = source.parent[row] ?? rootRow
      out.parent[count] = above < 0 ? parent : (places[above] ?? rootRow)
      out.nameStart[++count] = (source.nameStart[row + 1] ?? 0) - nameFrom + nameAt
    }
  }
  const copyBlock = ({ fragment, from, to }: Block, parent: Row) => {
    let at = from
    if (fragment === 0)
      for (let h = firstAtLeast(holes, from); h < holes.length; h++) {
        const hole = holes[h] ?? to
        if (hole >= to) break
        copyRows(0, at, hole + 1, parent)
        at = hole + 1
        const inside = contents.get(hole)
        if (inside) copyBlock(inside, moved[0]?.[hole] ?? rootRow)
      }
    copyRows(fragment, at, to, parent)
  }
  copyBlock(top, rootRow)

  for (let row = 0; row < count; row++) out.end[row] = row + 1
  for (let row = count - 1; row >= 0; row--) {
    const parent = out.parent[row] ?? rootRow
    if (parent >= 0 && (out.end[row] ?? 0) > (out.end[parent] ?? 0)) out.end[parent] = out.end[row] ?? 0
  }

  const gather = <T>(mapOf: (fragment: Fragment) => ReadonlyMap<Row, T>): ReadonlyMap<Row, T> =>
    new Map(
      fragments
        .flatMap((fragment, i) =>
          [...mapOf(fragment)].map(([row, value]) => [moved[i]?.[row] ?? row, value] as const),
        )
        .sort(([a], [b]) => a - b),
    )
  return {
    table: makeTable({
      count,
      ...out,
      inode: gather(({ columns }) => columns.inode),
      linkTarget: gather(({ columns }) => columns.linkTarget),
      deviceNumber: gather(({ columns }) => columns.deviceNumber),
      unusualTime: gather(({ columns }) => columns.unusualTime),
    }),
    unreadable: fragments
      .flatMap(({ unreadable }, i) =>
        unreadable.map((one) => ({ ...one, row: moved[i]?.[one.row] ?? one.row })),
      )
      .sort((a, b) => a.row - b.row),
    prunedAmounts: gather(({ prunedAmounts }) => prunedAmounts),
    firstMatch: Int32Array.from(fragments[0]?.firstMatch ?? [], (_, pattern) => {
      const found = fragments.flatMap(({ firstMatch }, i) => moved[i]?.[firstMatch[pattern] ?? -1] ?? [])
      return found.length === 0 ? -1 : Math.min(...found)
    }),
    leftOvers: fragments.flatMap(({ leftOvers }) => leftOvers),
  }
}

type Column = Uint8Array | Uint16Array | Int32Array | Float64Array

/** Copies some elements. A few at a time are quicker one by one: a view of an array takes longer to make than to fill. */
function copy<C extends Column>(
  source: C,
  target: C,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): void {
  if (to - from > 64) target.set(source.subarray(from, to), at)
  else for (let i = from, j = at; i < to; i++, j++) target[j] = source[i] ?? 0
}

/** Index of the first element of an ascending list that is not less than `least`. */
function firstAtLeast(list: readonly number[], least: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
