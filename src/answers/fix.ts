/** What `ctxsize fix` and `ctxsize ignore` would write, and what it comes to. */

import { wellFormed } from '../lib/path.ts'
import type { ProposedScan } from '../propose.ts'
import type { FixReport } from '../report.ts'
import { accepted, editsOf, savingsOf } from '../suggest/report.ts'
import type { FileEdit } from '../suggest/texts.ts'

export interface FixOptions {
  /** Also what somebody has to decide. */
  readonly review: boolean
  /** `ignore`: only lines of the ignore file. */
  readonly only: 'all' | 'ignore'
}

/** The changes themselves, file by file. Empty when there is nothing to change. */
export function fixEdits(scan: ProposedScan, options: FixOptions): readonly FileEdit[] {
  return editsOf(chosen(scan, options), scan.proposals)
}

/** The ignore file as it would be; as it is where nothing is to be changed, '' where there is none. */
export function proposedIgnoreFile(scan: ProposedScan, options: FixOptions): string {
  const { proposals } = scan
  const edit = fixEdits(scan, { ...options, only: 'ignore' })[0]
  return edit?.after ?? proposals.originals.ignore?.text ?? ''
}

/** The document of both verbs. `applied`: the changes have been written. */
export function fixReport(scan: ProposedScan, options: FixOptions, applied: boolean): FixReport {
  const { proposals } = scan
  const [context] = scan.report.contexts
  const saves = savingsOf(chosen(scan, options), proposals, scan)
  const ignoresOnly = new Set(proposals.suggestions.filter(isIgnoreOnly).map(({ id }) => wellFormed(id)))
  return {
    schemaVersion: 1,
    build: scan.reference,
    edits: fixEdits(scan, options).map(({ file, before, after }) => ({
      file: wellFormed(file),
      before: before === null ? null : wellFormed(before),
      after: wellFormed(after),
    })),
    suggestions: (context?.suggestions ?? []).filter(
      ({ id }) => options.only === 'all' || ignoresOnly.has(id),
    ),
    leftAlone: context?.leftAlone ?? [],
    open: context?.open ?? [],
    saves,
    applied,
    problems: scan.fatal,
  }
}

function chosen({ proposals }: ProposedScan, { review, only }: FixOptions) {
  return accepted(proposals, review).filter((one) => only === 'all' || isIgnoreOnly(one))
}

const isIgnoreOnly = ({ rewrites }: { readonly rewrites: readonly unknown[] }): boolean =>
  rewrites.length === 0
