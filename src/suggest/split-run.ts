/** A RUN cut in two behind one of its commands, where what follows does not hang on what came before. */

import { readShell } from '../shell/read.ts'
import type { ImageCommand, ImageRun } from './steps.ts'

export type Split =
  /** All of it may stay together: nothing after the command needs more than it does. */
  | { readonly kind: 'whole'; readonly end: number }
  /** `end`: where the first half ends in the text; `rest`: the second as an instruction of its own. */
  | { readonly kind: 'split'; readonly end: number; readonly rest: string }
  | { readonly kind: 'refused'; readonly why: string }

/** Cuts a RUN behind `last`. */
export function splitRun(run: ImageRun, last: ImageCommand, text: string): Split {
  const { instruction } = run.step
  const index = run.commands.indexOf(last)
  const before = run.commands.slice(0, index)
  const after = run.commands.slice(index + 1)
  if (run.unread !== null) return { kind: 'refused', why: run.unread }
  const isEarly = (command: ImageCommand): boolean =>
    command.meaning?.kind === 'system' ||
    command.meaning?.kind === 'plain' ||
    command.meaning?.kind === 'install'
  if (!before.every(isEarly))
    return { kind: 'refused', why: 'what runs before the install in the same RUN may need the sources' }
  // Cleaning up after the install belongs to it, and has to stay in its layer.
  if (
    after.every(
      (command) =>
        isEarly(command) && !(command.meaning?.kind === 'install' && command.meaning.reads === 'sources'),
    )
  )
    return { kind: 'whole', end: instruction.end }
  if (instruction.json || instruction.heredocs.length > 0)
    return { kind: 'refused', why: 'the install shares its RUN with steps that need the sources' }
  const raw = text.slice(instruction.start, instruction.end)
  const head = /^\s*RUN\s+((?:--\S+\s+(?:\\\s*\n\s*)?)*)/i.exec(raw)
  if (!head) return { kind: 'refused', why: 'the install shares its RUN with steps that need the sources' }
  const whole = readShell(raw.slice(head[0].length))
  for (let at = raw.indexOf('&&', head[0].length); at >= 0; at = raw.indexOf('&&', at + 2)) {
    const first = readShell(raw.slice(head[0].length, at))
    const second = readShell(raw.slice(at + 2))
    if (first.unread !== null || second.unread !== null) continue
    if (first.commands.length + second.commands.length !== whole.commands.length) continue
    const lastWords = first.commands.at(-1)?.words.join(' ')
    if (lastWords !== last.words.join(' ')) continue
    const carries = first.commands.some(
      ({ words, directory }) =>
        /^(?:cd|pushd|export|set|source|\.|alias|umask)$/.test(words[0] ?? '') ||
        directory !== '' ||
        words.length === 0,
    )
    if (carries)
      return {
        kind: 'refused',
        why: 'what the install shares its RUN with hangs on a directory or a variable set before it',
      }
    const end = raw.slice(0, at).replace(/[\s\\]+$/, '').length
    const rest = raw.slice(at + 2).replace(/^[\s\\]+/, '')
    const flags = (head[1] ?? '').replace(/\\\s*\n\s*/g, '').trim()
    return {
      kind: 'split',
      end: instruction.start + end,
      rest: `RUN ${flags === '' ? '' : `${flags} `}${rest}`,
    }
  }
  return { kind: 'refused', why: 'the install shares its RUN with steps that need the sources' }
}
