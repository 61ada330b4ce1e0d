/** Lines of an ignore file in a sentence. */

import { visiblePath } from '../lib/path.ts'

const mostNamed = 4
const mostAdvised = 6
const longestShown = 60

/** The pattern in backticks, with what cannot be seen made visible, and cut where it is very long. */
export function shownPattern(pattern: string): string {
  const visible = visiblePath(pattern)
  return `\`${visible.length > longestShown ? `${visible.slice(0, longestShown - 1)}…` : visible}\``
}

/** The first few parts with commas between them, and how many more there are. */
export function listed(parts: readonly string[], most: number = mostNamed): string {
  const named = parts.slice(0, most).join(', ')
  return parts.length > most ? `${named} and ${parts.length - most} more` : named
}

/** `write \`a\` on line 3, \`b\` and \`c\` on line 4`; null when nothing is known to write. */
export function advice(
  lines: readonly { readonly line: number; readonly instead: readonly string[] }[],
): string | null {
  const parts = lines
    .filter(({ instead }) => instead.length > 0)
    .map(({ line, instead }) => `${instead.map(shownPattern).join(' and ')} on line ${line}`)
  return parts.length === 0 ? null : `write ${listed(parts, mostAdvised)}`
}
