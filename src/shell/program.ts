/** Which program a command line runs in the end, behind `sudo`, `env` and their like. */

import { baseName } from '../lib/path.ts'

/** A program that runs the command in its arguments: the options of its own that take a value in the next word. */
interface Wrapper {
  readonly letters: string
  readonly long: readonly string[]
  /** Words of its own before the command: the duration of `timeout`. */
  readonly operands: number
  /** True when `NAME=VALUE` may stand before the command. */
  readonly assigns: boolean
  /** Letters with which it runs nothing: `command -v`. */
  readonly asks: string
}

const plain: Wrapper = { letters: '', long: [], operands: 0, assigns: false, asks: '' }

/** From the manuals of sudo 1.9, doas, GNU coreutils 9, findutils 4.10, util-linux 2.40 and bash 5.2. */
const wrappers: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  [
    'sudo',
    {
      ...plain,
      letters: 'CDRTUghpru',
      long: 'close-from chdir chroot command-timeout other-user group host prompt role user type'.split(' '),
      assigns: true,
      asks: 'lvkKe',
    },
  ],
  ['doas', { ...plain, letters: 'uCa' }],
  ['env', { ...plain, letters: 'uC', long: ['unset', 'chdir'], assigns: true }],
  ['exec', { ...plain, letters: 'a' }],
  ['time', { ...plain, letters: 'fo', long: ['format', 'output'] }],
  ['nice', { ...plain, letters: 'n', long: ['adjustment'] }],
  ['ionice', { ...plain, letters: 'cn', long: ['class', 'classdata'], asks: 'pPu' }],
  ['command', { ...plain, asks: 'vV' }],
  ['builtin', plain],
  ['nohup', plain],
  ['setsid', plain],
  ['stdbuf', { ...plain, letters: 'ioe', long: ['input', 'output', 'error'] }],
  ['timeout', { ...plain, letters: 'ks', long: ['kill-after', 'signal'], operands: 1 }],
  [
    'xargs',
    {
      ...plain,
      letters: 'aEIdLnPs',
      long: 'arg-file delimiter max-args max-procs max-chars max-lines replace process-slot-var'.split(' '),
    },
  ],
])

const assigned = /^[A-Za-z_][A-Za-z0-9_]*=/

/**
 * The words from the program on that is really run: without `sudo`, `env A=B`, `exec`, `time`, `nice`, `command`,
 * `nohup`, `timeout`, `xargs` and their options. Always the end of `words`; all of them where a wrapper runs nothing
 * (`command -v docker`, `sudo -l`, a bare `env`).
 */
export function programOf(words: readonly string[]): readonly string[] {
  let at = 0
  for (;;) {
    const wrapper = wrappers.get(baseName(words[at] ?? ''))
    if (wrapper === undefined) return words.slice(at)
    const next = commandAfter(words, at + 1, wrapper)
    if (next === null) return words.slice(at)
    at = next
  }
}

/** Where the command begins that the wrapper runs; null when it runs none. */
function commandAfter(words: readonly string[], from: number, wrapper: Wrapper): number | null {
  let at = from
  for (; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') {
      at++
      break
    }
    if (wrapper.assigns && assigned.test(word)) continue
    if (!word.startsWith('-') || word === '-') break
    if (word.startsWith('--')) {
      if (wrapper.long.includes(word.slice(2))) at++
      continue
    }
    if (wrapper.asks !== '' && [...word.slice(1, 20)].some((letter) => wrapper.asks.includes(letter))) {
      return null
    }
    // A value stands in the word that has its letter, or is the next.
    if (wrapper.letters.includes(word.slice(-1)) && !/^-[0-9]/.test(word)) {
      if (word.length === 2 || !wrapper.letters.includes(word.charAt(1))) at++
    }
  }
  while (wrapper.assigns && assigned.test(words[at] ?? '')) at++
  at += wrapper.operands
  return at < words.length ? at : null
}

/** Shells whose `-c` takes a text of commands. */
const shells = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh'])

/** How a shell is called. `text`: the index of the word after `-c`; null when it reads its standard input; undefined when it runs a file. */
export interface ShellCall {
  readonly text: number | null | undefined
}

/** Null when the words, which begin with the program, call no shell. */
export function shellCall(words: readonly string[]): ShellCall | null {
  if (!shells.has(baseName(words[0] ?? ''))) return null
  let commands = false
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? ''
    if (/^[-+]/.test(word) && word !== '-' && word !== '--') {
      if (word.startsWith('--')) {
        if (word === '--rcfile' || word === '--init-file') at++
        continue
      }
      const letters = word.slice(1, 20)
      if (letters.includes('c')) commands = true
      if (/[oO]$/.test(letters)) at++
      if (letters.includes('s')) return { text: null }
      continue
    }
    if (word === '--') continue
    if (commands) return { text: at }
    return word === '-' ? { text: null } : { text: undefined }
  }
  return { text: null }
}

/** True for a text whose first line says that a shell runs it, false for one of another program, null where it says nothing. */
export function isForShell(text: string): boolean | null {
  const shebang = /^#!.{0,200}/.exec(text)?.[0]
  return shebang === undefined ? null : /\b(?:ba|da|k|z|a)?sh\b/.test(shebang)
}
