/** Patterns with `\b` or `\B`, which look at two characters at once: matched on their own, over the whole path, in linear time. */

import type { Sequence, Token } from './regex.ts'

const isWord = (c: string | undefined) => c !== undefined && /^[0-9A-Za-z_]$/.test(c)

/** True for a sequence that only {@link matchesWithBoundaries} can match. */
export function hasBoundary(sequence: Sequence): boolean {
  return sequence.some(({ kind }) => kind === 'boundary')
}

/**
 * True when the tokens match the whole text. Costs text × tokens at most.
 * A position is 2 × the index of the token to come, plus one within a repetition of directories, which only `/` ends.
 */
export function matchesWithBoundaries(tokens: readonly Token[], text: string): boolean {
  const chars = [...text]
  let active = new Set([0])
  for (let i = 0; ; i++) {
    const atBoundary = isWord(chars[i - 1]) !== isWord(chars[i])
    // A set yields what is added to it while it is iterated: this follows all steps that take no character.
    for (const position of active) {
      const token = position % 2 === 0 ? tokens[position / 2] : undefined
      if (!token) continue
      const free =
        token.kind === 'boundary'
          ? token.negated !== atBoundary
          : token.kind === 'star' || token.kind === 'optional' || token.kind === 'directories'
      if (free) active.add(position + 2)
    }
    const char = chars[i]
    if (char === undefined) return active.has(2 * tokens.length)
    active = afterCharacter(tokens, active, char.codePointAt(0) ?? 0)
    if (active.size === 0) return false
  }
}

function afterCharacter(tokens: readonly Token[], active: ReadonlySet<number>, code: number): Set<number> {
  const next = new Set<number>()
  for (const position of active) {
    const index = position >> 1
    const token = tokens[index]
    if (!token) continue
    if (token.kind === 'char') {
      if (token.code === code) next.add(2 * (index + 1))
    } else if (token.kind === 'set' || token.kind === 'optional') {
      if (token.set.has(code)) next.add(2 * (index + 1))
    } else if (token.kind === 'star') {
      if (token.set.has(code)) next.add(position)
    } else if (token.kind === 'directories') {
      if (token.set.has(code)) next.add(2 * index + 1)
      if (code === 47) next.add(2 * (index + 1))
    }
  }
  return next
}
