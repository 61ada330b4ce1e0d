/** Whether the image itself takes a stake away or makes it anew, after it was copied or before. */

import { fileKind } from '../../context/table.ts'
import { landing } from '../../dockerfile/landing.ts'
import { baseName } from '../../lib/path.ts'
import { type Place, placeText } from '../../lib/source.ts'
import type { Mention, Repository } from '../../repository/model.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Reason } from '../group/model.ts'
import { hasWorkspaces } from '../group/package-json.ts'
import { directoryAt, type Reader } from '../group/readers.ts'
import { installOf, type Remake, remakeOf } from '../image/remake.ts'
import type { ImageCommand } from '../image/runs.ts'
import type { Case } from './judgement.ts'

/** What becomes of a stake by the image itself, and why that is so. */
export interface Remaking {
  readonly ground: 'erased' | 'rebuilt'
  readonly text: string
  readonly at: Place
  readonly remake: Remake
}

/** What takes the stake away or makes it anew in every stage that reads it; null where one of them has to do with what is there. */
export function remadeBy(one: Case): Remaking | null {
  const found = one.readers.map((reader) => remadeAt(one, reader))
  return found.every((remaking) => remaking !== null)
    ? (found.find(({ ground }) => ground === 'rebuilt') ?? found[0] ?? null)
    : null
}

/** The same in the stage of one of its readers. */
export function remadeAt(one: Case, reader: Reader): Remaking | null {
  const { junk, gitIgnored } = one.stake
  const remake = remakeAt(one, reader)
  if (remake === null || remake.existing === 'skips' || isWantedAsItIs(one, reader, remake)) return null
  // What it is says more than that a RUN takes it away.
  if (remake.kind === 'plain' && junk?.disposable === 'always') return null
  const at = `${remake.title} (${placeText(remake.at)})`
  if (remake.existing === 'refuses')
    return { ground: 'rebuilt', text: `${at} takes none that another place made`, at: remake.at, remake }
  if (remake.existing === 'erases') {
    // A cache that is spared is made anew as well.
    const text = remake.spares ? `${at} makes it anew` : `${at} deletes it first`
    return { ground: 'erased', text, at: remake.at, remake }
  }
  const isBuilt = remake.kind === 'build' && (junk?.disposable === 'rebuilt' || gitIgnored)
  const isMade = isBuilt || (remake.existing === 'overwrites' && junk !== null)
  return isMade ? { ground: 'rebuilt', text: `${at} makes it anew`, at: remake.at, remake } : null
}

/**
 * True where the command does not make all of what lies there, and something asks for the rest: a text names what lies in it, which
 * is another module's than the command builds or which the sources take in when they are compiled; or tsc, which writes scripts, is all that
 * fills a directory of other things.
 */
function isWantedAsItIs(one: Case, reader: Reader, remake: Remake): boolean {
  const { room, stake } = one
  if (remake.kind !== 'build' || remake.existing === 'erases') return false
  const place = imagePathOf(one, reader) ?? ''
  const isOther = remake.modules?.every((dir) => !place.startsWith(`${dir}/`)) === true
  const names = isOther ? `${stake.path}/` : `/${baseName(stake.path)}/`
  const isTakenIn = ({ text }: Mention): boolean =>
    text.includes(names) && (isOther || (remake.ecosystem === 'rust' && /\binclude(?:_\w+)?!/.test(text)))
  const mentions = room.repository.mentions?.get(stake.path) ?? []
  return mentions.some(isTakenIn) || holdsMore(one, reader, remake)
}

/** https://www.typescriptlang.org/tsconfig/#outDir: scripts, declarations, maps of both, and JSON that is imported. */
const byTsc = /\.(?:[cm]?jsx?|json|map|d\.[cm]?ts|tsbuildinfo)$/

function holdsMore({ room, stake }: Case, { member, read }: Reader, { title, at }: Remake): boolean {
  if (!/^tsc\b/.test(title)) return false
  const { table } = room.measured.main
  const end = table.end[stake.row] ?? stake.row + 1
  let isMore = false
  for (let row = stake.row + 1; row < end && !isMore; row++)
    isMore = table.kind[row] === fileKind && !byTsc.test(table.name(row))
  // Whatever else is built or run there may bring the rest again.
  return (
    isMore &&
    room
      .runsFor(member, read.instruction.stageIndex)
      .filter(({ step }) => step.line > read.instruction.line)
      .every(
        ({ step, commands, unread }) =>
          unread === null &&
          commands.every(
            ({ meaning, words }) =>
              (meaning?.title === title && step.line === at.line) ||
              (meaning !== null &&
                meaning.kind !== 'build' &&
                !words.some((word) => word.includes(baseName(stake.path)))),
          ),
      )
  )
}

/** Where collectstatic runs after the copy, for sure, in every stage that reads the stake; it takes nothing from what was collected before. */
export function collectedAt({ room, readers }: Case): Place | null {
  const found = readers.map(({ member, read: { instruction } }): Place | null => {
    if (instruction.mount) return null
    for (const { step, commands, unread } of room.runsFor(member, instruction.stageIndex)) {
      if (step.line <= instruction.line) continue
      const isCollecting = ({ words, meaning, conditional }: ImageCommand) =>
        !conditional &&
        meaning?.ecosystem === 'python' &&
        words.includes('collectstatic') &&
        !words.some((word) => /^(?:-n|--dry-run)$/.test(word))
      if (commands.some(isCollecting)) return { file: member.dockerfile.file, line: step.line }
      if (unread !== null) return null
    }
    return null
  })
  return found.every((at) => at !== null) ? (found[0] ?? null) : null
}

/** What an install has made in the image where the copy then goes over it, in every stage that reads the stake. */
export function madeBefore(one: Case): Remaking | null {
  const { row, junk } = one.stake
  if (row < 0 || !/^(?:packages|output|environment)$/.test(junk?.what ?? '')) return null
  const found = one.readers.map((reader): Remaking | null => {
    const remake = installBefore(one, reader)
    return (
      remake && {
        ground: 'rebuilt',
        text: `${remake.title} (${placeText(remake.at)}) has made it there before the copy`,
        at: remake.at,
        remake,
      }
    )
  })
  return found.every((remaking) => remaking !== null) ? (found[0] ?? null) : null
}

/** The install of all that lies there, whatever of it is there already, in every stage that reads the stake. */
export function installedBy(one: Case): Remake | null {
  const found = one.readers.map((reader) => {
    const remake = remakeAt(one, reader) ?? installBefore(one, reader)
    return remake?.kind === 'install' && !/rebuild|prune|dedupe|remove|audit/.test(remake.title)
      ? remake
      : null
  })
  return found.every((remake) => remake !== null) ? (found[0] ?? null) : null
}

/** An install that goes on from what is there: without it, all is fetched anew, which is nearly always what is wanted. */
export function mergedBy(one: Case): Reason | null {
  if (isPartOfOthers(one.room.repository, one.stake)) return null
  for (const reader of one.readers) {
    const remake = remakeAt(one, reader)
    if (remake?.existing === 'merges')
      return {
        text: `${remake.title} (${placeText(remake.at)}) goes on from what is there instead of starting anew`,
        at: remake.at,
      }
  }
  return null
}

/** Where the stake lies in the image; null where that cannot be told, or only a RUN sees it. */
export const imagePathOf = ({ stake }: Case, { member, read }: Reader): string | null =>
  read.instruction.mount ? null : landing(read.instruction, directoryAt(member, read), stake.path)

function remakeAt(one: Case, reader: Reader): Remake | null {
  const { room, stake } = one
  const { line, stageIndex } = reader.read.instruction
  const imagePath = imagePathOf(one, reader)
  if (imagePath === null) return null
  const isOutput = stake.junk?.what === 'output'
  const bound = stake.junk?.bound ?? null
  const runs = room.runsFor(reader.member, stageIndex)
  return remakeOf(reader.member, runs, room.repository, { line, imagePath, isOutput, bound })
}

function installBefore(one: Case, reader: Reader): Remake | null {
  const { room, stake } = one
  const { line, stageIndex } = reader.read.instruction
  const imagePath = imagePathOf(one, reader)
  if (imagePath === null) return null
  // Of packages further down it is not known whether an install at the top is for them too.
  const deep = stake.junk?.what === 'output'
  const runs = room.runsFor(reader.member, stageIndex)
  return installOf(reader.member, runs, room.repository, { line, imagePath, deep })
}

/** True for packages further down where nothing makes an install at the top one of them too. */
export const isPartOfOthers = (repository: Repository, { path, junk }: Stake): boolean =>
  path.includes('/') && junk?.what === 'packages' && !hasWorkspaces(repository)
