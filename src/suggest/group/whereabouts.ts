/** What of the context a COPY can name: it is there, it is not ignored, and a clean checkout has it too. */

import { dirKind, type EntryTable, flag, type Row } from '../../context/table.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, joinPath, parentPath } from '../../lib/path.ts'
import type { Repository } from '../../repository/model.ts'

/** What is looked at to see whether a path is there; without the repository, whoever put it there. */
export interface Whereabouts {
  readonly table: EntryTable
  readonly repository?: Repository
}

/** True for a path that is there, that the ignore file leaves, and that a clean checkout has too. */
export function isKept({ table, repository }: Whereabouts, path: string): boolean {
  const row = table.find(path)
  return row !== null && ((table.flags[row] ?? 0) & flag.ignored) === 0 && isInCheckout(path, repository)
}

/** A COPY of what only this working tree has would fail elsewhere. Before the first `git add`, nothing is known. */
function isInCheckout(path: string, repository: Repository | undefined): boolean {
  const tracked = repository?.tracked ?? null
  if (tracked === null || tracked.size === 0 || tracked.has(path)) return true
  for (const other of tracked) if (other.startsWith(`${path}/`)) return true
  return false
}

/** Entries of a directory that a base name, glob or path (a final `/` for a directory) stands for and that are in the context. */
export function matching({ table, repository }: Whereabouts, dir: string, name: string): readonly string[] {
  const wantsDirectory = name.endsWith('/')
  const wanted = joinPath(dir, name.replace(/\/$/, ''))
  const parent = parentPath(wanted)
  const row = parent === '' ? -1 : table.find(parent)
  if (row === null) return []
  const end = row < 0 ? table.count : (table.end[row] ?? row + 1)
  const found: string[] = []
  for (let at: Row = row + 1; at < end; at = table.end[at] ?? at + 1) {
    if (((table.flags[at] ?? 0) & flag.ignored) !== 0 || (table.kind[at] === dirKind) !== wantsDirectory)
      continue
    const path = joinPath(parent, table.name(at))
    if (matchGlob(baseName(wanted), table.name(at)) === 'match' && isInCheckout(path, repository))
      found.push(path)
  }
  return found
}
