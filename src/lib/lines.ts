/** Texts of lines, as bytes: what git says and is told. */

const blank = 0x20
const lineBreak = 0x0a

/** The first words of each line, a blank between them; lines that have fewer are left out. */
export function firstWords(text: Uint8Array, count: number): Uint8Array {
  const found = new Uint8Array(text.length + 1)
  let length = 0
  /** The next blank, of this line or a later one: looked for once. */
  let next = -1
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(lineBreak, at)
    const to = end < 0 ? text.length : end
    let cut = at - 1
    let words = 0
    for (; words < count && cut < to; words++) {
      if (next <= cut) next = text.indexOf(blank, cut + 1)
      if (next < 0) next = text.length
      cut = Math.min(next, to)
    }
    if (words === count && to > at) {
      found.set(text.subarray(at, cut), length)
      length += cut - at
      found[length++] = lineBreak
    }
    at = to + 1
  }
  return found.subarray(0, length)
}
