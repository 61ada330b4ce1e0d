/** Puts the parts of a walk together: the table that one thread alone would have made. */

import { release } from './release.ts'
import { type Columns, firstAtLeast, makeTable, type Row, rootRow } from './table.ts'
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

/** Neighbouring rows of a fragment that stay neighbours, and where the first of them goes. */
interface Run extends Block {
  readonly at: Row
  /** The directory of those that have none in their fragment. */
  readonly parent: Row
}

/** Linear in the rows. The parts are not to be used after: each column of theirs is given back once it has been copied. */
export function assemble({ fragments, top, contents }: Parts): Walk {
  const runs = runsOf(top, contents)
  const count = runs.reduce((sum, { from, to }) => sum + to - from, 0)
  /** Where each row of each fragment has gone. */
  const moved = fragments.map(({ columns }) => new Int32Array(columns.count))
  const eachRun = (visit: (source: Columns, places: Int32Array, run: Run) => void) => {
    for (const run of runs) {
      const source = fragments[run.fragment]?.columns
      const places = moved[run.fragment]
      if (source && places) visit(source, places, run)
    }
  }
  /** Fills one column, so that of all the others there is but one at a time. */
  const column = <C extends Column>(
    out: C,
    of: (columns: Columns) => C,
    fill: (source: Columns, places: Int32Array, run: Run) => void = (source, _, run) =>
      copy(of(source), out, run),
  ): C => {
    eachRun(fill)
    for (const { columns } of fragments) release(of(columns))
    return out
  }

  eachRun((_, places, { from, to, at }) => {
    for (let row = from, place = at; row < to; row++) places[row] = place++
  })
  const parent = new Int32Array(count)
  column(
    parent,
    (columns) => columns.parent,
    (source, places, { from, to, at, parent: above }) => {
      for (let row = from, place = at; row < to; row++) {
        const own = source.parent[row] ?? rootRow
        parent[place++] = own < 0 ? above : (places[own] ?? rootRow)
      }
    },
  )
  const end = column(
    endsOf(parent),
    (columns) => columns.end,
    () => {},
  )
  const nameStart = new Uint32Array(count + 1)
  let nameBytes = 0
  eachRun((source, _, { from, to, at }) => {
    const shift = nameBytes - (source.nameStart[from] ?? 0)
    for (let row = from, place = at; row < to; row++)
      nameStart[++place] = (source.nameStart[row + 1] ?? 0) + shift
    nameBytes = nameStart[at + to - from] ?? nameBytes
  })
  const arena = new Uint8Array(nameBytes)
  column(
    arena,
    (columns) => columns.arena,
    (source, _, { from, to, at }) =>
      copy(source.arena, arena, {
        from: source.nameStart[from] ?? 0,
        to: source.nameStart[to] ?? 0,
        at: nameStart[at] ?? 0,
      }),
  )
  for (const { columns } of fragments) release(columns.nameStart)

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
      ...{ count, parent, end, nameStart, arena },
      kind: column(new Uint8Array(count), ({ kind }) => kind),
      size: column(new Float64Array(count), ({ size }) => size),
      mode: column(new Uint16Array(count), ({ mode }) => mode),
      timeBytes: column(new Uint8Array(count), ({ timeBytes }) => timeBytes),
      pathBytes: column(new Uint16Array(count), ({ pathBytes }) => pathBytes),
      verdict: column(new Int32Array(count), ({ verdict }) => verdict),
      flags: column(new Uint8Array(count), ({ flags }) => flags),
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

/** The rows in the order of the finished table: each directory's contents right behind it, wherever they lie. */
function runsOf(top: Block, contents: ReadonlyMap<Row, Block>): readonly Run[] {
  const holes = [...contents.keys()].sort((a, b) => a - b)
  const runs: Run[] = []
  let count = 0
  const add = (fragment: number, from: Row, to: Row, parent: Row) => {
    if (from >= to) return
    runs.push({ fragment, from, to, at: count, parent })
    count += to - from
  }
  const addBlock = ({ fragment, from, to }: Block, parent: Row) => {
    let at = from
    if (fragment === 0)
      for (let h = firstAtLeast(holes, from); h < holes.length; h++) {
        const hole = holes[h] ?? to
        if (hole >= to) break
        add(0, at, hole + 1, parent)
        at = hole + 1
        const inside = contents.get(hole)
        if (inside) addBlock(inside, count - 1)
      }
    add(fragment, at, to, parent)
  }
  addBlock(top, rootRow)
  return runs
}

/** For each row the one behind the last of its contents. */
function endsOf(parent: Int32Array): Int32Array {
  const end = new Int32Array(parent.length)
  for (let row = 0; row < end.length; row++) end[row] = row + 1
  for (let row = end.length - 1; row >= 0; row--) {
    const above = parent[row] ?? rootRow
    if (above >= 0 && (end[row] ?? 0) > (end[above] ?? 0)) end[above] = end[row] ?? 0
  }
  return end
}

type Column = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array

/** Copies some elements. A few at a time are quicker one by one: a view of an array takes longer to make than to fill. */
function copy<C extends Column>(
  source: C,
  target: C,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): void {
  if (to - from > 64) target.set(source.subarray(from, to), at)
  else for (let i = from, j = at; i < to; i++, j++) target[j] = source[i] ?? 0
}
