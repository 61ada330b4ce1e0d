/** Which instructions fetch dependencies: that one of them ran again is what a reader wants to know first. */

import type { MeasuredBuild } from '../measure/build.ts'
import type { Repository } from '../repository/model.ts'
import { runsOf } from '../suggest/image/runs.ts'
import type { Proposals } from '../suggest/suggest.ts'
import type { Link } from './chain.ts'

/** The commands (`npm ci`), one for each link of the Dockerfile; null where nothing is installed. */
export function installsOf(
  {
    proposals: { group },
    repository,
    dockerfile: { file },
  }: Pick<MeasuredBuild, 'dockerfile'> & { readonly proposals: Proposals; readonly repository: Repository },
  links: readonly Link[],
): readonly (string | null)[] {
  const members = group.members.filter(({ dockerfile }) => dockerfile.file === file)
  const member = members.find(({ leads }) => leads) ?? members[0]
  if (!member) return links.map(() => null)
  const known = new Map<string, string>()
  for (const index of new Set(links.map(({ stage }) => stage.index)))
    for (const { step, commands } of runsOf(member, index, repository)) {
      const install = commands.find(({ meaning }) => meaning?.kind === 'install')
      if (install) known.set(`${index} ${step.line}`, install.meaning?.title ?? install.text)
    }
  return links.map(({ instruction, stage, step }) =>
    instruction === 'RUN' ? (known.get(`${stage.index} ${step.line}`) ?? null) : null,
  )
}
