/** What a program of Go may hold of the files that lie beside its sources: nothing but what a `//go:embed` names. */

import { matchGlob } from '../lib/glob.ts'
import { joinPath } from '../lib/path.ts'

/** What was read of a module. */
export interface GoModule {
  /** The patterns of its packages that were read: of all those in which one of the suspect files, or a directory of it, lies. */
  readonly embeds: readonly { readonly directory: string; readonly pattern: string }[]
  /** Beside go.mod; null where there is none. */
  readonly makefile: string | null
}

/** The patterns of a source, as https://pkg.go.dev/embed has them: words after `//go:embed`, which may be quoted. */
export function embedPatterns(source: string): readonly string[] {
  return [...source.matchAll(/^[ \t]*\/\/go:embed[ \t]+([^\r\n]{1,2000})/gm)].flatMap(({ 1: words = '' }) =>
    [...words.matchAll(/"([^"]+)"|`([^`]+)`|(\S+)/g)].map(
      ([, quoted, raw, plain]) => quoted ?? raw ?? plain ?? '',
    ),
  )
}

/** True where a pattern takes the path, or a directory that it lies in; a package embeds nothing that lies outside of it. */
export function mayEmbed({ embeds }: GoModule, path: string): boolean {
  return embeds.some(({ directory, pattern }) => {
    const wanted = joinPath(directory, pattern.replace(/^all:/, '')).split('/')
    const start = path.split('/').slice(0, wanted.length)
    return (
      pattern === '.' ||
      (start.length === wanted.length && matchGlob(wanted.join('/'), start.join('/')) !== 'no match')
    )
  })
}
