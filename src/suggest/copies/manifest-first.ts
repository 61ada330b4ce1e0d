/**
 * Manifests first: a copy of everything before an install makes the install run again for every change. Copied after
 * it, with only what the install reads before it, the install's cache lasts as long as the lockfile does.
 */

import { dirKind, type EntryTable, flag } from '../../context/table.ts'
import { baseName, joinPath, outermost, rootedPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import { lineAfter } from '../edits/lines-around.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member, Reason } from '../group/model.ts'
import { hasWorkspaces } from '../group/package-json.ts'
import { below } from '../image/paths.ts'
import { isElsewhere } from '../image/remake.ts'
import type { ImageCommand } from '../image/runs.ts'
import { concerns, contextPathAt, isThereBefore, type WideCopy } from '../image/wide-copy.ts'
import { asWritten, type Grounds } from '../needs/needs.ts'
import { type Artefact, mayComeAfter } from './artefacts.ts'
import { copyLines, rootedText } from './copy-lines.ts'
import { type Course, courseOf } from './course.ts'
import { leftBehind, splitRun, takesAway } from './split-run.ts'

/** Copies and the installs behind them, changed about. */
export interface Reordering {
  /** The first of them. */
  readonly install: ImageCommand
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
  /** Paths of the context that the installs make: they must not be in the copy that now comes after. */
  readonly makes: readonly string[]
  /** Paths of the context that they read, which must stay in it. */
  readonly needs: readonly string[]
  /** Why somebody should look at it first; null: nobody need. */
  readonly doubt: string | null
}

export interface Refusal {
  readonly subject: string
  readonly reason: Reason
}

/** Looks at every stage of a Dockerfile. What cannot be moved is told with its reason. */
export function manifestsFirst(
  member: Member,
  grounds: Grounds,
): { readonly found: readonly Reordering[]; readonly refusals: readonly Refusal[] } {
  const found: Reordering[] = []
  const refusals: Refusal[] = []
  for (const { index } of member.plan.stages) {
    const wide = courseOf(member, index, grounds, { built: false })
    const both = courseOf(member, index, grounds, { built: true })
    const withBuilt = both.artefacts.length === 0 ? null : reorder(member, both, grounds)
    // What other stages have built is taken along where that stops at nothing before.
    const isFurther =
      withBuilt !== null && 'rewrites' in withBuilt && both.installs.length >= wide.installs.length
    const course = isFurther ? both : wide
    const made = isFurther ? withBuilt : wide.end === null ? wide.stopped : reorder(member, wide, grounds)
    if (made === null || course.subject === null) continue
    if ('rewrites' in made) found.push(made)
    else
      refusals.push({
        subject: `${course.subject.meaning?.title ?? ''} (${placeText({ file: member.dockerfile.file, line: course.subject.line })})`,
        reason: made,
      })
  }
  return { found, refusals }
}

function reorder(member: Member, course: Course, { table, repository }: Grounds): Reordering | Reason | null {
  const { file, text, directives } = member.dockerfile
  const { installs, end } = course
  const [first] = installs
  if (end === null || !first) return null
  const needs = [...outermost(course.needs)].sort(asWritten)
  const copies = course.copies.filter((wide) => !isNeeded(wide, needs, table))
  const { line } = end.run.step
  const artefacts = course.artefacts.filter((one) =>
    mayComeAfter(member, one, { installs, moved: [...copies, ...course.artefacts], end: line }, table),
  )
  // One that stays may lie under one that moves.
  if (artefacts.length < course.artefacts.length || copies.length + artefacts.length === 0) return null
  const moved = [...copies, ...artefacts].sort((a, b) => a.step.line - b.step.line)
  const hindrance = crossedBy(member, course, copies, table) ?? enteredInVain(member, course, needs, table)
  if (hindrance !== null) return hindrance
  const at = { file, line }
  const wanted = broughtForScripts(member, course, copies)
  if (wanted !== null) return wanted
  const split = splitRun(end.run, end.last, text, directives.escape)
  if (split.kind === 'refused') return { text: split.why, at }
  const rest = split.kind === 'split' ? end.run.commands.slice(end.run.commands.indexOf(end.last) + 1) : []
  const removal = rest.find(takesAway)
  if (removal) {
    const shown = removal.words.slice(0, 2).join(' ')
    return { text: `${shown} takes away what its RUN installed, which only works in one layer`, at }
  }
  const manifests = manifestCopies(member, copies, needs, table)
  if ('text' in manifests) return manifests
  const own = moved.map((one) => {
    const { instruction, directory } = one.step
    const said = text.slice(instruction.start, instruction.end)
    const isElsewhere = one.copy.dest?.startsWith('/') !== true && directory !== end.run.step.directory
    const wide = isElsewhere ? copies.find(({ step }) => step === one.step) : undefined
    return (wide && rootedText(wide, said)) ?? said
  })
  const lineBreak = lineBreakOf(text)
  const behind: TextEdit = {
    file,
    start: split.end,
    end: end.run.step.instruction.end,
    text: [...own, ...(split.kind === 'split' ? [split.rest] : [])]
      .map((line) => `${lineBreak}${line}`)
      .join(''),
    carries: moved.map(({ step: { instruction } }) => ({ start: instruction.start, end: instruction.end })),
  }
  return {
    install: first.command,
    ...wordsFor(installs, needs, {
      added: manifests.added,
      file,
      built: copies.length === 0 ? artefacts : [],
    }),
    rewrites: [
      ...manifests.rewrites,
      ...artefacts.map(({ step: { instruction } }) => ({
        ...{ file, start: instruction.start, end: lineAfter(text, instruction.end), text: '' },
      })),
      behind,
    ],
    makes: copies.length === 0 ? [] : madeBy(installs, needs, repository),
    needs,
    doubt:
      installs.find(({ doubt }) => doubt !== null)?.doubt ??
      leftBehind(rest) ??
      // An install links what its packages declare as programs, where it is there: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#bin.
      (artefacts.length > 0 && hasWorkspaces(repository)
        ? 'packages of the workspace may have programs in what is built'
        : null),
  }
}

/** Copies that somebody has put before an install whose scripts may need them, of what a wider copy behind it brings again: for nothing else. */
function broughtForScripts(
  { plan, dockerfile: { file } }: Member,
  { installs }: Course,
  moved: readonly WideCopy[],
): Reason | null {
  const doubt = installs.find((one) => one.doubt !== null)?.doubt ?? null
  const last = installs.at(-1)?.command.line ?? 0
  const isAgain = ({ step, sources }: WideCopy) =>
    plan.reads.some(
      ({ stageIndex, line, origin, localSources }) =>
        stageIndex === step.stageIndex &&
        line > last &&
        origin.kind === 'main' &&
        sources.every(({ path }) =>
          localSources.some((source) => {
            const wide = rootedPath(source)
            return path !== wide && (wide === '' || path.startsWith(`${wide}/`))
          }),
        ),
    )
  const [first] = moved
  if (doubt === null || first === undefined || !moved.every(isAgain)) return null
  const named = first.sources.map(({ path }) => visiblePath(path)).join(' ')
  return { text: `${doubt}, for which ${named} is copied before it`, at: { file, line: first.step.line } }
}

/** What an install needs as a whole stays before it: all that the ignore file leaves of each source. */
const isNeeded = ({ sources }: WideCopy, needs: readonly string[], table: EntryTable): boolean =>
  sources.every(({ path: source }) => {
    if (source === '') return false
    if (isWithinAny(source, needs)) return true
    const row = table.find(source)
    if (row === null) return false
    for (let at = row + 1; at < (table.end[row] ?? row + 1); at++)
      if (
        table.kind[at] !== dirKind &&
        ((table.flags[at] ?? 0) & flag.ignored) === 0 &&
        !isWithinAny(table.path(at), needs)
      )
        return false
    return true
  })

const lineBreakOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

/** A copy that stays and goes over what one before it brings, which is to come after it. */
function crossedBy(
  { dockerfile: { file } }: Member,
  course: Course,
  moved: readonly WideCopy[],
  table: EntryTable,
): Reason | null {
  const crossed = course.copies.find(
    (stays) =>
      !moved.includes(stays) &&
      moved.some((wide) => wide.step.line < stays.step.line && concerns(wide, stays.dest, table)),
  )
  return crossed
    ? { text: 'another copy goes over the same directory between', at: { file, line: crossed.step.line } }
    : null
}

/** Copies of what the installs need in the place of those that move behind them. `added`: the lines of them. */
function manifestCopies(
  member: Member,
  moved: readonly WideCopy[],
  needs: readonly string[],
  table: EntryTable,
): { readonly rewrites: readonly TextEdit[]; readonly added: number } | Reason {
  const { file, text, directives } = member.dockerfile
  const rewrites: TextEdit[] = []
  let added = 0
  for (const [index, wide] of moved.entries()) {
    const { start, end } = wide.step.instruction
    // Of several that fill one directory the last one counts; those that fill others bring it there too.
    const later = moved.slice(index + 1).filter(({ dest }) => dest === wide.dest)
    const brought = needs.filter(
      (path) =>
        brings(wide, path) &&
        !later.some((one) => brings(one, path)) &&
        !isThereBefore(member, moved, wide, path),
    )
    const lines = copyLines(wide, brought, table, directives)
    if (lines === null)
      return { text: `it reads ${brought.length} manifests, for which no COPY can be written`, at: null }
    added += lines.length
    rewrites.push(
      lines.length > 0
        ? { file, start, end, text: lines.join(lineBreakOf(text)) }
        : { file, start, end: lineAfter(text, end), text: '' },
    )
  }
  return { rewrites, added }
}

/** What is said of the change. */
function wordsFor(
  installs: Course['installs'],
  needs: readonly string[],
  {
    added,
    file,
    built,
  }: { readonly added: number; readonly file: string; readonly built: readonly Artefact[] },
): Pick<Reordering, 'title' | 'because'> {
  const titles = [...new Set(installs.map(({ command }) => command.meaning?.title ?? ''))]
  const all = titles.length > 1 ? `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}` : (titles[0] ?? '')
  // That of the root says more than the first of its packages.
  const leading = needs.find((path) => !path.includes('/')) ?? needs[0] ?? ''
  const manifests =
    needs.length > 3
      ? `${visiblePath(leading)} and ${needs.length - 1} more`
      : needs.map(visiblePath).join(', ')
  const place = placeText({ file, line: installs[0]?.command.line ?? 1 })
  const read = titles.length > 1 ? 'read' : 'reads'
  const [one] = built
  if (one !== undefined) {
    const from = placeText({ file, line: one.step.line })
    const what = built.length > 1 ? 'what is built' : visiblePath(baseName(one.dest))
    return {
      title: `copy ${what} after ${all}`,
      because: `${all} (${place}) makes no use of what COPY --from=${one.copy.from ?? ''} (${from}) brings, which is another after each change of the sources; every stage ends with the same files`,
    }
  }
  return {
    title: added > 0 ? `copy manifests before ${all}` : `copy the sources after ${all}`,
    because: `${all} (${place}) ${read} ${manifests}; every stage ends with the same files`,
  }
}

/** Paths of the context that the installs make, less what they need themselves. */
const madeBy = (
  installs: Course['installs'],
  needs: readonly string[],
  repository: Repository,
): readonly string[] => [
  ...new Set(
    installs.flatMap(({ command, dir }) =>
      (command.meaning?.makes ?? [])
        .filter((made) => made.path !== '*' && isMadeHere(made.path, needs) && !isElsewhere(made, repository))
        .map(({ path }) => (path.startsWith('**/') ? path : joinPath(dir, path)))
        .filter((path) => !needs.some((need) => need === path || need.startsWith(`${path}/`))),
    ),
  ),
]

const isWithinAny = (path: string, paths: readonly string[]): boolean =>
  paths.some((one) => path === one || path.startsWith(`${one}/`))

/** False for what only another version of the tool makes: yarn's Plug'n'Play without a .yarnrc.yml, a store that pnpm keeps elsewhere. */
function isMadeHere(path: string, needs: readonly string[]): boolean {
  if (/^\.(?:yarn\/|pnp\.)/.test(path)) return needs.some((need) => /(?:^|\/)\.yarnrc\.yml$/.test(need))
  // https://pnpm.io/settings#storedir: on the disk of the project only where that is another one than the home directory's.
  return path !== '.pnpm-store' && !/lock(?:\.\w+)?$|\.lock$/.test(path)
}

/** True when the path of the context is among what the copy takes. */
const brings = ({ sources }: WideCopy, path: string): boolean =>
  sources.some(
    ({ path: source, isDirectory }) =>
      path === source || (isDirectory && (source === '' || path.startsWith(`${source}/`))),
  )

/** A directory that is changed into on the way and in which nothing lies yet. */
function enteredInVain(
  member: Member,
  { entered, copies }: Course,
  needs: readonly string[],
  table: EntryTable,
): Reason | null {
  for (const { path, line } of entered) {
    const isOurs = copies.some((wide) => path !== wide.dest && concerns(wide, path, table))
    const isThere = copies.some((wide) => {
      const inContext = contextPathAt(wide, path)
      return (
        below(wide.dest, path) !== null ||
        (inContext !== null &&
          needs.some(
            (need) => rootedPath(inContext) === need || need.startsWith(`${rootedPath(inContext)}/`),
          ))
      )
    })
    if (isOurs && !isThere)
      return { text: `it changes to ${path}, which is copied`, at: { file: member.dockerfile.file, line } }
  }
  return null
}
