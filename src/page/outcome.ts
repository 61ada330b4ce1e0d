/** What becomes of a context by one ignore file: the last steps of a scan once more, on the table that the page holds. */

import { counter } from '../analyse/amounts.ts'
import { type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { compilePatterns, createPatternList, type PatternList } from '../ignore/matcher.ts'
import { type IgnoreFile, parseIgnoreFile } from '../ignore/parse.ts'
import { parsePodmanIgnoreFile } from '../ignore/podman.ts'
import { reachOfBuildkit } from '../ignore/reach.ts'
import { CtxsizeError } from '../lib/errors.ts'
import type { Amount } from '../report.ts'
import { resolvePodmanReads } from '../resolve/podman-reads.ts'
import { type Reads, resolveReads } from '../resolve/reads.ts'
import {
  classicRules,
  type Selection,
  selectForBuildkit,
  selectForClassic,
  selectForPodman,
} from '../resolve/selection.ts'
import { buildkitBytes, tarBytes } from '../resolve/wire.ts'
import { judgeTree } from './judge.ts'
import type { PageTree } from './packed.ts'

/** Why docker would refuse the file: the parser's own words, with the line where it is one line. */
export interface Refusal {
  readonly line: number | null
  readonly message: string
}

export interface Outcome {
  readonly file: IgnoreFile
  readonly patterns: PatternList
  /** With the flags that the file gives its rows. */
  readonly table: EntryTable
  /** Index of the deciding pattern by row; -1 for none. */
  readonly verdict: Int32Array
  /** The context as the leading builder takes it. */
  readonly taken: Selection
  /** What BuildKit transfers for the build that is looked at; false beside it: it asks for nothing at all. */
  readonly sent: Selection
  readonly requested: boolean
  /** Parallel to the instructions of that build; null for those that do not read this context. */
  readonly reads: readonly (Reads | null)[]
  /** Rows that this build reads, and that any build of the context does, one byte each. */
  readonly read: Selection
  readonly readByAny: Selection
  readonly amounts: {
    readonly context: Amount
    readonly transfer: Amount
    readonly unread: Amount
    readonly ignored: Amount
  }
  /** Directories that the file lets in, or may let something in of, and that nobody looked into. */
  readonly unknown: readonly Row[]
}

/** Null beside it: docker refuses the file. */
export type Tried =
  | { readonly outcome: Outcome; readonly refusals: readonly [] }
  | { readonly outcome: null; readonly refusals: readonly Refusal[] }

/** Judges the tree by the text of an ignore file, for one of its targets. */
export function tryIgnoreFile(tree: PageTree, target: number, text: string): Tried {
  const isPodman = tree.dialect === 'podman'
  const name = tree.ignore?.file ?? '.dockerignore'
  const file = isPodman ? parsePodmanIgnoreFile(text, name) : parseIgnoreFile(text, name)
  if (file.problems.length > 0)
    return {
      outcome: null,
      refusals: file.problems.map(({ message, at }) => ({ message, line: at?.line ?? null })),
    }
  try {
    return { outcome: outcomeOf(tree, target, file), refusals: [] }
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    return { outcome: null, refusals: [{ message: thrown.message, line: null }] }
  }
}

function outcomeOf(tree: PageTree, target: number, file: IgnoreFile): Outcome {
  const patterns = createPatternList(file.compiled, tree.dialect)
  const { verdict, flags } = judgeTree(tree, patterns)
  const unchanging = ~(flag.ignored | flag.withheld)
  const kept = new Uint8Array(flags.length)
  const before = tree.table.flags
  for (let row = 0; row < flags.length; row++) {
    const judged = flags[row] ?? 0
    kept[row] = (judged & flag.ignored) ^ 1
    flags[row] = judged | ((before[row] ?? 0) & unchanging)
  }
  const table: EntryTable = { ...tree.table, flags }
  const { builder } = tree
  const classic = builder === 'classic' ? classicSelection({ ...tree, table }, patterns) : null
  const readsOf = (index: number) => readsBy({ ...tree, table }, index, { patterns, kept, classic })
  const { sent, reads } = readsOf(target)
  const read = new Uint8Array(table.count)
  for (const one of reads) if (one) mark(read, one.rows)
  const readByAny = tree.targets.length === 1 ? read : read.slice()
  for (const [index] of tree.targets.entries())
    if (index !== target) for (const one of readsOf(index).reads) if (one) mark(readByAny, one.rows)
  const taken =
    builder === 'classic'
      ? (classic ?? kept)
      : builder === 'podman'
        ? selectForPodman(table, patterns, patterns).map((one, row) => one | (read[row] ?? 0))
        : kept
  return {
    file,
    patterns,
    table,
    verdict,
    taken,
    sent,
    requested: tree.targets[target]?.requested ?? false,
    reads,
    read,
    readByAny,
    amounts: amountsOf(table, { taken, sent, readByAny }),
    unknown: unknownIn(table, patterns),
  }
}

/** In one pass where no file has a second name, which is nearly always. */
function amountsOf(
  table: EntryTable,
  { taken, sent, readByAny }: Pick<Outcome, 'taken' | 'sent' | 'readByAny'>,
): Outcome['amounts'] {
  const { count, kind, size, firstName } = table
  if (firstName.size > 0) {
    const of = (wanted: (row: Row) => boolean) => counter(table, wanted)()
    return {
      context: of((row) => taken[row] === 1),
      transfer: of((row) => sent[row] === 1),
      unread: of((row) => taken[row] === 1 && readByAny[row] !== 1),
      ignored: of((row) => taken[row] !== 1),
    }
  }
  const sum = () => ({ files: 0, bytes: 0 })
  const [context, transfer, unread, ignored] = [sum(), sum(), sum(), sum()]
  const add = (amount: { files: number; bytes: number }, bytes: number) => {
    amount.files++
    amount.bytes += bytes
  }
  for (let row = 0; row < count; row++) {
    if (kind[row] !== fileKind) continue
    const bytes = size[row] ?? 0
    if (sent[row] === 1) add(transfer, bytes)
    if (taken[row] !== 1) add(ignored, bytes)
    else {
      add(context, bytes)
      if (readByAny[row] !== 1) add(unread, bytes)
    }
  }
  return { context, transfer, unread, ignored }
}

function mark(selection: Selection, rows: Int32Array): void {
  for (let i = 0; i < rows.length; i++) selection[rows[i] ?? 0] = 1
}

/** Without sockets, and as the client's own lines for the Dockerfile have it. */
function classicSelection(tree: PageTree, patterns: PatternList): Selection {
  return selectForClassic(tree.table, classicRules(patterns, tree.dockerfile), patterns)
}

function readsBy(
  tree: PageTree,
  index: number,
  view: {
    readonly patterns: PatternList
    readonly kept: Selection
    readonly classic: Selection | null
  },
): { readonly sent: Selection; readonly reads: readonly (Reads | null)[] } {
  const { table } = tree
  const target = tree.targets[index]
  const nothing = { sent: new Uint8Array(table.count), reads: [] }
  if (!target) return nothing
  const includes = target.includes === null ? null : compilePatterns(target.includes)
  const sent = target.requested ? selectForBuildkit(table, includes) : nothing.sent
  const found = view.classic ? view.classic.map((one, row) => one & (view.kept[row] ?? 0)) : sent
  const resolve = (one: ReadInstruction): Reads => {
    if (tree.builder !== 'podman') return resolveReads(table, found, one)
    if (one.mount) return resolveReads(table, new Uint8Array(table.count).fill(1), one)
    const { patterns } = view
    return resolvePodmanReads(table, { patterns, ignoreFile: tree.ignore?.file ?? null }, one)
  }
  return { sent, reads: target.reads.map((one) => one && resolve(one)) }
}

function unknownIn(table: EntryTable, patterns: PatternList): readonly Row[] {
  const negations = patterns.patterns.filter(({ negated }) => negated).map(({ text }) => text)
  const reach = reachOfBuildkit(negations)
  const rows: Row[] = []
  for (let row = 0; row < table.count; row++) {
    const flags = table.flags[row] ?? 0
    if ((flags & flag.pruned) === 0) continue
    if ((flags & flag.ignored) === 0 || reach(table.path(row))) rows.push(row)
  }
  return rows
}

/** Bytes that each builder would report; the classic client's is null where its figure is not this tree's alone. */
export interface Wire {
  readonly cold: number
  readonly warm: number
  readonly classic: number | null
}

/** Slower than all the rest: what is typed does not wait for it. */
export function wireOf(tree: PageTree, { table, sent, requested, patterns }: Outcome): Wire {
  const isWithheld = (row: Row) => ((table.flags[row] ?? 0) & (flag.unreadable | flag.withheld)) !== 0
  const buildkit = requested ? buildkitBytes(table, sent, tree.attributes, isWithheld) : { cold: 0, warm: 0 }
  const isClassic = tree.dockerfile !== null && tree.dialect === 'docker'
  return {
    ...buildkit,
    classic: isClassic
      ? tarBytes(table, classicSelection({ ...tree, table }, patterns), tree.attributes)
      : null,
  }
}

/** What a line of the ignore file decides about: regular files, and directories that are dropped whole and were never entered. */
export interface Decided extends Amount {
  readonly whole: number
}

/** By the index of the pattern. */
export function decidedBy({ table, verdict, file }: Outcome): readonly Decided[] {
  const { count, kind, size, flags } = table
  const sums = () => new Float64Array(file.lines.length)
  const [files, bytes, whole] = [sums(), sums(), sums()]
  const droppedWhole = flag.pruned | flag.ignored
  for (let row = 0; row < count; row++) {
    const index = verdict[row] ?? -1
    if (index < 0) continue
    if (kind[row] === fileKind) {
      files[index] = (files[index] ?? 0) + 1
      bytes[index] = (bytes[index] ?? 0) + (size[row] ?? 0)
    } else if (((flags[row] ?? 0) & droppedWhole) === droppedWhole) whole[index] = (whole[index] ?? 0) + 1
  }
  return file.lines.map((_, index) => ({
    files: files[index] ?? 0,
    bytes: bytes[index] ?? 0,
    whole: whole[index] ?? 0,
  }))
}
