/** Lines of the keys of a JSON text, which the parser of the language does not tell. */

/**
 * A function that tells the line of a key of the object `section` at the top of the text, from 1; the line of the
 * section where it is not found, 1 without one. For a text that parses; costs one pass.
 */
export function findLine(text: string, section: string): (key: string) => number {
  const lines = new Map<string, number>()
  let sectionLine = 1
  let line = 1
  let depth = 0
  let inSection = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\n') line++
    else if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') {
      depth--
      if (depth === 1) inSection = false
    } else if (c === '"') {
      const from = i
      i++
      while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
      if (depth > 2 || !/^\s*:/.test(text.slice(i + 1, i + 40))) continue
      const key = unquoted(text.slice(from, i + 1))
      if (depth === 1) {
        inSection = key === section
        if (inSection) sectionLine = line
      } else if (inSection) lines.set(key, line)
    }
  }
  return (key) => lines.get(key) ?? sectionLine
}

function unquoted(literal: string): string {
  try {
    return String(JSON.parse(literal))
  } catch {
    return literal.slice(1, -1)
  }
}
