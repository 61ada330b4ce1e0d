/** What submodules hold at the commits that a commit names: read from their own repositories, as far as this clone has them. */

import { CtxsizeError } from '../lib/errors.ts'
import { joinPath } from '../lib/path.ts'
import { type CommitTree, listing, readTree } from './commit-tree.ts'
import { entryAt, type Git, type Host } from './host.ts'
import { type Ask, askerOf } from './ref.ts'

export interface SubmoduleOptions {
  /** Which of them to fill, by path from the top. */
  readonly fills: (path: string) => boolean
  /** Directories in which git keeps the repositories of submodules, each under the submodule's name: `.git/modules`. */
  readonly stores: readonly string[]
}

interface Filling {
  readonly base: Host
  readonly top: string
  readonly options: SubmoduleOptions
  /** The text of a file of the tree; null where there is none. */
  readonly textOf: (path: string) => string | null
  /** Added to: where the objects of each are. */
  readonly repositories: Ask[]
  /** Added to: those that cannot be filled. */
  readonly missing: string[]
}

/** Submodules in submodules in submodules. */
const mostLevels = 8

/** Fills the empty directories of the tree, from the top down. A submodule that cannot be read stays empty. */
export function fillSubmodules(tree: CommitTree, filling: Filling): void {
  for (let level = 0; level < mostLevels; level++) {
    const wanted = [...tree.submodules].filter(
      ([path]) => filling.options.fills(path) && !filling.missing.includes(path),
    )
    if (wanted.length === 0) return
    for (const [path, commit] of wanted) if (!fill(tree, path, commit, filling)) filling.missing.push(path)
  }
}

function fill(tree: CommitTree, path: string, commit: string, filling: Filling): boolean {
  for (const git of repositoriesOf(path, filling)) {
    const listed = orNull(() => git(listing(commit)))
    if (listed === null) continue
    tree.submodules.delete(path)
    readTree(tree, listed, { commit, below: path, repository: filling.repositories.push(git) - 1 })
    return true
  }
  return false
}

/** Where it is checked out; else where git keeps it when it is not. */
function* repositoriesOf(path: string, { base, top, options, textOf }: Filling): Generator<Ask> {
  const directory = joinPath(top, path)
  if (entryAt(base, joinPath(directory, '.git')) !== null) yield askerOf(base.git, directory)
  const { git } = base
  const name = nameOf(path, textOf('.gitmodules') ?? '')
  if (git === null || name === null) return
  for (const store of options.stores) {
    const gitDir = joinPath(store, name)
    if (entryAt(base, joinPath(gitDir, 'HEAD')) === null) continue
    const within: Git = (at, args, options) => git(at, args, { ...options, gitDir })
    yield askerOf(within, top)
  }
}

/** As .gitmodules says it, else the path: https://git-scm.com/docs/gitmodules. Null for a name that leads elsewhere. */
function nameOf(path: string, text: string): string | null {
  let name = path
  let section: string | null = null
  for (const line of text.split('\n')) {
    const head = /^\s*\[submodule "([^"\\]+)"\]/.exec(line)
    if (head) section = head[1] ?? null
    else if (/^\s*\[/.test(line)) section = null
    else if (section !== null && /^\s*path\s*=\s*"?(.*?)"?\s*$/.exec(line)?.[1] === path) name = section
  }
  return name.startsWith('/') || name.split('/').some((part) => part === '..' || part === '') ? null : name
}

function orNull<T>(ask: () => T): T | null {
  try {
    return ask()
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return null
    throw thrown
  }
}
