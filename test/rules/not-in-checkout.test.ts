import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { notInCheckout, notInCheckoutFiles } from '../../src/rules/not-in-checkout.ts'
import { made } from '../inspect/made-up.ts'
import { scanTree } from '../scan-tree.ts'

const tree: MemoryTree = {
  'src/a.ts': 10,
  'src/b.ts': 20,
  'node_modules/a/x': 500,
  'node_modules/b/x': 600,
  '.env': 30,
  '.dockerignore': 'ignored\n',
  ignored: 1000,
}
const tracked = new Set(['src/a.ts', '.dockerignore', 'Dockerfile', 'gone/since.ts'])

describe('what a clean checkout lacks', () => {
  it('is counted, the largest parts first', () => {
    expect(notInCheckout(scanTree(tree), tracked)).toEqual({
      files: 4,
      bytes: 1150,
      largest: ['node_modules/', '.env', 'src/b.ts'],
    })
  })

  it('is told with what holds credentials first, however small', () => {
    const scanned = scanTree({ ...tree, '.env': `API_TOKEN=${made(32)}\n`, 'src/big.bin': 5000 })
    expect(notInCheckout(scanned, tracked).largest).toEqual([
      '.env',
      'src/big.bin',
      'node_modules/',
      'src/b.ts',
    ])
  })

  it('is only what is copied', () => {
    const Dockerfile = 'FROM a\nRUN --mount=type=bind,target=/x make\nCOPY src /src\n'
    expect(notInCheckout(scanTree({ ...tree, Dockerfile }), tracked)).toEqual({
      files: 1,
      bytes: 20,
      largest: ['src/b.ts'],
    })
  })

  it('is not git’s own directory, which every checkout has', () => {
    const scanned = scanTree({ '.git/HEAD': 1, '.git/objects/ab': 9, 'src/a.ts': 10, 'lib/.git/HEAD': 2 })
    expect(notInCheckout(scanned, tracked)).toEqual({ files: 1, bytes: 2, largest: ['lib/'] })
  })

  it('is nothing of a submodule, which git tracks as one', () => {
    const scanned = scanTree({ 'libs/sub/a': 1, 'libs/sub/b/c': 2, 'libs/own': 3 })
    expect(notInCheckout(scanned, new Set(['libs/sub', 'Dockerfile']))).toMatchObject({
      files: 1,
      largest: ['libs/own'],
    })
  })

  it('and what it has make all that is copied', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd/a', 'd/b', 'd/e/a', 'f/a', 'f/g/h')
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.uniqueArray(name), (there, known) => {
        const scanned = scanTree(Object.fromEntries(there.map((path) => [path, 7])))
        const without = there.filter((path) => !known.includes(path))
        const set = new Set([...known, 'Dockerfile'])
        expect(notInCheckout(scanned, set)).toMatchObject({
          files: without.length,
          bytes: without.length * 7,
        })
      }),
    )
  })
})

describe('the finding', () => {
  const check = (files: MemoryTree, known: ReadonlySet<string> | null | undefined) => {
    const { tracked: _, ...scanned } = scanTree(files)
    return notInCheckoutFiles.check(known === undefined ? scanned : { ...scanned, tracked: known })
  }

  it('is one line, for information', () => {
    expect(check(tree, tracked)).toMatchObject([
      {
        severity: 'info',
        message: '4 files go into your image that a clean checkout lacks: node_modules/, .env, src/b.ts',
        bytes: 1150,
        data: { fails: false, files: 4 },
      },
    ])
  })

  it('says build where not all that is copied need be in the image', () => {
    const Dockerfile = 'FROM a AS b\nCOPY src/b.ts /\nFROM a\nCOPY --from=b / /\n'
    expect(check({ ...tree, Dockerfile }, tracked)[0]?.message).toBe(
      '1 file goes into your build that a clean checkout lacks: src/b.ts',
    )
  })

  it('is none where nothing is known, or nothing lacks', () => {
    expect(check(tree, undefined)).toEqual([])
    expect(check(tree, null)).toEqual([])
    expect(check({ a: 1 }, new Set(['a', 'Dockerfile']))).toEqual([])
  })
})
