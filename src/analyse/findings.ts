/** What is certain to go wrong, each with its line and the reason; and where another builder would disagree. */

import { dirKind, fileKind, flag } from '../context/table.ts'
import { baseName, parentPath, rootedPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { Place, Problem } from '../lib/source.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import type { DecidingLine, Finding } from '../report.ts'
import type { ReadFailure } from '../resolve/reads.ts'
import { decidingLine, prunedParent } from './ignore-lines.ts'

/** Findings in the order of the Dockerfile's lines, errors before the rest on a line. */
export function collectFindings(thought: MeasuredBuild): readonly Finding[] {
  const { plan, reads, build, main } = thought
  const findings = [
    ...plan.problems.map((problem) => fromProblem(problem, 'error')),
    ...(main.refused === null ? [] : [refusedIncludes(thought)]),
    ...reads.flatMap((read) => failureOf(thought, read)),
    ...ignoredByCheck(thought),
    ...sentEmpty(thought),
    ...plan.warnings.map((problem) => fromProblem(problem, 'warning')),
    ...otherBuilders(thought),
  ]
  const rank = { error: 0, warning: 1, info: 2 }
  const lineOf = (finding: Finding) => finding.at?.line ?? 0
  return build.dockerfile.problem
    ? [fromProblem(build.dockerfile.problem, 'error')]
    : findings.sort((a, b) => rank[a.severity] - rank[b.severity] || lineOf(a) - lineOf(b))
}

/** What makes the run end with exit code 2: text that docker refuses, and entries that it could not read. */
export function fatalProblems(thought: MeasuredBuild): readonly Problem[] {
  const { build, plan, main, builder } = thought
  if (build.dockerfile.problem) return [build.dockerfile.problem]
  const whole = main.request !== null && main.followed.includes === null
  const unreadable = main.walk.unreadable
    .filter(({ row }) => builder === 'classic' || main.sent[row] === 1 || whole)
    .map(({ path, code, row }) => {
      const sentEmpty = builder === 'buildkit' && main.table.kind[row] !== dirKind
      return {
        code: sentEmpty ? unreadableFile : 'entry-unreadable',
        message: `cannot read ${visiblePath(path)}: ${code === 'EACCES' ? 'permission denied' : code}`,
        at: null,
        hint: sentEmpty
          ? 'BuildKit sends it as an empty file and does not say so: make it readable, or add it to the ignore file'
          : 'docker fails here too: make it readable, or add it to the ignore file',
      }
    })
  return [...plan.problems, ...unreadable]
}

/** The one cause of exit code 2 with which BuildKit builds all the same (seen on Engine 20.10; fsutil send.go, sendFile). */
export const unreadableFile = 'file-unreadable'

/** Files that BuildKit sends without their content because of the ignore file; unreadable ones are told as such. */
function sentEmpty({ main, builder }: MeasuredBuild): readonly Finding[] {
  const { table, sent, isWithheld } = main
  if (builder !== 'buildkit') return []
  const rows: number[] = []
  for (let row = 0; row < table.count; row++) {
    if (sent[row] !== 1 || table.kind[row] !== fileKind || (table.size[row] ?? 0) === 0) continue
    if (((table.flags[row] ?? 0) & flag.unreadable) === 0 && isWithheld(row)) rows.push(row)
  }
  const [first] = rows
  if (first === undefined) return []
  const path = table.path(first)
  const others = rows.length === 1 ? '' : ` and ${rows.length - 1} more`
  return [
    {
      ...plain,
      rule: 'sent-empty',
      severity: 'warning',
      message: `BuildKit sends ${visiblePath(path)}${others} without content: the ignore file keeps it on the walk, and drops it by its path`,
      hint: 'let it in with a line of its own at the end of the ignore file',
      at: placeByPath(main, path),
      data: { path: wellFormed(path), files: rows.length },
    },
  ]
}

/** The last line that matches the path or a parent: what decides where a path is judged on its own. */
function placeByPath(survey: Survey, path: string): Place | null {
  const { patterns } = survey.context
  let last = -1
  for (let at = path; at !== ''; at = parentPath(at))
    last = Math.max(last, patterns.matching(at).at(-1) ?? -1)
  const line = decidingLine(survey, last)
  return line && { file: line.file, line: line.line }
}

type Instruction = MeasuredBuild['dockerfile']['instructions'][number]

const plain = { confidence: 'high', bytes: 0 } as const

function fromProblem(problem: Problem, severity: 'error' | 'warning'): Finding {
  return {
    ...plain,
    rule: problem.code,
    severity,
    message: wellFormed(problem.message),
    hint: problem.hint,
    at: problem.at,
    data: { fails: severity === 'error' },
  }
}

function refusedIncludes({ main, build }: MeasuredBuild): Finding {
  return {
    ...plain,
    rule: 'source-pattern-refused',
    severity: 'error',
    message: visiblePath(main.refused ?? ''),
    hint: 'a source becomes a pattern for the transfer: escape or remove the bracket',
    at: { file: build.dockerfile.file, line: 1 },
    data: { fails: true },
  }
}

const refusalRules = {
  loop: 'source-link-loop',
  pattern: 'source-pattern-refused',
  exclude: 'exclude-pattern-refused',
} as const

/** An instruction that cannot find what it names: ignored, missing, or a link that leads nowhere. */
function failureOf(thought: MeasuredBuild, { instruction, survey, reads }: ResolvedRead): readonly Finding[] {
  const { failure } = reads
  // While the transfer itself is refused, nothing is there; that is said once.
  if (!failure || !survey || survey.refused !== null) return []
  const at: Place = { file: thought.build.dockerfile.file, line: instruction.line }
  const source = visiblePath(failure.source)
  const error = { ...plain, severity: 'error', at } as const
  const said =
    thought.builder === 'classic'
      ? `docker says: ${instruction.instruction} failed: file not found in build context or excluded by .dockerignore: stat ${visiblePath(failure.path)}: file does not exist`
      : `docker says: ${visiblePath(failure.message)}`
  if (failure.kind !== 'missing')
    return [
      {
        ...error,
        rule: refusalRules[failure.kind],
        message: `${instruction.instruction} ${source}: ${visiblePath(failure.message)}`,
        hint: null,
        data: { fails: true, source },
      },
    ]
  const dropped = droppedBy(survey, failure)
  if (dropped) {
    const line = `${dropped.file}:${dropped.line}`
    return [
      {
        ...error,
        rule: 'copy-source-ignored',
        message: `${instruction.instruction} ${source}: ignored by ${line} \`${visiblePath(dropped.pattern)}\``,
        hint: `let it in with a line \`!${visiblePath(failure.path)}\` below line ${dropped.line}, or drop that line; ${said}`,
        data: { fails: true, source, path: wellFormed(failure.path), decidedBy: dropped },
      },
    ]
  }
  const link = danglingLink(survey, failure.path)
  return [
    {
      ...error,
      rule: 'copy-source-missing',
      message: link
        ? `${instruction.instruction} ${source}: the link ${visiblePath(failure.path)} leads to ${visiblePath(link)}, which is not in the context`
        : `${instruction.instruction} ${source}: no such file or directory in the context`,
      hint: nearby(survey, failure.path, said),
      data: { fails: true, source, path: wellFormed(failure.path) },
    },
  ]
}

/** The ignore line that keeps a path from the builder although it is on the disk; null when it is not there at all. */
function droppedBy(survey: Survey, failure: ReadFailure): DecidingLine | null {
  const { table, followed, context } = survey
  const row = table.find(failure.path)
  const above = row === null ? prunedParent(table, failure.path) : null
  const present = row !== null || followed.present.has(failure.path)
  if (!present || (row === null && above === null)) return null
  return decidingLine(survey, context.patterns.judge(failure.path).verdict)
}

function danglingLink({ table }: Survey, path: string): string | null {
  const row = table.find(path)
  return row === null ? null : (table.linkTarget.get(row) ?? null)
}

/** A name in the same directory that differs in case only, or docker's own words. */
function nearby({ table }: Survey, path: string, said: string): string {
  const wanted = path.toLowerCase()
  const name = baseName(path).toLowerCase()
  for (let row = 0; row < table.count; row++) {
    if (((table.flags[row] ?? 0) & flag.ignored) !== 0 || table.name(row).toLowerCase() !== name) continue
    const found = table.path(row)
    if (found.toLowerCase() === wanted) return `there is ${visiblePath(found)}; ${said}`
  }
  return said
}

/**
 * `# check=error=true` turns BuildKit's lint CopyIgnoredFile into a failure: a source that a list without negations
 * matches by path (moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go, validateCopySourcePath).
 */
function ignoredByCheck({ dockerfile, reads, main, build }: MeasuredBuild): readonly Finding[] {
  const settings = (dockerfile.directives.check ?? '').split(';').map((part) => part.trim().toLowerCase())
  const skipped = settings.some((part) => /^skip=(.*,)?\s*(all|copyignoredfile)\s*(,|$)/.test(part))
  const { patterns } = main.context.patterns
  if (!settings.includes('error=true') || skipped || patterns.some((pattern) => pattern.negated)) return []
  return reads
    .filter(({ instruction, survey }) => survey === main && !instruction.mount)
    .flatMap(({ instruction }) => {
      const source = instruction.localSources.find((path) =>
        main.context.patterns.judgeByPath(rootedPath(path) || '.'),
      )
      if (source === undefined) return []
      return [
        {
          ...plain,
          rule: 'copy-ignored-file',
          severity: 'error',
          message: `lint violation found for rules: CopyIgnoredFile (${visiblePath(source)}), and # check=error=true makes it fail`,
          hint: 'drop the line from the ignore file, or the source from the instruction',
          at: { file: build.dockerfile.file, line: instruction.line },
          data: { fails: true, source: wellFormed(source) },
        } as const,
      ]
    })
}

/** Where Engine 28.5's built-in frontend or the classic builder would refuse what is modelled here. */
function otherBuilders({ dockerfile, reads, build, plan, builder }: MeasuredBuild): readonly Finding[] {
  const at = (line: number): Place => ({ file: build.dockerfile.file, line })
  const findings: Finding[] = []
  const parents = reads.find(({ instruction }) => instruction.parents)
  if (parents && dockerfile.directives.syntax === null)
    findings.push({
      ...plain,
      rule: 'parents-needs-syntax',
      severity: 'warning',
      message: 'COPY --parents is refused by the frontend built into Docker Engine 28.5 and older',
      hint: 'add the line `# syntax=docker/dockerfile:1` at the top of the Dockerfile',
      at: at(parents.instruction.line),
      data: {},
    })
  // The classic builder runs every stage up to the target, BuildKit those that the target needs.
  const isReached = (line: number) =>
    plan.stages.findLast((stage) => stage.line <= line)?.reachable ??
    plan.stages.some(({ reachable }) => reachable)
  const unknownFlags = ({ keyword, flags }: Instruction) => [
    ...new Set(flags.map(({ name }) => name).filter((name) => !classicFlags[keyword]?.includes(name))),
  ]
  const reached = dockerfile.instructions.filter(({ line }) => isReached(line))
  const refusedFlag = (one: Instruction) =>
    unknownFlags(one).find((name) => one.keyword === 'RUN' || name === 'chmod')
  const certain = reached.find((one) => refusedFlag(one) !== undefined)
  const leads = builder === 'classic'
  if (leads && certain) {
    const flag = refusedFlag(certain)
    findings.push({
      ...plain,
      rule: 'classic-builder-refuses',
      severity: 'error',
      message: `the classic builder refuses this ${certain.keyword}: it knows no --${flag}`,
      hint: `docker says: the --${flag} option requires BuildKit`,
      at: at(certain.line),
      data: { fails: true },
    })
    return findings
  }
  const refused = reached.find((one) => one.heredocs.length > 0 || unknownFlags(one).length > 0)
  const escaping = reads.find(
    ({ instruction, survey }) =>
      survey !== null &&
      !instruction.mount &&
      instruction.localSources.some((path) => /^\/?\.\.(\/|$)/.test(path)),
  )
  const line = refused?.line ?? escaping?.instruction.line
  if (line !== undefined)
    findings.push({
      ...plain,
      rule: 'classic-builder-refuses',
      severity: leads ? 'warning' : 'info',
      message: refused
        ? `the classic builder (DOCKER_BUILDKIT=0) refuses this ${refused.keyword}: it knows no ${
            refused.heredocs.length > 0
              ? 'heredocs'
              : unknownFlags(refused)
                  .map((name) => `--${name}`)
                  .join(', ')
          }`
        : 'the classic builder refuses a source that leads out of the context; BuildKit stops at its root',
      hint: null,
      at: at(line),
      data: {},
    })
  return findings
}

/**
 * Flags that the classic builder accepts. It refuses any of a RUN and --chmod when it comes to that instruction, and
 * passes over --link (moby builder/dockerfile/dispatchers.go: dispatchRun, dispatchAdd, dispatchCopy).
 */
const classicFlags: Readonly<Record<string, readonly string[]>> = {
  ADD: ['chown', 'link'],
  COPY: ['chown', 'from', 'link'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'retries'],
}
