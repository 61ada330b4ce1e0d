/** A disk in memory, for tests: the same questions, answered from a literal. */

import { cleanPath, decodePath, parentPath } from '../lib/path.ts'
import type { ExtendedAttributes, Git, Host, HostStat } from './host.ts'
import { removeLeftOvers, replaceWhole, type WritableDisk } from './replace.ts'

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

export interface MemoryOptions {
  /** Answers for git; default null, there is none. */
  readonly git?: Git | null
  /** Asked before each step of a write; what it throws happens there: `diskFault('ENOSPC')`, or any other error for being killed. */
  readonly beforeWriteStep?: (step: WriteStep, path: string) => void
  /** The program of the docker client's plugin; default null. */
  readonly plugin?: string | null
  /** Seconds since 1970 of what is written; default 1700000000. */
  readonly now?: number
}

/** A step of `replaceFile` that a disk can fail at. */
export type WriteStep = Exclude<keyof WritableDisk, 'random' | 'syncDirectory' | 'now' | 'user'>

/** What a disk fails with. */
export const diskFault = (code: string): Error => failure(code, 'fault')

/**
 * A host over the tree, which `replaceFile` changes. `platform` and `arch` are linux and amd64; `environment` answers
 * from the table given.
 */
export function createMemoryHost(
  tree: MemoryTree,
  environment: Readonly<Record<string, string>> = {},
  options: MemoryOptions = {},
): Host {
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
    ctimeMs: entry.mtime * 1000,
    nlink: entry.nlink,
    dev: 1,
    ino: entry.ino,
    rdev: entry.rdev,
  })

  const before = options.beforeWriteStep ?? (() => {})
  let random = 0
  let stored = 0
  /** The names in the directory that holds a path, for a change to them. */
  const namesAround = (path: string) => {
    const names = parts(path)
    const last = names.pop() ?? ''
    const { entry } = need(names.join('/'))
    if (!entry.children) throw failure('ENOTDIR', path)
    if (entry.denied || (entry.mode & 0o200) === 0) throw failure('EACCES', path)
    return { names: entry.children, last }
  }
  const disk: WritableDisk = {
    lstat: (path) => {
      before('lstat', path)
      const found = lookUp(path, false)
      return found ? { ...toStat(found.entry), uid: 0, gid: 0 } : null
    },
    read: (path) => {
      before('read', path)
      const { entry } = need(path, false)
      if (entry.denied) throw failure('EACCES', path)
      return entry.content ?? new Uint8Array(entry.size)
    },
    list: (path) => {
      before('list', path)
      return [...(need(path).entry.children?.keys() ?? [])]
    },
    checkWritable: (path) => {
      before('checkWritable', path)
      if ((need(path).entry.mode & 0o200) === 0) throw failure('EACCES', path)
    },
    create: (path, content, like) => {
      const { names, last } = namesAround(path)
      if (names.has(last)) throw failure('EEXIST', path)
      const make = (part: Uint8Array) =>
        directory({
          type: 'file',
          content: part,
          size: part.length,
          mode: like?.mode ?? 0o644,
          mtime: options.now ?? 1_700_000_000,
          children: null,
        })
      // A disk that is full, or a run that is killed, leaves the half of it.
      names.set(last, make(content.slice(0, content.length >> 1)))
      before('create', path)
      names.set(last, make(content.slice()))
      return 0
    },
    rename: (from, to) => {
      before('rename', to)
      const source = namesAround(from)
      const { entry } = need(from, false)
      const place = namesAround(to)
      source.names.delete(source.last)
      place.names.set(place.last, entry)
    },
    link: (from, to) => {
      before('link', to)
      const { names, last } = namesAround(to)
      if (names.has(last)) throw failure('EEXIST', to)
      const { entry } = need(from, false)
      entry.nlink++
      names.set(last, entry)
    },
    unlink: (path) => {
      before('unlink', path)
      const { names, last } = namesAround(path)
      need(path, false).entry.nlink--
      names.delete(last)
    },
    syncDirectory: () => {},
    random: () => ((options.now ?? 1_700_000_000) * 1000 + random++).toString(16).padStart(16, '0'),
    now: () => (options.now ?? 1_700_000_000) * 1000,
    user: () => 0,
  }

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
    now: () => (options.now ?? 1_700_000_000) * 1000,
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
    git: options.git ?? null,
    replaceFile: (path, content, { expected }) => {
      const file = cleanPath(`/${path}`)
      const holder = `/${parts(file).slice(0, -1).join('/')}`
      return replaceWhole(disk, file, content, { directory: holder === '/' ? '' : holder, expected })
    },
    removeLeftOvers: (path) => removeLeftOvers(disk, cleanPath(`/${path}`)),
    store: {
      read: (path, name) => lookUp(`${path}/${name}`, false)?.entry.content ?? null,
      write: (path, name, content) => {
        const found = lookUp(path, false)?.entry
        if (found?.type === 'symlink') throw failure('ELINK', path)
        if (found && (found.mode & 0o022) !== 0) throw failure('EPERM', path)
        if (!found) put(path, directory({ mode: 0o700 }))
        const { length: size } = content
        const mtime = (options.now ?? 1_700_000_000) + stored++
        put(`${path}/${name}`, directory({ type: 'file', mode: 0o600, size, mtime, content, children: null }))
      },
      list: (path) =>
        [...(lookUp(path, false)?.entry.children ?? [])]
          .sort(([, a], [, b]) => b.mtime - a.mtime)
          .map(([name, { size }]) => ({ name, bytes: size })),
      remove: (path, name) => {
        if (lookUp(`${path}/${name}`, false)) disk.unlink(`${path}/${name}`)
      },
    },
    links: {
      plugin: () => options.plugin ?? null,
      put: (path, target) => {
        if (lookUp(path, false)) return 'taken'
        for (let at = parentPath(path); at !== ''; at = parentPath(at)) {
          const above = lookUp(at, true)?.entry
          if (above && !above.children) throw failure('ENOTDIR', path)
        }
        put(path, directory({ type: 'symlink', mode: 0o777, target, children: null }))
        return 'written'
      },
      remove: (path, target) => {
        const found = lookUp(path, false)?.entry
        if (found?.type !== 'symlink' || found.target !== target) return 'changed'
        disk.unlink(path)
        return 'removed'
      },
    },
  }
}

/** A name made of raw bytes, for tests of names that are not UTF-8. */
export const rawName = (...bytes: readonly number[]): string => decodePath(Uint8Array.from(bytes))
