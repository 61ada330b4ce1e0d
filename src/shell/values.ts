/** What words come to with what the text itself assigns, as far as that can be told without running it. */

import { cleanPath } from '../lib/path.ts'
import { locate, parentValue, pathValue, relativeLocation } from './location.ts'
import { lookUp, type State } from './state.ts'
import { textOf, type Variable, type Word, type WordPart } from './tree.ts'

/** `complete`: nothing in it waits for a run. */
export interface Filled {
  readonly text: string
  readonly complete: boolean
}

/** What is asked of the walk: the value of `$(…)`, and where the script lies. */
export interface Surroundings {
  readonly printed: (part: Extract<WordPart, { readonly kind: 'commands' }>) => string | null
  readonly scriptDirectory: string | null
  /** Whether `${NAME:-default}` is its default when the text never assigns the variable: somebody else may have. */
  readonly defaults: boolean
}

/** Values longer than this are left alone, so that `a=$a$a` cannot grow. */
const longest = 10_000

/** The word as one text. */
export function fill(word: Word, state: State, around: Surroundings): Filled {
  let complete = true
  const pieces = word.parts.map((part) => {
    if (part.kind === 'text') return part.text
    const value = valueOfPart(part, state, around)
    if (value === null) complete = false
    return value ?? part.raw
  })
  const text = pieces.join('')
  return text.length > longest ? { text: textOf(word), complete: false } : { text, complete }
}

/** The word as the words it becomes: an array is several, an unquoted variable with blanks too. */
export function fillWords(word: Word, state: State, around: Surroundings): readonly string[] {
  const [only] = word.parts.filter((part) => part.kind !== 'text' || part.text !== '')
  if (only?.kind === 'variable' && word.parts.every((part) => part === only || part.kind === 'text')) {
    const alone = word.parts.every((part) => part === only || (part.kind === 'text' && part.text === ''))
    const held = lookUp(state.scope, only.name)
    if (alone && held !== undefined && held !== null && 'items' in held) {
      return (only.index === '@' || only.index === '*') && only.operator === '' ? held.items : [textOf(word)]
    }
    if (alone && !only.quoted && !word.quoted) {
      const filled = fill(word, state, around)
      return filled.complete ? filled.text.split(/[ \t\n]+/).filter((piece) => piece !== '') : [filled.text]
    }
  }
  return [fill(word, state, around).text]
}

function valueOfPart(
  part: Exclude<WordPart, { readonly kind: 'text' }>,
  state: State,
  around: Surroundings,
): string | null {
  switch (part.kind) {
    case 'variable':
      return valueOfVariable(part, state, around)
    case 'commands':
      return part.process ? null : around.printed(part)
    case 'opaque':
      return null
  }
}

function valueOfVariable(part: Variable, state: State, around: Surroundings): string | null {
  const held = heldBy(part, state, around)
  const { operator, argument } = part
  const otherwise = (): string | null => {
    if (held === undefined && !around.defaults) return null
    if (argument === null) return ''
    const filled = fill(argument, state, around)
    return filled.complete ? filled.text : null
  }
  switch (operator) {
    case '':
    case '?':
    case ':?':
      return held ?? null
    case '-':
    case '=':
      return held === undefined ? otherwise() : held
    case ':-':
    case ':=':
      return held === undefined || held === '' ? otherwise() : held
    case '%':
    case '%%':
      if (held === undefined || held === null || argument === null) return null
      return withoutEnd(held, operator, textOf(argument))
    default:
      return null
  }
}

/** Undefined for a variable that the text never assigns, null for one whose value is not known. */
function heldBy(part: Variable, state: State, { scriptDirectory }: Surroundings): string | null | undefined {
  const { name, index } = part
  if (name === '0' || (name === 'BASH_SOURCE' && (index === null || index === '0')))
    return scriptDirectory === null ? null : pathValue(cleanPath(`${scriptDirectory || '.'}/$0`))
  if (index !== null) return null
  const held = lookUp(state.scope, name)
  if (held !== undefined) return held === null || 'items' in held ? null : held.text
  if (name === 'PWD') return state.directory === null ? null : pathValue(state.directory, state.floating)
  if (name === 'OLDPWD') return state.previous === null ? null : pathValue(state.previous, state.floating)
  // $1, $?, $@: set, but by whom and to what.
  return /^[A-Za-z_]/.test(name) ? undefined : null
}

/** `${x%/*}` and `${x%/}`: the forms that mean a directory. */
function withoutEnd(value: string, operator: string, pattern: string): string | null {
  if (pattern === '/') return value.replace(/\/$/, '')
  if (pattern === '/*' && operator === '%') return value.includes('/') ? parentValue(value) : value
  if (/[*?[\\]/.test(pattern)) return null
  return value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) : value
}

const anchored = /\0~?\/([^\0:,;= ]*)/g

/** A filled word as it would be typed in `directory`: anchored paths made relative to it; null when there is no way to. */
export function typed(text: string, directory: string | null): string | null {
  if (!text.includes('\0')) return text
  let failed = false
  const result = text.replace(anchored, (marked: string, path: string, offset: number) => {
    const before = offset === 0 ? '' : text.charAt(offset - 1)
    const to = locate(marked, null)
    const relative = directory === null || to === null ? null : relativeLocation(directory, to)
    if (relative === null || path.includes('$0') || !(before === '' || '=:,@'.includes(before))) failed = true
    return relative ?? ''
  })
  return failed || result.includes('\0') ? null : result
}
