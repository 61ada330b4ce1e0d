/**
 * The program on one page: load → parse → plan → walk → resolve → analyse → report. Everything is read before the
 * thinking begins; from `resolve` on it is values in, values out.
 */

import { amountOf, ignoreLines, isIgnored, largestParts } from './analyse.ts'
import { flag } from './context/table.ts'
import type { BuildPlan, Dockerfile, ReadInstruction } from './dockerfile/model.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { planBuild } from './dockerfile/plan.ts'
import { collectFindings } from './findings.ts'
import type { Host } from './host/host.ts'
import { type BuildOptions, type LoadedBuild, loadBuild } from './inputs/load.ts'
import { buildkitSize, classicSize } from './lib/amount.ts'
import { visiblePath, wellFormed } from './lib/path.ts'
import type { Problem } from './lib/source.ts'
import type {
  Amount,
  BuilderName,
  BuildReference,
  ContextReport,
  InstructionReport,
  NamedContextReport,
  Report,
  TargetReport,
} from './report.ts'
import { type Reads, resolveReads } from './resolve/reads.ts'
import { classicRules } from './resolve/selection.ts'
import { type ClassicView, type Survey, type SurveyOptions, surveyContext, viewClassic } from './survey.ts'
import { version } from './version.ts'

export interface ScanOptions extends BuildOptions, SurveyOptions {
  /** Whose view leads: it decides what counts as a failure. */
  readonly builder: BuilderName
}

/** An instruction with what it takes; `survey` is the context it takes from, null for a stage, an image or a URL. */
export interface ResolvedRead {
  readonly instruction: ReadInstruction
  readonly survey: Survey | null
  readonly reads: Reads
}

/** Everything known of one build; `ls`, `why` and the report are look-ups in it. */
export interface Scan {
  readonly build: LoadedBuild
  readonly reference: BuildReference
  readonly dockerfile: Dockerfile
  readonly plan: BuildPlan
  readonly main: Survey
  readonly named: readonly Survey[]
  /** Null when the classic client refuses the context. */
  readonly classic: ClassicView | null
  /** In file order. */
  readonly reads: readonly ResolvedRead[]
  /** Rows of the main context that an instruction reads. */
  readonly read: Uint8Array
  readonly report: Report
  /** Why the run ends with exit code 2 although a document is printed. */
  readonly fatal: readonly Problem[]
}

/**
 * Measures one build. Throws a `CtxsizeError` when there is nothing to print: no context, or an ignore file that docker
 * refuses. What can be said in spite of a Dockerfile that docker refuses is in the result, with the reason in `fatal`.
 */
export function scan(host: Host, options: ScanOptions): Scan {
  const build = loadBuild(host, options)
  const dockerfile = parseDockerfile(build.dockerfile.text ?? '', build.dockerfile.file)
  const plan = planBuild(dockerfile, {
    target: options.target,
    buildArgs: options.buildArgs,
    platform: options.platform ?? `linux/${host.arch}`,
    buildPlatform: `linux/${host.arch}`,
    namedContexts: options.namedContexts,
  })

  const skipsClassic = options.wantsClassic === false && !build.sameIgnoreFile
  const rules = skipsClassic
    ? null
    : build.classicPatterns && classicRules(build.classicPatterns, build.dockerfile.inContext)
  const requestOf = (name: string | null) => plan.requests.find((request) => request.name === name) ?? null
  const main = surveyContext(host, build.main, requestOf(null), { ...options, classic: rules })
  const named = build.named
    .filter(({ name }) => requestOf(name) !== null)
    .map((context) => surveyContext(host, context, requestOf(context.name), { ...options, classic: null }))

  const outside = build.dockerfile.inContext === null ? Buffer.byteLength(build.dockerfile.text ?? '') : null
  const unreadable = main.walk.unreadable.length > 0
  const classic =
    rules && !unreadable && build.dockerfile.text !== null ? viewClassic(main, rules, outside) : null
  const reads = plan.reads.map((instruction) => resolveRead(instruction, main, named))
  const read = new Uint8Array(main.table.count)
  for (const { survey, reads: taken } of reads)
    if (survey === main) for (const row of taken.rows) read[row] = 1

  const reference = {
    root: '.',
    dockerfile: wellFormed(build.dockerfile.file),
    target: options.target,
  }
  const thought = { build, reference, dockerfile, plan, main, named, classic, reads, read }
  const fatal = fatalProblems(thought, options)
  return { ...thought, fatal, report: makeReport(thought, fatal, options) }
}

type Thought = Omit<Scan, 'report' | 'fatal'>

function resolveRead(instruction: ReadInstruction, main: Survey, named: readonly Survey[]): ResolvedRead {
  const { origin } = instruction
  const survey =
    origin.kind === 'main'
      ? main
      : origin.kind === 'named'
        ? (named.find(({ context }) => context.name === origin.name) ?? null)
        : null
  const reads = survey
    ? resolveReads(survey.table, survey.sent, instruction)
    : { rows: new Int32Array(), failure: null }
  return { instruction, survey, reads }
}

/** What makes the run end with exit code 2: text that docker refuses, and entries that it could not read. */
function fatalProblems(thought: Thought, options: ScanOptions): readonly Problem[] {
  const { build, plan, main } = thought
  if (build.dockerfile.problem) return [build.dockerfile.problem]
  const whole = main.request !== null && main.followed.includes === null
  const unreadable = main.walk.unreadable
    .filter(({ row }) => options.builder === 'classic' || main.sent[row] === 1 || whole)
    .map(({ path, code }) => ({
      code: 'entry-unreadable',
      message: `cannot read ${visiblePath(path)}: ${code === 'EACCES' ? 'permission denied' : code}`,
      at: null,
      hint: 'docker fails here too: make it readable, or add it to the ignore file',
    }))
  return [...plan.problems, ...unreadable]
}

function makeReport(thought: Thought, fatal: readonly Problem[], options: ScanOptions): Report {
  const { main, read, build, reads } = thought
  const { table } = main
  const findings = collectFindings(thought)
  const buildFails =
    fatal.length > 0 ||
    findings.some(({ severity, data }) => severity === 'error' && data['fails'] === true) ||
    (options.builder === 'classic' && thought.classic === null)
  const parts = largestParts({
    table,
    sent: main.sent,
    read,
    gitIgnored: main.gitIgnored,
    most: 12,
    reads: reads
      .filter(({ survey }) => survey === main)
      .map(({ instruction, reads: taken }) => ({ line: instruction.line, rows: taken.rows })),
  })
  const context: ContextReport = {
    root: '.',
    ignoreFile: build.main.ignore === null ? null : wellFormed(build.main.ignore.file),
    ignorePatterns: build.main.ignore?.parsed.lines.length ?? 0,
    context: amountOf(table, (row) => !isIgnored(table, row)),
    unread: amountOf(table, (row) => !isIgnored(table, row) && read[row] !== 1),
    ignored: ignoredAmount(main),
    targets: [targetReport(thought, buildFails, options)],
    ignoreLines: ignoreLines(main),
    largest: parts.largest,
    rest: parts.rest,
    findings,
    suggestions: [],
  }
  return { schemaVersion: 1, tool: { name: 'ctxsize', version }, contexts: [context], problems: fatal }
}

function ignoredAmount({ table, walk }: Survey): Amount {
  const seen = amountOf(table, (row) => isIgnored(table, row))
  let { files, bytes } = seen
  for (const amount of walk.prunedAmounts.values()) {
    files += amount.files
    bytes += amount.bytes
  }
  return { files, bytes }
}

function targetReport(thought: Thought, buildFails: boolean, options: ScanOptions): TargetReport {
  const { main, plan, classic, named, build } = thought
  const requested = main.request !== null
  const { cold, warm } = main.wire
  const inexact = [
    ...new Set([...main.inexact, ...named.flatMap((survey) => survey.inexact), ...plan.uncertain]),
  ]
  const transfers = requested && main.refused === null
  return {
    dockerfile: wellFormed(build.dockerfile.file),
    target: options.target,
    stage: plan.target === null ? null : (plan.target.name ?? String(plan.target.index)),
    base: plan.target?.base ?? null,
    buildFails,
    transfer: transferOf(main),
    whole: requested && main.followed.includes === null,
    requested,
    wire: { buildkit: { cold, warm }, classic: classic?.bytes ?? null },
    prints: {
      buildkit: transfers
        ? {
            cold: `transferring context: ${buildkitSize(cold)}`,
            warm: `transferring context: ${buildkitSize(warm)}`,
          }
        : null,
      classic: classic && `Sending build context to Docker daemon  ${classicSize(classic.bytes)}`,
    },
    exact: inexact.length === 0,
    inexact,
    instructions: thought.reads.map(instructionReport),
    namedContexts: build.named.map(({ name, root, ignore }): NamedContextReport => {
      const survey = named.find(({ context }) => context.name === name)
      return {
        name: name ?? '',
        root: namedRoot(options, name, root),
        ignoreFile: ignore?.file ?? null,
        transfer: survey ? transferOf(survey) : { files: 0, bytes: 0 },
        wire: survey?.wire ?? null,
      }
    }),
  }
}

/** As the user gave it: a report holds no absolute path of this machine unless it was typed. */
function namedRoot(options: ScanOptions, name: string | null, root: string): string {
  return wellFormed((name === null ? null : options.namedContexts.get(name)) ?? root)
}

const transferOf = ({ table, sent }: Survey): Amount => amountOf(table, (row) => sent[row] === 1)

function instructionReport({ instruction, survey, reads }: ResolvedRead): InstructionReport {
  const problem = reads.failure ?? instruction.problem
  return {
    line: instruction.line,
    instruction: instruction.instruction,
    stage: instruction.stage,
    from: instruction.from,
    text: wellFormed(instruction.text),
    sources: instruction.sources.map(wellFormed),
    takes: survey ? amountOfRows(survey, reads.rows) : { files: 0, bytes: 0 },
    problem: problem && {
      code: 'kind' in problem ? `source-${problem.kind}` : problem.code,
      message: wellFormed(problem.message),
    },
  }
}

function amountOfRows({ table }: Survey, rows: Int32Array): Amount {
  let files = 0
  let bytes = 0
  for (const row of rows) {
    if (((table.flags[row] ?? 0) & flag.unreadable) !== 0 || table.kind[row] !== 0) continue
    files++
    bytes += table.size[row] ?? 0
  }
  return { files, bytes }
}
