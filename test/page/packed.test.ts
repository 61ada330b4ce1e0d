import { describe, expect, it } from 'vitest'
import { contextTrees } from '../../src/analyse/trees.ts'
import { rootRow } from '../../src/context/table.ts'
import { packPage } from '../../src/page/packed.ts'
import { createStage, everything } from '../../src/page/scene.ts'
import { scanTree } from '../scan-tree.ts'
import { pageOf, treeOf } from './page-tree.ts'

const odd = {
  '.dockerignore': 'dropped\n*.log\n!keep.log\n',
  'dropped/x': 10,
  'a/b/c.txt': 5,
  'a/b/empty': { type: 'dir' },
  'a/c.txt': 70_000_000_000,
  'keep.log': 1,
  'gone.log': 2,
  link: { type: 'symlink', target: 'a/\udcff' },
  again: { type: 'hardlink', target: 'a/b/c.txt' },
  'ünïcode/😀': 3,
  'raw\udcff/\udc80': 4,
  pipe: { type: 'fifo' },
} as const

describe('the packed page', () => {
  it('holds every row as it was', () => {
    const scan = scanTree(odd)
    const { table } = scan.main
    const tree = treeOf(scan)
    expect(tree.table.count).toBe(table.count)
    for (let row = 0; row < table.count; row++)
      expect([
        tree.table.path(row),
        ...(['parent', 'end', 'kind', 'mode', 'timeBytes', 'pathBytes', 'flags'] as const).map(
          (column) => tree.table[column][row],
        ),
      ]).toEqual([
        table.path(row),
        ...(['parent', 'end', 'kind', 'mode', 'timeBytes', 'pathBytes', 'flags'] as const).map(
          (column) => table[column][row],
        ),
      ])
    const sizes = (one: typeof table) =>
      Array.from(one.size, (size, row) => (one.kind[row] === 1 ? null : size)).slice(0, one.count)
    expect(sizes(tree.table)).toEqual(sizes(table))
    expect([...tree.table.linkTarget]).toEqual([...table.linkTarget])
    expect([...tree.table.firstName]).toEqual([...table.firstName])
  })

  it('holds what instructions read, the ignore file and the report', () => {
    const scan = scanTree(odd)
    const page = pageOf(scan)
    expect(page.report).toEqual(JSON.parse(JSON.stringify(scan.report)))
    const [tree] = page.trees
    expect(tree?.ignore).toEqual({ file: '.dockerignore', text: odd['.dockerignore'] })
    expect(tree?.targets[0]?.reads.map((one) => one?.text)).toEqual(['COPY . /'])
  })

  it('is the same for the same tree, and names no device, inode or place of this machine', () => {
    const packed = () => {
      const { report, part } = scanTree(odd)
      return Buffer.from(packPage(report, contextTrees([part]))).toString('latin1')
    }
    expect(packed()).toBe(packed())
    expect(packed()).not.toContain('/ctx')
  })

  it('holds a report without trees', () => {
    const { report } = scanTree({})
    expect(pageOf({ ...scanTree({}), report }).report.contexts).toHaveLength(1)
  })

  it('keeps sizes of nothing and of all that a number can hold, and weighs them', () => {
    const sizes = [0, 1, 127, 128, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 2 ** 33]
    const names = sizes.map((_, i) => `f${i}`)
    const data = pageOf(scanTree(Object.fromEntries(sizes.map((size, i) => [`f${i}`, size]))))
    const { table } = data.trees[0] ?? {}
    expect(names.map((name) => table?.size[table.find(name) ?? -1])).toEqual(sizes)
    const { weights } = createStage(data).show({
      context: 0,
      target: 0,
      mode: 'disk',
      colouring: 'state',
      place: everything,
      selected: null,
      query: '',
      text: '*0\n',
    })
    // The Dockerfile has 22 bytes.
    expect(weights.bytes(rootRow)).toBe(sizes.reduce((sum, size) => sum + size, 22))
  })
})
