/** Calls in a text of code (Groovy, Starlark, TypeScript, Python) whose arguments are literal. */

/** A call, with its arguments as far as they are literal texts. */
export interface CodeCall {
  /** `sh`, `docker.build`, `docker_build`. */
  readonly name: string
  readonly line: number
  /** Where its arguments begin in the text. */
  readonly offset: number
  /** In order; null for what is no plain text. */
  readonly positional: readonly (string | null)[]
  /** `NAME=…` and `NAME: …`. */
  readonly named: ReadonlyMap<string, string | null>
  /** Where the value of each of these begins in the text. */
  readonly namedAt: ReadonlyMap<string, number>
  /** The calls whose block it stands in, outermost first: `dir('web') { … }`. */
  readonly within: readonly CodeCall[]
}

const mostCalls = 5_000
const mostArguments = 40
const mostArgumentsText = 20_000

/**
 * The calls of the named functions, in the order in which they stand; `blocks` are functions with a block whose calls
 * are told. A text with `${…}` in double quotes is not literal. One pass over the text, comments left out.
 */
export function findCalls(
  text: string,
  names: ReadonlySet<string>,
  blocks: ReadonlySet<string> = new Set(),
): readonly CodeCall[] {
  const found: CodeCall[] = []
  const open: (CodeCall | null)[] = []
  let pending: CodeCall | null = null
  let line = 1
  for (let i = 0; i < text.length && found.length < mostCalls; ) {
    const c = text[i] ?? ''
    if (c === '\n') {
      line++
      i++
    } else if (isComment(text, i)) i = lineEnd(text, i)
    else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2)
      const stop = end < 0 ? text.length : end + 2
      line += newlines(text, i, stop)
      i = stop
    } else if (c === "'" || c === '"' || c === '`') {
      const literal = readLiteral(text, i)
      line += newlines(text, i, literal.end)
      i = literal.end
    } else if (c === '{') {
      open.push(pending)
      pending = null
      i++
    } else if (c === '}') {
      open.pop()
      i++
    } else if (/[A-Za-z_]/.test(c)) {
      let end = i + 1
      while (end < text.length && /[\w.]/.test(text[end] ?? '')) end++
      const name = text.slice(i, end)
      i = end
      if (!names.has(name) && !blocks.has(name)) continue
      const read = readArguments(text, end)
      const call = {
        name,
        line,
        offset: end,
        ...read.values,
        within: open.filter((one) => one !== null),
      }
      if (names.has(name)) found.push(call)
      if (blocks.has(name)) pending = call
      line += newlines(text, end, read.end)
      i = read.end
    } else i++
  }
  return found
}

interface Arguments {
  readonly values: Pick<CodeCall, 'positional' | 'named' | 'namedAt'>
  readonly end: number
}

/** `(a, b = 'c')`, or the one literal behind a name without brackets, as Groovy has it. */
function readArguments(text: string, from: number): Arguments {
  const positional: (string | null)[] = []
  const named = new Map<string, string | null>()
  const namedAt = new Map<string, number>()
  let i = from
  while (text[i] === ' ' || text[i] === '\t') i++
  const bracketed = text[i] === '('
  if (!bracketed && text[i] !== "'" && text[i] !== '"' && !/^\w+\s?:/.test(text.slice(i, i + 40)))
    return { values: { positional: [], named, namedAt }, end: from }
  if (bracketed) i++
  const stop = Math.min(text.length, i + mostArgumentsText)
  while (i < stop && positional.length + named.size < mostArguments) {
    while (i < stop && /[\s,]/.test(text[i] ?? '') && (bracketed || text[i] !== '\n')) i++
    if (i >= stop || text[i] === ')' || (!bracketed && text[i] === '\n')) break
    const key = /^([A-Za-z_]\w{0,60})\s{0,4}(?:=(?!=)|:)\s{0,40}/.exec(text.slice(i, i + 120))
    if (key !== null) i += key[0].length
    const value = readValue(text, i, stop, bracketed)
    if (value.end === i) break
    if (key === null) positional.push(value.text)
    else {
      named.set(key[1] ?? '', value.text)
      namedAt.set(key[1] ?? '', i)
    }
    i = value.end
  }
  return {
    values: { positional, named, namedAt },
    end: text[i] === ')' && bracketed ? i + 1 : Math.max(from, i),
  }
}

/** A value up to the next comma or bracket of its level; its text when it is one literal. */
function readValue(
  text: string,
  from: number,
  stop: number,
  bracketed: boolean,
): { readonly text: string | null; readonly end: number } {
  let depth = 0
  let only: string | null | undefined
  let i = from
  while (i < stop) {
    const c = text[i] ?? ''
    if (c === "'" || c === '"' || c === '`') {
      const literal = readLiteral(text, i)
      only = only === undefined && depth === 0 ? literal.text : null
      i = literal.end
      continue
    }
    if (isComment(text, i)) {
      i = lineEnd(text, i)
      continue
    }
    if (depth === 0 && (c === ',' || c === ')' || c === ']' || c === '}' || (!bracketed && c === '\n'))) break
    if (c === '(' || c === '[' || c === '{') depth++
    else if (c === ')' || c === ']' || c === '}') depth--
    if (!/\s/.test(c)) only = null
    i++
  }
  return { text: only ?? null, end: i }
}

/** A literal of one or three quotes; null when something is put into it. */
function readLiteral(text: string, from: number): { readonly text: string | null; readonly end: number } {
  const quote = text[from] ?? ''
  const triple = text.startsWith(quote.repeat(3), from)
  const close = triple ? quote.repeat(3) : quote
  let out = ''
  let literal = true
  let i = from + close.length
  for (; i < text.length; i++) {
    if (text.startsWith(close, i)) break
    if (!triple && quote !== '`' && text[i] === '\n') break
    if (text[i] === '\\') {
      const next = text[++i] ?? ''
      out += next === 'n' ? '\n' : next === '\n' ? '' : next
      continue
    }
    if (text[i] === '$' && quote !== "'") literal = false
    out += text[i]
  }
  return { text: literal ? out : null, end: Math.min(text.length, i + close.length) }
}

function isComment(text: string, at: number): boolean {
  return text[at] === '#' || (text[at] === '/' && text[at + 1] === '/')
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function newlines(text: string, from: number, to: number): number {
  let count = 0
  for (let i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) count++
  return count
}
