/** The verbs: one file and one line each; what can be typed after them is in usage.ts. */

import { runLs } from './ls.ts'
import type { Verb } from './outcome.ts'
import { runScan } from './scan.ts'
import type { VerbName } from './usage.ts'
import { runVerify } from './verify.ts'
import { runWhy } from './why.ts'

export const verbs = {
  scan: runScan,
  ls: runLs,
  why: runWhy,
  verify: runVerify,
} as const satisfies Record<VerbName, Verb>
