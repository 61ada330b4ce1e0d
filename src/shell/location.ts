/** Where a script is: paths that are anchored at the directory in which its text begins, or absolute, or not known. */

import { cleanPath, joinPath, parentPath } from '../lib/path.ts'

/** Marks a path within a value as one from where the text begins. No text that is read can hold it: see `read.ts`. */
const anchor = '\0/'

/** The same for a path that hangs on where the loop or function around it began. */
const floatingAnchor = '\0~/'

/** The mark at the beginning of a value; '' when it has none. */
const anchorOf = (value: string): string =>
  value.startsWith(anchor) ? anchor : value.startsWith(floatingAnchor) ? floatingAnchor : ''

/** The path with `.` and `..` resolved: '' for the place where the text begins, `a/b`, `../a`, or `/a`. */
export function cleanLocation(path: string): string {
  const clean = cleanPath(path)
  return clean === '.' ? '' : clean
}

/** Where a value leads that is used as a path in `directory`; null when it cannot be told. */
export function locate(value: string, directory: string | null): string | null {
  const mark = anchorOf(value)
  if (mark !== '') {
    const rest = value.slice(mark.length)
    if (rest.includes('\0')) return null
    // `$ROOT/a` with an empty path for the root.
    return cleanLocation(mark === anchor ? rest.replace(/^\/+/, '') : rest)
  }
  if (value.includes('\0')) return null
  if (value.startsWith('/')) return cleanPath(value)
  return directory === null ? null : cleanLocation(joinPath(directory, value))
}

/** True when the value means the same path wherever it is used. */
export function isFixed(value: string): boolean {
  return value.startsWith('/') || value.startsWith(anchor)
}

/** The location as a value that can be put into words. */
export function pathValue(location: string, floating = false): string {
  if (floating) return floatingAnchor + (location || '.')
  return location.startsWith('/') ? location : anchor + location
}

/** What `dirname` makes of a value. */
export function parentValue(value: string): string {
  const mark = anchorOf(value)
  if (mark !== '') {
    const path = cleanLocation(value.slice(mark.length))
    // The directory above the one where the text begins has no name here but `..`.
    return mark + (path === '' || /(?:^|\/)\.\.$/.test(path) ? joinPath(path, '..') : parentPath(path))
  }
  const path = value.replace(/(?<=[^/])\/+$/, '')
  if (!path.includes('/')) return '.'
  return parentPath(path).replace(/(?<=[^/])\/+$/, '') || '/'
}

/** A path as seen from another, both anchored; null when the way leads up through directories without a name. */
export function relativeLocation(from: string, to: string): string | null {
  if (to.startsWith('/')) return to
  if (from.startsWith('/')) return null
  const a = from.split('/').filter((part) => part !== '')
  const b = to.split('/').filter((part) => part !== '')
  let same = 0
  while (same < a.length && same < b.length && a[same] === b[same]) same++
  if (a.slice(same).includes('..')) return null
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') || '.'
}
