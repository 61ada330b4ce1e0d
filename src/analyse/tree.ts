/** What a reporter that draws the contexts of a report gets beside the document, which holds no tree. */

import type { EntryTable, Row } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import type { Dialect } from '../ignore/matcher.ts'
import type { Amount, BuilderName, InstructionTrace } from '../report.ts'
import type { AttributesByRow } from '../resolve/wire.ts'

/** Whether a part of the context can be ignored, and because of what. */
export interface TreeAnswer {
  readonly row: Row
  readonly answer: 'yes' | 'ask' | 'keep'
  readonly because: string
}

/** An instruction that reads the context, and the Dockerfile in which it stands. */
export interface TreeRead {
  readonly file: string
  readonly instruction: ReadInstruction
}

/** One build as it reads the tree. */
export interface TreeTarget {
  /** False: BuildKit asks for nothing of the context. */
  readonly requested: boolean
  /** What BuildKit's client filters its walk with; null: the whole context. No ignore line changes it. */
  readonly includes: readonly string[] | null
  /** Parallel to the instructions of the target's report; null for those that read another context, a stage or an image. */
  readonly reads: readonly (ReadInstruction | null)[]
  /** Parallel to the instructions of the target's history; none where it has none. */
  readonly traces: readonly InstructionTrace[]
}

/** A context with all that it takes to judge it anew by another ignore file. Parallel to `Report.contexts`. */
export interface ContextTree {
  readonly table: EntryTable
  readonly attributes: AttributesByRow
  readonly builder: BuilderName
  readonly dialect: Dialect
  /** Null where no ignore file applies; the text is as decoded, see `lib/path.ts`. */
  readonly ignore: { readonly file: string; readonly text: string } | null
  /** The leading Dockerfile's place in the context, which the classic client lets in; null when it lies outside. */
  readonly dockerfile: string | null
  /** The archive that the context came as: builders take it whole. */
  readonly isArchive: boolean
  /** What lies in directories that were dropped whole, where it was measured. */
  readonly prunedAmounts: ReadonlyMap<Row, Amount>
  /** Parallel to `ContextReport.targets`. */
  readonly targets: readonly TreeTarget[]
  /** In the order of rows. */
  readonly answers: readonly TreeAnswer[]
  /** What every Dockerfile that shares the context reads of it, all its stages included. */
  readonly reads: readonly TreeRead[]
}
