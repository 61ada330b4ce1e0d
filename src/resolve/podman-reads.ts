/**
 * What each COPY and ADD takes where podman builds: buildah resolves the sources on the disk itself and judges each path it
 * comes by alone (containers/buildah add.go, copier/copier.go). Observed on 1.28.2 and 1.43.2.
 */

import { dirKind, type EntryTable, type Row, rootRow, socketKind, symlinkKind } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { createPatternList, type DirectoryState, type PatternList } from '../ignore/matcher.ts'
import { compilePodmanPattern } from '../ignore/podman.ts'
import { reachOfPodman } from '../ignore/reach.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { joinPath, parentPath, rootedPath } from '../lib/path.ts'
import type { ReadFailure, Reads } from './reads.ts'

/** An entry as a source leads to it: the path on which it is judged, and its row. */
interface Item {
  readonly path: string
  readonly row: Row
}

class Refused extends Error {
  readonly failure: ReadFailure
  constructor(kind: ReadFailure['kind'], source: string, path: string, message: string) {
    super(message)
    this.failure = { kind, source, path, message }
  }
}

/** Links in a row before buildah gives up (copier.go, checkLinks). */
const mostLinks = 16

/**
 * Resolves one instruction's local sources over all rows of the table, ignored ones too. `patterns` are podman's,
 * `ignoreFile` is what they stand in.
 */
export function resolvePodmanReads(
  table: EntryTable,
  { patterns: ignored, ignoreFile }: { readonly patterns: PatternList; readonly ignoreFile: string | null },
  instruction: ReadInstruction,
): Reads {
  const taken = new Uint8Array(table.count)
  const refusals: ReadFailure[] = []
  try {
    // --exclude goes below the lines of the ignore file, relative to the context's root like them.
    const patterns = withExcludes(ignored, instruction.excludes)
    const sources = instruction.localSources.map((source) => ({ source, items: itemsOf(table, source) }))
    // A wildcard without a match is only refused where the whole instruction comes to nothing.
    const [bare] = sources
    if (bare && sources.every(({ items }) => items.length === 0))
      throw new Refused(
        'missing',
        bare.source,
        rootedPath(bare.source),
        `copier: stat: [${sources.map(({ source }) => `"/${rootedPath(source)}"`).join(' ')}]: no such file or directory`,
      )
    for (const { source, items } of sources) {
      let copied = items.length === 0
      for (const item of items) if (take(table, patterns, item, taken)) copied = true
      if (!copied)
        throw new Refused(
          'missing',
          source,
          items[0]?.path ?? '',
          `no items matching glob "${rootedPath(source)}" copied (${items.length} filtered out${ignoreFile === null ? '' : ` using ${ignoreFile}`}): no such file or directory`,
        )
    }
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown
    refusals.push(thrown.failure)
  }
  const rows = Int32Array.from(Array.from(taken.keys()).filter((row) => taken[row] === 1))
  return { rows, failure: refusals[0] ?? null }
}

function withExcludes(list: PatternList, excludes: readonly string[]): PatternList {
  if (excludes.length === 0) return list
  const added = excludes.map((text) => {
    const pattern = compilePodmanPattern(text)
    if (pattern !== null && 'refused' in pattern)
      throw new Refused(
        'exclude',
        '',
        '',
        `processing excludes list [${excludes.join(' ')}]: ${pattern.refused}`,
      )
    return pattern
  })
  const patterns =
    list.dialect === 'podman' ? list.patterns : list.patterns.map((p) => asPodman(p.source) ?? p)
  return createPatternList([...patterns, ...added.filter((pattern) => pattern !== null)], 'podman')
}

function asPodman(source: string) {
  const pattern = compilePodmanPattern(source)
  return pattern === null || 'refused' in pattern ? null : pattern
}

/** `(*Builder).Add` and `copierHandlerGet` for one item; false when it was filtered out. */
function take(table: EntryTable, patterns: PatternList, item: Item, taken: Uint8Array): boolean {
  const target = dereference(table, item)
  const isDirectory = target.row === rootRow || table.kind[target.row] === dirKind
  const negations = patterns.patterns.filter(({ negated }) => negated).map(({ text }) => text)
  if (item.path !== '' && isDropped(patterns, item.path)) {
    const letsIn = negations.some((text) => text.startsWith(`${item.path}/`))
    if (!isDirectory || !letsIn) return false
  }
  if (!isDirectory) {
    if (isDropped(patterns, target.path))
      throw new Refused(
        'missing',
        item.path,
        target.path,
        'copier: get: copied no items: no such file or directory',
      )
    taken[target.row] = 1
    return true
  }
  const reach = reachOfPodman(negations)
  const visit = (at: Row, state: DirectoryState): void => {
    const end = endOf(table, at)
    for (let row = at + 1; row < end; row = table.end[row] ?? row + 1) {
      const name = table.name(row)
      if (table.kind[row] !== dirKind) {
        if (!patterns.matched(patterns.decide(state, name)) && table.kind[row] !== socketKind) taken[row] = 1
        continue
      }
      const inside = patterns.enter(state, name)
      if (!patterns.matched(inside.verdict) || reach(inside.prefix.slice(0, -1))) visit(row, inside)
    }
  }
  let state = patterns.root
  for (const name of target.path.split('/').filter(Boolean)) state = patterns.enter(state, name)
  visit(target.row, state)
  return true
}

const endOf = (table: EntryTable, row: Row): Row =>
  row === rootRow ? table.count : (table.end[row] ?? row + 1)

const isDropped = (patterns: PatternList, path: string) => patterns.matched(patterns.judge(path).verdict)

/** The entries that a source stands for, links not followed at its end; throws for one without wildcards that is not there. */
function itemsOf(table: EntryTable, given: string): readonly Item[] {
  const source = rootedPath(given.replace('/./', '/'))
  if (source === '') return [{ path: '', row: rootRow }]
  let items: readonly Item[] = [{ path: '', row: rootRow }]
  for (const part of source.split('/'))
    items =
      part === '**'
        ? items.flatMap((item) => directoriesBelow(table, enter(table, item)))
        : items.flatMap((item) => childrenOf(table, enter(table, item), part))
  const distinct = [...new Map(items.map((item) => [item.path, item])).values()]
  if (distinct.length === 0 && !hasWildcard(source))
    throw new Refused('missing', given, source, `copier: stat: "/${source}": no such file or directory`)
  return distinct
}

/** The item as a directory to look into, its links followed but its path as it was; the row -2 where there is none. */
function enter(table: EntryTable, item: Item): Item {
  if (item.row === rootRow || table.kind[item.row] !== symlinkKind) return item
  const row = follow(table, item.path)
  return { path: item.path, row: row ?? nowhere }
}
const nowhere = -2

function childrenOf(table: EntryTable, { path, row: at }: Item, pattern: string): Item[] {
  if (at === nowhere || (at !== rootRow && table.kind[at] !== dirKind)) return []
  const found: Item[] = []
  const literal = !/[*?[\\]/.test(pattern)
  for (let row = at + 1; row < endOf(table, at); row = endOf(table, row)) {
    const name = table.name(row)
    if (literal ? name === pattern : matchGlob(pattern, name) === 'match')
      found.push({ path: joinPath(path, name), row })
  }
  return found
}

/** `**`: the directory and all below it; links are not followed there (extendedGlob). */
function directoriesBelow(table: EntryTable, { path, row: at }: Item): Item[] {
  if (at === nowhere || (at !== rootRow && table.kind[at] !== dirKind)) return []
  const found: Item[] = [{ path, row: at }]
  for (let row = at + 1; row < endOf(table, at); row = endOf(table, row))
    if (table.kind[row] === dirKind)
      found.push(...directoriesBelow(table, { path: joinPath(path, table.name(row)), row }))
  return found
}

/** What a link at the end of a source leads to, judged under its own path from then on (checkLinks). */
function dereference(table: EntryTable, item: Item): Item {
  let { path, row } = item
  for (let links = 0; row !== rootRow && table.kind[row] === symlinkKind; links++) {
    if (links >= mostLinks)
      throw new Refused(
        'loop',
        item.path,
        item.path,
        `copier: get: resolving symlink "/${item.path}": too many levels of symbolic links`,
      )
    const target = table.linkTarget.get(row) ?? ''
    path = rootedPath(target.startsWith('/') ? target : joinPath(parentPath(path), target))
    const next = path === '' ? rootRow : follow(table, parentPath(path), path)
    if (next === null)
      throw new Refused(
        'missing',
        item.path,
        item.path,
        `copier: get: lstat "/${item.path}"("/${path}"): no such file or directory`,
      )
    row = next
  }
  return { path, row }
}

/** The row of a path, links followed on the way and, without `last`, at its end; null when it leads nowhere. */
function follow(table: EntryTable, directory: string, last: string | null = null): Row | null {
  let at: Row = rootRow
  let links = 0
  const pending = directory.split('/').reverse()
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      at = at === rootRow ? rootRow : (table.parent[at] ?? rootRow)
      continue
    }
    const row: Row | undefined = childrenOf(table, { path: '', row: at }, escaped(name))[0]?.row
    if (row === undefined) return null
    if (table.kind[row] !== symlinkKind) {
      at = row
      continue
    }
    // What the kernel follows before it gives up.
    if (++links > 40) return null
    const target = table.linkTarget.get(row) ?? ''
    if (target.startsWith('/')) at = rootRow
    pending.push(...target.split('/').reverse())
  }
  if (last === null) return at
  return (
    childrenOf(table, { path: '', row: at }, escaped(last.slice(last.lastIndexOf('/') + 1)))[0]?.row ?? null
  )
}

const escaped = (name: string) => name.replace(/[*?[\\]/g, '\\$&')
