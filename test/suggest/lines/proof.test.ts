import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { compilePatterns, createPatternList, type PatternList } from '../../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../../src/ignore/parse.ts'
import type { Survey } from '../../../src/measure/survey.ts'
import { keptUnder, keptWith } from '../../../src/suggest/lines/proof.ts'
import { patterns, plainTree } from '../../laws/arbitrary.ts'
import { scanTree } from '../../scan-tree.ts'

/** A tree that was walked under an ignore file. */
const walked = (tree: MemoryTree, text: string): Survey => scanTree({ ...tree, '.dockerignore': text }).main

const pathsOf = ({ table }: Survey, isOne: (row: number) => boolean): readonly string[] =>
  Array.from({ length: table.count }, (_, row) => row).flatMap((row) => (isOne(row) ? [table.path(row)] : []))

const judgedEach = (main: Survey, list: PatternList): readonly string[] =>
  pathsOf(main, (row) => !list.matched(list.judge(main.table.path(row)).verdict))

/** Lines as an ignore file has them. */
const lines = patterns.filter((all) => parseIgnoreFile(all.join('\n')).problems.length === 0)
const dropping = lines.map((all) => all.filter((line) => !line.startsWith('!')))

describe('what an ignore file would leave of a tree', () => {
  it('is what judging every path comes to, where lines are put into the one that is there', () => {
    let changed = 0
    fc.assert(
      fc.property(plainTree, lines, dropping, fc.nat(5), (tree, old, added, place) => {
        const main = walked(tree, old.join('\n'))
        const text = [...old.slice(0, place), ...added, ...old.slice(place)].join('\n')
        const kept = keptUnder(text, main)
        const expected = judgedEach(main, createPatternList(parseIgnoreFile(text).compiled))
        expect(pathsOf(main, (row) => kept?.[row] === 1)).toEqual(expected)
        if (expected.length < judgedEach(main, main.context.patterns).length) changed++
      }),
      { numRuns: 600 },
    )
    expect(changed).toBeGreaterThan(100)
  })

  it('is what judging every path comes to, where it is another', () => {
    fc.assert(
      fc.property(plainTree, lines, lines, (tree, old, others) => {
        const main = walked(tree, old.join('\n'))
        const text = others.join('\n')
        const kept = keptUnder(text, main)
        const expected = judgedEach(main, createPatternList(parseIgnoreFile(text).compiled))
        expect(pathsOf(main, (row) => kept?.[row] === 1)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('is judged anew where the walk has read the file in another dialect', () => {
    const main = walked({ a: 1, b: 1, c: 1 }, 'a')
    const asWalked = createPatternList(compilePatterns(['b']).patterns, 'podman')
    const kept = keptWith(main.table, compilePatterns(['b', 'c']), asWalked)
    expect(pathsOf(main, (row) => kept[row] === 1)).toEqual(['.dockerignore', 'Dockerfile', 'a'])
  })

  it('is not told where docker refuses the file', () => {
    expect(keptUnder('[', walked({ a: 1 }, ''))).toBeNull()
  })
})
