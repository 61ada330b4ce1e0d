import type { Host } from '../host/host.ts'
import { tellingFiles } from '../inputs/discover.ts'
import { readBuilds } from '../inputs/index.ts'
import type { FoundBuilds } from '../inputs/target.ts'
import { fail } from '../lib/errors.ts'
import { findBuilds } from '../repository/find-builds.ts'
import { findRepository } from '../repository/place.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize builds`: every build there is, or those of the files that are named; nothing of them measured. */
export async function runBuilds({ host, options }: VerbInput): Promise<Outcome> {
  const { files, names } = options.builds
  const directory = host.absolute(options.scan.context)
  const all =
    files.length > 0
      ? readBuilds(host, { files, names, workingDirectory: options.scan.context })
      : named(await found(host, directory), names)
  const { builds, open, problems } = all
  if (builds.length + open.length + problems.length === 0 && files.length === 0)
    throw fail('DOCKERFILE_NOT_FOUND', 'no build found: no compose file, no bake file, no Dockerfile')
  return {
    printable: {
      kind: 'builds',
      document: { schemaVersion: 1, builds, open, problems },
    },
    // What is refused in one place leaves the rest worth having; when there is no rest, nothing was done.
    fatal: builds.length === 0 ? problems : [],
    exitCode: 0,
  }
}

/** Git knows the files of its repository; elsewhere they are looked for. */
async function found(host: Host, directory: string): Promise<FoundBuilds> {
  const listed = findRepository(host, directory) === null ? await tellingFiles(host, directory) : []
  return findBuilds(host, directory, listed)
}

function named(found: FoundBuilds, names: readonly string[]): FoundBuilds {
  return names.length === 0
    ? found
    : { ...found, builds: found.builds.filter(({ name }) => name !== null && names.includes(name)) }
}
