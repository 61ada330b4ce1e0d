/** The combinations of a job's matrix, where they are written down. */

import { itemsOf, textOf, type YamlNode } from './yaml-tree.ts'

/** More combinations than this are not told apart. */
const mostCombinations = 64

type Combination = ReadonlyMap<string, string>

/**
 * What `matrix.…` may stand for: one map a combination, keys as in expressions (`matrix.app`, `matrix.image.file`).
 * Null when it is made at run time (`fromJSON`) or has too many; one empty map when there is no matrix. `include` and
 * `exclude` as in https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix.
 */
export function matrixCombinations(matrix: YamlNode | null): readonly Combination[] | null {
  if (matrix === null) return [new Map()]
  if (matrix.kind !== 'map') return null
  let all: readonly Combination[] = [new Map()]
  for (const [key, values] of matrix.entries) {
    if (key === 'include' || key === 'exclude') continue
    if (values.kind !== 'list') return null
    const next: Combination[] = []
    for (const combination of all)
      for (const value of values.items) {
        if (next.length >= mostCombinations) return null
        next.push(new Map([...combination, ...flat(`matrix.${key}`, value)]))
      }
    all = next
  }
  const plain = all.length === 1 && all[0]?.size === 0
  const excluded = entries(matrix, 'exclude')
  const included = entries(matrix, 'include')
  if (excluded === null || included === null) return null
  const kept = plain ? [] : all.filter((one) => !excluded.some((other) => within(other, one)))
  const original = kept.map((one) => ({ own: one, all: new Map(one) }))
  const added: Combination[] = []
  for (const entry of included) {
    const fits = original.filter(({ own }) =>
      [...entry].every(([key, value]) => !own.has(key) || own.get(key) === value),
    )
    if (fits.length === 0) added.push(entry)
    for (const { all: combination } of fits) for (const [key, value] of entry) combination.set(key, value)
  }
  const result = [...original.map(({ all: combination }) => combination), ...added]
  return result.length > mostCombinations ? null : result
}

function entries(matrix: YamlNode, key: string): readonly Combination[] | null {
  const list = matrix.kind === 'map' ? (matrix.entries.get(key) ?? null) : null
  if (list !== null && list.kind !== 'list') return null
  const all: Combination[] = []
  for (const entry of itemsOf(list).slice(0, mostCombinations)) {
    if (entry.kind !== 'map') return null
    all.push(new Map([...entry.entries].flatMap(([name, value]) => flat(`matrix.${name}`, value))))
  }
  return all
}

const within = (part: Combination, whole: Combination) =>
  [...part].every(([key, value]) => whole.get(key) === value)

function flat(name: string, value: YamlNode): (readonly [string, string])[] {
  const text = textOf(value)
  if (text !== null) return [[name, text]]
  if (value.kind !== 'map') return []
  return [...value.entries].flatMap(([key, inner]) => flat(`${name}.${key}`, inner))
}
