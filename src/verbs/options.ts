/** Words of the command line → the values that verbs and reporters take; every mistake is a CtxsizeError. */

import { type Checks, failLevels } from '../config/model.ts'
import { entryAt, type Host } from '../host/host.ts'
import type { Units } from '../lib/amount.ts'
import { nearest } from '../lib/distance.ts'
import { fail } from '../lib/errors.ts'
import type { BuilderName, FailOn, Ranking } from '../report.ts'
import type { ScanOptions } from '../scan.ts'
import type { Arguments, Values } from './arguments.ts'
import { typedChecks } from './check-options.ts'
import { type Output, rankingFormats, readOutputs } from './formats.ts'
import type { RunConfig } from './run-config.ts'
import { type OptionName, type OptionUsage, optionUsage, verbUsage, wordsOf } from './usage.ts'

export interface RunOptions {
  readonly scan: Omit<ScanOptions, 'progress'>
  /** For `why` paths of the context, for `report` files. */
  readonly paths: readonly string[]
  /** For `explain`, as typed. */
  readonly rules: readonly string[]
  /** For `report`: null: as usual. */
  readonly sort: Ranking | null
  /** For a verb that takes one of a few words: which; else null. */
  readonly word: string | null
  /** Where the context is no directory as it lies there. */
  readonly elsewhere: {
    /** The commit that is measured; null: what is there now. */
    readonly at: string | null
    /** What comes on standard input; null: nothing. */
    readonly input: 'context' | 'dockerfile' | null
  }
  readonly diff: {
    /** A commit by any name; '' where nothing is compared. */
    readonly base: string
    /** True: that very commit, not the last one in common with it. */
    readonly exact: boolean
  }
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
  /** What is printed, and where; at most one of them on standard output. */
  readonly outputs: readonly Output[]
  /** Null: as the terminal has it. */
  readonly color: boolean | null
  readonly units: Units
  readonly verbose: boolean
  /** The page to be opened once it is written; null: none. */
  readonly opens: string | null
  /** For `ignore` and `fix`: make the changes; those that need a decision too. */
  readonly write: boolean
  readonly review: boolean
  /** For `affected` a commit, for `history` a date. */
  readonly since: string | null
  readonly matrix: boolean
  /** For `history`: how many; null: as usual. */
  readonly commits: number | null
  /** Keep what the instructions read. */
  readonly remember: boolean
  /** For `why`: compare with what was kept, instead of telling of paths. */
  readonly rebuilt: boolean
  /** For `history`: the log of a build; null: none. */
  readonly timings: string | null
  /** For `ignore`: null: as the file is. */
  readonly style: 'deny' | 'allow' | null
  /** For `check`: what is typed of budgets and assertions. */
  readonly checks: Checks
  /** Null: as usual. */
  readonly failOn: FailOn | null
  readonly quiet: boolean
  /** For `plugin`: the directory to change; null: the docker client's own. */
  readonly pluginDirectory: string | null
  /** As typed: the file, and whether none is to be read. */
  readonly configuration: { readonly file: string | null; readonly isOff: boolean }
  /** What was found; null: nothing. */
  readonly config: RunConfig | null
  readonly again: { readonly context: string; readonly options: readonly string[] }
}

export function readOptions(given: Arguments, host: Host): RunOptions {
  const { base, typed } = withoutBase(given)
  const { verb, positionals, values } = typed
  const paths = verb === 'why' || verb === 'report' ? positionals : []
  if (verb === 'why' && paths.length === 0 && !values.has('rebuilt'))
    throw fail('USAGE', 'ctxsize why needs a path', { hint: 'ctxsize why node_modules' })
  if (verb === 'why' && values.has('remember') && !values.has('rebuilt'))
    throw fail('USAGE', 'ctxsize why takes --remember with --rebuilt', {
      hint: 'ctxsize --remember keeps what the instructions read',
    })
  if (verb === 'report' && paths.length === 0)
    throw fail('USAGE', 'ctxsize report needs a file', {
      hint: 'ctxsize --format json=build.json writes one; ctxsize report build.json',
    })
  const context = contextOf(typed, host)
  const elsewhere = elsewhereOf(typed, context)
  const builder = builderOf(typed)
  const isOn = (name: OptionName): boolean => values.has(name)
  const defined = all(values, 'file').some((file) => definition.test(file))
  const list = listOf(values)
  const raw = isOn('null')
  const outputs = readOutputs(verb, { formats: all(values, 'format'), file: text(values, 'output'), host })
  const other = outputs.find(({ format }) => format !== 'table')
  if (raw && other)
    throw fail('USAGE', `-0 and --format ${other.format} exclude each other`, { hint: 'give one of them' })
  const sort = choice(values, 'sort', rankings)
  if (verb === 'report' && (paths.length > 1 || sort !== null)) refuseOfMany(outputs)
  return {
    scan: {
      context,
      file: defined || elsewhere.input === 'dockerfile' ? null : text(values, 'file'),
      target: text(values, 'target'),
      buildArgs: buildArgs(all(values, 'build-arg'), host),
      namedContexts: namedContexts(all(values, 'build-context')),
      platform: text(values, 'platform')?.split(',')[0] ?? null,
      builder,
      measureIgnored: isOn('measure-ignored'),
      // What BuildKit takes can be listed without a walk of the rest; everything else is about the whole context.
      scope: verb === 'ls' && list === 'sent' && builder === 'buildkit' ? 'transfer' : 'context',
      wantsClassic: (verb !== 'scan' && verb !== 'check') || isOn('verbose') || other !== undefined,
      xattrs: choice(values, 'xattrs', ['auto', 'always', 'never']) ?? 'auto',
    },
    paths,
    rules: verb === 'explain' ? positionals : [],
    sort,
    word: wordOf(typed),
    elsewhere,
    diff: { base: verb === 'check' ? checkBase(values) : base, exact: isOn('exact-base') },
    builds: {
      files: all(values, 'file'),
      names: verb === 'builds' || (defined && verb !== 'why') ? positionals : [],
      defined,
      spelt:
        (['file', 'target', 'build-arg', 'build-context', 'at'] as const).some(isOn) ||
        elsewhere.input !== null,
    },
    list,
    long: isOn('long'),
    raw,
    outputs,
    color: isOn('no-color') ? false : isOn('color') ? true : null,
    units: choice(values, 'units', ['decimal', 'binary']) ?? 'decimal',
    verbose: isOn('verbose'),
    opens: isOn('open') ? pageOf(outputs) : null,
    write: isOn('write'),
    review: choice(values, 'include', ['review']) === 'review',
    since: text(values, 'since'),
    matrix: isOn('matrix'),
    commits: commitsOf(values),
    remember: isOn('remember'),
    rebuilt: isOn('rebuilt'),
    timings: text(values, 'timings'),
    style: choice(values, 'style', ['deny', 'allow']),
    checks: typedChecks((name) => all(values, name)),
    failOn: choice(values, 'fail-on', failLevels),
    quiet: isOn('quiet'),
    pluginDirectory: text(values, 'dir'),
    configuration: { file: text(values, 'config'), isOff: isOn('no-config') },
    config: null,
    again: { context, options: again(values, builder) },
  }
}

const rankings: readonly Ranking[] = optionUsage.sort.choices

/** What a table of many reports cannot be: who reads it would take it for one of them. */
function refuseOfMany(outputs: readonly Output[]): void {
  const known: readonly string[] = rankingFormats
  const other = outputs.find(({ format }) => !known.includes(format))
  if (other)
    throw fail(
      'USAGE',
      `--format ${other.format} takes one report; of several there is ${known.join(', ')}`,
      {
        hint: 'give one file, without --sort',
      },
    )
}

/** The page among the files that are written. */
function pageOf(outputs: readonly Output[]): string {
  const page = outputs.find(({ format, file }) => format === 'html' && file !== null)?.file ?? null
  if (page === null)
    throw fail('USAGE', '--open needs a page in a file', {
      hint: 'ctxsize --format html -o report.html --open',
    })
  return page
}

function wordOf({ verb, positionals }: Arguments): string | null {
  const choices = wordsOf(verb)
  if (typeof choices === 'string') return null
  const [word, more] = positionals
  const all = choices.join(' or ')
  if (word === undefined) throw fail('USAGE', `ctxsize ${verb} needs a word: ${all}`)
  if (!choices.includes(word)) {
    const meant = nearest(word, choices)
    throw fail('USAGE', `ctxsize ${verb} takes ${all}, got ${JSON.stringify(word)}`, {
      ...(meant === null ? {} : { hint: `did you mean ctxsize ${verb} ${meant}?` }),
    })
  }
  if (more !== undefined) throw fail('USAGE', `one word is enough for ctxsize ${verb}, got another: ${more}`)
  return word
}

/** What `ctxsize diff` compares with comes first; the rest is as for every verb. */
function withoutBase(typed: Arguments): { readonly base: string; readonly typed: Arguments } {
  if (typed.verb !== 'diff') return { base: '', typed }
  const [base, ...positionals] = typed.positionals
  if (base === undefined || base === '')
    throw fail('USAGE', 'ctxsize diff needs something to compare with', { hint: 'ctxsize diff origin/main' })
  return { base, typed: { ...typed, positionals } }
}

/** What `ctxsize check` compares with; '' for nothing, where nothing may be asked of it either. */
function checkBase(values: Values): string {
  const base = text(values, 'base') ?? ''
  const idle = (['max-growth', 'may-lose', 'exact-base'] as const).find((name) => values.has(name))
  if (base === '' && idle !== undefined)
    throw fail('USAGE', `--${idle} needs --base`, { hint: 'ctxsize check --base origin/main' })
  if (base.endsWith('.json'))
    throw fail('USAGE', '--base takes a commit: a report has no list of files', {
      hint: `ctxsize diff ${base} compares the amounts`,
    })
  return base
}

/** Files in which builds are written down, by their names. */
export const definition = /\.ya?ml$|\.hcl$|(?:^|\/)docker-bake[^/]*\.json$/i

function contextOf({ verb, isVerbNamed, positionals, values }: Arguments, host: Host): string {
  const option = text(values, 'context')
  const isDefined = all(values, 'file').some((file) => definition.test(file))
  const [first, second] = wordsOf(verb) !== 'context' || isDefined ? [] : positionals
  if (first !== undefined && !isVerbNamed && !/[/.]/.test(first) && entryAt(host, first) === null) {
    const meant = nearest(first, Object.keys(verbUsage))
    if (meant !== null)
      throw fail('USAGE', `no such verb or directory: ${first}`, { hint: `did you mean ctxsize ${meant}?` })
  }
  const more = option !== null && first !== undefined ? first : second
  if (more !== undefined) throw fail('USAGE', `one context is enough, got another: ${more}`)
  const context = option ?? first ?? '.'
  if (/^(?:https?|git|ssh):\/\/|^git@|^github\.com\//.test(context) && entryAt(host, context) === null)
    // SEMANTICS 1.9: docker/buildx hands the address on, and the daemon fetches it.
    throw fail(
      'UNSUPPORTED',
      `docker sends nothing for ${context}: BuildKit fetches all of it by itself and reads no ignore file`,
      { hint: `see what it fetches in a clone: ctxsize --at ${refOf(context) ?? 'REF'}` },
    )
  return context === '' ? '.' : context
}

/** The branch, tag or commit of `URL#REF:DIRECTORY`. */
function refOf(url: string): string | null {
  return /#([\w./-]+)/.exec(url)?.[1] ?? null
}

function elsewhereOf({ verb, values }: Arguments, context: string): RunOptions['elsewhere'] {
  const at = text(values, 'at')
  const isContext = context === '-'
  const isDockerfile = text(values, 'file') === '-'
  const input = isContext ? 'context' : isDockerfile ? 'dockerfile' : null
  const refuse = (message: string, hint: string) => fail('USAGE', message, { hint })
  if (isContext && isDockerfile)
    throw refuse(
      'context and Dockerfile cannot both come on standard input',
      'docker refuses that too: put the Dockerfile into the archive',
    )
  if (at !== null && isContext)
    throw refuse('an archive has no commits: --at needs a directory', 'give a directory of the repository')
  if (input !== null && verb === 'verify')
    throw refuse(`ctxsize verify reads docker's output on standard input`, 'save the rest to files')
  if (isContext && (verb === 'fix' || verb === 'ignore' || verb === 'builds'))
    throw refuse(`ctxsize ${verb} needs a directory`, 'of an archive no ignore file is read')
  if (isContext && verb === 'diff')
    throw refuse(
      'an archive has no commits: ctxsize diff needs a directory',
      'give a directory of the repository',
    )
  for (const name of ['remember', 'rebuilt'] as const)
    if ((at !== null || input !== null) && values.has(name))
      throw refuse(`--${name} is about what lies in a directory`, `leave out --${name}`)
  if ((at !== null || isDockerfile) && values.has('write'))
    throw refuse(
      `--write cannot change ${at === null ? 'standard input' : 'a commit'}`,
      'leave out --write to see what it would do',
    )
  return { at, input }
}

function builderOf({ builder: pasted, values }: Arguments): BuilderName {
  return choice(values, 'builder', ['buildkit', 'classic', 'podman']) ?? pasted ?? 'buildkit'
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

function commitsOf(values: Values): number | null {
  const given = text(values, 'commits')
  if (given === null) return null
  const count = Number(given)
  if (!/^\d+$/.test(given) || count < 1 || count > mostCommits)
    throw fail('USAGE', `-n needs a number of commits, got ${JSON.stringify(given)}`, {
      hint: 'ctxsize history -n 500',
    })
  return count
}

const mostCommits = 1_000_000

function listOf(values: Values): RunOptions['list'] {
  const given = (['unread', 'ignored', 'reads'] as const).filter((name) => values.has(name))
  if (given.length > 1)
    throw fail('USAGE', `--${given[0]} and --${given[1]} exclude each other`, { hint: 'give one of them' })
  return given[0] ?? 'sent'
}

/** What names this build, as it would be typed again. */
function again(values: Values, builder: BuilderName): string[] {
  const words: string[] = []
  for (const name of ['file', 'target', 'build-arg', 'build-context', 'platform', 'at'] as const) {
    const usage: OptionUsage = optionUsage[name]
    for (const value of all(values, name))
      words.push(
        usage.short === undefined ? `--${name}` : `-${usage.short}`,
        name === 'build-arg' ? withoutSecret(value) : value,
      )
  }
  return builder === 'buildkit' ? words : [...words, '--builder', builder]
}

/** What says by its name that it is nobody else's business is printed nowhere: the name alone takes it from the environment. */
function withoutSecret(value: string): string {
  const name = value.split('=', 1)[0] ?? ''
  return /token|secret|passw|credential|auth|key/i.test(name) ? name : value
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
