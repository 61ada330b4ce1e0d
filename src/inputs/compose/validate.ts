/** Holds a tree against the table of shapes: what compose's schema refuses, told in its words where it has any. */

import { visiblePath } from '../../lib/path.ts'
import type { Place, Problem } from '../../lib/source.ts'
import { refused } from './refusal.ts'
import { type Shape, shapes } from './shapes.ts'
import type { Mapping, Scalar, Value } from './value.ts'

interface Kind {
  readonly kind: 'primitive' | 'word' | 'pattern' | 'list' | 'mapping' | 'shape'
  /** Name of the primitive or shape. */
  readonly name: string
  readonly words: readonly string[]
  readonly pattern: RegExp | null
  readonly of: readonly Kind[]
  /** No repetitions in the list, no strange keys in the mapping. */
  readonly strict: boolean
}

/** What is refused, and the path of the value: `services.web.build`. */
export interface Violation {
  readonly path: string
  readonly problem: Problem
}

/** All that the schema refuses of a project, in the order of the file. */
export function validateProject(project: Mapping): readonly Violation[] {
  const checker: Checker = { violations: [], kinds: new Map() }
  checkShape(project, 'Project', '', checker)
  return checker.violations
}

interface Checker {
  readonly violations: Violation[]
  /** What the texts of the table mean, as far as they were needed. */
  readonly kinds: Map<string, readonly Kind[]>
}

function kindsOf(text: string, known: Checker['kinds']): readonly Kind[] {
  const kinds = known.get(text) ?? alternatives(text).map((one) => parseKind(one, known))
  known.set(text, kinds)
  return kinds
}

function alternatives(text: string): readonly string[] {
  if (text.startsWith('/')) return [text]
  const found: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[' || text[i] === '{') depth++
    else if (text[i] === ']' || text[i] === '}') depth--
    else if (text[i] === '|' && depth === 0) {
      found.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...found, text.slice(start)]
}

function parseKind(text: string, known: Checker['kinds']): Kind {
  const base = { name: text, words: [], pattern: null, of: [], strict: false } as const
  const strict = /[!~]$/.test(text)
  const inner = strict ? text.slice(1, -2) : text.slice(1, -1)
  switch (text[0]) {
    case '/':
      return { ...base, kind: 'pattern', pattern: new RegExp(text.slice(1, -1)) }
    case '=':
      return { ...base, kind: 'word', words: text.slice(1).split(',') }
    case '[':
      return { ...base, kind: 'list', of: kindsOf(inner, known), strict }
    case '{':
      return { ...base, kind: 'mapping', of: kindsOf(inner, known), strict }
    default:
      return { ...base, kind: /^[A-Z]/.test(text) ? 'shape' : 'primitive' }
  }
}

function check(value: Value, kinds: readonly Kind[], path: string, checker: Checker): void {
  const refuse = (message: string, at: Place): void => {
    checker.violations.push({ path, problem: refused(message.trim(), at) })
  }
  const fitting = kinds.find((kind) => fits(value, kind))
  if (fitting === undefined) {
    refuse(`${visiblePath(path)} must be ${inWords(kinds)}`, value.at)
    return
  }
  switch (fitting.kind) {
    case 'pattern':
      if (value.kind === 'scalar' && fitting.pattern?.test(value.text) === false)
        refuse(
          `${visiblePath(path)} '${visiblePath(value.text)}' does not match pattern '${fitting.pattern.source}'`,
          value.at,
        )
      return
    case 'word':
      if (value.kind === 'scalar' && !fitting.words.includes(value.text))
        refuse(
          `${visiblePath(path)} must be one of ${fitting.words.map((w) => `'${w}'`).join(', ')}`,
          value.at,
        )
      return
    case 'list':
      if (value.kind === 'list') {
        const seen = new Set<string>()
        for (const [i, item] of value.items.entries()) {
          check(item, fitting.of, `${path}.[${i}]`, checker)
          if (!fitting.strict || item.kind !== 'scalar') continue
          const key = `${item.type} ${item.text}`
          if (seen.has(key))
            refuse(`${visiblePath(path)} items must be unique: ${visiblePath(item.text)}`, item.at)
          seen.add(key)
        }
      }
      return
    case 'mapping':
      if (value.kind === 'map')
        for (const [key, entry] of value.entries) {
          const isName = /^[a-zA-Z0-9._-]+$/.test(key)
          if (fitting.strict && !isName)
            refuse(`${visiblePath(path)} additional properties '${visiblePath(key)}' not allowed`, entry.at)
          else check(entry.value, fitting.of, `${path}.${key}`, checker)
        }
      return
    case 'shape':
      if (value.kind === 'map') checkShape(value, fitting.name, path, checker)
      return
    default:
  }
}

function checkShape(value: Mapping, name: string, path: string, checker: Checker): void {
  const refuse = (message: string, at: Place): void => {
    checker.violations.push({ path, problem: refused(message.trim(), at) })
  }
  const shape: Shape | undefined = shapes[name]
  if (shape === undefined) return
  for (const [key, entry] of value.entries) {
    const kind = Object.hasOwn(shape.keys, key) ? shape.keys[key] : shape.others
    const below = path === '' ? key : `${path}.${key}`
    if (kind !== undefined) check(entry.value, kindsOf(kind, checker.kinds), below, checker)
    else if (shape.extensible === false || !key.startsWith('x-'))
      refuse(`${visiblePath(path)} additional properties '${visiblePath(key)}' not allowed`, entry.at)
  }
  for (const key of shape.required ?? [])
    if (!value.entries.has(key)) refuse(`${visiblePath(path)} missing property '${key}'`, value.at)
}

function fits(value: Value, kind: Kind): boolean {
  switch (kind.kind) {
    case 'list':
      return value.kind === 'list'
    case 'mapping':
    case 'shape':
      return value.kind === 'map'
    case 'word':
    case 'pattern':
      return value.kind === 'scalar' && value.type === 'string'
    default:
      return kind.name === 'any' || (value.kind === 'scalar' && isPrimitive(value, kind.name))
  }
}

function isPrimitive({ type, text }: Scalar, name: string): boolean {
  switch (name) {
    case 'string':
      return type === 'string'
    case 'boolean':
      return type === 'bool'
    case 'flag':
      return (
        type === 'bool' ||
        (type === 'string' && /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False|)$/.test(text))
      )
    case 'null':
      return type === 'null'
    case 'number':
      return type === 'int' || type === 'float'
    default:
      return type === 'int' || (type === 'float' && Number.isInteger(Number(text)))
  }
}

const shown: Readonly<Record<Kind['kind'], string>> = {
  primitive: '',
  word: 'string',
  pattern: 'string',
  list: 'list',
  mapping: 'mapping',
  shape: 'mapping',
}

function inWords(kinds: readonly Kind[]): string {
  const names = kinds
    .map(({ kind, name }) => shown[kind] || (name === 'flag' ? 'boolean' : name))
    .filter((name) => name !== 'null')
  return [...new Set(names)].map((name) => `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`).join(' or ')
}
