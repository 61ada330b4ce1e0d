/** Builds that compose and bake files of a repository write down, wherever they lie. */

import { type Host, isFactOfPath } from '../host/host.ts'
import { readBake } from '../inputs/bake.ts'
import { composeFileNames, overrideNames, readCompose } from '../inputs/compose.ts'
import { readBuilds } from '../inputs/index.ts'
import { type BuildTarget, type FoundBuilds, isFetched, type OpenBuild } from '../inputs/target.ts'
import { baseName, cleanPath, compareBytes, decodePath, joinPath, parentPath } from '../lib/path.ts'
import { version1Builds } from './compose-version-1.ts'
import type { Recipe, RecipeStep } from './model.ts'
import { textAt } from './text-file.ts'

/** Paths are relative to the repository's root. */
export interface WrittenBuilds {
  readonly builds: readonly BuildTarget[]
  readonly open: readonly OpenBuild[]
}

/** What files of a repository define. */
export interface DefinedBuilds extends WrittenBuilds {
  /** Those that bake makes only of a target that is named: in no group. They share a context with the others all the same. */
  readonly unasked: readonly BuildTarget[]
}

/** Each takes some milliseconds. */
const mostDefinitions = 400

/** Files that compose and bake find by themselves are read as they would be from their directory; all others one by one. */
export function writtenBuilds(host: Host, root: string, files: readonly string[]): DefinedBuilds {
  const definitions = new Map<string, Definition>()
  const known = new Set(files)
  const named = files.filter((file) => isDefinition(baseName(file)))
  let left: string | null = null
  for (const file of named.sort((a, b) => depth(a) - depth(b) || compareBytes(a, b))) {
    if (definitions.size >= mostDefinitions) {
      left = file
      break
    }
    const name = baseName(file)
    const dir = parentPath(file)
    if (byThemselves.test(name)) {
      const tools = new Set([...(definitions.get(dir)?.tools ?? []), toolOf(name)])
      definitions.set(dir, { dir, files: [], tools })
    } else if (likely.test(name))
      definitions.set(file, {
        dir,
        files: [...baseOf(dir, name, known), name],
        tools: new Set([toolOf(name)]),
      })
  }
  const all = [...definitions.values()].map((one) => asItStands(host, root, one))
  const found = all.flatMap((one) => [
    readDefinition(host, root, one, []),
    builtOf(one, readServices(host, root, one)),
    builtOf(one, readTargets(host, root, one, groupNames(host, root, one, files))),
  ])
  return {
    builds: found.flatMap(({ builds }) => builds),
    open: [...found.flatMap(({ open }) => open), ...(left === null ? [] : [tooMany(left)])],
    unasked: all.flatMap((one) => builtOf(one, readTargets(host, root, one, ['*'])).builds),
  }
}

/** Whatever is not read may build anything. */
const tooMany = (file: string): OpenBuild => ({
  at: { file, line: 1 },
  why: 'this repository has more compose and bake files than are read, and any of the others may build an image',
})

/** The file that another compose file beside it is laid over: hardly any stands alone. */
function baseOf(dir: string, name: string, known: ReadonlySet<string>): readonly string[] {
  const base = composeFileNames.find((one) => known.has(joinPath(dir, one)))
  return toolOf(name) === 'compose' && base !== undefined ? [base] : []
}

/**
 * Alone where compose refuses it over the file beside it and takes it without: one that extends services of that file has
 * their lists already.
 */
function asItStands(host: Host, root: string, one: Definition): Definition {
  if (one.files.length < 2) return one
  const alone = { ...one, files: one.files.slice(-1) }
  const isRefused = (read: Definition) => readDefinition(host, root, read, []).open.length > 0
  return isRefused(one) && !isRefused(alone) ? alone : one
}

/** The steps of a recipe that call compose or bake, with the builds that their files say. */
export function resolveCalls(host: Host, root: string, recipe: Recipe): Recipe {
  const resolve = (step: RecipeStep): RecipeStep => {
    if (step.kind !== 'build' || step.builds !== null) return step
    const call = step.compose ?? step.bake
    if (call === undefined) return step
    const names = step.compose?.services ?? step.bake?.targets ?? []
    const dir = step.directory ?? ''
    const given = call.files.map((file) =>
      dir !== '' && file.startsWith(`${dir}/`) ? file.slice(dir.length + 1) : file,
    )
    const { builds, open } = readDefinition(host, root, { dir, files: given }, names)
    const named = namesCache(host, joinPath(root, dir), given)
    return {
      ...step,
      ...(named && { namesCache: true }),
      ...(builds.length > 0 && open.length === 0 && { builds }),
    }
  }
  return recipe.steps.some((step) => step.kind === 'build')
    ? { ...recipe, steps: recipe.steps.map(resolve) }
    : recipe
}

/** `cache_from` of a service, `cache-from` of a target: in the files that are named, or that are found without. */
function namesCache(host: Host, directory: string, files: readonly string[]): boolean {
  const names = files.length > 0 ? files : [...composeFileNames, 'docker-bake.hcl', 'docker-bake.json']
  return names.some((name) => /\bcache[-_](?:from|to)\b/.test(textAt(host, joinPath(directory, name)) ?? ''))
}

interface Definition {
  readonly dir: string
  readonly files: readonly string[]
  readonly tools: ReadonlySet<Tool>
}

type Tool = 'bake' | 'compose'

const toolOf = (name: string): Tool => (/\.ya?ml$/.test(name) ? 'compose' : 'bake')

/** What cannot be read of builds that have to be asked for is none. */
const builtOf = ({ dir }: Definition, builds: readonly BuildTarget[]): WrittenBuilds =>
  placed({ builds, open: [] }, dir)

/** Services, those of a profile too. */
function readServices(host: Host, root: string, { dir, files, tools }: Definition): readonly BuildTarget[] {
  if (!tools.has('compose')) return []
  const workingDirectory = joinPath(root, dir)
  return readCompose(host, { files, services: [], profiles: ['*'], workingDirectory }).builds
}

/** Targets of groups, targets, or `*`. */
function readTargets(
  host: Host,
  root: string,
  { dir, files, tools }: Definition,
  targets: readonly string[],
): readonly BuildTarget[] {
  if (!tools.has('bake') || targets.length === 0) return []
  return readBake(host, { files, targets, workingDirectory: host.absolute(joinPath(root, dir)) }).builds
}

/** The groups of bake files, by their names: bake itself only looks for one that it is asked for. */
function groupNames(host: Host, root: string, { dir, files, tools }: Definition, all: readonly string[]) {
  if (!tools.has('bake')) return []
  const names = new Set<string>()
  const own = files.length > 0 ? files : all.flatMap((file) => bakesOf(dir, file))
  for (const file of own) {
    let text: string
    try {
      text = decodePath(host.readFile(joinPath(joinPath(root, dir), file)))
    } catch (thrown) {
      if (isFactOfPath(thrown)) continue
      throw thrown
    }
    for (const [, name = ''] of text.matchAll(/^[ \t]*group[ \t]+"?([\w-]+)"?[ \t]*\{/gm)) names.add(name)
    const json = file.endsWith('.json') ? parseJson(text) : null
    if (isRecord(json) && isRecord(json['group']))
      for (const name of Object.keys(json['group'])) names.add(name)
  }
  return [...names]
}

const bakesOf = (dir: string, file: string): readonly string[] =>
  parentPath(file) === dir && /^docker-bake(?:\.override)?\.(?:hcl|json)$/.test(baseName(file))
    ? [baseName(file)]
    : []

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const depth = (path: string): number => path.split('/').length

const byThemselves = /^(?:(?:docker-)?compose\.ya?ml|docker-bake\.(?:hcl|json))$/
const isDefinition = (name: string): boolean => byThemselves.test(name) || likely.test(name)
const likely = /^(?:(?:docker-)?compose[.-][\w.-]+\.ya?ml|docker-bake[.-][\w.-]+\.(?:hcl|json)|[\w-]+\.hcl)$/

function readDefinition(
  host: Host,
  root: string,
  { dir, files }: Pick<Definition, 'dir' | 'files'>,
  names: readonly string[],
): WrittenBuilds {
  const { builds, open, problems } = withSecretValues(host, (given) =>
    readBuilds(given, { files, names, workingDirectory: joinPath(root, dir) }),
  )
  const texts = problems.length === 0 ? [] : textsOf(host, joinPath(root, dir), files)
  const [text, ...others] = texts
  const [file] = problems.flatMap(({ at }) => at?.file ?? [])
  const old =
    text === undefined || file === undefined || others.length > 0 ? null : version1Builds(text, file)
  if (old !== null) return placed({ builds: old, open: [] }, dir)
  // What its own tool refuses may hold any build, unless no file of it has one.
  const refused = problems.flatMap(({ at, code, message }) =>
    texts.some((text) => mayDefine.test(text)) &&
    // Variables for a container say nothing about an image.
    at !== null &&
    code !== 'compose-env-file' &&
    definitionName.test(baseName(at.file)) &&
    !builds.some(({ guessed }) => !guessed)
      ? [{ at, why: message }]
      : [],
  )
  return placed({ builds, open: [...open, ...refused] }, dir)
}

/** The key under which a service is built, and those that bring in other files. */
const mayDefine = /(?:^|[{,\s"'])(?:build|include|extends|target|group)["']?\s*[:{"]/m

/** The files themselves, or those that compose and bake find by themselves. */
const textsOf = (host: Host, directory: string, files: readonly string[]): readonly string[] =>
  (files.length > 0
    ? files
    : [...composeFileNames, ...overrideNames, 'docker-bake.hcl', 'docker-bake.json']
  ).flatMap((name) => textAt(host, joinPath(directory, name)) ?? [])

/** How often a file is read again for variables that it asks for one by one. */
const mostRounds = 5

/**
 * Variables that a file requires and that are set elsewhere, mostly in labels and environments, stand for themselves: `${DOMAIN}`.
 * A build whose place or Dockerfile hangs on one is not known.
 */
function withSecretValues(host: Host, read: (host: Host) => FoundBuilds): FoundBuilds {
  const missing = new Set<string>()
  const given: Host = {
    ...host,
    environment: (name) => host.environment(name) ?? (missing.has(name) ? `\${${name}}` : undefined),
  }
  let found = read(given)
  for (let round = 0; round < mostRounds; round++) {
    const texts = [...found.open.map(({ why }) => why), ...found.problems.map(({ message }) => message)]
    const names = texts.flatMap((text) => /required variable (\w+) is missing/.exec(text)?.[1] ?? [])
    if (names.every((name) => missing.has(name))) break
    for (const name of names) missing.add(name)
    found = read(given)
  }
  // Without the files that it is laid over, nothing is known of its builds, and nothing is to be known.
  const open = found.open.filter(({ why }) => !isFragment(why))
  const isKnown = ({ context, dockerfile, target }: BuildTarget) =>
    ![context, dockerfile, target].some((text) => text?.includes('${'))
  const unknown = found.builds.filter((build) => !isKnown(build))
  return {
    builds: found.builds.filter(isKnown),
    open: [
      ...open,
      ...unknown.map(({ foundIn }) => ({ at: foundIn, why: 'where it is built is decided by a variable' })),
    ],
    problems: found.problems.filter(({ message }) => !isFragment(message)),
  }
}

const isFragment = (why: string): boolean => why.includes('neither an image nor a build context')

/** Files that are about builds by their names: any other `.hcl` may be of another program. */
const definitionName = /^(?:(?:docker-)?compose\b.*\.ya?ml|docker-bake\b.*\.(?:hcl|json))$/

/** From paths of the definition's directory to paths of the repository. */
function placed({ builds, open }: WrittenBuilds, dir: string): WrittenBuilds {
  const place = ({ file, line }: { readonly file: string; readonly line: number }) => ({
    file: cleanPath(joinPath(dir, file)),
    line,
  })
  return {
    builds: builds
      .filter(({ guessed }) => !guessed)
      .map((build) => ({
        ...build,
        context:
          isFetched(build) || build.context.startsWith('/')
            ? build.context
            : cleanPath(joinPath(dir, build.context)),
        foundIn: place(build.foundIn),
      })),
    open: open.map(({ at, why }) => ({ at: place(at), why })),
  }
}
