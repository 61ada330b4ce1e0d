/** What changes of Dockerfiles copy by its name: lines that would drop it cannot be followed beside them. */

import type { Suggestion } from './suggestion.ts'

/** Whether a change of a Dockerfile copies what a line of an ignore file, or a path, stands for, or something in it. */
export function broughtBy(suggestions: readonly Suggestion[]): (line: string) => boolean {
  const words = suggestions.flatMap(({ rewrites }) =>
    rewrites.flatMap(({ text }) =>
      text
        .split('\n')
        .flatMap((line) => (/^\s*COPY\s/i.test(line) ? line.split(/[\s"',[\]]+/).slice(1, -1) : [])),
    ),
  )
  const paths = words.filter((word) => !word.startsWith('-')).map((word) => `/${word.replace(/^\.?\//, '')}/`)
  return (line) => {
    const path = line.replace(/^\*\*\//, '').replace(/\/\*\*$/, '')
    const isAnywhere = line.startsWith('**/')
    return paths.some((one) => (isAnywhere ? one.includes(`/${path}/`) : one.startsWith(`/${path}/`)))
  }
}
