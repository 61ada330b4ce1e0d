/**
 * Strings with `${…}` and `%{…}` in them: quoted, heredocs, and the strings of a JSON file (hclsyntax/parser_template.go).
 * A literal of a heredoc ends with its line, which decides what `~` trims and what `<<-` takes off.
 */

import type { Reader } from './reader.ts'
import { type At, Refusal } from './source.ts'
import type { Expression } from './syntax.ts'
import { text } from './value.ts'

type Parse = (reader: Reader) => Expression

type Part =
  | { readonly kind: 'text'; readonly at: At; value: string }
  | { readonly kind: 'value'; readonly at: At; readonly expression: Expression }
  | { readonly kind: 'if'; readonly at: At; readonly condition: Expression }
  | {
      readonly kind: 'for'
      readonly at: At
      readonly keyName: string | null
      readonly valueName: string
      readonly collection: Expression
    }
  | { readonly kind: 'else' | 'endif' | 'endfor'; readonly at: At }

interface Mode {
  readonly kind: 'quoted' | 'lines'
  /** What ends a heredoc, alone on its line; null for a text that ends with its source. */
  readonly marker: string | null
}

/** The rest of a quoted string, after its first quote. */
export function parseQuoted(reader: Reader, parse: Parse): Expression {
  const at = reader.at(reader.offset - 1)
  return build(readParts(reader, parse, { kind: 'quoted', marker: null }), at)
}

/** The rest of a heredoc, after the line that opens it; stops before the newline after its marker. */
export function parseHeredoc(
  reader: Reader,
  parse: Parse,
  options: { readonly at: At; readonly marker: string; readonly flush: boolean },
): Expression {
  const parts = readParts(reader, parse, { kind: 'lines', marker: options.marker })
  if (options.flush) flush(parts)
  return build(parts, options.at)
}

/** A whole text as a template, as strings in JSON are. */
export function parseBare(reader: Reader, parse: Parse): Expression {
  const at = reader.at()
  return build(readParts(reader, parse, { kind: 'lines', marker: null }), at)
}

function readParts(reader: Reader, parse: Parse, mode: Mode): Part[] {
  const { text: all } = reader.source
  const parts: Part[] = []
  let trimNext = false
  let lineStart = true
  for (;;) {
    const here = reader.offset
    if (mode.kind === 'quoted' && all[here] === '"') {
      reader.offset++
      return parts
    }
    if (lineStart && mode.marker !== null && takeMarker(reader, mode.marker)) return parts
    if (reader.done) {
      if (mode.kind === 'lines' && mode.marker === null) return parts
      reader.refuse('Unterminated template string; No closing marker was found for the string.')
    }
    const at = reader.at()
    if (all[here + 1] === '{' && (all[here] === '$' || all[here] === '%')) {
      const trimPrevious = all[here + 2] === '~'
      reader.offset += trimPrevious ? 3 : 2
      const previous = parts.at(-1)
      if (trimPrevious && previous?.kind === 'text') previous.value = previous.value.trimEnd()
      const part = reader.within(false, () =>
        all[here] === '$' ? readValue(reader, parse, at) : readDirective(reader, parse, at),
      )
      parts.push(part)
      trimNext = reader.take('~')
      reader.skip()
      if (!reader.take('}')) {
        reader.refuse(
          'Extra characters after interpolation expression; Expected a closing brace to end the interpolation expression, but found extra characters.',
        )
      }
      lineStart = false
      continue
    }
    const value = mode.kind === 'quoted' ? readQuotedText(reader) : readLine(reader)
    lineStart = value.endsWith('\n')
    parts.push({ kind: 'text', at, value: trimNext ? value.trimStart() : value })
    trimNext = false
  }
}

function takeMarker(reader: Reader, marker: string): boolean {
  const { text: all } = reader.source
  const newline = all.indexOf('\n', reader.offset)
  if (newline < 0 || newline - reader.offset > marker.length + 1000) return false
  if (all.slice(reader.offset, newline).trim() !== marker) return false
  reader.offset = all[newline - 1] === '\r' ? newline - 1 : newline
  return true
}

function readValue(reader: Reader, parse: Parse, at: At): Part {
  return { kind: 'value', at, expression: parse(reader) }
}

function readDirective(reader: Reader, parse: Parse, at: At): Part {
  const word = reader.name()
  switch (word) {
    case 'if':
      return { kind: 'if', at, condition: parse(reader) }
    case 'else':
    case 'endif':
    case 'endfor':
      return { kind: word, at }
    case 'for': {
      let valueName = reader.name()
      let keyName: string | null = null
      if (reader.take(',')) {
        keyName = valueName
        valueName = reader.name()
      }
      if (valueName === null)
        reader.refuse("Invalid 'for' directive; For directive requires variable name after 'for'.")
      if (!reader.takeWord('in'))
        reader.refuse("Invalid 'for' directive; For directive requires 'in' keyword after names.")
      return { kind: 'for', at, keyName, valueName, collection: parse(reader) }
    }
    case null:
      return reader.refuse(
        'Invalid template directive; A template directive keyword ("if", "for", etc) is expected at the beginning of a %{ sequence.',
      )
    default:
      return reader.refuse(
        `Invalid template control keyword; "${word}" is not a valid template control keyword.`,
      )
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }

function readQuotedText(reader: Reader): string {
  const { text: all } = reader.source
  const pieces: string[] = []
  let from = reader.offset
  let i = from
  while (i < all.length) {
    const char = all[i]
    if (char === '"' || opensSequence(all, i)) break
    if (char === '\n' || (char === '\r' && all[i + 1] === '\n')) {
      reader.refuse('Invalid multi-line string; Quoted strings may not be split over multiple lines.', i)
    }
    if (char === '\\') {
      pieces.push(all.slice(from, i))
      const unicode = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y
      unicode.lastIndex = i
      const found = unicode.exec(all)
      const code = found ? Number.parseInt(found[1] ?? found[2] ?? '', 16) : 0
      const simple = escapes[all[i + 1] ?? '']
      if (found && code <= 0x10ffff) pieces.push(String.fromCodePoint(code))
      else if (simple !== undefined) pieces.push(simple)
      else
        reader.refuse(
          `Invalid escape sequence; The symbol "${all[i + 1] ?? ''}" is not a valid escape sequence selector.`,
          i,
        )
      i += found ? found[0].length : 2
      from = i
    } else if (escapesSequence(all, i)) {
      pieces.push(all.slice(from, i + 1), '{')
      i += 3
      from = i
    } else i++
  }
  pieces.push(all.slice(from, i))
  reader.offset = i
  return pieces.join('')
}

function readLine(reader: Reader): string {
  const { text: all } = reader.source
  const pieces: string[] = []
  let from = reader.offset
  let i = from
  while (i < all.length && !opensSequence(all, i)) {
    if (escapesSequence(all, i)) {
      pieces.push(all.slice(from, i + 1), '{')
      i += 3
      from = i
    } else if (all[i++] === '\n') break
  }
  pieces.push(all.slice(from, i))
  reader.offset = i
  return pieces.join('')
}

const opensSequence = (all: string, i: number): boolean =>
  all[i + 1] === '{' && (all[i] === '$' || all[i] === '%')
const escapesSequence = (all: string, i: number): boolean =>
  all[i + 2] === '{' && ((all[i] === '$' && all[i + 1] === '$') || (all[i] === '%' && all[i + 1] === '%'))

/** `<<-`: the smallest indent of all lines is taken off each. A line counts where its first part begins it. */
function flush(parts: readonly Part[]): void {
  let smallest = Number.POSITIVE_INFINITY
  let newline = true
  const adjusted: (Part & { readonly kind: 'text' })[] = []
  for (const part of parts) {
    if (newline) {
      newline = false
      let spaces = 0
      if (part.kind === 'text') {
        const kept = part.value.trimStart()
        if (kept === '' && part.value.endsWith('\n')) spaces = Number.POSITIVE_INFINITY
        else {
          spaces = part.value.length - kept.length
          adjusted.push(part)
        }
      }
      smallest = Math.min(smallest, spaces)
    }
    if (part.kind === 'text' && part.value.endsWith('\n')) newline = true
  }
  for (const part of adjusted) part.value = part.value.slice(Math.min(smallest, part.value.length))
}

function build(parts: readonly Part[], at: At): Expression {
  const only = melded(parts)
  const first = only[0]
  if (first?.kind === 'value' && only.length === 1) return first.expression
  const cursor = { next: 0 }
  const expressions = buildUntil(only, cursor, null)
  const alone = expressions[0]
  if (expressions.length === 0) return { kind: 'literal', at, value: text('') }
  if (expressions.length === 1 && alone?.kind === 'literal') return { ...alone, at }
  return { kind: 'template', at, parts: expressions }
}

function melded(parts: readonly Part[]): readonly Part[] {
  const kept: Part[] = []
  let run: string[] = []
  const close = () => {
    const last = kept.at(-1)
    if (run.length > 1 && last?.kind === 'text') kept[kept.length - 1] = { ...last, value: run.join('') }
    run = []
  }
  for (const part of parts) {
    if (part.kind !== 'text') close()
    else run.push(part.value)
    if (part.kind !== 'text' || run.length === 1) kept.push(part)
  }
  close()
  return kept
}

type Opener = Part & { readonly kind: 'if' | 'for' }

function buildUntil(
  parts: readonly Part[],
  cursor: { next: number },
  opener: Opener | null,
  depth = 0,
): readonly Expression[] {
  const built: Expression[] = []
  for (;;) {
    const part = parts[cursor.next]
    if (!part) {
      if (opener === null) return built
      throw new Refusal(
        `Unexpected end of template; The ${opener.kind} directive is missing its corresponding end${opener.kind} directive.`,
        opener.at,
      )
    }
    switch (part.kind) {
      case 'text':
        built.push({ kind: 'literal', at: part.at, value: text(part.value) })
        cursor.next++
        break
      case 'value':
        built.push(part.expression)
        cursor.next++
        break
      case 'if':
      case 'for':
        if (depth > 100)
          throw new Refusal('directives nested more than 100 deep are not followed', part.at, true)
        cursor.next++
        built.push(buildDirective(parts, cursor, part, depth + 1))
        break
      default: {
        const closes =
          opener?.kind === 'if' ? part.kind !== 'endfor' : opener?.kind === 'for' && part.kind === 'endfor'
        if (closes) return built
        throw new Refusal(
          `Unexpected ${part.kind} directive; The control directives within this template are unbalanced.`,
          part.at,
        )
      }
    }
  }
}

function buildDirective(
  parts: readonly Part[],
  cursor: { next: number },
  opener: Opener,
  depth: number,
): Expression {
  const { at } = opener
  const first: Expression = { kind: 'template', at, parts: buildUntil(parts, cursor, opener, depth) }
  const closing = parts[cursor.next++]
  if (opener.kind === 'for') {
    const { keyName, valueName, collection } = opener
    const loop = { keyName, valueName, collection, key: null, value: first, condition: null, grouped: false }
    return { kind: 'join', at, rounds: { kind: 'for', at, loop } }
  }
  let no: Expression = { kind: 'literal', at, value: text('') }
  if (closing?.kind === 'else') {
    no = { kind: 'template', at, parts: buildUntil(parts, cursor, opener, depth) }
    const end = parts[cursor.next++]
    if (end?.kind === 'else')
      throw new Refusal('Unexpected else directive; Already in the else clause of this if.', end.at)
  }
  return { kind: 'conditional', at, condition: opener.condition, yes: first, no }
}
