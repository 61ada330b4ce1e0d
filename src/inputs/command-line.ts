/** From the words of one command to the images it builds: docker, podman, buildah, nerdctl, compose, bake. */

import { isLocalContext } from '../dockerfile/reference.ts'
import { baseName, cleanPath, joinPath, parentPath, rootedPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { programOf } from '../shell/read.ts'
import {
  bakeOptions,
  composeCommandOptions,
  composeOptions,
  dockerBuildOptions,
  globalOptions,
  type OptionTable,
  type ParsedOptions,
  parseOptions,
  podmanBuildOptions,
} from './build-options.ts'
import { type Environment, expand } from './expansion.ts'
import type { BuildTarget } from './target.ts'

/** A command that builds images. `why`: what could not be told, in half a sentence; null when all of it could. */
export type DockerCommand =
  /** `docker build` and what is spelt like it. `builds` is null when it cannot be told what is built of what. */
  | {
      readonly kind: 'build'
      readonly builds: readonly BuildTarget[] | null
      readonly why: string | null
      /** Context (null: not one) and Dockerfile as typed, where a variable without value stands in them. */
      readonly hanging?: { readonly context: string | null; readonly file: string }
    }
  /** Files are relative to the root looked in; none means the default ones. No services means all. */
  | {
      readonly kind: 'compose'
      readonly files: readonly string[]
      readonly services: readonly string[]
      readonly profiles: readonly string[]
      /** What paths in the files are relative to, where `--project-directory` says so. */
      readonly projectDirectory: string | null
      readonly why: string | null
    }
  /** `overrides`: the values of `--set`. */
  | {
      readonly kind: 'bake'
      readonly files: readonly string[]
      readonly targets: readonly string[]
      readonly overrides: readonly string[]
      readonly why: string | null
    }

interface Call {
  readonly at: Place
  readonly directory: string | null
  readonly environment: Environment
}

type Program = 'docker' | 'podman' | 'buildah' | 'compose' | 'buildx'

const programs: ReadonlyMap<string, Program> = new Map([
  ['docker', 'docker'],
  ['nerdctl', 'docker'],
  ['finch', 'docker'],
  ['podman', 'podman'],
  ['buildah', 'buildah'],
  ['docker-compose', 'compose'],
  ['podman-compose', 'compose'],
  ['docker-buildx', 'buildx'],
  ['buildx', 'buildx'],
])

/**
 * What a command builds; null when it is no build. `words` may begin with `sudo`, `env` and their like; assignments are
 * split off. `directory`: where it runs, '' for the root looked in, null when that cannot be told; in the result paths
 * are relative to that root. A context, Dockerfile or target that hangs on a variable without value makes `builds` null;
 * in a tag or the value of a build argument it does no harm.
 */
export function dockerBuild(
  words: readonly string[],
  at: Place,
  directory: string | null,
  environment: Environment,
): DockerCommand | null {
  const call: Call = { at, directory, environment }
  const [first = '', ...rest] = programOf(words)
  const program = programNamed(first, environment)
  switch (program) {
    case null:
      return null
    case 'compose':
      return readCompose(rest, call)
    case 'buildx':
      return readBuildx(rest, call)
    default:
      return readDocker(program, rest, call)
  }
}

/** A variable whose name says so stands for a program too: `$DOCKER build`, `${CONTAINER_ENGINE} build`, `$DOCKER_COMPOSE build`. */
function programNamed(word: string, environment: Environment): Program | null {
  const { text, unresolved } = expand(word, environment)
  if (unresolved !== null) {
    if (/^\$[{(]?\w*compose[)}]?$/i.test(word)) return 'compose'
    return /^\$[{(]?\w*(?:docker|container|podman)\w*[)}]?$/i.test(word) ? 'docker' : null
  }
  return programs.get(baseName(text).replace(/\.exe$/, '')) ?? null
}

function readDocker(
  program: 'docker' | 'podman' | 'buildah',
  words: readonly string[],
  call: Call,
): DockerCommand | null {
  const { operands } = parseOptions(words, globalOptions, true)
  const [verb, ...rest] = operands
  const style = program === 'docker' ? 'docker' : program
  switch (verb) {
    case 'build':
      return readBuild(style, rest, call)
    case 'bud':
    case 'build-using-dockerfile':
      return program === 'buildah' ? readBuild(style, rest, call) : null
    case 'image':
    case 'builder':
      return rest[0] === 'build' ? readBuild(style, rest.slice(1), call) : null
    case 'buildx':
      return readBuildx(rest, call)
    case 'bake':
      return readBake(rest, call)
    case 'compose':
      return readCompose(rest, call)
    default:
      return null
  }
}

function readBuildx(words: readonly string[], call: Call): DockerCommand | null {
  const [verb, ...rest] = parseOptions(words, globalOptions, true).operands
  if (verb === 'build' || verb === 'b') return readBuild('docker', rest, call)
  if (verb === 'bake' || verb === 'f') return readBake(rest, call)
  return verb === 'debug' && rest[0] === 'build' ? readBuild('docker', rest.slice(1), call) : null
}

const open = (why: string): DockerCommand => ({ kind: 'build', builds: null, why })

type Style = 'docker' | 'podman' | 'buildah'

function readBuild(style: Style, words: readonly string[], call: Call): DockerCommand | null {
  const table: OptionTable = style === 'docker' ? dockerBuildOptions : podmanBuildOptions
  const parsed = parseOptions(
    words.flatMap((word) => splitOptions(word, call)),
    table,
  )
  if (has(parsed, 'help')) return null
  if (parsed.unknown !== null) return open(`the option ${parsed.unknown} is not known`)
  const operands = operandsOf(parsed.operands, call)
  if (typeof operands === 'string') return hanging(operands, parsed, call)
  const files = valuesOf(parsed, 'file')
  if (style !== 'docker' && files.length > 1) return open('it joins several files into one Dockerfile')
  const ignoreFile = valuesOf(parsed, 'ignorefile')[0]
  if (ignoreFile !== undefined) return open(`it reads ${ignoreFile} as its ignore file`)
  const file = expanded(files.at(-1) ?? '', call)
  const target = expanded(valuesOf(parsed, 'target').at(-1) ?? '', call)
  if (file.unresolved !== null) return hanging(hangsOn(file.unresolved), parsed, call)
  if (target.unresolved !== null) return open(hangsOn(target.unresolved))
  const context = operands[0] ?? defaultContext(style, file.text)
  if (context === null) return open('it names no context')
  if (context === '-') return hanging('its context comes from standard input', parsed, call)
  if (file.text === '-' || file.text === '/dev/stdin') return open('its Dockerfile comes from standard input')
  if (/^https?:\/\//.test(file.text)) return open(`its Dockerfile comes from ${file.text}`)
  const place = placeOf(context, file.text, call)
  if (typeof place === 'string') return open(place)
  const named = namedContexts(parsed, call)
  if (typeof named === 'string') return open(named)
  const build: BuildTarget = {
    name: null,
    ...place,
    inline: null,
    target: target.text === '' ? null : target.text,
    ...argsOf(parsed, call),
    namedContexts: named,
    platforms: platformsOf(parsed, call),
    foundIn: call.at,
    guessed: false,
  }
  return { kind: 'build', builds: [build], why: null }
}

/** The options that a variable is known to hold, as the words that a shell makes of them; any other word as it is. */
function splitOptions(word: string, { environment }: Call): readonly string[] {
  const name = /^\$(?:(\w+)|\{(\w+)\})$/
    .exec(word)
    ?.slice(1)
    .find((one) => one !== undefined)
  const value = name === undefined ? undefined : environment(name)
  return value === undefined || !/^\s*-/.test(value) || /["'\\]/.test(value)
    ? [word]
    : value.trim().split(/\s+/)
}

/** A build of which not all is known: what of its context and its Dockerfile is. */
function hanging(why: string, parsed: ParsedOptions, call: Call): DockerCommand {
  const operands = parsed.operands.map((word) => expanded(word, call).text)
  // What comes to nothing was there for options.
  const [context = null, ...more] = operands.filter((word, i) => word !== '' || parsed.operands[i] === '')
  const file = expanded(valuesOf(parsed, 'file').at(-1) ?? '', call).text
  return { kind: 'build', builds: null, why, hanging: { context: more.length > 0 ? null : context, file } }
}

/** The operands with variables filled in, those that come to nothing left out; or what is in the way. */
function operandsOf(written: readonly string[], call: Call): readonly string[] | string {
  const operands: string[] = []
  for (const word of written) {
    const { text, unresolved } = expanded(word, call)
    if (unresolved !== null) {
      // Among other operands it can only be there for options.
      return unresolved === word && written.length > 1
        ? `${unresolved} may hold options`
        : hangsOn(unresolved)
    }
    if (text !== '' || word === '') operands.push(text)
  }
  if (operands.length > 1) return `it has more than one context: ${operands.slice(0, 3).join(' ')}`
  return operands
}

/** Without a context podman takes the directory of the file (podman-build(1)), buildah where it runs (buildah-build(1)), docker nothing. */
function defaultContext(style: Style, file: string): string | null {
  if (style === 'docker') return null
  return style === 'buildah' || file === '' ? '.' : parentPath(file) || (file.startsWith('/') ? '/' : '.')
}

/** Context and Dockerfile as BuildTarget has them; or what is in the way. */
function placeOf(
  context: string,
  file: string,
  { directory }: Call,
): Pick<BuildTarget, 'context' | 'dockerfile'> | string {
  // Docker takes -f of a remote context from that context, else from where it runs: docker/cli cli/command/image/build/context.go.
  if (!isLocalContext(context))
    return { context, dockerfile: file === '' ? 'Dockerfile' : rootedPath(file) || '.' }
  const root = pathFrom(directory, context)
  if (root === null) return cannotTell('context', context, directory)
  if (file === '') return { context: root || '.', dockerfile: 'Dockerfile' }
  const path = pathFrom(directory, file)
  if (path === null) return cannotTell('Dockerfile', file, directory)
  const dockerfile = relativePath(root, path)
  return dockerfile === null
    ? `its Dockerfile ${file} cannot be told from its context ${context}`
    : { context: root || '.', dockerfile }
}

const hangsOn = (unresolved: string): string => `it hangs on ${unresolved}`

const cannotTell = (what: string, path: string, directory: string | null): string =>
  path.startsWith('/') || directory !== null
    ? `its ${what} is the absolute path ${path}`
    : `where it runs, and so its ${what} ${path}, cannot be told`

/** A path typed in `directory`, from the root looked in ('' for that); null when it is absolute or cannot be told. */
function pathFrom(directory: string | null, path: string): string | null {
  if (path.startsWith('/') || path.startsWith('~') || directory === null || directory.startsWith('/'))
    return null
  const clean = cleanPath(joinPath(directory, path))
  return clean === '.' ? '' : clean
}

/** `to` from the directory `from`; null when the way leads back down into directories whose names are not known. */
function relativePath(from: string, to: string): string | null {
  const a = from.split('/').filter((part) => part !== '')
  const b = to.split('/').filter((part) => part !== '')
  let same = 0
  while (same < a.length && same < b.length - 1 && a[same] === b[same]) same++
  const up = a.slice(same)
  return up.includes('..') ? null : [...up.map(() => '..'), ...b.slice(same)].join('/')
}

function argsOf(parsed: ParsedOptions, call: Call): Pick<BuildTarget, 'args' | 'openArgs'> {
  const args: [string, string][] = []
  const open: string[] = []
  for (const word of valuesOf(parsed, 'build-arg')) {
    const { text, unresolved } = expanded(word, call)
    const cut = text.indexOf('=')
    // A bare name takes its value from the environment, and is no argument where it has none.
    const value = cut < 0 ? call.environment(text) : text.slice(cut + 1)
    const name = cut < 0 ? text : text.slice(0, cut)
    if (unresolved === null && value !== undefined) args.push([name, value])
    else if (/^\w+$/.test(name)) open.push(name)
  }
  return { args: Object.fromEntries(args), ...(open.length > 0 && { openArgs: open }) }
}

function namedContexts(parsed: ParsedOptions, call: Call): BuildTarget['namedContexts'] | string {
  const contexts: [string, string][] = []
  for (const word of valuesOf(parsed, 'build-context')) {
    const { text, unresolved } = expanded(word, call)
    if (unresolved !== null) return hangsOn(unresolved)
    const cut = text.indexOf('=')
    if (cut < 0) return `--build-context ${text} has no value`
    const value = text.slice(cut + 1)
    const path = isLocalContext(value) ? pathFrom(call.directory, value) : value
    if (path === null) return cannotTell('context', value, call.directory)
    contexts.push([text.slice(0, cut), path || '.'])
  }
  return Object.fromEntries(contexts)
}

function platformsOf(parsed: ParsedOptions, call: Call): readonly string[] {
  return valuesOf(parsed, 'platform').flatMap((word) => {
    const { text, unresolved } = expanded(word, call)
    return unresolved === null ? text.split(',').filter((platform) => platform !== '') : []
  })
}

/** Commands of compose that build: `build`, and those that are told to with `--build`. */
const composeBuilds = new Set(['up', 'create', 'run'])

function readCompose(words: readonly string[], call: Call): DockerCommand | null {
  const outer = parseOptions(words, composeOptions, true)
  const [verb, ...rest] = outer.operands
  const inner = parseOptions(rest, composeCommandOptions)
  if (verb !== 'build' && !(composeBuilds.has(verb ?? '') && has(inner, 'build'))) return null
  if (has(inner, 'help')) return null
  const trouble: Trouble = { why: outer.unknown ?? inner.unknown }
  if (trouble.why !== null) trouble.why = `the option ${trouble.why} is not known`
  const given = valuesOf(outer, 'file')
  const separator = call.environment('COMPOSE_PATH_SEPARATOR') ?? ':'
  const named = given.length > 0 ? given : split(call.environment('COMPOSE_FILE'), separator)
  const projectDirectory = valuesOf(outer, 'project-directory').at(-1)
  const services = resolved(verb === 'run' ? inner.operands.slice(0, 1) : inner.operands, call, trouble)
  const profiles = valuesOf(outer, 'profile')
  return {
    kind: 'compose',
    files: paths(resolved(named, call, trouble), call, trouble),
    services,
    profiles: resolved(
      profiles.length > 0 ? profiles : split(call.environment('COMPOSE_PROFILES'), ','),
      call,
      trouble,
    ),
    projectDirectory:
      projectDirectory === undefined
        ? null
        : (paths(resolved([projectDirectory], call, trouble), call, trouble)[0] ?? null),
    why: trouble.why,
  }
}

function readBake(words: readonly string[], call: Call): DockerCommand | null {
  const parsed = parseOptions(words, bakeOptions)
  // Those only show what would be built.
  if (['print', 'list', 'list-targets', 'list-variables', 'help'].some((name) => has(parsed, name)))
    return null
  const trouble: Trouble = {
    why: parsed.unknown === null ? null : `the option ${parsed.unknown} is not known`,
  }
  const given = valuesOf(parsed, 'file')
  const separator = call.environment('BUILDX_BAKE_PATH_SEPARATOR') ?? ':'
  const named = given.length > 0 ? given : split(call.environment('BUILDX_BAKE_FILE'), separator)
  const targets = resolved(parsed.operands, call, trouble)
  const remote = targets.find((target) => target.includes('://') || target.startsWith('git@'))
  if (remote !== undefined) trouble.why ??= `its definitions come from ${remote}`
  const files = resolved(named, call, trouble).map((file) => file.replace(/^cwd:\/\//, ''))
  return {
    kind: 'bake',
    files: paths(files, call, trouble),
    targets,
    overrides: resolved(valuesOf(parsed, 'set'), call, trouble),
    why: trouble.why,
  }
}

/** The first thing in the way. */
interface Trouble {
  why: string | null
}

/** Those that have a value; the others are noted. */
function resolved(words: readonly string[], call: Call, trouble: Trouble): readonly string[] {
  return words.flatMap((word) => {
    const { text, unresolved } = expanded(word, call)
    if (unresolved === null) return text === '' ? [] : [text]
    trouble.why ??= hangsOn(unresolved)
    return []
  })
}

function paths(files: readonly string[], { directory }: Call, trouble: Trouble): readonly string[] {
  return files.flatMap((file) => {
    const path = file === '-' ? null : pathFrom(directory, file)
    if (path !== null) return [path || '.']
    trouble.why ??= file === '-' ? 'its file comes from standard input' : cannotTell('file', file, directory)
    return []
  })
}

const split = (list: string | undefined, separator: string): readonly string[] =>
  list === undefined || list === '' ? [] : list.split(separator === '' ? ':' : separator)

const expanded = (word: string, { environment }: Call) => expand(word, environment)

const valuesOf = ({ options }: ParsedOptions, name: string): readonly string[] =>
  options.filter((option) => option.name === name).map(({ value }) => value)

/** True for a switch that is given and not `=false`. */
const has = ({ options }: ParsedOptions, name: string): boolean =>
  options.some((option) => option.name === name && option.value !== 'false')
