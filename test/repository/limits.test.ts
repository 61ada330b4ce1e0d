import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor } from '../suggest/propose-tree.ts'

const many = (count: number, path: (i: number) => string, text: string): MemoryTree =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [path(i), text]))

const tree: MemoryTree = {
  Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
  'package.json': '{"name":"app"}',
  'package-lock.json': '{"name":"app","lockfileVersion":3,"packages":{}}',
}
const untracked = { 'node_modules/a/index.js': 1000 }
/** How sure it is that what `npm ci` deletes first may go. */
const sureness = (more: MemoryTree, git = true) =>
  proposeFor({ tracked: { ...tree, ...more }, untracked, git }).lines.find((line) =>
    /node_modules$/.test(line),
  )

describe('what is read of a context has limits, and beyond them nothing is safe', () => {
  it.each<[string, (i: number) => string, string]>([
    ['Dockerfiles', (i) => `images/i${i}/Dockerfile`, 'FROM scratch\n'],
    ['scripts', (i) => `scripts/s${i}.sh`, 'true\n'],
    ['manifests', (i) => `packages/p${i}/package.json`, '{}'],
  ])(
    '%s',
    (_, path, text) => {
      expect(sureness(many(10, path, text))).toMatch(/^(?:safe|proven) /)
      expect(sureness(many(5001, path, text))).toMatch(/^review /)
    },
    120_000,
  )

  it('files where no git tells which there are, and those that tools leave come last', () => {
    const junk = many(20_001, (i) => `.next/cache/c${i}.js`, '')
    expect(sureness(junk, false)).toMatch(/^(?:safe|proven) /)
    expect(
      sureness(
        many(20_001, (i) => `src/c${i}.js`, ''),
        false,
      ),
    ).toMatch(/^review /)
  }, 120_000)
})
