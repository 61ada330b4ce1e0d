/** Why a path is where it is: the line that decided, who reads it, and what line would change the answer. */

import { anyWithin, isIgnored } from '../analyse/amounts.ts'
import { decidingLine, prunedParent } from '../analyse/ignore-lines.ts'
import { dirKind, type EntryTable, kinds, type Row } from '../context/table.ts'
import { kindOf } from '../context/walker.ts'
import { createPatternList, type Dialect, type PatternList } from '../ignore/matcher.ts'
import { parseIgnoreFile } from '../ignore/parse.ts'
import { parsePodmanIgnoreFile } from '../ignore/podman.ts'
import {
  baseName,
  cleanPath,
  jsonPath,
  parentPath,
  pathWithin,
  visiblePath,
  wellFormed,
} from '../lib/path.ts'
import type { ResolvedRead } from '../measure/build.ts'
import type { EntryType, PathReport, WhyReport } from '../report.ts'
import { coverage } from '../resolve/reads.ts'
import type { Scan } from '../scan.ts'

/** Explains paths relative to the context, present or not; absolute ones are taken from the root of the disk. */
export function explainPaths(scan: Scan, paths: readonly string[]): WhyReport {
  return {
    schemaVersion: 1,
    build: scan.reference,
    paths: paths.map((path) => explain(scan, path)),
    problems: scan.fatal,
  }
}

function explain(scan: Scan, given: string): PathReport {
  const { main } = scan
  const path = pathWithin(main.context.root, given)
  if (path === null || path === '.') return outside(scan, given, path === '.')
  const { table, context } = main
  const { patterns } = context
  const row = table.find(path)
  const found = main.lookedAt.get(path)
  const kind = row !== null ? (table.kind[row] ?? null) : found ? kindOf(found.mode) : null
  const size = row !== null ? (table.size[row] ?? null) : (found?.size ?? null)
  const judged = patterns.judge(path)
  // An exception that the classic client or podman never comes to does not count: the directory's verdict does.
  const lost = scan.builder !== 'buildkit' && row !== null ? lossOf(scan, path, row) : null
  const { verdict, decidedAt } = lost ?? judged
  const ignored = patterns.matched(verdict)
  const decidedBy = decidingLine(main, verdict)
  const readers = scan.reads.filter(({ instruction, survey, reads }) => {
    if (survey !== main || ignored) return false
    if (row === null) return coverage(instruction, path) !== 'none'
    return anyWithin(reads.rows, row, table.end[row] ?? row + 1)
  })
  const wanting = scan.reads.filter(
    (read) => read.survey === main && !readers.includes(read) && coverage(read.instruction, path) !== 'none',
  )
  const transferred = row !== null && scan.builder === 'buildkit' && main.sent[row] === 1
  const report: Omit<PathReport, 'change' | 'notes'> = {
    ...jsonPath(path),
    exists: row !== null || found !== undefined || main.followed.present.has(path),
    type: kind === null ? null : row === null ? (kinds[kind] ?? null) : typeOf(table, row, kind),
    size: kind === dirKind ? null : size,
    fate: ignored ? 'ignored' : readers.length > 0 ? 'read' : transferred ? 'transferred' : 'unread',
    decidedBy,
    matches: matchesOf(scan, path),
    droppedParent: ignored && decidedAt !== path ? wellFormed(decidedAt) : null,
    reads: readers.map((read) => readerReport(scan, read)),
    wantedBy: (ignored || row === null ? wanting : []).map((read) => readerReport(scan, read)),
  }
  return { ...report, change: changeFor(scan, path, report, readers), notes: notesFor(scan, path, row) }
}

function readerReport(scan: Scan, { instruction }: ResolvedRead): PathReport['reads'][number] {
  return {
    line: instruction.line,
    instruction: instruction.instruction,
    stage: instruction.stage,
    text: wellFormed(instruction.text),
    sources: instruction.sources.map(wellFormed),
    file: scan.reference.dockerfile,
  }
}

/** The verdict of the dropped directory for whose contents the leading builder looks no further; null when it takes the entry. */
function lossOf({ main, builder, classic, taken }: Scan, path: string, row: Row) {
  if (builder === 'classic' && !classic) return null
  if (taken[row] === 1 || main.table.kind[row] === dirKind) return null
  const { patterns } = main.context
  if (patterns.matched(patterns.judge(path).verdict)) return null
  for (let at = parentPath(path); at !== ''; at = parentPath(at)) {
    const judged = patterns.judge(at)
    if (patterns.matched(judged.verdict)) return judged
  }
  return null
}

/** A path that the ignore file has no say about: beyond the context, or its root. */
function outside(scan: Scan, given: string, isRoot: boolean): PathReport {
  return {
    ...jsonPath(isRoot ? '.' : cleanPath(given)),
    exists: isRoot,
    type: isRoot ? 'dir' : null,
    size: null,
    fate: isRoot ? (scan.main.request ? 'read' : 'unread') : 'outside',
    decidedBy: null,
    matches: [],
    droppedParent: null,
    reads: [],
    wantedBy: [],
    change: null,
    notes: [
      isRoot
        ? 'the root of the context is no entry of it: no pattern can drop it'
        : `it is outside of the context ${visiblePath(scan.reference.root)}: no instruction can read it, links do not lead out either`,
    ],
  }
}

function typeOf(table: EntryTable, row: Row, kind: number): EntryType {
  const first = table.firstName.get(row)
  return first !== undefined && first !== row ? 'hardlink' : (kinds[kind] ?? 'file')
}

/** Lines that match the path or a parent, in file order, each with the shallowest path it matches. */
function matchesOf(scan: Scan, path: string): PathReport['matches'] {
  const { patterns } = scan.main.context
  const matched = new Map<number, string>()
  for (let at = path; at !== ''; at = parentPath(at))
    for (const index of patterns.matching(at)) matched.set(index, at)
  return [...matched]
    .sort(([a], [b]) => a - b)
    .flatMap(([index, at]) => {
      const line = decidingLine(scan.main, index)
      return line ? [{ ...line, matched: wellFormed(at) }] : []
    })
}

/** A line that would turn the answer round, tried out before it is told. */
function changeFor(
  scan: Scan,
  path: string,
  report: Omit<PathReport, 'change' | 'notes'>,
  readers: readonly ResolvedRead[],
): PathReport['change'] {
  const { patterns, ignore } = scan.main.context
  const file = wellFormed(ignore?.file ?? '.dockerignore')
  const ignored = report.fate === 'ignored'
  // A missing file that an instruction asks for by name is not to be ignored as well.
  if (
    !ignored &&
    !report.exists &&
    readers.some(({ instruction }) => coverage(instruction, path) !== 'broad')
  )
    return null
  const line = `${ignored ? '!' : ''}${asPattern(path, patterns.dialect)}`
  const tried = withLine(patterns, line)
  if (!tried || tried.matched(tried.judge(path).verdict) === ignored) return null
  const linesOf = (isBroad: boolean) =>
    readers
      .filter(({ instruction }) => (coverage(instruction, path) === 'broad') === isBroad)
      .map(({ instruction }) => `${instruction.instruction} (line ${instruction.line})`)
      .join(', ')
  // A reader that covers none of a directory asks for something below it by name.
  const [naming, broad] = [linesOf(false), linesOf(true)]
  const effect = ignored
    ? `lets it in again${report.droppedParent ? `; the rest of ${visiblePath(report.droppedParent)} stays out` : ''}`
    : naming !== ''
      ? `drops it, and ${naming} would no longer find what it asks for`
      : broad !== ''
        ? `drops it; ${broad} then takes the rest`
        : 'drops it; no instruction of this build reads it'
  return { file, add: visiblePath(line), remove: null, effect }
}

function withLine(patterns: PatternList, line: string): PatternList | null {
  const { dialect } = patterns
  const { compiled } = dialect === 'podman' ? parsePodmanIgnoreFile(line, '') : parseIgnoreFile(line)
  return compiled.length === 0 ? null : createPatternList([...patterns.patterns, ...compiled], dialect)
}

/** What means something in a pattern. */
const special: Readonly<Record<Dialect, RegExp>> = { docker: /[*?[\]\\^]/, podman: /[*?[\]\\^(){}|+]/ }

/** The pattern that matches just this path, but for a `?` where a character cannot be seen in a line or would be trimmed from it. */
function asPattern(path: string, dialect: Dialect): string {
  const characters = Array.from(path, (c) =>
    visiblePath(c) !== c ? '?' : special[dialect].test(c) ? `\\${c}` : c,
  )
  const kept = characters.join('').replace(/^\s+|\s+$/g, (blanks) => '?'.repeat(blanks.length))
  return kept.replace(/^[#!]/, '\\$&')
}

function notesFor(scan: Scan, path: string, row: Row | null): readonly string[] {
  const { main, classic } = scan
  const { table, context } = main
  const notes: string[] = []
  const ignored = context.patterns.matched(context.patterns.judge(path).verdict)
  if (row === null && prunedParent(table, path) !== null)
    notes.push(
      `builders never enter the dropped directory${main.lookedAt.has(path) ? '' : ', so what is in it was not looked at'}`,
    )
  if (row !== null && ignored && table.kind[row] === dirKind) {
    let kept = 0
    for (let at = row + 1; at < (table.end[row] ?? row); at++)
      if (!isIgnored(table, at) && table.kind[at] !== dirKind) kept++
    if (kept > 0)
      notes.push(
        kept === 1 ? '1 entry below it is let in again' : `${kept} entries below it are let in again`,
      )
  }
  if (
    row !== null &&
    classic &&
    scan.builder !== 'podman' &&
    (classic.sent[row] === 1) === ignored &&
    table.kind[row] !== dirKind
  )
    notes.push(classicNote(scan, path, row))
  if (scan.builder !== 'podman') notes.push(...byPathNotes(scan, path, row))
  if (baseName(path) === '.dockerignore' && path !== '.dockerignore')
    notes.push('no builder reads this file: a .dockerignore counts at the root of the context only')
  return notes
}

/** What builders say that judge a path alone: podman, by the file that it reads, and old clients. */
function byPathNotes({ main, podman }: Scan, path: string, row: Row | null): readonly string[] {
  const { patterns } = main.context
  if (hasInvalid(patterns) || (row !== null && main.table.kind[row] === kinds.indexOf('socket'))) return []
  const ignored = patterns.matched(patterns.judge(path).verdict)
  const isOld = patterns.judgeByPath(path) !== ignored
  const finds = podman && row !== null ? podman.kept[row] === 1 : isOld === ignored
  const isPodman = finds === ignored
  const does = ignored ? 'keep' : 'drop'
  const because = 'they judge each path alone, without what its directory went through'
  if (isPodman && isOld) return [`podman and Docker clients up to 20.10 ${does} it: ${because}`]
  if (isOld) return [`Docker clients up to 20.10 ${does} it: ${because}`]
  if (!isPodman || podman === null) return []
  const file = visiblePath(podman.context.ignore?.file ?? '')
  if (file === '' || file !== visiblePath(main.context.ignore?.file ?? ''))
    return [`podman ${does}s it: it reads ${file === '' ? 'no ignore file here' : file}`]
  return [`podman ${does}s it: it reads ${file} by rules of its own`]
}

/** Why the classic client differs from BuildKit about an entry. */
function classicNote({ main, build }: Scan, path: string, row: Row): string {
  const ignored = isIgnored(main.table, row)
  if (!build.sameIgnoreFile)
    return `the classic builder ${ignored ? 'sends' : 'drops'} it: it reads .dockerignore at the root of the context, not ${visiblePath(main.context.ignore?.file ?? '')}`
  if (ignored)
    return `the classic builder sends it all the same${path === '.dockerignore' || path === build.dockerfile.inContext ? ', and its daemon drops it before the build' : ''}`
  if (main.table.kind[row] === kinds.indexOf('socket')) return 'the classic builder leaves sockets out'
  return 'the classic builder does not send it: it looks for exceptions below an ignored directory only where one names that directory'
}

const hasInvalid = (patterns: PatternList) => patterns.patterns.some((pattern) => pattern.invalid)
