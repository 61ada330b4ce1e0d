/** Places as others match them with files: relative to the top of the repository. */

import { cleanPath } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import type { ContextReport, Report } from '../../report.ts'

/** The directory that was asked about, from the top of its repository. */
export function directoryOf({ asked }: Report): string {
  return asked?.path ?? '.'
}

/** A path of the directory that was asked about; null for one that leads out of the repository. */
function inRepository(report: Report, path: string): string | null {
  const clean = cleanPath(path.startsWith('/') ? path : `${directoryOf(report)}/${path}`)
  return clean.startsWith('/') || clean === '..' || clean.startsWith('../') ? null : clean
}

/** A place of a context. Null where it is outside of the repository, and for a Dockerfile that came on standard input. */
export function placeInContext(report: Report, context: ContextReport, { file, line }: Place): Place | null {
  // A Dockerfile that is written down in a compose or bake file goes by the line on which it begins.
  const inline = context.targets.find(
    ({ foundIn }) => foundIn !== null && `${foundIn.file}:${foundIn.line}` === file,
  )?.foundIn
  if (inline) return placeInDirectory(report, inline)
  if (file === '-') return null
  const found = inRepository(report, file.startsWith('/') ? file : `${context.root}/${file}`)
  return found === null ? null : { file: found, line }
}

/** A place that is named from the directory that was asked about. */
export function placeInDirectory(report: Report, { file, line }: Place): Place | null {
  const found = inRepository(report, file)
  return found === null ? null : { file: found, line }
}

/**
 * Where to tell what has no line of its own, for formats that want one: the first Dockerfile of the context, else its
 * ignore file, else the directory.
 */
export function placeOfContext(report: Report, context: ContextReport | null): Place {
  const files = context ? [...context.targets.map(({ dockerfile }) => dockerfile), context.ignoreFile] : []
  for (const file of files) {
    const place =
      file === null || context === null ? null : placeInContext(report, context, { file, line: 1 })
    if (place !== null) return place
  }
  return { file: inRepository(report, context?.root ?? '.') ?? '.', line: 1 }
}
