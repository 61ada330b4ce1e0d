import type { KnownSources } from '../repository/sources.ts'
import { scan } from '../scan.ts'
import { reportBuilds } from '../scan-builds.ts'
import { askedOf } from './asked.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize [context]`: the report of the build, or of all there are, with what to change about it. */
export async function runScan(input: VerbInput): Promise<Outcome> {
  const { host, options, progress } = input
  const asked = askedOf(host, options)
  // What comes on standard input has no ignore file that is read, and no file to be written: there is nothing to propose.
  if (options.elsewhere.input === 'context') {
    const { report, fatal } = scan(host, { ...options.scan, progress })
    return { printable: { kind: 'scan', document: { ...report, asked } }, fatal, exitCode: 0 }
  }
  const { propose } = await import('../propose.ts')
  const { firstOfEach, measureAll } = await import('./targets.ts')
  const known: KnownSources = { sources: new Map(), tracked: new Map() }
  const { scans, problems, fetched } = await measureAll(input, known)
  const [first] = scans
  if (options.remember && first) await (await import('./remember.ts')).remember(host, first)
  const { briefHistory } = await import('./brief-history.ts')
  const leading = firstOfEach(scans)
  const report = reportBuilds(
    scans.map((one, i) => {
      if (!leading.includes(one)) return one.part
      const proposed = propose(host, one, {
        thorough: false,
        known,
        declared: options.config?.declared ?? null,
      })
      // A commit is not where HEAD is, and of many builds there is no room for it.
      const history = i > 0 || options.elsewhere.at !== null ? null : briefHistory(host, proposed)
      const { part } = proposed
      return history === null ? part : { ...part, remarks: { ...part.remarks, history } }
    }),
  )
  const all = [...report.problems, ...problems]
  const elsewhere = fetched.map(({ name, context, foundIn }) => ({ name, context, foundIn }))
  const document = { ...report, asked, problems: all, ...(elsewhere.length > 0 && { fetched: elsewhere }) }
  return { printable: { kind: 'scan', document }, fatal: all, exitCode: 0 }
}
