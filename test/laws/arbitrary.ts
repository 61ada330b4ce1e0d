/** Small adversarial trees and patterns: few names, so that patterns hit them; every construct of the dialect, so that they clash. */

import fc from 'fast-check'
import type { MemoryEntry, MemoryTree } from '../../src/host/memory.ts'
import { compilePattern } from '../../src/ignore/pattern.ts'

const names = ['a', 'b', 'ab', '.a', 'a.log', 'c', '1', 'a-b'] as const

export const name = fc.constantFrom(...names)

export const relativePath = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

const pieces = ['a', 'b', 'ab', '.a', '.log', 'c', '*', '**', '?', '/', '/', '/**', '**/', '*/', '.'] as const
const oddPieces = ['[ab]', '[^a]', '[!a]', '[a-c]', '[*]', '[?]', '\\*', '\\d', '\\.', '!', '(', '$'] as const
const brokenPieces = ['[b-a]', '[', '\\c'] as const

const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...pieces, ...oddPieces), { minLength: 1, maxLength: 6 }),
  },
  { weight: 1, arbitrary: relativePath.map((each) => [each]) },
)
/** An open class, a range the wrong way round, an escape that RE2 does not know, a backslash at the end. */
const brokenText = fc
  .tuple(
    fc.array(fc.constantFrom(...pieces, ...brokenPieces), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('', '', '\\'),
  )
  .map(([parts, last]) => [...parts, last])

const line = (parts: readonly string[], negated: boolean) => (negated ? '!' : '') + parts.join('')
const negated = fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.constant(true))

const accepted = (pattern: string) => {
  const compiled = compilePattern(pattern)
  return compiled !== null && !('refused' in compiled)
}
const valid = (pattern: string) => {
  const compiled = compilePattern(pattern)
  return compiled !== null && !('refused' in compiled) && !compiled.invalid
}

/** Patterns that docker takes, of which some may fail when they are evaluated. */
export const patternsWithBroken = fc.array(
  fc
    .tuple(fc.oneof({ weight: 5, arbitrary: text }, brokenText), negated)
    .map(([parts, not]) => line(parts, not))
    .filter(accepted),
  { minLength: 1, maxLength: 6 },
)

/** Patterns that docker takes and can evaluate; a word boundary is none of them, as it is not in the reference. */
export const patterns = fc.array(
  fc
    .tuple(text, negated)
    .map(([parts, not]) => line(parts, not))
    .filter(valid),
  { minLength: 0, maxLength: 5 },
)

const file = fc.integer({ min: 0, max: 70_000 })

/** Files and directories by path; a path below a file is left out. */
export const plainTree: fc.Arbitrary<MemoryTree> = fc
  .array(fc.tuple(relativePath, fc.oneof({ weight: 4, arbitrary: file }, fc.constant(null))), {
    minLength: 1,
    maxLength: 12,
  })
  .map((entries) => laid(entries.map(([path, size]) => [path, size ?? { type: 'dir' }])))

const target = fc.oneof(
  { weight: 3, arbitrary: relativePath },
  { weight: 2, arbitrary: relativePath.map((path) => `../${path}`) },
  { weight: 1, arbitrary: relativePath.map((path) => `/${path}`) },
  { weight: 1, arbitrary: fc.constantFrom('.', '..', '/', 'missing') },
)

const special: fc.Arbitrary<MemoryEntry> = fc.oneof(
  { weight: 3, arbitrary: target.map((to): MemoryEntry => ({ type: 'symlink', target: to })) },
  { weight: 1, arbitrary: fc.constantFrom<MemoryEntry>({ type: 'fifo' }, { type: 'dir' }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom(0o600, 0o755, 0o4755, 0o1644))
      .map(([size, mode]): MemoryEntry => ({ type: 'file', content: 'x'.repeat(size), mode })),
  },
)

/** Also links, fifos and odd modes. */
export const tree: fc.Arbitrary<MemoryTree> = fc
  .array(fc.tuple(relativePath, fc.oneof({ weight: 2, arbitrary: file }, special)), {
    minLength: 1,
    maxLength: 12,
  })
  .map(laid)

/** Leaves out what cannot be: an entry below one that is no directory, or a second one of a name. */
function laid(entries: readonly (readonly [string, MemoryEntry])[]): MemoryTree {
  const made = new Map<string, MemoryEntry>()
  const directories = new Set<string>()
  for (const [path, entry] of entries) {
    const parts = path.split('/')
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
    const blocked = above.some((each) => {
      const known = made.get(each)
      return known !== undefined && !isDirectory(known)
    })
    if (blocked || made.has(path) || (directories.has(path) && !isDirectory(entry))) continue
    for (const each of above) directories.add(each)
    made.set(path, entry)
  }
  return Object.fromEntries(made)
}

const isDirectory = (entry: MemoryEntry) =>
  typeof entry === 'object' && 'type' in entry && entry.type === 'dir'

/** Sources as somebody may write them, wildcards and all; docker takes each of them. */
export const source = fc.oneof(
  { weight: 3, arbitrary: relativePath },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom('a', 'b', 'ab', '*', '?', 'a*', '*b', '.a', '**', '[ab]'), {
        minLength: 1,
        maxLength: 3,
      })
      .map((parts) => parts.join('/')),
  },
  { weight: 1, arbitrary: fc.constantFrom('../a', 'a/', './b', 'a/..', '/c') },
)
