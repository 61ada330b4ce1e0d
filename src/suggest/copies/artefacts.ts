/** What a stage takes of another one that has built it: copied before an install, it makes that run again for every change of the sources. */

import type { EntryTable } from '../../context/table.ts'
import { landing } from '../../dockerfile/landing.ts'
import type { ReadInstruction, Step } from '../../dockerfile/model.ts'
import { hasWildcard, matchGlob } from '../../lib/glob.ts'
import { baseName, cleanPath, parentPath } from '../../lib/path.ts'
import type { Member } from '../group/model.ts'
import { absolute, below } from '../image/paths.ts'
import type { ImageCommand } from '../image/runs.ts'
import { concerns, type WideCopy, wideCopyAt } from '../image/wide-copy.ts'

/** A `COPY --from` of a stage that is another one after each change of the sources. */
export interface Artefact {
  readonly copy: ReadInstruction
  readonly step: Step
  /** Where it goes, absolute: it puts nothing that lies outside of it. */
  readonly dest: string
}

/** The one that a step makes; null for any other step, for one that fills the working directory, and where only the base image knows where it goes. */
export function artefactAt(member: Member, step: Step, table: EntryTable): Artefact | null {
  const { line, stageIndex, instruction, directory } = step
  if (instruction.line !== line || instruction.keyword !== 'COPY') return null
  const copy = member.plan.reads.find((read) => read.line === line && read.stageIndex === stageIndex)
  const dest = copy ? absolute(copy.dest, directory) : null
  if (!copy || copy.mount || copy.parents || dest === null || copy.origin.kind !== 'stage') return null
  if (directory === null || below(directory, dest) !== null) return null
  const from = withBases(member, copy.origin.index)
  const isBuilt = member.plan.steps.some(
    (one) => from.includes(one.stageIndex) && wideCopyAt(member, one, table) !== null,
  )
  return isBuilt ? { copy, step, dest } : null
}

/** A stage, and the stages that it begins with. */
function withBases({ plan }: Member, index: number): readonly number[] {
  const found = [index]
  for (let at = plan.stages[index]?.baseOrigin; at?.kind === 'stage'; at = plan.stages[at.index]?.baseOrigin)
    found.push(at.index)
  return found
}

/** True when a path of the image, absolute, is what it brings, or holds it, or lies in it. */
export const touches = ({ dest }: Pick<Artefact, 'dest'>, image: string): boolean =>
  below(image, dest) !== null || below(dest, image) !== null

/**
 * True when it may come after the installs: no install runs in it, makes it or has to find something in it, and no copy
 * that stays between goes over it. `needs`: what they have to find, as paths of the context; `moved`: what moves with it.
 */
export function mayComeAfter(
  member: Member,
  artefact: Artefact,
  {
    installs,
    moved,
    end,
  }: {
    readonly installs: readonly {
      readonly command: ImageCommand
      readonly dir: string
      readonly needs: readonly string[]
    }[]
    readonly moved: readonly (Artefact | WideCopy)[]
    /** The line of the last RUN that comes before it then. */
    readonly end: number
  },
  table: EntryTable,
): boolean {
  const isOfInstall = installs.some(({ command: { directory, meaning }, dir, needs }) => {
    if (directory === null || below(directory, artefact.dest) !== null) return true
    const made = (meaning?.makes ?? []).map(({ path }) => path.replace(/^\*\*\//, ''))
    const read = needs.map((path) =>
      dir === '' ? path : path.startsWith(`${dir}/`) ? path.slice(dir.length + 1) : `../${path}`,
    )
    return [...made, ...read].some((path) => touches(artefact, absolute(path, directory)))
  })
  return (
    !isOfInstall &&
    !member.plan.steps.some((step) => {
      const isBetween =
        step.stageIndex === artefact.step.stageIndex && step.line > artefact.step.line && step.line < end
      return isBetween && !moved.some((one) => one.step === step) && mayGoOver(member, step, artefact, table)
    })
  )
}

/** True unless it is sure that what a step copies goes elsewhere. */
function mayGoOver(member: Member, step: Step, { dest }: Artefact, table: EntryTable): boolean {
  if (!/^(?:COPY|ADD)$/.test(step.instruction.keyword)) return false
  const read = member.plan.reads.find(
    (one) => one.line === step.line && one.stageIndex === step.stageIndex && !one.mount,
  )
  const to = read ? absolute(read.dest, step.directory) : null
  const wide = wideCopyAt(member, step, table)
  if (wide !== null) return concerns(wide, dest, table)
  if (!read || to === null) return true
  return read.localSources.some((source) => {
    const rest = below(dest, to)
    if (rest !== null && rest !== '' && hasWildcard(source))
      return matchGlob(baseName(source), rest.split('/')[0] ?? '') !== 'no match'
    const place = read.origin.kind === 'main' ? landing(read, step.directory, cleanPath(source)) : null
    // Of a stage it is not known what is a directory.
    return touches({ dest }, place ?? (/\.\w+$/.test(source) ? `${to}/${baseName(source)}` : to))
  })
}

/** True when a copy before the RUN brings one of the manifests to the directory of an install from a stage: it is copied anew only where it changed. */
export function bringsManifest(member: Member, { meaning, directory }: ImageCommand, run: Step): boolean {
  const names = meaning?.manifests.flat() ?? []
  return member.plan.steps.some((step) => {
    if (step.stageIndex !== run.stageIndex || step.line >= run.line || directory === null) return false
    const read = member.plan.reads.find(
      (one) => one.line === step.line && one.stageIndex === step.stageIndex && !one.mount,
    )
    const dest = read?.origin.kind === 'stage' ? absolute(read.dest, step.directory) : null
    return (
      dest !== null &&
      (dest === directory || parentPath(dest) === directory) &&
      (read?.localSources ?? []).some((source) =>
        names.some((name) => matchGlob(baseName(source), name) === 'match'),
      )
    )
  })
}
