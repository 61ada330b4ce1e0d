/**
 * What may stand where the cursor is, as the scripts of `ctxsize completion` ask for it, and docker for its plugin:
 * `ctxsize __complete WORD… CURRENT`. The answer is what spf13/cobra 1.9 (completions.go) makes of a command line, since docker
 * hands it on to a shell: a candidate a line, a tab and what it is, and last a colon and the sum of the numbers below.
 */

import { parseDockerfile } from '../dockerfile/parse.ts'
import { type Host, isHostFailure } from '../host/host.ts'
import { loadBuild } from '../inputs/load.ts'
import { CtxsizeError } from '../lib/errors.ts'
import { decodePath, joinPath, visiblePath } from '../lib/path.ts'
import { findRepository } from '../repository/place.ts'
import { type Arguments, readArguments } from './arguments.ts'
import { formatHelp, formats } from './formats.ts'
import { definition } from './options.ts'
import {
  isOption,
  type OptionName,
  type OptionUsage,
  optionsOf,
  optionUsage,
  verbUsage,
  wordsOf,
} from './usage.ts'

const noSpace = 2
const noFiles = 4
const directoriesOnly = 16

interface Candidate {
  readonly word: string
  readonly what?: string
}

/** What is known, and whether the shell is to add names of files or directories of its own. */
interface Answer {
  readonly candidates: readonly Candidate[]
  readonly names: 'files' | 'directories' | 'none'
}

const nothing: Answer = { candidates: [], names: 'none' }
const files: Answer = { candidates: [], names: 'files' }
const directories: Answer = { candidates: [], names: 'directories' }
const known = (candidates: readonly Candidate[]): Answer => ({ candidates, names: 'none' })

/** Stands for the word that is being typed; no argument can hold it. */
const cursor = '\0'

/** `words` are those behind the name of the program, up to the one that the cursor is in. Throws nothing that a host does. */
export async function complete(words: readonly string[], host: Host): Promise<string> {
  const current = words.at(-1) ?? ''
  const { candidates, names } = await answer(words.slice(0, -1), current, host)
  const typed = inlineValue(current)?.value ?? current
  const fitting = candidates.filter(({ word }) => word.startsWith(typed) && visiblePath(word) === word)
  const goesOn = fitting.length > 0 && fitting.every(({ word }) => /[/=]$/.test(word))
  const directive =
    (goesOn ? noSpace : 0) +
    (names === 'directories' ? directoriesOnly : names === 'files' && fitting.length === 0 ? 0 : noFiles)
  const lines = fitting.map(({ word, what }) => (what === undefined ? word : `${word}\t${what}`))
  return [...lines, `:${directive}`, ''].join('\n')
}

async function answer(before: readonly string[], current: string, host: Host): Promise<Answer> {
  const given = inlineValue(current)
  const typed = attempt(() => readArguments([...before, ...(given === null ? [cursor] : [])]))
  if (typed === null) return nothing
  if (given !== null) return values(given.option, given.value, typed, host)
  for (const [option, all] of typed.values)
    if (all.at(-1) === cursor) return values(option, current, typed, host)
  // Else the value of an option that is docker's alone.
  if (typed.positionals.at(-1) !== cursor) return nothing
  const isOptionWanted = current.startsWith('-') && !before.includes('--')
  return isOptionWanted ? options(typed) : positional(typed, current, host)
}

/** The option and what is typed of its value, in `--option=value`. */
function inlineValue(current: string): { readonly option: OptionName; readonly value: string } | null {
  const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(current) ?? []
  return isOption(name) && 'value' in optionUsage[name] ? { option: name, value } : null
}

function options({ verb }: Arguments): Answer {
  const what = (name: OptionName) => (name === 'format' ? formatHelp(verb) : optionUsage[name].describe)
  return known(optionsOf(verb).map((name) => ({ word: `--${name}`, what: what(name) })))
}

async function positional(typed: Arguments, current: string, host: Host): Promise<Answer> {
  const { verb, isVerbNamed, positionals } = typed
  const { files: defining, context } = buildOf(typed)
  const wanted = wordsOf(verb)
  if (typeof wanted !== 'string')
    return positionals.length > 1 ? nothing : known(wanted.map((word) => ({ word })))
  if (wanted === 'rule') {
    const { ruleWords } = await import('../rule-words.ts')
    return known(Object.entries(ruleWords).map(([word, { title }]) => ({ word, what: title })))
  }
  if (wanted === 'file') return files
  if (wanted === 'path') return context === null ? files : known(entries(host, context, current))
  if (wanted === 'build' || defining.some((file) => definition.test(file)))
    return known((await builds(host, typed)).filter(({ word }) => !positionals.includes(word)))
  const own = contextWords(typed)
  if (own.length === 0) return known(references(host, context ?? '.'))
  if (own.length > 1 || context !== null) return nothing
  if (isVerbNamed || /[/~]/.test(current)) return directories
  const verbs = Object.entries(verbUsage).map(([word, { describe }]) => ({ word, what: describe }))
  return known([...verbs, ...entries(host, '.', current, { only: 'directories' })])
}

/** What may be the value of an option, told by what stands for it in the help. */
function values(option: OptionName, current: string, typed: Arguments, host: Host): Answer {
  const usage: OptionUsage = optionUsage[option]
  if (option === 'format')
    return current.includes('=') ? files : known(formats[typed.verb].map((word) => ({ word })))
  if (usage.choices !== undefined) return known(usage.choices.map((word) => ({ word })))
  switch (usage.value) {
    case 'PATH':
    case 'FILE':
      return files
    case 'DIR':
      return directories
    case 'NAME=DIR':
      return current.includes('=') ? directories : nothing
    case 'STAGE':
      return known(fromDockerfile(host, typed, 'FROM', /\bAS\s+(\S+)$/i, ''))
    case 'NAME[=VALUE]':
      return known(fromDockerfile(host, typed, 'ARG', /^ARG\s+([^\s=]+)/i, '='))
    case 'OS/ARCH':
      return known(['linux/amd64', 'linux/arm64'].map((word) => ({ word })))
    case 'REF':
      return typed.verb === 'history' ? nothing : known(references(host, buildOf(typed).context ?? '.'))
    default:
      return nothing
  }
}

/** What the words so far say of the build; the context null where they name none. */
function buildOf(typed: Arguments): {
  readonly context: string | null
  readonly files: readonly string[]
} {
  const all = (name: OptionName) =>
    (typed.values.get(name) ?? []).filter((value) => value !== true && value !== cursor).map(String)
  const word =
    wordsOf(typed.verb) === 'context' ? contextWords(typed).find((one) => one !== cursor) : undefined
  const files = all('file')
  return {
    context: all('context').at(-1) ?? (files.some((file) => definition.test(file)) ? null : (word ?? null)),
    files,
  }
}

/** Without what `diff` compares with, which comes first. */
const contextWords = ({ verb, positionals }: Arguments): readonly string[] =>
  verb === 'diff' ? positionals.slice(1) : positionals

/** What the pattern finds in the instructions of the Dockerfile, in their order. */
function fromDockerfile(
  host: Host,
  typed: Arguments,
  keyword: string,
  pattern: RegExp,
  end: string,
): readonly Candidate[] {
  const { context, files } = buildOf(typed)
  const none = new Map<string, string>()
  const options = { target: null, buildArgs: none, namedContexts: none, platform: null }
  const loaded = attempt(() =>
    loadBuild(host, { ...options, context: context ?? '.', file: files.at(-1) ?? null }),
  )
  if (loaded === null || loaded.dockerfile.text === null) return []
  const { instructions } = parseDockerfile(loaded.dockerfile.text, loaded.dockerfile.file)
  const found = instructions.flatMap((one) =>
    one.keyword === keyword ? [pattern.exec(one.text.trim())?.[1] ?? []].flat() : [],
  )
  return [...new Set(found)].map((word) => ({ word: word + end }))
}

/** Services and targets of the files that are named, or of those that lie in the directory. */
async function builds(host: Host, typed: Arguments): Promise<readonly Candidate[]> {
  const { readBuilds } = await import('../inputs/index.ts')
  const { context, files } = buildOf(typed)
  const found = attempt(() => readBuilds(host, { files, names: [], workingDirectory: context ?? '.' }))
  return (found?.builds ?? []).flatMap(({ name, foundIn }) =>
    name === null ? [] : [{ word: name, what: visiblePath(`${foundIn.file}:${foundIn.line}`) }],
  )
}

function references(host: Host, context: string): readonly Candidate[] {
  const place = attempt(() => findRepository(host, context))
  const asked =
    place && host.git?.(place.top, ['rev-parse', '--symbolic', '--branches', '--tags', '--remotes'])
  const names = asked?.ok ? decodePath(asked.stdout).split('\n') : []
  return ['HEAD', ...names].filter((name) => name !== '').map((word) => ({ word }))
}

/** Entries of the directory that the path so far leads to, seen from `base`; directories end in a slash. */
function entries(
  host: Host,
  base: string,
  current: string,
  { only }: { readonly only?: 'directories' } = {},
): readonly Candidate[] {
  const cut = current.lastIndexOf('/') + 1
  const [above, begun] = [current.slice(0, cut), current.slice(cut)]
  const directory = joinPath(base, above)
  const names = (attempt(() => host.list(directory)) ?? []).filter(
    (name) => name.startsWith(begun) && (begun !== '' || !name.startsWith('.')),
  )
  return names.sort().flatMap((name) => {
    const mode = attempt(() => host.stat(joinPath(directory, name)))?.mode ?? 0
    const isDirectory = (mode & 0o170000) === 0o040000
    if (only === 'directories' && !isDirectory) return []
    return [{ word: `${above}${name}${isDirectory ? '/' : ''}` }]
  })
}

/** Null where the words or the disk say no: a shell waits for an answer, and nobody reads why there is none. */
function attempt<T>(ask: () => T): T | null {
  try {
    return ask()
  } catch (thrown) {
    if (thrown instanceof CtxsizeError || isHostFailure(thrown)) return null
    throw thrown
  }
}
