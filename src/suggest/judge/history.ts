/** May the history go? It may where nobody asks git. */

import { placeText } from '../../lib/source.ts'
import type { Judgement } from '../group/model.ts'
import { stagesWith } from '../group/readers.ts'
import { type GitUse, gitUse, versionTool } from '../image/git-use.ts'
import { startsOf } from '../image/runs.ts'
import { type Case, drop, keep } from './judgement.ts'

/** Judges `.git` by what runs in the stages that it reaches, by manifests, and by the texts that name it. */
export function judgeHistory(one: Case): Judgement {
  const { repository } = one.room
  const asked = askedInImage(one)
  if (asked.kind === 'uses') return keep(`${asked.text} (${placeText(asked.at)})`, asked.at)
  const asks = repository.mentions?.get('.git')?.[0]
  // Who may ask says less than who does.
  if (asked.kind === 'unknown' && asks === undefined)
    return drop('unexplained', 'review', `${asked.text} (${placeText(asked.at)}): it may ask git`, asked.at)
  const tool = versionTool(null, repository)
  if (tool !== null) return drop('unexplained', 'review', `${tool.text} (${placeText(tool.at)})`, tool.at)
  if (asks && asked.kind === 'stamps')
    return keep(`${asked.text} (${placeText(asked.at)}), and ${placeText(asks.at)} looks for it`, asks.at)
  if (asks) return drop('unexplained', 'review', `${placeText(asks.at)} asks git`, asks.at)
  if (asked.kind === 'stamps') {
    const text = `${asked.text} (${placeText(asked.at)}), and does without`
    return drop('unexplained', 'review', text, asked.at)
  }
  return drop('history', 'safe', 'no RUN, script or manifest uses git', null)
}

/** The first that uses git or may; where there is none, the first that writes down what it finds there. */
function askedInImage({ room: { runsFor, repository }, readers, stake }: Case): GitUse {
  let stamps: GitUse = { kind: 'none' }
  for (const { member, read } of readers)
    for (const { stageIndex, from } of stagesWith(member, read, stake.path)) {
      const use = gitUse(member, runsFor(member, stageIndex), from, repository)
      if (use.kind === 'uses' || use.kind === 'unknown') return use
      if (use.kind === 'stamps' && stamps.kind === 'none') stamps = use
      // What a container starts is mostly the program itself, of which nothing is known.
      const started = gitUse(member, startsOf(member, stageIndex, repository), 0, repository)
      if (started.kind === 'uses') return started
    }
  return stamps
}
