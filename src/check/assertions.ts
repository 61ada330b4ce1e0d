/** What must ship and what must not: lists in the dialect of .dockerignore, held against what instructions read. */

import { isIgnored } from '../analyse/amounts.ts'
import { decidingLine } from '../analyse/ignore-lines.ts'
import type { ReportPart } from '../analyse/report.ts'
import type { ShipPattern } from '../config/model.ts'
import { judgeRows } from '../context/judge.ts'
import { type EntryTable, fileKind, flag, type Row, symlinkKind } from '../context/table.ts'
import { createPatternList, type PatternList } from '../ignore/matcher.ts'
import { parseIgnoreFile } from '../ignore/parse.ts'
import { deletions } from '../inspect/deeds.ts'
import { followFiles, holdsRow } from '../inspect/ships.ts'
import { compareBytes, jsonPath, wellFormed } from '../lib/path.ts'
import type { AssertionPath, AssertionResult } from '../report.ts'
import type { Readings } from './readings.ts'

/** Paths that are told of each pattern. */
const mostPaths = 20

type Kind = AssertionResult['assertion']

/** One result for each pattern that is no exception, in their order. A file counts for the first pattern that asks for it. */
export function assertionsOf(
  kind: Kind,
  part: ReportPart,
  patterns: readonly ShipPattern[],
  readings: Readings,
): readonly AssertionResult[] {
  if (patterns.length === 0) return []
  const list = listOf(patterns.map(({ pattern }) => pattern))
  const asked = askedFor(part, list, kind === 'mustShip' ? readings : null)
  const { read, main } = part.measured
  const { table } = main
  const tell = teller(part)
  return patterns.flatMap(({ pattern, at }, index): readonly AssertionResult[] => {
    if (list.patterns[index]?.negated) return []
    const rows = asked.files[index] ?? []
    const pruned = asked.pruned[index] ?? []
    const isBroken = (row: Row): boolean => (read[row] === 1) === (kind === 'neverShip')
    const broken = rows.filter(isBroken)
    const isAbsent = kind === 'mustShip' && rows.length + pruned.length === 0 && !matchesAny(table, pattern)
    const paths = [
      ...broken.map((row) => ({ key: table.path(row), row, isPruned: false })),
      ...pruned.map((row) => ({ key: table.path(row), row, isPruned: true })),
    ]
      .sort((a, b) => compareBytes(a.key, b.key))
      .slice(0, mostPaths)
      .map(({ row, isPruned }) => tell(kind, row, isPruned))
    return [
      {
        assertion: kind,
        pattern: wellFormed(pattern),
        ok: paths.length === 0 && !isAbsent,
        kept: amountOf(
          table,
          rows.filter((row) => !isBroken(row)),
        ),
        broken: amountOf(table, broken),
        paths: isAbsent ? [absent(pattern)] : paths,
        at,
        note: kind === 'mustShip' && !isAbsent ? null : noteOf(kind, part, pattern, rows),
      },
    ]
  })
}

/** Each pattern is one line of the list, as the reader of configurations and options has seen to. */
function listOf(patterns: readonly string[]): PatternList {
  return createPatternList(parseIgnoreFile(patterns.join('\n'), '').compiled)
}

interface Asked {
  /** By pattern: rows of files and links. */
  readonly files: readonly (readonly Row[])[]
  /** By pattern: directories that the ignore file drops whole and that hold a file it asks for. */
  readonly pruned: readonly (readonly Row[])[]
}

/** What a list asks for. `readings` null: what is dropped whole does not matter. */
function askedFor(part: ReportPart, list: PatternList, readings: Readings | null): Asked {
  const { table } = part.measured.main
  const files: Row[][] = list.patterns.map(() => [])
  const pruned: Row[][] = list.patterns.map(() => [])
  judgeRows(table, list, {
    row: (row, verdict, parent) => {
      if (isShippable(table, row)) {
        if (list.matched(verdict)) files[verdict]?.push(row)
      } else if (readings !== null && ((table.flags[row] ?? 0) & flag.pruned) !== 0) {
        const state = list.enter(parent, table.name(row))
        const found = readings.matchBelow(part, row, list, state)
        if (found !== null) pruned[found]?.push(row)
      }
    },
    enters: () => true,
  })
  return { files, pruned }
}

const isShippable = (table: EntryTable, row: Row): boolean =>
  table.kind[row] === fileKind || table.kind[row] === symlinkKind

/** True for a pattern that matches a file on its own, though another of the list comes first or an exception after it. */
function matchesAny(table: EntryTable, pattern: string): boolean {
  return firstMatch(table, pattern, () => true) !== null
}

function firstMatch(table: EntryTable, pattern: string, wanted: (row: Row) => boolean): Row | null {
  const alone = listOf([pattern])
  let found: Row | null = null
  judgeRows(table, alone, {
    row: (row, verdict) => {
      if (found === null && alone.matched(verdict) && isShippable(table, row) && wanted(row)) found = row
    },
    enters: () => found === null,
  })
  return found
}

function amountOf(table: EntryTable, rows: readonly Row[]): AssertionResult['kept'] {
  let bytes = 0
  for (const row of rows) if (table.kind[row] === fileKind) bytes += table.size[row] ?? 0
  return { files: rows.length, bytes }
}

const absent = (pattern: string): AssertionPath => ({
  path: wellFormed(pattern),
  bytes: 0,
  because: 'absent',
  pruned: false,
  decidedBy: null,
  reads: [],
  reach: null,
})

/** A pattern without a slash is one for the top of the context; who wrote one for git meant another. */
function noteOf(kind: Kind, part: ReportPart, pattern: string, rows: readonly Row[]): string | null {
  const bare = pattern.trim().replace(/\/$/, '')
  if (bare.includes('/') || bare.startsWith('**')) return null
  const { main, read } = part.measured
  const known = new Set(rows)
  const row = firstMatch(
    main.table,
    `**/${bare}`,
    (one) => !known.has(one) && (kind === 'mustShip' || read[one] === 1),
  )
  if (row === null) return null
  const path = wellFormed(main.table.path(row))
  return `it is about the top of the context alone; **/${wellFormed(bare)} is about ${path} too`
}

/** Says of one build why a path breaks an assertion. */
function teller(part: ReportPart): (kind: Kind, row: Row, isPruned: boolean) => AssertionPath {
  const { main, reads, plan } = part.measured
  const { table } = main
  const follow = followFiles(plan, deletions())
  return (kind, row, isPruned) => {
    const path = table.path(row)
    const taking =
      kind === 'mustShip'
        ? []
        : reads.filter(({ survey, reads: { rows } }) => survey === main && holdsRow(rows, row))
    const ignored = isIgnored(table, row)
    const { reach } = follow(
      path,
      taking.map(({ instruction }) => instruction),
    )
    return {
      ...jsonPath(path),
      bytes: isPruned ? 0 : (table.size[row] ?? 0),
      because: kind === 'neverShip' ? 'ships' : ignored ? 'ignored' : 'unread',
      pruned: isPruned,
      decidedBy: ignored ? decidingLine(main, table.verdict[row] ?? -1) : null,
      reads: taking.map(({ instruction: { line, text } }) => ({ line, text: wellFormed(text) })),
      reach: reach === 'unread' ? null : reach,
    }
  }
}
