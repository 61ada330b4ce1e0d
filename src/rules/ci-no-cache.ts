import type { BuildPlan, Stage } from '../dockerfile/model.ts'
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
    const lost = stepsOfOthers(plan)
    const part = lost === null ? [] : inCi.filter(({ cache }) => cache.flaw?.kind === 'last-stage')
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
      ...oncePer(part, ({ at }) => at.file).map(({ at }) => ({
        ...plain,
        rule: 'ci-no-cache',
        severity: 'info' as const,
        message: `the layer cache of this build in CI holds the last stage alone: ${lost} every time`,
        hint: 'add mode=max to cache-to, which keeps the layers of all stages; type=inline has no such mode',
        at,
        data: { fails: false, advice: ['mode=max'], keepsLast: true },
      })),
    ]
  },
}

/** What runs in stages that the image is not made of layer by layer, in words; null where nothing does. */
function stepsOfOthers({ stages, steps, target }: BuildPlan): string | null {
  const own = new Set<number>()
  for (let at: Stage | undefined = target ?? stages.at(-1); at !== undefined && !own.has(at.index); ) {
    own.add(at.index)
    at = at.baseOrigin.kind === 'stage' ? stages[at.baseOrigin.index] : undefined
  }
  const others = steps.filter(
    ({ stageIndex, instruction }) => instruction.keyword === 'RUN' && !own.has(stageIndex),
  )
  const lines = [...new Set(others.map(({ line }) => line))].sort((a, b) => a - b)
  const [first, ...more] = lines
  if (first === undefined) return null
  return more.length === 0
    ? `the RUN in line ${first} runs`
    : `the RUNs in lines ${first} to ${more.at(-1)} run`
}

/** Somebody has asked for an image that is made anew. */
const wantsNone = ({ step: { command, inputs } }: CiBuild): boolean =>
  inputs?.['no-cache'] === 'true' || command?.words.includes('--no-cache') === true
