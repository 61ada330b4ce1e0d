/** `ctxsize check`: budgets, assertions and findings, for CI. Costs the scan, and git only where something hangs on it. */

import { targetHistory } from '../answers/history.ts'
import { checkedReport } from '../check/check.ts'
import { matchBelow } from '../check/look.ts'
import type { InstallLosses, Readings, Unavailable } from '../check/readings.ts'
import { suppressionsIn } from '../check/suppressions.ts'
import { readHistory } from '../history/read.ts'
import type { Host } from '../host/host.ts'
import { inCi } from '../in-ci.ts'
import { CtxsizeError, fail } from '../lib/errors.ts'
import { propose } from '../propose.ts'
import type { DiffReport } from '../report/diff.ts'
import { committedPaths } from '../repository/committed.ts'
import { type KnownSources, nothingKnown } from '../repository/known.ts'
import type { FoundScan } from '../scan.ts'
import { treesOf } from '../scan-builds.ts'
import { askedOf } from './asked.ts'
import { checksOf } from './checks.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { fetchedOf, measureAll } from './targets.ts'

/** Commits that a budget of lost caches is about. */
const commits = 150

export async function runCheck(input: VerbInput): Promise<Outcome> {
  const { host, options } = input
  const against = options.diff.base === '' ? null : await import('./diff.ts')
  const base = against?.findBase(input)
  const known = nothingKnown()
  // A process of their own, for a figure that neither a limit nor the screen of a check has in it.
  const xattrs = options.scan.xattrs === 'auto' && isOfScreen(options) ? 'never' : options.scan.xattrs
  const look = (scope: 'transfer' | 'context') =>
    measureAll({ ...input, options: { ...options, scan: { ...options.scan, scope, xattrs } } }, known)
  const narrow = isOfTransfer(options) ? look('transfer') : null
  // Whether a suppression is of use is told by what it suppresses, wherever that lies.
  const isEnough = narrow !== null && suppressionsIn(narrow.scans.map(({ part }) => part)).length === 0
  const { scans: measured, problems, fetched } = isEnough ? narrow : look('context')
  const scans = measured.map((one) => inCi(host, one, known))
  const [problem] = problems
  if (scans.length === 0)
    throw fail('CONTEXT_NOT_FOUND', problem?.message ?? 'no build can be measured', {
      at: problem?.at ?? null,
    })
  const checks = new Map(scans.map((scan) => [scan.part, checksOf(host, options, scan)]))
  // What CI makes of it is no matter of the files, and nobody looks at the base for it.
  const tree = { scans: measured, problems: [], known }
  const compared = against && base ? against.compareWithBase(input, base, tree) : null
  const parts = scans.map(({ part }) => part)
  const report = checkedReport(parts, {
    checksOf: (part) => checks.get(part) ?? options.checks,
    rules: options.config?.rules ?? new Map(),
    failOn: options.failOn ?? options.config?.failOn ?? 'error',
    readings: {
      ...readingsOf(input, scans, known),
      ...(compared && { compared: comparedBuilds(compared, scans) }),
    },
    problems,
  })
  return {
    printable: {
      kind: 'scan',
      document: { ...report, asked: askedOf(host, options), ...fetchedOf(fetched) },
      trees: () => treesOf(parts),
    },
    fatal: report.problems,
    exitCode: report.passed === true ? 0 : 1,
  }
}

/**
 * True where all that is limited is what BuildKit asks for, and nothing that is printed or fails is about the rest of the
 * context: then the rest need not be walked.
 */
function isOfTransfer(options: RunOptions): boolean {
  const { checks, config, diff, failOn, scan } = options
  const all = [
    checks,
    ...(config === null ? [] : [config.checks, ...config.checked.map((one) => one.checks)]),
  ]
  const levels = [...(config?.rules.values() ?? [])].map(({ level }) => level)
  return (
    scan.builder === 'buildkit' &&
    diff.base === '' &&
    isOfScreen(options) &&
    ['error', 'never'].includes(failOn ?? config?.failOn ?? 'error') &&
    !levels.includes('error') &&
    all.some(({ budgets }) => budgets.length > 0) &&
    all.every(
      ({ budgets, mustShip, neverShip }) =>
        budgets.every(({ name }) => name === 'transfer') && mustShip.length + neverShip.length === 0,
    )
  )
}

/** True where all that is printed is the screen: what must not be, and limits, but no bytes on the wire. */
const isOfScreen = ({ outputs, verbose }: RunOptions): boolean =>
  !verbose && outputs.every(({ format }) => format === 'table')

function comparedBuilds(
  { base, targets, notes }: DiffReport,
  scans: readonly FoundScan[],
): Required<Readings>['compared'] {
  const found = new Map(scans.map(({ part }, i) => [part, targets[i]]))
  return (part) => {
    const target = found.get(part)
    return target === undefined ? null : { base, target, notes }
  }
}

function readingsOf(
  { host, options }: VerbInput,
  scans: readonly FoundScan[],
  known: KnownSources,
): Omit<Readings, 'compared'> {
  const committed = new Map<string, ReadonlySet<string> | null>()
  const declared = options.config?.declared ?? null
  return {
    committed: ({ measured }) => {
      const { root } = measured.main.context
      if (!committed.has(root)) committed.set(root, committedPaths(host, root))
      return committed.get(root) ?? null
    },
    installLosses: (part) => {
      const scan = scans.find((one) => one.part === part)
      return scan ? installLosses(host, scan, { known, declared }) : nothing
    },
    matchBelow: (part, row, list, state) => matchBelow(host, part, row, list, state),
  }
}

const nothing: InstallLosses = { commits: 0, isAtLeast: false, compared: 0, step: null }

function installLosses(
  host: Host,
  scan: FoundScan,
  how: Pick<Parameters<typeof propose>[2], 'known' | 'declared'>,
): InstallLosses | Unavailable {
  if (scan.plan.target === null) return { unavailable: 'docker refuses the Dockerfile', hint: null }
  try {
    const proposed = propose(host, scan, { thorough: false, ...how })
    const history = readHistory(host, proposed, {
      count: commits,
      since: null,
      wantsSteps: false,
      review: false,
    })
    const { line } = history
    const [worst] = targetHistory(proposed, history)
      .instructions.filter(({ installs }) => installs !== null)
      .sort((a, b) => b.lost - a.lost)
    return {
      commits: worst?.lost ?? 0,
      isAtLeast: line.cutShort && line.count < commits,
      compared: line.compared,
      step: worst ? `${worst.installs} (${scan.reference.dockerfile}:${worst.line})` : null,
    }
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    return { unavailable: thrown.message, hint: thrown.hint === '' ? null : thrown.hint }
  }
}
