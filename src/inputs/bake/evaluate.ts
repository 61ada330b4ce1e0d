/** Expressions to values, as hashicorp/hcl v2.24 does it (hclsyntax/expression.go, ops.go). */

import { convert, Unsuitable, unify } from './convert.ts'
import type { BakeFunction } from './function.ts'
import { add, compare, divide, multiply, negate, subtract, toIndex } from './number.ts'
import { modulo } from './numbers.ts'
import { type At, Refusal, type Run } from './source.ts'
import type { Expression, Loop, Operator, Step } from './syntax.ts'
import { typeFrom } from './type-expression.ts'
import {
  bool,
  boolType,
  equal,
  friendlyName,
  isPrimitive,
  list,
  number,
  numberType,
  object,
  stringType,
  type Type,
  text,
  tuple,
  typeOf,
  unknown,
  unknownIn,
  type Value,
  whole,
} from './value.ts'

/** Names and what they stand for; a loop, a matrix or a function has its own over those around it. */
export interface Scope {
  readonly variables: Map<string, Value>
  readonly parent: Scope | null
  readonly functions: Map<string, BakeFunction>
  readonly run: Run
}

/** A scope within another. */
export const childOf = (parent: Scope, variables: Map<string, Value>): Scope => ({
  variables,
  parent,
  functions: parent.functions,
  run: parent.run,
})

const refused = (message: string, at: At): never => {
  throw new Refusal(message, at)
}

/** The value of an expression; throws a {@link Refusal} where bake reports a mistake. */
export function evaluate(expression: Expression, scope: Scope): Value {
  scope.run.spend(1)
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'variable':
      return lookUp(expression.name, expression.at, scope)
    default:
      return scope.run.deeper(() => evaluateInner(expression, scope))
  }
}

function evaluateInner(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal':
    case 'variable':
      return evaluate(expression, scope)
    case 'access':
      return follow(evaluate(expression.base, scope), expression.steps, 0, scope)
    case 'template':
      return concatenate(
        expression.parts.map((part) => [part.at, evaluate(part, scope)] as const),
        scope.run,
      )
    case 'join': {
      const rounds = evaluate(expression.rounds, scope)
      if (!('items' in rounds)) return rounds
      return concatenate(
        rounds.items.map((item) => [expression.at, item] as const),
        scope.run,
      )
    }
    case 'tuple':
      return tuple(expression.items.map((item) => evaluate(item, scope)))
    case 'object':
      return object(
        new Map(
          expression.items.map((item) => [keyOf(item.key, scope), evaluate(item.value, scope)] as const),
        ),
      )
    case 'for':
      return iterate(expression.loop, scope)
    case 'conditional':
      return choose(expression, scope)
    case 'operation':
      return operateAll(expression, scope)
    case 'negative': {
      const value = operandOf(evaluate(expression.operand, scope), numberType, expression.at, scope.run)
      return value.kind === 'number' ? number(negate(value.value)) : value
    }
    case 'not': {
      const value = operandOf(evaluate(expression.operand, scope), boolType, expression.at, scope.run)
      return value.kind === 'bool' ? bool(!value.value) : value
    }
    case 'parentheses':
      return evaluate(expression.inner, scope)
    case 'call':
      return call(expression, scope)
    case 'json':
      return evaluate(expression.template(), scope)
  }
}

function lookUp(name: string, at: At, scope: Scope): Value {
  for (let here: Scope | null = scope; here; here = here.parent) {
    const value = here.variables.get(name)
    if (value !== undefined) return value
  }
  return refused(`Unknown variable; There is no variable named "${name}".`, at)
}

function keyOf(key: Expression, scope: Scope): string {
  if (key.kind === 'access' && key.base.kind === 'variable') {
    return refused(
      'Ambiguous attribute key; If this expression is intended to be a reference, wrap it in parentheses.',
      key.at,
    )
  }
  // A bare name is the key itself, in parentheses it is a variable.
  if (key.kind === 'variable') return key.name
  if (key.kind === 'literal' && key.value.kind === 'null')
    return refused("Null value as key; Can't use a null value as a key.", key.at)
  if (key.kind === 'literal' && key.value.kind === 'bool') return String(key.value.value)
  const value = converted(
    evaluate(key, scope),
    stringType,
    key.at,
    "Incorrect key type; Can't use this value as a key:",
    scope.run,
  )
  if (value.kind === 'null') return refused("Null value as key; Can't use a null value as a key.", key.at)
  if (value.kind === 'unknown') throw new Refusal(`a key here is ${value.why}`, key.at, true)
  return value.kind === 'string' ? value.value : ''
}

function converted(value: Value, type: Type, at: At, message: string, run: Run): Value {
  try {
    return convert(run, value, type)
  } catch (thrown) {
    if (thrown instanceof Unsuitable) return refused(`${message} ${thrown.message}.`, at)
    throw thrown
  }
}

function operandOf(value: Value, type: Type, at: At, run: Run): Value {
  const suited = converted(value, type, at, 'Invalid operand; Unsuitable value for operand:', run)
  if (suited.kind === 'null')
    return refused('Operation failed; Error during operation: argument must not be null.', at)
  return suited
}

function concatenate(parts: readonly (readonly [At, Value])[], run: Run): Value {
  const pieces: string[] = []
  let open: Value | null = null
  for (const [at, value] of parts) {
    if (value.kind === 'null') {
      return refused(
        'Invalid template interpolation value; The expression result is null. Cannot include a null value in a string template.',
        at,
      )
    }
    const piece = converted(
      value,
      stringType,
      at,
      'Invalid template interpolation value; Cannot include the given value in a string template:',
      run,
    )
    if (piece.kind === 'unknown') open = piece
    if (piece.kind !== 'string') continue
    run.spend(piece.value.length >> 4)
    pieces.push(piece.value)
  }
  return open?.kind === 'unknown' ? unknown(open.why, stringType) : text(pieces.join(''))
}

function choose(expression: Expression & { readonly kind: 'conditional' }, scope: Scope): Value {
  // Both sides are evaluated for their types, but only the chosen one may fail.
  const yes = attempt(expression.yes, scope)
  const no = attempt(expression.no, scope)
  const { run } = scope
  let shared: Type | null = null
  if ('value' in yes && 'value' in no) {
    const yesType = typeOf(yes.value)
    const noType = typeOf(no.value)
    if (yes.value.kind === 'null' && yesType.kind === 'dynamic') shared = noType
    else if (no.value.kind === 'null' && noType.kind === 'dynamic') shared = yesType
    else if (yesType.kind !== 'dynamic' && noType.kind !== 'dynamic') {
      shared = unify(run, [yesType, noType])
      if (shared === null) {
        return refused(
          `Inconsistent conditional result types; The true and false result expressions must have consistent types. The 'true' value is ${friendlyName(yesType)}, but the 'false' value is ${friendlyName(noType)}.`,
          expression.at,
        )
      }
    }
  }
  const { at } = expression.condition
  const given = evaluate(expression.condition, scope)
  if (given.kind === 'null') return refused('Null condition; The condition value is null.', at)
  const condition = converted(
    given,
    boolType,
    at,
    'Incorrect condition type; The condition expression must be of type bool:',
    run,
  )
  if (condition.kind === 'unknown') return condition
  const chosen = condition.kind === 'bool' && condition.value ? yes : no
  if ('refusal' in chosen) throw chosen.refusal
  if (shared === null) return chosen.value
  return converted(chosen.value, shared, expression.at, 'Inconsistent conditional result types;', run)
}

function attempt(
  expression: Expression,
  scope: Scope,
): { readonly value: Value } | { readonly refusal: Refusal } {
  try {
    return { value: evaluate(expression, scope) }
  } catch (thrown) {
    if (thrown instanceof Refusal && !thrown.beyond) return { refusal: thrown }
    throw thrown
  }
}

function operateAll(expression: Expression & { readonly kind: 'operation' }, scope: Scope): Value {
  const { first, rest, at } = expression
  const operator = rest[0]?.operator
  if (operator === '&&' || operator === '||') {
    let left = truth(first, scope)
    for (const { operand } of rest) left = decide(operator, left, truth(operand, scope), at)
    if ('refusal' in left) throw left.refusal
    return left.value
  }
  let left = evaluate(first, scope)
  for (const each of rest) left = operate(each.operator, left, each.operand, at, scope)
  return left
}

type Attempt = ReturnType<typeof attempt>

function truth(expression: Expression, scope: Scope): Attempt {
  const found = attempt(expression, scope)
  if ('refusal' in found) return found
  const message = 'Invalid operand; Unsuitable value for operand:'
  return { value: converted(found.value, boolType, expression.at, message, scope.run) }
}

/** One side that settles it is enough, whatever is wrong with the other (hclsyntax/expression_ops.go ShortCircuit). */
function decide(operator: '&&' | '||', left: Attempt, right: Attempt, at: At): Attempt {
  const sides = [left, right]
  const settling = sides.find(
    (side) => 'value' in side && side.value.kind === 'bool' && side.value.value === (operator === '||'),
  )
  if (settling) return settling
  const failed = sides.find((side) => 'refusal' in side)
  if (failed) return failed
  if (sides.some((side) => 'value' in side && side.value.kind === 'null')) {
    return refused('Operation failed; Error during operation: argument must not be null.', at)
  }
  return sides.find((side) => 'value' in side && side.value.kind === 'unknown') ?? right
}

function operate(operator: Operator, left: Value, operand: Expression, at: At, scope: Scope): Value {
  const { run } = scope
  const value = evaluate(operand, scope)
  if (operator === '==' || operator === '!=') {
    const why = unknownIn(run, left) ?? unknownIn(run, value)
    return why === null ? bool(equal(run, left, value) === (operator === '==')) : unknown(why)
  }
  const a = operandOf(left, numberType, at, run)
  const b = operandOf(value, numberType, operand.at, run)
  if (a.kind !== 'number') return a
  if (b.kind !== 'number') return b
  run.spend(4)
  switch (operator) {
    case '+':
      return number(add(a.value, b.value))
    case '-':
      return number(subtract(a.value, b.value))
    case '*':
      return number(multiply(a.value, b.value))
    case '/':
      if (b.value.mantissa === 0n) return refused('Division by zero; Cannot divide by zero.', at)
      return number(divide(a.value, b.value))
    case '%':
      if (b.value.mantissa === 0n) return refused('Division by zero; Cannot divide by zero.', at)
      return number(modulo(a.value, b.value))
    case '<':
      return bool(compare(a.value, b.value) < 0)
    case '<=':
      return bool(compare(a.value, b.value) <= 0)
    case '>':
      return bool(compare(a.value, b.value) > 0)
    case '>=':
      return bool(compare(a.value, b.value) >= 0)
    default:
      return refused(`Operation failed; ${operator} does not stand here.`, at)
  }
}

function follow(value: Value, steps: readonly Step[], from: number, scope: Scope): Value {
  let at = value
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]
    if (!step) break
    scope.run.spend(1)
    if (step.kind === 'attribute') at = attributeOf(at, step.name, step.at)
    else if (step.kind === 'index') at = indexOf(at, evaluate(step.key, scope), step.at, scope.run)
    else at = splat(at, step, scope)
  }
  return at
}

function splat(value: Value, step: Step & { readonly kind: 'splat' }, scope: Scope): Value {
  if (value.kind === 'unknown') return value
  const each = (item: Value) => follow(item, step.each, 0, scope)
  if (value.kind === 'null') {
    const { kind } = value.type
    if (kind === 'list' || kind === 'set' || kind === 'tuple') {
      return refused(
        'Splat of null value; Splat expressions (with the * symbol) cannot be applied to null sequences.',
        step.at,
      )
    }
    return tuple([])
  }
  if (!('items' in value)) return tuple([each(value)])
  const items = value.items.map(each)
  const first = items[0]
  if (value.kind === 'tuple' || first === undefined) return tuple(items)
  return list(items, typeOf(first))
}

function attributeOf(value: Value, name: string, at: At): Value {
  if (value.kind === 'unknown') return value
  if (value.kind === 'null')
    return refused(
      'Attempt to get attribute from null value; This value is null, so it does not have any attributes.',
      at,
    )
  if ('entries' in value) {
    const found = value.entries.get(name)
    if (found !== undefined) return found
    return refused(
      value.kind === 'map'
        ? `Missing map element; This map does not have an element with the key "${name}".`
        : `Unsupported attribute; This object does not have an attribute named "${name}".`,
      at,
    )
  }
  return refused(
    `Unsupported attribute; Can't access attribute "${name}" on a value of type ${friendlyName(typeOf(value))}.`,
    at,
  )
}

function indexOf(value: Value, key: Value, at: At, run: Run): Value {
  if (value.kind === 'unknown') return value
  if (value.kind === 'null')
    return refused('Attempt to index null value; This value is null, so it does not have any indices.', at)
  if (key.kind === 'null') return refused("Invalid index; Can't use a null value as an indexing key.", at)
  if (key.kind === 'unknown') return key
  const missing = 'Invalid index; The given key does not identify an element in this collection value.'
  if ('entries' in value) {
    const name = converted(
      key,
      stringType,
      at,
      'Invalid index; The given key does not identify an element in this collection value:',
      run,
    )
    return (name.kind === 'string' ? value.entries.get(name.value) : undefined) ?? refused(missing, at)
  }
  if (value.kind === 'list' || value.kind === 'tuple') {
    const position = converted(
      key,
      numberType,
      at,
      'Invalid index; The given key does not identify an element in this collection value:',
      run,
    )
    const index = position.kind === 'number' ? toIndex(position.value) : null
    return (index === null ? undefined : value.items[index]) ?? refused(missing, at)
  }
  return refused('Invalid index; This value does not have any indices.', at)
}

function* pairsOf(value: Value): Generator<readonly [key: Value, item: Value]> {
  if ('entries' in value) for (const [name, item] of value.entries) yield [text(name), item]
  else if ('items' in value) {
    for (const [i, item] of value.items.entries()) yield [value.kind === 'set' ? item : whole(i), item]
  }
}

function iterate(loop: Loop, scope: Scope): Value {
  const { run } = scope
  const collection = evaluate(loop.collection, scope)
  if (collection.kind === 'unknown') return collection
  if (collection.kind === 'null')
    return refused(
      "Iteration over null value; A null value cannot be used as the collection in a 'for' expression.",
      loop.collection.at,
    )
  if (!('entries' in collection) && !('items' in collection)) {
    return refused(
      `Iteration over non-iterable value; A value of type ${friendlyName(typeOf(collection))} cannot be used as the collection in a 'for' expression.`,
      loop.collection.at,
    )
  }
  const items: Value[] = []
  const entries = new Map<string, Value>()
  const groups = new Map<string, Value[]>()
  for (const [key, item] of pairsOf(collection)) {
    run.spend(2)
    const variables = new Map([[loop.valueName, item]])
    if (loop.keyName !== null) variables.set(loop.keyName, key)
    const inner = childOf(scope, variables)
    if (loop.condition) {
      const given = evaluate(loop.condition, inner)
      if (given.kind === 'null')
        return refused("Condition is null; The value of the 'if' clause must not be null.", loop.condition.at)
      const wanted = converted(
        given,
        boolType,
        loop.condition.at,
        "Invalid 'for' condition; The 'if' clause value is invalid:",
        run,
      )
      if (wanted.kind === 'unknown') return wanted
      if (wanted.kind !== 'bool' || !wanted.value) continue
    }
    if (!loop.key) {
      items.push(evaluate(loop.value, inner))
      continue
    }
    const given = evaluate(loop.key, inner)
    if (given.kind === 'null')
      return refused(
        "Invalid object key; Key expression in 'for' expression must not produce a null value.",
        loop.key.at,
      )
    const named = converted(
      given,
      stringType,
      loop.key.at,
      'Invalid object key; The key expression produced an invalid result:',
      run,
    )
    if (named.kind === 'unknown') return named
    const name = named.kind === 'string' ? named.value : ''
    const value = evaluate(loop.value, inner)
    if (loop.grouped) {
      const group = groups.get(name)
      if (group) group.push(value)
      else groups.set(name, [value])
    } else if (entries.has(name)) {
      return refused(
        `Duplicate object key; Two different items produced the key "${name}" in this 'for' expression.`,
        loop.key.at,
      )
    } else entries.set(name, value)
  }
  if (!loop.key) return tuple(items)
  for (const [name, group] of groups) entries.set(name, tuple(group))
  return object(entries)
}

function call(expression: Expression & { readonly kind: 'call' }, scope: Scope): Value {
  const { name, at } = expression
  const special = callSpecial(expression, scope)
  if (special) return special
  const found = scope.functions.get(name)
  if (!found) return refused(`Call to unknown function; There is no function named "${name}".`, at)
  const { run } = scope
  const args: { readonly at: At; readonly value: Value }[] = []
  for (const [i, argument] of expression.args.entries()) {
    const value = evaluate(argument, scope)
    if (!expression.expand || i < expression.args.length - 1) {
      args.push({ at: argument.at, value })
      continue
    }
    if (value.kind === 'unknown') return value
    if (!('items' in value))
      return refused(
        'Invalid expanding argument value; The expanding argument (indicated by ...) must be of a tuple, list, or set type.',
        argument.at,
      )
    run.spend(value.items.length)
    for (const item of value.items) args.push({ at: argument.at, value: item })
  }
  const fewest = found.parameters.length
  if (args.length < fewest) {
    return refused(
      `Not enough function arguments; Function "${name}" expects ${fewest} argument(s). Missing value for "${found.parameters[args.length]?.name ?? ''}".`,
      at,
    )
  }
  if (args.length > fewest && !found.rest) {
    return refused(
      `Too many function arguments; Function "${name}" expects only ${fewest} argument(s).`,
      args[fewest]?.at ?? at,
    )
  }
  let open: string | null = null
  const suited = args.map((argument, i) => {
    const parameter = found.parameters[i] ?? found.rest
    if (!parameter) return argument.value
    const message = `Invalid function argument; Invalid value for "${parameter.name}" parameter:`
    const value = converted(argument.value, parameter.type, argument.at, message, run)
    if (value.kind === 'null' && !parameter.nullable)
      return refused(`${message} argument must not be null.`, argument.at)
    if (value.kind === 'unknown' && parameter.collection && isPrimitive(value.type)) {
      return refused(
        `Error in function call; Call to function "${name}" failed: ${message} a collection is required.`,
        argument.at,
      )
    }
    open ??= unknownIn(run, value)
    return value
  })
  if (open !== null) return unknown(open)
  try {
    return run.deeper(() => found.call(suited, run))
  } catch (thrown) {
    if (thrown instanceof Unsuitable)
      return refused(`Error in function call; Call to function "${name}" failed: ${thrown.message}.`, at)
    if (thrown instanceof Refusal && thrown.at === null) throw new Refusal(thrown.message, at, thrown.beyond)
    throw thrown
  }
}

/** `try`, `can` and `convert` get expressions, not values (hcl, ext/tryfunc and ext/typeexpr). */
function callSpecial(expression: Expression & { readonly kind: 'call' }, scope: Scope): Value | null {
  const { name, args, at } = expression
  const [first, second] = args
  if (name === 'try' && !expression.expand) {
    if (!first)
      return refused(
        'Error in function call; Call to function "try" failed: at least one argument is required.',
        at,
      )
    for (const argument of args) {
      const result = attempt(argument, scope)
      if ('value' in result) return result.value
    }
    return refused('Error in function call; Call to function "try" failed: no expression succeeded.', at)
  }
  if (name === 'can') {
    if (!first || second) return refused('Function "can" expects 1 argument(s).', at)
    return bool('value' in attempt(first, scope))
  }
  if (name === 'convert') {
    if (!first || !second || args.length > 2) return refused('Function "convert" expects 2 argument(s).', at)
    const type = typeFrom(second)
    return converted(
      evaluate(first, scope),
      type,
      at,
      'Error in function call; Call to function "convert" failed:',
      scope.run,
    )
  }
  return null
}
