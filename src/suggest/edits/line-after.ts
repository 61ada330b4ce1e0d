/** The offset behind the line break that follows, or the end of the text. */
export function lineAfter(text: string, offset: number): number {
  const next = text.indexOf('\n', offset)
  return next < 0 ? text.length : next + 1
}
