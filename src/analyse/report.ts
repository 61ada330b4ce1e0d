/** One build as the report that is printed. */

import { buildkitSize, classicSize } from '../lib/amount.ts'
import { wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import type {
  Amount,
  ContextReport,
  Finding,
  InstructionReport,
  LargestReport,
  LeftAloneReport,
  NamedContextReport,
  OpenReport,
  Report,
  SuggestionReport,
  TargetReport,
} from '../report.ts'
import type { Selection } from '../resolve/selection.ts'
import { version } from '../version.ts'
import { counter } from './amounts.ts'
import { unreadableFile } from './fatal.ts'
import { ignoreLines } from './ignore-lines.ts'
import { largestParts } from './largest.ts'

/** What is told beside the amounts. */
export interface Remarks {
  readonly findings: readonly Finding[]
  /** Why the run ends with exit code 2. */
  readonly fatal: readonly Problem[]
  readonly suggestions?: readonly SuggestionReport[]
  readonly leftAlone?: readonly LeftAloneReport[]
  readonly open?: readonly OpenReport[]
  /** Whether a part of the context can be ignored. */
  readonly canGo?: (path: string) => LargestReport['canGo']
}

/** `typed`: named contexts as the user gave them. */
export function makeReport(
  measured: MeasuredBuild,
  { findings, fatal, suggestions, leftAlone, open, canGo }: Remarks,
  typed: ReadonlyMap<string, string>,
): Report {
  const { main, read, reads, taken } = measured
  const { table } = main
  const buildFails =
    fatal.some(({ code }) => code !== unreadableFile) ||
    findings.some(({ severity, data }) => severity === 'error' && data['fails'] === true) ||
    (measured.builder === 'classic' && measured.classic === null)
  const parts = largestParts({
    table,
    sent: measured.builder === 'classic' ? taken : main.sent,
    taken,
    read,
    gitIgnored: main.gitIgnored,
    most: 12,
    canGo: canGo ?? (() => null),
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
    ignored: ignoredAmount(main, taken),
    targets: [targetReport(measured, buildFails, typed)],
    ignoreLines: ignoreLines(main),
    largest: parts.largest,
    rest: parts.rest,
    findings,
    suggestions: suggestions ?? [],
    leftAlone: leftAlone ?? [],
    open: open ?? [],
  }
  return { schemaVersion: 1, tool: { name: 'ctxsize', version }, contexts: [context], problems: fatal }
}

function ignoredAmount({ table, walk }: Survey, taken: Selection): Amount {
  const seen = counter(table, (row) => taken[row] !== 1)()
  let { files, bytes } = seen
  for (const amount of walk.prunedAmounts.values()) {
    files += amount.files
    bytes += amount.bytes
  }
  return { files, bytes }
}

function targetReport(
  measured: MeasuredBuild,
  buildFails: boolean,
  typed: ReadonlyMap<string, string>,
): TargetReport {
  const { buildkit, plan, classic, named, build } = measured
  const requested = buildkit.request !== null
  const { cold, warm } = buildkit.wire
  const inexact = [
    ...new Set([
      ...buildkit.inexact,
      ...named.flatMap((survey) => survey.inexact),
      ...plan.uncertain,
      ...(measured.builder === 'classic' ? (classic?.inexact ?? []) : []),
    ]),
  ]
  // Text that is refused fails before anything of the context is asked for.
  const transfers =
    requested && buildkit.refused === null && plan.problems.length === 0 && !build.dockerfile.problem
  return {
    dockerfile: wellFormed(build.dockerfile.file),
    target: measured.reference.target,
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
    instructions: measured.reads.map(instructionReport),
    namedContexts: build.named.map(({ name, root, ignore }): NamedContextReport => {
      const survey = named.find(({ context }) => context.name === name)
      return {
        name: name ?? '',
        root: namedRoot(typed, name, root),
        ignoreFile: ignore?.file ?? null,
        transfer: survey ? transferOf(survey) : { files: 0, bytes: 0 },
        wire: survey?.wire ?? null,
      }
    }),
  }
}

/** As the user gave it: a report holds no absolute path of this machine unless it was typed. */
function namedRoot(typed: ReadonlyMap<string, string>, name: string | null, root: string): string {
  return wellFormed((name === null ? null : typed.get(name)) ?? root)
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
  const wanted = new Uint8Array(table.count)
  for (const row of rows) wanted[row] = 1
  const count = counter(table, (row) => wanted[row] === 1)
  const [first, last] = [rows[0], rows.at(-1)]
  return first === undefined || last === undefined ? { files: 0, bytes: 0 } : count(first, last + 1)
}
