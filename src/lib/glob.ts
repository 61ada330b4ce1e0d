/** Go's `filepath.Match`, which BuildKit uses for wildcards in sources and, for its error only, to check ignore patterns. */

export type GlobResult = 'match' | 'no match' | 'bad pattern'

/**
 * `filepath.Match(pattern, name)` as on Linux: `*` and `?` do not cross `/`, `[^a]` negates, `\` escapes. It stops
 * early: text after a part that did not match is not looked at, so not every broken pattern is found to be bad.
 * Costs at most pattern × name. Source: Go, path/filepath/match.go.
 */
export function matchGlob(pattern: string, name: string): GlobResult {
  let at = 0
  let from = 0
  next: while (at < pattern.length) {
    let star = false
    while (pattern[at] === '*') {
      star = true
      at++
    }
    const end = chunkEnd(pattern, at)
    if (star && end === at) return name.includes('/', from) ? 'no match' : 'match'
    const last = end === pattern.length
    let rest = matchChunk(pattern, at, end, name, from)
    if (rest === bad) return 'bad pattern'
    if (rest !== none && !(last && rest < name.length)) {
      from = rest
      at = end
      continue
    }
    if (star)
      for (let skip = from; skip < name.length && name[skip] !== '/'; skip++) {
        rest = matchChunk(pattern, at, end, name, skip + 1)
        if (rest === none || (last && rest >= 0 && rest < name.length)) continue
        if (rest === bad) return 'bad pattern'
        from = rest
        at = end
        continue next
      }
    return 'no match'
  }
  return from === name.length ? 'match' : 'no match'
}

/** True when the text has a character that `filepath.Match` treats specially (an escaped one counts as plain). */
export function hasWildcard(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\\') i++
    else if (c === '*' || c === '?' || c === '[') return true
  }
  return false
}

const none = -1
const bad = -2

/** Where the text of a chunk ends: the next `*` outside a class, judged naively as Go's scanChunk does. */
function chunkEnd(pattern: string, from: number): number {
  let inClass = false
  let i = from
  for (; i < pattern.length; i++) {
    const c = pattern[i]
    if (c === '\\') {
      if (i + 1 < pattern.length) i++
    } else if (c === '[') inClass = true
    else if (c === ']') inClass = false
    else if (c === '*' && !inClass) break
  }
  return i
}

const rune = (text: string, at: number) => text.codePointAt(at) ?? 0
const width = (code: number) => (code > 0xffff ? 2 : 1)
const rawByte = (code: number) => code >= 0xdc80 && code <= 0xdcff

/** The index in `name` after the chunk, `none`, or `bad`; the chunk is read to its end even after it stopped matching. */
function matchChunk(pattern: string, start: number, end: number, name: string, from: number): number {
  let failed = false
  let at = start
  let s = from
  while (at < end) {
    if (!failed && s >= name.length) failed = true
    const c = pattern[at]
    if (c === '[') {
      const found = matchClass(pattern, at + 1, end, failed ? 0 : rune(name, s))
      if (found === null) return bad
      if (!failed) s += width(rune(name, s))
      if (!found.hit) failed = true
      at = found.next
      continue
    }
    if (c === '?') {
      if (!failed) {
        if (name[s] === '/') failed = true
        s += width(rune(name, s))
      }
      at++
      continue
    }
    if (c === '\\' && ++at >= end) return bad
    if (!failed) {
      if (pattern[at] !== name[s]) failed = true
      s++
    }
    at++
  }
  return failed ? none : s
}

function matchClass(
  pattern: string,
  start: number,
  end: number,
  code: number,
): { readonly hit: boolean; readonly next: number } | null {
  let at = start
  const negated = at < end && pattern[at] === '^'
  if (negated) at++
  // Go decodes a byte that is not UTF-8 as U+FFFD before it compares.
  const value = rawByte(code) ? 0xfffd : code
  let hit = false
  for (let count = 0; ; count++) {
    if (at < end && pattern[at] === ']' && count > 0) return { hit: hit !== negated, next: at + 1 }
    const low = classMember(pattern, at, end)
    if (low === null) return null
    let high = low
    at = low.next
    if (pattern[at] === '-') {
      const found = classMember(pattern, at + 1, end)
      if (found === null) return null
      high = found
      at = found.next
    }
    if (low.code <= value && value <= high.code) hit = true
  }
}

/** One member of a class; null where Go's getEsc errs, which wants something after it as well. */
function classMember(
  pattern: string,
  start: number,
  end: number,
): { readonly code: number; readonly next: number } | null {
  let at = start
  if (at >= end || pattern[at] === '-' || pattern[at] === ']') return null
  if (pattern[at] === '\\' && ++at >= end) return null
  const code = rune(pattern, at)
  const next = at + width(code)
  return rawByte(code) || next >= end ? null : { code, next }
}
