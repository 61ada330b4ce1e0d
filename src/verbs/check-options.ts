/** The short forms of `ctxsize check`: budgets and assertions for all builds, without a configuration. */

import type { Budget, Checks, ShipPattern } from '../config/model.ts'
import { patternMistake, readLimit } from '../config/values.ts'
import { fail } from '../lib/errors.ts'
import type { BudgetName } from '../report.ts'
import type { OptionName } from './usage.ts'

const budgets = {
  'max-context': 'context',
  'max-transfer': 'transfer',
  'max-unread': 'unread',
  'max-largest-file': 'largestFile',
  'max-files': 'files',
  'max-cache-loss': 'cacheLoss',
  'max-growth': 'growth',
  'min-context': 'context',
  'min-transfer': 'transfer',
  'min-unread': 'unread',
  'min-largest-file': 'largestFile',
  'min-files': 'files',
} as const satisfies Partial<Record<OptionName, BudgetName>>

/** `given`: all values of an option, in order. Throws USAGE for what is no limit or no pattern. */
export function typedChecks(given: (name: OptionName) => readonly string[]): Checks {
  return {
    // Object.keys forgets the type of the keys, which are all of the table.
    budgets: (Object.keys(budgets) as (keyof typeof budgets)[]).flatMap((option) => {
      const written = given(option).at(-1)
      return written === undefined ? [] : [budgetOf(option, written)]
    }),
    mustShip: patterns('must-ship', given),
    neverShip: patterns('never-ship', given),
    mayLose: patterns('may-lose', given),
  }
}

function budgetOf(option: keyof typeof budgets, written: string): Budget {
  const name = budgets[option]
  const limit = readLimit(name, written)
  if (typeof limit !== 'number') throw fail('USAGE', `--${option}: ${limit.message}`, { hint: limit.hint })
  const bound = option.startsWith('max-') ? 'max' : 'min'
  return { name, path: null, bound, limit, written: written.trim(), at: null }
}

function patterns(
  option: 'must-ship' | 'never-ship' | 'may-lose',
  given: (name: OptionName) => readonly string[],
): readonly ShipPattern[] {
  return given(option).map((pattern) => {
    // An exception may follow what the configuration says.
    const bad = patternMistake(pattern, false)
    if (bad !== null) throw fail('USAGE', `--${option}: ${bad.message}`, { hint: bad.hint })
    return { pattern, at: null }
  })
}
