/** What an instruction reads although git does not track it: it changes without a commit, so no history tells how often. */

import type { EntryTable, Row } from '../context/table.ts'
import { addRows, dirKind, fileKind } from '../context/table.ts'
import type { ResolvedRead } from '../measure/build.ts'
import type { Repository } from '../repository/model.ts'

export interface UntrackedPart {
  readonly path: string
  readonly isDirectory: boolean
  readonly files: number
  readonly bytes: number
}

/** The largest parts that are wholly untracked, `.git` and other repositories left out; none where git cannot tell. */
export function untrackedParts(
  reads: readonly ResolvedRead[],
  table: EntryTable,
  { tracked, rows: { within }, submodules }: Pick<Repository, 'tracked' | 'rows' | 'submodules'>,
): readonly UntrackedPart[] {
  if (tracked === null) return []
  const isRead = new Uint8Array(table.count)
  for (const { survey, reads: one } of reads) if (survey?.table === table) addRows(isRead, one.rows)
  const parts: UntrackedPart[] = []
  const visit = (from: Row, to: Row) => {
    for (let row = from; row < to; row = table.end[row] ?? row + 1) {
      const end = table.end[row] ?? row + 1
      const isDirectory = table.kind[row] === dirKind
      if (table.name(row) === '.git') continue
      if (within(row) > 0) {
        if (isDirectory) visit(row + 1, end)
        continue
      }
      let files = 0
      let bytes = 0
      for (let at = row; at < end; at++) {
        if (isRead[at] !== 1) continue
        files++
        if (table.kind[at] === fileKind) bytes += table.size[at] ?? 0
      }
      if (files === 0) continue
      const path = table.path(row)
      if (submodules.size > 0 && holdsSubmodule(path, submodules)) {
        if (isDirectory && !submodules.has(path)) visit(row + 1, end)
        continue
      }
      parts.push({ path, isDirectory, files, bytes })
    }
  }
  visit(0, table.count)
  return parts.sort((a, b) => b.bytes - a.bytes || b.files - a.files)
}

const holdsSubmodule = (path: string, submodules: ReadonlySet<string>): boolean =>
  submodules.has(path) || [...submodules].some((one) => one.startsWith(`${path}/`))
