import { describe, expect, it } from 'vitest'
import { bar } from '../../src/reporters/screen/bars.ts'
import { grid } from '../../src/reporters/screen/grid.ts'
import { listText, pathBytes, readsText, sentText } from '../../src/reporters/screen/list.ts'
import { whyText } from '../../src/reporters/screen/why.ts'
import { displayWidth, shorten, wrap } from '../../src/reporters/screen/width.ts'
import { shellWord } from '../../src/reporters/screen/words.ts'
import { plainStyle as style } from './style.ts'

const build = { root: '.', dockerfile: 'Dockerfile', target: null }
const head = { schemaVersion: 1, build, problems: [] } as const

describe('a bar', () => {
  it.each([
    [0, ''],
    [0.0001, '▏'],
    [0.5, '███'],
    [0.6, '███▋'],
    [1, '██████'],
    [7, '██████'],
  ])('for the share %d is %j', (share, text) => {
    expect(bar(share, 6)).toBe(text)
  })
})

describe('text', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['🎉', 2],
    ['e\u0301', 1],
    ['─', 1],
  ])('%j takes %d columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns)
  })

  it('is broken at blanks, else after a slash, else anywhere', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrap('some/long/path', 10)).toEqual(['some/long/', 'path'])
    expect(wrap('src/persistence/', 15)).toEqual(['src/', 'persistence/'])
    expect(wrap('日本語日本語', 5)).toEqual(['日本', '語日', '本語'])
    expect(wrap('', 5)).toEqual([''])
    expect(wrap('read by COPY . . :12', 17)).toEqual(['read by', 'COPY . . :12'])
    expect(wrap('read by COPY . . :12', 19)).toEqual(['read by', 'COPY . . :12'])
    expect(wrap('into .git :x', 9)).toEqual(['into .git', ':x'])
  })

  it('is shortened with an ellipsis that fits', () => {
    expect(shorten('COPY something', 8)).toBe('COPY so…')
    expect(shorten('日本語日本', 6)).toBe('日本…')
  })

  it('is quoted for a shell only where it must be', () => {
    expect(['a/b-c.d', 'a b', "it's", '$x'].map(shellWord)).toEqual([
      'a/b-c.d',
      "'a b'",
      "'it'\\''s'",
      "'$x'",
    ])
  })
})

describe('a grid', () => {
  it('aligns wide characters', () => {
    const rows = [
      ['日本', '1', 'x'],
      ['abcdef', '12', 'y'],
    ]
    expect(grid(rows, [{}, { align: 'right' }, {}], style)).toEqual(['  日本     1  x', '  abcdef  12  y'])
  })

  it('breaks flexible columns where the terminal is narrow', () => {
    const rows = [['packages/a/very/long/directory/name', '12kB']]
    expect(grid(rows, [{ flexible: true }, { align: 'right' }], { ...style, width: 34 })).toEqual([
      '  packages/a/very/long/       12kB',
      '  directory/name',
    ])
  })
})

describe('ctxsize ls', () => {
  const entries = [
    { path: 'src', type: 'dir', size: 0 },
    { path: 'src/a\nb', type: 'file', size: 2300 },
    {
      path: 'caf\uFFFD',
      pathBase64: Buffer.from([0x63, 0x61, 0x66, 0xe9]).toString('base64'),
      type: 'symlink',
      size: 3,
    },
  ] as const
  const sent = {
    ...head,
    builder: 'buildkit',
    requested: true,
    wireBytes: 1,
    exact: true,
    inexact: [],
    buildFails: false,
    entries,
  } as const

  it('prints one path a line, control characters visible', () => {
    expect(sentText(sent, false, style)).toBe('src\nsrc/a\\nb\ncaf\uFFFD\n')
  })

  it('prints sizes and kinds with -l', () => {
    expect(sentText(sent, true, style).split('\n')).toEqual([
      '          src/',
      '  2.30kB  src/a\\nb',
      '      3B  caf\uFFFD  (symlink)',
      '',
    ])
  })

  it('writes the very bytes of each name with -0', () => {
    expect(Buffer.from(pathBytes(entries)).toString('latin1')).toBe('src\0src/a\nb\0caf\xe9\0')
  })

  it('names the line that decided about an ignored path', () => {
    const decidedBy = { file: '.dockerignore', line: 3, pattern: '*.log', negated: false }
    const text = listText(
      {
        ...head,
        list: 'ignored',
        entries: [
          { path: 'a.log', type: 'file', size: 1, decidedBy },
          { path: 'node_modules', type: 'dir', size: 0, decidedBy, pruned: true },
        ],
      },
      false,
      style,
    )
    expect(text.split('\n')).toEqual([
      'a.log         .dockerignore:3  *.log',
      'node_modules  .dockerignore:3  *.log  (not entered)',
      '',
    ])
  })

  it('groups files by the instruction that reads them', () => {
    const one = { instruction: 'COPY', stage: 'build', from: null, problem: null } as const
    const text = readsText(
      {
        ...head,
        reads: [
          { ...one, line: 4, sources: ['src', 'x'], files: ['src/a', 'x'] },
          { ...one, line: 6, sources: ['/out'], from: 'build', files: [] },
        ],
      },
      style,
    )
    expect(text).toMatchInlineSnapshot(`
      "Dockerfile:4  COPY src x  stage build, 2 files
        src/a
        x

      Dockerfile:6  COPY --from=build /out  stage build, nothing of the context
      "
    `)
  })
})

describe('ctxsize why', () => {
  it('tells fate, lines, readers and what would change the answer', () => {
    const line = { file: '.dockerignore', negated: false }
    const path = {
      path: 'node_modules/a/b.js',
      exists: true,
      type: 'file',
      size: 2300,
      fate: 'ignored',
      decidedBy: { ...line, line: 3, pattern: 'node_modules' },
      matches: [
        { ...line, line: 1, pattern: '**/*.js', matched: 'node_modules/a/b.js' },
        { ...line, line: 3, pattern: 'node_modules', matched: 'node_modules' },
      ],
      droppedParent: 'node_modules',
      reads: [],
      wantedBy: [],
      change: {
        file: '.dockerignore',
        add: '!node_modules/a',
        remove: null,
        effect: 'lets it in again',
      },
      notes: ['The classic builder keeps it.'],
    } as const
    expect(whyText({ ...head, paths: [path] }, style)).toMatchInlineSnapshot(`
      "node_modules/a/b.js  (file, 2.30kB)
        fate        ignored with its directory node_modules/ by .dockerignore:3
                    node_modules
        matched by  .dockerignore:1  **/*.js  drops
                    .dockerignore:3  node_modules  drops  matches node_modules  ← decides
        read by     no instruction
        to change   the line !node_modules/a as the last of .dockerignore lets it in again
        note        The classic builder keeps it.
      "
    `)
  })

  it('is about what would be for a path that is not there', () => {
    const path = {
      path: 'nope\x1b[31m',
      exists: false,
      type: null,
      size: null,
      fate: 'unread',
      decidedBy: null,
      matches: [],
      droppedParent: null,
      reads: [],
      wantedBy: [],
      change: null,
      notes: [],
    } as const
    expect(whyText({ ...head, paths: [path] }, style)).toMatchInlineSnapshot(`
      "nope\\x1b[31m  (not there; this is what would hold if it were)
        fate        would be in the context, but no instruction reads it: BuildKit leaves
                    it, the classic builder takes it
        matched by  no line of the ignore file
        read by     no instruction
      "
    `)
  })
})
