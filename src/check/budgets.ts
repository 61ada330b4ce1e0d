/** Budgets set against what was measured. */

import { counter } from '../analyse/amounts.ts'
import type { ReportPart } from '../analyse/report.ts'
import { type Budget, budgetUnits } from '../config/model.ts'
import { dirKind } from '../context/table.ts'
import type { Amount, BudgetResult } from '../report.ts'
import type { Selection } from '../resolve/selection.ts'
import { growthFigure } from './compared.ts'
import { type Counted, growers, largestFiles } from './growers.ts'
import type { Figure, Readings } from './readings.ts'

/** Budgets that are about a context and not about one of its builds. */
export const isOfContext = ({ name }: Budget): boolean =>
  name !== 'transfer' && name !== 'cacheLoss' && name !== 'growth'

/** The budgets of a context, shared by the builds of `parts`; `unread` is what none of them reads. */
export function contextBudgets(
  parts: readonly ReportPart[],
  budgets: readonly Budget[],
  readings: Readings,
): readonly BudgetResult[] {
  const [lead] = parts
  if (!lead) return []
  const { taken, main } = lead.measured
  const { table } = main
  const all = (rows: Selection): Counted => ({ table, rows, from: 0, to: table.count })
  return budgets.map((budget) => held(budget, figureOf(budget), readings, lead))

  function figureOf({ name, path }: Budget): Figure {
    switch (name) {
      case 'unread': {
        const unread = taken.map((one, row) =>
          one === 1 && parts.every(({ measured }) => measured.read[row] !== 1) ? 1 : 0,
        )
        return amountFigure(all(unread), 'bytes')
      }
      case 'largestFile': {
        const files = largestFiles(all(taken), null)
        const [largest] = files
        return {
          actual: largest?.bytes ?? 0,
          ...(largest ? { note: largest.path } : {}),
          parts: (committed) => largestFiles(all(taken), committed),
        }
      }
      case 'directories': {
        const row = path === null ? null : table.find(path)
        const isThere = row !== null && table.kind[row] === dirKind
        if (!isThere) return { actual: 0, note: 'there is no such directory' }
        return amountFigure({ table, rows: taken, from: row + 1, to: table.end[row] ?? row + 1 }, 'bytes')
      }
      default:
        return amountFigure(all(taken), name === 'files' ? 'files' : 'bytes')
    }
  }
}

/** The budgets of one build: what BuildKit asks for, by how much that grew, and how often it installs anew. */
export function buildBudgets(
  part: ReportPart,
  budgets: readonly Budget[],
  readings: Readings,
): readonly BudgetResult[] {
  const { buildkit } = part.measured
  const { table, sent } = buildkit
  const compared = readings.compared?.(part) ?? null
  return budgets.flatMap((budget) => {
    // Where nothing is compared, nothing is known to have grown.
    if (budget.name === 'growth' && compared === null) return []
    const figure =
      budget.name === 'transfer'
        ? amountFigure({ table, rows: sent, from: 0, to: table.count }, 'bytes')
        : budget.name === 'growth' && compared !== null
          ? growthFigure(compared)
          : lossFigure(part, readings)
    return [held(budget, figure, readings, part)]
  })
}

function amountFigure(counted: Counted, by: keyof Amount): Figure {
  const { table, rows, from, to } = counted
  return {
    actual: counter(table, rows)(from, to)[by],
    parts: (committed) => growers(counted, by, committed),
  }
}

function lossFigure(part: ReportPart, { installLosses }: Readings): Figure {
  const losses = installLosses(part)
  if ('unavailable' in losses)
    return {
      actual: null,
      unavailable: losses.hint === null ? losses.unavailable : `${losses.unavailable}: ${losses.hint}`,
    }
  const { commits, isAtLeast, compared, step } = losses
  const note = step === null ? 'nothing is installed' : `${step}, in ${compared} commits`
  return { actual: commits, isAtLeast, note }
}

/** What is known to be a part may exceed the most, and reach the least; the other way round nothing is known. */
function held(budget: Budget, figure: Figure, readings: Readings, part: ReportPart): BudgetResult {
  const { name, path, bound, limit, written, at } = budget
  const { actual, note = null } = figure
  const over = actual === null ? 0 : Math.max(0, bound === 'max' ? actual - limit : limit - actual)
  const isOpen = figure.isAtLeast === true && (bound === 'max' ? over === 0 : over > 0)
  const unavailable = isOpen
    ? 'the clone is shallow and does not hold enough commits: fetch-depth: 0'
    : (figure.unavailable ?? null)
  const isTold = unavailable === null
  return {
    name,
    path,
    unit: budgetUnits[name],
    bound,
    limit,
    written,
    actual: isTold ? actual : null,
    over: isTold ? over : 0,
    ok: isTold && over === 0,
    unavailable,
    at,
    note,
    parts: isTold && over > 0 && bound === 'max' ? (figure.parts?.(readings.committed(part)) ?? []) : [],
  }
}
