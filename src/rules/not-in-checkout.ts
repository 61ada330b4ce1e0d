import { addRows, dirKind, fileKind, type Row, rootRow } from '../context/table.ts'
import { groupedCount } from '../lib/amount.ts'
import { parentPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** Whether the image is made of the same files here and where somebody has only checked the sources out. */
export const notInCheckoutFiles: Rule = {
  id: 'not-in-checkout',
  check: (build) => (build.tracked ? findings(build, build.tracked) : []),
}

/** Files that COPY and ADD take and git does not track. */
export interface NotInCheckout {
  readonly files: number
  readonly bytes: number
  /** The parts that hold credentials, then the largest: directories without a tracked file in them (with a final `/`) and files, at most five. */
  readonly largest: readonly string[]
}

const mostParts = 5

/** What the instructions take of the main context that a clean checkout would not have; git's own directory it has. `tracked`: relative to the context's root. */
export function notInCheckout(
  { main, reads, inspected }: Pick<MeasuredBuild, 'main' | 'reads' | 'inspected'>,
  tracked: ReadonlySet<string>,
): NotInCheckout {
  const { table } = main
  const secrets = inspected?.contexts.find(({ name }) => name === null)?.secrets ?? []
  const keys = secrets
    .filter(({ values }) => values.some(({ confidence }) => confidence !== 'low'))
    .map(({ row }) => row)
  const copied = new Uint8Array(table.count)
  for (const { survey, instruction, reads: taken } of reads)
    if (survey === main && !instruction.mount) addRows(copied, taken.rows)
  // A part that nothing copies has nothing to tell, and no need of a path: several builds share one large tree.
  const copiedUpTo = new Int32Array(table.count + 1)
  for (let row = 0; row < table.count; row++)
    copiedUpTo[row + 1] = (copiedUpTo[row] ?? 0) + (copied[row] ?? 0)
  const isCopied = (from: Row, to: Row): boolean => copiedUpTo[from] !== copiedUpTo[to]
  const parents = new Set<string>([''])
  for (const path of tracked)
    for (let at = parentPath(path); at !== '' && !parents.has(at); at = parentPath(at)) parents.add(at)
  let files = 0
  let bytes = 0
  const parts: { readonly name: string; readonly bytes: number; readonly hasKeys: boolean }[] = []
  const sum = (from: Row, to: Row) => {
    let size = 0
    for (let row = from; row < to; row++)
      if (copied[row] === 1 && table.kind[row] === fileKind) {
        files++
        size += table.size[row] ?? 0
      }
    bytes += size
    return size
  }
  const visit = (dir: Row, prefix: string) => {
    const to = dir === rootRow ? table.count : (table.end[dir] ?? 0)
    for (let row = dir + 1; row < to; row = table.end[row] ?? to) {
      if (!isCopied(row, table.end[row] ?? row + 1)) continue
      const path = prefix + table.name(row)
      // Every checkout has one, if not this one.
      if (path === '.git') continue
      const isDirectory = table.kind[row] === dirKind
      if (isDirectory && parents.has(path)) {
        visit(row, `${path}/`)
        continue
      }
      // A submodule is tracked as one; what is in it is known to its own repository.
      if (tracked.has(path)) continue
      const before = files
      const end = table.end[row] ?? row + 1
      const size = sum(row, end)
      const hasKeys = keys.some((key) => key >= row && key < end)
      if (files > before) parts.push({ name: isDirectory ? `${path}/` : path, bytes: size, hasKeys })
    }
  }
  visit(rootRow, '')
  const largest = parts
    .toSorted((a, b) => Number(b.hasKeys) - Number(a.hasKeys) || b.bytes - a.bytes)
    .slice(0, mostParts)
  return { files, bytes, largest: largest.map(({ name }) => name) }
}

function findings(build: MeasuredBuild, tracked: ReadonlySet<string>): readonly Finding[] {
  const { files, bytes, largest } = notInCheckout(build, tracked)
  if (files === 0) return []
  const { target, stages } = build.plan
  // With more than one stage, not all that is copied need be in the end.
  const isOne = stages.filter(({ reachable }) => reachable).length === 1 && target !== null
  const count = files === 1 ? '1 file goes' : `${groupedCount(files)} files go`
  const shown = largest.slice(0, 3).map(visiblePath).join(', ')
  return [
    {
      ...plain,
      rule: 'not-in-checkout',
      severity: 'info',
      message: `${count} into your ${isOne ? 'image' : 'build'} that a clean checkout lacks: ${shown}${largest.length > 3 ? ', …' : ''}`,
      hint: null,
      at: null,
      bytes,
      data: { fails: false, files, bytes, largest: largest.map(wellFormed) },
    },
  ]
}
