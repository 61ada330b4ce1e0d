import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAutomaton } from '../../src/ignore/automaton.ts'
import { compilePattern, type Pattern } from '../../src/ignore/pattern.ts'
import { createMatches } from '../../src/page/matches.ts'
import { scanTree } from '../scan-tree.ts'
import { treeOf } from './page-tree.ts'

const name = fc
  .array(fc.constantFrom('a', 'b', '.', '-', 'é'), { minLength: 1, maxLength: 7 })
  .map((letters) => letters.join(''))
  .filter((one) => !/^\.+$/.test(one))
const tree = fc
  .array(fc.tuple(fc.constantFrom('', 'a/', 'b/a/', 'a.b/b/'), name), { minLength: 4, maxLength: 20 })
  .map((paths) => Object.fromEntries(paths.map(([dir, own]) => [`x/${dir}${own}.f`, 1])))

/** A star with letters behind it, of which only the end of a name tells, letters alone, of which the first may; and what is neither. */
const pattern = fc
  .tuple(
    fc.constantFrom('', '**/', '*/', '*/**/', '**', 'x/'),
    fc.constantFrom('', '*', '**', '?', '*a*', '[ab]*'),
    fc.array(fc.constantFrom('a', 'b', '.', '-', 'é', '.f', 'a/'), { maxLength: 5 }),
  )
  .map((parts) => parts.flat().join(''))
  .map(compilePattern)
  .filter((one): one is Pattern => one !== null && !('refused' in one))

describe('the rows that a line matches', () => {
  it('are those whose path it matches letter by letter, whatever of their names was read', () => {
    fc.assert(
      fc.property(tree, fc.array(pattern, { minLength: 1, maxLength: 3 }), (files, patterns) => {
        const page = treeOf(scanTree(files))
        const rows = Array.from({ length: page.table.count }, (_, row) => row)
        const expected = patterns.map((one) => {
          const { start, run } = createAutomaton([one])
          return rows.filter((row) => run(start, page.table.path(row)).accepts.length > 0)
        })
        const matches = createMatches(page)
        // By themselves, as a key asks, and all at once, as the first does.
        for (const [index, one] of patterns.entries())
          expect(
            createMatches(page)
              .of([one])
              ?.map((found) => [...found]),
          ).toEqual([expected[index]])
        expect(matches.of(patterns)?.map((found) => [...found])).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})
