/** The files that may say how images are built of a directory of which git knows nothing. */

import { dirKind, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import { type Host, isFactOfPath, listTyped } from '../host/host.ts'
import { baseName, compareBytes, joinPath } from '../lib/path.ts'
import { packed, packedAll } from '../lib/three-bytes.ts'

/** Names of files that say how images are built, and of what lies beside them. */
const telling = new RegExp(
  `^(?:${[
    '[Dd]ockerfile',
    '.*\\.Dockerfile',
    'Dockerfile[._-].*',
    'Containerfile',
    '(?:docker-)?compose.*\\.ya?ml',
    'docker-bake.*\\.json',
    '.*\\.hcl',
    '[Mm]akefile|GNUmakefile|justfile|Taskfile\\.yml|package\\.json|skaffold\\.yaml|Tiltfile',
    '.*\\.dockerignore',
    'Jenkinsfile.*',
    '\\.?goreleaser.*\\.ya?ml',
  ].join('|')})$`,
  's',
)
/** The same of names that say so only in some places. */
const tellingPlaces =
  /^(?:\.github\/workflows\/[^/]*\.ya?ml|\.gitlab-ci\.yml|(?:(?:scripts?|bin|\.?ci|hack|build|infra|docker|tools|deploy)\/(?:.*\/)?)?[^/]*\.sh)$/s
const mostTelling = 20_000

/** Names of directories where only packages and caches lie. */
const junk: ReadonlySet<string> = new Set(['node_modules', '.git', '.venv', 'vendor'])
/** Names on the way to a file, its own included. */
const deepest = 8

/**
 * Paths relative to the directory, in the order of their bytes. `walked`: the entries of the directory, where somebody has
 * walked it; what the walk did not enter is listed.
 */
export function tellingFiles(host: Host, directory: string, walked: EntryTable | null): readonly string[] {
  const found = walked === null ? listedBelow(host, directory, '', 1) : walkedFiles(host, directory, walked)
  return [...found].sort(compareBytes).slice(0, mostTelling)
}

const isTelling = (path: string): boolean => telling.test(baseName(path)) || tellingPlaces.test(path)

function* listedBelow(host: Host, root: string, directory: string, depth: number): Generator<string> {
  if (depth > deepest) return
  for (const entry of entriesOf(host, joinPath(root, directory))) {
    const { name } = entry
    const path = directory === '' ? name : `${directory}/${name}`
    if (entry.isDirectory()) {
      if (!junk.has(name)) yield* listedBelow(host, root, path, depth + 1)
    } else if (entry.isFile() && isTelling(path)) yield path
  }
}

function entriesOf(host: Host, directory: string): ReturnType<typeof listTyped> {
  try {
    return listTyped(host, directory)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return []
    throw thrown
  }
}

/** Passes over the rows by the ends of their names: to make a text of each would take as long as to list them. */
function* walkedFiles(host: Host, root: string, table: EntryTable): Generator<string> {
  const { kind, flags, nameStart, arena } = table
  /** Where the directories end that the row lies in. */
  const ends: Row[] = []
  for (let row = 0; row < table.count; row++) {
    while (ends.length > 0 && (ends.at(-1) ?? 0) <= row) ends.pop()
    const end = table.end[row] ?? row + 1
    const to = nameStart[row + 1] ?? 0
    if (kind[row] === dirKind) {
      if (ends.length + 1 >= deepest || junk.has(table.name(row))) row = end - 1
      else if (((flags[row] ?? 0) & flag.pruned) === 0) ends.push(end)
      else yield* listedBelow(host, root, table.path(row), ends.length + 2)
    } else if (
      kind[row] === fileKind &&
      (endings.has(packed(arena, to - 3)) || beginnings.has(packed(arena, nameStart[row] ?? 0)))
    ) {
      const path = table.path(row)
      if (isTelling(path)) yield path
    }
  }
}

/** How the names end, and those begin that may end in anything. */
const endings = packedAll(['ile', 'yml', 'aml', 'son', 'hcl', 'ore', '.sh'])
const beginnings = packedAll(['Doc', 'Jen'])
