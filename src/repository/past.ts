/** What git tracked once: a branch may bring it back. */

import type { GitResult, GitStep, Host } from '../host/host.ts'
import { decodePath } from '../lib/path.ts'
import { findRepository, indexedFiles } from './place.ts'
import type { Sources } from './sources.ts'
import { inContext } from './to-context.ts'

/** Commits that are looked through. */
const pastCommits = 300

/** What was asked while something else was done. */
export interface PastAhead {
  /** The repository it is about. */
  readonly top: string
  readonly answers: () => readonly GitResult[]
}

/** A thread takes as long to begin as git takes for the past of fewer files. */
const aheadFromFiles = 2000

/** As {@link askPast}, for who has nothing else to ask: only where it is worth a thread. */
export const askLargePast = (host: Host, root: string): PastAhead | null =>
  indexedFiles(host, root) < aheadFromFiles ? null : askPast(host, root)

/** Begins to ask, where there is a thread for it; null where there is none, or nothing to ask. */
export function askPast(host: Host, root: string): PastAhead | null {
  const top = host.gitAhead === undefined ? undefined : findRepository(host, root)?.top
  if (host.gitAhead === undefined || top === undefined) return null
  return { top, answers: host.gitAhead(top, [commits, { ...deletions, words: 1 }]) }
}

/** Paths of a directory that the last commits deleted and git does not track any more. `known`: what they deleted, by repository; written to. */
export function pastPaths(
  host: Host,
  { here: { top, tracked }, prefix }: Pick<Sources, 'here' | 'prefix'>,
  known: Map<string, readonly string[]>,
  ahead: PastAhead | null = null,
): readonly string[] {
  if (top === null) return []
  const paths = known.get(top) ?? deletedPaths(ahead?.top === top ? ahead.answers()[1] : deleted(host, top))
  known.set(top, paths)
  return inContext(paths, prefix).filter((path) => !tracked?.has(path))
}

function deletedPaths(asked: GitResult | undefined): readonly string[] {
  if (!asked?.ok) return []
  const paths = decodePath(asked.stdout).split(/[\0\n]+/)
  return [...new Set(paths.filter((path) => path !== ''))]
}

function deleted(host: Host, top: string): GitResult | undefined {
  const line = host.git?.(top, commits.args, commits.options)
  if (!line?.ok) return undefined
  return host.git?.(top, deletions.args, { ...deletions.options, input: line.stdout })
}

// Two questions: log would go on through all of a history that deletes little.
const commits = {
  args: ['rev-list', '-n', String(pastCommits), 'HEAD'],
  options: { maxBytes: 1 << 20, timeoutMs: 5000 },
} satisfies GitStep
const deletions = {
  args: [
    'diff-tree',
    '--stdin',
    '-r',
    '-z',
    '--name-only',
    '--no-renames',
    '--no-commit-id',
    '--diff-filter=D',
  ],
  options: { maxBytes: 8 << 20, timeoutMs: 5000 },
} satisfies GitStep
