/** What git tracked once: a branch may bring it back. */

import type { Git, GitResult, Host } from '../host/host.ts'
import { decodePath } from '../lib/path.ts'
import { findRepository } from './place.ts'
import { inContext, type Sources } from './sources.ts'

/** Commits that are looked through. */
const pastCommits = 300

/** A question that was asked while something else was done. */
export interface PastAhead {
  /** The repository it is about. */
  readonly top: string
  readonly answer: () => GitResult
}

/** Begins to ask, where there is a thread for it; null where there is none, or nothing to ask. */
export function askPast(host: Host, root: string): PastAhead | null {
  const top = findRepository(host, root)?.top
  const question = top === undefined ? null : questionOf(host, top)
  if (host.gitAhead === undefined || top === undefined || question === null) return null
  return { top, answer: host.gitAhead(...question) }
}

/** Paths of a directory that the last commits deleted and git does not track any more. */
export function pastPaths(
  host: Host,
  { here: { top, tracked }, prefix }: Pick<Sources, 'here' | 'prefix'>,
  ahead: PastAhead | null = null,
): readonly string[] {
  if (top === null) return []
  const question = ahead?.top === top ? null : questionOf(host, top)
  const asked = ahead?.top === top ? ahead.answer() : question && host.git?.(...question)
  if (!asked?.ok) return []
  const paths = decodePath(asked.stdout)
    .split(/[\0\n]+/)
    .filter((path) => path !== '')
  return [...new Set(inContext(paths, prefix))].filter((path) => !tracked?.has(path))
}

/** What each commit deleted; null where there are none. Two questions: log would go on through all of a history that deletes little. */
function questionOf(host: Host, top: string): Parameters<Git> | null {
  const commits = host.git?.(top, ['rev-list', '-n', String(pastCommits), 'HEAD'], {
    maxBytes: 1 << 20,
    timeoutMs: 5000,
  })
  if (!commits?.ok) return null
  return [
    top,
    ['diff-tree', '--stdin', '-r', '-z', '--name-only', '--no-renames', '--no-commit-id', '--diff-filter=D'],
    { input: commits.stdout, maxBytes: 8 << 20, timeoutMs: 5000 },
  ]
}
