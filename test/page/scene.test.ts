import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dirKind, fileKind, type Row, rootRow } from '../../src/context/table.ts'
import { type Outcome, standing } from '../../src/page/outcome.ts'
import { proveChange } from '../../src/page/proof.ts'
import { addShares, categoryAt, createStage, everything, type Scene } from '../../src/page/scene.ts'
import { patterns, tree } from '../laws/arbitrary.ts'
import { scanTree } from '../scan-tree.ts'
import { pageOf } from './page-tree.ts'

const usual = {
  context: 0,
  target: 0,
  place: everything,
  selected: null,
  query: '',
} as const

const stands = (outcome: Outcome, row: Row, bit: number) => ((outcome.standing[row] ?? 0) & bit) !== 0

/** What the files of a range amount to that are chosen, row by row; of all chosen rows the first name of a file has its bytes. */
function amountOf(
  { tree: { table } }: Scene,
  [from, to]: readonly [Row, Row],
  isChosen: (row: Row) => boolean,
) {
  const named = new Set<Row>()
  let [files, bytes] = [0, 0]
  for (let row = 0; row < table.count; row++) {
    if (table.kind[row] !== fileKind || !isChosen(row)) continue
    const first = table.firstName.get(row)
    const isLater = first !== undefined && named.has(first)
    if (first !== undefined) named.add(first)
    if (row < from || row >= to) continue
    files++
    bytes += isLater ? 0 : (table.size[row] ?? 0)
  }
  return { files, bytes }
}

/** All that follows from what is tried. */
function told(scene: Scene) {
  const { now, weights, tree: page, refusals } = scene
  const rows = Array.from({ length: page.table.count }, (_, row) => row)
  return {
    refusals,
    standing: [...now.standing],
    flags: [...now.table.flags],
    verdicts: [...now.verdicts()],
    reads: now.reads.map((one) => one && [[...one.rows], one.failure]),
    amounts: now.amounts,
    unknown: now.unknown,
    proof: proveChange(page, scene.before, now),
    weights: rows.map((row) => [weights.bytes(row), weights.files(row)]),
    categories: rows.map((row) => categoryAt(scene, row)),
  }
}

describe('a scene', () => {
  it('weighs every row by its files one by one, and has a category for each', () => {
    fc.assert(
      fc.property(
        tree,
        patterns,
        fc.constantFrom('context', 'transfer', 'disk'),
        fc.constantFrom('answer', 'state', 'instruction', 'kind'),
        (files, lines, mode, colouring) => {
          const dockerfile = 'FROM scratch\nCOPY a /a\nCOPY b/* /b/\n'
          const hardlinks = { 'd/a': 5, 'e/b': { type: 'hardlink', target: 'd/a' } } as const
          const data = pageOf(scanTree({ ...files, ...hardlinks, Dockerfile: dockerfile }))
          const scene = createStage(data).show({ ...usual, mode, colouring, text: `${lines.join('\n')}\n` })
          const { table } = scene.tree
          const bit = { context: standing.taken, transfer: standing.sent, disk: null }[mode]
          const isChosen = (row: Row) => bit === null || stands(scene.now, row, bit)
          for (let row: Row = rootRow; row < table.count; row++) {
            const range =
              row === rootRow ? ([0, table.count] as const) : ([row, table.end[row] ?? 0] as const)
            const { files: count, bytes } = amountOf(scene, range, isChosen)
            expect([scene.weights.files(row), scene.weights.bytes(row)]).toEqual([count, bytes])
            const shares = new Float64Array(scene.categories.length)
            addShares(scene, { from: range[0], to: range[1] }, shares)
            const expected = scene.categories.map((_, category) => {
              const isOf = (one: Row) =>
                one >= range[0] && one < range[1] && categoryAt(scene, one) === category
              let sum = 0
              for (let one = range[0]; one < range[1]; one++)
                if (table.kind[one] !== dirKind && isOf(one)) sum += scene.weights.bytes(one)
              return sum
            })
            expect([...shares]).toEqual(expected)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is the same after any keys as if its lines had been there from the start', () => {
    const key = fc.oneof(
      fc.constantFrom('a', 'b', '*', '/', '!', '.', '\n', '**/', '*.log\n', 'a/b\n', '<', '<', '<<<', '^'),
      patterns.map((lines) => `${lines.join('\n')}\n`),
    )
    fc.assert(
      fc.property(tree, patterns, fc.array(key, { minLength: 1, maxLength: 12 }), (files, lines, keys) => {
        const dockerfile = 'FROM scratch AS x\nCOPY a* /a/\nFROM x\nCOPY b /b\nCOPY . /all\n'
        const hardlinks = { 'd/a': 5, 'e/b': { type: 'hardlink', target: 'd/a' } } as const
        const ignore = `${lines.join('\n')}\n`
        const scanned = scanTree({ ...files, ...hardlinks, Dockerfile: dockerfile, '.dockerignore': ignore })
        const stage = createStage(pageOf(scanned))
        let text = ignore
        // `<` takes a letter back, `^` the first line.
        const typed = keys.flatMap((pressed) => {
          if (pressed === '^') text = text.slice(text.indexOf('\n') + 1)
          else if (pressed.startsWith('<')) text = text.slice(0, Math.max(0, text.length - pressed.length))
          else text += pressed
          const choices = { ...usual, mode: 'context', colouring: 'answer', text } as const
          return [{ choices, scene: stage.show(choices) }]
        })
        // Only when all have been typed: what one leaves behind must not be what another says.
        for (const { choices, scene } of typed)
          expect(told(scene)).toEqual(told(createStage(pageOf(scanned)).show(choices)))
      }),
      { numRuns: 60 },
    )
  })

  it('tells of every file that comes or goes, once', () => {
    fc.assert(
      fc.property(tree, patterns, patterns, (files, lines, tried) => {
        const ignore = `${lines.join('\n')}\n`
        const data = pageOf(
          scanTree({ ...files, Dockerfile: 'FROM scratch\nCOPY a* /a/\n', '.dockerignore': ignore }),
        )
        const {
          tree: page,
          before,
          now,
        } = createStage(data).show({
          ...usual,
          mode: 'context',
          colouring: 'state',
          text: `${tried.join('\n')}\n`,
        })
        const { losses, gains } = proveChange(page, before, now)
        const { kind, size, count } = page.table
        const sums = { left: 0, unread: 0, came: 0 }
        for (let row = 0; row < count; row++) {
          if (
            kind[row] !== fileKind ||
            stands(before, row, standing.taken) === stands(now, row, standing.taken)
          )
            continue
          if (stands(now, row, standing.taken)) sums.came += size[row] ?? 0
          else if (stands(before, row, standing.readByAny)) sums.left += size[row] ?? 0
          else sums.unread += size[row] ?? 0
        }
        const bytesOf = (isWanted: (kind: string) => boolean) =>
          losses.reduce((sum, loss) => (isWanted(loss.kind) ? sum + loss.bytes : sum), 0)
        expect({
          left: bytesOf((one) => one !== 'unread'),
          unread: bytesOf((one) => one === 'unread'),
          came: gains.bytes,
        }).toEqual(sums)
        for (const { example } of losses)
          expect([
            kind[example],
            stands(before, example, standing.taken),
            stands(now, example, standing.taken),
          ]).toEqual([fileKind, true, false])
      }),
      { numRuns: 60 },
    )
  })
})
