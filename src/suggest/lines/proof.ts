/** New ignore lines tried out: what they drop on this tree, and whether any tree could make an instruction miss a file. */

import { judgeRows, type RowRange } from '../../context/judge.ts'
import { dirKind, type EntryTable, type Row } from '../../context/table.ts'
import { createPatternList, type DirectoryState, type PatternList } from '../../ignore/matcher.ts'
import { droppedBy, isReadable, meet, namedBy, type PathSet } from '../../ignore/meets.ts'
import { parseIgnoreFile } from '../../ignore/parse.ts'
import type { Pattern } from '../../ignore/pattern.ts'
import { hasWildcard } from '../../lib/glob.ts'
import { encodePath, rootedPath } from '../../lib/path.ts'
import type { Group, MemberRead } from '../group/model.ts'
import { mayBeRef, ofGit } from './git-sources.ts'

/** What instructions ask for by name, as languages: paths that no proposed line may drop on any tree. */
export interface NamedPaths<Read extends Pick<MemberRead, 'instruction'> = MemberRead> {
  readonly read: Read
  readonly source: string
  readonly paths: PathSet
  /** True for nothing but refs of git. */
  readonly isRefs: boolean
}

/** The explicit sources of a group; `isProjects` tells of a path or a glob whether git tracks what it stands for, which may lose the junk in it. */
export function namedPaths(group: Group, isProjects: (path: string) => boolean): readonly NamedPaths[] {
  return group.members.flatMap(({ reads }) =>
    reads
      .filter(({ guessed }) => !guessed)
      .flatMap((read) =>
        read.instruction.localSources.flatMap((source) => {
          const { parents, mount } = read.instruction
          const path = rootedPath(source)
          if (path === '') return []
          const kind = parents ? 'pattern' : hasWildcard(path) && !mount ? 'glob' : 'plain'
          const own = parents ? null : ofGit(path)
          const below = !(parents && hasWildcard(path)) && own !== 'file' && !isProjects(path)
          const paths = namedBy(parents ? source : path, { kind, below })
          return [{ read, source, paths, isRefs: own === 'refs' }]
        }),
      ),
  )
}

/** All that instructions read, whether they ask for it by name or take it as a part of a directory. */
export function coveredPaths<Read extends Pick<MemberRead, 'instruction'>>(
  reads: readonly Read[],
): readonly NamedPaths<Read>[] {
  return reads.flatMap((read) =>
    read.instruction.localSources.map((source) => {
      const { parents, mount } = read.instruction
      const path = rootedPath(source)
      if (path === '')
        return { read, source, paths: namedBy('**', { kind: 'pattern', below: true }), isRefs: false }
      const kind = parents ? 'pattern' : hasWildcard(path) && !mount ? 'glob' : 'plain'
      return { read, source, paths: namedBy(parents ? source : path, { kind, below: true }), isRefs: false }
    }),
  )
}

/** The explicit source that a line could take something from, on this tree or another; null when none. */
export function conflictOf<Read extends Pick<MemberRead, 'instruction'>>(
  line: string,
  named: readonly NamedPaths<Read>[],
): NamedPaths<Read> | null {
  const [pattern] = parseIgnoreFile(line).compiled
  if (!pattern) return null
  const dropped = droppedBy(pattern)
  const isHarmless = !mayBeRef(line)
  return (
    named.find(({ paths, isRefs }) => !(isRefs && isHarmless) && meet(dropped, paths).kind === 'meet') ?? null
  )
}

/** A context as its ignore file leaves it. */
interface KeptContext {
  readonly main: { readonly table: EntryTable; readonly context: { readonly patterns: PatternList } }
  /** The rows that are left, one byte each. */
  readonly kept: Uint8Array
}

/**
 * The rows of a context that another list would leave, one byte each; what the walk did not enter stays out. Where it is that
 * of the context but for lines put in, only what these reach is judged anew.
 */
export function keptWith(
  list: PatternList,
  { main: { table, context }, kept: before }: KeptContext,
): Uint8Array {
  const added = addedTo(context.patterns, list)
  const kept = added === null ? new Uint8Array(table.count) : before.slice()
  const ranges =
    added === null
      ? [{ from: 0, end: table.count }]
      : added.flatMap((pattern) => droppedRanges(table, createPatternList([pattern])))
  const exceptions = createPatternList(list.patterns.filter(({ negated }) => negated))
  /** False of a dropped directory that no exception reaches into: all that is in it is dropped too. */
  const mayLetIn = (path: string): boolean => {
    let state = exceptions.root
    for (const name of path.split('/')) state = exceptions.enter(state, name)
    return !exceptions.isSettled(state)
  }
  for (const range of ranges) {
    kept.fill(0, range.from, range.end)
    judgeRows(
      table,
      list,
      {
        row: (row, verdict) => {
          if (!list.matched(verdict)) kept[row] = 1
        },
        enters: ({ verdict, prefix }) => !list.matched(verdict) || mayLetIn(prefix.slice(0, -1)),
      },
      range,
    )
  }
  return kept
}

/** The lines that a list has more than another, where all of them drop; null where that is not all the difference. */
function addedTo(before: PatternList, { dialect, patterns }: PatternList): readonly Pattern[] | null {
  const added: Pattern[] = []
  let next = 0
  for (const pattern of patterns)
    if (before.patterns[next]?.source === pattern.source) next++
    else added.push(pattern)
  const isSame = before.dialect === dialect && next === before.patterns.length
  return isSame && added.every(({ negated }) => !negated) ? added : null
}

/**
 * The rows that one line drops by itself, in order. Of a line for one name anywhere only the names are looked at, as
 * bytes; of any other only directories below which it could match.
 */
export function droppedRanges(table: EntryTable, list: PatternList): readonly RowRange[] {
  const [pattern, another] = list.patterns
  if (!pattern || another || pattern.negated) return []
  const ranges: RowRange[] = []
  const take = (row: Row): Row => {
    const end = table.end[row] ?? row + 1
    ranges.push({ from: row, end })
    return end
  }
  // Two stars, one name, and no more: at any depth it is tried on the name alone.
  const [, name] = /^\*\*\/([\w.@~+*-]+)$/.exec(pattern.text) ?? []
  if (name !== undefined && !name.includes('**')) {
    const mayMatch = endingTest(table, name)
    for (let row = 0; row < table.count; )
      row = mayMatch(row) && list.matched(list.decideRow(list.root, table, row)) ? take(row) : row + 1
    return ranges
  }
  // The state does not know what follows in a pattern that looks at whole paths.
  const isBlind = !isReadable(pattern)
  const visit = (from: Row, to: Row, parent: DirectoryState) => {
    for (let row = from; row < to; row = table.end[row] ?? row + 1) {
      if (table.kind[row] !== dirKind) {
        if (list.matched(list.decideRow(parent, table, row))) take(row)
        continue
      }
      const state = list.enter(parent, table.name(row))
      if (list.matched(state.verdict)) take(row)
      else if (isBlind || !state.inside.dead) visit(row + 1, table.end[row] ?? row + 1, state)
    }
  }
  visit(0, table.count, list.root)
  return ranges
}

/** Rules out by its last bytes most names that a name with stars in it cannot match; true says nothing. */
export function endingTest(table: EntryTable, name: string): (row: Row) => boolean {
  const { nameStart, arena } = table
  const ending = encodePath(name.slice(name.lastIndexOf('*') + 1))
  const isWhole = ending.length === name.length
  return (row) => {
    const end = nameStart[row + 1] ?? 0
    const length = end - (nameStart[row] ?? 0)
    if (isWhole ? length !== ending.length : length < ending.length) return false
    for (let i = 1; i <= ending.length; i++) if (arena[end - i] !== ending[ending.length - i]) return false
    return true
  }
}

/** What another ignore file would do on this tree. */
export interface Trial {
  readonly kept: Uint8Array
  /** Rows (no directories) that it drops and that were kept. */
  readonly drops: readonly Row[]
  /** Rows that it lets in though they were out; a proposal must have none. */
  readonly letsIn: readonly Row[]
}

/** The rows that the text of an ignore file would leave, as {@link keptWith}. Null when docker would refuse it. */
export function keptUnder(text: string, context: KeptContext): Uint8Array | null {
  const { problems, compiled } = parseIgnoreFile(text)
  return problems.length > 0 ? null : keptWith(createPatternList(compiled), context)
}

/** Tries the text of an ignore file on a context, of which `before` is left now. Null when docker would refuse it. */
export function tryIgnoreText(
  text: string,
  context: KeptContext,
  before: Uint8Array = context.kept,
): Trial | null {
  const { table } = context.main
  const kept = keptUnder(text, context)
  if (kept === null) return null
  const drops: Row[] = []
  const letsIn: Row[] = []
  for (let row = 0; row < table.count; row++) {
    if (table.kind[row] === dirKind) continue
    if (before[row] === 1 && kept[row] === 0) drops.push(row)
    if (before[row] === 0 && kept[row] === 1) letsIn.push(row)
  }
  return { kept, drops, letsIn }
}
