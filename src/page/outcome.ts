/** What becomes of a context by one ignore file: the last steps of a scan once more, on the table that the page holds. */

import { addRows, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { compilePatterns, createPatternList, type PatternList } from '../ignore/matcher.ts'
import { type IgnoreFile, parseIgnoreFile } from '../ignore/parse.ts'
import { parsePodmanIgnoreFile } from '../ignore/podman.ts'
import { reachOfBuildkit } from '../ignore/reach.ts'
import { CtxsizeError } from '../lib/errors.ts'
import type { Amount } from '../report.ts'
import { resolvePodmanReads } from '../resolve/podman-reads.ts'
import { type Reads, rowsOf, selectReads } from '../resolve/reads.ts'
import {
  classicRules,
  type Selection,
  selectForClassic,
  selectForPodman,
  selectWanted,
  wantedBy,
} from '../resolve/selection.ts'
import { buildkitBytes, tarBytes } from '../resolve/wire.ts'
import { createJudge, type Judge, mostRemembered } from './judge.ts'
import type { PageTree } from './packed.ts'
import { RowList } from './row-list.ts'
import { createCount, type Scale, type Spans, spansOf } from './spans.ts'

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
  readonly reads: readonly (Taken | null)[]
  /** Rows that this build reads, and that any build of the context does, one byte each. */
  readonly read: Selection
  readonly readByAny: Selection
  /** The bits of {@link standing} that rows have. */
  readonly spans: Spans
  readonly amounts: {
    readonly context: Amount
    readonly transfer: Amount
    readonly unread: Amount
    readonly ignored: Amount
  }
  /** Directories that the file lets in, or may let something in of, and that nobody looked into. */
  readonly unknown: readonly Row[]
}

/** How an entry may stand, in bits. */
export const standing = { taken: 1, read: 2, readByAny: 4, sent: 8 } as const

/** What an instruction takes, one byte a row. Its rows are listed when somebody asks for them. */
export interface Taken extends Reads {
  readonly selected: Selection
}

function takenOf({ selected, failure }: Pick<Taken, 'selected' | 'failure'>): Taken {
  let listed: Int32Array | null = null
  return {
    selected,
    failure,
    get rows() {
      listed ??= rowsOf(selected)
      return listed
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
      // Of each row its flags, how it stands, and what each instruction takes of it.
      const bytesARow = 4 + made.outcome.reads.length
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
  /** The rows with bits of `flag` that no patterns change. */
  readonly marked: Int32Array
  /** Directories that the scan did not enter. */
  readonly pruned: readonly Row[]
  /** What BuildKit's client wants for a target; null: all that there is. */
  readonly wanted: (target: number) => Selection | null
}

function createFacts(tree: PageTree): Facts {
  const { table, targets } = tree
  const [pruned, marked] = [new RowList(), new RowList()]
  for (let row = 0; row < table.count; row++) {
    const bits = table.flags[row] ?? 0
    if ((bits & flag.pruned) !== 0) pruned.push(row)
    if ((bits & unchanging) !== 0) marked.push(row)
  }
  const known = new Map<number, Selection>()
  return {
    tree,
    judge: createJudge(tree),
    marked: marked.rows(),
    pruned: [...pruned.rows()],
    wanted: (target) => {
      const includes = targets[target]?.includes ?? null
      if (includes === null) return null
      const wanted = known.get(target) ?? wantedBy(table, compilePatterns(includes))
      known.set(target, wanted)
      return wanted
    },
  }
}

const unchanging = ~(flag.ignored | flag.withheld)

interface Made {
  readonly outcome: Outcome
  /** As the judge gave them. */
  readonly flags: Uint8Array
}

function outcomeOf(facts: Facts, file: IgnoreFile, target: number, known: readonly Made[]): Made {
  const { tree } = facts
  const { builder } = tree
  const patterns = createPatternList(file.compiled, tree.dialect)
  const { verdict, flags, kept, mayPass } = facts.judge(patterns)
  // Most letters of a line that is being typed match nothing yet. The other builders look at more than flags.
  const alike = builder === 'buildkit' ? alikeOf(known, flags) : undefined
  if (alike) {
    const unknown = unknownIn(alike.outcome.table, patterns, facts.pruned)
    return { outcome: { ...alike.outcome, file, patterns, verdict, unknown }, flags }
  }
  const marks = flags.slice()
  for (const row of facts.marked) marks[row] = (marks[row] ?? 0) | ((tree.table.flags[row] ?? 0) & unchanging)
  const table: EntryTable = { ...tree.table, flags: marks }
  const classic = builder === 'classic' ? classicSelection({ ...tree, table }, patterns) : null
  const readsOf = (index: number) => readsBy({ ...facts, table }, index, { patterns, kept, mayPass, classic })
  const { sent, reads } = readsOf(target)
  const read = unionOf(table.count, reads)
  const readByAny = tree.targets.length === 1 ? read : read.slice()
  for (const [index] of tree.targets.entries())
    if (index !== target) for (const one of readsOf(index).reads) if (one) add(readByAny, one.selected)
  const taken =
    builder === 'classic'
      ? (classic ?? kept)
      : builder === 'podman'
        ? selectForPodman(table, patterns, patterns).map((one, row) => one | (read[row] ?? 0))
        : kept
  const spans = spansOf(table, standingOf({ taken, read, readByAny, sent }))
  const outcome = {
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
    spans,
    amounts: amountsOf(tree.scale, spans),
    unknown: unknownIn(table, patterns, facts.pruned),
  }
  return { outcome, flags }
}

/** What was made of the same flags: the very same, or those of the file on the disk, or those before. */
function alikeOf(known: readonly Made[], flags: Uint8Array): Made | undefined {
  return known.find((one) => one.flags === flags) ?? known.slice(0, 2).find((one) => isSame(one.flags, flags))
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const [left, right] = [words(a), words(b)]
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  for (let row = 4 * left.length; row < a.length; row++) if (a[row] !== b[row]) return false
  return true
}

function amountsOf(scale: Scale, spans: Spans): Outcome['amounts'] {
  const { taken, readByAny, sent } = standing
  const count = createCount(scale, spans)
  return {
    context: count((bits) => (bits & taken) !== 0),
    transfer: count((bits) => (bits & sent) !== 0),
    unread: count((bits) => (bits & (taken | readByAny)) === taken),
    ignored: count((bits) => (bits & taken) === 0),
  }
}

function standingOf(selections: Readonly<Record<keyof typeof standing, Selection>>): Uint8Array {
  const { taken, read, readByAny, sent } = selections
  const bits = new Uint8Array(taken.length)
  const [into, a, b, c, d] = [words(bits), words(taken), words(read), words(readByAny), words(sent)]
  for (let i = 0; i < into.length; i++)
    into[i] = (a[i] ?? 0) | ((b[i] ?? 0) << 1) | ((c[i] ?? 0) << 2) | ((d[i] ?? 0) << 3)
  for (let row = 4 * into.length; row < bits.length; row++)
    bits[row] =
      (taken[row] ?? 0) | ((read[row] ?? 0) << 1) | ((readByAny[row] ?? 0) << 2) | ((sent[row] ?? 0) << 3)
  return bits
}

/** The rows that any of the instructions takes. */
function unionOf(count: number, reads: readonly (Taken | null)[]): Selection {
  const [first, ...others] = reads.filter((one) => one !== null)
  if (first === undefined || others.length === 0) return first?.selected ?? new Uint8Array(count)
  const all = first.selected.slice()
  for (const { selected } of others) add(all, selected)
  return all
}

function add(all: Selection, selected: Selection): void {
  const [into, from] = [words(all), words(selected)]
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) | (from[i] ?? 0)
  for (let row = 4 * into.length; row < all.length; row++) all[row] = (all[row] ?? 0) | (selected[row] ?? 0)
}

/** The same memory by four rows, but for those that are left over at its end: four times as quick to go through. */
const words = ({ buffer, byteOffset, length }: Uint8Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length >> 2)

/** Without sockets, and as the client's own lines for the Dockerfile have it. */
function classicSelection(tree: PageTree, patterns: PatternList): Selection {
  return selectForClassic(tree.table, classicRules(patterns, tree.dockerfile), patterns)
}

function readsBy(
  { tree, table, wanted }: Facts & { readonly table: EntryTable },
  index: number,
  view: {
    readonly patterns: PatternList
    readonly kept: Selection
    readonly mayPass: boolean
    readonly classic: Selection | null
  },
): { readonly sent: Selection; readonly reads: readonly (Taken | null)[] } {
  const target = tree.targets[index]
  const nothing = { sent: new Uint8Array(table.count), reads: [] }
  if (!target) return nothing
  const all = wanted(index) === null && !view.mayPass ? view.kept : selectWanted(table, wanted(index))
  const sent = target.requested ? all : nothing.sent
  const found = view.classic ? view.classic.map((one, row) => one & (view.kept[row] ?? 0)) : sent
  const resolve = (one: ReadInstruction): Taken => {
    if (tree.builder !== 'podman') return takenOf(selectReads(table, found, one))
    if (one.mount) return takenOf(selectReads(table, new Uint8Array(table.count).fill(1), one))
    const { patterns } = view
    const reads = resolvePodmanReads(table, { patterns, ignoreFile: tree.ignore?.file ?? null }, one)
    const selected = new Uint8Array(table.count)
    addRows(selected, reads.rows)
    return { ...reads, selected }
  }
  return { sent, reads: target.reads.map((one) => one && resolve(one)) }
}

function unknownIn(table: EntryTable, patterns: PatternList, pruned: readonly Row[]): readonly Row[] {
  const negations = patterns.patterns.filter(({ negated }) => negated).map(({ text }) => text)
  const reach = reachOfBuildkit(negations)
  return pruned.filter((row) => ((table.flags[row] ?? 0) & flag.ignored) === 0 || reach(table.path(row)))
}

/** Bytes that BuildKit would report. Slower than all the rest: what is typed does not wait for it. */
export function buildkitWire(
  { attributes }: PageTree,
  { table, sent, requested }: Outcome,
): { readonly cold: number; readonly warm: number } {
  const isWithheld = (row: Row) => ((table.flags[row] ?? 0) & (flag.unreadable | flag.withheld)) !== 0
  return requested ? buildkitBytes(table, sent, attributes, isWithheld) : { cold: 0, warm: 0 }
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
