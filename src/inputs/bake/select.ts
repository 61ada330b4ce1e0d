/** Which targets are built: names and globs, groups, what is inherited, and what `target:` links drag in (bake/bake.go). */

import { matchGlob } from '../../lib/glob.ts'
import { Refusal, type Run } from './source.ts'
import { type Definition, emptyTarget, type Group, merged, type Target, type Text } from './target.ts'

const deepest = 200

/** The targets by name, each with all it inherits. Throws a {@link Refusal} for what cannot be found. */
export function selectTargets(
  definition: Definition,
  names: readonly string[],
  run: Run,
): ReadonlyMap<string, Target> {
  const targets = new Map(definition.targets.map((target) => [target.name, target]))
  const groups = new Map<string, Group>()
  for (const group of definition.groups) if (!groups.has(group.name)) groups.set(group.name, group)
  const chosen = new Map<string, Target>()
  const wanted = names.flatMap((name) => matching(name.replaceAll('.', '_'), definition))
  for (const name of new Set(wanted)) {
    for (const each of new Set(expandGroup(name, groups, run))) {
      if (!chosen.has(each)) chosen.set(each, resolveTarget(each, targets, run))
    }
  }
  for (const name of [...chosen.keys()]) loadLinks(name, chosen, targets, run)
  return chosen
}

function matching(name: string, definition: Definition): readonly string[] {
  if (!/[*?[\]]/.test(name)) return [name]
  const found = [...definition.groups, ...definition.targets]
    .map((each) => each.name)
    .filter((each) => matchGlob(name, each) === 'match')
  if (found.length === 0) throw new Refusal(`could not find any target matching "${name}"`, null)
  return found
}

const nameOf = (text: Text): string => {
  if (typeof text === 'string') return text
  throw new Refusal(`a name here depends on ${text.why}`, text.at, true)
}

function expandGroup(name: string, groups: ReadonlyMap<string, Group>, run: Run): readonly string[] {
  const visited = new Map<string, readonly string[]>()
  const visit = (each: string, depth: number): readonly string[] => {
    run.spend(1)
    const known = visited.get(each)
    if (known) return known
    const group = groups.get(each)
    if (!group) return [each]
    if (depth > deepest)
      throw new Refusal(`groups nested more than ${deepest} deep are not followed`, null, true)
    visited.set(each, [])
    const found = new Set<string>()
    for (const member of group.targets.map(nameOf)) {
      const inner = visit(member, depth + 1)
      run.spend(inner.length)
      for (const target of inner.length > 0 ? inner : [member]) found.add(target)
    }
    visited.set(each, [...found])
    return [...found]
  }
  return visit(name, 0)
}

function resolveTarget(
  name: string,
  targets: ReadonlyMap<string, Target>,
  run: Run,
  from: Target['at'] = null,
): Target {
  // Null stands for a target that is being resolved: a circle of inheritance is no error, it just ends.
  const visited = new Map<string, Target | null>()
  const visit = (each: string, depth: number, at: Target['at']): Target | null => {
    const known = visited.get(each)
    if (known !== undefined) return known
    const own = targets.get(each)
    if (!own) throw new Refusal(`failed to find target ${each}`, at)
    if (depth > deepest)
      throw new Refusal(`targets that inherit more than ${deepest} deep are not followed`, null, true)
    visited.set(each, null)
    let inherited = emptyTarget(own)
    for (const parent of own.inherits.map(nameOf)) {
      const resolved = visit(parent, depth + 1, own.at)
      if (resolved) inherited = merged(inherited, { ...resolved, inherits: [] })
      run.spend(4 + inherited.args.size + inherited.contexts.size)
    }
    const whole = merged(inherited, own)
    const contexts = new Map([...whole.contexts].filter(([, value]) => value !== ''))
    const made = { ...whole, inherits: [], contexts }
    visited.set(each, made)
    return made
  }
  const resolved = visit(name, 0, from)
  if (!resolved) throw new Refusal(`failed to find target ${name}`, from)
  return resolved
}

function loadLinks(
  start: string,
  chosen: Map<string, Target>,
  targets: ReadonlyMap<string, Target>,
  run: Run,
): void {
  const settled = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (settled.has(name)) return
    if (path.length > deepest)
      throw new Refusal(`targets linked more than ${deepest} deep are not followed`, null, true)
    const target = chosen.get(name)
    const visited = [...path, name]
    for (const value of target?.contexts.values() ?? []) {
      run.spend(1)
      if (typeof value !== 'string' || !value.startsWith('target:')) continue
      const other = value.slice('target:'.length)
      if (other === name) throw new Refusal(`target ${other} cannot link to itself`, target?.at ?? null)
      if (visited.includes(other))
        throw new Refusal(`infinite loop from ${name} to ${other}`, target?.at ?? null)
      const linked = chosen.get(other) ?? resolveTarget(other, targets, run, target?.at)
      chosen.set(other, linked)
      visit(other, visited)
      if (target) checkPlatforms(name, target, other, linked)
    }
    settled.add(name)
  }
  visit(start, [])
}

function checkPlatforms(name: string, target: Target, other: string, linked: Target): void {
  const own = target.platforms ?? []
  const its = new Set(linked.platforms)
  if (own.length > 1 && its.size > 1 && !own.every((platform) => its.has(platform))) {
    throw new Refusal(
      `target ${other} can't be used by ${name} because its platforms are not a subset`,
      target.at,
    )
  }
}
