import { affectedBy, type PlannedInputs } from '../answers/affected.ts'
import type { Host } from '../host/host.ts'
import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { CtxsizeError, fail } from '../lib/errors.ts'
import { decodePath, visiblePath, wellFormed } from '../lib/path.ts'
import type { AffectedBuild } from '../report.ts'
import { findRepository, gitProblem } from '../repository/place.ts'
import { planScan } from '../scan.ts'
import { buildOptions, isRemote } from '../scan-builds.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { allBuilds, definedBuilds } from './targets.ts'

/** `ctxsize affected --since REF`: the builds whose inputs a change touches. Nothing is walked. */
export async function runAffected({ host, options }: VerbInput): Promise<Outcome> {
  if (options.since === null)
    throw fail('USAGE', 'ctxsize affected needs --since REF', {
      hint: 'ctxsize affected --since origin/main',
    })
  const directory = options.scan.context
  const found = options.builds.defined ? definedBuilds(host, options) : await allBuilds(host, directory)
  const changed = changedPaths(host, host.absolute(directory), options.since)
  const builds = found.builds
    .filter((build) => !isRemote(build))
    .flatMap((build): readonly AffectedBuild[] => {
      const touched = affectedBy(plannedInputs(host, directory, build, options), changed)
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

function plannedInputs(
  host: Host,
  directory: string,
  target: BuildTarget,
  options: RunOptions,
): PlannedInputs {
  const scanned = { ...options.scan, progress: null, ...buildOptions(directory, target) }
  try {
    const { build, asked: plan } = planScan(host, scanned)
    const [problem] = [...(build.dockerfile.problem ? [build.dockerfile.problem] : []), ...plan.problems]
    return { build, reads: plan.reads, unknown: problem ? problem.message : null }
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    throw fail(thrown.code, `${visiblePath(target.foundIn.file)}:${target.foundIn.line}: ${thrown.message}`, {
      hint: thrown.hint,
    })
  }
}

/** What differs between a commit and the last one, and what is not committed yet; by the directory that asks. */
function changedPaths(host: Host, directory: string, since: string): (root: string) => readonly string[] {
  const place = findRepository(host, directory)
  if (place === null || host.git === null)
    throw fail('NO_REPOSITORY', 'what changed since then is known to git only, and this is no repository')
  const base = host.git(place.top, ['merge-base', '--end-of-options', since, 'HEAD'])
  if (!base.ok) {
    const problem = gitProblem(base, place.top)
    throw fail('REF_NOT_FOUND', problem?.message ?? `no common commit with ${visiblePath(since)}`, {
      hint: problem?.hint ?? 'in CI: fetch it, with a history deep enough (fetch-depth: 0)',
    })
  }
  const commit = decodePath(base.stdout).trim()
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
  return (root) => {
    const below = relativePath(place.top, host.realPath(root))
    if (below === '.') return paths
    if (below.startsWith('..')) return []
    return paths.flatMap((path) => (path.startsWith(`${below}/`) ? [path.slice(below.length + 1)] : []))
  }
}
