/** A copy of a whole workspace for the sake of one of its packages: that one, those it depends on, and what the root is asked for. */

import { type EntryTable, fileKind } from '../../context/table.ts'
import { compareBytes, joinPath, outermost, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import { isKept } from '../group/whereabouts.ts'
import { filtersOf, packageNamed, takesDependents } from '../group/workspace-filter.ts'
import type { WorkspacePackage } from '../group/workspaces.ts'
import { absolute } from '../image/paths.ts'
import { type ImageCommand, runsOf } from '../image/runs.ts'
import { startedBy } from '../image/started.ts'
import { contextPathAt } from '../image/wide-copy.ts'
import { asWritten } from '../needs/needs.ts'
import {
  heirsOf,
  installNeeds,
  isBroughtBefore,
  isWithin,
  listed,
  type Narrowing,
  type NarrowRoom,
  narrowed,
} from './narrowing.ts'

/** Files at the root of a workspace that package managers, runners and compilers of its packages look for by themselves. */
const settings =
  /^(?:package\.json|pnpm-workspace\.yaml|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|bunfig\.toml|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.c?js|tsconfig[\w.-]*\.json|babel\.config\.\w+|\.babelrc(?:\.\w+)?|\.swcrc|\.browserslistrc|(?:tailwind|postcss)\.config\.\w+)$/

/** Of those that run scripts of several packages, where a command calls them. */
const runnerSettings = /^(?:turbo\.jsonc?|nx\.json|lerna\.json)$/

/** Null where nothing tells which package is meant, where all of them are, and where the copy is not of a workspace. */
export function workspaceParts(room: NarrowRoom): Narrowing | null {
  const { member, table, repository, wide } = room
  const root = wide.sources[0]?.path ?? ''
  const isThere = (path: string) => isKept({ table, repository }, path)
  const packages = room.packagesAt(root)
  const used = packages.length === 0 ? null : packagesUsed(room, packages)
  const [first] = used ?? []
  if (used === null || first === undefined) return null
  const own = packages.filter(({ dir }) => dir === root)
  const all = dependedOn([...used.map(({ pack }) => pack), ...own], packages)
  if (packages.every((one) => all.has(one))) return null
  const dirs = [...outermost([...all].filter((one) => !own.includes(one)).map(({ dir }) => dir))].sort(
    compareBytes,
  )
  const isOutside = (path: string) => !dirs.some((dir) => isWithin(path, dir) || isWithin(dir, path))
  const reached = [...all]
    .flatMap(({ reaches }) => reaches)
    .filter((path) => isThere(path) && isOutside(path))
  const installed = installNeeds(room)
  if (installed === null) return null
  const isRead = (name: string): boolean =>
    settings.test(name) ||
    (runnerSettings.test(name) && used.some(({ words }) => words.includes(name.split('.')[0] ?? '')))
  const wanted = [
    ...filesIn(root, table)
      .filter(isRead)
      .map((name) => joinPath(root, name))
      .filter(isThere),
    ...outermost(reached),
  ]
  const linesFor = (some: readonly string[]): readonly string[] => [
    ...[...new Set(some)].filter((path) => isOutside(path) && !isBroughtBefore(room, path)).sort(asWritten),
    ...dirs,
  ]
  // One that another needs is not what it is about.
  const isNeeded = (pack: WorkspacePackage) =>
    used.some((other) => other.pack !== pack && dependedOn([other.pack], packages).has(pack))
  const about = used.filter(({ pack }) => !isNeeded(pack))
  const [leading = first] = about
  const names = [...new Set(about.map(({ pack }) => visiblePath(pack.dir)))]
  const needed = dirs.filter((dir) => !about.some(({ pack }) => pack.dir === dir)).map(visiblePath)
  const depends =
    needed.length === 0
      ? `${names.length > 1 ? 'depend' : 'depends'} on no other package here`
      : `${names.length > 1 ? 'depend' : 'depends'} on ${needed.length > 3 ? `${needed.length} of the packages here` : listed(needed)}`
  return narrowed(room, linesFor([...installed, ...wanted]), {
    because: `${leading.why} (${placeText({ file: member.dockerfile.file, line: leading.line })}) is about ${listed(names)}, which ${depends}; what else is read of the repository, only you know`,
    what: needed.length === 0 ? listed(names) : `${listed(names)} and what it depends on`,
    carried: linesFor(wanted.filter((path) => !installed.includes(path))),
  })
}

/** A package that a command is about. */
interface Use {
  readonly pack: WorkspacePackage
  /** What is about it, as it is told, and its words. */
  readonly why: string
  readonly words: readonly string[]
  readonly line: number
}

/** Every package that a step behind the copy is about, or that is started or taken; null where one may be about any. */
function packagesUsed(
  { member, repository, wide, runs, index }: NarrowRoom,
  packages: readonly WorkspacePackage[],
): readonly Use[] | null {
  const used: Use[] = []
  const root = wide.sources[0]?.path ?? ''
  const holding = (path: string): WorkspacePackage | null =>
    packages.find(({ dir }) => dir !== root && isWithin(path, dir)) ?? null
  const heirs = heirsOf(member, index)
  const all = [...runs, ...heirs.flatMap((heir) => runsOf(member, heir, repository))]
  if (all.some(({ unread }) => unread !== null)) return null
  for (const { step, commands } of all)
    for (const command of commands) {
      const found = packagesOf(command, packages, (image) => {
        const path = contextPathAt(wide, image)
        return path === null ? null : holding(path)
      })
      if (found === null) return null
      const why = (command.text.split(' → ')[0] ?? '').split(' ').slice(0, 5).join(' ')
      used.push(...found.map((pack) => ({ pack, why, words: command.words, line: step.line })))
    }
  for (const stage of member.plan.stages) {
    const started = startedBy(member, stage.index)
    if (started === null) continue
    const isHere = stage.index === index || heirs.includes(stage.index)
    const filtered = filtersOf(started.words).flatMap((name) => packageNamed(name, packages) ?? [])
    const about = { why: started.keyword, words: started.words, line: started.line }
    used.push(...filtered.map((pack) => ({ pack, ...about })))
    for (const word of started.words) {
      // In another stage the package may lie anywhere: then its own path is what tells it.
      const image = isHere ? absolute(word, started.directory) : null
      const path = image === null ? null : contextPathAt(wide, image)
      const pack =
        path === null
          ? (packages.find(({ dir }) => dir !== root && `/${word}/`.includes(`/${dir}/`)) ?? null)
          : holding(path)
      if (pack !== null) used.push({ pack, ...about })
    }
  }
  for (const read of member.plan.reads) {
    if (read.origin.kind !== 'stage' || ![index, ...heirs].includes(read.origin.index)) continue
    for (const source of read.localSources) {
      const path = contextPathAt(wide, absolute(source, '/'))
      const pack = path === null ? null : holding(path)
      if (pack !== null)
        used.push({ pack, why: `${read.instruction} --from=${read.from ?? ''}`, words: [], line: read.line })
    }
  }
  return used
}

/** The packages that a command works in; none for one that is about none, null where it may be about any. */
function packagesOf(
  { words, meaning, directory, text }: ImageCommand,
  packages: readonly WorkspacePackage[],
  at: (image: string) => WorkspacePackage | null,
): readonly WorkspacePackage[] | null {
  if (words.includes('prune')) return null
  const filters = filtersOf(words)
  if (filters.some(takesDependents)) return null
  if (filters.length > 0) {
    const found = filters.map((name) => packageNamed(name, packages))
    return found.includes(null) ? null : found.flatMap((pack) => pack ?? [])
  }
  const paths = words
    .slice(1)
    .filter((word) => word.includes('/') && !word.startsWith('-'))
    .flatMap((word) => (/[$`*]/.test(word) ? [] : (absolute(word, directory) ?? [])))
  const inWords = paths.flatMap((path) => at(path) ?? [])
  const here = directory === null ? null : at(directory)
  if (here !== null) return [here, ...inWords]
  const isHarmless =
    meaning?.kind === 'system' ||
    meaning?.kind === 'plain' ||
    words[0] === 'cd' ||
    (meaning?.kind === 'install' && meaning.reads !== 'sources')
  // A script of the root that only calls others is followed to them.
  if (isHarmless) return inWords
  return inWords.length > 0 && !text.includes(' → ') && !(meaning?.inWorkspaces ?? false) ? inWords : null
}

/** These and all that they depend on among the packages. */
function dependedOn(
  from: readonly WorkspacePackage[],
  packages: readonly WorkspacePackage[],
): ReadonlySet<WorkspacePackage> {
  const all = new Set(from)
  // Grows while it is read.
  for (const { needs, reaches } of all)
    for (const other of packages)
      if (
        (other.name !== null && needs.includes(other.name)) ||
        (other.dir !== '' && reaches.some((path) => isWithin(path, other.dir)))
      )
        all.add(other)
  return all
}

function filesIn(dir: string, table: EntryTable): readonly string[] {
  const row = dir === '' ? -1 : (table.find(dir) ?? -1)
  const end = row < 0 ? table.count : (table.end[row] ?? row + 1)
  const found: string[] = []
  for (let at = row + 1; at < end; at = table.end[at] ?? at + 1)
    if (table.kind[at] === fileKind) found.push(table.name(at))
  return found
}
