/** What builtins and a few programs do to the directory and the variables of a script, or print of them. */

import { cleanLocation, isFixed, locate, parentValue, pathValue } from './location.ts'
import { lookUp, type State, type Value } from './state.ts'
import type { Assignment } from './tree.ts'
import { type Filled, fill, fillWords, type Surroundings } from './values.ts'

/** `cd`, `pushd` and `popd`, by the words after them. POSIX.1-2024 cd; bash 5.2 manual 6.8.1. `CDPATH` is left out. */
export function move(name: 'cd' | 'pushd' | 'popd', words: readonly Filled[], state: State): void {
  const from = state.directory
  const [target, ...more] = words.filter(({ text }) => !/^-[PLe@n]+$|^--$/.test(text))
  if (name === 'popd') {
    const { stack } = state
    go(state, target === undefined && stack !== null ? stack.top : null)
    state.stack = target === undefined ? (stack?.below ?? null) : null
    return
  }
  if (name === 'pushd' && (target === undefined || /^[-+][0-9]/.test(target.text))) {
    const { stack } = state
    const swaps = target === undefined && stack !== null
    go(state, swaps ? stack.top : null)
    state.stack = swaps ? { top: from, below: stack.below } : null
    return
  }
  if (target?.text === '-') go(state, state.previous)
  else if (target === undefined || more.length > 0 || !isPlain(target)) go(state, null)
  else {
    go(state, locate(target.text, from))
    if (isFixed(target.text)) state.floating = false
  }
  if (name === 'pushd') state.stack = { top: from, below: state.stack }
}

/** PATH_MAX of Linux. */
const longestPath = 4096

function go(state: State, directory: string | null): void {
  state.previous = state.directory
  state.directory = directory !== null && directory.length > longestPath ? null : directory
}

/** False for what the shell makes something else of: a wildcard, a brace list, somebody's home. */
function isPlain({ text, complete }: Filled): boolean {
  return complete && text !== '' && !/[*?[{]|^~/.test(text)
}

/** What `dirname`, `realpath` and `readlink` print; null when it cannot be told. Links are taken for what they are called. */
export function printedPath(name: string, words: readonly Filled[], state: State): string | null {
  const options = words.filter(({ text }) => text.startsWith('-'))
  const [operand, ...more] = words.filter(({ text }) => !text.startsWith('-'))
  if (operand === undefined || more.length > 0 || !operand.complete || operand.text === '') return null
  if (options.some(({ text }) => text.startsWith('--relative'))) return null
  if (name === 'dirname') return parentValue(operand.text)
  const follows = options.some(({ text }) => /^-[a-z]*[fem]|^--canonicalize/.test(text))
  if (name === 'readlink' && !follows) return null
  const location = locate(operand.text, state.directory)
  return location === null
    ? null
    : pathValue(cleanLocation(location), state.floating && !isFixed(operand.text))
}

/** `NAME=value`, `NAME+=value` and `NAME=(…)`. */
export function assign(assignment: Assignment, state: State, around: Surroundings): void {
  const { name, append, value, items } = assignment
  const before = lookUp(state.scope, name)
  state.scope.own.set(name, assigned())

  function assigned(): Value {
    // `NAME[3]=…` changes an array in a place.
    if (/^[A-Za-z0-9_]+\[/.test(assignment.text)) return null
    if (items !== null) {
      const added = items.flatMap((item) => fillWords(item, state, around))
      if (!append) return bounded(added)
      return before != null && 'items' in before ? bounded([...before.items, ...added]) : null
    }
    const filled = fill(value, state, around)
    if (!filled.complete) return null
    if (!append) return { text: filled.text }
    return before != null && 'text' in before && before.text.length < longest
      ? { text: before.text + filled.text }
      : null
  }
}

const longest = 10_000
const mostItems = 200

const bounded = (items: readonly string[]): Value => (items.length <= mostItems ? { items } : null)

const declaring = new Set(['export', 'readonly', 'local', 'declare', 'typeset'])
const reading = new Set(['read', 'unset', 'mapfile', 'readarray', 'getopts', 'let', 'printf'])

/** The variables that a builtin sets by words of its own: `export A=b`, `read x`. */
export function declare(words: readonly Filled[], state: State): void {
  const [program, ...rest] = words
  if (program === undefined) return
  if (declaring.has(program.text)) {
    for (const { text, complete } of rest) {
      const cut = text.indexOf('=')
      if (cut > 0) state.scope.own.set(text.slice(0, cut), complete ? { text: text.slice(cut + 1) } : null)
    }
  } else if (reading.has(program.text)) {
    for (const { text } of rest) if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) state.scope.own.set(text, null)
  }
}

/** True when `sudo -D`, `env -C` and their like run the command in another directory than the script's. */
export function runsElsewhere(wrappers: readonly string[]): boolean {
  return wrappers.some((word) => /^(?:-[CDR]|--(?:chdir|chroot)(?:=.*)?)$/.test(word))
}
