/** The calls of a real disk that change it. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import { decodePath, encodePath, hasRawBytes } from '../lib/path.ts'
import type { WritableDisk } from './replace.ts'

/** Names that are not UTF-8 have to reach the system as bytes; all others are quicker as they are. */
export const native = (name: string): string | Buffer => (hasRawBytes(name) ? encodePath(name) : name)

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants

/** The disk of this machine. */
export function createWritableDisk(): WritableDisk {
  return {
    lstat: (name) => fs.lstatSync(native(name), { throwIfNoEntry: false }) ?? null,
    // Windows knows neither flag.
    read: (name) =>
      withFile(name, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0), (file) => fs.readFileSync(file)),
    list: (directory) => fs.readdirSync(native(directory), { encoding: 'buffer' }).map(decodePath),
    checkWritable: (name) => fs.accessSync(native(name), fs.constants.W_OK),
    create: (name, bytes, like) =>
      withFile(
        name,
        O_WRONLY | O_CREAT | O_EXCL,
        (file) => {
          const { uid, gid } = fs.fstatSync(file)
          for (let done = 0; done < bytes.length; ) done += fs.writeSync(file, bytes, done)
          if (like !== null) {
            if (like.uid !== uid || like.gid !== gid) fs.fchownSync(file, like.uid, like.gid)
            // Last: a change of owner takes the set-user-ID bits away.
            fs.fchmodSync(file, like.mode)
          }
          fs.fsyncSync(file)
          return uid
        },
        // What takes the place of a file that few may read is not to be read by more, at no moment.
        like === null ? 0o666 : 0o600,
      ),
    rename: (from, to) => fs.renameSync(native(from), native(to)),
    link: (from, to) => fs.linkSync(native(from), native(to)),
    unlink: (name) => fs.unlinkSync(native(name)),
    syncDirectory: (directory) => {
      try {
        withFile(directory, O_RDONLY, fs.fsyncSync)
      } catch {
        // Windows opens no directory, and some disks sync none: the file itself is on the disk.
      }
    },
    random: () => Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    now: () => Date.now(),
    user: ownNumber,
  }
}

/** The user that this process runs as; null where users have no numbers (Windows), or no name, as in many containers. */
function ownNumber(): number | null {
  try {
    const { uid } = os.userInfo()
    return uid === -1 ? null : uid
  } catch {
    return null
  }
}

function withFile<T>(name: string, flags: number, use: (file: number) => T, mode?: number): T {
  const file = fs.openSync(native(name), flags, mode)
  try {
    return use(file)
  } finally {
    fs.closeSync(file)
  }
}
