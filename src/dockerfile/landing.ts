/** Where in the image a path of the context ends up, by what is written; no tree is looked at. */

import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { baseName, cleanPath, cutAtPivot, rootedPath } from '../lib/path.ts'
import type { ReadInstruction } from './model.ts'

/**
 * The absolute path that a COPY or ADD gives to `path` of its origin, or that a bind mount shows it under; null when it
 * does not take it, or when only the base image knows where it goes: by the
 * working directory (`directory`) or a variable. A source is
 * taken for a directory where the path lies below it, and a pattern of --parents for one that takes it
 * (moby/buildkit frontend/dockerfile/dockerfile2llb/convert_copy.go).
 */
export function landing(read: ReadInstruction, directory: string | null, path: string): string | null {
  const { dest, localSources } = read
  if (dest === null) return null
  const base = dest.startsWith('/') ? dest : directory === null ? null : `${directory}/${dest}`
  if (base === null) return null
  const intoDirectory = /(?:^|\/)\.?$/.test(dest) || localSources.length > 1
  for (const source of localSources) {
    if (read.parents) {
      const kept = keptOf(read, source, path)
      if (kept !== null) return cleanPath(`${base}/${kept}`)
      continue
    }
    const covered = coveredBy(read, rootedPath(source), path)
    if (covered === null) continue
    const rest = path.slice(covered.length)
    if (rest !== '') return cleanPath(`${base}/${rest}`)
    return cleanPath(intoDirectory && covered !== '' ? `${base}/${baseName(covered)}` : base)
  }
  // A source that is a link leads to where no name tells.
  return null
}

/** The part of the path, from its beginning, that a source (cleaned) stands for; null when it does not stand for any. */
export function coveredBy(read: ReadInstruction, source: string, path: string): string | null {
  if (source === '') return ''
  if (!hasWildcard(source) || read.mount)
    return path === source || path.startsWith(`${source}/`) ? source : null
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    if (matchGlob(source, path.slice(0, slash)) === 'match') return path.slice(0, slash)
  return matchGlob(source, path) === 'match' ? path : null
}

/** What --parents keeps of the path: all that stands behind the pivot of the source. */
function keptOf(read: ReadInstruction, source: string, path: string): string | null {
  const { before, rest } = cutAtPivot(source)
  const start = coveredBy(read, before, path)
  if (start === null) return null
  const kept = start === '' ? path : path.slice(start.length + 1)
  // Two stars stand for any directories, of which matching knows nothing.
  const isTaken = rest === '' || rest.includes('**') || coveredBy(read, rest, kept) !== null
  return isTaken ? kept : null
}
