/** Limits and patterns as people write them, the same in a configuration and on the command line. */

import { parseIgnoreFile } from '../ignore/parse.ts'
import { parseSize } from '../lib/amount.ts'
import type { BudgetName } from '../report.ts'
import { budgetUnits } from './model.ts'

/** What is wrong with a value, and what to write. */
export interface BadValue {
  readonly message: string
  /** '' where the message says it. */
  readonly hint: string
}

const longest = 60
/** Long texts of a user are told by how they begin. */
export const cut = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest)}…`)

/** The number that a limit stands for in its unit: bytes, files or commits. */
export function readLimit(name: BudgetName, written: string): number | BadValue {
  const shown = JSON.stringify(cut(written))
  const unit = budgetUnits[name]
  if (unit === 'bytes')
    return (
      parseSize(written) ?? { message: `${shown} is no size`, hint: 'write 50MB, 50MiB or a number of bytes' }
    )
  const count = Number(written)
  return /^\d+$/.test(written) && Number.isSafeInteger(count)
    ? count
    : { message: `${shown} is no number of ${unit}`, hint: 'write a whole number' }
}

/** What keeps a text from being a line of a list that `isFirst` or follows others; null when it is one. */
export function patternMistake(text: string, isFirst: boolean): BadValue | null {
  const shown = JSON.stringify(cut(text))
  const { lines, problems } = parseIgnoreFile(text)
  const [problem] = problems
  if (problem) return { message: problem.message, hint: 'escape or mend the bracket' }
  const [line, second] = lines
  if (line === undefined || second !== undefined)
    return { message: `${shown} is no pattern`, hint: 'one pattern an element, as in a .dockerignore' }
  return isFirst && line.pattern.startsWith('!')
    ? { message: `${shown} is an exception, and nothing stands before it`, hint: 'begin with a pattern' }
    : null
}
