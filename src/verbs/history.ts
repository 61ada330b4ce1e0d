import { historyReport } from '../answers/history.ts'
import { readHistory } from '../history/read.ts'
import type { Host } from '../host/host.ts'
import { propose } from '../propose.ts'
import { scan } from '../scan.ts'
import { buildOptions, isRemote } from '../scan-builds.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { targetsOf } from './targets.ts'

/** Commits that are replayed where nobody says how many. */
const usualCommits = 150

/** `ctxsize history`: how often each instruction lost its cache, and what would change that. */
export async function runHistory({ host, options, progress }: VerbInput): Promise<Outcome> {
  const measured = scan(host, {
    ...options.scan,
    ...(await leading(host, options)),
    wantsClassic: false,
    progress,
  })
  const proposed = propose(host, measured, { thorough: true })
  const { commits: count, since } = options
  const history = readHistory(host, proposed, {
    count: count ?? (since === null ? usualCommits : null),
    since,
    wantsSteps: true,
    review: options.review,
  })
  return {
    printable: { kind: 'history', document: historyReport(proposed, history) },
    fatal: measured.fatal,
    exitCode: 0,
  }
}

/** The first of the builds that a file names, or that there are. */
async function leading(host: Host, options: RunOptions) {
  const found = await targetsOf(host, options)
  const first = found?.builds.find((build) => !isRemote(build))
  return first === undefined ? {} : buildOptions(options.scan.context, first)
}
