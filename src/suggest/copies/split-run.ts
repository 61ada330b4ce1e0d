/** A RUN cut in two behind one of its commands, where what follows does not hang on what came before. */

import { readShell } from '../../shell/read.ts'
import type { ImageCommand, ImageRun } from '../image/runs.ts'

export type Split =
  /** It ends with the command. */
  | { readonly kind: 'whole'; readonly end: number }
  /** `end`: where the first half ends in the text; `rest`: the second as an instruction of its own. */
  | { readonly kind: 'split'; readonly end: number; readonly rest: string }
  | { readonly kind: 'refused'; readonly why: string }

const inseparable: Split = {
  kind: 'refused',
  why: 'the install shares its RUN with steps that may need the sources',
}

/** Cuts a RUN behind `last`, at a `&&`; `mark` is the Dockerfile's escape character. What `cd` and `export` did before is said again. */
export function splitRun(run: ImageRun, last: ImageCommand, text: string, mark: '\\' | '`'): Split {
  const { instruction } = run.step
  if (run.commands.at(-1) === last) return { kind: 'whole', end: instruction.end }
  if (run.unread !== null) return { kind: 'refused', why: run.unread }
  if (instruction.json || instruction.heredocs.length > 0) return inseparable
  const raw = text.slice(instruction.start, instruction.end)
  const shell = asShell(raw, mark)
  const head = /^\s*RUN\s+((?:--\S+\s+(?:\\\s*\n\s*)?)*)/i.exec(shell)
  if (!head) return inseparable
  const begin = head[0].length
  const whole = readShell(shell.slice(begin))
  for (let at = shell.indexOf('&&', begin); at >= 0; at = shell.indexOf('&&', at + 2)) {
    const first = readShell(shell.slice(begin, at))
    const second = readShell(shell.slice(at + 2))
    if (first.unread !== null || second.unread !== null || second.commands.length === 0) continue
    if (first.commands.length + second.commands.length !== whole.commands.length) continue
    if (first.commands.at(-1)?.words.join(' ') !== last.words.join(' ')) continue
    const carried = carry(first.commands.map(({ words }) => words))
    // `a || b && c`, a subshell or a block that goes on behind the cut.
    const isBranched =
      [...first.commands, ...second.commands].some(({ conditional }) => conditional) !==
      whole.commands.some(({ conditional }) => conditional)
    if (carried === null || isBranched)
      return {
        kind: 'refused',
        why: 'what the install shares its RUN with hangs on a directory or a variable set before it',
      }
    const end = withoutTail(shell.slice(0, at)).length
    const next = at + 2 + leadOf(shell.slice(at + 2))
    // A `#` that begins a line is a comment to the Dockerfile, whatever goes on around it.
    const comments = (raw.slice(end, next).match(/(?<=\n)[^\S\n]*#[^\n]*\n/g) ?? []).map((line) =>
      line.trimStart(),
    )
    const flags = instruction.flags.map(({ name, value }) =>
      value === null ? `--${name}` : `--${name}=${value}`,
    )
    return {
      kind: 'split',
      end: instruction.start + end,
      rest: comments.join('') + ['RUN', ...flags, ...carried, raw.slice(next)].join(' '),
    }
  }
  return inseparable
}

/** The text as a shell gets it, character for character at its place: continued with backslashes, comment lines blank. */
function asShell(raw: string, mark: '\\' | '`'): string {
  const continued = mark === '`' ? raw.replace(/`(?=[^\S\n]*\n)/g, '\\') : raw
  return continued.replace(/(?<=\n)[^\S\n]*#[^\n]*\n/g, (line) => ' '.repeat(line.length))
}

const withoutTail = (text: string): string => text.replace(/(?:\s|\\(?=\s*$))+$/, '')

/** How much stands before the first word: blanks, continuations, comment lines. */
function leadOf(shell: string): number {
  return /^(?:\s|\\(?=[^\S\n]*\n))*/.exec(shell)?.[0].length ?? 0
}

/** What has to be said again in front of the second half; null when that cannot be written. */
function carry(commands: readonly (readonly string[])[]): readonly string[] | null {
  const said: string[] = []
  for (const words of commands) {
    const [program = ''] = words
    // An assignment alone is a command without words.
    if (words.length === 0 || /^(?:pushd|popd|source|\.|alias|umask|unset|trap|eval)$/.test(program))
      return null
    if (!/^(?:cd|export|set)$/.test(program)) continue
    if (words.some((word) => !/^[\w./=:@%+-]+$/.test(word))) return null
    said.push(`${words.join(' ')} &&`)
  }
  return said
}

/** What a cut leaves in the layer of the first half that the second means to clean up; null where there is nothing. */
export function leftBehind(rest: readonly ImageCommand[]): string | null {
  const cleaning = rest.find(cleansUp)
  return cleaning
    ? `what ${cleaning.words.slice(0, 3).join(' ')} cleans up stays in the layer of the install`
    : null
}

/** `apk del .build-deps`: done in a later layer, nothing becomes smaller. */
export const takesAway = ({ meaning, words }: ImageCommand): boolean =>
  meaning?.kind === 'system' &&
  words.slice(1).some((word) => /^(?:del|purge|remove|autoremove|autopurge|erase)$/.test(word))

/** A cache that is emptied, the package lists that are thrown away. */
const cleansUp = ({ words }: ImageCommand): boolean =>
  (words[0] === 'rm' && words.some((word) => /^(?:\/(?:root|var|tmp|usr)\/|~\/|\$HOME)/.test(word))) ||
  words.slice(1, 3).join(' ').startsWith('cache clean') ||
  words.slice(1, 3).join(' ') === 'cache purge' ||
  (words[1] === 'clean' && /^(?:apt-get|apt|dnf|yum|microdnf)$/.test(words[0] ?? ''))
