/** Files of a project → one tree: merged in order, with what they include and extend (compose-go 2.9 loader/). */

import { kindAt } from '../../host/host.ts'
import { visiblePath } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import { canonical } from './canonical.ts'
import { overlay, readEnvFiles } from './environment.ts'
import { extendServices } from './extend.ts'
import { interpolate } from './interpolate.ts'
import { dropPaths, mergeProjects } from './merge.ts'
import { placePaths } from './paths.ts'
import { Refusal, refused } from './refusal.ts'
import { absoluteFrom, directoryOf, type Session } from './session.ts'
import type { Lookup } from './substitute.ts'
import { validateProject } from './validate.ts'
import {
  type Entry,
  get,
  type Mapping,
  sameValue,
  textAt,
  textOf,
  textsOf,
  type Value,
  withEntry,
  without,
} from './value.ts'

export interface ProjectFiles {
  /** Absolute paths, in the order of their merging. */
  readonly files: readonly string[]
  /** What relative paths start from; absolute. */
  readonly directory: string
  readonly lookup: Lookup
  /** Files that include this one, outermost first. */
  readonly includedBy: readonly string[]
}

/** More files than this include each other in a circle that paths disguise, or to no purpose. */
const deepestInclude = 30

/** Reads and merges the files of a project; throws a Refusal where compose stops and nothing can be said further on. */
export function loadProject(session: Session, project: ProjectFiles): Mapping {
  let tree: Mapping | null = null
  for (const file of project.files) tree = loadFile(session, project, file, tree)
  const [first = ''] = project.files
  const empty: Mapping = {
    kind: 'map',
    entries: new Map(),
    at: { file: session.shown(first), line: 1, column: 1 },
  }
  return placePaths(withContexts(tree ?? empty), project.directory, session)
}

function loadFile(
  session: Session,
  project: ProjectFiles,
  file: string,
  earlier: Mapping | null,
): Mapping | null {
  let tree = earlier
  for (const document of session.documents(file)) {
    const { tree: own, resets, problems } = interpolate(document, project.lookup)
    session.problems.push(...problems)
    const extended = extendServices(session, own, {
      file,
      directory: project.directory,
      lookup: project.lookup,
      resets,
    })
    const included = include(session, project, file, extended)
    if (tree === null) tree = { ...included, entries: new Map() }
    const merged = mergeProjects(dropPaths(tree, resets), included)
    session.problems.push(...merged.problems)
    const known = new Set(session.violations.map(({ problem }) => placeKey(problem.at, problem.message)))
    for (const violation of validateProject(merged.tree)) {
      const { at, message } = violation.problem
      // A later file is checked together with all before it.
      if (!known.has(placeKey(at, message))) session.violations.push(violation)
    }
    const made = canonical(without(merged.tree, 'version'))
    session.problems.push(...made.problems)
    tree = made.tree
  }
  return tree
}

const placeKey = (at: Place | null, message: string): string => `${at?.file}:${at?.line} ${message}`

function withContexts(project: Mapping): Mapping {
  const services = get(project, 'services')
  if (services?.kind !== 'map') return project
  const entries = new Map<string, Entry>()
  for (const [name, entry] of services.entries) {
    const build = get(entry.value, 'build')
    const value =
      entry.value.kind === 'map' && build?.kind === 'map' && !build.entries.has('context')
        ? withEntry(entry.value, 'build', withEntry(build, 'context', textAt('.', build)))
        : entry.value
    entries.set(name, { ...entry, value })
  }
  return withEntry(project, 'services', { ...services, entries })
}

const included = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const

/** The document with the resources of what it includes. */
function include(session: Session, project: ProjectFiles, file: string, own: Mapping): Mapping {
  const list = get(own, 'include')
  if (list === undefined) return own
  if (list.kind !== 'list') {
    if (textOf(list) === null && list.kind === 'scalar') return without(own, 'include')
    throw new Refusal(refused('`include` must be a list', list.at))
  }
  let made = without(own, 'include')
  for (const item of list.items) {
    const paths = textsOf(item.kind === 'map' ? get(item, 'path') : item)
    const [first] = paths
    if (first === undefined) throw new Refusal(refused('include needs a path', item.at))
    const broken = paths.find((path) => path.broken)
    if (broken !== undefined)
      throw new Refusal(refused('what is included cannot be told without the variable', broken.at))
    const remote = paths.find((path) => /:\/\/|^git@|^github\.com\//.test(path.text))
    if (remote !== undefined)
      throw new Refusal({
        code: 'compose-remote',
        message: `${visiblePath(remote.text)} is not on this machine, so what it includes cannot be told`,
        at: remote.at,
        hint: 'include a local copy',
      })
    const files = paths.map((path) => absoluteFrom(project.directory, path.text))
    const includedBy = [...project.includedBy, file]
    const [main = ''] = files
    if (includedBy.includes(main) || includedBy.length > deepestInclude)
      throw new Refusal(refused(`include cycle detected: ${visiblePath(first.text)}`, item.at))
    const directory = includeDirectory(
      session,
      project.directory,
      textOf(get(item, 'project_directory')),
      main,
    )
    const imported = blamed(item.at, () =>
      loadProject(session, {
        files,
        directory,
        lookup: includeLookup(session, project, item, directory),
        includedBy,
      }),
    )
    for (const kind of included) made = importInto(made, imported, kind)
  }
  return made
}

/** A file that cannot be read is the fault of the line that asks for it. */
function blamed<T>(at: Place, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || thrown.problem.at !== null) throw thrown
    throw new Refusal({ ...thrown.problem, at })
  }
}

function includeDirectory(session: Session, base: string, written: string | null, main: string): string {
  if (written === null || written === '') return directoryOf(main)
  const path = absoluteFrom(base, written)
  return written.startsWith('/') || kindAt(session.host, path) === 'directory' ? path : directoryOf(path)
}

/** The variables of the including file, then those of the env files beside what is included. */
function includeLookup(session: Session, project: ProjectFiles, item: Value, directory: string): Lookup {
  const named = textsOf(get(item, 'env_file')).filter(({ text }) => text !== '/dev/null')
  const paths = named.map(({ text }) => absoluteFrom(project.directory, text))
  const standard = absoluteFrom(directory, '.env')
  if (get(item, 'env_file') === undefined && kindAt(session.host, standard) === 'file') paths.push(standard)
  const files = paths.map((path) => ({ path, shown: session.shown(path) }))
  return overlay(project.lookup, readEnvFiles(session.host, files, project.lookup))
}

function importInto(own: Mapping, imported: Mapping, kind: string): Mapping {
  const from = get(imported, kind)
  if (from?.kind !== 'map') return own
  const to = get(own, kind)
  if (to !== undefined && to.kind !== 'map') return own
  const entries = new Map<string, Entry>(to?.entries)
  for (const [name, entry] of from.entries) {
    const old = entries.get(name)
    if (old === undefined) entries.set(name, entry)
    else if (!sameValue(old.value, entry.value))
      throw new Refusal(refused(`${kind}.${visiblePath(name)} conflicts with imported resource`, old.at))
  }
  return withEntry(own, kind, { kind: 'map', entries, at: to?.at ?? from.at })
}
