/** One context at the base and now: which rows are the same entry, and which sizes can be held against each other. */

import { joinTables } from '../context/join.ts'
import {
  dirKind,
  type EntryTable,
  fileKind,
  flag,
  makeColumns,
  makeTable,
  type Row,
  rootRow,
} from '../context/table.ts'
import { parentPath } from '../lib/path.ts'
import type { Selection } from '../resolve/selection.ts'

/** What is known of the tree beside its table, by git and by looking. Paths are relative to the context's root. */
export interface TreeFacts {
  /** Files and links that git tracks now, those of submodules that are checked out here among them. */
  readonly tracked: ReadonlySet<string>
  /** Submodules of which one side has nothing: what is in them is not compared. */
  readonly closed: ReadonlyMap<string, 'not checked out' | 'not at the base'>
  readonly indexed: (path: string) => IndexFact | null
  /** The name of the blob that the base has; null where it has no file. */
  readonly blobAtBase: (path: string) => string | null
  /** Null where Git LFS is in use on neither side. */
  readonly lfs: LfsFacts | null
  /** True when something lies at the path now. */
  readonly isHere: (path: string) => boolean
  /** True when the file differs from the blob of the base in nothing but line ends. */
  readonly isSameText: (path: string) => boolean
  /** Sizes of blobs in git; those that it does not have are left out. */
  readonly blobBytes: (names: readonly string[]) => ReadonlyMap<string, number>
}

/** What a Git LFS pointer stands for, in bytes; null for a file that is none. */
export interface LfsFacts {
  readonly atBase: (path: string) => number | null
  /** `bytes`: the size of what lies here. */
  readonly here: (path: string, bytes: number) => number | null
}

export interface IndexFact {
  readonly objectId: () => string
  /** Bytes in the working tree when git last looked, modulo 2^32; null where git does not know, 0 where it mistrusts what it knew. */
  readonly size: number | null
  /** Left out of the working tree by a sparse checkout. */
  readonly skipWorktree: boolean
}

/** Two tables of one context, side by side. */
export interface JoinedContext {
  /** As fresh checkouts would have them: sizes that can be compared, times of today, no hard links. */
  readonly before: EntryTable
  readonly after: EntryTable
  /** Rows that count: of the base without what a sparse checkout leaves out, of now what git tracks, and the directories of these. */
  readonly had: Selection
  readonly has: Selection
  /** Row of now → row of the base, -1 for none. */
  readonly beforeOf: Int32Array
  /** Files and links of the base that are not among the rows of now, ascending. */
  readonly onlyBefore: readonly Row[]
  /** Rows of now whose sizes are those in git. */
  readonly inGit: ReadonlySet<Row>
  /** Files that a sparse checkout leaves out. */
  readonly sparse: number
  /** Files that lie here as Git LFS pointers. */
  readonly pointers: number
}

/** Of a checkout in our days, see `EntryTable.timeBytes`. */
const timeBytesNow = 9

const noTable: EntryTable = makeTable({
  ...makeColumns(0, 0),
  count: 0,
  ...{ inode: new Map(), linkTarget: new Map(), deviceNumber: new Map(), unusualTime: new Map() },
})

/** `before` null: the base has no such context. `facts` null: git knows nothing of it, so that both sides are what lies there. */
export function joinContext(
  before: EntryTable | null,
  after: EntryTable | null,
  facts: TreeFacts | null,
): JoinedContext {
  const [old, now] = [before ?? noTable, after ?? noTable]
  const has = facts === null ? new Uint8Array(now.count).fill(1) : trackedRows(now, facts)
  const had = new Uint8Array(old.count).fill(1)
  const sizes = { before: old.size.slice(), after: now.size.slice() }
  const beforeOf = new Int32Array(now.count).fill(-1)
  const onlyBefore: Row[] = []
  const doubtful: { readonly b: Row; readonly a: Row; readonly objectId: string }[] = []
  let sparse = 0
  let pointers = 0

  /** The size of a file of the base as a checkout here would have it. */
  const settleBefore = (b: Row, path: string, a: Row | null) => {
    if (facts === null || old.kind[b] !== fileKind) return
    const pointed = facts.lfs?.atBase(path) ?? null
    const index = facts.indexed(path)
    const blob = facts.blobAtBase(path)
    if (pointed !== null) sizes.before[b] = pointed
    else if (index !== null && index.objectId() === blob) {
      const here = a === null ? null : (now.size[a] ?? 0)
      if (index.size === null) {
        if (here !== null && facts.isSameText(path)) sizes.before[b] = here
      } else if (here !== null && index.size === here % 2 ** 32) sizes.before[b] = here
      // A blob this large is as good as certain not to be converted.
      else if (index.size !== 0 && (old.size[b] ?? 0) < 2 ** 32) sizes.before[b] = index.size
    } else if (index !== null && a !== null && index.size === now.size[a])
      doubtful.push({ b, a, objectId: index.objectId() })
  }
  const settleAfter = (a: Row, path: string) => {
    const pointed = facts?.lfs?.here(path, now.size[a] ?? 0) ?? null
    if (pointed === null) return
    sizes.after[a] = pointed
    pointers++
  }
  joinTables(
    old,
    now,
    (row) => has[row] === 1,
    (b, a) => {
      if (a !== null && b !== null) beforeOf[a] = b
      const isFile = (b === null || old.kind[b] === fileKind) && (a === null || now.kind[a] === fileKind)
      if (b !== null && a === null && old.kind[b] !== dirKind) {
        const path = old.path(b)
        if (facts?.indexed(path)?.skipWorktree && !facts.isHere(path)) {
          had[b] = 0
          sparse++
          return
        }
        onlyBefore.push(b)
        settleBefore(b, path, null)
      } else if (facts !== null && isFile && a !== null) {
        const mayPoint = facts.lfs !== null
        if (!mayPoint && (b === null || old.size[b] === now.size[a])) return
        const path = now.path(a)
        if (b !== null) settleBefore(b, path, a)
        if (mayPoint) settleAfter(a, path)
      }
    },
  )
  if (sparse > 0) {
    for (let row = 0; row < old.count; row++) if ((old.end[row] ?? 0) > row + 1) had[row] = 0
    keepParents(old, had)
  }
  const inGit = new Set<Row>()
  const known = facts?.blobBytes(doubtful.map(({ objectId }) => objectId)) ?? new Map<string, number>()
  for (const { a, objectId } of doubtful) {
    const bytes = known.get(objectId)
    if (bytes === undefined || bytes === sizes.after[a]) continue
    sizes.after[a] = bytes
    inGit.add(a)
  }
  return {
    before: asCheckout(old, sizes.before, facts),
    after: asCheckout(now, sizes.after, facts),
    ...{ had, has, beforeOf, onlyBefore, inGit, sparse, pointers },
  }
}

function asCheckout(table: EntryTable, size: Float64Array, facts: TreeFacts | null): EntryTable {
  if (facts === null) return table
  return { ...table, size, timeBytes: new Uint8Array(table.count).fill(timeBytesNow), firstName: new Map() }
}

/** What git tracks, the directories on the way to it, and submodules that are closed, without what is in them. */
function trackedRows(table: EntryTable, { tracked, closed }: TreeFacts): Uint8Array {
  const parents = new Set<string>([''])
  for (const path of [...tracked, ...closed.keys()])
    for (let at = parentPath(path); !parents.has(at); at = parentPath(at)) parents.add(at)
  const has = new Uint8Array(table.count)
  const visit = (dir: Row, prefix: string) => {
    const to = dir === rootRow ? table.count : (table.end[dir] ?? 0)
    for (let row = dir + 1; row < to; row = table.end[row] ?? to) {
      const path = prefix + table.name(row)
      if (table.kind[row] !== dirKind) {
        if (tracked.has(path)) has[row] = 1
      } else if (closed.has(path)) has[row] = 1
      else if (!parents.has(path)) continue
      // What nobody entered is known to git all the same.
      else if (((table.flags[row] ?? 0) & flag.pruned) !== 0) has[row] = 1
      else visit(row, `${path}/`)
    }
  }
  visit(rootRow, '')
  keepParents(table, has)
  return has
}

/** Makes directories count that hold what counts. */
function keepParents(table: EntryTable, has: Uint8Array): void {
  for (let row = table.count - 1; row >= 0; row--) {
    const parent = table.parent[row] ?? rootRow
    if (has[row] === 1 && parent !== rootRow) has[parent] = 1
  }
}
