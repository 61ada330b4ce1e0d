/** Paths that a development tool copies into running containers: it obeys the ignore file too. */

import type { Host } from '../host/host.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../lib/path.ts'
import type { Watched } from './model.ts'
import { textAt } from './text-file.ts'
import { relativePlace, type ToContext } from './to-context.ts'

const mostTexts = 40

/**
 * `develop.watch` of compose files (https://docs.docker.com/compose/how-tos/file-watch/) and `sync` of Tiltfiles
 * (https://docs.tilt.dev/live_update_reference). Paths are relative to `base`, '' for itself.
 */
export function watchedPaths(host: Host, base: string, files: readonly string[]): readonly Watched[] {
  const found: Watched[] = []
  for (const file of files.filter((path) => composeOrTilt.test(baseName(path))).slice(0, mostTexts)) {
    const text = textAt(host, joinPath(base, file))
    if (text === null) continue
    for (const { path, line, shown } of /Tiltfile$|\.star$/i.test(file) ? synced(text) : watches(text)) {
      if (path.startsWith('/') || /[$`]/.test(path)) continue
      const whole = cleanPath(joinPath(parentPath(file), path)).replace(/^\.$/, '')
      found.push({ path: whole, at: { file, line }, text: shown })
    }
  }
  return found
}

/** Those that lie in a context, relative to it. */
export const watchedIn = (all: readonly Watched[], to: ToContext): readonly Watched[] =>
  all.flatMap(({ path, at, text }) => {
    const inContext = to(path)
    return inContext.startsWith('..') ? [] : [{ path: inContext, at: relativePlace(at, to), text }]
  })

const composeOrTilt = /^(?:(?:docker-)?compose[^/]*\.ya?ml|Tiltfile)$/

interface Found {
  readonly path: string
  readonly line: number
  readonly shown: string
}

function* synced(text: string): Generator<Found> {
  for (const [index, line] of text.split('\n').entries())
    for (const [, path = ''] of line.matchAll(/\bsync\(\s*["']([^"']+)["']/g))
      yield { path, line: index + 1, shown: line.trim().slice(0, 200) }
}

/** `path:` of what stands deeper than a `watch:`. */
function* watches(text: string): Generator<Found> {
  let depth: number | null = null
  for (const [index, line] of text.split('\n').entries()) {
    const indent = line.length - line.trimStart().length
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    if (depth !== null && (indent < depth || (indent === depth && !line.trim().startsWith('-')))) depth = null
    if (/^\s+watch:\s*(?:#.*)?$/.test(line)) depth = indent
    const path = /^\s*(?:-\s*)?path:\s*(["']?)([^"'#]+?)\1\s*(?:#.*)?$/.exec(line)?.[2]
    if (depth !== null && path !== undefined)
      yield { path, line: index + 1, shown: line.trim().slice(0, 200) }
  }
}
