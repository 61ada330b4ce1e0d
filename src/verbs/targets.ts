/** Which builds a command line is about: the one it spells out, those of a file it names, or all there are. */

import type { Host } from '../host/host.ts'
import { tellingFiles } from '../inputs/discover.ts'
import { readBuilds } from '../inputs/index.ts'
import type { FoundBuilds } from '../inputs/target.ts'
import { fail } from '../lib/errors.ts'
import { visiblePath } from '../lib/path.ts'
import { findBuilds } from '../repository/find-builds.ts'
import { findRepository } from '../repository/place.ts'
import { isRemote } from '../scan-builds.ts'
import type { RunOptions } from './options.ts'

/** Every build in and under a directory. Git knows the files of its repository; elsewhere they are looked for. */
export async function allBuilds(host: Host, directory: string): Promise<FoundBuilds> {
  const root = host.absolute(directory)
  const listed = findRepository(host, root) === null ? await tellingFiles(host, root) : []
  return findBuilds(host, root, listed)
}

/** The builds of the files that -f names; of those with one of the names where there are any. */
export function definedBuilds(host: Host, { builds: { files, names }, scan }: RunOptions): FoundBuilds {
  const found = readBuilds(host, { files, names, workingDirectory: scan.context })
  const [first] = found.problems
  if (found.builds.length === 0 && first)
    throw fail(
      'BUILDS_REFUSED',
      `${first.at ? `${visiblePath(first.at.file)}:${first.at.line}: ` : ''}${first.message}`,
      {
        at: first.at,
        ...(first.hint === null ? {} : { hint: first.hint }),
      },
    )
  if (found.builds.length === 0)
    throw fail('DOCKERFILE_NOT_FOUND', `no build in ${files.map(visiblePath).join(', ')}`)
  return found
}

/** Null: just the build that is spelt out. Else those that can be measured here, the leading one first. */
export async function targetsOf(host: Host, options: RunOptions): Promise<FoundBuilds | null> {
  if (options.builds.defined) return definedBuilds(host, options)
  if (options.builds.spelt) return null
  const found = await allBuilds(host, options.scan.context)
  const local = found.builds.filter((build) => !isRemote(build))
  const isPlain = local.every(
    ({ context, dockerfile, target, inline, namedContexts, args }) =>
      context === '.' &&
      dockerfile === 'Dockerfile' &&
      target === null &&
      inline === null &&
      Object.keys({ ...namedContexts, ...args }).length === 0,
  )
  return local.length === 0 || isPlain ? null : found
}
