/** What compose refuses of a project whose every value is well formed (compose-go 2.9 loader/validate.go, validation/). */

import { visiblePath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import { portMistake } from './ports.ts'
import { refused } from './refusal.ts'
import { get, isNull, type Mapping, textOf, textsOf, type Value } from './value.ts'

/** Dependencies of each service, those that other attributes imply included. */
export type Dependencies = ReadonlyMap<string, ReadonlyMap<string, boolean>>

/** Every service that is wanted, held against the rest of the project. */
export function checkConsistency(
  project: Mapping,
  enabled: ReadonlyMap<string, Mapping>,
): readonly Problem[] {
  const dependencies = new Map(
    [...enabled].map(([name, service]) => [name, dependenciesOf(service)] as const),
  )
  return [
    ...[...enabled].flatMap(([name, service]) => [
      ...checkBuild(name, service, enabled),
      ...checkReferences(name, service, project),
      ...checkDependencies(name, service, dependencies),
      ...checkPorts(service),
    ]),
    ...checkFiles(project),
    ...checkCycle(enabled, dependencies),
  ]
}

const keysOf = (value: Value | undefined): readonly string[] =>
  value?.kind === 'map' ? [...value.entries.keys()] : []

function checkBuild(name: string, service: Mapping, enabled: ReadonlyMap<string, Mapping>): Problem[] {
  const shown = visiblePath(name)
  const problems: Problem[] = []
  const build = get(service, 'build')
  if (build === undefined && !textOf(get(service, 'image')) && get(service, 'provider') === undefined)
    problems.push(
      refused(`service "${shown}" has neither an image nor a build context specified`, service.at),
    )
  if (build === undefined) return problems
  const inline = get(build, 'dockerfile_inline')
  if (textOf(inline) && textOf(get(build, 'dockerfile')))
    problems.push(
      refused(
        `service "${shown}" declares mutually exclusive dockerfile and dockerfile_inline`,
        inline?.at ?? build.at,
      ),
    )
  const contexts = get(build, 'additional_contexts')
  for (const [key, { value }] of contexts?.kind === 'map' ? contexts.entries : []) {
    const target = /^service:(.*)$/s.exec(textOf(value) ?? '')?.[1]
    if (target === undefined) continue
    const found = enabled.get(target)
    const kind = found === undefined ? 'unknown' : get(found, 'build') === undefined ? 'non-buildable' : null
    if (kind !== null)
      problems.push(
        refused(
          `service "${shown}" declares ${kind} service "${visiblePath(target)}" as additional contexts ${visiblePath(key)}`,
          value.at,
        ),
      )
  }
  const platform = get(service, 'platform')
  const platforms = textsOf(get(build, 'platforms'))
  const wanted = textOf(platform)
  if (platform && wanted && platforms.length > 0 && !platforms.some(({ text }) => text === wanted))
    problems.push(
      refused(`service.build.platforms MUST include service.platform "${visiblePath(wanted)}"`, platform.at),
    )
  return problems
}

function checkReferences(name: string, service: Mapping, project: Mapping): Problem[] {
  const problems: Problem[] = []
  const need = (kind: string, section: string, key: string, at: Value['at']): void => {
    if (get(get(project, section), key) === undefined && !(section === 'networks' && key === 'default'))
      problems.push(
        refused(`service "${visiblePath(name)}" refers to undefined ${kind} ${visiblePath(key)}`, at),
      )
  }
  const networks = get(service, 'networks')
  if (networks?.kind === 'map') {
    if (networks.entries.size > 0 && textOf(get(service, 'network_mode')))
      problems.push(
        refused(
          `service ${visiblePath(name)} declares mutually exclusive \`network_mode\` and \`networks\``,
          networks.at,
        ),
      )
    for (const [key, entry] of networks.entries) need('network', 'networks', key, entry.at)
  }
  for (const key of keysOf(get(service, 'models'))) need('model', 'models', key, service.at)
  for (const volume of itemsOf(get(service, 'volumes'))) {
    const source = namedVolume(volume)
    if (source !== null) need('volume', 'volumes', source, volume.at)
  }
  const mounted = [
    ['build secret', 'secrets', get(get(service, 'build'), 'secrets')],
    ['secret', 'secrets', get(service, 'secrets')],
    ['config', 'configs', get(service, 'configs')],
  ] as const
  for (const [kind, section, list] of mounted)
    for (const item of itemsOf(list)) {
      const source = textOf(item.kind === 'map' ? get(item, 'source') : item)
      if (source !== null) need(kind, section, source, item.at)
    }
  const test = get(get(service, 'healthcheck'), 'test')
  const [first] = itemsOf(test)
  if (first !== undefined && !/^(?:CMD|CMD-SHELL|NONE)$/.test(textOf(first) ?? ''))
    problems.push(refused('healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"', first.at))
  return problems
}

const itemsOf = (value: Value | undefined): readonly Value[] => (value?.kind === 'list' ? value.items : [])

/** The volume that a mount needs; null for a directory or a volume without a name (format/volume.go). */
function namedVolume(volume: Value): string | null {
  if (volume.kind === 'map')
    return textOf(get(volume, 'type')) === 'volume' ? textOf(get(volume, 'source')) || null : null
  const text = textOf(volume) ?? ''
  if (text.length <= 2) return null
  const parts = /^([a-zA-Z]:[^:]*|[^:]+):./.exec(text)
  const source = parts?.[1]
  if (source === undefined || /^(?:[./~]|\\\\|[a-zA-Z]:)/.test(source)) return null
  return source
}

function checkPorts(service: Mapping): Problem[] {
  return itemsOf(get(service, 'ports')).flatMap((port) => {
    const text = port.kind === 'scalar' ? port.text : null
    const mistake = text === null ? null : portMistake(text)
    return mistake === null ? [] : [refused(mistake, port.at)]
  })
}

/** The names a service depends on, and whether they have to be there. */
function dependenciesOf(service: Mapping): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  const dependsOn = get(service, 'depends_on')
  for (const [name, { value }] of dependsOn?.kind === 'map' ? dependsOn.entries : [])
    found.set(name, textOf(get(value, 'required')) !== 'false')
  for (const { text } of textsOf(get(service, 'links'))) {
    const parts = text.split(':')
    found.set(parts.length === 2 ? (parts[0] ?? text) : text, true)
  }
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const shared = /^service:(.*)$/s.exec(textOf(get(service, key)) ?? '')?.[1]
    if (shared !== undefined) found.set(shared, true)
  }
  for (const { text } of textsOf(get(service, 'volumes_from')))
    if (!text.startsWith('container:')) found.set(text.split(':', 1)[0] ?? text, true)
  return found
}

function checkDependencies(name: string, service: Mapping, dependencies: Dependencies): Problem[] {
  const at = get(service, 'depends_on')?.at ?? service.at
  return [...(dependencies.get(name) ?? [])].flatMap(([wanted, required]) =>
    dependencies.has(wanted) || !required
      ? []
      : [refused(`service "${visiblePath(name)}" depends on undefined service "${visiblePath(wanted)}"`, at)],
  )
}

function checkFiles(project: Mapping): Problem[] {
  const problems: Problem[] = []
  for (const [section, keys] of [
    ['secrets', ['file', 'environment']],
    ['configs', ['file', 'environment', 'content']],
  ] as const) {
    const all = get(project, section)
    for (const [name, { value, at }] of all?.kind === 'map' ? all.entries : []) {
      if (isNull(value)) continue
      const has = (key: string): boolean => get(value, key) !== undefined
      const given = keys.filter(has)
      const path = `${section}.${visiblePath(name)}`
      if (given.length > 1)
        problems.push(refused(`${path}: ${keys.join('|')} attributes are mutually exclusive`, at))
      else if (given.length === 0 && !has('driver') && !has('external'))
        problems.push(refused(`${path}: one of ${keys.join('|')} must be set`, at))
    }
  }
  return problems
}

/** The first circle of dependencies, looked for in the order of names without entering a service twice. */
function checkCycle(enabled: ReadonlyMap<string, Mapping>, dependencies: Dependencies): Problem[] {
  const done = new Set<string>()
  for (const start of [...enabled.keys()].sort()) {
    const trail: { readonly name: string; readonly left: string[] }[] = []
    const entered = new Set<string>()
    const enter = (name: string): void => {
      entered.add(name)
      trail.push({ name, left: [...(dependencies.get(name)?.keys() ?? [])].sort().reverse() })
    }
    if (!done.has(start)) enter(start)
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.left.pop()
      if (next === undefined) {
        done.add(top.name)
        entered.delete(top.name)
        trail.pop()
        continue
      }
      if (entered.has(next)) {
        const from = trail.findIndex(({ name }) => name === next)
        const circle = [...trail.slice(from).map(({ name }) => name), next].map(visiblePath).join(' -> ')
        return [refused(`dependency cycle detected: ${circle}`, enabled.get(next)?.at ?? null)]
      }
      if (!done.has(next)) enter(next)
    }
  }
  return []
}
