import { decidingLine } from '../analyse/ignore-lines.ts'
import { fileKind, flag } from '../context/table.ts'
import { parentPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** Files that arrive without content and without a word. */
export const emptyFiles: Rule = {
  id: 'sent-empty',
  check: sentEmpty,
}

/** Files that BuildKit sends without their content because of the ignore file; unreadable ones are told as such. */
function sentEmpty({ main, builder }: MeasuredBuild): readonly Finding[] {
  const { table, sent, isWithheld } = main
  if (builder !== 'buildkit') return []
  const rows: number[] = []
  const { count, kind, size, flags } = table
  for (let row = 0; row < count; row++) {
    if (((flags[row] ?? 0) & (flag.unreadable | flag.withheld)) !== flag.withheld) continue
    if (sent[row] === 1 && kind[row] === fileKind && (size[row] ?? 0) > 0 && isWithheld(row)) rows.push(row)
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
