/** From one type to another, and the one type several share (go-cty v1.17, cty/convert). */

import { formatFloat, isPrintable, parseFloatText } from './number.ts'
import { Refusal, type Run } from './source.ts'
import {
  bool,
  dynamicType,
  friendlyName,
  isPrimitive,
  list,
  listOf,
  map,
  mapOf,
  nullOf,
  number,
  object,
  objectOf,
  sameType,
  set,
  type Type,
  text,
  tuple,
  tupleOf,
  typeOf,
  unknown,
  type Value,
} from './value.ts'

/** Thrown by {@link convert}; its message is cty's, without a place. */
export class Unsuitable extends Error {}

const article = (type: Type) => `${friendlyName(type)} required`

/** The value as one of the type; throws {@link Unsuitable} where cty finds no way. `dynamic` takes it as it is. */
export function convert(run: Run, value: Value, type: Type): Value {
  run.spend(1)
  if (type.kind === 'dynamic') return value
  if (value.kind === 'unknown') {
    if (!convertible(run, value.type, type)) throw new Unsuitable(article(type))
    return value.type.kind === 'dynamic' ? value : unknown(value.why, type)
  }
  if (value.kind === 'null') {
    if (!convertible(run, value.type, type)) throw new Unsuitable(article(type))
    return nullOf(withoutOptional(type))
  }
  switch (type.kind) {
    case 'string':
      return toText(value)
    case 'number':
      if (value.kind === 'number') return value
      if (value.kind === 'string') {
        const parsed = parseFloatText(value.value)
        if (parsed) return number(parsed)
        throw new Unsuitable('a number is required')
      }
      throw new Unsuitable(article(type))
    case 'bool':
      if (value.kind === 'bool') return value
      if (value.kind === 'string') {
        if (value.value === 'true' || value.value === '1') return bool(true)
        if (value.value === 'false' || value.value === '0') return bool(false)
        throw new Unsuitable('a bool is required')
      }
      throw new Unsuitable(article(type))
    case 'list':
    case 'set': {
      if (!('items' in value)) throw new Unsuitable(article(type))
      const element = elementFor(run, type, typeOf(value))
      const items = value.items.map((item) => convert(run, item, element))
      return type.kind === 'list' ? list(items, element) : set(run, items, element)
    }
    case 'map': {
      if (!('entries' in value)) throw new Unsuitable(article(type))
      const element = elementFor(run, type, typeOf(value))
      const entries: (readonly [string, Value])[] = []
      for (const [name, each] of value.entries) {
        try {
          entries.push([name, convert(run, each, element)])
        } catch (thrown) {
          throw thrown instanceof Unsuitable ? new Unsuitable(`element "${name}": ${thrown.message}`) : thrown
        }
      }
      return map(entries, element)
    }
    case 'tuple': {
      if (value.kind !== 'tuple' || value.items.length !== type.elements.length) {
        throw new Unsuitable(article(type))
      }
      return tuple(value.items.map((item, i) => convert(run, item, type.elements[i] ?? dynamicType)))
    }
    case 'object':
      return toObject(run, value, type)
  }
}

function toText(value: Value): Value {
  switch (value.kind) {
    case 'string':
      return value
    case 'number':
      if (!isPrintable(value.value)) throw new Refusal('a number is too large to write out', null, true)
      return text(formatFloat(value.value))
    case 'bool':
      return text(value.value ? 'true' : 'false')
    default:
      throw new Unsuitable('string required')
  }
}

function toObject(run: Run, value: Value, type: Type & { readonly kind: 'object' }): Value {
  if (!('entries' in value)) throw new Unsuitable('object required')
  const entries: (readonly [string, Value])[] = []
  for (const [name, wanted] of type.attributes) {
    const given = value.entries.get(name)
    if (given !== undefined) {
      try {
        entries.push([name, convert(run, given, wanted)])
      } catch (thrown) {
        throw thrown instanceof Unsuitable ? new Unsuitable(`attribute "${name}": ${thrown.message}`) : thrown
      }
    } else if (type.optional.has(name)) entries.push([name, nullOf(withoutOptional(wanted))])
    else throw new Unsuitable(`attribute "${name}" is required`)
  }
  return object(entries)
}

function withoutOptional(type: Type): Type {
  return type.kind === 'object' && type.optional.size > 0 ? objectOf(type.attributes) : type
}

/** The element type a collection gets: as asked for, or for `any` what its elements share. */
function elementFor(run: Run, type: Type & { readonly kind: 'list' | 'set' | 'map' }, from: Type): Type {
  if (type.element.kind !== 'dynamic') return type.element
  if ('element' in from) return from.element
  const inner =
    from.kind === 'tuple' ? from.elements : from.kind === 'object' ? [...from.attributes.values()] : []
  if (inner.length === 0) return dynamicType
  const shared = unify(run, inner)
  if (shared === null) throw new Unsuitable('all elements must have the same type')
  return shared
}

/** True when a value of one type may convert to the other. */
function convertible(run: Run, from: Type, to: Type): boolean {
  run.spend(1)
  if (from === to || to.kind === 'dynamic' || from.kind === 'dynamic') return true
  if (isPrimitive(from) && isPrimitive(to)) {
    return from.kind === to.kind || to.kind === 'string' || from.kind === 'string'
  }
  switch (to.kind) {
    case 'list':
    case 'set':
      if (from.kind === 'list' || from.kind === 'set') return convertible(run, from.element, to.element)
      if (from.kind !== 'tuple') return false
      if (to.element.kind === 'dynamic')
        return from.elements.length === 0 || unify(run, from.elements) !== null
      return from.elements.every((each) => convertible(run, each, to.element))
    case 'map':
      if (from.kind === 'map') return convertible(run, from.element, to.element)
      if (from.kind !== 'object') return false
      if (to.element.kind === 'dynamic') {
        return from.attributes.size === 0 || unify(run, [...from.attributes.values()]) !== null
      }
      return [...from.attributes.values()].every((each) => convertible(run, each, to.element))
    case 'tuple':
      return (
        from.kind === 'tuple' &&
        from.elements.length === to.elements.length &&
        from.elements.every((each, i) => convertible(run, each, to.elements[i] ?? dynamicType))
      )
    case 'object':
      if (from.kind === 'map') {
        return [...to.attributes.values()].every((each) => convertible(run, from.element, each))
      }
      if (from.kind !== 'object') return false
      return [...to.attributes].every(([name, each]) => {
        const given = from.attributes.get(name)
        return given ? convertible(run, given, each) : to.optional.has(name)
      })
    default:
      return false
  }
}

const mostKinds = 64

/** The type all of these convert to, or null (convert.UnifyUnsafe). */
export function unify(run: Run, types: readonly Type[]): Type | null {
  const distinct: Type[] = []
  for (const type of types) {
    if (distinct.some((each) => sameType(run, each, type))) continue
    if (distinct.length >= mostKinds) {
      throw new Refusal('more different types meet here than are compared', null, true)
    }
    distinct.push(type)
  }
  const first = distinct[0]
  if (!first) return null
  if (distinct.length === 1) return first
  const count = (kind: Type['kind']) => distinct.filter((type) => type.kind === kind).length
  const dynamic = count('dynamic')
  const all = distinct.length - dynamic
  for (const kind of ['map', 'list', 'set'] as const) {
    const own = count(kind)
    if (own === 0) continue
    if (own === all) return dynamic > 0 ? dynamicType : unifyCollections(run, kind, distinct)
    const loose = kind === 'map' ? 'object' : kind === 'list' ? 'tuple' : null
    if (loose === null || own + count(loose) !== all) continue
    const inner = distinct.flatMap((type) =>
      type.kind === 'object' ? [...type.attributes.values()] : type.kind === 'tuple' ? type.elements : [],
    )
    const shared = inner.length === 0 ? null : unify(run, inner)
    if (shared === null) continue
    const collection: Type = { kind, element: shared }
    const rest = distinct.map((type) => (type.kind === loose ? collection : type))
    const together = unify(run, rest)
    if (together?.kind === kind) return together
  }
  if (count('object') === all) return dynamic > 0 ? dynamicType : unifyObjects(run, distinct)
  if (count('tuple') === all) return dynamic > 0 ? dynamicType : unifyTuples(run, distinct)
  if (count('object') > 0 && count('tuple') > 0) return null
  // Everything that is left converts to one of the given: text is the most general, then whatever fits.
  const ranked = [...distinct].sort((a, b) => Number(b.kind === 'string') - Number(a.kind === 'string'))
  for (const wanted of ranked) {
    if (wanted.kind === 'dynamic') continue
    if (distinct.every((type) => type === wanted || convertible(run, type, wanted))) return wanted
  }
  return null
}

function unifyCollections(run: Run, kind: 'map' | 'list' | 'set', types: readonly Type[]): Type | null {
  const shared = unify(
    run,
    types.flatMap((type) => ('element' in type ? [type.element] : [])),
  )
  return shared === null ? null : { kind, element: shared }
}

function unifyObjects(run: Run, types: readonly Type[]): Type | null {
  const objects = types.flatMap((type) => (type.kind === 'object' ? [type.attributes] : []))
  const first = objects[0] ?? new Map<string, Type>()
  const alike = objects.every(
    (each) => each.size === first.size && [...each.keys()].every((n) => first.has(n)),
  )
  if (!alike) {
    const shared = unify(
      run,
      objects.flatMap((each) => [...each.values()]),
    )
    return shared === null ? null : mapOf(shared)
  }
  const attributes = new Map<string, Type>()
  for (const name of first.keys()) {
    const shared = unify(
      run,
      objects.map((each) => each.get(name) ?? dynamicType),
    )
    if (shared === null) return null
    attributes.set(name, shared)
  }
  return objectOf(attributes)
}

function unifyTuples(run: Run, types: readonly Type[]): Type | null {
  const tuples = types.flatMap((type) => (type.kind === 'tuple' ? [type.elements] : []))
  const length = tuples[0]?.length ?? 0
  if (tuples.every((each) => each.length === length)) {
    const elements: Type[] = []
    for (let i = 0; i < length; i++) {
      const shared = unify(
        run,
        tuples.map((each) => each[i] ?? dynamicType),
      )
      if (shared === null) return null
      elements.push(shared)
    }
    return tupleOf(elements)
  }
  const shared = unify(run, tuples.flat())
  return shared === null ? null : listOf(shared)
}
