/** Values as JSON and back, as go-cty does it (cty/json). */

import { Unsuitable } from './convert.ts'
import { type Node, parseJsonText } from './json-text.ts'
import { formatFloat, isPrintable, parseFloatText } from './number.ts'
import { createSource, Refusal, type Run } from './source.ts'
import { anyNull, bool, number, object, text, tuple, type Value } from './value.ts'

/** Go's encoding/json also escapes what HTML would take for markup. */
export const jsonString = (value: string): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** A known value as compact JSON. */
export function toJson(run: Run, value: Value): string {
  run.spend(1)
  switch (value.kind) {
    case 'null':
    case 'unknown':
      return 'null'
    case 'string':
      run.spend(value.value.length >> 4)
      return jsonString(value.value)
    case 'number':
      if (!isPrintable(value.value)) throw new Refusal('a number is too large to write out', null, true)
      return formatFloat(value.value)
    case 'bool':
      return String(value.value)
    case 'list':
    case 'set':
    case 'tuple':
      return `[${value.items.map((item) => toJson(run, item)).join(',')}]`
    case 'map':
    case 'object':
      return `{${[...value.entries].map(([name, each]) => `${jsonString(name)}:${toJson(run, each)}`).join(',')}}`
  }
}

/** JSON as the value jsondecode makes of it; throws {@link Unsuitable} when it is none. */
export function fromJson(run: Run, written: string): Value {
  run.spend(written.length >> 4)
  let node: Node
  try {
    node = parseJsonText(createSource('', written))
  } catch (thrown) {
    if (thrown instanceof Refusal && !thrown.beyond) throw new Unsuitable('this is no valid JSON')
    throw thrown instanceof Refusal ? new Refusal(thrown.message, null, true) : thrown
  }
  return valueFrom(run, node)
}

function valueFrom(run: Run, node: Node): Value {
  run.spend(1)
  switch (node.kind) {
    case 'word':
      return node.value === null ? anyNull : bool(node.value)
    case 'string':
      return text(node.value)
    case 'number': {
      const parsed = parseFloatText(node.value)
      if (!parsed) throw new Refusal('a number is too large to work with', null, true)
      return number(parsed)
    }
    case 'array':
      return tuple(node.items.map((item) => valueFrom(run, item)))
    case 'object':
      return object(new Map(node.members.map((member) => [member.name, valueFrom(run, member.value)])))
  }
}
