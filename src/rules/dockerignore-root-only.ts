import { advice, listed, shownPattern } from '../analyse/line-words.ts'
import { dirKind, type EntryTable, fileKind, flag, rootRow } from '../context/table.ts'
import { createAutomaton } from '../ignore/automaton.ts'
import { readAsForeign } from '../ignore/foreign.ts'
import { createPatternList } from '../ignore/matcher.ts'
import { droppedBy, meet, namedBy } from '../ignore/meets.ts'
import { compilePattern, type Pattern } from '../ignore/pattern.ts'
import { isJunkPattern } from '../ignore/well-known.ts'
import { hasWildcard } from '../lib/glob.ts'
import { wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import type { Finding } from '../report.ts'
import { coverage } from '../resolve/reads.ts'
import { plain, type Rule } from './rule.ts'

/** `node_modules` is one directory for docker and every directory of that name for git. */
export const dockerignoreRootOnly: Rule = {
  id: 'dockerignore-root-only',
  ofWhole: true,
  check: deeperMatches,
}

interface Line {
  readonly line: number
  readonly pattern: string
  /** What the line would match below the root, and does not: entries, and what lies in them. */
  readonly entries: number
  readonly files: number
  readonly bytes: number
  /** The first of them. */
  readonly example: string
  /** `**` and the pattern, where that drops them all and nothing that an instruction names; none: look before you leap. */
  readonly instead: readonly string[]
}

interface Found {
  readonly index: number
  readonly rows: number[]
  files: number
  bytes: number
  /** The row after the subtree that was entered last. */
  until: number
}

/**
 * A warning for what tools leave behind, for what git ignores, and for wildcards that match nothing where they are; by
 * the way for a name that does nothing at the root. A name that drops something at the root was meant for the root.
 */
function deeperMatches(build: MeasuredBuild): readonly Finding[] {
  const { main } = build
  const { ignore, patterns, root } = main.context
  if (!ignore) return []
  const lines = ignore.parsed.lines
  const candidates = patterns.patterns.flatMap((pattern, index) => {
    const written = lines[index]?.written ?? ''
    const anchored = pattern.text.includes('/') || written.startsWith('/') || written.startsWith('./')
    return pattern.negated || pattern.invalid || anchored || /^\*+$|^\*\*/.test(pattern.text)
      ? []
      : readAsForeign(written, root)
        ? []
        : [{ index, pattern }]
  })
  if (candidates.length === 0) return []
  const judged = findDeeper(main.table, candidates).flatMap((found) => judge(build, found))
  const warned = judged.filter(({ isWarning }) => isWarning)
  const told = (warned.length > 0 ? warned : judged).map(({ line }) => line)
  const [first] = told
  if (!first) return []
  return [
    {
      ...plain,
      rule: 'dockerignore-root-only',
      severity: warned.length > 0 ? 'warning' : 'info',
      message:
        told.length === 1
          ? `${shownPattern(first.pattern)} matches at the root of the context only, and ${amountOf(first)} in the context`
          : `${told.length} lines match at the root of the context only, and the same lies deeper: ${listed(
              told.map((one) => `${one.line} ${shownPattern(one.pattern)} ${one.entries}×`),
            )}`,
      hint: advice(told),
      at: { file: wellFormed(ignore.file), line: first.line },
      bytes: told.reduce((sum, { bytes }) => sum + bytes, 0),
      data: { lines: judged.map(({ line }) => line) },
    },
  ]
}

function amountOf({ entries, example }: Line): string {
  const name = shownPattern(example)
  if (entries === 1) return `${name} stays`
  return `${name} and ${entries - 1} more like it stay`
}

/** What the patterns match below the root among the entries that are not ignored, by the name alone. */
function findDeeper(
  table: EntryTable,
  candidates: readonly { readonly index: number; readonly pattern: Pattern }[],
): readonly Found[] {
  const automaton = createAutomaton(candidates.map(({ pattern }) => pattern))
  const found = candidates.map(({ index }): Found => ({ index, rows: [], files: 0, bytes: 0, until: 0 }))
  const open = new Set<Found>()
  const { flags, parent, nameStart, arena, kind, size } = table
  // Names in there are not the project's: `.git/logs` is no log of anybody, `node_modules/next` no output.
  let passed = 0
  for (let row = 0; row < table.count; row++) {
    if (((flags[row] ?? 0) & flag.ignored) !== 0) continue
    if (open.size > 0) for (const one of open) if (one.until <= row) open.delete(one)
    if (open.size === 0 && row < passed) {
      row = passed - 1
      continue
    }
    if (parent[row] !== rootRow && row >= passed) {
      const start = nameStart[row] ?? 0
      const end = nameStart[row + 1] ?? start
      const state =
        automaton.runAscii(automaton.start, arena, start, end) ??
        automaton.run(automaton.start, table.name(row))
      for (const place of state.accepts) {
        const one = found[place]
        if (!one || one.until > row) continue
        one.rows.push(row)
        one.until = table.end[row] ?? row + 1
        open.add(one)
      }
    }
    if (row >= passed && isForeign(table, row)) passed = table.end[row] ?? row + 1
    if (open.size === 0 || kind[row] !== fileKind) continue
    for (const one of open) {
      one.files++
      one.bytes += size[row] ?? 0
    }
  }
  return found.filter(({ rows }) => rows.length > 0)
}

const foreign = ['.git', 'node_modules', '.venv', 'site-packages']

function isForeign(table: EntryTable, row: number): boolean {
  const length = (table.nameStart[row + 1] ?? 0) - (table.nameStart[row] ?? 0)
  return (
    table.kind[row] === dirKind && foreign.some((name) => name.length === length && table.name(row) === name)
  )
}

/** So many matches are looked at one by one. */
const mostLookedAt = 200

function judge(
  build: MeasuredBuild,
  { index, rows, files, bytes }: Found,
): readonly { readonly line: Line; readonly isWarning: boolean }[] {
  const { main } = build
  const pattern = main.context.patterns.patterns[index]
  const written = main.context.ignore?.parsed.lines[index]
  if (!pattern || !written) return []
  const paths = rows.slice(0, mostLookedAt).map((row) => main.table.path(row))
  const isIdle = (main.walk.firstMatch[index] ?? -1) < 0
  const isWild = hasWildcard(pattern.text)
  const own = ownAmong(main, rows.slice(0, mostLookedAt))
  const isLeftOver = isJunkPattern(pattern.text) || own === 'none'
  if (!isIdle && !isWild && !isLeftOver) return []
  const anywhere = `**/${pattern.text}`
  const isWarning = isLeftOver || (isWild && isIdle)
  // What git ignores and what the project keeps have the same name here: a line for all would take both.
  const works = isWarning && own !== 'some' && dropsAll(build, index, anywhere, paths)
  return [
    {
      line: {
        line: written.line,
        pattern: wellFormed(written.written),
        entries: rows.length,
        files,
        bytes,
        example: wellFormed(paths[0] ?? ''),
        instead: works ? [wellFormed(anywhere)] : [],
      },
      isWarning,
    },
  ]
}

/** How many of the rows git does not ignore; null where that cannot be told. */
function ownAmong({ gitIgnored, table }: Survey, rows: readonly number[]): 'none' | 'some' | 'all' | null {
  if (gitIgnored === null) return null
  const own = rows.filter((row) => !gitIgnored(table.path(row), table.end[row] !== row + 1)).length
  return own === 0 ? 'none' : own === rows.length ? 'all' : 'some'
}

/** True when the pattern in the line's place drops all of the paths, and no path that an instruction names. */
function dropsAll(build: MeasuredBuild, index: number, text: string, paths: readonly string[]): boolean {
  const { patterns } = build.main.context.patterns
  const compiled = compilePattern(text)
  if (compiled === null || 'refused' in compiled) return false
  const list = createPatternList(patterns.with(index, compiled))
  if (!paths.every((path) => list.matched(list.judge(path).verdict))) return false
  const instructions = build.reads
    .filter(({ survey }) => survey === build.main)
    .map(({ instruction }) => instruction)
  const dropped = droppedBy(compiled)
  return instructions.every(
    (instruction) =>
      paths.every((path) => coverage(instruction, path) !== 'named') &&
      // On any tree: a source that is no wildcard says for itself what it must find.
      instruction.localSources
        .filter((source) => instruction.mount || !hasWildcard(source))
        .every(
          (source) => meet(dropped, namedBy(source, { kind: 'plain', below: false })).kind === 'disjoint',
        ),
  )
}
