/** Functions of lists, sets, maps and objects (go-cty, cty/function/stdlib: collection.go, sequence.go, set.go). */

import { convert, Unsuitable, unify } from './convert.ts'
import {
  aCollection,
  aListOf,
  aNumber,
  anything,
  aSetOf,
  aString,
  type BakeFunction,
  fixed,
  variadic,
} from './function.ts'
import { add, compare, type Float, integer, toIndex } from './number.ts'
import { Refusal, type Run } from './source.ts'
import {
  bool,
  dynamicType,
  equal,
  friendlyName,
  list,
  map,
  number,
  numberType,
  object,
  sameType,
  set,
  strings,
  stringType,
  type Type,
  text,
  tuple,
  tupleOf,
  typeOf,
  type Value,
  whole,
} from './value.ts'

const textOf = (value: Value | undefined): string => (value?.kind === 'string' ? value.value : '')
const itemsOf = (value: Value | undefined): readonly Value[] => (value && 'items' in value ? value.items : [])
const floatOf = (value: Value | undefined): Float => (value?.kind === 'number' ? value.value : integer(0))

function indexFrom(value: Value | undefined, what: string): number {
  const index = value?.kind === 'number' ? toIndex(value.value) : null
  if (index === null) throw new Unsuitable(`invalid ${what}: value must be a whole number`)
  return index
}

function needSequence(value: Value | undefined, message: string): readonly Value[] {
  if (value?.kind === 'list' || value?.kind === 'tuple') return value.items
  throw new Unsuitable(message)
}

/** Values of one type as a list of it, others as a tuple. */
const like = (source: Value | undefined, items: readonly Value[]): Value =>
  source?.kind === 'list' || source?.kind === 'set' ? list(items, source.element) : tuple(items)

function positionIn(value: Value | undefined, key: Value | undefined): Value | null {
  if (value?.kind === 'map') {
    if (key?.kind !== 'string') throw new Unsuitable('key for map must be string')
    return value.entries.get(key.value) ?? null
  }
  const items = needSequence(value, 'collection must be a list, a map or a tuple')
  if (key?.kind !== 'number') throw new Unsuitable(`key for ${value?.kind} must be number`)
  const index = toIndex(key.value)
  return index === null ? null : (items[index] ?? null)
}

function merge(run: Run, args: readonly Value[]): Value {
  const first = args[0]
  if (!first) return object([])
  const entries = new Map<string, Value>()
  for (const each of args) {
    const type = typeOf(each)
    if (each.kind === 'null' && type.kind === 'dynamic') continue
    if (type.kind !== 'map' && type.kind !== 'object') {
      throw new Unsuitable(`arguments must be maps or objects, got "${friendlyName(type)}"`)
    }
    if (!('entries' in each)) continue
    run.spend(each.entries.size)
    for (const [name, value] of each.entries) entries.set(name, value)
  }
  const type = typeOf(first)
  const alike = args.every((each) => sameType(run, typeOf(each), type))
  return alike && type.kind === 'map' ? map(entries, type.element) : object(entries)
}

function concat(run: Run, args: readonly Value[]): Value {
  if (args.length === 0) throw new Unsuitable('at least one argument is required')
  const items: Value[] = []
  for (const each of args) {
    if (each.kind !== 'list' && each.kind !== 'tuple') {
      throw new Unsuitable(`all arguments must be lists or tuples; got ${friendlyName(typeOf(each))}`)
    }
    run.spend(each.items.length)
    for (const item of each.items) items.push(item)
  }
  if (!args.every((each) => each.kind === 'list')) return tuple(items)
  const shared = unify(run, args.map(typeOf))
  if (shared?.kind !== 'list') return tuple(items)
  return list(
    items.map((item) => convert(run, item, shared.element)),
    shared.element,
  )
}

function flatten(run: Run, value: Value | undefined): Value {
  const items: Value[] = []
  const visit = (each: Value) => {
    run.spend(1)
    if ('items' in each) for (const item of each.items) visit(item)
    else items.push(each)
  }
  if (!value || !('items' in value)) throw new Unsuitable('can only flatten lists, sets and tuples')
  visit(value)
  return tuple(items)
}

function distinct(run: Run, items: readonly Value[]): readonly Value[] {
  const plain = new Set<string>()
  const kept: Value[] = []
  for (const item of items) {
    run.spend(1)
    if (item.kind === 'string') {
      if (plain.has(item.value)) continue
      plain.add(item.value)
    } else if (kept.some((each) => equal(run, each, item))) continue
    kept.push(item)
  }
  return kept
}

function setProduct(run: Run, args: readonly Value[]): Value {
  if (args.length < 2) throw new Unsuitable('at least two arguments are required')
  let total = 1
  let lists = 0
  const elements: Type[] = []
  const columns: (readonly Value[])[] = []
  for (const each of args) {
    if (!('items' in each)) throw new Unsuitable('a set or a list is required')
    const element = each.kind === 'tuple' ? elementOf(run, each) : each.element
    elements.push(element)
    if (each.kind !== 'set') lists++
    columns.push(each.items.map((item) => convert(run, item, element)))
    total *= each.items.length
    if (total > 100_000) throw new Refusal('a product of sets this large is not followed', null, true)
  }
  const rows: Value[] = []
  for (let n = 0; n < total; n++) {
    run.spend(args.length)
    let rest = n
    const row: Value[] = []
    for (const column of [...columns].reverse()) {
      const item = column[rest % column.length]
      if (item) row.unshift(item)
      rest = Math.floor(rest / column.length)
    }
    rows.push(tuple(row))
  }
  const element = tupleOf(elements)
  return lists === args.length ? list(rows, element) : set(run, rows, element)
}

function elementOf(run: Run, value: Value & { readonly kind: 'tuple' }): Type {
  if (value.items.length === 0) return dynamicType
  const shared = unify(run, value.items.map(typeOf))
  if (shared === null) throw new Unsuitable('all elements must be of the same type')
  return shared
}

function range(run: Run, args: readonly Value[]): Value {
  const [first, second, third] = args.map(floatOf)
  if (!first || args.length > 3) throw new Unsuitable('must have one, two, or three arguments')
  const start = second ? first : integer(0)
  const end = second ?? first
  const step = third ?? integer(compare(end, start) < 0 ? -1 : 1)
  const down = step.mantissa < 0n
  if (step.mantissa === 0n) throw new Unsuitable('step must not be zero')
  if (down ? compare(end, start) > 0 : compare(end, start) < 0) {
    throw new Unsuitable(
      `end must be ${down ? 'less' : 'greater'} than start when step is ${down ? 'negative' : 'positive'}`,
    )
  }
  const made: Value[] = []
  for (let at = start; down ? compare(at, end) > 0 : compare(at, end) < 0; at = add(at, step)) {
    run.spend(4)
    // The limit is cty's own (sequence.go).
    if (made.length >= 1024) throw new Unsuitable('more than 1024 values were generated')
    made.push(number(at))
  }
  return list(made, numberType)
}

function slice(args: readonly Value[]): Value {
  const items = needSequence(args[0], 'must be a list or tuple value')
  const start = indexFrom(args[1], 'start index')
  const end = indexFrom(args[2], 'end index')
  if (start < 0 || start > items.length) throw new Unsuitable('start index must lie within the list')
  if (end < 0 || end > items.length) throw new Unsuitable('end index must lie within the list')
  if (start > end) throw new Unsuitable('start index must not be greater than end index')
  return like(args[0], items.slice(start, end))
}

function lookup(run: Run, args: readonly Value[]): Value {
  const [from, key, fallback] = args
  if (!from || !fallback || !('entries' in from))
    throw new Unsuitable('lookup() requires a map as the first argument')
  const found = from.entries.get(textOf(key))
  if (from.kind !== 'map') return found ?? fallback
  const suited = convert(run, fallback, from.element)
  return found ?? suited
}

function zipmap(args: readonly Value[]): Value {
  const keys = itemsOf(args[0])
  const values = needSequence(args[1], 'values argument must be a list or tuple value')
  if (keys.length !== values.length) {
    throw new Unsuitable(`number of keys (${keys.length}) does not match number of values (${values.length})`)
  }
  const entries = new Map<string, Value>()
  for (const [i, key] of keys.entries()) {
    const value = values[i]
    if (key.kind !== 'string' || !value) throw new Unsuitable('keys list has null value')
    entries.set(key.value, value)
  }
  return args[1]?.kind === 'list' ? map(entries, args[1].element) : object(entries)
}

function coalesce(run: Run, args: readonly Value[]): Value {
  const shared = unify(run, args.map(typeOf))
  if (args.length === 0 || shared === null) throw new Unsuitable('all arguments must have the same type')
  const found = args.find((each) => each.kind !== 'null')
  if (!found) throw new Unsuitable('no non-null arguments')
  return convert(run, found, shared)
}

function coalesceList(args: readonly Value[]): Value {
  for (const each of args) {
    const { kind } = typeOf(each)
    if (kind !== 'list' && kind !== 'tuple')
      throw new Unsuitable('coalescelist arguments must be lists or tuples')
  }
  const found = args.find((each) => itemsOf(each).length > 0)
  if (!found) throw new Unsuitable('no non-null arguments')
  return found
}

function chunks(args: readonly Value[]): Value {
  const source = args[0]
  const items = itemsOf(source)
  const size = indexFrom(args[1], 'size')
  if (size < 0) throw new Unsuitable('the size argument must be positive')
  const element = source && 'element' in source ? source.element : dynamicType
  if (size === 0) throw new Unsuitable('the size argument must not be zero')
  const made: Value[] = []
  for (let i = 0; i < items.length; i += size) made.push(list(items.slice(i, i + size), element))
  return list(made, { kind: 'list', element })
}

type Keep = (counts: readonly boolean[]) => boolean

/** Sets of one element type, and of all their values those that `keep` says yes to, told which sets hold them. */
function combine(run: Run, args: readonly Value[], keep: Keep): Value {
  const types = args.flatMap((each) => (each.kind === 'set' && each.items.length > 0 ? [each.element] : []))
  const shared = types.length === 0 ? dynamicType : unify(run, types)
  if (shared === null) throw new Unsuitable('given sets must all have compatible element types')
  const sets = args.map((each) => itemsOf(each).map((item) => convert(run, item, shared)))
  const all = set(run, sets.flat(), shared)
  const holds = sets.map((items) => {
    const plain = new Set(items.flatMap((item) => (item.kind === 'string' ? [item.value] : [])))
    return (value: Value) =>
      value.kind === 'string' ? plain.has(value.value) : items.some((item) => equal(run, item, value))
  })
  const kept = itemsOf(all).filter((value) => keep(holds.map((each) => each(value))))
  return set(run, kept, shared)
}

const folded = (keep: Keep): BakeFunction =>
  variadic([aSetOf('first_set', dynamicType)], aSetOf('other_sets', dynamicType), (args, run) =>
    combine(run, args, keep),
  )

const sequenceOr = (name: string, work: (value: Value | undefined, run: Run) => Value): BakeFunction =>
  fixed([aCollection(name)], ([value], run) => work(value, run))

export const collectionFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  ['chunklist', fixed([aListOf('list', dynamicType), aNumber('size')], chunks)],
  ['coalesce', variadic([], anything('vals', true), (args, run) => coalesce(run, args))],
  ['coalescelist', variadic([], anything('vals', true), coalesceList)],
  [
    'compact',
    fixed([aListOf('list', stringType)], ([given]) =>
      strings(
        itemsOf(given).flatMap((item) => (item.kind === 'string' && item.value !== '' ? [item.value] : [])),
      ),
    ),
  ],
  ['concat', variadic([], aCollection('seqs'), (args, run) => concat(run, args))],
  [
    'contains',
    fixed([aCollection('list'), anything('value')], ([given, value], run) => {
      if (!given || !value || !('items' in given))
        throw new Unsuitable('argument must be list, tuple, or set')
      return bool(given.items.some((item) => equal(run, item, value)))
    }),
  ],
  [
    'distinct',
    fixed([aListOf('list', dynamicType)], ([given], run) => like(given, distinct(run, itemsOf(given)))),
  ],
  [
    'element',
    fixed([aCollection('list'), aNumber('index')], ([given, index]) => {
      const items = needSequence(
        given,
        `cannot read elements from ${given ? friendlyName(typeOf(given)) : 'nothing'}`,
      )
      const at = indexFrom(index, 'index')
      const found = items[((at % items.length) + items.length) % items.length]
      if (!found) throw new Unsuitable('cannot use element function with an empty list')
      return found
    }),
  ],
  ['flatten', sequenceOr('list', (value, run) => flatten(run, value))],
  [
    'hasindex',
    fixed([aCollection('collection'), anything('key')], ([given, key]) => {
      if (given?.kind !== 'list' && given?.kind !== 'tuple' && given?.kind !== 'map') {
        throw new Unsuitable('collection must be a list, a map or a tuple')
      }
      const fits = given.kind === 'map' ? key?.kind === 'string' : key?.kind === 'number'
      return bool(fits && positionIn(given, key) !== null)
    }),
  ],
  [
    'index',
    fixed([aCollection('collection'), anything('key')], ([given, key]) => {
      const found = positionIn(given, key)
      if (found === null) throw new Unsuitable('invalid index')
      return found
    }),
  ],
  [
    'indexof',
    fixed([aCollection('list'), anything('value')], ([given, value], run) => {
      const items = needSequence(given, 'argument must be a list or tuple')
      if (items.length === 0) throw new Unsuitable('cannot search an empty list')
      const at = items.findIndex((item) => value !== undefined && equal(run, item, value))
      if (at < 0) throw new Unsuitable('item not found')
      return whole(at)
    }),
  ],
  [
    'keys',
    sequenceOr('inputMap', (value) => {
      if (!value || !('entries' in value)) throw new Unsuitable('must have map or object type')
      const names = [...value.entries.keys()].map(text)
      return value.kind === 'map' ? list(names, stringType) : tuple(names)
    }),
  ],
  [
    'values',
    sequenceOr('mapping', (value) => {
      if (!value || !('entries' in value))
        throw new Unsuitable('values() requires a map as the first argument')
      const all = [...value.entries.values()]
      return value.kind === 'map' ? list(all, value.element) : tuple(all)
    }),
  ],
  [
    'length',
    sequenceOr('collection', (value) => {
      if (value && 'items' in value) return whole(value.items.length)
      if (value?.kind === 'map') return whole(value.entries.size)
      throw new Unsuitable('collection must be a list, a map or a tuple')
    }),
  ],
  [
    'lookup',
    fixed([aCollection('inputMap'), aString('key'), anything('default')], (args, run) => lookup(run, args)),
  ],
  ['merge', variadic([], anything('maps', true), (args, run) => merge(run, args))],
  ['range', variadic([], aNumber('params'), (args, run) => range(run, args))],
  [
    'reverselist',
    sequenceOr('list', (value) => {
      if (!value || !('items' in value)) throw new Unsuitable('can only reverse list or tuple values')
      return like(value, [...value.items].reverse())
    }),
  ],
  [
    'sethaselement',
    fixed([aSetOf('set', dynamicType), anything('elem')], ([given, value], run) => {
      const element = given?.kind === 'set' ? given.element : dynamicType
      if (value && !sameType(run, typeOf(value), element)) return bool(false)
      return bool(itemsOf(given).some((item) => value !== undefined && equal(run, item, value)))
    }),
  ],
  ['setintersection', folded((held) => held.every(Boolean))],
  ['setunion', folded(() => true)],
  [
    'setsubtract',
    fixed([aSetOf('a', dynamicType), aSetOf('b', dynamicType)], (args, run) =>
      combine(run, args, ([inFirst, inSecond]) => inFirst === true && inSecond !== true),
    ),
  ],
  ['setsymmetricdifference', folded((held) => held.filter(Boolean).length % 2 === 1)],
  ['setproduct', variadic([], aCollection('sets'), (args, run) => setProduct(run, args))],
  ['slice', fixed([aCollection('list'), aNumber('start_index'), aNumber('end_index')], slice)],
  ['zipmap', fixed([aListOf('keys', stringType), aCollection('values')], zipmap)],
])
