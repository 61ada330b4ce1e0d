/** A strict reader of the XML 1.0 that a reporter may write: elements, attributes, text and references; no DTD, no CDATA. */

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** All text in it, its children's left out. */
  readonly text: string
}

/** Throws for what is not well-formed. */
export function readXml(source: string): XmlElement {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
  if (!source.startsWith(head)) throw new Error('no XML declaration')
  const bad = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(source)
  if (bad) throw new Error(`a character that XML has not, at ${bad.index}`)
  const reader = { source, at: head.length }
  const root = readElement(reader)
  if (source.slice(reader.at).trim() !== '') throw new Error(`something behind the root, at ${reader.at}`)
  return root
}

interface Reader {
  readonly source: string
  at: number
}

function take(reader: Reader, pattern: RegExp, what: string): RegExpExecArray {
  const sticky = new RegExp(pattern.source, 'yu')
  sticky.lastIndex = reader.at
  const found = sticky.exec(reader.source)
  if (!found)
    throw new Error(`${what} expected at ${reader.at}: ${reader.source.slice(reader.at, reader.at + 40)}`)
  reader.at = sticky.lastIndex
  return found
}

function readElement(reader: Reader): XmlElement {
  const [, name = '', inner = '', empty] = take(
    reader,
    /<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/,
    'a start tag',
  )
  const attributes: Record<string, string> = {}
  for (const [, key = '', value = ''] of inner.matchAll(/ ([a-z]+)="([^"<]*)"/g)) {
    if (Object.hasOwn(attributes, key)) throw new Error(`${key} twice in ${name}`)
    attributes[key] = unescaped(value)
  }
  const children: XmlElement[] = []
  let text = ''
  if (empty === '') {
    while (!reader.source.startsWith('</', reader.at)) {
      if (reader.source[reader.at] === '<') children.push(readElement(reader))
      else text += unescaped(take(reader, /[^<]+/, 'text')[0])
    }
    take(reader, new RegExp(`</${name}>`), `the end of ${name}`)
  }
  return { name, attributes, children, text }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  if (text.includes(']]>')) throw new Error('the end of a CDATA section in text')
  return text.replace(/&([^;&]*;?)/g, (found, inner: string) => {
    const name = inner.replace(/;$/, '')
    const char = /^#\d+$/.test(name) ? String.fromCodePoint(Number(name.slice(1))) : named[name]
    if (!inner.endsWith(';') || char === undefined) throw new Error(`no reference: ${found}`)
    return char
  })
}
