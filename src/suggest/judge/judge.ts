/** May a part of the context go? The answer always comes with its reason, and the reason with its place. */

import { dirKind } from '../../context/table.ts'
import { baseName, parentPath, visiblePath } from '../../lib/path.ts'
import { type Place, placeText } from '../../lib/source.ts'
import { notLookedFor } from '../../report.ts'
import { withoutWrappers } from '../../repository/calls.ts'
import type { Recipe } from '../../repository/model.ts'
import { startsBefore } from '../../repository/provenance.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Group, Inquiry, Judgement } from '../group/model.ts'
import { isNamed, stagesWith } from '../group/readers.ts'
import { builtWithout, neverBuiltWithout } from './built-without.ts'
import { judgeHistory } from './history.ts'
import { type Case, caseOf, drop, inRepository, isOfGroup, keep, openRoom } from './judgement.ts'
import { takenFromStage, testedInImage } from './looked-for.ts'
import { madeOnHost, writtenOnHost } from './made-on-host.ts'
import { namedByManifest } from './manifest-names.ts'
import { type Deed, deedOf, isCollected } from './mention-makers.ts'
import { collectedAt, imagePathOf, madeBefore, mergedBy, type Remaking, remadeBy } from './remaking.ts'
import { dataIn, keepAsked } from './secrets.ts'
import { isDvc, letInOnPurpose, mentionOf, readAsData, startedFrom, usedByRun, watchedBy } from './uses.ts'

/** Judges stakes one by one; what is read of a Dockerfile for one serves for all. */
export function createJudge(inquiry: Inquiry): (stake: Stake) => Judgement {
  const room = openRoom(inquiry)
  const judged = new Map<string, Judgement>()
  return (stake) => {
    // Each Dockerfile that would be changed asks about what its commands make: mostly the same.
    const key = JSON.stringify(stake)
    const known = judged.get(key)
    if (known !== undefined) return known
    const judgement = whileOpen(judge(caseOf(room, stake)), inquiry.group)
    judged.set(key, judgement)
    return judgement
  }
}

/** Nothing is certain while a build is seen and cannot be read. */
function whileOpen(judgement: Judgement, { open: [open] }: Group): Judgement {
  if (!open || judgement.kind === 'keep' || judgement.safety === 'review') return judgement
  const text = `${judgement.reason.text}; but ${open.at === null ? '' : `${placeText(open.at)}: `}${open.text}`
  return { ...judgement, safety: 'review', reason: { text, at: open.at } }
}

/** Asks one question after the other; the first that has an answer decides. */
function judge(one: Case): Judgement {
  const asked = askedFor(one)
  if (asked !== null) return asked
  const { room, stake } = one
  const remade = remadeBy(one)
  const isErased = remade?.ground === 'erased'
  const letIn = isErased ? null : letInOnPurpose(room.measured, stake.path)
  if (letIn !== null) return keep('it is let in on purpose', letIn)
  if (stake.junk?.what === 'history')
    // A link may lead into it: git-annex has such.
    return linkedTo(one) ?? judgeHistory(one)
  if (isErased) return drop('erased', 'safe', remade.text, remade.at)
  // What the image makes anew is there for the link again; all else would be missing.
  const linked = remade === null ? linkedTo(one) : null
  if (linked !== null) return linked
  const before = madeBefore(one)
  return (
    leftByTools(one, remade, before) ??
    madeOnHost(one, remade) ??
    madeInImage(remade) ??
    madeInImage(before) ??
    writtenOnHost(one) ??
    dataOfProject(one) ??
    collectedInImage(one) ??
    namedInTexts(one) ??
    importedByProgram(one) ??
    namedByVariable(one) ??
    missingInCi(one) ??
    takenFromStage(one) ??
    unexplained(one)
  )
}

/** By an instruction that names it or a tool that watches it; what no instruction reads may go at once. */
function askedFor({ room, stake, readers }: Case): Judgement | null {
  const named = readers.find(({ read }) => isNamed(read, stake, room))
  if (named) {
    const { member, instruction } = named.read
    return keep(`${instruction.instruction} ${visiblePath(instruction.sources.join(' '))} asks for it`, {
      file: member.file,
      line: instruction.line,
    })
  }
  const watched = watchedBy(room.repository, stake)
  if (watched !== null) return watched
  // Where there is no Dockerfile, nobody knows what it would read.
  const isKnown = room.measured.build.dockerfile.text !== null
  return readers.length === 0 && isKnown ? drop('unread', 'proven', 'no instruction reads it', null) : null
}

function linkedTo(one: Case): Judgement | null {
  const { room, stake, readers } = one
  const link = room.linkTo(stake.path, () => readers.flatMap((reader) => imagePathOf(one, reader) ?? []))
  return link === null ? null : keep(`${visiblePath(link)} is a link that leads there`, null)
}

/** What its tool calls disposable wherever it lies, unless somebody works with it all the same. */
function leftByTools(one: Case, remade: Remaking | null, before: Remaking | null): Judgement | null {
  const { room, stake } = one
  const { junk } = stake
  if (junk?.disposable !== 'always' || junk.what === 'report') return null
  const isMadeThere = remade !== null || before !== null
  const asked =
    junk.what === 'environment'
      ? isMadeThere
        ? null
        : startedFrom(room, stake)
      : ((junk.what === 'packages' && !isMadeThere ? madeOnHost(one, remade) : null) ??
        usedByRun(one) ??
        takenAsItIs(one) ??
        readAsData(room.repository, stake))
  return asked ?? drop('disposable', 'safe', junk.says, null)
}

/** Where the image has a tool fetch nothing: it finds in its cache what it needs, or stops. */
function takenAsItIs({ room, stake: { junk }, readers }: Case): Judgement | null {
  if (junk?.what !== 'cache') return null
  for (const { member, read } of readers)
    for (const { stageIndex } of stagesWith(member, read))
      for (const { step, commands } of room.runsFor(member, stageIndex))
        for (const { meaning } of commands) {
          if (meaning?.ecosystem !== junk.ecosystem) continue
          // https://docs.gradle.org/current/userguide/command_line_interface.html, https://maven.apache.org/ref/current/maven-embedder/cli.html
          const isOffline = meaning.options.some(
            (option) =>
              /^--offline(?:=true)?$/.test(option) || (option === '-o' && meaning.title.startsWith('mvn')),
          )
          if (!isOffline) continue
          const at = { file: member.dockerfile.file, line: step.line }
          const text = `${meaning.title} (${placeText(at)}) fetches nothing, and takes what is there`
          return drop('unexplained', 'review', text, at)
        }
  return null
}

/** Where the settings of Django name it, and each image that takes it collects anew. */
function collectedInImage(one: Case): Judgement | null {
  const setting = mentionOf(one.room.repository, one.stake, (mention) => isCollected(mention, one.stake.path))
  const at = setting === null ? null : collectedAt(one)
  return at && drop('rebuilt', 'safe', `collectstatic (${placeText(at)}) makes it anew`, at)
}

const madeInImage = (remaking: Remaking | null): Judgement | null =>
  remaking && drop('rebuilt', 'safe', remaking.text, remaking.at)

/** Data under version control of another kind, and what a manifest or a RUN works with. */
function dataOfProject(one: Case): Judgement | null {
  const { stake } = one
  const { repository } = one.room
  const data = repository.tracked?.has(`${stake.path}.dvc`)
    ? { file: `${stake.path}.dvc`, line: 1 }
    : mentionOf(repository, stake, isDvc)?.at
  if (data !== undefined) {
    const without = builtWithout(one)
    // Who pulls some of it and builds then has pulled what the image is to have.
    return without === null || !pullsData(repository.recipes, without.at)
      ? keep(`${placeText(data)} tracks it with DVC`, data)
      : drop(
          'unexplained',
          'review',
          `${placeText(data)} tracks it with DVC, and ${without.by} builds without it (${placeText(without.at)})`,
          without.at,
        )
  }
  const asks =
    stake.junk === null && !stake.isDirectory
      ? namedByManifest({ ...stake, isTest: false }, repository.manifests)
      : null
  if (asks === null) return testedInImage(one) ?? usedByRun(one)
  // Settings are for a program that runs, wherever that is: it finds the data of its place.
  const isData = /\.(?:sqlite3?|db)$/.test(stake.path) || dataIn(stake, one.room.measured) !== null
  return isData && /^\.env(?:\.|$)/.test(baseName(asks.file))
    ? drop('unexplained', 'review', `${placeText(asks)} names it`, asks)
    : keepAsked(one, `${placeText(asks)} asks for it`, asks)
}

/** By a source of the project, whatever it does with it; a report that nothing names may go. */
function namedInTexts(one: Case): Judgement | null {
  const { stake } = one
  const { repository, group } = one.room
  if (repository.mentions === null) return drop('unexplained', 'review', notLookedFor, null)
  const mention = mentionOf(repository, stake, (one) => deedOf(one, stake.path) === 'needs')
  const source = sourceOf(one)
  for (const { at } of [mention, source].filter((one) => one !== null)) {
    const starter = startsBefore(repository.recipes, inRepository(repository, at.file), isOfGroup(group))
    if (starter)
      return keep(
        `${placeText(starter)} starts ${visiblePath(at.file)}, which names it, and then builds this image`,
        starter,
      )
  }
  if (mention !== null) {
    const text = `${placeText(mention.at)} names it`
    // Nobody told git of it, and yet a program works with it: that is what it is there for.
    return stake.stray !== null && stake.stray.by !== 'keys'
      ? keepAsked(one, text, mention.at)
      : drop('unexplained', 'review', text, mention.at)
  }
  return stake.junk?.disposable === 'always' ? drop('disposable', 'safe', stake.junk.says, null) : null
}

/** Where a program of the project that is started somewhere imports it: `from . import _version`. */
function importedByProgram({ room: { repository }, stake }: Case): Judgement | null {
  for (const [key, { files }] of repository.programs)
    if (files.some((file) => file === stake.path || file.startsWith(`${stake.path}/`))) {
      const [program = ''] = key.split('\0')
      if (program !== stake.path && !program.startsWith(`${stake.path}/`))
        return drop('unexplained', 'review', `${visiblePath(program)} imports it, or what it imports does`, {
          file: program,
          line: 1,
        })
    }
  return null
}

/** Where an ENV of a stage that takes it says where it lies; not for a place to write to, which the program makes for itself. */
function namedByVariable(one: Case): Judgement | null {
  for (const reader of one.readers) {
    const { member, read } = reader
    const place = imagePathOf(one, reader)
    if (place === null) continue
    const stages = stagesWith(member, read).map(({ stageIndex }) => stageIndex)
    for (const { instruction, stageIndex, line } of member.plan.steps)
      if (instruction.keyword === 'ENV' && stages.includes(stageIndex))
        for (const [, name = '', value = ''] of instruction.words
          .join(' ')
          .matchAll(/([A-Za-z_]\w*)[= ]["']?([^\s"']+)/g))
          if (
            !isWrittenTo.test(name) &&
            value.split(':').some((part) => part === place || part.startsWith(`${place}/`))
          ) {
            const at = { file: member.dockerfile.file, line }
            return drop('unexplained', 'review', `ENV ${name} (${placeText(at)}) names it`, at)
          }
  }
  return null
}

/** Variables of places that a program fills while it runs. */
const isWrittenTo = /UPLOAD|LOG|CACHE|TE?MP|OUT|STORAGE|BACKUP|DATABASE|SOCKET|PID|RUN|HOME/i

/** Where a text says how it comes to be, or takes it away: no reason to leave it there. */
function sourceOf({ room: { repository }, stake }: Case): { readonly at: Place; readonly deed: Deed } | null {
  const all = (repository.mentions?.get(stake.path) ?? []).map(({ at, text }) => ({
    at,
    deed: deedOf({ at, text }, stake.path),
  }))
  return all.find(({ deed }) => deed === 'makes') ?? all.find(({ deed }) => deed === 'deletes') ?? null
}

/** True where the recipe of the build has DVC bring data. */
const pullsData = (recipes: readonly Recipe[], { file, line }: Place): boolean =>
  recipes.some(
    ({ steps }) =>
      steps.some(({ at }) => at.file === file && at.line === line) &&
      steps.some(
        (step) =>
          step.kind === 'command' &&
          /^dvc (?:pull|checkout|fetch)\b/.test(withoutWrappers(step.command.words).join(' ')),
      ),
  )

/** What git ignores and CI has never had when it builds the image. */
function missingInCi(one: Case): Judgement | null {
  const { stake } = one
  const without = stake.gitIgnored ? builtWithout(one) : null
  if (without === null) return null
  const text = `${without.by} builds without it (${placeText(without.at)})`
  const other = neverBuiltWithout(one)
  const doubt = isSettings(stake.path)
    ? ', but a program may read its settings there'
    : isPutThere(one)
      ? `, but git keeps ${visiblePath(parentPath(stake.path))} for what is put there`
      : !without.isUsed
        ? ', but neither publishes nor starts that image'
        : other === null
          ? null
          : `, but no build of ${visiblePath(other)}`
  return doubt === null
    ? drop('without', 'safe', text, without.at)
    : drop('unexplained', 'review', `${text}${doubt}`, without.at)
}

function unexplained(one: Case): Judgement {
  const { junk, gitIgnored, stray, path } = one.stake
  const merged = mergedBy(one)
  if (merged !== null) return drop('unexplained', 'review', merged.text, merged.at)
  const source = sourceOf(one)
  if (source !== null && stray === null)
    return drop('unexplained', 'review', `${placeText(source.at)} ${source.deed} it`, source.at)
  const mount = one.room.repository.mounted.find(
    (each) => each.path === path || path.startsWith(`${each.path}/`),
  )
  if (mount !== undefined && stray === null)
    return drop('unexplained', 'review', `${placeText(mount.at)} mounts it into a container`, mount.at)
  const read = one.room.repository.variables.find((each) => each.path === path)
  if (read !== undefined && (stray === null || stray.by === 'keys'))
    return drop(
      'unexplained',
      'review',
      `${placeText(read.at)} has compose read its variables, which no image needs for that`,
      read.at,
    )
  const nothing = gitIgnored
    ? 'git ignores it, and nothing says what it is for'
    : 'nothing says what it is for'
  return drop('unexplained', 'review', stray?.says ?? junk?.says ?? nothing, null)
}

/** Names that frameworks look for by themselves, in the container and in the build of a client: no text need name them. */
const isSettings = (path: string): boolean =>
  /^\.(?:env(?:\..*|rc)?|renviron|rprofile|npmrc|pypirc|netrc|pgpass|my\.cnf)$|\.(?:key|pem|local)$|(?:^|[._-])(?:local|secrets?|credentials)\.(?:json|toml|ya?ml|ini|php|py|rb|exs|env|properties)$|^appsettings\..*json$|^(?:local|secrets?)[._-]settings?\.\w+$|^wp-config\.php$/i.test(
    baseName(path),
  )

/**
 * True for what nobody knows, of a kind that git ignores in a directory of which it has no more than what holds it, such as `.gitkeep`: it is
 * there to be filled with such, `plugins/*.jar`, and an image that was built of a filled one works with what it found. Where all is ignored it is what
 * programs write while they run, unless a text tells people what to put there, or git has others of its kind: those that the project brings, and this one is put
 * beside them.
 */
function isPutThere({ room, stake }: Case): boolean {
  const { table, gitRules } = room.measured.main
  const kind = baseName(gitRules?.ruleFor(stake.path, stake.isDirectory)?.glob ?? '')
  const { rows } = room.repository
  const dir = parentPath(stake.path)
  const above = stake.junk !== null || dir === '' || kind === '' ? null : table.find(dir)
  if (above === null) return false
  const beside: number[] = []
  for (let at = above + 1; at < (table.end[above] ?? above + 1); at = table.end[at] ?? at + 1)
    if (rows.within(at) > 0) beside.push(at)
  const isDir = (row: number) => table.kind[row] === dirKind
  const tells = (row: number) => !isDir(row) && /^readme(?:\.\w+)?$/i.test(table.name(row))
  const holds = (row: number) =>
    tells(row) || (!isDir(row) && /^\.(?:git)?(?:keep|ignore|empty)$/.test(table.name(row)))
  const isHeld = beside.length > 0 && beside.every(holds)
  if (/[^*]/.test(kind) || (isHeld && beside.some(tells))) return isHeld
  const brings = (row: number) => rows.within(row) > 0 && !isDir(row) && !holds(row)
  return beside.some((row) => {
    if (!stake.isDirectory) return brings(row) && endingOf(table.name(row)) === endingOf(stake.path)
    for (let at = row + 1; isDir(row) && at < (table.end[row] ?? at); at++) if (brings(at)) return true
    return false
  })
}

const endingOf = (path: string): string => /\.[^./]+$/.exec(path)?.[0] ?? ''
