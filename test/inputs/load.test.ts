import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { type BuildOptions, loadBuild, relativePath } from '../../src/inputs/load.ts'
import { contextHost, plainBuild } from '../scan-tree.ts'

const link = (target: string) => ({ type: 'symlink', target }) as const
const load = (tree: MemoryTree, options: Partial<BuildOptions> = {}) =>
  loadBuild(contextHost(tree), { ...plainBuild, ...options })
const ignoreOf = (tree: MemoryTree, options: Partial<BuildOptions> = {}) => load(tree, options).main.ignore

const from = 'FROM scratch\n'

describe('the ignore file of BuildKit', () => {
  it.each<[string, MemoryTree, string | null, readonly string[] | null]>([
    ['none', { Dockerfile: from }, null, null],
    ['the one at the root', { Dockerfile: from, '.dockerignore': 'a' }, null, ['a']],
    [
      'the one beside the Dockerfile',
      { Dockerfile: from, '.dockerignore': 'a', 'Dockerfile.dockerignore': 'b' },
      null,
      ['b'],
    ],
    [
      'an empty one beside the Dockerfile',
      { Dockerfile: from, '.dockerignore': 'a', 'Dockerfile.dockerignore': '' },
      null,
      [],
    ],
    [
      'the one beside another Dockerfile',
      { 'sub/x.df': from, '.dockerignore': 'a', 'sub/x.df.dockerignore': 'b', 'x.df.dockerignore': 'c' },
      '/ctx/sub/x.df',
      ['b'],
    ],
    [
      'the one beside a Dockerfile outside',
      { '/else/Dockerfile': from, '/else/Dockerfile.dockerignore': 'b', '.dockerignore': 'a' },
      '/else/Dockerfile',
      ['b'],
    ],
    [
      'never a .dockerignore beside a Dockerfile outside',
      { '/else/Dockerfile': from, '/else/.dockerignore': 'b', a: 1 },
      '/else/Dockerfile',
      null,
    ],
    [
      'the one for the lower-case name',
      { dockerfile: from, 'dockerfile.dockerignore': 'b', 'Dockerfile.dockerignore': 'c' },
      null,
      ['b'],
    ],
    [
      'a link within the context',
      { Dockerfile: from, '.dockerignore': link('cfg/ignore'), 'cfg/ignore': 'l' },
      null,
      ['l'],
    ],
    [
      'an absolute link, from the root of the context',
      { Dockerfile: from, '.dockerignore': link('/ignore'), ignore: 'l' },
      null,
      ['l'],
    ],
    ['not a link that leads nowhere', { Dockerfile: from, '.dockerignore': link('nope') }, null, null],
    ['not a directory', { Dockerfile: from, '.dockerignore/x': 1 }, null, null],
  ])('is %s', (_, tree, file, patterns) => {
    expect(ignoreOf(tree, { file })?.parsed.patterns ?? null).toEqual(patterns)
  })

  it('is named from the context', () => {
    const tree = { a: 1, '/else/D': from, '/else/D.dockerignore': '' }
    expect(ignoreOf(tree, { file: '/else/D' })?.file).toBe('../else/D.dockerignore')
  })
})

describe('the ignore file of the classic client', () => {
  it.each<[string, MemoryTree, readonly string[] | null, boolean]>([
    ['the one at the root', { '.dockerignore': 'a' }, ['a'], true],
    ['none where there is none', {}, [], true],
    [
      'never the one beside the Dockerfile',
      { '.dockerignore': 'a', 'Dockerfile.dockerignore': 'b' },
      ['a'],
      false,
    ],
    ['where a link leads in the context', { '.dockerignore': link('cfg/i'), 'cfg/i': 'a' }, ['a'], true],
    [
      'where a link leads out of it',
      { '.dockerignore': link('../out'), '/out': 'a', out: 'b' },
      ['a'],
      false,
    ],
    ['where an absolute link leads', { '.dockerignore': link('/out'), '/out': 'a' }, ['a'], false],
    ['none where a link dangles', { '.dockerignore': link('nope') }, [], true],
    ['refused when it is a directory', { '.dockerignore/x': 1 }, null, true],
  ])('is %s', (_, tree, patterns, same) => {
    const { classic, sameIgnoreFile } = load({ Dockerfile: from, ...tree })
    expect([classic && (classic.ignore?.parsed.patterns ?? []), sameIgnoreFile]).toEqual([patterns, same])
  })
})

describe('the Dockerfile', () => {
  it.each<[string, MemoryTree, string | null, string, string | null]>([
    ['the default', { Dockerfile: from }, null, 'Dockerfile', 'Dockerfile'],
    ['in lower case where that is all there is', { dockerfile: from }, null, 'dockerfile', 'dockerfile'],
    ['the upper-case one of two', { dockerfile: from, Dockerfile: from }, null, 'Dockerfile', 'Dockerfile'],
    [
      'relative to the working directory',
      { 'sub/Dockerfile': from },
      'ctx/sub/Dockerfile',
      'sub/Dockerfile',
      'sub/Dockerfile',
    ],
    ['outside', { '/else/D': from, a: 1 }, '/else/D', '../else/D', null],
    [
      'a link to another in the context',
      { Dockerfile: link('real/D'), 'real/D': from },
      null,
      'Dockerfile',
      'real/D',
    ],
    ['a link out of the context', { Dockerfile: link('/else/D'), '/else/D': from }, null, 'Dockerfile', null],
  ])('is %s', (_, tree, file, name, inContext) => {
    const { dockerfile } = load(tree, { file })
    expect([dockerfile.file, dockerfile.inContext, dockerfile.problem]).toEqual([name, inContext, null])
  })

  it.each<[string, MemoryTree, string]>([
    ['missing', { a: 1 }, 'dockerfile-not-found'],
    ['a directory', { 'Dockerfile/x': 1 }, 'dockerfile-not-a-file'],
    ['barred', { Dockerfile: { type: 'file', content: from, denied: true } }, 'dockerfile-unreadable'],
    ['a link round in circles', { Dockerfile: link('Dockerfile') }, 'dockerfile-unreadable'],
    ['larger than anybody writes', { Dockerfile: (4 << 20) + 1 }, 'dockerfile-too-large'],
  ])('has a problem when it is %s', (_, tree, code) => {
    expect(load(tree).dockerfile.problem?.code).toBe(code)
  })
})

describe('a build that cannot be looked at', () => {
  it.each<[string, MemoryTree, Partial<BuildOptions>, string]>([
    ['there is no such context', { a: 1 }, { context: '/nope' }, 'CONTEXT_NOT_FOUND'],
    ['the context is a file', { a: 1 }, { context: '/ctx/a' }, 'CONTEXT_NOT_A_DIRECTORY'],
    ['the context is a loop', { l: link('l') }, { context: '/ctx/l' }, 'CONTEXT_UNREADABLE'],
    ['the ignore file is refused', { '.dockerignore': '[' }, {}, 'IGNORE_FILE_REFUSED'],
    [
      'the ignore file has too long a line',
      { '.dockerignore': 'x'.repeat(65_536) },
      {},
      'IGNORE_FILE_REFUSED',
    ],
    [
      'the ignore file is barred',
      { '.dockerignore': { type: 'file', content: '', denied: true } },
      {},
      'IGNORE_FILE_UNREADABLE',
    ],
    [
      'a named context is missing',
      { a: 1 },
      { namedContexts: new Map([['n', '/nope']]) },
      'CONTEXT_NOT_FOUND',
    ],
  ])('says so where %s', (_, tree, options, code) => {
    expect(() => load({ Dockerfile: from, ...tree }, options)).toThrow(expect.objectContaining({ code }))
  })

  it('names file, line and pattern of an ignore file that is refused', () => {
    expect(() => load({ Dockerfile: from, '.dockerignore': 'a\n\u001b[\n' })).toThrow(
      '.dockerignore:2: syntax error in pattern: \\x1b[',
    )
  })
})

describe('a named context', () => {
  it('has the ignore file at its own root', () => {
    const { named } = load(
      { Dockerfile: from, '.dockerignore': 'a', '/n/.dockerignore': 'b', '/n/Dockerfile.dockerignore': 'c' },
      { namedContexts: new Map([['n', '/n']]) },
    )
    expect(named.map(({ name, ignore }) => [name, ignore?.parsed.patterns])).toEqual([['n', ['b']]])
  })

  it('is none when it is an image, an address or a target', () => {
    const remote = [
      'docker-image://a',
      'oci-layout://a',
      'https://a/b.git',
      'git@github.com:a/b',
      'target:a',
      'github.com/a/b',
    ]
    const { named } = load(
      { Dockerfile: from },
      { namedContexts: new Map(remote.map((value, i) => [`n${i}`, value])) },
    )
    expect(named).toEqual([])
  })
})

it.each([
  ['/a', '/a/b', 'b'],
  ['/a', '/a', '.'],
  ['/a/b', '/a/c', '../c'],
  ['/a', '/b/c', '../b/c'],
  ['/', '/a', 'a'],
])('from %s, %s is %s', (directory, path, relative) => {
  expect(relativePath(directory, path)).toBe(relative)
})

it('refuses an ignore file that is larger than anybody writes, before it is read', () => {
  expect(() => load({ Dockerfile: from, '.dockerignore': (4 << 20) + 1 })).toThrow(
    '.dockerignore is larger than 4MiB',
  )
})

describe('what is no file', () => {
  const pipe = { type: 'fifo' } as const

  it('is not read where a Dockerfile is meant, as a pipe may never end', () => {
    expect(load({ Dockerfile: pipe }).dockerfile.problem).toMatchObject({
      code: 'dockerfile-not-a-file',
      message: 'Dockerfile is not a regular file',
    })
  })

  it('is not read where an ignore file is meant', () => {
    expect(() => load({ Dockerfile: from, '.dockerignore': pipe })).toThrow(
      '.dockerignore is not a regular file',
    )
  })
})
