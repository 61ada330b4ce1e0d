/**
 * The patterns of `${v#p}`, `${v%p}` and `${v/p/r}`: `*` and `?` are wild, nothing else is.
 * moby/buildkit frontend/dockerfile/shell/lex.go turns them into regular expressions; here they are matched piece by
 * piece, so that no pattern costs more than its length times that of the value.
 */

/** One character to match, or null for `?`. Neither `?` nor `*` matches a line feed, as in Go's regexp. */
type Piece = readonly (string | null)[]

/** What stands between the stars: `a*b` is two pieces, `*` two empty ones. */
export type Glob = readonly Piece[]

/** Reads a pattern. As an error: what follows a backslash that may not follow one. */
export function parseGlob(pattern: readonly string[]): Glob | { readonly error: string } {
  const pieces: (string | null)[][] = [[]]
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? ''
    if (char === '*') {
      pieces.push([])
      continue
    }
    let token: string | null = char === '?' ? null : char
    if (char === '\\') {
      const next = pattern[++i]
      if (next === undefined || !'*?\\}/'.includes(next))
        return { error: `invalid escape '\\${next ?? '\uFFFD'}'` }
      token = next
    }
    pieces.at(-1)?.push(token)
  }
  return pieces
}

function matchesAt(piece: Piece, text: readonly string[], at: number): boolean {
  for (let i = 0; i < piece.length; i++) {
    const wanted = piece[i]
    const char = text[at + i]
    if (char === undefined || (wanted === null ? char === '\n' : char !== wanted)) return false
  }
  return true
}

/**
 * The first (or last) place from `from` to `to` where the piece matches, -1 when there is none. Shift-And: one bit for
 * each character of the piece, so that a piece full of `?` costs no more than any other.
 */
function find(piece: Piece, text: readonly string[], from: number, to: number, last: boolean): number {
  if (piece.length === 0) return from > to ? -1 : last ? to : from
  let any = 0n
  const places = new Map<string, bigint>()
  for (const [i, char] of piece.entries()) {
    const bit = 1n << BigInt(i)
    if (char === null) any |= bit
    else places.set(char, (places.get(char) ?? 0n) | bit)
  }
  const goal = 1n << BigInt(piece.length - 1)
  const end = Math.min(text.length, to + piece.length)
  let found = -1
  let open = 0n
  for (let i = from; i < end; i++) {
    const char = text[i] ?? ''
    const wild = char === '\n' ? 0n : any
    open = ((open << 1n) | 1n) & ((places.get(char) ?? 0n) | wild)
    if ((open & goal) === 0n) continue
    found = i - piece.length + 1
    if (!last) return found
  }
  return found
}

function nextLineFeed(text: readonly string[], from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}

/** Where a match that starts at `start` ends, the nearest or the farthest such place; -1 when nothing matches there. */
function matchEnd(glob: Glob, text: readonly string[], start: number, longest: boolean): number {
  const first = glob[0] ?? []
  if (!matchesAt(first, text, start)) return -1
  let at = start + first.length
  let feed = -1
  for (let i = 1; i < glob.length; i++) {
    const piece = glob[i] ?? []
    if (feed < at) feed = nextLineFeed(text, at)
    const found = find(piece, text, at, feed, longest && i === glob.length - 1)
    if (found < 0) return -1
    at = found + piece.length
  }
  return at
}

/** The value without the shortest or longest head that matches; the value itself when none does. */
export function withoutPrefix(glob: Glob, text: readonly string[], longest: boolean): string {
  const end = matchEnd(glob, text, 0, longest)
  return text.slice(Math.max(0, end)).join('')
}

/** The leftmost match from `from` on, as long as it can be; null when there is none. */
function search(
  glob: Glob,
  text: readonly string[],
  from: number,
): { readonly start: number; readonly end: number } | null {
  const first = glob[0] ?? []
  for (let start = from; ; start++) {
    start = find(first, text, start, text.length - first.length, false)
    if (start < 0) return null
    const end = matchEnd(glob, text, start, true)
    if (end >= 0) return { start, end }
    // What does not match here cannot match further right, unless there is a line feed to get past.
    if (nextLineFeed(text, start) === text.length) return null
  }
}

/** Go's `regexp.Expand` for an expression without groups: `$0` is the match, `$$` a dollar, any other name is empty. */
function fillTemplate(template: string, match: string): string {
  return template.replace(
    /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (whole, braced?: string, bare?: string) => {
      if (whole === '$$') return '$'
      return (braced ?? bare) === '0' ? match : ''
    },
  )
}

/** `${v/p/r}`, or `${v//p/r}` with `all`; there Go reads the replacement as a template. */
export function replaceMatches(
  glob: Glob,
  text: readonly string[],
  replacement: string,
  all: boolean,
): string {
  if (!all) {
    const found = search(glob, text, 0)
    if (found === null) return text.join('')
    return text.slice(0, found.start).join('') + replacement + text.slice(found.end).join('')
  }
  const parts: string[] = []
  let copied = 0
  for (let from = 0; from <= text.length; ) {
    const found = search(glob, text, from)
    if (found === null) break
    parts.push(text.slice(copied, found.start).join(''))
    if (found.end > copied || found.start === 0) {
      parts.push(fillTemplate(replacement, text.slice(found.start, found.end).join('')))
    }
    copied = found.end
    from = Math.max(from + 1, found.end)
  }
  parts.push(text.slice(copied).join(''))
  return parts.join('')
}
