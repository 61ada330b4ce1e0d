/** What `ctxsize diff` has to say, sentence by sentence, for every format that people read. Texts are safe to print. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { cleanPath, joinPath, visiblePath } from '../../lib/path.ts'
import type { DiffReport, DiffTarget, UntrackedPart } from '../../report/diff.ts'
import type { Amount } from '../../report.ts'
import { counted } from '../screen/words.ts'
import type { Style } from '../style.ts'
import { type Difference, differences, nameOf, type Section, whyText } from './differences.ts'

export interface Told {
  /** `against the last commit in common with origin/main (1a2b3c4d5e6f)`. */
  readonly against: string
  readonly lost: {
    readonly text: string
    /** False where instructions alone are the cause, which somebody has changed by hand. */
    readonly isError: boolean
    readonly rows: readonly Difference[]
  } | null
  /** Secrets and failures that are new. */
  readonly findings: readonly { readonly text: string; readonly isError: boolean }[]
  readonly verdict: { readonly text: string; readonly isGood: boolean }
  /** Builds that are not as they were, of several; those with the same figures as one, what grew most first. */
  readonly builds: readonly ToldBuilds[]
  readonly sections: readonly ToldSection[]
  /** Against a report: the largest parts that have another amount; '' for one that is not among the largest of a side. */
  readonly parts: readonly { readonly what: string; readonly before: string; readonly after: string }[]
  /** Of what git does not track: what is read only now or no longer, and the rest as one sentence; null where there is none. */
  readonly untracked: { readonly warnings: readonly string[]; readonly same: string | null }
  /** What the figures leave open. */
  readonly remarks: readonly string[]
}

export interface ToldBuilds {
  readonly names: readonly string[]
  /** '' for a build that was not there, or is not. */
  readonly before: string
  readonly after: string
  readonly counts: string
  readonly isLost: boolean
}

export interface ToldSection {
  readonly section: Section
  readonly title: string
  readonly rows: readonly Difference[]
}

const mostUntracked = 3
const mostListed = 3

/** The first of the names, and how many more. */
export function listed(names: readonly string[], all = false): string {
  const shown = (all ? names : names.slice(0, mostListed)).join(', ')
  return shown.length > 0 && !all && names.length > mostListed
    ? `${shown} and ${names.length - mostListed} more`
    : shown
}

export const filesOf = (rows: readonly Difference[]): number =>
  rows.reduce((sum, { files }) => sum + files, 0)

/** With what the leading builder takes in the place of what BuildKit asks for: others take the whole context. */
export function asTaken(report: DiffReport, { builder }: Pick<Style, 'builder'>): DiffReport {
  if (builder === 'buildkit') return report
  const targets = report.targets.map((target): DiffTarget => {
    const context = report.contexts.find(({ root }) => root === target.root)
    return context === undefined ? target : { ...target, transfer: context.context }
  })
  return { ...report, targets }
}

export function tell(given: DiffReport, style: Pick<Style, 'units' | 'verbose' | 'builder'>): Told {
  const report = asTaken(given, style)
  const rows = differences(report, style.verbose)
  const changed = report.targets.filter(isChanged)
  return {
    against: againstText(report),
    lost: lostOf(report, rows),
    findings: findingsOf(report),
    verdict: verdictOf(report, changed, style),
    builds: report.targets.length < 2 ? [] : buildsOf(changed, style),
    sections: (['entered', 'left', 'grew', 'shrank'] as const).flatMap((section) => {
      const own = rows.filter((row) => row.section === section)
      const bytes = own.reduce((sum, row) => sum + row.bytes, 0)
      const by = section === 'grew' || section === 'shrank' ? ' by' : ''
      const title = `${section}${by} ${humanSize(bytes, style.units)} in ${counted(filesOf(own), 'file')}`
      return own.length === 0 ? [] : [{ section, title, rows: own }]
    }),
    parts: partsOf(report, style),
    untracked: untrackedOf(report, style),
    remarks: remarksOf(report),
  }
}

const isChanged = ({ state, entered, left, resized, transfer, findings }: DiffTarget): boolean =>
  (state !== 'compared' && state !== 'amounts') ||
  [entered, left, resized, findings].some((list) => list !== null && list.length > 0) ||
  transfer.before.bytes !== transfer.after.bytes ||
  transfer.before.files !== transfer.after.files

function againstText({ base, commit, isCommon }: DiffReport): string {
  const shown = visiblePath(base)
  if (commit === null) return `against the report ${shown}`
  return `against ${isCommon ? 'the last commit in common with ' : ''}${shown} (${commit.slice(0, 12)})`
}

function lostOf({ targets }: DiffReport, all: readonly Difference[]): Told['lost'] {
  const rows = all.filter(({ section }) => section === 'lost')
  if (rows.length === 0) return null
  const files = filesOf(rows)
  const who = new Set(rows.flatMap((one) => one.builds)).size
  const [which, they] =
    targets.length === 1 ? ['This image', 'it'] : [counted(who, 'image'), who === 1 ? 'it' : 'they']
  return {
    text: `${which} would now miss ${counted(files, 'file')} that ${they} had and that ${files === 1 ? 'is' : 'are'} still here:`,
    isError: rows.some(({ isIgnored }) => isIgnored),
    rows,
  }
}

function findingsOf({ targets }: DiffReport): Told['findings'] {
  const found = new Map<string, { readonly isError: boolean; readonly builds: string[] }>()
  for (const target of targets)
    for (const { severity, message, at } of target.findings) {
      const text = `${visiblePath(message)}${at === null ? '' : ` (${visiblePath(at.file)}:${at.line})`}`
      const known = found.get(text)
      if (known) known.builds.push(nameOf(target))
      else found.set(text, { isError: severity === 'error', builds: [nameOf(target)] })
    }
  return [...found].map(([text, { isError, builds }]) => ({
    text: `New: ${targets.length > 1 ? `${listed(builds)}: ` : ''}${text}`,
    isError,
  }))
}

function verdictOf(
  { targets, commit }: DiffReport,
  changed: readonly DiffTarget[],
  { units, builder }: Pick<Style, 'units' | 'builder'>,
): Told['verdict'] {
  const isGood = changed.length === 0
  // Podman builds where the files lie.
  const [sendsOne, send] = builder === 'podman' ? ['can read', 'can read'] : ['sends', 'send']
  const [only] = targets
  if (only === undefined) return { text: 'There is no build on either side.', isGood: false }
  if (targets.length > 1) {
    const all = groupedCount(targets.length)
    const who = isGood
      ? `None of ${all} images is`
      : `${groupedCount(changed.length)} of ${all} images ${changed.length === 1 ? 'is' : 'are'}`
    const what =
      commit === null
        ? `${who.replace(/ (?:is|are)$/, '')} ${changed.length === 1 || isGood ? sendsOne : send} another amount.`
        : `${who} made of other files, or of files of another size.`
    return { text: what, isGood }
  }
  const { before, after } = only.transfer
  const size = (bytes: number) => humanSize(bytes, units)
  // Where it sends more from here than these figures say.
  const isPart = only.untracked.some(({ state }) => state !== 'no longer read')
  const sends = `${isPart ? 'Of what git tracks it' : 'It'} ${sendsOne} ${size(after.bytes)} from ${counted(after.files, 'file')}`
  if (only.state === 'added') return { text: `This build is new. ${sends}.`, isGood }
  if (only.state === 'removed') return { text: 'This build is gone.', isGood }
  if (isGood && only.state === 'amounts') return { text: `${sends}, as in the report.`, isGood }
  if (isGood) return { text: `No file came or went, and none has another size. ${sends}.`, isGood }
  const who = isPart ? 'Of what git tracks this build' : 'This build'
  const bytes = after.bytes - before.bytes
  const files =
    before.files === after.files
      ? `${counted(after.files, 'file')} as before`
      : `${groupedCount(before.files)} → ${counted(after.files, 'file')}`
  const text =
    bytes === 0
      ? `${sendsOne} as much as before, ${size(after.bytes)}`
      : `${sendsOne} ${size(Math.abs(bytes))} ${bytes > 0 ? 'more' : 'less'}: ${size(before.bytes)} → ${size(after.bytes)}`
  return { text: `${who} ${text}, ${files}.`, isGood }
}

function buildsOf(changed: readonly DiffTarget[], { units }: Pick<Style, 'units'>): Told['builds'] {
  const found = new Map<
    string,
    Omit<ToldBuilds, 'names'> & { readonly names: string[]; readonly by: number }
  >()
  for (const target of changed) {
    const { before, after } = target.transfer
    const row = {
      before: target.state === 'added' ? '' : humanSize(before.bytes, units),
      after: target.state === 'removed' ? '' : humanSize(after.bytes, units),
      ...countsOf(target),
    }
    const key = JSON.stringify([row, before, after])
    const known = found.get(key)
    if (known) known.names.push(nameOf(target))
    else found.set(key, { ...row, names: [nameOf(target)], by: Math.abs(after.bytes - before.bytes) })
  }
  return [...found.values()].sort((a, b) => b.by - a.by)
}

const states = { added: 'new', removed: 'gone', amounts: '', unclear: 'unclear' } as const

function countsOf({ state, entered, left, resized }: DiffTarget): Pick<ToldBuilds, 'counts' | 'isLost'> {
  if (state !== 'compared') return { counts: states[state], isLost: false }
  const lost = (left ?? []).filter((one) => one.lost).length
  const counts: readonly (readonly [number, string])[] = [
    [lost, 'lost'],
    [entered?.length ?? 0, 'entered'],
    [(left?.length ?? 0) - lost, 'left'],
    [resized?.length ?? 0, 'of another size'],
  ]
  const told = counts.flatMap(([count, what]) => (count > 0 ? [`${groupedCount(count)} ${what}`] : []))
  return { counts: told.join(', '), isLost: lost > 0 }
}

function partsOf({ contexts }: DiffReport, { units }: Pick<Style, 'units'>): Told['parts'] {
  const size = (amount: Amount | null) => (amount === null ? '' : humanSize(amount.bytes, units))
  return contexts.flatMap(({ root, parts = [] }) =>
    parts.map(({ path, type, before, after }) => ({
      what: `${visiblePath(cleanPath(joinPath(root, path)))}${type === 'dir' ? '/' : ''}`,
      before: size(before),
      after: size(after),
    })),
  )
}

/** Told once for all builds that have it. */
function untrackedOf(
  { targets }: DiffReport,
  { units, verbose }: Pick<Style, 'units' | 'verbose'>,
): Told['untracked'] {
  const found = new Map<string, { readonly one: UntrackedPart; readonly root: string }>()
  for (const { untracked, root } of targets)
    for (const one of untracked)
      found.set(JSON.stringify([root, one.context, one.path, one.state]), { one, root })
  const all = [...found.values()]
  const called = ({ context, path, type, bytes }: UntrackedPart) =>
    `${visiblePath(context === null ? path : `${context}:${path}`)}${type === 'dir' ? '/' : ''}${bytes === null ? '' : ` ${humanSize(bytes, units)}`}`
  const most = verbose ? undefined : mostUntracked
  const warnings = (['newly read', 'no longer read'] as const).flatMap((state) =>
    all
      .filter(({ one }) => one.state === state)
      .slice(0, most)
      .map(({ one, root }) => {
        const when = state === 'newly read' ? 'Only now' : 'No longer'
        return `${when} read, and not in git: ${called(one)}, ${whyText(one.because, one, root)}`
      }),
  )
  const same = all.filter(({ one }) => one.state === 'read')
  if (same.length === 0) return { warnings, same: null }
  const shown = same.slice(0, most)
  const more = same.length > shown.length ? ` and ${groupedCount(same.length - shown.length)} more` : ''
  const names = shown.map(({ one }) => called(one)).join(', ')
  return {
    warnings,
    same: `Not in git, so a clean checkout lacks it, and in no figure: ${names}${more}`,
  }
}

function remarksOf({ targets, notes }: DiffReport): readonly string[] {
  const unclear = targets.flatMap((target) => {
    const who = targets.length > 1 ? `${nameOf(target)}: ` : ''
    return target.state === 'unclear'
      ? [`${who}files are not compared: ${visiblePath(target.because ?? '')}`]
      : []
  })
  return [...new Set([...unclear, ...notes.map(visiblePath)])]
}
