/** What can be said of a change of the ignore file: on this tree, and on every tree to come. */

import type { TreeRead } from '../analyse/tree.ts'
import { fileKind, type Row } from '../context/table.ts'
import { inBlocks, inEach, wordsOf } from '../lib/blocks.ts'
import type { Amount } from '../report.ts'
import type { ReadFailure } from '../resolve/reads.ts'
import { conflictOf, coveredPaths } from '../suggest/lines/proof.ts'
import { type Outcome, standing } from './outcome.ts'
import type { PageTree } from './packed.ts'

/** Files that leave the context for one reason, or against one. */
export interface Loss extends Amount {
  /** `unread`: nobody reads them. `yes`, `ask`, `keep`: as the report answers for the part they lie in. `read`: they are read, and that is all that is known. */
  readonly kind: 'unread' | 'yes' | 'ask' | 'keep' | 'read'
  /** As the report has it; for `read` the instructions that take them. */
  readonly because: string
  /** The first of them. */
  readonly example: Row
}

/** What a change of the file does to the builds. */
export interface Proof {
  readonly losses: readonly Loss[]
  /** What comes in again. */
  readonly gains: Amount
  /** Instructions that find what they ask for no longer. */
  readonly broken: readonly { readonly instruction: number; readonly failure: ReadFailure }[]
  /** For each line that is new: the instruction that could read something it drops, on some tree; null: none can. */
  readonly lines: readonly { readonly line: string; readonly reader: TreeRead | null }[]
}

/** Compares what a changed file does with what the file on disk does. */
export function proveChange(tree: PageTree, before: Outcome, after: Outcome): Proof {
  const { losses, gains } = changesOf(tree, before, after)
  const broken = after.reads.flatMap((one, instruction) => {
    const failure = one?.failure ?? null
    return failure && !before.reads[instruction]?.failure ? [{ instruction, failure }] : []
  })
  return {
    losses,
    gains,
    broken,
    lines: newLines(tree, before, after),
  }
}

function changesOf(tree: PageTree, before: Outcome, after: Outcome): Pick<Proof, 'losses' | 'gains'> {
  if (before.standing === after.standing) return { losses: [], gains: { files: 0, bytes: 0 } }
  // By the answer for the part that a row lies in, and by whether it is read; the last is what comes in.
  const cameIn = 2 * (tree.answers.length + 1)
  const sums: Sums = {
    files: new Uint32Array(cameIn + 1),
    bytes: new Float64Array(cameIn + 1),
    examples: new Int32Array(cameIn + 1),
  }
  const { count, kind, size } = tree.table
  const { answerOf } = tree
  const compared = {
    had: before.standing,
    has: after.standing,
    hadWords: wordsOf(before.standing),
    hasWords: wordsOf(after.standing),
    kind,
    size,
    answerOf,
    cameIn,
    ...sums,
  }
  inBlocks({ to: count >> 2 }, compared, compareBlock)
  compareRows(4 * (count >> 2), count, compared)
  return {
    losses: lossesOf(tree, sums),
    gains: { files: sums.files[cameIn] ?? 0, bytes: sums.bytes[cameIn] ?? 0 },
  }
}

interface Compared extends Sums {
  /** Bits of `standing`. */
  readonly had: Uint8Array
  readonly has: Uint8Array
  /** The same of four rows each. */
  readonly hadWords: Uint32Array
  readonly hasWords: Uint32Array
  readonly kind: Uint8Array
  readonly size: Float64Array
  readonly answerOf: Int32Array
  readonly cameIn: number
}

function compareBlock(from: number, to: number, compared: Compared): void {
  const { hadWords, hasWords } = compared
  const taken = standing.taken * inEach
  for (let at = from; at < to; at++) {
    const start = at
    while (at < to && (((hadWords[at] ?? 0) ^ (hasWords[at] ?? 0)) & taken) !== 0) at++
    if (at > start) compareRows(4 * start, 4 * at, compared)
  }
}

function compareRows(from: Row, to: Row, compared: Compared): void {
  const { had, has, kind, size, answerOf, cameIn, examples } = compared
  const { taken, readByAny } = standing
  // Those beside one another go for one reason mostly.
  let [slot, files, bytes] = [cameIn, 0, 0]
  for (let row = from; row < to; row++) {
    const was = had[row] ?? 0
    if (((was ^ (has[row] ?? 0)) & taken) === 0 || kind[row] !== fileKind) continue
    const isLoss = (was & taken) !== 0
    const next = isLoss ? 2 * ((answerOf[row] ?? -1) + 1) + ((was & readByAny) === 0 ? 0 : 1) : cameIn
    if (next !== slot) {
      addTo(compared, slot, files, bytes)
      slot = next
      files = 0
      bytes = 0
    }
    if (files === 0 && compared.files[slot] === 0) examples[slot] = row
    files++
    bytes += size[row] ?? 0
  }
  addTo(compared, slot, files, bytes)
}

function addTo(sums: Sums, slot: number, files: number, bytes: number): void {
  sums.files[slot] = (sums.files[slot] ?? 0) + files
  sums.bytes[slot] = (sums.bytes[slot] ?? 0) + bytes
}

interface Sums {
  readonly files: Uint32Array
  readonly bytes: Float64Array
  /** The first row of each. */
  readonly examples: Int32Array
}

/** What left, those of one kind and reason together, the most first. */
function lossesOf({ answers }: PageTree, { files, bytes, examples }: Sums): readonly Loss[] {
  const losses = new Map<string, Loss>()
  for (let slot = 0; slot < 2 * (answers.length + 1); slot++) {
    if (files[slot] === 0) continue
    const answer = answers[(slot >> 1) - 1]
    const isRead = slot % 2 === 1
    const kind = !isRead ? 'unread' : (answer?.answer ?? 'read')
    const because = isRead ? (answer?.because ?? '') : ''
    const example = examples[slot] ?? 0
    const key = `${kind} ${because}`
    const known = losses.get(key) ?? { kind, because, files: 0, bytes: 0, example }
    losses.set(key, {
      ...known,
      files: known.files + (files[slot] ?? 0),
      bytes: known.bytes + (bytes[slot] ?? 0),
      example: Math.min(known.example, example),
    })
  }
  return [...losses.values()].sort((a, b) => b.bytes - a.bytes || a.example - b.example)
}

/** The proof of each line for itself: whether its language meets that of anything that an instruction reads. */
function newLines(tree: PageTree, before: Outcome, after: Outcome): Proof['lines'] {
  const known = new Set(before.file.lines.map(({ pattern }) => pattern))
  const added = after.file.lines.filter(({ pattern }) => !known.has(pattern) && !pattern.startsWith('!'))
  if (added.length === 0 || tree.dialect !== 'docker') return []
  const covered = coveredPaths(tree.reads)
  return added.slice(0, mostProved).map(({ written }) => ({
    line: written,
    reader: conflictOf(written, covered)?.read ?? null,
  }))
}

/** A line is proved against every instruction of every Dockerfile; more are not typed at once. */
const mostProved = 20
