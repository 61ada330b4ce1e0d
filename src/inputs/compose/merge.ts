/** How a later file's values go over an earlier one's, and a service's over what it extends (compose-go 2.9 override/). */

import { visiblePath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import { refused } from './refusal.ts'
import {
  below,
  type Entry,
  isNull,
  type List,
  type Mapping,
  type PathTable,
  pathTable,
  textAt,
  type Value,
  withEntry,
} from './value.ts'

type Rule = 'build' | 'sequence' | 'hosts' | 'override' | 'names' | 'logging'

const rules: PathTable<Rule> = pathTable({
  'networks.*.labels': 'sequence',
  'volumes.*.labels': 'sequence',
  'services.*.annotations': 'sequence',
  'services.*.build': 'build',
  'services.*.build.args': 'sequence',
  'services.*.build.additional_contexts': 'sequence',
  'services.*.build.extra_hosts': 'hosts',
  'services.*.build.labels': 'sequence',
  'services.*.command': 'override',
  'services.*.depends_on': 'names',
  'services.*.deploy.labels': 'sequence',
  'services.*.dns': 'sequence',
  'services.*.dns_opt': 'sequence',
  'services.*.dns_search': 'sequence',
  'services.*.entrypoint': 'override',
  'services.*.env_file': 'sequence',
  'services.*.label_file': 'sequence',
  'services.*.environment': 'sequence',
  'services.*.extra_hosts': 'hosts',
  'services.*.healthcheck.test': 'override',
  'services.*.labels': 'sequence',
  'services.*.logging': 'logging',
  'services.*.models': 'names',
  'services.*.networks': 'names',
  'services.*.sysctls': 'sequence',
  'services.*.tmpfs': 'sequence',
  'services.*.ulimits.*': 'override',
  'networks.*.ipam.config': 'override',
})

/**
 * Lists in which a later entry takes the place of an earlier one: with the same `K` of `K=V`, or, of those that say where
 * something goes in the container, at least with the same text (compose-go override/uncity.go).
 */
const unique: PathTable<'key' | 'text'> = pathTable({
  ...listsOf(
    'key',
    'annotations build.args build.additional_contexts build.tags build.labels cap_add cap_drop deploy.labels dns dns_opt ' +
      'dns_search environment labels links profiles sysctls tmpfs expose networks.*.aliases networks.*.link_local_ips',
  ),
  ...listsOf('text', 'ports volumes devices configs secrets env_file'),
})

function listsOf<By extends string>(by: By, keys: string): Readonly<Record<string, By>> {
  return Object.fromEntries(keys.split(' ').map((key) => [`services.*.${key}`, by] as const))
}

export interface Merged {
  readonly tree: Mapping
  readonly problems: readonly Problem[]
}

/** The earlier tree with the later one over it. */
export function mergeProjects(earlier: Mapping, later: Mapping): Merged {
  const problems: Problem[] = []
  const merged = mergeMappings(earlier, later, rules, '', problems)
  return { tree: unify(merged, unique), problems }
}

/** What is extended with the service's own values over it; entries that come from there are told by where it says so. */
export function mergeService(
  base: Mapping,
  service: Mapping,
): { tree: Mapping; problems: readonly Problem[] } {
  const problems: Problem[] = []
  const table = below(below(rules, 'services'), 'x')
  return { tree: mergeMappings(base, service, table, 'services.x', problems), problems }
}

function mergeMappings(
  earlier: Mapping,
  later: Mapping,
  table: PathTable<Rule> | null,
  path: string,
  problems: Problem[],
): Mapping {
  const entries = new Map<string, Entry>(earlier.entries)
  for (const [key, entry] of later.entries) {
    const old = entries.get(key)
    if (old === undefined) {
      entries.set(key, entry)
      continue
    }
    const at = path === '' ? key : `${path}.${key}`
    const value = mergeValues(old.value, entry.value, below(table, key), at, problems)
    // What is replaced altogether stands where the later file has it.
    entries.set(key, { at: value === entry.value ? entry.at : old.at, value })
  }
  return { ...earlier, entries }
}

function mergeValues(
  earlier: Value,
  later: Value,
  table: PathTable<Rule> | null,
  path: string,
  problems: Problem[],
): Value {
  switch (table?.rule ?? null) {
    case 'override':
      return later
    case 'sequence':
      return { kind: 'list', items: [...sequence(earlier), ...sequence(later)], at: earlier.at }
    case 'hosts': {
      const have = sequence(earlier)
      const texts = new Set(have.map((item) => (item.kind === 'scalar' ? item.text : null)))
      const added = sequence(later).filter((item) => item.kind !== 'scalar' || !texts.has(item.text))
      return { kind: 'list', items: [...have, ...added], at: earlier.at }
    }
    case 'build': {
      if (isNull(later)) return earlier
      const [a, b] = [buildMapping(earlier), buildMapping(later)]
      // Of anything else compose makes nothing either, and its schema cannot complain any more.
      if (b === null) problems.push(refused(`${visiblePath(path)} must be a string or a mapping`, later.at))
      return a === null || b === null ? (b ?? a ?? later) : mergeMappings(a, b, table, path, problems)
    }
    case 'names': {
      if (isNull(later)) return earlier
      const [a, b] = [namesMapping(earlier), namesMapping(later)]
      return a === null || b === null ? later : mergeMappings(a, b, table, path, problems)
    }
    case 'logging':
      if (earlier.kind === 'map' && later.kind === 'map' && !sameDriver(earlier, later)) return later
      break
    default:
  }
  if (isNull(later)) return earlier
  if (earlier.kind === 'scalar') return later
  if (earlier.kind === 'map' && later.kind === 'map')
    return mergeMappings(earlier, later, table, path, problems)
  if (earlier.kind === 'list' && later.kind === 'list')
    return { ...earlier, items: [...earlier.items, ...later.items] }
  problems.push(refused(`cannot override ${visiblePath(path)}`, later.at))
  return later
}

function sameDriver(earlier: Mapping, later: Mapping): boolean {
  const [a, b] = [earlier.entries.get('driver')?.value, later.entries.get('driver')?.value]
  return (
    a === undefined || b === undefined || (a.kind === 'scalar' && b.kind === 'scalar' && a.text === b.text)
  )
}

/** The long form of `build: dir`; null for what is neither. */
export function buildMapping(value: Value): Mapping | null {
  if (value.kind === 'map') return value
  if (value.kind === 'list' || value.type !== 'string') return null
  return withEntry({ kind: 'map', entries: new Map(), at: value.at }, 'context', value)
}

/** `[a, b]` as `{a: null, b: null}`; null for what is neither. */
export function namesMapping(value: Value): Mapping | null {
  if (value.kind !== 'list') return value.kind === 'map' ? value : null
  const entries = new Map<string, Entry>()
  for (const item of value.items)
    if (item.kind === 'scalar')
      entries.set(item.text, { at: item.at, value: { ...item, type: 'null', text: '<nil>' } })
  return { kind: 'map', entries, at: value.at }
}

/** `{A: 1, B: null}` as `[A=1, B]`, sorted by code unit; a single word as a list of it. */
export function sequence(value: Value): readonly Value[] {
  if (value.kind === 'list') return value.items
  if (value.kind === 'scalar') return value.type === 'string' ? [value] : []
  const items = [...value.entries].flatMap(([key, { at, value: content }]) => {
    if (isNull(content)) return [textAt(key, { at })]
    const parts = content.kind === 'list' ? content.items : [content]
    return parts.flatMap((part) =>
      part.kind === 'scalar' ? [textAt(`${key}=${part.text}`, { at }, part)] : [],
    )
  })
  return items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
}

/** Leaves of every key the last one, in the place of the first. */
function unify<T extends Value>(value: T, table: typeof unique): T {
  if (value.kind === 'map') {
    const entries = new Map<string, Entry>()
    for (const [key, entry] of value.entries) {
      const next = below(table, key)
      entries.set(key, next === null ? entry : { ...entry, value: unify(entry.value, next) })
    }
    return { ...value, entries }
  }
  if (value.kind !== 'list' || table.rule === null) return value
  return { ...value, items: uniqueItems(value, table.rule) }
}

function uniqueItems({ items }: List, by: 'key' | 'text'): readonly Value[] {
  const places = new Map<string, number>()
  const kept: Value[] = []
  for (const item of items) {
    const key = item.kind !== 'scalar' ? null : by === 'key' ? (item.text.split('=', 1)[0] ?? '') : item.text
    const place = key === null ? undefined : places.get(key)
    if (place !== undefined) kept[place] = item
    else {
      if (key !== null) places.set(key, kept.length)
      kept.push(item)
    }
  }
  return kept
}

/** The tree without what the paths name: a `*` or a name for each level. */
export function dropPaths(tree: Mapping, paths: readonly (readonly string[])[]): Mapping {
  let left = tree
  for (const path of paths) left = dropPath(left, path)
  return left
}

function dropPath(tree: Mapping, path: readonly string[]): Mapping {
  const [key, ...rest] = path
  const entry = key === undefined ? undefined : tree.entries.get(key)
  if (key === undefined || entry === undefined) return tree
  const entries = new Map(tree.entries)
  if (rest.length === 0) entries.delete(key)
  else if (entry.value.kind === 'map') entries.set(key, { ...entry, value: dropPath(entry.value, rest) })
  return { ...tree, entries }
}
