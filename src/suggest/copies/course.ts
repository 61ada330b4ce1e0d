/** How far a copy of whole directories can be put off: past every install that can do with its manifests alone. */

import { dirKind, type EntryTable } from '../../context/table.ts'
import { landing } from '../../dockerfile/landing.ts'
import type { Step } from '../../dockerfile/model.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import { readShell } from '../../shell/read.ts'
import type { Member, Reason } from '../group/model.ts'
import { runsAtInstall } from '../group/package-json.ts'
import { isKept, matching } from '../group/whereabouts.ts'
import { absolute, below, isOfSystem } from '../image/paths.ts'
import { type ImageCommand, type ImageRun, runsOf } from '../image/runs.ts'
import { concerns, contextPathAt, type WideCopy, wideCopyAt } from '../image/wide-copy.ts'
import type { Grounds, NeedsPlace } from '../needs/needs.ts'
import { isPackage } from '../needs/python.ts'
import { type Artefact, artefactAt, bringsManifest, touches } from './artefacts.ts'
import { rootedText } from './copy-lines.ts'
import { installVariables } from './variables.ts'

/** An install that a copy is put off past. */
export interface PassedInstall {
  readonly command: ImageCommand
  /** Paths of the context that it has to find. */
  readonly needs: readonly string[]
  /** The directory of the context that it runs in, as if all of the context were there. */
  readonly dir: string
  readonly doubt: string | null
}

export interface Course {
  /** Those that stand before the last install passed, in order. */
  readonly copies: readonly WideCopy[]
  /** The same of what other stages have built. */
  readonly artefacts: readonly Artefact[]
  readonly installs: readonly PassedInstall[]
  /** What has to be there before the copies, as paths of the context. */
  readonly needs: readonly string[]
  /** Directories, absolute, that are changed into on the way. */
  readonly entered: readonly { readonly path: string; readonly line: number }[]
  /** The RUN behind which they belong, and the last command of it that may come before them. */
  readonly end: { readonly run: ImageRun; readonly last: ImageCommand } | null
  /** The first install, passed or not; null: there is nothing to put anything off for. */
  readonly subject: ImageCommand | null
  /** Why it goes no further; null: the stage ends, or what comes next has nothing to do with installs. */
  readonly stopped: Reason | null
}

interface Walk extends Grounds {
  readonly member: Member
  readonly copies: WideCopy[]
  readonly artefacts: Artefact[]
  readonly installs: PassedInstall[]
  /** Paths of the context that other commands read besides: settings. */
  readonly also: string[]
  /** Directories that commands change into: something has to be there. */
  readonly entered: { readonly path: string; readonly line: number }[]
}

/** Follows a stage from its first copy of a directory on. `built`: also from that of what another stage has built. */
export function courseOf(
  member: Member,
  stageIndex: number,
  grounds: Grounds,
  { built }: { readonly built: boolean },
): Course {
  const { repository, table } = grounds
  const runs = runsOf(member, stageIndex, repository)
  const walk: Walk = { ...grounds, member, copies: [], artefacts: [], installs: [], also: [], entered: [] }
  let end: Course['end'] = null
  let passed = { copies: 0, artefacts: 0, installs: 0, also: 0, entered: 0 }
  let stopped: Reason | null = null
  let subject: ImageCommand | null = null
  const steps = member.plan.steps.filter((step) => step.stageIndex === stageIndex)
  for (const [index, step] of steps.entries()) {
    const wide = projectCopyAt(walk, step)
    const artefact = built ? artefactAt(member, step, table) : null
    if (artefact !== null) {
      walk.artefacts.push(artefact)
      continue
    }
    if (!isCopied(walk) && wide === null) continue
    const run = runs.find((one) => one.step === step)
    if (!run) {
      stopped = crossing(walk, step, wide)
      if (stopped !== null) {
        subject ??= firstInstall(walk, runs, steps.slice(index))
        break
      }
      if (wide !== null) walk.copies.push(wide)
      continue
    }
    const before = walk.installs.length
    const { last, reason, blocker } = passRun(walk, run)
    subject ??= walk.installs[0]?.command ?? null
    if (last !== null && walk.installs.length > before) {
      end = { run, last }
      passed = {
        copies: walk.copies.length,
        artefacts: walk.artefacts.length,
        installs: walk.installs.length,
        also: walk.also.length,
        entered: walk.entered.length,
      }
    }
    if (blocker === null && reason === null) continue
    stopped = reason
    subject ??=
      blocker !== null && isInstall(blocker) ? blocker : firstInstall(walk, runs, steps.slice(index))
    break
  }
  const installs = walk.installs.slice(0, passed.installs)
  return {
    copies: walk.copies.slice(0, passed.copies),
    artefacts: walk.artefacts.slice(0, passed.artefacts),
    installs,
    needs: [...installs.flatMap(({ needs }) => needs), ...walk.also.slice(0, passed.also)],
    entered: walk.entered.slice(0, passed.entered),
    end,
    subject,
    stopped,
  }
}

/** What is copied to where the system and its tools look for settings, certificates and programs may be what any step after it goes by. */
function projectCopyAt({ member, table }: Walk, step: Step): WideCopy | null {
  const wide = wideCopyAt(member, step, table)
  if (wide === null) return null
  const isOfTools = isOfSystem(wide.dest) && !/^\/(?:$|root(?:$|\/[^.]))/.test(wide.dest)
  return isOfTools || bringsSettings(wide, table) ? null : wide
}

/** True for a part of the context that is laid over a home or the root of the image, and has there what tools look for: `COPY home/ /root/`. */
function bringsSettings({ sources, dest }: WideCopy, table: EntryTable): boolean {
  const isRoot = dest === '/'
  if (!isRoot && !/^\/(?:root|home\/[^/]+)$/.test(dest)) return false
  const path = sources.find(({ isDirectory }) => isDirectory)?.path ?? ''
  // The whole context is the project itself, of which it is known what an install needs.
  if (path === '') return false
  const found = isRoot ? ['etc', 'root', 'home', 'usr'] : settingsOfHome
  return found.some((name) => table.find(joinPath(path, name)) !== null)
}

/** What package managers and what they call look for in a home, each as its manual says. */
const settingsOfHome =
  '.npmrc .yarnrc .yarnrc.yml .bunfig.toml .netrc .pypirc .pip .config .condarc .cargo .gem .gemrc .bundle .composer .m2 .gradle .nuget .ssh .gitconfig .gnupg .curlrc .wgetrc .docker .aws'.split(
    ' ',
  )

const isCopied = ({ copies, artefacts }: Walk): boolean => copies.length + artefacts.length > 0

const isInstall = ({ meaning }: ImageCommand): boolean =>
  meaning?.kind === 'install' && meaning.reads !== 'nothing' && meaning.reads !== 'arguments'

/** The first install that runs in what was copied. */
function firstInstall(walk: Walk, runs: readonly ImageRun[], steps: readonly Step[]): ImageCommand | null {
  for (const { step, commands } of runs)
    for (const command of commands)
      if (
        steps.includes(step) &&
        isInstall(command) &&
        walk.copies.some(({ dest }) => command.directory !== null && below(command.directory, dest) !== null)
      )
        return command
  return null
}

/** Why the copies cannot be put off past an instruction that is no RUN; null when they can. */
function crossing(walk: Walk, { instruction, line, directory }: Step, wide: WideCopy | null): Reason | null {
  const { member, table, copies } = walk
  const all = [...copies, ...walk.artefacts]
  const at = { file: member.dockerfile.file, line }
  switch (instruction.keyword) {
    case 'ARG':
    case 'ENV':
      return all.some(({ step }) => /\$/.test(step.instruction.text))
        ? { text: `${instruction.keyword} stands between`, at }
        : null
    case 'WORKDIR':
      return all.some(
        ({ copy, step }) =>
          copy.dest?.startsWith('/') !== true &&
          step.directory !== directory &&
          !copies.some((one) => one.step === step && leadsInto(one, directory, table) && isRooted(one)),
      )
        ? { text: 'WORKDIR changes between the copy and the install', at }
        : null
    case 'COPY':
    case 'ADD': {
      const other = member.plan.reads.find(
        (read) => read.line === line && read.stageIndex === copies[0]?.copy.stageIndex && !read.mount,
      )
      const dest = other ? absolute(other.dest, directory) : null
      if (!other || dest === null)
        return copies.length === 0 ? null : { text: 'another copy stands between', at }
      // Copies of directories keep their order, but one must not come to lie between two others.
      if (wide !== null) return null
      const files = other.localSources.map((source) =>
        other.origin.kind === 'main' && wide === null
          ? landing(other, directory, cleanPath(source))
          : `${dest}/${baseName(source)}`,
      )
      const isInto = /(?:^|\/)\.?$/.test(other.dest ?? '') || other.localSources.length > 1
      const isClash = copies.some((one) =>
        isInto && other.origin.kind === 'main'
          ? files.some((file) => file === null || concerns(one, cleanPath(file), table))
          : concerns(one, dest, table),
      )
      return isClash ? { text: 'another copy goes over the same directory between', at } : null
    }
    default:
      return null
  }
}

/** True where the directory is one that the copy fills, and brings itself. */
function leadsInto(wide: WideCopy, directory: string | null, table: EntryTable): boolean {
  const path = directory === null ? null : contextPathAt(wide, directory)
  const row = path === null ? null : table.find(cleanDir(path))
  return row !== null && table.kind[row] === dirKind
}

/**
 * True for a copy that can be written with the whole path of what it fills, and goes into directories that are there as it would have made
 * them: those of WORKDIR are root's.
 */
const isRooted = (wide: WideCopy): boolean =>
  rootedText(wide, '') !== null &&
  !wide.step.instruction.flags.some(({ name }) => name === 'chown' || name === 'chmod')

interface PassedRun {
  /** The last command that may come before the copies; null: none. */
  readonly last: ImageCommand | null
  /** What stops; null: nothing of it does. */
  readonly blocker: ImageCommand | null
  readonly reason: Reason | null
}

function passRun(walk: Walk, run: ImageRun): PassedRun {
  const { member } = walk
  const at = { file: member.dockerfile.file, line: run.step.line }
  const stop = (text: string | null, blocker: ImageCommand | null, last: ImageCommand | null): PassedRun => ({
    last,
    blocker,
    reason: text === null ? null : { text, at },
  })
  if (run.unread !== null) return stop(run.unread, null, null)
  if (run.step.instruction.line !== run.step.line) return stop('ONBUILD starts it', null, null)
  if (mountsAll(walk, run.step)) return stop(null, run.commands[0] ?? null, null)
  const written = redirectedInto(walk, run)
  if (written !== null) return stop(`it writes ${written}, which is copied`, null, null)
  let last: ImageCommand | null = null
  // Leading to an install that stays within it; what is only passed on the way is no reason to go on.
  for (const command of run.commands) {
    if (command.text.includes(' → ') && isCopied(walk))
      return stop(`a script that is copied runs ${command.words.slice(0, 2).join(' ')}`, command, last)
    const own = ownInstall(walk, run, command)
    if (own !== null) {
      if ('text' in own) return { last, blocker: command, reason: own }
      walk.installs.push(own)
    } else {
      const why = tiedTo(walk, command)
      if (why !== null) return stop(why, command, last)
    }
    last = command
  }
  return { last, blocker: null, reason: null }
}

/** A bind mount of a directory of the context: the RUN sees the sources whether they are copied or not. */
function mountsAll({ member, table }: Walk, { line, stageIndex }: Step): boolean {
  return member.plan.reads.some(
    (read) =>
      read.line === line &&
      read.stageIndex === stageIndex &&
      read.mount &&
      read.origin.kind === 'main' &&
      read.localSources.some((source) => {
        const path = cleanPath(source).replace(/^\/|^\.$/g, '')
        const row = path === '' ? -1 : table.find(path)
        return row === -1 || (row !== null && (table.end[row] ?? row + 1) > row + 1)
      }),
  )
}

/** What the RUN redirects into or from that the copies bring; commands do not say. */
function redirectedInto({ copies, artefacts, table }: Walk, { step }: ImageRun): string | null {
  const { instruction, directory } = step
  if (instruction.json) return null
  const texts =
    instruction.heredocs.length > 0
      ? instruction.heredocs.map(({ body }) => body)
      : [instruction.words.join(' ')]
  for (const text of texts)
    for (const command of readShell(text).commands)
      for (const file of [...command.writes, ...command.reads]) {
        const from = command.directory === null ? null : absolute(command.directory || '.', directory)
        const image = absolute(file, from)
        const isIn = (path: string) =>
          copies.some((one) => concerns(one, path, table)) || artefacts.some((one) => touches(one, path))
        if (image === null || isIn(image)) return file
      }
  return null
}

/** What the command needs of the context where it is an install that goes by manifests; null for any other command. */
function ownInstall(walk: Walk, run: ImageRun, command: ImageCommand): PassedInstall | Reason | null {
  const { member } = walk
  const { meaning, conditional } = command
  if (meaning?.kind !== 'install' || (meaning.reads !== 'manifests' && !isOfPackages(meaning))) return null
  const at = { file: member.dockerfile.file, line: command.line }
  const place = placeOf(walk, run, command)
  if (place === null && goesByBuilt(walk, run, command))
    return conditional ? { text: 'it does not always run', at } : { command, needs: [], dir: '', doubt: null }
  const isOdd = (path: string) => !/\.(?:txt|in|pip|whl|zip|tar\.gz)$/.test(path) && !isPackage(walk, path)
  if (place === null || (meaning.reads !== 'manifests' && place.files.some(isOdd))) return null
  if (conditional) return { text: 'it does not always run', at }
  const told = toldByVariables(walk, run, command)
  if ('text' in told) return { ...told, at }
  const needs = walk.needsOf(meaning, { ...place, files: [...place.files, ...told.files] })
  if (needs.kind === 'refused') return needs.reason
  const rewritten = meaning.makes.find(
    ({ path, existing }) =>
      path !== '*' &&
      existing === 'overwrites' &&
      needs.paths.includes(joinPath(place.dir, path)) &&
      !keepsLock(meaning, path),
  )
  if (rewritten)
    return { text: `it rewrites ${rewritten.path}, over which the copy would then put the old one`, at }
  // What a build of them makes lies beside their sources, and is taken along with them.
  const makes = meaning.reads === 'manifests' ? meaning.makes : []
  const passed = { ...command, meaning: { ...meaning, makes } }
  return { command: passed, needs: needs.paths, dir: place.dir, doubt: needs.doubt }
}

/** True for `pip install -e ./lib`: packages of the repository by their directories, besides requirements perhaps. */
const isOfPackages = ({ ecosystem, title, reads, files, options }: CommandMeaning): boolean =>
  ecosystem === 'python' &&
  reads === 'sources' &&
  /^(?:pip[\d.]*|uv pip) install\b/.test(title) &&
  files.length > 0 &&
  !options.some((option) => /^--(?:group|all-extras)\b/.test(option))

/** Paths of the context that variables tell the install of; why it cannot be moved where one of them cannot be followed. */
function toldByVariables(
  walk: Walk,
  run: ImageRun,
  { directory }: ImageCommand,
): { readonly files: readonly string[] } | { readonly text: string } {
  const files: string[] = []
  for (const { name, word } of installVariables(walk.member, run)) {
    if (/[$`]/.test(word) && /[/.]/.test(word)) return { text: `what ${name} names cannot be told` }
    const image = absolute(word, directory)
    const path = image === null ? null : contextFileOf(walk, run, image)
    // The directory that is copied, as in `BUNDLE_PATH=/app`, is no file of it.
    if (path !== null && path !== '') files.push(path)
  }
  return { files }
}

/** True where a lockfile is only brought up to date, which does nothing to one that fits its manifest. */
function keepsLock(meaning: NonNullable<ImageCommand['meaning']>, path: string): boolean {
  const [program = '', subcommand = 'install'] = meaning.command.words
  if (program === 'mix') return meaning.title === 'mix deps.get'
  if (/update|lock|export/.test(meaning.title)) return false
  if (!/lock|\.pnp\./.test(path) || meaning.operands.length > 0) return false
  if (program === 'pipenv')
    return (
      /sync/.test(meaning.title) || meaning.options.some((one) => /^--(?:deploy|ignore-pipfile)$/.test(one))
    )
  return /^(?:install|i|ci|sync)(?:\||$)/.test(subcommand)
}

/** Where in the context an install runs: where its manifests come from. Null when they come from elsewhere. */
function placeOf(walk: Walk, run: ImageRun, { meaning, directory }: ImageCommand): NeedsPlace | null {
  if (meaning === null) return null
  const { copies } = walk
  const files = meaning.files.map((file) =>
    contextFileOf(walk, run, absolute(file.replace(/\[[^\]]*\]$/, ''), directory)),
  )
  if (files.some((file) => file === null)) return null
  const known = files.filter((file) => file !== null)
  const names = meaning.manifests.flat()
  // The last copy that fills the directory has the last word.
  for (const wide of directory === null ? [] : copies.toReversed()) {
    const dir = directory === null ? null : contextPathAt(wide, directory)
    if (dir === null) continue
    const here = cleanDir(dir)
    if (known.length > 0 || names.some((name) => matching(walk, here, name).length > 0))
      return { dir: here, files: known }
  }
  const [first] = known
  if (names.length === 0) return first === undefined ? null : { dir: parentPath(first), files: known }
  for (const name of directory === null ? [] : names) {
    const path = contextFileOf(walk, run, absolute(name, directory))
    if (path !== null) return { dir: parentPath(path), files: known }
  }
  return null
}

/** True where another stage brings its manifests, no directory of the context is put off, and no script of the project starts with it. */
const goesByBuilt = ({ member, copies, repository }: Walk, run: ImageRun, command: ImageCommand): boolean =>
  copies.length === 0 &&
  command.meaning?.reads === 'manifests' &&
  command.meaning.files.length === 0 &&
  bringsManifest(member, command, run.step) &&
  !runsAtInstall(repository)

/** The file of the context that lies at an absolute path of the image when the RUN begins. */
function contextFileOf({ member, table, copies }: Walk, run: ImageRun, image: string | null): string | null {
  if (image === null) return null
  for (const wide of copies.toReversed()) {
    const path = contextPathAt(wide, image)
    if (path !== null && isKept({ table }, cleanDir(path))) return cleanDir(path)
  }
  for (const { instruction, rows } of member.reads) {
    if (
      instruction.stageIndex !== run.step.stageIndex ||
      instruction.line >= run.step.line ||
      instruction.mount
    )
      continue
    const from = directoryAt(member, instruction.stageIndex, instruction.line)
    // What is asked for by name, one by one.
    for (const row of rows.length > 200 ? [] : rows) {
      const path = table.path(row)
      if (landing(instruction, from, path) === image) return path
    }
  }
  return null
}

const cleanDir = (dir: string): string => cleanPath(dir).replace(/^\.$/, '')

function directoryAt(member: Member, stageIndex: number, line: number): string | null {
  return (
    member.plan.steps.find((one) => one.stageIndex === stageIndex && one.line === line)?.directory ?? null
  )
}

/** Operators of `test` that look at a file, before it: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/test.html; those between two. */
const fileTest = /^-[bcdefghkprstuwxLOGSN]$/
const fileComparison = /^-(?:nt|ot|ef)$/

/** The words of a command that may be paths of what is copied. `[ "$CI" != true ]` compares, and looks at none. */
function namedBy(meaning: CommandMeaning, words: readonly string[]): readonly string[] {
  if (!/^(?:test|\[\[?)$/.test(words[0] ?? ''))
    return meaning.kind === 'plain' || meaning.reads === 'arguments' ? meaning.operands : meaning.files
  return words.filter(
    (_, index) =>
      fileTest.test(words[index - 1] ?? '') ||
      [words[index - 1], words[index + 1]].some((word) => fileComparison.test(word ?? '')),
  )
}

/** What ties a command to what is copied; null when nothing does. */
function tiedTo(walk: Walk, { meaning, directory, words, line }: ImageCommand): string | null {
  const { copies, artefacts, table } = walk
  const [program = ''] = words
  const asked = words.slice(0, 3).join(' ')
  const shown = asked.length > 40 ? `${asked.slice(0, 39)}…` : asked
  if (!isCopied(walk)) return null
  if (program === 'cd') {
    const image = absolute(words[1] ?? '/', directory)
    if (image === null || /[$`]/.test(image)) return 'where cd leads cannot be told'
    walk.entered.push({ path: image, line })
    return null
  }
  const isKnown =
    meaning?.kind === 'system' ||
    meaning?.kind === 'plain' ||
    (meaning?.kind === 'install' && meaning.reads !== 'sources')
  if (!isKnown)
    return meaning?.kind === 'install'
      ? `${meaning.title} installs the project itself, which needs the sources`
      : `${shown} may need what was copied`
  if (meaning.kind !== 'system' && meaning.makes.some(({ path }) => path === '*'))
    return `what ${shown} makes is not known`
  // It is content with what is there.
  if (program === 'mkdir') return null
  const named = namedBy(meaning, words)
  const touched = [...named, ...meaning.makes.map(({ path }) => path)].find((word) => {
    if (word === '' || word.startsWith('**/')) return false
    // The packages of this machine are not to be in the copy.
    if (program === 'rm' && /(?:^|\/)node_modules\/?$/.test(word)) return false
    const image = absolute(word, directory)
    if (image === null) return !word.startsWith('/')
    return copies.some((one) => concerns(one, image, table)) || artefacts.some((one) => touches(one, image))
  })
  if (touched !== undefined)
    return /[$`]/.test(touched)
      ? `what ${shown} looks at cannot be told`
      : `${shown} may need ${touched}, which is copied`
  for (const name of meaning.alsoReads)
    for (const wide of directory === null ? [] : copies) {
      const dir = contextPathAt(wide, directory ?? '/')
      if (dir !== null) walk.also.push(...matching(walk, cleanDir(dir), name))
    }
  return null
}
