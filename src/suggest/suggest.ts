/** What to change about a build, and what to leave alone: judged, tried out, and put in order. */

import { counter } from '../analyse/amounts.ts'
import { dirKind, type EntryTable, type Row } from '../context/table.ts'
import type { BuildRequest } from '../dockerfile/model.ts'
import { createPlacer } from '../ignore/edit.ts'
import { parseIgnoreFile } from '../ignore/parse.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { visiblePath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Safety } from '../report.ts'
import type { Repository } from '../repository/model.ts'
import { suggestionsAfter } from './afterwards.ts'
import type { Refusal } from './copies/manifest-first.ts'
import { broughtBy } from './edits/brought.ts'
import type { Suggestion } from './edits/suggestion.ts'
import type { Originals } from './edits/texts.ts'
import { gatherGroup } from './group/group.ts'
import type { Group, Inquiry, Judged, Judgement, Member, Reason } from './group/model.ts'
import { createJudge } from './judge/judge.ts'
import { withoutLastOfSource } from './judge/last-of-source.ts'
import { withSecrets } from './judge/secrets.ts'
import { guardStakes } from './lines/guards.ts'
import { type Drop, dropsOf, type LineRoom } from './lines/lines.ts'
import { coveredPaths, namedPaths } from './lines/proof.ts'
import { foundMemories, memoriesElsewhere, withMemories, withoutHindered } from './lines/remembered.ts'
import { comparesTree, trackedSuggestion } from './lines/tracked.ts'
import { unreadSuggestion } from './lines/unread.ts'

/** Everything that was thought of, the best first. */
export interface Proposals {
  readonly group: Group
  readonly suggestions: readonly Suggestion[]
  /** What looks useless and stays. */
  readonly left: readonly Judged[]
  /** Changes of a Dockerfile that would help and cannot be made. */
  readonly refusals: readonly Refusal[]
  /** Every stake with its judgement, in the order of the context's rows. */
  readonly judged: readonly Judged[]
  readonly originals: Originals
}

/** Thinks out the proposals for the group of the build that was measured. Pure; linear in the rows for each line proposed. */
export function suggest(measured: MeasuredBuild, repository: Repository, request: BuildRequest): Proposals {
  const { table } = measured.main
  const group = gatherGroup(measured, repository, request)
  const originals: Originals = originalsOf(measured, repository, group)
  const long = group.members.find((one) => one.dockerfile.instructions.length > mostInstructions)
  if (long !== undefined) return nothingTried(repository, group, originals, long)
  const inquiry: Inquiry = { measured, repository, group }
  const { rows: tracked } = repository
  const judge = createJudge(inquiry)
  const elsewhere = memoriesElsewhere(inquiry)
  const judged = withoutHindered(
    withoutLastOfSource(
      repository.stakes.map(
        (stake): Judged => ({ stake, judgement: withSecrets(judge(stake), stake, measured) }),
      ),
      inquiry,
    ),
    elsewhere,
  )
  // A repository to which nothing was added yet knows as little as none.
  const isInGit = repository.tracked !== null && repository.tracked.size > 0
  const trackedDirs = directoriesOf(repository.tracked)
  /** Taken as a whole, or a file: what lies in it is not asked for by its name. */
  const isProjects = (path: string): boolean => {
    if (hasWildcard(path)) {
      const rows = matchingRows(table, path)
      const isOurs = (row: Row) => !isInGit || tracked.within(row) > 0
      // Nothing lies below a file, and no directory is called `*.txt`, nor `package.json.orig` beside what git tracks.
      const isFiles = /[*?\]][^/]*\.\w+$/.test(path)
      const isFile = (row: Row) => isFiles || (/\.\w+$/.test(table.name(row)) && rows.some(isOurs))
      return (
        rows.length > 0 && rows.every((row) => isOurs(row) || (table.kind[row] !== dirKind && isFile(row)))
      )
    }
    const row = table.find(path)
    // Without git, what is there is taken for a part of the project.
    return isInGit ? trackedDirs.has(path) || repository.tracked?.has(path) === true : row !== null
  }
  const certain = new Uint8Array(table.count)
  // What nobody reads goes with the directory that nobody reads.
  for (const { stake, judgement } of judged)
    if (isSure(judgement, group) && stake.stray === null)
      certain.fill(1, stake.row, table.end[stake.row] ?? stake.row + 1)
  const absent = absentPaths(table, repository)
  const guarding = guardStakes(
    inquiry,
    judged.map((one) => one.stake),
  ).map((stake): Judged => ({ stake, judgement: judge(stake) }))
  const made = [...judged, ...guarding].flatMap(({ stake, judgement }) =>
    stake.isDirectory && judgement.kind === 'keep' && judgement.isMade ? [stake] : [],
  )
  const roomOf = ({ group: all, measured: { main: one, kept } }: Inquiry): LineRoom => {
    const { patterns, ignore: file } = one.context
    const parsed = file?.parsed ?? parseIgnoreFile('')
    return {
      table: one.table,
      ignore: parsed,
      placer: createPlacer(parsed),
      kept,
      named: namedPaths(all, isProjects),
      covered: coveredPaths(all.members.flatMap(({ reads }) => reads)),
      certain,
      made,
      isFree: (row) => tracked.within(row) === 0,
      gitRules: one.gitRules,
      past: repository.past,
      absent: absent.filter((path) => !patterns.matched(patterns.judge(path).verdict)),
    }
  }
  const room = roomOf(inquiry)
  const unread = unreadSuggestion(inquiry, room)
  const isCovered = ({ stake }: Judged) =>
    unread?.rows.some((row) => row <= stake.row && stake.row < (table.end[row] ?? row + 1)) ?? false
  const drops = withMemories(
    dropsOf(
      judged.filter((one) => !isCovered(one)),
      room,
    ),
    foundMemories(elsewhere, judged),
    {
      manifests: repository.manifests,
      hasExceptions: room.ignore.compiled.some(({ negated }) => negated),
    },
  ).map((drop) => ignoreSuggestion(drop, false))
  const guards = guarding.filter((one) => isCertain(one) || group.open.length > 0)
  const lines = [...drops, ...(unread === null ? [] : [unread]), ...guardSuggestion(dropsOf(guards, room))]
  const dockerfiles = suggestionsAfter(
    lines.filter(({ safety }) => safety !== 'review'),
    { inquiry, room, request },
    originals,
    roomOf,
  )
  const about = judged.some(comparesTree)
    ? null
    : trackedSuggestion(inquiry, room, broughtBy(dockerfiles.suggestions))
  const suggestions = [...lines, ...dockerfiles.suggestions, ...(about === null ? [] : [about])]
  return {
    group,
    suggestions: ranked(suggestions, measured),
    refusals: dockerfiles.refusals,
    left: judged.filter(({ judgement }) => judgement.kind === 'keep'),
    judged,
    originals,
  }
}

function originalsOf(
  { build: { main }, dockerfile }: MeasuredBuild,
  repository: Repository,
  { members }: Group,
): Originals {
  const ignore = main.ignore?.parsed ?? null
  return {
    ignoreFile: main.ignore?.file ?? '.dockerignore',
    ignore,
    placer: createPlacer(ignore ?? parseIgnoreFile('')),
    dockerfiles: new Map(
      members
        .filter((one) => one.dockerfile === dockerfile || repository.dockerfiles.has(one.dockerfile.file))
        .map((one) => [one.dockerfile.file, one.dockerfile.text]),
    ),
  }
}

/**
 * How many instructions of one Dockerfile are thought through: each is held against those around it, and some pairs against a
 * third. Whoever has more had a program write them.
 */
const mostInstructions = 1000

function nothingTried(
  { stakes }: Repository,
  group: Group,
  originals: Originals,
  { dockerfile }: Member,
): Proposals {
  const reason: Reason = {
    text: `${visiblePath(dockerfile.file)} has more instructions than are looked through`,
    at: { file: dockerfile.file, line: 1 },
  }
  const judged = stakes.map((stake): Judged => ({ stake, judgement: { kind: 'keep', reason } }))
  const open = { ...group, open: [...group.open, reason] }
  return { group: open, suggestions: [], left: judged, refusals: [], judged, originals }
}

const isCertain = ({ judgement }: Judged): boolean =>
  judgement.kind === 'drop' && judgement.safety !== 'review'

/** What would be certain were there no build that cannot be read: that doubt is one for all lines. */
const isSure = (judgement: Judgement, { open }: Group): boolean =>
  judgement.kind === 'drop' &&
  (judgement.safety !== 'review' || (open.length > 0 && judgement.ground !== 'unexplained'))

/** The rows that a glob stands for, component by component. */
function matchingRows(table: EntryTable, glob: string): readonly Row[] {
  const parts = glob.split('/')
  const found: Row[] = []
  const visit = (from: Row, to: Row, depth: number) => {
    const part = parts[depth] ?? ''
    for (let row = from; row < to; row = table.end[row] ?? row + 1) {
      if (matchGlob(part, table.name(row)) !== 'match') continue
      if (depth === parts.length - 1) found.push(row)
      else visit(row + 1, table.end[row] ?? row + 1, depth + 1)
    }
  }
  visit(0, table.count, 0)
  return found
}

/** What git tracks and nobody finds in the tree. */
function absentPaths(table: EntryTable, { tracked, rows }: Repository): readonly string[] {
  if (tracked === null || rows.count === tracked.size) return []
  return [...tracked].filter((path) => {
    const row = table.find(path)
    return row === null || rows.isTracked?.[row] !== 1
  })
}

function directoriesOf(tracked: ReadonlySet<string> | null): ReadonlySet<string> {
  const dirs = new Set<string>()
  for (const path of tracked ?? [])
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const dir = path.slice(0, at)
      if (dirs.has(dir)) break
      dirs.add(dir)
    }
  return dirs
}

/** A drop with those that it needs is one suggestion: nobody is to take the one without the others. */
function ignoreSuggestion(drop: Drop, guard: boolean): Suggestion {
  const own = ownSuggestion(drop, guard)
  const others = (drop.memories ?? []).map((other) => ownSuggestion(other, guard))
  if (others.length === 0) return own
  const all = [own, ...others]
  return {
    ...own,
    id: `ignore ${all.flatMap(({ ignores }) => ignores.flatMap(({ lines }) => lines)).join(' ')}`,
    title: `${own.title}, with ${(drop.memories ?? []).map(({ judged, lines }) => titleOf(judged, lines)).join(', ')}`,
    evidence: distinctPlaces(all.flatMap(({ evidence }) => evidence)),
    ignores: all.flatMap(({ ignores }) => ignores),
    rows: all.flatMap(({ rows }) => rows),
  }
}

const distinctPlaces = (places: readonly Place[]): readonly Place[] => [
  ...new Map(places.map((place) => [`${place.file}:${place.line}`, place])).values(),
]

function ownSuggestion({ judged, lines }: Drop, guard: boolean): Suggestion {
  const [first] = judged
  if (first?.judgement.kind !== 'drop') throw new Error('a drop has a stake that goes')
  const { judgement } = first
  const places = judged.flatMap((one): readonly Place[] =>
    one.judgement.reason.at === null ? [] : [one.judgement.reason.at],
  )
  return {
    id: `ignore ${lines.join(' ')}`,
    title: `drop ${titleOf(judged, lines)}`,
    safety: judgement.safety,
    because: judgement.reason.text,
    evidence: distinctPlaces(places),
    ignores: [{ comment: commentFor(judgement.ground, judgement.reason.text, judgement.safety), lines }],
    rewrites: [],
    rows: judged.map((one) => one.stake.row).filter((row) => row >= 0),
    speeds: null,
    guard,
  }
}

/** `node_modules/`, `__pycache__/ in 5 places`, `24 files in uploads/`. */
function titleOf(judged: readonly Judged[], lines: readonly string[]): string {
  const [first] = judged
  const [line = ''] = lines
  if (!first) return line
  const { stake } = first
  const slash = stake.isDirectory ? '/' : ''
  if (judged.length === 1) return `${visiblePath(stake.path)}${slash}`
  if (line.startsWith('**/')) return `${visiblePath(line.slice(3))}${slash} in ${judged.length} places`
  if (lines.length === 1 && line.includes('/'))
    return `${judged.length} files in ${visiblePath(line.slice(0, line.lastIndexOf('/') + 1))}`
  return `${visiblePath(stake.path)}${slash} and ${judged.length - 1} more like it`
}

/** One suggestion for all that is not there yet: nobody wants to read a list of what might be. */
function guardSuggestion(drops: readonly Drop[]): readonly Suggestion[] {
  const parts = drops.map((drop) => ignoreSuggestion(drop, true))
  if (parts.length === 0) return []
  const lines = parts.flatMap(({ ignores }) => ignores.flatMap((group) => group.lines))
  const [least = 'review'] = (['review', 'safe', 'proven'] as const).filter((one) =>
    parts.some(({ safety }) => safety === one),
  )
  const safety: Safety = least
  return [
    {
      id: `guard ${lines.join(' ')}`,
      title: `keep out ${lines.map(visiblePath).join(', ')}`,
      safety,
      because: 'none of it is there today, and a tree that people work in grows it',
      evidence: [],
      ignores: [{ comment: 'Not there today, but a tree that people work in grows it.', lines }],
      rewrites: [],
      rows: [],
      speeds: null,
      guard: true,
    },
  ]
}

/** What stands above the lines: no numbers of lines, which would not stay true. */
function commentFor(ground: string, reason: string, safety: Safety): string {
  const text = reason
    // What is open may be known tomorrow.
    .replace(/; but \S+:\d+: .*$/, '')
    .replace(/ ?\([^()]*:\d+\)/g, '')
    .replace(/\S+:\d+ (?=names |asks |makes )/g, 'a file of the project ')
    .replace(/\S+:\d+ /g, '')
  if (safety === 'review') return `To be decided: ${text}.`
  switch (ground) {
    case 'history':
      return 'The history: no RUN, script or manifest uses git.'
    case 'disposable':
      return 'Caches, reports and what editors and systems leave: made anew whenever it is missing.'
    case 'unread':
      return 'No instruction of any build reads it.'
    case 'without':
      return 'CI builds the image without it.'
    default:
      return `${text}.`
  }
}

const safetyRank: Readonly<Record<Safety, number>> = { safe: 0, proven: 0, review: 1 }

/** Less than this is not what anybody decides about first. */
const leastWorth = 1_000_000

/**
 * What saves most for the leading builder first; guards last. What needs a decision comes after what does not: of that first
 * what holds keys, then what is large, then changes of Dockerfiles, and the rest by its size.
 */
function ranked(
  suggestions: readonly Suggestion[],
  { main, taken, builder, inspected }: MeasuredBuild,
): readonly Suggestion[] {
  const { table } = main
  const keys = inspected?.contexts.find(({ name }) => name === null)?.secrets ?? []
  // To be decided first: whether keys have to be there.
  const isUrgent = ({ safety, rows }: Suggestion) =>
    safety === 'review' &&
    rows.some((from) => keys.some(({ row }) => row >= from && row < (table.end[from] ?? from + 1)))
  const sent = builder === 'buildkit' ? main.sent : taken
  const amount = counter(table, sent)
  const whole = counter(table, new Uint8Array(table.count).fill(1))
  const saved = new Map(
    suggestions.map((one) => {
      let bytes = 0
      let all = 0
      for (const row of one.rows) {
        bytes += amount(row, table.end[row] ?? row + 1).bytes
        all += whole(row, table.end[row] ?? row + 1).bytes
      }
      return [one, bytes + all / 1e6] as const
    }),
  )
  // A step that is cached again is worth more than some small files.
  const isLesser = (one: Suggestion) =>
    one.safety === 'review'
      ? one.rewrites.length === 0 && (saved.get(one) ?? 0) < leastWorth
      : one.rewrites.length > 0
  return [...suggestions].sort(
    (a, b) =>
      safetyRank[a.safety] - safetyRank[b.safety] ||
      Number(isUrgent(b)) - Number(isUrgent(a)) ||
      Number(a.guard) - Number(b.guard) ||
      Number(isLesser(a)) - Number(isLesser(b)) ||
      (saved.get(b) ?? 0) - (saved.get(a) ?? 0),
  )
}
