import { describe, expect, it } from 'vitest'
import { rootRow } from '../../src/context/table.ts'
import { type Block, blockAt, layOut, type Rect } from '../../src/page/layout.ts'
import { everything } from '../../src/page/scene.ts'
import { createScale, weigh } from '../../src/page/sums.ts'
import { scanTree } from '../scan-tree.ts'

const area: Rect = { x: 0, y: 0, width: 600, height: 400 }

function laidOut(files: Readonly<Record<string, number>>) {
  const { table } = scanTree(files).main
  const weights = weigh(createScale(table), new Uint8Array(table.count), () => true)
  return { table, weights, blocks: layOut(table, weights, everything, area) }
}

const size = ({ width, height }: Rect) => width * height
const within = (inner: Rect, outer: Rect) =>
  inner.x >= outer.x - 1 &&
  inner.y >= outer.y - 1 &&
  inner.x + inner.width <= outer.x + outer.width + 1 &&
  inner.y + inner.height <= outer.y + outer.height + 1
const overlap = (a: Rect, b: Rect) =>
  a.x + a.width > b.x + 0.01 &&
  b.x + b.width > a.x + 0.01 &&
  a.y + a.height > b.y + 0.01 &&
  b.y + b.height > a.y + 0.01

describe('the layout of the map', () => {
  const many = Object.fromEntries([
    ...Array.from({ length: 40 }, (_, i) => [`d${i % 7}/f${i}`, 1000 * (i + 1) ** 2]),
    ...Array.from({ length: 3000 }, (_, i) => [`crowd-${i}`, 10]),
  ])

  it('gives each block room by its weight, inside of its parent, beside the others', () => {
    const { table, weights, blocks } = laidOut(many)
    const parentOf = (block: Block) =>
      blocks.find(({ row, isOpen }) => isOpen && row === table.parent[block.row])
    for (const block of blocks) expect(within(block, parentOf(block) ?? area)).toBe(true)
    const top = blocks.filter((block) => (table.parent[block.row] ?? -1) < 0)
    for (const a of top) for (const b of top) if (a !== b) expect(overlap(a, b)).toBe(false)
    for (const block of top.filter((one) => one.rest === null))
      expect(size(block) / size(area)).toBeCloseTo(weights.bytes(block.row) / weights.bytes(rootRow), 1)
  })

  it('draws what is too small to be seen as one, and each of it where that is opened', () => {
    const { table, weights, blocks } = laidOut({ large: 1_000_000, ...many })
    const rest = blocks.find((block) => block.rest !== null)
    if (!rest?.rest) throw new Error('3,000 files of 10 bytes are too small')
    expect(rest.rest.length).toBeGreaterThan(10)
    const opened = layOut(table, weights, { row: rest.row, rows: rest.rest.slice(0, 50) }, area)
    expect(opened.map(({ row }) => row).sort((a, b) => a - b)).toEqual(rest.rest.slice(0, 50))
  })

  it('draws directories that hold nothing but one directory as one', () => {
    const { table, blocks } = laidOut({ 'a/b/c/x': 500, 'a/b/c/y': 600, Dockerfile: 0 })
    const open = blocks.filter(({ isOpen }) => isOpen)
    expect(open.map(({ row, inner }) => [table.path(row), table.path(inner)])).toEqual([['a', 'a/b/c']])
  })

  it('finds the innermost block at a point', () => {
    const { table, blocks } = laidOut({ 'a/x': 500, 'a/y': 100 })
    const x = blocks.find(({ row }) => table.path(row) === 'a/x')
    if (!x) throw new Error('it is large enough')
    expect(blockAt(blocks, x.x + x.width / 2, x.y + x.height / 2)).toBe(x)
    expect(blockAt(blocks, -5, -5)).toBeNull()
  })

  it('has no block for what weighs nothing', () => {
    expect(laidOut({ Dockerfile: 0, empty: 0 }).blocks).toEqual([])
  })
})
