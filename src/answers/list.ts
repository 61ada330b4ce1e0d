/** The lists that `ctxsize ls` prints: look-ups in a scan. */

import { isIgnored } from '../analyse/amounts.ts'
import { decidingLine } from '../analyse/ignore-lines.ts'
import { dirKind, type EntryTable, fileKind, flag, kinds, type Row, symlinkKind } from '../context/table.ts'
import { jsonPath, wellFormed } from '../lib/path.ts'
import type { BuilderName, EntryReport, EntryType, ListReport, ReadsReport, SentReport } from '../report.ts'
import type { TarExtra } from '../resolve/wire.ts'
import type { Scan } from '../scan.ts'

/** What a builder sends, in the order in which it sends it; for podman, which sends nothing, what is there to be read. */
export function listSent(scan: Scan, builder: BuilderName): SentReport {
  const { main, classic, podman, reference, report, fatal } = scan
  const target = report.contexts[0]?.targets[0]
  const base = {
    schemaVersion: 1,
    build: reference,
    builder,
    exact: target?.exact ?? true,
    inexact: target?.inexact ?? [],
    buildFails: target?.buildFails ?? false,
    problems: fatal,
  } as const
  if (builder === 'buildkit')
    return {
      ...base,
      requested: main.request !== null,
      wireBytes: main.wire.cold,
      entries: entriesOf(main.table, (row) => main.sent[row] === 1),
    }
  if (builder === 'podman')
    return {
      ...base,
      // No figure that could be off.
      exact: true,
      inexact: [],
      requested: podman !== null && main.request !== null,
      wireBytes: null,
      entries: entriesOf(main.table, (row) => scan.taken[row] === 1),
    }
  return {
    ...base,
    requested: classic !== null,
    wireBytes: classic?.bytes ?? null,
    entries: classic === null ? [] : tarEntries(main.table, (row) => classic.sent[row] === 1, classic.extras),
  }
}

function entriesOf(table: EntryTable, wanted: (row: Row) => boolean, inTar = false): readonly EntryReport[] {
  const firstNames = new Set<Row>()
  const entries: EntryReport[] = []
  for (let row = 0; row < table.count; row++)
    if (wanted(row)) entries.push(entry(table, row, firstNames, inTar))
  return entries
}

/** `firstNames` remembers which inodes have been listed: later names are hard links. */
function entry(table: EntryTable, row: Row, firstNames: Set<Row>, inTar = false): EntryReport {
  const group = table.firstName.get(row)
  const linked = group !== undefined && firstNames.has(group)
  if (group !== undefined) firstNames.add(group)
  const kind = table.kind[row] ?? fileKind
  // Only a tar has hard links to symlinks, see `buildkitBytes`.
  const type: EntryType = linked && (inTar || kind !== symlinkKind) ? 'hardlink' : (kinds[kind] ?? 'file')
  return { ...jsonPath(table.path(row)), type, size: kind === dirKind ? 0 : (table.size[row] ?? 0) }
}

/** The classic tar: links carry no size, and the client's own two files are changed or come last. */
function tarEntries(
  table: EntryTable,
  wanted: (row: Row) => boolean,
  extras: readonly TarExtra[],
): readonly EntryReport[] {
  const left = new Map(extras.map(({ path, size }) => [path, size]))
  const entries = entriesOf(table, wanted, true).map((listed): EntryReport => {
    const size = left.get(listed.path)
    left.delete(listed.path)
    return { ...listed, size: size ?? (listed.type === 'file' ? listed.size : 0) }
  })
  return [...entries, ...[...left].map(([path, size]): EntryReport => ({ path, type: 'file', size }))]
}

/** Files in the context that no instruction of the build reads. */
export function listUnread(scan: Scan): ListReport {
  const { table } = scan.main
  return {
    schemaVersion: 1,
    build: scan.reference,
    list: 'unread',
    entries: entriesOf(
      table,
      (row) =>
        table.kind[row] !== dirKind &&
        (scan.builder === 'podman' ? scan.taken[row] === 1 : !isIgnored(table, row)) &&
        scan.read[row] !== 1,
    ),
    problems: scan.fatal,
  }
}

/** What the ignore file drops, with the line that decided; directories that were not entered stand for all in them. */
export function listIgnored(scan: Scan): ListReport {
  const { table } = scan.main
  const firstNames = new Set<Row>()
  const entries: ListReport['entries'][number][] = []
  for (let row = 0; row < table.count; row++) {
    const pruned = ((table.flags[row] ?? 0) & flag.pruned) !== 0
    if (!isIgnored(table, row) || (table.kind[row] === dirKind && !pruned)) continue
    const decidedBy = decidingLine(scan.main, table.verdict[row] ?? -1)
    entries.push({
      ...entry(table, row, firstNames),
      ...(decidedBy ? { decidedBy } : {}),
      ...(pruned ? { pruned: true } : {}),
    })
  }
  return { schemaVersion: 1, build: scan.reference, list: 'ignored', entries, problems: scan.fatal }
}

/** What each COPY, ADD and bind mount reads of the main context. */
export function listReads(scan: Scan): ReadsReport {
  const { main } = scan
  return {
    schemaVersion: 1,
    build: scan.reference,
    reads: scan.reads.map(({ instruction, survey, reads }) => {
      const problem = reads.failure ?? instruction.problem
      const files = survey === main ? Array.from(reads.rows, (row) => main.table.path(row)) : []
      return {
        line: instruction.line,
        instruction: instruction.instruction,
        stage: instruction.stage,
        from: instruction.from,
        sources: instruction.sources.map(wellFormed),
        files: files.map(wellFormed).sort(),
        problem: problem && {
          code: 'kind' in problem ? `source-${problem.kind}` : problem.code,
          message: wellFormed(problem.message),
        },
      }
    }),
    problems: scan.fatal,
  }
}
