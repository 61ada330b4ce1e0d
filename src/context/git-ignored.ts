/** What the repository's .gitignore files say of a path. A question about git only: it never decides about a context. */

import ignore, { type Ignore } from 'ignore'
import { type Host, isFactOfPath, isFile, isHostFailure } from '../host/host.ts'
import { decodePath, joinPath, parentPath, wellFormed } from '../lib/path.ts'
import { type EntryTable, fileKind } from './table.ts'

/** True when git would leave the entry out; files that are tracked all the same are not known here. */
export type GitIgnored = (path: string, isDirectory: boolean) => boolean

/** How far above the context a repository is looked for. */
const mostLevels = 32

/**
 * Reads the .gitignore files of the repository that holds the context, from its root down, and .git/info/exclude.
 * Null when the context is in no repository.
 */
export function readGitIgnores(host: Host, root: string, table: EntryTable): GitIgnored | null {
  const top = repositoryRoot(host, root)
  if (top === null) return null
  const below = root === top ? '' : root.slice(top.length + (top === '/' ? 0 : 1))
  const files = new Map<string, Ignore>()
  const add = (directory: string, path: string) => {
    const text = readText(host, path)
    if (text !== null)
      files.set(directory, (files.get(directory) ?? ignore({ allowRelativePaths: true })).add(text))
  }
  add('', joinPath(top, '.git/info/exclude'))
  for (let at = below; ; at = parentPath(at)) {
    add(at, joinPath(joinPath(top, at), '.gitignore'))
    if (at === '') break
  }
  const { nameStart } = table
  for (let row = 0; row < table.count; row++) {
    // The length alone rules out nearly all of them, without a name being put together.
    if ((nameStart[row + 1] ?? 0) - (nameStart[row] ?? 0) !== '.gitignore'.length) continue
    if (table.kind[row] !== fileKind || table.name(row) !== '.gitignore') continue
    const path = joinPath(below, table.path(row))
    if (parentPath(path) !== below) add(parentPath(path), joinPath(top, path))
  }
  if (files.size === 0) return () => false
  const judge = createJudge(files)
  return (path, isDirectory) => judge(joinPath(below, path), isDirectory)
}

/** Git's order: from the top down, and for each entry the nearest file that has a say. Directories are judged once. */
function createJudge(files: ReadonlyMap<string, Ignore>): GitIgnored {
  const judged = new Map<string, boolean>()
  const isDropped = (directory: string): boolean => {
    if (directory === '') return false
    const known = judged.get(directory)
    if (known !== undefined) return known
    const dropped = judge(directory, true)
    judged.set(directory, dropped)
    return dropped
  }
  const judge = (path: string, isDirectory: boolean): boolean => {
    const parent = parentPath(path)
    if (isDropped(parent)) return true
    for (let directory = parent; ; directory = parentPath(directory)) {
      const relative = directory === '' ? path : path.slice(directory.length + 1)
      const said = files.get(directory)?.test(wellFormed(relative) + (isDirectory ? '/' : ''))
      if (said?.ignored) return true
      if (said?.unignored || directory === '') return false
    }
  }
  return (path, isDirectory) => (isDirectory ? isDropped(path) : judge(path, false))
}

function repositoryRoot(host: Host, root: string): string | null {
  let at = root
  for (let level = 0; level < mostLevels; level++) {
    try {
      if (host.lstat(joinPath(at === '/' ? '' : at, '.git'))) return at
    } catch (thrown) {
      if (!isHostFailure(thrown)) throw thrown
    }
    if (at === '/' || parentPath(at) === at) return null
    at = parentPath(at) || '/'
  }
  return null
}

/** Bytes: each entry is held against each pattern. */
const largestText = 256 << 10

function readText(host: Host, path: string): string | null {
  try {
    const stat = host.stat(path)
    if (!isFile(stat)) return null
    // Of what stands in a larger one nothing is called ignored.
    return stat !== null && stat.size > largestText ? '!*' : decodePath(host.readFile(path))
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}
