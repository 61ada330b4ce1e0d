/** The seam to the world: everything this program asks of a disk, as types. `node.ts` is the disk, `memory.ts` its twin for tests. */

import { CtxsizeError } from '../lib/errors.ts'

/**
 * What is known of an entry without opening it, as lstat gives it. `mode` holds the POSIX type and permission bits,
 * `mtimeMs` milliseconds since 1970 with a fraction. `ino` loses its last bits above 2^53; see {@link Host.identity}.
 */
export interface HostStat {
  readonly mode: number
  readonly size: number
  readonly mtimeMs: number
  /** As `mtimeMs`, when anything of it last changed but what lies below: of a directory also which entries it has. No program can set it. */
  readonly ctimeMs: number
  readonly nlink: number
  readonly dev: number
  readonly ino: number
  /** Of a device node: major and minor number as one. */
  readonly rdev: number
}

const hasType = (stat: Pick<HostStat, 'mode'> | null, type: number): boolean =>
  stat !== null && (stat.mode & 0o170000) === type

/** What an entry is, by its mode; where there is none, it is nothing of these. */
export const isFile = (stat: Pick<HostStat, 'mode'> | null): boolean => hasType(stat, 0o100000)
export const isDirectory = (stat: Pick<HostStat, 'mode'> | null): boolean => hasType(stat, 0o040000)
export const isLink = (stat: Pick<HostStat, 'mode'> | null): boolean => hasType(stat, 0o120000)

/** An entry as a directory lists it, in the shape of node's `Dirent`: no link is followed. */
export interface ListedEntry {
  readonly name: string
  readonly isFile: () => boolean
  readonly isDirectory: () => boolean
  readonly isSymbolicLink: () => boolean
}

/** Why a call of the host failed, by the name POSIX gives it (`EACCES`, `ENOENT`, `ELOOP`…). */
export interface HostFailure extends Error {
  readonly code: string
}

/** The attributes of the entries that have any: path as given → attribute name → length of its value in bytes. */
export type ExtendedAttributes = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * Calls are synchronous: async ones cost three times as much in the walk. Paths are absolute or relative to the
 * working directory, in the form of `lib/path.ts`. Functions throw a {@link HostFailure} except where null is stated.
 */
export interface Host {
  /** `linux`, `darwin`, `win32`…; `arch` as GOARCH spells it: `amd64`, `arm64`. */
  readonly platform: string
  readonly arch: string
  /** The value of an environment variable, for `--build-arg NAME`. */
  readonly environment: (name: string) => string | undefined
  /** Makes a path absolute, lexically. */
  readonly absolute: (path: string) => string
  /** Names in a directory in no particular order, `.` and `..` left out. */
  readonly list: (path: string) => string[]
  /** The same with what each of them is; left out where a look at each costs nothing. See {@link listTyped}. */
  readonly listTyped?: (path: string) => readonly ListedEntry[]
  /** The entry itself, a link not followed; null when there is none. */
  readonly lstat: (path: string) => HostStat | null
  /** The entry a link leads to; null when there is none. */
  readonly stat: (path: string) => HostStat | null
  /** Device and inode as an exact key, for entries whose inode number does not fit a double. */
  readonly identity: (path: string) => string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Exact time of last change in nanoseconds since 1970. */
  readonly mtimeNs: (path: string) => bigint
  readonly readLink: (path: string) => string
  /** The path with every link resolved. */
  readonly realPath: (path: string) => string
  readonly readFile: (path: string) => Uint8Array
  /** The first bytes of a regular file, at most so many. A link is not followed, at the end of the path: ELOOP. */
  readonly readStart: (path: string, bytes: number) => Uint8Array
  /** True when the file can be opened for reading. */
  readonly canRead: (path: string) => boolean
  /** Further threads; null where there are none. */
  readonly threads: Threads | null
  /** Null when this machine has no means of reading them. */
  readonly extendedAttributes: (paths: readonly string[]) => ExtendedAttributes | null
  /** Asks git about the working tree whose top is `directory`; null where git is not to be asked. */
  readonly git: Git | null
  /** Left out where there is no thread for it. */
  readonly gitAhead?: GitAhead
  /** Puts bytes in the place of a file, whole or not at all. */
  readonly replaceFile: ReplaceFile
  /**
   * Removes from a directory what killed runs have left in it, see {@link temporaryName}: what is a minute old, and what is
   * but the second name of a file that was finished. Throws nothing, and what cannot be removed stays.
   */
  readonly removeLeftOvers: (directory: string) => void
  /** Where something is kept from one run to the next; left out by a host that keeps nothing. */
  readonly store?: PrivateStore
  /** Links to this program; left out by a host that makes none. */
  readonly links?: ProgramLinks
  /** What a host has to say of itself that answers for something else than a disk; a disk leaves it out. */
  readonly standIn?: StandIn
}

/** Files of the user alone, in a directory of the user alone. Names are plain. */
export interface PrivateStore {
  /**
   * Null where there is no such file. Throws a {@link HostFailure}: `EPERM` where file or directory belongs to somebody
   * else or others may write to it, `ELINK`, `ELOOP` for a link in the place of either.
   */
  readonly read: (directory: string, name: string) => Uint8Array | null
  /** Makes the directory where there is none (0700), and the file (0600) whole or not at all. Throws as `read`. */
  readonly write: (directory: string, name: string, bytes: Uint8Array) => void
  /** The files of the directory, those written last first; none where there is no directory. Throws as `read`. */
  readonly list: (directory: string) => readonly { readonly name: string; readonly bytes: number }[]
  /** Removes a file, if it is there. Throws as `read`. */
  readonly remove: (directory: string, name: string) => void
}

/** Symbolic links by which other programs find this one. Calls throw a {@link HostFailure}. */
export interface ProgramLinks {
  /** What the docker client runs as a plugin (bin/docker-ctxsize.js of the package), absolute, links resolved; null where it is not there. */
  readonly plugin: () => string | null
  /** Makes the link, and directories above where there are none (0755). `taken`, and nothing is made, when there is something. */
  readonly put: (path: string, target: string) => 'written' | 'taken'
  /** Removes a link that has this target; `changed` when it is not that. */
  readonly remove: (path: string, target: string) => 'removed' | 'changed'
}

/** What stands for the directory `root`: a commit, or an archive. */
export interface StandIn {
  /** The directory that it answers for, absolute and clean. */
  readonly root: string
  /** The archive that a client hands on as it came, instead of walking a directory; null where there is none. */
  readonly archive: { readonly bytes: number } | null
  /** What git tracks of it: files and links, and submodules; relative to the root. Null where git has no say. */
  readonly tracked: { readonly paths: readonly string[]; readonly submodules: readonly string[] } | null
  /** What of a directory it cannot know. May read. */
  readonly doubts: (directory: string) => readonly Doubt[]
}

/** Why figures may be off. */
export interface Doubt {
  /** The entries it is about, relative to the directory that was asked about; null: about all of it. */
  readonly paths: readonly string[] | null
  /** One clause, for those of the entries that belong to the context. */
  readonly why: (paths: readonly string[]) => string
}

/** The commands of git that read and nothing else; none of them compares with the working tree but `grep`, which reads it. */
export const gitCommands = [
  'cat-file',
  'diff-tree',
  'grep',
  'log',
  'ls-files',
  'ls-tree',
  'merge-base',
  'rev-list',
  'rev-parse',
] as const

export type GitCommand = (typeof gitCommands)[number]

/**
 * Runs git and waits for it. `directory` is the top of a working tree, where `.git` lies. Nothing that the repository
 * configures is run, and nothing is fetched. What was made elsewhere goes into `args` after `--end-of-options` or
 * `--`, or into `input`: it is not looked at. Default bounds: 256 MiB of output, 60 seconds. Throws nothing.
 */
export type Git = (directory: string, args: GitArguments, options?: GitOptions) => GitResult

export type GitArguments = readonly [GitCommand, ...string[]]

export interface GitOptions {
  readonly input?: Uint8Array
  readonly maxBytes?: number
  readonly timeoutMs?: number
  /** The repository of a submodule that is kept in this one's own (`.git/modules/NAME`), to ask that instead; absolute. */
  readonly gitDir?: string
}

/** A question among several. `words`: it is given so many words of each line that the answer before it has. */
export interface GitStep {
  readonly args: GitArguments
  readonly options?: GitOptions
  readonly words?: number
}

/**
 * Has git answer, as {@link Git} does, while this thread does something else: one question after the other, until one has
 * trouble. The function waits for the answers; it is called once.
 */
export type GitAhead = (directory: string, steps: readonly GitStep[]) => () => readonly GitResult[]

export interface GitResult {
  /** True when git ended with 0. */
  readonly ok: boolean
  /** What came, also when it was cut short. */
  readonly stdout: Uint8Array
  /** The first lines, safe to print. */
  readonly stderr: string
  /** Exit code; null when it did not end by itself. */
  readonly code: number | null
  /** Why there is no answer; null where there is one, `grep` that ends with 1 and found nothing included. */
  readonly trouble: GitTrouble | null
}

/**
 * `no-git`: there is no git. `no-repository`: not in that directory. `dubious-ownership`: it belongs to somebody else,
 * and the user has to allow it. `too-much`, `too-long`: a bound was reached. `failed`: see stderr.
 */
export type GitTrouble = 'no-git' | 'no-repository' | 'dubious-ownership' | 'too-much' | 'too-long' | 'failed'

/**
 * Writes the file anew beside itself and renames it: whoever looks, even after a crash, sees the old bytes or the new
 * ones. `expected` is what the file is known to hold, null that there is none. `changed`, and nothing is written, when
 * that is no longer so; the moment between the last look and the rename is all that is left to chance, and for a new
 * file not even that.
 *
 * Keeps mode, owner and group; access control lists and extended attributes are not kept. Directories above the file
 * may be links. Throws a {@link HostFailure} and leaves nothing behind: `ELINK` when the file is a symbolic link,
 * because what it leads to may lie outside of what its owner meant to have changed; `EMLINK` when it has several
 * names, because all but this one would keep the old text; `EACCES` when it is write-protected; `EPERM` when owner or
 * group cannot be kept; `EISDIR`, `EINVAL` when it is no file; else what the disk says. What killed runs have left in
 * that directory is removed on the way.
 */
export type ReplaceFile = (
  path: string,
  bytes: Uint8Array,
  options: { readonly expected: Uint8Array | null },
) => 'written' | 'changed'

/**
 * The name of a file that `replaceFile` is writing, and that a killed run leaves behind: nothing else is called so. It
 * is no part of a context, since the next `--write` takes it away.
 */
export const temporaryName: RegExp = /^\.ctxsize-[0-9a-f]{16}\.tmp$/

/** True for what a killed run has left. */
export const isLeftOver = (name: string, stat: Pick<HostStat, 'mode'>): boolean =>
  // The first character tells almost every name.
  name.charCodeAt(0) === 46 && temporaryName.test(name) && isFile(stat)

/** What lstat gives, or null where nothing can be seen: for looks at the side of the walk, which tells what is wrong. Throws as {@link isFactOfPath} says. */
export function entryAt(host: Host, path: string): HostStat | null {
  try {
    return host.lstat(path)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

/** What lies in a directory, for looks at the side of the walk; what cannot be seen is nothing of all that. Throws as `list`. */
export function listTyped(host: Host, directory: string): readonly ListedEntry[] {
  if (host.listTyped) return host.listTyped(directory)
  const inside = directory.endsWith('/') ? directory : `${directory}/`
  return host.list(directory).map((name) => {
    const stat = entryAt(host, inside + name)
    return {
      name,
      isFile: () => isFile(stat),
      isDirectory: () => isDirectory(stat),
      isSymbolicLink: () => isLink(stat),
    }
  })
}

/** What is at a path, links followed; null when there is nothing or we may not look. */
export function kindAt(host: Host, path: string): 'file' | 'directory' | 'other' | null {
  try {
    const stat = host.stat(path)
    if (stat === null) return null
    return isDirectory(stat) ? 'directory' : isFile(stat) ? 'file' : 'other'
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

/** The path with every link resolved, or null where it leads to nothing that can be seen. */
export function realPathAt(host: Host, path: string): string | null {
  try {
    return host.realPath(path)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

export interface Threads {
  /** Entries after which a walk has enough to do for more than one: they are slow to start. */
  readonly worthFrom: number
  /** Pieces of work below which it could not be shared evenly. */
  readonly fewestPieces: number
  /** Starts as many as the machine has cores to spare. They take their time, may never get to anything, and wait for a job until they are stopped. */
  readonly start: () => readonly WorkerHandle[]
}

/** Another thread, heard without waiting for it. */
export interface WorkerHandle {
  /** Once, with what can be sent to a thread. */
  readonly begin: (job: unknown) => void
  /** The next thing it posted; undefined when there is nothing yet. */
  readonly receive: () => unknown
  readonly stop: () => void
}

/** Of a system that is at its end, or a disk that is broken: they say nothing of the path that was asked about. */
const ofNoPath: ReadonlySet<string> = new Set([
  ...['EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EINTR', 'EBUSY', 'ESTALE', 'ETIMEDOUT'],
])

/**
 * True for a failure from which something follows for the path: there is nothing, or we may not look. Whoever takes a failure
 * for an answer asks this; all others end the run, as a project that could not be read is none without those files.
 */
export const isFactOfPath = (thrown: unknown): thrown is HostFailure =>
  isHostFailure(thrown) && !ofNoPath.has(thrown.code)

/** True for what a host function throws; `code` narrows it to one failure. */
export function isHostFailure(thrown: unknown, code?: string): thrown is HostFailure {
  return (
    thrown instanceof Error &&
    // Our own errors have codes too.
    !(thrown instanceof CtxsizeError) &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    (code === undefined || thrown.code === code)
  )
}
