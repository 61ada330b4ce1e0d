import { historyReport } from '../answers/history.ts'
import { beginHistory, readHistory } from '../history/read.ts'
import { type Host, isHostFailure } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { decodePath, visiblePath } from '../lib/path.ts'
import { thinkOut } from '../propose.ts'
import { nothingKnown } from '../repository/known.ts'
import { askPast } from '../repository/past.ts'
import { measure } from '../scan.ts'
import { leadingOptions } from './leading.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** Commits that are replayed where nobody says how many. */
const usualCommits = 150

/** `ctxsize history`: how often each instruction lost its cache, and what would change that. */
export async function runHistory({ host, options, progress }: VerbInput): Promise<Outcome> {
  const timings = options.timings === null ? null : readLog(host, options.timings)
  const { commits: count, since } = options
  const range = { count: count ?? (since === null ? usualCommits : null), since }
  const known = nothingKnown()
  const { others, ...build } = await leadingOptions(host, options, known)
  // Git takes as long as all the rest, and needs to know nothing of it.
  const past = askPast(host, host.absolute(build.context))
  const ahead = beginHistory(host, [build.context, ...build.namedContexts.values()], range)
  const measured = measure(host, {
    ...build,
    wantsClassic: false,
    trackedIn: known.tracked,
    progress,
  })
  const thought = thinkOut(host, measured, {
    thorough: true,
    known,
    past,
    declared: options.config?.declared ?? null,
  })
  const history = readHistory(host, thought, { ...range, wantsSteps: true, review: options.review, ahead })
  const document = historyReport(thought, history, timings)
  const which = `this is the first of ${others + 1} builds: ctxsize . tells of all of them, -f FILE NAME takes another`
  const notes = others > 0 ? [which, ...document.notes] : document.notes
  return {
    printable: { kind: 'history', document: { ...document, notes } },
    fatal: measured.fatal,
    exitCode: 0,
  }
}

function readLog(host: Host, file: string): string {
  const refuse = (why: string) =>
    fail('USAGE', `--timings: cannot read ${visiblePath(file)} (${why})`, {
      hint: 'docker build --progress=rawjson . 2> timings.json writes it',
    })
  try {
    // A pipe is read too, as `<(docker build …)` is one; what never ends is not.
    const type = (host.stat(file)?.mode ?? 0) & 0o170000
    if (type === 0o020000 || type === 0o060000) throw refuse('a device')
    return decodePath(host.readFile(file))
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    throw refuse(thrown.code)
  }
}
