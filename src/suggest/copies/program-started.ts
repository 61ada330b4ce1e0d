/** A copy of a whole project for the sake of a program of it, whose imports say how much of the project it is. */

import { dirKind, type EntryTable, fileKind, flag } from '../../context/table.ts'
import { baseName, joinPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { ProgramFiles, Texts } from '../../repository/model.ts'
import { programAt } from '../../repository/programs.ts'
import { namesPart } from '../../repository/settings-files.ts'
import { isKept } from '../group/whereabouts.ts'
import { absolute, below } from '../image/paths.ts'
import { startsOf } from '../image/runs.ts'
import { contextPathAt } from '../image/wide-copy.ts'
import { asWritten } from '../needs/needs.ts'
import {
  heirsOf,
  installNeeds,
  isBroughtBefore,
  isTakenFrom,
  isWithin,
  listed,
  type Narrowing,
  type NarrowRoom,
  narrowed,
} from './narrowing.ts'

/** Directories and files that frameworks and the tools that run beside a program look for by their names. */
const looked =
  /^(?:public|static|assets|templates?|views|locales?|i18n|translations|migrations|alembic|alembic\.ini|prisma|db|config|conf|resources|package\.json|pyproject\.toml|setup\.cfg|tsconfig[\w.-]*\.json|\.env(?:\.[\w.]+)?|next\.config\.\w+|gunicorn[\w.]*\.py|logging\.\w+|newrelic\.(?:ini|js)|Procfile|VERSION|entrypoint[\w.-]*|docker-entrypoint[\w.-]*)$/

/** Starters that load what they are told and what that imports; frameworks find pages and plugins by where they lie. */
const plainStarter =
  /^(?:node|nodejs|bun|deno|tsx|ts-node|nodemon|pm2|pm2-runtime|python[\d.]*|pypy\d*|uvicorn|gunicorn|hypercorn|daphne|waitress-serve)$/

/** What nobody would copy by its name, whether or not it is ignored already. */
const besides = /^(?:\..*|docs?|tests?|__tests__|spec|e2e|examples?|node_modules|__pycache__|coverage)$/

/** More names than this are no narrower copy. */
const mostNames = 8

/**
 * Null where the program is not found or followed to its end, where a step behind the copy may need more, and where
 * nothing worth a name would stay behind.
 */
export function programStarted(room: NarrowRoom): Narrowing | null {
  const { member, table, repository, wide, runs, index } = room
  const root = wide.sources[0]?.path ?? ''
  if (isTakenFrom(member, index) || heirsOf(member, index).length > 0) return null
  const used = new Set<string>()
  const use = (path: string): void => {
    const rest = root === '' ? path : isWithin(path, root) ? path.slice(root.length + 1) : ''
    const [top = ''] = rest.split('/')
    if (top !== '') used.add(joinPath(root, top))
  }
  const useWords = (words: readonly string[], directory: string | null): void => {
    for (const word of words) {
      const image = /[$`*]/.test(word) ? null : absolute(word, directory)
      const path = image === null ? null : contextPathAt(wide, image)
      if (path !== null && path !== root && isKept({ table }, path)) use(path)
    }
  }
  for (const { commands, unread } of runs) {
    if (unread !== null) return null
    for (const { words, directory, meaning, text } of commands) {
      const isKnown = meaning?.kind === 'system' || meaning?.kind === 'plain' || words[0] === 'cd'
      if (text.includes(' → ')) return null
      if (meaning?.kind === 'install' && meaning.reads === 'manifests') continue
      if (!isKnown) return null
      useWords(words.slice(1), directory)
    }
  }
  const programs: { readonly path: string; readonly program: ProgramFiles }[] = []
  /** Programs that another stage has built. */
  const built: string[] = []
  for (const { commands, unread, step } of startsOf(member, index, repository)) {
    if (unread !== null) return null
    useWords(step.instruction.words, step.directory)
    for (const { words, directory } of commands) {
      const from = directory === null ? null : contextPathAt(wide, directory)
      useWords(words, directory)
      if (from === null) continue
      for (const [i, word] of words.entries()) {
        // A bare word is the name of something that is installed, unless Python is asked for a module.
        const found = /[.:/]/.test(word) || words[i - 1] === '-m' ? programNamed(word, from, room) : null
        if (found !== null && !words.slice(0, i).some((one) => plainStarter.test(baseName(one)))) return null
        if (found !== null) programs.push(found)
        else if (i > 0 && isBuiltPath(room, joinPath(from, word.replace(/^\.\//, '')), word))
          built.push(joinPath(from, word.replace(/^\.\//, '')))
      }
    }
  }
  for (const words of repository.starts) useWords(words, wide.dest)
  const [first = built[0] === undefined ? undefined : { path: built[0] }] = programs
  if (first === undefined || programs.some(({ program }) => program.open !== null)) return null
  for (const { program } of programs) for (const path of [...program.files, ...program.names]) use(path)
  const tops = topsOf(root, table)
  const missing = [...built, ...programs.flatMap(({ program }) => program.missing)]
  if (!missing.every((path) => isBuiltElsewhere(room, path))) return null
  for (const name of tops) {
    // What was built has its sources in itself, and nobody sees here what it opens besides.
    const isLooked =
      missing.length > 0
        ? (looked.test(name) && !beforeBuilding.test(name)) || mayBeOpened(joinPath(root, name), table)
        : looked.test(name)
    if (isLooked) used.add(joinPath(root, name))
  }
  const { settings } = repository
  if (settings === null) return null
  const named = namedBySettings(
    [...used],
    tops.map((name) => joinPath(root, name)),
    settings,
  )
  // What they name and git does not track would be lost: nobody could write a copy of it that works in every checkout.
  if (named.some((path) => !isKept({ table, repository }, path))) return null
  for (const path of named) used.add(path)
  const left = tops.filter((name) => !used.has(joinPath(root, name)) && !besides.test(name))
  // What git does not track goes, or stays, for reasons of its own.
  const leftDirs = left.filter((name) => isProjects(joinPath(root, name), room))
  const installed = installNeeds(room)
  const paths = [...used].filter(
    (path) => isKept({ table, repository }, path) && !isBroughtBefore(room, path),
  )
  if (installed === null || leftDirs.length === 0 || paths.length === 0 || paths.length > mostNames)
    return null
  const isInstalled = (path: string): boolean => installed.includes(path)
  const wanted = [...new Set([...paths, ...installed])].sort(asWritten)
  const carried = paths.filter((path) => !isInstalled(path)).sort(asWritten)
  const at = placeText({ file: member.dockerfile.file, line: startLine(room) })
  return narrowed(room, wanted, {
    because: `what is started (${at}) is ${visiblePath(first.path)}, which ${built.length > 0 ? 'is built already, and imports' : 'imports'} nothing of ${listed(leftDirs.slice(0, 3).map(visiblePath))}${leftDirs.length > 3 ? ` and ${leftDirs.length - 3} more` : ''}; what else it opens while it runs, only you know`,
    what: carried.length > 3 ? 'what it starts' : listed(carried.map(visiblePath)),
    carried,
  })
}

/** What is of use until it is built. */
const beforeBuilding = /^(?:tsconfig.*|\.env\.(?:example|sample|template|dist))$/

/** True for a word that is a path of what another stage has built, and of nothing in the context. */
const isBuiltPath = (room: NarrowRoom, path: string, word: string): boolean =>
  /^\.?[\w][\w./-]*$|^\.\/[\w./-]+$/.test(word) &&
  !isKept({ table: room.table, repository: room.repository }, path) &&
  isBuiltElsewhere(room, path)

/** True for a file that another stage or image brings, as it is built there. */
function isBuiltElsewhere({ member, wide, index }: NarrowRoom, path: string): boolean {
  const root = wide.sources[0]?.path ?? ''
  const image = absolute(
    root === '' ? path : isWithin(path, root) ? path.slice(root.length + 1) : '..',
    wide.dest,
  )
  return member.plan.reads.some((read) => {
    const step = member.plan.steps.find(({ line, stageIndex }) => line === read.line && stageIndex === index)
    const dest = step && read.stageIndex === index ? absolute(read.dest, step.directory) : null
    return read.origin.kind !== 'main' && !read.mount && dest !== null && below(image, dest) !== null
  })
}

const sources = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|rb|go|rs|php|css|s[ac]ss|less)$/

/** Files by their names that programs are made of, or that are about how they are made. */
const ofTools =
  /^(?:\..*|.*(?:config|rc|lock|compose|workspace)\b.*|tsconfig.*|(?:turbo|nx|lerna|biome|components|vercel|netlify|fly|renovate|project|package-lock|firebase|angular|jest|cypress)\.\w+)$/

/** True for what holds data and no source: content, fonts, tables. */
function mayBeOpened(path: string, table: EntryTable): boolean {
  const row = table.find(path)
  if (row === null || besides.test(baseName(path))) return false
  if (table.kind[row] !== dirKind)
    return (
      /\.(?:json|ya?ml|csv|db|sqlite\d?|sql|proto|graphql|hbs|ejs|html)$/.test(path) &&
      !ofTools.test(baseName(path))
    )
  for (let at = row + 1; at < (table.end[row] ?? row + 1); at++)
    if (table.kind[at] === fileKind && sources.test(table.name(at))) return false
  return true
}

/** Of the candidates, what settings name that are used or lie in what is used, and what the settings in that name. */
function namedBySettings(
  used: readonly string[],
  candidates: readonly string[],
  settings: Texts,
): readonly string[] {
  const known = new Set(used)
  const named: string[] = []
  // Grows while it is read.
  const open = [...used]
  for (const top of open)
    for (const [file, text] of settings) {
      if (!isWithin(file, top)) continue
      for (const path of candidates) {
        if (known.has(path) || !namesPart(text, baseName(path))) continue
        known.add(path)
        named.push(path)
        open.push(path)
      }
    }
  return named
}

function programNamed(
  word: string,
  directory: string,
  { repository }: NarrowRoom,
): { readonly path: string; readonly program: ProgramFiles } | null {
  const plain = word.replace(/^\.\//, '')
  const dotted = plain.split(':')[0]?.replaceAll('.', '/') ?? ''
  const candidates = [plain, `${plain}.js`, `${dotted}.py`, `${dotted}/__main__.py`, `${dotted}/__init__.py`]
  for (const path of candidates.map((one) => joinPath(directory, one))) {
    const program = programAt(repository.programs, path, directory)
    if (program !== null) return { path, program }
  }
  return null
}

const startLine = ({ member, index }: NarrowRoom): number =>
  member.plan.steps.findLast(
    ({ stageIndex, instruction }) => stageIndex === index && /^(?:CMD|ENTRYPOINT)$/.test(instruction.keyword),
  )?.line ?? 1

/** The names of what lies in the directory and is not ignored. */
function topsOf(root: string, table: EntryTable): readonly string[] {
  const row = root === '' ? -1 : (table.find(root) ?? -1)
  const end = row < 0 ? table.count : (table.end[row] ?? row + 1)
  const found: string[] = []
  for (let at = row + 1; at < end; at = table.end[at] ?? at + 1)
    if (
      ((table.flags[at] ?? 0) & flag.ignored) === 0 &&
      (table.kind[at] === fileKind || table.kind[at] === dirKind)
    )
      found.push(table.name(at))
  return found
}

function isProjects(path: string, { table, repository: { tracked, rows } }: NarrowRoom): boolean {
  const row = table.find(path)
  return row !== null && table.kind[row] === dirKind && (tracked === null || rows.within(row) > 0)
}
