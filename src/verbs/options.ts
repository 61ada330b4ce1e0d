/** Words of the command line → the values that verbs and reporters take; every mistake is a CtxsizeError. */

import { entryAt, type Host } from '../host/host.ts'
import type { Units } from '../lib/amount.ts'
import { fail } from '../lib/errors.ts'
import type { BuilderName } from '../report.ts'
import { type FormatName, reporters } from '../reporters/index.ts'
import type { ScanOptions } from '../scan.ts'
import type { Arguments, Values } from './arguments.ts'
import { nearest } from './nearest.ts'
import { type OptionName, type OptionUsage, optionUsage, verbUsage } from './usage.ts'

export interface RunOptions {
  readonly scan: Omit<ScanOptions, 'progress'>
  /** For `why`. */
  readonly paths: readonly string[]
  readonly builds: {
    /** What -f names. */
    readonly files: readonly string[]
    /** Services or targets of these files. */
    readonly names: readonly string[]
    /** True when the files are compose or bake files. */
    readonly defined: boolean
    /** True when the command line spells out one build: a Dockerfile, a stage, an argument. */
    readonly spelt: boolean
  }
  readonly list: 'sent' | 'unread' | 'ignored' | 'reads'
  readonly long: boolean
  /** Raw names ended by NUL. */
  readonly raw: boolean
  readonly format: FormatName
  /** File to write to; null for standard output. */
  readonly output: string | null
  /** Null: as the terminal has it. */
  readonly color: boolean | null
  readonly units: Units
  readonly verbose: boolean
  /** For `ignore` and `fix`: make the changes; those that need a decision too. */
  readonly write: boolean
  readonly review: boolean
  /** For `ignore`: null: as the file is. */
  readonly style: 'deny' | 'allow' | null
  readonly quiet: boolean
  readonly again: { readonly context: string; readonly options: readonly string[] }
}

export function readOptions(typed: Arguments, host: Host): RunOptions {
  const { verb, positionals, values } = typed
  const paths = verb === 'why' ? positionals : []
  if (verb === 'why' && paths.length === 0)
    throw fail('USAGE', 'ctxsize why needs a path', { hint: 'ctxsize why node_modules' })
  const context = contextOf(typed, host)
  const builder = builderOf(typed)
  const isOn = (name: OptionName): boolean => values.has(name)
  const defined = all(values, 'file').some((file) => definition.test(file))
  const list = listOf(values)
  const raw = isOn('null')
  const format = choice(values, 'format', names(reporters)) ?? 'table'
  if (raw && format !== 'table')
    throw fail('USAGE', `-0 and --format ${format} exclude each other`, { hint: 'give one of them' })
  return {
    scan: {
      context,
      file: defined ? null : fileOf(values),
      target: text(values, 'target'),
      buildArgs: buildArgs(all(values, 'build-arg'), host),
      namedContexts: namedContexts(all(values, 'build-context')),
      platform: text(values, 'platform')?.split(',')[0] ?? null,
      builder,
      measureIgnored: isOn('measure-ignored'),
      // What BuildKit takes can be listed without a walk of the rest; everything else is about the whole context.
      scope: verb === 'ls' && list === 'sent' && builder === 'buildkit' ? 'transfer' : 'context',
      wantsClassic: verb !== 'scan' || isOn('verbose') || format === 'json',
      xattrs: choice(values, 'xattrs', ['auto', 'always', 'never']) ?? 'auto',
    },
    paths,
    builds: {
      files: all(values, 'file'),
      names: verb === 'builds' || (defined && verb !== 'why') ? positionals : [],
      defined,
      spelt: (['file', 'target', 'build-arg', 'build-context'] as const).some(isOn),
    },
    list,
    long: isOn('long'),
    raw,
    format,
    output: text(values, 'output'),
    color: isOn('no-color') ? false : isOn('color') ? true : null,
    units: choice(values, 'units', ['decimal', 'binary']) ?? 'decimal',
    verbose: isOn('verbose'),
    write: isOn('write'),
    review: choice(values, 'include', ['review']) === 'review',
    style: choice(values, 'style', ['deny', 'allow']),
    quiet: isOn('quiet'),
    again: { context, options: again(values, builder) },
  }
}

/** Files in which builds are written down, by their names. */
const definition = /\.ya?ml$|\.hcl$|(?:^|\/)docker-bake[^/]*\.json$/i

function contextOf({ verb, isVerbNamed, positionals, values }: Arguments, host: Host): string {
  const option = text(values, 'context')
  const isDefined = all(values, 'file').some((file) => definition.test(file))
  const [first, second] = verb === 'why' || verb === 'builds' || isDefined ? [] : positionals
  if (first !== undefined && !isVerbNamed && !/[/.]/.test(first) && entryAt(host, first) === null) {
    const meant = nearest(first, Object.keys(verbUsage))
    if (meant !== null)
      throw fail('USAGE', `no such verb or directory: ${first}`, { hint: `did you mean ctxsize ${meant}?` })
  }
  const more = option !== null && first !== undefined ? first : second
  if (more !== undefined) throw fail('USAGE', `one context is enough, got another: ${more}`)
  const context = option ?? first ?? '.'
  if (context === '-')
    throw fail('UNSUPPORTED', 'a context from standard input cannot be measured', {
      hint: 'unpack it and give the directory',
    })
  if (/^(?:https?|git|ssh):\/\/|^git@|^github\.com\//.test(context) && entryAt(host, context) === null)
    throw fail('UNSUPPORTED', `a remote context cannot be measured: ${context}`, {
      hint: 'clone it and give the directory',
    })
  return context === '' ? '.' : context
}

function fileOf(values: Values): string | null {
  const file = text(values, 'file')
  if (file === '-')
    throw fail('UNSUPPORTED', 'a Dockerfile from standard input cannot be read', {
      hint: 'save it and name it with -f',
    })
  return file
}

function builderOf({ builder: pasted, values }: Arguments): BuilderName {
  const given = text(values, 'builder') ?? pasted
  if (given === 'podman')
    throw fail('UNSUPPORTED', 'the podman builder is not modelled yet', {
      hint: '--builder classic is close: podman takes the whole context too',
    })
  return choice(values, 'builder', ['buildkit', 'classic']) ?? (pasted === 'classic' ? 'classic' : 'buildkit')
}

function buildArgs(given: readonly string[], host: Host): Map<string, string> {
  const found = new Map<string, string>()
  for (const one of given) {
    const cut = one.indexOf('=')
    const name = cut < 0 ? one : one.slice(0, cut)
    if (name.trim() === '')
      throw fail('BUILD_ARG_INVALID', `--build-arg without a name: ${JSON.stringify(one)}`)
    // Without a value docker takes the environment's, and leaves the ARG alone when that has none.
    const value = cut < 0 ? host.environment(name) : one.slice(cut + 1)
    if (value === undefined) found.delete(name)
    else found.set(name, value)
  }
  return found
}

function namedContexts(given: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const one of given) {
    const cut = one.indexOf('=')
    if (cut < 1 || cut === one.length - 1)
      throw fail(
        'BUILD_CONTEXT_INVALID',
        `--build-context needs a name and a directory: ${JSON.stringify(one)}`,
      )
    found.set(one.slice(0, cut).toLowerCase(), one.slice(cut + 1))
  }
  return found
}

function listOf(values: Values): RunOptions['list'] {
  const given = (['unread', 'ignored', 'reads'] as const).filter((name) => values.has(name))
  if (given.length > 1)
    throw fail('USAGE', `--${given[0]} and --${given[1]} exclude each other`, { hint: 'give one of them' })
  return given[0] ?? 'sent'
}

/** What names this build, as it would be typed again. */
function again(values: Values, builder: BuilderName): string[] {
  const words: string[] = []
  for (const name of ['file', 'target', 'build-arg', 'build-context', 'platform'] as const) {
    const usage: OptionUsage = optionUsage[name]
    for (const value of all(values, name))
      words.push(usage.short === undefined ? `--${name}` : `-${usage.short}`, value)
  }
  return builder === 'buildkit' ? words : [...words, '--builder', builder]
}

function all(values: Values, name: OptionName): string[] {
  return (values.get(name) ?? []).filter((value) => value !== true)
}

/** The last value given, as docker takes it; null for none or an empty one. */
function text(values: Values, name: OptionName): string | null {
  return all(values, name).at(-1) || null
}

function choice<const T extends string>(values: Values, name: OptionName, choices: readonly T[]): T | null {
  const given = text(values, name)
  if (given === null) return null
  const found = choices.find((one) => one === given)
  if (found !== undefined) return found
  const meant = nearest(given, choices)
  throw fail('USAGE', `--${name} ${JSON.stringify(given)} is not one of ${choices.join(', ')}`, {
    hint: meant === null ? 'give one of these' : `did you mean ${meant}?`,
  })
}

function names<T extends string>(table: Readonly<Record<T, unknown>>): readonly T[] {
  // Object.keys forgets the type of the keys, which are all of T in a table of our own.
  return Object.keys(table) as T[]
}
