/** Where something stands in a text, and what is wrong there. */

import { visiblePath } from './path.ts'

/** A line of a file. `file` is relative to the context root, with `../` when outside; `line` counts from 1. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** `Dockerfile:4`; the name made safe to print. */
export const placeText = ({ file, line }: Place): string => `${visiblePath(file)}:${line}`

/** User text that is wrong but readable: reported, never thrown. */
export interface Problem {
  /** Stable identifier in kebab-case. */
  readonly code: string
  /** One sentence with the offending value; for what docker refuses, docker's own wording first. */
  readonly message: string
  /** Null when no line is to blame. */
  readonly at: Place | null
  /** What to do about it; null when the message says it all. */
  readonly hint: string | null
}
