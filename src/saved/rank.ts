/** Saved reports of many repositories as one table. */

import type { Problem } from '../lib/source.ts'
import { sumsOfContexts } from '../report/sums.ts'
import type { RankedReport, Ranking, RankingReport, Report } from '../report.ts'

export interface SavedReport {
  /** As it was given. */
  readonly file: string
  readonly report: Report
}

export function rank(
  saved: readonly SavedReport[],
  sort: Ranking,
  problems: readonly Problem[],
): RankingReport {
  const names = shortNames(saved.map(({ file }) => file))
  const ranked = saved.map(
    ({ file, report }, i): RankedReport => ({
      name: names[i] ?? file,
      file,
      version: report.tool.version,
      ...sumsOfContexts(report.contexts, report.asked?.builder ?? 'buildkit'),
    }),
  )
  // What weighs the same stays in the order in which it was given.
  return { schemaVersion: 1, sort, repositories: ranked.toSorted(orders[sort]), problems }
}

const byMost =
  (weight: (one: RankedReport) => number) =>
  (a: RankedReport, b: RankedReport): number =>
    weight(b) - weight(a)

const orders: Readonly<Record<Ranking, (a: RankedReport, b: RankedReport) => number>> = {
  bytes: byMost(({ bytes }) => bytes),
  context: byMost(({ context }) => context.bytes),
  transfer: byMost(({ transfer }) => transfer.bytes),
  unread: byMost(({ unread }) => unread.bytes),
  safe: byMost(({ safe }) => safe),
  // Without a history behind those that have one.
  rebuilds: byMost(({ rebuilds }) => rebuilds?.needless ?? -1),
  secrets: byMost(({ secrets }) => secrets),
  errors: byMost(({ errors }) => errors),
  findings: byMost(({ errors, warnings }) => errors + warnings),
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
}

/** `api` and `web` of `out/api.json` and `out/web.json`; `api/report` and `web/report` where only folders differ. */
function shortNames(files: readonly string[]): readonly string[] {
  const parts = files.map((file) => file.replace(/\.json$/, '').split('/'))
  const longest = Math.max(0, ...parts.map(({ length }) => length))
  for (let taken = 1; taken < longest; taken++) {
    const names = parts.map((one) => one.slice(-taken).join('/'))
    if (new Set(names).size === new Set(files).size) return names
  }
  return parts.map((one) => one.join('/'))
}
