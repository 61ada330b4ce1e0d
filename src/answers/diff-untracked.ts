/**
 * What lies in the tree and git does not track: no commit says what it was. So both builds, that of the base and that of
 * now, are asked about the same tree, and it is told apart from what the change did.
 */

import { dirKind, fileKind, flag, type Row } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { compilePatterns, type DirectoryState } from '../ignore/matcher.ts'
import { hasWildcard } from '../lib/glob.ts'
import { baseName, joinPath, jsonPath, parentPath, rootedPath } from '../lib/path.ts'
import type { Survey } from '../measure/survey.ts'
import type { UntrackedPart } from '../report/diff.ts'
import { coverage } from '../resolve/reads.ts'
import {
  type Cause,
  type ContextPair,
  type DiffSide,
  dropped,
  instructionCause,
  noCause,
  readerOf,
  readRows,
} from './diff-inputs.ts'

type State = UntrackedPart['state']

/** The largest first; what neither build reads is not among them. `hasBase` false: there is no build to ask. */
export function untrackedParts(pair: ContextPair, hasBase: boolean): readonly UntrackedPart[] {
  const { joined, after, facts } = pair
  const { survey } = after
  if (facts === null || survey === null) return []
  const { table } = survey
  const is = readRows(after, table.count)
  const closed = new Set([...facts.closed.keys()].map((path) => table.find(path)))
  const base = hasBase ? baseReader(pair.before) : null
  const found: UntrackedPart[] = []
  for (let row = 0; row < table.count; ) {
    const end = table.end[row] ?? row + 1
    if (joined.has[row] === 1) {
      row = closed.has(row) ? end : row + 1
      continue
    }
    const tallies = tally({ survey, base, isRead: (at) => is[at] === 1 }, row)
    // The file that leads to the repository of a submodule or a worktree is there in every checkout of it.
    if (table.kind[row] === dirKind || table.name(row) !== '.git')
      for (const [state, one] of tallies) found.push(partOf(pair, { survey, state, top: row, tally: one }))
    row = end
  }
  return found.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))
}

/** Whether the build of the base would read a file at a path, were it there. */
export function wouldRead(before: DiffSide, path: string): boolean {
  const base = baseReader(before)
  return base.step(base.at(parentPath(path)), path, false).reads
}

interface Tally {
  files: number
  bytes: number
  readonly first: string
  /** Directories in it that nobody entered or measured. */
  unknown: number
}

/** An entry that is not tracked with all that is in it, by what becomes of it. */
function tally(
  {
    survey: { table, walk },
    base,
    isRead,
  }: {
    readonly survey: Survey
    readonly base: BaseReader | null
    readonly isRead: (row: Row) => boolean
  },
  top: Row,
): ReadonlyMap<State, Tally> {
  const tallies = new Map<State, Tally>()
  const count = (state: State, row: Row, path: string) => {
    const known = tallies.get(state)
    const to = known ?? { files: 0, bytes: 0, first: path, unknown: 0 }
    if (known === undefined) tallies.set(state, to)
    const isDirectory = table.kind[row] === dirKind
    const isFile = table.kind[row] === fileKind
    const { files, bytes } = (isDirectory ? walk.prunedAmounts.get(row) : null) ?? {
      files: isFile ? 1 : 0,
      bytes: isFile ? (table.size[row] ?? 0) : 0,
    }
    if (isDirectory && !walk.prunedAmounts.has(row)) to.unknown++
    to.files += files
    to.bytes += bytes
  }
  const visit = (row: Row, path: string, parent: BaseState | null) => {
    const isDirectory = table.kind[row] === dirKind
    const state = base && parent && base.step(parent, path, isDirectory)
    if (!isDirectory) {
      const wasRead = state === null || state.reads
      if (isRead(row)) count(wasRead ? 'read' : 'newly read', row, path)
      else if (state?.reads) count('no longer read', row, path)
    } else if (((table.flags[row] ?? 0) & flag.pruned) !== 0) {
      if (state?.reads) count('no longer read', row, path)
    } else
      for (let at = row + 1; at < (table.end[row] ?? at); at = table.end[at] ?? at + 1)
        visit(at, joinPath(path, table.name(at)), state)
  }
  const path = table.path(top)
  visit(top, path, base === null ? null : base.at(parentPath(path)))
  return tallies
}

function partOf(
  { before, after, name }: ContextPair,
  {
    survey: { table, gitIgnored },
    state,
    top,
    tally: { files, bytes, first, unknown },
  }: { readonly survey: Survey; readonly state: State; readonly top: Row; readonly tally: Tally },
): UntrackedPart {
  const isOne = files + unknown === 1
  const path = isOne ? first : table.path(top)
  const row = table.find(path) ?? top
  const isDirectory = table.kind[row] === dirKind
  return {
    context: name,
    ...jsonPath(path),
    type: isDirectory ? 'dir' : 'file',
    files: unknown > 0 ? null : files,
    bytes: unknown > 0 ? null : bytes,
    gitIgnored: gitIgnored?.(path, isDirectory) ?? false,
    state,
    ...causeOf(state, first),
  }

  function causeOf(of: State, file: string): Cause & Pick<UntrackedPart, 'because'> {
    if (of === 'read') return { because: null, ...noCause }
    const line = dropped(of === 'newly read' ? before : after, file)
    if (of === 'no longer read')
      return line === null
        ? { because: 'no longer copied', ...coveringLine(before, file) }
        : { because: 'ignored', ...line }
    const at = table.find(file)
    return line === null
      ? { because: 'now copied', ...(at === null ? noCause : readerOf(after, at)) }
      : { because: 'no longer ignored', ...line }
  }
}

/** The build of the base, asked about paths that it never saw: from the top down, as its walk would come by them. */
interface BaseReader {
  readonly at: (directory: string) => BaseState
  readonly step: (parent: BaseState, path: string, isDirectory: boolean) => BaseState
}

interface BaseState {
  readonly patterns: DirectoryState
  /** It would read the entry, of a directory something in it. */
  readonly reads: boolean
  /** An instruction takes all that lies in it. */
  readonly isWhole: boolean
}

function baseReader({ scan, survey }: DiffSide): BaseReader {
  const { patterns } = survey?.context ?? { patterns: compilePatterns([]) }
  const instructions = scan.reads.flatMap((one) => (one.survey === survey ? [one.instruction] : []))
  const covers = (path: string, all: boolean) =>
    instructions.some((one) => (!all || one.excludes.length === 0) && coverage(one, path) !== 'none')
  const root: BaseState = { patterns: patterns.root, reads: true, isWhole: covers('', true) }
  const step: BaseReader['step'] = (parent, path, isDirectory) => {
    const name = baseName(path)
    if (!isDirectory) {
      const isKept = !patterns.matched(patterns.decide(parent.patterns, name))
      return { ...root, reads: isKept && (parent.isWhole || covers(path, false)), isWhole: false }
    }
    const entered = patterns.enter(parent.patterns, name)
    const isWhole = parent.isWhole || covers(path, true)
    const reads =
      !patterns.matched(entered.verdict) && (isWhole || instructions.some((one) => reaches(one, path)))
    return { patterns: entered, reads, isWhole }
  }
  const at = (directory: string): BaseState => {
    let state = root
    let path = ''
    for (const name of directory === '' ? [] : directory.split('/')) {
      path = joinPath(path, name)
      state = step(state, path, true)
    }
    return state
  }
  return { at, step }
}

/** True when a source may name something in the directory, or the directory itself. */
function reaches({ localSources }: ReadInstruction, directory: string): boolean {
  return localSources.some((source) => {
    const wanted = rootedPath(source)
    return (
      wanted === '' ||
      hasWildcard(wanted) ||
      `${directory}/`.startsWith(`${wanted}/`) ||
      wanted.startsWith(`${directory}/`)
    )
  })
}

/** The instruction of the base that would read the path. */
function coveringLine({ scan, survey }: DiffSide, path: string): Cause {
  const found = scan.reads.find((one) => one.survey === survey && coverage(one.instruction, path) !== 'none')
  return found === undefined ? noCause : instructionCause(scan, found.instruction)
}
