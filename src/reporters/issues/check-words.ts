/** Budgets and assertions in words: what stands how far from its limit, and what breaks a rule about files. */

import { humanSize, type Units } from '../../lib/amount.ts'
import { unreachable } from '../../lib/errors.ts'
import { visiblePath } from '../../lib/path.ts'
import type { AssertionPath, AssertionResult, BudgetResult } from '../../report.ts'
import { counted, placeText } from '../screen/words.ts'

const subjects = {
  context: 'context',
  transfer: 'transfer',
  unread: 'unread',
  largestFile: 'largest file',
  files: 'files',
  cacheLoss: 'cache losses',
  growth: 'growth',
} as const

/** `context`, `largest file`, `directory src/assets/`. */
export function budgetSubject({ name, path }: BudgetResult): string {
  return name === 'directories' ? `directory ${visiblePath(path ?? '').replace(/\/?$/, '/')}` : subjects[name]
}

/** `context: 8.12MB, 120kB over the limit of 8MB`; in the units of who wrote the limit. */
export function budgetText(budget: BudgetResult): string {
  const { actual, over, bound, ok, written, unavailable } = budget
  const subject = budgetSubject(budget)
  if (actual === null) return `${subject} cannot be told: ${visiblePath(unavailable ?? 'nobody says why')}`
  const limit = `the ${bound === 'max' ? 'limit' : 'minimum'} of ${visiblePath(written)}`
  const is = `${subject}: ${budgetAmount(budget, actual)}`
  if (ok) return `${is}, within ${limit}`
  return `${is}, ${budgetAmount(budget, over)} ${bound === 'max' ? 'over' : 'under'} ${limit}`
}

/** `8.12MB`, `42 files`, `31 commits`. */
function budgetAmount({ unit, written }: BudgetResult, amount: number): string {
  if (unit === 'bytes') return humanSize(amount, unitsOf(written))
  return counted(amount, unit === 'files' ? 'file' : 'commit')
}

const unitsOf = (written: string): Units => (/\dB?\s*[kmgtpe]ib?/i.test(written) ? 'binary' : 'decimal')

/** `largest: src/ 8.10MB (2 new files), config/ 10.0kB`: who grew it; null where nothing is known of that. */
export function budgetParts({ parts, written }: BudgetResult): string | null {
  if (parts.length === 0) return null
  const texts = parts.map(({ path, type, bytes, newFiles }) => {
    const name = `${visiblePath(path)}${type === 'dir' && !path.endsWith('/') ? '/' : ''}`
    const fresh = newFiles === null || newFiles === 0 ? '' : ` (${counted(newFiles, 'new file')})`
    return `${name} ${humanSize(bytes, unitsOf(written))}${fresh}`
  })
  return `largest: ${texts.join(', ')}`
}

const demands = {
  mustShip: 'must ship',
  neverShip: 'must not ship',
  stillShips: 'must still ship what it had at',
} as const

/** `must ship: target/*.jar`. */
export function assertionSubject({ assertion, pattern }: AssertionResult): string {
  return `${demands[assertion]}: ${visiblePath(pattern)}`
}

/** `must ship: target/*.jar: target/app.jar is ignored by .dockerignore:2 \`*.jar\`, and 3 more`. */
export function assertionText(result: AssertionResult): string {
  const subject = assertionSubject(result)
  if (result.ok) return `${subject}: ${counted(result.kept.files, 'file')}`
  const [first, ...others] = result.paths
  if (first === undefined) return `${subject}: ${counted(result.broken.files, 'file')} break it`
  const rest = Math.max(others.length, result.broken.files - 1)
  return `${subject}: ${brokenPath(first)}${rest > 0 ? `, and ${counted(rest, 'more', 'more')}` : ''}`
}

/** `target/app.jar is ignored by .dockerignore:2`. */
function brokenPath({ path, because, pruned, decidedBy, reads, reach }: AssertionPath): string {
  const name = visiblePath(path)
  switch (because) {
    case 'absent':
      return `nothing is there for ${name}`
    case 'unread':
      return `no instruction reads ${name}`
    case 'ignored': {
      const line =
        decidedBy === null ? '' : ` by ${placeText(decidedBy)} \`${visiblePath(decidedBy.pattern)}\``
      return `${name}${pruned ? ', with all that is in it,' : ''} is ignored${line}`
    }
    case 'ships': {
      const [by] = reads
      const copied = by === undefined ? '' : ` (${visiblePath(by.text)}, line ${by.line})`
      return `${name} ${reaches[reach ?? 'image']}${copied}`
    }
    default:
      return unreachable(because)
  }
}

const reaches = {
  image: 'is in the image',
  maybe: 'may be in the image',
  deleted: 'is in a layer of the image',
  cache: 'is in the build cache',
  lent: 'is shown to a RUN',
} as const
