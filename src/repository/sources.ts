/** Where a repository says how images are built of it: recipes, compose and bake files, all as one list of builds. */

import { type Host, isFactOfPath, kindAt } from '../host/host.ts'
import type { BuildTarget, OpenBuild } from '../inputs/target.ts'
import { compareBytes, joinPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { indexBuilds } from './context-builds.ts'
import { mayBuild } from './hanging-builds.ts'
import { type KnownSources, nothingKnown, type Said } from './known.ts'
import type { ClosedPlace, Recipe, RecipeStep } from './model.ts'
import { type TrackedPaths, trackedPaths } from './place.ts'
import { isRecipeFile, readRecipes } from './recipes.ts'
import { inContext, relativeBuild, relativePlace, type ToContext, toContextAt } from './to-context.ts'
import { resolveCalls, writtenBuilds } from './written-builds.ts'

/** What is said as one directory asks about it; paths are relative to that. */
export interface Sources {
  readonly here: TrackedPaths
  /** The repository's root, absolute; the directory itself where there is none. */
  readonly base: string
  /** The directory within it; '' when it is the root. */
  readonly prefix: string
  readonly toContext: ToContext
  readonly said: Said
  /** Those of the files that lie in the directory. */
  readonly files: readonly string[]
  readonly recipes: readonly Recipe[]
  readonly open: readonly OpenBuild[]
  /** Those of them that may have the directory as their context. */
  readonly openHere: readonly OpenBuild[]
}

/**
 * True for the names under which people keep Dockerfiles: `Dockerfile.dev`, `Dockerfile-alpine`, `api.Dockerfile`, `dev-Dockerfile`, `web.docker`; not for
 * `dockerfile-lint.js`. Of some that end so only their texts tell, see {@link isOtherSource}.
 */
export const isDockerfile = (name: string): boolean =>
  /^(?:Dockerfile|dockerfile|Containerfile)(?:\.(?!dockerignore$).+)?$|[.\w-](?:Dockerfile|Containerfile)$|\.(?:dockerfile|docker)$/.test(
    name,
  ) ||
  (/^(?:Dockerfile|dockerfile|Containerfile)[-_][\w.-]+$/.test(name) && !otherKind.test(name))

/** What is about Dockerfiles, in the language that its ending tells. */
const otherKind =
  /\.(?:dockerignore|md|mdx|rst|adoc|txt|html?|pdf|png|svg|json|ya?ml|toml|xml|lock|log|[cm]?[jt]sx?|py|rb|go|rs|sh|lua|java|kt|cs|php|vim|diff|patch|bak|orig)$/i

/** True for a text of which a program makes the Dockerfile: docker would refuse it as it is. */
export const isTemplate = (name: string): boolean =>
  /\.(?:j2|jinja2?|tmpl|gotmpl|tpl|template|erb|ejs|mustache|hbs|m4|in)$|[-_](?:template|tmpl|tpl)$/.test(
    name,
  )

/** Endings that an image of the language is called by as well, `Dockerfile.py`, and settings for containers: `.env.docker`. */
const ofSources =
  /\.(?:docker|[cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kts?|scala|php|cs|swift|dart|lua|exs?|vim|el|md|html?|css|json|xml|svg|snap)$/

/**
 * True for what has the name of a Dockerfile and is the source of a program that reads or colours some: it begins in another
 * language. `read`: its text, null where it cannot be read.
 */
export function isOtherSource(name: string, read: () => string | null): boolean {
  const text = ofSources.test(name) ? read() : null
  if (text === null) return false
  const first = text.split('\n').find((line) => /^\s*[^\s#]/.test(line)) ?? ''
  // `from x import y` is Python.
  return !/^\s*(?:ARG\s+\w+(?:=.*)?|FROM\s+(?:--\S+\s+)*\S+(?:\s+AS\s+\S+)?)\s*$/i.test(first)
}

/** Reads them for a directory. `list`: the files of a tree that git knows nothing of, below the prefix it is given. */
export function readSources(
  host: Host,
  root: string,
  list: (prefix: string) => readonly string[],
  known: KnownSources = nothingKnown(),
): Sources {
  const here = trackedPaths(host, root, known.tracked)
  const base = here.top ?? root
  const prefix = here.below ?? ''
  const { said, files } = saidOf(host, root, { here, base, prefix, list, known })
  const toContext = toContextAt(prefix)
  const others = new Set(
    said.hanging.filter((step) => !mayBuild(step, prefix)).map(({ at }) => `${at.file}:${at.line}`),
  )
  const relative = (all: readonly OpenBuild[]) =>
    all.map(({ at, why }) => ({ at: relativePlace(at, toContext), why }))
  return {
    here,
    base,
    prefix,
    toContext,
    said,
    files,
    recipes: prefix === '' ? said.recipes : said.recipes.map((recipe) => relativeRecipe(recipe, toContext)),
    open: relative(said.open),
    openHere: relative(said.open.filter(({ at }) => !others.has(`${at.file}:${at.line}`))),
  }
}

interface Asking {
  readonly here: TrackedPaths
  readonly base: string
  readonly prefix: string
  readonly list: (prefix: string) => readonly string[]
  readonly known: KnownSources
}

function saidOf(
  host: Host,
  root: string,
  { here, base, prefix, list, known }: Asking,
): Pick<Sources, 'said' | 'files'> {
  const whole = here.top === null || prefix === '' ? here : trackedPaths(host, here.top, known.tracked)
  const { tracked } = whole
  if (tracked === null || tracked.size === 0) {
    // Where git tracks nothing each asks for files of its own.
    const files = list(prefix)
    return { said: readAnew(host, base, files), files: inContext(files, prefix) }
  }
  const untracked = lyingIn(host, root).filter(
    (name) => here.tracked?.has(name) !== true && kindAt(host, joinPath(root, name)) !== 'directory',
  )
  const others = untracked.map((name) => joinPath(prefix, name))
  const key = JSON.stringify([base, others])
  const said = known.said.get(key) ?? readAnew(host, base, [...tracked, ...others])
  known.said.set(key, said)
  return { said, files: [...(here.tracked ?? []), ...untracked] }
}

function readAnew(host: Host, base: string, files: readonly string[]): Said {
  const read = readRecipes(host, base, files, { building: true })
  const written = writtenBuilds(host, base, files)
  const recipes = read.recipes.map((recipe) => resolveCalls(host, base, recipe))
  const steps = recipes.flatMap((recipe) => recipe.steps)
  const called = steps.flatMap(calledBuilds)
  const builds = mergeBuilds([...written.builds, ...written.unasked, ...read.builds, ...called])
  return {
    files,
    recipes,
    builds,
    index: indexBuilds(builds),
    asked: mergeBuilds([...written.builds, ...read.builds, ...called]),
    open: distinctOpen([...read.open, ...written.open]),
    hanging: steps.flatMap((step) =>
      step.kind === 'build' && step.builds === null && step.hanging ? [step] : [],
    ),
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
