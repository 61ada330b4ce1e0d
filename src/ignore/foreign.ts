/** Lines of an ignore file that are written in another program's language: what was meant, and how docker spells it. */

/** What somebody took the line for. */
export const foreignForms = {
  'comment behind': 'a comment behind a pattern is part of it',
  'blank before #': 'a # behind a blank starts no comment',
  'other comment': 'only # starts a comment',
  quotes: 'quotes are part of the name',
  backslashes: 'a backslash separates no names',
  variable: 'no variable is expanded',
  home: 'a ~ is no home directory',
  'host path': 'a path starts at the context, not at the root of the disk',
  braces: 'braces stand for themselves',
  'list item': 'the dash is part of the name',
  'negated class': 'a class is negated with ^, and ! is one of its members',
  'star in class': 'a wildcard in a class is a wildcard all the same',
} as const

export type ForeignForm = keyof typeof foreignForms

export interface ForeignLine {
  readonly form: ForeignForm
  /** The lines to write in its place; none when only the author can tell. */
  readonly instead: readonly string[]
  /** True when the line does harm also where it matches something, so that it was not meant as it is for sure. */
  readonly always: boolean
}

/** At most so many lines for one with braces. */
const mostExpanded = 16
/** Longer lines are written by machines. */
const longestLine = 1000

/**
 * Reads a pattern as it is written (trimmed, comments left out) for what its author may have meant by it; null for a
 * plain docker pattern. `root` is the context's absolute path. Nothing but the text is looked at, so a name that is
 * really on the disk is for the caller to know. What docker makes of each: moby/patternmatcher, ignorefile.go.
 */
export function readAsForeign(written: string, root: string): ForeignLine | null {
  const sign = written.startsWith('!') ? '!' : ''
  if (written.length > longestLine) return null
  const text = written.slice(sign.length).trim()
  const found = (form: ForeignForm, instead: readonly string[], always = false): ForeignLine => ({
    form,
    instead: instead.map((line) => sign + line),
    always,
  })
  if (text.startsWith('#')) return sign === '' ? found('blank before #', [text]) : null
  if (/^(?:\/\/|;|--|\/\*)\s/.test(text))
    return found('other comment', [`# ${withoutEnd(text.replace(/^\S+\s+/, ''))}`])
  const comment = /\s(?:#|\/\/)(?=\s|$)|\s#/.exec(text)
  if (comment) return found('comment behind', [text.slice(0, comment.index).trimEnd()])
  const quotes = /^(["'`])([^"'`]+)\1$/.exec(text)
  if (quotes) return found('quotes', [quotes[2] ?? ''])
  const dash = /^-\s+(\S+)$/.exec(text)
  if (dash) return found('list item', [dash[1] ?? ''])
  if (/^~(?:\/|$)/.test(text)) return found('home', [])
  if (/\$\{\w+\}|^\$[A-Z_][A-Z0-9_]*(?:\/|$)/.test(text)) return found('variable', [])
  if (root !== '/' && text.startsWith(`${root}/`)) return found('host path', [text.slice(root.length + 1)])
  if (/^\/(?:home|Users)\/[^/]+\/|^[A-Za-z]:[\\/]/.test(text)) return found('host path', [])
  // Letters and digits only: what is escaped to stand for itself is none of them.
  if (/^[\w.*-]+(?:\\[A-Za-z0-9_][\w.*-]*)+$/.test(text))
    return found('backslashes', [text.replaceAll('\\', '/')])
  if (text.includes('[!')) return found('negated class', [text.replaceAll('[!', '[^')], true)
  if (/\[[*?]\]/.test(text)) return found('star in class', [text.replace(/\[([*?])\]/g, '\\$1')])
  const braces = expandBraces(text)
  if (braces !== null) return found('braces', braces)
  return null
}

const withoutEnd = (comment: string) => (comment.endsWith('*/') ? comment.slice(0, -2).trimEnd() : comment)

const innermost = /\{([^{},]*,[^{}]*)\}/

/** What a shell makes of `{a,b}`; null where there is no such thing. Nested ones, and very many, are left to the author. */
function expandBraces(text: string): readonly string[] | null {
  if (!innermost.test(text)) return null
  let texts = [text]
  for (;;) {
    const next = texts.flatMap((one) => {
      const found = innermost.exec(one)
      if (!found) return [one]
      const after = one.slice(found.index + found[0].length)
      return (found[1] ?? '').split(',').map((part) => one.slice(0, found.index) + part + after)
    })
    if (next.length > mostExpanded) return []
    if (next.length === texts.length) break
    texts = next
  }
  return texts.some((one) => /[{}]/.test(one) || one === '') ? [] : texts
}
