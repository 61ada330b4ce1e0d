/** Budgets as people write them: a size or a count, the same in a configuration and on the command line. */

import { parseSize } from '../lib/amount.ts'
import type { BudgetName } from '../report.ts'
import { budgetUnits } from './model.ts'

/** What is wrong with a limit, and what to write. */
export interface BadLimit {
  readonly message: string
  readonly hint: string
}

/** The number that a limit stands for in its unit: bytes, files or commits. */
export function readLimit(name: BudgetName, written: string): number | BadLimit {
  const shown = JSON.stringify(written)
  if (budgetUnits[name] === 'bytes') {
    const bytes = parseSize(written)
    return bytes ?? { message: `${shown} is no size`, hint: 'write 50MB, 50MiB or a number of bytes' }
  }
  const unit = budgetUnits[name]
  const count = Number(written)
  return /^\d+$/.test(written) && Number.isSafeInteger(count)
    ? count
    : { message: `${shown} is no number of ${unit}`, hint: 'write a whole number' }
}
