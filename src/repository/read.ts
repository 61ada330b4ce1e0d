/** The readings about a context's repository, made once: what git tracks, how it is built, who names what is at stake. */

import type { GitIgnored } from '../context/git-ignored.ts'
import { dirKind, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import { isLocalContext } from '../dockerfile/reference.ts'
import { ecosystems, indexByName } from '../ecosystems/index.ts'
import type { Host } from '../host/host.ts'
import { relativePath } from '../inputs/load.ts'
import type { BuildTarget, OpenBuild } from '../inputs/target.ts'
import { matchGlob } from '../lib/glob.ts'
import { baseName, cleanPath, compareBytes, decodePath, joinPath, parentPath } from '../lib/path.ts'
import { containerStarts, mountedPaths, variableFiles } from './container-starts.ts'
import { type BuildIndex, buildsSeenFrom, indexBuilds } from './context-builds.ts'
import { releasedDockerfiles } from './goreleaser.ts'
import { type KnownSources, nothingKnown } from './known.ts'
import type { ClosedPlace, Declared, Repository, Texts } from './model.ts'
import { askNames, namedInTexts } from './named-in-texts.ts'
import { type PastAhead, pastPaths } from './past.ts'
import { type TrackedPaths, trackedPaths } from './place.ts'
import { readPrograms } from './programs.ts'
import { recipeForm } from './recipe-files.ts'
import { settingsFiles } from './settings-files.ts'
import { isDockerfile, readSources, type Sources } from './sources.ts'
import { findStakes, type Stake, trackedRows } from './stakes.ts'
import type { Stray } from './strays.ts'
import { largestText, textAt } from './text-file.ts'
import { relativeBuild } from './to-context.ts'
import { watchedIn, watchedPaths } from './watched.ts'

/** What is asked about. */
export interface RepositoryQuestion {
  /** The context's root, absolute. */
  readonly root: string
  readonly table: EntryTable
  readonly gitIgnored: GitIgnored | null
  /** What rows turned out to be when they were looked into; left out: nobody did. */
  readonly seen?: ReadonlyMap<Row, Stray>
  /** False: only what costs next to nothing; the search for names is left out where it would take long. */
  readonly thorough: boolean
  readonly known?: KnownSources
  /** What was asked about its past before; left out: it is asked now. */
  readonly past?: PastAhead | null
  readonly declared?: Declared | null
}

/** Of each kind: Dockerfiles, scripts, manifests. */
const mostTexts = 5_000

/** Reads what the repository says about a context. Without a repository, the context's own files are asked. */
export function readRepository(host: Host, question: RepositoryQuestion): Repository {
  const { root, table, thorough, known = nothingKnown() } = question
  const here = trackedPaths(host, root, known.tracked)
  const { below, tracked } = here
  const rows = trackedRows(table, tracked)
  const stakes = findStakes(table, rows, question.gitIgnored, question.seen)
  // Where a thread asks git already, it is at it while the rest is read; for this alone none would pay.
  const all = here.top !== null && question.past ? trackedPaths(host, here.top, known.tracked).tracked : null
  const ahead =
    here.top === null || all === null
      ? null
      : askNames(host, { base: here.top, files: [...all], table, stakes, thorough })
  const isManifest = manifestTest()
  const sources = readSources(host, root, (prefix) => listed({ table, stakes }, prefix, isManifest), known)
  const { base, prefix, files, toContext, said } = sources
  const declared = declaredFor(host, sources, root, question.declared ?? null)
  const builds = buildsSeenFrom(prefix, toContext, [said.index, declared.index])
  const { watched, mounted, variables, starts } = known.beside.get(said) ?? {
    watched: watchedPaths(host, base, said.files),
    mounted: mountedPaths(host, base, said.files),
    variables: variableFiles(host, base, said.files),
    starts: containerStarts(host, base, said.files),
  }
  known.beside.set(said, { watched, mounted, variables, starts })
  const released = releasedDockerfiles(host, root, files)
  const dockerfiles = dockerfilesOf(table, tracked, builds.here).filter(
    (path) => !released.has(path) || /^[Dd]ockerfile$/.test(path) || builds.of(path).length > 0,
  )
  const scripts = files.filter((path) => recipeForm(path) === 'script')
  const manifests = files.filter(isManifest)
  const read = {
    dockerfiles: withAbsent(host, here, texts(host, root, dockerfiles)),
    scripts: texts(host, root, scripts),
    manifests: texts(host, root, manifests),
  }
  const programs = readPrograms(host, root, table, read)
  return {
    below,
    tracked,
    tracksName: createTracksName(tracked),
    submodules: here.submodules,
    rows,
    stakes,
    past: thorough ? pastPaths(host, sources, known.deleted, question.past) : [],
    recipes: sources.recipes,
    builds,
    open: [
      ...sources.openHere,
      ...tooMany({ Dockerfiles: dockerfiles, scripts, manifests }),
      ...(tracked === null ? files.slice(mostListed - 1).map(notListed) : []),
    ],
    closed: declared.closed,
    ...read,
    makefiles: [...read.dockerfiles.values()].some((text) => /\bmake\b/.test(text))
      ? texts(
          host,
          root,
          files.filter((path) => recipeForm(path) === 'make'),
        )
      : new Map(),
    programs,
    settings: programs.size === 0 ? new Map() : settingsFiles(host, root, table),
    mentions: namedInTexts(host, { base, files: said.files, table, stakes, thorough, ahead }, toContext),
    watched: watchedIn(watched, toContext),
    mounted: watchedIn(mounted, toContext),
    variables: watchedIn(variables, toContext),
    starts,
  }
}

/** Looks through all names once for each glob: it is asked about few, again and again. */
function createTracksName(tracked: ReadonlySet<string> | null): (glob: string) => boolean {
  const known = new Map<string, boolean>()
  return (glob) => {
    const found = known.get(glob)
    if (found !== undefined) return found
    const matches = nameTest(glob)
    const isTracked = [...(tracked ?? [])].some((path) => matches(baseName(path)))
    known.set(glob, isTracked)
    return isTracked
  }
}

/** Asked for every path of a repository: what stands around the wildcards rules out nearly all of them. */
function nameTest(glob: string): (name: string) => boolean {
  const head = /^[^*?[\\]*/.exec(glob)?.[0] ?? ''
  const tail = /[^*?\]\\]*$/.exec(glob)?.[0] ?? ''
  return (name) => name.startsWith(head) && name.endsWith(tail) && matchGlob(glob, name) === 'match'
}

/** Of each kind that has more than are read, the first that is not: what the others do with the context nobody knows. */
function tooMany(kinds: Readonly<Record<keyof typeof beyond, readonly string[]>>): readonly OpenBuild[] {
  return (['Dockerfiles', 'scripts', 'manifests'] as const).flatMap((kind) =>
    kinds[kind].slice(mostTexts, mostTexts + 1).map((file) => ({
      at: { file, line: 1 },
      why: `this context has more ${kind} than are read, and any of the others ${beyond[kind]}`,
    })),
  )
}

/** What is behind the last one that was listed. */
const notListed = (file: string): OpenBuild => ({
  at: { file, line: 1 },
  why: 'this context has more files than are looked through without git, and any of the others may name what it needs',
})

const beyond = {
  Dockerfiles: 'may be built with it',
  scripts: 'may name what it needs',
  manifests: 'may have scripts that need what is in it',
} as const

interface DeclaredHere {
  /** Relative to the repository's root, as what was read of it. */
  readonly index: BuildIndex
  readonly closed: readonly ClosedPlace[]
}

/** What is declared, about the context at the root. */
function declaredFor(
  host: Host,
  { prefix }: Pick<Sources, 'prefix'>,
  root: string,
  declared: Declared | null,
): DeclaredHere {
  if (declared === null) return { index: indexBuilds([]), closed: [] }
  const here = host.realPath(root)
  const toRoot = (path: string): string =>
    path.startsWith('/') ? path : relativePath(here, joinPath(declared.base, path))
  const toRepository = (path: string): string =>
    path.startsWith('/') ? path : cleanPath(joinPath(prefix, toRoot(path)))
  const builds = declared.builds.map((build) => {
    const placed = relativeBuild(build, toRepository)
    // As compose has it: from where it is written down.
    const from = parentPath(placed.foundIn.file)
    const contexts = Object.entries(build.namedContexts).map(([name, value]) => [
      name,
      isLocalContext(value) && !value.startsWith('/') ? relativePath(from, toRepository(value)) : value,
    ])
    return { ...placed, namedContexts: Object.fromEntries(contexts) }
  })
  return {
    index: indexBuilds(builds),
    closed: declared.closed.map(({ file, line }) => ({ file: toRoot(file), line })),
  }
}

const mostListed = 20_000
const foreign = /^(?:node_modules|\.git|\.venv|vendor|site-packages)$/

/**
 * Files of the table that the ignore file leaves or that were at least seen, for a tree without git; relative to the
 * repository's root. Of more than are listed, what lies in the leavings of tools goes first; who gets as many as that
 * does not know of the others.
 */
function listed(
  { table, stakes }: { readonly table: EntryTable; readonly stakes: readonly Stake[] },
  prefix: string,
  isManifest: (path: string) => boolean,
): readonly string[] {
  const junk = new Set(stakes.filter((stake) => stake.junk !== null).map(({ row }) => row))
  const own: Row[] = []
  const left: Row[] = []
  let junkEnd = 0
  for (let row = 0; row < table.count && own.length < mostListed; row++) {
    const end = table.end[row] ?? row + 1
    if (junk.has(row)) junkEnd = Math.max(junkEnd, end)
    const isFile = table.kind[row] === fileKind
    const isSeen = isFile && ((table.flags[row] ?? 0) & flag.pruned) === 0
    const into = row < junkEnd ? left : own
    if ((!isSeen && table.kind[row] !== dirKind) || into.length === mostListed) continue
    const name = table.name(row)
    if (!isFile && foreign.test(name)) row = end - 1
    if (isFile && (worthReading(name) || isManifest(name))) into.push(row)
  }
  const all = own.length + left.length <= mostListed ? [...own, ...left].sort((a, b) => a - b) : own
  return all.map((row) => joinPath(prefix, table.path(row)))
}

/** Names that any reading here asks for; the rest of a large tree is not even listed. */
const worthReading = (name: string): boolean =>
  isDockerfile(name) ||
  /\.(?:ya?ml|sh|hcl|mk|json)$|[Mm]akefile|Jenkinsfile|[Jj]ustfile|Tiltfile/.test(name) ||
  !name.includes('.') ||
  /\.(?:[cm]?[jt]sx?|py|rb|go|rs|php|java|kt|cs|ex|toml|cfg|ini)$/.test(name)

/** Tells manifests, and the configurations in which a build may ask for its version, by their names. */
function manifestTest(): (path: string) => boolean {
  const globs = new Set([
    ...ecosystems.flatMap((one) => [
      ...one.manifests,
      ...one.versionTools.flatMap(({ files }) => files),
      ...one.commands.flatMap(({ makes }) => makes.flatMap(({ unless }) => unless?.files ?? [])),
    ]),
    ...[
      'pnpm-workspace.yaml',
      'requirements*.txt',
      'constraints*.txt',
      'requirements*.in',
      'go.work',
      'tsconfig*.json',
      'build.rs',
      'turbo.json',
      // Settings of package managers, in which variables of the build may be put in.
      '.npmrc',
      '.yarnrc.yml',
      'bunfig.toml',
      '.bunfig.toml',
      'pip.conf',
      'settings.xml',
    ],
  ])
  const named = indexByName(
    () => [...globs],
    (glob) => [glob],
  )
  return (path) =>
    named(baseName(path)).length > 0 ||
    (path.endsWith('.txt') && /(?:^|\/)requirements\/[^/]+\.txt$/.test(path)) ||
    /(?:^|\/)\.cargo\/config(?:\.toml)?$/.test(path)
}

function dockerfilesOf(
  table: EntryTable,
  tracked: ReadonlySet<string> | null,
  builds: readonly BuildTarget[],
): readonly string[] {
  const found = new Set<string>()
  const isForeign = (path: string) =>
    parentPath(path)
      .split('/')
      .some((name) => foreign.test(name))
  for (const path of tracked ?? [])
    if (isDockerfile(baseName(path)) && !path.endsWith('.dockerignore') && !isForeign(path)) found.add(path)
  const { count, kind, end, nameStart, arena } = table
  for (let row = 0; row < count; row++) {
    // The length of a name and its first letter rule out most rows without putting it together: n, ., v, s; D, d, C, an e or an r at the end.
    const from = nameStart[row] ?? 0
    const length = (nameStart[row + 1] ?? 0) - from
    const first = arena[from] ?? 0
    if (kind[row] === dirKind) {
      const isLike = length < 14 && (first === 110 || first === 46 || first === 118 || first === 115)
      if (isLike && foreign.test(table.name(row))) row = (end[row] ?? row + 1) - 1
    } else if (kind[row] === fileKind && length >= 8 && length <= 60) {
      const last = arena[from + length - 1]
      const isLike = first === 68 || first === 100 || first === 67 || last === 101 || last === 114
      if (isLike && isDockerfile(table.name(row))) found.add(table.path(row))
    }
  }
  for (const { context, dockerfile } of builds)
    if (dockerfile !== null && cleanPath(context) === '.') found.add(cleanPath(dockerfile))
  return [...found].sort(compareBytes)
}

function texts(host: Host, root: string, paths: readonly string[]): Texts {
  const found = new Map<string, string>()
  for (const path of paths.slice(0, mostTexts)) {
    const text = textAt(host, joinPath(root, path))
    if (text !== null) found.set(path, text)
  }
  return found
}

/** Dockerfiles that git tracks and a sparse checkout leaves out are built elsewhere all the same. */
function withAbsent(host: Host, { top, entries }: TrackedPaths, found: Texts): Texts {
  const all = new Map(found)
  for (const { path, skipWorktree, objectId } of entries) {
    if (!skipWorktree || all.has(path) || !isDockerfile(baseName(path)) || top === null) continue
    const asked = host.git?.(top, ['cat-file', 'blob', objectId()], { maxBytes: largestText })
    if (asked?.ok) all.set(path, decodePath(asked.stdout))
  }
  return all
}
