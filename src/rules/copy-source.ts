import { decidingLine, prunedParent } from '../analyse/ignore-lines.ts'
import { flag, type Row } from '../context/table.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { baseName, cleanPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import type { DecidingLine, Finding } from '../report.ts'
import type { ReadFailure } from '../resolve/reads.ts'
import { plain, type Rule } from './rule.ts'

/** Instructions that cannot find what they name: `copy-source-ignored`, `copy-source-missing` and their like. */
export const copySource: Rule = {
  id: 'copy-source',
  codes: ['copy-source-ignored', 'copy-source-missing', 'source-link-loop', 'exclude-pattern-refused'],
  check: (build) => build.reads.flatMap((read) => failureOf(build, read)),
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
      : `${thought.builder === 'podman' ? 'podman' : 'docker'} says: ${visiblePath(failure.message)}`
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
  if (row !== null && hasWildcard(failure.source)) return droppedOf(survey, row, failure)
  return decidingLine(survey, context.patterns.judge(failure.path).verdict)
}

/** The same of what a pattern looks for in the row of a directory: that this one is dropped keeps nothing out that an exception lets in. */
function droppedOf(survey: Survey, row: Row, { source }: ReadFailure): DecidingLine | null {
  const { table, context } = survey
  const pattern = cleanPath(source).replace(/^\/+/, '')
  const parts = pattern.split('/').length
  for (let at = row; at < (table.end[row] ?? row + 1); at++) {
    const path = table.path(at)
    // What lies in a directory that was not entered nobody knows.
    const isOpen = ((table.flags[at] ?? 0) & flag.pruned) !== 0 && path.split('/').length < parts
    if (isOpen || matchGlob(pattern, path) === 'match')
      return decidingLine(survey, context.patterns.judge(path).verdict)
  }
  return null
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
