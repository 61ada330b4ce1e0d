/**
 * What a compiler makes and what it remembers of its last run go together: left alone, the memory keeps the next run from
 * making anything (https://www.typescriptlang.org/tsconfig/#incremental).
 */

import { flag } from '../../context/table.ts'
import { parentPath, visiblePath } from '../../lib/path.ts'
import type { Texts } from '../../repository/model.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Inquiry, Judged } from '../group/model.ts'
import type { Drop } from './lines.ts'
import { type TscMemory, tscMemories } from './tsc-memories.ts'

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

/** True unless every output of tsc is said to be elsewhere: of a directory that nobody knows, it may be one. */
const mayBeOfTsc = ({ stake: { junk, path } }: Judged, outputs: readonly string[]): boolean =>
  junk !== null || outputs.length === 0 || outputs.some((output) => isIn(output, path) || isIn(path, output))

/** Memories that lie in the context and elsewhere than beside their output, or in it, as configurations have it. */
export function memoriesElsewhere({ measured, repository }: Inquiry): readonly TscMemory[] {
  const { table } = measured.main
  return tscMemories(repository.manifests).filter(({ memory, output }) => {
    const isBeside = memory.endsWith('.tsbuildinfo') && parentPath(memory) === parentPath(output)
    if (isBeside || isIn(memory, output)) return false
    const row = table.find(memory)
    return row !== null && ((table.flags[row] ?? 0) & flag.ignored) === 0
  })
}

const isIn = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(`${directory}/`)

/** What has to go with the output: the memory is neither in it nor missing from the image today. */
const isOfOutput = ({ memory, output }: TscMemory, { path }: Stake): boolean =>
  (isIn(output, path) || isIn(path, output)) && !isIn(memory, path)

const isGone = ({ judgement }: Judged): boolean =>
  judgement.kind === 'drop' && (judgement.ground === 'unread' || judgement.ground === 'erased')

/** Less those that no build finds, as nothing reads them or an install takes them away first. */
export function foundMemories(
  elsewhere: readonly TscMemory[],
  judged: readonly Judged[],
): readonly TscMemory[] {
  return elsewhere.filter(({ memory }) => !judged.some((one) => isGone(one) && isIn(memory, one.stake.path)))
}

/** The judgements, with those of outputs to be decided whose memory is not certain to go. */
export function withoutHindered(
  judged: readonly Judged[],
  elsewhere: readonly TscMemory[],
): readonly Judged[] {
  const staying = judged.filter((one) => hinders(one) && !isCertain(one))
  if (staying.length === 0 && elsewhere.length === 0) return judged
  const remaining = elsewhere.filter(
    ({ memory }) => !judged.some((one) => isIn(memory, one.stake.path) && isCertain(one)),
  )
  return judged.map((one): Judged => {
    const { stake, judgement } = one
    if (judgement.kind !== 'drop' || !isCertain(one) || !isOutput(one)) return one
    const dir = parentPath(stake.path)
    const beside = staying.find((other) => parentPath(other.stake.path) === dir)?.stake.path
    const memory = beside ?? remaining.find((other) => isOfOutput(other, stake))?.memory
    if (memory === undefined) return one
    const text = `${judgement.reason.text}; but ${visiblePath(memory)} may stay, and tells tsc that there is nothing to make`
    return { ...one, judgement: { ...judgement, safety: 'review', reason: { ...judgement.reason, text } } }
  })
}

/**
 * The drops, each of an output with that of its memory. A memory that goes with something certain is no drop of its own, unless
 * more goes by it.
 */
export function withMemories(
  drops: readonly Drop[],
  elsewhere: readonly TscMemory[],
  { manifests, hasExceptions }: { readonly manifests: Texts; readonly hasExceptions: boolean },
): readonly Drop[] {
  const isOfMemories = ({ judged }: Drop) =>
    judged.every((one) => isMemory(one.stake) && isCertain(one)) && judged.some(hinders)
  const kept = drops.filter(isOfMemories)
  if (kept.length === 0 && elsewhere.length === 0) return drops
  const ofMemories = hasExceptions ? kept : withoutCovered(kept)
  const said = tscMemories(manifests).map(({ output }) => output)
  const takerOf = ({ memory }: TscMemory): Drop | undefined =>
    [...ofMemories, ...drops].find(({ judged }) => judged.some(({ stake }) => isIn(memory, stake.path)))
  const paired = drops
    .filter((drop) => !kept.includes(drop))
    .flatMap((drop): readonly Drop[] => {
      const outputs = drop.judged.filter(isOutput)
      const dirs = new Set(
        outputs.filter((one) => mayBeOfTsc(one, said)).map(({ stake }) => parentPath(stake.path)),
      )
      const beside = ofMemories.filter(({ judged }) =>
        judged.some((one) => hinders(one) && dirs.has(parentPath(one.stake.path))),
      )
      const apart = elsewhere
        .filter((one) => outputs.some(({ stake }) => isOfOutput(one, stake)))
        .map(takerOf)
      const taking = apart.filter((one) => one !== undefined)
      // No line takes the memory: without it the output has to stay.
      if (taking.length < apart.length && drop.judged.every(isCertain)) return []
      const memories = [...new Set([...beside, ...taking])].filter((other) => other !== drop)
      return [memories.length === 0 ? drop : { ...drop, memories }]
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
