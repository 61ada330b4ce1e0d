/** What one build reads of one context, at the base and now: what entered, what left, what has another size, and why. */

import { anyWithin, isIgnored } from '../analyse/amounts.ts'
import { decidingLine } from '../analyse/ignore-lines.ts'
import { addRows, type EntryTable, fileKind, kinds, type Row } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { jsonPath, wellFormed } from '../lib/path.ts'
import type { Survey } from '../measure/survey.ts'
import type { DiffEntry, EnteredEntry, LeftEntry, ResizedEntry } from '../report/diff.ts'
import type { Selection } from '../resolve/selection.ts'
import type { FoundScan } from '../scan.ts'
import type { JoinedContext, TreeFacts } from './diff-context.ts'

/** One side of one context. */
export interface DiffSide {
  readonly scan: FoundScan
  /** Null: this side has no such context. */
  readonly survey: Survey | null
}

/** A context of a build on both sides, joined. */
export interface ContextPair {
  /** Null: the main context. */
  readonly name: string | null
  readonly before: DiffSide
  readonly after: DiffSide
  readonly joined: JoinedContext
  /** Null: git knows nothing of it. */
  readonly facts: TreeFacts | null
}

export interface InputsDiff {
  readonly entered: readonly EnteredEntry[]
  readonly left: readonly LeftEntry[]
  readonly resized: readonly ResizedEntry[]
}

/** The rows that instructions read of a context. */
export function readRows({ scan, survey }: DiffSide, count: number): Selection {
  const rows = new Uint8Array(count)
  for (const one of scan.reads) if (one.survey === survey) addRows(rows, one.reads.rows)
  return rows
}

/** In the order of the rows. Only what git tracks counts; see `diff-untracked.ts` for the rest. */
export function compareInputs(pair: ContextPair): InputsDiff {
  const { joined, name } = pair
  const { before, after, has, had, beforeOf, onlyBefore, inGit } = joined
  const [was, is] = [readRows(pair.before, before.count), readRows(pair.after, after.count)]
  const entered: EnteredEntry[] = []
  const left: { readonly row: Row; readonly entry: LeftEntry }[] = []
  const resized: ResizedEntry[] = []
  for (let a = 0; a < after.count; a++) {
    if (has[a] !== 1) continue
    const b = beforeOf[a] ?? -1
    const wasRead = b >= 0 && was[b] === 1
    if (is[a] !== 1) {
      if (wasRead) left.push({ row: b, entry: leftEntry(pair, b, a) })
    } else if (!wasRead) entered.push(enteredEntry(pair, a, b < 0 ? null : b))
    else if (before.kind[b] === fileKind && after.kind[a] === fileKind && before.size[b] !== after.size[a])
      resized.push({
        context: name,
        ...jsonPath(after.path(a)),
        before: before.size[b] ?? 0,
        after: after.size[a] ?? 0,
        inGit: inGit.has(a),
      })
  }
  for (const b of onlyBefore)
    if (was[b] === 1 && had[b] === 1) left.push({ row: b, entry: leftEntry(pair, b, null) })
  return { entered, left: left.sort((x, y) => x.row - y.row).map(({ entry }) => entry), resized }
}

function plainEntry(name: string | null, table: EntryTable, row: Row): Omit<DiffEntry, 'at' | 'text'> {
  const kind = kinds[table.kind[row] ?? fileKind]
  return {
    context: name,
    ...jsonPath(table.path(row)),
    type: kind === undefined || kind === 'dir' ? 'file' : kind,
    bytes: table.size[row] ?? 0,
  }
}

/** Where a cause stands, and its text. */
export type Cause = Pick<DiffEntry, 'at' | 'text'>

export const noCause: Cause = { at: null, text: null }

export function instructionCause({ reference }: FoundScan, { line, text }: ReadInstruction): Cause {
  return { at: { file: reference.dockerfile, line }, text: wellFormed(text) }
}

/** The instruction of a side that reads the row. */
export function readerOf({ scan, survey }: DiffSide, row: Row): Cause {
  const found = scan.reads.find((one) => one.survey === survey && anyWithin(one.reads.rows, row, row + 1))
  return found === undefined ? noCause : instructionCause(scan, found.instruction)
}

/** The line of a side's ignore file that drops the path; null when it is not dropped. */
export function dropped({ survey }: DiffSide, path: string): Cause | null {
  if (survey === null) return null
  const { patterns } = survey.context
  const { verdict } = patterns.judge(path)
  return patterns.matched(verdict) ? lineOf(survey, verdict) : null
}

function lineOf(survey: Survey, verdict: number): Cause {
  const line = decidingLine(survey, verdict)
  return line === null ? noCause : { at: { file: line.file, line: line.line }, text: line.pattern }
}

/** As {@link dropped}, of an entry that the walk came by. */
function droppedRow({ survey }: DiffSide, row: Row): Cause | null {
  return survey !== null && isIgnored(survey.table, row)
    ? lineOf(survey, survey.table.verdict[row] ?? -1)
    : null
}

function enteredEntry(pair: ContextPair, a: Row, b: Row | null): EnteredEntry {
  const { joined, before, after, facts, name } = pair
  const entry = plainEntry(name, joined.after, a)
  const reader = readerOf(after, a)
  const path = joined.after.path(a)
  if (b === null && (facts === null || facts.blobAtBase(path) === null))
    return { ...entry, because: 'new', ...reader }
  const cause = b === null ? dropped(before, path) : droppedRow(before, b)
  return cause === null
    ? { ...entry, because: 'now copied', ...reader }
    : { ...entry, because: 'no longer ignored', ...cause }
}

function leftEntry(pair: ContextPair, b: Row, a: Row | null): LeftEntry {
  const { joined, before, after, facts, name } = pair
  const entry = plainEntry(name, joined.before, b)
  const path = joined.before.path(b)
  const isHere = a !== null || (facts?.tracked.has(path) && facts.isHere(path))
  const cause = a === null ? dropped(after, path) : droppedRow(after, a)
  // Of a context that git does not know, both sides are what lies there, as far as the walk went.
  if (!isHere && (facts !== null || cause === null))
    return { ...entry, reason: 'deleted', lost: false, ...noCause }
  return cause === null
    ? { ...entry, reason: 'no longer copied', lost: true, ...readerOf(before, b) }
    : { ...entry, reason: 'ignored', lost: true, ...cause }
}
