/** What is checked against a base: by how much a build grew, and what its image had and would now miss. */

import type { ShipPattern } from '../config/model.ts'
import { createPatternList } from '../ignore/matcher.ts'
import { parseIgnoreFile } from '../ignore/parse.ts'
import { parentPath, wellFormed } from '../lib/path.ts'
import type { DiffTarget, LeftEntry } from '../report/diff.ts'
import type { AssertionPath, AssertionResult, BudgetPart } from '../report.ts'
import type { Compared, Figure } from './readings.ts'

const mostParts = 5
const mostPaths = 20

/** What BuildKit asks for more than at the base, of what git tracks; 0 for what became less. */
export function growthFigure({ base, target }: Compared): Figure {
  const { state, because, transfer } = target
  if (state === 'unclear') return { actual: null, unavailable: because ?? 'it cannot be compared' }
  if (state === 'added') return { actual: 0, note: `${wellFormed(base)} has no such build` }
  const bytes = transfer.after.bytes - transfer.before.bytes
  return {
    actual: Math.max(0, bytes),
    parts: () => growing(target),
  }
}

interface Grown {
  readonly path: string
  readonly files: number
  readonly bytes: number
}

/** What entered or grew, file by file where there are few, else by directory; the largest first. */
function growing({ entered, resized }: DiffTarget): readonly BudgetPart[] {
  const named = (one: { readonly context: string | null; readonly path: string }) =>
    one.context === null ? one.path : `${one.context}:${one.path}`
  const files: readonly Grown[] = [
    ...(entered ?? []).map((one) => ({ path: named(one), files: 1, bytes: one.bytes })),
    ...(resized ?? []).flatMap((one) =>
      one.after > one.before ? [{ path: named(one), files: 1, bytes: one.after - one.before }] : [],
    ),
  ]
  const isFew = files.length <= mostParts
  const parts = new Map<string, Grown>()
  for (const one of files) {
    const path = isFew ? one.path : parentPath(one.path) || one.path
    const known = parts.get(path) ?? { path, files: 0, bytes: 0 }
    parts.set(path, { path, files: known.files + 1, bytes: known.bytes + one.bytes })
  }
  return [...parts.values()]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, mostParts)
    .map((part) => ({ ...part, newFiles: null, type: isFew || !part.path.includes('/') ? 'file' : 'dir' }))
}

/** One result where a build is compared; what `allowed` matches may go. A side that cannot be read is told by the growth, or as a problem. */
export function stillShips(
  compared: Compared | null,
  allowed: readonly ShipPattern[],
): readonly AssertionResult[] {
  if (compared === null || compared.target.left === null) return []
  const { base, target, notes } = compared
  const list = createPatternList(
    parseIgnoreFile(allowed.map(({ pattern }) => pattern).join('\n'), '').compiled,
  )
  const isAllowed = ({ path, context }: LeftEntry) =>
    context === null && list.matched(list.judge(path).verdict)
  const lost = (target.left ?? []).filter((one) => one.lost && !isAllowed(one))
  return [
    {
      assertion: 'stillShips',
      pattern: wellFormed(base),
      ok: lost.length === 0,
      kept: target.transfer.after,
      broken: { files: lost.length, bytes: lost.reduce((sum, { bytes }) => sum + bytes, 0) },
      paths: lost.slice(0, mostPaths).map(lostPath),
      at: null,
      note: notes.length === 0 ? null : notes.join('; '),
    },
  ]
}

function lostPath({ context, path, pathBase64, bytes, reason, at, text }: LeftEntry): AssertionPath {
  const isIgnored = reason === 'ignored'
  return {
    path: context === null ? path : `${context}:${path}`,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    bytes,
    because: isIgnored ? 'ignored' : 'unread',
    pruned: false,
    decidedBy: isIgnored && at !== null ? { ...at, pattern: text ?? '', negated: false } : null,
    reads: [],
    reach: null,
  }
}
