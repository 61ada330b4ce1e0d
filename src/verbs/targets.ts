/** Which builds a command line is about: the one it spells out, those of a file it names, or all there are. */

import type { EntryTable } from '../context/table.ts'
import { type Host, kindAt } from '../host/host.ts'
import { inOrder, readBuilds } from '../inputs/index.ts'
import { relativePath } from '../inputs/load.ts'
import { type BuildTarget, type FoundBuilds, isFetched } from '../inputs/target.ts'
import { nearest } from '../lib/distance.ts'
import { CtxsizeError, fail } from '../lib/errors.ts'
import { groupedBy } from '../lib/grouped.ts'
import { joinPath, visiblePath } from '../lib/path.ts'
import type { Report } from '../report.ts'
import { findBuilds } from '../repository/find-builds.ts'
import type { KnownSources } from '../repository/known.ts'
import { isIndexed } from '../repository/place.ts'
import { isClosed } from '../repository/sources.ts'
import { tellingFiles } from '../repository/telling-files.ts'
import { examine, type FoundScan, walkAhead } from '../scan.ts'
import { type BuildsScan, buildOptions, scanBuilds } from '../scan-builds.ts'
import { listsBuilds } from './configure.ts'
import type { RunOptions } from './options.ts'
import type { VerbInput } from './outcome.ts'
import type { RunConfig } from './run-config.ts'

/** Every build that the configuration lists, or else that is found in and under the directory. */
export function allBuilds(
  host: Host,
  { scan, config }: Pick<RunOptions, 'scan' | 'config'>,
  { known, walked = () => null }: Knowledge = {},
): FoundBuilds {
  const look = () => {
    const root = host.absolute(scan.context)
    const listed = isIndexed(host, root) ? [] : tellingFiles(host, root, walked())
    return findBuilds(host, root, listed, known)
  }
  if (config === null) return look()
  const { targets, named, closed } = config
  if (targets.length > 0 && named.length === 0) return { builds: inOrder(targets), open: [], problems: [] }
  const found = look()
  const meant = named.flatMap((one) => namedIn(found, one, config))
  return {
    ...found,
    builds: targets.length === 0 ? found.builds : inOrder([...targets, ...meant]),
    open: found.open.filter(({ at }) => !isClosed(at, closed)),
  }
}

/** What need not be found out for it anew. */
interface Knowledge {
  readonly known?: KnownSources
  /** The entries of the directory, or null: git knows the files that it tracks; where it tracks none, they are looked for. */
  readonly walked?: () => EntryTable | null
}

/** The builds of a name; that there is none is a mistake where all of them must be found. */
function namedIn(
  { builds }: FoundBuilds,
  { name, at }: RunConfig['named'][number],
  { isOwn }: RunConfig,
): readonly BuildTarget[] {
  const found = builds.filter((build) => build.name === name)
  if (found.length > 0 || !isOwn) return found
  const names = builds.flatMap((build) => build.name ?? [])
  const meant = nearest(name, names)
  throw fail(
    'CONFIG_INVALID',
    `no compose or bake file has a build ${visiblePath(JSON.stringify(name))}, and it says no context`,
    {
      at,
      hint: meant === null ? 'ctxsize builds lists those there are' : `did you mean ${visiblePath(meant)}?`,
    },
  )
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

/** The builds of a commit, which the host stands for: those of the files that -f names, or of today's configuration, or all there are. */
export function buildsAt(host: Host, options: RunOptions): FoundBuilds {
  if (options.builds.defined) return definedBuilds(host, options)
  const { standIn } = host
  const { config, scan } = options
  const inside = standIn === undefined ? '.' : relativePath(standIn.root, scan.context)
  const prefix = inside === '.' ? '' : `${inside}/`
  const tracked = standIn?.tracked?.paths ?? []
  const found = findBuilds(
    host,
    scan.context,
    tracked.flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : [])),
  )
  if (config === null || !listsBuilds(config)) return found
  const names = new Set(config.named.map(({ name }) => name))
  const meant = found.builds.filter(({ name }) => name !== null && names.has(name))
  return { ...found, builds: inOrder([...config.targets, ...meant]) }
}

/** Null: just the build that is spelt out. Else those that can be measured here, the leading one first. */
function targetsOf(host: Host, options: RunOptions, knowledge: Knowledge): FoundBuilds | null {
  if (options.builds.defined) return definedBuilds(host, options)
  // A commit is looked at through a host of its own, which knows nothing of what lies about.
  if (options.builds.spelt || options.elsewhere.at !== null || options.elsewhere.input !== null) return null
  const found = allBuilds(host, options, knowledge)
  const local = found.builds.filter((build) => !isFetched(build))
  const isPlain =
    !listsBuilds(options.config) &&
    local.every(
      ({ context, dockerfile, target, inline, namedContexts, args }) =>
        context === '.' &&
        dockerfile === 'Dockerfile' &&
        target === null &&
        inline === null &&
        Object.keys({ ...namedContexts, ...args }).length === 0,
    )
  if (local.length === 0 && host.stat(options.scan.context) !== null) refuseUnreadable(found)
  return local.length === 0 || isPlain ? null : found
}

/** Builds that are seen, and of which nothing can be measured here. */
function refuseUnreadable({ builds, open }: FoundBuilds): void {
  const [first] = [
    ...builds.map(({ foundIn, context }) => ({ at: foundIn, why: `docker fetches ${context} by itself` })),
    ...open,
  ]
  if (first === undefined) return
  const count = builds.length + open.length
  const others = count > 1 ? `, and ${count - 1} more` : ''
  throw fail(
    'DOCKERFILE_NOT_FOUND',
    `no Dockerfile, and no build that can be measured here: ${visiblePath(`${first.at.file}:${first.at.line}: ${first.why}`)}${others}`,
    { hint: 'ctxsize builds lists them; name a Dockerfile with -f' },
  )
}

/** The options of one build among others. */
export type LeadingOptions = RunOptions['scan'] & {
  /** How many more can be measured. */
  readonly others: number
}

/** The options of the first build that a file names, or that there is. */
export function firstBuild(host: Host, options: RunOptions, known?: KnownSources): LeadingOptions {
  const { scan } = options
  const found = targetsOf(host, options, known === undefined ? {} : { known })
  const [first, ...others] = (found?.builds ?? []).filter((build) => !isFetched(build))
  if (first !== undefined) return { ...scan, ...buildOptions(scan.context, first), others: others.length }
  const [remote] = found?.builds ?? []
  if (remote === undefined) return { ...scan, others: 0 }
  throw fail(
    'UNSUPPORTED',
    `docker fetches ${visiblePath(remote.context)} by itself: nothing of it is here`,
    {
      at: remote.foundIn,
      hint: 'see what it fetches in a clone: ctxsize --at REF',
    },
  )
}

/** Measures what a command line is about; the leading build first. */
export function measureAll(
  { host, options, progress }: Pick<VerbInput, 'host' | 'options' | 'progress'>,
  known: KnownSources,
): BuildsScan {
  const scanned = { ...options.scan, progress, trackedIn: known.tracked, seen: new Map() }
  const targets = targetsOf(host, options, { known, walked: () => walkedFor(host, scanned) })
  if (targets === null) return { scans: [examine(host, scanned)], problems: [], fetched: [] }
  const made = scanBuilds(host, options.scan.context, targets.builds, scanned)
  // What compose and bake refuse of a file beside the builds that there are is told by `ctxsize builds`.
  const leftOut = options.builds.defined ? [] : targets.problems
  return { ...made, problems: [...leftOut, ...made.problems] }
}

/** The entries of the directory where it has a Dockerfile, as it is a context then whatever else is built; null where they are not to be had. */
function walkedFor(host: Host, options: Parameters<typeof walkAhead>[1]): EntryTable | null {
  const { context, scope } = options
  if (scope === 'transfer' || kindAt(host, joinPath(context, 'Dockerfile')) !== 'file') return null
  try {
    return walkAhead(host, options)
  } catch (thrown) {
    // Whoever measures it is told why.
    if (thrown instanceof CtxsizeError) return null
    throw thrown
  }
}

/** What a report tells of builds whose contexts docker fetches; nothing where there are none. */
export function fetchedOf(fetched: readonly BuildTarget[]): Pick<Report, 'fetched'> {
  const told = fetched.map(({ name, context, foundIn }) => ({ name, context, foundIn }))
  return told.length === 0 ? {} : { fetched: told }
}

/** The first build of each context: what is proposed for one holds for all that share it. */
export function firstOfEach(scans: readonly FoundScan[]): readonly FoundScan[] {
  const leads = leadsOf(scans)
  return scans.filter((one) => leads.get(one) === one)
}

/**
 * By each build, the first build of the same context. Their tables need not be the same: the classic client adds a line for its
 * Dockerfile where that is dropped.
 */
export function leadsOf(scans: readonly FoundScan[]): ReadonlyMap<FoundScan, FoundScan> {
  const byContext = groupedBy(scans, ({ main: { context } }) =>
    JSON.stringify([context.root, context.ignore?.file ?? null]),
  )
  return new Map([...byContext.values()].flatMap((same) => same.map((one) => [one, same[0]])))
}

/** The build of the same context for which most is sent: what a change saves is told of that one. Of one Dockerfile, the build itself. */
export function toldOf(scans: readonly FoundScan[], lead: FoundScan): FoundScan {
  const beside = scans.filter(({ main }) => main.table === lead.main.table)
  const isOne = new Set(beside.map(({ build }) => build.dockerfile.file)).size === 1
  return isOne && lead.main.wire.cold > 0
    ? lead
    : beside.reduce((most, one) => (one.main.wire.cold > most.main.wire.cold ? one : most), lead)
}
