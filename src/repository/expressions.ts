/** `${{ … }}` in workflows: what is written in the file itself is put in, the rest is left to a run. */

/** Name as an expression spells it (`matrix.app`, `env.REGISTRY`) → text. */
export type Values = ReadonlyMap<string, string>

const expression = /\$\{\{([^}]{0,300})\}\}/g

/**
 * The text with every expression whose value is known. Besides names, `a || 'b'` is read: the first that is there and
 * not empty. What stays is left as written.
 */
export function fillIn(text: string, values: Values): string {
  return text.includes('${{')
    ? text.replace(expression, (whole, inner: string) => evaluate(inner, values) ?? whole)
    : text
}

/** The text with `'b'` for each remaining `a || 'b'`. */
export function withLastResorts(text: string): string {
  return text.includes('${{')
    ? text.replace(expression, (whole, inner: string) => /\|\|\s*'([^']*)'\s*$/.exec(inner)?.[1] ?? whole)
    : text
}

/** The names in its expressions, each alternative of `a || b` by itself. */
export function expressionsIn(text: string): readonly string[] {
  return [...text.matchAll(expression)].flatMap(([, inner = '']) =>
    inner.split('||').map((part) => part.trim()),
  )
}

/** True when only a run can tell what the text is. */
export function isOpen(text: string): boolean {
  return text.includes('${{') || text.includes('<<') || text.includes('$(')
}

/** The text with each remaining expression as a shell variable of a similar name, so that a shell text stays one. */
export function asShell(text: string): string {
  return text.includes('${{')
    ? text.replace(
        expression,
        (_, inner: string) =>
          `\${${inner
            .trim()
            .replace(/[^A-Za-z0-9_]+/g, '_')
            .replace(/^(?=\d|$)/, '_')}}`,
      )
    : text
}

function evaluate(inner: string, values: Values): string | null {
  let last: string | null = null
  for (const part of inner.split('||')) {
    const term = part.trim()
    const quoted = /^'([^']*)'$/.exec(term)
    const value = quoted ? (quoted[1] ?? '') : (values.get(term) ?? null)
    // A matrix that is known has no other keys; an input that nobody gives is empty.
    if (value === null && !(term.startsWith('matrix.') && values.has('matrix'))) return null
    last = value ?? ''
    if (last !== '') return last
  }
  return last
}
