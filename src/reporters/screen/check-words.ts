/** Budgets and assertions in words, for the screen and for the formats that list what is broken. */

import { groupedCount, humanSize, type Units } from '../../lib/amount.ts'
import { unreachable } from '../../lib/errors.ts'
import { visiblePath } from '../../lib/path.ts'
import type { AssertionPath, AssertionResult, BudgetResult } from '../../report.ts'
import { counted, placeText } from './words.ts'

/** As the configuration calls it; of a directory its path. */
export const budgetName = ({ name, path }: Pick<BudgetResult, 'name' | 'path'>): string =>
  path === null ? name : `${visiblePath(path)}/`

/** A number of the budget's unit, as the limit is written: `50MiB` asks for binary units, a bare number for bytes. */
export function budgetNumber({ unit, written }: BudgetResult, amount: number): string {
  if (unit !== 'bytes') return groupedCount(amount)
  if (/^\d+$/.test(written)) return `${groupedCount(amount)} bytes`
  const units: Units = /i/i.test(written) ? 'binary' : 'decimal'
  return humanSize(amount, units)
}

/** The same with its noun: `8.12MB`, `42 files`, `31 commits`. */
export function budgetAmount(budget: BudgetResult, amount: number): string {
  const noun = budget.unit === 'files' ? ' files' : budget.unit === 'commits' ? ' commits' : ''
  return `${budgetNumber(budget, amount)}${noun}`
}

/** `context: 8.12MB, 120kB over the limit of 8MB`. */
export function budgetText(budget: BudgetResult): string {
  const { actual, over, bound, ok, written, unavailable } = budget
  const name = budgetName(budget)
  if (actual === null) return `${name}: cannot be told: ${visiblePath(unavailable ?? '')}`
  const limit = `the ${bound === 'max' ? 'limit' : 'minimum'} of ${visiblePath(written)}`
  const is = `${name}: ${budgetAmount(budget, actual)}`
  if (ok) return `${is}, within ${limit}`
  return `${is}, ${budgetNumber(budget, over)} ${bound === 'max' ? 'over' : 'short of'} ${limit}`
}

/** `largest: src/ 8.10MB (2 not in the last commit), config/ 10.0kB`: who grew it, and what else to know; null for nothing. */
export function budgetDetail(budget: BudgetResult): string | null {
  const parts = budget.parts.map(({ path, type, files, bytes, newFiles }) => {
    const name = `${visiblePath(path)}${type === 'dir' ? '/' : ''}`
    const amount = budget.unit === 'files' ? counted(files, 'file') : budgetNumber(budget, bytes)
    const fresh =
      newFiles === null || newFiles === 0 ? '' : ` (${groupedCount(newFiles)} not in the last commit)`
    return `${name} ${amount}${fresh}`
  })
  const texts = [
    ...(parts.length === 0 ? [] : [`largest: ${parts.join(', ')}`]),
    ...(budget.note === null ? [] : [visiblePath(budget.note)]),
  ]
  return texts.length === 0 ? null : texts.join('; ')
}

const verbs = {
  mustShip: 'must ship',
  neverShip: 'must never ship',
  stillShips: 'had files that must still ship',
} as const

/** `target/*.jar must ship`. */
export const assertionName = ({
  assertion,
  pattern,
}: Pick<AssertionResult, 'assertion' | 'pattern'>): string => `${visiblePath(pattern)} ${verbs[assertion]}`

/** `target/*.jar must ship: target/app.jar is dropped by .dockerignore:2 \`*.jar\`, and 3 more`. */
export function assertionText(result: AssertionResult): string {
  const name = assertionName(result)
  if (result.ok) return `${name}: ${counted(result.kept.files, 'file')}`
  const [first] = result.paths
  const count = Math.max(result.broken.files, result.paths.length)
  if (first === undefined) return `${name}: ${counted(count, 'file')} break it`
  return `${name}: ${brokenPath(first)}${count > 1 ? `, and ${groupedCount(count - 1)} more` : ''}`
}

const reaches = {
  image: 'is in the image',
  maybe: 'may be in the image',
  deleted: 'is in a layer of the image',
  cache: 'is in the build cache',
  lent: 'is shown to a RUN',
} as const

/** What becomes of a path that breaks an assertion: `target/app.jar is dropped by .dockerignore:2`. */
export function brokenPath({ path, because, pruned, decidedBy, reads, reach }: AssertionPath): string {
  const shown = `${visiblePath(path)}${pruned ? '/' : ''}`
  switch (because) {
    case 'absent':
      return 'no file matches it'
    case 'ignored':
      return decidedBy === null
        ? `${shown} is not sent`
        : `${shown} is dropped by ${placeText(decidedBy)} \`${visiblePath(decidedBy.pattern)}\``
    case 'unread':
      return `${shown} is in the context, and no instruction of this build reads it`
    case 'ships': {
      const [first] = reads
      const by = first === undefined ? '' : `: ${visiblePath(first.text)} (line ${first.line})`
      return `${shown} ${reaches[reach ?? 'maybe']}${by}`
    }
    default:
      return unreachable(because)
  }
}
