import { scan } from '../scan.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize [context]`: the report of the build. */
export function runScan({ host, options, progress }: VerbInput): Outcome {
  const { report, fatal } = scan(host, { ...options.scan, progress })
  return { printable: { kind: 'scan', document: report }, fatal, exitCode: 0 }
}
