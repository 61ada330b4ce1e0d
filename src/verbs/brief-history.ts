/** The history that the report of a build tells: only where it costs little beside the report itself. */

import { instructionTraces, targetHistory } from '../answers/history.ts'
import { readHistory } from '../history/read.ts'
import type { Host } from '../host/host.ts'
import { CtxsizeError } from '../lib/errors.ts'
import type { ProposedScan } from '../propose.ts'
import type { InstructionTrace, TargetHistory } from '../report.ts'

const commits = 150
/** Trees that git takes long to compare, whatever a commit changed in them. */
const mostTracked = 20_000
/** A belt only: what is usual takes a hundredth of it. */
const bounds = { maxBytes: 4 << 20, timeoutMs: 2000 }
/** Fewer say nothing about how often something happens. */
const fewestCompared = 2

export interface BriefHistory {
  readonly told: TargetHistory
  /** Parallel to its instructions, for reporters that draw them. */
  readonly traces: () => readonly InstructionTrace[]
}

/** Null where there is none, where it would cost much, and where git refuses: `ctxsize history` tells why. */
export function briefHistory(host: Host, scan: ProposedScan): BriefHistory | null {
  const { tracked = null } = scan
  if (host.git === null || tracked === null || tracked.size > mostTracked) return null
  if (scan.plan.target === null || scan.fatal.length > 0) return null
  try {
    const range = { count: commits, since: null, bounds }
    const history = readHistory(host, scan, { ...range, wantsSteps: true, review: false })
    if (history.line.compared < fewestCompared) return null
    return { told: targetHistory(scan, history), traces: () => instructionTraces(scan, history) }
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return null
    throw thrown
  }
}
