/** Sources that name something of .git: which paths git can ever put there, so that a line for another is no danger to them. Pure. */

import { matchGlob } from '../../lib/glob.ts'

/** https://git-scm.com/docs/gitrepository-layout */
const files = 'HEAD ORIG_HEAD FETCH_HEAD COMMIT_EDITMSG config description index packed-refs shallow'.split(
  ' ',
)
const directories = 'branches hooks info lfs logs modules objects refs rr-cache worktrees'.split(' ')

/** What a source (cleaned, from the root of the context) stands for: one of git's files, below which nothing lies, its refs, or null for anything else. */
export function ofGit(source: string): 'file' | 'refs' | null {
  if (source.startsWith('.git/refs/')) return 'refs'
  const matching = (names: readonly string[]) =>
    names.filter((name) => matchGlob(source, `.git/${name}`) === 'match')
  const [found, within] = [matching(files), matching(directories)]
  if (within.length === 0) return found.length > 0 ? 'file' : null
  return found.length === 0 && within.every((name) => name === 'refs') ? 'refs' : null
}

/**
 * False for a line of which no ref can be called what it drops: no part of its name begins with a dot or has a `~`
 * (https://git-scm.com/docs/git-check-ref-format). A branch may well be called `dist`.
 */
export function mayBeRef(line: string): boolean {
  const names = line.startsWith('**/') ? line.slice(3).split('/') : []
  return !names.some(
    (name) => (/^\.[\w.-]+$/.test(name) && name !== '.git') || /^[\w.*-]*~[\w.*-]*$/.test(name),
  )
}
