/** What git tracks and an image hardly needs: a change of it makes every step after a wide copy run again. */

import { dirKind, type EntryTable, type Row } from '../../context/table.ts'
import { asPattern } from '../../ignore/edit.ts'
import { createPatternList } from '../../ignore/matcher.ts'
import { parseIgnoreFile } from '../../ignore/parse.ts'
import { groupedBy } from '../../lib/grouped.ts'
import { visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import { aboutProject } from '../../repository/about-project.ts'
import { coverage } from '../../resolve/reads.ts'
import type { Suggestion } from '../edits/suggestion.ts'
import { createLinkFinder } from '../group/links.ts'
import type { Inquiry, Judged } from '../group/model.ts'
import { testProjects } from '../judge/test-projects.ts'
import { letInOnPurpose } from '../judge/uses.ts'
import { createWants, namesParts } from '../judge/wanted.ts'
import type { LineRoom } from './lines.ts'
import { conflictOf, droppedRanges } from './proof.ts'

/** One suggestion for all of it; null when nothing is read in passing. `isBrought`: what another suggestion copies by its name. */
export function trackedSuggestion(
  inquiry: Inquiry,
  room: LineRoom,
  isBrought: (path: string) => boolean,
): Suggestion | null {
  const { group, repository, measured } = inquiry
  const { table } = measured.main
  if (repository.tracked === null) return null
  const wants = createWants(inquiry)
  const linkTo = createLinkFinder(measured, repository)
  const lines: string[] = []
  const rows: Row[] = []
  const chosen = new Set<string>()
  const about = aboutProject(table)
  const tests = testProjects(inquiry).filter(
    ({ path }) => !about.some((one) => one.path === path || path.startsWith(`${one.path}/`)),
  )
  const readersOf = (path: string) =>
    group.members.flatMap((one) =>
      one.reads.filter(({ instruction }) => coverage(instruction, path) !== 'none'),
    )
  // Somebody wrote an exception for it, a link leads there, or an instruction asks for it by its name.
  const isAsked = (path: string): boolean =>
    linkTo(path) !== null ||
    isBrought(path) ||
    letInOnPurpose(measured, path) !== null ||
    readersOf(path).some(
      ({ instruction }) =>
        coverage(instruction, path) === 'named' ||
        instruction.localSources.some((source) => source.includes(path)),
    )
  const isFree = (row: Row) => room.kept[row] !== 1 || room.isFree(row)
  for (const { row, path, within } of [...about, ...tests.map((one) => ({ ...one, within: null }))]) {
    // Only BuildKit would have to be told of what nobody reads, which does not send it anyway.
    if (isFree(row) || chosen.has(within ?? '') || readersOf(path).length === 0) continue
    const isDirectory = table.kind[row] === dirKind
    // A source opens it.
    const mentions = repository.mentions?.get(path) ?? []
    const line = asPattern(path, { anywhere: false })
    if (
      mentions.length > 0 ||
      isAsked(path) ||
      wants.any(path, isDirectory) ||
      line === null ||
      conflictOf(line, room.named) !== null
    ) {
      const isInParts =
        isDirectory &&
        documents.test(path) &&
        mentions.every(({ text }) => namesParts(text, path)) &&
        readersOf(path).every(({ instruction }) =>
          instruction.localSources.every((source) => namesParts(source, path)),
        ) &&
        !wants.whole(path)
      const isKept = ({ path: part, row: at }: Part) =>
        mentions.some(({ text }) => text.includes(part)) ||
        isAsked(part) ||
        wants.any(part, table.kind[at] === dirKind)
      const parts = isInParts ? partsOf(table, row, { isFree, isKept, room }) : []
      for (const part of parts)
        for (const one of part.rows) {
          lines.push(part.line)
          rows.push(one)
        }
      continue
    }
    chosen.add(path)
    lines.push(line)
    rows.push(row)
  }
  const shorter = anywhere(lines, rows, room)
  // Nobody wants to decide for the sake of these alone.
  if (lines.every((line) => trifles.test(line))) return null
  const wide = group.members.flatMap(({ dockerfile, reads }) =>
    reads
      .filter(({ instruction }) => coverage(instruction, lines[0] ?? '') === 'broad')
      .map(({ instruction }) => ({ file: dockerfile.file, line: instruction.line })),
  )
  const [at] = wide
  const names = rows.map((row) => shown(table, row))
  return {
    id: `ignore-tracked ${shorter.join(' ')}`,
    title: `drop ${names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ')}`,
    safety: 'review',
    because: `git tracks it and the image hardly needs it; each change of it runs again all that follows ${at ? `the copy (${placeText(at)})` : 'the copy'}`,
    evidence: at ? [at] : [],
    ignores: [{ comment: 'To be decided: about the project, not of it.', lines: shorter }],
    rewrites: [],
    rows,
    speeds: null,
    guard: false,
  }
}

/** Directories in which a file or two are for a program, and the rest is for people. */
const documents = /^docs?$/i

/** Something that lies in a directory. */
interface Part {
  readonly row: Row
  readonly path: string
}

/** Fewer bytes are not worth a question, and more lines nobody wants to read. */
const leastBytes = 50_000
const mostLines = 8

/** What may go of a directory of which something is named: its parts one by one, or files of one ending together. Empty where it is not worth it. */
function partsOf(
  table: EntryTable,
  dir: Row,
  {
    isFree,
    isKept,
    room,
  }: {
    readonly isFree: (row: Row) => boolean
    readonly isKept: (part: Part) => boolean
    readonly room: LineRoom
  },
): readonly { readonly line: string; readonly rows: readonly Row[] }[] {
  const parts: Part[] = []
  for (let row = dir + 1; row < (table.end[dir] ?? dir + 1); row = table.end[row] ?? row + 1)
    parts.push({ row, path: table.path(row) })
  const [kept = [], free = []] = [true, false].map((isWanted) =>
    parts.filter((part) => !isFree(part.row) && isKept(part) === isWanted),
  )
  const isFile = ({ row }: Part) => table.kind[row] !== dirKind
  const ending = ({ path }: Part) => /\.[^./]+$/.exec(path)?.[0] ?? ''
  const together = [...groupedBy(free.filter(isFile), ending)].filter(
    ([end, all]) =>
      end !== '' &&
      all.length >= leastAlike &&
      ![...kept, ...parts.filter(({ row }) => isFree(row))].some((one) => ending(one) === end),
  )
  const above = asPattern(table.path(dir), { anywhere: false })
  const made = [
    ...together.map(([end, all]) => ({ line: `${above}/*${end}`, rows: all.map(({ row }) => row) })),
    ...free
      .filter((one) => !isFile(one) || !together.some(([end]) => end === ending(one)))
      .map(({ row, path }) => ({ line: asPattern(path, { anywhere: false }), rows: [row] })),
  ].flatMap(({ line, rows }) =>
    above === null || line === null || conflictOf(line, room.named) !== null ? [] : [{ line, rows }],
  )
  let bytes = 0
  for (const { rows } of made)
    for (const row of rows)
      for (let at = row; at < (table.end[row] ?? row + 1); at++) bytes += table.size[at] ?? 0
  return bytes < leastBytes || made.length > mostLines ? [] : made
}

/** So many of one name that nobody would write them one by one. */
const leastAlike = 4

/** One line for all that are called so, where it drops none that git tracks besides. */
function anywhere(lines: readonly string[], rows: readonly Row[], room: LineRoom): readonly string[] {
  const { table, kept, named, certain } = room
  const alike = groupedBy(
    rows.flatMap((row, at) => (table.kind[row] === dirKind ? [{ row, line: lines[at] ?? '' }] : [])),
    ({ row }) => table.name(row),
  )
  const replaced = new Map<string, string>()
  for (const [name, each] of alike) {
    const pattern = asPattern(name, { anywhere: true })
    if (each.length < leastAlike || pattern === null || conflictOf(pattern, named) !== null) continue
    const chosen = new Set(each.map(({ row }) => row))
    const list = createPatternList(parseIgnoreFile(pattern).compiled)
    const isWhole = droppedRanges(table, list).every(
      ({ from }) => chosen.has(from) || certain[from] === 1 || kept[from] !== 1,
    )
    if (isWhole) for (const { line } of each) replaced.set(line, pattern)
  }
  return [...new Set(lines.map((line) => replaced.get(line) ?? line))]
}

/** Of a few bytes, and hardly ever changed: they go with what else goes. */
const trifles = /^(?:\.gitignore|\.gitattributes|\.editorconfig)$/

/** What asks git for a commit or for what happened, and not whether the tree is as it was committed: https://github.com/adamralph/minver#how-it-works for MinVer. */
const indifferent =
  /^(?:git (?:rev-parse|log|rev-list|show|ls-files|ls-tree|cat-file|shortlog|blame|fetch|pull|config|remote|submodule|name-rev)|MinVer|turbo|nx|lerna|dvc|husky|lefthook|simple-git-hooks|pre-commit)\b/

/** True for a history in which an image looks whether its files are those of the commit: without one of them it calls them changed. */
export function comparesTree({ stake, judgement }: Judged): boolean {
  return (
    stake.junk?.what === 'history' && judgement.kind === 'keep' && !indifferent.test(judgement.reason.text)
  )
}

const shown = (table: EntryTable, row: Row): string =>
  `${visiblePath(table.path(row))}${table.kind[row] === dirKind ? '/' : ''}`
