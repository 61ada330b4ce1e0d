/** What npm, yarn, pnpm and bun read besides package.json and the lockfile. */

import { dirKind } from '../../context/table.ts'
import { knownCommand } from '../../ecosystems/index.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { node } from '../../ecosystems/node.ts'
import { parseObject, readPackage } from '../../ecosystems/package-json.ts'
import { cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import { programAt } from '../../repository/programs.ts'
import type { Reason } from '../group/model.ts'
import { isOfPackages } from '../group/package-json.ts'
import { isKept, matching } from '../group/whereabouts.ts'
import { workspaceManifests } from '../group/workspaces.ts'
import type { NeedsRoom } from './room.ts'

/** Adds workspaces, local packages, patches and the prisma schema; says why the install cannot do without the rest. */
export function nodeNeeds(meaning: CommandMeaning, dir: string, room: NeedsRoom): Reason | null {
  const file = joinPath(dir, 'package.json')
  if (!node.lockfiles.some((name) => isKept(room, joinPath(dir, name))))
    return { text: `${meaning.title} has no lockfile to go by`, at: null }
  const text = room.repository.manifests.get(file)
  const manifest = text === undefined ? null : parseObject(text)
  if (text === undefined || manifest === null)
    return { text: `${file} cannot be read`, at: { file, line: 1 } }
  const workspaces = workspaceManifests(manifest, dir, room.repository.manifests, (path) =>
    isKept(room, path),
  )
  for (const path of workspaces) room.paths.add(path)
  const seen = new Set([file, ...workspaces])
  const scripts = isBerry(meaning, manifest, dir, room) ? berryScripts : meaning.scripts
  for (const path of seen) {
    const reason = scriptNeeds(meaning, scripts, path, room) ?? localPackages(meaning, path, room, seen)
    if (reason !== null) return reason
    addPatches(path, room)
  }
  addPatches(joinPath(dir, 'pnpm-workspace.yaml'), room)
  return null
}

/** What yarn from version 2 on runs of a workspace: https://yarnpkg.com/advanced/lifecycle-scripts. */
const berryScripts = ['preinstall', 'install', 'postinstall']

/**
 * True where the version of yarn that runs there is known to be one from 2 on: by what its settings start in its place
 * (https://yarnpkg.com/configuration/yarnrc#yarnPath), or by what the manifest asks for. Settings alone may lie there for none.
 */
const isBerry = (
  { command }: CommandMeaning,
  { packageManager }: Readonly<Record<string, unknown>>,
  dir: string,
  room: NeedsRoom,
): boolean =>
  command.words[0] === 'yarn' &&
  (/^yarnPath:/m.test(keptText(joinPath(dir, '.yarnrc.yml'), room)) ||
    /^yarn@(?:[2-9]|\d\d)/.test(String(packageManager)))

/** The text of a manifest that the context has; '' where it has none. */
const keptText = (path: string, room: NeedsRoom): string =>
  isKept(room, path) ? (room.repository.manifests.get(path) ?? '') : ''

/** Scripts that the install runs: those that need nothing but what is copied may stay, a build keeps it where it is, and of the others somebody has to say. */
function scriptNeeds(
  meaning: CommandMeaning,
  names: readonly string[],
  file: string,
  room: NeedsRoom,
): Reason | null {
  const text = room.repository.manifests.get(file) ?? ''
  const scripts = readPackage(text)?.scripts
  for (const name of names) {
    const script = scripts?.get(name)
    if (script === undefined) continue
    const line = text.slice(0, Math.max(0, text.indexOf(`"${name}"`))).split('\n').length
    for (const { text: part, mayFail } of partsOf(script, scripts ?? new Map())) {
      if (part === '' || isOfPackages(part)) continue
      const said = `its ${name} script runs ${part.slice(0, 60)}, which may need the sources`
      if (!scriptDoes(part, parentPath(file), room) && !mayFail) return { text: said, at: { file, line } }
      room.doubts.push(said)
    }
    if (/prisma generate/.test(script)) addPrisma(file, text, room)
    if (/patch-package/.test(script)) addKept(joinPath(parentPath(file), 'patches'), room)
  }
  // The client's own install script generates it from the schema.
  if (meaning.scripts.length > 0 && /"@prisma\/client"|"prisma"\s*:\s*"/.test(text))
    addPrisma(file, text, room)
  return null
}

/** A command of a script as written. `mayFail`: the script goes on without it, and then does nothing that counts. */
interface Part {
  readonly text: string
  readonly mayFail: boolean
}

/** Calls of scripts by a script that are followed; the others stand for themselves. */
const mostCalls = 100

/** The commands of a script, those of scripts that it runs put in the place of the call. */
function partsOf(script: string, scripts: ReadonlyMap<string, string>): readonly Part[] {
  let calls = 0
  const read = (body: string, open: readonly string[]): readonly Part[] =>
    body.split(/&&|;/).flatMap((chain) => {
      const ways = chain.split('||').map((one) => one.trim())
      const mayFail = ways.length > 1 && isOfPackages(ways.at(-1) ?? '')
      return ways.flatMap((text): readonly Part[] => {
        const called = /^(?:npm|pnpm|yarn|bun) (?:run )?([\w:.-]+)$/.exec(text)?.[1]
        const inner = called === undefined ? undefined : scripts.get(called)
        if (inner === undefined || open.includes(inner) || ++calls > mostCalls) return [{ text, mayFail }]
        return read(inner, [...open, inner]).map((part) => ({ ...part, mayFail: mayFail || part.mayFail }))
      })
    })
  return read(script, [script])
}

/**
 * Adds what a command of a script is seen to need: the program of the project that it starts, with what that imports, and
 * the configuration that lies there under the command's name. False where it cannot do without the sources.
 */
function scriptDoes(part: string, dir: string, room: NeedsRoom): boolean {
  const { repository } = room
  const words = part.split(/\s+/).filter((word) => !/^\w+=/.test(word) && !/^(?:npx|cross-env)$/.test(word))
  const meaning = knownCommand(words)
  // `panda` goes by panda.config.ts, `svelte-kit` by svelte.config.js.
  const [tool = ''] = words
  for (const name of /^[\w-]+$/.test(tool) ? [`${tool}.*`, `${tool.replace(/-kit$/, '')}.config.*`] : [])
    for (const path of matching(room, dir, name)) room.paths.add(path)
  if (meaning?.runsScript != null || meaning?.kind === 'build') return false
  for (const word of words) {
    const program = programAt(repository.programs, cleanPath(joinPath(dir, word)), dir)
    for (const path of [...(program?.files ?? []), ...(program?.names ?? [])])
      if (isKept(room, path)) room.paths.add(path)
    // A file that is not there would be missing before too, or is made by something that is not known.
    if (program === null && /^[\w./-]+\.(?:[cm]?[jt]s|sh|py)$/.test(word)) {
      const path = cleanPath(joinPath(dir, word))
      if (!isKept(room, path)) return false
      room.paths.add(path)
    }
  }
  return true
}

/**
 * Where prisma looks for its schema and its configuration: https://www.prisma.io/docs/orm/prisma-schema/overview/location,
 * https://www.prisma.io/docs/orm/reference/prisma-config-reference.
 */
function addPrisma(file: string, text: string, room: NeedsRoom): void {
  const dir = parentPath(file)
  const named = /"schema"\s*:\s*"([^"]+)"/.exec(text)?.[1]
  const places = [named ?? '', 'prisma/schema.prisma', 'schema.prisma', 'prisma/schema', 'prisma']
  const found = places
    .map((one) => cleanPath(joinPath(dir, one)))
    .find((path, index) => places[index] !== '' && isKept(room, path))
  if (found !== undefined) room.paths.add(found)
  for (const name of ['prisma.config.*', '.config/prisma.*'])
    for (const path of matching(room, dir, name)) room.paths.add(path)
  const { table } = room
  for (let row = 0; row < table.count; row++)
    if (table.kind[row] === dirKind && table.name(row) === 'generated' && isKept(room, table.path(row))) {
      room.doubts.push(
        `prisma may generate into ${table.path(row)}, over which the copy would then put what lies there`,
      )
      return
    }
}

/** Patches lie where the manifest says: https://pnpm.io/settings#patcheddependencies, https://yarnpkg.com/protocol/patch. */
function addPatches(file: string, room: NeedsRoom): void {
  const text = room.repository.manifests.get(file) ?? ''
  for (const [, typed = ''] of text.matchAll(/[\s"'#]((?:\.{0,2}\/)?[\w@.+~/-]+\.(?:patch|diff))["'\s]/g))
    addKept(cleanPath(joinPath(parentPath(file), typed.replace(/^~\//, ''))), room)
}

function addKept(path: string, room: NeedsRoom): void {
  if (isKept(room, path)) room.paths.add(path)
}

/**
 * Packages that the manifest takes from directories of the repository: they have to be there, whole; but yarn and pnpm make only a link to what
 * is called one, and go by its manifest (https://yarnpkg.com/protocol/link, https://yarnpkg.com/protocol/portal, https://pnpm.io/cli/link).
 */
function localPackages(
  { command }: CommandMeaning,
  file: string,
  room: NeedsRoom,
  seen: Set<string>,
): Reason | null {
  const links = /^(?:yarn|pnpm)$/.test(command.words[0] ?? '')
  const text = room.repository.manifests.get(file) ?? ''
  for (const [found, protocol, typed = ''] of text.matchAll(/"[^"]+"\s*:\s*"(file|link|portal):([^"]+)"/g)) {
    const path = cleanPath(joinPath(parentPath(file), typed))
    const line = text.slice(0, text.indexOf(found)).split('\n').length
    if (path === '.' || path.startsWith('..') || path.startsWith('/') || !isKept(room, path))
      return { text: `it depends on ${typed}, which is not a part of the context`, at: { file, line } }
    const manifest = joinPath(path, 'package.json')
    const isRead = room.repository.manifests.has(manifest)
    room.paths.add(links && protocol !== 'file' && isRead && isKept(room, manifest) ? manifest : path)
    if (isRead) seen.add(manifest)
  }
  return null
}
