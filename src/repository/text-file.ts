/** The text of a file that somebody wrote: a plain one, and no longer than people write. */

import { entryAt, type Host, isFactOfPath, isFile } from '../host/host.ts'
import { decodePath } from '../lib/path.ts'

/** Beyond it a program wrote it. */
export const largestText = 256 << 10

/** Null where there is none, where it is a link or a directory, or where it cannot be read. */
export function textAt(host: Host, path: string): string | null {
  try {
    const stat = entryAt(host, path)
    return stat === null || !isFile(stat) || stat.size > largestText ? null : decodePath(host.readFile(path))
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}
