/** How Go and BuildKit word things: quoted values and "did you mean". */

import { nearest as nearestOf } from '../lib/distance.ts'

const namedEscapes = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])

/** Go's `%q` of a string, near enough for messages: control characters and quotes are escaped. */
export function quoted(text: string): string {
  const safe = text.replace(
    /[\u0000-\u001F"\\\u007F]/g,
    (char) => namedEscapes.get(char) ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `"${safe}"`
}

/**
 * The option nearest to `word` within two edits, null when there is none or when `word` is one of the options.
 * moby/buildkit util/suggest/error.go. Of several equally near ones the first in `options`; BuildKit takes any.
 */
export function nearest(word: string, options: Iterable<string>): string | null {
  const all = [...options]
  return all.includes(word) ? null : nearestOf(word, all, 3)
}

/** BuildKit's tail of a message: ` (did you mean x?)`, or nothing. */
export function didYouMean(word: string, options: Iterable<string>): string {
  const found = nearest(word, options)
  return found === null ? '' : ` (did you mean ${found}?)`
}
