/** Where in the image a file of the context ends up. */

import type { ReadInstruction } from '../dockerfile/model.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { baseName, cleanPath, rootedPath } from '../lib/path.ts'

/**
 * The absolute path that `path` of the context gets by a COPY or ADD, or is seen under by a bind mount; null when it
 * does not take it, or the working directory (`directory`) is known to the base image only. The source is thought to
 * be a directory where the path lies below it. moby/buildkit frontend/dockerfile/dockerfile2llb/convert_copy.go.
 */
export function landing(instruction: ReadInstruction, directory: string | null, path: string): string | null {
  const { dest, localSources } = instruction
  const base = dest.startsWith('/') ? dest : directory === null ? null : `${directory}/${dest}`
  if (base === null) return null
  const intoDirectory = dest.endsWith('/') || dest === '.' || dest.endsWith('/.') || localSources.length > 1
  for (const source of localSources) {
    if (instruction.parents) {
      const pivot = source.indexOf('/./')
      const start = pivot < 0 ? '' : rootedPath(source.slice(0, pivot))
      if (start === '' || path.startsWith(`${start}/`))
        return cleanPath(`${base}/${start === '' ? path : path.slice(start.length + 1)}`)
      continue
    }
    const wanted = rootedPath(source)
    const matched = prefixThat(path, (prefix) =>
      hasWildcard(wanted) && !instruction.mount ? matchGlob(wanted, prefix) === 'match' : prefix === wanted,
    )
    if (matched === null) continue
    const rest = path.slice(matched.length).replace(/^\//, '')
    if (rest !== '') return cleanPath(`${base}/${rest}`)
    return cleanPath(matched === '' || !intoDirectory ? base : `${base}/${baseName(matched)}`)
  }
  return null
}

/** The shortest beginning of the path, '' and whole components only, for which `holds` is true. */
function prefixThat(path: string, holds: (prefix: string) => boolean): string | null {
  if (holds('')) return ''
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    if (holds(path.slice(0, slash))) return path.slice(0, slash)
  return holds(path) ? path : null
}
