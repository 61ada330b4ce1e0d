/** Which RUNs cannot have put a file of the context into what they make: all that their commands do is known. Pure. */

import type { Step } from '../dockerfile/model.ts'
import { knownCommand } from '../ecosystems/index.ts'
import { baseName, cleanPath, parentPath } from '../lib/path.ts'
import { readShell } from '../shell/read.ts'
import { variableFiles, withoutSources, writesOf } from '../shell/sourced.ts'
import { type GoModule, mayEmbed } from './go.ts'
import { packageOf, type ScriptPackage, workedIn } from './packages.ts'
import { mayPack } from './packing.ts'

/** What `make` runs for some targets, none for the first of the file; null where that is not known. */
type MakeCalls = (makefile: string, targets: readonly string[]) => readonly (readonly string[])[] | null

/** They write no content of a file into another. */
const contentless =
  /^(?:mkdir|rmdir|chmod|chown|chgrp|touch|rm|unlink|ls|cd|set|true|:|exit|export|strip|echo|printf|date|uname|pwd|\[|\[\[|test)$/

/** Options with which they send what is here. */
const sends = /^(?:-[sSLfk]*[TdF]|--(?:upload-file|data|form|json|post|body)[\w-]*|-K|--config)|file:/

/** `s` with nothing behind it that reads or writes another file, or runs something. */
const substitution = /^s([^\w\s])(?:(?!\1)[^\n])*\1(?:(?!\1)[^\n])*\1[gIp\d]*$/

/** True for a command that changes at most what it names, and takes nothing from another file. */
function isHarmless(words: readonly string[]): boolean {
  const [program = '', ...rest] = words
  if (contentless.test(program) || knownCommand(words)?.kind === 'system') return true
  if (program === 'curl' || program === 'wget') return !rest.some((word) => sends.test(word))
  const [edit = '', ...others] = rest.filter((word) => !/^-(?:i|E|r|n)$/.test(word))
  return (
    program === 'sed' &&
    rest.includes('-i') &&
    substitution.test(edit) &&
    others.every((word) => !word.startsWith('-'))
  )
}

/** What of go makes nothing but of sources, dependencies and what they embed; `generate` runs anything. */
const ofSources = /^(?:build|install|mod|get|vet|fmt|env|version|list|clean)$/

/** What tells of commits, not of files. */
const asksGit = /^(?:describe|rev-parse|rev-list|symbolic-ref)$/

/** What was read of a context. */
export interface ReadSources {
  /** Null: nothing is known of its packages of Go. */
  readonly go: GoModule | null
  /** Texts of the package.json and shell scripts that are called, by path; null: they are not known. */
  readonly called: ReadonlyMap<string, string> | null
  /** Texts of what projects of .NET and of the JVM are built by, by path; null: they are not known. */
  readonly projects: ReadonlyMap<string, string> | null
}

/** Where a RUN stands to a file: directories from the root of the context, as it was copied. */
interface Standing {
  readonly path: string
  /** Null where it cannot be told. */
  readonly directory: string | null
}

/**
 * Says whether what a RUN makes may hold the file at a path of the context, which lies at `at` of the RUN's stage (absolute, null where
 * that cannot be told). `steps`: all of the build, which may write scripts of variables for each other.
 */
export function holding(
  { go, called, projects }: ReadSources,
  makeCalls: MakeCalls,
  steps: readonly Step[],
): (step: Step, path: string, at: string | null) => boolean {
  const commands = new Map<Step, Commands | null>()
  const variables = variableFiles(
    steps.flatMap(({ instruction }) =>
      instruction.keyword === 'RUN' && !instruction.json ? writesOf(instruction.words.join(' ')) : [],
    ),
  )
  const packages = packagesOf(called)
  const isKnown = (words: readonly string[], standing: Standing): boolean => {
    const [program = '', ...rest] = words
    const { path, directory } = standing
    if (isHarmless(words)) return true
    const operands = rest.filter((word) => !word.startsWith('-'))
    const script = directory === null ? null : scriptOf(words, directory)
    const text = script === null ? undefined : called?.get(script)
    if (text !== undefined)
      return (
        !isTold(text, path) && (commandsIn(text, variables)?.every((own) => isHarmless(own.words)) ?? false)
      )
    if (directory !== null && packages.size > 0 && knownCommand(words)?.ecosystem === 'node') {
      const within = workedIn(packages, words, { directory, isHarmless })
      return within !== null && ![...within].some((one) => one === '' || path.startsWith(`${one}/`))
    }
    if (directory !== null && projects !== null && !mayPack(projects, words, { path, directory })) return true
    if (go === null) return false
    if (program === 'git') return asksGit.test(operands[0] ?? '')
    // `$(shell …)` of a makefile.
    if (program === 'shell') return isKnown(rest, standing)
    if (program === 'go') return ofSources.test(operands[0] ?? '') && !mayEmbed(go, path)
    const { makefile } = go
    if (program !== 'make' || makefile === null || operands.length < rest.length) return false
    const calls = isTold(makefile, path)
      ? null
      : makeCalls(
          makefile,
          operands.filter((word) => !word.includes('=')),
        )
    return calls?.every((one) => one[0] !== 'make' && isKnown(one, standing)) ?? false
  }
  return (step, path, at) => {
    const known = commands.get(step)
    const all = known === undefined ? commandsOf(step, variables) : known
    commands.set(step, all)
    const home = directoryIn(step, path, at)
    return (
      all === null ||
      !all.every(({ words, directory }) =>
        isKnown(words, {
          path,
          directory: home === null || directory === null ? null : below(home, directory),
        }),
      )
    )
  }
}

const isTold = (text: string, path: string): boolean => text.includes(baseName(path))

/** Of what leads out of the context nothing is known. */
function below(home: string, directory: string): string | null {
  if (directory.startsWith('/') || /(?:^|\/)\.\.(?:\/|$)/.test(directory)) return null
  return cleanPath(`/${home}/${directory}`).slice(1)
}

/** Where a RUN works, from the root of the context: what lies at `at` tells where that was copied to. */
function directoryIn({ directory }: Step, path: string, at: string | null): string | null {
  if (directory === null || at === null || !at.endsWith(`/${path}`)) return null
  const root = at.slice(0, -path.length - 1)
  if (directory === root || (root === '' && directory === '/')) return ''
  return directory.startsWith(`${root}/`) ? directory.slice(root.length + 1) : null
}

/** The shell script that the words run, from the root of the context; null where they run something else. */
function scriptOf(words: readonly string[], directory: string): string | null {
  const [first = '', second = ''] = words
  const script = /^(?:ba|da|a)?sh$/.test(first) ? second : first
  return script.includes('/') || script !== first ? below(directory, script.replace(/^(?:\.\/)+/, '')) : null
}

function packagesOf(called: ReadonlyMap<string, string> | null): ReadonlyMap<string, ScriptPackage> {
  const packages = new Map<string, ScriptPackage>()
  for (const [path, text] of called ?? []) {
    const read = baseName(path) === 'package.json' ? packageOf(text) : null
    if (read !== null) packages.set(parentPath(path), read)
  }
  return packages
}

/** Words, and the directory that they run in, from where the text begins; null where that cannot be told. */
type Commands = readonly { readonly words: readonly string[]; readonly directory: string | null }[]

/** All of them, null where one is not understood, or takes what it reads or writes through the shell. */
function commandsOf({ instruction }: Step, variables: ReadonlySet<string>): Commands | null {
  if (instruction.json) return [{ words: instruction.words, directory: '' }]
  if (instruction.heredocs.length > 0) return null
  return commandsIn(instruction.words.join(' '), variables)
}

function commandsIn(text: string, variables: ReadonlySet<string>): Commands | null {
  const { commands, unread } = readShell(withoutSources(text, variables))
  const isPlain = commands.every(
    ({ reads, writes }) => reads.length === 0 && writes.every((file) => variables.has(file)),
  )
  return unread === null && isPlain
    ? commands
        .filter(({ words }) => words.length > 0)
        .map(({ words, values, directory }) => ({ words: values ?? words, directory }))
    : null
}
