/** The builds of one image in CI: which steps make it, and what about them the image depends on. */

import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { cleanPath, joinPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { cacheOf, type LayerCache } from './ci-caches.ts'
import type { BuildStep, CheckoutStep, PathFilter, Recipe } from './model.ts'
import { deciding, letsThrough } from './workflow-triggers.ts'

/** A step of CI that builds the image. */
export interface CiBuild {
  readonly recipe: Recipe
  readonly step: BuildStep
  /** The line of the workflow itself. */
  readonly at: Place
  /** The context relative to the image's own: '.' when it is the same. */
  readonly context: string
  /** The image's context is all of the repository, so that `.git` lies in it. */
  readonly isTop: boolean
  /** BuildKit fetches the repository by itself: no ignore file is read, and what steps before it made is not there. */
  readonly isFetched: boolean
  /** What put the sources there; null where nothing did. */
  readonly checkout: CheckoutStep | null
  readonly cache: LayerCache
  readonly starts: readonly Start[]
}

/** An event that starts the build. */
export interface Start {
  readonly event: string
  /** Of the files that decide what the image is made of, those whose change alone does not start it; relative to the context's root. */
  readonly missed: readonly string[]
  /** The line of its filter to change: where one more pattern goes, or the pattern that leaves the first of them out. Null when it has none. */
  readonly at: Place | null
  readonly filter: PathFilter['kind'] | null
}

/** Which image it is about. Paths are relative to the context's root. */
export interface Image {
  readonly dockerfile: string
  /** The ignore file in force; null when there is none. */
  readonly ignoreFile: string | null
  /** The context within its repository, '' for all of it; null when there is none. */
  readonly below: string | null
}

/** The context of a repository that BuildKit fetches: see action-builds.ts. */
const gitContext = /^#git(?::(.*))?$/s

/** The builds of the image that are known to be such, in the order of the recipes. */
export function ciBuilds(recipes: readonly Recipe[], image: Image): readonly CiBuild[] {
  return recipes.flatMap((recipe) => {
    if (recipe.kind !== 'ci') return []
    let checkout: CheckoutStep | null = null
    return recipe.steps.flatMap((step): readonly CiBuild[] => {
      if (step.kind === 'checkout') checkout = step
      if (step.kind !== 'build' || step.service !== undefined) return []
      const found = buildOf(step, image)
      if (found === null) return []
      const isFetched = gitContext.test(found.context) || step.fetches === true
      return [
        {
          ...{ recipe, step, checkout, at: step.called?.at ?? step.at },
          context: contextOf(found, image),
          isTop: image.below === '',
          isFetched,
          cache: cacheOf(step, recipe, recipes),
          // No ignore file is read of what is fetched.
          starts: startsOf(recipe, isFetched ? { ...image, ignoreFile: null } : image),
        },
      ]
    })
  })
}

/** Relative to the image's own. */
function contextOf({ context }: BuildTarget, { below }: Pick<Image, 'below'>): string {
  const fetched = gitContext.exec(context)
  return fetched === null ? cleanPath(context) : relativePath(below ?? '', fetched[1] ?? '')
}

function startsOf({ triggers = [] }: Recipe, { dockerfile, ignoreFile, below }: Image): readonly Start[] {
  return triggers.map(({ event, filter }) => {
    if (filter === null || below === null) return { event, missed: [], at: null, filter: null }
    const { kind, file, patterns } = filter
    const inRepository = (path: string) => cleanPath(joinPath(below, path))
    const missed = [...(ignoreFile === null ? [] : [ignoreFile]), dockerfile].filter(
      (path) => !letsThrough(filter, inRepository(path)),
    )
    const because = kind === 'paths' ? patterns.at(-1) : deciding(patterns, inRepository(missed[0] ?? ''))
    return { event, missed, filter: kind, at: { file, line: because?.line ?? patterns[0]?.line ?? 1 } }
  })
}

/** What a step builds that is the image; null when it is not known to be any of it. */
export function buildOf(
  { builds }: BuildStep,
  image: Pick<Image, 'dockerfile' | 'below'>,
): BuildTarget | null {
  return builds?.find((build) => isOf(build, image)) ?? null
}

/** True for a build of the image from its own context, of which BuildKit fetches the sources by itself. */
export const isFetchedOf =
  (image: Pick<Image, 'dockerfile' | 'below'>) =>
  (target: BuildTarget): boolean =>
    gitContext.test(target.context) && isOf(target, image) && contextOf(target, image) === '.'

function isOf(
  { context, dockerfile, inline }: BuildTarget,
  image: Pick<Image, 'dockerfile' | 'below'>,
): boolean {
  if (inline !== null) return false
  const file = dockerfile ?? 'Dockerfile'
  const fetched = gitContext.exec(context)
  if (fetched === null) return cleanPath(`${context}/${file}`) === image.dockerfile
  const own = cleanPath(joinPath(image.below ?? '', image.dockerfile))
  return image.below !== null && cleanPath(joinPath(fetched[1] ?? '', file)) === own
}
