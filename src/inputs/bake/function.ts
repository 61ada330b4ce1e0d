/** What a function of bake's is. */

import type { Run } from './source.ts'
import {
  boolType,
  dynamicType,
  listOf,
  numberType,
  setOf,
  stringType,
  type Type,
  type Value,
} from './value.ts'

export interface Parameter {
  readonly name: string
  /** Arguments are converted to it; `dynamic` takes them as they are. */
  readonly type: Type
  readonly nullable: boolean
  /** No string, number or truth value, known or not, will do. */
  readonly collection: boolean
}

/** `call` gets converted arguments without unknowns, and throws `Unsuitable` for what cty refuses. */
export interface BakeFunction {
  readonly parameters: readonly Parameter[]
  /** For the arguments after those; null when there may be none. */
  readonly rest: Parameter | null
  readonly call: (args: readonly Value[], run: Run) => Value
}

const param = (name: string, type: Type, nullable = false): Parameter => ({
  name,
  type,
  nullable,
  collection: false,
})

export const aString = (name: string) => param(name, stringType)
export const aNumber = (name: string) => param(name, numberType)
export const aBool = (name: string) => param(name, boolType)
export const anything = (name: string, nullable = false) => param(name, dynamicType, nullable)
export const aCollection = (name: string): Parameter => ({ ...param(name, dynamicType), collection: true })
export const aListOf = (name: string, element: Type) => param(name, listOf(element))
export const aSetOf = (name: string, element: Type) => param(name, setOf(element))

/** A function of exactly these parameters. */
export const fixed = (parameters: readonly Parameter[], call: BakeFunction['call']): BakeFunction => ({
  parameters,
  rest: null,
  call,
})

/** A function whose last parameter may come any number of times. */
export const variadic = (
  parameters: readonly Parameter[],
  rest: Parameter,
  call: BakeFunction['call'],
): BakeFunction => ({ parameters, rest, call })
