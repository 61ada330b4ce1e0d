/** How Go and BuildKit word things: quoted values, "did you mean", and what counts as a blank. */

/** Go's `unicode.IsSpace`, which differs from JavaScript's idea of white space in U+0085 and U+FEFF. */
export function isSpace(char: string): boolean {
  const code = char.charCodeAt(0)
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  return /^[\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]$/.test(char)
}

/** Go's `strings.TrimLeftFunc(text, unicode.IsSpace)`. */
export function trimLeft(text: string): string {
  let from = 0
  while (from < text.length && isSpace(text.charAt(from))) from++
  return from === 0 ? text : text.slice(from)
}

/** Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let to = text.length
  while (to > 0 && isSpace(text.charAt(to - 1))) to--
  return trimLeft(to === text.length ? text : text.slice(0, to))
}

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

/** Number of single-character edits between two words; anything from `limit` up is returned as `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return Math.min(limit, previous[b.length] ?? limit)
}

/**
 * The option nearest to `word` within two edits, null when there is none or when `word` is one of the options.
 * moby/buildkit util/suggest/error.go. Of several equally near ones the first in `options`; BuildKit takes any.
 */
export function nearest(word: string, options: Iterable<string>): string | null {
  let found: string | null = null
  let least = 3
  for (const option of options) {
    if (option === word) return null
    const edits = distance(word, option, least)
    if (edits < least) {
      found = option
      least = edits
    }
  }
  return found
}

/** BuildKit's tail of a message: ` (did you mean x?)`, or nothing. */
export function didYouMean(word: string, options: Iterable<string>): string {
  const found = nearest(word, options)
  return found === null ? '' : ` (did you mean ${found}?)`
}
