/** Variables in a compose file or an env file (compose-go 2.9 template/template.go): `$X`, `${X}`, `${X:-d}` and their kin. */

export type Lookup = (name: string) => string | undefined

export interface Substituted {
  readonly text: string
  /** Variables without a value, which become nothing. */
  readonly unset: readonly string[]
  /** Why there is no text; null when there is. */
  readonly mistake: string | null
}

/** Deeper defaults within defaults are nobody's. */
const deepest = 50
/** A few lines of an env file can double a value until no memory is left. */
const longest = 1_000_000

const operators = [':?', '?', ':-', '-', ':+', '+'] as const

interface Run {
  readonly lookup: Lookup
  readonly unset: Set<string>
  mistake: string | null
}

/** Replaces every variable of the text; a `$` that begins none stays. */
export function substitute(text: string, lookup: Lookup): Substituted {
  if (!text.includes('$')) return { text, unset: [], mistake: null }
  const run: Run = { lookup, unset: new Set(), mistake: null }
  const replaced = replaceAll(text, run, 0)
  return { text: run.mistake === null ? replaced : text, unset: [...run.unset], mistake: run.mistake }
}

const nameAt = /[_a-zA-Z][_a-zA-Z0-9]*/y

function replaceAll(text: string, run: Run, depth: number): string {
  if (depth > deepest) run.mistake ??= 'variables are nested too deeply'
  const parts: string[] = []
  let length = 0
  const add = (part: string): void => {
    length += part.length
    if (length > longest) run.mistake ??= 'it becomes too long'
    else parts.push(part)
  }
  const braces = createBraces(text)
  let at = 0
  while (at < text.length && run.mistake === null) {
    const dollar = text.indexOf('$', at)
    if (dollar < 0) break
    add(text.slice(at, dollar))
    at = dollar + 1
    const next = text[at]
    if (next === '$') {
      add('$')
      at++
    } else if (next === '{') {
      const end = braces.endOf(at)
      const inside = end === null ? null : text.slice(at + 1, end)
      if (inside === null) run.mistake = 'invalid interpolation format'
      else add(braced(inside, run, depth))
      at = end === null ? text.length : end + 1
    } else {
      nameAt.lastIndex = at
      const name = nameAt.exec(text)?.[0]
      if (name === undefined) add('$')
      else {
        add(variable(name, run))
        at += name.length
      }
    }
  }
  add(text.slice(at))
  return parts.join('')
}

/**
 * Where a brace that opens at an index is closed. A brace that opens within, `$` or not, has to be closed too, and the
 * character behind it does not count; when that leaves none, the last one of the line does.
 */
function createBraces(text: string): { readonly endOf: (open: number) => number | null } {
  let line = { end: -1, last: -1 }
  return {
    endOf: (open) => {
      if (open > line.end || line.end < 0) {
        const found = text.indexOf('\n', open)
        const end = found < 0 ? text.length : found
        line = { end, last: text.lastIndexOf('}', end - 1) }
      }
      nameAt.lastIndex = open + 1
      if (!nameAt.test(text) || line.last <= open) return null
      const plainEnd = nameAt.lastIndex
      if (text[plainEnd] === '}') return plainEnd
      if (!/^:?[-+?]/.test(text.slice(plainEnd, plainEnd + 2))) return null
      let depth = 0
      for (let i = open; i <= line.last; i++) {
        const unit = text[i]
        if (unit === '}') {
          if (--depth === 0) return i
        } else if (unit === '{') {
          depth++
          i++
        }
      }
      return line.last
    },
  }
}

/** What stands between the braces: a name, or a name, an operator and its word. */
function braced(inside: string, run: Run, depth: number): string {
  nameAt.lastIndex = 0
  const name = nameAt.exec(inside)?.[0] ?? ''
  const rest = inside.slice(name.length)
  const operator = operators.find((one) => rest.startsWith(one))
  if (operator === undefined) return variable(name, run)
  // The word is replaced whether or not it is wanted, so that a required variable in it is required.
  const word = replaceAll(rest.slice(operator.length), run, depth + 1)
  const value = run.lookup(name)
  const counts = value !== undefined && (operator.length === 1 || value !== '')
  switch (operator) {
    case ':-':
    case '-':
      return counts ? value : word
    case ':+':
    case '+':
      return counts ? word : (value ?? '')
    default:
      if (counts) return value
      run.mistake ??= `required variable ${name} is missing a value${word === '' ? '' : `: ${word}`}`
      return ''
  }
}

function variable(name: string, run: Run): string {
  const value = run.lookup(name)
  if (value === undefined) run.unset.add(name)
  return value ?? ''
}
