/** Many builds measured as one: contexts that several of them share are looked at once. */

import { makeReport, type ReportPart } from './analyse/report.ts'
import type { ContextTree } from './analyse/tree.ts'
import { contextTrees } from './analyse/trees.ts'
import type { Host } from './host/host.ts'
import { type BuildTarget, isFetched } from './inputs/target.ts'
import { CtxsizeError } from './lib/errors.ts'
import { cleanPath, joinPath } from './lib/path.ts'
import type { Problem } from './lib/source.ts'
import type { Report } from './report.ts'
import { examine, type FoundScan, type ScanOptions } from './scan.ts'

export interface BuildsScan {
  /** In the order of the builds; those that cannot be measured are left out. */
  readonly scans: readonly FoundScan[]
  /** Why a build could not be measured, with the place where it is written down. */
  readonly problems: readonly Problem[]
  /** Builds whose context docker fetches. */
  readonly fetched: readonly BuildTarget[]
}

/** Measures builds as they were found in a directory (as typed). `options`: what holds for all of them. */
export function scanBuilds(
  host: Host,
  directory: string,
  builds: readonly BuildTarget[],
  options: ScanOptions,
): BuildsScan {
  const scans: FoundScan[] = []
  const problems: Problem[] = []
  const fetched: BuildTarget[] = []
  const shared = { seen: options.seen ?? new Map(), trackedIn: options.trackedIn ?? new Map() }
  for (const build of builds) {
    if (isFetched(build)) {
      fetched.push(build)
      continue
    }
    try {
      scans.push(examine(host, { ...options, ...shared, ...buildOptions(directory, build) }))
    } catch (thrown) {
      if (!(thrown instanceof CtxsizeError)) throw thrown
      problems.push({
        code: thrown.code,
        message: thrown.message,
        at: thrown.at ?? build.foundIn,
        hint: thrown.code === 'CONTEXT_NOT_FOUND' && !build.guessed ? madeBefore : thrown.hint,
      })
    }
  }
  return { scans, problems, fetched }
}

const madeBefore =
  'where a step before the build makes it, run that first; the other builds are looked at all the same'

/** One build as the options that `docker build` would be given for it in the directory. */
export function buildOptions(
  directory: string,
  build: BuildTarget,
): Pick<
  ScanOptions,
  'context' | 'file' | 'inline' | 'target' | 'buildArgs' | 'openArgs' | 'namedContexts' | 'platform' | 'told'
> {
  const context = build.context.startsWith('/') ? build.context : joined(directory, build.context)
  const { dockerfile, inline, foundIn } = build
  return {
    context,
    file: dockerfile === null ? null : dockerfile.startsWith('/') ? dockerfile : joined(context, dockerfile),
    inline: inline === null ? null : { text: inline, name: `${foundIn.file}:${foundIn.line}` },
    target: build.target,
    buildArgs: new Map(Object.entries(build.args)),
    openArgs: build.openArgs ?? [],
    namedContexts: new Map(
      Object.entries(build.namedContexts).map(([name, value]) => [
        name.toLowerCase(),
        /^(?:[a-z-]+:|\/)/.test(value) ? value : joined(directory, value),
      ]),
    ),
    platform: build.platforms[0] ?? null,
    told: { root: cleanPath(build.context), name: build.name, foundIn: build.guessed ? null : foundIn },
  }
}

const joined = (directory: string, path: string): string =>
  directory === '.' ? cleanPath(path) : cleanPath(joinPath(directory, path))

/** One report of finished builds, the leading one first. */
export const reportBuilds = (parts: readonly ReportPart[]): Report => makeReport(parts)

/** The trees of that report, for reporters that draw them. */
export const treesOf = (parts: readonly ReportPart[]): readonly ContextTree[] => contextTrees(parts)
