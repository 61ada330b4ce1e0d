/** Types as they are written: `list(string)`, `object({ a = string, b = optional(number) })` (hcl, ext/typeexpr). */

import { parseLoneExpression } from './parse.ts'
import { createSource, Refusal } from './source.ts'
import type { Expression } from './syntax.ts'
import {
  boolType,
  dynamicType,
  listOf,
  mapOf,
  numberType,
  objectOf,
  setOf,
  stringType,
  type Type,
  tupleOf,
} from './value.ts'

const primitives: ReadonlyMap<string, Type> = new Map([
  ['string', stringType],
  ['number', numberType],
  ['bool', boolType],
  ['any', dynamicType],
])

/** Strings of a JSON file stand for the expression they hold. */
export function plain(expression: Expression): Expression {
  if (expression.kind !== 'json') return expression
  return parseLoneExpression(createSource(expression.at.source.file, expression.text, expression.at))
}

/** The identifier an expression is, or null. */
export function keywordOf(expression: Expression): string | null {
  const written = plain(expression)
  return written.kind === 'variable' ? written.name : null
}

/** The type an expression stands for; throws a {@link Refusal} when it is none. */
export function typeFrom(expression: Expression): Type {
  const written = plain(expression)
  const refuse = (): never => {
    throw new Refusal(
      'Invalid type specification; A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).',
      written.at,
    )
  }
  if (written.kind === 'variable') return primitives.get(written.name) ?? refuse()
  if (written.kind !== 'call' || written.args.length !== 1 || written.expand) return refuse()
  const inner = written.args[0]
  if (!inner) return refuse()
  switch (written.name) {
    case 'list':
      return listOf(typeFrom(inner))
    case 'set':
      return setOf(typeFrom(inner))
    case 'map':
      return mapOf(typeFrom(inner))
    case 'tuple': {
      const items = plain(inner)
      return items.kind === 'tuple' ? tupleOf(items.items.map(typeFrom)) : refuse()
    }
    case 'object': {
      const body = plain(inner)
      if (body.kind !== 'object') return refuse()
      const attributes = new Map<string, Type>()
      const optional = new Set<string>()
      for (const { key, value } of body.items) {
        const name =
          keywordOf(key) ?? (key.kind === 'literal' && key.value.kind === 'string' ? key.value.value : null)
        if (name === null) return refuse()
        const type = plain(value)
        if (type.kind === 'call' && type.name === 'optional') {
          const [wanted, fallback] = type.args
          if (!wanted || fallback) return refuse()
          optional.add(name)
          attributes.set(name, typeFrom(wanted))
        } else attributes.set(name, typeFrom(type))
      }
      return objectOf(attributes, optional)
    }
    default:
      return refuse()
  }
}
