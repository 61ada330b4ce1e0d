/** A copy of a whole repository for the sake of one project of .NET: that one, those it refers to, and the settings above them. */

import { isProject, referredTo } from '../../ecosystems/dotnet-references.ts'
import { compareBytes, outermost, parentPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import { isKept, matching } from '../group/whereabouts.ts'
import { absolute } from '../image/paths.ts'
import { type ImageCommand, runsOf } from '../image/runs.ts'
import { startedBy } from '../image/started.ts'
import { contextPathAt } from '../image/wide-copy.ts'
import { asWritten } from '../needs/needs.ts'
import {
  heirsOf,
  installNeeds,
  isBroughtBefore,
  isWithin,
  listed,
  type Narrowing,
  type NarrowRoom,
  narrowed,
} from './narrowing.ts'

/** What msbuild, NuGet and the compiler look for in the directories above a project. */
const settings = [
  ...['Directory.*.props', 'Directory.*.targets', 'Directory.Build.rsp', 'global.json', 'version.json'],
  ...[
    'nuget.config',
    'NuGet.config',
    'NuGet.Config',
    '.editorconfig',
    '.globalconfig',
    '*.ruleset',
    '.config/',
  ],
]

/** Null where nothing tells which project is meant, where no other is there, and where the copy is not of all the repository. */
export function dotnetParts(room: NarrowRoom): Narrowing | null {
  const { member, table, repository, wide } = room
  if (wide.sources[0]?.path !== '') return null
  const used = projectsUsed(room)
  const [first] = used ?? []
  if (used === null || first === undefined) return null
  const about = [...new Set(used.map(({ project }) => project))]
  const referred = referredTo(about, repository.manifests)
  const installed = referred === null ? null : installNeeds(room)
  if (referred === null || installed === null) return null
  const dirs = [...outermost([...referred.projects].map(parentPath))].sort(compareBytes)
  const isOutside = (path: string) => !dirs.some((dir) => isWithin(path, dir) || isWithin(dir, path))
  const others = [...repository.manifests.keys()].filter(
    (path) => isProject(path) && isKept({ table, repository }, path),
  )
  if (dirs.includes('') || !others.some((path) => !dirs.some((dir) => isWithin(path, dir)))) return null
  const above = new Set(dirs.flatMap((dir) => upwards(parentPath(dir))))
  const wanted = [
    ...[...above].flatMap((dir) => settings.flatMap((name) => matching({ table, repository }, dir, name))),
    ...outermost(referred.reaches.filter((path) => path !== '.' && isKept({ table, repository }, path))),
  ]
  if (isTakenElsewhere(room, dirs)) return null
  const linesFor = (some: readonly string[]): readonly string[] => [
    ...[...new Set(some)].filter((path) => isOutside(path) && !isBroughtBefore(room, path)).sort(asWritten),
    ...dirs,
  ]
  const names = about.map((path) => visiblePath(parentPath(path)))
  const needed = dirs.filter((dir) => !about.some((path) => isWithin(path, dir))).map(visiblePath)
  const refers =
    needed.length === 0
      ? ''
      : `, which refers to ${needed.length > 3 ? `${needed.length} of the projects here` : listed(needed)}`
  return narrowed(room, linesFor([...installed, ...wanted]), {
    because: `${first.why} (${placeText({ file: member.dockerfile.file, line: first.line })}) is about ${listed(names)}${refers}; what else is read of the repository, only you know`,
    what: needed.length === 0 ? listed(names) : `${listed(names)} and what it refers to`,
    carried: linesFor(wanted.filter((path) => !installed.includes(path))),
  })
}

interface Use {
  /** As a path of the context. */
  readonly project: string
  readonly why: string
  readonly line: number
}

/** The projects that the steps behind the copy are about; null where one of them may be about any. */
function projectsUsed(room: NarrowRoom): readonly Use[] | null {
  const { member, repository, runs, index } = room
  const heirs = heirsOf(member, index)
  const all = [...runs, ...heirs.flatMap((heir) => runsOf(member, heir, repository))]
  const used: Use[] = []
  for (const { step, commands, unread } of all) {
    if (unread !== null) return null
    for (const command of commands) {
      if (command.words[0] === 'cd' || command.meaning?.kind === 'system') continue
      if (command.meaning?.ecosystem !== 'dotnet') {
        if (!isBeside(room, command)) return null
        continue
      }
      const project = projectOf(room, command)
      if (project === null) return null
      used.push({ project, why: command.words.slice(0, 2).join(' '), line: step.line })
    }
  }
  return used
}

/** The one project that a command names, or that lies where it runs; null for a solution, or where there are more. */
function projectOf(
  { table, repository, wide }: NarrowRoom,
  { meaning, directory }: ImageCommand,
): string | null {
  const [operand, ...more] = meaning?.operands ?? []
  if (directory === null || more.length > 0 || /[$`*]/.test(operand ?? '')) return null
  const path = contextPathAt(wide, operand === undefined ? directory : absolute(operand, directory))
  if (path === null) return null
  if (isProject(path)) return repository.manifests.has(path) ? path : null
  const here = ['*.sln', '*.slnx', '*.*proj'].flatMap((name) => matching({ table, repository }, path, name))
  return here.length === 1 && isProject(here[0] ?? '') ? (here[0] ?? null) : null
}

/** True for a command that touches nothing of what is copied. */
const isBeside = ({ wide, table }: NarrowRoom, { meaning, words, directory, text }: ImageCommand): boolean =>
  meaning?.kind === 'plain' &&
  !text.includes(' → ') &&
  words.slice(1).every((word) => {
    const path =
      word.startsWith('-') || directory === null ? null : contextPathAt(wide, absolute(word, directory))
    return !/[$`]/.test(word) && (path === null || table.find(path) === null)
  })

/** True when another stage, or what is started, takes something that lies in none of the directories. */
function isTakenElsewhere({ member, wide, table, index }: NarrowRoom, dirs: readonly string[]): boolean {
  const heirs = [index, ...heirsOf(member, index)]
  const isElsewhere = (image: string): boolean => {
    const path = contextPathAt(wide, image)
    return path !== null && table.find(path) !== null && !dirs.some((dir) => isWithin(path, dir))
  }
  return (
    member.plan.reads.some(
      ({ origin, localSources }) =>
        origin.kind === 'stage' &&
        heirs.includes(origin.index) &&
        localSources.some((source) => isElsewhere(absolute(source, '/'))),
    ) ||
    heirs.some((heir) => {
      const started = startedBy(member, heir)
      return started?.words.some(
        (word) => started.directory !== null && isElsewhere(absolute(word, started.directory)),
      )
    })
  )
}

/** A directory of the context and those above it, the root last. */
function upwards(dir: string): readonly string[] {
  return dir === '' ? [''] : [dir, ...upwards(parentPath(dir))]
}
