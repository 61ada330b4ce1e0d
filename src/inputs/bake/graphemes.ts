/** Characters as people see them: a letter with its marks is one (Unicode Annex 29, without its rarer rules). */

const joiner = 0x200d
const extending = /^(?:\p{M}|\u200C|[\u{1F3FB}-\u{1F3FF}]|[\u{E0020}-\u{E007F}])$/u
const pictograph = /^\p{Extended_Pictographic}/u
const isFlag = (code: number) => code >= 0x1f1e6 && code <= 0x1f1ff

/** The text cut into its characters; joined, they are the text. */
export function graphemes(text: string): readonly string[] {
  if (/^[\u0020-\u007E]*$/.test(text)) return [...text]
  const found: string[] = []
  let current = ''
  let previous = -1
  let flags = 0
  for (const point of text) {
    const code = point.codePointAt(0) ?? 0
    const joins =
      current !== '' &&
      ((previous === 13 && code === 10) ||
        (previous >= 32 && (code === joiner || extending.test(point))) ||
        (previous === joiner && pictograph.test(point) && pictograph.test(current)) ||
        (isFlag(code) && flags % 2 === 1))
    if (joins) current += point
    else {
      if (current !== '') found.push(current)
      current = point
    }
    flags = isFlag(code) ? flags + 1 : 0
    previous = code
  }
  if (current !== '') found.push(current)
  return found
}
