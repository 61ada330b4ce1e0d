/** The offset behind the line break that follows, or the end of the text. */
export function lineAfter(text: string, offset: number): number {
  const next = text.indexOf('\n', offset)
  return next < 0 ? text.length : next + 1
}

/** The offset of the first of the remarks that stand directly above an instruction, which are about it; else its own. */
export function remarksAbove(text: string, instruction: number): number {
  let start = instruction
  for (;;) {
    const above = text.lastIndexOf('\n', start - 2) + 1
    if (start === 0 || text[start - 1] !== '\n' || !/^[ \t]*#/.test(text.slice(above, start))) return start
    start = above
  }
}
