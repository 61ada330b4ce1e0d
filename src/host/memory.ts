/** A disk in memory, for tests: the same questions, answered from a literal. */

import { cleanPath, decodePath } from '../lib/path.ts'
import type { ExtendedAttributes, Host, HostStat } from './host.ts'

/** One entry of a tree literal. A bare string is a file's text, a bare number a file of that many bytes. */
export type MemoryEntry =
  | string
  | number
  | Uint8Array
  | {
      readonly type: 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo' | 'socket' | 'device'
      /** A file's text or bytes; without it, `size` bytes that cannot be read. */
      readonly content?: string | Uint8Array
      readonly size?: number
      /** Target of a symlink as text, of a hard link as the path of another entry. */
      readonly target?: string
      /** Permission bits; default 0644, directories 0755. */
      readonly mode?: number
      /** Seconds since 1970; default 1700000000. */
      readonly mtime?: number
      readonly xattrs?: Readonly<Record<string, string>>
      /** Major and minor number of a device, as one; default 0. */
      readonly rdev?: number
      /** True: it cannot be read or listed. */
      readonly denied?: boolean
    }

/** Paths, `/`-separated, relative to `/`, which is also the working directory; parents come by themselves. */
export type MemoryTree = Readonly<Record<string, MemoryEntry>>

interface Entry {
  readonly type: Exclude<Exclude<MemoryEntry, string | number | Uint8Array>['type'], 'hardlink'>
  readonly content: Uint8Array | null
  readonly size: number
  readonly target: string
  readonly mode: number
  readonly mtime: number
  readonly xattrs: ReadonlyMap<string, number>
  readonly rdev: number
  readonly denied: boolean
  readonly ino: number
  nlink: number
  readonly children: Map<string, Entry> | null
}

const typeBits = {
  file: 0o100000,
  dir: 0o040000,
  symlink: 0o120000,
  fifo: 0o010000,
  socket: 0o140000,
  device: 0o020000,
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

/** A host over the tree. `platform` and `arch` are linux and amd64; `environment` answers from the table given. */
export function createMemoryHost(tree: MemoryTree, environment: Readonly<Record<string, string>> = {}): Host {
  let inodes = 1
  const directory = (options: Partial<Entry> = {}): Entry => ({
    type: 'dir',
    content: null,
    size: 4096,
    target: '',
    mode: 0o755,
    mtime: 1_700_000_000,
    xattrs: new Map(),
    rdev: 0,
    denied: false,
    ino: inodes++,
    nlink: 1,
    children: new Map(),
    ...options,
  })
  const root = directory()
  const parts = (path: string) => cleanPath(`/${path}`).split('/').filter(Boolean)
  const put = (path: string, entry: Entry) => {
    const names = parts(path)
    const last = names.pop() ?? ''
    let at = root
    for (const name of names) {
      let next = at.children?.get(name)
      if (!next) {
        next = directory()
        at.children?.set(name, next)
      }
      at = next
    }
    const known = at.children?.get(last)
    at.children?.set(last, known?.children && entry.children ? { ...entry, children: known.children } : entry)
  }
  const bytes = (content: string | Uint8Array) =>
    typeof content === 'string' ? new TextEncoder().encode(content) : content
  const links: (readonly [string, string])[] = []
  for (const [path, literal] of Object.entries(tree)) {
    const given =
      typeof literal === 'number'
        ? { type: 'file' as const, size: literal }
        : typeof literal === 'string' || literal instanceof Uint8Array
          ? { type: 'file' as const, content: literal }
          : literal
    if (given.type === 'hardlink') {
      links.push([path, given.target ?? ''])
      continue
    }
    const content = given.content === undefined ? null : bytes(given.content)
    put(
      path,
      directory({
        type: given.type,
        content,
        size:
          given.type === 'symlink' ? bytes(given.target ?? '').length : (content?.length ?? given.size ?? 0),
        target: given.target ?? '',
        mode: given.mode ?? (given.type === 'dir' ? 0o755 : given.type === 'symlink' ? 0o777 : 0o644),
        mtime: given.mtime ?? 1_700_000_000,
        xattrs: new Map(
          Object.entries(given.xattrs ?? {}).map(([name, value]) => [name, bytes(value).length]),
        ),
        rdev: given.rdev ?? 0,
        denied: given.denied ?? false,
        children: given.type === 'dir' ? new Map() : null,
      }),
    )
  }

  const lookUp = (
    path: string,
    follow: boolean,
    depth = 0,
  ): { readonly entry: Entry; readonly path: string } | null => {
    if (depth > 40) throw failure('ELOOP', path)
    let at: Entry = root
    let here = ''
    const names = parts(path)
    for (const [i, name] of names.entries()) {
      if (at.denied) throw failure('EACCES', path)
      const next = at.children?.get(name)
      if (!next) return null
      if (next.type === 'symlink' && (follow || i < names.length - 1)) {
        const base = next.target.startsWith('/') ? next.target : `${here}/${next.target}`
        return lookUp([base, ...names.slice(i + 1)].join('/'), follow, depth + 1)
      }
      at = next
      here = `${here}/${name}`
    }
    return { entry: at, path: here === '' ? '/' : here }
  }
  for (const [path, target] of links) {
    const found = lookUp(target, false)
    if (!found) throw failure('ENOENT', target)
    found.entry.nlink++
    put(path, found.entry)
  }
  const need = (path: string, follow = true) => {
    const found = lookUp(path, follow)
    if (!found) throw failure('ENOENT', path)
    return found
  }
  const toStat = (entry: Entry): HostStat => ({
    mode: typeBits[entry.type] | entry.mode,
    size: entry.size,
    mtimeMs: entry.mtime * 1000,
    nlink: entry.nlink,
    dev: 1,
    ino: entry.ino,
    rdev: entry.rdev,
  })

  return {
    platform: 'linux',
    arch: 'amd64',
    environment: (name) => environment[name],
    absolute: (path) => cleanPath(`/${path}`),
    list: (path) => {
      const { entry } = need(path)
      if (!entry.children) throw failure('ENOTDIR', path)
      if (entry.denied) throw failure('EACCES', path)
      return [...entry.children.keys()]
    },
    lstat: (path) => {
      const found = lookUp(path, false)
      return found ? toStat(found.entry) : null
    },
    stat: (path) => {
      const found = lookUp(path, true)
      return found ? toStat(found.entry) : null
    },
    identity: (path) => `1:${need(path, false).entry.ino}`,
    mtimeNs: (path) => BigInt(Math.round(need(path, false).entry.mtime * 1e6)) * 1000n,
    readLink: (path) => {
      const { entry } = need(path, false)
      if (entry.type !== 'symlink') throw failure('EINVAL', path)
      return entry.target
    },
    realPath: (path) => need(path).path,
    readFile: (path) => {
      const { entry } = need(path)
      if (entry.type === 'dir') throw failure('EISDIR', path)
      if (entry.denied) throw failure('EACCES', path)
      return entry.content ?? new Uint8Array(entry.size)
    },
    readStart: (path, length) => {
      const { entry } = need(path, false)
      if (entry.type === 'symlink') throw failure('ELOOP', path)
      if (entry.type !== 'file') throw failure('EINVAL', path)
      if (entry.denied) throw failure('EACCES', path)
      return entry.content?.subarray(0, length) ?? new Uint8Array(Math.min(entry.size, length))
    },
    canRead: (path) => !need(path).entry.denied,
    threads: null,
    extendedAttributes: (paths): ExtendedAttributes =>
      new Map(
        paths.flatMap((path) => {
          const attributes = lookUp(path, false)?.entry.xattrs
          return attributes && attributes.size > 0 ? [[path, attributes] as const] : []
        }),
      ),
  }
}

/** A name made of raw bytes, for tests of names that are not UTF-8. */
export const rawName = (...bytes: readonly number[]): string => decodePath(Uint8Array.from(bytes))
