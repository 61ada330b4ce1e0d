/** What starts a workflow, and which changes its filters of paths leave out. */

import type { PathFilter, Trigger } from './model.ts'
import { child, itemsOf, textOf, type YamlNode } from './yaml-tree.ts'

/**
 * The events of `on:`. A push that is about tags only is `tag`: paths are not looked at there
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, on.<push|pull_request>.<paths|paths-ignore>).
 */
export function triggersOf(on: YamlNode | null, file: string): readonly Trigger[] {
  if (on?.kind !== 'map')
    return itemsOf(on).flatMap((item) => {
      const event = textOf(item)
      return event === null ? [] : [{ event, filter: null }]
    })
  return [...on.entries].map(([event, node]) => {
    const has = (...keys: readonly string[]) => keys.some((key) => child(node, key) !== null)
    if (event === 'push' && has('tags', 'tags-ignore') && !has('branches', 'branches-ignore'))
      return { event: 'tag', filter: null }
    return { event, filter: filterOf(node, 'paths', file) ?? filterOf(node, 'paths-ignore', file) }
  })
}

function filterOf(node: YamlNode, kind: PathFilter['kind'], file: string): PathFilter | null {
  const patterns = itemsOf(child(node, kind)).flatMap((item) => {
    const text = textOf(item)
    return text === null ? [] : [{ text, line: item.line }]
  })
  return patterns.length === 0 ? null : { kind, file, patterns }
}

/** True when a change of this path alone starts the workflow. The last pattern that matches decides; `!` negates. */
export function letsThrough({ kind, patterns }: PathFilter, path: string): boolean {
  return (deciding(patterns, path) !== null) === (kind === 'paths')
}

/** The pattern because of which the path counts as matched; null when it does not. */
export function deciding(
  patterns: PathFilter['patterns'],
  path: string,
): PathFilter['patterns'][number] | null {
  let found: PathFilter['patterns'][number] | null = null
  for (const one of patterns) {
    const isNegated = one.text.startsWith('!')
    if (isNegated === (found !== null) && matches(isNegated ? one.text.slice(1) : one.text, path))
      found = isNegated ? null : one
  }
  return found
}

/** What a part of a pattern makes of the places in a path that are reached before it: those that are reached behind it. */
type Part = (path: string, from: readonly boolean[]) => boolean[]

/**
 * Filter patterns (same page, "Filter pattern cheat sheet"): `*` any characters but `/`, `**` any at all, `?` none or one and `+` one
 * or more of the character before, `[…]` one of these. `**` and a slash stand for any directory, the top too. Of a pattern part after
 * part, so that no pattern takes long.
 */
function matches(pattern: string, path: string): boolean {
  let reached = Array.from({ length: path.length + 1 }, (_, at) => at === 0)
  for (const part of partsOf(pattern)) reached = part(path, reached)
  return reached[path.length] === true
}

function* partsOf(pattern: string): Generator<Part> {
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at)
    const stars = /^\*+/.exec(rest)?.[0].length ?? 0
    if (stars > 1 && rest[stars] === '/') {
      yield directories
      at += stars + 1
    } else if (stars > 0) {
      yield repeated((char) => stars > 1 || char !== '/')
      at += stars
    } else {
      const [whole = '', members] = /^\[([^\]]+)\]|^\\?[\s\S]/.exec(rest) ?? []
      const isOne = members === undefined ? (char: string) => char === whole.at(-1) : memberOf(members)
      at += whole.length
      const quantifier = pattern[at]
      if (quantifier === '+') yield once(isOne)
      if (quantifier === '+') yield repeated(isOne)
      else if (quantifier === '?') yield (path, from) => union(from, once(isOne)(path, from))
      else yield once(isOne)
      if (quantifier === '+' || quantifier === '?') at++
    }
  }
}

function memberOf(members: string): (char: string) => boolean {
  const all = new Set<string>()
  for (const [, one = '', to = one] of members.matchAll(/([\s\S])(?:-([\s\S]))?/g))
    for (let code = one.charCodeAt(0); code <= to.charCodeAt(0); code++) all.add(String.fromCharCode(code))
  return (char) => all.has(char)
}

const once =
  (isOne: (char: string) => boolean): Part =>
  (path, from) =>
    from.map((_, at) => at > 0 && from[at - 1] === true && isOne(path[at - 1] ?? ''))

const repeated =
  (isOne: (char: string) => boolean): Part =>
  (path, from) => {
    const to = [...from]
    for (let at = 1; at < to.length; at++) to[at] ||= to[at - 1] === true && isOne(path[at - 1] ?? '')
    return to
  }

const directories: Part = (path, from) => {
  const first = from.indexOf(true)
  return from.map((isReached, at) => isReached || (first >= 0 && at > first && path[at - 1] === '/'))
}

const union = (a: readonly boolean[], b: readonly boolean[]): boolean[] =>
  a.map((one, at) => one || b[at] === true)
