/** Where a configuration lies: looked for as people know it from other tools (the places of lilconfig), its text read and nothing of it run. */

import { entryAt, type Host, type HostStat, isFactOfPath, isHostFailure } from '../host/host.ts'
import { relativePath } from '../inputs/load.ts'
import { fail } from '../lib/errors.ts'
import { baseName, cleanPath, decodePath, joinPath, parentPath, visiblePath } from '../lib/path.ts'

/** A configuration as it lies there. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string
  /** The directory that its paths are relative to: its own, of `.config/` the one above. Absolute. */
  readonly base: string
  readonly text: string
  /** The key of package.json that holds it; null where it is the whole text. */
  readonly under: string | null
}

const key = 'ctxsize'

const stems = [`.${key}rc`, `.config/${key}rc`, `.config/${key}.config`, `.config/${key}`, `${key}.config`]
const dataEndings = ['.json', '.yaml', '.yml']
const programEndings = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

const isBare = (stem: string): boolean => stem.endsWith('rc')

/** In the order in which they are looked for; all that is found in one directory is one too many from the second on. */
export const configPlaces: readonly string[] = [
  'package.json',
  ...stems.flatMap((stem) => [...(isBare(stem) ? [stem] : []), ...dataEndings.map((end) => stem + end)]),
]

/** What other tools would run to be configured. */
const programs = stems.flatMap((stem) => programEndings.map((end) => stem + end))

/** A longer text is no configuration; reading one of this size takes a second. */
const longestText = 1 << 20
/** A package.json may hold much that is not for us. */
const longestManifest = 4 << 20

/**
 * The nearest configuration from a directory upwards, `stop` being the last that is looked in; both absolute, without
 * links. Null when there is none. Throws a `CtxsizeError` for two in one directory, for one that cannot be read, and for
 * one that would have to be run. Costs some 30 lstats for each directory.
 */
export function findConfig(host: Host, from: string, stop: string): ConfigFile | null {
  for (let at = from; ; at = parentPath(at) || '/') {
    const found = configIn(host, at)
    if (found !== null) return found
    if (at === stop || at === '/' || parentPath(at) === at) return null
  }
}

/** The one that is named with --config. Throws a `CtxsizeError` where it cannot be read. */
export function openConfig(host: Host, typed: string): ConfigFile {
  const path = host.absolute(typed)
  const shown = visiblePath(typed)
  if (programEndings.some((end) => path.endsWith(end))) throw refuseProgram(shown)
  const stat = statOf(host, path)
  if (stat === null) throw fail('CONFIG_NOT_FOUND', `no such configuration: ${shown}`)
  const text = readText(host, path, stat, shown)
  const base = parentPath(path) || '/'
  if (baseName(path) !== 'package.json') return { path, base, text, under: null }
  if (holdsKey(text)) return { path, base, text, under: key }
  throw fail('CONFIG_NOT_FOUND', `${shown} has no key ${JSON.stringify(key)}`)
}

function configIn(host: Host, directory: string): ConfigFile | null {
  const pathOf = (name: string): string => cleanPath(joinPath(directory, name))
  const folder = entryAt(host, pathOf('.config')) !== null
  const isPresent = (name: string): boolean =>
    (folder || !name.startsWith('.config/')) && entryAt(host, pathOf(name)) !== null
  const found = configPlaces.flatMap((name): readonly ConfigFile[] => {
    if (!isPresent(name)) return []
    const path = pathOf(name)
    if (name === 'package.json') {
      const text = manifestText(host, path)
      return text === null || !holdsKey(text) ? [] : [{ path, base: directory, text, under: key }]
    }
    const stat = statOf(host, path)
    // A directory, or a link that leads nowhere, only has the name.
    if (stat === null || (stat.mode & 0o170000) === 0o040000) return []
    return [{ path, base: directory, text: readText(host, path, stat, shownPath(host, path)), under: null }]
  })
  const [first, second] = found
  if (first && second)
    throw fail(
      'CONFIG_INVALID',
      `two configurations in one directory: ${shownPath(host, first.path)} and ${shownPath(host, second.path)}`,
      { hint: 'keep one of them, or name it with --config' },
    )
  if (first) return first
  const program = programs.find(isPresent)
  if (program !== undefined) throw refuseProgram(shownPath(host, pathOf(program)))
  return null
}

const refuseProgram = (shown: string) =>
  fail('CONFIG_INVALID', `${shown} is not read: nothing is run to configure ctxsize`, {
    hint: 'write ctxsize.config.yaml or ctxsize.config.json; ctxsize init shows one',
  })

/** As somebody in the working directory would name it. */
function shownPath(host: Host, path: string): string {
  let here = host.absolute('.')
  try {
    here = host.realPath(here)
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
  }
  return visiblePath(relativePath(here, path))
}

function statOf(host: Host, path: string): HostStat | null {
  try {
    return host.stat(path)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

function readText(host: Host, path: string, stat: HostStat, shown: string): string {
  // A pipe or a device might never end.
  if ((stat.mode & 0o170000) !== 0o100000) throw fail('CONFIG_UNREADABLE', `${shown} is not a regular file`)
  if (stat.size > longestText)
    throw fail('CONFIG_INVALID', `${shown} is too long for a configuration`, {
      hint: 'a configuration has 1 MiB at most',
    })
  try {
    return decodePath(host.readFile(path))
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    const why = thrown.code === 'EACCES' ? 'permission denied' : thrown.code
    throw fail('CONFIG_UNREADABLE', `cannot read ${shown}: ${why}`)
  }
}

/** Null for what is no manifest that could be read: that it holds no configuration is nobody's mistake. */
function manifestText(host: Host, path: string): string | null {
  const stat = statOf(host, path)
  if (stat === null || (stat.mode & 0o170000) !== 0o100000 || stat.size > longestManifest) return null
  try {
    return decodePath(host.readFile(path))
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

/** True for a JSON object that has the key at its top. */
function holdsKey(text: string): boolean {
  if (!text.includes(`"${key}"`)) return false
  try {
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof manifest === 'object' && manifest !== null && Object.hasOwn(manifest, key)
  } catch {
    return false
  }
}
