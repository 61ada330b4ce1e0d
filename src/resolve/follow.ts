/**
 * From the paths that instructions name to the include patterns that the client really walks with: links on the way
 * are followed on the disk, ignored or not (tonistiigi/fsutil followlinks.go). The only part of `resolve` that reads.
 */

import { entryAt, type Host, isFactOfPath, isLink } from '../host/host.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { baseName, cleanPath, compareBytes, joinPath, parentPath, rootedPath } from '../lib/path.ts'

/** What the client filters its walk with. */
export interface Followed {
  /** Include patterns, sorted by bytes; null: no filter, the whole context is walked. */
  readonly includes: readonly string[] | null
  /** Paths met on the way that are on the disk, whether or not the ignore file drops them. */
  readonly present: ReadonlySet<string>
}

/** Follows links of the requested paths in the unfiltered tree. `paths` null stands for the whole context and stays so. */
export function followPaths(host: Host, root: string, paths: readonly string[] | null): Followed {
  const resolved = new Set<string>()
  const present = new Set<string>()
  const lstat = (path: string) => {
    const stat = entryAt(host, joinPath(root, path))
    if (stat) present.add(path)
    return stat
  }
  /** The target of a link from the context's root, null for anything else. */
  const linkTarget = (path: string): string | null => {
    const stat = path === '' ? null : lstat(path)
    if (!isLink(stat)) return null
    const target = cleanPath(host.readLink(joinPath(root, path)))
    return target.startsWith('/') ? rootedPath(target) : rootedPath(joinPath(parentPath(path), target))
  }
  const targetsOf = (path: string): readonly string[] => {
    const name = baseName(path)
    const names = hasWildcard(name)
      ? listed(host, joinPath(root, parentPath(path))).filter((n) => matchGlob(name, n) === 'match')
      : [name]
    return names.map((n) => linkTarget(joinPath(parentPath(path), n))).filter((target) => target !== null)
  }

  const pending = [...(paths ?? [])].reverse()
  next: for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const parts = path === '' ? [] : path.split('/')
    let current = ''
    for (let i = 0; i < parts.length; i++) {
      current = joinPath(current, parts[i] ?? '')
      const targets = targetsOf(current)
      const last = i === parts.length - 1
      if (targets.length === 0 && !last) continue
      if (resolved.has(current)) continue next
      resolved.add(current)
      const rest = parts.slice(i + 1)
      for (const target of targets.toReversed()) pending.push(rootedPath([target, ...rest].join('/')))
      continue next
    }
    // Nothing left of it: a link to the root.
    resolved.add('')
  }
  if (paths === null || resolved.has('')) return { includes: null, present }
  const includes: string[] = []
  for (const path of [...resolved].sort(compareBytes)) {
    const previous = includes.at(-1)
    if (previous === undefined || !path.startsWith(`${previous}/`)) includes.push(path)
  }
  return { includes, present }
}

/** Names in a directory; none where it is missing, as for fsutil. */
function listed(host: Host, directory: string): readonly string[] {
  try {
    return host.list(directory).sort(compareBytes)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return []
    throw thrown
  }
}
