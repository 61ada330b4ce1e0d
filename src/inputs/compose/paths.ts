/** Relative paths of a project, taken from its directory (compose-go 2.9 paths/). */

import type { Session } from './session.ts'
import { absoluteFrom } from './session.ts'
import { type Entry, get, type List, type Mapping, textAt, type Value, withEntry } from './value.ts'

/**
 * The project with the paths that decide what is built told from the working directory: contexts, env files, files that
 * are extended. What is absolute stays as it is written, and so does what is no path of this disk.
 */
export function placePaths(project: Mapping, directory: string, session: Session): Mapping {
  const services = get(project, 'services')
  if (services?.kind !== 'map') return project
  const place = (value: Value): Value => placePath(value, directory, session)
  const entries = new Map<string, Entry>()
  for (const [name, entry] of services.entries)
    entries.set(
      name,
      entry.value.kind === 'map' ? { ...entry, value: placeService(entry.value, place) } : entry,
    )
  return withEntry(project, 'services', { ...services, entries })
}

function placeService(service: Mapping, place: (value: Value) => Value): Mapping {
  let made = service
  const build = get(service, 'build')
  if (build?.kind === 'map') {
    let placed = build
    const context = get(build, 'context')
    if (context !== undefined)
      placed = withEntry(placed, 'context', isRemote(context) ? context : place(context))
    const contexts = get(build, 'additional_contexts')
    if (contexts?.kind === 'map') {
      const entries = new Map<string, Entry>()
      for (const [name, entry] of contexts.entries)
        entries.set(name, isRemote(entry.value) ? entry : { ...entry, value: place(entry.value) })
      placed = withEntry(placed, 'additional_contexts', { ...contexts, entries })
    }
    made = withEntry(made, 'build', placed)
  }
  const envFile = get(service, 'env_file')
  if (envFile !== undefined) made = withEntry(made, 'env_file', placeEnvFiles(envFile, place))
  const extended = get(service, 'extends')
  const file = get(extended, 'file')
  if (extended?.kind === 'map' && file !== undefined && !isRemote(file))
    made = withEntry(made, 'extends', withEntry(extended, 'file', place(file)))
  return made
}

function placeEnvFiles(value: Value, place: (value: Value) => Value): List {
  const items = value.kind === 'list' ? value.items : [value]
  return {
    kind: 'list',
    at: value.at,
    items: items.map((item) => {
      const path = get(item, 'path')
      return item.kind === 'map' && path !== undefined ? withEntry(item, 'path', place(path)) : place(item)
    }),
  }
}

function placePath(value: Value, directory: string, { host, shown }: Session): Value {
  if (value.kind !== 'scalar' || value.type !== 'string' || value.placed || value.text === '') return value
  const { text } = value
  if (text.startsWith('/')) return textAt(text, value, { ...value, placed: true })
  const home = text.startsWith('~') ? host.environment('HOME') : undefined
  const path =
    home === undefined ? absoluteFrom(directory, text) : absoluteFrom('/', `${home}/${text.slice(1)}`)
  return textAt(shown(path), value, { ...value, placed: true })
}

/** True for what is no directory of this disk (paths/context.go). */
function isRemote(value: Value): boolean {
  return (
    value.kind === 'scalar' &&
    (value.text.includes('://') || /^(?:service:|github\.com\/|git@)/.test(value.text))
  )
}
