/** The git repository around a directory: where it is, and what it tracks. */

import { type GitResult, type Host, isDirectory, isFactOfPath, isFile, type StandIn } from '../host/host.ts'
import { cleanPath, compareBytes, decodePath, joinPath, parentPath } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import { type IndexEntry, readIndex } from './git-index.ts'

/** Absolute paths without links. */
export interface RepositoryPlace {
  /** Top of the working tree. */
  readonly top: string
  /** Where HEAD and the index of this working tree are: `.git`, or what a worktree or a submodule has instead. */
  readonly gitDir: string
  /** Where objects and references are, which worktrees share. */
  readonly commonDir: string
  /** The directory that was asked about, relative to `top`; '' when it is the top. */
  readonly below: string
}

/** How far above a repository is looked for. */
const mostLevels = 32

/** The longest path that a `.git` file or a `commondir` file can hold, with what stands before it. */
const longestPointer = 4200

/**
 * Finds the repository whose working tree holds `root`, as git would from there: `.git` is a directory or a file
 * `gitdir: …`, a directory that only has the name is passed over, and another file system is not entered. Null when
 * there is none, and when a `.git` file leads nowhere, where git gives up too. Never throws.
 */
export function findRepository(host: Host, root: string): RepositoryPlace | null {
  return orNull(() => {
    const start = host.realPath(host.absolute(root))
    const device = host.stat(start)?.dev
    let at = start
    for (let level = 0; level < mostLevels; level++) {
      const git = inside(at, '.git')
      const stat = orNull(() => host.stat(git))
      if (isDirectory(stat)) {
        const place = placeAt(host, host.realPath(git), { top: at, start })
        if (place !== null) return place
      } else if (isFile(stat)) {
        const target = /^gitdir: (.+)$/s.exec(readPointer(host, git) ?? '')?.[1]
        if (target === undefined) return null
        return placeAt(host, host.realPath(from(at, target)), { top: at, start })
      }
      const above = at === '/' || parentPath(at) === at ? null : parentPath(at) || '/'
      // git-config(1): a repository on another file system is not found unless the user asks for it.
      if (above === null || host.stat(above)?.dev !== device) return null
      at = above
    }
    return null
  })
}

/** What git itself asks of a directory before it takes it for a repository: HEAD, objects, refs. */
function placeAt(
  host: Host,
  gitDir: string,
  { top, start }: { readonly top: string; readonly start: string },
): RepositoryPlace | null {
  const common = readPointer(host, `${gitDir}/commondir`)
  const commonDir = common === null ? gitDir : host.realPath(from(gitDir, common))
  if (host.lstat(`${gitDir}/HEAD`) === null) return null
  if (!isDirectory(host.stat(`${commonDir}/objects`)) || !isDirectory(host.stat(`${commonDir}/refs`)))
    return null
  return { top, gitDir, commonDir, below: start === top ? '' : start.slice(inside(top, '').length) }
}

const inside = (directory: string, name: string): string =>
  directory === '/' ? `/${name}` : `${directory}/${name}`

const from = (directory: string, path: string): string =>
  /^(?:\/|[A-Za-z]:[\\/])/.test(path) ? path : cleanPath(inside(directory, path))

function readPointer(host: Host, path: string): string | null {
  return orNull(() => {
    const stat = host.lstat(path)
    if (stat === null || !isFile(stat) || stat.size > longestPointer) return null
    const text = decodePath(host.readStart(path, longestPointer)).replace(/[\r\n]+$/, '')
    return text === '' || text.includes('\0') ? null : text
  })
}

function orNull<T>(ask: () => T): T | null {
  try {
    return ask()
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

/** True when the repository holds only the last part of its history, or of some branch. */
export function isShallow(host: Host, place: Pick<RepositoryPlace, 'commonDir'>): boolean {
  // git-clone(1), gitrepository-layout(5): `shallow` names the commits whose parents are missing.
  const stat = orNull(() => host.stat(`${place.commonDir}/shallow`))
  return stat !== null && isFile(stat) && stat.size > 0
}

/** What git tracks below a directory. */
export interface TrackedPaths {
  /** Files and links, relative to the directory; submodules are not among them. Null when it cannot be told. */
  readonly tracked: ReadonlySet<string> | null
  /** Directories that hold repositories of their own, which this one only points to; relative to the directory. */
  readonly submodules: ReadonlySet<string>
  /** The index's own words of them, relative to the directory, in git's order; the sides of a conflict one by one. */
  readonly entries: readonly IndexEntry[]
  readonly place: RepositoryPlace | null
  /** The top of the working tree; null when there is no repository. */
  readonly top: string | null
  /** The directory relative to it. */
  readonly below: string | null
  /** Why it cannot be told, with what to do about it; null where it can, and where there is no repository. */
  readonly problem: Problem | null
}

/** 64 MiB are some 700,000 files; git's largest users have four million in 400 MiB. */
const largestIndex = 512 << 20

/** What was read of directories before, by root. Written to. */
export type KnownTracked = Map<string, TrackedPaths>

/**
 * What git tracks below `root`, an absolute path: from the index file itself, and from git where only git can read
 * that. A repository without an index (nothing was ever added) tracks nothing. Never throws.
 */
export function trackedPaths(host: Host, root: string, known: KnownTracked = new Map()): TrackedPaths {
  const found = known.get(root) ?? readTracked(host, root, known)
  known.set(root, found)
  return found
}

function readTracked(host: Host, root: string, known: KnownTracked): TrackedPaths {
  if (host.standIn?.tracked) return trackedInCommit(host.standIn.root, host.standIn.tracked, root)
  const place = findRepository(host, root)
  if (place === null) return { ...nothing, place, top: null, below: null, tracked: null, problem: null }
  const { top, below } = place
  if (below !== '') return { ...partOf(trackedPaths(host, top, known), below), place }
  const asked = readOwnIndex(host, place.gitDir) ?? askGit(host, top)
  if ('problem' in asked) return { ...nothing, place, top, below, tracked: null, problem: asked.problem }
  const entries = sorted(asked.entries.filter(({ path }) => isPlain(path)))
  return { ...pathsOf(entries), place, top, below, problem: null }
}

/** An index made by hand may be in any order; git writes none. */
function sorted(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  const isSorted = entries.every(({ path }, i) => isInOrder(entries[i - 1]?.path ?? '', path))
  return isSorted ? entries : [...entries].sort((a, b) => compareBytes(a.path, b.path))
}

/** Code units, which are quickly compared, are in the order of bytes unless the later name has surrogates, or what comes after these. */
const isInOrder = (a: string, b: string): boolean =>
  a <= b && !/[\ud800-\uffff]/.test(b) ? true : compareBytes(a, b) <= 0

/** What lies below a directory of the repository: a slice, as an index is in the order of its paths. */
function partOf(whole: TrackedPaths, below: string): TrackedPaths {
  if (whole.tracked === null) return { ...whole, below }
  const prefix = `${below}/`
  const from = firstFrom(whole.entries, prefix)
  let end = from
  while (whole.entries[end]?.path.startsWith(prefix)) end++
  const entries = whole.entries
    .slice(from, end)
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }))
  return { ...whole, ...pathsOf(entries), below }
}

/** Where the first path is that does not come before that one; paths are in the order of their bytes. */
function firstFrom(entries: readonly IndexEntry[], path: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes(entries[middle]?.path ?? '', path) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function pathsOf(entries: readonly IndexEntry[]): Pick<TrackedPaths, 'tracked' | 'submodules' | 'entries'> {
  const tracked = new Set<string>()
  const submodules = new Set<string>()
  for (const { path, mode } of entries) (mode === submoduleMode ? submodules : tracked).add(path)
  return { tracked, submodules, entries }
}

/** All of a commit is tracked; there is nothing else to be asked of a repository that is not looked into. */
function trackedInCommit(
  top: string,
  { paths, submodules }: NonNullable<StandIn['tracked']>,
  root: string,
): TrackedPaths {
  const below = root === top ? '' : root.slice(inside(top, '').length)
  const prefix = below === '' ? '' : `${below}/`
  const under = (all: readonly string[]) =>
    prefix === ''
      ? new Set(all)
      : new Set(all.flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : [])))
  return {
    tracked: under(paths),
    submodules: under(submodules),
    entries: [],
    place: null,
    top,
    below,
    problem: null,
  }
}

const nothing = { submodules: new Set<string>(), entries: [] }
const submoduleMode = 0o160000

/** An index made by hand may hold paths that lead out of the working tree; git adds none. */
const isPlain = (path: string): boolean =>
  !path.startsWith('/') && !(path.includes('..') && path.split('/').includes('..'))

/** True where the index names something: a repository that was only begun, or that is broken, knows of no file. */
export const isIndexed = (host: Host, root: string): boolean =>
  host.standIn?.tracked != null || indexedFiles(host, root) > 0

/** How many files the index names, as far as its first bytes tell (gitformat-index(5)); 0 where there is none. */
export function indexedFiles(host: Host, root: string): number {
  const place = findRepository(host, root)
  const start = place === null ? null : orNull(() => host.readStart(joinPath(place.gitDir, 'index'), 12))
  if (start === null || start.length < 12 || decodePath(start.subarray(0, 4)) !== 'DIRC') return 0
  return start.subarray(8, 12).reduce((count, byte) => count * 256 + byte, 0)
}

type Asked = { readonly entries: readonly IndexEntry[] } | { readonly problem: Problem }

function readOwnIndex(host: Host, gitDir: string): Asked | null {
  const read = (name: string) => {
    const path = joinPath(gitDir, name)
    const stat = host.lstat(path)
    if (stat === null) return null
    return isFile(stat) && stat.size <= largestIndex ? host.readStart(path, largestIndex) : undefined
  }
  return orNull(() => {
    const bytes = read('index')
    if (bytes === null) return { entries: [] }
    // The hash is made of hexadecimal digits here: it cannot lead elsewhere.
    const entries = bytes && readIndex(bytes, (hash) => orNull(() => read(`sharedindex.${hash}`)) ?? null)
    return entries ? { entries } : null
  })
}

function askGit(host: Host, top: string): Asked {
  const unread: Problem = {
    code: 'git-index-unread',
    message: 'the index of the git repository cannot be read without git',
    at: null,
    hint: 'install git',
  }
  if (host.git === null) return { problem: unread }
  const asked = host.git(top, ['ls-files', '-z', '-t', '--stage'])
  const problem = gitProblem(asked, top)
  if (problem !== null) return { problem }
  const entries: IndexEntry[] = []
  for (const line of decodePath(asked.stdout).split('\0')) {
    const tab = line.indexOf('\t')
    const head = /^(\S) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-3])$/.exec(line.slice(0, Math.max(0, tab)))
    if (head === null) continue
    entries.push({
      path: line.slice(tab + 1),
      mode: Number.parseInt(head[2] ?? '', 8),
      size: null,
      skipWorktree: head[1] === 'S',
      stage: Number(head[4]),
      objectId: () => head[3] ?? '',
    })
  }
  return { entries }
}

/** What to tell of a question that git did not answer; null where it did. `top` is what the user has to allow. */
export function gitProblem(result: GitResult, top: string): Problem | null {
  const problem = (code: string, message: string, hint: string | null): Problem => ({
    code,
    message,
    at: null,
    hint,
  })
  switch (result.trouble) {
    case null:
      return null
    case 'no-git':
      return problem('git-missing', 'git is not installed', 'install git')
    case 'no-repository':
      return problem('git-no-repository', 'git finds no repository here', null)
    case 'dubious-ownership':
      return problem(
        'git-dubious-ownership',
        'the git repository belongs to another user, and git refuses to read it',
        `if you trust it: git config --global --add safe.directory ${quoted(top)}`,
      )
    case 'too-much':
      return problem('git-too-much', 'git has more to say than can be held', null)
    case 'too-long':
      return problem('git-too-long', 'git did not answer in time', null)
    default:
      return problem('git-failed', `git failed: ${result.stderr.split('\n')[0] ?? ''}`, null)
  }
}

const quoted = (path: string): string =>
  /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
