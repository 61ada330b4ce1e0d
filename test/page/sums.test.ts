import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileKind } from '../../src/context/table.ts'
import { type Categories, categoryOf } from '../../src/page/layout.ts'
import { createCount, weigh } from '../../src/page/sums.ts'
import { scanTree } from '../scan-tree.ts'
import { treeOf } from './page-tree.ts'

// Rows of many blocks and some more, between them directories, a link and a name that comes again.
const files = Object.fromEntries(Array.from({ length: 210 }, (_, i) => [`d${i % 7}/f${i}`, (i * 37) % 1000]))
const { scale, table } = treeOf(
  scanTree({
    ...files,
    'd3/link': { type: 'symlink', target: 'f3' },
    'd5/again': { type: 'hardlink', target: 'd1/f1' },
  }),
)
const { count } = table

/** A value of each row, in runs as long as an ignore file makes them, and in none. */
const values = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(1, 1, 2, 3, 40, 130)), {
    minLength: count,
  })
  .map((runs) =>
    Uint8Array.from(runs.flatMap(([value, length]) => Array<number>(length).fill(value)).slice(0, count)),
  )

const isCounted = (value: number) => value % 3 !== 0

/** The later names of a file that counts, of which the first has the bytes. */
function isLater(row: number, of: Uint8Array): boolean {
  const first = table.firstName.get(row)
  return first !== undefined && first !== row && isCounted(of[first] ?? 0)
}

function plainSum(of: Uint8Array, isOf: (row: number) => boolean) {
  const sum = { files: 0, bytes: 0 }
  for (let row = 0; row < count; row++) {
    if (table.kind[row] !== fileKind || !isCounted(of[row] ?? 0) || !isOf(row)) continue
    sum.files++
    sum.bytes += isLater(row, of) ? 0 : (table.size[row] ?? 0)
  }
  return sum
}

describe('what many rows come to', () => {
  it('is what they come to one by one, whatever stands beside one another', () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.array(fc.integer({ min: 0, max: count }), { minLength: 2, maxLength: 2 }),
        (of, second, ends) => {
          const [from = 0, to = 0] = ends.sort((a, b) => a - b)
          const isWithin = (row: number) => row >= from && row < to
          expect(createCount(scale, of)(isCounted)).toEqual(plainSum(of, () => true))
          const weights = weigh(scale, of, isCounted)
          expect(weights.within(from, to)).toBe(plainSum(of, isWithin).bytes)
          const categories: Categories = {
            of: Uint8Array.from({ length: 4096 }, (_, both) => (both * 7) % 5),
            first: of,
            second,
          }
          const shares = new Float64Array(5)
          weights.share(from, to, categories, shares)
          const expected = Array.from(
            shares,
            (_, category) =>
              plainSum(of, (row) => isWithin(row) && categoryOf(categories, row) === category).bytes,
          )
          expect([...shares]).toEqual(expected)
        },
      ),
      { numRuns: 100 },
    )
  })
})
