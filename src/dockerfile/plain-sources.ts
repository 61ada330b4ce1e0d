/** What a Dockerfile asks for by its name, before anything is known of the context it is built with. */

import { hasWildcard } from '../lib/glob.ts'
import { rootedPath } from '../lib/path.ts'
import { parseDockerfile } from './parse.ts'

/**
 * The sources of its COPY and ADD from the main context, of a wildcard the directory that it looks in. Left out is what
 * hangs on a variable, comes from a stage, a URL or a heredoc, or is the context as a whole.
 */
export function plainSources(text: string, file: string): readonly string[] {
  return parseDockerfile(text, file).instructions.flatMap(({ keyword, flags, words }) => {
    if ((keyword !== 'COPY' && keyword !== 'ADD') || flags.some(({ name }) => name === 'from')) return []
    return words.slice(0, -1).flatMap((word) => {
      const path = /[$<]|:\/\//.test(word) ? '' : beforeWildcard(rootedPath(word))
      return path === '' ? [] : [path]
    })
  })
}

function beforeWildcard(path: string): string {
  const parts = path.split('/')
  const first = parts.findIndex(hasWildcard)
  return first < 0 ? path : parts.slice(0, first).join('/')
}
