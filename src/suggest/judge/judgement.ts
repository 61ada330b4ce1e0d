/** Judgements and what they are made of, for those that judge. */

import type { BuildTarget } from '../../inputs/target.ts'
import { cleanPath, joinPath } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import type { MeaningOf, WrittenOf } from '../../repository/provenance.ts'
import type { Stake } from '../../repository/stakes.ts'
import { createLinkFinder, type LinkFinder } from '../group/links.ts'
import type { Ground, Group, Inquiry, Judgement, Member } from '../group/model.ts'
import { type Reader, readersOf } from '../group/readers.ts'
import { type ImageRun, runsOf } from '../image/runs.ts'
import { hostMeanings, hostWrites } from './host-commands.ts'

/** What the judgements of an inquiry share: what is read of a Dockerfile for one stake serves for all. */
export interface JudgeRoom extends Inquiry {
  readonly runsFor: (member: Member, stage: number) => readonly ImageRun[]
  readonly linkTo: LinkFinder
  readonly meaningOf: MeaningOf
  readonly writtenOf: WrittenOf
}

/** A stake with who reads it. */
export interface Case {
  readonly room: JudgeRoom
  readonly stake: Stake
  readonly readers: readonly Reader[]
}

export function openRoom(inquiry: Inquiry): JudgeRoom {
  const { group, repository, measured } = inquiry
  const runs = new Map<string, readonly ImageRun[]>()
  return {
    ...inquiry,
    runsFor: (member, stage) => {
      const key = `${group.members.indexOf(member)} ${stage}`
      const known = runs.get(key) ?? runsOf(member, stage, repository)
      runs.set(key, known)
      return known
    },
    linkTo: createLinkFinder(measured, repository),
    meaningOf: hostMeanings(repository),
    writtenOf: hostWrites(),
  }
}

export const caseOf = (room: JudgeRoom, stake: Stake): Case => ({
  room,
  stake,
  readers: readersOf(room, stake),
})

export function drop(
  ground: Ground,
  safety: 'proven' | 'safe' | 'review',
  text: string,
  at: Place | null,
): Judgement {
  return { kind: 'drop', ground, safety, reason: { text, at } }
}

export const keep = (text: string, at: Place | null): Judgement => ({ kind: 'keep', reason: { text, at } })

/** As recipes mean it, which speak of the whole repository. */
export const inRepository = ({ below }: Repository, path: string): string => joinPath(below ?? '', path)

/** True for builds of a Dockerfile of the group, from its root. */
export const isOfGroup =
  (group: Group) =>
  (target: BuildTarget): boolean =>
    cleanPath(target.context) === '.' &&
    (target.dockerfile === null ||
      group.members.some(({ dockerfile }) => dockerfile.file === cleanPath(target.dockerfile ?? '')))
