/** What becomes of a context by one ignore file: the last steps of a scan once more, on the table that the page holds. */

import { addRows, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { compilePatterns, createPatternList, type PatternList } from '../ignore/matcher.ts'
import { type IgnoreFile, parseIgnoreFile } from '../ignore/parse.ts'
import { parsePodmanIgnoreFile } from '../ignore/podman.ts'
import { reachOfBuildkit } from '../ignore/reach.ts'
import { inBlocks, inEach, wordsOf } from '../lib/blocks.ts'
import { CtxsizeError } from '../lib/errors.ts'
import type { Amount } from '../report.ts'
import { resolvePodmanReads } from '../resolve/podman-reads.ts'
import { type ReadFailure, type Reads, selectReads } from '../resolve/reads.ts'
import {
  classicRules,
  rowsOf,
  type Selection,
  selectForClassic,
  selectForPodman,
  selectRows,
  wantedBy,
} from '../resolve/selection.ts'
import { buildkitBytes, tarBytes } from '../resolve/wire.ts'
import { createJudge, type Judge, mostRemembered } from './judge.ts'
import type { PageTree } from './packed.ts'
import { createCount, type Scale } from './sums.ts'

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
  readonly verdicts: () => Int32Array
  /** Of each row the bits of {@link standing}. */
  readonly standing: Uint8Array
  /** False: BuildKit asks for nothing at all. */
  readonly requested: boolean
  /** Parallel to the instructions of the build that is looked at; null for those that do not read this context. */
  readonly reads: readonly (Reads | null)[]
  readonly amounts: {
    readonly context: Amount
    readonly transfer: Amount
    readonly unread: Amount
    readonly ignored: Amount
  }
  /** Directories that the file lets in, or may let something in of, and that nobody looked into. */
  readonly unknown: readonly Row[]
}

/**
 * How an entry may stand, in bits. `taken`: it is in the context as the leading builder takes it. `read`: the build that is
 * looked at reads it; `readByAny`: any build of the context does. `sent`: BuildKit transfers it for that build.
 */
export const standing = { taken: 1, read: 2, readByAny: 4, sent: 8 } as const

/** The rows that have one of the bits. */
function selectionOf(bits: Uint8Array, bit: number): Selection {
  const selected = new Uint8Array(bits.length)
  for (let row = 0; row < bits.length; row++) if (((bits[row] ?? 0) & bit) !== 0) selected[row] = 1
  return selected
}

/** The rows are listed when somebody asks for them. */
function readOf(failure: ReadFailure | null, list: () => Int32Array): Reads {
  let rows: Int32Array | null = null
  return {
    failure,
    get rows() {
      rows ??= list()
      return rows
    },
  }
}

/** Null beside it: docker refuses the file. */
export type Tried =
  | { readonly outcome: Outcome; readonly refusals: readonly [] }
  | { readonly outcome: null; readonly refusals: readonly Refusal[] }

/** Judges a tree by the text of an ignore file, for one of its targets. */
export type Trial = (target: number, text: string) => Tried

/** Tries one file after another on a tree, and works out of each what the one before it did not tell. */
export function createTrial(tree: PageTree): Trial {
  const facts = createFacts(tree)
  const isPodman = tree.dialect === 'podman'
  const name = tree.ignore?.file ?? '.dockerignore'
  /** Of each target what was made first, of the file on the disk, and what was made of late, the newest first. */
  const known = new Map<number, readonly Made[]>()
  return (target, text) => {
    const file = isPodman ? parsePodmanIgnoreFile(text, name) : parseIgnoreFile(text, name)
    if (file.problems.length > 0)
      return {
        outcome: null,
        refusals: file.problems.map(({ message, at }) => ({ message, line: at?.line ?? null })),
      }
    try {
      const [first, ...others] = known.get(target) ?? []
      const made = outcomeOf(facts, file, target, first ? [first, ...others] : [])
      const older = others.filter(({ flags }) => flags !== made.flags)
      // Of each row its flags, how it stands, and its rows in what instructions take, where somebody asked.
      const bytesARow = 2 + 4 * made.outcome.reads.length
      const latest = [made, ...older].slice(0, mostRemembered(tree.table.count, bytesARow) - 1)
      known.set(target, first ? [first, ...latest] : [made])
      return { outcome: made.outcome, refusals: [] }
    } catch (thrown) {
      if (!(thrown instanceof CtxsizeError)) throw thrown
      return { outcome: null, refusals: [{ message: thrown.message, line: null }] }
    }
  }
}

/** What of a tree no ignore file changes. */
interface Facts {
  readonly tree: PageTree
  readonly judge: Judge
  /** Directories that the scan did not enter. */
  readonly pruned: readonly Row[]
  /** The rows that BuildKit's client wants for a target; null: all that there are. */
  readonly wanted: (target: number) => Int32Array | null
  readonly rooms: Rooms
}

/**
 * Room for what is worked out on the way and kept by nobody, one byte a row: to touch memory for the first time takes a
 * browser longer than all that is done in it.
 */
interface Rooms {
  readonly kept: Selection
  readonly sent: Selection
  readonly selected: Selection
}

function createFacts(tree: PageTree): Facts {
  const { table, targets } = tree
  const pruned: Row[] = []
  for (let row = 0; row < table.count; row++)
    if (((table.flags[row] ?? 0) & flag.pruned) !== 0) pruned.push(row)
  const known = new Map<number, Int32Array>()
  return {
    tree,
    judge: createJudge(tree),
    pruned,
    rooms: {
      kept: new Uint8Array(table.count),
      sent: new Uint8Array(table.count),
      selected: new Uint8Array(table.count),
    },
    wanted: (target) => {
      const includes = targets[target]?.includes ?? null
      if (includes === null) return null
      const wanted = known.get(target) ?? rowsOf(wantedBy(table, compilePatterns(includes)))
      known.set(target, wanted)
      return wanted
    },
  }
}

interface Made {
  readonly outcome: Outcome
  /** As the judge gave them. */
  readonly flags: Uint8Array
}

function outcomeOf(facts: Facts, file: IgnoreFile, target: number, known: readonly Made[]): Made {
  const { tree, rooms } = facts
  const { builder } = tree
  const patterns = createPatternList(file.compiled, tree.dialect)
  const { verdicts, flags, mayPass } = facts.judge(patterns)
  // Most letters of a line that is being typed match nothing yet. The other builders look at more than flags.
  const alike = builder === 'buildkit' ? alikeOf(known, flags) : undefined
  if (alike) {
    const unknown = unknownIn(alike.outcome.table, patterns, facts.pruned)
    return { outcome: { ...alike.outcome, file, patterns, verdicts, unknown }, flags }
  }
  const table: EntryTable = { ...tree.table, flags }
  const classic = builder === 'classic' ? classicSelection({ ...tree, table }, patterns) : null
  const view = { table, patterns, kept: keptIn(flags, rooms.kept), mayPass, classic }
  const bits = new Uint8Array(table.count)
  const reads = resolveReads(facts, target, view, (selected, isRead) =>
    add(bits, selected, isRead ? standing.read | standing.readByAny : standing.sent),
  )
  for (const [index] of tree.targets.entries())
    if (index !== target)
      resolveReads(
        facts,
        index,
        view,
        (selected, isRead) => isRead && add(bits, selected, standing.readByAny),
      )
  if (builder === 'podman') {
    add(bits, selectForPodman(table, patterns, patterns), standing.taken)
    for (let row = 0; row < bits.length; row++)
      if (((bits[row] ?? 0) & standing.read) !== 0) bits[row] = (bits[row] ?? 0) | standing.taken
  } else add(bits, classic ?? view.kept, standing.taken)
  const outcome = {
    file,
    patterns,
    table,
    verdicts,
    standing: bits,
    requested: tree.targets[target]?.requested ?? false,
    reads,
    amounts: amountsOf(tree.scale, bits),
    unknown: unknownIn(table, patterns, facts.pruned),
  }
  return { outcome, flags }
}

/** What was made of the same flags: the very same, or those of the file on the disk, or those before. */
function alikeOf(known: readonly Made[], flags: Uint8Array): Made | undefined {
  return known.find((one) => one.flags === flags) ?? known.slice(0, 2).find((one) => isSame(one.flags, flags))
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const [left, right] = [wordsOf(a), wordsOf(b)]
  const compared = { left, right, isSame: true }
  inBlocks({ to: left.length }, compared, sameBlock)
  if (!compared.isSame) return false
  for (let row = 4 * left.length; row < a.length; row++) if (a[row] !== b[row]) return false
  return true
}

function sameBlock(
  from: number,
  to: number,
  compared: { readonly left: Uint32Array; readonly right: Uint32Array; isSame: boolean },
): void {
  const { left, right } = compared
  for (let at = from; compared.isSame && at < to; at++) if (left[at] !== right[at]) compared.isSame = false
}

function amountsOf(scale: Scale, values: Uint8Array): Outcome['amounts'] {
  const { taken, readByAny, sent } = standing
  const count = createCount(scale, values)
  return {
    context: count((bits) => (bits & taken) !== 0),
    transfer: count((bits) => (bits & sent) !== 0),
    unread: count((bits) => (bits & (taken | readByAny)) === taken),
    ignored: count((bits) => (bits & taken) === 0),
  }
}

/** The rows that the ignore file leaves. */
function keptIn(flags: Uint8Array, room: Selection): Selection {
  const [into, of] = [wordsOf(room), wordsOf(flags)]
  inBlocks({ to: into.length }, { into, of }, keptBlock)
  for (let row = 4 * into.length; row < flags.length; row++) room[row] = ~(flags[row] ?? 0) & 1
  return room
}

interface Words {
  readonly into: Uint32Array
  readonly of: Uint32Array
}

function keptBlock(from: number, to: number, { into, of }: Words): void {
  for (let at = from; at < to; at++) into[at] = ~(of[at] ?? 0) & inEach
}

/** Gives the selected rows some bits more. */
function add(bits: Uint8Array, selected: Selection, more: number): void {
  const [into, of] = [wordsOf(bits), wordsOf(selected)]
  inBlocks({ to: into.length }, { into, of, more }, addBlock)
  for (let row = 4 * into.length; row < bits.length; row++)
    bits[row] = (bits[row] ?? 0) | ((selected[row] ?? 0) * more)
}

function addBlock(from: number, to: number, { into, of, more }: Words & { readonly more: number }): void {
  // Four bytes of 0 or 1 at once.
  for (let at = from; at < to; at++) into[at] = (into[at] ?? 0) | ((of[at] ?? 0) * more)
}

/** Without sockets, and as the client's own lines for the Dockerfile have it. */
function classicSelection(tree: PageTree, patterns: PatternList): Selection {
  return selectForClassic(tree.table, classicRules(patterns, tree.dockerfile), patterns)
}

/** `take` receives what is sent, and then what each instruction reads; what it is given holds for that call only. */
function resolveReads(
  { tree, wanted, rooms }: Facts,
  index: number,
  view: {
    readonly table: EntryTable
    readonly patterns: PatternList
    readonly kept: Selection
    readonly mayPass: boolean
    readonly classic: Selection | null
  },
  take: (selected: Selection, isRead: boolean) => void,
): readonly (Reads | null)[] {
  const target = tree.targets[index]
  if (!target) return []
  const { table, patterns } = view
  const sentIn = (room?: Selection): Selection =>
    !target.requested ? (room ?? new Uint8Array(table.count)) : selectRows(table, wanted(index), room)
  const isKept = target.requested && wanted(index) === null && !view.mayPass
  const sent = isKept ? view.kept : sentIn(rooms.sent.fill(0))
  take(sent, false)
  const classic = view.classic?.map((one, row) => one & (view.kept[row] ?? 0)) ?? null
  const listed = (one: ReadInstruction): Reads => {
    if (tree.builder === 'podman' && !one.mount) {
      const reads = resolvePodmanReads(table, { patterns, ignoreFile: tree.ignore?.file ?? null }, one)
      addRows(rooms.selected.fill(0), reads.rows)
      take(rooms.selected, true)
      return reads
    }
    const found = tree.builder === 'podman' ? new Uint8Array(table.count).fill(1) : (classic ?? sent)
    const { failure } = selectReads(table, found, one, rooms.selected.fill(0))
    take(rooms.selected, true)
    const later = tree.builder === 'buildkit' ? sentIn : () => found
    return readOf(failure, () => rowsOf(selectReads(table, later(), one).selected))
  }
  return target.reads.map((one) => one && listed(one))
}

function unknownIn(table: EntryTable, patterns: PatternList, pruned: readonly Row[]): readonly Row[] {
  const negations = patterns.patterns.filter(({ negated }) => negated).map(({ text }) => text)
  const reach = reachOfBuildkit(negations)
  return pruned.filter((row) => ((table.flags[row] ?? 0) & flag.ignored) === 0 || reach(table.path(row)))
}

/** Bytes that BuildKit would report. Slower than all the rest: what is typed does not wait for it. */
export function buildkitWire(
  { attributes }: PageTree,
  { table, standing: bits, requested }: Outcome,
): { readonly cold: number; readonly warm: number } {
  const isWithheld = (row: Row) => ((table.flags[row] ?? 0) & (flag.unreadable | flag.withheld)) !== 0
  if (!requested) return { cold: 0, warm: 0 }
  return buildkitBytes(table, selectionOf(bits, standing.sent), attributes, isWithheld)
}

/** The same of the classic client; null where its figure is not this tree's alone. */
export function classicWire(tree: PageTree, { table, patterns }: Outcome): number | null {
  if (tree.dockerfile === null || tree.dialect !== 'docker') return null
  return tarBytes(table, classicSelection({ ...tree, table }, patterns), tree.attributes)
}

/** What a line of the ignore file decides about: regular files, and directories that are dropped whole and were never entered. */
export interface Decided extends Amount {
  readonly whole: number
}

/** By the index of the pattern. */
export function decidedBy({ table, verdicts, file }: Outcome): readonly Decided[] {
  const { count, kind, size, flags } = table
  const sums = () => new Float64Array(file.lines.length)
  const [files, bytes, whole] = [sums(), sums(), sums()]
  const droppedWhole = flag.pruned | flag.ignored
  const verdict = verdicts()
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
