/** Where the programs of this machine lie that may be run. */

import * as fs from 'node:fs'
import * as path from 'node:path'

/**
 * Directories of a PATH, without those that are relative or below `top` (absolute): npm puts node_modules/.bin of the project
 * there, and nothing that a repository brings along is run.
 */
export function programPlaces(search: string, top: string, platform: string): readonly string[] {
  const inside = (place: string) => place === top || place.startsWith(top + path.sep)
  const real = realPath(top)
  const belongs = (place: string) => inside(place) || place === real || place.startsWith(real + path.sep)
  return search
    .split(platform === 'win32' ? ';' : ':')
    .filter((place) => path.isAbsolute(place) && !belongs(path.resolve(place)) && !belongs(realPath(place)))
}

function realPath(place: string): string {
  try {
    return fs.realpathSync.native(place)
  } catch {
    return path.resolve(place)
  }
}

/** The first that may be run; null where there is none. */
export function findProgram(places: readonly string[], name: string): string | null {
  for (const place of places) {
    const file = path.join(place, name)
    try {
      fs.accessSync(file, fs.constants.X_OK)
      if (fs.statSync(file).isFile()) return file
    } catch {
      // Not there, or not ours to run: the next one may be.
    }
  }
  return null
}
