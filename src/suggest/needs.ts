/** What an install has to find to work as it does in the whole tree: its manifests, and all that they pull in. */

import { dirKind, type EntryTable, flag, type Row } from '../context/table.ts'
import type { CommandMeaning } from '../ecosystems/model.ts'
import { matchGlob } from '../lib/glob.ts'
import { baseName, cleanPath, compareBytes, joinPath, parentPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { Repository } from '../repository/model.ts'
import type { Reason } from './model.ts'
import { packageScripts } from './steps.ts'

/** Paths of the context to be copied before the install, sorted; or why it cannot be moved. */
export type Needs =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: Reason }

/** Beyond this many files of their own a list of COPYs helps nobody. */
const mostManifests = 24

const refused = (text: string, at: Place | null): Needs => ({ kind: 'refused', reason: { text, at } })

/** What `meaning` needs when it runs in `dir` of the context ('' its root). */
export function needsOf(
  meaning: CommandMeaning,
  dir: string,
  table: EntryTable,
  repository: Repository,
): Needs {
  const room: Room = { table, repository, paths: new Set() }
  const group = meaning.manifests.find((names) => names.some((name) => matching(room, dir, name).length > 0))
  if (meaning.manifests.length > 0 && !group) return refused('its manifest is not in the context', null)
  for (const name of [...(group ?? []), ...meaning.alsoReads])
    for (const path of matching(room, dir, name)) room.paths.add(path)
  for (const file of meaning.files) {
    const path = cleanPath(joinPath(dir, file))
    if (!isKept(room, path)) return refused(`${file} is not in the context`, null)
    room.paths.add(path)
  }
  const more =
    meaning.ecosystem === 'node'
      ? nodeNeeds(meaning, dir, room)
      : meaning.ecosystem === 'python'
        ? pythonNeeds(room)
        : null
  if (more !== null) return { kind: 'refused', reason: more }
  // As people write them: the manifest, then what locks it.
  const isLock = (path: string) => Number(/lock|shrinkwrap|\.sum$/.test(baseName(path)))
  const paths = [...room.paths]
    .filter((path) => ![...room.paths].some((other) => path.startsWith(`${other}/`)))
    .sort((a, b) => isLock(a) - isLock(b) || compareBytes(a, b))
  if (paths.length > mostManifests) return refused(`it reads ${paths.length} manifests`, null)
  return paths.length === 0 ? refused('nothing says what it reads', null) : { kind: 'paths', paths }
}

interface Room {
  readonly table: EntryTable
  readonly repository: Repository
  readonly paths: Set<string>
}

const isKept = ({ table }: Room, path: string): boolean => {
  const row = table.find(path)
  return row !== null && ((table.flags[row] ?? 0) & flag.ignored) === 0
}

/** Entries of a directory that a base name, glob or path (a final `/` for a directory) stands for and that are in the context. */
function matching(room: Room, dir: string, name: string): readonly string[] {
  const { table } = room
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
    if (matchGlob(baseName(wanted), table.name(at)) === 'match') found.push(joinPath(parent, table.name(at)))
  }
  return found
}

// ---- Node

/** Commands in install scripts that find all they need in the packages themselves. */
const harmless =
  /^(?:husky(?: install)?|is-ci|true|exit 0|echo\b.*|only-allow \w+|npx only-allow \w+|(?:npx )?simple-git-hooks|lefthook install|patch-package|prisma generate|(?:npx )?prisma generate)$/

function nodeNeeds(meaning: CommandMeaning, dir: string, room: Room): Reason | null {
  const file = joinPath(dir, 'package.json')
  const lockfiles = [
    'package-lock.json',
    'npm-shrinkwrap.json',
    'yarn.lock',
    'pnpm-lock.yaml',
    'bun.lock',
    'bun.lockb',
  ]
  if (!lockfiles.some((name) => isKept(room, joinPath(dir, name))))
    return { text: `${meaning.title} has no lockfile to go by`, at: null }
  const text = room.repository.manifests.get(file)
  const manifest = text === undefined ? null : parseObject(text)
  if (text === undefined || manifest === null)
    return { text: `${file} cannot be read`, at: { file, line: 1 } }
  const workspaces = workspaceManifests(manifest, dir, room)
  for (const path of workspaces) room.paths.add(path)
  for (const path of [file, ...workspaces]) {
    const reason = scriptNeeds(meaning, path, room) ?? localPackages(path, room)
    if (reason !== null) return reason
  }
  return null
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const read: unknown = JSON.parse(text)
    return isRecord(read) ? read : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function workspaceManifests(
  manifest: Readonly<Record<string, unknown>>,
  dir: string,
  { repository }: Room,
): readonly string[] {
  const declared = manifest['workspaces']
  const globs: string[] = []
  const list = isRecord(declared) ? declared['packages'] : declared
  if (Array.isArray(list)) for (const glob of list) if (typeof glob === 'string') globs.push(glob)
  const pnpm = repository.manifests.get(joinPath(dir, 'pnpm-workspace.yaml'))
  // Its list stands alone on its lines; a YAML reader for that would cost more than it gives.
  for (const [, , glob = ''] of pnpm?.matchAll(/^\s*-\s*(["']?)([^"'#\n]+?)\1\s*(?:#.*)?$/gm) ?? [])
    globs.push(glob)
  return [...repository.manifests.keys()].filter((path) => {
    if (baseName(path) !== 'package.json' || parentPath(path) === dir) return false
    const below =
      dir === ''
        ? parentPath(path)
        : parentPath(path).startsWith(`${dir}/`)
          ? parentPath(path).slice(dir.length + 1)
          : null
    if (below === null) return false
    const isIn = (glob: string) => globMatches(glob.replace(/^\.\//, '').replace(/\/$/, ''), below)
    return (
      globs.some((glob) => !glob.startsWith('!') && isIn(glob)) &&
      !globs.some((glob) => glob.startsWith('!') && isIn(glob.slice(1)))
    )
  })
}

function globMatches(glob: string, path: string): boolean {
  const deep = glob.indexOf('**')
  if (deep < 0) return matchGlob(glob, path) === 'match'
  const head = glob.slice(0, deep).replace(/\/$/, '')
  return head === '' || path.startsWith(`${head}/`)
}

/** Scripts that the install runs: those that need nothing but what is copied may stay, the others keep it where it is. */
function scriptNeeds(meaning: CommandMeaning, file: string, room: Room): Reason | null {
  const text = room.repository.manifests.get(file) ?? ''
  const scripts = packageScripts(text)
  for (const name of meaning.scripts) {
    const script = scripts?.get(name)
    if (script === undefined) continue
    const line = text.slice(0, Math.max(0, text.indexOf(`"${name}"`))).split('\n').length
    for (const part of script.split(/&&|\|\||;/).map((one) => one.trim())) {
      if (part === '' || harmless.test(part)) continue
      return {
        text: `its ${name} script runs ${part.slice(0, 60)}, which needs the sources`,
        at: { file, line },
      }
    }
    if (/prisma generate/.test(script)) addPrisma(file, room)
    if (/patch-package/.test(script)) addDirectory(joinPath(parentPath(file), 'patches'), room)
  }
  // Its own install script generates the client from the schema.
  if (/"@prisma\/client"|"prisma"/.test(text)) addPrisma(file, room)
  return null
}

function addPrisma(file: string, room: Room): void {
  addDirectory(joinPath(parentPath(file), 'prisma'), room)
}

function addDirectory(path: string, room: Room): void {
  if (isKept(room, path)) room.paths.add(path)
}

/** Packages that the manifest takes from directories of the repository: they have to be there, whole. */
function localPackages(file: string, room: Room): Reason | null {
  const text = room.repository.manifests.get(file) ?? ''
  for (const [found, , typed = ''] of text.matchAll(/"[^"]+"\s*:\s*"(file|link|portal):([^"]+)"/g)) {
    const path = cleanPath(joinPath(parentPath(file), typed))
    const line = text.slice(0, text.indexOf(found)).split('\n').length
    if (path.startsWith('../') || !isKept(room, path))
      return { text: `it depends on ${typed}, which is not in the context`, at: { file, line } }
    room.paths.add(path)
  }
  return null
}

// ---- Python

/** Requirement files name others, and packages of the project itself. */
function pythonNeeds(room: Room): Reason | null {
  const pending = [...room.paths].filter((path) => /\.(?:txt|in|pip)$/.test(path))
  for (const file of pending) {
    const text = room.repository.manifests.get(file)
    if (text === undefined) return { text: `${file} was not read`, at: { file, line: 1 } }
    for (const [index, raw] of text.split('\n').entries()) {
      const line = raw.replace(/(?:^|\s)#.*$/, '').trim()
      const nested = /^(?:-r|--requirement|-c|--constraint)[ =]?\s*(\S+)/.exec(line)?.[1]
      if (nested !== undefined && !nested.includes('://')) {
        const path = cleanPath(joinPath(parentPath(file), nested))
        if (!isKept(room, path))
          return { text: `it includes ${nested}, which is not in the context`, at: { file, line: index + 1 } }
        if (!room.paths.has(path)) {
          room.paths.add(path)
          pending.push(path)
        }
      } else if (
        /^(?:(?:-e|--editable)[ =]?\s*)?(?:\.{1,2}(?:\/|$|\[)|file:)/.test(line) ||
        /@\s*file:/.test(line)
      )
        return {
          text: 'it installs a package of the project itself, which needs the sources',
          at: { file, line: index + 1 },
        }
    }
  }
  return null
}
