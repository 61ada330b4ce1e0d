/** The values and types of bake's expressions: those of go-cty, with one kind more for what only a run can tell. */

import { compareBytes } from '../../lib/path.ts'
import type { Float } from './number.ts'
import { integer } from './number.ts'
import { Refusal, type Run } from './source.ts'

export type Type =
  | { readonly kind: 'string' | 'number' | 'bool' | 'dynamic' }
  | { readonly kind: 'list' | 'set' | 'map'; readonly element: Type }
  | { readonly kind: 'tuple'; readonly elements: readonly Type[] }
  | {
      readonly kind: 'object'
      readonly attributes: ReadonlyMap<string, Type>
      /** Attributes that a type constraint allows to be missing; null stands in. */
      readonly optional: ReadonlySet<string>
    }

export type Value =
  | { readonly kind: 'null'; readonly type: Type }
  /** Known only when bake runs: the time, a random number. `why` names it. */
  | { readonly kind: 'unknown'; readonly why: string; readonly type: Type }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: Float }
  | { readonly kind: 'bool'; readonly value: boolean }
  | {
      readonly kind: 'list' | 'set'
      readonly element: Type
      readonly items: readonly Value[]
      readonly depth: number
    }
  | { readonly kind: 'tuple'; readonly type: Type; readonly items: readonly Value[]; readonly depth: number }
  | {
      readonly kind: 'map'
      readonly element: Type
      readonly entries: ReadonlyMap<string, Value>
      readonly depth: number
    }
  | {
      readonly kind: 'object'
      readonly type: Type
      readonly entries: ReadonlyMap<string, Value>
      readonly depth: number
    }

export const stringType: Type = { kind: 'string' }
export const numberType: Type = { kind: 'number' }
export const boolType: Type = { kind: 'bool' }
export const dynamicType: Type = { kind: 'dynamic' }
export const listOf = (element: Type): Type => ({ kind: 'list', element })
export const setOf = (element: Type): Type => ({ kind: 'set', element })
export const mapOf = (element: Type): Type => ({ kind: 'map', element })
export const tupleOf = (elements: readonly Type[]): Type => ({ kind: 'tuple', elements })
export const objectOf = (
  attributes: ReadonlyMap<string, Type>,
  optional: ReadonlySet<string> = new Set(),
): Type => ({ kind: 'object', attributes, optional })

/** A string as cty keeps it: in Unicode's composed form. */
export const text = (value: string): Value => ({
  kind: 'string',
  value: /^[\u0000-\u007F]*$/.test(value) ? value : value.normalize('NFC'),
})
export const bool = (value: boolean): Value => ({ kind: 'bool', value })
export const number = (value: Float): Value => ({ kind: 'number', value })
export const whole = (value: number): Value => ({ kind: 'number', value: integer(value) })
export const nullOf = (type: Type): Value => ({ kind: 'null', type })
export const anyNull: Value = { kind: 'null', type: dynamicType }
export const unknown = (why: string, type: Type = dynamicType): Value => ({ kind: 'unknown', why, type })

const deepestValue = 150

function depthOver(values: Iterable<Value>): number {
  let depth = 0
  for (const value of values) if ('depth' in value && value.depth > depth) depth = value.depth
  if (depth >= deepestValue) throw new Refusal('this value is nested too deeply to follow', null, true)
  return depth + 1
}

export const tuple = (items: readonly Value[]): Value => ({
  kind: 'tuple',
  items,
  type: tupleOf(items.map(typeOf)),
  depth: depthOver(items),
})

/** Entries in the order of their names' bytes, which is the order cty iterates in. */
const sorted = <Item>(entries: Iterable<readonly [string, Item]>): Map<string, Item> =>
  new Map([...entries].sort(([a], [b]) => compareBytes(a, b)))

export function object(entries: Iterable<readonly [string, Value]>): Value {
  const all = sorted(entries)
  const attributes = new Map<string, Type>()
  for (const [name, value] of all) attributes.set(name, typeOf(value))
  return { kind: 'object', entries: all, type: objectOf(attributes), depth: depthOver(all.values()) }
}

export const list = (items: readonly Value[], element: Type): Value => ({
  kind: 'list',
  element,
  items,
  depth: depthOver(items),
})
export const strings = (items: readonly string[]): Value => list(items.map(text), stringType)

export function map(entries: Iterable<readonly [string, Value]>, element: Type): Value {
  const all = sorted(entries)
  return { kind: 'map', element, entries: all, depth: depthOver(all.values()) }
}

/** A set: each value once, in cty's order (go-cty, cty/set_internals.go Less). */
export function set(run: Run, items: readonly Value[], element: Type): Value {
  const ordered = [...items].sort((a, b) => order(run, a, b))
  const kept: Value[] = []
  for (const item of ordered) {
    const last = kept.at(-1)
    // Values without an order of their own are compared with all.
    const known =
      'depth' in item ? kept.some((each) => equal(run, each, item)) : last && equal(run, last, item)
    if (!known) kept.push(item)
  }
  return { kind: 'set', element, items: kept, depth: depthOver(kept) }
}

function order(run: Run, a: Value, b: Value): number {
  run.spend(1)
  if (a.kind === 'null' || b.kind === 'null') return a.kind === b.kind ? 0 : a.kind === 'null' ? 1 : -1
  if (a.kind === 'string' && b.kind === 'string') return compareBytes(a.value, b.value)
  if (a.kind === 'bool' && b.kind === 'bool') return Number(a.value) - Number(b.value)
  if (a.kind === 'number' && b.kind === 'number') return compareNumbers(a.value, b.value)
  return 0
}

function compareNumbers(a: Float, b: Float): number {
  if (a.exponent === b.exponent) return a.mantissa < b.mantissa ? -1 : a.mantissa > b.mantissa ? 1 : 0
  if (a.mantissa < 0n !== b.mantissa < 0n) return a.mantissa < 0n ? -1 : 1
  const shift = BigInt(Math.min(20_000, Math.abs(a.exponent - b.exponent)))
  const x = a.exponent > b.exponent ? a.mantissa << shift : a.mantissa
  const y = b.exponent > a.exponent ? b.mantissa << shift : b.mantissa
  return x < y ? -1 : x > y ? 1 : 0
}

export function typeOf(value: Value): Type {
  switch (value.kind) {
    case 'null':
    case 'unknown':
    case 'tuple':
    case 'object':
      return value.type
    case 'string':
      return stringType
    case 'number':
      return numberType
    case 'bool':
      return boolType
    case 'list':
      return listOf(value.element)
    case 'set':
      return setOf(value.element)
    case 'map':
      return mapOf(value.element)
  }
}

export const isPrimitive = (type: Type): boolean =>
  type.kind === 'string' || type.kind === 'number' || type.kind === 'bool'

export function sameType(run: Run, a: Type, b: Type): boolean {
  if (a === b) return true
  run.spend(1)
  if (a.kind !== b.kind) return false
  if ('element' in a && 'element' in b) return sameType(run, a.element, b.element)
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    return (
      a.elements.length === b.elements.length &&
      a.elements.every((each, i) => sameType(run, each, b.elements[i] ?? dynamicType))
    )
  }
  if (a.kind === 'object' && b.kind === 'object') {
    if (a.attributes.size !== b.attributes.size) return false
    for (const [name, type] of a.attributes) {
      const other = b.attributes.get(name)
      if (!other || !sameType(run, type, other)) return false
    }
  }
  return true
}

/** cty's Equals, for values without unknowns: of one type and the same all through; all nulls are equal. */
export function equal(run: Run, a: Value, b: Value): boolean {
  run.spend(1)
  if (a === b) return true
  if (a.kind === 'null' || b.kind === 'null') return a.kind === b.kind
  if (a.kind === 'string' && b.kind === 'string') return a.value === b.value
  if (a.kind === 'bool' && b.kind === 'bool') return a.value === b.value
  if (a.kind === 'number' && b.kind === 'number') return compareNumbers(a.value, b.value) === 0
  if (!sameType(run, typeOf(a), typeOf(b))) return false
  if ('items' in a && 'items' in b) {
    if (a.items.length !== b.items.length) return false
    return a.items.every((each, i) => equal(run, each, b.items[i] ?? anyNull))
  }
  if ('entries' in a && 'entries' in b) {
    if (a.entries.size !== b.entries.size) return false
    for (const [name, value] of a.entries) {
      const other = b.entries.get(name)
      if (!other || !equal(run, value, other)) return false
    }
    return true
  }
  return false
}

/** What makes the value unknown, or null when all of it is known. */
export function unknownIn(run: Run, value: Value): string | null {
  run.spend(1)
  if (value.kind === 'unknown') return value.why
  const inner = 'items' in value ? value.items : 'entries' in value ? value.entries.values() : []
  for (const each of inner) {
    if (each.kind === 'string' || each.kind === 'number' || each.kind === 'bool') continue
    const why = unknownIn(run, each)
    if (why !== null) return why
  }
  return null
}

/** The type's name as bake says it in messages. */
export function friendlyName(type: Type): string {
  switch (type.kind) {
    case 'dynamic':
      return 'dynamic'
    case 'list':
    case 'set':
    case 'map':
      return `${type.kind} of ${type.element.kind === 'dynamic' ? 'any single type' : friendlyName(type.element)}`
    default:
      return type.kind
  }
}
