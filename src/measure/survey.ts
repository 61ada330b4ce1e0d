/** A context looked at once for one build: its entry table, and what each builder takes of it. The last reading happens here. */

import { type GitIgnored, type GitRules, readGitIgnores } from '../context/git-ignored.ts'
import { makeRules, type WalkRules } from '../context/rules.ts'
import { type EntryTable, flag, type Row } from '../context/table.ts'
import { walkContext } from '../context/walk.ts'
import type { Walk } from '../context/walker.ts'
import type { ContextRequest } from '../dockerfile/model.ts'
import { type Host, type HostStat, isHostFailure } from '../host/host.ts'
import { compilePatterns, type PatternList } from '../ignore/matcher.ts'
import type { LoadedContext } from '../inputs/load.ts'
import { CtxsizeError } from '../lib/errors.ts'
import { joinPath, pathWithin, visiblePath } from '../lib/path.ts'
import { type Followed, followPaths } from '../resolve/follow.ts'
import { type ClassicRules, type Selection, selectForBuildkit } from '../resolve/selection.ts'
import { type AttributesByRow, buildkitBytes } from '../resolve/wire.ts'

export interface SurveyOptions {
  /** `transfer`: walk only where BuildKit would find something it asks for; default the whole context. */
  readonly scope?: 'context' | 'transfer'
  /** True: also count what lies in directories that the ignore file drops whole. */
  readonly measureIgnored: boolean
  /** `auto`: extended attributes are read while the entries are few enough to cost nothing much. */
  readonly xattrs: 'auto' | 'always' | 'never'
  readonly progress: ((entries: number) => void) | null
  /** What was seen of contexts before, by root and patterns: builds that share a context share the look at it. Written to. */
  readonly seen?: Map<string, SeenContext>
  /** Paths to look at although the walk may not come by: in directories that are dropped whole. */
  readonly lookAt?: readonly string[]
}

/** What is the same for every build that walks a context with the same patterns. */
export interface SeenContext {
  readonly walk: Walk
  readonly attributes: AttributesByRow
  readonly gitIgnored: GitIgnored | null
  readonly gitRules: GitRules | null
  readonly inexact: readonly string[]
}

/** A context, walked. */
export interface Survey {
  readonly context: LoadedContext
  /** Null when the build requests nothing of this context. */
  readonly request: ContextRequest | null
  readonly followed: Followed
  readonly walk: Walk
  readonly table: EntryTable
  /** Rows that BuildKit sends; none when nothing is requested. */
  readonly sent: Selection
  /** What was found at the paths of `lookAt`. */
  readonly lookedAt: ReadonlyMap<string, HostStat>
  /** Zeros when nothing is requested. */
  readonly wire: { readonly cold: number; readonly warm: number }
  /** True for a file that BuildKit sends empty although it has content. */
  readonly isWithheld: (row: Row) => boolean
  readonly attributes: AttributesByRow
  /** Null when the context is in no git repository. */
  readonly gitIgnored: GitIgnored | null
  readonly gitRules: GitRules | null
  /** Why the wire figures may be off. */
  readonly inexact: readonly string[]
  /** Docker's words when it refuses the include patterns that a source turned into; the transfer fails then. */
  readonly refused: string | null
}

/** Entries whose extended attributes are read unasked: about 20 ms of getfattr. */
const autoAttributes = 5000

interface OtherPatterns {
  readonly classic: ClassicRules | null
  readonly podman?: PatternList | null
}

/** Walks a context whole, as {@link surveyContext} does unless its scope is the transfer. */
export function walkWhole(
  host: Host,
  context: LoadedContext,
  options: SurveyOptions & OtherPatterns,
): EntryTable {
  return look(host, { context, rules: rulesOf(context, options, null), options }).walk.table
}

const rulesOf = (
  { patterns }: LoadedContext,
  { classic, podman = null }: OtherPatterns,
  includes: PatternList | null,
): WalkRules => makeRules({ ignore: patterns, classic: classic?.patterns ?? null, podman, includes })

/** Walks one context and measures what BuildKit would send of it. */
export function surveyContext(
  host: Host,
  context: LoadedContext,
  request: ContextRequest | null,
  options: SurveyOptions & OtherPatterns,
): Survey {
  // An archive goes to the builder whole, before it can ask for anything.
  const asked = context.archive ? { name: context.name, followPaths: null } : request
  const followed = followPaths(host, context.root, asked?.followPaths ?? null)
  const { includes, refused: refusedAtOnce } = compileIncludes(followed)
  // What fails when it is first tried is left to the selection, which knows whether it is.
  const isNarrow = options.scope === 'transfer' && !includes?.patterns.some(({ invalid }) => invalid)
  const rules = rulesOf(context, options, isNarrow ? includes : null)
  const { walk, attributes, gitIgnored, gitRules, inexact } = look(host, { context, rules, options })
  const { table } = walk
  const selected = asked === null || refusedAtOnce !== null ? refusedAtOnce : selectOrRefuse(table, includes)
  const refused = typeof selected === 'string' ? selected : null
  const nothing = asked === null || refused !== null
  const sent = selected instanceof Uint8Array ? selected : new Uint8Array(table.count)
  const isWithheld = withheld(table)
  const wire = context.archive
    ? { cold: context.archive.bytes, warm: context.archive.bytes }
    : nothing
      ? { cold: 0, warm: 0 }
      : buildkitBytes(table, sent, attributes, isWithheld)
  const lookedAt = lookAt(host, context.root, options.lookAt ?? [])
  return {
    context,
    request: asked,
    followed,
    walk,
    table,
    sent,
    wire,
    isWithheld,
    attributes,
    lookedAt,
    gitIgnored,
    gitRules,
    inexact: [...inexact, ...doubtsOf(host, context)],
    refused,
  }
}

interface Look {
  readonly context: LoadedContext
  readonly rules: WalkRules
  readonly options: SurveyOptions
}

/** Walks the context, or takes what another build has seen of it. */
function look(host: Host, { context, rules, options }: Look): SeenContext {
  const { root } = context
  const sources = ({ dialect, patterns }: PatternList) => [dialect, ...patterns.map(({ source }) => source)]
  const key = JSON.stringify([
    root,
    sources(rules.ignore),
    rules.classic && sources(rules.classic),
    rules.podman ? sources(rules.podman) : null,
    rules.includes && sources(rules.includes),
    options.measureIgnored,
  ])
  const known = options.seen?.get(key)
  if (known) return known
  const { measureIgnored, progress } = options
  const walk = walkContext(host, { root, rules, measureIgnored, progress })
  const { table } = walk
  const { attributes, inexact } = readAttributes(host, root, table, options.xattrs)
  const git = readGitIgnores(host, root, table)
  const seen = {
    walk,
    attributes,
    inexact: [...inexact, ...leftOverWords(walk.leftOvers)],
    gitIgnored: git?.ignored ?? null,
    gitRules: git?.rules ?? null,
  }
  options.seen?.set(key, seen)
  return seen
}

/** Docker sends what a killed run has left, until the next one has taken it away. */
function leftOverWords([first, ...others]: readonly string[]): readonly string[] {
  if (first === undefined) return []
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return [
    `left out: ${visiblePath(first)}${more}, left by a killed run; the next ctxsize fix --write removes it`,
  ]
}

/** What the host cannot know of the context; of what the ignore file drops nobody needs to know. */
function doubtsOf(host: Host, { root, patterns }: LoadedContext): readonly string[] {
  return (host.standIn?.doubts(root) ?? []).flatMap(({ paths, why }) => {
    const kept = paths?.filter((path) => !isIgnored(patterns, path))
    return kept?.length === 0 ? [] : [why(kept ?? [])]
  })
}

function isIgnored(patterns: PatternList, path: string): boolean {
  const names = path.split('/')
  const last = names.pop() ?? ''
  let state = patterns.root
  for (const name of names) state = patterns.enter(state, name)
  return patterns.matched(patterns.decide(state, last))
}

function compileIncludes(followed: Followed): {
  readonly includes: PatternList | null
  readonly refused: string | null
} {
  if (followed.includes === null) return { includes: null, refused: null }
  try {
    return { includes: compilePatterns(followed.includes), refused: null }
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    return {
      includes: compilePatterns([]),
      refused: `invalid includepatterns: [${followed.includes.join(' ')}]: syntax error in pattern`,
    }
  }
}

/**
 * Files that BuildKit's client sends without their content, because it cannot open them and does not say so
 * (tonistiigi/fsutil send.go, sendFile): those that cannot be read, and those that the walk keeps (algorithm W) while
 * opening goes by the path alone (algorithm P; filter.go, Open).
 */
const withheld = (table: EntryTable) => (row: Row) =>
  ((table.flags[row] ?? 0) & (flag.unreadable | flag.withheld)) !== 0

/** The rows that are sent; docker's words when an include pattern turns out to be none on the first path it is tried on. */
function selectOrRefuse(table: EntryTable, includes: PatternList | null): Selection | string {
  try {
    return selectForBuildkit(table, includes)
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    return 'failed to match includepatterns: syntax error in pattern'
  }
}

function lookAt(host: Host, root: string, paths: readonly string[]): ReadonlyMap<string, HostStat> {
  const found = new Map<string, HostStat>()
  for (const typed of paths) {
    const path = pathWithin(root, typed)
    if (path === null || path === '.') continue
    try {
      const stat = host.lstat(joinPath(root, path))
      if (stat) found.set(path, stat)
    } catch (thrown) {
      if (!isHostFailure(thrown)) throw thrown
    }
  }
  return found
}

function readAttributes(
  host: Host,
  root: string,
  table: EntryTable,
  mode: SurveyOptions['xattrs'],
): { readonly attributes: AttributesByRow; readonly inexact: readonly string[] } {
  const none: AttributesByRow = new Map()
  // What it has none of needs no program to be asked.
  if (host.standIn?.root === root || root.startsWith(`${host.standIn?.root}/`))
    return { attributes: none, inexact: [] }
  if (host.platform === 'win32')
    return { attributes: none, inexact: ['on Windows the wire figures are estimates'] }
  if (mode === 'never')
    return { attributes: none, inexact: ['extended attributes were not read (--xattrs never)'] }
  const isSent = (row: Row) => ((table.flags[row] ?? 0) & (flag.ignored | flag.unreadable)) === 0
  let count = 0
  for (let row = 0; row < table.count; row++) if (isSent(row)) count++
  if (mode === 'auto' && count > autoAttributes)
    return {
      attributes: none,
      inexact: [`extended attributes of ${count} entries were not read: --xattrs always reads them`],
    }
  const rows: Row[] = []
  for (let row = 0; row < table.count; row++) if (isSent(row)) rows.push(row)
  const byPath = new Map(rows.map((row) => [joinPath(root, table.path(row)), row]))
  const found = host.extendedAttributes([...byPath.keys()])
  if (found === null)
    return {
      attributes: none,
      inexact: ['extended attributes cannot be read here: install getfattr (package attr)'],
    }
  const attributes = new Map<Row, ReadonlyMap<string, number>>()
  for (const [path, lengths] of found) {
    const row = byPath.get(path)
    if (row !== undefined) attributes.set(row, lengths)
  }
  return { attributes, inexact: [] }
}
