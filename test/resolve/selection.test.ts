import { describe, expect, it } from 'vitest'
import { listSent } from '../../src/answers/list.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import { compilePatterns } from '../../src/ignore/matcher.ts'
import { classicRules } from '../../src/resolve/selection.ts'
import { scanTree } from '../scan-tree.ts'

const from = 'FROM scratch\nCOPY . /\n'
const tar = (tree: MemoryTree, file: string | null = null) =>
  listSent(scanTree({ Dockerfile: from, ...tree }, { builder: 'classic', file }), 'classic').entries.map(
    ({ path }) => path,
  )

describe('what the classic client appends to the ignore file', () => {
  it.each<[readonly string[], string | null, readonly string[]]>([
    [[], 'Dockerfile', []],
    [['*'], 'Dockerfile', ['.dockerignore', 'Dockerfile']],
    [['Dockerfile'], 'Dockerfile', ['Dockerfile']],
    [['.dockerignore'], 'Dockerfile', ['.dockerignore']],
    [['*', '!Dockerfile'], 'Dockerfile', ['.dockerignore']],
    [['*'], null, ['.dockerignore']],
    [['d'], 'd/Dockerfile', ['d/Dockerfile']],
  ])('to %j for %j is a negation of each of %j', (patterns, dockerfile, appended) => {
    expect(classicRules(compilePatterns(patterns), dockerfile).appended).toEqual(appended)
  })
})

describe('the tar of the classic client', () => {
  it.each<[string, MemoryTree, string | null, readonly string[]]>([
    [
      'has both of its files even when they are ignored',
      { a: 1, '.dockerignore': '*' },
      null,
      ['.dockerignore', 'Dockerfile'],
    ],
    [
      'has no entry for an ignored directory that it passes through',
      { 'd/a': 1, 'd/b': 1, '.dockerignore': 'd\n!d/a' },
      null,
      ['.dockerignore', 'Dockerfile', 'd/a'],
    ],
    [
      'knows no wildcards where it looks for exceptions',
      { 'd/a': 1, '.dockerignore': 'd\n!*/a' },
      null,
      ['.dockerignore', 'Dockerfile'],
    ],
    ['leaves sockets out', { s: { type: 'socket' }, f: { type: 'fifo' } }, null, ['Dockerfile', 'f']],
    [
      'finds an ignored Dockerfile in a directory',
      { 'd/Dockerfile': from, 'd/a': 1, '.dockerignore': 'd\nDockerfile' },
      '/ctx/d/Dockerfile',
      ['.dockerignore', 'd/Dockerfile'],
    ],
    [
      'reads the name of an ignored Dockerfile as a pattern',
      { 'p[id]/Dockerfile': from, a: 1, '.dockerignore': '*' },
      '/ctx/p[id]/Dockerfile',
      ['.dockerignore'],
    ],
  ])('%s', (_, tree, file, paths) => {
    expect(tar(tree, file)).toEqual(paths)
  })
})
