/** Where a program is looked for: in PATH, but not in what is being looked at. */

import * as fs from 'node:fs'
import * as path from 'node:path'

/**
 * Directories of PATH, without those that are relative, in one of `foreign` or in a `node_modules`: npm puts the one of the
 * project there, and a repository may bring a program of any name.
 */
export function programPlaces(
  search: string,
  foreign: readonly string[],
  platform: string,
): readonly string[] {
  const tops = foreign.flatMap((top) => [top, realPath(top)])
  const belongs = (place: string) =>
    tops.some((top) => place === top || place.startsWith(top.endsWith(path.sep) ? top : top + path.sep)) ||
    place.split(path.sep).includes('node_modules')
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

/** The first program of that name; null where there is none. */
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
