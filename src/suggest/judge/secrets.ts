/** Stakes that hold credentials: that somebody names them is no reason for an image to have them. */

import type { Row } from '../../context/table.ts'
import type { Place } from '../../lib/source.ts'
import type { MeasuredBuild } from '../../measure/build.ts'
import type { Stake } from '../../repository/stakes.ts'
import { keysUntold, type Stray } from '../../repository/strays.ts'
import type { Judgement } from '../group/model.ts'
import { stagesWith } from '../group/readers.ts'
import { startsOf } from '../image/runs.ts'
import { type Case, drop, keep } from './judgement.ts'

/** The files with credentials that were found in the stake. */
function secretsOf({ main, inspected }: MeasuredBuild, { row }: Stake) {
  const end = main.table.end[row] ?? row + 1
  const secrets = inspected?.contexts.find(({ name }) => name === null)?.secrets ?? []
  return secrets.filter((one) => one.row >= row && one.row < end)
}

/** What files that git may know nothing of turned out to be: credentials, the data of a database. By row, of a server that of its directory. */
export function seenInside({
  main,
  inspected,
}: Pick<MeasuredBuild, 'main' | 'inspected'>): ReadonlyMap<Row, Stray> {
  const found = inspected?.contexts.find(({ name }) => name === null)
  const seen = new Map<Row, Stray>()
  for (const { row, path, kind } of found?.databases ?? [])
    seen.set(main.table.find(path) ?? row, { says: kind, by: 'name' })
  for (const { row, values } of found?.secrets ?? [])
    if (values.some(({ confidence }) => confidence !== 'low')) seen.set(row, keysUntold)
  return seen
}

/** What holds credentials is told so: that weighs more than what a file is otherwise for. */
export function withSecrets(judgement: Judgement, stake: Stake, measured: MeasuredBuild): Judgement {
  if (judgement.kind === 'keep' || judgement.safety !== 'review') return judgement
  const values = secretsOf(measured, stake).flatMap((one) => one.values)
  const [first] = values
  if (first === undefined) return withData(judgement, stake, measured)
  const what =
    values.length > 1
      ? `${values.length} values look like keys`
      : // A store is one by its kind; no value in it was seen.
        first.line === null
        ? first.kind
        : '1 value looks like a key'
  const why = judgement.reason.at === null ? 'nothing names it' : judgement.reason.text
  return { ...judgement, reason: { text: `${what}; ${why}`, at: judgement.reason.at }, holdsKeys: true }
}

/** What git ignores and nothing else is known of is told for what it is. */
function withData(
  judgement: Extract<Judgement, { kind: 'drop' }>,
  stake: Stake,
  measured: MeasuredBuild,
): Judgement {
  const { text, at } = judgement.reason
  if (stake.stray !== null || stake.junk !== null || at !== null) return judgement
  const kind = dataIn(stake, measured)
  return kind === null ? judgement : { ...judgement, reason: { text: `${kind}; ${text}`, at } }
}

/** What kind of data of a database was found in the stake; null for none. */
export function dataIn({ row }: Stake, { main, inspected }: MeasuredBuild): string | null {
  const end = main.table.end[row] ?? row + 1
  const databases = inspected?.contexts.find(({ name }) => name === null)?.databases ?? []
  return databases.find((one) => one.row >= row && one.row < end)?.kind ?? null
}

/**
 * Keeps what is asked for, at a place; credentials only where a command of an image asks for them too, while it is built or when it
 * starts. What is for those who work on the project is to be decided, with the one who asks named.
 */
export function keepAsked(one: Case, text: string, at: Place): Judgement {
  const isForUs = secretsOf(one.room.measured, one.stake).length > 0 && !isNamedInImage(one)
  return isForUs ? drop('unexplained', 'review', text, at) : keep(text, at)
}

/** True where a command of a stage that has the stake names it, or a script that is called there does. */
function isNamedInImage({ room, stake, readers }: Case): boolean {
  const names = (word: string) =>
    word.split(/[\s=:,;()]+/).some((part) => part.replace(/^(?:\.?\/)+/, '') === stake.path)
  return readers.some(({ member, read }) =>
    stagesWith(member, read).some(({ stageIndex }) =>
      [...room.runsFor(member, stageIndex), ...startsOf(member, stageIndex, room.repository)].some(
        ({ commands }) => commands.some(({ words }) => words.some(names)),
      ),
    ),
  )
}
