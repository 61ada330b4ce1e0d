/** The tree of a compose file while it is interpolated, merged and made canonical; see `yaml.ts` for where it comes from. */

import type { YamlEntry, YamlList, YamlMap, YamlScalar } from '../yaml.ts'

export interface Scalar extends Omit<YamlScalar, 'tag'> {
  /** Variables without a value that went into the text, for which compose puts nothing. */
  readonly unset: readonly string[]
  /** True for text that compose refuses to make: a required variable without a value, a `$` that is no variable. */
  readonly broken: boolean
  /** True for a path that is made relative to the working directory already. */
  readonly placed: boolean
}

export interface List extends Omit<YamlList, 'tag' | 'items'> {
  readonly items: readonly Value[]
}

export interface Mapping extends Omit<YamlMap, 'tag' | 'entries'> {
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry extends Pick<YamlEntry, 'at'> {
  readonly value: Value
}

export type Value = Scalar | List | Mapping

/** Where the parts of a rule are found by the path of a value: `services.*.build`. */
export interface PathTable<T> {
  readonly rule: T | null
  readonly below: ReadonlyMap<string, PathTable<T>>
}

/** Makes a table of dotted paths in which `*` stands for any one key. */
export function pathTable<T>(rules: Readonly<Record<string, T>>): PathTable<T> {
  interface Node {
    rule: T | null
    readonly below: Map<string, Node>
  }
  const top: Node = { rule: null, below: new Map() }
  for (const [path, rule] of Object.entries(rules)) {
    let node = top
    for (const key of path.split('.')) {
      const next = node.below.get(key) ?? { rule: null, below: new Map<string, Node>() }
      node.below.set(key, next)
      node = next
    }
    node.rule = rule
  }
  return top
}

/** The table for what lies under a key; null when it says nothing about it. */
export function below<T>(table: PathTable<T> | null, key: string): PathTable<T> | null {
  return table?.below.get(key) ?? table?.below.get('*') ?? null
}

/** A text that nobody wrote, told by the place of what it comes from. */
export function textAt(text: string, { at }: Pick<Value, 'at'>, from: Partial<Scalar> = {}): Scalar {
  const { unset = [], broken = false, placed = false } = from
  return { kind: 'scalar', type: 'string', text, at, unset, broken, placed }
}

/** What stands under a key; undefined when it is not a mapping or has no such key. */
export function get(value: Value | undefined, key: string): Value | undefined {
  return value?.kind === 'map' ? value.entries.get(key)?.value : undefined
}

/** The same mapping with one entry set; a new one goes to the end. */
export function withEntry(mapping: Mapping, key: string, value: Value, at = value.at): Mapping {
  const old = mapping.entries.get(key)
  return { ...mapping, entries: new Map(mapping.entries).set(key, { at: old?.at ?? at, value }) }
}

/** The same mapping without a key. */
export function without(mapping: Mapping, key: string): Mapping {
  const entries = new Map(mapping.entries)
  return entries.delete(key) ? { ...mapping, entries } : mapping
}

/** The text of a scalar that says something; null for everything else. */
export function textOf(value: Value | undefined): string | null {
  return value?.kind === 'scalar' && value.type !== 'null' ? value.text : null
}

/** The texts of a list, or of the one scalar that stands for a list. */
export function textsOf(value: Value | undefined): readonly Scalar[] {
  if (value === undefined) return []
  const items = value.kind === 'list' ? value.items : [value]
  return items.filter((item): item is Scalar => item.kind === 'scalar' && item.type !== 'null')
}

export const isNull = (value: Value): boolean => value.kind === 'scalar' && value.type === 'null'

/** True when two values say the same, wherever they stand. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.type === b.type && a.text === b.text
  if (a.kind === 'list')
    return (
      b.kind === 'list' &&
      a.items.length === b.items.length &&
      a.items.every((item, i) => {
        const other = b.items[i]
        return other !== undefined && sameValue(item, other)
      })
    )
  return (
    b.kind === 'map' &&
    a.entries.size === b.entries.size &&
    [...a.entries].every(([key, { value }]) => {
      const other = b.entries.get(key)
      return other !== undefined && sameValue(value, other.value)
    })
  )
}
