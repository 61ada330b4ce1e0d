import type { CiBuild } from '../repository/ci-builds.ts'
import { type CiRule, oncePer, plain } from './rule.ts'

/** Whether a build in CI has any use of the order in which the Dockerfile copies and runs. Once for each workflow. */
export const ciNoCache: CiRule = {
  id: 'ci-no-cache',
  check: ({ plan }, inCi) => {
    // Layers that only copy are made as quickly as they would be fetched.
    if (!plan.steps.some(({ instruction }) => instruction.keyword === 'RUN')) return []
    const place = ({ at }: CiBuild) => `${at.file}:${at.line}`
    const kept = new Set(inCi.filter(({ cache }) => cache.kept).map(place))
    const cold = inCi.filter(
      (one) => one.recipe.isFresh && !one.cache.kept && !kept.has(place(one)) && !wantsNone(one),
    )
    return oncePer(cold, ({ at }) => at.file).map(({ at, cache }) => ({
      ...plain,
      rule: 'ci-no-cache',
      severity: 'info',
      message: 'this build in CI keeps no layer cache: every run makes all layers of the image again',
      hint: `keep them from one run to the next: ${cache.advice.map((line) => line.trim().replace(/\s+#/, '')).join(', ')}`,
      at,
      data: { fails: false, advice: cache.advice },
    }))
  },
}

/** Somebody has asked for an image that is made anew. */
const wantsNone = ({ step: { command, inputs } }: CiBuild): boolean =>
  inputs?.['no-cache'] === 'true' || command?.words.includes('--no-cache') === true
