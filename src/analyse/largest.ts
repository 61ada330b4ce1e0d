/** The largest parts of a context, and who reads them. */

import type { GitIgnored } from '../context/git-ignored.ts'
import { dirKind, type EntryTable, type Row, rootRow } from '../context/table.ts'
import { jsonPath } from '../lib/path.ts'
import type { Amount, LargestReport } from '../report.ts'
import type { Selection } from '../resolve/selection.ts'
import { anyWithin, counter } from './amounts.ts'

/** What the table of the largest parts needs to know. */
export interface LargestInput {
  readonly table: EntryTable
  /** What the leading builder transfers. */
  readonly sent: Selection
  /** The context as the leading builder takes it. */
  readonly taken: Selection
  /** Per instruction of the leading target: its line, and the rows it reads, ascending. */
  readonly reads: readonly { readonly line: number; readonly rows: Int32Array }[]
  /** Rows that any target of the context reads. */
  readonly read: Selection
  readonly gitIgnored: GitIgnored | null
  readonly most: number
  /** What the proposals say of a path. */
  readonly canGo: (path: string) => LargestReport['canGo']
}

interface Part {
  readonly row: Row
  readonly amount: Amount
}

/** Directories that everybody takes as one thing, whatever makes them large. */
const knownUnits = new Set(['.git', 'node_modules', 'vendor', '.venv'])

/** Disjoint directories and files of the context, largest first, and what is left over. */
export function largestParts(input: LargestInput): {
  readonly largest: readonly LargestReport[]
  readonly rest: Amount
} {
  const { table } = input
  const inContext = counter(table, input.taken)
  const isRead = counter(table, input.read)
  const isTransferred = counter(table, input.sent)
  const children = (from: Row, to: Row): Part[] => {
    const parts: Part[] = []
    for (let row = from; row < to; row = table.end[row] ?? row + 1) {
      const amount = inContext(row, table.end[row] ?? row + 1)
      if (amount.files > 0) parts.push({ row, amount })
    }
    return parts
  }
  const all = inContext()
  const bySize = (a: Part, b: Part) => b.amount.bytes - a.amount.bytes || a.row - b.row
  // Some of it is read and some is not, so that its parts deserve a line each.
  const isMixed = ({ row, amount }: Part) => {
    const { files } = isRead(row, table.end[row] ?? row + 1)
    return files > 0 && files < amount.files
  }
  const isIgnoredByGit = (row: Row) =>
    input.gitIgnored?.(table.path(row), table.kind[row] === dirKind) ?? false
  const isUnanswered = (row: Row) => input.canGo(table.path(row)) === null
  /** True where a directory within, half of all, can go or is asked about, and what is around it has no answer of its own. */
  const holdsAnswer = ({ row }: Part): boolean =>
    isUnanswered(row) &&
    children(row + 1, table.end[row] ?? row + 1).some(
      (part) =>
        part.amount.bytes * 2 >= all.bytes &&
        table.kind[part.row] === dirKind &&
        (!isUnanswered(part.row) || holdsAnswer(part)),
    )
  let parts = children(0, table.count).sort(bySize)
  // A directory says more when it is shown as the one thing in it that makes it large.
  for (let rounds = 0; rounds < 64; rounds++) {
    const index = parts.slice(0, input.most).findIndex((part) => {
      if (table.kind[part.row] !== dirKind || part.amount.bytes * 10 < all.bytes) return false
      if (holdsAnswer(part)) return true
      const inner = children(part.row + 1, table.end[part.row] ?? part.row + 1)
      const heaviest = inner.reduce((a, b) => (b.amount.bytes > a.amount.bytes ? b : a))
      const largest = heaviest.amount.bytes
      if (largest * 10 < part.amount.bytes * 8) return false
      if (isMixed(part)) return inner.length <= input.most
      // A cache that git ignores as a whole is called by its own name, not by the version of the tool in it.
      const isAlone = table.kind[heaviest.row] === dirKind && largest * 100 > part.amount.bytes * 99
      if (isAlone && isIgnoredByGit(part.row)) return false
      return (table.parent[part.row] ?? rootRow) === rootRow && !knownUnits.has(table.name(part.row))
    })
    const found = parts[index]
    if (!found) break
    parts = [
      ...parts.filter((part) => part !== found),
      ...children(found.row + 1, table.end[found.row] ?? 0),
    ].sort(bySize)
  }
  const shown = parts.slice(0, input.most)
  const largest = shown.map(({ row, amount }): LargestReport => {
    const end = table.end[row] ?? row + 1
    const read = isRead(row, end)
    return {
      ...jsonPath(table.path(row)),
      ...amount,
      type: table.kind[row] === dirKind ? 'dir' : 'file',
      state: read.files === 0 ? 'unread' : read.files === amount.files ? 'read' : 'partly',
      readBy: [
        ...new Set(input.reads.filter(({ rows }) => anyWithin(rows, row, end)).map(({ line }) => line)),
      ],
      transferred: isTransferred(row, end),
      read,
      gitIgnored: isIgnoredByGit(row),
      canGo: input.canGo(table.path(row)),
    }
  })
  const sum = largest.reduce((a, part) => ({ files: a.files + part.files, bytes: a.bytes + part.bytes }), {
    files: 0,
    bytes: 0,
  })
  return { largest, rest: { files: all.files - sum.files, bytes: all.bytes - sum.bytes } }
}
