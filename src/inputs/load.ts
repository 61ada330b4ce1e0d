/** From the options of one build to its texts: the context directory, the Dockerfile, and which ignore file applies. */

import { isLocalContext } from '../dockerfile/reference.ts'
import {
  type Host,
  type HostStat,
  isDirectory,
  isFactOfPath,
  isFile,
  isHostFailure,
  isLink,
} from '../host/host.ts'
import { compilePatterns, createPatternList, type Dialect, type PatternList } from '../ignore/matcher.ts'
import { type IgnoreFile, parseIgnoreFile } from '../ignore/parse.ts'
import { parsePodmanIgnoreFile, readAlike } from '../ignore/podman.ts'
import { fail } from '../lib/errors.ts'
import {
  baseName,
  cleanPath,
  decodePath,
  joinPath,
  parentPath,
  rootedPath,
  visiblePath,
} from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'

/** Bytes of a Dockerfile or an ignore file. Lines of that many take more than a gigabyte to be thought about; no builder has a bound. */
const largestText = 4 << 20
const tooLargeHint = 'docker reads it, ctxsize does not: nobody wrote that by hand'

/** What `docker build` is told about the files of one build. */
export interface BuildOptions {
  /** The context directory as given. */
  readonly context: string
  /** The value of -f, relative to the working directory; null for the default. */
  readonly file: string | null
  readonly target: string | null
  readonly buildArgs: ReadonlyMap<string, string>
  /** As in `BuildRequest`. */
  readonly openArgs?: readonly string[]
  /** Lower-case name → value as given. */
  readonly namedContexts: ReadonlyMap<string, string>
  /** `linux/arm64`; null for linux on the host's architecture. */
  readonly platform: string | null
  /** A Dockerfile that stands in another file, as text, and how it is called; left out: it is a file of its own. */
  readonly inline?: { readonly text: string; readonly name: string } | null
  /** Dockerfiles to name when the one that is asked for does not exist; see `discover.ts`. */
  readonly candidates?: readonly string[]
}

/** A local context with the ignore file in force. */
export interface LoadedContext {
  /** Null for the main context. */
  readonly name: string | null
  /** Absolute path. */
  readonly root: string
  readonly ignore: LoadedIgnore | null
  /** The ignore file's patterns; none when there is no file. */
  readonly patterns: PatternList
  /** The archive that is handed to the builder as it came, so that no ignore file is read; left out for a directory. */
  readonly archive?: { readonly bytes: number }
}

export interface LoadedIgnore {
  /** Relative to the context's root, `../` when outside. */
  readonly file: string
  readonly parsed: IgnoreFile
}

export interface LoadedDockerfile {
  /** Relative to the context's root, `../` when outside. */
  readonly file: string
  /** Its place in the context with links resolved, as the classic client names it; null when it is outside. */
  readonly inContext: string | null
  /** Null when it could not be read; then `problem` says why. */
  readonly text: string | null
  readonly problem: Problem | null
}

export interface LoadedBuild {
  readonly main: LoadedContext
  /** Local directories only, by name. */
  readonly named: readonly LoadedContext[]
  readonly dockerfile: LoadedDockerfile
  /** The main context as the classic client loads it, by `.dockerignore` at the root only; null when it refuses that file. */
  readonly classic: LoadedContext | null
  /** True when the classic client reads the same ignore file as BuildKit. */
  readonly sameIgnoreFile: boolean
  /** The main context as podman loads it; `main` itself where it keeps just the same, null when it refuses the ignore file. */
  readonly podman: LoadedContext | null
  /** Podman leads, and docker refuses the ignore file that it would read: what is here of `main` has no patterns. */
  readonly dockerRefuses?: boolean
}

/**
 * Reads everything but the tree, as the leading builder finds it. Throws a `CtxsizeError` when there is no context, or an
 * ignore file that docker, or a leading podman, refuses.
 */
export function loadBuild(
  host: Host,
  options: BuildOptions,
  { podman = false }: { readonly podman?: boolean } = {},
): LoadedBuild {
  const root = contextRoot(host, options.context, options.context)
  const dockerfile = options.inline
    ? inlineDockerfile(options.inline)
    : loadDockerfile(host, root, options, podman)
  const archive = host.standIn?.root === root ? host.standIn.archive : null
  if (archive !== null)
    return loadArchive(host, options, { root, archive, dockerfile: dockerfile.loaded, leads: podman })
  const beside = dockerfile.path === null ? null : specificIgnore(host, root, dockerfile.path)
  const ignore = beside ?? rootIgnore(host, root)
  const dockerRefuses = podman && (ignore?.parsed.problems.length ?? 0) > 0
  const main = { name: null, root, ignore, patterns: patternsOf(dockerRefuses ? null : ignore) }
  const sameIgnoreFile = beside === null && !leadsElsewhere(host, root)
  return {
    main,
    named: namedContexts(host, options, podman),
    dockerfile: dockerfile.loaded,
    classic: classicContext(host, root, sameIgnoreFile ? main : null),
    sameIgnoreFile,
    podman: podmanContext(host, main, { dockerfile: dockerfile.path, leads: podman }),
    ...(dockerRefuses ? { dockerRefuses } : {}),
  }
}

/**
 * An archive is unpacked by the builder: BuildKit has no patterns for what is no local directory (frontend/dockerui/config.go,
 * DockerIgnorePatterns), and the classic client sends its input on as it is (docker/cli build.go).
 */
function loadArchive(
  host: Host,
  options: BuildOptions,
  loaded: Required<Pick<LoadedContext, 'root' | 'archive'>> &
    Pick<LoadedBuild, 'dockerfile'> & { readonly leads: boolean },
): LoadedBuild {
  const { root, archive, dockerfile, leads } = loaded
  const main = { name: null, root, ignore: null, patterns: patternsOf(null), archive }
  const named = namedContexts(host, options, leads)
  return { main, named, dockerfile, classic: main, sameIgnoreFile: true, podman: main }
}

function namedContexts(host: Host, options: BuildOptions, podman: boolean): readonly LoadedContext[] {
  return [...options.namedContexts]
    .filter(([, value]) => isLocalContext(value))
    .map(([name, value]) => {
      const directory = contextRoot(host, value, `${name}=${value}`)
      const own = rootIgnore(host, directory)
      const context = { name, root: directory, ignore: own, patterns: patternsOf(own) }
      if (!podman) return context
      return podmanContext(host, context, { dockerfile: null, leads: true }) ?? context
    })
}

function contextRoot(host: Host, given: string, shown: string): string {
  const root = host.absolute(given)
  const stat = statOrFail(host, root, `cannot read the context ${visiblePath(shown)}`)
  if (stat === null) throw fail('CONTEXT_NOT_FOUND', `no such directory: ${visiblePath(shown)}`)
  if (!isDirectory(stat))
    throw fail('CONTEXT_NOT_A_DIRECTORY', `the context is not a directory: ${visiblePath(shown)}`)
  return root
}

function statOrFail(host: Host, path: string, message: string): HostStat | null {
  try {
    return host.stat(path)
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    throw fail(
      'CONTEXT_UNREADABLE',
      `${message}: ${thrown.code === 'ELOOP' ? 'too many links' : thrown.code}`,
    )
  }
}

function inlineDockerfile({ text, name }: { readonly text: string; readonly name: string }) {
  return { path: null, loaded: { file: name, inContext: null, text, problem: null } }
}

function loadDockerfile(
  host: Host,
  root: string,
  { file: given, candidates = [] }: BuildOptions,
  podman: boolean,
): { readonly path: string | null; readonly loaded: LoadedDockerfile } {
  // containers/buildah pkg/util/util.go, DiscoverContainerfile: a Containerfile comes first.
  const container = podman && given === null ? joinPath(root, 'Containerfile') : null
  const wanted =
    container !== null && exists(host, container) !== null
      ? container
      : given === null
        ? joinPath(root, 'Dockerfile')
        : host.absolute(given)
  // docker/buildx build/opt.go: `dockerfile` in lower case stands in for a missing `Dockerfile`.
  const lower = wanted.replace(/Dockerfile$/, 'dockerfile')
  const path =
    !podman &&
    baseName(wanted) === 'Dockerfile' &&
    exists(host, wanted) === null &&
    exists(host, lower) !== null
      ? lower
      : wanted
  const file = relativePath(root, path)
  const shown = visiblePath(given ?? file)
  const problem = (code: string, message: string, hint: string | null = null) => ({
    path,
    loaded: { file, inContext: null, text: null, problem: { code, message, at: null, hint } },
  })
  try {
    const stat = host.stat(path)
    if (stat === null)
      return problem(
        'dockerfile-not-found',
        `no Dockerfile: ${shown} does not exist`,
        candidates.length === 0
          ? 'name one with -f'
          : `try -f ${candidates.map(visiblePath).join(', or -f ')}`,
      )
    if (isDirectory(stat))
      return problem('dockerfile-not-a-file', `${shown} is a directory`, 'name the file itself with -f')
    // A pipe or a device might never end.
    if (!isFile(stat)) return problem('dockerfile-not-a-file', `${shown} is not a regular file`)
    if (stat.size > largestText)
      return problem('dockerfile-too-large', `${shown} is larger than 4MiB`, tooLargeHint)
    const text = decodePath(host.readFile(path))
    const inContext = relativePath(host.realPath(root), host.realPath(path))
    return {
      path,
      loaded: { file, inContext: inContext.startsWith('../') ? null : inContext, text, problem: null },
    }
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    const why =
      thrown.code === 'EACCES'
        ? 'permission denied'
        : thrown.code === 'ELOOP'
          ? 'too many links'
          : thrown.code
    return problem('dockerfile-unreadable', `cannot read ${shown}: ${why}`)
  }
}

function exists(host: Host, path: string): HostStat | null {
  try {
    return host.stat(path)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

/** The path of `to` from the directory `from`, both absolute. */
export function relativePath(from: string, to: string): string {
  const a = cleanPath(from).split('/').filter(Boolean)
  const b = cleanPath(to).split('/').filter(Boolean)
  let same = 0
  while (same < a.length && same < b.length && a[same] === b[same]) same++
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') || '.'
}

/** `<Dockerfile>.dockerignore` beside the Dockerfile: BuildKit alone reads it (frontend/dockerui/config.go). */
function specificIgnore(host: Host, root: string, dockerfile: string): LoadedIgnore | null {
  const path = `${dockerfile}.dockerignore`
  const text = readIgnore(host, path, relativePath(root, path))
  if (text === null) return null
  const file = relativePath(root, path)
  return { file, parsed: parseIgnoreFile(text, file) }
}

/** `.dockerignore` at the root; a link is followed inside the context, a directory of that name counts as absent. */
function rootIgnore(host: Host, root: string): LoadedIgnore | null {
  const place = confined(host, root, '.dockerignore')
  if (place === null) return null
  const text = readIgnore(host, place, '.dockerignore')
  return text === null ? null : { file: '.dockerignore', parsed: parseIgnoreFile(text, '.dockerignore') }
}

/** Follows the links of a path with the context as the root, as BuildKit sees it; null when it leads nowhere. */
function confined(host: Host, root: string, path: string): string | null {
  let at = path
  for (let links = 0; links < 40; links++) {
    const stat = exists(host, joinPath(root, parentPath(at))) === null ? null : host.lstat(joinPath(root, at))
    if (stat === null) return null
    if (!isLink(stat)) return joinPath(root, at)
    const target = host.readLink(joinPath(root, at))
    at = target.startsWith('/') ? rootedPath(target) : rootedPath(joinPath(parentPath(at), target))
  }
  return null
}

function readIgnore(host: Host, path: string, shown: string): Uint8Array | null {
  try {
    const stat = host.stat(path)
    if (stat === null || isDirectory(stat)) return null
    if (!isFile(stat)) throw fail('IGNORE_FILE_UNREADABLE', `${visiblePath(shown)} is not a regular file`)
    if (stat.size > largestText)
      throw fail('IGNORE_FILE_UNREADABLE', `${visiblePath(shown)} is larger than 4MiB`, {
        hint: tooLargeHint,
      })
    return host.readFile(path)
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    throw fail('IGNORE_FILE_UNREADABLE', `cannot read ${visiblePath(shown)}: ${thrown.code}`)
  }
}

/** Throws for a file that docker refuses: without its patterns the context cannot be known. */
function patternsOf(ignore: LoadedIgnore | null, dialect: Dialect = 'docker'): PatternList {
  const [problem] = ignore?.parsed.problems ?? []
  if (problem)
    throw fail(
      'IGNORE_FILE_REFUSED',
      `${problem.at?.file}:${problem.at?.line}: ${visiblePath(problem.message)}`,
      {
        at: problem.at,
        ...(problem.hint === null ? {} : { hint: problem.hint }),
      },
    )
  return ignore === null ? compilePatterns([]) : createPatternList(ignore.parsed.compiled, dialect)
}

/** True when `.dockerignore` is a link that ends elsewhere for the classic client, which opens it as any program would (docker/cli, dockerignore.go). */
function leadsElsewhere(host: Host, root: string): boolean {
  const place = joinPath(root, '.dockerignore')
  const [seen, opened] = [confined(host, root, '.dockerignore'), exists(host, place)]
  if (seen === null || opened === null) return seen !== null || opened !== null
  return host.realPath(seen) !== host.realPath(place)
}

/** Null for a file that the classic client refuses, or a directory of that name, which it cannot read either. */
function classicContext(host: Host, root: string, known: LoadedContext | null): LoadedContext | null {
  const stat = exists(host, joinPath(root, '.dockerignore'))
  if (isDirectory(stat)) return null
  if (known) return known
  try {
    const text = readIgnore(host, joinPath(root, '.dockerignore'), '.dockerignore')
    const ignore = text && { file: '.dockerignore', parsed: parseIgnoreFile(text, '.dockerignore') }
    return { name: null, root, ignore, patterns: patternsOf(ignore) }
  } catch {
    return null
  }
}

/**
 * The context as podman loads it (containers/buildah pkg/parse/parse.go, ContainerIgnoreFile): `<Dockerfile>.dockerignore`,
 * else `<Dockerfile>.containerignore`, else `.containerignore`, else `.dockerignore`, in a dialect of its own. Null for what
 * it refuses; throws instead where it leads.
 */
function podmanContext(
  host: Host,
  main: LoadedContext,
  { dockerfile, leads }: { readonly dockerfile: string | null; readonly leads: boolean },
): LoadedContext | null {
  const { root } = main
  const inside = (name: string) => confined(host, root, name)
  const beside = dockerfile === null ? [] : [`${dockerfile}.dockerignore`, `${dockerfile}.containerignore`]
  const found = [...beside, inside('.containerignore'), inside('.dockerignore')]
    .filter((path) => path !== null)
    .find((path) => exists(host, path) !== null)
  if (found === undefined)
    return main.ignore === null ? main : { ...main, ignore: null, patterns: patternsOf(null) }
  try {
    const known = beside.includes(found)
      ? relativePath(root, found)
      : found === inside('.containerignore')
        ? '.containerignore'
        : '.dockerignore'
    const text = readIgnore(host, found, known)
    // A directory of that name fails the build: it is read as a file.
    if (text === null) throw fail('IGNORE_FILE_UNREADABLE', `${visiblePath(known)} is a directory`)
    const parsed = parsePodmanIgnoreFile(text, known)
    if (main.ignore?.file === known && readAlike(parsed, main.ignore.parsed)) return main
    const ignore = { file: known, parsed }
    return { ...main, ignore, patterns: patternsOf(ignore, 'podman') }
  } catch (thrown) {
    if (leads) throw thrown
    return null
  }
}
