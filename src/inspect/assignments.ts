/** Names and the values they are given, in whatever settings are written: .env, INI, YAML, JSON, properties, HCL, PHP, XML. */

export interface Assignment {
  readonly name: string
  readonly value: string
  /** Where the name starts, and where the value does. */
  readonly nameAt: number
  readonly at: number
}

/** Lines longer than this are no settings that somebody wrote. */
const longest = 4096

const line =
  /^[ \t]*(?:export[ \t]+|set[ \t]+|-[ \t]+)?["']?([A-Za-z_][\w.-]{0,127})["']?[ \t]*(?:=>|[=:])[ \t]*(\S[^\n]*)$/
const json = /"([A-Za-z_][\w.:-]{0,127})"\s{0,64}:\s{0,64}"((?:[^"\\\n]|\\.){1,4096})"/g
const php = /define\(\s{0,8}["']([A-Za-z_]\w{0,127})["']\s{0,8},\s{0,8}["']([^"'\n]{1,512})["']/g
const entry = /["']([A-Za-z_][\w.-]{0,127})["']\s{0,8}=>\s{0,8}["']([^"'\n]{1,512})["']/g
const element = /<([A-Za-z_][\w.-]{0,63})>([^<>\n]{1,512})<\//g
const attribute = /<add\s{1,8}key="([A-Za-z_][\w.:-]{0,127})"\s{1,8}value="([^"\n]{1,512})"/gi

/** All assignments, in the order of the text. Linear in its length. */
export function assignmentsIn(text: string): readonly Assignment[] {
  const first = /\S/.exec(text)?.[0]
  if (first === '{') return matchesOf(text, json)
  if (first === '<') return [php, entry, element, attribute].flatMap((form) => matchesOf(text, form))
  const found: Assignment[] = []
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const match = end - start <= longest ? line.exec(text.slice(start, end)) : null
    const [whole = '', name = '', rest = ''] = match ?? []
    if (match) {
      const at = start + whole.length - rest.length
      found.push({ name, value: unquoted(rest), nameAt: start, at })
    }
    start = end + 1
  }
  return found
}

function matchesOf(text: string, pattern: RegExp): Assignment[] {
  return [...text.matchAll(pattern)].map(({ 0: whole, 1: name = '', 2: value = '', index }) => ({
    name,
    value,
    nameAt: index,
    at: index + whole.lastIndexOf(value),
  }))
}

/** Quotes off, or what stands before a comment. */
function unquoted(rest: string): string {
  const quote = rest[0]
  if (quote === '"' || quote === "'" || quote === '`') {
    const end = rest.indexOf(quote, 1)
    return rest.slice(1, end < 0 ? undefined : end).trim()
  }
  const comment = rest.search(/[ \t][#;]/)
  return (comment < 0 ? rest : rest.slice(0, comment)).replace(/[\s,;]+$/, '')
}

/** The words of a name, upper case: `clientSecret`, `client-secret` and `CLIENT_SECRET` alike. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z\d]+/)
    .filter((word) => word !== '')
}
