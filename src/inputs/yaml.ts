/**
 * YAML as programs written in Go read it (go-yaml 3, resolve.go and decode.go), every value with its place: plain scalars by
 * its table of types, anchors, merge keys. Costs what the text is long, however often an anchor is used.
 */

import {
  type Alias,
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
} from 'yaml'
import type { Place, Problem } from '../lib/source.ts'
import { NestedTooDeeply, soundTokens, withoutStacks } from '../lib/yaml-tokens.ts'
import { plainScalar, type ScalarType } from './yaml-scalar.ts'

/** A place with its column, counted from 1. */
export interface Spot extends Place {
  readonly column: number
}

export type YamlValue = YamlScalar | YamlList | YamlMap

export interface YamlScalar {
  readonly kind: 'scalar'
  readonly type: ScalarType
  /** Of a string itself; of everything else what Go prints for it: `8` for `010`, `1e+06` for `1e6`. */
  readonly text: string
  readonly at: Spot
  /** A tag that is none of YAML's own, such as `!reset`; null for none. */
  readonly tag: string | null
}

export interface YamlList {
  readonly kind: 'list'
  readonly items: readonly YamlValue[]
  readonly at: Spot
  readonly tag: string | null
}

export interface YamlMap {
  readonly kind: 'map'
  /** In the order of the file; what a merge key brings comes after what stands there itself. */
  readonly entries: ReadonlyMap<string, YamlEntry>
  readonly at: Spot
  readonly tag: string | null
}

export interface YamlEntry {
  /** Where the key stands; for what a merge key brings, where the `<<` stands. */
  readonly at: Spot
  readonly keyType: ScalarType
  readonly value: YamlValue
  /** What a merge key would have brought if this entry were not there. */
  readonly hides: YamlEntry | null
}

export interface YamlText {
  /** One for each document that is not empty. */
  readonly documents: readonly YamlValue[]
  /** The first mistake; the documents before it are still given. */
  readonly problem: (Problem & { readonly at: Spot }) | null
}

/** Deeper than this nobody writes and go-yaml would not read much deeper either. */
const deepest = 200
/** Values after every alias is written out; compose 5 stops at a tenth of it (loader/reset.go). */
const mostValues = 1_000_000
/** Longer texts are not configuration. */
const longestText = 16_000_000

class YamlMistake extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Reads a text of any number of documents; `file` is what places are told by. */
export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter()
  const spot = (offset: number): Spot => {
    const { line, col } = lines.linePos(Math.min(offset, text.length))
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const documents: YamlValue[] = []
  try {
    if (text.length > longestText) throw new YamlMistake('the text is too long for a configuration', 0)
    for (const document of parseDocuments(text, lines)) {
      const [error] = document.errors
      if (error) throw new YamlMistake(inOurWords(error.message), error.pos[0])
      if (document.contents === null) continue
      const converter = createConverter(spot)
      const value = converter.convert(document.contents, 0)
      if (!isEmptyDocument(document.contents)) documents.push(value)
    }
    return { documents, problem: null }
  } catch (thrown) {
    const at = thrown instanceof NestedTooDeeply ? thrown.offset : 0
    const mistake = thrown instanceof RangeError ? new YamlMistake('nested too deeply', at) : thrown
    if (!(mistake instanceof YamlMistake)) throw thrown
    const { message, offset } = mistake
    return {
      documents,
      problem: { code: 'yaml-invalid', message: `not YAML: ${message}`, at: spot(offset), hint: null },
    }
  }
}

function parseDocuments(text: string, lineCounter: LineCounter) {
  // Duplicate keys are looked for below: the package compares each key with all before it.
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  lineCounter.addNewLine(0)
  const tokens = soundTokens(new Lexer().lex(text), new Parser(lineCounter.addNewLine))
  return withoutStacks(() => [...composer.compose(tokens)])
}

/** The package enters itself for every level and tells the end of the stack as an error like any other. */
const inOurWords = (message: string): string => (/call stack/.test(message) ? 'nested too deeply' : message)

const isEmptyDocument = (node: Node): boolean =>
  isScalar(node) && node.source === '' && node.type === 'PLAIN' && node.tag === undefined

interface Anchored {
  /** Null while it is still being read. */
  value: YamlValue | null
}

function createConverter(spot: (offset: number) => Spot) {
  const anchors = new Map<string, Anchored>()
  // How many values each stands for once its aliases are written out.
  const weights = new Map<YamlValue, number>()
  let merged = 0
  const startOf = (node: Node): number => node.range?.[0] ?? 0

  const mustBeFew = (values: number, offset: number): void => {
    if (values > mostValues) throw new YamlMistake('aliases multiply it to too many values', offset)
  }

  const weigh = <T extends YamlValue>(value: T, parts: Iterable<YamlValue>, offset: number): T => {
    let weight = 1
    for (const part of parts) weight += weights.get(part) ?? 1
    mustBeFew(weight, offset)
    weights.set(value, weight)
    return value
  }

  const resolve = (alias: Alias): YamlValue => {
    const anchored = anchors.get(alias.source)
    if (anchored === undefined)
      throw new YamlMistake(`unknown anchor ${JSON.stringify(alias.source)}`, startOf(alias))
    if (anchored.value === null)
      throw new YamlMistake(`anchor ${JSON.stringify(alias.source)} contains itself`, startOf(alias))
    return anchored.value
  }

  const convert = (node: Node, depth: number): YamlValue => {
    if (depth > deepest) throw new YamlMistake('nested too deeply', startOf(node))
    if (isAlias(node)) return resolve(node)
    const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : null
    const anchored: Anchored = { value: null }
    if (anchor !== null) anchors.set(anchor, anchored)
    anchored.value = convertContent(node, depth)
    return anchored.value
  }

  const convertContent = (node: Node, depth: number): YamlValue => {
    const at = spot(startOf(node))
    if (isScalar(node)) {
      const { type, text } = plainScalar(
        typeof node.source === 'string' ? node.source : String(node.value),
        node.type === 'PLAIN',
        node.tag ?? null,
      )
      if (type === null) throw new YamlMistake(`${JSON.stringify(text)} is no ${node.tag}`, startOf(node))
      return { kind: 'scalar', type, text, at, tag: ownTag(node) }
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => convert(asNode(item, startOf(node)), depth + 1))
      return weigh({ kind: 'list', items, at, tag: ownTag(node) }, items, startOf(node))
    }
    if (isMap(node)) {
      const entries = new Map<string, YamlEntry>()
      const sources: { readonly value: YamlValue; readonly at: Spot; readonly offset: number }[] = []
      for (const { key, value } of node.items) {
        const keyNode = asNode(key, startOf(node))
        const name = convert(keyNode, depth + 1)
        if (name.kind !== 'scalar') throw new YamlMistake('a key must be a word', startOf(keyNode))
        const content =
          value === null
            ? ({ kind: 'scalar', type: 'null', text: '<nil>', at: name.at, tag: null } as const)
            : convert(asNode(value, startOf(keyNode)), depth + 1)
        const earlier = entries.get(name.text)?.at ?? (name.type === 'merge' ? sources[0]?.at : undefined)
        if (earlier !== undefined)
          throw new YamlMistake(
            `key ${JSON.stringify(name.text)} is already there at line ${earlier.line}`,
            startOf(keyNode),
          )
        // `at` of an alias that is a key is that of its anchor.
        const place = spot(startOf(keyNode))
        if (name.type === 'merge') sources.push({ value: content, at: place, offset: startOf(keyNode) })
        else entries.set(name.text, { at: place, keyType: name.type, value: content, hides: null })
      }
      for (const { value, at: place, offset } of sources) merge(entries, value, place, offset)
      const values = [...entries.values()].map((entry) => entry.value)
      return weigh({ kind: 'map', entries, at, tag: ownTag(node) }, values, startOf(node))
    }
    throw new YamlMistake('this cannot be read', startOf(node))
  }

  /** https://yaml.org/type/merge.html: what stands there itself wins, then the first that is merged. */
  const merge = (entries: Map<string, YamlEntry>, value: YamlValue, at: Spot, offset: number): void => {
    const sources = value.kind === 'list' ? value.items : [value]
    const brought = new Map<string, YamlEntry>()
    for (const source of sources) {
      if (source.kind !== 'map') throw new YamlMistake('<< needs a mapping or a list of them', offset)
      merged += source.entries.size
      mustBeFew(merged, offset)
      for (const [name, entry] of source.entries) if (!brought.has(name)) brought.set(name, { ...entry, at })
    }
    for (const [name, entry] of brought) {
      const own = entries.get(name)
      entries.set(name, own === undefined ? entry : { ...own, hides: entry })
    }
  }

  return { convert }
}

function asNode(value: unknown, offset: number): Node {
  if (isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)) return value
  throw new YamlMistake('this cannot be read', offset)
}

const ownTag = ({ tag }: { readonly tag?: string | undefined }): string | null =>
  tag === undefined || tag === '!' || tag.startsWith('tag:yaml.org,2002:') || tag.startsWith('!!')
    ? null
    : tag
