/** The verbs: one file and one line each, loaded when it is asked for; what can be typed after them is in usage.ts. */

import { runLs } from './ls.ts'
import type { Verb } from './outcome.ts'
import { runScan } from './scan.ts'
import type { VerbName } from './usage.ts'
import { runVerify } from './verify.ts'
import { runWhy } from './why.ts'

export const verbs = {
  scan: async () => runScan,
  ls: async () => runLs,
  why: async () => async (input) =>
    input.options.rebuilt ? (await import('./remember.ts')).runRebuilt(input) : runWhy(input),
  verify: async () => runVerify,
  builds: async () => (await import('./builds.ts')).runBuilds,
  affected: async () => (await import('./affected.ts')).runAffected,
  diff: async () => (await import('./diff.ts')).runDiff,
  history: async () => (await import('./history.ts')).runHistory,
  check: async () => (await import('./check.ts')).runCheck,
  init: async () => (await import('./init.ts')).runInit,
  ignore: async () => (await import('./fix.ts')).runIgnore,
  fix: async () => (await import('./fix.ts')).runFix,
  report: async () => (await import('./report.ts')).runReport,
  plugin: async () => (await import('./plugin.ts')).runPlugin,
  explain: async () => (await import('./explain.ts')).runExplain,
  completion: async () => (await import('./completion.ts')).runCompletion,
} as const satisfies Record<VerbName, () => Promise<Verb>>
