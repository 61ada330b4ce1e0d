/** Builds of CI that have never had a stake. */

import type { BuildTarget } from '../../inputs/target.ts'
import { cleanPath } from '../../lib/path.ts'
import { isFetchedOf } from '../../repository/ci-builds.ts'
import { type BuildWithout, buildsWithout } from '../../repository/provenance.ts'
import type { Stake } from '../../repository/stakes.ts'
import { isElsewhere } from '../image/remake.ts'
import { type Case, inRepository, isOfGroup } from './judgement.ts'

/** The build of CI that has never had it, of one image where `of` names it, else of any of the group. */
export function builtWithout(
  { room: { repository, group, meaningOf, writtenOf }, stake }: Case,
  of: BuildTarget | null = null,
): BuildWithout | null {
  const isOne = (target: BuildTarget): boolean => of === null || isSameImage(target, of)
  const isThis = isOfGroup(group)
  return buildsWithout(
    repository.recipes,
    inRepository(repository, stake.path),
    (target) => isThis(target) && isOne(target),
    {
      isElsewhere: (made) => mayBeOutput(stake) && isElsewhere(made, repository),
      meaningOf,
      writtenOf,
      isFetched: (target) =>
        isOne(target) &&
        group.members.some(({ dockerfile: { file } }) =>
          isFetchedOf({ dockerfile: file, below: repository.below })(target),
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
