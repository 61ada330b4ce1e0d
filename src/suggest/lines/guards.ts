/** Lines for what is not there yet: what a tree of this kind is sure to grow. */

import { ecosystemsOf, type Junk } from '../../ecosystems/index.ts'
import type { Stake } from '../../repository/stakes.ts'
import { coverage } from '../../resolve/reads.ts'
import type { Inquiry } from '../group/model.ts'

/** Stakes without a row, for a context of which a build takes all; none where every build names what it wants. */
export function guardStakes(
  { measured, repository, group }: Inquiry,
  present: readonly Stake[],
): readonly Stake[] {
  const { table, context } = measured.main
  const { patterns, ignore } = context
  const stakes: Stake[] = []
  const kept = [...repository.manifests.keys()].filter(
    (path) => table.find(path) !== null && !patterns.matched(patterns.judge(path).verdict),
  )
  const isBroad = (name: string) =>
    group.members.some(({ reads }) =>
      reads.some(({ instruction }) => coverage(instruction, name) === 'broad'),
    )
  for (const ecosystem of ecosystemsOf(kept))
    for (const row of ecosystem.junk) {
      const { name } = row
      const junk = { ...row, ecosystem: ecosystem.id }
      if (!row.guard || /[*?[]/.test(name) || !(isGrown(row) || (ignore === null && name === '.DS_Store')))
        continue
      // Only the top of a repository has its history in it.
      if (row.what === 'history' && repository.below !== '') continue
      if (stakes.some(({ path }) => path === name) || present.some((stake) => stake.junk?.name === name))
        continue
      if (!isBroad(name) || patterns.matched(patterns.judge(name).verdict)) continue
      // Whoever has written a line for it somewhere has thought of it.
      if (patterns.patterns.some(({ text }) => text === name || text.endsWith(`/${name}`))) continue
      if (table.find(name) !== null || repository.tracked?.has(name)) continue
      // One environment is enough to be warned of.
      if (
        row.what === 'environment' &&
        ([...stakes, ...present].some((stake) => stake.junk?.what === 'environment') ||
          ecosystem.junk.some(
            (other) => other.what === 'environment' && patterns.matched(patterns.judge(other.name).verdict),
          ))
      )
        continue
      stakes.push({
        row: -1,
        path: name,
        isDirectory: row.type === 'dir',
        junk,
        gitIgnored: true,
        stray: null,
      })
    }
  // What a system leaves is worth a line beside others only.
  return stakes.some(({ junk }) => junk !== null && isGrown(junk)) ? stakes : []
}

/** What every tree of the kind has after a day's work; the rest may never come. */
const isGrown = ({ what, name }: Junk): boolean =>
  what === 'packages' || what === 'environment' || what === 'history' || name === '__pycache__'
