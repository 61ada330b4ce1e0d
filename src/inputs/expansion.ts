/** Variables in a word of a command line, when nothing but the word and its surroundings is left of the script. */

/** The value of a variable; undefined when nothing is known of it. `${{ x.y }}` of a workflow is asked for as `x.y`. */
export type Environment = (name: string) => string | undefined

/** A word after expansion; `unresolved` is the first thing that has no value, as written. */
export interface Expanded {
  readonly text: string
  readonly unresolved: string | null
}

// The last alternatives, of which nothing is known, take all that follows: looked at once, however hostile.
const pieces =
  /\$\{\{([^}]*)\}\}|\$\{([A-Za-z_][A-Za-z0-9_]*|[0-9@*])(?:(:?[-=?])([^{}$`]*))?\}|\$([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])|\$\(\s*pwd\s*(?:-[PL]\s*)?\)|`\s*pwd\s*`|\$[({][\s\S]*|`[\s\S]*/g

/**
 * Fills in variables as sh does, their literal defaults (`${DIR:-.}`) included. The working directory (`$PWD`, `$(pwd)`)
 * is '.', so that a path made of it stays relative to where the command runs. A literal `$` stays.
 */
export function expand(word: string, environment: Environment): Expanded {
  if (!/[$`]/.test(word)) return { text: word, unresolved: null }
  let unresolved: string | null = null
  const text = word.replace(
    pieces,
    (
      written: string,
      expression: string | undefined,
      braced: string | undefined,
      operator: string | undefined,
      fallback: string | undefined,
      bare: string | undefined,
    ) => {
      const name = expression?.trim() ?? braced ?? bare
      if (name === undefined && /^(?:\$\(|`)\s*pwd\s*(?:-[PL]\s*)?[)`]$/.test(written)) return '.'
      const found = name === undefined ? undefined : environment(name)
      if (found !== undefined && !(found === '' && operator?.startsWith(':') === true)) return found
      if (name === 'PWD') return '.'
      if (operator?.endsWith('-') === true || operator?.endsWith('=') === true)
        return (fallback ?? '').replace(/["']/g, '')
      unresolved ??= written.length > 60 ? `${written.slice(0, 59)}…` : written
      return written
    },
  )
  return { text, unresolved }
}
