import { editDistance } from '../lib/distance.ts'

/** The candidate that was most likely meant, by edit distance; null when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let found: string | null = null
  // Three letters leave room for two neighbours swapped, two letters for one wrong.
  let least = word.length <= 3 ? word.length : Math.min(4, Math.ceil(word.length / 3) + 1)
  for (const candidate of candidates) {
    const steps = editDistance(word, candidate, least)
    if (steps < least) {
      least = steps
      found = candidate
    }
  }
  return found
}
