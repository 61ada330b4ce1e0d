/** The files that a run was asked to leave: a report, a list. */

import * as fs from 'node:fs'
import * as path from 'node:path'
import { isHostFailure } from './host.ts'
import { replaceWhole, type WritableDisk } from './replace.ts'
import { createWritableDisk } from './writable.ts'

/**
 * Device and inode of an open file, as the host's `identity` gives them; null for a pipe, a terminal, a closed one, and for
 * a file that was made by being opened: a shell that empties one that was there changes its time and not its birth. Where
 * the disk keeps no births, the last change stands for it, and a file that was emptied is taken for a new one.
 */
export function openFile(descriptor: number): string | null {
  try {
    const stat = fs.fstatSync(descriptor, { bigint: true })
    const isNew = stat.size === 0n && stat.birthtimeNs === stat.mtimeNs
    return stat.isFile() && !isNew ? `${stat.dev}:${stat.ino}` : null
  } catch {
    return null
  }
}

/**
 * Writes a whole file in the place of what was there: whoever reads it meanwhile gets the old text or the new one, and a
 * full disk leaves the old one. A link is followed. What cannot be replaced like that (a device, a pipe, a file in a
 * directory that is write-protected, one of several names) is written as a shell would. Throws a {@link HostFailure}.
 */
export function writeOutput(name: string, data: string | Uint8Array, disk = createWritableDisk()): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  if (isReplaced(disk, name, bytes)) return
  refuseUnreadPipe(name)
  fs.writeFileSync(name, bytes)
}

/** A pipe is opened when somebody reads from it, and not a moment before: no signal would end a run that waits for that. Throws ENXIO. */
function refuseUnreadPipe(name: string): void {
  if (fs.statSync(name, { throwIfNoEntry: false })?.isFIFO())
    fs.closeSync(fs.openSync(name, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK))
}

/** Failures of a replacement that say nothing about whether the file itself can be written. */
const irreplaceable: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'EMLINK', 'ELOOP'])

function isReplaced(disk: WritableDisk, name: string, bytes: Uint8Array): boolean {
  try {
    const file = leadsTo(name)
    if (file === null) return false
    const expected = fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file) : null
    return replaceWhole(disk, file, bytes, { directory: path.dirname(file), expected }) === 'written'
  } catch (thrown) {
    if (isHostFailure(thrown) && irreplaceable.has(thrown.code)) return false
    throw thrown
  }
}

/** Where a link leads, else the name itself; null for a link to nothing, and to what no name leads to: a pipe between programs. */
function leadsTo(name: string): string | null {
  const file = path.resolve(name)
  if (!fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return file
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.realpathSync.native(file) : null
}
