/** What can be said of a change of the ignore file: on this tree, and on every tree to come. */

import type { TreeRead } from '../analyse/tree.ts'
import { fileKind, type Row } from '../context/table.ts'
import type { Amount } from '../report.ts'
import type { ReadFailure } from '../resolve/reads.ts'
import { conflictOf, coveredPaths } from '../suggest/lines/proof.ts'
import type { Outcome } from './outcome.ts'
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
  const { table } = after
  const answerOf = answers(tree)
  const losses = new Map<string, { loss: Omit<Loss, 'files' | 'bytes'>; files: number; bytes: number }>()
  let [gainedFiles, gainedBytes] = [0, 0]
  for (let row = 0; row < table.count; row++) {
    if (before.taken[row] === after.taken[row] || table.kind[row] !== fileKind) continue
    const size = table.size[row] ?? 0
    if (after.taken[row] === 1) {
      gainedFiles++
      gainedBytes += size
      continue
    }
    const answer = answerOf(row)
    const isRead = before.readByAny[row] === 1
    const kind = answer && isRead ? answer.answer : isRead ? 'read' : 'unread'
    const because = kind === 'unread' ? '' : (answer?.because ?? '')
    const key = `${kind} ${because}`
    const known = losses.get(key) ?? { loss: { kind, because, example: row }, files: 0, bytes: 0 }
    known.files++
    known.bytes += size
    losses.set(key, known)
  }
  const broken = after.reads.flatMap((one, instruction) => {
    const failure = one?.failure ?? null
    return failure && !before.reads[instruction]?.failure ? [{ instruction, failure }] : []
  })
  return {
    losses: [...losses.values()]
      .map(({ loss, files, bytes }) => ({ ...loss, files, bytes }))
      .sort((a, b) => b.bytes - a.bytes),
    gains: { files: gainedFiles, bytes: gainedBytes },
    broken,
    lines: newLines(tree, before, after),
  }
}

/** The answer of the report for the part that a row is or lies in. */
export function answers(tree: PageTree): (row: Row) => PageTree['answers'][number] | null {
  const { table } = tree
  const byRow = new Int32Array(table.count).fill(-1)
  for (const [index, { row }] of tree.answers.entries()) byRow[row] = index
  for (let row = 0; row < table.count; row++)
    if (byRow[row] === -1) byRow[row] = byRow[table.parent[row] ?? -1] ?? -1
  return (row) => tree.answers[byRow[row] ?? -1] ?? null
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
