import { diffReport } from '../answers/diff.ts'
import type { LfsFacts, TreeFacts } from '../answers/diff-context.ts'
import { compareReports } from '../answers/diff-saved.ts'
import { withPolicy } from '../check/policy.ts'
import { type OpenedCommit, openCommit } from '../host/commit.ts'
import { entryAt, type Host, isFactOfPath, kindAt, realPathAt } from '../host/host.ts'
import { mayBePointer, pointedSize } from '../host/lfs.ts'
import { askerOf, commonCommit, resolveCommit } from '../host/ref.ts'
import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { CtxsizeError, fail } from '../lib/errors.ts'
import { baseName, decodePath, encodePath, joinPath, wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { DiffReport } from '../report/diff.ts'
import type { Finding, Report } from '../report.ts'
import { type KnownSources, nothingKnown } from '../repository/known.ts'
import type { RepositoryPlace } from '../repository/place.ts'
import { readWorkingTree, type WorkingTree } from '../repository/working-tree.ts'
import { examine, type FoundScan } from '../scan.ts'
import { reportBuilds, scanBuilds } from '../scan-builds.ts'
import { askedOf } from './asked.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { savedReport } from './report.ts'
import { placedIn, repositoryOf } from './stand-in.ts'
import { buildsAt, measureAll } from './targets.ts'

/** `ctxsize diff BASE`: this working tree against a commit, or against a report that was saved. */
export async function runDiff(input: VerbInput): Promise<Outcome> {
  // What is wrong with the base is told before anything is measured.
  const compare = comparisonOf(input)
  const known = nothingKnown()
  const { scans, problems, fetched } = measureAll(input, known)
  const asked = askedOf(input.host, input.options)
  const compared = compare({ scans, problems, known })
  const document: DiffReport = { ...compared, notes: [...compared.notes, ...fetched.map(notMeasured)], asked }
  return { printable: { kind: 'diff', document }, fatal: document.problems, exitCode: 0 }
}

const notMeasured = ({ name, context, foundIn }: BuildTarget): string =>
  wellFormed(
    `${foundIn.file}:${foundIn.line}: ${name === null ? '' : `${name} is not compared, `}docker fetches ${context} by itself`,
  )

function comparisonOf(input: VerbInput): (tree: MeasuredTree) => DiffReport {
  const { host, options } = input
  if (!isFile(host, options.diff.base)) {
    const base = findBase(input)
    return (tree) => compareWithBase(input, base, tree)
  }
  const saved = savedReport(host, options.diff.base)
  return (tree) => compareWithReport(input, saved, tree)
}

/** A file, or a pipe, by a name that is that of one: a branch may be called as a file is. */
const isFile = (host: Host, base: string): boolean => {
  const kind = /\.json$|^\.{0,2}\//.test(base) ? kindAt(host, base) : null
  return kind === 'file' || kind === 'other'
}

function compareWithReport(
  { options: { diff, config } }: VerbInput,
  saved: Report,
  { scans, problems }: MeasuredTree,
): DiffReport {
  const parts = scans.map(({ part }) => part)
  const now = withPolicy(reportBuilds(parts), parts, config?.rules ?? new Map())
  return compareReports(diff.base, saved, { ...now, problems: [...now.problems, ...problems] })
}

/** The commit that a comparison begins at. */
export interface Base {
  readonly place: RepositoryPlace
  readonly commit: string
}

/** Throws `REF_NOT_FOUND`, `GIT_UNAVAILABLE`. */
export function findBase({ host, options: { scan, diff } }: Pick<VerbInput, 'host' | 'options'>): Base {
  const { base, exact } = diff
  const place = repositoryOf(host, scan.context)
  const git = askerOf(host.git, place.top)
  try {
    const commit = exact
      ? resolveCommit(git, base, { alone: true })
      : commonCommit(git, base, '--exact-base compares with that very commit')
    return { place, commit }
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError) || thrown.code !== 'REF_NOT_FOUND') throw thrown
    const { code, message } = thrown
    if (base.endsWith('.json')) throw fail(code, `${message}, and no such file`)
    // A branch may be called as a directory is: then it is there.
    if (kindAt(host, base) !== 'directory') throw thrown
    throw fail(code, message, {
      hint: `what it is compared with comes first: ctxsize diff origin/main ${base}`,
    })
  }
}

/** What was measured of the working tree. */
export interface MeasuredTree {
  readonly scans: readonly FoundScan[]
  readonly problems: readonly Problem[]
  readonly known: KnownSources
}

/** The builds that were measured against those of the base; its targets begin with these, in their order. */
export function compareWithBase(
  { host, options }: Pick<VerbInput, 'host' | 'options'>,
  { place, commit }: Base,
  { scans: after, problems, known }: MeasuredTree,
): DiffReport {
  const { base, exact } = options.diff
  const tree = readWorkingTree(host, place.top, known.tracked)
  const { opened, before, unread } = measureBase({ host, options, place, tree, commit, after })
  return diffReport({
    ...{ base, commit, before, unread, after, problems },
    isCommon: !exact,
    factsOf: factsIn({ host, top: place.top, tree, opened }),
    findingsOf: (scan) => findingsOf(scan, options.config),
    notes: tree.problem === null ? [] : [tree.problem.message],
  })
}

/** With comments and configuration of now, on both sides. */
const findingsOf = ({ part }: FoundScan, config: RunOptions['config']): readonly Finding[] =>
  withPolicy(reportBuilds([part]), [part], config?.rules ?? new Map()).contexts.flatMap(
    ({ findings }) => findings,
  )

interface BaseQuestion {
  readonly host: Host
  readonly options: RunOptions
  readonly place: RepositoryPlace
  readonly tree: WorkingTree
  readonly commit: string
  readonly after: readonly FoundScan[]
}

interface MeasuredBase {
  readonly opened: OpenedCommit
  readonly before: readonly FoundScan[]
  readonly unread: string | null
}

/** The same builds at the commit. What is not in the repository is taken as it lies there now. */
function measureBase({ host, options, place, tree, commit, after }: BaseQuestion): MeasuredBase {
  const opened = openCommit(host, {
    top: place.top,
    ref: commit,
    outside: host,
    submodules: {
      // One that is there and not checked out would be compared with nothing.
      fills: (path) => tree.submodules.get(path) ?? true,
      stores: [...new Set([place.gitDir, place.commonDir])].map((directory) =>
        joinPath(directory, 'modules'),
      ),
    },
  })
  const scanned = {
    ...placedIn(host, options.scan, place.top),
    progress: null,
    // Only where there is a secret now it matters whether there was one.
    lookInto: secretFiles(after),
  }
  const unreadable = (thrown: unknown): MeasuredBase => {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    const isAbsent = thrown.code === 'CONTEXT_NOT_FOUND' || thrown.code === 'DOCKERFILE_NOT_FOUND'
    return { opened, before: [], unread: isAbsent ? null : `at the base: ${thrown.message}` }
  }
  try {
    if (options.builds.spelt && !options.builds.defined)
      return { opened, before: [examine(opened.host, scanned)], unread: null }
    const { builds } = buildsAt(opened.host, { ...options, scan: scanned })
    const { scans, problems } = scanBuilds(opened.host, scanned.context, builds, scanned)
    const [problem] = problems.filter(({ code }) => code !== 'CONTEXT_NOT_FOUND')
    return { opened, before: scans, unread: problem ? `at the base: ${problem.message}` : null }
  } catch (thrown) {
    return unreadable(thrown)
  }
}

const secretFiles = (scans: readonly FoundScan[]): ReadonlySet<string> =>
  new Set(
    scans.flatMap(({ inspected }) =>
      (inspected?.contexts ?? []).flatMap(({ secrets }) => secrets.map(({ path }) => path)),
    ),
  )

interface Knowledge {
  readonly host: Host
  readonly top: string
  readonly tree: WorkingTree
  readonly opened: OpenedCommit
}

/** What git and the disk know of the directories of the working tree. */
function factsIn(knowledge: Knowledge): (root: string) => TreeFacts | null {
  const lfs = lfsIn(knowledge)
  const known = new Map<string, TreeFacts | null>()
  return (root) => {
    const found = known.get(root)
    if (found !== undefined) return found
    const made = factsBelow(knowledge, root, lfs)
    known.set(root, made)
    return made
  }
}

function factsBelow(
  { host, top, tree, opened }: Knowledge,
  root: string,
  lfs: LfsFacts | null,
): TreeFacts | null {
  const inside = relativePath(top, realPathAt(host, root) ?? root)
  if (inside === '..' || inside.startsWith('../')) return null
  const below = inside === '.' ? '' : inside
  const prefix = below === '' ? '' : `${below}/`
  const whole = (path: string) => joinPath(below, path)
  const under = (path: string): readonly string[] =>
    path.startsWith(prefix) ? [path.slice(prefix.length)] : []
  const missing = new Set(opened.missing)
  const closed = new Map(
    [...tree.submodules].flatMap(([path, isHere]) =>
      isHere && !missing.has(path)
        ? []
        : under(path).map((name) => [name, isHere ? 'not at the base' : 'not checked out'] as const),
    ),
  )
  return {
    tracked: new Set([...tree.entries.keys()].flatMap(under)),
    closed,
    indexed: (path) => tree.entries.get(whole(path)) ?? null,
    blobAtBase: (path) => opened.blobOf(whole(path)),
    lfs: lfs && {
      atBase: (path) => lfs.atBase(whole(path)),
      here: (path, bytes) => lfs.here(whole(path), bytes),
    },
    isHere: (path) => entryAt(host, joinPath(root, path)) !== null,
    isSameText: (path) => isSameText(host, opened.host, joinPath(joinPath(top, below), path)),
    blobBytes: (names) => blobBytes(host, top, names),
  }
}

/** Null where neither side has files that git keeps as pointers. */
function lfsIn({ host, top, tree, opened }: Knowledge): LfsFacts | null {
  const pointers = opened.pointers()
  const attributes = [...tree.entries.keys()].filter((path) => baseName(path) === '.gitattributes')
  const isUsed = (path: string) => /\sfilter=lfs(?:\s|$)/m.test(textOf(host, joinPath(top, path)) ?? '')
  if (pointers === null && !attributes.some(isUsed)) return null
  const atBase = (path: string) => pointers?.get(path) ?? null
  return {
    atBase,
    here: (path, bytes) => {
      const entry = mayBePointer(bytes) ? tree.entries.get(path) : undefined
      if (entry === undefined) return null
      if (entry.objectId() === opened.blobOf(path) && entry.size === bytes) return atBase(path)
      const text = textOf(host, joinPath(top, path))
      return text === null ? null : pointedSize(encodePath(text))
    },
  }
}

const largestText = 1 << 20

function textOf(host: Host, path: string): string | null {
  try {
    return decodePath(host.readStart(path, largestText))
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

function isSameText(here: Host, base: Host, path: string): boolean {
  const plain = (text: string | null) => text?.replaceAll('\r\n', '\n')
  const now = plain(textOf(here, path))
  return now !== undefined && now.length < largestText && now === plain(textOf(base, path))
}

/** `cat-file --batch-check`: a line `<name> blob <size>` for each. */
function blobBytes(host: Host, top: string, names: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  if (names.length === 0) return found
  const said = askerOf(host.git, top)(['cat-file', '--batch-check'], {
    input: encodePath(`${names.join('\n')}\n`),
  })
  for (const line of decodePath(said).split('\n')) {
    const [name = '', type, size] = line.split(' ')
    if (type === 'blob') found.set(name, Number(size))
  }
  return found
}
