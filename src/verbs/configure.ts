/** The configuration that holds for a run: looked for, read, and told relative to the directory that was asked about. */

import { knownRules } from '../check/rule-ids.ts'
import { type ConfigFile, findConfig, openConfig } from '../config/find.ts'
import type { BuildDefinition, Config, ConfiguredBuild } from '../config/model.ts'
import { isLocalContext } from '../dockerfile/reference.ts'
import { type Host, isFactOfPath } from '../host/host.ts'
import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { fail } from '../lib/errors.ts'
import { cleanPath, joinPath, visiblePath } from '../lib/path.ts'
import { findRepository } from '../repository/place.ts'
import type { RunOptions } from './options.ts'
import type { CheckedBuild, RunConfig } from './run-config.ts'

/**
 * Null where there is none, or --no-config. It is looked for from the context's root upwards to that of the repository;
 * outside of one as far as the working directory, if the context lies in it. Throws CONFIG_INVALID with all that is wrong.
 */
export async function configFor(host: Host, options: RunOptions): Promise<RunConfig | null> {
  const found = options.configuration.isOff ? null : lookForConfig(host, options)
  if (found === null) return null
  const { directory, path, base } = found
  const file = relativePath(directory, realOf(host, path) ?? path)
  const config = await understood(found, file)
  return placed(host, config, { file, directory, base: realOf(host, base) ?? base })
}

interface Found extends ConfigFile {
  /** As who has to mend it would name it: as typed, or from the working directory. */
  readonly shown: string
  /** What was asked about, absolute and without links. */
  readonly directory: string
}

/** The one that is named, or the nearest; null where there is none. Throws as {@link configFor}. */
export function lookForConfig(
  host: Host,
  { configuration: { file: typed }, elsewhere, scan }: RunOptions,
): Found | null {
  const asked = realOf(host, elsewhere.input === 'context' ? '.' : scan.context)
  if (asked === null && typed === null) return null
  const directory = asked ?? host.absolute('.')
  const found =
    typed === null ? findConfig(host, directory, lastOf(host, directory)) : openConfig(host, typed)
  if (found === null) return null
  const working = realOf(host, '.') ?? host.absolute('.')
  const shown = typed ?? relativePath(working, realOf(host, found.path) ?? found.path)
  return { ...found, directory, shown }
}

/** True when it says which builds there are, so that none are looked for. */
export const listsBuilds = (config: RunConfig | null): boolean => config !== null && config.targets.length > 0

/** The last directory to look in. */
function lastOf(host: Host, directory: string): string {
  const place = findRepository(host, directory)
  if (place !== null) return place.top
  const working = realOf(host, '.')
  const isInside = working !== null && `${directory}/`.startsWith(`${working}/`.replace('//', '/'))
  return isInside ? working : directory
}

function realOf(host: Host, path: string): string | null {
  try {
    return host.realPath(host.absolute(path))
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

async function understood({ text, under, shown }: Found, file: string): Promise<Config> {
  const { readConfig } = await import('../config/read.ts')
  const read = readConfig({ text, file, under, rules: knownRules })
  if (read.kind === 'read') return read.config
  const [first, ...others] = read.mistakes.map(({ at, message, hint }) => ({
    code: 'config-invalid',
    message: `${visiblePath(shown)}:${at.line}:${at.column}: ${message}`,
    at: { file: shown, line: at.line },
    hint,
  }))
  throw fail('CONFIG_INVALID', first?.message ?? '', {
    at: first?.at ?? null,
    ...(first?.hint ? { hint: first.hint } : {}),
    others,
  })
}

interface Whereabouts {
  readonly file: string
  /** Absolute, without links: what was asked about, and what the configuration's paths are relative to. */
  readonly directory: string
  readonly base: string
}

function placed(host: Host, config: Config, { file, directory, base }: Whereabouts): RunConfig {
  const toDirectory = (path: string): string =>
    path.startsWith('/') ? path : relativePath(directory, from(base, path))
  const isOwn = directory === base
  const isAbout = ({ context, dockerfile }: BuildTarget): boolean =>
    isWithin(context) ||
    (dockerfile !== null && isWithin(relativePath(directory, from(from(directory, context), dockerfile))))
  const checked = config.builds.map(
    ({ name, at, definition, checks }): CheckedBuild => ({
      name,
      checks,
      target: definition && targetOf(host, { name, at, definition }, directory, toDirectory),
    }),
  )
  const all = checked.flatMap(({ target }) => target ?? [])
  const closed = config.closed.map((one) => ({ ...one, file: toDirectory(one.file) }))
  return {
    ...config,
    closed,
    file,
    checked,
    targets: isOwn ? all : all.filter(isAbout),
    named: config.builds.flatMap((one) =>
      one.definition === null && one.name !== null ? [{ ...one, name: one.name }] : [],
    ),
    isOwn,
    declared: { base: directory, builds: all, closed },
  }
}

const isWithin = (path: string): boolean => path !== '..' && !path.startsWith('../') && !path.startsWith('/')

/** A path as it is meant in a directory. */
const from = (directory: string, path: string): string =>
  path.startsWith('/') ? cleanPath(path) : cleanPath(joinPath(directory, path))

function targetOf(
  host: Host,
  { name, at, definition }: { readonly definition: BuildDefinition } & Pick<ConfiguredBuild, 'name' | 'at'>,
  directory: string,
  toDirectory: (path: string) => string,
): BuildTarget {
  const { file, target, args, namedContexts, platform } = definition
  const context = toDirectory(definition.context)
  return {
    name,
    context,
    dockerfile:
      file === null
        ? 'Dockerfile'
        : relativePath(from(directory, context), from(directory, toDirectory(file))),
    inline: null,
    target,
    args: Object.fromEntries(
      Object.entries(args).flatMap(([key, value]) => {
        const given = value ?? host.environment(key)
        return given === undefined ? [] : [[key, given]]
      }),
    ),
    namedContexts: Object.fromEntries(
      Object.entries(namedContexts).map(([key, value]) => [
        key,
        isLocalContext(value) ? toDirectory(value) : value,
      ]),
    ),
    platforms: platform === null ? [] : [platform],
    foundIn: at,
    guessed: false,
  }
}
