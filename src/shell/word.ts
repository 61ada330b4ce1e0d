/** One word of a shell text: quotes, expansions and what runs inside them. POSIX.1-2024 XCU 2.2 and 2.6; bash 5.2 manual 3.1.2, 3.5. */

import { createSource, deeper, ended, type Source, sees, stop, take } from './source.ts'
import type { List, Word, WordPart } from './tree.ts'

/** Reads commands up to where they stop: `parse.ts`, which needs words itself. */
export type ReadList = (source: Source) => List

/** What a word ends with: a blank or operator, a quote, the `}` of `${…}`, the end of a here-document, the `))` of arithmetic. */
type Mode = 'plain' | 'test' | 'double' | 'argument' | 'quoted-argument' | 'document' | 'arithmetic'

const runs = {
  plain: /[^\s;&|()<>"'`$\\]+/y,
  test: /[^\s"'`$\\]+/y,
  double: /[^"`$\\]+/y,
  argument: /[^}"'`$\\]+/y,
  'quoted-argument': /[^}"`$\\]+/y,
  document: /[^`$\\]+/y,
  arithmetic: /[^()"'`$\\]+/y,
} satisfies Record<Mode, RegExp>

const name = /[A-Za-z_][A-Za-z0-9_]*|[0-9]|[@*#?$!-]/y
const bracedName = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]/y
const index = /\[([^\]]{0,200})\]/y
const operator = /:[-=+?]|[-=+?]|##?|%%?|\/[/#%]?|\^\^?|,,?|@|:/y
/** Arithmetic is told from a subshell in a subshell by its end, which is searched no further than this. */
const longestArithmetic = 1000

interface Collected {
  readonly parts: WordPart[]
  quoted: boolean
}

/** Reads one word; what it ends with is left. Empty parts when there is none. */
export function readWord(source: Source, readList: ReadList, mode: Mode = 'plain'): Word {
  const at = source.position(source.at)
  const collected: Collected = { parts: [], quoted: false }
  readParts(source, readList, mode, collected)
  return { parts: joined(collected.parts), at, quoted: collected.quoted }
}

/** One part for what was read as several pieces of text. */
function joined(parts: readonly WordPart[]): readonly WordPart[] {
  const result: WordPart[] = []
  let texts: string[] = []
  let quoted = false
  const flush = (): void => {
    if (texts.length > 0) result.push({ kind: 'text', text: texts.join(''), quoted })
    texts = []
  }
  for (const part of parts) {
    if (part.kind === 'text') {
      if (part.quoted !== quoted) flush()
      quoted = part.quoted
      texts.push(part.text)
    } else {
      flush()
      result.push(part)
    }
  }
  flush()
  return result
}

function readParts(source: Source, readList: ReadList, mode: Mode, into: Collected): void {
  const { text } = source
  const quoted = mode === 'double' || mode === 'quoted-argument' || mode === 'document'
  const add = (piece: string, isQuoted = quoted): void => {
    into.parts.push({ kind: 'text', text: piece, quoted: isQuoted })
  }
  let parentheses = 0
  while (!ended(source)) {
    const run = take(source, runs[mode])
    if (run !== null) add(run[0])
    const char = text.charAt(source.at)
    switch (char) {
      case '':
        return
      case '\\':
        readEscape(source, mode, add)
        break
      case '$':
        readDollar(source, readList, quoted, into)
        break
      case '`':
        readBackticks(source, readList, quoted, into)
        break
      case '"':
        if (mode === 'double' || mode === 'document') return
        into.quoted = true
        readDoubleQuotes(source, readList, into)
        break
      case "'":
        if (mode === 'double' || mode === 'document' || mode === 'quoted-argument') return
        into.quoted = true
        readSingleQuotes(source, add)
        break
      case '<':
      case '>':
        if (mode !== 'plain' || text.charAt(source.at + 1) !== '(') return
        readCommands(source, readList, { from: source.at, skip: 2, process: true }, into)
        break
      case '(':
        if (mode !== 'arithmetic') return
        parentheses++
        source.at++
        add('(')
        break
      case ')':
        if (mode !== 'arithmetic' || parentheses === 0) return
        parentheses--
        source.at++
        add(')')
        break
      default:
        return
    }
  }
}

function readEscape(source: Source, mode: Mode, add: (piece: string, quoted?: boolean) => void): void {
  const next = source.text.charAt(source.at + 1)
  source.at = Math.min(source.at + 2, source.text.length)
  if (next === '\n') return
  if (next === '') add('\\')
  else if (mode === 'double' || mode === 'quoted-argument')
    add('$`"\\}'.includes(next) ? next : `\\${next}`, true)
  else if (mode === 'document') add('$`\\'.includes(next) ? next : `\\${next}`, true)
  else add(next, true)
}

function readSingleQuotes(source: Source, add: (piece: string, quoted?: boolean) => void): void {
  const end = source.text.indexOf("'", source.at + 1)
  if (end < 0) {
    stop(source, "a ' is not closed")
    return
  }
  add(source.text.slice(source.at + 1, end), true)
  source.at = end + 1
}

function readDoubleQuotes(source: Source, readList: ReadList, into: Collected): void {
  const from = source.at
  source.at++
  deeper(source, () => readParts(source, readList, 'double', into), undefined)
  into.parts.push({ kind: 'text', text: '', quoted: true })
  if (source.text.charAt(source.at) === '"') source.at++
  else stop(source, 'a " is not closed', from)
}

function readDollar(source: Source, readList: ReadList, quoted: boolean, into: Collected): void {
  const { text, at: from } = source
  const next = text.charAt(from + 1)
  if (next === '(') {
    if (text.charAt(from + 2) === '(' && isArithmetic(text, from + 3)) {
      source.at += 3
      const inner = deeper(source, () => readWord(source, readList, 'arithmetic'), null)
      source.at = Math.min(source.at + 2, text.length)
      into.parts.push({ kind: 'opaque', raw: text.slice(from, source.at), inner })
      return
    }
    readCommands(source, readList, { from, skip: 2, process: false }, into)
  } else if (next === '{') {
    readBraces(source, readList, quoted, into)
  } else if (next === "'" && !quoted) {
    into.quoted = true
    readAnsiQuotes(source, into)
  } else if (next === '"' && !quoted) {
    source.at++
    into.quoted = true
    readDoubleQuotes(source, readList, into)
  } else {
    source.at++
    const found = take(source, name)
    if (found === null) into.parts.push({ kind: 'text', text: '$', quoted: true })
    else
      into.parts.push({
        kind: 'variable',
        name: found[0],
        index: null,
        operator: '',
        argument: null,
        raw: `$${found[0]}`,
        quoted,
      })
  }
}

function readCommands(
  source: Source,
  readList: ReadList,
  { from, skip, process }: { readonly from: number; readonly skip: number; readonly process: boolean },
  into: Collected,
): void {
  source.at += skip
  const list = deeper(source, () => readList(source), { items: [] })
  if (source.text.charAt(source.at) === ')') source.at++
  else stop(source, `a ${source.text.slice(from, from + skip)} is not closed`, from)
  into.parts.push({ kind: 'commands', list, raw: source.text.slice(from, source.at), process })
}

function readBraces(source: Source, readList: ReadList, quoted: boolean, into: Collected): void {
  const { text, at: from } = source
  if (text.startsWith('${{', from)) {
    // An expression of a workflow, filled in before any shell sees the text.
    const end = source.withoutOpaque ? -1 : text.indexOf('}}', from)
    if (end < 0) source.withoutOpaque = true
    else {
      source.at = end + 2
      into.parts.push({ kind: 'opaque', raw: text.slice(from, source.at), inner: null })
      return
    }
  }
  source.at += 2
  const measured = sees(source, /[#!][A-Za-z0-9_@*]/y)
  if (measured) source.at++
  const found = take(source, bracedName)
  const subscript = found === null ? null : take(source, index)
  const operation = take(source, operator)?.[0] ?? ''
  const argument = deeper(
    source,
    () => readWord(source, readList, quoted ? 'quoted-argument' : 'argument'),
    null,
  )
  if (text.charAt(source.at) === '}') source.at++
  else stop(source, 'a ${ is not closed', from)
  const raw = text.slice(from, source.at)
  if (measured || found === null) into.parts.push({ kind: 'opaque', raw, inner: argument })
  else
    into.parts.push({
      kind: 'variable',
      name: found[0],
      index: subscript?.[1] ?? null,
      operator: operation,
      argument: operation === '' && argument?.parts.length === 0 ? null : argument,
      raw,
      quoted,
    })
}

const ansi: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '?': '?' },
}

/** `$'…'`. Bash 5.2 manual 3.1.2.4. */
function readAnsiQuotes(source: Source, into: Collected): void {
  const { text, at: from } = source
  const pieces: string[] = []
  source.at += 2
  for (;;) {
    const run = take(source, /[^'\\]+/y)
    if (run !== null) pieces.push(run[0])
    const char = text.charAt(source.at)
    if (char === '') {
      stop(source, "a $' is not closed", from)
      return
    }
    source.at++
    if (char === "'") break
    const code = take(source, /x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})/y)
    if (code !== null) {
      const hex = code[1] ?? code[2]
      pieces.push(
        String.fromCharCode(
          hex === undefined ? Number.parseInt(code[3] ?? '0', 8) : Number.parseInt(hex, 16),
        ),
      )
      continue
    }
    const next = text.charAt(source.at)
    pieces.push(ansi[next] ?? `\\${next}`)
    source.at = Math.min(source.at + 1, text.length)
  }
  // A NUL ends the string there, and stands for something else in `location.ts`.
  into.parts.push({ kind: 'text', text: pieces.join('').replaceAll('\0', ''), quoted: true })
}

function readBackticks(source: Source, readList: ReadList, quoted: boolean, into: Collected): void {
  const { text, at: from } = source
  const pieces: string[] = []
  source.at++
  for (;;) {
    const run = take(source, /[^`\\]+/y)
    if (run !== null) pieces.push(run[0])
    const char = text.charAt(source.at)
    if (char === '') {
      stop(source, 'a ` is not closed', from)
      return
    }
    source.at++
    if (char === '`') break
    const next = text.charAt(source.at)
    // POSIX.1-2024 XCU 2.6.3: a backslash stays unless it stands before $, ` or another.
    pieces.push(next !== '' && ('$`\\'.includes(next) || (quoted && next === '"')) ? next : `\\${next}`)
    source.at = Math.min(source.at + 1, text.length)
  }
  const inner = createSource(pieces.join(''), source.trouble, {
    host: source.position(from),
    depth: source.depth,
  })
  const list = deeper(inner, () => readList(inner), { items: [] })
  if (!ended(inner)) stop(inner, `unexpected ${inner.text.charAt(inner.at)}`)
  into.parts.push({ kind: 'commands', list, raw: text.slice(from, source.at), process: false })
}

/** True when the `((` before `from` ends with a `))`, and is no subshell in a subshell. */
export function isArithmetic(text: string, from: number): boolean {
  let open = 2
  const end = Math.min(text.length, from + longestArithmetic)
  for (let at = from; at < end; at++) {
    const char = text.charCodeAt(at)
    if (char === 40) open++
    else if (char === 41 && --open === 1) return text.charCodeAt(at + 1) === 41
  }
  return false
}
