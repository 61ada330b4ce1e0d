import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { compilePatterns, createPatternList, type PatternList } from '../../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../../src/ignore/parse.ts'
import type { Scan } from '../../../src/scan.ts'
import { keptUnder, keptWith } from '../../../src/suggest/lines/proof.ts'
import { patterns, plainTree } from '../../laws/arbitrary.ts'
import { scanTree } from '../../scan-tree.ts'

/** A tree that was walked under an ignore file. */
const walked = (tree: MemoryTree, text: string): Scan => scanTree({ ...tree, '.dockerignore': text })

const pathsOf = ({ main: { table } }: Scan, isOne: (row: number) => boolean): readonly string[] =>
  Array.from({ length: table.count }, (_, row) => row).flatMap((row) => (isOne(row) ? [table.path(row)] : []))

const judgedEach = (scan: Scan, list: PatternList): readonly string[] =>
  pathsOf(scan, (row) => !list.matched(list.judge(scan.main.table.path(row)).verdict))

/** Lines as an ignore file has them. */
const lines = patterns.filter((all) => parseIgnoreFile(all.join('\n')).problems.length === 0)
const dropping = lines.map((all) => all.filter((line) => !line.startsWith('!')))

describe('what an ignore file would leave of a tree', () => {
  it('is what judging every path comes to, where lines are put into the one that is there', () => {
    let changed = 0
    fc.assert(
      fc.property(plainTree, lines, dropping, fc.nat(5), (tree, old, added, place) => {
        const scan = walked(tree, old.join('\n'))
        const text = [...old.slice(0, place), ...added, ...old.slice(place)].join('\n')
        const kept = keptUnder(text, scan)
        const expected = judgedEach(scan, createPatternList(parseIgnoreFile(text).compiled))
        expect(pathsOf(scan, (row) => kept?.[row] === 1)).toEqual(expected)
        if (expected.length < judgedEach(scan, scan.main.context.patterns).length) changed++
      }),
      { numRuns: 400 },
    )
    expect(changed).toBeGreaterThan(60)
  })

  it('is what judging every path comes to, where it is another', () => {
    fc.assert(
      fc.property(plainTree, lines, lines, (tree, old, others) => {
        const scan = walked(tree, old.join('\n'))
        const text = others.join('\n')
        const kept = keptUnder(text, scan)
        const expected = judgedEach(scan, createPatternList(parseIgnoreFile(text).compiled))
        expect(pathsOf(scan, (row) => kept?.[row] === 1)).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('is judged anew where the walk has read the file in another dialect', () => {
    const scan = walked({ a: 1, b: 1, c: 1 }, 'a')
    const patterns = createPatternList(compilePatterns(['b']).patterns, 'podman')
    const main = { ...scan.main, context: { ...scan.main.context, patterns } }
    const kept = keptWith(compilePatterns(['b', 'c']), { ...scan, main })
    expect(pathsOf(scan, (row) => kept[row] === 1)).toEqual(['.dockerignore', 'Dockerfile', 'a'])
  })

  it('is not told where docker refuses the file', () => {
    expect(keptUnder('[', walked({ a: 1 }, ''))).toBeNull()
  })
})
