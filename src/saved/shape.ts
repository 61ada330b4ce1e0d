/** What a value read from somewhere else has to be like, as values that are paired with the types they stand for. */

/** Where in a document, from its root. */
export type DocumentPath = readonly (string | number)[]

export interface Misfit {
  readonly path: DocumentPath
  /** `a text`, `one of error, warning, info`. */
  readonly wanted: string
}

/** `fits`: null where the value is a `T`. The second member keeps the `T`, which no wider or narrower one can replace. */
export interface Shape<T> {
  readonly fits: (value: unknown) => Misfit | null
  readonly of?: (value: T) => T
}

/** A key that may be left out. */
interface Optional<T> {
  readonly optional: Shape<T>
}

/** A shape for every key of `T`: one that is missing does not compile. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K>
    ? Optional<Exclude<T[K], undefined>>
    : Shape<T[K]>
}

const misfit = (wanted: string): Misfit => ({ path: [], wanted })

const within = (key: string | number, found: Misfit | null): Misfit | null =>
  found && { path: [key, ...found.path], wanted: found.wanted }

export const text: Shape<string> = {
  fits: (value) => (typeof value === 'string' ? null : misfit('a text')),
}

export const flag: Shape<boolean> = {
  fits: (value) => (typeof value === 'boolean' ? null : misfit('true or false')),
}

const whole = (least: number): Shape<number> => ({
  fits: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? null
      : misfit(`a whole number from ${least} on`),
})

export const count: Shape<number> = whole(0)
/** Of a line: they are counted from 1. */
export const ordinal: Shape<number> = whole(1)

export function choice<const T extends string | number>(...choices: readonly T[]): Shape<T> {
  return {
    fits: (value) => (choices.some((one) => one === value) ? null : misfit(`one of ${choices.join(', ')}`)),
  }
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return {
    fits: (value) => {
      const found = value === null ? null : shape.fits(value)
      return found?.path.length === 0 ? misfit(`${found.wanted}, or null`) : found
    },
  }
}

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ optional: shape })

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return {
    fits: (value) => {
      if (!Array.isArray(value)) return misfit('a list')
      for (let i = 0; i < value.length; i++) {
        const found = shape.fits(value[i])
        if (found) return within(i, found)
      }
      return null
    },
  }
}

/** Keys that it does not name may be there: a later version says more. */
export function object<T extends object>(fields: Fields<T>): Shape<T> {
  // What Object.entries returns of a mapped type is the union of its values.
  const entries = Object.entries(fields) as readonly (readonly [string, Shape<unknown> | Optional<unknown>])[]
  return {
    fits: (value) => {
      if (!isObject(value)) return misfit('an object')
      for (const [key, shape] of entries) {
        const isThere = Object.hasOwn(value, key)
        if (!isThere && 'optional' in shape) continue
        const own = 'optional' in shape ? shape.optional : shape
        const found = isThere ? own.fits(value[key]) : misfit('there')
        if (found) return within(key, found)
      }
      return null
    },
  }
}

/** Keys and values of any kind, which nobody looks into without asking what they are. */
export const anything: Shape<Readonly<Record<string, unknown>>> = {
  fits: (value) => (isObject(value) ? null : misfit('an object')),
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
