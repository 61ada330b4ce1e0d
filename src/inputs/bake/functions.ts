/** All functions a bake file can call (buildx v0.29, bake/hclparser/stdlib.go); `try`, `can` and `convert` are in evaluate.ts. */

import { collectionFunctions } from './collections.ts'
import { dateFunctions } from './dates.ts'
import { encodingFunctions } from './encodings.ts'
import { formatFunctions } from './format.ts'
import { type BakeFunction, fixed } from './function.ts'
import { networkFunctions } from './networks.ts'
import { numberFunctions } from './numbers.ts'
import { regexFunctions } from './regex.ts'
import { textFunctions } from './texts.ts'
import { stringType, text, unknown } from './value.ts'

/** A table of their own, to which a file's functions are added. `home` is `$HOME`, or null. */
export function standardFunctions(home: string | null): Map<string, BakeFunction> {
  return new Map([
    ...numberFunctions,
    ...textFunctions,
    ...collectionFunctions,
    ...formatFunctions,
    ...encodingFunctions,
    ...dateFunctions,
    ...networkFunctions,
    ...regexFunctions,
    [
      'homedir',
      fixed([], () =>
        home === null ? unknown('homedir(), which the environment does not say', stringType) : text(home),
      ),
    ],
  ])
}

/** Read by the evaluator itself, for they take expressions. */
export const specialFunctions: ReadonlySet<string> = new Set(['try', 'can', 'convert'])
