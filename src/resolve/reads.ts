/** What each COPY, ADD and bind mount takes from the tree that BuildKit transferred. */

import { dirKind, type EntryTable, type Row, rootRow, symlinkKind } from '../context/table.ts'
import { coveredBy } from '../dockerfile/landing.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { compilePatterns, type DirectoryState, type PatternList } from '../ignore/matcher.ts'
import { inBlocks, inEach, wordsOf } from '../lib/blocks.ts'
import { CtxsizeError } from '../lib/errors.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { cutAtPivot, rootedPath } from '../lib/path.ts'
import { rowsOf, type Selection } from './selection.ts'

/** Why an instruction is certain to fail on this tree. */
export interface ReadFailure {
  /** `pattern`: a source that is none; `exclude`: a value of --exclude that is none. */
  readonly kind: 'missing' | 'loop' | 'pattern' | 'exclude'
  /** The source as the Dockerfile gives it, and the path that is not there. */
  readonly source: string
  readonly path: string
  /** Docker's own words. */
  readonly message: string
}

/** The rows an instruction reads (never directories), ascending, each once. */
export interface Reads {
  readonly rows: Int32Array
  readonly failure: ReadFailure | null
}

/** A position in the tree: a row, or the root. */
type Spot = Row

class NotFound extends Error {
  readonly kind: ReadFailure['kind']
  readonly path: string
  constructor(kind: ReadFailure['kind'], path: string, message: string) {
    super(message)
    this.kind = kind
    this.path = path
  }
}
const missing = (path: string) =>
  new NotFound('missing', path, `failed to calculate checksum of ref: "/${path}": not found`)

/** Resolves one instruction's local sources over the sent rows (BuildKit cache/contenthash, solver/llbsolver/file, fsutil copy). */
export function resolveReads(table: EntryTable, sent: Selection, instruction: ReadInstruction): Reads {
  const { selected, failure } = selectReads(table, sent, instruction)
  return { rows: rowsOf(selected), failure }
}

/** As {@link resolveReads}, before the rows are listed. `selected`: room for them, all 0. */
export function selectReads(
  table: EntryTable,
  sent: Selection,
  instruction: ReadInstruction,
  selected: Selection = new Uint8Array(table.count),
): { readonly selected: Selection; readonly failure: ReadFailure | null } {
  const failure = takeSources(createTree(table, sent), instruction, { taken: selected, entered: null })
  return { selected, failure }
}

/**
 * The directories whose being there, and whose modes, are part of what the instruction is known by in the cache: a source that
 * is one, but not the root, and those in it. Ascending. BuildKit cache/contenthash/checksum.go, includedPaths and checksum.
 */
export function resolveDirectories(
  table: EntryTable,
  sent: Selection,
  instruction: ReadInstruction,
): Int32Array {
  const entered = new Uint8Array(table.count)
  takeSources(createTree(table, sent), instruction, { taken: new Uint8Array(table.count), entered })
  return rowsOf(entered)
}

/** Receives the files, and the directories that are part of what is taken; null: nobody asks for those. */
interface Taking {
  readonly taken: Selection
  readonly entered: Selection | null
}

function takeSources(tree: Tree, instruction: ReadInstruction, taking: Taking): ReadFailure | null {
  let failure: ReadFailure | null = null
  for (const source of instruction.localSources) {
    try {
      const excludes = compileList(instruction.excludes, 'excludepatterns')
      if (instruction.parents) takeParents(tree, source, excludes, taking)
      else if (instruction.mount) takeSpot(tree, tree.follow(rootedPath(source)), excludes, taking)
      else for (const spot of expand(tree, rootedPath(source))) takeSpot(tree, spot, excludes, taking)
    } catch (thrown) {
      if (!(thrown instanceof NotFound)) throw thrown
      failure ??= { kind: thrown.kind, source, path: thrown.path, message: thrown.message }
    }
  }
  return failure
}

/** BuildKit compiles the patterns anew for each source; a refusal fails the instruction. */
function compileList(patterns: readonly string[], name: string): PatternList | null {
  if (patterns.length === 0) return null
  try {
    return compilePatterns(patterns)
  } catch (thrown) {
    if (thrown instanceof CtxsizeError)
      throw new NotFound(
        name === 'excludepatterns' ? 'exclude' : 'pattern',
        '',
        `failed to calculate checksum of ref: invalid ${name}: [${patterns.join(' ')}]: syntax error in pattern`,
      )
    throw thrown
  }
}

/** The sent rows as a tree. */
interface Tree {
  readonly table: EntryTable
  readonly sent: Selection
  readonly has: (row: Row) => boolean
  readonly first: (spot: Spot) => Row
  readonly end: (spot: Spot) => Row
  readonly isDirectory: (spot: Spot) => boolean
  /** The entry a path leads to, links followed in every component and confined to the root. Throws {@link NotFound}. */
  readonly follow: (path: string) => Spot
  /** The entry a row stands for: a link's target, anything else itself. */
  readonly resolve: (row: Row) => Spot
}

/** Links followed before docker gives up (containerd/continuity fs/path.go, contenthash getFollowLinks). */
const mostLinks = 255

function createTree(table: EntryTable, sent: Selection): Tree {
  const has = (row: Row) => sent[row] === 1
  const first = (spot: Spot) => spot + 1
  const end = (spot: Spot) => (spot === rootRow ? table.count : (table.end[spot] ?? spot + 1))
  const isDirectory = (spot: Spot) => spot === rootRow || table.kind[spot] === dirKind
  const child = (spot: Spot, name: string): Row | null => {
    for (let row = first(spot); row < end(spot); row = table.end[row] ?? row + 1)
      if (has(row) && table.name(row) === name) return row
    return null
  }
  const follow = (path: string, from: Spot = rootRow): Spot => {
    let links = 0
    let at: Spot = from
    const pending = path.split('/').reverse()
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (name === '' || name === '.') continue
      if (name === '..') {
        at = at === rootRow ? rootRow : (table.parent[at] ?? rootRow)
        continue
      }
      const row = isDirectory(at) ? child(at, name) : null
      if (row === null) throw missing(path)
      if (table.kind[row] !== symlinkKind) {
        at = row
        continue
      }
      if (++links > mostLinks)
        throw new NotFound('loop', path, 'failed to calculate checksum of ref: too many links')
      const target = table.linkTarget.get(row) ?? ''
      if (target.startsWith('/')) at = rootRow
      pending.push(...target.split('/').reverse())
    }
    return at
  }
  return {
    table,
    sent,
    has,
    first,
    end,
    isDirectory,
    follow,
    resolve: (row) => {
      if (table.kind[row] !== symlinkKind) return row
      const path = table.path(row)
      try {
        return follow(path)
      } catch (thrown) {
        if (thrown instanceof NotFound && thrown.kind === 'missing') throw missing(path)
        throw thrown
      }
    },
  }
}

/** The entries a COPY or ADD source stands for: one, or those that its wildcards match. */
function expand(tree: Tree, source: string): readonly Spot[] {
  const parts = source.split('/')
  const start = parts.findIndex(hasWildcard)
  if (start < 0) return [tree.follow(source)]
  const basePath = parts.slice(0, start).join('/')
  const base = followBase(tree, basePath)
  return matches(tree, base, parts.slice(start).join('/')).map(tree.resolve)
}

/** What stands before the first wildcard has to exist. */
function followBase(tree: Tree, path: string): Spot {
  try {
    return tree.follow(path)
  } catch (thrown) {
    if (thrown instanceof NotFound && thrown.kind === 'missing')
      throw new NotFound('missing', path, `lstat /${path}: no such file or directory`)
    throw thrown
  }
}

/** Rows below `base` whose whole relative path matches; a matching directory is not searched further (fsutil copy.go). */
function matches(tree: Tree, base: Spot, pattern: string): readonly Row[] {
  // Only a class can match a `/`; without one, nothing deeper than the pattern can match.
  const depth = pattern.includes('[') ? Number.POSITIVE_INFINITY : pattern.split('/').length
  const found: Row[] = []
  const visit = (spot: Spot, prefix: string, level: number) => {
    for (let row = tree.first(spot); row < tree.end(spot); row = tree.end(row)) {
      if (!tree.has(row)) continue
      const path = prefix + tree.table.name(row)
      const outcome = matchGlob(pattern, path)
      // The transfer may not have found out: another path has taken the place of this one, or all there is (checksum.go).
      if (outcome === 'bad pattern')
        throw new NotFound('pattern', '', 'failed to calculate checksum of ref: syntax error in pattern')
      if (outcome === 'match') found.push(row)
      else if (level < depth && tree.isDirectory(row)) visit(row, `${path}/`, level + 1)
    }
  }
  visit(base, '', 1)
  return found
}

/** Takes a file, or all that lies in a directory but for what the excludes match there. */
function takeSpot(tree: Tree, spot: Spot, excludes: PatternList | null, taking: Taking): void {
  const { taken, entered } = taking
  if (!tree.isDirectory(spot)) {
    taken[spot] = 1
    return
  }
  if (spot !== rootRow && entered) entered[spot] = 1
  if (excludes !== null) {
    filtered(tree, spot, { excludes, includes: null }, taking)
    return
  }
  const { sent, table } = tree
  const [from, to] = [tree.first(spot), tree.end(spot)]
  const given = { kind: table.kind, sent, taken, entered }
  // Four rows at once, which takes a quarter of the time; what is shorter, and lies before and behind those, one by one.
  const [first, end] = [(from + 3) >> 2, to >> 2]
  const isByRow = entered !== null || end <= first || table.kind.byteOffset % 4 !== 0
  if (isByRow) inBlocks({ from, to }, given, takeRows)
  else {
    takeRows(from, 4 * first, given)
    const words = { kind: wordsOf(table.kind), sent: wordsOf(sent), taken: wordsOf(taken) }
    inBlocks({ from: first, to: end }, words, takeWords)
    takeRows(4 * end, to, given)
  }
}

function takeRows(
  from: Row,
  to: Row,
  given: Taking & { readonly kind: Uint8Array; readonly sent: Selection },
): void {
  const { kind, sent, taken, entered } = given
  for (let row = from; row < to; row++) {
    const isDirectory = kind[row] === dirKind
    taken[row] = (taken[row] ?? 0) | (isDirectory ? 0 : (sent[row] ?? 0))
    if (isDirectory && entered && sent[row] === 1) entered[row] = 1
  }
}

function takeWords(
  from: number,
  to: number,
  { kind, sent, taken }: Readonly<Record<'kind' | 'sent' | 'taken', Uint32Array>>,
): void {
  for (let at = from; at < to; at++) {
    // Kinds are numbers of three bits; what is left of one that is no directory's is not 0.
    const other = (kind[at] ?? 0) ^ (dirKind * inEach)
    taken[at] = (taken[at] ?? 0) | ((sent[at] ?? 0) & (other | (other >>> 1) | (other >>> 2)) & inEach)
  }
}

/** Takes what is wanted below a spot; patterns are matched against the path from there. */
function filtered(
  tree: Tree,
  spot: Spot,
  lists: { readonly excludes: PatternList | null; readonly includes: PatternList | null },
  { taken, entered }: Taking,
): boolean {
  let any = false
  /** True when it, or something in it, is taken. */
  const visit = (at: Spot, included: DirectoryState | null, excluded: DirectoryState | null): boolean => {
    let holdsAny = false
    for (let row = tree.first(at); row < tree.end(at); row = tree.end(row)) {
      if (!tree.has(row)) continue
      const name = tree.table.name(row)
      if (tree.isDirectory(row)) {
        const inside = lists.includes && included ? lists.includes.enter(included, name) : null
        const outside = lists.excludes && excluded ? lists.excludes.enter(excluded, name) : null
        const isWanted =
          lists.includes === null || (inside !== null && lists.includes.matched(inside.verdict))
        const isDropped = outside !== null && (lists.excludes?.matched(outside.verdict) ?? false)
        if (isWanted && lists.includes !== null) any = true
        // What lies in it brings its directory along.
        const holds = visit(row, inside, outside)
        if (holds || (isWanted && !isDropped)) {
          if (entered) entered[row] = 1
          holdsAny = true
        }
        continue
      }
      const wanted =
        !lists.includes || !included || lists.includes.matched(lists.includes.decide(included, name))
      const dropped =
        lists.excludes && excluded && lists.excludes.matched(lists.excludes.decide(excluded, name))
      if (wanted) any = true
      if (wanted && !dropped) {
        taken[row] = 1
        holdsAny = true
      }
    }
    return holdsAny
  }
  visit(spot, lists.includes?.root ?? null, lists.excludes?.root ?? null)
  return any
}

/** `COPY --parents`: what stands after `/./` is a pattern below what stands before it (dockerfile2llb/convert_copy.go). */
function takeParents(tree: Tree, source: string, excludes: PatternList | null, taking: Taking): void {
  const { before, rest } = cutAtPivot(source)
  const bases = expand(tree, before)
  const shown = before === '' ? rest : `${before}/${rest}`
  for (const base of bases) {
    if (rest === '') {
      takeSpot(tree, base, excludes, taking)
      continue
    }
    const includes = compileList([rest], 'includepatterns')
    const any = tree.isDirectory(base) && filtered(tree, base, { excludes, includes }, taking)
    if (any && base !== rootRow && taking.entered) taking.entered[base] = 1
    if (!any && !hasWildcard(shown)) throw missing(shown)
  }
}

/**
 * How the instruction would take a file at `path`, were there one: `named` by a source that stands for just that path,
 * `broad` as part of a directory. By its sources and excludes alone; no tree is looked at.
 */
export function coverage(instruction: ReadInstruction, path: string): 'named' | 'broad' | 'none' {
  let broad = false
  for (const source of instruction.localSources) {
    const covered = coveredBy(instruction, rootedPath(source), path)
    if (covered === path) return 'named'
    if (covered === null) continue
    const below = covered === '' ? path : path.slice(covered.length + 1)
    if (!excluded(instruction, below)) broad = true
  }
  return broad ? 'broad' : 'none'
}

function excluded(instruction: ReadInstruction, path: string): boolean {
  if (instruction.excludes.length === 0) return false
  try {
    const list = compilePatterns(instruction.excludes)
    return list.matched(list.judge(path).verdict)
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return false
    throw thrown
  }
}
