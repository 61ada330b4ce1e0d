import { scan } from '../scan.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize [context]`: the report of the build, with what to change about it. */
export async function runScan({ host, options, progress }: VerbInput): Promise<Outcome> {
  const measured = scan(host, { ...options.scan, progress })
  // What comes on standard input has no ignore file that is read, and no file to be written: there is nothing to propose.
  if (options.elsewhere.input === 'context')
    return {
      printable: { kind: 'scan', document: measured.report },
      fatal: measured.fatal,
      exitCode: 0,
    }
  const { propose } = await import('../propose.ts')
  const { report, fatal } = propose(host, measured, { thorough: false })
  return { printable: { kind: 'scan', document: report }, fatal, exitCode: 0 }
}
