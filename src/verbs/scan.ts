import { failing, withPolicy } from '../check/policy.ts'
import type { Config } from '../config/model.ts'
import type { Problem } from '../lib/source.ts'
import type { ProposedScan } from '../propose.ts'
import type { Report } from '../report.ts'
import type { Trees } from '../reporters/index.ts'
import { nothingKnown } from '../repository/known.ts'
import { type FoundScan, scan } from '../scan.ts'
import { reportBuilds, treesOf } from '../scan-builds.ts'
import { askedOf } from './asked.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize [context]`: the report of the build, or of all there are, with what to change about it. */
export async function runScan(input: VerbInput): Promise<Outcome> {
  const { host, options, progress } = input
  const asked = askedOf(host, options)
  // What comes on standard input has no ignore file that is read, and no file to be written: there is nothing to propose.
  if (options.elsewhere.input === 'context') {
    const { report, part, fatal } = scan(host, { ...options.scan, progress })
    const document = { ...withPolicy(report, [part], rulesOf(options)), asked }
    return judged({ document, trees: () => treesOf([part]) }, options, fatal)
  }
  const { propose } = await import('../propose.ts')
  const { inCi } = await import('../in-ci.ts')
  const { fetchedOf, leadsOf, measureAll, toldOf } = await import('./targets.ts')
  const known = nothingKnown()
  const { scans, problems, fetched } = measureAll(input, known)
  const said =
    options.remember && scans.length > 0 ? [await (await import('./remember.ts')).remember(host, scans)] : []
  const { briefHistories } = await import('./brief-history.ts')
  const leads = leadsOf(scans)
  const proposed = new Map<FoundScan, ProposedScan>()
  const thought = scans.map((made) => {
    const one = inCi(host, made, known)
    const lead = proposed.get(leads.get(made) ?? made)
    // What is proposed for one build of a context holds for all of them, and is told once.
    if (lead !== undefined) return { ...one, proposals: lead.proposals, repository: lead.repository }
    const declared = options.config?.declared ?? null
    const own = propose(host, one, { thorough: false, known, declared, toldOf: toldOf(scans, made) })
    proposed.set(made, own)
    return own
  })
  // A commit is not where HEAD is.
  const histories = options.elsewhere.at === null ? briefHistories(host, thought) : []
  const parts = thought.map(({ part }, i) => {
    const history = histories[i] ?? null
    if (history === null) return part
    return { ...part, remarks: { ...part.remarks, history: history.told, traces: history.traces } }
  })
  const report = withPolicy(reportBuilds(parts), parts, rulesOf(options))
  const all = [...report.problems, ...problems]
  const document = { ...report, asked, problems: all, ...fetchedOf(fetched) }
  return { ...judged({ document, trees: () => treesOf(parts) }, options, all), said }
}

const rulesOf = ({ config }: RunOptions): Config['rules'] => config?.rules ?? new Map()

/** Findings end a run with 1 only where the command line says so: who looks is not to be stopped by what there is to see. */
function judged(
  made: { readonly document: Report; readonly trees: Trees },
  { failOn }: RunOptions,
  fatal: readonly Problem[],
): Outcome {
  const isFailing = failing(made.document, failOn ?? 'never').length > 0
  return { printable: { kind: 'scan', ...made }, fatal, exitCode: isFailing ? 1 : 0 }
}
