/** What the RUN instructions of an image do, as far as they can be read. */

import { landing } from '../../dockerfile/landing.ts'
import type { Instruction, Step } from '../../dockerfile/model.ts'
import { type CommandMeaning, ecosystems, knownCommand, withConfiguration } from '../../ecosystems/index.ts'
import type { Made } from '../../ecosystems/model.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import { programOf, shellCall } from '../../shell/program.ts'
import { readShell } from '../../shell/read.ts'
import type { Member } from '../group/model.ts'
import { packageScripts } from '../group/package-json.ts'

/** One command that runs while the image is built. */
export interface ImageCommand {
  /** The instruction it belongs to. */
  readonly line: number
  /** `npm run build → next build`: how it came to be called. */
  readonly text: string
  readonly words: readonly string[]
  /** Absolute; null when it cannot be told. */
  readonly directory: string | null
  /** Null for a command that nothing is known of. */
  readonly meaning: CommandMeaning | null
  readonly conditional: boolean
}

/** A RUN as its commands, those of scripts that it calls put in the place of the call. */
export interface ImageRun {
  readonly step: Step
  readonly commands: readonly ImageCommand[]
  /** The first thing that was not understood; null when all was. */
  readonly unread: string | null
}

/** Scripts that tools write into projects to start themselves. */
const wrappers = /(?:^|\/)(?:gradlew|mvnw)$/

/**
 * Programs that work in a git repository only.
 * https://dvc.org/doc/command-reference/init#initializing-dvc-without-git
 */
const wantsRepository = /(?:^|\/)(?:dvc|git-annex|git-cliff|gitversion|pre-commit)$/

/** How far calls of scripts by scripts are followed. */
const mostCalls = 6

/** Reads the RUNs of a stage, in order. */
export const runsOf = (member: Member, stageIndex: number, repository: Repository): readonly ImageRun[] =>
  commandsOf(member, repository, { stageIndex, keyword: /^RUN$/ })

/** Reads what a container of the stage starts with, as {@link runsOf} reads what builds it. */
export const startsOf = (member: Member, stageIndex: number, repository: Repository): readonly ImageRun[] =>
  commandsOf(member, repository, { stageIndex, keyword: /^(?:CMD|ENTRYPOINT)$/ })

function commandsOf(
  member: Member,
  repository: Repository,
  { stageIndex, keyword }: { readonly stageIndex: number; readonly keyword: RegExp },
): readonly ImageRun[] {
  const steps = member.plan.steps.filter((step) => step.stageIndex === stageIndex)
  return steps
    .filter(({ instruction }) => keyword.test(instruction.keyword))
    .map((step) => {
      const commands: ImageCommand[] = []
      const reader = createReader(member, step, repository, commands)
      const shell = steps.findLast((other) => other.instruction.keyword === 'SHELL' && other.line < step.line)
      const program = shell?.instruction.words[0]
      const isForeign = program !== undefined && !/(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(program)
      const unread = isForeign ? `it runs in ${program}` : reader(step.instruction)
      return { step, commands, unread }
    })
}

function createReader(member: Member, step: Step, repository: Repository, commands: ImageCommand[]) {
  let unread: string | null = null
  const note = (why: string | null): void => {
    unread ??= why
  }
  const take = (
    words: readonly string[],
    directory: string | null,
    conditional: boolean,
    calls: readonly string[],
  ) => {
    const known = knownCommand(words)
    const at =
      directory === null ? null : known?.directory == null ? directory : join(directory, known.directory)
    const meaning =
      known === null || isHindered(known, repository)
        ? known
        : withConfiguration(known, (glob) => textsAt(at, glob))
    const text = [...calls, words.join(' ')].join(' → ')
    const script = meaning?.runsScript ?? null
    const called =
      script === null
        ? // A wrapper is a script too, and what it starts is known.
          meaning !== null && wrappers.test(words[0] ?? '')
          ? null
          : scriptAt(words, at)
        : // Those of the packages of a workspace are meant, which are many.
          meaning?.inWorkspaces
          ? null
          : packageScript(script, at)
    // What a script does is what counts; the call alone says nothing.
    if (called !== null && calls.length < mostCalls) {
      for (const { text: body, directory: place } of called)
        readText(body, place ?? at, conditional, [...calls, words.join(' ')])
      return
    }
    commands.push({
      line: step.line,
      text,
      words,
      directory: at,
      meaning: script === null ? meaning : null,
      conditional,
    })
  }
  const readText = (
    text: string,
    directory: string | null,
    conditional: boolean,
    calls: readonly string[],
  ) => {
    const script = readShell(text)
    note(script.unread)
    for (const command of script.commands) {
      const words = command.values ?? command.words
      // A bare assignment or redirection runs nothing.
      if (words.length === 0) continue
      take(
        words,
        command.directory === null || directory === null ? null : join(directory, command.directory),
        conditional || command.conditional,
        calls,
      )
    }
  }
  /** The context path that lies at an absolute path of the image, put there by this stage. */
  const contextPath = (absolute: string, candidates: Iterable<string>): string | null => {
    for (const path of candidates) {
      for (const { instruction } of member.reads) {
        if (instruction.stageIndex !== step.stageIndex || instruction.line > step.line) continue
        const before = member.plan.steps.findLast(
          (one) => one.stageIndex === step.stageIndex && one.line <= instruction.line,
        )
        if (landing(instruction, before?.directory ?? null, path) === absolute) return path
      }
    }
    return null
  }
  const textsAt = (directory: string | null, glob: string): readonly string[] =>
    directory === null
      ? []
      : [...repository.manifests].flatMap(([path, text]) =>
          matchGlob(glob, baseName(path)) === 'match' &&
          contextPath(join(directory, baseName(path)), [path]) !== null
            ? [text]
            : [],
        )
  const packageScript = (name: string, directory: string | null) => {
    if (directory === null) return null
    const manifests = [...repository.manifests.keys()].filter((path) => /(?:^|\/)package\.json$/.test(path))
    const path = contextPath(join(directory, 'package.json'), manifests)
    const scripts = path === null ? null : packageScripts(repository.manifests.get(path) ?? '')
    if (!scripts?.has(name)) return null
    return [`pre${name}`, name, `post${name}`].flatMap((one) => {
      const text = scripts.get(one)
      return text === undefined ? [] : [{ text, directory }]
    })
  }
  const scriptAt = (words: readonly string[], directory: string | null) => {
    const [program = '', ...rest] = behindInit(words)
    const file = /^(?:ba|da|a)?sh$/.test(program) ? (rest.find((word) => !/^[-+]/.test(word)) ?? '') : program
    if (!file.includes('/') && !/\.(?:ba)?sh$/.test(file)) return null
    if (!file.startsWith('/') && directory === null) return null
    const absolute = file.startsWith('/') ? cleanPath(file) : join(directory ?? '/', file)
    const path = contextPath(absolute, repository.scripts.keys())
    const text = path === null ? undefined : repository.scripts.get(path)
    return text === undefined ? null : [{ text, directory }]
  }
  return (instruction: Instruction): string | null => {
    if (instruction.json) {
      const words = behindInit(instruction.words)
      const text = words[shellCall(words)?.text ?? -1]
      if (text === undefined) take(instruction.words, step.directory, false, [])
      else readText(text, step.directory, false, [])
    } else if (
      instruction.heredocs.length > 0 &&
      /^<<-?["']?\w+["']?$/.test(instruction.words.join(' ').trim())
    )
      for (const { body } of instruction.heredocs) readText(body, step.directory, false, [])
    else readText(instruction.words.join(' '), step.directory, false, [])
    return unread
  }
}

/** True where git tracks what a command remembers of its last run: it may think that there is nothing to do. */
const isHindered = ({ command }: CommandMeaning, { tracksName }: Repository): boolean =>
  (command.outputs?.remembers ?? []).some((glob) => tracksName(baseName(glob)))

/** The words from the program on that `exec`, `tini`, `dumb-init` and their like start. */
function behindInit(words: readonly string[]): readonly string[] {
  const run = programOf(words)
  if (!/(?:^|\/)(?:tini|dumb-init|catatonit)$/.test(run[0] ?? '')) return run
  const at = run.findIndex((word, i) => i > 0 && !word.startsWith('-'))
  return at < 0 ? run : programOf(run.slice(at))
}

const join = (directory: string, path: string): string =>
  path.startsWith('/') ? cleanPath(path) : cleanPath(joinPath(directory, path))

/** What becomes of a path of the image by the commands that follow a line of its stage. */
export interface Remake {
  /** `refuses`: it goes by none that was made at another place. */
  readonly existing: 'erases' | 'overwrites' | 'merges' | 'skips' | 'refuses'
  readonly kind: CommandMeaning['kind']
  readonly ecosystem: string
  /** `npm ci`. */
  readonly title: string
  /** True where it leaves something that lies in it, as `next build` does with its cache. */
  readonly spares: boolean
  readonly at: Place
}

/** True when a configuration may put elsewhere what the command makes. */
export function isElsewhere({ unless }: Made, { manifests }: Repository): boolean {
  if (unless === undefined) return false
  for (const [path, text] of manifests)
    if (
      unless.files.some((glob) => matchGlob(glob, baseName(path)) === 'match') &&
      unless.texts.some((one) => text.includes(one))
    )
      return true
  return false
}

/** True for the path itself, what lies in it, and with two stars before it for every path of that name below; the name may be a glob. */
function isMade(path: string, directory: string, imagePath: string): boolean {
  const deep = path.startsWith('**/')
  const at = join(directory, deep ? path.slice(3) : path)
  if (imagePath === at || imagePath.startsWith(`${at}/`)) return true
  const isBelow = imagePath.startsWith(directory === '/' ? '/' : `${directory}/`)
  if (/\*./.test(path.slice(deep ? 3 : 0)))
    return (
      isBelow &&
      (deep || parentPath(imagePath) === parentPath(at)) &&
      matchGlob(baseName(path), baseName(imagePath)) === 'match'
    )
  return deep && isBelow && imagePath.endsWith(path.slice(2))
}

interface RemakeQuestion {
  readonly line: number
  readonly imagePath: string
  readonly isOutput: boolean
  readonly bound: string | null
}

/**
 * The first command after `line` that makes the path, or a directory it lies in; null when none does, or when something may
 * have used it before. `isOutput`: an install that adds to it says nothing where a build makes it afterwards. `bound`: the
 * program that refuses one of another place, see `Junk`.
 */
export function remakeOf(
  member: Member,
  runs: readonly ImageRun[],
  repository: Repository,
  { line, imagePath, isOutput, bound }: RemakeQuestion,
): Remake | null {
  const name = baseName(imagePath)
  const means = (word: string): boolean =>
    word.startsWith('/')
      ? cleanPath(word) === imagePath || cleanPath(word).startsWith(`${imagePath}/`)
      : word.split('/').includes(name)
  /** Something ran that may load the packages which an install only then makes. */
  let isUsed = false
  let added: Remake | null = null
  for (const { step, commands, unread } of runs) {
    if (step.line <= line) continue
    const at = { file: member.dockerfile.file, line: step.line }
    for (const command of commands) {
      const { meaning, directory, words } = command
      if (!command.conditional && removes(command, imagePath))
        return (
          added ?? { existing: 'erases', kind: 'plain', ecosystem: 'shell', title: 'rm', spares: false, at }
        )
      for (const made of meaning?.makes ?? []) {
        if (directory === null || command.conditional || !isMade(made.path, directory, imagePath)) continue
        if (isElsewhere(made, repository) || (isUsed && meaning?.kind === 'install')) return added
        const remake: Remake = {
          existing: made.existing,
          kind: meaning?.kind ?? 'plain',
          ecosystem: meaning?.ecosystem ?? '',
          title: meaning?.title ?? '',
          spares: meaning?.makes.some(({ path }) => path.startsWith(`${made.path}/`)) ?? false,
          at,
        }
        // What was fetched is compiled by a build that fetches nothing itself.
        if (added !== null && made.existing === 'skips') return { ...added, kind: 'build' }
        if (!isOutput || meaning?.kind !== 'install' || made.existing !== 'merges') return remake
        added ??= remake
      }
      if (bound !== null && meaning?.command.words[0] === bound && !command.conditional)
        added ??= {
          existing: 'refuses',
          kind: meaning.kind,
          ecosystem: meaning.ecosystem,
          title: meaning.title,
          spares: false,
          at,
        }
      if (meaning === null || meaning.kind === 'build') isUsed = true
      // Copied elsewhere, listed, run from there or in there: it was needed.
      const isInside = directory === imagePath || directory?.startsWith(`${imagePath}/`)
      const isNamed = words.some((word) => word.split(/[=:,]/).some(means))
      if (!/^(?:mkdir|cd)$/.test(words[0] ?? '') && (isNamed || isInside))
        return added?.existing === 'refuses' ? null : added
    }
    if (unread !== null) return added
  }
  return added
}

/** `rm -rf build` of the path or of a directory it lies in. */
const removes = ({ words, directory }: ImageCommand, imagePath: string): boolean =>
  words[0] === 'rm' &&
  words.some((word) => /^-[a-zA-Z]*[rR]|^--recursive$/.test(word)) &&
  words.slice(1).some((word) => {
    if (directory === null || word.startsWith('-') || /[*?$`[]/.test(word)) return false
    const path = join(directory, word).replace(/\/$/, '')
    return imagePath === path || imagePath.startsWith(`${path}/`)
  })

/** Options with which an install leaves out what a program may want all the same. */
const inPart = /^(?:--omit|--production|--prod|-P|--only|--no-dev|--ignore-scripts)\b/

/** The last install before `line` that makes the path, all of it; null when there is none. `deep`: also in directories further down. */
export function installOf(
  member: Member,
  runs: readonly ImageRun[],
  repository: Repository,
  { line, imagePath, deep }: { readonly line: number; readonly imagePath: string; readonly deep: boolean },
): Remake | null {
  const isProduction = member.plan.steps.some(({ instruction }) =>
    /\bNODE_ENV[\s="']+prod/.test(instruction.text),
  )
  for (const { step, commands, unread } of runs.toReversed()) {
    if (step.line >= line || unread !== null) continue
    for (const { meaning, directory, conditional, words } of commands) {
      if (meaning?.kind !== 'install' || directory === null || conditional) continue
      const made = meaning.makes.find(
        ({ path }) => (deep || !path.startsWith('**/')) && isMade(path, directory, imagePath),
      )
      if (made === undefined || isElsewhere(made, repository)) continue
      // `vendor/bundle` only where somebody says so.
      const isUsual = !made.path.replace(/^\*\*\//, '').includes('/')
      if (!isUsual && !member.plan.steps.some(({ instruction }) => instruction.text.includes(made.path)))
        continue
      if (isProduction || words.some((word) => inPart.test(word))) return null
      const { ecosystem, title } = meaning
      const at = { file: member.dockerfile.file, line: step.line }
      return { existing: made.existing, kind: meaning.kind, ecosystem, title, spares: false, at }
    }
  }
  return null
}

/**
 * Whether anything that runs after the path has come in asks git about it. `stamps`: it writes the commit down where it
 * finds one, and does without where it finds none.
 */
export type GitUse =
  | { readonly kind: 'none' }
  | { readonly kind: 'uses' | 'stamps' | 'unknown'; readonly text: string; readonly at: Place }

/** Looks through the commands of a stage after `line` for those that ask git. */
export function gitUse(
  member: Member,
  runs: readonly ImageRun[],
  line: number,
  repository: Repository,
): GitUse {
  let unknown: GitUse | null = null
  let stamps: GitUse | null = null
  for (const { step, commands, unread } of runs) {
    if (step.line <= line) continue
    const at: Place = { file: member.dockerfile.file, line: step.line }
    for (const command of commands) {
      const { meaning } = command
      if (wantsRepository.test(command.words[0] ?? ''))
        return { kind: 'uses', text: `${baseName(command.words[0] ?? '')} asks git`, at }
      if (meaning === null)
        unknown ??= { kind: 'unknown', text: `what ${shortText(command.text)} does is not known`, at }
      else if (meaning.git === 'uses') return { kind: 'uses', text: `${meaning.title} asks git`, at }
      else if (meaning.git !== 'never') {
        const tool = versionTool(meaning.ecosystem, repository)
        if (tool !== null) return { kind: 'uses', ...tool }
        if (meaning.git === 'stamps')
          stamps ??= { kind: 'stamps', text: `${meaning.title} writes the commit into what it makes`, at }
      }
      if (command.words.some((word) => /\$\(\s*git\s|`\s*git\s/.test(word)))
        return { kind: 'uses', text: 'it asks git', at }
    }
    if (unread !== null) unknown ??= { kind: 'unknown', text: unread, at }
  }
  return unknown ?? stamps ?? { kind: 'none' }
}

const shortText = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text)

/** The manifest line that makes a build ask git for its version; `ecosystem` null: of any. */
export function versionTool(
  ecosystem: string | null,
  repository: Repository,
): { readonly text: string; readonly at: Place } | null {
  const tools = ecosystems
    .filter(({ id }) => ecosystem === null || id === ecosystem)
    .flatMap((one) => one.versionTools)
  for (const [path, text] of repository.manifests) {
    const lower = text.toLowerCase()
    for (const tool of tools) {
      if (!tool.files.some((glob) => matchGlob(glob, baseName(path)) === 'match')) continue
      const found = lower.indexOf(tool.text.toLowerCase())
      if (found < 0) continue
      const line = text.slice(0, found).split('\n').length
      return { text: `${tool.name} asks git`, at: { file: path, line } }
    }
  }
  return null
}
