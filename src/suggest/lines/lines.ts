/** From what may go to the lines that say so: few, and none that reaches further than meant. */

import type { GitRules } from '../../context/git-ignored.ts'
import { dirKind, type EntryTable, type Row } from '../../context/table.ts'
import { type FoundJunk, isTelling } from '../../ecosystems/index.ts'
import { asPattern, type Placer } from '../../ignore/edit.ts'
import { lineFromGit } from '../../ignore/from-git.ts'
import { createPatternList } from '../../ignore/matcher.ts'
import { droppedBy, meet, namedBy } from '../../ignore/meets.ts'
import { type IgnoreFile, parseIgnoreFile } from '../../ignore/parse.ts'
import type { Pattern } from '../../ignore/pattern.ts'
import { hasWildcard, matchGlob } from '../../lib/glob.ts'
import { groupedBy } from '../../lib/grouped.ts'
import { baseName, joinPath, parentPath } from '../../lib/path.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Judged } from '../group/model.ts'
import { countingName, type LastingName, lastingName, standsForNumber } from './changing-names.ts'
import { conflictOf, droppedRanges, endingTest, type NamedPaths } from './proof.ts'

/** Stakes that go for one reason, with the lines that drop just them. */
export interface Drop {
  readonly judged: readonly Judged[]
  readonly lines: readonly string[]
  /** Drops without which this one does harm. */
  readonly memories?: readonly Drop[]
}

export interface LineRoom {
  readonly table: EntryTable
  readonly kept: Uint8Array
  /** The ignore file as it is; an empty one where there is none. */
  readonly ignore: IgnoreFile
  readonly placer: Placer
  readonly named: readonly NamedPaths[]
  /** All that is read at all: what no instruction reads has to lie outside of it on every tree. */
  readonly covered: readonly NamedPaths[]
  /** Paths that git tracks and the table has not: deleted, not checked out, or in a directory that is dropped whole. */
  readonly absent: readonly string[]
  /** Paths that git tracked once: a name that was source is not junk everywhere. */
  readonly past: readonly string[]
  /** Rows of stakes that may go for certain: a line may reach them, whatever it was written for. */
  readonly certain: Uint8Array
  /** Directories that are made on the host for the image: what lies in them there need not lie here today. */
  readonly made: readonly Stake[]
  /** True when git tracks nothing in the row's subtree. */
  readonly isFree: (row: Row) => boolean
  /** Null where there is no git. */
  readonly gitRules: GitRules | null
}

/** Stakes under one name and for one reason go together. */
export function dropsOf(judged: readonly Judged[], room: LineRoom): readonly Drop[] {
  const unexplained = new Map<string, number>()
  for (const { stake } of judged)
    if (stake.junk === null && stake.stray === null) {
      const dir = parentPath(stake.path)
      unexplained.set(dir, (unexplained.get(dir) ?? 0) + 1)
    }
  const dropped = judged.flatMap(({ stake, judgement }) =>
    judgement.kind === 'drop' ? [{ stake, judgement }] : [],
  )
  const alike = groupedBy(dropped, ({ stake, judgement: { safety, ground, holdsKeys = false } }) => {
    const { junk, stray } = stake
    const kind = junk === null ? crowd(stake.path, unexplained, room) : junk.name
    const name = stray === null ? kind : stray.by === 'size' ? stake.path : stray.says
    return `${safety} ${ground} ${holdsKeys ? 'keys ' : ''}${name}`
  })
  return [...alike.values()].flatMap((each) => linesFor(each, room))
}

/** What nobody tracks, beside one another in a directory that stays: so many, or of one name but for what changes in it. */
function crowd(path: string, unexplained: ReadonlyMap<string, number>, room: LineRoom): string {
  const dir = parentPath(path)
  if (dir !== '' && ((unexplained.get(dir) ?? 0) > 2 || isHeldEmpty(dir, room))) return `${dir}/`
  const name = baseName(path)
  const { before, after } = lastingName(name) ?? { before: name.replace(/\d+/g, '0'), after: '' }
  return joinPath(dir, `${before}*${after}`)
}

/** True for a directory of which git tracks no more than what keeps it there: `.keep`, `.gitignore`. What lies in it today is not what will. */
function isHeldEmpty(dir: string, { table, isFree }: LineRoom): boolean {
  const row = dir === '' ? null : table.find(dir)
  if (row === null || isFree(row)) return false
  for (let at = row + 1; at < (table.end[row] ?? row + 1); at = table.end[at] ?? at + 1)
    if (!isFree(at) && (table.kind[at] === dirKind || !table.name(at).startsWith('.'))) return false
  return true
}

function linesFor(judged: readonly [Judged, ...Judged[]], room: LineRoom): readonly Drop[] {
  const [first] = judged
  const { junk, stray } = first.stake
  if (stray !== null) return linesForStrays(judged, room)
  if (junk !== null) {
    // A word may name sources elsewhere, some day: it is said of the place where it was found.
    const isCommon =
      judged.length > 1 ||
      (isTelling(junk.name) && (junk.disposable === 'always' || junk.what === 'packages'))
    const mayReach = room.made.some((one) => mayHold(one, junk))
    const line =
      isCommon && !mayReach && junk.what !== 'history' ? working(`**/${junk.name}`, judged, room) : null
    if (line !== null) return [{ judged, lines: [line] }]
    if (isCommon && !mayReach && junk.what !== 'history') return dropOf(linesByDepth(junk.name, judged, room))
  } else {
    const dir = parentPath(first.stake.path)
    const isHeld = isHeldEmpty(dir, room)
    const pattern = judged.length > 2 || isHeld ? asPattern(dir, { anywhere: false }) : null
    const extensions = new Set(judged.map(({ stake }) => /\.[^./]+$/.exec(stake.path)?.[0] ?? ''))
    const extension = extensions.size === 1 ? [...extensions][0] : ''
    // `.keep` and `.gitignore` hold a directory that has to exist.
    for (const names of isHeld
      ? ['[^.]*']
      : (namesAsGit(judged, room) ?? [`*${extension}`, `[^.]*${extension}`])) {
      const line = pattern === null ? null : working(`${pattern}/${names}`, judged, room)
      if (line !== null) return [{ judged, lines: [line] }]
    }
  }
  return dropOf(eachLine(judged, room))
}

/**
 * What git calls the entries of a directory that it leaves out one by one: what else is there of their ending it may have tomorrow. Null
 * where it leaves out all that lies there, or has nothing to say.
 */
function namesAsGit(
  judged: readonly [Judged, ...Judged[]],
  { gitRules }: LineRoom,
): readonly string[] | null {
  const dir = parentPath(judged[0].stake.path)
  if (gitRules === null || !judged.every(({ stake }) => stake.gitIgnored)) return null
  if (dir !== '' && gitRules.ruleFor(dir, true) !== null) return null
  const names = new Set(
    judged.map(({ stake }) => baseName(gitRules.ruleFor(stake.path, stake.isDirectory)?.glob ?? '*')),
  )
  if ([...names].every((name) => /^\*+$/.test(name))) return null
  const [name = ''] = names
  return names.size === 1 && /^[\w.*?@~+=-]+$/.test(name) ? [name] : []
}

/** Lines that are looked for by what stays of names: nobody reads a longer list. */
const mostLasting = 100

/** Where a line for the name at any depth could meet a source: one with a star for each directory above, for those that lie so deep, or else a line for each. */
function linesByDepth(
  name: string,
  judged: readonly Judged[],
  room: LineRoom,
): readonly (StakesLine | null)[] {
  const alike = groupedBy(judged, ({ stake }) => stake.path.split('/').length - name.split('/').length)
  return [...alike].flatMap(([depth, each]) => {
    const line = depth > 0 && each.length > 1 ? working(`${'*/'.repeat(depth)}${name}`, each, room) : null
    return line === null ? eachLine(each, room) : [{ judged: each, line }]
  })
}

/** A line for each, but one for all that a name which lasts is for. */
function eachLine(judged: readonly Judged[], room: LineRoom): readonly (StakesLine | null)[] {
  const left = new Set(judged)
  const found: StakesLine[] = []
  const refused = new Set<string>()
  for (const one of judged) {
    if (refused.size + found.length >= mostLasting) break
    if (!left.has(one)) continue
    for (const line of lastingLines(one, judged, room)) {
      const drops = refused.has(line) ? null : dropTest(line, room)
      if (drops === null || !drops(one)) continue
      if (!lasts(line, judged, room)) {
        refused.add(line)
        continue
      }
      const dropped = [...left].filter(drops)
      for (const other of dropped) left.delete(other)
      found.push({ judged: dropped, line })
      break
    }
  }
  return [...found, ...[...left].map((one) => lineEach(one, room))]
}

/**
 * For a stake whose name will be another tomorrow: as git says it, as the tool is known to call it, and what stays of the name. None
 * where the name is one that lasts.
 */
function lastingLines({ stake }: Judged, judged: readonly Judged[], room: LineRoom): readonly string[] {
  const name = baseName(stake.path)
  const dir = parentPath(stake.path)
  const own = lastingName(name) ?? countedWith(stake, judged)
  const tells = (glob: string) => hasWildcard(glob) && (own !== null || standsForNumber(glob, name))
  const place = dir === '' ? '' : asPattern(dir, { anywhere: false })
  const inPlace = (glob: string) => (place === null ? [] : [place === '' ? glob : `${place}/${glob}`])
  const lines: string[] = []
  const rule = stake.gitIgnored ? room.gitRules?.ruleFor(stake.path, stake.isDirectory) : null
  const gitName = rule ? baseName(rule.glob) : ''
  // Stars alone say nothing of the name.
  if (rule && /[^*]/.test(gitName) && tells(gitName) && matchGlob(gitName, name) === 'match') {
    const line = lineFromGit(rule)
    // What is made for the image has such names of its own.
    const isAnywhere = rule.anywhere || rule.glob.includes('**')
    if (line !== null && !(isAnywhere && room.made.length > 0)) lines.push(line)
    lines.push(...inPlace(gitName))
  }
  const junkName = stake.junk === null ? '' : baseName(stake.junk.name)
  if (tells(junkName)) lines.push(...inPlace(junkName))
  if (own !== null && plain.test(own.before) && plain.test(own.after))
    lines.push(...inPlace(`${own.before}${own.star}${own.after}`))
  return lines
}

/** Stands for itself in any pattern, and is not trimmed. */
const plain = /^(?:[\p{L}\w.@~,=%-](?:[\p{L}\w.@~,=% -]*[\p{L}\w.@~,=%-])?)?$/u

/** What counts one of several that differ in a number alone. */
function countedWith({ path, isDirectory }: Stake, judged: readonly Judged[]): LastingName | null {
  for (const { stake } of judged.slice(0, mostTried))
    if (stake.isDirectory === isDirectory && parentPath(stake.path) === parentPath(path)) {
      const counted = countingName(baseName(path), baseName(stake.path))
      if (counted !== null) return counted
    }
  return null
}

/** True for a line that reaches none but the stakes, nothing that was a source once, and on no tree what is made for the image or what git lets in. */
function lasts(line: string, judged: readonly Judged[], room: LineRoom): boolean {
  const [pattern, another] = parseIgnoreFile(line).compiled
  if (!pattern || another || pattern.negated || pattern.invalid) return false
  const dropped = droppedBy(pattern)
  const isMade = ({ path }: Stake) =>
    meet(dropped, namedBy(path, { kind: 'plain', below: false })).kind === 'meet'
  const mayBeSource = judged.some(({ stake }) => stake.junk?.disposable !== 'always')
  return (
    !room.made.some(isMade) &&
    !letsInSome(line, room) &&
    fits(line, judged, room) &&
    !(mayBeSource && droppedOnce(line, room.past))
  )
}

/** More exceptions are a list of what git has, and any may be meant. */
const mostExceptions = 100

/** True where an exception of git may let in what the line drops; what lies in a directory that is dropped git does not let in either. */
function letsInSome(line: string, { gitRules }: LineRoom): boolean {
  const exceptions = gitRules?.exceptions ?? []
  const itself = namedBy(line, { kind: 'pattern', below: false })
  return (
    exceptions.length > mostExceptions ||
    exceptions.some((rule) => {
      const written = lineFromGit(rule)
      return (
        written === null || meet(itself, namedBy(written, { kind: 'pattern', below: false })).kind === 'meet'
      )
    })
  )
}

/**
 * Packages and what was built have a `dist` of their own, packages have packages; caches, logs and what editors leave are worthless
 * in them too.
 */
const mayHold = ({ junk: made }: Stake, { what, disposable }: FoundJunk): boolean =>
  what === 'packages'
    ? made?.what === 'packages'
    : disposable !== 'always' || !/^(?:cache|editor|system|log|dump)$/.test(what)

interface StakesLine {
  readonly judged: readonly Judged[]
  readonly line: string
}

/** Null where no line drops just the stake. */
function lineEach(one: Judged, room: LineRoom): StakesLine | null {
  const pattern = asPattern(one.stake.path, { anywhere: false })
  const line = pattern === null ? null : working(pattern, [one], room)
  return line === null ? null : { judged: [one], line }
}

function dropOf(found: readonly (StakesLine | null)[]): readonly Drop[] {
  const lines = found.filter((one) => one !== null)
  if (lines.length === 0) return []
  return [{ judged: lines.flatMap((one) => one.judged), lines: lines.map(({ line }) => line) }]
}

/** Copies have an ending of their own, which no source has. */
const copied = /\.(?:bak|orig|rej|old|tmp)$/

/** So many of one name that nobody would write them one by one. */
const leastAlike = 3

/** One question for all of one kind, the largest first; files that a program counted through in one line. */
function linesForStrays(judged: readonly Judged[], room: LineRoom): readonly Drop[] {
  const size = ({ stake: { row } }: Judged) => bytesOf(room.table, row)
  const sorted = [...judged].sort((a, b) => size(b) - size(a) || a.stake.row - b.stake.row)
  const alike = groupedBy(sorted, ({ stake: { path, isDirectory } }) => countedName(path, isDirectory))
  return dropOf(
    [...alike].flatMap(([pattern, each]): readonly (StakesLine | null)[] => {
      const isMany = each.length >= (pattern.startsWith('**/') ? 2 : leastAlike)
      const line = isMany ? working(pattern, each, room) : null
      return line === null ? each.map((one) => lineEach(one, room)) : [{ judged: each, line }]
    }),
  )
}

/** `Screenshot*.png` for a name that begins so and goes on with a number or a date; its own path where it is no such name. */
function countedName(path: string, isDirectory: boolean): string {
  const ending = /\.\w+$/.exec(path)?.[0] ?? ''
  if (!isDirectory && copied.test(path)) return `**/*${ending}`
  const word = /^[A-Za-z]{3,}(?=[-_ ]?\d|[-_ ]\w)/.exec(baseName(path))?.[0]
  const dir = parentPath(path)
  const start = isDirectory || word === undefined ? null : asPattern(joinPath(dir, word), { anywhere: false })
  return start === null ? path : `${start}*${ending}`
}

function bytesOf(table: EntryTable, from: Row): number {
  let bytes = 0
  for (let row = from; row < (table.end[from] ?? from + 1); row++)
    if (table.kind[row] !== dirKind) bytes += table.size[row] ?? 0
  return bytes
}

/**
 * The line, or the same for all that lies below, where it drops the stakes from the file as it is; null when it would
 * drop more than that. A directory that is dropped already is not dropped again for what an exception lets in below
 * it: a line that names the directory alone would do nothing there.
 */
function working(line: string, judged: readonly Judged[], room: LineRoom): string | null {
  return [line, `${line}/**`].find((one) => fits(one, judged, room) && isEffective(one, judged, room)) ?? null
}

/** Files of a stake that are looked at to see whether a line drops it. */
const mostTried = 100

const isEffective = (line: string, judged: readonly Judged[], room: LineRoom): boolean =>
  judged.every(dropTest(line, room) ?? (() => false))

/** Whether the line, put where it belongs, drops all that is left of a stake; null for no line that drops. */
function dropTest(
  line: string,
  { table, kept, ignore, placer }: LineRoom,
): ((judged: Judged) => boolean) | null {
  const [pattern] = parseIgnoreFile(line).compiled
  if (!pattern || pattern.negated || pattern.invalid) return null
  const withLine = () => {
    const place = placer(pattern).line
    const before = ignore.compiled.filter((_, index) => (ignore.lines[index]?.line ?? 0) < place)
    return [...before, pattern, ...ignore.compiled.slice(before.length)]
  }
  // Without exceptions a line drops wherever it stands what it matches, and what is looked at is not dropped yet.
  const list = createPatternList(ignore.compiled.some(({ negated }) => negated) ? withLine() : [pattern])
  return ({ stake }) => {
    if (stake.row < 0) return isOutWhole(list.patterns, stake.path)
    let tried = 0
    for (let row = stake.row; row < (table.end[stake.row] ?? stake.row + 1) && tried < mostTried; row++) {
      if (table.kind[row] === dirKind || kept[row] !== 1) continue
      tried++
      if (!list.matched(list.judge(table.path(row)).verdict)) return false
    }
    return true
  }
}

/** The line for one stake, given as a pattern or a path; null when it would drop more than the stake, or what is asked for by name. */
export function lineFor(path: string, stake: Stake, room: LineRoom): string | null {
  const line = path.startsWith('**/') ? path : asPattern(path, { anywhere: false })
  if (line === null) return null
  const meant: Judged = { stake, judgement: { kind: 'keep', reason: { text: '', at: null } } }
  const judged = path.startsWith('**/') ? [...everyMatch(path.slice(3), room)] : [meant]
  return (
    [line, `${line}/**`].find((one) => fits(one, judged, room) && isAirtight(one, stake.path, room)) ?? null
  )
}

/** The line for what has the name in directories that lie as deep as these, and in all of these; null when there is no such line. */
export function lineForDepth(name: string, directories: readonly string[], room: LineRoom): string | null {
  const depth = directories[0]?.split('/').length ?? 0
  const line = `${'*/'.repeat(depth)}${name}`
  const judged = [...everyMatch(name, room)]
  const isOut = (one: string) => directories.every((dir) => isAirtight(one, joinPath(dir, name), room))
  return [line, `${line}/**`].find((one) => fits(one, judged, room) && isOut(one)) ?? null
}

/** True when no exception of the file lets in anything of the path or below it, on any tree, once the line is there. */
function isAirtight(line: string, path: string, { ignore, placer }: LineRoom): boolean {
  const [pattern] = parseIgnoreFile(line).compiled
  if (!pattern) return false
  const place = placer(pattern).line
  const before = ignore.compiled.filter((_, index) => (ignore.lines[index]?.line ?? 0) < place)
  return isOutWhole([...before, pattern, ...ignore.compiled.slice(before.length)], path)
}

/** True when patterns drop the path and all that could ever lie below it. */
export function isOutWhole(patterns: readonly Pattern[], path: string): boolean {
  const list = createPatternList(patterns)
  const region = namedBy(path, { kind: 'plain', below: true })
  const witnesses = patterns.flatMap((one) => {
    const meeting = one.negated ? meet(region, droppedBy(one)) : { kind: 'disjoint' as const }
    // A meeting without a witness cannot be tried; the empty path is never dropped.
    return meeting.kind === 'disjoint' ? [] : [meeting.witness ?? '']
  })
  return [`${path}/x`, ...witnesses].every((one) => one !== '' && list.matched(list.judge(one).verdict))
}

/** Every directory of the name that git tracks nothing in. */
function* everyMatch(name: string, { table, isFree }: LineRoom): Generator<Judged> {
  const mayBe = endingTest(table, name)
  for (let row = 0; row < table.count; row++)
    if (table.kind[row] === dirKind && mayBe(row) && table.name(row) === name && isFree(row)) {
      const stake: Stake = {
        row,
        path: table.path(row),
        isDirectory: true,
        junk: null,
        gitIgnored: true,
        stray: null,
      }
      yield { stake, judgement: { kind: 'keep', reason: { text: '', at: null } } }
      row = (table.end[row] ?? row + 1) - 1
    }
}

/** True when the line drops nothing on this tree but the stakes, and no explicit source on any tree. */
function fits(
  line: string,
  judged: readonly Judged[],
  { table, kept, named, covered, absent, past, certain }: LineRoom,
): boolean {
  const file = parseIgnoreFile(line)
  if (file.problems.length > 0 || file.compiled.length !== 1 || conflictOf(line, named) !== null) return false
  const isProven = judged.some(({ judgement }) => judgement.kind === 'drop' && judgement.safety === 'proven')
  if (isProven && conflictOf(line, covered) !== null) return false
  const list = createPatternList(file.compiled)
  let meant: Uint8Array | null = null
  for (const { from, end } of droppedRanges(table, list))
    for (let row: Row = from; row < end; row++) {
      if (kept[row] !== 1 || certain[row] === 1 || table.kind[row] === dirKind) continue
      meant ??= rowsOf(judged, table)
      if (meant[row] !== 1) return false
    }
  const isDropped = (path: string) => list.matched(list.judge(path).verdict)
  const isAnywhere = line.startsWith('**/') && judged.some(({ stake }) => stake.junk?.disposable !== 'always')
  return !absent.some(isDropped) && !(isAnywhere && droppedOnce(line, past))
}

/** True where a line drops what git tracked once. What it ends in rules out nearly all of a long history. */
function droppedOnce(line: string, past: readonly string[]): boolean {
  const ending = /[^/*?[\]\\]*$/.exec(line)?.[0] ?? ''
  const list = createPatternList(parseIgnoreFile(line).compiled)
  return past.some((path) => path.includes(ending) && list.matched(list.judge(path).verdict))
}

/** The rows of the stakes, one byte each. */
function rowsOf(judged: readonly Judged[], table: EntryTable): Uint8Array {
  const rows = new Uint8Array(table.count)
  for (const { stake } of judged)
    if (stake.row >= 0) rows.fill(1, stake.row, table.end[stake.row] ?? stake.row + 1)
  return rows
}
