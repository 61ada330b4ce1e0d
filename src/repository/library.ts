/** What the recipes of a repository can call, read when it is first asked for. */

import type { Host } from '../host/host.ts'
import { isFactOfPath, isFile } from '../host/host.ts'
import { decodePath, joinPath, parentPath } from '../lib/path.ts'
import { isForShell } from '../shell/program.ts'
import { type Makefile, readMakefile } from './makefile.ts'
import { type PackageScripts, readPackageScripts } from './package-scripts.ts'

/** Files of a repository by their path from its root. Every answer is kept, so that a file is read once. */
export interface Library {
  /** Null: absent, no regular file, larger than `mostBytes`, or enough files have been read. */
  readonly text: (path: string, mostBytes?: number) => string | null
  /** True once something was not read for that last reason. */
  readonly isFull: () => boolean
  readonly exists: (path: string) => boolean
  /** Names in a directory, sorted; none when it cannot be listed. */
  readonly list: (directory: string) => readonly string[]
  /** The text when the file is a script of a shell. */
  readonly script: (path: string) => string | null
  /** The makefile that make takes in a directory, or the named one. */
  readonly makefile: (directory: string, file: string | null) => Makefile | null
  readonly packageScripts: (directory: string) => PackageScripts | null
  /** The same of its composer.json. */
  readonly composerScripts: (directory: string) => PackageScripts | null
  /** Directories of all package.json files that were named when the library was made, by code unit. */
  readonly packages: readonly string[]
}

const mostFileBytes = 256 * 1024
const mostScriptBytes = 64 * 1024
const mostFiles = 8_000
/** Of all of them: what a repository holds must not decide how much memory is taken. */
const mostCharacters = 64 << 20

/** A library over the repository at `root` (absolute); `files` are those known to be recipes. Reads no more than 8,000 files, and 64 MB. */
export function createLibrary(host: Host, root: string, files: readonly string[]): Library {
  const texts = new Map<string, string | null>()
  const makefiles = new Map<string, Makefile>()
  const packages = new Map<string, PackageScripts | null>()
  let characters = 0
  let isFull = false
  const full = (path: string) => (root === '/' ? `/${path}` : joinPath(root, path))

  const text = (path: string, most = mostFileBytes): string | null => {
    const known = texts.get(path)
    if (known !== undefined) return known === null || known.length > most ? null : known
    if (texts.size >= mostFiles || characters > mostCharacters) {
      isFull = true
      return null
    }
    const read = readText(host, full(path))
    texts.set(path, read)
    characters += read?.length ?? 0
    return read === null || read.length > most ? null : read
  }
  const makefile = (directory: string, file: string | null): Makefile | null => {
    for (const name of file === null ? ['GNUmakefile', 'makefile', 'Makefile'] : [file]) {
      const path = joinPath(directory, name)
      const known = makefiles.get(path)
      if (known !== undefined) return known
      const read = text(path)
      if (read === null) continue
      const made = withIncludes(readMakefile(read, path), directory, text)
      makefiles.set(path, made)
      return made
    }
    return null
  }
  const scriptsIn = (path: string): PackageScripts | null => {
    const known = packages.get(path)
    if (known !== undefined) return known
    const read = text(path)
    const scripts = read === null ? null : readPackageScripts(read, path)
    packages.set(path, scripts)
    return scripts
  }
  return {
    text,
    isFull: () => isFull,
    exists: (path) => {
      try {
        return host.stat(full(path)) !== null
      } catch (thrown) {
        if (isFactOfPath(thrown)) return false
        throw thrown
      }
    },
    list: (directory) => {
      try {
        return host.list(full(directory)).sort()
      } catch (thrown) {
        if (isFactOfPath(thrown)) return []
        throw thrown
      }
    },
    script: (path) => {
      const read = text(path, mostScriptBytes)
      if (read === null) return null
      return (isForShell(read) ?? /\.(?:sh|bash)$/.test(path)) ? read : null
    },
    makefile,
    packageScripts: (directory) => scriptsIn(joinPath(directory, 'package.json')),
    composerScripts: (directory) => scriptsIn(joinPath(directory, 'composer.json')),
    packages: files
      .filter((path) => path === 'package.json' || path.endsWith('/package.json'))
      .map(parentPath)
      .sort(),
  }
}

/** What the files it includes define is used where it says nothing itself; their rules keep their own places. */
function withIncludes(
  makefile: Makefile,
  directory: string,
  text: (path: string) => string | null,
): Makefile {
  const rules = new Map(makefile.rules)
  const variables = new Map(makefile.variables)
  for (const name of makefile.includes.slice(0, 20)) {
    const read = name.startsWith('/') || name.startsWith('..') ? null : text(joinPath(directory, name))
    if (read === null) continue
    const included = readMakefile(read, joinPath(directory, name))
    for (const [target, rule] of included.rules)
      if (!rules.has(target)) rules.set(target, { ...rule, file: included.file })
    for (const [variable, value] of included.variables)
      if (!variables.has(variable)) variables.set(variable, value)
  }
  return { ...makefile, rules, variables }
}

function readText(host: Host, path: string): string | null {
  try {
    const stat = host.stat(path)
    // A pipe or a device might never end.
    if (stat === null || !isFile(stat) || stat.size > mostFileBytes) return null
    return decodePath(host.readFile(path))
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}
