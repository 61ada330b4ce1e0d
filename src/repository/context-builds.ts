/**
 * The builds of a repository, looked up by what a context wants to know of them. However many there are, each context has to
 * do with few: what it does not ask about is not put into its words.
 */

import { type BuildTarget, isFetched } from '../inputs/target.ts'
import { groupedBy } from '../lib/grouped.ts'
import { cleanPath, joinPath, parentPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { relativeBuild, relativePlace, type ToContext } from './to-context.ts'

/** What is given a context of the repository by a name, as `additional_contexts` does. */
export interface Borrower {
  readonly name: string
  readonly at: Place
}

/** Paths are relative to the repository's root. */
export interface BuildIndex {
  readonly byContext: ReadonlyMap<string, readonly BuildTarget[]>
  readonly byDockerfile: ReadonlyMap<string, readonly BuildTarget[]>
  /** By the directory that they are given. */
  readonly borrowers: ReadonlyMap<string, readonly Borrower[]>
}

/** Paths are relative to the context's root. */
export interface ContextBuilds {
  /** Those that are made of this context. */
  readonly here: readonly BuildTarget[]
  /** Those of a Dockerfile, whichever their context. */
  readonly of: (dockerfile: string) => readonly BuildTarget[]
  readonly borrowers: readonly Borrower[]
}

export function indexBuilds(builds: readonly BuildTarget[]): BuildIndex {
  const local = builds.filter((build) => !isFetched(build))
  const borrowed = builds.flatMap(({ namedContexts, foundIn }) =>
    Object.entries(namedContexts).flatMap(([name, value]) =>
      /:\/\/|^(?:target|service):/.test(value) || value.startsWith('/')
        ? []
        : [{ name, at: foundIn, directory: cleanPath(joinPath(parentPath(foundIn.file), value)) }],
    ),
  )
  return {
    byContext: groupedBy(local, ({ context }) => cleanPath(context)),
    byDockerfile: groupedBy(
      local.filter(({ dockerfile }) => dockerfile !== null),
      ({ context, dockerfile }) => within(context, dockerfile ?? ''),
    ),
    borrowers: groupedBy(borrowed, ({ directory }) => directory),
  }
}

/** As the directory of that path ('' for the root) sees them; of several lists, one after the other. */
export function buildsSeenFrom(prefix: string, to: ToContext, indexes: readonly BuildIndex[]): ContextBuilds {
  const directory = cleanPath(prefix)
  const seen = (found: (index: BuildIndex) => readonly BuildTarget[] | undefined) =>
    indexes.flatMap((index) => (found(index) ?? []).map((build) => relativeBuild(build, to)))
  return {
    here: seen(({ byContext }) => byContext.get(directory)),
    of: (dockerfile) => seen(({ byDockerfile }) => byDockerfile.get(within(prefix, dockerfile))),
    borrowers: indexes.flatMap(({ borrowers }) =>
      (borrowers.get(directory) ?? []).map(({ name, at }) => ({ name, at: relativePlace(at, to) })),
    ),
  }
}

const within = (directory: string, path: string): string =>
  path.startsWith('/') ? path : cleanPath(joinPath(directory, path))
