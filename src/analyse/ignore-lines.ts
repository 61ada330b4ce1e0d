/** What each line of the ignore file does on this tree. */

import { type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import { undecided } from '../ignore/matcher.ts'
import { jsonPath, wellFormed } from '../lib/path.ts'
import type { Survey } from '../measure/survey.ts'
import type { DecidingLine, IgnoreLineReport } from '../report.ts'

/** What each line of the ignore file does on this tree, in file order. */
export function ignoreLines(survey: Survey): readonly IgnoreLineReport[] {
  const { table, context, walk } = survey
  const lines = context.ignore?.parsed.lines ?? []
  const files = new Float64Array(lines.length)
  const bytes = new Float64Array(lines.length)
  const decided = new Uint8Array(lines.length)
  const pruned: Row[][] = lines.map(() => [])
  for (let row = 0; row < table.count; row++) {
    const index = table.verdict[row] ?? undecided
    if (index < 0) continue
    decided[index] = 1
    if (((table.flags[row] ?? 0) & flag.pruned) !== 0) pruned[index]?.push(row)
    else if (table.kind[row] === fileKind) {
      files[index] = (files[index] ?? 0) + 1
      bytes[index] = (bytes[index] ?? 0) + (table.size[row] ?? 0)
    }
  }
  const overruled = overruling(
    survey,
    lines.map((_, index) => index).filter((index) => decided[index] === 0),
  )
  return lines.map(({ line, written }, index) => {
    const idle = decided[index] === 0
    const by = overruled.get(index)
    return {
      line,
      pattern: wellFormed(written),
      negated: isNegated(context, index),
      decides: { files: files[index] ?? 0, bytes: bytes[index] ?? 0 },
      pruned: (pruned[index] ?? []).map((row) => ({
        ...jsonPath(table.path(row)),
        measured: walk.prunedAmounts.get(row) ?? null,
      })),
      idle,
      because: idle ? (by === undefined ? 'matches nothing' : 'already decided') : 'decides',
      decidedBy: by === undefined ? null : by === undecided ? null : (lines[by]?.line ?? null),
    }
  })
}

/**
 * For lines that decide nothing although something matches them: the line that decided about the first such entry,
 * `undecided` for a negation of what was never ignored.
 */
function overruling({ table, context, walk }: Survey, idle: readonly number[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (const index of idle) {
    const pattern = context.patterns.patterns[index]
    // One that docker cannot evaluate matches nothing.
    if (!pattern || pattern.invalid) continue
    const first = walk.firstMatch[index] ?? -1
    // A plain path below a directory that was dropped whole is nowhere in the table.
    const row =
      first >= 0 ? first : /[*?[\]\\^!]/.test(pattern.text) ? null : prunedParent(table, pattern.text)
    if (row !== null) found.set(index, table.verdict[row] ?? undecided)
  }
  return found
}

/** The row of the directory that was dropped whole and would hold the path; null when there is none. */
export function prunedParent(table: EntryTable, path: string): Row | null {
  const parts = path.split('/')
  for (let length = 1; length < parts.length; length++) {
    const row = table.find(parts.slice(0, length).join('/'))
    if (row === null) return null
    if (((table.flags[row] ?? 0) & flag.pruned) !== 0) return row
  }
  return null
}

/** As the builder takes it: `/!a` lets `a` in, for its slash is gone before the `!` is looked for. */
const isNegated = ({ patterns }: Survey['context'], index: number) =>
  patterns.patterns[index]?.negated ?? false

/** The line behind a verdict; null when no line decided. */
export function decidingLine(survey: Survey, verdict: number): DecidingLine | null {
  const { ignore } = survey.context
  const line = ignore?.parsed.lines[verdict]
  if (!ignore || !line) return null
  return {
    file: wellFormed(ignore.file),
    line: line.line,
    pattern: wellFormed(line.written),
    negated: isNegated(survey.context, verdict),
  }
}
