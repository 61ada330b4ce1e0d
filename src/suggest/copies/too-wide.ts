/** Copies of more than a stage has any use for: one file is run of a directory, or one directory of a repository is used. */

import { dirKind, type EntryTable, fileKind } from '../../context/table.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { matchGlob } from '../../lib/glob.ts'
import { joinPath, parentPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import type { Member } from '../group/model.ts'
import { absolute } from '../image/paths.ts'
import { runsOf } from '../image/runs.ts'
import { pathsIn, startedBy } from '../image/started.ts'
import { contextPathAt, type WideCopy, wideCopyAt } from '../image/wide-copy.ts'
import type { Grounds } from '../needs/needs.ts'
import { dotnetParts } from './dotnet-parts.ts'
import { type Held, isTakenFrom, type Narrowing, type NarrowRoom, narrowed } from './narrowing.ts'
import { programStarted } from './program-started.ts'
import { workspaceParts } from './workspace-parts.ts'

/** Looks at every stage with a copy of one directory. */
export function tooWide(member: Member, grounds: Grounds, held: Held): readonly Narrowing[] {
  const { table, repository } = grounds
  return member.plan.stages.flatMap(({ index }) => {
    const copies = member.plan.steps
      .filter((step) => step.stageIndex === index)
      .flatMap((step) => wideCopyAt(member, step, table) ?? [])
    const all = runsOf(member, index, repository)
    const roomOf = (wide: WideCopy): NarrowRoom => {
      const runs = all.filter(({ step }) => step.line > wide.step.line)
      return { ...grounds, member, wide, runs, index, held }
    }
    const alone = copies.filter(({ sources }) => sources.length === 1)
    const [only] = alone.length === copies.length && copies.length === 1 ? alone : []
    // Of several copies one may bring all of the repository.
    const whole = alone.find(({ sources: [source] }) => source?.path === '') ?? only
    const found =
      (only && (oneFileRun(roomOf(only)) ?? oneDirectoryUsed(roomOf(only)))) ??
      (whole &&
        (workspaceParts(roomOf(whole)) ?? dotnetParts(roomOf(whole)) ?? programStarted(roomOf(whole))))
    return found ? [found] : []
  })
}

/** `java -jar /app/target/app.jar`: an archive that holds all it needs. */
function oneFileRun(room: NarrowRoom): Narrowing | null {
  const { member, table, wide, runs, index } = room
  const started = startedBy(member, index)
  if (started === null || runs.length > 0 || isTakenFrom(member, index)) return null
  const jar = started.words[started.words.indexOf('-jar') + 1]
  if (!started.words.includes('-jar') || jar === undefined || !/\.[jw]ar$/.test(jar)) return null
  const named = pathsIn(started.words.slice(1), started.directory).flatMap((path) => {
    const context = contextPathAt(wide, path)
    const row = context === null ? null : table.find(context)
    return context !== null && row !== null && table.kind[row] === fileKind ? [context] : []
  })
  const image = absolute(jar, started.directory)
  const context = image === null ? null : contextPathAt(wide, image)
  if (context === null || !named.includes(context)) return null
  const at = placeText({ file: member.dockerfile.file, line: started.line })
  return narrowed(room, [...new Set(named)], {
    because: `${started.keyword} (${at}) runs ${visiblePath(context)}; what else it reads while it runs, only you know`,
  })
}

/** Every step of the stage, and all that is taken of it, stays in one directory that is a project of its own. */
function oneDirectoryUsed(room: NarrowRoom): Narrowing | null {
  const { member, table, repository, wide, runs, index } = room
  const [source] = wide.sources
  if (source?.path !== '' || runs.some(({ unread }) => unread !== null)) return null
  const used = new Set<string>()
  const use = (image: string | null): boolean => {
    const context = image === null ? null : contextPathAt(wide, image)
    if (image === null) return false
    if (context !== null) used.add(context)
    return true
  }
  for (const { commands } of runs)
    for (const { words, directory, meaning, text } of commands) {
      if (meaning?.kind === 'system' || words[0] === 'cd') continue
      const isPlain =
        meaning?.kind === 'plain' || (meaning?.kind === 'install' && meaning.reads === 'nothing')
      if (text.includes(' → ') || words.some((word) => word.includes('..') || /[$`]/.test(word))) return null
      if (!isPlain && !use(directory)) return null
      for (const word of words.slice(1))
        if (word.startsWith('/') || (isPlain && /[./]/.test(word) && !word.startsWith('-')))
          if (!use(absolute(word, directory))) return null
    }
  const started = startedBy(member, index)
  const steps = member.plan.steps.filter((step) => step.stageIndex === index)
  if (started !== null && !use(started.directory)) return null
  if (started === null && steps.some(({ instruction }) => /^(?:CMD|ENTRYPOINT)$/.test(instruction.keyword)))
    return null
  if (started !== null)
    for (const path of pathsIn(
      started.words.filter((word) => word.startsWith('/')),
      null,
    ))
      use(path)
  if (member.plan.stages.some(({ baseOrigin }) => baseOrigin.kind === 'stage' && baseOrigin.index === index))
    return null
  for (const read of member.plan.reads)
    if (read.origin.kind === 'stage' && read.origin.index === index)
      for (const path of read.localSources) use(absolute(path, '/'))
  const dir = commonDirectory([...used])
  const row = dir === null ? null : table.find(dir)
  if (dir === null || row === null || table.kind[row] !== dirKind || used.size === 0) return null
  const own = projectAt(dir, table)
  if (own === null || projectAt('', table) !== null || namesOutside(dir, repository)) return null
  const [first] = runs
  const at = first ? placeText({ file: member.dockerfile.file, line: first.step.line }) : own
  return narrowed(room, [dir], {
    because: `what the stage runs (${at}) stays in ${visiblePath(dir)}/, a project of its own (${visiblePath(own)})`,
  })
}

/** The deepest directory that holds all of the paths; null when that is the root. */
function commonDirectory(paths: readonly string[]): string | null {
  const [first = '', ...rest] = paths
  let dir = first
  for (const path of rest)
    while (dir !== '' && path !== dir && !path.startsWith(`${dir}/`)) dir = parentPath(dir)
  return dir === '' ? null : dir
}

/** The manifest by which a directory is a project; null when there is none. */
function projectAt(dir: string, table: EntryTable): string | null {
  const names = ecosystems.flatMap(({ manifests, lockfiles }) => [...manifests, ...lockfiles])
  const row = dir === '' ? -1 : table.find(dir)
  if (row === null) return null
  const end = row < 0 ? table.count : (table.end[row] ?? row + 1)
  for (let at = row + 1; at < end; at = table.end[at] ?? at + 1)
    if (table.kind[at] === fileKind && names.some((name) => matchGlob(name, table.name(at)) === 'match'))
      return joinPath(dir, table.name(at))
  return null
}

/** True when a manifest of the directory leads out of it. */
function namesOutside(dir: string, { manifests }: Repository): boolean {
  for (const [path, text] of manifests)
    if (path.startsWith(`${dir}/`) && /(?:["'\s=:(]|file:|link:)\.\.[/\\]/.test(text)) return true
  return false
}
