/** Names compared with the globs of the tables. */

import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { groupedBy } from '../lib/grouped.ts'

/** True when the name is this text, or matches it as a glob (`filepath.Match`). */
export function matchesName(pattern: string, name: string): boolean {
  return pattern === name || (hasWildcard(pattern) && matchGlob(pattern, name) === 'match')
}

/** True when one of the alternatives, parted by `|`, is the name or matches it. */
export function matchesWord(alternatives: string, word: string): boolean {
  if (alternatives === word) return true
  return alternatives.split('|').some((pattern) => matchesName(pattern, word))
}

/** What follows the last `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** What precedes the last `/`: '' for a name alone. */
export function directoryName(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** The rows whose text is the name or matches it, in the order of the table. */
export type NameIndex<Row> = (name: string) => readonly Row[]

interface Found<Row> {
  readonly row: Row
  readonly at: number
}

interface WildRow<Row> extends Found<Row> {
  readonly pattern: string
  /** True when one star is all that it has besides: then head and tail say everything. */
  readonly isStar: boolean
  /** What stands before the first and after the last wildcard. */
  readonly head: string
  readonly tail: string
  /** The longest text that every name it matches has in it; '' where that is not plain to see. */
  readonly inner: string
}

interface Names<Row> {
  readonly exact: ReadonlyMap<string, readonly Found<Row>[]>
  /** By what stands behind the last dot of what ends them, for those that have one there. */
  readonly byEnding: ReadonlyMap<string, readonly WildRow<Row>[]>
  /** The others by the last character of what ends them, else by the first of what begins them, else by neither. */
  readonly byLast: ReadonlyMap<string, readonly WildRow<Row>[]>
  readonly byFirst: ReadonlyMap<string, readonly WildRow<Row>[]>
  readonly others: readonly WildRow<Row>[]
}

const nothing: readonly never[] = []

/** An index of rows by their texts, of which each may have several. Made when it is first asked: most runs have no such question. */
export function indexByName<Row>(
  rows: () => readonly Row[],
  textsOf: (row: Row) => readonly string[],
): NameIndex<Row> {
  let names: Names<Row> | null = null
  return (name) => {
    if (name === '') return nothing
    names ??= sortNames(rows(), textsOf)
    const exact = names.exact.get(name) ?? nothing
    // Asked for every path of a tree, so the dear comparison comes last, and nothing is made for what is found nowhere.
    let wild = among(names.byEnding.get(endingOf(name)), name, null)
    wild = among(names.byLast.get(name[name.length - 1] ?? ''), name, wild)
    wild = among(names.byFirst.get(name[0] ?? ''), name, wild)
    wild = among(names.others, name, wild)
    if (wild === null && exact.length === 0) return nothing
    const found = [...exact, ...(wild ?? [])]
    return found.sort((a, b) => a.at - b.at).map(({ row }) => row)
  }
}

function among<Row>(
  rows: readonly WildRow<Row>[] | undefined,
  name: string,
  found: Found<Row>[] | null,
): Found<Row>[] | null {
  if (rows === undefined) return found
  let all = found
  for (const one of rows)
    if (isMatch(one, name)) {
      all ??= []
      all.push(one)
    }
  return all
}

/** What stands behind the last dot; all of a text without one. */
const endingOf = (text: string): string => text.slice(text.lastIndexOf('.') + 1)

function isMatch<Row>({ pattern, isStar, head, tail, inner }: WildRow<Row>, name: string): boolean {
  if (!name.endsWith(tail) || !name.startsWith(head) || !name.includes(inner)) return false
  return isStar && !name.includes('/')
    ? name.length >= head.length + tail.length
    : matchGlob(pattern, name) === 'match'
}

function sortNames<Row>(rows: readonly Row[], textsOf: (row: Row) => readonly string[]): Names<Row> {
  const found = rows.flatMap((row, at) => textsOf(row).map((text) => ({ text, row, at })))
  // A lone `[` is the name of a program. Without one and without `\\` there is nothing that could be bad.
  const isExact = ({ text }: { readonly text: string }) =>
    !/[*?[]/.test(text) ||
    (/[[\\]/.test(text) && (!hasWildcard(text) || matchGlob(text, '') === 'bad pattern'))
  const wild = found
    .filter((one) => !isExact(one))
    .map(({ text, row, at }) => {
      const end = 1 + Math.max(text.lastIndexOf('*'), text.lastIndexOf('?'), text.lastIndexOf(']'))
      const head = text.slice(0, text.search(/[*?[]/))
      const tail = text.slice(end)
      const isStar = text === `${head}*${tail}`
      return { pattern: text, isStar, head, tail, inner: innerOf(text), row, at }
    })
  const ending = wild.filter(({ tail }) => tail.includes('.'))
  const plain = wild.filter(({ tail }) => !tail.includes('.'))
  return {
    exact: groupedBy(found.filter(isExact), ({ text }) => text),
    byEnding: groupedBy(ending, ({ tail }) => endingOf(tail)),
    byLast: groupedBy(
      plain.filter(({ tail }) => tail !== ''),
      ({ tail }) => tail.slice(-1),
    ),
    byFirst: groupedBy(
      plain.filter(({ head, tail }) => tail === '' && head !== ''),
      ({ head }) => head.slice(0, 1),
    ),
    others: plain.filter(({ head, tail }) => tail === '' && head === ''),
  }
}

function innerOf(pattern: string): string {
  if (pattern.includes('\\')) return ''
  const parts = pattern.split(/[*?]|\[.*\]/s)
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest))
}

/**
 * True for a name that means the same wherever it lies: nobody calls a directory of sources `node_modules` or
 * `.pytest_cache`. `vendor`, `coverage` and `tmp/cache` are words.
 */
export function isTelling(name: string): boolean {
  return !/^[A-Za-z]+(?:[/-][A-Za-z]+)*$/.test(name) || name === 'venv' || name === 'htmlcov'
}
