import { readBuilds } from '../inputs/index.ts'
import { fail } from '../lib/errors.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `ctxsize builds`: the builds that somebody has written down, nothing of them measured. */
export function runBuilds({ host, options }: VerbInput): Outcome {
  const { files, names } = options.builds
  const { builds, open, problems } = readBuilds(host, {
    files,
    names,
    workingDirectory: options.scan.context,
  })
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
