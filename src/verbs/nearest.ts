/** The candidate that was most likely meant, by edit distance; null when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let found: string | null = null
  let least = word.length <= 3 ? 2 : Math.min(4, Math.ceil(word.length / 3) + 1)
  for (const candidate of candidates) {
    const steps = distance(word, candidate)
    if (steps < least) {
      least = steps
      found = candidate
    }
  }
  return found
}

/** Insertions, removals, replacements and swaps of neighbours that turn one word into the other. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
