/** What stands in a bake file, before anything of it is evaluated. */

import type { At } from './source.ts'
import type { Value } from './value.ts'

export type Expression =
  | { readonly kind: 'literal'; readonly at: At; readonly value: Value }
  | { readonly kind: 'variable'; readonly at: At; readonly name: string }
  | { readonly kind: 'access'; readonly at: At; readonly base: Expression; readonly steps: readonly Step[] }
  /** A string with parts; `"${x}"` alone is no template but x itself. */
  | { readonly kind: 'template'; readonly at: At; readonly parts: readonly Expression[] }
  /** A `%{ for }` of a template: its rounds joined. */
  | { readonly kind: 'join'; readonly at: At; readonly rounds: Expression }
  | { readonly kind: 'tuple'; readonly at: At; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly at: At; readonly items: readonly ObjectItem[] }
  | { readonly kind: 'for'; readonly at: At; readonly loop: Loop }
  | {
      readonly kind: 'conditional'
      readonly at: At
      readonly condition: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  /** Operators of one precedence, from left to right. */
  | {
      readonly kind: 'operation'
      readonly at: At
      readonly first: Expression
      readonly rest: readonly { readonly operator: Operator; readonly operand: Expression }[]
    }
  | { readonly kind: 'negative' | 'not'; readonly at: At; readonly operand: Expression }
  | { readonly kind: 'parentheses'; readonly at: At; readonly inner: Expression }
  | {
      readonly kind: 'call'
      readonly at: At
      readonly name: string
      readonly args: readonly Expression[]
      readonly expand: boolean
    }
  /** Text of a JSON file: a template, looked at when it is evaluated. */
  | { readonly kind: 'json'; readonly at: At; readonly text: string; readonly template: () => Expression }

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%'

export type Step =
  | { readonly kind: 'attribute'; readonly at: At; readonly name: string }
  | { readonly kind: 'index'; readonly at: At; readonly key: Expression }
  /** `[*]` and `.*`: each of these steps for every element. */
  | { readonly kind: 'splat'; readonly at: At; readonly each: readonly Step[] }

export interface ObjectItem {
  readonly key: Expression
  readonly value: Expression
}

export interface Loop {
  readonly keyName: string | null
  readonly valueName: string
  readonly collection: Expression
  /** Null for `[for …]`. */
  readonly key: Expression | null
  readonly value: Expression
  readonly condition: Expression | null
  /** `...`: values of one key are collected. */
  readonly grouped: boolean
}

export interface Attribute {
  readonly name: string
  readonly at: At
  readonly value: Expression
}

export interface Block {
  readonly type: string
  readonly at: At
  readonly labels: readonly { readonly text: string; readonly at: At }[]
  readonly body: Body
}

export interface Body {
  readonly at: At
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly blocks: readonly Block[]
}
