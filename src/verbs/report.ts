import { entryAt, type Host, isHostFailure } from '../host/host.ts'
import { CtxsizeError, fail } from '../lib/errors.ts'
import { encodePath, visiblePath } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { Report } from '../report.ts'
import { rank, type SavedReport } from '../saved/rank.ts'
import { largestReport, readReport } from '../saved/read.ts'
import { version } from '../version.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize report FILE…`: what one saved report would have printed, or several of them in one table. */
export function runReport(input: VerbInput): Outcome {
  const { paths, sort } = input.options
  const [first, ...others] = paths
  if (first !== undefined && others.length === 0 && sort === null) {
    const report = readSaved(input, first)
    return {
      printable: {
        kind: 'scan',
        document: report,
        trees: () => [],
        ...(report.asked && { asked: report.asked }),
      },
      fatal: [],
      exitCode: 0,
    }
  }
  const saved: SavedReport[] = []
  const problems: Problem[] = []
  for (const file of paths) {
    try {
      saved.push({ file, report: readSaved(input, file) })
    } catch (thrown) {
      if (!(thrown instanceof CtxsizeError)) throw thrown
      const { code, message, hint } = thrown
      problems.push({ code, message, at: null, hint })
    }
  }
  const [problem, ...rest] = problems
  if (saved.length === 0 && problem)
    throw fail('REPORT_INVALID', problem.message, {
      ...(problem.hint === null ? {} : { hint: problem.hint }),
      others: rest,
    })
  return {
    printable: { kind: 'ranking', document: rank(saved, sort ?? 'bytes', problems) },
    // What is wrong with one is no reason not to tell of the others.
    fatal: problems,
    exitCode: 0,
  }
}

function readSaved({ host, input }: VerbInput, file: string) {
  return file === '-' ? readReport(encodePath(input), 'standard input', version) : savedReport(host, file)
}

/** Throws `REPORT_NOT_FOUND`, `REPORT_INVALID`. */
export const savedReport = (host: Host, file: string): Report =>
  readReport(bytesOf(host, file), file, version)

/** A pipe is read as well, as `<(ctxsize --format json)` is one; what never ends is not. */
function bytesOf(host: Host, file: string): Uint8Array {
  const shown = visiblePath(file)
  try {
    const stat = host.stat(file)
    if (stat === null)
      throw fail(
        'REPORT_NOT_FOUND',
        `no such file: ${shown}`,
        entryAt(host, file) === null ? {} : { hint: 'the link leads nowhere' },
      )
    const type = stat.mode & 0o170000
    if (type === 0o040000)
      throw fail('REPORT_NOT_FOUND', `${shown} is a directory`, {
        hint: `ctxsize report ${shown.replace(/\/$/, '')}/*.json`,
      })
    if (type !== 0o100000 && type !== 0o010000) throw fail('REPORT_NOT_FOUND', `${shown} is no file`)
    if (stat.size > largestReport) throw tooLarge(shown)
    const bytes = host.readFile(file)
    if (bytes.length > largestReport) throw tooLarge(shown)
    return bytes
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    throw fail('REPORT_NOT_FOUND', `cannot read ${shown}: ${thrown.code}`, { hint: 'check its permissions' })
  }
}

const tooLarge = (shown: string): CtxsizeError =>
  fail('REPORT_INVALID', `${shown} is larger than 32MiB, and no report`)
