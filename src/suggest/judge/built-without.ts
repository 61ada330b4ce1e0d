/** Builds of CI that have never had a stake. */

import { isFetchedOf } from '../../repository/ci-builds.ts'
import { type BuildWithout, buildsWithout } from '../../repository/provenance.ts'
import type { Stake } from '../../repository/stakes.ts'
import { isElsewhere } from '../image/remake.ts'
import { type Case, inRepository, isOfGroup } from './judgement.ts'

/** The build of CI that has never had it. */
export const builtWithout = ({
  room: { repository, group, meaningOf, writtenOf },
  stake,
}: Case): BuildWithout | null =>
  buildsWithout(repository.recipes, inRepository(repository, stake.path), isOfGroup(group), {
    isElsewhere: (made) => mayBeOutput(stake) && isElsewhere(made, repository),
    meaningOf,
    writtenOf,
    isFetched: (target) =>
      group.members.some(({ dockerfile: { file } }) =>
        isFetchedOf({ dockerfile: file, below: repository.below })(target),
      ),
  })

/** What a build writes where its configuration says is a directory or a file with a plain name, nothing that an install made. */
const mayBeOutput = ({ path, isDirectory, junk }: Stake): boolean =>
  (junk === null || junk.what === 'output') && (isDirectory || !/(?:^|\/)\.[^/]*$/.test(path))
