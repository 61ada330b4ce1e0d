/** The history that the report of a build tells: only where it costs little beside the report itself. */

import { instructionTraces, targetHistory } from '../answers/history.ts'
import { type BuildHistory, readHistories } from '../history/read.ts'
import type { Host } from '../host/host.ts'
import { CtxsizeError } from '../lib/errors.ts'
import type { ThoughtOut } from '../propose.ts'
import type { InstructionTrace, TargetHistory } from '../report.ts'

const commits = 150
/** Trees that git takes long to compare, whatever a commit changed in them. */
const mostTracked = 20_000
/** A belt only: what is usual takes a hundredth of it. */
const bounds = { maxBytes: 4 << 20, timeoutMs: 2000 }
/** Each is replayed with every step of what would help it. */
const mostBuilds = 100
/** Fewer say nothing about how often something happens. */
const fewestCompared = 2

export interface BriefHistory {
  readonly told: TargetHistory
  /** Parallel to its instructions, for reporters that draw them. */
  readonly traces: () => readonly InstructionTrace[]
}

/**
 * In the order of the builds. Null where there is none, where it would cost much, and where git refuses: `ctxsize history`
 * tells why. Of very many builds only the first is replayed.
 */
export function briefHistories(host: Host, scans: readonly ThoughtOut[]): readonly (BriefHistory | null)[] {
  const told = scans.map((scan, i) => isTold(host, scan) && (i === 0 || scans.length <= mostBuilds))
  const asked = scans.filter((_, i) => told[i])
  const range = { count: commits, since: null, bounds }
  const histories = new Map<ThoughtOut, BuildHistory>()
  try {
    for (const [i, history] of readHistories(host, asked, {
      ...range,
      wantsSteps: true,
      review: false,
    }).entries()) {
      const scan = asked[i]
      if (scan && history && history.line.compared >= fewestCompared) histories.set(scan, history)
    }
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
  }
  return scans.map((scan) => {
    const history = histories.get(scan)
    return history === undefined
      ? null
      : { told: targetHistory(scan, history), traces: () => instructionTraces(scan, history) }
  })
}

function isTold({ git }: Host, { tracked = null, plan, fatal }: ThoughtOut): boolean {
  if (git === null || tracked === null || tracked.size > mostTracked) return false
  return plan.target !== null && fatal.length === 0
}
