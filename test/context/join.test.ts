import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinTables } from '../../src/context/join.ts'
import type { EntryTable } from '../../src/context/table.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import { scanTree } from '../scan-tree.ts'

const tableOf = (tree: MemoryTree): EntryTable =>
  scanTree({ Dockerfile: 'FROM scratch\n', ...tree }).main.table

/** What is told of two trees: `<` only before, `>` only after, `=` both; in order. */
const joined = (before: MemoryTree, after: MemoryTree, has: (path: string) => boolean = () => true) => {
  const [old, now] = [tableOf(before), tableOf(after)]
  const told: string[] = []
  joinTables(
    old,
    now,
    (row) => has(now.path(row)),
    (b, a) => {
      if (b === null) told.push(`> ${a === null ? '' : now.path(a)}`)
      else if (a === null) told.push(`< ${old.path(b)}`)
      else {
        expect(old.path(b)).toBe(now.path(a))
        told.push(`= ${old.path(b)}`)
      }
    },
  )
  return told
}

describe('two tables side by side', () => {
  it('tell each path once, in the order of a walk', () => {
    expect(
      joined({ 'a/x': 1, 'a/y': 1, b: 1, 'd/z': 1 }, { 'a/y': 1, 'a/z': 1, 'c/w': 1, 'd/z': 2 }),
    ).toEqual([...['= Dockerfile', '= a', '< a/x', '= a/y', '> a/z', '< b', '> c', '> c/w', '= d', '= d/z']])
  })

  it('pair a directory with a directory only', () => {
    expect(joined({ 'a/x': 1 }, { a: 1 })).toEqual(['= Dockerfile', '< a', '< a/x', '> a'])
    expect(joined({ a: 1 }, { 'a/x': 1 })).toEqual(['= Dockerfile', '< a', '> a', '> a/x'])
    const link = { type: 'symlink', target: 'b' } as const
    expect(joined({ a: 1 }, { a: link })).toEqual(['= Dockerfile', '= a'])
  })

  it('pass over what is not there, with all that is in it', () => {
    const after = { 'a/x': 1, 'a/y/z': 1, 'node_modules/m/i.js': 1 }
    expect(joined({}, after, (path) => path !== 'node_modules' && path !== 'a/y')).toEqual([
      ...['= Dockerfile', '> a', '> a/x'],
    ])
    expect(joined(after, after, (path) => path !== 'a')).toEqual([
      ...['= Dockerfile', '< a', '< a/x', '< a/y', '< a/y/z'],
      ...['= node_modules', '= node_modules/m', '= node_modules/m/i.js'],
    ])
  })

  it('tell what two sets of paths have in common and what each has alone', () => {
    const name = fc.constantFrom('a', 'b', 'B', 'a.', 'a-', 'é', '☃', '\u{1f600}')
    const paths = fc.uniqueArray(
      fc.array(name, { minLength: 2, maxLength: 3 }).map((parts) => `${parts.join('/')}/f`),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(paths, paths, (one, other) => {
        const treeOf = (all: readonly string[]) => Object.fromEntries(all.map((path) => [path, 1]))
        const told = joined(treeOf(one), treeOf(other)).filter((line) => line.endsWith('/f'))
        const expected = [
          ...one.map((path) => `${other.includes(path) ? '=' : '<'} ${path}`),
          ...other.filter((path) => !one.includes(path)).map((path) => `> ${path}`),
        ]
        expect([...told].sort()).toEqual(expected.sort())
      }),
    )
  })
})
