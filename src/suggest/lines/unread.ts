/** Parts of the project that no build of the group reads: nothing can miss them, on this tree or another. */

import { counter, without } from '../../analyse/amounts.ts'
import { dirKind, type Row } from '../../context/table.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { asPattern } from '../../ignore/edit.ts'
import { visiblePath } from '../../lib/path.ts'
import type { Suggestion } from '../edits/suggestion.ts'
import type { Inquiry } from '../group/model.ts'
import type { LineRoom } from './lines.ts'
import { conflictOf } from './proof.ts'

/** Below these, a line costs its reader more than it saves a builder. */
const leastBytes = 20_000
const leastInAll = 100_000
const mostLines = 8

/**
 * One suggestion for the largest of them; null when there is nothing worth a line. Only what git tracks: the rest is
 * judged one by one. BuildKit does not send them anyway; the classic builder, podman and every walk pay for them.
 */
export function unreadSuggestion(inquiry: Inquiry, room: LineRoom): Suggestion | null {
  const { group, measured, repository } = inquiry
  const { table } = measured.main
  // A build that cannot be read might want any of it, and without git nobody knows what is the project's.
  if (repository.tracked === null || group.open.length > 0) return null
  const rows = unreadParts(inquiry, room)
  if (rows.length === 0) return null
  const kept = counter(table, without(room.kept, room.certain))
  const parts = rows
    .map((row) => ({ row, bytes: kept(row, table.end[row] ?? row + 1).bytes }))
    .filter(({ bytes }) => bytes >= leastBytes)
    .sort((a, b) => b.bytes - a.bytes || a.row - b.row)
  const chosen = parts.slice(0, mostLines).flatMap(({ row, bytes }) => {
    const line = asPattern(table.path(row), { anywhere: false })
    return line === null || conflictOf(line, room.covered) !== null ? [] : [{ row, bytes, line }]
  })
  if (chosen.reduce((sum, { bytes }) => sum + bytes, 0) < leastInAll) return null
  const names = chosen.map(
    ({ row }) => `${visiblePath(table.path(row))}${table.kind[row] === dirKind ? '/' : ''}`,
  )
  const lines = chosen.map(({ line }) => line)
  return {
    id: `ignore-unread ${lines.join(' ')}`,
    title: `drop ${names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')}`,
    safety: 'proven',
    because: 'no instruction of any build reads it',
    evidence: [],
    ignores: [{ comment: 'No instruction of any build reads it.', lines }],
    rewrites: [],
    rows: chosen.map(({ row }) => row),
    speeds: null,
    guard: false,
  }
}

/** The highest rows that hold tracked files, none of which is read; what is read in part is looked into. */
function unreadParts({ group, measured }: Inquiry, room: LineRoom): readonly Row[] {
  const { table } = measured.main
  const isRead = (from: Row, to: Row): boolean =>
    group.members.some(({ read }) => read.subarray(from, to).includes(1))
  /** A lockfile whose manifest is copied was left out by mistake: what is missing there is its name in a COPY. */
  const isForgotten = (row: Row, from: Row, to: Row): boolean => {
    const manifests = table.kind[row] === dirKind ? [] : manifestsOf(table.name(row))
    for (let at = from; at < to && manifests.length > 0; at = table.end[at] ?? at + 1)
      if (manifests.includes(table.name(at)) && isRead(at, at + 1)) return true
    return false
  }
  const found: Row[] = []
  const visit = (from: Row, to: Row) => {
    for (let row = from; row < to; row = table.end[row] ?? row + 1) {
      const end = table.end[row] ?? row + 1
      if (room.kept[row] !== 1 && table.kind[row] !== dirKind) continue
      if (room.isFree(row) || room.certain[row] === 1) continue
      if (isForgotten(row, from, to)) continue
      if (!isRead(row, end)) found.push(row)
      else if (table.kind[row] === dirKind) visit(row + 1, end)
    }
  }
  visit(0, table.count)
  return found
}

/** The names of the manifests that a lockfile of the name goes with; none for any other file. */
const manifestsOf = (name: string): readonly string[] =>
  ecosystems.flatMap(({ lockfiles, manifests }) => (lockfiles.includes(name) ? manifests : []))
