/** Whether CI keeps layers from one run to the next: without, no order of instructions helps there. */

import { cleanPath } from '../lib/path.ts'
import type { CacheReport } from '../report.ts'
import type { Recipe, RecipeStep } from '../repository/model.ts'
import { holdsLayerCache } from '../repository/provenance.ts'

type BuildStep = RecipeStep & { readonly kind: 'build' }

/** The builds of the Dockerfile (relative to the context's root) in CI, each place once. */
export function ciCaches(recipes: readonly Recipe[], dockerfile: string): readonly CacheReport[] {
  const found = new Map<string, CacheReport>()
  for (const recipe of recipes) {
    if (recipe.kind !== 'ci') continue
    const hasCache = holdsLayerCache(recipe)
    const hasBuildx = recipe.steps.some(
      (step) => step.kind === 'action' && /^docker\/setup-buildx-action\b/.test(step.name),
    )
    for (const step of recipe.steps) {
      if (step.kind !== 'build' || !isAbout(step, dockerfile)) continue
      const at = step.called?.at ?? step.at
      const key = `${at.file}:${at.line}`
      const before = found.get(key)
      const kept = hasCache || before?.kept === true
      found.set(key, { at, kept, advice: kept ? [] : adviceFor(step, hasBuildx) })
    }
  }
  return [...found.values()]
}

function isAbout({ builds }: BuildStep, dockerfile: string): boolean {
  return (
    builds === null ||
    builds.some(
      (one) =>
        one.inline === null && cleanPath(`${one.context}/${one.dockerfile ?? 'Dockerfile'}`) === dockerfile,
    )
  )
}

/**
 * The `gha` and `registry` caches need another driver than the default one:
 * https://docs.docker.com/build/cache/backends/gha, https://docs.docker.com/build/ci/github-actions/cache.
 */
function adviceFor(step: BuildStep, hasBuildx: boolean): readonly string[] {
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
