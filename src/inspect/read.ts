/** The looking itself: which files of the contexts are opened, how much of each, and when it is enough. */

import { type EntryTable, fileKind, flag, type Row, rootRow } from '../context/table.ts'
import { type Host, isFactOfPath } from '../host/host.ts'
import { baseName, joinPath, parentPath } from '../lib/path.ts'
import { packed, packedAll } from '../lib/three-bytes.ts'
import type { BuilderName } from '../report.ts'
import { binaryOf, headBytes, isForEverySystem, isForeign, suggestsBinary } from './binaries.ts'
import { dataEndings, dataNamed, dataPath, isData, type Suggested } from './databases.ts'
import { embedPatterns, type GoModule } from './go.ts'
import type { DataFile, ForeignBinary, Inspected, InspectedContext, SecretFile } from './model.ts'
import {
  besideStore,
  isAlone,
  isForCredentials,
  isForTests,
  isKeeping,
  isMadeOrPublished,
  isOwnSettings,
  isPublished,
  isSettings,
  keptBy,
  keptEndings,
  maySuggest,
  type Suspect,
  suspectEndings,
  suspectOf,
} from './names.ts'
import { isProjectFile, isSolution, projectEndings } from './packing.ts'
import { secretsIn } from './secrets.ts'

/** A context as a survey has it. */
export interface SurveyedContext {
  readonly context: { readonly name: string | null; readonly root: string }
  readonly table: EntryTable
  /** Rows that BuildKit sends, one byte each. */
  readonly sent: Uint8Array
}

/** Files that are opened for what their name suggests, the most telling names and the shortest paths first. */
export const mostSuspects = 200
/** Besides, files that git does not track and a program keeps. */
const mostKept = 60
/** And as many of somebody's own settings. */
const mostUntold = 60
/** Bytes read of each. */
export const suspectBytes = 65_536
/** Files whose first bytes are read, the largest first. */
export const mostBinaries = 300
/** Of files from this size on without an ending, which the mode does not call programs: archives and disks of Windows forget it. */
const largeProgram = 65_536
/** Of those as many, the largest first. */
const mostLarge = 50
/** Names of which it is kept whether they suggest something; in some directories no two are alike. */
const mostNames = 4096
/** Sources of Go that are read for what they embed. */
const mostSources = 100
/** Scripts and package.json that are read for what a build calls; with more of them nothing is known. */
const mostCalled = 150
/** Projects that are read for what a build takes of the tree; with more of them nothing is known. */
const mostProjects = 150
/** Files that may be the data of a database, what calls itself a dump first. */
export const mostDatabases = 50

export interface LookOptions {
  /** What binaries are held against. */
  readonly platform: string
  /** The only files to be opened, relative to their context; null: whichever suggest it. */
  readonly only: ReadonlySet<string> | null
  /** What git tracks in the main context: that is no data which somebody forgot. Null where it is not known. */
  readonly tracked: ReadonlySet<string> | null
  /** Texts of the RUN instructions: which scripts they call. */
  readonly runs: readonly string[]
}

/** Looks into the files that the leading builder takes. Opens at most 1,120 files a context; what cannot be opened is passed over. */
export function inspectBuild(
  host: Host,
  surveys: {
    readonly builder: BuilderName
    readonly main: SurveyedContext
    readonly named: readonly SurveyedContext[]
  },
  { platform, only, tracked, runs }: LookOptions,
): Inspected {
  const { builder, main, named } = surveys
  return {
    platform,
    contexts: [main, ...named].map((survey) =>
      inspectContext(host, survey, {
        ...{ platform, only, runs, tracked: survey === main && tracked?.size ? tracked : null },
        isWhole: builder !== 'buildkit' && survey === main,
      }),
    ),
  }
}

function inspectContext(
  host: Host,
  { context, table, sent }: SurveyedContext,
  { platform, only, tracked, runs, isWhole }: LookOptions & { readonly isWhole: boolean },
): InspectedContext {
  const { kind, flags, size: sizes } = table
  const barring = flag.unreadable | flag.withheld | (isWhole ? flag.ignored : 0)
  const takes = (row: Row) =>
    kind[row] === fileKind &&
    (isWhole || sent[row] === 1) &&
    (sizes[row] ?? 0) > 0 &&
    ((flags[row] ?? 0) & barring) === 0
  const start = (path: string, bytes: number) => startOf(host, joinPath(context.root, path), bytes)
  const all = findCandidates(table, takes, tracked)
  const suspects = [...all.suspects, ...passwordsBeside(table, takes, all.suspects)].filter(
    ({ path }) => only?.has(path) ?? true,
  )
  const named = suspects.filter(({ suspect }) => suspect.rank < 2)
  const kept = suspects.filter(({ suspect }) => suspect.rank === 2)
  const untold = suspects.filter(({ suspect }) => suspect.rank === 3)
  const opened = [
    ...named.toSorted(byPromise).slice(0, mostSuspects),
    ...kept.toSorted(byPromise).slice(0, mostKept),
    ...untold.toSorted(byPromise).slice(0, mostUntold),
  ]
  const secrets = opened
    .toSorted((a, b) => a.row - b.row)
    .flatMap(({ row, path, suspect }): readonly SecretFile[] => {
      const values = valuesOf(suspect, path, start)
      return values.length === 0 ? [] : [{ row, path, values }]
    })
  const size = (row: Row) => sizes[row] ?? 0
  const databases = (only === null ? all.databases : [])
    .filter(({ path, suggested }) => (tracked === null ? suggested.isTold : !tracked.has(path)))
    .toSorted((a, b) => Number(b.suggested.isTold) - Number(a.suggested.isTold) || byDepth(a, b))
    .slice(0, mostDatabases)
    .flatMap(({ row, path, suggested }): readonly DataFile[] => {
      const { says, starts, beside } = suggested.kind
      if (beside && table.find(joinPath(parentPath(path), beside)) === null) return []
      const head = starts === null ? new Uint8Array() : start(path, suspectBytes)
      return head !== null && isData(suggested, Buffer.from(head).toString('latin1'), size(row))
        ? [{ row, path: dataPath(path, suggested), kind: says }]
        : []
    })
  const largest = (rows: readonly Row[], most: number) =>
    (only === null ? rows : []).toSorted((a, b) => size(b) - size(a) || a - b).slice(0, most)
  const binaries = [...largest(all.candidates, mostBinaries), ...largest(all.large, mostLarge)]
    .sort((a, b) => a - b)
    .flatMap((row): readonly ForeignBinary[] => {
      const path = table.path(row)
      if (isForEverySystem(path)) return []
      const head = start(path, headBytes)
      const binary = head && binaryOf(head)
      return binary && isForeign(binary, platform) ? [{ row, path, size: size(row), ...binary }] : []
    })
  const go = secrets.length === 0 ? null : goModule(table, secrets, (path) => start(path, suspectBytes))
  const called =
    secrets.length === 0
      ? null
      : calledFiles(table, takes, { runs, start: (path) => start(path, suspectBytes) })
  const projects =
    secrets.length === 0
      ? null
      : projectFiles(table, takes, { runs, start: (path) => start(path, suspectBytes) })
  const notOpened = Math.max(0, named.length - mostSuspects)
  return {
    name: context.name,
    secrets,
    databases,
    binaries,
    ...(go && { go }),
    ...(called && { called }),
    ...(projects && { projects }),
    notOpened,
  }
}

interface SuspectFile {
  readonly row: Row
  readonly path: string
  readonly depth: number
  readonly suspect: Suspect
}

const suspectFile = (row: Row, path: string, suspect: Suspect): SuspectFile => ({
  row,
  path,
  depth: path.split('/').length,
  suspect,
})

/** What opens a store of keys lies beside it more often than not. */
function passwordsBeside(
  table: EntryTable,
  takes: (row: Row) => boolean,
  suspects: readonly SuspectFile[],
): readonly SuspectFile[] {
  const known = new Set(suspects.map(({ row }) => row))
  return suspects
    .filter(({ suspect }) => suspect.kind === 'store')
    .slice(0, mostSuspects)
    .flatMap(({ path }) => besideStore(path))
    .flatMap((path) => {
      const row = table.find(path)
      if (row === null || known.has(row) || !takes(row)) return []
      known.add(row)
      return [suspectFile(row, path, { kind: 'text', rank: 0 })]
    })
}

interface DatabaseFile {
  readonly row: Row
  readonly path: string
  readonly depth: number
  readonly suggested: Suggested
}

const byDepth = (a: DatabaseFile | SuspectFile, b: DatabaseFile | SuspectFile) =>
  a.depth - b.depth || a.row - b.row

const byPromise = (a: SuspectFile, b: SuspectFile) => a.suspect.rank - b.suspect.rank || byDepth(a, b)

/** What is worth a look, of the files that a builder takes. */
function findCandidates(
  table: EntryTable,
  takes: (row: Row) => boolean,
  tracked: ReadonlySet<string> | null,
): {
  readonly suspects: readonly SuspectFile[]
  readonly databases: readonly DatabaseFile[]
  readonly candidates: readonly Row[]
  readonly large: readonly Row[]
} {
  const { arena, nameStart, parent, mode, size } = table
  const endings = hintsByEnding()
  const suspects: SuspectFile[] = []
  const databases: DatabaseFile[] = []
  const candidates: Row[] = []
  const large: Row[] = []
  const rankOf = ranksIn(table)
  // Many files have the same name.
  const asked = new Map<string, boolean>()
  const suggests = (name: string): boolean => {
    const known = asked.get(name)
    if (known !== undefined) return known
    const may = maySuggest(name)
    if (asked.size < mostNames) asked.set(name, may)
    return may
  }
  for (const row of tellingRows(table, endings)) {
    if (!takes(row)) continue
    const from = nameStart[row] ?? 0
    const to = nameStart[row + 1] ?? from
    const name = table.name(row)
    const hints = endings.get(packed(arena, to - 3)) ?? 0
    const first = arena[from]
    const isTelling =
      (hints & hintOf.suspect) !== 0 || first === dot || first === underscore || holdsId(arena, from)
    // A path takes longer to make than a name to look at, and few names say anything.
    if (isTelling && suggests(name)) {
      const path = table.path(row)
      const suspect = suspectOf(path)
      // What a test is given, and git has, was made up.
      const isGiven = isAlone(baseName(path).toLowerCase()) && tracked?.has(path) === true && isForTests(path)
      if (suspect && !isGiven) suspects.push(suspectFile(row, path, suspect))
    }
    const rank = (hints & hintOf.kept) !== 0 && tracked !== null ? rankOf(row) : null
    if (rank !== null) {
      const path = table.path(row)
      if (!tracked?.has(path) && !isPublished(path) && suspectOf(path) === null)
        suspects.push(suspectFile(row, path, { kind: 'text', rank }))
    }
    if ((hints & hintOf.data) !== 0 && dataNamed(name) !== null) {
      const path = table.path(row)
      const suggested = dataNamed(path)
      if (suggested !== null && !isForTests(path) && !isPublished(path))
        databases.push({ row, path, depth: path.split('/').length, suggested })
    }
    const directory = parent[row] ?? rootRow
    const isInBin =
      directory !== rootRow && isBin(arena, nameStart[directory] ?? 0, nameStart[directory + 1] ?? 0)
    const isExecutable = ((mode[row] ?? 0) & 0o111) !== 0
    // `.so.1` and `.so.1.2` end in a digit.
    const mayBe = isInBin || isExecutable || isDigit(arena[to - 1] ?? 0) || (hints & hintOf.library) !== 0
    if (mayBe && suggestsBinary(name, mode[row] ?? 0, isInBin)) candidates.push(row)
    else if ((size[row] ?? 0) >= largeProgram && isNameless(name) && !isOfGit(table.path(row)))
      large.push(row)
  }
  return { suspects, databases, candidates, large }
}

/**
 * The files, ascending, of which something else than a text of their names must be asked: by the bytes of the names, by mode and size. To
 * make a text of each would take as long as the walk. Block by block, as they may be nearly all of a million.
 */
function* tellingRows(table: EntryTable, endings: ReadonlyMap<number, number>): Generator<Row> {
  const may = new Uint8Array(256 * 256)
  for (const ending of endings.keys()) may[ending & 0xffff] = 1
  const sieve: Sieve = { table, may, found: [], directory: rootRow, isInBin: false }
  for (let from = 0; from < table.count; from += together) {
    siftBlock(from, Math.min(table.count, from + together), sieve)
    yield* sieve.found.splice(0)
  }
}

/** Rows that are sifted at once. */
const together = 2048

interface Sieve {
  readonly table: EntryTable
  /** 1 for the last two bytes of endings. */
  readonly may: Uint8Array
  readonly found: Row[]
  /** Whose entries are gone through, and whether it is for programs. */
  directory: Row
  isInBin: boolean
}

function siftBlock(start: Row, end: Row, sieve: Sieve): void {
  const { may, found } = sieve
  const { kind, arena, nameStart, parent, mode, size } = sieve.table
  for (let row = start; row < end; row++) {
    if (kind[row] !== fileKind) continue
    const from = nameStart[row] ?? 0
    const to = nameStart[row + 1] ?? from
    const above = parent[row] ?? rootRow
    if (above !== sieve.directory) {
      sieve.directory = above
      sieve.isInBin = above !== rootRow && isBin(arena, nameStart[above] ?? 0, nameStart[above + 1] ?? 0)
    }
    const first = arena[from] ?? 0
    const last = arena[to - 1] ?? 0
    if (
      may[(small(arena[to - 2] ?? 0) << 8) | small(last)] === 1 ||
      first === dot ||
      first === underscore ||
      (small(first) === letterI && holdsId(arena, from)) ||
      ((mode[row] ?? 0) & 0o111) !== 0 ||
      sieve.isInBin ||
      (size[row] ?? 0) >= largeProgram ||
      (isDigit(last) && holdsLibrary(arena, from, to))
    )
      found.push(row)
  }
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** A capital as its small letter. */
const small = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)

/** True where `.so.` stands in it, whichever its letters are. */
function holdsLibrary(arena: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 3; at < to; at++)
    if (
      arena[at] === dot &&
      arena[at - 3] === dot &&
      small(arena[at - 2] ?? 0) === 0x73 &&
      small(arena[at - 1] ?? 0) === 0x6f
    )
      return true
  return false
}

const isNameless = (name: string): boolean => suggestsBinary(name, 0o111, false)

/** Its objects have no ending either. */
const isOfGit = (path: string): boolean => /(?:^|\/)\.git\//.test(path)

/** What a file of settings is worth that git knows nothing of; looks at the path of a directory once for the files in it, which stand together. */
function ranksIn(table: EntryTable): (row: Row) => 1 | 2 | 3 | null {
  let last: Row | null = null
  let inKeeping = false
  let inMade = false
  let inCredentials = false
  return (row) => {
    const at = table.parent[row] ?? rootRow
    if (at !== last) {
      const path = at === rootRow ? '' : table.path(at)
      inKeeping = path !== '' && isKeeping(path)
      inMade = path !== '' && isMadeOrPublished(path)
      inCredentials = path !== '' && isForCredentials(path)
    }
    last = at
    const name = table.name(row)
    if (inCredentials && isSettings(name)) return 1
    if (keptBy(name, inKeeping)) return 2
    return !inMade && isOwnSettings(name) ? 3 : null
  }
}

const dot = 0x2e
const underscore = 0x5f
const letterI = 0x69

const libraryEndings = ['ode', '.so', 'lib', 'dle', 'dll', 'exe']

/** What the last three bytes of a name may say, as bits. */
const hintOf = { suspect: 1, data: 2, library: 4, kept: 8 } as const

/** All that endings say in one map, as every name is looked up in it. */
function hintsByEnding(): ReadonlyMap<number, number> {
  const hints = new Map<number, number>()
  const add = (endings: readonly string[], hint: number) => {
    for (const ending of packedAll(endings)) hints.set(ending, (hints.get(ending) ?? 0) | hint)
  }
  add(suspectEndings, hintOf.suspect)
  add(dataEndings, hintOf.data)
  add(libraryEndings, hintOf.library)
  add(keptEndings, hintOf.kept)
  return hints
}

const idStart = packed(Buffer.from('id_'), 0)
const holdsId = (arena: Uint8Array, from: number) => packed(arena, from) === idStart

const binName = packed(Buffer.from('bin'), 0)
/** `bin` or `.bin`. */
const isBin = (arena: Uint8Array, from: number, to: number) =>
  packed(arena, to - 3) === binName && (to - from === 3 || (to - from === 4 && arena[from] === dot))

/** What the packages embed that could embed a secret; null where that cannot be told. */
function goModule(
  table: EntryTable,
  secrets: readonly SecretFile[],
  start: (path: string) => Uint8Array | null,
): GoModule | null {
  if (table.find('go.mod') === null) return null
  const text = (path: string) => Buffer.from(start(path) ?? '').toString('latin1')
  const directories = new Set<string>()
  for (const { path } of secrets)
    for (let at = parentPath(path); !directories.has(at); at = parentPath(at)) directories.add(at)
  const embeds: { readonly directory: string; readonly pattern: string }[] = []
  let read = 0
  for (const directory of directories) {
    const above = directory === '' ? null : table.find(directory)
    const end = above === null ? table.count : (table.end[above] ?? above + 1)
    for (let row = above === null ? 0 : above + 1; row < end; row = table.end[row] ?? row + 1) {
      if (table.kind[row] !== fileKind || !table.name(row).endsWith('.go')) continue
      // What stands further down in a large one is not known.
      if (++read > mostSources || (table.size[row] ?? 0) > suspectBytes) return null
      for (const pattern of embedPatterns(text(table.path(row)))) embeds.push({ directory, pattern })
    }
  }
  const makefile = ['GNUmakefile', 'makefile', 'Makefile'].find((name) => table.find(name) !== null)
  return { embeds, makefile: makefile === undefined ? null : text(makefile) }
}

const scriptNames = /(?:[\w.-]+\/)*[\w.-]+\.(?:ba)?sh\b/g
const jsTools = /\b(?:npm|pnpm|yarn|bunx?|npx|lerna|turbo|nx|vite|tsc|next|nuxt)\b/

/** What the texts of RUNs call, as {@link InspectedContext} has it; null where it is too much, or cut off. */
function calledFiles(
  table: EntryTable,
  takes: (row: Row) => boolean,
  { runs, start }: { readonly runs: readonly string[]; readonly start: (path: string) => Uint8Array | null },
): ReadonlyMap<string, string> | null {
  const rows = new Set<Row>()
  for (const text of runs)
    for (const [name] of text.matchAll(scriptNames)) {
      const row = table.find(name.replace(/^(?:\.\/)+/, ''))
      if (row !== null && takes(row)) rows.add(row)
    }
  if (runs.some((text) => jsTools.test(text)))
    for (const row of packageRows(table, takes)) if (rows.size <= mostCalled) rows.add(row)
  if (rows.size > mostCalled || [...rows].some((row) => (table.size[row] ?? 0) > suspectBytes)) return null
  return new Map(
    [...rows].map((row) => [table.path(row), Buffer.from(start(table.path(row)) ?? '').toString('utf8')]),
  )
}

const buildTools = /\b(?:dotnet|msbuild|mvnw?|mvnd|gradlew?|sbt)\b/

/** What the projects that RUNs build are built by, as {@link InspectedContext} has it; null where it is too much, or cut off. */
function projectFiles(
  table: EntryTable,
  takes: (row: Row) => boolean,
  { runs, start }: { readonly runs: readonly string[]; readonly start: (path: string) => Uint8Array | null },
): ReadonlyMap<string, string> | null {
  if (!runs.some((text) => buildTools.test(text))) return null
  const { count, arena, nameStart } = table
  const endings = new Set(packedAll(projectEndings))
  const texts = new Map<string, string>()
  for (let row = 0; row < count; row++) {
    if (!endings.has(packed(arena, (nameStart[row + 1] ?? 0) - 3))) continue
    const name = table.name(row)
    if (!isProjectFile(name) || !takes(row)) continue
    const path = table.path(row)
    // Of a solution it matters that it is there.
    if (texts.size >= mostProjects || ((table.size[row] ?? 0) > suspectBytes && !isSolution(name)))
      return null
    texts.set(path, isSolution(name) ? '' : Buffer.from(start(path) ?? '').toString('utf8'))
  }
  return texts
}

const packageFile = 'package.json'

/** Goes by the bytes of the names, as {@link findCandidates} does. */
function* packageRows(table: EntryTable, takes: (row: Row) => boolean): Generator<Row> {
  const { count, arena, nameStart } = table
  const wanted = packed(Buffer.from(packageFile), 0)
  for (let row = 0; row < count; row++) {
    const from = nameStart[row] ?? 0
    if ((nameStart[row + 1] ?? from) - from !== packageFile.length || packed(arena, from) !== wanted) continue
    if (table.name(row) === packageFile && takes(row) && !isPublished(table.path(row))) yield row
  }
}

function valuesOf(
  suspect: Suspect,
  path: string,
  start: (path: string, bytes: number) => Uint8Array | null,
): SecretFile['values'] {
  if (suspect.kind === 'store')
    return [{ line: null, kind: suspect.says, variable: null, confidence: suspect.confidence }]
  const bytes = start(path, suspectBytes)
  return bytes === null ? [] : secretsIn(path, bytes, { isKept: suspect.rank > 1 })
}

/** Null for what cannot be opened, or has become something else since the walk: the walk has said what there is to say. */
function startOf(host: Host, path: string, bytes: number): Uint8Array | null {
  try {
    return host.readStart(path, bytes)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}
