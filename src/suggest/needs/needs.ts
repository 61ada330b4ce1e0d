/** What an install has to find to work as it does in the whole tree: its manifests, and all that they pull in. */

import type { EntryTable } from '../../context/table.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { baseName, cleanPath, compareBytes, joinPath, outermost, parentPath } from '../../lib/path.ts'
import type { Repository } from '../../repository/model.ts'
import type { Reason } from '../group/model.ts'
import { isKept, matching } from '../group/whereabouts.ts'
import { type WorkspacePackage, workspacePackages } from '../group/workspaces.ts'
import { nodeNeeds } from './node.ts'
import { otherNeeds } from './other.ts'
import { pythonNeeds } from './python.ts'
import type { NeedsPlace, NeedsRoom } from './room.ts'

export type { NeedsPlace } from './room.ts'

/** Paths of the context to be copied before the install, sorted; or why it cannot be moved. */
export type Needs =
  | {
      readonly kind: 'paths'
      readonly paths: readonly string[]
      /** Why somebody should look at it first; null: nobody need. */
      readonly doubt: string | null
    }
  | { readonly kind: 'refused'; readonly reason: Reason }

/** A context with its repository, and what installs need of it: asked once for all that run the same at the same place. */
export interface Grounds {
  readonly table: EntryTable
  readonly repository: Repository
  readonly needsOf: (meaning: CommandMeaning, place: NeedsPlace) => Needs
  /** The packages of the workspace at a directory, '' for the context's root; those that a COPY can name. */
  readonly packagesAt: (root: string) => readonly WorkspacePackage[]
}

/** Hundreds of Dockerfiles install one and the same workspace of hundreds of packages. */
export function openGrounds(table: EntryTable, repository: Repository): Grounds {
  const known = new Map<string, Needs>()
  const workspaces = new Map<string, readonly WorkspacePackage[]>()
  return {
    table,
    repository,
    needsOf: (meaning, place) => {
      const key = JSON.stringify([meaning, place])
      const needs = known.get(key) ?? needsOf(meaning, place, table, repository)
      known.set(key, needs)
      return needs
    },
    packagesAt: (root) => {
      const isThere = (path: string) => isKept({ table, repository }, path)
      const packages = workspaces.get(root) ?? workspacePackages(root, repository.manifests, isThere)
      workspaces.set(root, packages)
      return packages
    },
  }
}

/** What `meaning` needs there. */
function needsOf(
  meaning: CommandMeaning,
  place: NeedsPlace,
  table: EntryTable,
  repository: Repository,
): Needs {
  const room: NeedsRoom = { table, repository, paths: new Set(), doubts: [] }
  const { dir } = place
  const group = meaning.manifests.find((names) => names.some((name) => matching(room, dir, name).length > 0))
  const reason =
    meaning.manifests.length > 0 && !group && place.files.length === 0
      ? { text: 'its manifest is not in the context', at: null }
      : gather(meaning, place, group ?? [], room)
  if (reason !== null) return { kind: 'refused', reason }
  const paths = [...outermost(room.paths)].sort(asWritten)
  return paths.length === 0
    ? { kind: 'refused', reason: { text: 'nothing says what it reads', at: null } }
    : { kind: 'paths', paths, doubt: room.doubts[0] ?? null }
}

/** As people write them: the manifest, what locks it, then settings. */
export function asWritten(a: string, b: string): number {
  const rank = (path: string) =>
    baseName(path).startsWith('.') ? 2 : Number(/lock|shrinkwrap|\.sum$/.test(baseName(path)))
  return rank(a) - rank(b) || compareBytes(a, b)
}

function gather(
  meaning: CommandMeaning,
  { dir, files }: NeedsPlace,
  group: readonly string[],
  room: NeedsRoom,
): Reason | null {
  for (const name of [...group, ...meaning.alsoReads]) {
    for (const path of matching(room, dir, name)) room.paths.add(path)
    // It works with them here and without them elsewhere: somebody may have meant that.
    for (const path of matching({ table: room.table }, dir, name))
      if (!room.paths.has(path))
        room.doubts.push(`${path} is read on this machine, and git does not track it`)
  }
  for (const file of files) {
    if (!isKept(room, file)) return { text: `${file} is not in the context`, at: null }
    room.paths.add(file)
  }
  switch (meaning.ecosystem) {
    case 'node':
      return nodeNeeds(meaning, dir, room)
    case 'python':
      return pythonNeeds(meaning, dir, room)
    case 'go':
      return goNeeds(dir, room)
    default:
      return otherNeeds(meaning, { dir, files }, room)
  }
}

/**
 * Modules that lie in the repository: their go.mod is read for what they need in turn. go.work's `use` and go.mod's
 * `replace … => ./dir`: https://go.dev/ref/mod#workspaces, https://go.dev/ref/mod#go-mod-file-replace.
 */
function goNeeds(dir: string, room: NeedsRoom): Reason | null {
  for (const file of [...room.paths].filter((path) => /(?:^|\/)go\.(?:mod|work)$/.test(path))) {
    const text = room.repository.manifests.get(file)
    if (text === undefined) return { text: `${file} was not read`, at: { file, line: 1 } }
    const isWork = file.endsWith('.work')
    const own = isWork
      ? [...text.matchAll(/^[ \t]*(?:use\s+)?["`]?(\.{1,2}(?:\/[^\s"`)]*)?)["`]?\s*(?:\/\/.*)?$/gm)]
      : []
    for (const [found, typed = ''] of [...text.matchAll(/=>\s*["`]?(\.{1,2}\/[^\s"`]*)/g), ...own]) {
      const path = cleanPath(joinPath(parentPath(file) || dir, typed)).replace(/^\.$/, '')
      const manifest = joinPath(path, 'go.mod')
      const line = text.slice(0, text.indexOf(found)).split('\n').length
      if (path.startsWith('..') || !isKept(room, manifest))
        return { text: `it names ${typed}, which is not in the context`, at: { file, line } }
      room.paths.add(manifest)
      if (isWork && isKept(room, joinPath(path, 'go.sum'))) room.paths.add(joinPath(path, 'go.sum'))
    }
  }
  return null
}
