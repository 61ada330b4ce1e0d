/** The command line: argv → verb → stdout, stderr, exit code. The only file that knows `process` and yargs. */

import { type Host, isHostFailure } from './host/host.ts'
import { createNodeHost } from './host/node.ts'
import { openFile, writeOutput } from './host/output.ts'
import { candidateDockerfiles } from './inputs/discover.ts'
import { groupedCount } from './lib/amount.ts'
import { CtxsizeError, fail, unreachable } from './lib/errors.ts'
import { decodePath, encodePath, visiblePath } from './lib/path.ts'
import type { Problem } from './lib/source.ts'
import type { RankingReport } from './report.ts'
import { type FormatName, reporters } from './reporters/index.ts'
import { json } from './reporters/json.ts'
import type { Patch } from './reporters/screen/fix.ts'
import { inertText } from './reporters/screen/inert.ts'
import type { Style } from './reporters/style.ts'
import type { FileEdit } from './suggest/edits/texts.ts'
import { type Arguments, readArguments } from './verbs/arguments.ts'
import { configFor } from './verbs/configure.ts'
import { formatHelp, type Output } from './verbs/formats.ts'
import { verbs } from './verbs/index.ts'
import { type RunOptions, readOptions } from './verbs/options.ts'
import type { Outcome, Printable } from './verbs/outcome.ts'
import {
  isVerb,
  type OptionUsage,
  optionsOf,
  optionUsage,
  type VerbName,
  verbUsage,
  wordsOf,
} from './verbs/usage.ts'
import { version } from './version.ts'

/** Everything of the process that the command line touches, so that a test can stand in for it. */
export interface World {
  readonly host: Host
  readonly stdout: Terminal
  readonly stderr: Terminal
  /** Standard input, to be read to its end; null when it is a terminal, where nobody would end it. */
  readonly readInput: () => Promise<AsyncIterable<Uint8Array> | null>
  /** Throws OUTPUT_FAILED. */
  readonly writeFile: (path: string, data: string | Uint8Array) => void
  /** Shows a page in the user's browser. Null when that was begun, else why it was not. */
  readonly openFile: (path: string) => Promise<string | null>
  /** Milliseconds that only ever grow. */
  readonly now: () => number
}

export interface Terminal {
  readonly isTerminal: boolean
  /** Null where it is no terminal. */
  readonly columns: number | null
  /** Device and inode where it is a file; null elsewhere. */
  readonly identity: string | null
  /** Done when all is written, or when nobody reads any more. Rejects with STDOUT_FAILED. */
  readonly write: (data: string | Uint8Array) => Promise<void>
}

/** Columns where it is no terminal. */
const usual = 84
/** Columns of the help: what most terminals have. bin/ctxsize.js leaves narrower ones to us. */
const helpColumns = 80
/** Columns of a terminal that are used at most: a line of a table that is longer is no line to the eye. */
const widest = 160
const narrowest = 40
const progressAfterMs = 500
const progressEveryMs = 100

/**
 * Runs one command line and returns the exit code; 0, 1, 2 as `ctxsize --help` states them. A broken program throws.
 * SIGINT keeps its default, which ends the process at once and quietly: shells make 130 of it. Only a write that has begun
 * is finished before.
 */
export async function main(argv: readonly string[], world: World = createWorld()): Promise<number> {
  try {
    // Not for people: the scripts of `ctxsize completion` and docker ask so.
    if (argv[0] === '__complete') {
      const { complete } = await import('./verbs/complete.ts')
      await world.stdout.write(await complete(argv.slice(1), world.host))
      return 0
    }
    const typed = readArguments(argv)
    if (typed.values.has('help')) {
      const { isTerminal, columns } = world.stdout
      const narrow = isTerminal && columns !== null ? Math.max(narrowest, columns) : helpColumns
      await world.stdout.write(`${await helpOf(typed.verb, Math.min(helpColumns, narrow))}\n`)
      return 0
    }
    if (typed.values.has('version')) {
      await world.stdout.write(`${version}\n`)
      return 0
    }
    return await run(typed, readOptions(typed, world.host), world)
  } catch (thrown) {
    const error = refusalOf(thrown)
    if (error === null) throw thrown
    if (wantsJson(argv) && error.code !== 'STDOUT_FAILED') {
      const { code, message, hint, others } = error
      const more = others.length === 0 ? {} : { others }
      await world.stdout.write(json({ schemaVersion: 1, error: { code, message, hint, ...more } }))
    } else await world.stderr.write(errorText(error))
    return 2
  }
}

/** What a run that cannot finish has to say; null for a bug. A disk may fail anywhere, also where it never does. */
function refusalOf(thrown: unknown): CtxsizeError | null {
  if (thrown instanceof CtxsizeError) return thrown
  // Node's own complaints about wrong arguments have codes too: ERR_INVALID_ARG_TYPE.
  if (!isHostFailure(thrown) || !/^E[A-Z0-9]+$/.test(thrown.code)) return null
  if ('syscall' in thrown && thrown.syscall === 'uv_cwd')
    return fail('CONTEXT_NOT_FOUND', 'the working directory is no longer there', {
      hint: 'go to one that is',
    })
  return fail('DISK_FAILED', `the disk fails: ${thrown.message}`)
}

async function run(typed: Arguments, asked: RunOptions, world: World): Promise<number> {
  const config = optionsOf(typed.verb).includes('config') ? await configFor(world.host, asked) : null
  const options = { ...asked, config }
  const input = await inputOf(typed, options, world)
  const { host, scan } = await locate(options, world)
  const words = wordsOf(typed.verb)
  const isHere = host === world.host && (words === 'context' || words === 'path')
  const candidates = isHere ? await candidateDockerfiles(host, scan) : []
  const meter = createProgress(world, options)
  let outcome: Outcome
  try {
    const verb = await verbs[typed.verb]()
    outcome = await verb({
      host,
      options: { ...options, scan: { ...scan, candidates } },
      progress: meter.progress,
      output: options.outputs.some(({ file }) => file === null) ? world.stdout.identity : null,
      input,
    })
  } finally {
    meter.erase()
  }
  // All are made before any is written; files first, so that what is printed tells of a run that is done.
  const printed: (string | Uint8Array)[] = []
  const files: (() => void)[] = []
  for (const output of options.outputs) {
    const { file } = output
    const data = await render(outcome.printable, options, output, world)
    if (file === null) printed.push(data)
    else files.push(() => world.writeFile(file, data))
  }
  for (const write of files) write()
  for (const data of printed) await world.stdout.write(data)
  if (options.opens !== null) {
    const trouble = await world.openFile(options.opens)
    if (trouble !== null)
      await world.stderr.write(`cannot open ${visiblePath(options.opens)}: ${visiblePath(trouble)}\n`)
  }
  for (const line of options.quiet ? [] : (outcome.said ?? []))
    await world.stderr.write(`${visiblePath(line)}\n`)
  for (const problem of outcome.fatal) await world.stderr.write(`error: ${problemText(problem)}\n`)
  return outcome.fatal.length > 0 ? 2 : outcome.exitCode
}

/** The host to ask and what to ask it, where the build is not the one that lies here. */
async function locate(
  options: RunOptions,
  { host, readInput }: World,
): Promise<{ readonly host: Host; readonly scan: RunOptions['scan'] }> {
  const { at, input } = options.elsewhere
  if (at === null && input === null) return { host, scan: options.scan }
  const { standIn } = await import('./verbs/stand-in.ts')
  return standIn(host, options, readInput)
}

/** What a verb that reads standard input finds there; '' for all others. */
async function inputOf({ verb }: Arguments, { paths }: RunOptions, { readInput }: World): Promise<string> {
  const reads = verb === 'verify' || (verb === 'report' && paths.includes('-'))
  if (!reads) return ''
  const chunks = await readInput()
  if (chunks !== null) return decodePath(await whole(chunks))
  throw fail(verb === 'verify' ? 'NOTHING_TO_VERIFY' : 'REPORT_NOT_FOUND', 'nothing comes on standard input')
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

async function render(
  printable: Printable,
  options: RunOptions,
  output: Output,
  world: World,
): Promise<string | Uint8Array> {
  const text = await rendered(printable, options, output, world)
  const isScreen = output.format === 'table' && screens.has(printable.kind) && !options.matrix
  return isScreen && typeof text === 'string' ? inertText(text) : text
}

/** Of these the text is for people; of others a program may take it line by line. */
const screens: ReadonlySet<Printable['kind']> = new Set([
  ...(['scan', 'ranking', 'why', 'rebuilt', 'verify', 'affected', 'history', 'builds'] as const),
])

async function rendered(
  printable: Printable,
  options: RunOptions,
  output: Output,
  world: World,
): Promise<string | Uint8Array> {
  const { kind, document } = printable
  const isTerminal = output.file === null && world.stdout.isTerminal
  const style = styleOf(options, world, isTerminal)
  if (kind === 'scan') {
    const { asked } = printable
    const own = asked === undefined ? style : { ...style, builder: asked.builder, again: asked }
    return (await reporters[output.format]())(document, own, printable.trees)
  }
  if (kind === 'completion') return document
  if (output.format === 'json') return json(document)
  const { pathBytes, sentText, listText, readsText } = await import('./reporters/screen/list.ts')
  switch (kind) {
    case 'sent':
      return options.raw ? pathBytes(document.entries) : sentText(document, options.long, style)
    case 'list':
      return options.raw ? pathBytes(document.entries) : listText(document, options.long, style)
    case 'reads':
      return options.raw
        ? pathBytes(document.reads.flatMap(({ files }) => files.map((path) => ({ path }))))
        : readsText(document, style)
    case 'ranking':
      return rankingText(document, output.format, style)
    case 'why':
      return (await import('./reporters/screen/why.ts')).whyText(document, style)
    case 'rebuilt':
      return (await import('./reporters/screen/rebuilt.ts')).rebuiltText(document, style)
    case 'verify':
      return (await import('./reporters/screen/verify.ts')).verifyText(document, style)
    case 'affected':
      return (await import('./reporters/screen/affected.ts')).affectedText(document, options.matrix, style)
    case 'diff':
      if (output.format === 'markdown')
        return (await import('./reporters/diff/markdown.ts')).diffMarkdown(document, style)
      return (await import('./reporters/screen/diff.ts')).diffText(document, style)
    case 'history':
      return (await import('./reporters/screen/history.ts')).historyText(document, style)
    case 'builds':
      return (await import('./reporters/screen/builds.ts')).buildsText(document, style)
    case 'rules':
      if (output.format === 'markdown')
        return (await import('./reporters/rules/markdown.ts')).rulesMarkdown(document)
      return (await import('./reporters/screen/rules.ts')).rulesText(document, printable.isList, style)
    case 'init':
      return (await import('./reporters/screen/init.ts')).initText(document, style)
    case 'plugin':
      return (await import('./reporters/screen/plugin.ts')).pluginText(document)
    case 'fix':
      return encodePath(
        (await import('./reporters/screen/fix.ts')).fixText(document, await patchesOf(printable.edits), {
          style,
          exact: !isTerminal,
        }),
      )
    case 'ignore':
      return options.write
        ? (await import('./reporters/screen/fix.ts')).fixText(document, [], { style, exact: !isTerminal })
        : encodePath(
            isTerminal ? (await import('./reporters/screen/fix.ts')).shown(printable.text) : printable.text,
          )
    default:
      return unreachable(kind)
  }
}

async function rankingText(document: RankingReport, format: FormatName, style: Style): Promise<string> {
  if (format === 'markdown')
    return (await import('./reporters/markdown/ranking.ts')).rankingMarkdown(document, style)
  if (format === 'csv') return (await import('./reporters/csv.ts')).rankingCsv(document)
  return (await import('./reporters/screen/ranking.ts')).rankingText(document, style)
}

/** The patches of whole texts; what makes them is not loaded for anything else. */
async function patchesOf(edits: readonly FileEdit[]): Promise<readonly Patch[]> {
  const { unifiedDiff } = await import('./suggest/edits/diff.ts')
  return edits.map((edit) => ({ file: edit.file, text: unifiedDiff(edit) }))
}

function styleOf(
  { color, units, verbose, quiet, scan, again }: RunOptions,
  { stdout, host }: World,
  isTerminal: boolean,
): Style {
  const columns = isTerminal ? (stdout.columns ?? usual) : usual
  return {
    color: color ?? isColorWanted(host, isTerminal),
    width: Math.max(narrowest, Math.min(widest, columns)),
    units,
    verbose,
    quiet,
    builder: scan.builder,
    again,
  }
}

/** NO_COLOR (no-color.org) before FORCE_COLOR (force-color.org) before what the terminal is. */
function isColorWanted(host: Host, isTerminal: boolean): boolean {
  if (host.environment('NO_COLOR')) return false
  const forced = host.environment('FORCE_COLOR')
  if (forced) return forced !== '0'
  return isTerminal && host.environment('TERM') !== 'dumb'
}

/** One line on a terminal's stderr while a walk takes long, gone when it is over. */
function createProgress(
  { stderr, now }: World,
  { quiet }: RunOptions,
): {
  readonly progress: ((entries: number) => void) | null
  readonly erase: () => void
} {
  if (!stderr.isTerminal || quiet) return { progress: null, erase: () => {} }
  let next = now() + progressAfterMs
  let isShown = false
  return {
    progress: (entries) => {
      if (now() < next) return
      next = now() + progressEveryMs
      isShown = true
      void stderr.write(`\r\x1b[K${groupedCount(entries)} entries…`)
    },
    erase: () => {
      if (isShown) void stderr.write('\r\x1b[K')
    },
  }
}

/** `error: no such directory: x` and what to do; a question fits on the same line. */
function errorText({ message, hint, at, others }: CtxsizeError): string {
  const all = [{ message, hint, at }, ...others]
  return all.map((one) => `error: ${oneError(one)}\n`).join('')
}

function oneError({ message, hint, at }: Pick<Problem, 'message' | 'hint' | 'at'>): string {
  const place = at === null || message.includes(`${at.file}:${at.line}`) ? '' : `${at.file}:${at.line}: `
  const joint = hint?.startsWith('did you mean') ? '; ' : '\n  '
  return `${visiblePath(place + message)}${hint ? joint + visiblePath(hint) : ''}`
}

function problemText({ message, at, hint }: Problem): string {
  const place = at === null ? '' : `${at.file}:${at.line}: `
  return visiblePath(`${place}${message}${hint === null ? '' : ` (${hint})`}`)
}

/** What was asked for, even when the rest of the command line cannot be understood. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, i) =>
      /^--format=json(?:=-)?$/.test(word) || (word === '--format' && /^json(?:=-)?$/.test(argv[i + 1] ?? '')),
  )
}

/** Every help text, for the build to render: '' for the program, then each verb. */
export async function renderHelp(): Promise<Record<string, string>> {
  const help: Record<string, string> = { '': await helpOf('scan', helpColumns) }
  for (const verb of Object.keys(verbUsage)) if (isVerb(verb)) help[verb] = await helpOf(verb, helpColumns)
  return help
}

/** Rendered by yargs, which nothing else needs: it takes a fifth of the time of a small run to load and to parse with. */
async function helpOf(verb: VerbName, columns: number): Promise<string> {
  const { default: yargs } = await import('yargs')
  const { line, describe, examples } = verbUsage[verb]
  const parser = yargs([])
    .scriptName('ctxsize')
    .locale('en')
    .help(false)
    .version(false)
    .wrap(columns)
    .usage(`ctxsize ${line}\n\n${describe}`)
  for (const name of optionsOf(verb)) {
    const usage: OptionUsage = optionUsage[name]
    parser.option(name, {
      ...(usage.short === undefined ? {} : { alias: usage.short }),
      type: usage.value === undefined ? 'boolean' : 'string',
      ...(usage.value === undefined ? {} : { requiresArg: true }),
      group: `${usage.group}:`,
      describe: name === 'format' ? formatHelp(verb) : usage.describe,
    })
  }
  if (verb === 'scan') for (const one of Object.values(verbUsage)) parser.command(one.line, one.describe)
  for (const [command, what] of examples) parser.example(command, what)
  if (verb === 'scan')
    parser.epilogue(
      'Exit codes: 0 done, 1 a check is broken, --fail-on found something, or verify a difference, 2 the run could not finish.\nOther options of docker build are accepted and ignored.',
    )
  return parser.getHelp()
}

function createWorld(): World {
  const host = createNodeHost(process.env)
  return {
    host: {
      ...host,
      replaceFile: (path, bytes, options) => {
        finishBeforeSignals()
        return host.replaceFile(path, bytes, options)
      },
    },
    stdout: terminal(process.stdout, 1),
    stderr: terminal(process.stderr, 2),
    readInput: async () => (process.stdin.isTTY ? null : process.stdin),
    writeFile: (path, data) => {
      finishBeforeSignals()
      try {
        writeOutput(path, data)
      } catch (error) {
        if (!isHostFailure(error)) throw error
        throw fail(
          'OUTPUT_FAILED',
          `cannot write ${path}: ${error.code === 'ENXIO' ? 'nobody reads from it' : error.code}`,
        )
      }
    },
    openFile: async (path) =>
      (await import('./host/browser.ts')).openInBrowser(path, {
        environment: process.env,
        platform: process.platform,
      }),
    now: () => performance.now(),
  }
}

/**
 * From now on, what ends the process does so only between two steps of the program: a write is one step, which leaves a
 * temporary file where it is cut short. Before the first write nothing is to be lost, and a walk is ended at once.
 */
function finishBeforeSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.kill(process.pid, signal))
}

function terminal(stream: NodeJS.WriteStream, descriptor: number): Terminal {
  // The callback of each write says so too.
  stream.on('error', () => {})
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? null,
    identity: openFile(descriptor),
    write: (data) =>
      new Promise((resolve, reject) => {
        stream.write(data, (error?: NodeJS.ErrnoException | null) => {
          // `ctxsize ls | head` closes the pipe: nobody is left to tell.
          if (!error || error.code === 'EPIPE') resolve()
          else reject(fail('STDOUT_FAILED', `cannot write what there is to print: ${error.code}`))
        })
      }),
  }
}
