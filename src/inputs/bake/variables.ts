/** A variable's value from the environment, in the type that is asked of it (buildx v0.29, bake/hclparser/hclparser.go). */

import { convert, Unsuitable } from './convert.ts'
import { csvFields } from './csv.ts'
import { fromJson } from './json-value.ts'
import { fromDouble } from './number.ts'
import type { Run } from './source.ts'
import {
  bool,
  friendlyName,
  isPrimitive,
  list,
  map,
  number,
  set,
  type Type,
  text,
  tuple,
  typeOf,
  type Value,
} from './value.ts'

/** What the environment says of a variable. */
export interface Override {
  readonly text: string
  /** It came from the variable's name with `_JSON` behind it. */
  readonly json: boolean
}

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const untruths: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function primitiveFrom(name: string, written: string, type: Type): Value {
  if (type.kind === 'string') return text(written)
  if (type.kind === 'bool') {
    if (truths.has(written)) return bool(true)
    if (untruths.has(written)) return bool(false)
    throw new Unsuitable(`failed to parse ${name} as bool: parsing "${written}": invalid syntax`)
  }
  // strconv.ParseFloat also knows hexadecimal numbers and underscores within them, which nobody exports.
  const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(written)
  const value = plain ? Number(written) : Number.NaN
  if (!Number.isFinite(value))
    throw new Unsuitable(`failed to parse ${name} as number: parsing "${written}": invalid syntax`)
  return number(fromDouble(value))
}

/** The value for a variable of a stated type. */
export function typedOverride(run: Run, name: string, { text: written, json }: Override, type: Type): Value {
  if (json) {
    try {
      return convert(run, fromJson(run, written), type)
    } catch (thrown) {
      throw thrown instanceof Unsuitable
        ? new Unsuitable(`failed to convert variable ${name} from JSON: ${thrown.message}`)
        : thrown
    }
  }
  if (isPrimitive(type)) return primitiveFrom(name, written, type)
  if (!('element' in type) && type.kind !== 'tuple') {
    throw new Unsuitable(`unsupported type ${friendlyName(type)} for variable ${name}`)
  }
  const fields = csvFields(written)
  run.spend(fields.length)
  if (type.kind === 'tuple') {
    if (type.elements.length !== fields.length) {
      throw new Unsuitable(`tuple expects ${type.elements.length} elements but ${fields.length} provided`)
    }
    return tuple(fields.map((field, i) => primitiveFrom(name, field, need(type.elements[i], type))))
  }
  const element = need(type.element, type)
  if (type.kind === 'map') {
    const entries = fields.map((field): readonly [string, Value] => {
      const [key, value, more] = csvFields(field, ':')
      if (key === undefined || value === undefined || more !== undefined) {
        throw new Unsuitable(`expected one k/v pair in ${field}`)
      }
      return [key, primitiveFrom(name, value, element)]
    })
    return map(new Map(entries), element)
  }
  const items = fields.map((field) => primitiveFrom(name, field, element))
  return type.kind === 'list' ? list(items, element) : set(run, items, element)
}

function need(element: Type | undefined, whole: Type): Type {
  if (element && isPrimitive(element)) return element
  throw new Unsuitable(`unsupported type ${friendlyName(whole)} for CSV specification`)
}

/** The value for a variable whose default tells its type; null: it has none, or null. */
export function inferredOverride(name: string, { text: written }: Override, fallback: Value | null): Value {
  if (fallback === null || typeOf(fallback).kind === 'dynamic') return text(written)
  const type = typeOf(fallback)
  if (isPrimitive(type)) return primitiveFrom(name, written, type)
  throw new Unsuitable(`unsupported type ${friendlyName(type)} for variable ${name}`)
}
