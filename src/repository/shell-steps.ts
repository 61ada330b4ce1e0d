/** A shell text as steps of a recipe: each command at its line of the file, docker builds as builds. */

import { dockerBuild } from '../inputs/command-line.ts'
import { cleanPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { ShellCommand } from '../shell/model.ts'
import { readShell } from '../shell/read.ts'
import { containerCommands } from './container-commands.ts'
import { kanikoAsDocker } from './kaniko.ts'
import type { RecipeStep } from './model.ts'

/** Where a shell text stands and runs. */
export interface ShellOrigin {
  readonly file: string
  /** The line of the file on which the text begins, from 1. */
  readonly line: number
  /** False: all of the text counts as that one line (a value that is folded or has escapes). */
  readonly literal?: boolean
  /** Relative to the repository's root; null when it cannot be told. */
  readonly directory: string | null
  /** Where the script lies, taken from `directory`; only for scripts. */
  readonly scriptDirectory?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** The steps of the text, in order; what was not understood comes first, as one `unread`. */
export function shellSteps(text: string, origin: ShellOrigin): readonly RecipeStep[] {
  const script = readShell(
    text,
    origin.scriptDirectory === undefined ? {} : { scriptDirectory: origin.scriptDirectory },
  )
  const steps: RecipeStep[] = []
  // It is not told where it stands: nothing in the text may count on what went before.
  if (script.unread !== null)
    steps.push({ kind: 'unread', at: { file: origin.file, line: origin.line }, why: script.unread })
  const known = new Map<string, string | null>(Object.entries(origin.environment ?? {}))
  const possible: Possible = new Map(
    Object.entries(origin.environment ?? {}).map(([name, value]) => [name, [value]]),
  )
  for (const command of script.commands) {
    const at = { file: origin.file, line: origin.line + (origin.literal === false ? 0 : command.line) }
    const directory = directoryOf(origin.directory, command.directory)
    noteAssignments(known, possible, command)
    if (command.words.length > 0 || command.writes.length > 0)
      steps.push(...commandSteps(command, { at, directory, known, possible }))
    for (const words of containerCommands(command.words))
      steps.push({
        kind: 'command',
        at,
        command: { ...command, words, writes: [], assignments: [] },
        directory,
      })
  }
  return steps
}

/** All that the text has assigned to a variable by then, where each of it is plain; null: what only a run can tell. */
type Possible = Map<string, readonly string[] | null>

const mostValues = 8

const variable = /\$\{?([A-Za-z_]\w*)\}?/g

const isOfOthers = (value: string): boolean => value.includes('$')

/** Options whose values hang on variables, `--tag $REPO:2`: words that hang on no command. */
const options = /^\s*-[^`"'\\]*$/

/** A command as its step, and a build that hangs on a variable which is one of a few values as a step for each of them. */
function commandSteps(
  command: ShellCommand,
  {
    at,
    directory,
    known,
    possible,
  }: {
    readonly at: Place
    readonly directory: string | null
    /** Null: what it is assigned only a run can tell. */
    readonly known: ReadonlyMap<string, string | null>
    readonly possible: Possible
  },
): readonly RecipeStep[] {
  const step = commandStep(command, at, directory, known)
  if (step.kind !== 'build' || step.why === null || step.why === undefined) return [step]
  const words = command.values ?? command.words
  const names = new Set(words.flatMap((word) => [...word.matchAll(variable)].map(([, name = '']) => name)))
  const [name, ...others] = [...names].filter((one) => {
    const values = possible.get(one) ?? null
    // Where options hang on further variables, they can be told only as words of their own.
    const isAlone = words.every((word) => !word.includes(one) || word === `$${one}` || word === `\${${one}}`)
    return (known.get(one) ?? null) === null && values !== null && (isAlone || !values.some(isOfOthers))
  })
  const values = (name === undefined ? null : possible.get(name)) ?? []
  if (name === undefined || others.length > 0 || values.length === 0 || values.length > mostValues)
    return [step]
  const each = values.map((value) => commandStep(command, at, directory, new Map([...known, [name, value]])))
  if (!each.every((one) => one.kind === 'build' && one.why === null)) return [step]
  return [...new Map(each.map((one) => [JSON.stringify(one), one])).values()]
}

/** One command as the step it is: a docker build, or just a command. `directory` is relative to the repository's root. */
export function commandStep(
  command: ShellCommand,
  at: Place,
  directory: string | null,
  known: ReadonlyMap<string, string | null> = new Map(),
): RecipeStep {
  const kaniko = kanikoAsDocker(command.words)
  const root = directory === null ? undefined : directory.replace(/[^/]+/g, '..') || '.'
  const docker = dockerBuild(
    kaniko ?? command.values ?? command.words,
    at,
    kaniko === null ? directory : '',
    (name) =>
      known.get(name) ??
      // What a script is called with is mostly nothing, or a tag; so is what somebody may set for it and it does not.
      (name === '@' || name === '*' || (isForOptions(name) && !known.has(name)) ? '' : undefined) ??
      (workspaces.has(name) ? root : name === 'PWD' && directory !== null ? '.' : undefined),
  )
  if (docker === null) return { kind: 'command', at, command, directory }
  const { why } = docker
  const common = { kind: 'build', at, command, directory, why } as const
  switch (docker.kind) {
    case 'build':
      return { ...common, builds: docker.builds, ...(docker.hanging && { hanging: docker.hanging }) }
    case 'compose': {
      const { files, services, profiles, projectDirectory } = docker
      return { ...common, builds: null, compose: { files, services, profiles, projectDirectory } }
    }
    case 'bake': {
      const { files, targets, overrides } = docker
      return { ...common, builds: null, bake: { files, targets, overrides } }
    }
  }
}

/** True for the name of a variable by which somebody hands further options on: `DOCKER_BUILD_ARGS`. */
export const isForOptions = (name: string): boolean =>
  /(?:^|_)(?:args?|arguments|opts?|options|flags|params)$/i.test(name)

/** Variables of CI services that hold the directory a job begins in. */
const workspaces: ReadonlySet<string> = new Set([
  ...['GITHUB_WORKSPACE', 'CI_PROJECT_DIR', 'WORKSPACE', 'BITBUCKET_CLONE_DIR', 'CODEBUILD_SRC_DIR'],
  ...['CI_WORKSPACE', 'DRONE_WORKSPACE', 'BUILD_SOURCESDIRECTORY', 'BUILDKITE_BUILD_CHECKOUT_PATH'],
  'TRAVIS_BUILD_DIR',
])

/** A command of plain words, as if it stood in a shell text. */
export function wordsCommand(words: readonly string[]): ShellCommand {
  return { words, assignments: [], writes: [], reads: [], directory: '', line: 0, conditional: false }
}

/** Where a command runs, from where its text runs; null when either cannot be told or it is outside the repository. */
export function directoryOf(base: string | null, relative: string | null): string | null {
  if (base === null || relative === null || relative.startsWith('/')) return null
  const path = cleanPath(`./${base}/${relative}`)
  return path === '.' ? '' : path === '..' || path.startsWith('../') ? null : path
}

/** A path typed in a directory of the repository, from its root; null when it leads outside or cannot be told. */
export function pathFrom(directory: string | null, typed: string): string | null {
  if (typed.startsWith('/')) return null
  return directoryOf(directory, typed)
}

// A script's own plain assignments are what its docker build is spelt with.
function noteAssignments(known: Map<string, string | null>, possible: Possible, command: ShellCommand): void {
  const exported = command.words[0] === 'export' ? command.words.slice(1) : []
  for (const text of command.words.length === 0 ? command.assignments : exported) {
    const cut = text.indexOf('=')
    if (cut <= 0) continue
    const name = text.slice(0, cut)
    const value = text.slice(cut + 1)
    const isPlain = !/[$`]/.test(value)
    // Assigned in a branch, or what only a run can tell: nothing is known of it.
    if (command.conditional || !isPlain) known.set(name, null)
    else known.set(name, value)
    const others = command.conditional ? (possible.get(name) ?? null) : []
    const isFew = others !== null && others.length <= mostValues
    const canBeTold = isPlain || (options.test(value) && !value.includes('$('))
    possible.set(name, canBeTold && isFew ? [...new Set([...others, value])] : null)
  }
}
