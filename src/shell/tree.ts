/** The grammar of sh and bash as values: what `parse.ts` makes of a text and `walk.ts` goes through. POSIX.1-2024 XCU 2.10, bash 5.2 manual ch. 3. */

export interface List {
  readonly items: readonly AndOr[]
}

export interface AndOr {
  readonly first: Pipeline
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[]
  readonly background: boolean
}

/** One command, or several with `|` between them. */
export type Pipeline = readonly Command[]

export interface SimpleCommand {
  readonly kind: 'simple'
  readonly at: Position
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
}

/** A command that holds others. `redirects` are those after its end. */
export type Command =
  | SimpleCommand
  | {
      readonly kind: 'compound'
      readonly at: Position
      readonly body: Compound
      readonly redirects: readonly Redirect[]
    }
  | { readonly kind: 'function'; readonly at: Position; readonly name: string; readonly body: Command }

export type Compound =
  | { readonly kind: 'group'; readonly subshell: boolean; readonly list: List }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: List | null }
  | { readonly kind: 'while'; readonly condition: List; readonly body: List }
  /** `for` and `select`; no name for `for ((…))`. */
  | {
      readonly kind: 'for'
      readonly name: string | null
      readonly words: readonly Word[]
      readonly body: List
    }
  | { readonly kind: 'case'; readonly word: Word; readonly arms: readonly CaseArm[] }
  | { readonly kind: 'arithmetic'; readonly word: Word }

export interface Branch {
  readonly condition: List
  readonly body: List
}

export interface CaseArm {
  readonly patterns: readonly Word[]
  readonly body: List
}

export interface Assignment {
  readonly name: string
  readonly append: boolean
  readonly value: Word
  /** The words of `NAME=(…)`; null for a plain value. */
  readonly items: readonly Word[] | null
  /** As written with its quotes off. */
  readonly text: string
}

export interface Redirect {
  readonly kind: 'write' | 'read' | 'document' | 'other'
  readonly target: Word
  /** Of a here-document, set when its lines have been reached. */
  readonly document: { body: Word | null } | null
}

/** `offset` orders what stands in the outermost text; all of a text within a text has the offset of its host. */
export interface Position {
  readonly offset: number
  readonly line: number
}

export interface Word {
  readonly parts: readonly WordPart[]
  readonly at: Position
  /** True when any of it was quoted, so that it is no keyword. */
  readonly quoted: boolean
}

export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | Variable
  /** `$(…)`, backticks and `<(…)`. */
  | { readonly kind: 'commands'; readonly list: List; readonly raw: string; readonly process: boolean }
  /** Arithmetic, `${{ … }}` and what else has a value that is not looked for; `inner` holds what runs inside. */
  | { readonly kind: 'opaque'; readonly raw: string; readonly inner: Word | null }

/** `$NAME` and `${NAME}` with whatever follows the name. */
export interface Variable {
  readonly kind: 'variable'
  readonly name: string
  /** What stands in `[…]`; null without. */
  readonly index: string | null
  /** `:-`, `%`, `//`…; '' for none. */
  readonly operator: string
  readonly argument: Word | null
  readonly raw: string
  readonly quoted: boolean
}

/** The word with its quotes off and its expansions as they were written. */
export function textOf(word: Word): string {
  return word.parts.map((part) => (part.kind === 'text' ? part.text : part.raw)).join('')
}

/** True when nothing of the word waits for a run of the script. */
export function isLiteral(word: Word): boolean {
  return word.parts.every((part) => part.kind === 'text')
}
