/** YAML as a tree that knows its lines: bounded, aliases and merge keys resolved, nothing thrown. */

import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser } from 'yaml'
import { soundTokens, withoutStacks } from '../lib/yaml-tokens.ts'

/** A node with the line it begins on, from 1. */
export type YamlNode =
  | { readonly kind: 'map'; readonly line: number; readonly entries: ReadonlyMap<string, YamlNode> }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlNode[] }
  | {
      readonly kind: 'text'
      readonly line: number
      /** As written for plain scalars: `1.10` stays `1.10`; empty for null. */
      readonly text: string
      /** Line of the first line of the text itself: below the `|` of a block. */
      readonly textLine: number
      /** True when each line of the text is a line of the file: a `|` block. */
      readonly literal: boolean
      /** `!reference`, where it has a tag of its own. */
      readonly tag: string | null
      /** What stands behind it on its line as a remark, without the sign; absent where there is none. */
      readonly remark?: string
    }

const mostNodes = 40_000
const mostDepth = 60

/**
 * The documents of a YAML text; null when it is none, or so large or deep that it was not read. Aliases count with what
 * they stand for, so a text that multiplies itself ends at the bound as well.
 */
export function readYaml(text: string): readonly YamlNode[] | null {
  const lines = new LineCounter()
  let left = mostNodes
  const tooLarge = Symbol('too large')
  const lineAt = (node: Node) => lines.linePos(node.range?.[0] ?? 0).line
  try {
    const composer = new Composer({
      prettyErrors: false,
      // Comparing every key with every other is quadratic.
      uniqueKeys: false,
      merge: false,
      logLevel: 'silent',
    })
    lines.addNewLine(0)
    const tokens = soundTokens(new Lexer().lex(text), new Parser(lines.addNewLine))
    const documents = withoutStacks(() => [...composer.compose(tokens)])
    const trees: YamlNode[] = []
    for (const document of documents) {
      if (document.errors.length > 0) return null
      const anchors = new Map<string, Node>()
      const convert = (node: unknown, depth: number): YamlNode | null => {
        if (--left < 0 || depth > mostDepth) throw tooLarge
        if (isAlias(node)) {
          const target = anchors.get(node.source)
          return target === undefined ? null : convert(target, depth + 1)
        }
        if (isScalar(node)) {
          const plain = node.type === 'PLAIN' || node.type === undefined
          const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
          if (node.anchor) anchors.set(node.anchor, node)
          const line = lineAt(node)
          return {
            kind: 'text',
            line,
            text:
              node.value === null
                ? ''
                : plain && typeof node.value !== 'string'
                  ? (node.source ?? String(node.value))
                  : String(node.value),
            textLine: block ? line + 1 : line,
            literal: node.type === 'BLOCK_LITERAL',
            tag: node.tag ?? null,
            ...(plain && node.comment ? { remark: node.comment.trim() } : {}),
          }
        }
        if (isSeq(node)) {
          if (node.anchor) anchors.set(node.anchor, node)
          const items: YamlNode[] = []
          for (const item of node.items) {
            const value = convert(item, depth + 1)
            if (value !== null) items.push(value)
          }
          // The tag of a list travels as a first item, so that `!reference [job, script]` can be told from a list.
          return node.tag?.startsWith('!')
            ? {
                kind: 'map',
                line: lineAt(node),
                entries: new Map([[node.tag, { kind: 'list', line: lineAt(node), items }]]),
              }
            : { kind: 'list', line: lineAt(node), items }
        }
        if (isMap(node)) {
          if (node.anchor) anchors.set(node.anchor, node)
          const entries = new Map<string, YamlNode>()
          for (const pair of node.items) {
            const key = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : null
            if (key === null) continue
            const value =
              pair.value === null
                ? ({
                    kind: 'text',
                    line: isScalar(pair.key) ? lineAt(pair.key) : 1,
                    text: '',
                    textLine: 1,
                    literal: false,
                    tag: null,
                  } as const)
                : convert(pair.value, depth + 1)
            if (value === null) continue
            if (key !== '<<') {
              entries.set(key, value)
              continue
            }
            const merged = value.kind === 'list' ? value.items : [value]
            for (const from of merged)
              if (from.kind === 'map')
                for (const [name, given] of from.entries) {
                  if (--left < 0) throw tooLarge
                  if (!entries.has(name)) entries.set(name, given)
                }
          }
          return { kind: 'map', line: lineAt(node), entries }
        }
        return null
      }
      const tree = convert(document.contents, 0)
      if (tree !== null) trees.push(tree)
    }
    return trees
  } catch (thrown) {
    // The package recurses as deep as the text nests.
    if (thrown === tooLarge || thrown instanceof RangeError) return null
    throw thrown
  }
}

/** The value of a key of a map; null when there is none. */
export function child(node: YamlNode | null | undefined, ...keys: readonly string[]): YamlNode | null {
  let at: YamlNode | null = node ?? null
  for (const key of keys) at = at?.kind === 'map' ? (at.entries.get(key) ?? null) : null
  return at
}

/** The text of a scalar; null for anything else. */
export function textOf(node: YamlNode | null | undefined): string | null {
  return node?.kind === 'text' ? node.text : null
}

/** The items of a list; a single scalar or map stands for a list of one, nothing for none. */
export function itemsOf(node: YamlNode | null | undefined): readonly YamlNode[] {
  return node === null || node === undefined ? [] : node.kind === 'list' ? node.items : [node]
}

/** The scalars of a map as a record; other values are left out. */
export function recordOf(node: YamlNode | null | undefined): Readonly<Record<string, string>> {
  if (node?.kind !== 'map') return {}
  const entries: [string, string][] = []
  for (const [key, value] of node.entries) {
    if (value.kind === 'text') entries.push([key, value.text])
    else if (value.kind === 'list')
      entries.push([key, value.items.map((item) => textOf(item) ?? '').join('\n')])
  }
  return Object.fromEntries(entries)
}
