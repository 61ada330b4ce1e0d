/** Whether a job of CI keeps layers from one run to the next: without, no order of instructions helps there. */

import type { BuildStep, Recipe } from './model.ts'

export interface LayerCache {
  readonly kept: boolean
  /** What would keep them, as it would be written there; empty when they are. */
  readonly advice: readonly string[]
}

/** What a docker build of the recipe finds. */
export function cacheOf(step: BuildStep, recipe: Recipe): LayerCache {
  return holdsLayerCache(recipe)
    ? { kept: true, advice: [] }
    : { kept: false, advice: adviceFor(step, recipe) }
}

/** Services whose builders keep their layers. */
const buildersThatStay = /^(?:depot|useblacksmith)\//

/** Actions that bring a builder which keeps its layers, or bring layers themselves. */
const keepingActions =
  /^(?:depot|namespacelabs|useblacksmith|warpbuilds)\/.*(?:depot|buildx|builder|docker)|(?:layer|docker|buildkit|buildx)[-_]cach(?:e|ing)/i

/** True when a docker build of the recipe may find layers of an earlier run: a cache that is kept elsewhere, or a builder that stays. */
function holdsLayerCache(recipe: Recipe): boolean {
  return recipe.steps.some((step) => {
    switch (step.kind) {
      case 'build': {
        const words = step.command?.words ?? []
        if (step.namesCache || buildersThatStay.test(step.action ?? '')) return true
        if (words.some((word) => /^--(?:cache-from|cache-to)\b|\.cache-(?:from|to)=/.test(word))) return true
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
