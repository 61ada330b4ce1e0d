/** Whether a job of CI keeps layers from one run to the next: without, no order of instructions helps there. */

import type { Place } from '../lib/source.ts'
import type { BuildStep, Recipe } from './model.ts'

export interface LayerCache {
  readonly kept: boolean
  /** What would keep them, as it would be written there; empty when they are. */
  readonly advice: readonly string[]
  /** What is wrong with a cache that is named; null: nothing, or none is. */
  readonly flaw: CacheFlaw | null
}

/**
 * `not-inline`: layers are taken of an image that was made without word of them. `shared`: another image's build writes to the
 * same place, and what it writes is all that is there. `last-stage`: it holds the layers of the image alone, and none of the
 * stages that it was made by.
 */
export type CacheFlaw =
  | { readonly kind: 'not-inline' | 'last-stage' }
  | { readonly kind: 'shared'; readonly by: Place }

/** What a docker build of the recipe finds; `recipes`: all there are, as caches are written by one and read by another. */
export function cacheOf(step: BuildStep, recipe: Recipe, recipes: readonly Recipe[] = [recipe]): LayerCache {
  const isVain = isNotInline(step, recipe, recipes)
  if (!holdsLayerCache(recipe, (one) => isNotInline(one, recipe, recipes)))
    return isVain
      ? { kept: false, advice: ['--build-arg BUILDKIT_INLINE_CACHE=1'], flaw: { kind: 'not-inline' } }
      : { kept: false, advice: adviceFor(step, recipe), flaw: null }
  const by = sharerOf(step, recipe, recipes)
  if (by !== null) return { kept: true, advice: [], flaw: { kind: 'shared', by } }
  return { kept: true, advice: [], flaw: keepsLastStage(step) ? { kind: 'last-stage' } : null }
}

/** What a build writes its layers to, as it is written there. */
const writtenCaches = ({ command, inputs }: BuildStep): readonly string[] => [
  ...(inputs?.['cache-to'] ?? '').split('\n').filter((line) => line.trim() !== ''),
  ...valuesOf(command?.words ?? [], '--cache-to'),
]

/** The default is mode=min, and an inline cache knows no other: https://docs.docker.com/build/cache/backends/#cache-mode. */
function keepsLastStage(step: BuildStep): boolean {
  const caches = writtenCaches(step)
  const isLast = (one: string) =>
    /\btype=(?:gha|registry|local|s3|azblob|inline)\b/.test(one) && !/\bmode=(?!min\b)/.test(one)
  return caches.length > 0 && caches.every(isLast)
}

/**
 * `docker build --cache-from IMAGE` finds nothing with BuildKit unless the image was built with BUILDKIT_INLINE_CACHE=1 or
 * `--cache-to type=inline`, whether or not it was pulled: https://docs.docker.com/build/cache/backends/inline/. Only of machines
 * whose docker is known to build with BuildKit; one build anywhere that writes such a cache may be the one of that image.
 */
function isNotInline(step: BuildStep, recipe: Recipe, recipes: readonly Recipe[]): boolean {
  const { words = [], assignments = [] } = step.command ?? {}
  const images = valuesOf(words, '--cache-from')
  const isPlain = images.length > 0 && images.every((image) => /[:/]/.test(image) && !image.includes('='))
  if (!recipe.isFresh || !/(?:^|\/)docker$/.test(words[0] ?? '') || !isPlain) return false
  if (assignments.includes('DOCKER_BUILDKIT=0') || words.some((word) => /^--cache-to\b/.test(word)))
    return false
  const all = recipes.flatMap(({ steps }) => steps)
  return !all.some((one) => {
    if (one.kind === 'command') return /\bDOCKER_BUILDKIT=0\b|INLINE_CACHE/.test(one.command.words.join(' '))
    if (one.kind !== 'build') return false
    const said = [...(one.command?.words ?? []), ...Object.values(one.inputs ?? {})].join(' ')
    return one.namesCache === true || /INLINE_CACHE|type=inline/.test(said)
  })
}

/** `--name value` and `--name=value`. */
const valuesOf = (words: readonly string[], name: string): readonly string[] =>
  words.flatMap((word, i) =>
    word === name ? (words[i + 1] ?? []) : word.startsWith(`${name}=`) ? word.slice(name.length + 1) : [],
  )

/**
 * Another image, or the image for another machine, whose layers go to the same place; null where there is none. A cache of
 * GitHub's without a scope is one for the whole repository: https://docs.docker.com/build/cache/backends/gha/#scope.
 */
function sharerOf(step: BuildStep, recipe: Recipe, recipes: readonly Recipe[]): Place | null {
  if (!writesUnscoped(step) || step.builds === null) return null
  for (const other of recipes)
    for (const one of other.steps) {
      if (one === step || one.kind !== 'build' || one.builds === null || !writesUnscoped(one)) continue
      if (other.kind === recipe.kind && !isSameImage(one, step)) return one.called?.at ?? one.at
    }
  return null
}

/** The same image for the same machines, or for some of them: who builds it for more begins with the layers that the other has left. */
function isSameImage(one: BuildStep, other: BuildStep): boolean {
  const [own, others] = [platformsOf(one), platformsOf(other)]
  const isPart = own.every((each) => others.includes(each)) || others.every((each) => own.includes(each))
  return madeBy(one) === madeBy(other) && isPart
}

/** What is built, told apart. */
const madeBy = ({ builds }: BuildStep): string =>
  JSON.stringify(
    builds?.map(({ context, dockerfile, target }) => [context.replace(/^\.\/(?=.)/, ''), dockerfile, target]),
  )

/** Without any it is the machine that builds, which is an amd64 unless somebody asks for another. */
function platformsOf({ builds, inputs }: BuildStep): readonly string[] {
  const found = [
    ...(builds ?? []).flatMap(({ platforms }) => platforms ?? []),
    ...(inputs?.['platforms'] ?? '').split(/[\s,]+/).filter((one) => one !== ''),
  ]
  return found.length === 0 ? ['linux/amd64'] : found
}

function writesUnscoped(step: BuildStep): boolean {
  return writtenCaches(step).some((one) => /\btype=gha\b/.test(one) && !/\bscope=/.test(one))
}

/** Services whose builders keep their layers. */
const buildersThatStay = /^(?:depot|useblacksmith)\//

/** Actions that bring a builder which keeps its layers, or bring layers themselves. */
const keepingActions =
  /^(?:depot|namespacelabs|useblacksmith|warpbuilds)\/.*(?:depot|buildx|builder|docker)|(?:layer|docker|buildkit|buildx)[-_]cach(?:e|ing)/i

/** True when a docker build of the recipe may find layers of an earlier run: a cache that is kept elsewhere, or a builder that stays. */
function holdsLayerCache(recipe: Recipe, isVain: (step: BuildStep) => boolean): boolean {
  return recipe.steps.some((step) => {
    switch (step.kind) {
      case 'build': {
        const words = step.command?.words ?? []
        if (step.namesCache || buildersThatStay.test(step.action ?? '')) return true
        if (words.some((word) => /^--(?:cache-from|cache-to)\b|\.cache-(?:from|to)=/.test(word)))
          return !isVain(step)
        const { set = '', 'cache-from': from = '', 'cache-to': to = '' } = step.inputs ?? {}
        return from + to !== '' || /\.cache-(?:from|to)\b/.test(set)
      }
      case 'action':
        if (!/^docker\/setup-buildx-action\b/.test(step.name)) return keepingActions.test(step.name)
        // https://github.com/docker/setup-buildx-action#inputs: a driver elsewhere, or state that is kept.
        return (
          /^(?:remote|kubernetes|cloud)$/.test(step.inputs['driver'] ?? '') ||
          (step.inputs['endpoint'] ?? '') !== '' ||
          step.inputs['keep-state'] === 'true'
        )
      case 'command':
        return isKeepingCommand(step.command.words)
      default:
        return false
    }
  })
}

/** Docker is told of a machine elsewhere, or is given layers from a file. docker/buildx docs/reference/buildx_create.md. */
function isKeepingCommand(words: readonly string[]): boolean {
  const line = words.join(' ')
  return /\bdocker (?:load|image load|context (?:use|create))\b|\bbuildx create\b.*(?:--driver[= ](?:remote|kubernetes|cloud)|\b(?:tcp|ssh):\/\/)|^(?:export )?DOCKER_HOST=/.test(
    line,
  )
}

/**
 * The `gha` and `registry` caches need another driver than the default one:
 * https://docs.docker.com/build/cache/backends/gha, https://docs.docker.com/build/ci/github-actions/cache.
 */
function adviceFor(step: BuildStep, { steps }: Recipe): readonly string[] {
  const hasBuildx = steps.some(
    (one) => one.kind === 'action' && /^docker\/setup-buildx-action\b/.test(one.name),
  )
  if (/^docker\/(?:build-push|bake)-action\b/.test(step.action ?? '')) {
    const builder = hasBuildx ? [] : ['uses: docker/setup-buildx-action@v3   # before it']
    return step.action?.startsWith('docker/bake-action')
      ? [...builder, 'set: |', '  *.cache-from=type=gha', '  *.cache-to=type=gha,mode=max']
      : [...builder, 'cache-from: type=gha', 'cache-to: type=gha,mode=max']
  }
  return [
    ...(hasBuildx ? [] : ['docker buildx create --use   # before it']),
    '--cache-from type=registry,ref=IMAGE:cache --cache-to type=registry,ref=IMAGE:cache,mode=max',
  ]
}
