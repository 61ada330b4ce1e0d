/**
 * What a compiler makes and what it remembers of its last run go together: left alone, the memory keeps the next run from
 * making anything (https://www.typescriptlang.org/tsconfig/#incremental).
 */

import { parentPath, visiblePath } from '../../lib/path.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Judged } from '../group/model.ts'
import type { Drop } from './lines.ts'

/** By the names under which they are known as junk. */
const memories: ReadonlySet<string> = new Set(['*.tsbuildinfo', '.tsbuildinfo'])

const isMemory = ({ junk }: Stake): boolean => junk !== null && memories.has(junk.name)

const isCertain = ({ judgement }: Judged): boolean =>
  judgement.kind === 'drop' && judgement.safety !== 'review'

/** True for a memory that a build of the group finds as long as it is not dropped. */
const hinders = ({ stake, judgement }: Judged): boolean =>
  isMemory(stake) && stake.row >= 0 && !(judgement.kind === 'drop' && judgement.ground === 'unread')

/** A directory that would be missing to whom the memory says that it is there. What no build reads, or an install erases, is missing today. */
const isOutput = ({ stake, judgement }: Judged): boolean =>
  stake.isDirectory &&
  stake.stray === null &&
  (stake.junk === null || stake.junk.what === 'output') &&
  judgement.kind === 'drop' &&
  judgement.ground !== 'unread' &&
  judgement.ground !== 'erased'

/** The judgements, with those of outputs to be decided whose memory beside them is not certain to go. */
export function withoutHindered(judged: readonly Judged[]): readonly Judged[] {
  const staying = judged.filter((one) => hinders(one) && !isCertain(one))
  if (staying.length === 0) return judged
  return judged.map((one): Judged => {
    const { stake, judgement } = one
    if (judgement.kind !== 'drop' || !isCertain(one) || !isOutput(one)) return one
    const dir = parentPath(stake.path)
    const memory = staying.find((other) => parentPath(other.stake.path) === dir)
    if (memory === undefined) return one
    const text = `${judgement.reason.text}; but ${visiblePath(memory.stake.path)} may stay, and tells tsc that there is nothing to make`
    return { ...one, judgement: { ...judgement, safety: 'review', reason: { ...judgement.reason, text } } }
  })
}

/** The drops, each of an output with that of its memory; a memory that goes with something certain is no drop of its own. */
export function withMemories(drops: readonly Drop[], hasExceptions: boolean): readonly Drop[] {
  const isOfMemories = ({ judged }: Drop) =>
    judged.every((one) => isMemory(one.stake) && isCertain(one)) && judged.some(hinders)
  const kept = drops.filter(isOfMemories)
  if (kept.length === 0) return drops
  const ofMemories = hasExceptions ? kept : withoutCovered(kept)
  const paired = drops
    .filter((drop) => !kept.includes(drop))
    .map((drop): Drop => {
      const dirs = new Set(drop.judged.filter(isOutput).map(({ stake }) => parentPath(stake.path)))
      const beside = ofMemories.filter(({ judged }) =>
        judged.some((one) => hinders(one) && dirs.has(parentPath(one.stake.path))),
      )
      return beside.length === 0 ? drop : { ...drop, memories: beside }
    })
  const taken = new Set(paired.flatMap((drop) => (drop.judged.every(isCertain) ? (drop.memories ?? []) : [])))
  return [...paired, ...ofMemories.filter((drop) => !taken.has(drop))]
}

/** A line for every place of a name is for those too that have a line of their own. */
function withoutCovered(drops: readonly Drop[]): readonly Drop[] {
  const nameOf = ({ judged }: Drop) => judged[0]?.stake.junk?.name ?? ''
  const wide = new Map<string, Drop>()
  for (const drop of drops) {
    const name = nameOf(drop)
    if (!wide.has(name) && drop.lines.includes(`**/${name}`)) wide.set(name, drop)
  }
  return drops.flatMap((drop): readonly Drop[] => {
    const all = wide.get(nameOf(drop))
    if (all === undefined) return [drop]
    if (all !== drop) return []
    const covered = drops.filter((other) => other !== drop && nameOf(other) === nameOf(drop))
    return [{ ...drop, judged: [...drop.judged, ...covered.flatMap(({ judged }) => judged)] }]
  })
}
