/** A COPY --from, then a COPY of the context that brings what lies under the same name on this machine. */

import { dirKind, type EntryTable, fileKind, type Row, rootRow } from '../context/table.ts'
import { coveredBy, landing } from '../dockerfile/landing.ts'
import type { BuildPlan, ReadInstruction } from '../dockerfile/model.ts'
import { cleanPath, rootedPath } from '../lib/path.ts'
import { concerns, type Surroundings, surroundings } from './deeds.ts'

/** What of this machine lands where a stage or an image had brought something. */
export interface OverBrought {
  readonly read: ReadInstruction
  /** The COPY --from before it. */
  readonly brought: ReadInstruction
  /** Paths of the context, whole where git tracks nothing in them; in its order. */
  readonly paths: readonly string[]
  readonly files: number
  readonly bytes: number
}

/** An instruction with the rows that it takes of the main context; null: it takes of something else. */
interface Taking {
  readonly instruction: ReadInstruction
  readonly rows: Int32Array | null
}

/** Instructions looked at, and paths that one has: a file of so many has more to worry about. */
const mostTakings = 100
const mostPaths = 1000

/**
 * Of each COPY that takes directories of the main context, what git does not track (`tracked`: paths from its root) and puts over
 * what an earlier COPY --from of its stage has brought. What is named is meant. Goes into directories of the context only where
 * they lead to what was brought.
 */
export function hostOverBrought(
  plan: BuildPlan,
  table: EntryTable,
  takings: readonly Taking[],
  tracked: ReadonlySet<string>,
): readonly OverBrought[] {
  const copies = takings.filter(({ instruction }) => !instruction.mount && !instruction.parents)
  const brought = copies
    .map(({ instruction }) => instruction)
    .filter(({ origin }) => origin.kind === 'stage' || origin.kind === 'image')
    .slice(0, mostTakings)
  if (brought.length === 0) return []
  const around = surroundings(plan)
  const parents = new Set<string>()
  for (const path of tracked)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const dir = path.slice(0, at)
      if (parents.has(dir)) break
      parents.add(dir)
    }
  const isOurs = (path: string): boolean => tracked.has(path) || parents.has(path)
  return copies.slice(0, mostTakings).flatMap(({ instruction: read, rows }) => {
    if (rows === null || rows.length === 0) return []
    const seen = around(read)
    const taken = new Set(rows)
    return brought.flatMap((one) => {
      const filled =
        one.stageIndex === read.stageIndex && one.line < read.line ? filledBy(one, seen.directory) : null
      if (filled === null) return []
      const found = coveringOf(table, { read, taken, filled, seen, isOurs })
      return found.paths.length === 0 ? [] : [{ read, brought: one, ...found }]
    })
  })
}

interface Question {
  readonly read: ReadInstruction
  readonly taken: ReadonlySet<Row>
  /** Absolute, in the image. */
  readonly filled: string
  readonly seen: Surroundings
  readonly isOurs: (path: string) => boolean
}

function coveringOf(table: EntryTable, { read, taken, filled, seen, isOurs }: Question) {
  const paths: string[] = []
  let files = 0
  let bytes = 0
  const erasing = seen.after.filter(({ existing }) => existing === 'erases')
  const isNamed = (path: string): boolean =>
    read.localSources.some((source) => coveredBy(read, rootedPath(source), path) === path)
  const count = (row: Row): boolean => {
    const before = files
    for (let at = row; at < (table.end[row] ?? row + 1); at++)
      if (table.kind[at] === fileKind && taken.has(at)) {
        files++
        bytes += table.size[at] ?? 0
      }
    return files > before
  }
  const visit = (dir: Row) => {
    const end = dir === rootRow ? table.count : (table.end[dir] ?? dir + 1)
    for (let row = dir + 1; row < end && paths.length < mostPaths; row = table.end[row] ?? row + 1) {
      const path = table.path(row)
      const at = landing(read, seen.directory, path)
      const isDirectory = table.kind[row] === dirKind
      if (at === null) {
        // What is taken may lie further down.
        if (isDirectory && leadsTo(read, path)) visit(row)
        continue
      }
      const isIn = at === filled || at.startsWith(`${filled}/`)
      if (isIn && !isOurs(path)) {
        if (!isNamed(path) && !erasing.some((deed) => concerns(deed, at)) && count(row)) paths.push(path)
      } else if (isDirectory && (isIn || filled.startsWith(at === '/' ? '/' : `${at}/`))) visit(row)
    }
  }
  visit(rootRow)
  return { paths, files, bytes }
}

/** True where a source of the instruction lies in the directory. */
const leadsTo = ({ localSources }: ReadInstruction, path: string): boolean =>
  localSources.some((source) => rootedPath(source).startsWith(`${path}/`))

/** The file or directory, absolute, that a COPY --from fills; null where that cannot be told, and for the directory that a whole project is copied to. */
function filledBy({ dest, localSources }: ReadInstruction, directory: string | null): string | null {
  if (dest === null || localSources.length !== 1 || (directory === null && !dest.startsWith('/'))) return null
  const at = cleanPath(dest.startsWith('/') ? dest : `${directory}/${dest}`)
  // Of what is put there nobody knows the names.
  return at === '/' || at === directory ? null : at
}
