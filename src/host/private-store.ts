/** Files that only their owner reads and writes: what is kept from one run to the next, outside of any project. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import type { PrivateStore } from './host.ts'
import { removeLeftOvers } from './replace.ts'
import { createWritableDisk, native } from './writable.ts'

const mostBytes = 64 << 20
/** Written by others than the owner. */
const others = 0o022

const failure = (code: string, name: string, why: string): Error =>
  Object.assign(new Error(`${why}: ${name}`), { code })

/** -1 where users have no numbers (Windows); null where the system does not know the user, as in many containers. */
function ownNumber(): number | null {
  try {
    return os.userInfo().uid
  } catch {
    return null
  }
}

/** The store of this machine. */
export function createPrivateStore(): PrivateStore {
  const refuse = (stat: fs.Stats, name: string): void => {
    const uid = ownNumber()
    if (uid === -1) return
    if (uid !== null && stat.uid !== uid) throw failure('EPERM', name, 'belongs to somebody else')
    if ((stat.mode & others) !== 0) throw failure('EPERM', name, 'others may write to it')
  }
  const refuseDirectory = (directory: string): void => {
    const stat = fs.lstatSync(native(directory))
    if (stat.isSymbolicLink()) throw failure('ELINK', directory, 'is a symbolic link')
    if (!stat.isDirectory()) throw failure('ENOTDIR', directory, 'is no directory')
    refuse(stat, directory)
  }
  return {
    read: (directory, name) => {
      const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants
      const file = path.join(directory, name)
      if (fs.lstatSync(native(file), { throwIfNoEntry: false }) === undefined) return null
      refuseDirectory(directory)
      const opened = fs.openSync(native(file), O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0))
      try {
        const stat = fs.fstatSync(opened)
        if (!stat.isFile()) throw failure('EINVAL', file, 'is no regular file')
        refuse(stat, file)
        if (stat.size > mostBytes) throw failure('EFBIG', file, 'is too large')
        return fs.readFileSync(opened)
      } finally {
        fs.closeSync(opened)
      }
    },
    write: (directory, name, bytes) => {
      fs.mkdirSync(native(directory), { recursive: true, mode: 0o700 })
      refuseDirectory(directory)
      const random = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')
      const temporary = path.join(directory, `.ctxsize-${random}.tmp`)
      const opened = fs.openSync(native(temporary), 'wx', 0o600)
      try {
        try {
          for (let done = 0; done < bytes.length; ) done += fs.writeSync(opened, bytes, done)
          fs.fsyncSync(opened)
        } finally {
          fs.closeSync(opened)
        }
        // What has the name already, a link too, is replaced and not written through.
        fs.renameSync(native(temporary), native(path.join(directory, name)))
      } catch (thrown) {
        fs.rmSync(native(temporary), { force: true })
        throw thrown
      }
      removeLeftOvers(createWritableDisk(), directory)
    },
    list: (directory) => {
      if (fs.lstatSync(native(directory), { throwIfNoEntry: false }) === undefined) return []
      refuseDirectory(directory)
      return fs
        .readdirSync(native(directory))
        .flatMap((name) => {
          const stat = fs.lstatSync(native(path.join(directory, name)), { throwIfNoEntry: false })
          return stat?.isFile() ? [{ name, bytes: stat.size, at: stat.mtimeMs }] : []
        })
        .sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1))
        .map(({ name, bytes }) => ({ name, bytes }))
    },
    remove: (directory, name) => {
      refuseDirectory(directory)
      fs.rmSync(native(path.join(directory, name)), { force: true })
    },
  }
}
