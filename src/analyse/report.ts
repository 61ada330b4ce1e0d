/** One build as the report that is printed. */

import { addRows } from '../context/table.ts'
import { buildkitSize, classicSize } from '../lib/amount.ts'
import { groupedBy } from '../lib/grouped.ts'
import { wellFormed } from '../lib/path.ts'
import type { Place, Problem } from '../lib/source.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import type {
  Amount,
  ContextReport,
  Finding,
  InstructionReport,
  InstructionTrace,
  LargestReport,
  LeftAloneReport,
  NamedContextReport,
  OpenReport,
  Report,
  SuggestionReport,
  TargetHistory,
  TargetReport,
} from '../report.ts'
import type { Selection } from '../resolve/selection.ts'
import { version } from '../version.ts'
import { counter, without } from './amounts.ts'
import { unreadableFile } from './fatal.ts'
import { ignoreLines } from './ignore-lines.ts'
import { largestParts } from './largest.ts'
import type { TreeAnswer, TreeRead } from './tree.ts'

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
  readonly history?: TargetHistory
  /** For reporters that draw the tree: whether its parts can be ignored, and what any Dockerfile of the group reads. */
  readonly answers?: readonly TreeAnswer[]
  readonly reads?: readonly TreeRead[]
  /** Parallel to the instructions of `history`. */
  readonly traces?: () => readonly InstructionTrace[]
}

/** One finished build as a part of a report. */
export interface ReportPart {
  readonly measured: MeasuredBuild
  readonly remarks: Remarks
  /** Named contexts as the user gave them. */
  readonly typed: ReadonlyMap<string, string>
  /** The context's root, relative to the directory that was asked about. */
  readonly root: string
  /** The compose service or bake target, and where the build is written down; nulls for the one that was asked for. */
  readonly name: string | null
  readonly foundIn: Place | null
}

/** The report of one build or several, the leading one first. Builds that share a context and its ignore file stand together. */
export function makeReport(parts: readonly ReportPart[]): Report {
  return {
    schemaVersion: 1,
    tool: { name: 'ctxsize', version },
    contexts: byContext(parts).map(contextReport),
    problems: parts.flatMap(({ remarks }) => remarks.fatal),
  }
}

/** The builds of each context of a report, in its order: `contexts[i].targets[j]` is of the build `[i][j]`. */
export function byContext(parts: readonly ReportPart[]): readonly (readonly ReportPart[])[] {
  // Rows can be compared only within one table.
  const tables = [...new Set(parts.map(({ measured }) => measured.main.table))]
  const groups = groupedBy(parts, ({ root, measured: { main } }) =>
    JSON.stringify([root, main.context.ignore?.file ?? null, tables.indexOf(main.table)]),
  )
  return [...groups.values()]
}

function failsBuild({ measured, remarks: { fatal, findings } }: ReportPart): boolean {
  return (
    fatal.some(({ code }) => code !== unreadableFile) ||
    findings.some(({ severity, data }) => severity === 'error' && data['fails'] === true) ||
    (measured.builder === 'classic' && measured.classic === null)
  )
}

function contextReport(parts: readonly ReportPart[]): ContextReport {
  const [lead] = parts
  if (!lead) throw new Error('a context has a build')
  const { measured, remarks } = lead
  const { main, reads, taken } = measured
  const { table } = main
  const read = parts.length === 1 ? measured.read : unionOf(parts.map((part) => part.measured.read))
  const { largest, rest } = largestParts({
    table,
    sent: measured.builder === 'buildkit' ? main.sent : taken,
    taken,
    read,
    gitIgnored: main.gitIgnored,
    most: 12,
    canGo: remarks.canGo ?? (() => null),
    reads: reads
      .filter(({ survey }) => survey === main)
      .map(({ instruction, reads: taken }) => ({ line: instruction.line, rows: taken.rows })),
  })
  return {
    ...(main.context.archive ? { archive: main.context.archive } : {}),
    ...(measured.tracked ? { inGit: true } : {}),
    root: wellFormed(lead.root),
    ignoreFile: main.context.ignore === null ? null : wellFormed(main.context.ignore.file),
    ignorePatterns: main.context.ignore?.parsed.lines.length ?? 0,
    context: counter(table, taken)(),
    unread: counter(table, without(taken, read))(),
    ignored: ignoredAmount(main, taken),
    targets: parts.map(targetReport),
    ignoreLines: ignoreLines(main),
    largest,
    rest,
    findings: distinctFindings(parts),
    suggestions: remarks.suggestions ?? [],
    leftAlone: remarks.leftAlone ?? [],
    open: remarks.open ?? [],
  }
}

function unionOf(selections: readonly Selection[]): Selection {
  const union = new Uint8Array(selections[0]?.length ?? 0)
  for (const selection of selections)
    for (let row = 0; row < union.length; row++) union[row] = (union[row] ?? 0) | (selection[row] ?? 0)
  return union
}

/** What several builds of a context have in common is told once. */
function distinctFindings(parts: readonly ReportPart[]): readonly Finding[] {
  if (parts.length === 1) return parts[0]?.remarks.findings ?? []
  const seen = new Set<string>()
  return parts.flatMap(({ remarks }) =>
    remarks.findings.filter(({ rule, at, message }) => {
      const key = JSON.stringify([rule, at, message])
      if (seen.has(key)) return false
      seen.add(key)
      return true
    }),
  )
}

function ignoredAmount({ table, walk }: Survey, taken: Selection): Amount {
  const left = new Uint8Array(table.count)
  for (let row = 0; row < left.length; row++) left[row] = (taken[row] ?? 0) ^ 1
  const seen = counter(table, left)()
  let { files, bytes } = seen
  for (const amount of walk.prunedAmounts.values()) {
    files += amount.files
    bytes += amount.bytes
  }
  return { files, bytes }
}

function targetReport(part: ReportPart): TargetReport {
  const { measured, typed, name, foundIn } = part
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
    !build.main.archive &&
    build.dockerRefuses !== true &&
    requested &&
    buildkit.refused === null &&
    plan.problems.length === 0 &&
    !build.dockerfile.problem
  return {
    dockerfile: wellFormed(build.dockerfile.file),
    target: measured.reference.target,
    stage: plan.target === null ? null : (plan.target.name ?? String(plan.target.index)),
    base: plan.target?.base ?? null,
    buildFails: failsBuild(part),
    name: name === null ? null : wellFormed(name),
    foundIn,
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
    ...podmanAmount(measured),
    exact: inexact.length === 0,
    inexact,
    instructions: measured.reads.map(instructionReport),
    ...(part.remarks.history ? { history: part.remarks.history } : {}),
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

function podmanAmount({ builder, build, main, podman }: MeasuredBuild): Pick<TargetReport, 'podman'> {
  if (builder === 'podman' || podman === null || podman.context === build.main) return {}
  const { kept, context } = podman
  const ignoreFile = context.ignore === null ? null : wellFormed(context.ignore.file)
  return { podman: { ignoreFile, context: counter(main.table, kept)() } }
}

/** As the user gave it: a report holds no absolute path of this machine unless it was typed. */
function namedRoot(typed: ReadonlyMap<string, string>, name: string | null, root: string): string {
  return wellFormed((name === null ? null : typed.get(name)) ?? root)
}

const transferOf = ({ table, sent }: Survey): Amount => counter(table, sent)()

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
  addRows(wanted, rows)
  const count = counter(table, wanted)
  const [first, last] = [rows[0], rows.at(-1)]
  return first === undefined || last === undefined ? { files: 0, bytes: 0 } : count(first, last + 1)
}
