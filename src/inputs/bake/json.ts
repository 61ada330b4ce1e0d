/** HCL's JSON form (hashicorp/hcl v2.24, json/spec.md): the same blocks and arguments, with templates in the strings. */

import { type Member, type Node, parseJsonText } from './json-text.ts'
import { parseFloatText } from './number.ts'
import { parseExpression } from './parse.ts'
import { Reader } from './reader.ts'
import { type At, createSource, Refusal, type Source } from './source.ts'
import type { Attribute, Block, Body, Expression } from './syntax.ts'
import { parseBare } from './template.ts'
import { anyNull, bool, number } from './value.ts'

/** How many labels each block has that can stand in a bake file, and which blocks stand in it. */
const blocksAtTop: Readonly<Record<string, number>> = { target: 1, group: 1, variable: 1, function: 1 }
const blocksInside: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  variable: { validation: 0 },
}

/** A whole JSON file. Throws a {@link Refusal} at the first mistake. */
export function parseJsonFile(source: Source): Body {
  const root = parseJsonText(source)
  if (root.kind !== 'object') {
    throw new Refusal(
      'Incorrect JSON value type; A JSON object is required here, setting the arguments for this block.',
      root.at,
    )
  }
  return bodyOf(root, blocksAtTop)
}

function bodyOf(
  node: Node & { readonly kind: 'object' },
  blocksHere: Readonly<Record<string, number>>,
): Body {
  const attributes = new Map<string, Attribute>()
  const blocks: Block[] = []
  for (const member of node.members) {
    const labels = Object.hasOwn(blocksHere, member.name) ? blocksHere[member.name] : undefined
    if (labels !== undefined) blocks.push(...blocksOf(member, labels))
    else if (member.name !== '//') {
      if (attributes.has(member.name)) {
        throw new Refusal(`Duplicate argument; The argument "${member.name}" was already set.`, member.at)
      }
      attributes.set(member.name, { name: member.name, at: member.at, value: expressionOf(member.value) })
    }
  }
  return { at: node.at, attributes, blocks }
}

function blocksOf(member: Member, labels: number): readonly Block[] {
  const inside = blocksInside[member.name] ?? {}
  const leaf = (value: Node, label: Block['labels']): readonly Block[] => {
    if (value.kind === 'word' && value.value === null) return []
    if (value.kind === 'object')
      return [
        { type: member.name, at: label[0]?.at ?? member.at, labels: label, body: bodyOf(value, inside) },
      ]
    if (value.kind !== 'array') {
      throw new Refusal(
        `Incorrect JSON value type; Either a JSON object or a JSON array is required, representing the contents of one or more "${member.name}" blocks.`,
        value.at,
      )
    }
    return value.items.flatMap((item) => {
      if (item.kind === 'array')
        throw new Refusal(
          'Incorrect JSON value type; A JSON object is required here, setting the arguments for this block.',
          item.at,
        )
      return leaf(item, label)
    })
  }
  if (labels === 0) return leaf(member.value, [])
  const named = (value: Node): readonly Member[] => {
    if (value.kind === 'object') return value.members
    if (value.kind === 'word' && value.value === null) return []
    if (value.kind === 'array') {
      return value.items.flatMap((item) => {
        if (item.kind === 'object') return item.members
        throw new Refusal(
          `Incorrect JSON value type; A JSON object is required here, to specify name labels for this block.`,
          item.at,
        )
      })
    }
    throw new Refusal(
      `Incorrect JSON value type; A JSON object is required here, to specify name labels for this block.`,
      value.at,
    )
  }
  return named(member.value).flatMap((each) => leaf(each.value, [{ text: each.name, at: each.at }]))
}

function expressionOf(node: Node): Expression {
  const { at } = node
  switch (node.kind) {
    case 'word':
      return { kind: 'literal', at, value: node.value === null ? anyNull : bool(node.value) }
    case 'number': {
      const parsed = parseFloatText(node.value)
      if (!parsed) throw new Refusal('a number is too large to work with', at, true)
      return { kind: 'literal', at, value: number(parsed) }
    }
    case 'string':
      return templateOf(node.value, at)
    case 'array':
      return { kind: 'tuple', at, items: node.items.map(expressionOf) }
    case 'object': {
      const seen = new Set<string>()
      for (const member of node.members) {
        if (seen.has(member.name)) {
          throw new Refusal(
            `Duplicate object attribute; An attribute named "${member.name}" was already defined.`,
            member.at,
          )
        }
        seen.add(member.name)
      }
      return {
        kind: 'object',
        at,
        items: node.members.map((member) => ({
          key: { kind: 'parentheses', at: member.at, inner: templateOf(member.name, member.at) },
          value: expressionOf(member.value),
        })),
      }
    }
  }
}

function templateOf(value: string, at: At): Expression {
  let parsed: Expression | null = null
  return {
    kind: 'json',
    at,
    text: value,
    template: () => {
      parsed ??= parseBare(new Reader(createSource(at.source.file, value, at), 0, false), parseExpression)
      return parsed
    },
  }
}
