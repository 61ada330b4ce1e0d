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

/** The same memory by four bytes, but for those that are left over at its end: four times as quick to go through. */
export const wordsOf = ({ buffer, byteOffset, length }: Uint8Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length >> 2)

/** So many times a value is the word that has it in each of its bytes. */
export const inEach = 0x01010101
