/** What is made on the host for this image is not junk: a step that makes it before the build. */

import type { CommandMeaning, FoundJunk } from '../../ecosystems/index.ts'
import { placeText } from '../../lib/source.ts'
import { type MakerWay, makers } from '../../repository/provenance.ts'
import type { Judgement } from '../group/model.ts'
import type { Remake } from '../image/remake.ts'
import { type Case, inRepository, isOfGroup, type JudgeRoom, keep } from './judgement.ts'
import { isPartOfOthers, type Remaking } from './remaking.ts'

/** The stake is kept where a recipe makes it and then builds the image. `remade`: what the image does with it. */
export function madeOnHost({ room, stake }: Case, remade: Remaking | null): Judgement | null {
  const { repository, group, meaningOf } = room
  const { junk } = stake
  if (junk !== null && !/^(?:output|packages|dump)$/.test(junk.what)) return null
  // An install at the top makes the packages of others only where there are workspaces.
  const isPart = isPartOfOthers(repository, stake)
  const isMeant = ({ how, tool }: MakerWay): boolean => {
    if (isPart && how === 'installs') return false
    // The image does the same again: it was made to be tested, or to be published elsewhere.
    if (remade !== null && tool !== null && isSameTool(tool, remade.remake, junk)) return false
    if (how !== 'may') return true
    return (
      remade === null &&
      junk?.what === 'output' &&
      junk.ecosystem === tool?.ecosystem &&
      !isOpenInImage(tool, room)
    )
  }
  const path = inRepository(repository, stake.path)
  const found = makers(repository.recipes, path, isOfGroup(group), { meaningOf, isMeant })
  const before = found.find(({ beforeBuild }) => beforeBuild !== null)
  if (!before) return null
  const does = before.how === 'may' ? 'may make' : 'makes'
  return keep(`${placeText(before.at)} ${does} it on the host for this image`, before.at)
}

/** The image runs it too, and nobody can tell where it writes there either. */
const isOpenInImage = ({ title }: CommandMeaning, { group, runsFor }: JudgeRoom): boolean =>
  group.members.some((member) =>
    member.plan.stages.some(({ index }) =>
      runsFor(member, index).some(({ commands }) =>
        commands.some(({ meaning }) => meaning?.title === title && meaning.makes.some(isAnything)),
      ),
    ),
  )

const isAnything = ({ path }: { readonly path: string }): boolean => path === '*'

/**
 * True when the tool that made it on the host makes all of it in the image too: a directory that belongs to one tool,
 * like `target`, or one of many, like `dist`, by the very same command.
 */
const isSameTool = (tool: CommandMeaning, remake: Remake, junk: FoundJunk | null): boolean =>
  tool.ecosystem === remake.ecosystem &&
  (tool.title === remake.title || (junk?.ecosystem === remake.ecosystem && remake.ecosystem !== 'node'))
