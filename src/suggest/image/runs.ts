/** What the RUN instructions of an image do, as far as they can be read. */

import { landing } from '../../dockerfile/landing.ts'
import type { Instruction, Step } from '../../dockerfile/model.ts'
import { type CommandMeaning, knownCommand, withConfiguration } from '../../ecosystems/index.ts'
import { readPackage } from '../../ecosystems/package-json.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, joinPath, parentPath } from '../../lib/path.ts'
import type { Repository } from '../../repository/model.ts'
import { isForShell, programOf, shellCall } from '../../shell/program.ts'
import { readShell } from '../../shell/read.ts'
import { variableFiles, type Write, withoutSources, writesOf } from '../../shell/sourced.ts'
import type { Member } from '../group/model.ts'
import { filtersOf, packageNamed, packagesMeant, startedWords } from '../group/workspace-filter.ts'
import { type WorkspacePackage, workspacePackages } from '../group/workspaces.ts'
import { absolute } from './paths.ts'

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

/** True for programs that run scripts of packages; they ask git what has changed, and take from a cache what they can. */
export const isRunner = (words: readonly string[]): boolean =>
  /^(?:turbo|lerna)$/.test(startedWords(words)[0] ?? '')

/** Larger workspaces are built in parts. */
const mostPackages = 300

/** How far calls of scripts by scripts are followed. */
const mostCalls = 6

/** Of one RUN, with those of the scripts that it calls: each of them may call the next as often as it likes. */
const mostCommands = 2000

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

/** What a RUN has written, read once: each that follows it, and each look at the stage, asks for it. */
const written = new WeakMap<Instruction, readonly Write[]>()

function writtenBy(instruction: Instruction): readonly Write[] {
  const text = instruction.json ? '' : instruction.words.join(' ')
  const found = written.get(instruction) ?? (text.includes('>') ? writesOf(text) : [])
  written.set(instruction, found)
  return found
}

/** What the RUNs of the stage before it have written of variables, for later ones. */
const variablesBefore = ({ plan }: Member, { stageIndex, line }: Step): ReadonlySet<string> =>
  variableFiles(
    plan.steps.flatMap((one) =>
      one.stageIndex === stageIndex && one.line < line && one.instruction.keyword === 'RUN'
        ? writtenBy(one.instruction)
        : [],
    ),
  )

function createReader(member: Member, step: Step, repository: Repository, commands: ImageCommand[]) {
  let unread: string | null = null
  let followed = 0
  let known: ReadonlySet<string> | null = null
  // Few scripts source anything.
  const variables = {
    has: (path: string): boolean => {
      known ??= variablesBefore(member, step)
      return known.has(path)
    },
  }
  /** Scripts that are being read: what calls one of them goes around in a circle. */
  const open = new Set<string>()
  const placed = (
    { text, directory }: { readonly text: string; readonly directory: string | null },
    at: string | null,
  ): string => `${directory ?? at ?? ''} ${text}`
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
      directory === null ? null : known?.directory == null ? directory : absolute(known.directory, directory)
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
        : // Of the packages of a workspace one may be meant, or many.
          meaning?.inWorkspaces
          ? memberScripts(words, script, at)
          : packageScript(script, at)
    // What a script does is what counts; the call alone says nothing.
    if (called !== null && calls.length < mostCalls && !called.some((one) => open.has(placed(one, at)))) {
      // A runner does more than what it runs.
      if (isRunner(words))
        commands.push({ line: step.line, text, words, directory: at, meaning: null, conditional })
      for (const one of called) {
        open.add(placed(one, at))
        readText(one.text, one.directory ?? at, conditional, [...calls, words.join(' ')])
        open.delete(placed(one, at))
      }
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
    const script = readShell(withoutSources(text, variables))
    note(script.unread)
    for (const command of script.commands) {
      if (++followed > mostCommands) return note('it runs more commands than are followed')
      const words = command.values ?? command.words
      // A bare assignment or redirection runs nothing.
      if (words.length === 0) continue
      take(
        words,
        command.directory === null || directory === null ? null : absolute(command.directory, directory),
        conditional || command.conditional,
        calls,
      )
    }
  }
  const directoryBefore = (line: number): string | null =>
    member.plan.steps.findLast((one) => one.stageIndex === step.stageIndex && one.line <= line)?.directory ??
    null
  /** The context path that lies at an absolute path of the image, put there by this stage. */
  const contextPath = (wanted: string, candidates: Iterable<string>): string | null => {
    for (const path of candidates) {
      for (const { instruction } of member.reads) {
        if (instruction.stageIndex !== step.stageIndex || instruction.line > step.line) continue
        if (landing(instruction, directoryBefore(instruction.line), path) === wanted) return path
      }
    }
    return null
  }
  const textsAt = (directory: string | null, glob: string): readonly string[] =>
    directory === null
      ? []
      : [...repository.manifests].flatMap(([path, text]) =>
          matchGlob(glob, baseName(path)) === 'match' &&
          contextPath(absolute(baseName(path), directory), [path]) !== null
            ? [text]
            : [],
        )
  const packageFiles = () =>
    [...repository.manifests.keys()].filter((path) => /(?:^|\/)package\.json$/.test(path))
  const packageScript = (name: string, directory: string | null) => {
    if (directory === null) return null
    const path = contextPath(absolute('package.json', directory), packageFiles())
    return scriptsOf(path, name, directory)
  }
  const scriptsOf = (path: string | null, name: string, directory: string) => {
    const scripts =
      path === null ? null : (readPackage(repository.manifests.get(path) ?? '')?.scripts ?? null)
    if (!scripts?.has(name)) return null
    return [`pre${name}`, name, `post${name}`].flatMap((one) => {
      const text = scripts.get(one)
      return text === undefined ? [] : [{ text, directory }]
    })
  }
  /** The scripts of the packages that a command is about, as far as they are in the image; null where that cannot be told. */
  const memberScripts = (words: readonly string[], name: string, directory: string | null) => {
    const found = packagesOf(words, name, directory)
    const bodies = found?.flatMap((pack) => {
      const path = joinPath(pack, 'package.json')
      for (const { instruction } of member.reads) {
        if (instruction.stageIndex !== step.stageIndex || instruction.line > step.line) continue
        const image = landing(instruction, directoryBefore(instruction.line), path)
        if (image !== null) return scriptsOf(path, name, parentPath(image)) ?? []
      }
      return []
    })
    return bodies !== undefined && bodies.length > 0 ? bodies : null
  }
  const workspaces = new Map<string, readonly WorkspacePackage[]>()
  const workspaceOf = (dir: string) => {
    const all = workspaces.get(dir) ?? workspacePackages(dir, repository.manifests, () => true)
    workspaces.set(dir, all)
    return all
  }
  /** Their directories. */
  const packagesOf = (
    words: readonly string[],
    name: string,
    directory: string | null,
  ): readonly string[] | null => {
    const root = directory === null ? null : contextPath(absolute('package.json', directory), packageFiles())
    const all = root === null ? [] : workspaceOf(parentPath(root))
    if (all.length > 0 && all.length <= mostPackages) {
      const members = all.slice(0, -1)
      const turbo = repository.manifests.get(joinPath(parentPath(root ?? ''), 'turbo.json')) ?? null
      const meant = packagesMeant(words, name, members, turbo)
      if (meant !== null) return meant.map(({ dir }) => dir)
    }
    const [filter, ...others] = filtersOf(words)
    if (
      filter === undefined ||
      others.length > 0 ||
      filter.includes('...') ||
      !/^(?:npm|pnpm|yarn|bun)$/.test(words[0] ?? '')
    )
      return null
    // Most manifests of a large workspace need not be read for it.
    const word = `${baseName(filter.replace(/\/$/, ''))}"`
    const packages = [...repository.manifests].flatMap(([path, text]) =>
      baseName(path) === 'package.json' && (text.includes(word) || `${parentPath(path)}"`.endsWith(word))
        ? [{ path, dir: parentPath(path), name: readPackage(text)?.name ?? null }]
        : [],
    )
    const found = packageNamed(filter, packages)
    return found === null ? null : [found.dir]
  }
  const scriptAt = (words: readonly string[], directory: string | null) => {
    const [program = '', ...rest] = behindInit(words)
    const file = /^(?:ba|da|a)?sh$/.test(program) ? (rest.find((word) => !/^[-+]/.test(word)) ?? '') : program
    if (!file.includes('/') && !/\.(?:ba)?sh$/.test(file)) return null
    if (!file.startsWith('/') && directory === null) return null
    const path = contextPath(absolute(file, directory ?? '/'), repository.scripts.keys())
    const text = path === null ? undefined : repository.scripts.get(path)
    // `bin/rails`, `bin/console`: programs of another language, whatever they are called.
    if (text === undefined || (file === program && isForShell(text) === false)) return null
    return [{ text, directory }]
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
