/** White space as Go sees it, which is not how JavaScript sees it. All linear, as no `/\s+$/` is. */

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
