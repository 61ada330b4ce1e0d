/** What becomes of a context by one ignore file: the last steps of a scan once more, on the table that the page holds. */

import { counter } from '../analyse/amounts.ts'
import { addRows, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
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
  selectForClassic,
  selectForPodman,
  selectWanted,
  wantedBy,
} from '../resolve/selection.ts'
import { buildkitBytes, tarBytes } from '../resolve/wire.ts'
import { createJudge, type Judge } from './judge.ts'
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

/** Judges a tree by the text of an ignore file, for one of its targets. */
export type Trial = (target: number, text: string) => Tried

/** Tries one file after another on a tree, and works out of each what the one before it did not tell. */
export function createTrial(tree: PageTree): Trial {
  const facts = createFacts(tree)
  const isPodman = tree.dialect === 'podman'
  const name = tree.ignore?.file ?? '.dockerignore'
  /** Of each target what was made first, of the file on the disk, and what was made last. */
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
      known.set(target, first ? [first, made] : [made])
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
  /** What BuildKit's client wants for a target; null: all that there is. */
  readonly wanted: (target: number) => Selection | null
}

function createFacts(tree: PageTree): Facts {
  const { table, targets } = tree
  const pruned: Row[] = []
  for (let row = 0; row < table.count; row++)
    if (((table.flags[row] ?? 0) & flag.pruned) !== 0) pruned.push(row)
  const known = new Map<number, Selection>()
  return {
    tree,
    judge: createJudge(tree),
    pruned,
    wanted: (target) => {
      const includes = targets[target]?.includes ?? null
      if (includes === null) return null
      const wanted = known.get(target) ?? wantedBy(table, compilePatterns(includes))
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
  const { tree } = facts
  const { builder } = tree
  const patterns = createPatternList(file.compiled, tree.dialect)
  const { verdict, flags } = facts.judge(patterns)
  // Most letters of a line that is being typed match nothing yet. The other builders look at more than flags.
  const alike = builder === 'buildkit' ? known.find((one) => isSame(one.flags, flags)) : undefined
  if (alike) {
    const unknown = unknownIn(alike.outcome.table, patterns, facts.pruned)
    return { outcome: { ...alike.outcome, file, patterns, verdict, unknown }, flags }
  }
  const unchanging = ~(flag.ignored | flag.withheld)
  const kept = new Uint8Array(flags.length)
  const marks = new Uint8Array(flags.length)
  const before = tree.table.flags
  for (let row = 0; row < flags.length; row++) {
    const judged = flags[row] ?? 0
    kept[row] = (judged & flag.ignored) ^ 1
    marks[row] = judged | ((before[row] ?? 0) & unchanging)
  }
  const table: EntryTable = { ...tree.table, flags: marks }
  const classic = builder === 'classic' ? classicSelection({ ...tree, table }, patterns) : null
  const readsOf = (index: number) => readsBy({ ...facts, table }, index, { patterns, kept, classic })
  const { sent, reads } = readsOf(target)
  const read = new Uint8Array(table.count)
  for (const one of reads) if (one) addRows(read, one.rows)
  const readByAny = tree.targets.length === 1 ? read : read.slice()
  for (const [index] of tree.targets.entries())
    if (index !== target) for (const one of readsOf(index).reads) if (one) addRows(readByAny, one.rows)
  const taken =
    builder === 'classic'
      ? (classic ?? kept)
      : builder === 'podman'
        ? selectForPodman(table, patterns, patterns).map((one, row) => one | (read[row] ?? 0))
        : kept
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
    amounts: amountsOf(table, { taken, sent, readByAny }),
    unknown: unknownIn(table, patterns, facts.pruned),
  }
  return { outcome, flags }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** In one pass where no file has a second name, which is nearly always. */
function amountsOf(
  table: EntryTable,
  { taken, sent, readByAny }: Pick<Outcome, 'taken' | 'sent' | 'readByAny'>,
): Outcome['amounts'] {
  const { count, kind, size, firstName } = table
  if (firstName.size > 0) {
    const of = (wanted: Selection) => counter(table, wanted)()
    return {
      context: of(taken),
      transfer: of(sent),
      unread: of(taken.map((is, row) => is & ~(readByAny[row] ?? 0))),
      ignored: of(taken.map((is) => is ^ 1)),
    }
  }
  const [files, bytes] = [new Float64Array(4), new Float64Array(4)]
  for (let row = 0; row < count; row++) {
    if (kind[row] !== fileKind) continue
    const own = size[row] ?? 0
    const place = taken[row] !== 1 ? 2 : readByAny[row] === 1 ? 0 : 1
    files[place] = (files[place] ?? 0) + 1
    bytes[place] = (bytes[place] ?? 0) + own
    if (sent[row] === 1) {
      files[3] = (files[3] ?? 0) + 1
      bytes[3] = (bytes[3] ?? 0) + own
    }
  }
  const at = (place: number) => ({ files: files[place] ?? 0, bytes: bytes[place] ?? 0 })
  const [read, unread] = [at(0), at(1)]
  const context = { files: read.files + unread.files, bytes: read.bytes + unread.bytes }
  return { context, transfer: at(3), unread, ignored: at(2) }
}

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
    readonly classic: Selection | null
  },
): { readonly sent: Selection; readonly reads: readonly (Reads | null)[] } {
  const target = tree.targets[index]
  const nothing = { sent: new Uint8Array(table.count), reads: [] }
  if (!target) return nothing
  const sent = target.requested ? selectWanted(table, wanted(index)) : nothing.sent
  const found = view.classic ? view.classic.map((one, row) => one & (view.kept[row] ?? 0)) : sent
  const resolve = (one: ReadInstruction): Reads => {
    if (tree.builder !== 'podman') return resolveReads(table, found, one)
    if (one.mount) return resolveReads(table, new Uint8Array(table.count).fill(1), one)
    const { patterns } = view
    return resolvePodmanReads(table, { patterns, ignoreFile: tree.ignore?.file ?? null }, one)
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
