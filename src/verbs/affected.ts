import { affectedBy, type PlannedInputs } from '../answers/affected.ts'
import { type Host, realPathAt } from '../host/host.ts'
import { askerOf, commonCommit } from '../host/ref.ts'
import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { isFetched } from '../inputs/target.ts'
import { CtxsizeError, fail } from '../lib/errors.ts'
import { baseName, decodePath, visiblePath, wellFormed } from '../lib/path.ts'
import type { AffectedBuild } from '../report.ts'
import { findRepository } from '../repository/place.ts'
import { planScan } from '../scan.ts'
import { buildOptions } from '../scan-builds.ts'
import { listsBuilds } from './configure.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { allBuilds, buildsAt, definedBuilds } from './targets.ts'

/** `ctxsize affected --since REF`: the builds whose inputs a change touches. Nothing is walked. */
export async function runAffected({ host, options }: VerbInput): Promise<Outcome> {
  if (options.since === null)
    throw fail('USAGE', 'ctxsize affected needs --since REF', {
      hint: 'ctxsize affected --since origin/main',
    })
  const directory = options.scan.context
  const found = options.builds.defined ? definedBuilds(host, options) : allBuilds(host, options)
  const { base, paths, below: changed } = changedSince(host, host.absolute(directory), options.since)
  // What a configuration lists is what there is, whatever other files say.
  const says =
    (!listsBuilds(options.config) && paths.some((path) => definition.test(path))) ||
    saysOtherwise(paths, found.builds)
  const before = says ? await definedAt(host, options, base) : null
  const isNew = (build: BuildTarget): boolean =>
    before !== null && !build.guessed && !before.has(definitionOf(build))
  const builds = found.builds
    .filter((build) => !isFetched(build))
    .flatMap((build): readonly AffectedBuild[] => {
      const touched =
        affectedBuild(host, build, options, changed) ??
        (isNew(build) ? { paths: [], because: `it was not built like this at ${options.since}` } : null)
      return touched === null ? [] : [{ ...told(build), ...touched }]
    })
  return {
    printable: {
      kind: 'affected',
      document: {
        schemaVersion: 1,
        since: options.since,
        builds,
        all: found.builds.length,
        open: found.open,
        problems: found.problems,
      },
    },
    fatal: [],
    exitCode: 0,
  }
}

const told = ({ name, context, dockerfile, target, foundIn }: BuildTarget) => ({
  name: name === null ? null : wellFormed(name),
  context: wellFormed(context),
  dockerfile: dockerfile === null ? null : wellFormed(dockerfile),
  target,
  foundIn,
})

type Changed = (root: string) => readonly string[]

/** What cannot be looked at has to be taken for touched: nothing says that it is not. */
function affectedBuild(
  host: Host,
  target: BuildTarget,
  options: RunOptions,
  changed: Changed,
): Pick<AffectedBuild, 'paths' | 'because'> | null {
  let inputs: PlannedInputs
  try {
    const scanned = { ...options.scan, progress: null, ...buildOptions(options.scan.context, target) }
    const { build, asked: plan } = planScan(host, scanned)
    const [problem] = [...(build.dockerfile.problem ? [build.dockerfile.problem] : []), ...plan.problems]
    inputs = { build, reads: plan.reads, unknown: problem ? problem.message : null }
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    return { paths: [], because: wellFormed(thrown.message) }
  }
  return affectedBy(inputs, changed)
}

/** Files that say how images are built, and the values in them. */
const definition = /(?:^|\/)(?:\.env|[^/]*compose[^/]*\.ya?ml|[^/]*\.hcl|[^/]*bake[^/]*\.json)$/

function saysOtherwise(paths: readonly string[], builds: readonly BuildTarget[]): boolean {
  const names = new Set(builds.flatMap(({ guessed, foundIn }) => (guessed ? [] : [baseName(foundIn.file)])))
  return paths.some((path) => names.has(baseName(path)))
}

/** Where it is written down, and for which platforms, is no input of a build. */
const definitionOf = ({ context, dockerfile, inline, target, args, namedContexts }: BuildTarget): string =>
  JSON.stringify([context, dockerfile, inline, target, args, namedContexts])

/** The builds as they were written down at a commit; none where that cannot be told. */
async function definedAt(host: Host, options: RunOptions, base: string): Promise<ReadonlySet<string>> {
  const { standIn } = await import('./stand-in.ts')
  try {
    const elsewhere = { at: base, input: null }
    const located = await standIn(host, { ...options, elsewhere }, async () => null)
    const found = buildsAt(located.host, { ...options, scan: located.scan })
    return new Set(found.builds.map(definitionOf))
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    return new Set()
  }
}

interface ChangedPaths {
  /** The last commit that both have in common. */
  readonly base: string
  /** Relative to the top. */
  readonly paths: readonly string[]
  /** Those below a directory, relative to it. */
  readonly below: Changed
}

/** What differs between the last commit and the one that it and `since` have in common; what is not committed is not looked at. */
function changedSince(host: Host, directory: string, since: string): ChangedPaths {
  const place = findRepository(host, directory)
  if (place === null || host.git === null)
    throw fail('NO_REPOSITORY', 'what changed since then is known to git only, and this is no repository')
  const commit = commonCommit(askerOf(host.git, place.top), since, 'name a branch of this repository')
  const asked = host.git(place.top, [
    'diff-tree',
    '-r',
    '-z',
    '--name-only',
    '--no-renames',
    '--end-of-options',
    commit,
    'HEAD',
  ])
  if (!asked.ok) throw fail('REF_NOT_FOUND', `git cannot compare with ${visiblePath(since)}: ${asked.stderr}`)
  const paths = decodePath(asked.stdout)
    .split('\0')
    .filter((path) => path !== '')
  const below = (root: string): readonly string[] => {
    const real = realPathAt(host, root)
    const inside = real === null ? '..' : relativePath(place.top, real)
    if (inside === '.') return paths
    if (inside.startsWith('..')) return []
    return paths.flatMap((path) => (path.startsWith(`${inside}/`) ? [path.slice(inside.length + 1)] : []))
  }
  return { base: commit, paths, below }
}
