/** Replacing a file so that it is old or new at every moment: the steps, over the few calls that they need of a disk. */

import { type HostStat, isFile, isLeftOver, temporaryName } from './host.ts'

/** The calls. Each throws a host failure unless stated otherwise. */
export interface WritableDisk {
  /** Null when there is nothing; a link is not followed. */
  readonly lstat: (path: string) => (HostStat & { readonly uid: number; readonly gid: number }) | null
  /** The bytes of a regular file; a link is not followed (ELOOP). */
  readonly read: (path: string) => Uint8Array
  readonly list: (directory: string) => readonly string[]
  /** Fails with EACCES where the file is write-protected. */
  readonly checkWritable: (path: string) => void
  /**
   * Makes a file that must not exist and has it on the disk, whole, before it returns. `like`: mode, owner and group
   * that it gets; null for what a new file gets by itself. Returns the user that we are to this disk.
   */
  readonly create: (
    path: string,
    bytes: Uint8Array,
    like: { readonly mode: number; readonly uid: number; readonly gid: number } | null,
  ) => number
  readonly rename: (from: string, to: string) => void
  /** Gives a file a second name that must not exist. */
  readonly link: (from: string, to: string) => void
  readonly unlink: (path: string) => void
  /** Has the names in a directory on the disk, where that can be asked for; never throws. */
  readonly syncDirectory: (directory: string) => void
  /** Sixteen hexadecimal digits that nobody can guess. */
  readonly random: () => string
  /** Milliseconds since 1970 by the clock of this machine, and the user that we are; null where users have no numbers. */
  readonly now: () => number
  readonly user: () => number | null
}

/**
 * A write takes far less, so that whoever made an older one is no longer at it. Nor is whoever made it that much later than
 * now: the clock has been set back since.
 */
const abandonedAfterMs = 60_000

const failure = (code: string, path: string, why: string): Error =>
  Object.assign(new Error(`${why}: ${path}`), { code })

/** See `Host.replaceFile`. `directory` is the one that holds `path`. */
export function replaceWhole(
  disk: WritableDisk,
  path: string,
  bytes: Uint8Array,
  options: { readonly directory: string; readonly expected: Uint8Array | null },
): 'written' | 'changed' {
  const { directory, expected } = options
  removeSecondName(disk, path, directory)
  const before = disk.lstat(path)
  if (before !== null) refuse(before, path)
  if (!holds(disk, path, expected)) return 'changed'
  if (before !== null) disk.checkWritable(path)

  const temporary = `${directory}/.ctxsize-${disk.random()}.tmp`
  try {
    const uid = disk.create(
      temporary,
      bytes,
      before === null ? null : { mode: before.mode & 0o7777, uid: before.uid, gid: before.gid },
    )
    removeAbandoned(disk, directory, { fresh: temporary, user: uid })
    const now = disk.lstat(path)
    if (now?.ino !== before?.ino || now?.dev !== before?.dev || !holds(disk, path, expected)) {
      disk.unlink(temporary)
      return 'changed'
    }
    if (before !== null) disk.rename(temporary, path)
    else if (!takeFreeName(disk, temporary, path)) return 'changed'
  } catch (thrown) {
    // A file of that name is somebody else's, however unlikely.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST'))
      quietly(() => disk.unlink(temporary))
    throw thrown
  }
  disk.syncDirectory(directory)
  return 'written'
}

function refuse(stat: HostStat, path: string): void {
  const type = stat.mode & 0o170000
  if (type === 0o120000) throw failure('ELINK', path, 'is a symbolic link')
  if (type === 0o040000) throw failure('EISDIR', path, 'is a directory')
  if (type !== 0o100000) throw failure('EINVAL', path, 'is no regular file')
  if (stat.nlink > 1) throw failure('EMLINK', path, `has ${stat.nlink} names (hard links)`)
}

function holds(disk: WritableDisk, path: string, expected: Uint8Array | null): boolean {
  const stat = disk.lstat(path)
  if (stat === null || expected === null) return stat === null && expected === null
  return stat.size === expected.length && Buffer.compare(disk.read(path), expected) === 0
}

/** A second name fails where the first one exists, which a rename does not. False when somebody else was first. */
function takeFreeName(disk: WritableDisk, temporary: string, path: string): boolean {
  try {
    disk.link(temporary, path)
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
    if (code === 'EEXIST') {
      disk.unlink(temporary)
      return false
    }
    // FAT and some network disks have one name a file: what is left is to look and to be quick.
    if (typeof code !== 'string' || !oneNameOnly.has(code)) throw thrown
    if (disk.lstat(path) !== null) {
      disk.unlink(temporary)
      return false
    }
    disk.rename(temporary, path)
    return true
  }
  // The file is there, whole. Its other name is no reason to say that it is not; the next write removes it.
  quietly(() => disk.unlink(temporary))
  return true
}

const oneNameOnly: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** A run that was killed between giving a new file its name and taking the other one away has left two. */
function removeSecondName(disk: WritableDisk, path: string, directory: string): void {
  const stat = disk.lstat(path)
  if (stat === null || stat.nlink < 2 || !isFile(stat)) return
  for (const name of disk.list(directory)) {
    if (!temporaryName.test(name)) continue
    const other = disk.lstat(`${directory}/${name}`)
    if (other?.ino === stat.ino && other.dev === stat.dev) quietly(() => disk.unlink(`${directory}/${name}`))
  }
}

/** See `Host.removeLeftOvers`. */
export function removeLeftOvers(disk: WritableDisk, directory: string): void {
  removeAbandoned(disk, directory, { fresh: null, user: disk.user() })
}

/** `fresh` is the file just made, which tells what time it is on that disk; without one the machine is asked. */
function removeAbandoned(
  disk: WritableDisk,
  directory: string,
  { fresh, user }: { readonly fresh: string | null; readonly user: number | null },
): void {
  quietly(() => {
    const ours = fresh === null ? null : disk.lstat(fresh)
    if (fresh !== null && ours === null) return
    const now = ours?.mtimeMs ?? disk.now()
    for (const name of disk.list(directory)) {
      const path = `${directory}/${name}`
      if (!temporaryName.test(name) || path === fresh) continue
      const stat = disk.lstat(path)
      if (stat === null || !isLeftOver(name, stat) || (user !== null && stat.uid !== user)) continue
      if (stat.nlink > 1 || Math.abs(now - stat.mtimeMs) > abandonedAfterMs) quietly(() => disk.unlink(path))
    }
  })
}

/** For what is done on the way out or on the side: that it fails is not what the caller has to hear. */
function quietly(call: () => void): void {
  try {
    call()
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown
  }
}
