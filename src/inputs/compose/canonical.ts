/** One form for what may be written in several (compose-go 2.9 transform/), as far as it decides what is built. */

import { visiblePath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import { buildMapping, namesMapping } from './merge.ts'
import { refused } from './refusal.ts'
import { type Entry, get, type Mapping, textAt, type Value, withEntry } from './value.ts'

/** Every build as a mapping, additional contexts and dependencies by their names. */
export function canonical(project: Mapping): {
  readonly tree: Mapping
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const services = get(project, 'services')
  if (services?.kind !== 'map') return { tree: project, problems }
  const entries = new Map<string, Entry>()
  for (const [name, entry] of services.entries) {
    const { value } = entry
    entries.set(
      name,
      value.kind === 'map'
        ? { ...entry, value: canonicalService(value, `services.${name}`, problems) }
        : entry,
    )
  }
  return { tree: withEntry(project, 'services', { ...services, entries }), problems }
}

function canonicalService(service: Mapping, path: string, problems: Problem[]): Mapping {
  const written = get(service, 'build')
  const build = written === undefined ? null : buildMapping(written)
  let made = build === null ? service : withEntry(service, 'build', canonicalBuild(build, path, problems))
  for (const key of ['depends_on', 'networks', 'models']) {
    const value = get(made, key)
    const names = value === undefined ? null : namesMapping(value)
    if (names !== null) made = withEntry(made, key, key === 'depends_on' ? dependencies(names) : names)
  }
  return made
}

function dependencies(names: Mapping): Mapping {
  const entries = new Map<string, Entry>()
  for (const [name, entry] of names.entries) {
    const given: Mapping =
      entry.value.kind === 'map' ? entry.value : { kind: 'map', entries: new Map(), at: entry.at }
    const known = given.entries.has('condition')
      ? given
      : withEntry(given, 'condition', textAt('service_started', entry))
    entries.set(name, { ...entry, value: known })
  }
  return { ...names, entries }
}

function canonicalBuild(build: Mapping, path: string, problems: Problem[]): Mapping {
  const contexts = get(build, 'additional_contexts')
  if (contexts?.kind !== 'list') return build
  const entries = new Map<string, Entry>()
  for (const item of contexts.items) {
    if (item.kind !== 'scalar') continue
    const cut = item.text.indexOf('=')
    if (cut < 0)
      problems.push(
        refused(
          `${visiblePath(path)}.build.additional_contexts: invalid value ${visiblePath(item.text)}, expected key=value`,
          item.at,
        ),
      )
    else {
      const value: Value = textAt(item.text.slice(cut + 1), item, item)
      entries.set(item.text.slice(0, cut), { at: item.at, value })
    }
  }
  return withEntry(build, 'additional_contexts', { kind: 'map', entries, at: contexts.at })
}
