/** Scripts that do nothing but set variables, which a script may source and be read all the same: `. /tmp/rid.txt`. */

import { readShell } from './read.ts'

/** A file that a script writes, as its path is written there. */
export interface Write {
  readonly path: string
  /** By a command that writes assignments and nothing else. */
  readonly isAssigning: boolean
}

/** All that a script writes by redirections, in order. */
export const writesOf = (script: string): readonly Write[] =>
  readShell(script).commands.flatMap(({ words: [program = '', ...said], writes }) => {
    const isAssigning =
      /^(?:echo|printf)$/.test(program) && said.length > 0 && said.every((word) => assignment.test(word))
    return writes.map((path) => ({ path, isAssigning }))
  })

/**
 * The files that are written with nothing but assignments, as Dockerfiles for several platforms do: `echo "RID=$RID" > /tmp/rid.txt`.
 * Absolute paths as they are written.
 */
export function variableFiles(writes: readonly Write[]): ReadonlySet<string> {
  const assigned = new Set<string>()
  const others = new Set<string>()
  for (const { path, isAssigning } of writes)
    (isAssigning && path.startsWith('/') ? assigned : others).add(path)
  return new Set([...assigned].filter((path) => !others.has(path)))
}

/** What it is set to may be a variable, and no command. */
const assignment = /^(?:export )?[A-Za-z_]\w*=[^;&|`()<>\n]*(?:\\n)?$/

/** They hold assignments alone: https://www.freedesktop.org/software/systemd/man/latest/os-release.html, https://rust-lang.github.io/rustup/installation/ */
const known = /^\/etc\/(?:os|lsb)-release$|^(?:\/root|~|\$HOME|\$\{HOME\}|\/usr\/local)\/\.?cargo\/env$/

const sourcing =
  /(^\s*|[;&|({\n]\s*|\b(?:then|do|else)\s+)(\.|source)(?=\s+(["']?)([^\s;&|"'()]+)\3\s*(?:$|[;&|)\n}]))/g

/** The text with `:` in the place of what sources one of the files, and every other byte where it was. */
export const withoutSources = (text: string, files: Pick<ReadonlySet<string>, 'has'>): string =>
  text.replace(sourcing, (whole, before: string, command: string, _quote, path: string) =>
    known.test(path) || files.has(path) ? `${before}${':'.padEnd(command.length)}` : whole,
  )
