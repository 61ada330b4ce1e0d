import type { Units } from '../lib/amount.ts'
import type { BuilderName } from '../report.ts'

/** How to print: everything a reporter may know of the terminal and of what the user typed. */
export interface Style {
  readonly color: boolean
  /** Columns to fill at most: by tables, and by what is one line. Sentences keep to a measure of their own. */
  readonly width: number
  readonly units: Units
  readonly verbose: boolean
  /** Only the verdict. */
  readonly quiet: boolean
  /** Whose view leads. */
  readonly builder: BuilderName
  /** What names this build on a command line, as the user typed it, for the commands that are proposed. */
  readonly again: { readonly context: string; readonly options: readonly string[] }
}
