/** Where a Dockerfile copies its manifests before its sources already, and only the step is missing that fetches by them. */

import { landing } from '../../dockerfile/landing.ts'
import type { Step } from '../../dockerfile/model.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, parentPath } from '../../lib/path.ts'
import type { Member } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { absolute, below } from '../image/paths.ts'
import type { Grounds } from '../needs/needs.ts'

/** A command of a stage that goes by manifests. */
export interface ByManifests {
  readonly stageIndex: number
  /** Of its RUN. */
  readonly line: number
  /** Absolute: where it runs. */
  readonly directory: string
}

/** The directory of the context, '' for its root, whose manifest (one of the globs) a copy before the command puts where it runs; null: none does. */
export function directoryThere(
  member: Member,
  at: ByManifests,
  names: readonly string[],
  { table, repository }: Grounds,
): string | null {
  for (const path of repository.manifests.keys())
    if (
      names.some((name) => matchGlob(name, baseName(path)) === 'match') &&
      isKept({ table, repository }, path) &&
      liesThere(member, at, path)
    )
      return parentPath(path)
  return null
}

/** True when a copy before the command puts the path of the context where it runs. */
export const liesThere = (
  member: Member,
  { stageIndex, line, directory }: ByManifests,
  path: string,
): boolean => placesBefore(member, stageIndex, line)(path).has(absolute(baseName(path), directory))

/**
 * The first copy of the context into where the command runs before which all of `needs` (paths of the context) lie there as in
 * the whole tree, those of `own` below it; null where one of them comes with the last of the copies, or with none.
 */
export function copyBehind(
  member: Member,
  { stageIndex, line, directory }: ByManifests,
  own: string,
  needs: readonly string[],
): Step | null {
  const wanted = needs.map((path) => ({ path, place: placeBeside(path, own, directory) }))
  return (
    member.plan.steps.find((step) => {
      const isCopy =
        step.stageIndex === stageIndex &&
        step.line < line &&
        step.instruction.line === step.line &&
        member.plan.reads.some(
          (read) =>
            read.line === step.line &&
            read.stageIndex === stageIndex &&
            !read.mount &&
            read.origin.kind === 'main' &&
            isInto(absolute(read.dest, step.directory), directory),
        )
      if (!isCopy) return false
      const place = placesBefore(member, stageIndex, step.line)
      return wanted.every((one) => place(one.path).has(one.place))
    }) ?? null
  )
}

/** True when a copy before the command puts the path where it lies beside `own` in the whole tree. */
export const isThere = (
  member: Member,
  { stageIndex, line, directory }: ByManifests,
  own: string,
  path: string,
): boolean => placesBefore(member, stageIndex, line)(path).has(placeBeside(path, own, directory))

const isInto = (dest: string | null, directory: string): boolean =>
  dest !== null && (below(dest, directory) !== null || below(directory, dest) !== null)

/** Where a path of the context lies in the image when `directory` is where `own` lies; what lies above it keeps its distance. */
function placeBeside(path: string, own: string, directory: string): string {
  let up = ''
  for (let at = own; ; at = parentPath(at), up += '../') {
    if (at === '') return absolute(`${up}${path}`, directory)
    if (path.startsWith(`${at}/`)) return absolute(`${up}${path.slice(at.length + 1)}`, directory)
  }
}

/** The places that the copies of a stage before a line give to a path of the context. */
const placesBefore = (member: Member, stageIndex: number, line: number) => {
  const steps = member.plan.steps.filter((step) => step.stageIndex === stageIndex && step.line < line)
  return (path: string): ReadonlySet<string | null> =>
    new Set(
      steps.flatMap((step) =>
        member.plan.reads.flatMap((read) =>
          read.line === step.line &&
          read.stageIndex === stageIndex &&
          !read.mount &&
          read.origin.kind === 'main'
            ? [landing(read, step.directory, path)]
            : [],
        ),
      ),
    )
}
