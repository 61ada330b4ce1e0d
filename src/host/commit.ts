/** A repository as it was at a commit, read from its objects: nothing is checked out, nothing is run, nothing is written. */

import { CtxsizeError, fail } from '../lib/errors.ts'
import { decodePath, encodePath, hasRawBytes, visiblePath } from '../lib/path.ts'
import { checkoutDoubts } from './checkout-doubts.ts'
import type { Git, GitResult, Host } from './host.ts'
import {
  createTreeHost,
  dirBits,
  fileBits,
  hostFailure,
  linkBits,
  type TreeEntry,
  treeEntry,
} from './tree.ts'

/** The name of a blob; '' for everything that is no file. */
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

/**
 * The working tree whose top is `top` (clean, absolute, as the base host knows it) as a fresh checkout of `ref` would make
 * it, without `.git`. Outside of it there is nothing. Needs `base.git`. Throws `REF_NOT_FOUND` for what is no commit, and
 * `GIT_UNAVAILABLE`. Costs two or three calls of git, and a few more for the contents that are asked for.
 */
export function createCommitHost(
  base: Host,
  { top, ref }: { readonly top: string; readonly ref: string },
): Host {
  const git = askerOf(base.git, top)
  const commit = resolve(git, ref)
  const listed = git(['ls-tree', '-r', '-t', '-l', '-z', '--full-tree', commit])
  const { root, links, submodules, paths } = readTree(listed, commit)
  const blobs = blobReader(git, root)
  const targets = blobs.all(links.map(({ entry }) => entry.source))
  for (const { parent, name, entry } of links) {
    const target = targets.get(entry.source)
    if (target) parent.set(name, { ...entry, target: decodePath(target) })
  }
  const doubts = (directory: string) =>
    checkoutDoubts({
      root,
      below: directory === top ? '' : directory.slice(top.length + 1),
      commit: commit.slice(0, 12),
      submodules,
      contents: blobs.all,
    })
  return createTreeHost(
    base,
    { top: root, confined: false, read: (entry) => blobs.one(entry) },
    { standIn: { root: top, archive: null, tracked: { paths, submodules }, doubts }, outside: null },
  )
}

type Ask = (args: Parameters<Git>[1], options?: Parameters<Git>[2]) => Uint8Array

/** Git with its troubles as errors. */
function askerOf(git: Git | null, top: string): Ask {
  const unavailable = (message: string, hint: string) => fail('GIT_UNAVAILABLE', message, { hint })
  if (git === null) throw unavailable('there is no git to read the commit with', 'install git')
  return (args, options) => {
    const result = git(top, args, options)
    if (result.trouble === null) return result.stdout
    throw troubleOf(result, top, unavailable)
  }
}

function troubleOf(
  { trouble, stderr, code }: GitResult,
  top: string,
  unavailable: (message: string, hint: string) => CtxsizeError,
): Error {
  switch (trouble) {
    case 'no-git':
      return unavailable('git is not installed', 'install git')
    case 'no-repository':
      return unavailable('git finds no repository here', 'run ctxsize in the clone whose commit is meant')
    case 'dubious-ownership':
      return unavailable(
        'the git repository belongs to another user, and git refuses to read it',
        `if you trust it: git config --global --add safe.directory ${quoted(top)}`,
      )
    case 'too-much':
      return unavailable('the commit is larger than can be held', 'measure a checkout of it')
    case 'too-long':
      return unavailable('git did not answer in time', 'try again, or measure a checkout of it')
    default:
      return unavailable(
        `git failed: ${stderr.split('\n')[0] || `exit code ${code}`}`,
        'git fsck tells whether the repository is whole',
      )
  }
}

const quoted = (path: string): string =>
  /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`

/** The commit's own name. */
function resolve(git: Ask, ref: string): string {
  const unknown = (hint: string) => fail('REF_NOT_FOUND', `no such commit: ${visiblePath(ref)}`, { hint })
  if (ref === '' || ref.startsWith('-') || /[\0-\x1f\x7f]/.test(ref) || hasRawBytes(ref))
    throw unknown('give a branch, a tag or a commit')
  let said: string
  try {
    said = decodePath(git(['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`]))
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError) || !thrown.message.startsWith('git failed')) throw thrown
    const shallow = decodePath(git(['rev-parse', '--is-shallow-repository'])).trim() === 'true'
    throw unknown(
      shallow
        ? 'this clone is shallow: git fetch --unshallow brings the rest (in CI: a checkout with its history, fetch-depth: 0)'
        : 'git branch --all and git tag list what there is; git fetch brings what is new',
    )
  }
  const [commit] = /^[0-9a-f]{40,64}$/m.exec(said) ?? []
  if (commit === undefined) throw unknown('give a branch, a tag or a commit')
  return commit
}

interface Link {
  readonly parent: Map<string, CommitEntry>
  readonly name: string
  readonly entry: CommitEntry
}

interface CommitTree {
  readonly root: CommitEntry
  readonly links: readonly Link[]
  /** Files and links, and submodules, by their paths in git's order. */
  readonly paths: readonly string[]
  readonly submodules: readonly string[]
}

/** The lines of `ls-tree -r -t -l -z`: mode, type, name of the object, size padded to 7, tab, path. */
function readTree(output: Uint8Array, commit: string): CommitTree {
  const directory = (ino: number): CommitEntry =>
    treeEntry({ mode: dirBits | 0o755, size: 4096, ino, mtimeNs: checkoutTimeNs, source: '' })
  const root = directory(1)
  const directories = new Map<string, CommitEntry>([['', root]])
  const links: Link[] = []
  const paths: string[] = []
  const submodules: string[] = []
  let ino = 1
  // One byte a character first: to decode each of many lines by itself would take longer than all the rest.
  for (const line of Buffer.from(output.buffer, output.byteOffset, output.length)
    .toString('latin1')
    .split('\0')) {
    const tab = line.indexOf('\t')
    if (tab < 0) continue
    const [mode = '', type, source = '', size = ''] = line.slice(0, tab).split(/ +/)
    const path = textOf(line.slice(tab + 1))
    const cut = path.lastIndexOf('/')
    const name = path.slice(cut + 1)
    const parent = directories.get(cut < 0 ? '' : path.slice(0, cut))?.children
    // Made by hand: git refuses to check such names out.
    if (!parent || name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git') continue
    const bits = modes[mode]
    if (bits === undefined) continue
    ino++
    if (type !== 'blob') {
      const entry = directory(ino)
      parent.set(name, entry)
      if (mode === submoduleMode) submodules.push(path)
      else directories.set(path, entry)
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
    const entry = treeEntry({ mode: bits, size: Number(size), ino, mtimeNs: checkoutTimeNs, source })
    parent.set(name, entry)
    paths.push(path)
    if (mode === '120000' && Number(size) <= longestTarget) links.push({ parent, name, entry })
  }
  return { root, links, paths, submodules }
}

const textOf = (latin1: string): string =>
  /[\x80-\xff]/.test(latin1) ? decodePath(Buffer.from(latin1, 'latin1')) : latin1

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
function blobReader(git: Ask, root: CommitEntry): Blobs {
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
      for (const [source, bytes] of fetch(git, missing)) {
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

/** `cat-file --batch`: for each name a line `<name> blob <size>`, the contents, a line break; `<name> missing` for the rest. */
function fetch(git: Ask, sources: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  const output = git(['cat-file', '--batch'], {
    input: encodePath(`${sources.join('\n')}\n`),
    maxBytes: mostFetched,
  })
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at)
    if (end < 0) break
    const [source = '', type, size = ''] = decodePath(output.subarray(at, end)).split(' ')
    at = end + 1
    if (type !== 'blob') continue
    const length = Number(size)
    found.set(source, output.subarray(at, at + length))
    at += length + 1
  }
  return found
}
