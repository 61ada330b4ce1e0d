/** The forms in which a report can be printed: a reporter is one file in this folder and one line in the table below. */

import type { Units } from '../lib/amount.ts'
import type { BuilderName, Report } from '../report.ts'
import { json } from './json.ts'

/** How to print: everything a reporter may know of the terminal and of what the user typed. */
export interface Style {
  readonly color: boolean
  /** Columns to fill at most. */
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

/** Makes the whole text of a report, the final line break included. */
export type Reporter = (report: Report, style: Style) => string

/** Name of the format → the reporter, loaded when it is asked for: what is not printed must not cost start-up. */
export const reporters = {
  table: async () => (await import('./table.ts')).table,
  json: async () => json,
} as const satisfies Record<string, () => Promise<Reporter>>

export type FormatName = keyof typeof reporters
