/** A merged project → its builds: which services are wanted, and what each of them builds. */

import { kindAt } from '../../host/host.ts'
import { visiblePath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import type { BuildTarget, FoundBuilds, OpenBuild } from '../target.ts'
import { checkConsistency } from './consistency.ts'
import { readText } from './environment.ts'
import { sequence } from './merge.ts'
import { Refusal } from './refusal.ts'
import { absoluteFrom, type Session } from './session.ts'
import type { Lookup } from './substitute.ts'
import { type Entry, get, type Mapping, type Scalar, textOf, textsOf, type Value } from './value.ts'

export interface Wanted {
  /** Services by name; none: all that the profiles let in. */
  readonly services: readonly string[]
  /** Active profiles; `*` for all. */
  readonly profiles: readonly string[]
}

/** The builds of the services that are wanted, those that they are built upon after them. */
export function serviceBuilds(
  session: Session,
  project: Mapping,
  wanted: Wanted,
  lookup: Lookup,
): FoundBuilds {
  const all = get(project, 'services')
  const services = new Map<string, Entry>(all?.kind === 'map' ? all.entries : [])
  const problems: Problem[] = []
  for (const name of wanted.services)
    if (!services.has(name))
      problems.push({
        code: 'compose-no-such-service',
        message: `no such service: ${visiblePath(name)}`,
        at: null,
        hint: services.size === 0 ? null : `there are ${[...services.keys()].map(visiblePath).join(', ')}`,
      })
  const enabled = enabledServices(services, wanted)
  problems.push(...checkConsistency(project, enabled), ...missingEnvFiles(session, enabled))

  const builds: BuildTarget[] = []
  const open: OpenBuild[] = []
  const refusedNames = refusedBuilds(session)
  for (const name of chosen(enabled, wanted.services)) {
    const service = enabled.get(name)
    const entry = service?.entries.get('build')
    if (entry === undefined) continue
    const why = refusedNames.has(name) ? 'compose refuses it' : brokenIn(entry.value)
    if (why !== null || entry.value.kind !== 'map')
      open.push({
        at: entry.at,
        why: `service "${visiblePath(name)}" cannot be told: ${why ?? 'no mapping'}`,
      })
    else {
      builds.push(buildOf(name, entry.value, entry, lookup))
      problems.push(...unsetIn(name, entry.value))
    }
  }
  return { builds, open, problems }
}

function enabledServices(services: ReadonlyMap<string, Entry>, wanted: Wanted): Map<string, Mapping> {
  const profiles = new Set(wanted.profiles)
  // A service that is named brings its profiles with it, as on compose's command line.
  for (const name of wanted.services)
    for (const { text } of textsOf(get(services.get(name)?.value, 'profiles'))) profiles.add(text)
  const enabled = new Map<string, Mapping>()
  for (const [name, { value }] of services) {
    const own = textsOf(get(value, 'profiles'))
    const isActive = own.length === 0 || profiles.has('*') || own.some(({ text }) => profiles.has(text))
    if (value.kind === 'map' && isActive) enabled.set(name, value)
  }
  return enabled
}

/** The names to tell, in the order of the file; those that are named and whatever these are built upon. */
function chosen(enabled: ReadonlyMap<string, Mapping>, named: readonly string[]): readonly string[] {
  if (named.length === 0) return [...enabled.keys()]
  const found = new Set<string>()
  const left = [...named]
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const contexts = get(get(enabled.get(name), 'build'), 'additional_contexts')
    for (const [, { value }] of contexts?.kind === 'map' ? contexts.entries : []) {
      const other = /^service:(.*)$/s.exec(textOf(value) ?? '')?.[1]
      if (other !== undefined) left.push(other)
    }
  }
  return [...enabled.keys()].filter((name) => found.has(name))
}

/** Services whose builds the schema refuses. */
function refusedBuilds({ violations }: Session): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { path } of violations) {
    if (!path.startsWith('services.')) continue
    // Names may have dots and words of their own, so every part that could be the name is taken for it.
    for (const { index } of path.matchAll(/\.build(?=\.|$)/g))
      names.add(path.slice('services.'.length, index))
  }
  return names
}

/** The attributes that decide what is built. */
const telling = [
  'context',
  'dockerfile',
  'dockerfile_inline',
  'target',
  'args',
  'additional_contexts',
  'platforms',
]

function* scalarsIn(value: Value): Generator<Scalar> {
  if (value.kind === 'scalar') yield value
  else if (value.kind === 'list') for (const item of value.items) yield* scalarsIn(item)
  else for (const { value: inner } of value.entries.values()) yield* scalarsIn(inner)
}

function* tellingScalars(build: Value): Generator<Scalar> {
  for (const key of telling) {
    const value = get(build, key)
    if (value !== undefined) yield* scalarsIn(value)
  }
}

function brokenIn(build: Value): string | null {
  for (const { broken, text } of tellingScalars(build)) if (broken) return `${visiblePath(text)} has no value`
  return null
}

/** Compose only warns and puts nothing, which is seldom what is built elsewhere. */
function unsetIn(name: string, build: Value): Problem[] {
  const problems = new Map<string, Problem>()
  for (const { unset, at } of tellingScalars(build))
    for (const variable of unset)
      if (!problems.has(variable))
        problems.set(variable, {
          code: 'compose-variable-unset',
          message: `${variable} is not set, so compose puts nothing in its place in the build of ${visiblePath(name)}`,
          at,
          hint: `set it, or give it a default: \${${variable}:-…}`,
        })
  return [...problems.values()]
}

function buildOf(name: string, build: Mapping, { at }: Entry, lookup: Lookup): BuildTarget {
  const inline = textOf(get(build, 'dockerfile_inline')) || null
  return {
    name,
    context: textOf(get(build, 'context')) || '.',
    dockerfile: inline === null ? textOf(get(build, 'dockerfile')) || 'Dockerfile' : null,
    inline,
    target: textOf(get(build, 'target')) || null,
    args: argsOf(get(build, 'args'), lookup),
    namedContexts: sorted(
      new Map(
        [...pairsOf(get(build, 'additional_contexts'))].map(([key, value]) => [key, value ?? ''] as const),
      ),
    ),
    platforms: textsOf(get(build, 'platforms')).map(({ text }) => text),
    foundIn: { file: at.file, line: at.line },
    guessed: false,
  }
}

/** A name alone takes its value from the environment, and is left out when that has none. */
function argsOf(args: Value | undefined, lookup: Lookup): Readonly<Record<string, string>> {
  const found = new Map<string, string>()
  for (const [key, value] of pairsOf(args)) {
    const text = value ?? lookup(key)
    if (text === undefined) found.delete(key)
    else found.set(key, text)
  }
  return sorted(found)
}

function pairsOf(value: Value | undefined): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>()
  if (value?.kind === 'map')
    for (const [key, { value: content }] of value.entries) found.set(key, textOf(content))
  else if (value !== undefined)
    for (const item of sequence(value)) {
      const text = textOf(item) ?? ''
      const cut = text.indexOf('=')
      found.set(cut < 0 ? text : text.slice(0, cut), cut < 0 ? null : text.slice(cut + 1))
    }
  return found
}

function sorted(pairs: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  // fromEntries defines its keys, so that `__proto__` is one like any other.
  return Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

function missingEnvFiles(session: Session, enabled: ReadonlyMap<string, Mapping>): Problem[] {
  const problems: Problem[] = []
  for (const service of enabled.values()) {
    const list = get(service, 'env_file')
    for (const item of list?.kind === 'list' ? list.items : []) {
      const path = item.kind === 'map' ? get(item, 'path') : item
      const text = textOf(path)
      const isOptional = textOf(get(item, 'required')) === 'false'
      if (!text || path?.kind !== 'scalar' || path.broken) continue
      const absolute = absoluteFrom(session.workingDirectory, text)
      if (isOptional && kindAt(session.host, absolute) === null) continue
      try {
        readText(session.host, absolute, text)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        problems.push({ ...thrown.problem, code: 'compose-env-file', at: path.at })
      }
    }
  }
  return problems
}
