/** What `ctxsize fix` and `ctxsize ignore` would write, and what it comes to. */

import { type IgnoreStyle, styleOf } from '../ignore/edit.ts'
import { fail } from '../lib/errors.ts'
import { wellFormed } from '../lib/path.ts'
import type { ProposedScan } from '../propose.ts'
import type { FixReport } from '../report.ts'
import { allowList } from '../suggest/allow-list.ts'
import { accepted, editsOf, savingsOf, savingsOfIgnoreText } from '../suggest/report.ts'
import type { FileEdit } from '../suggest/texts.ts'

export interface FixOptions {
  /** Also what somebody has to decide. */
  readonly review: boolean
  /** `ignore`: only lines of the ignore file. */
  readonly only: 'all' | 'ignore'
  /** For `ignore`: of what kind the file is to be; left out or null: as it is, and lines that drop where there is none. */
  readonly style?: IgnoreStyle | null
}

/** The changes themselves, file by file. Empty when there is nothing to change. Throws UNSUPPORTED where no allow-list can be written. */
export function fixEdits(scan: ProposedScan, options: FixOptions): readonly FileEdit[] {
  const { originals } = scan.proposals
  const text = allowed(scan, options)
  if (text === null) return editsOf(chosen(scan, options), scan.proposals)
  return [{ file: originals.ignoreFile, before: originals.ignore?.text ?? null, after: text }]
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
  const followed = chosen(scan, options)
  const text = allowed(scan, options)
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
    followed: followed.map(({ id }) => wellFormed(id)),
    leftAlone: context?.leftAlone ?? [],
    open: context?.open ?? [],
    saves: text === null ? savingsOf(followed, proposals, scan) : savingsOfIgnoreText(text, scan),
    applied,
    problems: scan.fatal,
  }
}

/** The text of an allow-list where one is asked for; null where there is one already, or none is wanted. */
function allowed(scan: ProposedScan, options: FixOptions): string | null {
  const { proposals } = scan
  const { ignore } = proposals.originals
  if (options.style !== 'allow' || (ignore !== null && styleOf(ignore) === 'allow')) return null
  const made = allowList(scan, proposals, chosen(scan, options))
  if ('text' in made) return made.text
  throw fail('UNSUPPORTED', `no allow-list can be written: ${made.refused}`, {
    hint: 'ctxsize ignore --style deny lists what stays out instead',
  })
}

function chosen({ proposals }: ProposedScan, { review, only }: FixOptions) {
  return accepted(proposals, review).filter((one) => only === 'all' || isIgnoreOnly(one))
}

const isIgnoreOnly = ({ rewrites }: { readonly rewrites: readonly unknown[] }): boolean =>
  rewrites.length === 0
