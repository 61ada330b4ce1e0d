/** Names compared with the globs of the tables. */

import { hasWildcard, matchGlob } from '../lib/glob.ts'

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

/** Rows by the texts they are looked up by, those with wildcards apart. Rows keep their order. */
export interface NameIndex<Row> {
  readonly exact: ReadonlyMap<string, readonly { readonly row: Row; readonly at: number }[]>
  /** By the last character of what ends them, else by the first of what begins them, else by ''. */
  readonly wild: ReadonlyMap<string, readonly WildRow<Row>[]>
}

interface WildRow<Row> {
  readonly pattern: string
  /** What stands before the first and after the last wildcard. */
  readonly head: string
  readonly tail: string
  readonly row: Row
  readonly at: number
}

/** Builds the index; a row may have several texts. */
export function indexByName<Row>(
  rows: readonly Row[],
  textsOf: (row: Row) => readonly string[],
): NameIndex<Row> {
  const exact = new Map<string, { readonly row: Row; readonly at: number }[]>()
  const wild = new Map<string, WildRow<Row>[]>()
  for (const [at, row] of rows.entries())
    for (const text of textsOf(row)) {
      // A lone `[` is the name of a program.
      if (!hasWildcard(text) || matchGlob(text, '') === 'bad pattern') {
        exact.set(text, [...(exact.get(text) ?? []), { row, at }])
        continue
      }
      const head = text.slice(0, text.search(/[*?[]/))
      const tail = text.slice(
        1 + Math.max(text.lastIndexOf('*'), text.lastIndexOf('?'), text.lastIndexOf(']')),
      )
      const key = tail !== '' ? `…${tail.at(-1)}` : head.slice(0, 1)
      wild.set(key, [...(wild.get(key) ?? []), { pattern: text, head, tail, row, at }])
    }
  return { exact, wild }
}

const nothing: readonly never[] = []

/** The rows whose text is the name or matches it, in the order of the table. */
export function lookUp<Row>(index: NameIndex<Row>, name: string): readonly Row[] {
  if (name === '') return []
  const exact = index.exact.get(name) ?? nothing
  let wild: { readonly row: Row; readonly at: number }[] | null = null
  // Asked for every path of a tree, so the dear comparison comes last, and nothing is made for what is found nowhere.
  for (const key of [`…${name.at(-1)}`, name.slice(0, 1), ''])
    for (const { pattern, head, tail, row, at } of index.wild.get(key) ?? nothing)
      if (name.startsWith(head) && name.endsWith(tail) && matchGlob(pattern, name) === 'match') {
        wild ??= []
        wild.push({ row, at })
      }
  if (wild === null && exact.length === 0) return nothing
  const found = [...exact, ...(wild ?? [])]
  return found.sort((a, b) => a.at - b.at).map(({ row }) => row)
}

/**
 * True for a name that means the same wherever it lies: nobody calls a directory of sources `node_modules` or
 * `.pytest_cache`. `vendor`, `coverage` and `tmp/cache` are words.
 */
export function isTelling(name: string): boolean {
  return !/^[A-Za-z]+(?:[/-][A-Za-z]+)*$/.test(name) || name === 'venv' || name === 'htmlcov'
}
