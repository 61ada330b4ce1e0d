/** `extends`: a service that goes over another, of the same file or of one that is named (compose-go 2.9 loader/extends.go). */

import { visiblePath } from '../../lib/path.ts'
import { canonical } from './canonical.ts'
import { interpolate } from './interpolate.ts'
import { dropPaths, mergeProjects, mergeService } from './merge.ts'
import { placePaths } from './paths.ts'
import { Refusal, refused } from './refusal.ts'
import { absoluteFrom, directoryOf, type Session } from './session.ts'
import type { Lookup } from './substitute.ts'
import {
  type Entry,
  get,
  isNull,
  type Mapping,
  type Scalar,
  type Value,
  withEntry,
  without,
} from './value.ts'

export interface ExtendContext {
  /** The file that the document is of; absolute. */
  readonly file: string
  /** What paths of `extends` start from. */
  readonly directory: string
  readonly lookup: Lookup
  /** Paths at which what is extended is dropped. */
  readonly resets: readonly (readonly string[])[]
}

/** The services of one file while they are extended: each is done once. */
interface Services {
  readonly context: ExtendContext
  readonly entries: Map<string, Entry>
  readonly done: Set<string>
}

/** Longer chains are nobody's, and every link is another call. */
const longestChain = 100

/** The document with everything in its services that they extend. */
export function extendServices(session: Session, document: Mapping, context: ExtendContext): Mapping {
  const services = get(document, 'services')
  if (services === undefined || isNull(services)) return document
  if (services.kind !== 'map') throw new Refusal(refused('services must be a mapping', services.at))
  const own: Services = { context, entries: new Map(services.entries), done: new Set() }
  const files = new Map<string, Services>()
  for (const name of services.entries.keys()) extendService(session, own, name, [], files)
  return withEntry(document, 'services', { ...services, entries: own.entries })
}

/** Null for a service that is empty. */
function extendService(
  session: Session,
  services: Services,
  name: string,
  chain: readonly string[],
  files: Map<string, Services>,
): Mapping | null {
  const entry = services.entries.get(name)
  if (entry === undefined || isNull(entry.value)) return null
  const service = entry.value
  if (service.kind !== 'map')
    throw new Refusal(refused(`services.${visiblePath(name)} must be a mapping`, service.at))
  const written = service.entries.get('extends')
  if (written === undefined || services.done.has(name)) return service

  const { context } = services
  const link = `${context.file} ${name}`
  if (chain.includes(link))
    throw new Refusal(refused(`circular reference: ${visiblePath(name)} extends itself`, written.at))
  if (chain.length > longestChain)
    throw new Refusal(refused('too many services extend one another', written.at))
  const { ref, file } = target(name, written.value)
  const from = file === null ? services : baseFile(session, context, file, files)
  const base = from.entries.has(ref)
    ? extendService(session, from, ref, [...chain, link], files)
    : notFound(session, name, ref, from, written)
  services.done.add(name)
  if (base === null) {
    const kept = without(service, 'extends')
    services.entries.set(name, { ...entry, value: kept })
    return kept
  }
  const left = context.resets.flatMap(([top, of, ...path]) =>
    top === 'services' && of === name && path.length > 0 ? [path] : [],
  )
  const { tree, problems } = mergeService(dropPaths(base, left), service)
  session.problems.push(...problems)
  const entries = new Map<string, Entry>()
  // What comes from elsewhere is told by the line that fetches it.
  for (const [key, { value }] of tree.entries)
    if (key !== 'extends') entries.set(key, { value, at: service.entries.get(key)?.at ?? written.at })
  const merged = { ...service, entries }
  services.entries.set(name, { ...entry, value: merged })
  return merged
}

function notFound(session: Session, name: string, ref: string, from: Services, { at }: Entry): never {
  const file = visiblePath(session.shown(from.context.file))
  throw new Refusal(
    refused(
      `cannot extend service "${visiblePath(name)}": service "${visiblePath(ref)}" not found in ${file}`,
      at,
    ),
  )
}

function target(name: string, value: Value): { readonly ref: string; readonly file: Scalar | null } {
  const service = value.kind === 'map' ? get(value, 'service') : value
  const file = value.kind === 'map' ? get(value, 'file') : undefined
  if (service?.kind !== 'scalar' || service.type !== 'string')
    throw new Refusal(refused(`extends.${visiblePath(name)}.service is required`, value.at))
  if (service.broken || (file?.kind === 'scalar' && file.broken))
    throw new Refusal(refused('what is extended cannot be told without the variable', value.at))
  if (file === undefined || isNull(file)) return { ref: service.text, file: null }
  if (file.kind !== 'scalar' || file.type !== 'string')
    throw new Refusal(refused(`extends.${visiblePath(name)}.file must be a string`, file.at))
  return { ref: service.text, file }
}

/** The services of a file that is extended, paths taken from its own directory. */
function baseFile(
  session: Session,
  { directory, lookup }: ExtendContext,
  written: Scalar,
  files: Map<string, Services>,
): Services {
  if (/:\/\/|^git@|^github\.com\//.test(written.text))
    throw new Refusal({
      code: 'compose-remote',
      message: `${visiblePath(written.text)} is not on this machine, so what it holds cannot be told`,
      at: written.at,
      hint: 'extend a local copy',
    })
  const path = absoluteFrom(written.placed ? session.workingDirectory : directory, written.text)
  const known = files.get(path)
  if (known !== undefined) return known
  const { tree, resets } = readBase(session, path, lookup, written)
  const placed = placePaths(tree, directoryOf(path), session)
  const services = get(placed, 'services')
  if (services === undefined)
    throw new Refusal(refused(`no services section in ${visiblePath(session.shown(path))}`, written.at))
  if (services.kind !== 'map') throw new Refusal(refused('services must be a mapping', services.at))
  const read: Services = {
    context: { file: path, directory, lookup, resets },
    entries: new Map(services.entries),
    done: new Set(),
  }
  files.set(path, read)
  return read
}

function readBase(
  session: Session,
  path: string,
  lookup: Lookup,
  written: Scalar,
): { readonly tree: Mapping; readonly resets: ExtendContext['resets'] } {
  let tree: Mapping = { kind: 'map', entries: new Map(), at: written.at }
  let resets: ExtendContext['resets'] = []
  try {
    for (const document of session.documents(path)) {
      const read = interpolate(document, lookup)
      session.problems.push(...read.problems)
      const merged = mergeProjects(dropPaths(tree, read.resets), read.tree)
      const made = canonical(merged.tree)
      session.problems.push(...merged.problems, ...made.problems)
      tree = made.tree
      resets = read.resets
    }
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || thrown.problem.at !== null) throw thrown
    throw new Refusal({ ...thrown.problem, at: written.at })
  }
  return { tree, resets }
}
