import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { proposeFor } from '../propose-tree.ts'

const project = {
  Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\n',
  'package.json': '{}',
  '.dockerignore': '.git\nnode_modules\n',
}
const ci = {
  '.github/workflows/ci.yml':
    'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build --push .\n',
}

/** Lines for what lies there and git ignores, as CI builds without it. */
const linesFor = (untracked: MemoryTree, gitignore: string, source: MemoryTree = {}, absent: string[] = []) =>
  proposeFor({
    tracked: { ...project, ...ci, '.gitignore': gitignore, ...source },
    untracked,
    absent,
  }).lines.filter((line) => !/ \.git/.test(line))

describe('a name that will be another tomorrow', () => {
  it.each([
    ['as git has it', 'db/shop-2026-10-18.data', '*.data\n', 'safe **/*.data'],
    ['as git has it of a place', 'db/shop-2026-10-18.data', '/db/*.data\n', 'safe db/*.data'],
    ['as git has it with a star in the middle', 'out/a-17.bin', '/out/a-*.bin\n', 'safe out/a-*.bin'],
    [
      'by what stays of it',
      'db/shop-2026-10-18.data',
      '/db/shop-2026-10-18.data\n',
      'safe db/shop-[0-9]*.data',
    ],
    [
      'by what stays of it where git has stars alone',
      'web/main.c1fbb61b.css',
      '/web/*\n',
      'safe web/main.*.css',
    ],
    ['of a directory', 'cache/run-20261018/a', '/cache/run-*\n', 'safe cache/run-*'],
    ['as its tool calls it', 'db/shop-2026-10-18.dump', 'db/shop-2026-10-18.dump\n', 'safe db/*.dump'],
  ])('is written %s', (_, path, gitignore, line) => {
    const dir = path.slice(0, path.indexOf('/'))
    expect(linesFor({ [path]: 10 }, gitignore, { [`${dir}/index.js`]: '' })).toEqual([line])
  })

  it('is no wider than what git says of several that lie together', () => {
    const of = (...names: string[]) => Object.fromEntries(names.map((name) => [`web/${name}`, 1]))
    const source = { 'web/index.css': '', 'web/a.verified.txt': '' }
    const got = of('a.got.txt', 'b.got.txt', 'c.got.txt')
    expect(linesFor(got, '*.got.txt\n', source)).toEqual(['safe web/*.got.txt'])
    const { 'web/index.css': index } = source
    // Of several patterns none is for all, and the next text may be one that git has.
    expect(
      linesFor(got, 'a.got.txt\nb.got.txt\nc.got.txt\n', { 'web/index.css': index }).map((line) =>
        line.replace(/[abc](?=\.got)/, '?'),
      ),
    ).toEqual(['safe web/?.got.txt', 'safe web/?.got.txt', 'safe web/?.got.txt'])
    expect(linesFor(of('a.txt', 'b.txt', 'c.txt'), 'web/*\n!web/*.css\n', { 'web/index.css': '' })).toEqual([
      'safe web/*.txt',
    ])
  })

  it('is one line for all that it is for', () => {
    expect(
      linesFor({ 'web/app.c1fbb61b.css': 1, 'web/app.e88db430.css': 1 }, '/web/*.css\n', {
        'web/index.css': '',
        'web/b.css': '',
      }),
    ).toEqual(['safe web/app.*.css'])
  })

  it('counts where two differ in a number', () => {
    expect(
      linesFor({ 'db/b-1.bin': 1, 'db/b-2.bin': 1 }, 'db/b-1.bin\ndb/b-2.bin\n', { 'db/a.js': '' }),
    ).toEqual(['safe db/b-[0-9]*.bin'])
  })

  it('is written as it is where the glob would reach', () => {
    const path = 'db/shop-2026-10-18.data'
    const written = (source: MemoryTree, gitignore = `${path}\n`, absent: string[] = []) =>
      linesFor({ [path]: 10 }, gitignore, { 'db/a.js': '', ...source }, absent)
    // A file that git tracks, here or in the index alone.
    expect(written({ 'db/shop-1.data': '' })).toEqual([`safe ${path}`])
    expect(written({}, `${path}\n`, ['db/shop-1.data'])).toEqual([`safe ${path}`])
    // What git would let in, though nothing of the kind is there.
    expect(written({}, 'db/*.data\n!db/shop-1.data\n')).toEqual([`safe ${path}`])
    // What an instruction names, though nothing of the kind is there.
    const named = 'FROM node\nWORKDIR /app\nCOPY . .\nCOPY db/shop-1.data /\n'
    expect(written({ Dockerfile: named })).toEqual([`safe ${path}`])
  })

  it('is written as it is where a file beside it may not go', () => {
    expect(
      linesFor(
        { 'db/shop-2026-10-18.data': 10, 'db/shop-2026-10-19.data': 10 },
        'db/shop-2026-10-18.data\n',
        {
          'db/a.js': '',
          'db/read.js': 'open("shop-2026-10-19.data")',
        },
      ),
    ).toEqual(['safe db/shop-2026-10-18.data'])
  })

  it('is what no instruction reads on any tree where that is the reason', () => {
    const narrow = 'FROM node\nCOPY db/*.data src /app/\n'
    expect(
      linesFor({ 'heap-2026-10-18.hprof': 10 }, '*.hprof\n', {
        Dockerfile: narrow,
        'src/a.js': '',
        'db/a.data': '',
      }),
    ).toEqual(['proven *.hprof'])
  })

  it.each(['utf8.js', 'deadbeef.c', '2048.html', 'face.png'])('is not %s', (name) => {
    expect(linesFor({ [`web/${name}`]: 10 }, '/web/*.*\n!/web/index.js\n', { 'web/index.js': '' })).toEqual([
      `safe web/${name}`,
    ])
  })

  it('is written from where its .gitignore lies', () => {
    const lines = (gitignore: string) =>
      linesFor({ 'db/shop-2026-10-18.data': 10 }, '', { 'db/.gitignore': gitignore, 'db/a.js': '' })
    expect(lines('*.data\n')).toEqual(['safe db/**/*.data'])
    expect(lines('/*.data\n')).toEqual(['safe db/*.data'])
  })

  it('of a log is one line for all logs, though a build cannot be read', () => {
    const open = proposeFor({
      tracked: {
        ...project,
        'build.yml': '',
        '.github/workflows/x.yml': 'jobs:\n  a:\n    steps:\n      - run: docker build $WHERE\n',
      },
      untracked: {
        'logs/a-2026-10-03.log': 1,
        'logs/a-2026-10-04.log': 1,
        'npm-debug.log': 1,
        'logs/.keep': 0,
      },
    })
    expect(open.lines).toContain('review **/*.log')
  })
})
