/** What `ctxsize fix` and `ctxsize ignore` would write, and what it comes to. */

import { type IgnoreStyle, styleOf } from '../ignore/edit.ts'
import { fail } from '../lib/errors.ts'
import { cleanPath, joinPath, wellFormed } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { ProposedScan } from '../propose.ts'
import type { Amount, FixReport, SuggestionReport } from '../report.ts'
import { allowList } from '../suggest/allow-list.ts'
import type { FileEdit } from '../suggest/edits/texts.ts'
import { accepted, editsOf, savingsOf, savingsOfIgnoreText } from '../suggest/report.ts'

export interface FixOptions {
  /** Also what somebody has to decide. */
  readonly review: boolean
  /** `ignore`: only lines of the ignore file. */
  readonly only: 'all' | 'ignore'
  /** For `ignore`: of what kind the file is to be; left out or null: as it is, and lines that drop where there is none. */
  readonly style?: IgnoreStyle | null
}

/** The changes of one context, file by file, named from its root. Empty when there is nothing to change. Throws UNSUPPORTED where no allow-list can be written. */
function contextEdits(scan: ProposedScan, options: FixOptions): readonly FileEdit[] {
  const { originals } = scan.proposals
  const text = allowed(scan, options)
  if (text === null) return editsOf(chosen(scan, options), scan.proposals)
  return [{ file: originals.ignoreFile, before: originals.ignore?.text ?? null, after: text }]
}

/** The changes of all contexts, the leading one first; files are named from the directory that was asked about. A file changes once. */
export function fixEdits(scans: readonly ProposedScan[], options: FixOptions): readonly FileEdit[] {
  const edits = scans.flatMap((scan) =>
    contextEdits(scan, options).map((edit) => ({ ...edit, file: from(scan, edit.file) })),
  )
  return edits.filter(({ file }, index) => edits.findIndex((other) => other.file === file) === index)
}

/** A path of a context as one of the directory that was asked about. */
const from = ({ part: { root } }: ProposedScan, path: string): string =>
  root === '.' ? path : cleanPath(joinPath(root, path))

/** The document of both verbs; paths are named from the directory that was asked about. `applied`: the changes have been written. */
export function fixReport(scans: readonly ProposedScan[], options: FixOptions, applied: boolean): FixReport {
  const [first, ...others] = scans.map((scan) => named(contextFix(scan, options, applied), scan))
  if (!first) throw new Error('a fix is about a build')
  const sum = (of: (one: FixReport) => Amount): Amount =>
    [first, ...others].map(of).reduce((a, b) => ({ files: a.files + b.files, bytes: a.bytes + b.bytes }))
  const all = <T>(of: (one: FixReport) => readonly T[]): readonly T[] => [first, ...others].flatMap(of)
  return {
    ...first,
    edits: fixEdits(scans, options).map(({ file, before, after }) => ({
      file: wellFormed(file),
      before: before === null ? null : wellFormed(before),
      after: wellFormed(after),
    })),
    suggestions: bestFirst([first, ...others].map(({ suggestions }) => suggestions)),
    followed: all(({ followed }) => followed),
    leftAlone: all(({ leftAlone }) => leftAlone),
    open: distinct(all(({ open }) => open)),
    saves: { context: sum(({ saves }) => saves.context), transfer: sum(({ saves }) => saves.transfer) },
    problems: all(({ problems }) => problems),
  }
}

/** What needs a decision comes last, and of that first what the context with the largest of them has. Each keeps its order. */
function bestFirst(contexts: readonly (readonly SuggestionReport[])[]): readonly SuggestionReport[] {
  const isAsked = ({ safety }: SuggestionReport) => safety === 'review'
  const merged = contexts.flatMap((all) => all.filter((one) => !isAsked(one)))
  const left = contexts.map((all) => all.filter(isAsked))
  const largest = (all: readonly SuggestionReport[]) => Math.max(-1, ...all.map(({ saves }) => saves.bytes))
  for (let count = left.flat().length; count > 0; count--) {
    const [best] = [...left].sort((a, b) => largest(b) - largest(a))
    const one = best?.shift()
    if (one) merged.push(one)
  }
  return merged
}

/** A build that cannot be read stands in the way of every context, and is told once. */
function distinct(open: FixReport['open']): FixReport['open'] {
  return [...new Map(open.map((one) => [JSON.stringify(one.at), one])).values()]
}

/** The same document with its paths named from the directory that was asked about. */
function named(report: FixReport, scan: ProposedScan): FixReport {
  if (scan.part.root === '.') return report
  const place = (at: Place | null) => at && { ...at, file: from(scan, at.file) }
  const id = (one: string) => `${wellFormed(scan.part.root)}: ${one}`
  return {
    ...report,
    suggestions: report.suggestions.map((one) => ({
      ...one,
      id: id(one.id),
      evidence: one.evidence.map((at) => ({ ...at, file: from(scan, at.file) })),
      edits: one.edits.map((edit) => ({ ...edit, file: from(scan, edit.file) })),
      drops: one.drops.map((drop) => ({ ...drop, path: from(scan, drop.path) })),
    })),
    followed: report.followed.map(id),
    leftAlone: report.leftAlone.map((one) => ({ ...one, path: from(scan, one.path), at: place(one.at) })),
    open: report.open.map((one) => ({ ...one, at: place(one.at) })),
  }
}

/** The ignore file as it would be; as it is where nothing is to be changed, '' where there is none. */
export function proposedIgnoreFile(scan: ProposedScan, options: FixOptions): string {
  const { proposals } = scan
  const edit = contextEdits(scan, { ...options, only: 'ignore' })[0]
  return edit?.after ?? proposals.originals.ignore?.text ?? ''
}

/** The document for one context. */
function contextFix(scan: ProposedScan, options: FixOptions, applied: boolean): FixReport {
  const { proposals } = scan
  const { suggestions = [], leftAlone = [], open = [] } = scan.part.remarks
  const followed = chosen(scan, options)
  const text = allowed(scan, options)
  const ignoresOnly = new Set(proposals.suggestions.filter(isIgnoreOnly).map(({ id }) => wellFormed(id)))
  return {
    schemaVersion: 1,
    build: scan.reference,
    edits: contextEdits(scan, options).map(({ file, before, after }) => ({
      file: wellFormed(file),
      before: before === null ? null : wellFormed(before),
      after: wellFormed(after),
    })),
    suggestions: suggestions.filter(({ id }) => options.only === 'all' || ignoresOnly.has(id)),
    followed: followed.map(({ id }) => wellFormed(id)),
    leftAlone,
    open,
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
