/** From paths of a repository to those of one of its directories. */

import { relativePath } from '../inputs/load.ts'
import { type BuildTarget, isFetched } from '../inputs/target.ts'
import type { Place } from '../lib/source.ts'

/** From a path of the repository to one of the context. */
export type ToContext = (path: string) => string

/** For the directory of that path, '' for the root. */
export const toContextAt =
  (prefix: string): ToContext =>
  (path) =>
    prefix === ''
      ? path
      : path.startsWith(`${prefix}/`)
        ? path.slice(prefix.length + 1)
        : relativePath(prefix, path)

/** Those of the repository's paths that lie in the directory, relative to it. */
export const inContext = (files: readonly string[], prefix: string): readonly string[] =>
  prefix === ''
    ? files
    : files.flatMap((path) => (path.startsWith(`${prefix}/`) ? [path.slice(prefix.length + 1)] : []))

export const relativePlace = (at: Place, to: ToContext): Place => ({ file: to(at.file), line: at.line })

export function relativeBuild(build: BuildTarget, to: ToContext): BuildTarget {
  const isElsewhere = isFetched(build) || build.context.startsWith('/')
  return {
    ...build,
    context: isElsewhere ? build.context : to(build.context === '.' ? '' : build.context) || '.',
    foundIn: relativePlace(build.foundIn, to),
  }
}
