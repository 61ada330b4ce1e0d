import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeRules } from '../../../src/context/rules.ts'
import { flag } from '../../../src/context/table.ts'
import { walkContext } from '../../../src/context/walk.ts'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { createPatternList, type Dialect, type PatternList } from '../../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../../src/ignore/parse.ts'
import { keptUnder } from '../../../src/suggest/lines/proof.ts'
import { patterns, plainTree } from '../../laws/arbitrary.ts'
import { contextHost } from '../../scan-tree.ts'

type KeptContext = Parameters<typeof keptUnder>[1]

const listOf = (text: string, dialect: Dialect = 'docker'): PatternList =>
  createPatternList(parseIgnoreFile(text).compiled, dialect)

/** A tree that was walked under an ignore file. */
function walked(tree: MemoryTree, ignore: PatternList): KeptContext {
  const rules = makeRules({ ignore, classic: null, includes: null })
  const options = { root: '/ctx', rules, measureIgnored: false, progress: null }
  const { table } = walkContext(contextHost(tree), options)
  const kept = table.flags.map((bits) => (bits & flag.ignored) ^ 1)
  return { main: { table, context: { patterns: ignore } }, kept }
}

const pathsOf = ({ main: { table } }: KeptContext, isOne: (row: number) => boolean): readonly string[] =>
  Array.from({ length: table.count }, (_, row) => row).flatMap((row) => (isOne(row) ? [table.path(row)] : []))

const judgedEach = (context: KeptContext, list: PatternList): readonly string[] =>
  pathsOf(context, (row) => !list.matched(list.judge(context.main.table.path(row)).verdict))

/** Lines as an ignore file has them. */
const lines = patterns.filter((all) => parseIgnoreFile(all.join('\n')).problems.length === 0)
const dropping = lines.map((all) => all.filter((line) => !line.startsWith('!')))

describe('what an ignore file would leave of a tree', { timeout: 60_000 }, () => {
  it('is what judging every path comes to, where lines are put into the one that is there', () => {
    let changed = 0
    fc.assert(
      fc.property(plainTree, lines, dropping, fc.nat(5), (tree, old, added, place) => {
        const context = walked(tree, listOf(old.join('\n')))
        const text = [...old.slice(0, place), ...added, ...old.slice(place)].join('\n')
        const kept = keptUnder(text, context)
        const expected = judgedEach(context, listOf(text))
        expect(pathsOf(context, (row) => kept?.[row] === 1)).toEqual(expected)
        if (expected.length < judgedEach(context, context.main.context.patterns).length) changed++
      }),
      { numRuns: 500 },
    )
    expect(changed).toBeGreaterThan(80)
  })

  it('is what judging every path comes to, where it is another', () => {
    fc.assert(
      fc.property(plainTree, lines, lines, (tree, old, others) => {
        const context = walked(tree, listOf(old.join('\n')))
        const text = others.join('\n')
        const kept = keptUnder(text, context)
        expect(pathsOf(context, (row) => kept?.[row] === 1)).toEqual(judgedEach(context, listOf(text)))
      }),
      { numRuns: 250 },
    )
  })

  it('is judged anew where the walk has read the file in another dialect', () => {
    const { main, kept } = walked({ 'a/b': 1, 'a/c': 1, d: 1 }, listOf('a\n!a/b', 'podman'))
    const asWalked = { main, kept: kept.map(() => 0) }
    const left = keptUnder('a\n!a/b\nd', asWalked)
    expect(pathsOf(asWalked, (row) => left?.[row] === 1)).toEqual(['a/b'])
  })

  it('is not told where docker refuses the file', () => {
    expect(keptUnder('[', walked({ a: 1 }, listOf('')))).toBeNull()
  })
})
