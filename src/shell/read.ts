/** Shell texts as people write them in RUN instructions, scripts, Makefile recipes and CI steps: which commands they run, and where. */

import type { ShellScript } from './model.ts'
import { parseShell } from './parse.ts'
import type { Trouble } from './source.ts'
import { walkShell } from './walk.ts'

export { programOf } from './program.ts'

/** What is known of a text besides itself. */
export interface ReadOptions {
  /**
   * The directory in which the script lies, from the directory that '' means. With it `$(dirname "$0")`, `${0%/*}`,
   * `${BASH_SOURCE[0]}` and `$(git rev-parse --show-toplevel)` (which is '' then) resolve.
   */
  readonly scriptDirectory?: string
}

/**
 * The commands of a POSIX sh or bash text, those inside substitutions, `sh -c '…'`, `eval '…'` and traps included. A
 * function's commands stand where it is defined, as conditional; its calls are left out. An assignment alone is a
 * command without words, and so is the redirection of a block. Never throws; takes time linear in the text.
 */
export function readShell(text: string, { scriptDirectory }: ReadOptions = {}): ShellScript {
  const trouble: Trouble = { first: null, commands: 0, characters: 0 }
  // NUL is what anchored paths are marked with; no shell takes one.
  const list = parseShell(text.replaceAll('\r\n', '\n').replaceAll('\0', '\uFFFD'), trouble)
  const commands = walkShell(list, { scriptDirectory: scriptDirectory ?? null, trouble })
  return { commands, unread: trouble.first }
}
