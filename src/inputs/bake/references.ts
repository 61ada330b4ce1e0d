/** What an expression refers to, so that it can be made ready before the expression is evaluated. */

import { Refusal, type Run } from './source.ts'
import type { Expression, Step } from './syntax.ts'

/** A name that is read, with the names and indexes that follow it as far as they are fixed. */
export interface Reference {
  readonly name: string
  /** `attribute` for `.x`, `index` for anything in brackets. */
  readonly path: readonly { readonly kind: 'attribute' | 'index'; readonly name: string }[]
}

export interface References {
  readonly variables: readonly Reference[]
  readonly functions: readonly string[]
}

/** All of them, those of loops left out. A JSON string that is no template refers to nothing. */
export function referencesOf(expression: Expression, run: Run): References {
  const variables: Reference[] = []
  const functions: string[] = []
  const visit = (each: Expression, bound: ReadonlySet<string>): void => {
    run.spend(1)
    run.deeper(() => visitInner(each, bound))
  }
  const refer = (name: string, steps: readonly Step[], bound: ReadonlySet<string>) => {
    if (!bound.has(name)) variables.push({ name, path: fixedPath(steps) })
  }
  const visitSteps = (steps: readonly Step[], bound: ReadonlySet<string>): void => {
    for (const step of steps) {
      if (step.kind === 'index') visit(step.key, bound)
      else if (step.kind === 'splat') visitSteps(step.each, bound)
    }
  }
  const visitInner = (each: Expression, bound: ReadonlySet<string>): void => {
    switch (each.kind) {
      case 'literal':
        return
      case 'variable':
        refer(each.name, [], bound)
        return
      case 'access':
        if (each.base.kind === 'variable') refer(each.base.name, each.steps, bound)
        else visit(each.base, bound)
        visitSteps(each.steps, bound)
        return
      case 'template':
        for (const part of each.parts) visit(part, bound)
        return
      case 'join':
        visit(each.rounds, bound)
        return
      case 'tuple':
        for (const item of each.items) visit(item, bound)
        return
      case 'object':
        for (const item of each.items) {
          if (item.key.kind !== 'variable') visit(item.key, bound)
          visit(item.value, bound)
        }
        return
      case 'for': {
        const { loop } = each
        visit(loop.collection, bound)
        const inner = new Set([...bound, loop.valueName, ...(loop.keyName === null ? [] : [loop.keyName])])
        for (const part of [loop.key, loop.value, loop.condition]) if (part) visit(part, inner)
        return
      }
      case 'conditional':
        for (const part of [each.condition, each.yes, each.no]) visit(part, bound)
        return
      case 'operation':
        visit(each.first, bound)
        for (const { operand } of each.rest) visit(operand, bound)
        return
      case 'negative':
      case 'not':
        visit(each.operand, bound)
        return
      case 'parentheses':
        visit(each.inner, bound)
        return
      case 'call':
        functions.push(each.name)
        // The second argument of convert is a type, whose words are no variables.
        for (const [i, argument] of each.args.entries()) {
          if (each.name !== 'convert' || i !== 1) visit(argument, bound)
        }
        return
      case 'json':
        visitJson(each, bound)
    }
  }
  const visitJson = (each: Expression & { readonly kind: 'json' }, bound: ReadonlySet<string>): void => {
    let template: Expression
    try {
      template = each.template()
    } catch (thrown) {
      if (thrown instanceof Refusal && !thrown.beyond) return
      throw thrown
    }
    visit(template, bound)
  }
  visit(expression, new Set())
  return { variables, functions }
}

function fixedPath(steps: readonly Step[]): Reference['path'] {
  const path: Reference['path'][number][] = []
  for (const step of steps) {
    if (step.kind === 'attribute') path.push({ kind: 'attribute', name: step.name })
    else if (step.kind === 'index' && step.key.kind === 'literal') path.push({ kind: 'index', name: '' })
    else break
  }
  return path
}
