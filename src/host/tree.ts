/** A host whose directory is no directory of a disk: entries that were read from elsewhere, held as a tree. */

import { cleanPath, joinPath } from '../lib/path.ts'
import type { Host, HostStat, StandIn } from './host.ts'

/** `source` is whatever finds the contents of a file again. Several names of one entry are one object. */
export interface TreeEntry<Source> {
  /** POSIX type and permission bits. */
  readonly mode: number
  readonly size: number
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** Of a symbolic link; '' for everything else. */
  readonly target: string
  readonly rdev: number
  readonly ino: number
  nlink: number
  /** By name; null for everything but directories. */
  readonly children: Map<string, TreeEntry<Source>> | null
  readonly source: Source
}

export interface Tree<Source> {
  readonly top: TreeEntry<Source>
  /** True: links cannot lead out, `/` is the top, as builders see what they unpacked. */
  readonly confined: boolean
  /** The contents, at least the first `most` bytes of them where it can tell as many. Throws a HostFailure for contents that it does not have. */
  readonly read: (entry: TreeEntry<Source>, most: number) => Uint8Array
}

export const fileBits = 0o100000
export const dirBits = 0o040000
export const linkBits = 0o120000

const typeOf = (mode: number): number => mode & 0o170000

/** What a host throws. */
export function hostFailure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

/** An entry with what most of them have in common. */
export function treeEntry<Source>(
  entry: Pick<TreeEntry<Source>, 'mode' | 'source' | 'ino' | 'mtimeNs'> & Partial<TreeEntry<Source>>,
): TreeEntry<Source> {
  return {
    size: 0,
    target: '',
    rdev: 0,
    nlink: 1,
    children: typeOf(entry.mode) === dirBits ? new Map() : null,
    ...entry,
  }
}

export interface Found<Source> {
  readonly entry: TreeEntry<Source>
  /** Without links, relative to the top; '' for the top itself. */
  readonly path: string
}

const mostLinks = 40

/**
 * Looks a path up from the top, links on the way followed, the last one only with `follow`. `root` is where the top is said
 * to lie. Null for what is not there, and for what lies outside. Throws ELOOP, ENOTDIR.
 */
export function lookUp<Source>(
  { top, confined }: Pick<Tree<Source>, 'top' | 'confined'>,
  path: string,
  { follow, root }: { readonly follow: boolean; readonly root: string },
): Found<Source> | null {
  let entries = [top]
  let names: string[] = []
  const pending = path.split('/').reverse()
  for (let links = 0; pending.length > 0; ) {
    const name = pending.pop() ?? ''
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (names.length === 0 && !confined) return null
      names.pop()
      if (entries.length > 1) entries.pop()
      continue
    }
    const next = entries.at(-1)?.children?.get(name)
    if (next === undefined) return null
    if (typeOf(next.mode) === linkBits && (follow || pending.some((rest) => rest !== ''))) {
      if (++links > mostLinks) throw hostFailure('ELOOP', path)
      let { target } = next
      if (target.startsWith('/')) {
        const inside = confined ? target : within(root, cleanPath(target))
        if (inside === null) return null
        target = inside
        entries = [top]
        names = []
      }
      pending.push(...target.split('/').reverse())
      continue
    }
    entries.push(next)
    names.push(name)
  }
  return { entry: entries.at(-1) ?? top, path: names.join('/') }
}

/** A clean absolute path relative to the root; null for what lies outside. */
function within(root: string, path: string): string | null {
  if (path === root) return ''
  const inside = root === '/' ? '/' : `${root}/`
  return path.startsWith(inside) ? path.slice(inside.length) : null
}

/** A path that is clean as far as the last `/`: what a walk asks for, entry by entry. */
const untidy = /\/\.{0,2}(?:\/|$)/
/** A path that is no name below the working directory. */
const elsewhere = /^\.{0,2}(?:\/|$)/

/** The host of a tree. `outside` answers for all paths beyond the tree's root; null: there is nothing there. */
export function createTreeHost<Source>(
  base: Host,
  tree: Tree<Source>,
  options: { readonly standIn: StandIn; readonly outside: Host | null },
): Host {
  const { standIn, outside } = options
  const { root } = standIn
  const prefix = `${root}/`
  // A walk names what is below the working directory from there: to make each of them absolute would cost more than to look it up.
  const here = base.platform === 'win32' ? null : within(root, cleanPath(base.absolute('.')))
  const relative = (path: string): string | null => {
    if (!untidy.test(path)) {
      if (path.startsWith(prefix)) return path.slice(prefix.length)
      if (here !== null && !elsewhere.test(path) && !startsAtStream(path)) return joinPath(here, path)
    }
    return within(root, cleanPath(absolute(path)))
  }
  // `-` is standard input, as everywhere on docker's command line; a commit has a directory's name.
  const startsAtStream = (path: string): boolean =>
    standIn.tracked === null && (path === '-' || path.startsWith('-/'))
  const absolute = (path: string): string =>
    startsAtStream(path) ? root + path.slice(1) : base.absolute(path)

  const find = (inside: string | null, follow: boolean) =>
    inside === null ? null : lookUp(tree, inside, { follow, root })
  const need = (path: string, inside: string | null, follow: boolean) => {
    const found = find(inside, follow)
    if (found === null) throw hostFailure('ENOENT', path)
    return found
  }
  const file = (path: string, inside: string | null, follow: boolean) => {
    const { entry } = need(path, inside, follow)
    if (typeOf(entry.mode) === linkBits) throw hostFailure('ELOOP', path)
    if (typeOf(entry.mode) === dirBits) throw hostFailure('EISDIR', path)
    if (typeOf(entry.mode) !== fileBits) throw hostFailure('EINVAL', path)
    return entry
  }
  const statOf = (entry: TreeEntry<Source>): HostStat => ({
    mode: entry.mode,
    size: entry.size,
    mtimeMs: Number(entry.mtimeNs) / 1e6,
    ctimeMs: 0,
    nlink: entry.nlink,
    dev: 0,
    ino: entry.ino,
    rdev: entry.rdev,
  })
  /** Asks the tree for what is below its root, and who answers for the rest of the world for the rest. */
  const either = <T>(path: string, ours: (inside: string | null) => T, theirs: (host: Host) => T): T => {
    const inside = relative(path)
    return inside === null && outside !== null ? theirs(outside) : ours(inside)
  }

  return {
    platform: base.platform,
    arch: base.arch,
    environment: base.environment,
    absolute,
    list: (path) =>
      either(
        path,
        (inside) => {
          const { children } = need(path, inside, true).entry
          if (children === null) throw hostFailure('ENOTDIR', path)
          return [...children.keys()]
        },
        (host) => host.list(path),
      ),
    lstat: (path) =>
      either(
        path,
        (inside) => {
          const found = find(inside, false)
          return found && statOf(found.entry)
        },
        (host) => host.lstat(path),
      ),
    stat: (path) =>
      either(
        path,
        (inside) => {
          const found = find(inside, true)
          return found && statOf(found.entry)
        },
        (host) => host.stat(path),
      ),
    identity: (path) =>
      either(
        path,
        (inside) => `tree:${need(path, inside, false).entry.ino}`,
        (host) => host.identity(path),
      ),
    now: base.now,
    mtimeNs: (path) =>
      either(
        path,
        (inside) => need(path, inside, false).entry.mtimeNs,
        (host) => host.mtimeNs(path),
      ),
    readLink: (path) =>
      either(
        path,
        (inside) => {
          const { entry } = need(path, inside, false)
          if (typeOf(entry.mode) !== linkBits) throw hostFailure('EINVAL', path)
          return entry.target
        },
        (host) => host.readLink(path),
      ),
    realPath: (path) =>
      either(
        path,
        (inside) => {
          const found = need(path, inside, true)
          return found.path === '' ? root : prefix + found.path
        },
        (host) => host.realPath(path),
      ),
    readFile: (path) =>
      either(
        path,
        (inside) => {
          const entry = file(path, inside, true)
          const bytes = tree.read(entry, entry.size)
          if (bytes.length < entry.size) throw hostFailure('EFBIG', path)
          return bytes
        },
        (host) => host.readFile(path),
      ),
    readStart: (path, bytes) =>
      either(
        path,
        (inside) => {
          const entry = file(path, inside, false)
          const most = Math.min(bytes, entry.size)
          return tree.read(entry, most).subarray(0, most)
        },
        (host) => host.readStart(path, bytes),
      ),
    canRead: (path) =>
      either(
        path,
        (inside) => find(inside, true) !== null,
        (host) => host.canRead(path),
      ),
    threads: null,
    extendedAttributes: (paths) => {
      const rest = outside === null ? [] : paths.filter((path) => relative(path) === null)
      return rest.length === 0 ? new Map() : (outside?.extendedAttributes(rest) ?? null)
    },
    git: null,
    replaceFile: (path) => {
      throw hostFailure('EROFS', path)
    },
    removeLeftOvers: () => {},
    standIn,
  }
}
