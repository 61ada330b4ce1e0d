/** Which instructions fetch dependencies: that one of them ran again is what a reader wants to know first. */

import type { Repository } from '../repository/model.ts'
import { runsOf } from '../suggest/image/runs.ts'
import type { Proposals } from '../suggest/suggest.ts'
import type { Link } from './chain.ts'

/** The commands (`npm ci`), one for each link; null where nothing is installed. */
export function installsOf(
  { proposals, repository }: { readonly proposals: Proposals; readonly repository: Repository },
  links: readonly Link[],
): readonly (string | null)[] {
  const member = proposals.group.members.find(({ leads }) => leads)
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
