/** The words of a command told apart: options with their values, operands. */

import { matchesName } from './names.ts'

/** What stands after a program. */
export interface Words {
  /** As `--name=value`, `-r=file`, `--flag`, in order. */
  readonly options: readonly string[]
  readonly operands: readonly string[]
}

/**
 * Tells the words after a program apart. `valued`: its options that take the next word. Everything after `--` is an
 * operand. An option with one letter may have its value behind it (`-rrequirements.txt`).
 */
export function readWords(words: readonly string[], valued: ReadonlySet<string>): Words {
  const options: string[] = []
  const operands: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '--') {
      for (const operand of words.slice(i + 1)) operands.push(operand)
      break
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      continue
    }
    const next = words[i + 1]
    if (valued.has(word) && next !== undefined) {
      options.push(`${word}=${next}`)
      i++
      continue
    }
    const short = word.slice(0, 2)
    const glued = word.length > 2 && word[1] !== '-' && valued.has(short) && !word.slice(0, 3).endsWith('=')
    options.push(glued ? `${short}=${word.slice(2)}` : word)
  }
  return { options, operands }
}

/** Name and value of an option as {@link readWords} writes it; null: it has none. */
export function optionOf(option: string): { readonly name: string; readonly value: string | null } {
  const equals = option.indexOf('=')
  return equals < 0
    ? { name: option, value: null }
    : { name: option.slice(0, equals), value: option.slice(equals + 1) }
}

/** True when one of the options is `wanted` and not switched off; `wanted` with a `=`: just that value. */
export function hasOption(options: readonly string[], wanted: string): boolean {
  if (wanted.includes('=')) return options.includes(wanted)
  return options.some((option) => {
    const { name, value } = optionOf(option)
    return name === wanted && value !== 'false' && value !== '0'
  })
}

/** The values of these options, in order. */
export function valuesOf(options: readonly string[], names: readonly string[]): readonly string[] {
  const values: string[] = []
  for (const option of options) {
    const { name, value } = optionOf(option)
    if (value !== null && names.includes(name)) values.push(value)
  }
  return values
}

const archive =
  /\.(?:whl|zip|tgz|tar|tar\.gz|tar\.bz2|tar\.xz|deb|rpm|apk|gem|nupkg|[a-z]{2}proj|slnx?|txt)$/i

/** True for an operand that is a path (or may be one, as nobody knows what a variable holds) and not the name of a package. */
export function isPath(operand: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(operand)) return operand.startsWith('file:')
  return (
    /^(?:\.|\/|~|file:|link:|portal:)/.test(operand) ||
    operand.includes('$') ||
    operand.includes('`') ||
    archive.test(operand)
  )
}

/** True when one of the operands matches one of the globs. */
export function hasOperand(operands: readonly string[], patterns: readonly string[]): boolean {
  return operands.some((operand) => patterns.some((pattern) => matchesName(pattern, operand)))
}
