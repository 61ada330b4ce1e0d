/** Where a repository says how images are built of it: recipes, compose and bake files, all as one list of builds. */

import { type Host, isFactOfPath } from '../host/host.ts'
import { relativePath } from '../inputs/load.ts'
import { type BuildTarget, isFetched, type OpenBuild } from '../inputs/target.ts'
import { compareBytes, joinPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { mayBuild } from './hanging-builds.ts'
import type { ClosedPlace, Recipe, RecipeStep } from './model.ts'
import { type KnownTracked, type TrackedPaths, trackedPaths } from './place.ts'
import { isRecipeFile, readRecipes } from './recipes.ts'
import { resolveCalls, writtenBuilds } from './written-builds.ts'

/** What is said; paths are relative to the directory that was asked about. */
export interface Sources {
  readonly here: TrackedPaths
  /** The repository's root, absolute; the directory itself where there is none. */
  readonly base: string
  /** The directory within it; '' when it is the root. */
  readonly prefix: string
  /** What git tracks in the whole repository, relative to `base`, and what lies in the directory; where it tracks nothing, what was listed. */
  readonly files: readonly string[]
  readonly toContext: ToContext
  readonly recipes: readonly Recipe[]
  /** Every build that is written down, and what bake makes only of a target that is named. */
  readonly builds: readonly BuildTarget[]
  /** Without the latter. */
  readonly asked: readonly BuildTarget[]
  readonly open: readonly OpenBuild[]
  /** Those of them that may have the directory as their context. */
  readonly openHere: readonly OpenBuild[]
}

/** True for the names under which people keep Dockerfiles. */
export const isDockerfile = (name: string): boolean =>
  /^(?:Dockerfile|dockerfile|Containerfile)(?:\.(?!dockerignore$).+)?$|\.(?:Dockerfile|dockerfile|Containerfile)$/.test(
    name,
  )

/** What was read of directories before, by root: several questions about one repository read it once. Written to. */
export interface KnownSources {
  readonly sources: Map<string, Sources>
  readonly tracked: KnownTracked
}

/** Reads them for a directory. `list`: the files of a tree that git knows nothing of, below the prefix it is given. */
export function readSources(
  host: Host,
  root: string,
  list: (prefix: string) => readonly string[],
  known: KnownSources = { sources: new Map(), tracked: new Map() },
): Sources {
  const found = known.sources.get(root) ?? readAnew(host, root, { list, tracked: known.tracked })
  // Where git tracks nothing each asks for files of its own.
  if ((found.here.tracked?.size ?? 0) > 0) known.sources.set(root, found)
  return found
}

function readAnew(
  host: Host,
  root: string,
  { list, tracked }: { readonly list: (prefix: string) => readonly string[]; readonly tracked: KnownTracked },
): Sources {
  const here = trackedPaths(host, root, tracked)
  const whole = here.top === null || here.below === '' ? here : trackedPaths(host, here.top, tracked)
  const base = here.top ?? root
  const prefix = here.below ?? ''
  const files =
    whole.tracked === null || whole.tracked.size === 0
      ? list(prefix)
      : [...new Set([...whole.tracked, ...lyingIn(host, root).map((name) => joinPath(prefix, name))])]
  const toContext = (path: string): string =>
    prefix === ''
      ? path
      : path.startsWith(`${prefix}/`)
        ? path.slice(prefix.length + 1)
        : relativePath(prefix, path)
  const read = readRecipes(host, base, files, { building: true })
  const written = writtenBuilds(host, base, files)
  const recipes = read.recipes.map((recipe) => relativeRecipe(resolveCalls(host, base, recipe), toContext))
  const called = recipes.flatMap(({ steps }) => steps.flatMap(calledBuilds))
  const placed = (builds: readonly BuildTarget[]) =>
    mergeBuilds([...builds.map((build) => relativeBuild(build, toContext)), ...called])
  const others = new Set(
    read.recipes.flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.kind === 'build' && !mayBuild(step, prefix) ? [`${step.at.file}:${step.at.line}`] : [],
      ),
    ),
  )
  const open = (all: readonly OpenBuild[]) =>
    distinctOpen(all.map(({ at, why }) => ({ at: relativePlace(at, toContext), why })))
  const isOther = ({ at }: OpenBuild) => others.has(`${at.file}:${at.line}`)
  return {
    here,
    base,
    prefix,
    files,
    toContext,
    recipes,
    builds: placed([...written.builds, ...written.unasked, ...read.builds]),
    asked: placed([...written.builds, ...read.builds]),
    open: open([...read.open, ...written.open]),
    openHere: open([...read.open.filter((one) => !isOther(one)), ...written.open]),
  }
}

/** The files of a directory that may say how images are built: whoever writes one asks before it is tracked. */
function lyingIn(host: Host, directory: string): readonly string[] {
  try {
    const names = host.list(directory).sort(compareBytes)
    return names.filter(
      (name) => isRecipeFile(name) || isDockerfile(name) || /\.(?:ya?ml|hcl|json)$/.test(name),
    )
  } catch (thrown) {
    if (isFactOfPath(thrown)) return []
    throw thrown
  }
}

/** What a script has compose or bake build by its name. */
const calledBuilds = (step: RecipeStep): readonly BuildTarget[] =>
  step.kind === 'build' && (step.compose !== undefined || step.bake !== undefined) ? (step.builds ?? []) : []

/** True for a place that somebody has said not to be understood. */
export const isClosed = (at: Place, closed: readonly ClosedPlace[]): boolean =>
  closed.some(({ file, line }) => file === at.file && (line === null || line === at.line))

/** Those of the repository's paths that lie in the directory, relative to it. */
export const inContext = (files: readonly string[], prefix: string): readonly string[] =>
  prefix === ''
    ? files
    : files.flatMap((path) => (path.startsWith(`${prefix}/`) ? [path.slice(prefix.length + 1)] : []))

/** From a path of the repository to one of the context. */
export type ToContext = (path: string) => string

export const relativePlace = (at: Place, to: ToContext): Place => ({ file: to(at.file), line: at.line })

export function relativeBuild(build: BuildTarget, to: ToContext): BuildTarget {
  const isElsewhere = isFetched(build) || build.context.startsWith('/')
  return {
    ...build,
    context: isElsewhere ? build.context : to(build.context === '.' ? '' : build.context) || '.',
    foundIn: relativePlace(build.foundIn, to),
  }
}

function relativeRecipe(recipe: Recipe, to: ToContext): Recipe {
  const triggers = recipe.triggers?.map(({ event, filter }) => ({
    event,
    filter: filter && { ...filter, file: to(filter.file) },
  }))
  return {
    ...recipe,
    ...(triggers && { triggers }),
    at: relativePlace(recipe.at, to),
    steps: recipe.steps.map((step) => {
      const at = relativePlace(step.at, to)
      const called = step.called && { called: { ...step.called, at: relativePlace(step.called.at, to) } }
      return step.kind === 'build'
        ? {
            ...step,
            ...called,
            at,
            builds: step.builds === null ? null : step.builds.map((build) => relativeBuild(build, to)),
          }
        : { ...step, ...called, at }
    }),
  }
}

/**
 * What is built is the same, whoever wrote it down: it counts once, at the first place, for all the platforms that are
 * written anywhere. What has no name is the build of whoever gave it one; two names are two builds.
 */
function mergeBuilds(builds: readonly BuildTarget[]): readonly BuildTarget[] {
  const merged = new Map<string, BuildTarget[]>()
  for (const build of builds) {
    const { foundIn: _, name: __, platforms: ___, ...rest } = build
    const key = JSON.stringify(rest)
    const same = merged.get(key) ?? []
    if (same.length === 0) merged.set(key, same)
    const at = same.findIndex(({ name }) => name === build.name || name === null || build.name === null)
    const found = same[at]
    if (found === undefined) same.push(build)
    else
      same[at] = {
        ...found,
        name: found.name ?? build.name,
        platforms: [...new Set([...found.platforms, ...build.platforms])],
      }
  }
  return [...merged.values()].flat()
}

/** Compose and bake read the same files, and stumble over the same line. */
function distinctOpen(open: readonly OpenBuild[]): readonly OpenBuild[] {
  const seen = new Set<string>()
  return open.filter(({ at, why }) => {
    const key = JSON.stringify([at, why])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
