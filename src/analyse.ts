/** What the selections and reads of a context amount to. Pure: everything has been read by now. */

import type { GitIgnored } from './context/git-ignored.ts'
import { judgeRows } from './context/judge.ts'
import { dirKind, type EntryTable, fileKind, flag, type Row, rootRow } from './context/table.ts'
import { createPatternList, undecided } from './ignore/matcher.ts'
import { jsonPath, wellFormed } from './lib/path.ts'
import type { Amount, IgnoreLineReport, LargestReport } from './report.ts'
import type { Selection } from './resolve/selection.ts'
import type { Survey } from './survey.ts'

/** Counts a range of rows, by default all. */
export type Count = (from?: Row, to?: Row) => Amount

/**
 * Counts regular files among the rows for which `wanted` holds. A file with several names counts once for each name,
 * its bytes with the first wanted name only, because they are sent only once. Linear in the range.
 */
export function counter(table: EntryTable, wanted: (row: Row) => boolean): Count {
  const laterNames = new Set<Row>()
  const seen = new Set<Row>()
  for (const [row, group] of table.firstName) {
    if (!wanted(row)) continue
    if (seen.has(group)) laterNames.add(row)
    seen.add(group)
  }
  return (from = 0, to = table.count) => {
    let files = 0
    let bytes = 0
    for (let row = from; row < to; row++)
      if (table.kind[row] === fileKind && wanted(row)) {
        files++
        if (!laterNames.has(row)) bytes += table.size[row] ?? 0
      }
    return { files, bytes }
  }
}

export const isIgnored = (table: EntryTable, row: Row): boolean =>
  ((table.flags[row] ?? 0) & flag.ignored) !== 0

/** What each line of the ignore file does on this tree, in file order. */
export function ignoreLines(survey: Survey): readonly IgnoreLineReport[] {
  const { table, context, walk } = survey
  const lines = context.ignore?.parsed.lines ?? []
  const files = new Float64Array(lines.length)
  const bytes = new Float64Array(lines.length)
  const decided = new Uint8Array(lines.length)
  const pruned: Row[][] = lines.map(() => [])
  for (let row = 0; row < table.count; row++) {
    const index = table.verdict[row] ?? undecided
    if (index < 0) continue
    decided[index] = 1
    if (((table.flags[row] ?? 0) & flag.pruned) !== 0) pruned[index]?.push(row)
    else if (table.kind[row] === fileKind) {
      files[index] = (files[index] ?? 0) + 1
      bytes[index] = (bytes[index] ?? 0) + (table.size[row] ?? 0)
    }
  }
  const overruled = overruling(
    survey,
    lines.map((_, index) => index).filter((index) => decided[index] === 0),
  )
  return lines.map(({ line, written }, index) => {
    const idle = decided[index] === 0
    const by = overruled.get(index)
    return {
      line,
      pattern: wellFormed(written),
      negated: written.startsWith('!'),
      decides: { files: files[index] ?? 0, bytes: bytes[index] ?? 0 },
      pruned: (pruned[index] ?? []).map((row) => ({
        ...jsonPath(table.path(row)),
        measured: walk.prunedAmounts.get(row) ?? null,
      })),
      idle,
      because: idle ? (by === undefined ? 'matches nothing' : 'already decided') : 'decides',
      decidedBy: by === undefined ? null : by === undecided ? null : (lines[by]?.line ?? null),
    }
  })
}

/**
 * For lines that decide nothing although something matches them: the line that decided about the first such entry,
 * `undecided` for a negation of what was never ignored.
 */
function overruling(survey: Survey, idle: readonly number[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  const { table, context } = survey
  const { patterns } = context.patterns
  // One that docker cannot evaluate matches nothing, and would throw here too.
  const tried = idle.filter((index) => patterns[index]?.invalid === false)
  const wanting = new Set(tried)
  if (tried.length === 0) return found
  const list = createPatternList(tried.flatMap((index) => patterns[index] ?? []))
  judgeRows(table, list, {
    row: (row, _, parent) => {
      for (const match of list.matchingIn(parent, table.name(row))) {
        const index = tried[match] ?? undecided
        if (wanting.delete(index)) found.set(index, table.verdict[row] ?? undecided)
      }
    },
    enters: () => wanting.size > 0,
  })
  // A plain path below a directory that was dropped whole is nowhere in the table.
  for (const index of wanting) {
    const text = patterns[index]?.text ?? ''
    if (/[*?[\]\\^!]/.test(text)) continue
    const row = prunedParent(table, text)
    if (row !== null) found.set(index, table.verdict[row] ?? undecided)
  }
  return found
}

/** The row of the directory that was dropped whole and would hold the path; null when there is none. */
export function prunedParent(table: EntryTable, path: string): Row | null {
  const parts = path.split('/')
  for (let length = 1; length < parts.length; length++) {
    const row = table.find(parts.slice(0, length).join('/'))
    if (row === null) return null
    if (((table.flags[row] ?? 0) & flag.pruned) !== 0) return row
  }
  return null
}

/** What the table of the largest parts needs to know. */
export interface LargestInput {
  readonly table: EntryTable
  /** What BuildKit sends. */
  readonly sent: Selection
  /** The context as the leading builder takes it. */
  readonly taken: Selection
  /** Per instruction of the leading target: its line, and the rows it reads, ascending. */
  readonly reads: readonly { readonly line: number; readonly rows: Int32Array }[]
  /** Rows that any target of the context reads. */
  readonly read: Selection
  readonly gitIgnored: GitIgnored | null
  readonly most: number
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
  const inContext = counter(table, (row) => input.taken[row] === 1)
  const isRead = counter(table, (row) => input.read[row] === 1)
  const isTransferred = counter(table, (row) => input.sent[row] === 1)
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
  let parts = children(0, table.count).sort(bySize)
  // A directory says more when it is shown as the one thing in it that makes it large.
  for (let rounds = 0; rounds < 64; rounds++) {
    const index = parts.slice(0, input.most).findIndex((part) => {
      if (table.kind[part.row] !== dirKind || part.amount.bytes * 10 < all.bytes) return false
      const inner = children(part.row + 1, table.end[part.row] ?? part.row + 1)
      const largest = Math.max(...inner.map((child) => child.amount.bytes))
      if (largest * 10 < part.amount.bytes * 8) return false
      if (isMixed(part)) return inner.length <= input.most
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
      gitIgnored: input.gitIgnored?.(table.path(row), table.kind[row] === dirKind) ?? false,
    }
  })
  const sum = largest.reduce((a, part) => ({ files: a.files + part.files, bytes: a.bytes + part.bytes }), {
    files: 0,
    bytes: 0,
  })
  return { largest, rest: { files: all.files - sum.files, bytes: all.bytes - sum.bytes } }
}

/** True when one of the ascending rows lies in `from` ≤ row < `to`. */
export function anyWithin(rows: Int32Array, from: Row, to: Row): boolean {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] ?? rootRow) < from) low = middle + 1
    else high = middle
  }
  const found = rows[low]
  return found !== undefined && found < to
}
