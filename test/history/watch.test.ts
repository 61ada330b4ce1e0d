import { describe, expect, it } from 'vitest'
import { createSends, createWatch } from '../../src/history/watch.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import { createIgnoreMatcher, createPatternList } from '../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import { scanTree } from '../scan-tree.ts'

/** Which of the paths the first instruction reads, judged by its sources alone. */
function readBy(instruction: string, paths: readonly string[], tree: MemoryTree = {}): readonly string[] {
  const { plan, main } = scanTree({ ...tree, Dockerfile: `FROM scratch\n${instruction}\n` })
  const [read] = plan.reads
  if (!read) throw new Error('nothing is read')
  const { reads } = createWatch(read, main.table)
  return paths.filter(reads)
}

const files = [
  'a.ts',
  'src',
  'src/a.ts',
  'src/b/c.ts',
  'src2/a.ts',
  'package.json',
  'apps/web/package.json',
  'docs/a.md',
]

describe('a changed path is read', () => {
  it.each([
    ['COPY . /', files],
    ['COPY src /s/', ['src', 'src/a.ts', 'src/b/c.ts']],
    ['COPY src/ ./package.json /s/', ['src', 'src/a.ts', 'src/b/c.ts', 'package.json']],
    ['COPY src/b/c.ts /s', ['src', 'src/b/c.ts']],
    ['COPY src* /s/', ['src', 'src/a.ts', 'src/b/c.ts', 'src2/a.ts']],
    ['COPY */*.ts /s/', ['src/a.ts', 'src2/a.ts']],
    ['COPY --exclude=**/*.ts . /', ['src', 'package.json', 'apps/web/package.json', 'docs/a.md']],
    ['COPY --exclude=b src /', ['src', 'src/a.ts']],
    ['COPY --parents apps/*/package.json /', ['apps/web/package.json']],
    ['COPY --parents ./**/*.ts /', ['a.ts', 'src/a.ts', 'src/b/c.ts', 'src2/a.ts']],
    ['COPY --parents apps/./web /', ['apps/web/package.json']],
    ['RUN --mount=type=bind,source=src,target=/s true', ['src', 'src/a.ts', 'src/b/c.ts']],
    ['RUN --mount=type=bind,source=sr*,target=/s true', []],
    ['ADD https://example.com/src /s', []],
  ])('by %s', (instruction, expected) => {
    expect(readBy(instruction, files)).toEqual(expected)
  })

  it('where a link leads to it today, and where it is a link on the way', () => {
    const tree: MemoryTree = {
      'config/prod/x': 1,
      settings: { type: 'symlink', target: 'config/prod' },
      'in/deep': { type: 'symlink', target: '../settings' },
    }
    const paths = ['settings', 'in/deep', 'config/prod/x', 'config/prod/new', 'config/dev/x']
    const all = ['settings', 'in/deep', 'config/prod/x', 'config/prod/new']
    expect(readBy('COPY settings/x /s', paths, tree)).toEqual(['settings', 'config/prod/x'])
    expect(readBy('COPY in/deep /s', paths, tree)).toEqual(all)
    expect(readBy('COPY in/de* /s', paths, tree)).toEqual(all)
  })
})

/** Paths below a directory, of which some are there and some are not. */
const inside = (directory: string): readonly string[] => [
  ...files.filter((path) => path.startsWith(`${directory}/`)),
  ...['a', 'a.ts', 'package.json', 'b/c.ts', 'b/c/d.log', 'keep', 'x/y/z'].map(
    (name) => `${directory}/${name}`,
  ),
]
const directories = [
  'src',
  'src/b',
  'src/b/c.ts',
  'src2',
  'apps',
  'apps/web',
  'apps/web/x',
  'docs',
  'out',
  'x/y/z',
]

describe('what is said of a directory', () => {
  it.each([
    ['COPY . /', 'all'],
    ['COPY src /s/', 'all'],
    ['COPY src/b/c.ts package.json /s/', 'some'],
    ['COPY src* /s/', 'all'],
    ['COPY */*.ts /s/', 'some'],
    ['COPY sr[c] /s/', 'none'],
    ['COPY apps/*/package.json /s/', 'some'],
    ['COPY --exclude=**/*.ts . /', 'none'],
    ['COPY --exclude=b src /', 'some'],
    ['COPY --parents apps/*/package.json /', 'none'],
    ['COPY --parents apps/./web /', 'none'],
    ['RUN --mount=type=bind,source=src,target=/s true', 'all'],
  ] as const)('by %s holds for all that may lie below it, and is said of %s', (instruction, how) => {
    const { plan, main } = scanTree({ src: { type: 'dir' }, Dockerfile: `FROM scratch\n${instruction}\n` })
    const [read] = plan.reads
    if (!read) throw new Error('nothing is read')
    const { reads, readsBelow } = createWatch(read, main.table)
    const told = directories.filter((directory) => readsBelow(directory) !== null)
    for (const directory of told)
      expect(inside(directory).filter((path) => reads(path) !== readsBelow(directory))).toEqual([])
    expect(told.length === 0).toBe(how === 'none')
    expect(told.length === directories.length).toBe(how === 'all')
  })

  it.each([
    [
      ['out', 'x/y'],
      ['src', 'src/b', 'src/b/c.ts', 'src2', 'apps', 'apps/web', 'apps/web/x', 'docs', 'out', 'x/y/z'],
    ],
    [['*', '!src'], directories],
    [['out', '!out/keep'], directories.filter((directory) => directory !== 'out')],
    [['**/*.log'], []],
    [
      ['*.log', '!src/**/keep'],
      ['apps', 'apps/web', 'apps/web/x', 'docs', 'out', 'src2', 'x/y/z'],
    ],
    [['[z-a]', 'out'], []],
  ])('by the ignore file %j too', (lines, expected) => {
    const sends = createSends(createPatternList(parseIgnoreFile(`${lines.join('\n')}\n`).compiled))
    const told = directories.filter((directory) => sends.below(directory) !== null)
    for (const directory of told)
      expect(inside(directory).filter((path) => sends.path(path) !== sends.below(directory))).toEqual([])
    expect([...told].sort()).toEqual([...expected].sort())
  })
})

describe('a path that is no longer there', () => {
  it('is judged by the ignore file as the walk would judge it', () => {
    const text = ['*', '!src', 'src/**/*.log', '!src/keep.log', 'a/b', '!a/b/c']
    const { main } = scanTree({ '.dockerignore': `${text.join('\n')}\n` })
    const sends = createSends(main.context.patterns)
    const matcher = createIgnoreMatcher(text)
    const paths = [
      'x',
      'src/a',
      'src/a.log',
      'src/keep.log',
      'src/d/e.log',
      'a/b/c',
      'a/b/c/d',
      'a/b/d',
      'srcs/a',
    ]
    expect(paths.filter(sends.path)).toEqual(['src/a', 'src/keep.log', 'a/b/c', 'a/b/c/d'])
    expect(paths.filter((path) => !matcher.ignores(path))).toEqual(paths.filter(sends.path))
  })

  it('is dropped with a directory that nothing below can be let in again of', () => {
    const { main } = scanTree({ '.dockerignore': 'out\n!elsewhere/keep\n' })
    expect(createSends(main.context.patterns).path('out/keep')).toBe(false)
  })
})
