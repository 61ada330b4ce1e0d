/** Whether what lies in a tree was made there on purpose: who makes a path, and which builds do without it. */

import { knownCommand } from '../ecosystems/index.ts'
import type { CommandMeaning, Made } from '../ecosystems/model.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { baseName, parentPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { confiningInput, isHarmlessAction, isKeepingAction, readers } from './harmless.ts'
import type { BuildStep, Recipe, RecipeStep } from './model.ts'
import { isAbout, meansAnyPath, type NamedPath, namedPath, writtenBy } from './named-paths.ts'
import { directoryOf } from './shell-steps.ts'
import { mentionOf } from './step-text.ts'

/** A step that makes a path on the host. */
export interface Maker {
  /** The line of the recipe's own file: the call, where what makes it stands in another file. */
  readonly at: Place
  /** What stands there, at most 200 characters. */
  readonly text: string
  /**
   * `installs`, `builds`: what the command is known to do; `names`: its arguments say so; `brings`: a ready-made step;
   * `may`: where it writes is said by a configuration that cannot be read.
   */
  readonly how: 'installs' | 'builds' | 'names' | 'brings' | 'may'
  /** Where the docker build is written that follows in the same recipe; null when none does. */
  readonly beforeBuild: Place | null
}

/** How a step makes it, with its command where that is known. */
export interface MakerWay {
  readonly how: Maker['how']
  readonly tool: CommandMeaning | null
  /** Where it runs, from the repository's root; null where that cannot be told, and of what is no command. */
  readonly directory: string | null
  /** True where something is run between it and the build, which may be what it was made for. */
  readonly isUsed: boolean
  /** The builds of this kind that follow in the recipe; null where one of them cannot be read. */
  readonly builds: readonly BuildTarget[] | null
}

const anyBuild = (): boolean => true

/** What a command does that runs in a directory of the repository; null when nothing is known of it. */
export type MeaningOf = (words: readonly string[], directory: string | null) => CommandMeaning | null

/** Where a command writes, as {@link writtenBy} says it. Whoever asks of many paths remembers it. */
export type WrittenOf = typeof writtenBy

/**
 * The steps that make `path` (relative to the repository's root), something in it or a directory that holds it, in the
 * order of the recipes. Commands that delete it, look at it or mount it do not count, nor does a cache. `isThisBuild`:
 * which builds count for `beforeBuild`; one that cannot be read always does. `isMeant`: which ways of making it count; all
 * but `may` unless it says otherwise.
 */
export function makers(
  recipes: readonly Recipe[],
  path: string,
  isThisBuild: (target: BuildTarget) => boolean = anyBuild,
  {
    meaningOf = knownCommand,
    writtenOf = writtenBy,
    isMeant = ({ how }) => how !== 'may',
  }: {
    readonly meaningOf?: MeaningOf
    readonly writtenOf?: WrittenOf
    readonly isMeant?: (way: MakerWay) => boolean
  } = {},
): readonly Maker[] {
  const found = new Map<string, Maker>()
  for (const { steps } of recipes) {
    let beforeBuild: Place | null = null
    let isUsed = false
    let builds: readonly BuildTarget[] | null = []
    // From the end, so that the build which follows is known.
    const own: Maker[] = []
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i]
      if (step === undefined) continue
      const tool = step.kind === 'command' ? meaningOf(step.command.words, step.directory) : null
      const how = waysOf(step, path, tool, writtenOf) ?? (mayMake(step, path, tool) ? 'may' : null)
      const directory = step.kind === 'command' ? directoryOf(step.directory, tool?.directory ?? '') : null
      if (how !== null && isMeant({ how, tool, directory, isUsed, builds }))
        own.push({ ...mentionOf(step), how, beforeBuild })
      // What was made before it is gone when the build comes.
      if (cleansAll(step)) {
        beforeBuild = null
        builds = []
      }
      isUsed ||= step.kind === 'command' && (tool === null || tool.kind === 'build')
      if (step.kind === 'build' && (step.builds === null || step.builds.some(isThisBuild))) {
        beforeBuild = step.at
        isUsed = false
        builds =
          step.builds === null || builds === null ? null : [...builds, ...step.builds.filter(isThisBuild)]
      }
    }
    for (const maker of own.reverse()) found.set(JSON.stringify(maker), maker)
  }
  return [...found.values()]
}

/** True for `git clean -dfx` of the whole repository: https://git-scm.com/docs/git-clean. What it leaves out with `-e` stays. */
function cleansAll(step: RecipeStep): boolean {
  if (step.kind !== 'command' || step.directory !== '' || step.command.conditional) return false
  const [program, verb, ...rest] = step.command.words
  const letters = rest.flatMap((word) => (/^-[a-z]+$/.test(word) ? [...word] : []))
  return (
    program === 'git' &&
    verb === 'clean' &&
    rest.every((word) => /^(?:-[dfxq]+|--force|--quiet|--|\.)$/.test(word)) &&
    ['d', 'x'].every((letter) => letters.includes(letter)) &&
    (letters.includes('f') || rest.includes('--force'))
  )
}

/** The step that starts a file of the repository (a path from its root) before such a build of the same recipe; null when none does. */
export function startsBefore(
  recipes: readonly Recipe[],
  file: string,
  isThisBuild: (target: BuildTarget) => boolean,
): Place | null {
  for (const { steps } of recipes) {
    const build = steps.findLastIndex(
      (step) => step.kind === 'build' && (step.builds === null || step.builds.some(isThisBuild)),
    )
    const start = steps
      .slice(0, Math.max(build, 0))
      .find(
        (step) =>
          step.kind === 'command' &&
          !isHandling(step.command.words[0] ?? '') &&
          step.command.words.some((word) => namedPath(word, step.directory)?.path === file),
      )
    if (start !== undefined) return mentionOf(start).at
  }
  return null
}

/** Programs that do something to a file and start none; `env` starts what it is told. */
const isHandling = (program: string): boolean =>
  program !== 'env' && (readers.has(program) || /^(?:mv|cp|sed|awk|yq|touch|tee|sort)$/.test(program))

/**
 * A CI recipe that goes from a clean checkout to such a build with no step between that could have made `path`: every
 * one is known and neither makes nor names it. Null when there is none, which says nothing. `isElsewhere`: what a
 * configuration has a command put in a place that is not known. `isFetched`: such builds for which BuildKit fetches the repository by
 * itself, so that nothing is there but what is committed, whatever the steps before them have made. A recipe that uses its image is told before one that does not.
 */
export function buildsWithout(
  recipes: readonly Recipe[],
  path: string,
  isThisBuild: (target: BuildTarget) => boolean,
  {
    isElsewhere = () => false,
    meaningOf = knownCommand,
    writtenOf = writtenBy,
    isFetched = () => false,
  }: {
    readonly isElsewhere?: (made: Made) => boolean
    readonly meaningOf?: MeaningOf
    readonly writtenOf?: WrittenOf
    readonly isFetched?: (target: BuildTarget) => boolean
  } = {},
): BuildWithout | null {
  let first: BuildWithout | null = null
  for (const recipe of recipes) {
    if (recipe.kind !== 'ci') continue
    let clean = false
    let absent = true
    for (const [i, step] of recipe.steps.entries()) {
      if (step.kind === 'checkout') clean = true
      else if (
        step.kind === 'build' &&
        !mayBuildAnother(step) &&
        step.builds?.some((target) => isFetched(target) || (clean && absent && isThisBuild(target)))
      ) {
        const isUsed = [step, ...recipe.steps.slice(i + 1)].some(takesImage)
        const { service: by = 'CI' } = step
        const found = { at: mentionOf(step).at, recipe: recipe.name ?? recipe.at.file, by, isUsed }
        if (isUsed) return found
        first ??= found
        break
      }
      // A second checkout cleans what lies there no more than the first.
      else absent &&= leavesAbsent(step, path, { isElsewhere, meaningOf, writtenOf })
    }
  }
  return first
}

/** True for a call of compose or bake of which only a run can tell what it makes of what the files say. */
const mayBuildAnother = ({ compose, bake, why = null }: BuildStep): boolean =>
  bake?.anyTarget === true || ((compose ?? bake) !== undefined && why !== null)

export interface BuildWithout {
  readonly at: Place
  readonly recipe: string
  /** Who builds: `CI`, or the service that it is deployed to. */
  readonly by: string
  /** The recipe publishes or starts what it built: an image that is only built need not work. */
  readonly isUsed: boolean
}

const takingVerbs = /^(?:push|run|up|create|start|deploy|publish|rollout|apply)$/
const takingActions = /deploy|push|publish|release|kubectl|helm/i

/** True when a step publishes an image, starts one, or hands it on. */
function takesImage(step: RecipeStep): boolean {
  if (step.kind === 'build') {
    const { words = [] } = step.command ?? {}
    const { push = '', outputs: out = '' } = step.inputs ?? {}
    return (
      /^(?!false$)./.test(push) ||
      [out, ...words].some((word) => /^--push\b|\btype=(?:registry|image,.*push=true)|^up$/.test(word)) ||
      // It pushes what it builds unless it is told not to: https://github.com/GoogleContainerTools/kaniko#flag---no-push.
      (/(?:^|\/)kaniko\/executor$/.test(words[0] ?? '') &&
        !words.some((word) => /^--no-push\b(?!=false)/.test(word)))
    )
  }
  if (step.kind === 'action') return takingActions.test(step.name)
  if (step.kind !== 'command') return false
  const { words } = step.command
  return imageTools.test(words[0] ?? '') && words.some((word) => takingVerbs.test(word))
}

const imageTools =
  /(?:^|\/)(?:docker|docker-compose|podman|podman-compose|buildah|nerdctl|skopeo|crane|kubectl|helm|fly|flyctl|heroku|gcloud|aws|az)$/

/** True for a build in or above the path's directory of which nobody can tell where it writes. */
const mayMake = (step: RecipeStep, path: string, tool: CommandMeaning | null): boolean =>
  step.kind === 'command' &&
  tool?.command.outputs != null &&
  tool.makes.some((made) => made.path === '*') &&
  !runsOutside(step) &&
  (step.directory === null || step.directory === '' || path.startsWith(`${step.directory}/`))

function waysOf(
  step: RecipeStep,
  path: string,
  known: CommandMeaning | null,
  writtenOf: WrittenOf,
): Maker['how'] | null {
  switch (step.kind) {
    case 'command': {
      if (runsOutside(step)) return null
      for (const { path: made } of known?.makes ?? [])
        if (made !== '*' && known !== null && isMadeBy(known, made, step.directory, path))
          return known.kind === 'install' ? 'installs' : 'builds'
      return names(writtenOf(step.command).targets, step.directory, path) ? 'names' : null
    }
    case 'build':
      return outputs(step).some((out) => names([out], step.directory ?? '', path)) ? 'names' : null
    case 'action':
      return !isKeepingAction(step.name) && bringsTo(step, path) ? 'brings' : null
    case 'checkout':
    case 'unread':
      return null
  }
}

/** True when the step is known well enough to say that `path` is not there after it, if it was not before. */
function leavesAbsent(
  step: RecipeStep,
  path: string,
  {
    isElsewhere,
    meaningOf,
    writtenOf,
  }: {
    readonly isElsewhere: (made: Made) => boolean
    readonly meaningOf: MeaningOf
    readonly writtenOf: WrittenOf
  },
): boolean {
  switch (step.kind) {
    case 'checkout':
      return true
    case 'unread':
      return false
    case 'action': {
      // A cache may bring back what it is told to keep.
      if (inputPaths(step.inputs).some((named) => isAbout(named, path))) return false
      if (bringsFile(step)) return !bringsTo(step, path)
      const confining = confiningInput(step.name)
      if (confining === null) return isHarmlessAction(step.name, step.inputs)
      const lines = (step.inputs[confining] ?? '').split('\n').map((line) => line.trim())
      return lines.every((line) => {
        const named = namedPath(line, '')
        return named?.whole === true && named.path !== '' && !line.includes('**')
      })
    }
    case 'build':
      return (
        waysOf(step, path, null, writtenOf) === null &&
        step.bake === undefined &&
        !outputs(step).some(meansAnyPath) &&
        !startsCompose(step)
      )
    case 'command': {
      const known = meaningOf(step.command.words, step.directory)
      if (waysOf(step, path, known, writtenOf) !== null) return false
      if (runsOutside(step)) return true
      const written = writtenOf(step.command)
      // In a directory that cannot be told, anything may be what is asked for.
      if (step.directory === null && written.targets.some((word) => namedPath(word, null) !== null))
        return false
      if (written.targets.some(meansAnyPath)) return false
      if (written.scope !== 'more') return written.scope === 'these'
      // A script that stands nowhere we could read.
      if (known === null || step.directory === null || known.runsScript !== null) return false
      return known.makes.every((made) => made.path !== '*' && !isElsewhere(made))
    }
  }
}

/** True for a command in a directory of the system, where no repository lies, that names none of the repository's. */
function runsOutside({ command, directory }: RecipeStep & { readonly kind: 'command' }): boolean {
  if (directory !== null || !/^\/(?:tmp|opt|usr|etc|var|root)(?:\/|$)/.test(command.directory ?? ''))
    return false
  return ![...command.words.slice(1), ...command.writes].some((word) => /[$`~]|^\/|\.\.\//.test(word))
}

/** True when the path is what a known command makes there, which may be in any package below, or lies above or below it. */
function isMadeBy(known: CommandMeaning, made: string, directory: string | null, path: string): boolean {
  const deep = made.startsWith('**/') || known.inWorkspaces
  const plain = made.replace(/^\*\*\//, '')
  const base = deep || directory === null ? null : directoryOf(directory, known.directory ?? '')
  if (hasWildcard(plain))
    return (
      (base === null || parentPath(path) === base) && matchGlob(baseName(plain), baseName(path)) === 'match'
    )
  // Beside where it runs, wherever that is.
  return isAbout(namedPath(plain, base) ?? { path: plain.replace(/^(?:\.\.\/)+/, ''), whole: false }, path)
}

const names = (words: readonly string[], directory: string | null, path: string): boolean =>
  words.some((word) => {
    const named = namedPath(word, directory)
    return named !== null && isAbout(named, path)
  })

function outputs(step: RecipeStep & { readonly kind: 'build' }): readonly string[] {
  const found: string[] = []
  const words = step.command?.words ?? []
  for (const [i, word] of words.entries()) {
    const value = /^(?:-o|--output)$/.test(word)
      ? (words[i + 1] ?? '')
      : (/^(?:--output=|-o=?)(.+)$/.exec(word)?.[1] ??
        (/^--(?:iidfile|metadata-file)$/.test(word) ? (words[i + 1] ?? '') : null))
    if (value !== null) found.push(destination(value))
  }
  for (const line of (step.inputs?.['outputs'] ?? '').split('\n'))
    if (line.trim() !== '') found.push(destination(line.trim()))
  return [...found.filter((path) => path !== ''), ...(step.command?.writes ?? [])]
}

/** Where `--output` puts a build's result: a bare path, or `dest=`; '' for an image. https://docs.docker.com/build/exporters/ */
function destination(value: string): string {
  if (!value.includes('=')) return value
  return (
    value
      .split(',')
      .find((part) => part.startsWith('dest='))
      ?.slice(5) ?? ''
  )
}

function startsCompose(step: RecipeStep & { readonly kind: 'build' }): boolean {
  return step.compose !== undefined && !(step.command?.words.includes('build') ?? false)
}

/** The paths that inputs of a ready-made step may mean. */
function inputPaths(inputs: Readonly<Record<string, string>>): readonly NamedPath[] {
  return Object.entries(inputs)
    .filter(([key]) => key !== 'uploaded' && key !== 'key' && key !== 'name')
    .flatMap(([, value]) => value.split('\n').slice(0, 50))
    .flatMap((line) => namedPath(line.trim(), '') ?? [])
}

/** True where all that was uploaded is one file, which then lies at the top: https://github.com/actions/upload-artifact#upload-an-individual-file. */
const bringsFile = ({ inputs }: RecipeStep & { readonly kind: 'action' }): boolean =>
  (inputs['path'] ?? '') === '' &&
  inputs['run-id'] === undefined &&
  /^[^*?[\]\n]*\/?[\w*-][\w.*-]*\.[A-Za-z]\w*$/.test((inputs['uploaded'] ?? '').trim())

function bringsTo(step: RecipeStep & { readonly kind: 'action' }, path: string): boolean {
  if (inputPaths(step.inputs).some((named) => isAbout(named, path))) return true
  // An artefact lands in the workspace under the name it had where it was uploaded.
  return (step.inputs['uploaded'] ?? '').split('\n').some((line) => {
    const named = namedPath(line.trim(), '')
    if (named === null || named.path === '') return false
    const into = namedPath(step.inputs['path'] ?? '.', '')?.path ?? ''
    const base = named.path.slice(named.path.lastIndexOf('/') + 1)
    const file = baseName(line.trim())
    if (into === '' && hasWildcard(file) && matchGlob(file, path) === 'match') return true
    return into === '' && [named.path, base].some((landed) => isAbout({ path: landed, whole: true }, path))
  })
}
