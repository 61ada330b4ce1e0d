/** Two texts as what changes from one to the other. */

import { createTwoFilesPatch, structuredPatch } from 'diff'
import { hasRawBytes } from '../../lib/path.ts'
import type { EditReport } from '../../report.ts'
import type { FileEdit } from './texts.ts'

/** The lines that change, without any around them. What a last line lacks is its end: it stays as it is when others follow. */
export function editReports(edits: readonly FileEdit[]): readonly EditReport[] {
  const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
  return edits.flatMap(({ file, before, after }) =>
    structuredPatch(file, file, ended(before ?? ''), ended(after), '', '', { context: 0 }).hunks.map(
      (hunk): EditReport => {
        const of = (mark: string) =>
          hunk.lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(1))
        const removes = of('-')
        return {
          file,
          line: hunk.oldStart,
          removes,
          adds: of('+'),
        }
      },
    ),
  )
}

/**
 * A patch that `git apply` and `patch -p1` take, both in the directory of the context. Null for a file that neither would
 * take one for: outside of that directory, or of a name that has to be written in a way of its own.
 */
export function unifiedDiff({ file, before, after }: FileEdit): string | null {
  if (/^\.\.\/|^\//.test(file) || /[\0-\x1F"\\\x7F]/.test(file) || hasRawBytes(file)) return null
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : `a/${file}`,
    `b/${file}`,
    before ?? '',
    after,
    undefined,
    undefined,
    { context: 3 },
  )
  const name = (text: string) => `${text}${text.includes(' ') ? '\t' : ''}`
  // A tab ends a name that holds blanks, and only that.
  return patch
    .replace(/^=+\n/, '')
    .replace(/^(---|\+\+\+) (.*?)\t?$/gm, (line, mark: string, text: string) =>
      text === '/dev/null' || text === `a/${file}` || text === `b/${file}` ? `${mark} ${name(text)}` : line,
    )
}
