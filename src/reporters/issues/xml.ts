/** XML 1.0, of text that may hold anything. */

/** A whole document of one element. */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

/** An element on lines of its own; `content`: a text, or elements, which are indented. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  content: string | readonly string[],
): string {
  const start = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`),
  ].join(' ')
  if (typeof content === 'string')
    return content === '' ? `<${start}/>` : `<${start}>${escaped(content)}</${name}>`
  if (content.length === 0) return `<${start}/>`
  return `<${start}>\n${content.map(indented).join('\n')}\n</${name}>`
}

/** Line breaks of a text are written as references, so that all there are belong to the markup. */
const indented = (inner: string): string => inner.replace(/^/gm, '  ')

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // Only `]]>` has to be written so.
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** What XML 1.0 has no way to write (section 2.2, Char) becomes U+FFFD. */
function escaped(text: string): string {
  return text
    .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    .replace(/[&<>"\t\n\r]/g, (found) => references[found] ?? found)
}
