import { describe, expect, it } from 'vitest'
import { makeRules, type WalkRules } from '../../src/context/rules.ts'
import { dirKind, flag, kinds } from '../../src/context/table.ts'
import { type WalkOptions, walkContext } from '../../src/context/walk.ts'
import type { Walk } from '../../src/context/walker.ts'
import type { Host } from '../../src/host/host.ts'
import { type MemoryTree, rawName } from '../../src/host/memory.ts'
import { compilePatterns } from '../../src/ignore/matcher.ts'
import { contextHost } from '../scan-tree.ts'

interface Options extends Partial<Omit<WalkOptions, 'rules' | 'root'>> {
  readonly ignore?: readonly string[]
  readonly includes?: readonly string[]
  readonly change?: (host: Host) => Partial<Host>
}

function rulesOf(ignore: readonly string[], includes: readonly string[] | null = null): WalkRules {
  return makeRules({
    ignore: compilePatterns(ignore),
    classic: null,
    includes: includes && compilePatterns(includes),
  })
}

function walk(tree: MemoryTree, { ignore = [], includes, change, ...options }: Options = {}): Walk {
  const host = contextHost(tree)
  return walkContext(change ? { ...host, ...change(host) } : host, {
    root: '/ctx',
    rules: rulesOf(ignore, includes),
    measureIgnored: false,
    progress: null,
    ...options,
  })
}

function paths({ table }: Walk): readonly string[] {
  return Array.from({ length: table.count }, (_, row) => table.path(row))
}

const failure = (code: string) => Object.assign(new Error(code), { code })

describe('the order of a walk', () => {
  it('puts the contents of a directory right behind it', () => {
    expect(paths(walk({ 'a/b': 1, 'a-b': 1, 'a.b': 1, 'a/b.c': 1, B: 1, 'é/x': 1, '.z': 1 }))).toEqual([
      '.z',
      'B',
      'a',
      'a/b',
      'a/b.c',
      'a-b',
      'a.b',
      'é',
      'é/x',
    ])
  })

  it('is by bytes, not by code units', () => {
    const names = ['z', rawName(0x80), 'é', '\uFFFD', '\u{10000}', rawName(0xff)]
    expect(paths(walk(Object.fromEntries([...names].reverse().map((name) => [name, 1]))))).toEqual(names)
  })

  it('keeps every name as it is', () => {
    const names = [
      'new\nline',
      '\u001b[31m',
      '日本',
      '\u{1F600}',
      `a${rawName(0xff)}b`,
      ' ',
      "'",
      '\\',
      '\u202E',
    ]
    expect([...paths(walk(Object.fromEntries(names.map((name) => [`d/${name}`, 1]))))].sort()).toEqual(
      ['d', ...names.map((name) => `d/${name}`)].sort(),
    )
  })
})

describe('the table of a walk', () => {
  const { table } = walk({
    'a/b/c': 3,
    'a/é': 1,
    f: { type: 'fifo' },
    l: { type: 'symlink', target: 'a' },
    s: { type: 'socket' },
    v: { type: 'device' },
  })
  const row = (path: string) => table.find(path) ?? -1

  it('has each entry with its kind', () => {
    const seen = Array.from({ length: table.count }, (_, each) => [
      table.path(each),
      kinds[table.kind[each] ?? 0],
    ])
    expect(seen).toEqual([
      ['a', 'dir'],
      ['a/b', 'dir'],
      ['a/b/c', 'file'],
      ['a/é', 'file'],
      ['f', 'fifo'],
      ['l', 'symlink'],
      ['s', 'socket'],
      ['v', 'device'],
    ])
  })

  it('has a subtree as a range of rows', () => {
    expect([row('a'), table.end[row('a')], table.end[row('a/b')], table.parent[row('a/b/c')]]).toEqual([
      0, 4, 3, 1,
    ])
  })

  it('has the lengths of the paths in bytes', () => {
    expect([table.pathBytes[row('a/b/c')], table.pathBytes[row('a/é')]]).toEqual([5, 4])
  })

  it('finds a path, and none that is not there', () => {
    expect([table.find('a/b/c'), table.find('a/x'), table.find('a/b/c/d'), table.find('')]).toEqual([
      2,
      null,
      null,
      null,
    ])
  })

  it('does not follow a link, not even round in circles', () => {
    const circle = walk({
      'd/up': { type: 'symlink', target: '..' },
      'd/self': { type: 'symlink', target: '.' },
    })
    expect(paths(circle)).toEqual(['d', 'd/self', 'd/up'])
    expect(circle.table.linkTarget.get(2)).toBe('..')
  })

  it('grows to many entries', () => {
    const many = walk(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`d${i % 70}/f${i}`, i])))
    expect(many.table.count).toBe(5070)
    const found = many.table.find('d3/f73') ?? -1
    expect([many.table.size[found], many.table.path(found)]).toEqual([73, 'd3/f73'])
  })

  it('names the first row of an inode', () => {
    const linked = walk({
      a: { type: 'file', content: 'x' },
      b: { type: 'hardlink', target: 'a' },
      c: 'x',
    }).table
    expect([linked.firstName.get(0), linked.firstName.get(1), linked.firstName.get(2)]).toEqual([
      0,
      0,
      undefined,
    ])
  })

  it('tells inodes apart that do not fit a number', () => {
    const tree: MemoryTree = { a: 'x', b: 'x' }
    const table = walk(tree, {
      change: (host) => ({
        lstat: (path) => {
          const stat = host.lstat(path)
          return stat && { ...stat, nlink: 2, ino: 2 ** 60 }
        },
        identity: (path) => path,
      }),
    }).table
    expect([...table.firstName]).toEqual([
      [0, 0],
      [1, 1],
    ])
  })
})

describe('an ignored directory', () => {
  const tree = { 'd/a': 1, 'd/e/b': 20, 'x/c': 1 }

  it('is one row while nothing in it could be let in again', () => {
    const walked = walk(tree, { ignore: ['d'] })
    expect(paths(walked)).toEqual(['d', 'x', 'x/c'])
    expect(walked.table.flags[0]).toBe(flag.ignored | flag.pruned)
    expect(walked.table.verdict[0]).toBe(0)
  })

  it('is entered where it has to be', () => {
    expect(paths(walk(tree, { ignore: ['d', '!d/e'] }))).toEqual(['d', 'd/a', 'd/e', 'd/e/b', 'x', 'x/c'])
  })

  it('is measured on request', () => {
    expect([...walk(tree, { ignore: ['d'], measureIgnored: true }).prunedAmounts]).toEqual([
      [0, { files: 2, bytes: 21 }],
    ])
  })

  it('is measured past what cannot be looked at', () => {
    const walked = walk(tree, {
      ignore: ['d'],
      measureIgnored: true,
      change: (host) => ({
        lstat: (path) => {
          if (path.endsWith('/e')) throw failure('EACCES')
          return host.lstat(path)
        },
      }),
    })
    expect([...walked.prunedAmounts]).toEqual([[0, { files: 1, bytes: 1 }]])
  })
})

describe('a directory of which nothing is wanted', () => {
  it('is a row without contents', () => {
    expect(paths(walk({ 'd/a': 1, 'e/a': 1 }, { includes: ['e'] }))).toEqual(['d', 'e', 'e/a'])
  })
})

describe('what cannot be read', () => {
  it('is told for a directory and the walk goes on', () => {
    const walked = walk({ d: { type: 'dir', denied: true }, 'd/x': 1, e: 1 })
    expect(walked.unreadable).toEqual([{ path: 'd', code: 'EACCES', row: 0 }])
    expect(paths(walked)).toEqual(['d', 'e'])
    expect(walked.table.flags[0]).toBe(flag.unreadable)
  })

  it('is told for a file whose mode keeps somebody out', () => {
    const tree: MemoryTree = {
      a: { type: 'file', denied: true, mode: 0o600 },
      b: { type: 'file', mode: 0o600, content: '' },
    }
    expect(walk(tree).unreadable).toEqual([{ path: 'a', code: 'EACCES', row: 0 }])
  })

  it('does not matter where it is ignored', () => {
    const tree: MemoryTree = {
      d: { type: 'dir', denied: true },
      'd/x': 1,
      a: { type: 'file', denied: true, mode: 0o600 },
    }
    expect(walk(tree, { ignore: ['*', '!d/y'] }).unreadable).toEqual([])
  })

  it('ends the run when it is the context itself', () => {
    expect(() =>
      walk(
        {},
        {
          change: () => ({
            list: () => {
              throw failure('EACCES')
            },
          }),
        },
      ),
    ).toThrow(expect.objectContaining({ code: 'CONTEXT_UNREADABLE' }))
  })

  it('ends the run when a path is too long', () => {
    expect(() =>
      walk(
        { a: 1 },
        {
          change: () => ({
            lstat: () => {
              throw failure('ENAMETOOLONG')
            },
          }),
        },
      ),
    ).toThrow(expect.objectContaining({ code: 'PATH_TOO_LONG' }))
  })

  it('is no bug that would show its stack, but a bug still is', () => {
    expect(() =>
      walk(
        { a: 1 },
        {
          change: () => ({
            lstat: () => {
              throw failure('EIO')
            },
          }),
        },
      ),
    ).toThrow(expect.objectContaining({ code: 'ENTRY_UNREADABLE' }))
    expect(() =>
      walk(
        { a: 1 },
        {
          change: () => ({
            lstat: () => {
              throw new TypeError('x')
            },
          }),
        },
      ),
    ).toThrow(TypeError)
  })
})

describe('what vanishes meanwhile', () => {
  it('is left out when it is a file', () => {
    expect(
      paths(
        walk(
          { a: 1, b: 1 },
          { change: (host) => ({ lstat: (path) => (path.endsWith('ctx/a') ? null : host.lstat(path)) }) },
        ),
      ),
    ).toEqual(['b'])
  })

  it('is empty when it is a directory', () => {
    const gone = (host: Host) => ({
      list: (path: string) => {
        if (/ctx\/d\/?$/.test(path)) throw failure('ENOENT')
        return host.list(path)
      },
    })
    const walked = walk({ 'd/a': 1, e: 1 }, { change: gone })
    expect([paths(walked), walked.unreadable]).toEqual([['d', 'e'], []])
  })
})

it('tells its progress now and then', () => {
  const told: number[] = []
  walk(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, 1])), {
    progress: (entries) => told.push(entries),
  })
  expect(told).toHaveLength(2)
  expect(told[0]).toBeGreaterThanOrEqual(4096)
})

it('walks the root of a disk', () => {
  const walked = walkContext(contextHost({ '/ctx/a': 1 }), {
    root: '/',
    rules: rulesOf([]),
    measureIgnored: false,
    progress: null,
  })
  expect(paths(walked)).toEqual(['ctx', 'ctx/a'])
  expect(walked.table.kind[0]).toBe(dirKind)
})

describe('a path of the length that the kernel refuses', () => {
  it('ends the run, however short the name of the context was made', () => {
    const name = 'n'.repeat(250)
    // The absolute path may have 4095 bytes.
    const deep = Array.from({ length: 16 }, () => name).join('/')
    const fits = 4095 - '/ctx/'.length - deep.length - '/'.length
    expect(paths(walk({ [`${deep}/${'x'.repeat(fits)}`]: 1 }))).toHaveLength(17)
    expect(() => walk({ [`${deep}/${'x'.repeat(fits + 1)}`]: 1 })).toThrow('file name too long')
  })
})

it('marks what the walk keeps and its path alone would drop, as judging each path says', () => {
  const tree: MemoryTree = { 'a/c': 1, 'a/d/e': 1, 'b/x.log': 1, 'b/y': 1, c: 1 }
  const lists = [
    ['a', '!a/c', 'a'],
    ['a', '!a/d', '*', '!b', '*.log'],
    ['*', '!b', 'b/*.log', '!**/x.log'],
    ['!a', 'a/*', '!a/d'],
  ]
  for (const ignore of lists) {
    const walked = walk(tree, { ignore })
    const list = compilePatterns(ignore)
    for (let row = 0; row < walked.table.count; row++) {
      const flags = walked.table.flags[row] ?? 0
      if (walked.table.kind[row] === dirKind || (flags & flag.ignored) !== 0) continue
      expect((flags & flag.withheld) !== 0).toBe(list.judgeByPath(walked.table.path(row)))
    }
  }
})
