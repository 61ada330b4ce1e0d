/** What a fix does for the step that it speeds up, in the words of screen and page. */

import { visiblePath } from '../../lib/path.ts'
import type { SuggestionReport, TargetHistory } from '../../report.ts'

/**
 * How often what a suggestion speeds up ran before and after it, those before it followed too: `npm ci 143 → 9`. Null where the
 * history does not know the suggestion or the command, and where it changes nothing about it.
 */
export function ranText(
  report: TargetHistory,
  { id, speeds }: Pick<SuggestionReport, 'id' | 'speeds'>,
): string | null {
  if (speeds === null) return null
  const at = report.steps.findIndex(({ suggestions }) => suggestions.includes(id))
  // The suggestion may be about another Dockerfile, where the line is another.
  const index = report.instructions.findIndex(
    ({ line, text }) => line === speeds.line && text.includes(speeds.text),
  )
  const before = (at > 0 ? report.steps[at - 1]?.together : report.instructions)?.[index]
  const after = report.steps[at]?.together[index]
  if (!before || !after || after.lost >= before.lost) return null
  return `${visiblePath(speeds.text)} ${before.lost} → ${after.lost}`
}
