/**
 * From parsed files to targets and groups, in bake's order: variables, their validation, functions, the names that a
 * matrix makes, then every block (buildx v0.29, bake/hclparser/hclparser.go and bake/bake.go).
 */

import { convert, Unsuitable } from './convert.ts'
import { childOf, evaluate, type Scope } from './evaluate.ts'
import { anything, fixed, variadic } from './function.ts'
import { specialFunctions, standardFunctions } from './functions.ts'
import { type Reference, referencesOf } from './references.ts'
import { type At, Refusal, type Run } from './source.ts'
import type { Attribute, Block, Body, Expression } from './syntax.ts'
import {
  type Decoded,
  type Definition,
  type Group,
  groupFrom,
  groupShapes,
  merged,
  type Target,
  targetFrom,
  targetShapes,
} from './target.ts'
import { keywordOf, plain, typeFrom } from './type-expression.ts'
import {
  boolType,
  dynamicType,
  nullOf,
  object,
  type Type,
  text,
  tuple,
  unknown,
  type Value,
} from './value.ts'
import { inferredOverride, type Override, typedOverride } from './variables.ts'

export interface DefinitionOptions {
  readonly run: Run
  readonly environment: (name: string) => string | undefined
  /** BAKE_CMD_CONTEXT and its like. */
  readonly builtIn: ReadonlyMap<string, string>
  /** What compose files said, which the rest is laid over. */
  readonly base: Definition
}

interface Variable {
  readonly at: At
  readonly body: Body
}

/** A block's rounds: one, or one for each combination of its matrix. */
interface Round {
  readonly scope: Scope
  readonly fields: Map<string, Decoded>
  readonly done: Set<string>
  readonly inProgress: Set<string>
  name: string
}

const labelPattern = /^[a-zA-Z0-9_-]+$/
const mostRounds = 5000
/** What bake rewrites in ways of its own before another block may look at it. */
const rewritten = (name: string) => unknown(`the argument ${name} of another target, which bake rewrites`)

/** All files as one definition; throws a {@link Refusal} for what bake refuses. */
export function readDefinition(bodies: readonly Body[], options: DefinitionOptions): Definition {
  return createReader(bodies, options).read()
}

function createReader(bodies: readonly Body[], { run, environment, builtIn, base }: DefinitionOptions) {
  const scope: Scope = {
    variables: new Map(),
    parent: null,
    functions: standardFunctions(environment('HOME') ?? null),
    run,
  }
  const variables = new Map<string, Variable>()
  const attributes = new Map<string, Attribute>()
  const functions = new Map<
    string,
    { readonly block: Block; readonly fields: ReadonlyMap<string, Attribute> }
  >()
  const blocks: Block[] = []
  const blocksByName = new Map<string, Map<string, Block[]>>()
  const rounds = new Map<Block, readonly Round[]>()
  const named = new Set<Block>()
  const variablesInProgress = new Map<Scope, Set<string>>()
  const functionsInProgress = new Set<string>()
  let blocksAreKnown = false

  const reserved = (name: string) => name === 'target' || name === 'group' || builtIn.has(name)

  const collect = () => {
    for (const body of bodies) {
      for (const block of body.blocks) {
        if (!['variable', 'function', 'target', 'group'].includes(block.type)) continue
        const [label, extra] = block.labels
        if (extra)
          throw new Refusal(
            `Extraneous label for ${block.type}; Only 1 labels (name) are expected for ${block.type} blocks.`,
            extra.at,
          )
        if (!label)
          throw new Refusal(
            `Missing name for ${block.type}; All ${block.type} blocks must have 1 labels (name).`,
            block.body.at,
          )
        if (block.type === 'target' || block.type === 'group') blocks.push(block)
        else if (block.type === 'variable') {
          checkValidations(block)
          if (!reserved(label.text)) variables.set(label.text, { at: block.body.at, body: block.body })
        } else {
          onlyKnown(block.body, ['params', 'variadic_params', 'result'])
          if (!reserved(label.text)) functions.set(label.text, { block, fields: block.body.attributes })
        }
      }
      for (const attribute of body.attributes.values())
        if (!reserved(attribute.name)) attributes.set(attribute.name, attribute)
    }
    attributes.delete('function')
  }

  const loadReferences = (
    expression: Expression,
    from: Scope,
    { exclude, allowMissing }: { readonly exclude: ReadonlySet<string>; readonly allowMissing: boolean } = {
      exclude: new Set(),
      allowMissing: true,
    },
  ): void => {
    const { variables: read, functions: called } = referencesOf(expression, run)
    for (const name of called) {
      if (scope.functions.has(name) || specialFunctions.has(name)) continue
      if (functions.has(name)) run.deeper(() => resolveFunction(name, expression.at))
      else if (!allowMissing)
        throw new Refusal(`Invalid expression; function "${name}" does not exist`, expression.at)
    }
    for (const reference of read) {
      if (exclude.has(reference.name)) continue
      if (blocksAreKnown && (reference.name === 'target' || reference.name === 'group'))
        loadBlock(reference, expression.at)
      else if (!run.deeper(() => resolveValue(reference.name, from, expression.at)) && !allowMissing) {
        throw new Refusal(`Invalid expression; variable "${reference.name}" does not exist`, expression.at)
      }
    }
  }

  const loadBlock = ({ name: type, path }: Reference, at: At): void => {
    const [first, second] = path
    if (!first) throw new Refusal(`Invalid expression; cannot access ${type} as a variable`, at)
    if (first.kind !== 'attribute')
      throw new Refusal(`Invalid expression; cannot traverse ${type} without attribute`, at)
    for (const block of blocksByName.get(type)?.get(first.name) ?? []) {
      run.deeper(() => resolveBlock(block, second?.kind === 'attribute' ? second.name : null, at))
    }
  }

  /** False when there is no such variable. */
  const resolveValue = (name: string, from: Scope, at: At): boolean => {
    if (scope.variables.has(name) || from.variables.has(name)) return true
    const inProgress = variablesInProgress.get(from) ?? new Set<string>()
    variablesInProgress.set(from, inProgress)
    if (inProgress.has(name))
      throw new Refusal(`Invalid expression; variable cycle not allowed for ${name}`, at)
    inProgress.add(name)
    const fixedValue = builtIn.get(name)
    if (fixedValue !== undefined) {
      scope.variables.set(name, text(fixedValue))
      return true
    }
    const attribute = attributes.get(name)
    const variable = variables.get(name)
    if (!attribute && !variable) return false
    const written = attribute ? null : (variable?.body.attributes.get('type') ?? null)
    const type = written && !isNull(written.value) ? typeFrom(written.value) : null
    const fallback = attribute ?? variable?.body.attributes.get('default') ?? null
    const value = variableValue(name, {
      type,
      fallback,
      from: attribute ? from : scope,
      at: variable?.at ?? at,
      isVariable: variable !== undefined,
    })
    scope.variables.set(name, value)
    return true
  }

  const variableValue = (
    name: string,
    options: {
      readonly type: Type | null
      readonly fallback: Attribute | null
      readonly from: Scope
      readonly at: At
      readonly isVariable: boolean
    },
  ): Value => {
    const { type, fallback, from, at, isVariable } = options
    let value: Value | null = null
    if (fallback) {
      loadReferences(fallback.value, from)
      const given = evaluate(fallback.value, from)
      value = suited(
        given,
        type ?? dynamicType,
        at,
        `Invalid value; invalid type for variable ${name} default value:`,
      )
    }
    const override = overrideOf(name, type !== null)
    if (!override) return value ?? (type ? nullOf(type) : text(''))
    // Without a default bake asks for the override first and then takes it for what it is.
    if (!isVariable) return value ?? text('')
    try {
      return type ? typedOverride(run, name, override, type) : inferredOverride(name, override, value)
    } catch (thrown) {
      throw thrown instanceof Unsuitable ? new Refusal(`Invalid value; ${thrown.message}`, at) : thrown
    }
  }

  const overrideOf = (name: string, favourJson: boolean): Override | null => {
    const written = environment(name)
    if (written === undefined || favourJson) {
      const jsonName = `${name}_JSON`
      const json = variables.has(jsonName) || builtIn.has(jsonName) ? undefined : environment(jsonName)
      if (json !== undefined) return { text: json, json: true }
    }
    return written === undefined ? null : { text: written, json: false }
  }

  const suited = (value: Value, type: Type, at: At, message: string): Value => {
    try {
      return convert(run, value, type)
    } catch (thrown) {
      throw thrown instanceof Unsuitable ? new Refusal(`${message} ${thrown.message}`, at) : thrown
    }
  }

  const validate = (variable: Variable): void => {
    for (const { body } of variable.body.blocks.filter((block) => block.type === 'validation')) {
      const rule = body.attributes.get('condition')
      const at = rule?.value.at ?? body.at
      const result = rule ? evaluate(rule.value, scope) : nullOf(boolType)
      if (result.kind === 'null')
        throw new Refusal(
          'Invalid condition result; Condition expression must return either true or false, not null.',
          at,
        )
      const condition = suited(
        result,
        boolType,
        at,
        'Invalid condition result; Invalid condition result value:',
      )
      if (condition.kind === 'bool' && condition.value) continue
      if (condition.kind === 'unknown')
        throw new Refusal(`whether this holds depends on ${condition.why}`, at, true)
      const said = body.attributes.get('error_message')
      const message = said ? evaluate(said.value, scope) : null
      const words =
        message?.kind === 'string' ? message.value : 'This check failed, but has an invalid error message.'
      throw new Refusal(`Validation failed; ${words}`, at)
    }
  }

  const resolveFunction = (name: string, at: At): void => {
    if (scope.functions.has(name)) return
    const found = functions.get(name)
    if (!found) return
    if (functionsInProgress.has(name))
      throw new Refusal(`Invalid expression; function cycle not allowed for ${name}`, at)
    functionsInProgress.add(name)
    const place = found.block.labels[0]?.at ?? found.block.at
    const result = found.fields.get('result')
    const params = found.fields.get('params')
    if (!result) throw new Refusal(`Invalid function; empty result not allowed for ${name}`, place)
    if (!params) throw new Refusal(`Invalid function; empty params not allowed for ${name}`, place)
    const listed = plain(params.value)
    if (listed.kind !== 'tuple')
      throw new Refusal('Invalid expression; A static list expression is required.', params.value.at)
    const names = listed.items.map((item) => keywordOf(item) ?? invalidParameter(item.at))
    const rest = found.fields.get('variadic_params')
    const restName = rest ? (keywordOf(rest.value) ?? invalidParameter(rest.at)) : null
    loadReferences(result.value, scope, {
      exclude: new Set(restName === null ? names : [...names, restName]),
      allowMissing: false,
    })
    const call = (args: readonly Value[]): Value => {
      const own = new Map(names.map((each, i) => [each, args[i] ?? text('')] as const))
      if (restName !== null) own.set(restName, tuple(args.slice(names.length)))
      return evaluate(result.value, childOf(scope, own))
    }
    const parameters = names.map((each) => anything(each, true))
    scope.functions.set(
      name,
      restName === null ? fixed(parameters, call) : variadic(parameters, anything(restName, true), call),
    )
  }

  const roundsOf = (block: Block): readonly Round[] => {
    const known = rounds.get(block)
    if (known) return known
    const label = block.labels[0]?.text ?? ''
    const place = block.labels[0]?.at ?? block.at
    const round = (own: Scope): Round => ({
      scope: own,
      fields: new Map(),
      done: new Set(),
      inProgress: new Set(),
      name: label,
    })
    const matrix = block.body.attributes.get('matrix')
    if (matrix && block.type === 'group')
      throw new Refusal('Invalid name; matrix is not supported for groups', place)
    const made = matrix ? matrixScopes(matrix, place).map(round) : [round(scope)]
    rounds.set(block, made)
    return made
  }

  const matrixScopes = (matrix: Attribute, place: At): readonly Scope[] => {
    loadReferences(matrix.value, scope)
    const value = evaluate(matrix.value, scope)
    if (value.kind === 'unknown') throw new Refusal(`this matrix depends on ${value.why}`, place, true)
    if (!('entries' in value)) throw new Refusal('Invalid name; matrix must be a map', place)
    let combinations: readonly ReadonlyMap<string, Value>[] = [new Map()]
    for (const [axis, values] of value.entries) {
      const items =
        'items' in values ? values.items : 'entries' in values ? [...values.entries.values()] : null
      if (values.kind === 'unknown') throw new Refusal(`this matrix depends on ${values.why}`, place, true)
      if (items === null) throw new Refusal('Invalid name; matrix values must be a list', place)
      if (combinations.length * items.length > mostRounds) {
        throw new Refusal(`a matrix of more than ${mostRounds} targets is not followed`, place, true)
      }
      run.spend(combinations.length * items.length)
      combinations = items.flatMap((item) => combinations.map((each) => new Map([...each, [axis, item]])))
    }
    return value.entries.size === 0 ? [scope] : combinations.map((each) => childOf(scope, new Map(each)))
  }

  const nameRounds = (block: Block): readonly string[] => {
    const made = roundsOf(block)
    const label = block.labels[0]
    const place = label?.at ?? block.at
    const nameAttribute = block.body.attributes.get('name')
    for (const round of made) {
      checkLabel(round.name, place)
      if (!nameAttribute) continue
      if (block.type === 'group') throw new Refusal('Invalid name; name is not supported for groups', place)
      if (!block.body.attributes.has('matrix')) throw new Refusal('Invalid name; name requires matrix', place)
      loadReferences(nameAttribute.value, round.scope)
      const value = suited(
        evaluate(nameAttribute.value, round.scope),
        { kind: 'string' },
        place,
        'Invalid name;',
      )
      if (value.kind === 'unknown')
        throw new Refusal(`this name depends on ${value.why}`, nameAttribute.at, true)
      round.name = value.kind === 'string' ? value.value : ''
      checkLabel(round.name, place)
    }
    const names = made.map((round) => round.name)
    const seen = new Set<string>()
    for (const name of names) {
      if (seen.has(name)) throw new Refusal(`Invalid name; duplicate name "${name}"`, place)
      seen.add(name)
    }
    named.add(block)
    return names
  }

  /** Decodes a block, or one argument of it; what is done already stays. */
  const resolveBlock = (block: Block, only: string | null, at: At): void => {
    const shapes = block.type === 'group' ? groupShapes : targetShapes
    if (!scope.variables.has(block.type))
      scope.variables.set(block.type, {
        kind: 'map',
        element: { kind: 'string' },
        entries: new Map(),
        depth: 1,
      })
    for (const round of roundsOf(block)) {
      if (only !== null) {
        if (round.done.has(only)) return
        if (round.inProgress.has(only)) {
          throw new Refusal(
            `Invalid expression; reference cycle not allowed for ${block.type}.${round.name}.${only}`,
            at,
          )
        }
        round.inProgress.add(only)
      }
      const wanted = [...block.body.attributes.values()].filter(
        (attribute) =>
          shapes.has(attribute.name) &&
          (only === null ? !round.done.has(attribute.name) : attribute.name === only),
      )
      if (block.type === 'group' && only === null && !block.body.attributes.has('targets')) {
        throw new Refusal(
          'Missing required argument; The argument "targets" is required, but no definition was found.',
          block.body.at,
        )
      }
      for (const attribute of wanted) loadReferences(attribute.value, round.scope)
      for (const attribute of wanted) {
        round.fields.set(attribute.name, {
          at: attribute.value.at,
          value: decode(attribute, round.scope, shapes),
        })
        round.done.add(attribute.name)
      }
      if (only !== null) round.done.add(only)
      publish(block, round, shapes)
    }
  }

  const decode = (attribute: Attribute, own: Scope, shapes: typeof targetShapes): Value => {
    const shape = shapes.get(attribute.name)
    const value = evaluate(attribute.value, own)
    const { at } = attribute.value
    if (!shape) return value
    if (shape.loose) {
      looseShape(attribute.name, value, at)
      return value
    }
    const converted = suited(value, shape.type, at, 'Unsuitable value type; Unsuitable value:')
    const refuseNull = () => {
      throw new Refusal('Unsuitable value type; Unsuitable value: null value is not allowed', at)
    }
    if (converted.kind === 'null' && !shape.nullable) refuseNull()
    const inner =
      'items' in converted ? converted.items : 'entries' in converted ? [...converted.entries.values()] : []
    if (!shape.nullItems && inner.some((item) => item.kind === 'null')) refuseNull()
    return converted
  }

  const looseShape = (name: string, value: Value, at: At): void => {
    const unsuitable = (what: string) => new Refusal(`Unsuitable value type; Unsuitable value: ${what}`, at)
    if (value.kind === 'null' || value.kind === 'unknown') return
    if (!('items' in value)) throw unsuitable('list of object required')
    for (const item of 'items' in value ? value.items : []) {
      if (item.kind === 'string' || item.kind === 'null' || item.kind === 'unknown') continue
      if (!('entries' in item)) throw unsuitable('object required')
      for (const [key, each] of item.entries) {
        const isList = name === 'ssh' && key === 'paths'
        if (isList && each.kind !== 'null' && !('items' in each))
          throw unsuitable(`attribute "${key}": list of string required`)
        if (!isList && ('items' in each || 'entries' in each))
          throw unsuitable(`attribute "${key}": string required`)
      }
    }
  }

  /** Lets other expressions see `target.name.argument`. */
  const publish = (block: Block, round: Round, shapes: typeof targetShapes): void => {
    const entries: (readonly [string, Value])[] = [['name', text(named.has(block) ? round.name : '')]]
    for (const [name, { type, loose, nullable }] of shapes) {
      run.spend(1)
      const field = round.fields.get(name)
      if (!field) entries.push([name, nullable ? nullOf(loose ? dynamicType : type) : text('')])
      else entries.push([name, loose && field.value.kind !== 'null' ? rewritten(name) : field.value])
    }
    const known = scope.variables.get(block.type)
    const before = known && 'entries' in known ? known.entries : new Map<string, Value>()
    const value = object(entries)
    published.set(block.type, (published.get(block.type) ?? new Map(before)).set(round.name, value))
    scope.variables.set(block.type, lazily(block.type))
  }
  const published = new Map<string, Map<string, Value>>()
  const lazily = (type: string): Value => {
    const entries = published.get(type) ?? new Map<string, Value>()
    // One object that grows: making a sorted one for each block would cost the square of their number.
    return {
      kind: 'object',
      type: { kind: 'object', attributes: new Map(), optional: new Set() },
      entries,
      depth: 4,
    }
  }

  const read = (): Definition => {
    collect()
    for (const name of builtIn.keys()) scope.variables.set(name, text(builtIn.get(name) ?? ''))
    for (const [name, { at }] of variables) resolveValue(name, scope, at)
    for (const variable of variables.values()) validate(variable)
    for (const [name, { block }] of functions) resolveFunction(name, block.at)
    blocksAreKnown = true
    const renamed = new Map<string, string[]>()
    for (const block of blocks) {
      const names = nameRounds(block)
      const byName = blocksByName.get(block.type) ?? new Map<string, Block[]>()
      blocksByName.set(block.type, byName)
      for (const name of names) byName.set(name, [...(byName.get(name) ?? []), block])
      if (block.type !== 'target') continue
      const label = block.labels[0]?.text ?? ''
      renamed.set(label, [...(renamed.get(label) ?? []), ...names])
    }
    const targets = new Map<string, Target>(base.targets.map((target) => [target.name, target]))
    const groups = new Map<string, Group>(base.groups.map((group) => [group.name, group]))
    for (const block of blocks) {
      resolveBlock(block, null, block.at)
      for (const round of roundsOf(block)) {
        if (block.type === 'group') {
          groups.set(round.name, groupFrom(round.name, round.fields))
          continue
        }
        const target = targetFrom(round.name, block.at, round.fields)
        const before = targets.get(round.name)
        targets.set(round.name, before ? merged(before, target) : target)
      }
    }
    for (const attribute of attributes.values()) resolveValue(attribute.name, scope, attribute.at)
    for (const [label, names] of renamed) {
      const once = [...new Set(names)]
      if (once.length === 0 || (once.length === 1 && once[0] === label) || groups.has(label)) continue
      groups.set(label, { name: label, targets: once })
    }
    return { targets: [...targets.values()], groups: [...groups.values()] }
  }

  return { read }
}

function isNull(expression: Expression): boolean {
  return expression.kind === 'literal' && expression.value.kind === 'null'
}

function invalidParameter(at: At): never {
  throw new Refusal('Invalid param element; Each parameter name must be an identifier.', at)
}

function checkLabel(name: string, at: At): void {
  if (!labelPattern.test(name)) throw new Refusal('Invalid name; only "[a-zA-Z0-9_-]+" are allowed', at)
}

function onlyKnown(body: Body, names: readonly string[]): void {
  for (const attribute of body.attributes.values()) {
    if (!names.includes(attribute.name)) {
      throw new Refusal(
        `Unsupported argument; An argument named "${attribute.name}" is not expected here.`,
        attribute.at,
      )
    }
  }
  const [block] = body.blocks
  if (block)
    throw new Refusal(
      `Unsupported block type; Blocks of type "${block.type}" are not expected here.`,
      block.at,
    )
}

function checkValidations(block: Block): void {
  for (const inner of block.body.blocks) {
    if (inner.type !== 'validation') continue
    const [label] = inner.labels
    if (label)
      throw new Refusal(
        'Extraneous label for validation; No labels are expected for validation blocks.',
        label.at,
      )
    onlyKnown(inner.body, ['condition', 'error_message'])
  }
  const description = block.body.attributes.get('description')
  const value = description?.value
  if (value && value.kind === 'literal' && value.value.kind === 'null') {
    throw new Refusal('Unsuitable value type; Unsuitable value: null value is not allowed', value.at)
  }
}
