/** HCL's native syntax, read as hashicorp/hcl v2.24 reads it (hclsyntax/spec.md, parser.go, scan_tokens.rl). */

import { parseFloatText } from './number.ts'
import { Reader } from './reader.ts'
import { type At, Refusal, type Source } from './source.ts'
import type { Attribute, Block, Body, Expression, Loop, ObjectItem, Operator, Step } from './syntax.ts'
import { parseHeredoc, parseQuoted } from './template.ts'
import { anyNull, bool, number } from './value.ts'

const numeral = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const heredocOpener = /<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy

const levels: readonly (readonly Operator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['>=', '<=', '>', '<'],
  ['+', '-'],
  ['*', '/', '%'],
]

/** A whole file. Throws a {@link Refusal} at the first mistake. */
export function parseFile(source: Source): Body {
  const reader = new Reader(source)
  const body = parseBody(reader, 0)
  if (!reader.done) reader.refuse(strange(reader))
  return body
}

/** One expression that is the whole text from `offset` on, as for what JSON strings say. */
export function parseLoneExpression(source: Source): Expression {
  const reader = new Reader(source, 0, false)
  const expression = parseExpression(reader)
  reader.skip()
  if (!reader.done)
    reader.refuse(
      'Extra characters after expression; An expression was successfully parsed, but extra characters were found after it.',
    )
  return expression
}

function strange(reader: Reader): string {
  const char = String.fromCodePoint(reader.source.text.codePointAt(reader.offset) ?? 0)
  if (char === "'")
    return 'Invalid character; Single quotes are not valid. Use double quotes (") to enclose strings.'
  if (char === '“' || char === '”') return 'Invalid character; "Curly quotes" are not valid here.'
  if (char === ';') return 'Invalid character; The ";" character is not valid.'
  return 'Argument or block definition required; An argument or block definition is required here.'
}

function parseBody(reader: Reader, depth: number, at = reader.at()): Body {
  const attributes = new Map<string, Attribute>()
  const blocks: Block[] = []
  for (;;) {
    reader.skipLines()
    if (reader.done || reader.sees('}')) return { at, attributes, blocks }
    const start = reader.at()
    const name = reader.name()
    if (name === null) reader.refuse(strange(reader))
    if (reader.take('=') && !reader.source.text.startsWith('=', reader.offset)) {
      addAttribute(reader, attributes, { name, at: start, value: parseExpression(reader) })
      reader.skip()
      if (!reader.done && !reader.newline()) {
        reader.refuse('Missing newline after argument; An argument definition must end with a newline.')
      }
      continue
    }
    blocks.push(parseBlock(reader, name, start, depth))
    reader.skip()
    if (!reader.done && !reader.newline()) {
      reader.refuse('Missing newline after block definition; A block definition must end with a newline.')
    }
  }
}

function addAttribute(reader: Reader, attributes: Map<string, Attribute>, attribute: Attribute): void {
  if (attributes.has(attribute.name)) {
    reader.refuse(
      `Attribute redefined; The argument "${attribute.name}" was already set. Each argument may be set only once.`,
      attribute.at.offset,
    )
  }
  attributes.set(attribute.name, attribute)
}

function parseBlock(reader: Reader, type: string, start: At, depth: number): Block {
  const labels: { readonly text: string; readonly at: At }[] = []
  const nothingYet = reader.offset
  let brace = start
  for (;;) {
    reader.skip()
    const at = reader.at()
    brace = at
    if (reader.take('{')) break
    if (reader.take('"')) {
      labels.push({ text: literalOf(parseQuoted(reader, parseExpression), at), at })
      continue
    }
    const bare = reader.name()
    if (bare !== null) {
      labels.push({ text: bare, at })
      continue
    }
    if (
      labels.length === 0 &&
      reader.offset >= nothingYet &&
      !reader.done &&
      !/[\r\n]/.test(reader.source.text[reader.offset] ?? '')
    ) {
      reader.refuse(
        'Argument or block definition required; An argument or block definition is required here. To set an argument, use the equals sign "=" to introduce the argument value.',
        start.offset,
      )
    }
    reader.refuse(
      'Invalid block definition; A block definition must have block content delimited by "{" and "}", starting on the same line as the block header.',
    )
  }
  if (depth > 50) throw new Refusal('blocks nested more than 50 deep are not followed', start, true)
  reader.skip()
  const at = brace
  if (reader.take('}')) return { type, at: start, labels, body: { at, attributes: new Map(), blocks: [] } }
  if (reader.newline()) {
    const body = parseBody(reader, depth + 1, at)
    if (!reader.take('}')) {
      reader.refuse(
        'Unclosed configuration block; There is no closing brace for this block before the end of the file.',
        start.offset,
      )
    }
    return { type, at: start, labels, body }
  }
  const attributeAt = reader.at()
  const name = reader.name()
  if (name === null) reader.refuse(strange(reader))
  if (!reader.take('=')) {
    reader.refuse(
      'Invalid single-argument block definition; A single-line block definition can contain only a single argument.',
    )
  }
  const attributes = new Map([[name, { name, at: attributeAt, value: parseExpression(reader) }]])
  if (!reader.take('}')) {
    reader.refuse(
      'Invalid single-argument block definition; A single-line block definition must end with a closing brace immediately after its single argument definition.',
    )
  }
  return { type, at: start, labels, body: { at, attributes, blocks: [] } }
}

function literalOf(expression: Expression, at: At): string {
  if (expression.kind === 'literal' && expression.value.kind === 'string') return expression.value.value
  throw new Refusal('Invalid string literal; Template sequences are not allowed in this string.', at)
}

/** One expression, with everything that belongs to it. */
export function parseExpression(reader: Reader): Expression {
  const condition = parseOperation(reader, 0)
  if (!reader.take('?')) return condition
  return reader.within(null, () => {
    const yes = parseExpression(reader)
    if (!reader.take(':')) {
      reader.refuse(
        'Missing false expression in conditional; The conditional operator (...?...:...) requires a false expression, delimited by a colon.',
      )
    }
    const no = parseExpression(reader)
    return { kind: 'conditional', at: condition.at, condition, yes, no }
  })
}

function parseOperation(reader: Reader, level: number): Expression {
  const operators = levels[level]
  if (!operators) return parseUnary(reader)
  const first = parseOperation(reader, level + 1)
  const rest: { readonly operator: Operator; readonly operand: Expression }[] = []
  for (;;) {
    const operator = operators.find((each) => reader.sees(each))
    // `=>` closes the key of a for expression and is no comparison, nor is what a template's `~}` begins.
    if (operator === undefined) break
    reader.offset += operator.length
    rest.push({ operator, operand: parseOperation(reader, level + 1) })
  }
  return rest.length === 0 ? first : { kind: 'operation', at: first.at, first, rest }
}

function parseUnary(reader: Reader): Expression {
  reader.skip()
  const at = reader.at()
  const kind = reader.take('-')
    ? 'negative'
    : reader.sees('!') && !reader.sees('!=') && reader.take('!')
      ? 'not'
      : null
  if (kind === null) return parsePostfix(reader)
  return reader.within(null, () => ({ kind, at, operand: parseUnary(reader) }))
}

function parsePostfix(reader: Reader): Expression {
  const base = parseTerm(reader)
  const steps = parseSteps(reader, true)
  return steps.length === 0 ? base : { kind: 'access', at: base.at, base, steps }
}

/** `.name`, `.0`, `[key]`, `.*` and `[*]`; after `.*` only names belong to each element. */
function parseSteps(reader: Reader, brackets: boolean): readonly Step[] {
  const steps: Step[] = []
  for (;;) {
    reader.skip()
    const at = reader.at()
    const { text } = reader.source
    if (text[at.offset] === '.' && !text.startsWith('...', at.offset)) {
      reader.offset++
      if (reader.take('*')) {
        steps.push({ kind: 'splat', at, each: parseSteps(reader, false) })
        continue
      }
      const digits = /\d+(?:\.\d+)*/y
      reader.skip()
      const numbers = reader.match(digits)
      if (numbers) {
        for (const each of numbers[0].split('.')) {
          steps.push({ kind: 'index', at, key: numberLiteral(at, each) })
        }
        continue
      }
      const name = reader.name()
      if (name === null) reader.refuse('Invalid attribute name; An attribute name is required after a dot.')
      steps.push({ kind: 'attribute', at, name })
    } else if (brackets && text[at.offset] === '[') {
      reader.offset++
      steps.push(
        reader.within(false, () => {
          if (reader.take('*')) {
            if (!reader.take(']'))
              reader.refuse(
                'Missing close bracket on splat index; The star for a full splat operator must be immediately followed by a closing bracket ("]").',
              )
            return { kind: 'splat', at, each: [] }
          }
          const key = parseExpression(reader)
          if (!reader.take(']'))
            reader.refuse(
              'Missing close bracket on index; The index operator must end with a closing bracket ("]").',
            )
          return { kind: 'index', at, key }
        }),
      )
      const last = steps.at(-1)
      if (last?.kind === 'splat') {
        steps.pop()
        steps.push({ ...last, each: parseSteps(reader, true) })
      }
    } else return steps
  }
}

function numberLiteral(at: At, digits: string): Expression {
  const parsed = parseFloatText(digits)
  if (!parsed) throw new Refusal(`the number ${digits.slice(0, 40)} is too large to work with`, at, true)
  return { kind: 'literal', at, value: number(parsed) }
}

function parseTerm(reader: Reader): Expression {
  reader.skip()
  const at = reader.at()
  const { text: all } = reader.source
  const char = all[at.offset] ?? ''
  if (char === '(') {
    reader.offset++
    return reader.within(false, () => {
      const inner = parseExpression(reader)
      if (!reader.take(')'))
        reader.refuse('Unbalanced parentheses; Expected a closing parenthesis to terminate the expression.')
      return { kind: 'parentheses', at, inner }
    })
  }
  if (char === '"') {
    reader.offset++
    return parseQuoted(reader, parseExpression)
  }
  if (char === '[') {
    reader.offset++
    return reader.within(false, () =>
      reader.takeWord('for') ? parseFor(reader, at, ']') : parseTuple(reader, at),
    )
  }
  if (char === '{') {
    reader.offset++
    const isFor = reader.within(false, () => reader.takeWord('for'))
    return isFor
      ? reader.within(false, () => parseFor(reader, at, '}'))
      : reader.within(true, () => parseObject(reader, at))
  }
  if (char === '<' && all.startsWith('<<', at.offset)) {
    const opener = reader.match(heredocOpener)
    if (opener)
      return parseHeredoc(reader, parseExpression, { at, marker: opener[2] ?? '', flush: opener[1] === '-' })
  }
  const digits = reader.match(numeral)
  if (digits) return numberLiteral(at, digits[0])
  const name = reader.name()
  if (name === null) {
    reader.refuse(
      /['“”;]/.test(char)
        ? strange(reader)
        : 'Invalid expression; Expected the start of an expression, but found an invalid expression token.',
    )
  }
  if (reader.sees('(')) return parseCall(reader, at, name)
  if (name === 'true' || name === 'false') return { kind: 'literal', at, value: bool(name === 'true') }
  if (name === 'null') return { kind: 'literal', at, value: anyNull }
  return { kind: 'variable', at, name }
}

function parseCall(reader: Reader, at: At, name: string): Expression {
  reader.take('(')
  return reader.within(false, () => {
    const args: Expression[] = []
    let expand = false
    while (!reader.take(')')) {
      args.push(parseExpression(reader))
      if (reader.take('...')) {
        expand = true
        reader.take(',')
        if (!reader.take(')'))
          reader.refuse(
            'Missing closing parenthesis; An expanded function argument (with ...) must be immediately followed by closing parentheses.',
          )
        break
      }
      if (reader.take(',')) continue
      if (!reader.sees(')'))
        reader.refuse(
          'Missing argument separator; A comma is required to separate each function argument from the next.',
        )
    }
    return { kind: 'call', at, name, args, expand }
  })
}

function parseTuple(reader: Reader, at: At): Expression {
  const items: Expression[] = []
  while (!reader.take(']')) {
    items.push(parseExpression(reader))
    if (reader.take(',')) continue
    if (!reader.sees(']'))
      reader.refuse('Missing item separator; Expected a comma to mark the beginning of the next item.')
  }
  return { kind: 'tuple', at, items }
}

function parseObject(reader: Reader, at: At): Expression {
  const items: ObjectItem[] = []
  for (;;) {
    reader.skipLines()
    if (reader.take('}')) return { kind: 'object', at, items }
    const key = parseExpression(reader)
    reader.skip()
    if (!(reader.sees('=') && !reader.sees('=>') && reader.take('=')) && !reader.take(':')) {
      reader.refuse(
        'Missing key/value separator; Expected an equals sign ("=") to mark the beginning of the attribute value.',
      )
    }
    items.push({ key, value: parseExpression(reader) })
    reader.skip()
    if (reader.take(',') || reader.newline() || reader.sees('}')) continue
    reader.refuse(
      'Missing attribute separator; Expected a newline or comma to mark the beginning of the next attribute.',
    )
  }
}

function parseFor(reader: Reader, at: At, close: ']' | '}'): Expression {
  let valueName = reader.name()
  if (valueName === null)
    reader.refuse("Invalid 'for' expression; For expression requires variable name after 'for'.")
  let keyName: string | null = null
  if (reader.take(',')) {
    keyName = valueName
    valueName = reader.name()
    if (valueName === null)
      reader.refuse("Invalid 'for' expression; For expression requires value variable name after comma.")
  }
  if (!reader.takeWord('in'))
    reader.refuse(
      "Invalid 'for' expression; For expression requires the 'in' keyword after its name declarations.",
    )
  const collection = parseExpression(reader)
  if (!reader.take(':'))
    reader.refuse(
      "Invalid 'for' expression; For expression requires a colon after the collection expression.",
    )
  let value = parseExpression(reader)
  let key: Expression | null = null
  if (reader.take('=>')) {
    if (close === ']')
      reader.refuse("Invalid 'for' expression; Key expression is not valid when building a tuple.")
    key = value
    value = parseExpression(reader)
  } else if (close === '}')
    reader.refuse("Invalid 'for' expression; Key expression is required when building an object.")
  const grouped = reader.take('...')
  if (grouped && close === ']')
    reader.refuse("Invalid 'for' expression; Grouping ellipsis (...) cannot be used when building a tuple.")
  const condition = reader.takeWord('if') ? parseExpression(reader) : null
  if (!reader.take(close))
    reader.refuse("Invalid 'for' expression; Extra characters after the end of the 'for' expression.")
  const loop: Loop = { keyName, valueName, collection, key, value, condition, grouped }
  return { kind: 'for', at, loop }
}
