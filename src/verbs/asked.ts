/** What a report tells of the command line that it was asked with, so that it can be printed again later. */

import { type Host, isFactOfPath } from '../host/host.ts'
import { relativePath } from '../inputs/load.ts'
import { wellFormed } from '../lib/path.ts'
import type { Asked } from '../report.ts'
import { findRepository } from '../repository/place.ts'
import type { RunOptions } from './options.ts'

export function askedOf(host: Host, { scan, elsewhere, again }: RunOptions): Asked {
  const path = elsewhere.input === 'context' ? '.' : pathInRepository(host, scan.context)
  return {
    context: wellFormed(again.context),
    options: again.options.map(wellFormed),
    builder: scan.builder,
    path: wellFormed(path),
  }
}

function pathInRepository(host: Host, directory: string): string {
  if (host.standIn) return relativePath(host.standIn.root, directory)
  const place = findRepository(host, directory)
  if (place !== null) return place.below || '.'
  try {
    const inside = relativePath(host.realPath('.'), host.realPath(directory))
    return inside === '..' || inside.startsWith('../') ? '.' : inside
  } catch (thrown) {
    if (isFactOfPath(thrown)) return '.'
    throw thrown
  }
}
