/**
 * The second page of the program: what to change about a build that was measured. read → judge → try → report. Verbs that only
 * look things up do without it, which is why it is a page of its own.
 */

import type { Host } from './host/host.ts'
import type { KnownSources } from './repository/known.ts'
import type { Declared, Repository } from './repository/model.ts'
import type { PastAhead } from './repository/past.ts'
import { readRepository } from './repository/read.ts'
import type { FoundScan, MeasuredScan } from './scan.ts'
import { seenInside } from './suggest/judge/secrets.ts'
import { findingsBeside } from './suggest/lint-advice.ts'
import {
  canGoIn,
  leftAloneReports,
  openReports,
  suggestionReports,
  treeAnswers,
  treeReads,
} from './suggest/report.ts'
import { type Proposals, suggest } from './suggest/suggest.ts'

/** A build with what was thought out about it. */
export interface ThoughtOut extends MeasuredScan {
  readonly proposals: Proposals
  /** What they were thought out from. */
  readonly repository: Repository
}

/** A finished run with its proposals, which are in its part of a report too. */
export type ProposedScan = FoundScan & ThoughtOut

export interface ProposeOptions {
  /** False: only what costs next to nothing; the search for names is left out where it would take long. */
  readonly thorough: boolean
  /** What was read of the repository before. */
  readonly known?: KnownSources
  /** What git was asked about its past before. */
  readonly past?: PastAhead | null
  /** What the owner says of its builds; left out: nothing. */
  readonly declared?: Declared | null
  /** Whose transfer is told before and after; left out: the build's own. */
  readonly toldOf?: MeasuredScan
}

/** Thinks out what may leave the context and what should move in the Dockerfiles. Nothing is thrown, nothing is written. */
export function propose(host: Host, scan: FoundScan, options: ProposeOptions): ProposedScan {
  const { findings, fatal } = scan
  const { proposals, repository } = thinkOut(host, scan, options)
  const remarks = {
    findings: findingsBeside(findings, proposals),
    fatal,
    suggestions: suggestionReports(proposals, options.toldOf ?? scan),
    leftAlone: leftAloneReports(proposals, scan),
    open: openReports(proposals),
    canGo: canGoIn(proposals, scan),
    answers: treeAnswers(proposals),
    reads: treeReads(proposals),
  }
  const part = { ...scan.part, remarks }
  return { ...scan, part, proposals, repository }
}

/** The same without a report of it. */
export function thinkOut(host: Host, measured: MeasuredScan, options: ProposeOptions): ThoughtOut {
  const { build, main, request } = measured
  const { table, gitIgnored } = main
  const seen = seenInside(measured)
  const repository = readRepository(host, { root: build.main.root, table, gitIgnored, seen, ...options })
  // Nothing is read from here on.
  return { ...measured, proposals: suggest(measured, repository, request), repository }
}
