import { fileKind, type Row, rootRow } from '../context/table.ts'
import { landing } from '../dockerfile/landing.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { hostOverBrought } from '../inspect/brought.ts'
import { concerns, type Deed, type Surroundings, surroundings } from '../inspect/deeds.ts'
import { installReach } from '../inspect/workspaces.ts'
import { groupedCount } from '../lib/amount.ts'
import { baseName, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import type { Finding } from '../report.ts'
import { coverage } from '../resolve/reads.ts'
import { plain, type Rule } from './rule.ts'

/** An install, then a COPY that brings what the same tool has installed on this machine. */
export const hostOverInstall: Rule = {
  id: 'host-over-install',
  check: (build) => {
    const installs = installsCovered(build)
    const told = new Set(installs.flatMap(({ data }) => data.directories))
    return [...installs, ...broughtCovered(build, told)]
  },
}

/** Instructions looked at: a file of so many has more to worry about. */
const mostReads = 200

/** Directories of which an install is the one owner. Others that installs write to hold files of the project as well. */
const installed = new Set(['node_modules', 'vendor', '.venv', 'venv', 'obj', 'deps', '_build', '.bundle'])
const isInInstalled = (path: string): boolean =>
  path.split('/').some((name, i, all) => i < all.length - 1 && installed.has(name))

/** `told`: directories of which an install was found that they cover. */
function broughtCovered(build: MeasuredBuild, told: ReadonlySet<string>): readonly Covering[] {
  const { plan, main, tracked } = build
  // What lies there may be the project's own.
  if (!tracked || tracked.size === 0) return []
  const takings = build.reads.map(({ survey, instruction, reads }) => ({
    instruction,
    rows: survey === main ? reads.rows : null,
  }))
  return hostOverBrought(plan, main.table, takings, tracked).flatMap((found) => {
    const { read, brought, paths, files, bytes } = found
    const dirs = paths.filter((path) => !told.has(wellFormed(path)))
    if (dirs.length === 0) return []
    const command = `${brought.instruction} --from=${brought.from ?? ''}`
    const by = { line: brought.line, title: command, did: 'brought' }
    return [findingFor(build, read, by, { dirs: new Set(dirs), files, bytes })]
  })
}

function installsCovered(build: MeasuredBuild): readonly Covering[] {
  const around = surroundings(build.plan)
  /** What git tracks there is the project's own, whatever the directory is called. Most often nothing: then no path is made of a row. */
  let own: ReadonlySet<string> | null = null
  const isTracked = ({ table }: Survey, row: Row): boolean => {
    own ??= new Set([...(build.tracked ?? [])].filter(isInInstalled))
    return own.size > 0 && own.has(table.path(row))
  }
  return build.reads
    .filter(({ survey, instruction, reads }) => survey && !instruction.mount && reads.rows.length > 0)
    .slice(0, mostReads)
    .flatMap((read) => {
      const { survey, instruction } = read
      const seen = around(instruction)
      const installs = seen.before.filter(
        ({ kind, path }) => kind === 'install' && installed.has(baseName(path)),
      )
      if (survey === null || installs.length === 0) return []
      const isOwn = (row: Row) => survey === build.main && isTracked(survey, row)
      const reaches = installReach(survey.table, build.reads)
      const covered = coveredBy({ isOwn, reaches }, { read, survey, installs, seen })
      return [...covered].map(([install, files]) => {
        const by = { line: install.step.line, title: install.title, did: 'installed' }
        return findingFor(build, instruction, by, files)
      })
    })
}

interface Covered {
  /** Paths of the context that land there, in its order. */
  readonly dirs: Set<string>
  files: number
  bytes: number
}

/** Counts the files that land on what each install has made and nothing takes away again. One landing a directory is worked out. */
function coveredBy(
  {
    isOwn,
    reaches,
  }: {
    readonly isOwn: (row: Row) => boolean
    readonly reaches: ReturnType<typeof installReach>
  },
  {
    read: { instruction, reads },
    survey: { table },
    installs,
    seen,
  }: {
    readonly read: ResolvedRead
    readonly survey: Survey
    readonly installs: readonly Deed[]
    readonly seen: Surroundings
  },
): ReadonlyMap<Deed, Covered> {
  type Judged = { readonly install: Deed; readonly dir: string } | null
  const erasing = seen.after.filter(({ existing }) => existing === 'erases')
  const known = new Map<Row, Judged>([[rootRow, null]])
  const judge = (row: Row): Judged => {
    const path = table.path(row)
    const at = landing(instruction, seen.directory, path)
    const install =
      at === null ? undefined : installs.findLast((deed) => concerns(deed, at) && reaches(deed, at, path))
    if (at === null || !install) return null
    const dir = upTo(path, baseName(install.path))
    // What is named is meant.
    if (dir === null || coverage(instruction, dir) !== 'broad') return null
    return erasing.some((deed) => concerns(deed, at)) ? null : { install, dir }
  }
  const judgedAt = (row: Row): Judged => {
    const before = known.get(row)
    if (before !== undefined) return before
    const above = judgedAt(table.parent[row] ?? rootRow)
    // What lies in such a directory shares its fate, unless a part of it is erased.
    const judged = above !== null && erasing.length === 0 ? above : judge(row)
    known.set(row, judged)
    return judged
  }
  const covered = new Map<Deed, Covered>()
  for (const row of reads.rows) {
    const parent = table.parent[row] ?? rootRow
    if (table.kind[row] !== fileKind || parent === rootRow) continue
    const found = judgedAt(parent)
    if (!found || isOwn(row)) continue
    const sum = covered.get(found.install) ?? { dirs: new Set<string>(), files: 0, bytes: 0 }
    sum.dirs.add(found.dir)
    sum.files++
    sum.bytes += table.size[row] ?? 0
    covered.set(found.install, sum)
  }
  return covered
}

/** The path up to the first component of that name; null when it has none. */
function upTo(path: string, name: string): string | null {
  const parts = path.split('/')
  const index = parts.indexOf(name)
  return index < 0 ? null : parts.slice(0, index + 1).join('/')
}

/** A finding with what is known of it. */
type Covering = Finding & { readonly data: { readonly directories: readonly string[] } }

function findingFor(
  build: MeasuredBuild,
  instruction: ReadInstruction,
  by: { readonly line: number; readonly title: string; readonly did: string },
  { dirs, files, bytes }: Covered,
): Covering {
  const [first = ''] = dirs
  const others = dirs.size === 1 ? '' : ` and ${dirs.size - 1} more`
  const count = files === 1 ? '1 file' : `${groupedCount(files)} files`
  return {
    ...plain,
    rule: 'host-over-install',
    severity: 'warning',
    message: `${instruction.instruction} (line ${instruction.line}) puts ${visiblePath(first)}${others} of this machine (${count}) over what ${visiblePath(by.title)} (line ${by.line}) ${by.did}`,
    hint: `leave ${dirs.size === 1 ? 'it' : 'them'} out with a line in the ignore file`,
    at: { file: build.build.dockerfile.file, line: instruction.line },
    bytes,
    data: {
      fails: false,
      install: { line: by.line, command: by.title },
      directories: [...dirs].slice(0, 20).map(wellFormed),
      files,
    },
  }
}
