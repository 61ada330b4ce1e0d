/** What several documents are put together from. */

export type Severity = 'error' | 'warning' | 'info'

/** Regular files and the sum of their sizes; hard links count once for each name. */
export interface Amount {
  readonly files: number
  readonly bytes: number
}

/** A path in a report: U+FFFD for bytes that are not UTF-8, and then the exact bytes in base64. */
export interface PathName {
  readonly path: string
  readonly pathBase64?: string
}

/** The line of the ignore file that decided about a path. */
export interface DecidingLine {
  readonly file: string
  readonly line: number
  readonly pattern: string
  readonly negated: boolean
}
