/** Arguments that recipes and compose files pass to builds with values which only a run can tell: `--build-arg CERTS=certs/$CUSTOMER`. */

import type { BuildTarget } from '../inputs/target.ts'
import type { Place } from '../lib/source.ts'
import type { BuildStep, Recipe } from './model.ts'

/** An argument as it may be. */
export interface HangingArgument {
  readonly name: string
  /** With a star for what cannot be told: `certs/*`; `*` where nothing can. */
  readonly glob: string
  readonly at: Place
}

/** Those of such builds, in the order of the recipes. */
export function hangingArguments(
  recipes: readonly Recipe[],
  isThisBuild: (target: BuildTarget) => boolean,
): readonly HangingArgument[] {
  return recipes.flatMap(({ steps }) =>
    steps.flatMap((step) =>
      step.kind === 'build' && (step.builds === null || step.builds.some(isThisBuild))
        ? passedTo(step).flatMap((word) => hanging(word, step.at))
        : [],
    ),
  )
}

/** Those that a compose file passes with a variable that it requires and that is set elsewhere, which stands for itself. */
export const unsetArguments = (builds: readonly BuildTarget[]): readonly HangingArgument[] =>
  builds.flatMap(({ args, foundIn }) =>
    Object.entries(args).flatMap(([name, value]) =>
      value.includes('${') ? hanging(`${name}=${value}`, foundIn) : [],
    ),
  )

/** `NAME=value` as it stands there. */
export function passedTo({ command, inputs }: BuildStep): readonly string[] {
  const words = command?.words ?? []
  return [
    ...words.flatMap((word, i) => (word === '--build-arg' ? (words[i + 1] ?? []) : [])),
    ...words.flatMap((word) => /^--build-arg=(.*)$/.exec(word)?.[1] ?? []),
    ...(inputs?.['build-args'] ?? '').split('\n').map((line) => line.trim()),
  ]
}

/** What a shell or a service fills in. */
const unsaid = /\$\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\)|`[^`]*`|\$\w+|\{\{.*?\}\}/g

function hanging(word: string, at: Place): readonly HangingArgument[] {
  const [, name, value] = /^(\w+)=(.*)$/.exec(word) ?? []
  const glob = value?.replace(/["']/g, '').replace(unsaid, '*').replace(/\*+/g, '*')
  return name === undefined || glob === undefined || glob === value || !glob.includes('*')
    ? []
    : [{ name, glob, at }]
}
