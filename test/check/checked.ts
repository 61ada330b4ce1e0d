/** A build over a tree in memory, checked, for tests: the context is /ctx. */

import { checkedReport } from '../../src/check/check.ts'
import { matchBelow } from '../../src/check/look.ts'
import type { Readings } from '../../src/check/readings.ts'
import type { Checks } from '../../src/config/model.ts'
import { readConfig } from '../../src/config/read.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { AssertionResult, BudgetResult, Report } from '../../src/report.ts'
import { type ScanOptions, scan } from '../../src/scan.ts'
import { contextHost, plainBuild } from '../scan-tree.ts'

export interface Circumstances {
  readonly options?: Partial<ScanOptions>
  readonly readings?: Partial<Readings>
  /** The configuration, as its text. */
  readonly says: string
}

/** The report of `ctxsize check` with a configuration. */
export function checked(tree: MemoryTree, { options = {}, readings = {}, says }: Circumstances): Report {
  const read = readConfig({
    text: says,
    file: 'ctxsize.config.yaml',
    under: null,
    rules: ['secret-ships', 'copy-source', 'dockerignore-no-effect'],
  })
  if (read.kind === 'wrong') throw new Error(read.mistakes[0].message)
  const { checks, rules, failOn } = read.config
  const host = contextHost(tree)
  const { part } = scan(host, { ...plainBuild, ...options })
  return checkedReport([part], {
    checksOf: (): Checks => checks,
    rules,
    failOn: failOn ?? 'error',
    problems: [],
    readings: {
      committed: () => null,
      installLosses: () => ({ commits: 0, isAtLeast: false, compared: 0, step: null }),
      matchBelow: (...asked) => matchBelow(host, ...asked),
      ...readings,
    },
  })
}

export const budgetsOf = ({ contexts }: Report): readonly BudgetResult[] =>
  contexts.flatMap(({ budgets = [], targets }) => [
    ...budgets,
    ...targets.flatMap((one) => one.budgets ?? []),
  ])

export const assertionsOf = ({ contexts }: Report): readonly AssertionResult[] =>
  contexts.flatMap(({ targets }) => targets.flatMap(({ assertions = [] }) => assertions))

/** `context 100 of 50: 50 over`, `files 3 of 9`. */
export const told = ({ name, path, actual, written, over, ok, bound }: BudgetResult): string =>
  `${path ?? name} ${actual} of ${bound === 'min' ? 'at least ' : ''}${written}${ok ? '' : `: ${over} ${bound === 'max' ? 'over' : 'short'}`}`
