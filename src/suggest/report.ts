/** Proposals as they are printed: each with what it writes alone, and what it saves. */

import { counter, inBoth } from '../analyse/amounts.ts'
import type { TreeAnswer, TreeRead } from '../analyse/tree.ts'
import { type EntryTable, symlinkKind } from '../context/table.ts'
import { jsonPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type {
  Amount,
  LargestReport,
  LeftAloneReport,
  OpenReport,
  Safety,
  SuggestionReport,
} from '../report.ts'
import { broughtBy } from './edits/brought.ts'
import { editReports } from './edits/diff.ts'
import type { Suggestion } from './edits/suggestion.ts'
import { applySuggestions, type FileEdit, ignoreTextWith, withoutOverlaps } from './edits/texts.ts'
import type { Judged } from './group/model.ts'
import { keptUnder } from './lines/proof.ts'
import type { Proposals } from './suggest.ts'

const mostDrops = 20
const nothing: Amount = { files: 0, bytes: 0 }

/** What a set of suggestions comes to. */
export interface Savings {
  readonly context: Amount
  readonly transfer: Amount
}

/** Measures what leaves the context and BuildKit's transfer when the suggestions are followed together. */
export function savingsOf(
  suggestions: readonly Suggestion[],
  proposals: Proposals,
  measured: MeasuredBuild,
): Savings {
  return suggestions.every(({ ignores }) => ignores.length === 0)
    ? { context: nothing, transfer: nothing }
    : savingsOfIgnoreText(ignoreTextWith(suggestions, proposals.originals), measured)
}

/** The same of another ignore file. */
export function savingsOfIgnoreText(text: string, measured: MeasuredBuild): Savings {
  const { kept } = measured
  const before = amountsOf(kept, measured)
  const after = amountsOf(keptUnder(text, measured) ?? kept, measured)
  return {
    context: minus(before.context, after.context),
    transfer: minus(before.transfer, after.transfer),
  }
}

function amountsOf(kept: Uint8Array, measured: MeasuredBuild): Savings {
  const { table } = measured.main
  return { context: counter(table, kept)(), transfer: counter(table, sentOf(kept, measured))() }
}

/** What BuildKit sends of the rows that are left. */
const sentOf = (kept: Uint8Array, { main, buildkit }: MeasuredBuild): Uint8Array =>
  buildkit === main ? inBoth(kept, main.sent) : new Uint8Array(kept.length)

const minus = (before: Amount, after: Amount): Amount => ({
  files: before.files - after.files,
  bytes: before.bytes - after.bytes,
})

/** Each suggestion by itself. */
export function suggestionReports(
  proposals: Proposals,
  measured: MeasuredBuild,
): readonly SuggestionReport[] {
  const { table } = measured.main
  const all = counter(table, new Uint8Array(table.count).fill(1))
  const before = amountsOf(measured.kept, measured)
  const leads = measured.builder === 'buildkit' ? 'transfer' : 'context'
  let rest = leads === 'transfer' ? sentOf(measured.kept, measured) : measured.kept
  let leaves = before[leads]
  return proposals.suggestions.map((one): SuggestionReport => {
    const left =
      one.ignores.length === 0 ? null : keptUnder(ignoreTextWith([one], proposals.originals), measured)
    const after = left === null ? before : amountsOf(left, measured)
    const context = minus(before.context, after.context)
    const transfer = minus(before.transfer, after.transfer)
    // Lines that drop take nothing back from each other: what all of them leave is what each of them leaves.
    if (left !== null) {
      rest = inBoth(rest, left)
      leaves = counter(table, rest)()
    }
    const drops = one.rows
      .map((row) => ({ row, bytes: all(row, table.end[row] ?? row + 1).bytes }))
      .sort((a, b) => b.bytes - a.bytes || a.row - b.row)
    return {
      id: wellFormed(one.id),
      title: wellFormed(one.title),
      safety: one.safety,
      because: wellFormed(one.because),
      evidence: one.evidence.map((place) => ({ ...place, file: wellFormed(place.file) })),
      edits: editReports(applySuggestions([one], proposals.originals)),
      saves: leads === 'context' ? context : transfer,
      savesContext: context,
      savesTransfer: transfer,
      leaves,
      drops: drops.slice(0, mostDrops).map(({ row }) => jsonPath(table.path(row))),
      speeds: one.speeds,
      guard: one.guard,
    }
  })
}

/** What looks useless and stays, the largest first; before it, what would have to be changed and is not written. */
export function leftAloneReports(proposals: Proposals, measured: MeasuredBuild): readonly LeftAloneReport[] {
  const { left, refusals } = proposals
  const { table } = measured.main
  const amount = counter(table, measured.kept)
  const stakes = left.map(
    ({ stake, judgement }): LeftAloneReport => ({
      ...jsonPath(stake.path),
      ...amount(stake.row, table.end[stake.row] ?? stake.row + 1),
      because: wellFormed(judgement.reason.text),
      at: judgement.reason.at,
    }),
  )
  return [
    ...notWritten(proposals, table),
    ...stakes.sort((a, b) => b.bytes - a.bytes),
    ...refusals.map(
      ({ subject, reason }): LeftAloneReport => ({
        path: visiblePath(subject),
        ...nothing,
        because: reason.text,
        at: reason.at,
      }),
    ),
  ]
}

/** Files of which there are changes and that `--write` does not write through. */
function notWritten(proposals: Proposals, table: EntryTable): readonly LeftAloneReport[] {
  return editsOf(proposals.suggestions, proposals).flatMap(({ file }): readonly LeftAloneReport[] => {
    const row = table.find(file)
    if (row === null || table.kind[row] !== symlinkKind) return []
    const target = visiblePath(table.linkTarget.get(row) ?? '')
    const because = `it is a link to ${target}, which --write does not change for you: others may read it too`
    return [{ ...jsonPath(file), ...nothing, because, at: null }]
  })
}

/** Builds that keep anything from being proved, each place once. */
export function openReports({ group }: Proposals): readonly OpenReport[] {
  const seen = new Map<string, OpenReport>()
  for (const { text, at } of group.open) {
    const key = `${at?.file}:${at?.line}`
    if (!seen.has(key)) seen.set(key, { because: wellFormed(text), at })
  }
  return [...seen.values()]
}

/** Answers for the parts of a table: of the stake that a part is or lies in, or of those that make it up. */
export function canGoIn(
  proposals: Proposals,
  { main: { table }, kept }: MeasuredBuild,
): (path: string) => LargestReport['canGo'] {
  const amount = counter(table, kept)
  const amountOf = (row: number) => amount(row, table.end[row] ?? row + 1)
  return (path) => {
    const judged = proposals.judged.find(
      ({ stake }) => stake.path === path || path.startsWith(`${stake.path}/`),
    )
    const inside = judged
      ? [judged]
      : proposals.judged.filter(({ stake }) => stake.row >= 0 && stake.path.startsWith(`${path}/`))
    const [first] = inside
    // Parts that go for different reasons have no one answer.
    if (!first || inside.some(({ judgement }) => judgement.reason.text !== first.judgement.reason.text))
      return null
    if (!judged) {
      const row = table.find(path)
      if (row === null) return null
      const all = amountOf(row)
      const parts = inside.map(({ stake }) => amountOf(stake.row))
      if (parts.reduce((sum, { bytes }) => sum + bytes, 0) * 100 < all.bytes * mostPercent) return null
      // What else is in it may be a few small sources, which have to stay.
      if (parts.reduce((sum, { files }) => sum + files, 0) < all.files) {
        const { answer, because } = answerOf(first)
        return { answer, because: `in part: ${because}` }
      }
    }
    return answerOf(first)
  }
}

function answerOf({ judgement }: Judged): Omit<TreeAnswer, 'row'> {
  const answer = judgement.kind === 'keep' ? 'keep' : judgement.safety === 'review' ? 'ask' : 'yes'
  return { answer, because: wellFormed(judgement.reason.text) }
}

/** What is known of each stake that is in the tree, for who draws it. */
export function treeAnswers({ judged }: Proposals): readonly TreeAnswer[] {
  return judged.flatMap((one) => (one.stake.row < 0 ? [] : [{ row: one.stake.row, ...answerOf(one) }]))
}

/** What the group's Dockerfiles read of the context, for who proves a line against it. */
export function treeReads({ group }: Proposals): readonly TreeRead[] {
  return group.members.flatMap(({ dockerfile, reads }) =>
    reads.map(({ instruction }) => ({ file: dockerfile.file, instruction })),
  )
}

/** Of a part that is called after what lies in it. */
const mostPercent = 95

/** Which suggestions are followed: those that are proven or safe, and with `review` the others too. */
export function accepted(proposals: Proposals, includesReview: boolean): readonly Suggestion[] {
  const wanted: readonly Safety[] = includesReview ? ['proven', 'safe', 'review'] : ['proven', 'safe']
  const followed = withoutOverlaps(proposals.suggestions.filter(({ safety }) => wanted.includes(safety)))
  const isBrought = broughtBy(followed)
  return followed.filter(
    ({ safety, rewrites, ignores }) =>
      safety !== 'review' ||
      rewrites.length > 0 ||
      !ignores.some(({ lines }) => lines.some((line) => isBrought(line))),
  )
}

/** The files that following them changes. */
export function editsOf(suggestions: readonly Suggestion[], { originals }: Proposals): readonly FileEdit[] {
  return applySuggestions(suggestions, originals)
}
