/** What stands between a copy and an install that is to come before it, and may be what the install is started with or builds by. */

import type { Step } from '../../dockerfile/model.ts'
import { baseName, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Member, Reason } from '../group/model.ts'
import { absolute, below, isOfSystem } from '../image/paths.ts'
import type { ImageCommand, ImageRun } from '../image/runs.ts'
import { type Advance, bringsContext } from './system-first.ts'
import { isOfInstalls } from './variables.ts'

/** An install that is to run before a copy. */
export interface Lifted {
  readonly run: ImageRun
  readonly command: ImageCommand
  /** The copy. */
  readonly before: Step
  /** Packages that have the program, or what it runs on; null: it may build what it fetches, and any package may be of use to it. */
  readonly packages: RegExp | null
  /** Images that have the program, by their names without a registry; left out: none is known to. */
  readonly images?: RegExp
  /** It is called safe: what nothing is known of may bring the program. */
  readonly isSafe?: boolean
  /** Variables called as its own that say nothing of how it fetches. */
  readonly ofBuilds?: RegExp
}

/** What goes before the copy besides. */
export interface Around {
  readonly runs: readonly ImageRun[]
  readonly advances: readonly Advance[]
}

/** What has to be said before the install at its new place, or why it may fail there or do something else. */
export function broughtBetween(
  member: Member,
  lifted: Lifted,
  { runs, advances }: Around,
): { readonly settings: readonly string[] } | Reason {
  const { run, command, before } = lifted
  const { file } = member.dockerfile
  const { stageIndex } = run.step
  const program = baseName(command.words[0] ?? '')
  const settings: string[] = []
  const isThere = lifted.images?.test(imageOf(member, stageIndex)) === true
  const project = command.directory
  const gone = advances
    .filter(({ copy }) => copy.stageIndex === stageIndex && copy.line <= before.line)
    .flatMap((advance) => advance.lifted)
  for (const step of member.plan.steps) {
    const { line } = step
    if (step.stageIndex !== stageIndex || line <= before.line || line > run.step.line) continue
    const at = { file, line }
    const own = runs.find((one) => one.step.line === line)
    const what = own === undefined ? decides(member, step, { program, project, isThere, ...lifted }) : null
    if (what !== null)
      return { text: `${what} (${placeText(at)}) stands between the copy and it, and may be for it`, at }
    const begin = gone.find((one) => one.line === line)?.commands ?? 0
    const end = own?.step === run.step ? own.commands.indexOf(command) : undefined
    for (const one of own?.commands.slice(begin, end) ?? []) {
      if (isSetting(one, program)) settings.push(one.words.join(' '))
      else if (
        mayBring(one, {
          ...{ program, project, isThere, ...lifted },
          ecosystem: command.meaning?.ecosystem ?? '',
        })
      )
        return {
          text: `${shown(one)} (${placeText(at)}) may bring what it needs, and comes after the copy`,
          at,
        }
    }
  }
  return { settings }
}

/** The image that a stage is built on, or the stage that it is built on is, without its registry. */
function imageOf(member: Member, index: number): string {
  const { base = '', baseOrigin } = member.plan.stages[index] ?? {}
  if (baseOrigin?.kind === 'stage') return baseOrigin.index < index ? imageOf(member, baseOrigin.index) : ''
  return baseOrigin?.kind === 'image' ? baseName(base) : ''
}

function shown({ words }: ImageCommand): string {
  const text = words.slice(0, 3).join(' ')
  return visiblePath(text.length > 40 ? `${text.slice(0, 39)}…` : text)
}

/** `poetry config virtualenvs.create false`, which the home directory of the image keeps: said again it stays the same. */
const isSetting = ({ words, conditional }: ImageCommand, program: string): boolean =>
  baseName(words[0] ?? '') === program &&
  words[1] === 'config' &&
  !conditional &&
  words.every((word) => /^[\w./:@%+-]+$/.test(word)) &&
  (program === 'composer' ? words.some((word) => /^(?:-g|--global)$/.test(word)) : !words.includes('--local'))

/** What is looked for on the way. */
interface Wanted extends Pick<Lifted, 'packages' | 'ofBuilds' | 'isSafe'> {
  readonly program: string
  /** Where the install runs, absolute; null when it cannot be told. */
  readonly project: string | null
  /** The image that the stage is built on has the program. */
  readonly isThere: boolean
}

/** The instruction that says who an install runs as, by which variables, or by which program; null: it says nothing of that. */
function decides(member: Member, step: Step, { program, project, isThere, ofBuilds }: Wanted): string | null {
  const { instruction, line, stageIndex, directory } = step
  const { keyword } = instruction
  switch (keyword) {
    case 'USER':
    case 'SHELL':
      return keyword
    case 'ARG':
    case 'ENV': {
      const names = instruction.words.map((word) => word.split('=')[0] ?? '')
      const found = names.find(
        (name) =>
          (isOfInstalls(name) && ofBuilds?.test(name) !== true) ||
          /^(?:PATH|HOME|VIRTUAL_ENV|JAVA_HOME)$|_proxy$/i.test(name),
      )
      return found === undefined ? null : `${keyword} ${found}`
    }
    case 'COPY':
    case 'ADD': {
      const read = member.plan.reads.find(
        (one) => one.line === line && one.stageIndex === stageIndex && !one.mount,
      )
      const dest = absolute(read ? read.dest : (instruction.words.at(-1) ?? ''), directory)
      const isProgram = dest !== null && (baseName(dest) === program || /\/s?bin(?:\/|$)/.test(dest))
      // Of the context it is what the image is made for, and what is built of it too.
      const isTool = !bringsContext(member, step) && (dest === null || isOfTools(dest, project))
      const isPacked = keyword === 'ADD' && !isThere && isArchive(instruction.words, dest, project)
      return isProgram || isTool || isPacked ? keyword : null
    }
    default:
      return null
  }
}

/** True for an ADD of what is unpacked, there or by a later step, and is no part of the project: a download, or an archive. */
const isArchive = (words: readonly string[], dest: string | null, project: string | null): boolean =>
  words
    .slice(0, -1)
    .some((word) => /^(?:https?|ftp|git):\/\/|^git@|\.(?:tar(?:\.\w+)?|t[gbx]z\d?|zip)$/.test(word)) &&
  !(dest !== null && isWithin(dest, project))

const isWithin = (path: string, project: string | null): boolean =>
  project !== null && project !== '/' && below(path, project) !== null

/** Places where programs are put that are no packages, or where they look for their settings. */
const isOfTools = (path: string, project: string | null): boolean =>
  (isOfSystem(path) || /^\/(?:opt|home)(?:\/|$)/.test(path)) && !isWithin(path, project)

/** True for a command that may put programs, extensions or settings there, as far as the install has to do with them. */
function mayBring(
  command: ImageCommand,
  { program, project, isThere, packages, ecosystem, isSafe }: Wanted & { readonly ecosystem: string },
): boolean {
  const { meaning, words } = command
  const [name = '', ...rest] = words
  const started = baseName(name)
  // What was downloaded is started there.
  if (meaning === null && /^(?:(?:ba|da|a|z)?sh|python[\d.]*|php|perl|eval|\.|source)$/.test(started))
    return true
  if (started === 'chmod' || puts.test(started))
    return (
      rest.some((word) => /^\/(?:\S*\/)?s?bin(?:\/|$)/.test(word)) ||
      (!isThere && puts.test(started) && putsTools(command, project))
    )
  if (packages !== null) {
    const isNamed = rest.some((word) => packages.test(word))
    if (isNamed || isThere) return isNamed
  }
  if (/^(?:curl|wget|aria2c|corepack|mise|asdf|sdk)$/.test(started)) return true
  if (packages !== null && isSafe !== true) return false
  if (meaning === null || /^(?:make|just|task)$/.test(started)) return true
  if (packages !== null) return false
  if (meaning.kind === 'system' || started === program) return true
  return meaning.kind !== 'plain' && meaning.ecosystem === ecosystem
}

const puts = /^(?:ln|cp|mv|install|(?:bsd)?tar|unzip)$/

/** True for what links, moves or unpacks to where programs lie, or to where it cannot be told. */
function putsTools({ words, directory }: ImageCommand, project: string | null): boolean {
  const isUnpacking = /^(?:bsd)?tar$|^unzip$/.test(baseName(words[0] ?? ''))
  const options = words.filter((word) => word.startsWith('-'))
  const operands = words.slice(1).filter((word) => !word.startsWith('-'))
  const isTold = options.some((word) => /^-\w*[Ctd]|^--(?:directory|target-directory)/.test(word))
  const places = isUnpacking || isTold ? operands : operands.slice(-1)
  const named = [...places, ...options.map((word) => word.replace(/^-(?:\w|-[\w-]+=)/, ''))].filter((word) =>
    /^[/$~]/.test(word),
  )
  const here = isUnpacking && !isTold ? [directory ?? '$'] : []
  return [...named, ...here].some((place) => !place.startsWith('/') || isOfTools(place, project))
}
