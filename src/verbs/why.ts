import { explainPaths } from '../answers/why.ts'
import { scan } from '../scan.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize why PATH…`: what becomes of each path, and by what. */
export function runWhy({ host, options, progress }: VerbInput): Outcome {
  const made = scan(host, { ...options.scan, lookAt: options.paths, progress })
  return {
    printable: { kind: 'why', document: explainPaths(made, options.paths) },
    fatal: made.fatal,
    exitCode: 0,
  }
}
