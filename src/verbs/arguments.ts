/** A command line as typed or pasted → a verb, the values of each option by its long name, and the rest. */

import { nearest } from '../lib/distance.ts'
import { type CtxsizeError, fail } from '../lib/errors.ts'
import { dockerLetters, dockerOptions, type Pasted, pastedBuild } from './docker-options.ts'
import {
  isOption,
  isVerb,
  type OptionName,
  type OptionUsage,
  optionsOf,
  optionUsage,
  type VerbName,
  wordsOf,
} from './usage.ts'

/** All values given for each option, in order; switches hold `true`. */
export type Values = ReadonlyMap<OptionName, readonly (string | true)[]>

export interface Arguments {
  readonly verb: VerbName
  /** False when no word names the verb, so that the first positional may be a misspelt one. */
  readonly isVerbNamed: boolean
  /** What docker alone understands is left out. */
  readonly values: Values
  readonly positionals: readonly string[]
  /** What a pasted `docker build` says of the builder; null when nothing. */
  readonly builder: 'classic' | 'buildkit' | 'podman' | null
}

interface Reader {
  words: readonly string[]
  next: number
  /** The `docker build` that was met; from there on `-o` and `-q` mean what they mean to docker. */
  pasted: Pasted | null
  readonly used: { readonly name: OptionName; readonly typed: string; readonly value: string | null }[]
}

/** Throws USAGE for what neither ctxsize nor docker build knows. */
export function readArguments(argv: readonly string[]): Arguments {
  const reader: Reader = { words: argv, next: 0, pasted: null, used: [] }
  const positionals: string[] = []
  let named: VerbName | null = null
  while (reader.next < reader.words.length) {
    const word = reader.words[reader.next++] ?? ''
    if (word === '--') {
      positionals.push(...reader.words.slice(reader.next))
      break
    }
    if (word.startsWith('--')) readLong(reader, word)
    else if (word.startsWith('-') && word !== '-') readLetters(reader, word)
    else if (positionals.length > 0 || reader.pasted !== null || !mayBePasted(named)) positionals.push(word)
    else if (named === null && isVerb(word)) named = word
    else if (!startPasted(reader)) positionals.push(word)
  }
  const verb = named ?? 'scan'
  const values = new Map<OptionName, (string | true)[]>()
  for (const { name, typed, value } of reader.used) {
    mustBelong(verb, name, typed)
    const given = values.get(name)
    if (given === undefined) values.set(name, [value ?? true])
    else given.push(value ?? true)
  }
  return {
    verb,
    isVerbNamed: named !== null,
    values,
    positionals,
    builder: reader.pasted?.builder ?? null,
  }
}

/** False after a verb whose words are no command line of docker's. */
const mayBePasted = (verb: VerbName | null) => verb === null || wordsOf(verb) === 'context'

/** Steps over `docker build` when the word just read begins one. */
function startPasted(reader: Reader): boolean {
  const pasted = pastedBuild(reader.words.slice(reader.next - 1))
  if (pasted === null) return false
  reader.pasted = pasted
  reader.words = pasted.rest
  reader.next = 0
  return true
}

function readLong(reader: Reader, word: string): void {
  const cut = word.indexOf('=')
  const name = word.slice(2, cut < 0 ? undefined : cut)
  const given = cut < 0 ? null : word.slice(cut + 1)
  if (isOption(name)) {
    const value = takesValue(name) ? (given ?? takeValue(reader, `--${name}`)) : given
    if (!isDockers(reader, name, value)) use(reader, name, `--${name}`, value)
    return
  }
  const isValued = dockerOptions.get(name)
  if (isValued === undefined)
    throw unknown(`--${name}`, [...Object.keys(optionUsage), ...dockerOptions.keys()])
  if (isValued && given === null) takeValue(reader, `--${name}`)
}

/** `-v`, `-fPATH`, `-f PATH`, `-lq`: as pflag reads them. */
function readLetters(reader: Reader, word: string): void {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i] ?? ''
    const rest = word.slice(i + 1).replace(/^=/, '')
    const typed = `-${letter}`
    const name = longName(letter)
    if (name !== null && !takesValue(name)) {
      if (!isDockers(reader, name, null)) use(reader, name, typed, null)
      continue
    }
    if (name === null && !dockerLetters.has(letter)) throw unknown(typed, [])
    if (name === null && dockerOptions.get(dockerLetters.get(letter) ?? '') !== true) continue
    const value = rest === '' ? takeValue(reader, typed) : rest
    if (name !== null && !isDockers(reader, name, value)) use(reader, name, typed, value)
    return
  }
}

function use(reader: Reader, name: OptionName, typed: string, value: string | null): void {
  if (!takesValue(name) && value !== null && !/^(?:true|false)$/.test(value))
    throw fail('USAGE', `${typed} takes no value, got ${JSON.stringify(value)}`)
  if (takesValue(name) || value !== 'false')
    reader.used.push({ name, typed, value: takesValue(name) ? value : null })
}

function takeValue(reader: Reader, typed: string): string {
  const value = reader.words[reader.next++]
  if (value === undefined) throw fail('USAGE', `${typed} needs a value`)
  return value
}

/** True for an option that ctxsize and docker both have when docker's is meant, which then says nothing about the context. */
function isDockers({ pasted }: Reader, name: OptionName, value: string | null): boolean {
  const isPasted = pasted !== null
  switch (name) {
    case 'output':
      return isPasted || /^type=/.test(value ?? '')
    case 'builder':
      return isPasted && !/^(?:buildkit|classic|podman)$/.test(value ?? '')
    case 'quiet':
    case 'config':
      return isPasted
    default:
      return false
  }
}

function takesValue(name: OptionName): boolean {
  const usage: OptionUsage = optionUsage[name]
  return usage.value !== undefined
}

function longName(letter: string): OptionName | null {
  const found = Object.entries(optionUsage).find(
    ([, usage]: [string, OptionUsage]) => usage.short === letter,
  )?.[0]
  return found !== undefined && isOption(found) ? found : null
}

function unknown(typed: string, names: readonly string[]): CtxsizeError {
  const meant = nearest(typed.slice(2), names)
  const hint = meant === null ? {} : { hint: `did you mean --${meant}?` }
  return fail('USAGE', `unknown option ${typed}`, hint)
}

function mustBelong(verb: VerbName, name: OptionName, typed: string): void {
  if (name === 'version' || optionsOf(verb).includes(name)) return
  const usage: OptionUsage = optionUsage[name]
  const owner = usage.verbs?.[0] ?? 'scan'
  throw fail('USAGE', `${typed} is an option of ctxsize ${owner}`, {
    hint: `ctxsize ${owner} --help shows its use`,
  })
}
