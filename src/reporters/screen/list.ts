/** `ctxsize ls` as text: one path a line, so that it can be read by eye and by `grep`. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { EntryReport, ListReport, ReadsReport, SentReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { paint } from './paint.ts'
import { displayWidth, padEnd } from './width.ts'
import { counted, placeText } from './words.ts'

/** Paths farther right than this start the column beside them anew. */
const mostPathColumns = 48
const sizeColumns = 8

/** Paths in the order of the report; with sizes, directories and links marked, when `long`. */
export function sentText(report: SentReport, long: boolean, style: Style): string {
  return lines(report.entries.map((entry) => (long ? sized(entry, style) : visiblePath(entry.path))))
}

/** As {@link sentText}; ignored entries with the line that decided, directories not entered marked so. */
export function listText(report: ListReport, long: boolean, style: Style): string {
  const texts = report.entries.map((entry) => (long ? sized(entry, style) : visiblePath(entry.path)))
  if (report.list === 'unread') return lines(texts)
  const column = Math.min(mostPathColumns, Math.max(0, ...texts.map(displayWidth)))
  return lines(
    report.entries.map(({ decidedBy, pruned }, i) => {
      const text = texts[i] ?? ''
      if (decidedBy === undefined) return text
      const why = `${placeText(decidedBy)}  ${visiblePath(decidedBy.pattern)}${pruned ? '  (not entered)' : ''}`
      return `${padEnd(text, column)}  ${paint(style, 'dim', why)}`
    }),
  )
}

/** The files that each instruction reads, under a line that names it. */
export function readsText(report: ReadsReport, style: Style): string {
  const file = report.build.dockerfile
  const parts = report.reads.map(({ line, instruction, stage, from, sources, files, problem }) => {
    const words =
      instruction === 'RUN'
        ? `RUN, bind mount of ${sources[0] || '.'}${from === null ? '' : ` from ${from}`}`
        : [instruction, ...(from === null ? [] : [`--from=${from}`]), ...sources].join(' ')
    const title = paint(style, 'bold', `${placeText({ file, line })}  ${visiblePath(words)}`)
    const what = from === null ? counted(files.length, 'file') : `nothing of the context`
    const head = `${title}  ${paint(style, 'dim', `stage ${visiblePath(stage)}, ${what}`)}`
    const failure = problem === null ? [] : [paint(style, 'red', `  ✗ ${visiblePath(problem.message)}`)]
    return lines([head, ...failure, ...files.map((path) => `  ${visiblePath(path)}`)])
  })
  return parts.join('\n')
}

/** The very bytes of each path, each ended by NUL, for `xargs -0` and `tar --null -T`. */
export function pathBytes(
  entries: readonly { readonly path: string; readonly pathBase64?: string }[],
): Uint8Array {
  const end = Buffer.of(0)
  return Buffer.concat(
    entries.flatMap(({ path, pathBase64 }) => [
      pathBase64 === undefined ? Buffer.from(path, 'utf8') : Buffer.from(pathBase64, 'base64'),
      end,
    ]),
  )
}

function sized({ path, size, type }: EntryReport, style: Style): string {
  const text = type === 'dir' ? '' : humanSize(size, style.units)
  const mark = type === 'dir' ? '/' : type === 'file' ? '' : `  (${type})`
  return `${text.padStart(sizeColumns)}  ${visiblePath(path)}${mark}`
}

function lines(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `${texts.join('\n')}\n`
}
