/**
 * The program on one page: load → parse → plan → walk → resolve → analyse → report. Everything is read before the
 * thinking begins; from `resolve` on it is values in, values out.
 */

import { counter, ignoreLines, isIgnored, largestParts } from './analyse.ts'
import { flag } from './context/table.ts'
import type { BuildPlan, BuildRequest, Dockerfile, ReadInstruction } from './dockerfile/model.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { planBuild } from './dockerfile/plan.ts'
import { collectFindings } from './findings.ts'
import type { Host } from './host/host.ts'
import { type BuildOptions, type LoadedBuild, type LoadedContext, loadBuild } from './inputs/load.ts'
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
import { classicRules, type Selection } from './resolve/selection.ts'
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
  /** The main context as the leading builder loads it. */
  readonly main: Survey
  /** The same as BuildKit loads it: another survey only where the classic builder leads and reads another ignore file. */
  readonly buildkit: Survey
  readonly named: readonly Survey[]
  /** Null when the classic client refuses the context, or its view was not wanted. */
  readonly classic: ClassicView | null
  /** Rows of the main context as the leading builder takes it: what its ignore file leaves. */
  readonly taken: Selection
  readonly builder: BuilderName
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
  const request: BuildRequest = {
    target: options.target,
    buildArgs: options.buildArgs,
    platform: options.platform ?? `linux/${host.arch}`,
    buildPlatform: `linux/${host.arch}`,
    namedContexts: options.namedContexts,
  }
  const forBuildkit = planBuild(dockerfile, request)
  const leadsClassic = options.builder === 'classic'
  const plan = leadsClassic ? planBuild(dockerfile, { ...request, everyStage: true }) : forBuildkit

  const wantsClassic = leadsClassic || build.sameIgnoreFile || options.wantsClassic !== false
  const rules =
    wantsClassic && build.classic ? classicRules(build.classic.patterns, build.dockerfile.inContext) : null
  const requestOf = (name: string | null) => forBuildkit.requests.find((one) => one.name === name) ?? null
  const survey = (context: LoadedContext) =>
    surveyContext(host, context, requestOf(context.name), {
      ...options,
      classic: context.name === null ? rules : null,
    })
  const main = survey(leadsClassic && build.classic ? build.classic : build.main)
  const buildkit = leadsClassic && !build.sameIgnoreFile ? survey(build.main) : main
  const named = build.named.filter(({ name }) => requestOf(name) !== null).map(survey)

  const outside = build.dockerfile.inContext === null ? Buffer.byteLength(build.dockerfile.text ?? '') : null
  const readable = main.walk.unreadable.length === 0 && build.dockerfile.text !== null
  const classic = rules && readable ? viewClassic(main, rules, outside) : null
  const taken = leadsClassic && classic ? classic.sent : contextOf(main)
  const lead = leadsClassic && classic ? classic.sent : main.sent
  const reads = plan.reads.map((instruction) => resolveRead(instruction, main, named, lead))
  const read = new Uint8Array(main.table.count)
  for (const { survey, reads: own } of reads) if (survey === main) for (const row of own.rows) read[row] = 1

  const reference = { root: '.', dockerfile: wellFormed(build.dockerfile.file), target: options.target }
  const thought = {
    build,
    reference,
    dockerfile,
    plan,
    main,
    buildkit,
    named,
    classic,
    taken,
    reads,
    read,
    builder: options.builder,
  }
  const fatal = fatalProblems(thought)
  return { ...thought, fatal, report: makeReport(thought, fatal, options) }
}

/** The rows that the ignore file leaves. */
function contextOf({ table }: Survey): Selection {
  return Uint8Array.from(table.flags, (flags) => ((flags & flag.ignored) === 0 ? 1 : 0))
}

type Thought = Omit<Scan, 'report' | 'fatal'>

/** `lead`: what the leading builder sends of the main context. */
function resolveRead(
  instruction: ReadInstruction,
  main: Survey,
  named: readonly Survey[],
  lead: Selection,
): ResolvedRead {
  const { origin } = instruction
  const survey =
    origin.kind === 'main'
      ? main
      : origin.kind === 'named'
        ? (named.find(({ context }) => context.name === origin.name) ?? null)
        : null
  const reads = survey
    ? resolveReads(survey.table, survey === main ? lead : survey.sent, instruction)
    : { rows: new Int32Array(), failure: null }
  return { instruction, survey, reads }
}

/** What makes the run end with exit code 2: text that docker refuses, and entries that it could not read. */
function fatalProblems(thought: Thought): readonly Problem[] {
  const { build, plan, main, builder } = thought
  if (build.dockerfile.problem) return [build.dockerfile.problem]
  const whole = main.request !== null && main.followed.includes === null
  const unreadable = main.walk.unreadable
    .filter(({ row }) => builder === 'classic' || main.sent[row] === 1 || whole)
    .map(({ path, code }) => ({
      code: 'entry-unreadable',
      message: `cannot read ${visiblePath(path)}: ${code === 'EACCES' ? 'permission denied' : code}`,
      at: null,
      hint: 'docker fails here too: make it readable, or add it to the ignore file',
    }))
  return [...plan.problems, ...unreadable]
}

function makeReport(thought: Thought, fatal: readonly Problem[], options: ScanOptions): Report {
  const { main, read, reads, taken } = thought
  const { table } = main
  const findings = collectFindings(thought)
  const buildFails =
    fatal.length > 0 ||
    findings.some(({ severity, data }) => severity === 'error' && data['fails'] === true) ||
    (options.builder === 'classic' && thought.classic === null)
  const parts = largestParts({
    table,
    sent: thought.builder === 'classic' ? taken : main.sent,
    taken,
    read,
    gitIgnored: main.gitIgnored,
    most: 12,
    reads: reads
      .filter(({ survey }) => survey === main)
      .map(({ instruction, reads: taken }) => ({ line: instruction.line, rows: taken.rows })),
  })
  const context: ContextReport = {
    root: '.',
    ignoreFile: main.context.ignore === null ? null : wellFormed(main.context.ignore.file),
    ignorePatterns: main.context.ignore?.parsed.lines.length ?? 0,
    context: counter(table, (row) => taken[row] === 1)(),
    unread: counter(table, (row) => taken[row] === 1 && read[row] !== 1)(),
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
  const seen = counter(table, (row) => isIgnored(table, row))()
  let { files, bytes } = seen
  for (const amount of walk.prunedAmounts.values()) {
    files += amount.files
    bytes += amount.bytes
  }
  return { files, bytes }
}

function targetReport(thought: Thought, buildFails: boolean, options: ScanOptions): TargetReport {
  const { buildkit, plan, classic, named, build } = thought
  const requested = buildkit.request !== null
  const { cold, warm } = buildkit.wire
  const inexact = [
    ...new Set([...buildkit.inexact, ...named.flatMap((survey) => survey.inexact), ...plan.uncertain]),
  ]
  // Text that is refused fails before anything of the context is asked for.
  const transfers =
    requested && buildkit.refused === null && plan.problems.length === 0 && !build.dockerfile.problem
  return {
    dockerfile: wellFormed(build.dockerfile.file),
    target: options.target,
    stage: plan.target === null ? null : (plan.target.name ?? String(plan.target.index)),
    base: plan.target?.base ?? null,
    buildFails,
    transfer: transferOf(buildkit),
    whole: requested && buildkit.followed.includes === null,
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

const transferOf = ({ table, sent }: Survey): Amount => counter(table, (row) => sent[row] === 1)()

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
  const wanted = new Set(rows)
  const count = counter(table, (row) => wanted.has(row))
  const [first, last] = [rows[0], rows.at(-1)]
  return first === undefined || last === undefined ? { files: 0, bytes: 0 } : count(first, last + 1)
}
