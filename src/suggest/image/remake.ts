/** What the commands of an image make of what was copied into it: some of it is taken away first, or made anew. */

import { type CommandMeaning, valuesOf } from '../../ecosystems/index.ts'
import type { Made } from '../../ecosystems/model.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, cleanPath, parentPath } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import type { Member } from '../group/model.ts'
import { isOfPackages, runsAtInstall } from '../group/package-json.ts'
import { absolute } from './paths.ts'
import type { ImageCommand, ImageRun } from './runs.ts'

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
  /** Absolute directories of the modules that it is told to build, which may take others along; null: all there are. */
  readonly modules: readonly string[] | null
  readonly at: Place
}

/** `mvn -pl api`, `gradle :api:bootJar`: https://maven.apache.org/guides/mini/guide-multiple-modules.html, https://docs.gradle.org/current/userguide/command_line_interface.html#executing_tasks_in_multi_project_builds. */
function modulesOf(
  { ecosystem, title, options, operands }: CommandMeaning,
  directory: string,
): Remake['modules'] {
  if (ecosystem !== 'java') return null
  const given = title.startsWith('mvn')
    ? valuesOf(options, ['-pl', '--projects']).flatMap((value) => value.split(','))
    : operands
        .filter((one) => one !== 'clean')
        .map((task) => /^:?((?:[\w.-]+:)+)\w+$/.exec(task)?.[1]?.replace(/:$/, '').replaceAll(':', '/') ?? '')
  // Left out, or named by what only the manifests tell, or a task of all.
  const isPlain = given.length > 0 && given.every((one) => /^[\w./-]+$/.test(one))
  return isPlain ? given.map((one) => absolute(one, directory)) : null
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
  const at = absolute(deep ? path.slice(3) : path, directory)
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

const plain = { kind: 'plain', ecosystem: 'shell', spares: false, modules: null } as const

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
  /** Something ran that may have worked with it, whatever it is: `make && rm -rf /src`. */
  let isRead = false
  let added: Remake | null = null
  for (const { step, commands, unread } of runs) {
    if (step.line <= line) continue
    const at = { file: member.dockerfile.file, line: step.line }
    for (const [index, command] of commands.entries()) {
      const { meaning, directory, words } = command
      isRead ||= unread !== null && index > 0
      const remover = command.conditional ? null : removerOf(command, imagePath)
      if (remover !== null) {
        if (added !== null || isRead) return added
        return { ...plain, existing: 'erases', title: remover, at }
      }
      isRead ||= mayRead(command, imagePath, repository)
      for (const made of meaning?.makes ?? []) {
        if (directory === null || command.conditional || !isMade(made.path, directory, imagePath)) continue
        if (isElsewhere(made, repository) || (isUsed && meaning?.kind === 'install')) return added
        const remake: Remake = {
          existing: made.existing,
          kind: meaning?.kind ?? 'plain',
          ecosystem: meaning?.ecosystem ?? '',
          title: meaning?.title ?? '',
          spares: meaning?.makes.some(({ path }) => path.startsWith(`${made.path}/`)) ?? false,
          modules: meaning === null ? null : modulesOf(meaning, directory),
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
          modules: null,
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

/** Commands that look at what they name, or change what it is called or who may, and take nothing of it elsewhere. */
const lookers = /^(?:mkdir|rmdir|touch|chmod|chown|chgrp|setfacl|rm|unlink|ls|dir|stat|du|df|test|\[|\[\[)$/

/** True unless it is sure that the command makes nothing of what lies at the path. */
function mayRead(
  { meaning, words, directory }: ImageCommand,
  imagePath: string,
  repository: Repository,
): boolean {
  if (meaning === null || meaning.kind === 'build') return true
  // By its manifest and lockfile alone, where no script of the project starts with it.
  if (meaning.kind === 'install')
    return (
      meaning.ecosystem !== 'node' || meaning.reads !== 'manifests' || runsAtInstall(repository, isOfPackages)
    )
  if (meaning.reads === 'nothing' || lookers.test(words[0] ?? '')) return false
  return words.slice(1).some((word) => {
    if (word.startsWith('-')) return false
    if (directory === null || /[*?$`[]/.test(word)) return true
    const at = absolute(word, directory).replace(/\/$/, '')
    return imagePath === at || imagePath.startsWith(`${at}/`)
  })
}

/** Programs of npm that remove directories with all that lies in them: https://www.npmjs.com/package/rimraf, …/del-cli. */
const removers = /^(?:rimraf|del-cli|del)$/

/** The program of `rm -rf build`, `npx rimraf build`, `shx rm -rf build`, of the path or of a directory it lies in; null for any other. */
function removerOf({ words, directory }: ImageCommand, imagePath: string): string | null {
  const own = /^(?:npx|shx|bunx)$/.test(words[0] ?? '') ? words.slice(1) : words
  const [program = '', ...operands] = own
  const isRecursive = operands.some((word) => /^-[a-zA-Z]*[rR]|^--recursive$/.test(word))
  if (!(program === 'rm' ? isRecursive : removers.test(program))) return null
  // `del build '!build/keep'`.
  if (operands.some((word) => word.startsWith('!'))) return null
  const isIt = operands.some((word) => {
    if (directory === null || word.startsWith('-') || /[*?$`[{]/.test(word)) return false
    const path = absolute(word, directory).replace(/\/$/, '')
    return imagePath === path || imagePath.startsWith(`${path}/`)
  })
  return isIt ? program : null
}

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
      return { ...plain, existing: made.existing, kind: meaning.kind, ecosystem, title, at }
    }
  }
  return null
}
