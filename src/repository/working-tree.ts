/** What git tracks of a whole working tree, in the submodules that are checked out in it too. */

import { entryAt, type Host } from '../host/host.ts'
import { joinPath } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { IndexEntry } from './git-index.ts'
import { type KnownTracked, trackedPaths } from './place.ts'

export interface WorkingTree {
  /** By path from the top; of a conflict the last side. Submodules are not among them. */
  readonly entries: ReadonlyMap<string, IndexEntry>
  /** Submodules by path from the top: true when checked out here. */
  readonly submodules: ReadonlyMap<string, boolean>
  /** Why it cannot be told; null where it can. */
  readonly problem: Problem | null
}

/** Submodules in submodules in submodules. */
const mostLevels = 8

/**
 * Reads the index of the repository whose working tree has its top there, and of each submodule. `known`: what was
 * read before. Never throws.
 */
export function readWorkingTree(host: Host, top: string, known: KnownTracked = new Map()): WorkingTree {
  const entries = new Map<string, IndexEntry>()
  const submodules = new Map<string, boolean>()
  let problem: Problem | null = null
  const add = (below: string, level: number): void => {
    const { tracked, submodules: inside, ...found } = trackedPaths(host, joinPath(top, below), known)
    problem ??= found.problem
    for (const entry of found.entries) {
      const path = joinPath(below, entry.path)
      if (tracked?.has(entry.path)) entries.set(path, below === '' ? entry : { ...entry, path })
    }
    for (const name of inside) {
      const path = joinPath(below, name)
      const isHere = entryAt(host, joinPath(joinPath(top, path), '.git')) !== null
      submodules.set(path, isHere)
      if (isHere && level < mostLevels) add(path, level + 1)
    }
  }
  add('', 0)
  return { entries, submodules, problem }
}
