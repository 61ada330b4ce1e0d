/** Two texts as what changes from one to the other. */

import { createTwoFilesPatch, structuredPatch } from 'diff'
import type { EditReport } from '../report.ts'
import type { FileEdit } from './texts.ts'

/** The lines that change, without any around them. */
export function editReports(edits: readonly FileEdit[]): readonly EditReport[] {
  return edits.flatMap(({ file, before, after }) =>
    structuredPatch(file, file, before ?? '', after, '', '', { context: 0 }).hunks.map((hunk): EditReport => {
      const of = (mark: string) =>
        hunk.lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(1))
      const removes = of('-')
      // A hunk that only adds is counted from the line before it.
      return {
        file,
        line: hunk.oldStart + (removes.length === 0 && before !== null ? 1 : 0) || 1,
        removes,
        adds: of('+'),
      }
    }),
  )
}

/** A patch that `git apply` and `patch -p1` take; '' when nothing changes. `names` are shown as `a/NAME` and `b/NAME`. */
export function unifiedDiff({ file, before, after }: FileEdit): string {
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : `a/${file}`,
    `b/${file}`,
    before ?? '',
    after,
    undefined,
    undefined,
    {
      context: 3,
    },
  )
  return patch.replace(/^=+\n/, '').replace(/^(---|\+\+\+) (.*)\t$/gm, '$1 $2')
}
