/** A repository as it was at a commit, read from its objects: nothing is checked out, nothing is run, nothing is written. */

import { decodePath, encodePath } from '../lib/path.ts'
import { checkoutDoubts, lfsPointers } from './checkout-doubts.ts'
import { type CommitEntry, emptyTree, fileAt, listing, readTree } from './commit-tree.ts'
import type { Host } from './host.ts'
import { type Ask, askerOf, resolveCommit } from './ref.ts'
import { fillSubmodules, type SubmoduleOptions } from './submodules.ts'
import { createTreeHost, hostFailure } from './tree.ts'

export interface CommitOptions {
  /** Top of the working tree: clean, absolute, as the base host knows it. */
  readonly top: string
  readonly ref: string
  /** Submodules to fill; left out: none, which is how a plain checkout leaves them. */
  readonly submodules?: SubmoduleOptions
  /** Answers for what lies outside of the working tree; left out: there is nothing. */
  readonly outside?: Host
}

/** A commit that is open for questions beyond those that a host answers. */
export interface OpenedCommit {
  readonly host: Host
  /** Its name, 40 or 64 hexadecimal digits. */
  readonly commit: string
  /** The name of the blob at a path from the top; null where there is no file or link. */
  readonly blobOf: (path: string) => string | null
  /** Files that are Git LFS pointers, by path from the top: bytes that a checkout with LFS has there; null where LFS is not in use. Reads small files. */
  readonly pointers: () => ReadonlyMap<string, number> | null
  /** Submodules that were to be filled and whose commit is not to be had, by path from the top. */
  readonly missing: readonly string[]
}

/**
 * The working tree as a fresh checkout of `ref` would make it, without `.git`. Outside of it there is nothing. Needs
 * `base.git`. Throws `REF_NOT_FOUND` for what is no commit, and `GIT_UNAVAILABLE`. Costs two or three calls of git, and a
 * few more for the contents that are asked for.
 */
export function createCommitHost(base: Host, options: CommitOptions): Host {
  return openCommit(base, options).host
}

/** As {@link createCommitHost}. */
export function openCommit(base: Host, { top, ref, submodules, outside }: CommitOptions): OpenedCommit {
  const git = askerOf(base.git, top)
  const commit = resolveCommit(git, ref)
  const tree = emptyTree()
  const repositories = [git]
  readTree(tree, git(listing(commit)), { commit, below: '', repository: 0 })
  const blobs = blobReader(repositories, tree.root)
  const missing: string[] = []
  if (submodules !== undefined)
    fillSubmodules(tree, {
      ...{ base, top, repositories, missing },
      options: submodules,
      textOf: (path) => {
        const found = fileAt(tree.root, path)
        return found && decodePath(blobs.one(found))
      },
    })
  const { root, links, paths } = tree
  const targets = blobs.all(links.map(({ entry }) => entry.source))
  for (const { parent, name, entry } of links) {
    const target = targets.get(entry.source)
    if (target) parent.set(name, { ...entry, target: decodePath(target) })
  }
  const empty = [...tree.submodules.keys()]
  const doubts = (directory: string) =>
    checkoutDoubts({
      root,
      below: directory === top ? '' : directory.slice(top.length + 1),
      commit: commit.slice(0, 12),
      submodules: empty,
      contents: blobs.all,
    })
  const host = createTreeHost(
    base,
    { top: root, confined: false, read: (entry) => blobs.one(entry) },
    {
      standIn: { root: top, archive: null, tracked: { paths, submodules: empty }, doubts },
      outside: outside ?? null,
    },
  )
  return {
    host,
    commit,
    blobOf: (path) => fileAt(root, path)?.source.replace(/@.*/, '') ?? null,
    pointers: () => lfsPointers(root, blobs.all),
    missing,
  }
}

interface Blobs {
  readonly one: (entry: CommitEntry) => Uint8Array
  /** The contents by name of the blob; those that this clone lacks are left out. Costs one call of git. */
  readonly all: (sources: readonly string[]) => ReadonlyMap<string, Uint8Array>
}

const largestTogether = 256 << 10
const mostTogether = 16 << 20
/** What is kept, in bytes, before it is forgotten. */
const mostKept = 128 << 20
/** Files asked for one by one before a stretch of the tree is fetched for each that is missing. */
const fewAsked = 6

/** Each call of git costs some milliseconds, so what will be asked for next comes along: the files of the same name, then of the neighbourhood. */
function blobReader(repositories: readonly Ask[], root: CommitEntry): Blobs {
  const known = new Map<string, Uint8Array>()
  let keptBytes = 0
  let asked = 0
  let files: readonly { readonly name: string; readonly entry: CommitEntry }[] | null = null

  const all = (sources: readonly string[]): ReadonlyMap<string, Uint8Array> => {
    const missing = [...new Set(sources)].filter((source) => !known.has(source))
    if (missing.length > 0) {
      if (keptBytes > mostKept) {
        known.clear()
        keptBytes = 0
        return all(sources)
      }
      for (const [source, bytes] of fetch(repositories, missing)) {
        known.set(source, bytes)
        keptBytes += bytes.length
      }
    }
    return known
  }

  const companions = (entry: CommitEntry): readonly string[] => {
    files ??= filesBelow(root)
    const at = files.findIndex((file) => file.entry === entry)
    const name = files[at]?.name
    const some: string[] = []
    let bytes = 0
    const near = asked > fewAsked
    for (let i = near ? at : 0; i < files.length; i++) {
      const file = files[i]
      if (!file || file.entry.size > largestTogether || (!near && file.name !== name)) continue
      bytes += file.entry.size
      if (bytes > mostTogether) break
      some.push(file.entry.source)
    }
    return some
  }

  const one = (entry: CommitEntry): Uint8Array => {
    let bytes = known.get(entry.source)
    if (bytes === undefined) {
      asked++
      bytes = all([entry.source, ...companions(entry)]).get(entry.source)
    }
    if (bytes === undefined) throw hostFailure('EIO', entry.source)
    return bytes
  }
  return { one, all }
}

function filesBelow(root: CommitEntry): { readonly name: string; readonly entry: CommitEntry }[] {
  const found: { readonly name: string; readonly entry: CommitEntry }[] = []
  const visit = (directory: CommitEntry) => {
    for (const [name, entry] of directory.children ?? []) {
      if (entry.children) visit(entry)
      else if (entry.source !== '') found.push({ name, entry })
    }
  }
  visit(root)
  return found
}

const mostFetched = 1 << 30

function* fetch(
  repositories: readonly Ask[],
  sources: readonly string[],
): Generator<readonly [source: string, bytes: Uint8Array]> {
  for (const [index, git] of repositories.entries()) {
    const where = index === 0 ? '' : `@${index}`
    const own = sources.flatMap((source) => {
      const [name = '', repository = '0'] = source.split('@')
      return Number(repository) === index ? [name] : []
    })
    if (own.length > 0) for (const [name, bytes] of fetchBlobs(git, own)) yield [name + where, bytes]
  }
}

/** `cat-file --batch`: for each name a line `<name> blob <size>`, the contents, a line break; `<name> missing` for the rest. */
function* fetchBlobs(
  git: Ask,
  names: readonly string[],
): Generator<readonly [name: string, bytes: Uint8Array]> {
  const output = git(['cat-file', '--batch'], {
    input: encodePath(`${names.join('\n')}\n`),
    maxBytes: mostFetched,
  })
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at)
    if (end < 0) break
    const [name = '', type, size = ''] = decodePath(output.subarray(at, end)).split(' ')
    at = end + 1
    if (type !== 'blob') continue
    const length = Number(size)
    yield [name, output.subarray(at, at + length)]
    at += length + 1
  }
}
