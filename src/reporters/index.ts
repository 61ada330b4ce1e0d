/** The forms in which a report can be printed: a reporter is one file in this folder and one line in the table below. */

import type { ContextTree } from '../analyse/tree.ts'
import type { Report } from '../report.ts'
import { json } from './json.ts'
import type { Style } from './style.ts'

/** What the contexts of a report hold, parallel to them; made when a reporter asks for it. None for a report out of a file. */
export type Trees = () => readonly ContextTree[]

/** Makes the whole text of a report, the final line break included. */
export type Reporter = (report: Report, style: Style, trees: Trees) => string | Promise<string>

/** Name of the format → the reporter, loaded when it is asked for: what is not printed must not cost start-up. */
export const reporters = {
  table: async () => (await import('./table.ts')).table,
  json: async () => json,
  markdown: async () => (await import('./markdown.ts')).markdown,
  github: async () => (await import('./github.ts')).github,
  sarif: async () => (await import('./sarif.ts')).sarif,
  junit: async () => (await import('./junit.ts')).junit,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  csv: async () => (await import('./csv.ts')).csv,
  html: async () => (await import('./html/html.ts')).html,
} as const satisfies Record<string, () => Promise<Reporter>>

export type FormatName = keyof typeof reporters
