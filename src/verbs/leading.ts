/** The one build that `ls`, `why` and `history` describe. */

import { entryAt, type Host } from '../host/host.ts'
import { joinPath } from '../lib/path.ts'
import type { KnownSources } from '../repository/known.ts'
import type { FoundScan } from '../scan.ts'
import { listsBuilds } from './configure.ts'
import type { RunOptions } from './options.ts'
import type { LeadingOptions } from './targets.ts'

/**
 * Its options: what the command line names, else the first that the configuration lists, else the plain build where there
 * is a Dockerfile, else the first there is. The plain one is found without a look at anything else, and without loading what
 * looks. `known`: see `readSources`.
 */
export async function leadingOptions(
  host: Host,
  options: RunOptions,
  known?: KnownSources,
): Promise<LeadingOptions> {
  const { builds, elsewhere, scan, config } = options
  const isOther = elsewhere.at !== null || elsewhere.input !== null
  const isPlain = !listsBuilds(config) && hasDockerfile(host, scan)
  if (!builds.defined && (builds.spelt || isOther || isPlain)) return { ...scan, others: 0 }
  const { firstBuild } = await import('./targets.ts')
  return firstBuild(host, options, known)
}

function hasDockerfile(host: Host, { context, builder }: RunOptions['scan']): boolean {
  const names = ['Dockerfile', 'dockerfile', ...(builder === 'podman' ? ['Containerfile'] : [])]
  return names.some((name) => entryAt(host, joinPath(context, name)) !== null)
}

/** With the root of its context, relative to the directory that was asked about, in what is told of the build. */
export const placed = <Found extends FoundScan>(made: Found): Found => ({
  ...made,
  reference: { ...made.reference, root: made.part.root },
})
