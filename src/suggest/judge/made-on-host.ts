/** What is made on the host for this image is not junk: a step that makes it before the build. */

import { type CommandMeaning, ecosystems, type FoundJunk } from '../../ecosystems/index.ts'
import { relativePath } from '../../inputs/load.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, joinPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Mention } from '../../repository/model.ts'
import { type MakerWay, makers, startsBefore } from '../../repository/provenance.ts'
import type { Judgement } from '../group/model.ts'
import { stagesWith } from '../group/readers.ts'
import type { Remake } from '../image/remake.ts'
import { type ImageCommand, startsOf } from '../image/runs.ts'
import { builtWithout } from './built-without.ts'
import { type Case, inRepository, isOfGroup, type JudgeRoom } from './judgement.ts'
import { installedBy, isPartOfOthers, type Remaking } from './remaking.ts'
import { mentionOf } from './uses.ts'

/** The stake is kept where a recipe makes it and then builds the image. `remade`: what the image does with it. */
export function madeOnHost(one: Case, remade: Remaking | null): Judgement | null {
  const { room, stake } = one
  const { repository, group, meaningOf, writtenOf } = room
  const { junk } = stake
  if (junk !== null && !/^(?:output|packages|dump)$/.test(junk.what)) return null
  // An install at the top makes the packages of others only where there are workspaces.
  const isPart = isPartOfOthers(repository, stake)
  const installed = installedBy(one)
  // Another image of the group may have them of its own.
  const isPublishedWithout = (builds: MakerWay['builds']): boolean =>
    builds?.every((target) => builtWithout(one, target)?.isUsed === true) === true
  const isMeant = ({ how, tool, directory, isUsed, builds }: MakerWay): boolean => {
    if (how === 'installs' && isOfAnother(one, directory)) return false
    if (isPart && how === 'installs') return false
    // What the build on the host needed them for is another thing, and an image that is published has none of them.
    if (how === 'installs' && junk?.what === 'packages' && isUsed && isPublishedWithout(builds)) return false
    // The image has them of its own: these are there to test with, or to build something else. `touch node_modules` is how make knows of them.
    const ecosystem = tool?.kind === 'install' ? tool.ecosystem : (junk?.ecosystem ?? null)
    const isElsewhere = installed?.ecosystem === ecosystem || isUseless(one, ecosystem)
    if ((how === 'installs' || junk?.what === 'packages') && isUsed && isElsewhere) return false
    // A cache in them.
    if (how === 'builds' && junk?.what === 'packages' && !makesAll(tool, stake.path)) return false
    // The image does the same again: it was made to be tested, or to be published elsewhere.
    if (remade !== null && tool !== null && isSameTool(tool, remade.remake, junk)) return false
    if (how !== 'may') return true
    if (remade !== null || tool === null) return false
    const isUsual = junk?.what === 'output' && junk.ecosystem === tool.ecosystem
    return (isUsual && !isOpenInImage(tool, room)) || isSetFor(tool, one)
  }
  const path = inRepository(repository, stake.path)
  const found = makers(repository.recipes, path, isOfGroup(group), { meaningOf, writtenOf, isMeant })
  const before = found.find(({ beforeBuild }) => beforeBuild !== null)
  if (!before) return null
  const does = before.how === 'may' ? 'may make' : 'makes'
  const text = `${placeText(before.at)} ${does} it on the host for this image`
  return { kind: 'keep', reason: { text, at: before.at }, isMade: true }
}

/** An install in a directory with a lock file of its own makes nothing beside it, whatever workspaces there are. */
function isOfAnother({ room: { repository }, stake }: Case, directory: string | null): boolean {
  if (directory === null || directory === '' || stake.junk?.what !== 'packages') return false
  const path = inRepository(repository, stake.path)
  const own = relativePath(`/${repository.below ?? ''}`, `/${directory}`)
  const locked = lockFiles.some((name) => repository.tracked?.has(joinPath(own, name)))
  return locked && !path.startsWith(`${directory}/`)
}

const lockFiles =
  'package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb composer.lock'.split(' ')

/** The stake is kept where a recipe starts a program of the project that names the directory it lies in, and then builds the image: `outdir: 'public'`. */
export function writtenOnHost({ room: { repository, group }, stake }: Case): Judgement | null {
  if (!stake.gitIgnored || (stake.junk !== null && stake.junk.what !== 'output')) return null
  for (const [key, { names }] of repository.programs) {
    const [file = ''] = key.split('\0')
    const dir = names.find((name) => stake.path.startsWith(`${name}/`))
    const starter =
      dir === undefined
        ? null
        : startsBefore(repository.recipes, inRepository(repository, file), isOfGroup(group))
    if (dir === undefined || starter === null) continue
    const text = `${placeText(starter)} starts ${visiblePath(file)}, which names ${visiblePath(dir)}/, and then builds this image`
    return { kind: 'keep', reason: { text, at: starter }, isMade: true }
  }
  return null
}

const makesAll = (tool: CommandMeaning | null, path: string): boolean =>
  tool?.makes.some((made) => baseName(made.path) === baseName(path)) ?? false

/** True for packages that nothing works with in the images which take them: no command, and no base image that is there for it. */
function isUseless({ room, stake, readers }: Case, of: string | null): boolean {
  const ecosystem = ecosystems.find(({ id }) => id === of)
  if (ecosystem === undefined || stake.junk?.what !== 'packages') return false
  const names = [ecosystem.id, ...ecosystem.programs.flatMap((program) => program.names)]
  return readers.every(({ member, read }) =>
    stagesWith(member, read).every(({ stageIndex }) => {
      const base = member.plan.stages[stageIndex]?.base ?? ''
      const runs = room.runsFor(member, stageIndex)
      const started = startsOf(member, stageIndex, room.repository)
      // What stands in CMD is told to the program of an ENTRYPOINT.
      const hasEntry = started.some(({ step }) => step.instruction.keyword === 'ENTRYPOINT')
      const starts = started.filter(({ step }) => !hasEntry || step.instruction.keyword === 'ENTRYPOINT')
      const all = [...runs, ...starts]
      const commands = all.flatMap((run) => run.commands)
      const isBuilt = member.plan.reads.some(
        ({ origin, stageIndex: at }) => at === stageIndex && origin.kind === 'stage',
      )
      // Of what a RUN has made under that name, or what lies at the root, it is known that the copy does not bring it; what
      // another stage has compiled is started by its path.
      const isOfImage = ({ line, words: [program = ''] }: ImageCommand): boolean =>
        /^\/[\w.-]+$/.test(program) ||
        commands.some(({ meaning, words }) => meaning !== null && words.includes(program)) ||
        (isBuilt && compiled.test(program) && starts.some(({ step }) => step.line === line))
      return (
        !base.split(/[-_/:.]+/).some((word) => names.includes(word)) &&
        all.every(({ unread }) => unread === null) &&
        commands.every((command) =>
          command.meaning === null ? isOfImage(command) : command.meaning.ecosystem !== ecosystem.id,
        ) &&
        !commands.some(({ words }) => words.some((word) => names.includes(word.replace(/(?:js)?\d*$/, ''))))
      )
    }),
  )
}

/** True where a configuration of the command says of the stake that it is what is made: `outDir: '../frontend-dist'`. */
function isSetFor({ command: { outputs } }: CommandMeaning, { room, stake }: Case): boolean {
  if (outputs === null || !stake.isDirectory) return false
  const { files, settings } = outputs
  const isSetting = ({ at, text }: Mention): boolean =>
    files.some((glob) => matchGlob(glob, baseName(at.file)) === 'match') &&
    settings.some((setting) => text.includes(setting))
  return mentionOf(room.repository, stake, isSetting) !== null
}

/** A path with no ending of a script. */
const compiled = /\/[\w-]+(?:\.(?:exe|bin))?$/

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
