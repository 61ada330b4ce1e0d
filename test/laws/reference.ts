/**
 * The ignore dialect a second time, slow and plain: moby/patternmatcher (patternmatcher.go) line by line over JavaScript's RegExp,
 * for names and patterns in which the two regular languages mean the same (ASCII, no \s, no letter escapes but \d and \w).
 */

import path from 'node:path'

export interface ReferencePattern {
  readonly negated: boolean
  /** Throws for a pattern that is no regular expression. */
  readonly matches: (path: string) => boolean
}

/** Null for a pattern that is dropped. Whether docker refuses the list at once is not asked here. */
export function referencePattern(raw: string): ReferencePattern | null {
  if (raw.trim() === '') return null
  const normal = path.posix.normalize(raw.trim())
  const cleaned = normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
  const negated = cleaned.startsWith('!')
  return { negated, matches: compile(negated ? cleaned.slice(1) : cleaned) }
}

function compile(text: string): (path: string) => boolean {
  let regex = '^'
  let kind: 'exact' | 'prefix' | 'suffix' | 'regex' = 'exact'
  for (let i = 0, token = 0; i < text.length; token++) {
    const first = token === 0
    if (text.startsWith('**', i)) {
      i += text[i + 2] === '/' ? 3 : 2
      if (i < text.length) {
        regex += '(.*/)?'
        kind = 'regex'
      } else if (kind === 'exact') kind = 'prefix'
      else {
        regex += '.*'
        kind = 'regex'
      }
      if (first) kind = 'suffix'
      continue
    }
    const c = text.charAt(i++)
    if (c === '*') regex += '[^/]*'
    else if (c === '?') regex += '[^/]'
    else if ('.+()$'.includes(c)) regex += `\\${c}`
    else if (c === '\\' && i < text.length) regex += escaped(text.charAt(i++))
    else regex += c
    if ('*?[]'.includes(c) || (c === '\\' && regex.at(-1) !== '\\') || regex.endsWith('\\\\')) kind = 'regex'
  }
  if (kind === 'exact') return (name) => name === text
  if (kind === 'prefix') return (name) => name.startsWith(text.slice(0, -2))
  if (kind === 'suffix') {
    const rest = text.slice(2)
    return (name) => name.endsWith(rest) || (rest.startsWith('/') && name === rest.slice(1))
  }
  return (name) => new RegExp(`${regex}$`).test(name)
}

/** An escape that means the same here, or one that makes the expression invalid as RE2 says it is. */
const escaped = (c: string) => (/[A-Za-z0-9]/.test(c) && !'dDwWbB'.includes(c) ? '[z-a]' : `\\${c}`)

/** What a directory hands down: for each pattern, whether it hit the directory or a parent. */
export interface Judged {
  readonly ignored: boolean
  readonly hits: readonly boolean[]
}

/** MatchesUsingParentResults, on a path whose parent has been judged. */
export function judgeBelow(
  patterns: readonly ReferencePattern[],
  parent: readonly boolean[],
  name: string,
): Judged {
  let ignored = false
  const hits = patterns.map((pattern, index) => {
    let hit = parent[index] === true
    if (!hit) {
      if (pattern.negated !== ignored) return false
      hit = pattern.matches(name)
    }
    if (hit) ignored = !pattern.negated
    return hit
  })
  return { ignored, hits }
}

/** Algorithm W on one path, from its topmost parent down. */
export function judgeFromAncestors(patterns: readonly ReferencePattern[], name: string): Judged {
  const parts = name.split('/')
  let judged: Judged = { ignored: false, hits: [] }
  for (let length = 1; length <= parts.length; length++)
    judged = judgeBelow(patterns, judged.hits, parts.slice(0, length).join('/'))
  return judged
}

/** Algorithm P (MatchesOrParentMatches). */
export function judgeAlone(patterns: readonly ReferencePattern[], name: string): boolean {
  const parts = name.split('/')
  const selfAndParents = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  let ignored = false
  for (const pattern of patterns)
    if (pattern.negated === ignored && selfAndParents.some((each) => pattern.matches(each)))
      ignored = !pattern.negated
  return ignored
}
