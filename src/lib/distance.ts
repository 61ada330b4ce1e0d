/** How far apart two words are, for "did you mean". */

/** Number of single-character edits between two words; anything from `limit` up is returned as `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous: number[] = []
  let current: number[] = []
  for (let j = 0; j <= b.length; j++) previous.push(j)
  for (let i = 1; i <= a.length; i++) {
    current[0] = i
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1)
      current[j] = Math.min(swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1)
    }
    ;[previous, current] = [current, previous]
  }
  return Math.min(limit, previous[b.length] ?? limit)
}

/** The candidate that was most likely meant, by edit distance: the first of those nearest; null when all are `limit` or further away. */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  // Three letters leave room for two neighbours swapped, two letters for one wrong.
  limit: number = word.length <= 3 ? word.length : Math.min(4, Math.ceil(word.length / 3) + 1),
): string | null {
  let found: string | null = null
  let least = limit
  for (const candidate of candidates) {
    const steps = editDistance(word, candidate, least)
    if (steps < least) {
      least = steps
      found = candidate
    }
  }
  return found
}
