/** The default screen: what is big, why it is in, what to do; see each part in `screen/`. */

import type { Report } from '../report.ts'
import { amounts } from './screen/amounts.ts'
import { checkScreen } from './screen/check.ts'
import { fixes } from './screen/fixes.ts'
import { cacheLine, historyPart } from './screen/history-part.ts'
import { ignoreLines } from './screen/ignore-lines.ts'
import { instructions } from './screen/instructions.ts'
import { largest } from './screen/largest.ts'
import { isMany, manyScreen } from './screen/many.ts'
import { nextStep } from './screen/next.ts'
import { failureList, remarkList } from './screen/remarks.ts'
import { header, verdict } from './screen/verdict.ts'
import { type View, viewOf } from './screen/view.ts'
import type { Style } from './style.ts'

/** One screen a context, the leading build's first; parts with nothing to say are left out. */
export function table(report: Report, style: Style): string {
  if (report.passed !== undefined) return checkScreen(report, style)
  if (isMany(report)) return manyScreen(report, style)
  const screens = report.contexts.map((context) => {
    const view = viewOf(report, context, style)
    return parts(view)
      .filter((lines) => lines.length > 0)
      .map((lines) => `${lines.join('\n')}\n`)
      .join('\n')
  })
  return screens.join('\n')
}

function parts(view: View): string[][] {
  const { style, clean } = view
  const said = [header(view), [...verdict(view), ...failureList(view)]]
  if (style.quiet) return said
  // A small project that has nothing to mend gets silence as its reward.
  const detail = clean && !style.verbose ? [] : [largest(view), instructions(view), historyPart(view)]
  return [
    ...said,
    [...amounts(view), ...(clean ? cacheLine(view) : [])],
    ...detail,
    ...[fixes(view), ignoreLines(view), remarkList(view), nextStep(view)],
  ]
}
