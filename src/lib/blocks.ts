/**
 * Passes over all rows of a table, block by block. A browser makes quick code of what is called often, and calls what runs once
 * at a key and goes on for long for slow; a closure that is made anew for each pass is for it new code each time.
 */

/** Rows of a block. */
const size = 2048

/**
 * Calls a function, one that stands by itself, for the numbers from one to before another: from the first of a block to
 * before the first of the next.
 */
export function inBlocks<Given>(
  { from = 0, to }: { readonly from?: number; readonly to: number },
  given: Given,
  block: (from: number, to: number, given: Given) => void,
): void {
  for (let at = from; at < to; at += size) block(at, Math.min(to, at + size), given)
}
