/** A target of a definition: what of its arguments decides what is sent, and how one is merged over another. */

import type { Place } from '../../lib/source.ts'
import { type At, positionOf } from './source.ts'
import { boolType, dynamicType, listOf, mapOf, stringType, type Type, type Value } from './value.ts'

/** Something only a run of bake can tell. */
export interface Open {
  readonly why: string
  readonly at: At | null
}

export type Text = string | Open

/** Null: not set, so what is inherited stays. */
export interface Target {
  readonly name: string
  /** Where its block begins; null in a compose file. */
  readonly at: At | null
  readonly foundIn: Place
  readonly inherits: readonly Text[]
  readonly context: Text | null
  readonly dockerfile: Text | null
  readonly inline: Text | null
  readonly target: Text | null
  readonly args: ReadonlyMap<string, Text>
  readonly contexts: ReadonlyMap<string, Text>
  readonly platforms: readonly Text[] | null
  /** Files that secrets come from, as written. */
  readonly secretFiles: readonly string[]
  readonly usesSshAgent: boolean
}

export interface Group {
  readonly name: string
  readonly targets: readonly Text[]
}

/** The whole of a definition: all files merged, nothing selected yet. */
export interface Definition {
  readonly targets: readonly Target[]
  readonly groups: readonly Group[]
}

/** How an argument of a target is read: `loose` for what bake gives types of its own. */
interface AttributeShape {
  readonly type: Type
  /** Whether null may stand for it; where not, whether it may stand in a list or map is told by `nullItems`. */
  readonly nullable: boolean
  readonly nullItems: boolean
  readonly loose: boolean
}

const shape = (type: Type, options: Partial<AttributeShape> = {}): AttributeShape => ({
  type,
  nullable: true,
  nullItems: false,
  loose: false,
  ...options,
})
const aString = shape(stringType)
const aList = shape(listOf(stringType))
const aMap = shape(mapOf(stringType), { nullItems: true })
const loose = shape(dynamicType, { loose: true })

/** Every argument bake knows of a target (buildx v0.29, bake/bake.go); the others are ignored. */
export const targetShapes: ReadonlyMap<string, AttributeShape> = new Map([
  ['description', shape(stringType, { nullable: false })],
  ['inherits', aList],
  ['annotations', aList],
  ['attest', loose],
  ['context', aString],
  ['contexts', shape(mapOf(stringType))],
  ['dockerfile', aString],
  ['dockerfile-inline', aString],
  ['args', aMap],
  ['labels', aMap],
  ['tags', aList],
  ['cache-from', loose],
  ['cache-to', loose],
  ['target', aString],
  ['secret', loose],
  ['ssh', loose],
  ['platforms', aList],
  ['output', loose],
  ['pull', shape(boolType)],
  ['no-cache', shape(boolType)],
  ['network', aString],
  ['no-cache-filter', aList],
  ['shm-size', aString],
  ['ulimits', aList],
  ['call', aString],
  ['entitlements', aList],
  ['extra-hosts', aMap],
])

export const groupShapes: ReadonlyMap<string, AttributeShape> = new Map([
  ['description', shape(stringType, { nullable: false })],
  ['targets', aList],
])

/** A value that was decoded, with the place of the expression it came from. */
export interface Decoded {
  readonly at: At
  readonly value: Value
}

type Fields = ReadonlyMap<string, Decoded>

function textFrom(field: Decoded | undefined): Text | null {
  if (!field) return null
  return textOf(field.value, field.at)
}

function textOf(value: Value, at: At): Text | null {
  if (value.kind === 'string') return value.value
  return value.kind === 'unknown' ? { why: value.why, at } : null
}

function textsFrom(field: Decoded | undefined): readonly Text[] | null {
  if (!field) return null
  if (field.value.kind === 'unknown') return [{ why: field.value.why, at: field.at }]
  if (!('items' in field.value)) return null
  return field.value.items.flatMap((item) => textOf(item, field.at) ?? [])
}

/** The name under which a map that is unknown as a whole is kept. */
export const everyName = '*'

function mapFrom(field: Decoded | undefined): ReadonlyMap<string, Text> {
  const found = new Map<string, Text>()
  if (field?.value.kind === 'unknown') found.set(everyName, { why: field.value.why, at: field.at })
  if (!field || !('entries' in field.value)) return found
  for (const [name, value] of field.value.entries) {
    const text = textOf(value, field.at)
    if (text !== null) found.set(name, text)
  }
  return found
}

/** What a block says, as a target. */
export function targetFrom(name: string, at: At, fields: Fields): Target {
  const { secretFiles, usesSshAgent } = mountsFrom(fields)
  return {
    name,
    at,
    foundIn: { file: at.source.file, line: positionOf(at).line },
    inherits: textsFrom(fields.get('inherits')) ?? [],
    context: textFrom(fields.get('context')),
    dockerfile: textFrom(fields.get('dockerfile')),
    inline: textFrom(fields.get('dockerfile-inline')),
    target: textFrom(fields.get('target')),
    args: mapFrom(fields.get('args')),
    contexts: mapFrom(fields.get('contexts')),
    platforms: textsFrom(fields.get('platforms')),
    secretFiles,
    usesSshAgent,
  }
}

/** What a group's block says. */
export const groupFrom = (name: string, fields: Fields): Group => ({
  name,
  targets: textsFrom(fields.get('targets')) ?? [],
})

function mountsFrom(fields: Fields): Pick<Target, 'secretFiles' | 'usesSshAgent'> {
  const secretFiles: string[] = []
  let usesSshAgent = false
  for (const each of entriesOf(fields.get('secret'))) {
    const source = each.get('src') ?? each.get('source')
    const type = each.get('type')
    // Without a type a source that is a variable's name and no file would be the variable.
    if (source !== undefined && source !== '' && type !== 'env' && !each.has('env')) secretFiles.push(source)
  }
  for (const each of entriesOf(fields.get('ssh'))) {
    if (![...each.keys()].some((key) => key !== 'id')) usesSshAgent = true
  }
  return { secretFiles, usesSshAgent }
}

/** Entries of `secret` and `ssh`: `id=x,src=y`, `default`, or objects. */
function entriesOf(field: Decoded | undefined): readonly ReadonlyMap<string, string>[] {
  if (!field || !('items' in field.value)) return []
  return field.value.items.flatMap((item): ReadonlyMap<string, string>[] => {
    if (item.kind === 'string') {
      return [
        new Map(
          item.value.split(',').map((part): [string, string] => {
            const cut = part.indexOf('=')
            return cut < 0
              ? ['id', part.trim()]
              : [part.slice(0, cut).trim().toLowerCase(), part.slice(cut + 1)]
          }),
        ),
      ]
    }
    if (!('entries' in item)) return []
    const known = new Map<string, string>()
    for (const [name, value] of item.entries) {
      if (value.kind === 'string') known.set(name, value.value)
      else if (value.kind !== 'null') known.set(name, '')
    }
    return [known]
  })
}

/** `over` laid over `base` as bake's Target.Merge does it; the name and place stay those of `base`. */
export function merged(base: Target, over: Target): Target {
  return {
    ...base,
    inherits: [...base.inherits, ...over.inherits],
    context: over.context ?? base.context,
    dockerfile: over.dockerfile ?? base.dockerfile,
    inline: over.inline ?? base.inline,
    target: over.target ?? base.target,
    args: new Map([...base.args, ...over.args]),
    contexts: new Map([...base.contexts, ...over.contexts]),
    platforms: over.platforms ?? base.platforms,
    secretFiles: [...base.secretFiles, ...over.secretFiles],
    usesSshAgent: base.usesSshAgent || over.usesSshAgent,
  }
}

/** A target of that name and place that says nothing. */
export const emptyTarget = ({ name, at, foundIn }: Pick<Target, 'name' | 'at' | 'foundIn'>): Target => ({
  name,
  at,
  foundIn,
  inherits: [],
  context: null,
  dockerfile: null,
  inline: null,
  target: null,
  args: new Map(),
  contexts: new Map(),
  platforms: null,
  secretFiles: [],
  usesSshAgent: false,
})
