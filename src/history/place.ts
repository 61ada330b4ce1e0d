/** Which repository a build's history is, and how its paths and those of the contexts are told from each other. */

import { type EntryTable, flag } from '../context/table.ts'
import { type Host, realPathAt } from '../host/host.ts'
import { createPatternList } from '../ignore/matcher.ts'
import { parseIgnoreFile } from '../ignore/parse.ts'
import { hasRawBytes, joinPath, parentPath } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import { findRepository, type RepositoryPlace } from '../repository/place.ts'
import type { ReplayContext } from './questions.ts'
import { createSends } from './watch.ts'

/**
 * The repository around the context; for a context that holds repositories instead, the one of the Dockerfile, or the
 * only one. Null when there is none.
 */
export function historyPlace(host: Host, { main, dockerfile }: MeasuredBuild): RepositoryPlace | null {
  const { root } = main.context
  const around = findRepository(host, root)
  if (around !== null) return around
  const beside = findRepository(host, joinPath(root, parentPath(dockerfile.file)))
  if (beside !== null) return beside
  const [only, ...more] = repositoriesIn(main.table)
  return only === undefined || more.length > 0 ? null : findRepository(host, joinPath(root, only))
}

/** Directories of the context in which a repository lies, `.git` itself dropped or not. */
export function repositoriesIn(table: EntryTable): readonly string[] {
  const found: string[] = []
  for (let row = 0; row < table.count; row++) {
    // What lies in a directory that nobody enters is not there to be found.
    if ((table.flags[row] ?? 0) & flag.unreadable) continue
    if (table.name(row) === '.git') found.push(parentPath(table.path(row)))
  }
  return found
}

/** Contexts as replays take them: builds that share one share it, and what is asked of its paths. */
export interface ReplayContexts {
  /** The main one of the build, and those it names; those outside of the repository cannot change with a commit. */
  readonly of: (build: Pick<MeasuredBuild, 'main' | 'named'>) => readonly ReplayContext[]
  /** The context, were this its ignore file. */
  readonly under: (context: ReplayContext, text: string) => ReplayContext
}

export function createContexts(host: Host, place: RepositoryPlace): ReplayContexts {
  const contextOf = ({ context, table }: MeasuredBuild['main']): ReplayContext => {
    const root = realPathAt(host, context.root) ?? context.root
    const { above, ...mapped } = mapping(place.top, root)
    return {
      name: context.name,
      sends: createSends(context.patterns),
      table,
      ...mapped,
      // The pointer file of a worktree or a submodule stays as it is.
      gitDir: above !== null && place.gitDir === joinPath(place.top, '.git') ? joinPath(above, '.git') : null,
    }
  }
  // A table is of one directory as one ignore file leaves it.
  const known = new Map<EntryTable, ReplayContext[]>()
  const changed = new Map<ReplayContext, Map<string, ReplayContext>>()
  return {
    of: ({ main, named }) =>
      [main, ...named].map((survey) => {
        const alike = known.get(survey.table) ?? []
        known.set(survey.table, alike)
        const found = alike.find(({ name }) => name === survey.context.name)
        if (found !== undefined) return found
        const made = contextOf(survey)
        alike.push(made)
        return made
      }),
    under: (context, text) => {
      const texts = changed.get(context) ?? new Map<string, ReplayContext>()
      changed.set(context, texts)
      const made = texts.get(text) ?? {
        ...context,
        sends: createSends(createPatternList(parseIgnoreFile(text).compiled)),
      }
      texts.set(text, made)
      return made
    },
  }
}

interface Mapping extends Pick<ReplayContext, 'toContext' | 'isWithin'> {
  /** The top of the repository as the context has it; null where it does not hold it. */
  readonly above: string | null
}

function mapping(top: string, root: string): Mapping {
  const isWithin = () => false
  if (root === top) return { toContext: (path) => path, isWithin, above: '' }
  const inTop = top === '/' ? '/' : `${top}/`
  if (root.startsWith(inTop)) {
    const below = `${root.slice(inTop.length)}/`
    // The context itself may have been another repository.
    return {
      toContext: (path) => (path.startsWith(below) ? path.slice(below.length) : null),
      isWithin: (directory) => below.startsWith(`${directory}/`),
      above: null,
    }
  }
  const inRoot = root === '/' ? '/' : `${root}/`
  if (!top.startsWith(inRoot)) return { toContext: () => null, isWithin, above: null }
  const above = top.slice(inRoot.length)
  return { toContext: (path) => `${above}/${path}`, isWithin, above }
}

/** The part of the repository that all of the contexts lie in; '' when it is all of it, or when git cannot be told. */
export function commonBelow(host: Host, { top }: RepositoryPlace, roots: readonly string[]): string {
  const inTop = top === '/' ? '/' : `${top}/`
  const real = roots.map((root) => realPathAt(host, root) ?? root)
  if (real.some((root) => root === top || top.startsWith(root === '/' ? '/' : `${root}/`))) return ''
  const inside = real
    .filter((root) => root.startsWith(inTop))
    .map((root) => root.slice(inTop.length).split('/'))
  const [first, ...more] = inside
  let length = first?.length ?? 0
  for (const parts of more) {
    let same = 0
    while (same < length && parts[same] === first?.[same]) same++
    length = same
  }
  const below = (first ?? []).slice(0, length).join('/')
  return hasRawBytes(below) ? '' : below
}
