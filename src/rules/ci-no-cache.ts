import { placeText } from '../lib/source.ts'
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
    const vain = inCi.filter(({ cache }) => cache.flaw?.kind === 'shared')
    return [
      ...oncePer(cold, ({ at }) => at.file).map(({ at, cache }) => {
        const isVain = cache.flaw !== null
        const lines = cache.advice.map((line) => line.trim().replace(/\s+#/, '')).join(', ')
        return {
          ...plain,
          rule: 'ci-no-cache',
          severity: 'info' as const,
          message: isVain
            ? '--cache-from finds no layers for this build in CI: every run makes all layers of the image again'
            : 'this build in CI keeps no layer cache: every run makes all layers of the image again',
          hint: isVain
            ? `BuildKit takes layers of an image only where its own build left word of them in it: ${lines}`
            : `keep them from one run to the next: ${lines}`,
          at,
          data: { fails: false, advice: cache.advice },
        }
      }),
      ...oncePer(vain, ({ at }) => at.file).map(({ at, cache: { flaw } }) => {
        const by = flaw?.kind === 'shared' ? placeText(flaw.by) : ''
        return {
          ...plain,
          rule: 'ci-no-cache',
          severity: 'info' as const,
          message: `this build in CI shares its layer cache with ${by === placeText(at) ? 'the others of its matrix' : by}: each writes over what the other has left`,
          hint: 'give each image a cache of its own: scope=NAME in cache-from and cache-to',
          at,
          data: {
            fails: false,
            advice: ['cache-from: type=gha,scope=NAME', 'cache-to: type=gha,mode=max,scope=NAME'],
          },
        }
      }),
    ]
  },
}

/** Somebody has asked for an image that is made anew. */
const wantsNone = ({ step: { command, inputs } }: CiBuild): boolean =>
  inputs?.['no-cache'] === 'true' || command?.words.includes('--no-cache') === true
