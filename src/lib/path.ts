/**
 * Paths as this program holds them: `/`-separated, relative to a context root, without a leading `/` or `./`.
 *
 * A name on disk is bytes and need not be UTF-8. Each byte that is not part of valid UTF-8 stands in the string as
 * the lone surrogate U+DC00 + byte, so that `decodePath` and `encodePath` are inverse to each other and one such byte
 * counts as one code point, which is how Go's regexp and filepath.Match see it too.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const escaped = /[\uDC80-\uDCFF]/

/** The string form of a name's bytes; see the head of this file for bytes that are not UTF-8. */
export function decodePath(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    let text = ''
    // What is valid is decoded in runs: a call for each character would take microseconds for each.
    let from = 0
    for (let i = 0; i < bytes.length; ) {
      const length = sequenceLength(bytes, i)
      if (length === 0) {
        if (from < i) text += strict.decode(bytes.subarray(from, i))
        text += String.fromCharCode(0xdc00 + (bytes[i] ?? 0))
        from = i + 1
      }
      i += Math.max(1, length)
    }
    return from < bytes.length ? text + strict.decode(bytes.subarray(from)) : text
  }
}

/** Length of the valid UTF-8 sequence at `at`, 0 where there is none (overlong forms and surrogates are not valid). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const length =
    first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (length < 2) return length
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1] ?? 0
  if (first === 0xe0 && second < 0xa0) return 0
  if (first === 0xed && second > 0x9f) return 0
  if (first === 0xf0 && second < 0x90) return 0
  if (first === 0xf4 && second > 0x8f) return 0
  return length
}

/** The bytes a path stands for; the inverse of {@link decodePath}. */
export function encodePath(path: string): Buffer {
  if (!hasRawBytes(path)) return Buffer.from(path, 'utf8')
  const parts: Buffer[] = []
  for (const point of path) {
    const code = point.charCodeAt(0)
    parts.push(
      point.length === 1 && code >= 0xdc80 && code <= 0xdcff
        ? Buffer.of(code - 0xdc00)
        : Buffer.from(point, 'utf8'),
    )
  }
  return Buffer.concat(parts)
}

/** True when the path holds a byte that is not UTF-8. */
export function hasRawBytes(path: string): boolean {
  if (!escaped.test(path)) return false
  // A low surrogate may also be the second half of a pair.
  for (const point of path) if (point.length === 1 && escaped.test(point)) return true
  return false
}

/** Number of bytes of the path on disk and on the wire. Counted here and not by Node, as the page of a report asks too. */
export function byteLength(path: string): number {
  let bytes = path.length
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code < 0x80) continue
    if (code < 0x800) bytes += 1
    else if (code < 0xd800 || code > 0xdfff) bytes += 2
    // A pair takes four bytes for its two units.
    else if (code < 0xdc00 && isLowSurrogate(path.charCodeAt(i + 1))) {
      bytes += 2
      i++
    } else if (code < 0xdc80 || code > 0xdcff) bytes += 2
  }
  return bytes
}

const isLowSurrogate = (code: number) => code >= 0xdc00 && code <= 0xdfff

/** Compares two names by their bytes, as Go's `sort.Strings` and so every builder's walk does. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // Below the surrogates, code units and UTF-8 bytes sort alike, and ASCII is before all bytes; else only they can tell.
    if (x < 0x80 || y < 0x80 || (x < 0xd800 && y < 0xd800)) return x - y
    return Buffer.compare(encodePath(a), encodePath(b))
  }
  return a.length - b.length
}

/** Go's lexical `path.Clean`: collapses `//`, drops `.`, resolves `x/..`, drops a trailing `/`; empty gives `.`. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!rooted) kept.push('..')
  }
  const joined = kept.join('/')
  return rooted ? `/${joined}` : joined === '' ? '.' : joined
}

/** A source as written in a Dockerfile, taken from the context root: cleaned, `..` stops at the root; the root is ''. */
export function rootedPath(path: string): string {
  return cleanPath(`/${path}`).slice(1)
}

/** A source of `COPY --parents`, both parts as {@link rootedPath} has them: what stands behind `/./` is kept of a path. */
export function cutAtPivot(source: string): { readonly before: string; readonly rest: string } {
  const pivot = source.indexOf('/./')
  if (pivot < 0) return { before: '', rest: rootedPath(source) }
  return { before: rootedPath(source.slice(0, pivot)), rest: rootedPath(source.slice(pivot + 2)) }
}

/** The directory part of a relative path; '' at the top. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf('/')
  return cut < 0 ? '' : path.slice(0, cut)
}

/** Those that lie in none of the others, each once. Linear. */
export function outermost(paths: Iterable<string>): readonly string[] {
  const all = new Set(paths)
  return [...all].filter((path) => {
    for (let at = parentPath(path); at !== ''; at = parentPath(at)) if (all.has(at)) return false
    return true
  })
}

/** The last component of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A path as typed, taken from the root that is given absolute: '.' for the root itself, null for what lies outside. */
export function pathWithin(root: string, typed: string): string | null {
  const path = cleanPath(typed)
  if (path === root) return '.'
  const inside = root === '/' ? root : `${root}/`
  const relative = path.startsWith(inside) ? path.slice(inside.length) : path
  return relative.startsWith('/') || relative === '..' || relative.startsWith('../') ? null : relative
}

/** `directory/name`, where either may be the root ''. */
export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : name === '' ? directory : `${directory}/${name}`
}

// Everything a terminal, a log or a reader could take for something else: C0, DEL, C1, raw bytes (lone surrogates),
// line and paragraph separators, bidirectional controls, zero-width characters, BOM, no characters at all, tags.
const invisible =
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|\uDB40[\uDC00-\uDC7F]/g

/** The path made safe to print: control, invisible and direction-changing characters and raw bytes as `\n`, `\x1b`, `\u202e`. */
export function visiblePath(path: string): string {
  return path.replace(invisible, (found) => {
    if (found === '\n') return '\\n'
    if (found === '\t') return '\\t'
    if (found === '\r') return '\\r'
    const code = found.codePointAt(0) ?? 0
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** The text with U+FFFD for each byte that is not UTF-8: for people and for JSON, not for matching. */
export function wellFormed(path: string): string {
  return path.replace(loneSurrogate, '\uFFFD')
}

/** A path for JSON: U+FFFD for each raw byte, and then the exact bytes in base64 beside it. */
export function jsonPath(path: string): { readonly path: string; readonly pathBase64?: string } {
  if (!hasRawBytes(path)) return { path }
  return { path: wellFormed(path), pathBase64: encodePath(path).toString('base64') }
}
