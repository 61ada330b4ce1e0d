/** What is all that a source would find: where the ignore file lets in only that, the copy fails without it. */

import { dirKind, type EntryTable, flag, type Row } from '../../context/table.ts'
import { hasWildcard } from '../../lib/glob.ts'
import { rootedPath, visiblePath } from '../../lib/path.ts'
import type { Inquiry, Judged, MemberRead } from '../group/model.ts'
import { keep } from './judgement.ts'

/**
 * The judgements with those of stakes that must stay for the sake of a source: its directory is out, is sent for what is let in
 * below it, and all of that would go.
 */
export function withoutLastOfSource(
  judged: readonly Judged[],
  { group, measured }: Inquiry,
): readonly Judged[] {
  const { table } = measured.main
  const held = new Map<Row, MemberRead>()
  for (const { reads } of group.members)
    for (const read of reads)
      for (const row of read.guessed ? [] : ignoredSources(read, table)) held.set(row, read)
  if (held.size === 0) return judged
  const goes = new Uint8Array(table.count)
  for (const { stake, judgement } of judged)
    if (judgement.kind === 'drop' && stake.row >= 0)
      goes.fill(1, stake.row, table.end[stake.row] ?? stake.row + 1)
  const emptied = [...held].filter(([row]) => keepsNothing(row, goes, table))
  return judged.map((one) => {
    const { row } = one.stake
    const source = emptied.find(([from]) => from < row && row < (table.end[from] ?? from + 1))
    if (one.judgement.kind === 'keep' || source === undefined) return one
    const [at, { member, instruction }] = source
    const text = `${instruction.instruction} ${visiblePath(table.path(at))} would find nothing without it`
    return { ...one, judgement: keep(text, { file: member.file, line: instruction.line }) }
  })
}

/** Directories that a source names, or in which its wildcards begin, and that the ignore file drops by themselves. */
const ignoredSources = ({ instruction }: MemberRead, table: EntryTable): readonly Row[] =>
  instruction.localSources.flatMap((source) => {
    const parts = rootedPath(source).split('/')
    const wild = parts.findIndex(hasWildcard)
    // A pattern may match nothing, but not where there is no directory to look in.
    const path = (wild < 0 ? parts : parts.slice(0, wild)).join('/')
    const row = path === '' ? null : table.find(path)
    return row === null || table.kind[row] !== dirKind || ((table.flags[row] ?? 0) & flag.ignored) === 0
      ? []
      : [row]
  })

function keepsNothing(directory: Row, goes: Uint8Array, table: EntryTable): boolean {
  for (let row = directory + 1; row < (table.end[directory] ?? directory + 1); row++)
    if (goes[row] !== 1 && table.kind[row] !== dirKind && ((table.flags[row] ?? 0) & flag.ignored) === 0)
      return false
  return true
}
