/** Whether CI keeps layers from one run to the next, as the history of a build tells of it. */

import type { CacheReport } from '../report.ts'
import { buildOf, type Image } from '../repository/ci-builds.ts'
import { cacheOf } from '../repository/ci-caches.ts'
import type { Recipe } from '../repository/model.ts'

/** The builds in CI that make the image, or of which nothing is known, each place once. */
export function ciCaches(
  recipes: readonly Recipe[],
  image: Pick<Image, 'dockerfile' | 'below'>,
): readonly CacheReport[] {
  const found = new Map<string, CacheReport>()
  for (const recipe of recipes) {
    if (recipe.kind !== 'ci') continue
    for (const step of recipe.steps) {
      if (step.kind !== 'build' || (step.builds !== null && buildOf(step, image) === null)) continue
      const at = step.called?.at ?? step.at
      const key = `${at.file}:${at.line}`
      if (found.get(key)?.kept === true) continue
      const { kept, advice } = cacheOf(step, recipe, recipes)
      found.set(key, { at, fresh: recipe.isFresh === true, kept, advice })
    }
  }
  return [...found.values()]
}
