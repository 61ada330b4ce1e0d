/**
 * A row a build, for spreadsheets: RFC 4180 but for its line ends, sizes in bytes. What belongs to a context, from its
 * files to its findings, stands in the row of each of its builds.
 */

import { visiblePath } from '../lib/path.ts'
import { sumsOfContexts } from '../report/sums.ts'
import type { ContextReport, RankingReport, Report, TargetReport } from '../report.ts'

type Value = string | number | boolean | null

/** A row a report, in the order in which they are ranked. */
export function rankingCsv({ repositories }: RankingReport): string {
  return csvText(
    repositories.map(({ name, file, version, context, transfer, unread, rebuilds, ...rest }) => ({
      name,
      file,
      version,
      builds: rest.builds,
      failing: rest.failing,
      bytes: rest.bytes,
      contextFiles: context.files,
      contextBytes: context.bytes,
      transferFiles: transfer.files,
      transferBytes: transfer.bytes,
      unreadFiles: unread.files,
      unreadBytes: unread.bytes,
      safeBytes: rest.safe,
      commits: rebuilds?.commits ?? null,
      rebuilds: rebuilds?.now ?? null,
      needlessRebuilds: rebuilds?.needless ?? null,
      secrets: rest.secrets,
      errors: rest.errors,
      warnings: rest.warnings,
      broken: rest.broken,
    })),
  )
}

/** Rows of which each has the same keys, under a row of them; nothing for none. */
export function csvText(rows: readonly Readonly<Record<string, Value>>[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const names = Object.keys(first)
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? null))]
  return lines.map((values) => `${values.map(field).join(',')}\n`).join('')
}

/** A spreadsheet takes what begins like a formula for one, and runs it; an apostrophe before it makes it a text. */
function field(value: Value): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const shown = visiblePath(value)
  const text = /^[=+\-@]/.test(shown) ? `'${shown}` : shown
  return /[",]|^ | $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function csv(report: Report): string {
  return csvText(
    report.contexts.flatMap((context) => {
      const sums = sumsOfContexts([context], report.asked?.builder ?? 'buildkit')
      return context.targets.map((target) => rowOf(context, target, sums))
    }),
  )
}

function rowOf(
  context: ContextReport,
  target: TargetReport,
  { safe, secrets, errors, warnings }: ReturnType<typeof sumsOfContexts>,
): Readonly<Record<string, Value>> {
  const { rebuilds, broken } = sumsOfContexts(
    [{ ...context, targets: [target], findings: [], suggestions: [] }],
    'buildkit',
  )
  return {
    context: context.root,
    ignoreFile: context.ignoreFile,
    name: target.name,
    dockerfile: target.dockerfile,
    target: target.target,
    stage: target.stage,
    fails: target.buildFails,
    contextFiles: context.context.files,
    contextBytes: context.context.bytes,
    unreadFiles: context.unread.files,
    unreadBytes: context.unread.bytes,
    transferFiles: target.transfer.files,
    transferBytes: target.transfer.bytes,
    coldBytes: target.wire.buildkit.cold,
    warmBytes: target.wire.buildkit.warm,
    classicBytes: target.wire.classic,
    safeBytes: safe,
    commits: rebuilds?.commits ?? null,
    rebuilds: rebuilds?.now ?? null,
    needlessRebuilds: rebuilds?.needless ?? null,
    secrets,
    errors,
    warnings,
    broken,
  }
}
