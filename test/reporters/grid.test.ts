import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cell, type Column, grids } from '../../src/reporters/screen/grid.ts'
import { plainStyle } from './style.ts'

const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'W', ' ', '/', '.', '-', '→', '█', '▏', '×', '…'),
  maxLength: 30,
})
const cell: fc.Arbitrary<Cell> = fc.oneof(
  text,
  fc.record({ text, tone: fc.constantFrom('dim' as const, 'green' as const) }),
)
const columns: readonly Column[] = [{ align: 'right' }, {}, { flexible: true }, { align: 'right', least: 8 }]

test('a table is set as cli-table3 sets it, whether it is plain or not', () => {
  const rows = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(rows, fc.boolean(), fc.integer({ min: 30, max: 120 }), (plain, color, width) => {
      const style = { ...plainStyle, color, width }
      // A character that is not among the plain ones, in a row of its own: all of a part are set in the same way.
      const odd = [...plain, ['é', '', '', '']]
      const [alone, beside] = grids([plain, odd], columns, style)
      expect(alone).toEqual(beside?.slice(0, -1))
    }),
  )
})
