/** ARGs that have another value in every build, and what of a build hangs on them. */

import type { BuildPlan, Step } from './model.ts'

/**
 * The steps that never come from the cache because of such an ARG, each with its name: a RUN has every ARG and ENV that is
 * declared before it in its environment, whether it uses it or not; anything else hangs on what it names
 * (https://docs.docker.com/reference/dockerfile/#impact-on-build-caching). An ENV goes on into the stages that begin with
 * its own, an ARG does not. Pure.
 */
export function changingSteps(
  { stages, steps }: BuildPlan,
  isChanging: (name: string) => boolean,
): ReadonlyMap<Step, string> {
  const found = new Map<Step, string>()
  /** By stage: the variables that an ENV has set, each with the ARG it hangs on. */
  const left = new Map<number, ReadonlyMap<string, string>>()
  for (const { index, baseOrigin } of stages) {
    const inherited = baseOrigin.kind === 'stage' ? left.get(baseOrigin.index) : undefined
    const set = new Map(inherited)
    const declared = new Map<string, string>()
    const culprit = (text: string): string | null =>
      [...declared, ...set].find(([name]) => names(text, name))?.[1] ?? null
    for (const step of steps) {
      if (step.stageIndex !== index) continue
      const { keyword, text } = step.instruction
      if (keyword === 'ARG' || keyword === 'ENV') {
        for (const { name, value } of variablesOf(step)) {
          const cause = keyword === 'ARG' && isChanging(name) ? name : culprit(value)
          const into = keyword === 'ARG' ? declared : set
          if (cause !== null) into.set(name, cause)
          // The last word on it is the same in every build.
          else if (keyword === 'ENV') for (const known of [declared, set]) known.delete(name)
        }
        continue
      }
      const cause = keyword === 'RUN' ? ([...declared.values(), ...set.values()][0] ?? null) : culprit(text)
      if (cause !== null) found.set(step, cause)
    }
    left.set(index, set)
  }
  return found
}

/** What an ARG or ENV declares, as written; an ARG without a default has the value ''. */
export function variablesOf({
  instruction: { keyword, words },
}: Step): readonly { readonly name: string; readonly value: string }[] {
  const [first = '', ...rest] = words
  if (keyword === 'ENV' && !first.includes('=')) return [{ name: first, value: rest.join(' ') }]
  return words.map((word) => {
    const cut = word.indexOf('=')
    return cut < 0 ? { name: word, value: '' } : { name: word.slice(0, cut), value: word.slice(cut + 1) }
  })
}

const names = (text: string, name: string): boolean =>
  [...text.matchAll(/\$\{?(\w+)/g)].some(([, found]) => found === name)
