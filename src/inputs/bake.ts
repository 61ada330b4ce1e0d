/** Builds in bake files, as `docker buildx bake --print` of buildx v0.29 gives them. */

import { entryAt, type Host, isDirectory, isFile, isHostFailure } from '../host/host.ts'
import { cleanPath, pathWithin, visiblePath } from '../lib/path.ts'
import type { Place, Problem } from '../lib/source.ts'
import { type ComposeFile, readComposeFiles } from './bake/compose-files.ts'
import { readDefinition } from './bake/definition.ts'
import { parseJsonFile } from './bake/json.ts'
import { parseFile } from './bake/parse.ts'
import { platformProblem } from './bake/platform.ts'
import { selectTargets } from './bake/select.ts'
import { type At, createRun, createSource, positionOf, Refusal, type Run } from './bake/source.ts'
import type { Body } from './bake/syntax.ts'
import { everyName, type Open, type Target, type Text } from './bake/target.ts'
import type { BuildTarget, FoundBuilds, OpenBuild } from './target.ts'

export interface BakeOptions {
  /** As given with `-f`, relative to the working directory; empty: those bake finds by itself. */
  readonly files: readonly string[]
  /** Targets, groups and globs; empty: `default`. */
  readonly targets: readonly string[]
  /** Absolute. */
  readonly workingDirectory: string
}

/** compose-go's names, then bake's own (buildx, bake/bake.go defaultFilenames). */
const defaultFiles = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
]
/** A definition larger than this is none. */
const largestFile = 16 << 20

/**
 * The builds that bake would make of the targets, those that `target:` contexts drag in included. What bake refuses is
 * a problem and leaves no builds, as there; what only a run of bake can tell is open. Nothing is executed.
 */
export function readBake(host: Host, options: BakeOptions): FoundBuilds {
  const run = createRun()
  const say = sayer(options.workingDirectory)
  try {
    const { bodies, compose } = readFiles(host, options, run)
    const composed = readComposeFiles(host, compose, options.workingDirectory)
    if (composed.problems.length > 0) return { builds: [], open: composed.open, problems: composed.problems }
    const definition = readDefinition(bodies, {
      run,
      environment: host.environment,
      builtIn: new Map([
        ['BAKE_CMD_CONTEXT', 'cwd://'],
        ['BAKE_LOCAL_PLATFORM', localPlatform(host)],
      ]),
      base: composed.definition,
    })
    const wanted = options.targets.length > 0 ? options.targets : ['default']
    const selected = [...selectTargets(definition, wanted, run).values()]
    const found = selected.map((target) => buildOf(host, target, options.workingDirectory, say))
    return {
      builds: found.flatMap(({ build }) => (build ? [build] : [])),
      open: [...composed.open, ...found.flatMap(({ open }) => open)],
      problems: found.flatMap(({ problems }) => problems),
    }
  } catch (thrown) {
    if (thrown instanceof Refusal) return refusedWhole(thrown, say)
    throw thrown
  }
}

interface Sayer {
  readonly place: (at: At) => Place
  readonly file: (file: string) => string
}

function sayer(workingDirectory: string): Sayer {
  const file = (name: string) => pathWithin(workingDirectory, name) ?? name
  return { file, place: (at) => ({ file: file(at.source.file), line: positionOf(at).line }) }
}

const withColumn = (message: string, at: At): string => `${message} (column ${positionOf(at).column})`

function refusedWhole({ message, at, beyond }: Refusal, say: Sayer): FoundBuilds {
  const place = at ? say.place(at) : null
  const words = visiblePath(at ? withColumn(message, at) : message)
  const problem: Problem = beyond
    ? {
        code: 'bake-unresolved',
        message: words,
        at: place,
        hint: 'give the builds by hand, or simplify the file',
      }
    : { code: 'bake-refused', message: words, at: place, hint: 'docker buildx bake --print says the same' }
  return { builds: [], open: beyond && place ? [{ at: place, why: words }] : [], problems: [problem] }
}

interface ReadFiles {
  readonly bodies: readonly Body[]
  readonly compose: readonly ComposeFile[]
}

function readFiles(host: Host, options: BakeOptions, run: Run): ReadFiles {
  const bodies: Body[] = []
  const compose: ComposeFile[] = []
  const given = options.files.length > 0 ? options.files : filesOfEnvironment(host)
  for (const file of given ?? defaultFiles) {
    const text = readText(host, file, { ...options, mayBeMissing: given === null })
    if (text === null) continue
    run.spend(text.length >> 5)
    if (/\.ya?ml$/i.test(file)) compose.push({ file, text })
    else if (file.endsWith('.json')) bodies.push(parseJsonFile(createSource(file, text)))
    else if (file.endsWith('.hcl')) bodies.push(parseFile(createSource(file, text.replace(/^\uFEFF/, ''))))
    else {
      const body = parseAny(file, text)
      if (body) bodies.push(body)
      else compose.push({ file, text })
    }
  }
  if (bodies.length + compose.length === 0) throw new Refusal("couldn't find a bake definition", null)
  return { bodies, compose }
}

/** `BUILDX_BAKE_FILE`; null when it is not set. */
function filesOfEnvironment(host: Host): readonly string[] | null {
  const written = host.environment('BUILDX_BAKE_FILE')
  if (!written) return null
  const separator = host.environment('BUILDX_BAKE_PATH_SEPARATOR') || (host.platform === 'win32' ? ';' : ':')
  return written.split(separator).filter((file) => file !== '')
}

function readText(
  host: Host,
  file: string,
  { workingDirectory, mayBeMissing }: { readonly workingDirectory: string; readonly mayBeMissing: boolean },
): string | null {
  if (file === '-') throw new Refusal('a bake file on standard input is not read', null, true)
  const path = file.startsWith('/') ? file : `${workingDirectory}/${file}`
  const at = { source: createSource(file, ''), offset: 0 }
  try {
    const stat = host.stat(path)
    if (!stat) {
      if (mayBeMissing) return null
      throw new Refusal(`open ${file}: no such file or directory`, at)
    }
    if (isDirectory(stat)) throw new Refusal(`read ${file}: is a directory`, at)
    // What never ends, or begins when somebody writes to it.
    if (!isFile(stat)) throw new Refusal(`${file} is not a regular file`, at, true)
    if (stat.size > largestFile) throw new Refusal(`a bake file of ${stat.size} bytes is not read`, at, true)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(host.readFile(path))
  } catch (thrown) {
    if (isHostFailure(thrown)) {
      if (thrown.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
        throw new Refusal('Invalid character encoding; All input files must be UTF-8 encoded.', at)
      }
      throw new Refusal(`open ${file}: ${thrown.code}`, at)
    }
    throw thrown
  }
}

/** A file whose name says nothing: HCL or JSON if it is, else null for compose. */
function parseAny(file: string, text: string): Body | null {
  for (const parse of [parseFile, parseJsonFile]) {
    try {
      return parse(createSource(file, text))
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || thrown.beyond) throw thrown
    }
  }
  return null
}

function localPlatform(host: Host): string {
  const system = host.platform === 'win32' ? 'windows' : host.platform
  return host.arch === 'arm' ? `${system}/arm/v7` : `${system}/${host.arch}`
}

interface Built {
  readonly build: BuildTarget | null
  readonly open: readonly OpenBuild[]
  readonly problems: readonly Problem[]
}

/** buildx's own notion (util/urlutil): a URL, a git repository, or the short form of one on GitHub. */
const isRemote = (context: string): boolean =>
  /^(?:https?|git|ssh):\/\//.test(context) ||
  /^(?:github\.com\/|git@)/.test(context) ||
  /^[A-Za-z0-9._-]+@[^/]+:/.test(context)

function buildOf(host: Host, target: Target, workingDirectory: string, say: Sayer): Built {
  const open: OpenBuild[] = []
  const foundIn = { ...target.foundIn, file: say.file(target.foundIn.file) }
  const leave = (what: string, { why, at }: Open) => {
    const words = `${what} of ${target.name} is ${why}, which only a run of bake can tell`
    open.push({ at: at ? say.place(at) : foundIn, why: visiblePath(at ? withColumn(words, at) : words) })
  }
  const known = (what: string, text: Text | null): string | null => {
    if (text === null || typeof text === 'string') return text
    leave(what, text)
    return null
  }
  const record = (what: string, texts: ReadonlyMap<string, Text>): Readonly<Record<string, string>> => {
    const pairs: (readonly [string, string])[] = []
    for (const [name, text] of texts) {
      if (typeof text === 'string') pairs.push([name, text])
      else leave(name === everyName ? `the whole of ${what}` : `${what} ${name}`, text)
    }
    return Object.fromEntries(pairs)
  }
  const context = known('the context', target.context) ?? '.'
  const dockerfile = known('the Dockerfile', target.dockerfile) || 'Dockerfile'
  const inline = known('the Dockerfile', target.inline)
  const stage = known('the stage', target.target)
  if (context === '-') throw new Refusal('context from stdin not allowed in bake', target.at)
  if (dockerfile === '-') throw new Refusal('dockerfile from stdin not allowed in bake', target.at)
  if (open.length > 0) return { build: null, open, problems: [] }
  const args = { ...epoch(host), ...record('argument', target.args) }
  const platforms = (target.platforms ?? []).flatMap((each) => known('a platform', each) ?? [])
  for (const platform of platforms) {
    const wrong = platformProblem(platform)
    if (wrong !== null) throw new Refusal(`${wrong}: invalid argument`, target.at)
  }
  const build: BuildTarget = {
    name: target.name,
    context: contextPath(context, workingDirectory),
    dockerfile: inline === null ? dockerfile : null,
    inline,
    target: stage,
    args,
    namedContexts: record('named context', target.contexts),
    platforms: [...new Set(platforms)],
    foundIn,
    guessed: false,
  }
  return { build, open, problems: missingMounts(host, target, context, { workingDirectory, foundIn }) }
}

/** `SOURCE_DATE_EPOCH` of the environment becomes an argument of every target that has none (buildx, commands/bake.go). */
function epoch(host: Host): Readonly<Record<string, string>> {
  const value = host.environment('SOURCE_DATE_EPOCH')
  return value ? { SOURCE_DATE_EPOCH: value } : {}
}

function contextPath(context: string, workingDirectory: string): string {
  if (context.startsWith('cwd://')) return cleanPath(context.slice('cwd://'.length))
  if (isRemote(context)) return context
  const clean = cleanPath(context)
  return clean.startsWith('/') ? (pathWithin(workingDirectory, clean) ?? clean) : clean
}

/** What this machine lacks for the build: bake stops at it, but what is sent does not depend on it. */
function missingMounts(
  host: Host,
  target: Target,
  context: string,
  { workingDirectory, foundIn }: { readonly workingDirectory: string; readonly foundIn: Place },
): readonly Problem[] {
  const problems: Problem[] = []
  const lacking = (message: string) => {
    problems.push({
      code: 'bake-lacks',
      message: visiblePath(message),
      at: foundIn,
      hint: 'bake stops here on this machine; what it would send is the same',
    })
  }
  for (const file of new Set(target.secretFiles)) {
    const path = file.startsWith('/') ? file : `${workingDirectory}/${file}`
    if (!entryAt(host, path)) lacking(`failed to stat ${file}: no such file or directory`)
  }
  const git = /^(?:ssh:\/\/|git@)/.test(context)
  if (!target.usesSshAgent && !git) return problems
  const socket = host.environment('SSH_AUTH_SOCK')
  if (!socket) lacking('invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set')
  else if (!entryAt(host, socket))
    lacking(`failed to reach the ssh agent: stat ${socket}: no such file or directory`)
  return problems
}
