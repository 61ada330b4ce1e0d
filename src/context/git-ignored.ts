/** What the repository's .gitignore files say of a path. A question about git only: it never decides about a context. */

import ignore, { type Ignore } from 'ignore'
import { type Host, isFactOfPath, isFile, isHostFailure } from '../host/host.ts'
import { matchGlob } from '../lib/glob.ts'
import { decodePath, joinPath, parentPath, wellFormed } from '../lib/path.ts'
import { type EntryTable, fileKind } from './table.ts'

/** True when git would leave the entry out; files that are tracked all the same are not known here. */
export type GitIgnored = (path: string, isDirectory: boolean) => boolean

/** A line of a .gitignore as it is about a context. */
export interface GitRule {
  /** In git's language and from `directory`: without a slash at either end, and without `!`. */
  readonly glob: string
  /** Of the context; '' is its root. */
  readonly directory: string
  /** True for what lies at any depth below that directory. */
  readonly anywhere: boolean
}

/** The lines behind what git ignores. */
export interface GitRules {
  /** The line by which git leaves the entry out, or a directory that it lies in; null where it does not, or where that line is about no path of the context. */
  readonly ruleFor: (path: string, isDirectory: boolean) => GitRule | null
  /** What is let in again, in whichever file it says so. */
  readonly exceptions: readonly GitRule[]
}

export interface GitIgnores {
  readonly ignored: GitIgnored
  readonly rules: GitRules
}

/** How far above the context a repository is looked for. */
const mostLevels = 32

/**
 * Reads the .gitignore files of the repository that holds the context, from its root down, and .git/info/exclude.
 * Null when the context is in no repository.
 */
export function readGitIgnores(host: Host, root: string, table: EntryTable): GitIgnores | null {
  const top = repositoryRoot(host, root)
  if (top === null) return null
  const below = root === top ? '' : root.slice(top.length + (top === '/' ? 0 : 1))
  const files = new Map<string, Ignore>()
  const exceptions: GitRule[] = []
  const add = (directory: string, path: string) => {
    const text = readText(host, path)
    if (text === null) return
    files.set(directory, (files.get(directory) ?? ignore({ allowRelativePaths: true })).add(text))
    for (const line of text.split(/\r?\n/)) {
      const exception = line.startsWith('!') ? ruleOf(line.slice(1), directory, below) : null
      if (exception !== null) exceptions.push(exception)
    }
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
  const judge = createJudge(files)
  return {
    ignored: (path, isDirectory) => judge(joinPath(below, path), isDirectory) !== null,
    rules: {
      ruleFor: (path, isDirectory) => {
        const said = judge(joinPath(below, path), isDirectory)
        return said && ruleOf(said.pattern, said.directory, below)
      },
      exceptions,
    },
  }
}

/** A pattern as it is written, and the directory of its file from the top of the repository. */
interface Said {
  readonly pattern: string
  readonly directory: string
}

/** Git's order: from the top down, and for each entry the nearest file that has a say. Directories are judged once. */
function createJudge(
  files: ReadonlyMap<string, Ignore>,
): (path: string, isDirectory: boolean) => Said | null {
  const judged = new Map<string, Said | null>()
  const directoryDropped = (directory: string): Said | null => {
    if (directory === '') return null
    const known = judged.get(directory)
    if (known !== undefined) return known
    const dropped = judge(directory, true)
    judged.set(directory, dropped)
    return dropped
  }
  const judge = (path: string, isDirectory: boolean): Said | null => {
    const parent = parentPath(path)
    const above = directoryDropped(parent)
    if (above !== null) return above
    for (let directory = parent; ; directory = parentPath(directory)) {
      const relative = directory === '' ? path : path.slice(directory.length + 1)
      const said = files.get(directory)?.test(wellFormed(relative) + (isDirectory ? '/' : ''))
      if (said?.ignored) return { pattern: said.rule?.pattern ?? '', directory }
      if (said?.unignored || directory === '') return null
    }
  }
  return (path, isDirectory) => (isDirectory ? directoryDropped(path) : judge(path, false))
}

/** Null for a pattern that says nothing of the context: https://git-scm.com/docs/gitignore#_pattern_format. */
function ruleOf(pattern: string, directory: string, below: string): GitRule | null {
  const glob = pattern.trimEnd().replace(/\/$/, '')
  const anywhere = !glob.includes('/')
  const written = glob.replace(/^\//, '')
  if (written === '') return null
  if (directory.length >= below.length)
    return {
      glob: written,
      directory: below === '' ? directory : directory.slice(below.length + 1),
      anywhere,
    }
  if (anywhere) return { glob: written, directory: '', anywhere }
  // From above: what leads down to the context is taken off.
  const rest = written.split('/')
  const names = below.slice(directory === '' ? 0 : directory.length + 1).split('/')
  const isAbove =
    names.length < rest.length &&
    names.every((name, i) => rest[i] !== '**' && matchGlob(rest[i] ?? '', name) === 'match')
  // Two stars may stand for any of them, and for what is below the context.
  if (rest[0] === '**') return { glob: rest.slice(1).join('/'), directory: '', anywhere: true }
  return isAbove ? { glob: rest.slice(names.length).join('/'), directory: '', anywhere: false } : null
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
