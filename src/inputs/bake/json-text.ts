/** JSON as a tree with places. Numbers stay text: bake has more digits than JavaScript. */

import { type At, Refusal, type Source } from './source.ts'

export type Node =
  | { readonly kind: 'object'; readonly at: At; readonly members: readonly Member[] }
  | { readonly kind: 'array'; readonly at: At; readonly items: readonly Node[] }
  | { readonly kind: 'string'; readonly at: At; readonly value: string }
  | { readonly kind: 'number'; readonly at: At; readonly value: string }
  | { readonly kind: 'word'; readonly at: At; readonly value: boolean | null }

export interface Member {
  readonly name: string
  readonly at: At
  readonly value: Node
}

const deepestNesting = 200
const blank = /[ \t\r\n]*/y
const numberPattern = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const wordPattern = /true|false|null/y

/** The one value of a text. Throws a {@link Refusal} at the first mistake. */
export function parseJsonText(source: Source): Node {
  const parser = createParser(source)
  const root = parser.value(0)
  parser.end()
  return root
}

function createParser(source: Source) {
  const { text } = source
  let offset = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = offset
    const found = pattern.exec(text)
    if (found) offset = pattern.lastIndex
    return found
  }
  const skip = () => {
    take(blank)
    return text[offset]
  }
  const at = (): At => ({ source, offset })
  const refuse = (message: string): never => {
    throw new Refusal(message, at())
  }
  const string = (): string => {
    // A string is not matched at once: a pattern over a megabyte runs out of stack.
    const start = offset
    let i = offset + 1
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 34) break
      if (code === 92) i++
      else if (code < 32) break
    }
    if (text[i] !== '"') refuse('Invalid JSON string; a string is not closed, or holds a control character.')
    offset = i + 1
    try {
      const value: unknown = JSON.parse(text.slice(start, offset))
      return typeof value === 'string' ? value : ''
    } catch {
      offset = start
      return refuse('Invalid JSON string; it holds an escape that JSON does not know.')
    }
  }
  const value = (depth: number): Node => {
    if (depth > deepestNesting)
      throw new Refusal(`nested more than ${deepestNesting} deep, which is not followed`, at(), true)
    const char = skip()
    const here = at()
    if (char === '{') {
      offset++
      const members: Member[] = []
      while (skip() !== '}') {
        const memberAt = at()
        if (text[offset] !== '"')
          refuse('Invalid JSON object property; A JSON object property name must be a string.')
        const name = string()
        if (skip() !== ':')
          refuse('Missing property value colon; JSON property names must be followed by colons.')
        offset++
        members.push({ name, at: memberAt, value: value(depth + 1) })
        if (skip() === ',') {
          offset++
          if (skip() === '}')
            refuse(
              'Trailing comma in object; JSON does not permit a trailing comma after the final property in an object.',
            )
        } else if (text[offset] !== '}')
          refuse(
            'Missing attribute separator comma; A property must be followed by a comma or a closing brace.',
          )
      }
      offset++
      return { kind: 'object', at: here, members }
    }
    if (char === '[') {
      offset++
      const items: Node[] = []
      while (skip() !== ']') {
        items.push(value(depth + 1))
        if (skip() === ',') {
          offset++
          if (skip() === ']')
            refuse(
              'Trailing comma in array; JSON does not permit a trailing comma after the final value in an array.',
            )
        } else if (text[offset] !== ']')
          refuse('Missing array element comma; A value must be followed by a comma or a closing bracket.')
      }
      offset++
      return { kind: 'array', at: here, items }
    }
    if (char === '"') return { kind: 'string', at: here, value: string() }
    const digits = take(numberPattern)
    if (digits) return { kind: 'number', at: here, value: digits[0] }
    const word = take(wordPattern)?.[0]
    if (word !== undefined) return { kind: 'word', at: here, value: word === 'null' ? null : word === 'true' }
    return refuse('Missing JSON value; A JSON value must be present here.')
  }
  return {
    value,
    end: () => {
      if (skip() !== undefined)
        refuse('Extraneous data after value; Extra characters appear after the JSON value.')
    },
  }
}
