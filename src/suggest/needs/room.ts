/** Where what an install needs is gathered. */

import type { EntryTable } from '../../context/table.ts'
import type { Repository } from '../../repository/model.ts'

/** Paths are added as they are found; a doubt is a reason why somebody should look at it first. */
export interface NeedsRoom {
  readonly table: EntryTable
  readonly repository: Repository
  readonly paths: Set<string>
  readonly doubts: string[]
}

/** Where in the context a command would run, were all of it there. */
export interface NeedsPlace {
  /** '' is the root. */
  readonly dir: string
  /** The files that its arguments name, as paths of the context. */
  readonly files: readonly string[]
}
