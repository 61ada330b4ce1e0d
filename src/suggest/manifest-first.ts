/**
 * Manifests first: a copy of everything before an install makes the install run again for every change. Copied after
 * it, with only what the install reads before it, the install's cache lasts as long as the lockfile does.
 */

import { dirKind, type EntryTable } from '../context/table.ts'
import type { Instruction, ReadInstruction, Step } from '../dockerfile/model.ts'
import { hasWildcard } from '../lib/glob.ts'
import { cleanPath, joinPath, parentPath, rootedPath, visiblePath } from '../lib/path.ts'
import type { Repository } from '../repository/model.ts'
import { placeText } from './judge.ts'
import { landing } from './landing.ts'
import type { Member, Reason } from './model.ts'
import { needsOf } from './needs.ts'
import { splitRun } from './split-run.ts'
import { type ImageCommand, type ImageRun, runsOf } from './steps.ts'
import type { TextEdit } from './texts.ts'

/** A copy and the install behind it, changed about. */
export interface Reordering {
  readonly install: ImageCommand
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
  /** Paths of the context that the install makes: they must not be in the copy that now comes after it. */
  readonly makes: readonly string[]
}

export interface Refusal {
  readonly subject: string
  readonly reason: Reason
}

/** Looks at every stage of a Dockerfile. What cannot be moved is told with its reason. */
export function manifestsFirst(
  member: Member,
  table: EntryTable,
  repository: Repository,
): { readonly found: readonly Reordering[]; readonly refusals: readonly Refusal[] } {
  const found: Reordering[] = []
  const refusals: Refusal[] = []
  for (const stage of member.plan.stages) {
    const runs = runsOf(member, stage.index, repository)
    const pair = firstPair(member, stage.index, runs, table)
    if (pair === null) continue
    const made = reorder(member, pair, table, repository)
    if ('rewrites' in made) found.push(made)
    else
      refusals.push({
        subject: `${pair.install.meaning?.title ?? ''} (${placeText({ file: member.dockerfile.file, line: pair.install.line })})`,
        reason: made,
      })
  }
  return { found, refusals }
}

interface Pair {
  readonly copy: ReadInstruction
  readonly copyStep: Step
  readonly run: ImageRun
  readonly install: ImageCommand
  /** The directory of the context that is copied, and where it lands. */
  readonly source: string
  readonly dest: string
  /** Steps between the two. */
  readonly between: readonly Step[]
}

/** The first install of a stage that comes after a copy of the directory it runs in. */
function firstPair(
  member: Member,
  stageIndex: number,
  runs: readonly ImageRun[],
  table: EntryTable,
): Pair | null {
  const steps = member.plan.steps.filter((step) => step.stageIndex === stageIndex)
  for (const run of runs)
    for (const install of run.commands) {
      const { meaning, directory } = install
      if (
        meaning?.kind !== 'install' ||
        meaning.reads !== 'manifests' ||
        directory === null ||
        install.conditional
      )
        continue
      for (const copyStep of steps) {
        if (copyStep.line >= run.step.line) break
        const copy = member.plan.reads.find(
          (read) =>
            read.line === copyStep.line &&
            read.stageIndex === stageIndex &&
            read.origin.kind === 'main' &&
            !read.mount,
        )
        const source =
          copy?.localSources.length === 1 && copy.sources.length === 1
            ? rootedPath(copy.localSources[0] ?? '')
            : null
        // An ONBUILD trigger stands elsewhere.
        if (
          !copy ||
          source === null ||
          copy.parents ||
          hasWildcard(source) ||
          copyStep.instruction.line !== copyStep.line
        )
          continue
        const dest = landing(copy, copyStep.directory, joinPath(source, 'x'))
        if (dest === null) continue
        const lands = parentPath(dest) === '' ? '/' : parentPath(dest).replace(/^(?!\/)/, '/')
        if (directory !== lands && !directory.startsWith(lands === '/' ? '/' : `${lands}/`)) continue
        if (!isDirectory(source, table)) continue
        const between = steps.filter((step) => step.line > copyStep.line && step.line < run.step.line)
        return { copy, copyStep, run, install, source, dest: lands, between }
      }
    }
  return null
}

function isDirectory(source: string, table: EntryTable): boolean {
  const row = source === '' ? null : table.find(source)
  return source === '' || (row !== null && table.kind[row] === dirKind)
}

function reorder(member: Member, pair: Pair, table: EntryTable, repository: Repository): Reordering | Reason {
  const { dockerfile } = member
  const { copy, copyStep, run, install, source, dest } = pair
  const { meaning } = install
  const file = dockerfile.file
  if (meaning === null) return { text: 'what it does is not known', at: null }
  const blocked = blockedBy(member, pair, table, repository)
  if (blocked !== null) return blocked
  const inImage = install.directory ?? dest
  const dir = cleanPath(joinPath(source, inImage.slice(dest.length).replace(/^\//, ''))).replace(/^\.$/, '')
  const needs = needsOf(meaning, dir, table, repository)
  if (needs.kind === 'refused') return needs.reason
  const missing = needs.paths.filter(
    (path) => !isThereBefore(member, copyStep, path, landing(copy, copyStep.directory, path)),
  )
  const lines = copyLines(copyStep.instruction, missing, source, table)
  if (lines === null) return { text: 'a manifest has a name that no COPY can be written for', at: null }
  const end = dockerfile.text.includes('\r\n') ? '\r\n' : '\n'
  const own = dockerfile.text.slice(copyStep.instruction.start, copyStep.instruction.end)
  const split = splitRun(run, install, dockerfile.text)
  if (split.kind === 'refused') return { text: split.why, at: { file, line: run.step.line } }
  const { instruction } = copyStep
  const taken =
    lines.length > 0
      ? { file, start: instruction.start, end: instruction.end, text: lines.join(end) }
      : { file, start: instruction.start, end: lineAfter(dockerfile.text, instruction.end), text: '' }
  const rest = split.kind === 'split' ? `${end}${split.rest}` : ''
  const put = { file, start: split.end, end: run.step.instruction.end, text: `${end}${own}${rest}` }
  const manifests =
    needs.paths.length > 3
      ? `${visiblePath(needs.paths[0] ?? '')} and ${needs.paths.length - 1} more`
      : needs.paths.map(visiblePath).join(', ')
  return {
    install,
    title:
      lines.length > 0 ? `copy manifests before ${meaning.title}` : `copy the sources after ${meaning.title}`,
    because: `${meaning.title} (${placeText({ file, line: install.line })}) reads ${manifests}; every stage ends with the same files`,
    rewrites: [taken, put],
    makes: meaning.makes
      .filter(({ path }) => path !== '*')
      .map(({ path }) => (path.startsWith('**/') ? path : joinPath(dir, path))),
  }
}

/** What stands between the copy and the install and needs what was copied, or would be changed for the copy by being before it. */
function blockedBy(
  member: Member,
  { copy, copyStep, run, between, dest }: Pair,
  table: EntryTable,
  repository: Repository,
): Reason | null {
  const { file } = member.dockerfile
  const runs = runsOf(member, run.step.stageIndex, repository)
  for (const { instruction, line } of between) {
    const at = { file, line }
    switch (instruction.keyword) {
      case 'ARG':
      case 'ENV':
        if (/\$/.test(copyStep.instruction.text)) return { text: `${instruction.keyword} stands between`, at }
        break
      case 'WORKDIR':
        if (!copy.dest.startsWith('/'))
          return { text: 'WORKDIR changes between the copy and the install', at }
        break
      case 'COPY':
      case 'ADD': {
        const other = member.plan.reads.find(
          (read) => read.line === line && read.stageIndex === copy.stageIndex,
        )
        if (!other?.dest.startsWith('/') || isWithin(other.dest, dest))
          return { text: 'another copy goes over the same directory between', at }
        break
      }
      case 'RUN': {
        const found = runs.find(({ step }) => step.line === line)
        if (!found || found.unread !== null) return { text: found?.unread ?? 'it cannot be read', at }
        for (const command of found.commands)
          if (!isApart(command, dest, copy, copyStep, table))
            return { text: `${command.words[0] ?? ''} may need what was copied`, at }
        break
      }
      default:
        break
    }
  }
  return null
}

const isWithin = (path: string, dir: string): boolean =>
  cleanPath(path) === dir ||
  cleanPath(path).startsWith(dir === '/' ? '/' : `${dir}/`) ||
  dir.startsWith(cleanPath(path))

/** True for a command that has nothing to do with what the copy brings. */
function isApart(
  { meaning, words, directory }: ImageCommand,
  dest: string,
  copy: ReadInstruction,
  copyStep: Step,
  table: EntryTable,
): boolean {
  if (meaning?.kind === 'system') return true
  if (meaning?.kind !== 'plain' && !(meaning?.kind === 'install' && meaning.reads === 'nothing')) return false
  return !words.slice(1).some((word) => {
    if (word.startsWith('-') || word === '') return false
    const path = word.startsWith('/')
      ? cleanPath(word)
      : directory === null
        ? null
        : cleanPath(joinPath(directory, word))
    if (path === null || !isWithin(path, dest)) return false
    const inContext = path === dest ? '' : path.slice(dest === '/' ? 1 : dest.length + 1)
    const source = rootedPath(copy.localSources[0] ?? '')
    void copyStep
    return inContext === '' || /[*?[$]/.test(inContext) || table.find(joinPath(source, inContext)) !== null
  })
}

/** True when an earlier copy of the stage has put the path where the wide one would put it. */
function isThereBefore(member: Member, copyStep: Step, path: string, wanted: string | null): boolean {
  return member.reads.some(({ instruction }) => {
    if (
      instruction.stageIndex !== copyStep.stageIndex ||
      instruction.line >= copyStep.line ||
      instruction.mount
    )
      return false
    const step = member.plan.steps.find(
      (one) => one.stageIndex === instruction.stageIndex && one.line === instruction.line,
    )
    return landing(instruction, step?.directory ?? null, path) === wanted
  })
}

/** COPY lines for manifests, one a directory, with the flags of the copy that they come from; null for names that cannot be written. */
function copyLines(
  instruction: Instruction,
  paths: readonly string[],
  source: string,
  table: EntryTable,
): readonly string[] | null {
  if (paths.some((path) => /[\s"'$`\\*?[\]<>#]|[^\x20-\x7e]/.test(path))) return null
  const flags = instruction.flags.map(({ name, value }) =>
    value === null ? `--${name}` : `--${name}=${value}`,
  )
  const written = instruction.words.at(-1) ?? '.'
  const base = written === '.' || written === './' ? './' : written.endsWith('/') ? written : `${written}/`
  const below = (path: string): string => (source === '' ? path : path.slice(source.length + 1))
  const byDirectory = new Map<string, string[]>()
  const lines: string[] = []
  for (const path of paths) {
    const row = table.find(path)
    const isDirectory = row !== null && (table.end[row] ?? row + 1) > row + 1
    if (isDirectory) lines.push(['COPY', ...flags, path, `${base}${below(path)}/`].join(' '))
    else byDirectory.set(parentPath(path), [...(byDirectory.get(parentPath(path)) ?? []), path])
  }
  const files = [...byDirectory].map(([dir, names]) => {
    const rest = below(`${dir}/`).replace(/^\/|\/$/g, '')
    const isTop = dir === source
    return ['COPY', ...flags, ...names, isTop ? base : `${base}${rest}/`].join(' ')
  })
  return [...files, ...lines]
}

/** The offset behind the line break that follows. */
export function lineAfter(text: string, offset: number): number {
  const next = text.indexOf('\n', offset)
  return next < 0 ? text.length : next + 1
}
