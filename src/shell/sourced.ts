/** Scripts that do nothing but set variables, which a script may source and be read all the same: `. /tmp/rid.txt`. */

import { readShell } from './read.ts'

/**
 * The files that the scripts write with nothing but assignments, as Dockerfiles for several platforms do: `echo "RID=$RID" > /tmp/rid.txt`.
 * Absolute paths as they are written.
 */
export function variableFiles(scripts: readonly string[]): ReadonlySet<string> {
  const assigned = new Set<string>()
  const others = new Set<string>()
  for (const { words, writes } of scripts.flatMap((text) => readShell(text).commands)) {
    const [program = '', ...said] = words
    const isAssigning =
      /^(?:echo|printf)$/.test(program) && said.length > 0 && said.every((word) => assignment.test(word))
    for (const path of writes) (isAssigning && path.startsWith('/') ? assigned : others).add(path)
  }
  return new Set([...assigned].filter((path) => !others.has(path)))
}

/** What it is set to may be a variable, and no command. */
const assignment = /^(?:export )?[A-Za-z_]\w*=[^;&|`()<>\n]*(?:\\n)?$/

/** They hold assignments alone: https://www.freedesktop.org/software/systemd/man/latest/os-release.html, https://rust-lang.github.io/rustup/installation/ */
const known = /^\/etc\/(?:os|lsb)-release$|^(?:\/root|~|\$HOME|\$\{HOME\}|\/usr\/local)\/\.?cargo\/env$/

const sourcing =
  /(^\s*|[;&|({\n]\s*|\b(?:then|do|else)\s+)(\.|source)(?=\s+(["']?)([^\s;&|"'()]+)\3\s*(?:$|[;&|)\n}]))/g

/** The text with `:` in the place of what sources one of the files, and every other byte where it was. */
export const withoutSources = (text: string, files: ReadonlySet<string>): string =>
  text.replace(sourcing, (whole, before: string, command: string, _quote, path: string) =>
    known.test(path) || files.has(path) ? `${before}${':'.padEnd(command.length)}` : whole,
  )
