/** What the last commit holds of a directory. */

import type { Host } from '../host/host.ts'
import { decodePath } from '../lib/path.ts'
import { findRepository } from './place.ts'

/** The files in HEAD below a directory, relative to it; null where there is no commit that git can be asked about. */
export function committedPaths(host: Host, root: string): ReadonlySet<string> | null {
  const place = findRepository(host, root)
  if (place === null || host.git === null) return null
  const tree = place.below === '' ? 'HEAD' : `HEAD:${place.below}`
  const asked = host.git(place.top, ['ls-tree', '-r', '-z', '--name-only', '--end-of-options', tree])
  return asked.ok ? new Set(decodePath(asked.stdout).split('\0')) : null
}
