/** What git lists of a commit, as a tree of entries. */

import { fail } from '../lib/errors.ts'
import { decodePath, joinPath, visiblePath } from '../lib/path.ts'
import { dirBits, fileBits, linkBits, type TreeEntry, treeEntry } from './tree.ts'

/** The name of a blob, with `@` and the number of its repository where that is a submodule's; '' for everything that is no file. */
export type CommitEntry = TreeEntry<string>

/** A checkout writes files anew, so their time is that of the checkout: any in our days takes as many bytes on the wire. */
const checkoutTimeNs = 1_700_000_000_000_000_000n
/** Permissions of what git makes under the usual umask of 022; it keeps nothing but whether a file can be run. */
const modes: Readonly<Record<string, number>> = {
  '040000': dirBits | 0o755,
  '100644': fileBits | 0o644,
  // As very old versions of git wrote it.
  '100664': fileBits | 0o644,
  '100755': fileBits | 0o755,
  '120000': linkBits | 0o777,
  // A submodule: a plain checkout leaves its directory empty.
  '160000': dirBits | 0o755,
}
const submoduleMode = '160000'
/** No system makes a link longer than that. */
const longestTarget = 4096

/** The file or link at a path from the top; null where there is none. */
export function fileAt(root: CommitEntry, path: string): CommitEntry | null {
  let at: CommitEntry | undefined = root
  for (const name of path.split('/')) at = at?.children?.get(name)
  return at === undefined || at.source === '' ? null : at
}

/** What to ask git for. */
export const listing = (commit: string) => ['ls-tree', '-r', '-t', '-l', '-z', '--full-tree', commit] as const

export interface Link {
  readonly parent: Map<string, CommitEntry>
  readonly name: string
  readonly entry: CommitEntry
}

export interface CommitTree {
  readonly root: CommitEntry
  /** By path from the top. */
  readonly directories: Map<string, CommitEntry>
  readonly links: Link[]
  /** Files and links by their paths from the top, in git's order. */
  readonly paths: string[]
  /** The commits of those that are empty directories, by path from the top. */
  readonly submodules: Map<string, string>
  inodes: number
}

const directoryEntry = (ino: number): CommitEntry =>
  treeEntry({ mode: dirBits | 0o755, size: 4096, ino, mtimeNs: checkoutTimeNs, source: '' })

export function emptyTree(): CommitTree {
  const root = directoryEntry(1)
  return {
    root,
    directories: new Map([['', root]]),
    links: [],
    paths: [],
    submodules: new Map(),
    inodes: 1,
  }
}

export interface Listed {
  readonly commit: string
  /** The directory from the top that it is the content of; '' for the top. */
  readonly below: string
  /** Which of the repositories has its objects. */
  readonly repository: number
}

/** Adds what git listed. The lines of `ls-tree -r -t -l -z`: mode, type, name of the object, size padded to 7, tab, path. */
export function readTree(tree: CommitTree, output: Uint8Array, { commit, below, repository }: Listed): void {
  const { directories, links, paths, submodules } = tree
  const where = repository === 0 ? '' : `@${repository}`
  // One byte a character first: to decode each of many lines by itself would take longer than all the rest.
  for (const line of Buffer.from(output.buffer, output.byteOffset, output.length)
    .toString('latin1')
    .split('\0')) {
    const tab = line.indexOf('\t')
    if (tab < 0) continue
    const [mode = '', type, source = '', size = ''] = line.slice(0, tab).split(/ +/)
    const path = joinPath(below, textOf(line.slice(tab + 1)))
    const cut = path.lastIndexOf('/')
    const name = path.slice(cut + 1)
    const parent = directories.get(cut < 0 ? '' : path.slice(0, cut))?.children
    // Made by hand: git refuses to check such names out.
    if (!parent || name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git') continue
    const bits = modes[mode]
    if (bits === undefined) continue
    const ino = ++tree.inodes
    if (type !== 'blob') {
      const entry = directoryEntry(ino)
      parent.set(name, entry)
      directories.set(path, entry)
      if (mode === submoduleMode) submodules.set(path, source)
      continue
    }
    // A clone that leaves objects out (git clone --filter) does not even know their sizes.
    if (!/^\d+$/.test(size))
      throw fail(
        'GIT_UNAVAILABLE',
        `this clone lacks ${visiblePath(path)} of commit ${commit.slice(0, 12)}`,
        {
          hint: 'it is a partial clone: git fetch --refetch --no-filter brings all of it',
        },
      )
    const entry = treeEntry({
      mode: bits,
      size: Number(size),
      ino,
      mtimeNs: checkoutTimeNs,
      source: source + where,
    })
    parent.set(name, entry)
    paths.push(path)
    if (mode === '120000' && Number(size) <= longestTarget) links.push({ parent, name, entry })
  }
}

const textOf = (latin1: string): string =>
  /[\x80-\xff]/.test(latin1) ? decodePath(Buffer.from(latin1, 'latin1')) : latin1
