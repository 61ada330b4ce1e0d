/** What can be said of a change of the ignore file: on this tree, and on every tree to come. */

import type { TreeRead } from '../analyse/tree.ts'
import { fileKind, type Row } from '../context/table.ts'
import type { Amount } from '../report.ts'
import type { ReadFailure } from '../resolve/reads.ts'
import { conflictOf, coveredPaths } from '../suggest/lines/proof.ts'
import { type Outcome, standing } from './outcome.ts'
import type { PageTree } from './packed.ts'
import { amountOfSpan, combined, type Spans } from './spans.ts'

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
  // By the answer for the part that a row lies in, and by whether it is read.
  const slots = 2 * (tree.answers.length + 1)
  const [files, bytes, examples] = [new Uint32Array(slots), new Float64Array(slots), new Int32Array(slots)]
  const changes = changedSpans(tree, before, after)
  let gains: Amount = { files: 0, bytes: 0 }
  for (let span = 0; span < changes.from.length; span++) {
    const slot = changes.value[span] ?? alike
    if (slot === alike) continue
    const own = amountOfSpan(tree.scale, changes, span)
    if (own.files === 0) continue
    if (slot === cameIn) {
      gains = { files: gains.files + own.files, bytes: gains.bytes + own.bytes }
      continue
    }
    if (files[slot] === 0) examples[slot] = firstFile(tree, changes.from[span] ?? 0)
    files[slot] = (files[slot] ?? 0) + own.files
    bytes[slot] = (bytes[slot] ?? 0) + own.bytes
  }
  const broken = after.reads.flatMap((one, instruction) => {
    const failure = one?.failure ?? null
    return failure && !before.reads[instruction]?.failure ? [{ instruction, failure }] : []
  })
  return {
    losses: lossesOf(tree, { files, bytes, examples }),
    gains,
    broken,
    lines: newLines(tree, before, after),
  }
}

/** Of what changed nothing, and of what comes in; what leaves is told by the slot of its answer. */
const [alike, cameIn] = [-1, -2]

function changedSpans(tree: PageTree, before: Outcome, after: Outcome): Spans {
  const { taken, readByAny } = standing
  if (before.taken === after.taken) return { from: new Int32Array(0), value: new Int32Array(0) }
  const changes = combined(before.spans, after.spans, (had, has) =>
    ((had ^ has) & taken) === 0 ? alike : (has & taken) !== 0 ? cameIn : (had & readByAny) === 0 ? 0 : 1,
  )
  return combined(changes, tree.answerSpans, (change, answer) =>
    change < 0 ? change : 2 * (answer + 1) + change,
  )
}

function firstFile({ table: { kind } }: PageTree, from: Row): Row {
  let row = from
  while (kind[row] !== fileKind) row++
  return row
}

/** What left, those of one kind and reason together, the most first. */
function lossesOf(
  { answers }: PageTree,
  { files, bytes, examples }: Readonly<Record<'files' | 'bytes' | 'examples', ArrayLike<number>>>,
): readonly Loss[] {
  const losses = new Map<string, Loss>()
  for (let slot = 0; slot < files.length; slot++) {
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
