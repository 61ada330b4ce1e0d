/** Looks into directories that the walk passed by, for files that must ship. */

import type { ReportPart } from '../analyse/report.ts'
import type { Row } from '../context/table.ts'
import { entryAt, type Host, isFactOfPath } from '../host/host.ts'
import type { DirectoryState, PatternList } from '../ignore/matcher.ts'
import { compareBytes, joinPath } from '../lib/path.ts'

/** Entries of one directory that are looked at; packages of a language have fewer. */
const mostEntries = 100_000

/** As {@link Readings.matchBelow}; of a larger directory only a part is looked at. */
export function matchBelow(
  host: Host,
  { measured: { main } }: ReportPart,
  row: Row,
  list: PatternList,
  state: DirectoryState,
): number | null {
  let left = mostEntries
  const visit = (directory: string, inside: DirectoryState): number | null => {
    // No pattern goes further, and none has come so far.
    if (inside.inside.dead && inside.hits.length === 0) return null
    for (const name of namesIn(host, directory)) {
      if (left-- <= 0) return null
      const path = joinPath(directory, name)
      const type = (entryAt(host, path)?.mode ?? 0) & 0o170000
      if (type === 0o040000) {
        const found = visit(path, list.enter(inside, name))
        if (found !== null) return found
      } else if (type === 0o100000 || type === 0o120000) {
        const verdict = list.decide(inside, name)
        if (list.matched(verdict)) return verdict
      }
    }
    return null
  }
  return visit(joinPath(main.context.root, main.table.path(row)), state)
}

function namesIn(host: Host, directory: string): readonly string[] {
  try {
    return host.list(directory).sort(compareBytes)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return []
    throw thrown
  }
}
