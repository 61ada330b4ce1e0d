/** A suggestion before it is printed: what it writes, what goes by it, and why it may be done. */

import type { Row } from '../../context/table.ts'
import type { Place } from '../../lib/source.ts'
import type { Safety } from '../../report.ts'

/** Lines for the ignore file that stand together, with what is said above them. */
export interface IgnoreGroup {
  readonly comment: string
  readonly lines: readonly string[]
}

/** A stretch of a Dockerfile to be replaced. Offsets are UTF-16, the end exclusive. */
export interface TextEdit {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
  /** Stretches of the old text that the new one has as they were: who changes one of them changes it there. */
  readonly carries?: readonly Stretch[]
  /** What is put there instead where another change has carried the stretch behind what it needs. */
  readonly whenCarried?: string
}

/** Offsets as of a {@link TextEdit}. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

export interface Suggestion {
  readonly id: string
  readonly title: string
  readonly safety: Safety
  readonly because: string
  readonly evidence: readonly Place[]
  readonly ignores: readonly IgnoreGroup[]
  /** Changes of Dockerfiles. */
  readonly rewrites: readonly TextEdit[]
  /** The stakes that go, as their first rows; none for a guard. */
  readonly rows: readonly Row[]
  readonly speeds: { readonly line: number; readonly text: string } | null
  readonly guard: boolean
}
