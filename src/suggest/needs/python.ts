/** What pip, poetry, uv, pipenv, pdm and conda read besides the manifest that their command line names. */

import { flag } from '../../context/table.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import type { Reason } from '../group/model.ts'
import { isKept, matching, type Whereabouts } from '../group/whereabouts.ts'
import type { NeedsRoom } from './room.ts'

/** Adds requirement files that others name, local packages and wheels; says why the install cannot do without the rest. */
export function pythonNeeds(meaning: CommandMeaning, dir: string, room: NeedsRoom): Reason | null {
  const program = meaning.command.words[0] ?? ''
  const [, subcommand = ''] = meaning.command.words
  const isPip = /^(?:pip|conda)/.test(program) || (program === 'uv' && subcommand === 'pip')
  return (
    (isPip ? null : lockMissing(meaning, dir, room)) ??
    linkDirectories(meaning, dir, room) ??
    requirementNeeds(room) ??
    (isPip ? localPackages(room) : null) ??
    projectNeeds(meaning, dir, room)
  )
}

const lockOf: Readonly<Record<string, string>> = {
  poetry: 'poetry.lock',
  uv: 'uv.lock',
  pipenv: 'Pipfile.lock',
  pdm: 'pdm.lock',
}

function lockMissing(meaning: CommandMeaning, dir: string, room: NeedsRoom): Reason | null {
  const lock = lockOf[meaning.command.words[0] ?? '']
  return lock === undefined || isKept(room, joinPath(dir, lock))
    ? null
    : { text: `${meaning.title} has no lockfile to go by`, at: null }
}

/** `--find-links wheels/` on the command line. */
function linkDirectories({ options }: CommandMeaning, dir: string, room: NeedsRoom): Reason | null {
  for (const option of options) {
    const typed = /^(?:-f|--find-links)=(.+)$/.exec(option)?.[1]
    if (typed === undefined || typed.includes('://')) continue
    const path = cleanPath(joinPath(dir, typed))
    if (typed.startsWith('/') || !isKept(room, path))
      return { text: `it looks for packages in ${typed}`, at: null }
    room.paths.add(path)
  }
  return null
}

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/. */
function requirementNeeds(room: NeedsRoom): Reason | null {
  const pending = [...room.paths].filter((path) => /\.(?:txt|in|pip)$/.test(path))
  for (const file of pending) {
    const text = room.repository.manifests.get(file)
    if (text === undefined) return { text: `${file} was not read`, at: { file, line: 1 } }
    for (const [index, raw] of text.split('\n').entries()) {
      const at = { file, line: index + 1 }
      const line = raw.replace(/(?:^|\s)#.*$/, '').trim()
      const named =
        /^(?:-r|--requirement|-c|--constraint|-f|--find-links)[ =]?\s*(\S+)/.exec(line)?.[1] ?? null
      if (named !== null) {
        if (named.includes('://')) continue
        const path = cleanPath(joinPath(parentPath(file), named))
        if (named.startsWith('/') || !isKept(room, path))
          return { text: `it includes ${named}, which is not in the context`, at }
        if (room.paths.has(path)) continue
        room.paths.add(path)
        if (/^(?:-r|-c|--r|--c)/.test(line)) pending.push(path)
        continue
      }
      const typed = line.replace(/^(?:-e|--editable)[ =]?\s*/, '').replace(/[;\s].*$/, '')
      const isLocal = /^\.{1,2}(?:\/|$|\[)|^file:/.test(typed) || /@\s*file:/.test(line)
      const path = cleanPath(joinPath(parentPath(file), typed))
      const isFile = /\.(?:whl|zip|tar\.gz)$/.test(typed) && isKept(room, path)
      // An extra is no part of the path: `./lib[dev]`.
      const package_ = path.replace(/\[[^\]]*\]$/, '')
      if (isFile) room.paths.add(path)
      else if (!line.includes('file:') && isPackage(room, package_)) room.paths.add(package_)
      else if (isLocal || (/^[\w.-]+\//.test(typed) && isKept(room, path)))
        return { text: 'it installs a package of the project itself, which needs the sources', at }
    }
  }
  return null
}

/** True for a directory below the context's root that says itself how it is built. */
export const isPackage = (room: Whereabouts, path: string): boolean =>
  !/^(?:\.{0,2}$|\.\.\/|\/)/.test(path) &&
  ['pyproject.toml', 'setup.py', 'setup.cfg'].some((name) => isKept(room, joinPath(path, name)))

/** Packages in directories of the repository, which are copied whole: no gain where they are most of it. */
function localPackages(room: NeedsRoom): Reason | null {
  const { table, paths, doubts } = room
  const dirs = [...paths].filter((path) => isPackage(room, path))
  if (dirs.length === 0) return null
  const modules = (from: number, to: number): number => {
    let count = 0
    for (let row = from; row < to; row++)
      if (((table.flags[row] ?? 0) & flag.ignored) === 0 && table.name(row).endsWith('.py')) count++
    return count
  }
  const inside = dirs.reduce((sum, dir) => {
    const row = table.find(dir)
    return row === null ? sum : sum + modules(row, table.end[row] ?? row + 1)
  }, 0)
  if (inside * 2 >= modules(0, table.count))
    return { text: 'it installs a package of the project itself, which needs the sources', at: null }
  doubts.push(`whether ${dirs.join(' and ')} can be built without what lies beside it, only a build can tell`)
  return null
}

/** Packages that pyproject.toml, Pipfile and environment.yml take from the repository. */
function projectNeeds(meaning: CommandMeaning, dir: string, room: NeedsRoom): Reason | null {
  const isUv = meaning.command.words[0] === 'uv'
  const leavesLocal =
    isUv && meaning.options.some((option) => /^--no-install-(?:workspace|local)(?:=true)?$/.test(option))
  for (const file of [...room.paths].filter((path) =>
    /^(?:pyproject\.toml|Pipfile|environment\.ya?ml)$/.test(baseName(path)),
  )) {
    const text = room.repository.manifests.get(file)
    if (text === undefined) return { text: `${file} was not read`, at: { file, line: 1 } }
    const workspace = /^\[tool\.uv\.workspace\]/m.exec(text)
    if (isUv && workspace) {
      const line = text.slice(0, workspace.index).split('\n').length
      if (!leavesLocal)
        return {
          text: 'it installs the members of the workspace too, which --no-install-workspace would leave out',
          at: { file, line },
        }
      // With --frozen the lockfile is taken as it is, and nobody asks the members.
      if (!meaning.options.includes('--frozen'))
        for (const glob of text
          .slice(workspace.index)
          .match(/members\s*=\s*\[([^\]]*)\]/)?.[1]
          ?.match(/[^\s"',[\]]+/g) ?? [])
          for (const path of membersOf(glob, dir, room)) room.paths.add(path)
    }
    for (const [found, typed = ''] of leavesLocal
      ? []
      : text.matchAll(/\b(?:path|file)\s*=\s*["']([^"']+)["']/g)) {
      const path = cleanPath(joinPath(parentPath(file), typed))
      const line = text.slice(0, text.indexOf(found)).split('\n').length
      // Tables of other tools (`[tool.coverage] path = …`) speak of no packages.
      if (!isPackageTable(text.slice(0, text.indexOf(found)))) continue
      if (path === '.' || path.startsWith('..') || path.startsWith('/') || !isKept(room, path))
        return { text: `it installs ${typed}, which needs the sources`, at: { file, line } }
      room.paths.add(path)
    }
    const editable = /^[ \t]*-[ \t]*(?:-e\s+\.|-r\s|\.\/)/m.exec(text)
    if (/\.ya?ml$/.test(file) && editable)
      return {
        text: 'it installs more than it names by name',
        at: { file, line: text.slice(0, editable.index + 1).split('\n').length },
      }
  }
  return null
}

/** True when the last table that begins in the text lists dependencies. */
function isPackageTable(before: string): boolean {
  const table = [...before.matchAll(/^[ \t]*\[+([^\]\n]+)\]+/gm)].at(-1)?.[1] ?? ''
  return /dependenc|sources|packages|^project/.test(table)
}

function membersOf(glob: string, dir: string, room: NeedsRoom): readonly string[] {
  const [head = '', ...rest] = glob.replace(/\/$/, '').split('/')
  const here = matching(room, dir, `${head}/`)
  const dirs = rest.length === 0 ? here : here.flatMap((one) => matching(room, one, `${rest.join('/')}/`))
  return dirs.map((one) => joinPath(one, 'pyproject.toml')).filter((path) => isKept(room, path))
}
