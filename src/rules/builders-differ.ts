import { listed, shownPattern } from '../analyse/line-words.ts'
import { dirKind, flag, type Row, socketKind } from '../context/table.ts'
import { parentPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { PodmanView } from '../measure/podman.ts'
import type { Finding } from '../report.ts'
import type { Selection } from '../resolve/selection.ts'
import { plain, type Rule } from './rule.ts'

/** Files of this very tree that one builder finds in the context and another does not, with the line that makes the difference. */
export const buildersDiffer: Rule = {
  id: 'builders-differ',
  ofWhole: true,
  check: (build) => [...podmanDiffers(build), ...classicDiffers(build)],
}

type LoadedContext = PodmanView['context']

/** Lines that are told of, for each pair of builders. */
const mostLines = 4
/** Paths in a finding's data. */
const mostPaths = 20

/** One builder's way to look at the context. */
interface Sight {
  readonly builder: string
  readonly context: LoadedContext
  readonly has: (row: Row) => boolean
}

function podmanDiffers({ main, podman, build, builder }: MeasuredBuild): readonly Finding[] {
  // The same list of patterns is the same choice.
  if (podman === null || main.context.archive || podman.context === build.main) return []
  if (build.dockerRefuses) return []
  if (builder === 'classic' && !build.sameIgnoreFile) return []
  const docker: Sight = {
    builder: 'BuildKit',
    context: build.main,
    has: builder === 'podman' ? judged(main.table, build.main) : kept(main.table),
  }
  return between(main.table, docker, { builder: 'podman', context: podman.context, has: of(podman.kept) })
}

function classicDiffers({ main, classic, build, builder }: MeasuredBuild): readonly Finding[] {
  // Another ignore file is told of by `dockerignore-never-read`.
  if (classic === null || builder === 'podman' || !build.sameIgnoreFile || main.context.archive) return []
  const own = new Set(
    ['.dockerignore', build.dockerfile.inContext].map((path) => path && main.table.find(path)),
  )
  const isKept = kept(main.table)
  const docker: Sight = { builder: 'BuildKit', context: build.main, has: (row) => isKept(row) }
  // Its own two files are dropped by its daemon.
  const has = (row: Row) => (own.has(row) ? isKept(row) : classic.sent[row] === 1)
  return between(main.table, docker, { builder: 'the classic builder', context: build.main, has })
}

const of = (selection: Selection) => (row: Row) => selection[row] === 1
const kept = (table: MeasuredBuild['main']['table']) => (row: Row) =>
  ((table.flags[row] ?? 0) & flag.ignored) === 0

/** What docker's patterns keep of a table that was walked for podman. */
function judged(table: MeasuredBuild['main']['table'], { patterns }: LoadedContext): (row: Row) => boolean {
  const verdicts = new Map<Row, boolean>()
  return (row) => {
    const known = verdicts.get(row)
    if (known !== undefined) return known
    const found = !patterns.matched(patterns.judge(table.path(row)).verdict)
    verdicts.set(row, found)
    return found
  }
}

function between(table: MeasuredBuild['main']['table'], one: Sight, other: Sight): readonly Finding[] {
  const groups = new Map<string, Group>()
  for (let row = 0; row < table.count; row++) {
    if (table.kind[row] === dirKind || table.kind[row] === socketKind) continue
    const isThere = one.has(row)
    if (isThere === other.has(row)) continue
    const [finds, misses] = isThere ? [one, other] : [other, one]
    const path = table.path(row)
    const line = droppingLine(misses.context, path)
    const key = `${finds.builder} ${line?.index}`
    const group = groups.get(key) ?? { finds, misses, line, paths: [], bytes: 0 }
    group.paths.push(path)
    group.bytes += table.size[row] ?? 0
    groups.set(key, group)
  }
  return [...groups.values()]
    .sort((a, b) => b.paths.length - a.paths.length)
    .slice(0, mostLines)
    .map(findingOf)
}

interface Group {
  readonly finds: Sight
  readonly misses: Sight
  readonly line: DroppingLine | null
  readonly paths: string[]
  bytes: number
}
interface DroppingLine {
  readonly index: number
  readonly file: string
  readonly line: number
  readonly written: string
}

/** The line that keeps the path from a builder: its own, or that of a dropped directory below which the builder does not look. */
function droppingLine({ patterns, ignore }: LoadedContext, path: string): DroppingLine | null {
  for (let at = path; at !== ''; at = parentPath(at)) {
    const { verdict } = patterns.judge(at)
    const line = patterns.matched(verdict) ? ignore?.parsed.lines[verdict] : undefined
    if (ignore && line) return { index: verdict, file: ignore.file, line: line.line, written: line.written }
  }
  return null
}

function findingOf({ finds, misses, line, paths, bytes }: Group): Finding {
  const files = paths.length === 1 ? 'this file reaches' : `these ${paths.length} files reach`
  const because =
    line === null ? '' : `, because of ${visiblePath(line.file)}:${line.line} ${shownPattern(line.written)}`
  return {
    ...plain,
    bytes,
    rule: 'builders-differ',
    severity: 'info',
    message: `${files} ${finds.builder} but not ${misses.builder}${because}: ${listed(paths.map(shownPattern))}`,
    hint: null,
    at: line === null ? null : { file: wellFormed(line.file), line: line.line },
    data: {
      finds: finds.builder,
      misses: misses.builder,
      files: paths.length,
      paths: paths.slice(0, mostPaths).map(wellFormed),
    },
  }
}
