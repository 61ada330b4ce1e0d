/** Builds of CI that have never had a stake. */

import type { BuildTarget } from '../../inputs/target.ts'
import { cleanPath } from '../../lib/path.ts'
import { isFetchedOf } from '../../repository/ci-builds.ts'
import { type BuildWithout, buildsWithout } from '../../repository/provenance.ts'
import type { Stake } from '../../repository/stakes.ts'
import { isElsewhere } from '../image/remake.ts'
import { type Case, inRepository, isOfGroup } from './judgement.ts'

/** The build of CI that has never had it, of one image where `of` names it, else of any of the group. */
export function builtWithout(one: Case, of: BuildTarget | null = null): BuildWithout | null {
  return without(one, (target) => of === null || isSameImage(target, of))
}

/**
 * A Dockerfile of the group that takes the stake, and of which no build of CI has ever gone without; null: there is none. One in a
 * directory that nobody builds from the root may have that directory for its context.
 */
export function neverBuiltWithout(one: Case): string | null {
  const { repository, group } = one.room
  const files = new Set(one.readers.map(({ member }) => member.dockerfile.file))
  // One alone is what was found to be built without.
  if (files.size < 2) return null
  const isThis = isOfGroup(group)
  const isBuilt = (file: string): boolean =>
    repository.recipes.some(({ steps }) =>
      steps.some(
        (step) => step.kind === 'build' && step.builds?.some((each) => isThis(each) && fileOf(each) === file),
      ),
    )
  return (
    [...files].find(
      (file) =>
        (!file.includes('/') || isBuilt(file)) &&
        without(one, (target) => fileOf(target) === file, file) === null,
    ) ?? null
  )
}

/** `file`: the Dockerfile that is meant, as builds that fetch the repository name it from there; null: any of the group. */
function without(
  { room: { repository, group, meaningOf, writtenOf }, stake }: Case,
  isMeant: (target: BuildTarget) => boolean,
  file: string | null = null,
): BuildWithout | null {
  const isThis = isOfGroup(group)
  return buildsWithout(
    repository.recipes,
    inRepository(repository, stake.path),
    (target) => isThis(target) && isMeant(target),
    {
      isElsewhere: (made) => mayBeOutput(stake) && isElsewhere(made, repository),
      meaningOf,
      writtenOf,
      isFetched: (target) =>
        (file !== null || isMeant(target)) &&
        group.members.some(
          ({ dockerfile }) =>
            (file === null || dockerfile.file === file) &&
            isFetchedOf({ dockerfile: dockerfile.file, below: repository.below })(target),
        ),
    },
  )
}

const isSameImage = (one: BuildTarget, other: BuildTarget): boolean =>
  fileOf(one) === fileOf(other) && one.target === other.target

const fileOf = ({ dockerfile }: BuildTarget): string => cleanPath(dockerfile ?? 'Dockerfile')

/** What a build writes where its configuration says is a directory or a file with a plain name, nothing that an install made. */
const mayBeOutput = ({ path, isDirectory, junk }: Stake): boolean =>
  (junk === null || junk.what === 'output') && (isDirectory || !/(?:^|\/)\.[^/]*$/.test(path))
