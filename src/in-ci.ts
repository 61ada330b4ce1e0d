/**
 * What CI makes of a build that was measured: what the repository says of it there, and what the rules about that find. For verbs
 * that read the repository anyway, as it is read once for all that is asked.
 */

import type { Host } from './host/host.ts'
import { ciBuilds } from './repository/ci-builds.ts'
import type { KnownSources } from './repository/known.ts'
import { readSources } from './repository/sources.ts'
import { withCiFindings } from './rules/index.ts'
import type { FoundScan } from './scan.ts'

/** The scan with these findings among its own, before a report is made of it; as it is where git tracks nothing, which no CI builds. Nothing is thrown, nothing is written. */
export function inCi(host: Host, scan: FoundScan, known?: KnownSources): FoundScan {
  const { build, tracked } = scan
  if (!tracked || tracked.size === 0) return scan
  const { root, ignore } = build.main
  const sources = readSources(host, root, () => [], known)
  // Nothing is read from here on.
  const found = ciBuilds(sources.recipes, {
    dockerfile: build.dockerfile.file,
    ignoreFile: ignore?.file ?? null,
    below: sources.here.below,
  })
  if (found.length === 0) return scan
  const findings = withCiFindings(scan, found)
  const part = { ...scan.part, remarks: { ...scan.part.remarks, findings } }
  return { ...scan, findings, part }
}
