/** The variables that a compose file sees: the shell's, then those of env files (compose-go 2.9 dotenv/). */

import { type Host, isDirectory, isFile, isHostFailure } from '../../host/host.ts'
import { decodePath, visiblePath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import { Refusal, refused } from './refusal.ts'
import { type Lookup, substitute } from './substitute.ts'

/** The shell's variables, which always win, and those of the files over which it stands. */
export function overlay(first: Lookup, second: ReadonlyMap<string, string>): Lookup {
  return (name) => first(name) ?? second.get(name)
}

/** Reads env files one after the other; the last that sets a name wins. `shown` is how a path is told to the reader. */
export function readEnvFiles(
  host: Host,
  files: readonly { readonly path: string; readonly shown: string }[],
  lookup: Lookup,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const { path, shown } of files) {
    const text = readText(host, path, shown)
    const problem = parseEnv(text, shown, values, overlay(lookup, values))
    if (problem !== null) throw new Refusal(problem)
  }
  return values
}

/** Reads a text file; throws a Refusal that says why it cannot be read. */
export function readText(host: Host, path: string, shown: string): string {
  const give = (why: string): Refusal =>
    new Refusal({
      code: 'compose-unreadable',
      message: `cannot read ${visiblePath(shown)}: ${why}`,
      at: null,
      hint: null,
    })
  try {
    const stat = host.stat(path)
    if (stat === null) throw give('no such file')
    if (isDirectory(stat)) throw give('it is a directory')
    if (!isFile(stat)) throw give('it is not a regular file')
    return decodePath(host.readFile(path))
  } catch (thrown) {
    if (isHostFailure(thrown)) throw give(thrown.code === 'EACCES' ? 'permission denied' : thrown.code)
    throw thrown
  }
}

const space = /[\t\v\f\r \u0085\u00a0]*/y
const name = /(?:[\p{L}\p{N}_.\-[\]]|[\t\v\f\r \u0085\u00a0])*/uy

/** Adds what an env file sets to `values`; returns the mistake that ends it, or null. */
function parseEnv(source: string, file: string, values: Map<string, string>, lookup: Lookup): Problem | null {
  const text = source.replace(/^\uFEFF/, '')
  let line = 1
  let counted = 0
  const lineAt = (index: number): number => {
    for (; counted < index; counted++) if (text.charCodeAt(counted) === 10) line++
    return line
  }
  const wrong = (message: string, index: number): Problem =>
    refused(`failed to read ${visiblePath(file)}: ${message}`, { file, line: lineAt(index) })
  let at = 0
  while (at < text.length) {
    at = skip(/\s*/y, text, at)
    if (at >= text.length) break
    if (text[at] === '#') {
      at = endOfLine(text, at)
      continue
    }
    const exported = /export[^\S\n]+/y
    at = skip(exported, text, at)
    const start = at
    at = skip(name, text, at)
    const key = text.slice(start, at).trimEnd()
    const mark = text[at]
    // A name that only the end of the file ends is none to compose either, which then finds it empty.
    if (mark !== undefined && mark !== '=' && mark !== ':' && mark !== '\n')
      return wrong(`unexpected character ${JSON.stringify(mark)} in variable name`, at)
    if (key.includes(' ')) return wrong('key cannot contain a space', start)
    if (mark === undefined || mark === '\n') {
      const inherited = lookup(key)
      if (inherited !== undefined && mark !== undefined) values.set(key, inherited)
      at++
      continue
    }
    const read = readValue(text, skip(space, text, at + 1))
    if (read === null) return wrong('unterminated quoted value', at)
    const { value, isExpanded, end } = read
    at = end
    const { text: expanded, mistake } = isExpanded
      ? substitute(value, lookup)
      : { text: value, mistake: null }
    if (mistake !== null) return wrong(mistake, start)
    values.set(key, expanded)
  }
  return null
}

interface EnvValue {
  readonly value: string
  readonly isExpanded: boolean
  readonly end: number
}

/** Null for a quote that is not closed. */
function readValue(text: string, start: number): EnvValue | null {
  const quote = text[start]
  if (quote !== '"' && quote !== "'") {
    const end = endOfLine(text, start)
    const value = text.slice(start, end)
    const comment = value.indexOf(' #')
    return {
      value: (comment < 0 ? value : value.slice(0, comment)).trimEnd(),
      isExpanded: true,
      end: end + 1,
    }
  }
  let value = ''
  for (let i = start + 1; i < text.length; i++) {
    const unit = text[i] ?? ''
    if (unit === quote)
      return { value: quote === '"' ? withoutEscapes(value) : value, isExpanded: quote === '"', end: i + 1 }
    if (unit !== '\\') value += unit
    else if (text[i + 1] === quote) {
      value += quote
      i++
    } else if (i + 1 < text.length) {
      value += `\\${text[i + 1]}`
      i++
    }
  }
  return null
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  $: '$$',
}

const withoutEscapes = (value: string): string =>
  value.replace(/\\(?:[abcfnrtv$"\\]|0\d{0,3})/g, (found) => {
    const octal = /^\\0([0-3][0-7]{2})$/.exec(found)?.[1]
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return escapes[found.slice(1)] ?? found
  })

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function endOfLine(text: string, at: number): number {
  const found = text.indexOf('\n', at)
  return found < 0 ? text.length : found
}
