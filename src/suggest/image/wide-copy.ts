/** Copies of whole directories of the context: where they put what, and what of the image is theirs. */

import { dirKind, type EntryTable } from '../../context/table.ts'
import { landing } from '../../dockerfile/landing.ts'
import type { ReadInstruction, Step } from '../../dockerfile/model.ts'
import { hasWildcard } from '../../lib/glob.ts'
import { baseName, joinPath, rootedPath } from '../../lib/path.ts'
import type { Member } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { absolute, below } from './paths.ts'

/** A COPY or ADD of one directory, and perhaps of files beside it. */
export interface WideCopy {
  readonly copy: ReadInstruction
  readonly step: Step
  /** Paths of the context, in the order written; '' is its root. */
  readonly sources: readonly { readonly path: string; readonly isDirectory: boolean }[]
  /** The directory that it fills, absolute; `/` is the root. */
  readonly dest: string
}

/** The copy that a step makes, where it takes one whole directory of the context and is written out there (no trigger, no wildcard, no `--parents`). */
export function wideCopyAt(member: Member, step: Step, table: EntryTable): WideCopy | null {
  const { line, stageIndex, instruction } = step
  if (instruction.line !== line || !/^(?:COPY|ADD)$/.test(instruction.keyword)) return null
  const copy = member.plan.reads.find((read) => read.line === line && read.stageIndex === stageIndex)
  if (
    copy?.origin.kind !== 'main' ||
    copy.mount ||
    copy.parents ||
    copy.sources.length !== copy.localSources.length ||
    copy.localSources.some(hasWildcard) ||
    instruction.heredocs.length > 0
  )
    return null
  const sources = copy.localSources.map((source) => {
    const path = rootedPath(source)
    const row = path === '' ? null : table.find(path)
    return { path, isDirectory: path === '' || (row !== null && table.kind[row] === dirKind) }
  })
  // Several directories fill the same one, over each other.
  if (sources.filter(({ isDirectory }) => isDirectory).length !== 1) return null
  const dest = absolute(copy.dest, step.directory)
  return dest === null ? null : { copy, step, sources, dest }
}

/** The path of the context that the copy puts at an absolute path of the image, were it there; null where it puts nothing. */
export function contextPathAt({ sources, dest }: WideCopy, image: string): string | null {
  const rest = below(image, dest)
  if (rest === null) return null
  for (const { path, isDirectory } of sources) {
    if (isDirectory) return joinPath(path, rest)
    if (rest === baseName(path)) return path
  }
  return null
}

/** True when the copy has something at an absolute path of the image, or below or above it. */
export function concerns(wide: WideCopy, image: string, table: EntryTable): boolean {
  if (below(wide.dest, image) !== null) return true
  const rest = below(image, wide.dest)
  if (rest === null) return false
  if (/[*?[$`]/.test(rest)) return true
  return wide.sources.some(({ path, isDirectory }) =>
    isDirectory ? isKept({ table }, joinPath(path, rest)) : rest === baseName(path),
  )
}

/** True when an earlier copy, which stays where it is, has put the path where the wide one would put it. `stages`: those in which it may stand. */
export function isThereBefore(
  member: Member,
  moved: readonly WideCopy[],
  wide: WideCopy,
  path: string,
  stages: readonly number[] = [wide.step.stageIndex],
): boolean {
  const wanted = landing(wide.copy, wide.step.directory, path)
  return member.plan.steps.some((step) => {
    if (!stages.includes(step.stageIndex) || step.line >= wide.step.line) return false
    if (moved.some((one) => one.step === step)) return false
    const read = member.reads.find(
      ({ instruction }) =>
        instruction.line === step.line && instruction.stageIndex === step.stageIndex && !instruction.mount,
    )
    return read !== undefined && landing(read.instruction, step.directory, path) === wanted
  })
}
