import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addLines, asPattern, placeFor, styleOf } from '../../src/ignore/edit.ts'
import { compilePatterns, createPatternList } from '../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import { patterns as lists, relativePath } from '../laws/arbitrary.ts'

const add = (text: string, ...lines: string[]) => addLines(parseIgnoreFile(text), [{ comment: null, lines }])

const judged = (text: string) => {
  const list = createPatternList(parseIgnoreFile(text).compiled)
  return (path: string) => list.matched(list.judge(path).verdict)
}

describe('adding lines', () => {
  it('writes a new file with its comments', () => {
    const groups = [
      { comment: 'npm ci makes it again', lines: ['node_modules', '**/node_modules'] },
      { comment: null, lines: ['.git'] },
      { comment: 'two\nlines', lines: ['*.log'] },
    ]
    expect(addLines(null, groups)).toBe(
      '# npm ci makes it again\nnode_modules\n**/node_modules\n.git\n\n# two\n# lines\n*.log\n',
    )
  })

  it.each([
    ['no final line end', 'a', 'a\nnew\n'],
    ['one', 'a\n', 'a\nnew\n'],
    ['Windows line ends', 'a\r\nb\r\n', 'a\r\nb\r\nnew\r\n'],
    ['Windows line ends and no final one', 'a\r\nb', 'a\r\nb\r\nnew\r\n'],
    ['mixed line ends', 'a\r\nb\nc\n', 'a\r\nb\nc\nnew\n'],
    ['a byte order mark', '\uFEFFa\n', '\uFEFFa\nnew\n'],
    ['nothing but a byte order mark', '\uFEFF', '\uFEFFnew\n'],
    ['blanks and comments', '  a  \n# c\n\n\n', '  a  \n# c\n\n\nnew\n'],
    ['nothing', '', 'new\n'],
    ['bytes that are not UTF-8', 'a\uDCFF\n', 'a\uDCFF\nnew\n'],
  ])('keeps a file with %s as it is', (_, before, after) => {
    expect(add(before, 'new')).toBe(after)
  })

  it('sets a comment apart from what stands above it', () => {
    const group = { comment: 'why', lines: ['x'] }
    expect(addLines(parseIgnoreFile('a\n'), [group])).toBe('a\n\n# why\nx\n')
    expect(addLines(parseIgnoreFile('a\n\n'), [group])).toBe('a\n\n# why\nx\n')
  })

  it('adds nothing twice, and nothing that is there', () => {
    expect(add('a\n', 'a', './a', 'b', 'b/')).toBe('a\nb\n')
    const once = add('*.md\n!README.md\n', '**/node_modules', '*.log')
    expect(add(once, '**/node_modules', '*.log')).toBe(once)
  })

  it('adds again what an exception has undone', () => {
    expect(addLines(parseIgnoreFile('a\n!a\n'), [{ comment: null, lines: ['a'] }], { at: 'end' })).toBe(
      'a\n!a\na\n',
    )
  })

  it('leaves out what is no single pattern, and a file that docker refuses alone', () => {
    expect(add('a\n', '', '# c', 'x\ny', '[', '!', '  ')).toBe('a\n')
    expect(add('[\n', 'a')).toBe('[\n')
  })

  it('keeps what exceptions let in, in a list of what stays out', () => {
    expect(add('.env*\n\n# the template\n!.env.example\n*.tmp\n', '.env.*')).toBe(
      '.env*\n.env.*\n\n# the template\n!.env.example\n*.tmp\n',
    )
    expect(add('# keep\n!a.md\n', '*.md')).toBe('*.md\n# keep\n!a.md\n')
    expect(add('\uFEFF# keep\n!a.md\n', '*.md')).toBe('\uFEFF*.md\n# keep\n!a.md\n')
    expect(add('build\n!build/keep\n', '**/node_modules')).toBe('build\n!build/keep\n**/node_modules\n')
  })

  it('appends what no exception can meet', () => {
    expect(add('.env*\n!.env.example\n', 'node_modules')).toBe('.env*\n!.env.example\nnode_modules\n')
  })

  it('puts between a line and its exception only what has to stand there', () => {
    const file = '.vscode/*\n!.vscode/extensions.json\n.idea\n'
    expect(add(file, '.vscode', 'coverage')).toBe(
      '.vscode/*\n.vscode\n!.vscode/extensions.json\n.idea\ncoverage\n',
    )
    expect(add(`dist\n\n${file.slice(10)}`, '.vscode', 'coverage')).toBe(
      'dist\n.vscode\ncoverage\n\n!.vscode/extensions.json\n.idea\n',
    )
  })

  it('drops from what an allow-list lets in, and keeps the exceptions to that', () => {
    expect(add('*\n!src\n!package.json\n', '**/node_modules')).toBe(
      '*\n!src\n!package.json\n**/node_modules\n',
    )
    const after = add('*\n!src\n!src/keep.log\n', '**/*.log')
    expect(after).toBe('*\n!src\n**/*.log\n!src/keep.log\n')
    expect(['src/a.log', 'src/keep.log', 'src/a.ts'].map(judged(after))).toEqual([true, false, false])
    // The last exception lets a directory in, and the line is for what lies there as well.
    expect(add('*\n!src\n!src/keep.log\n!lib\n', '**/*.log')).toBe('*\n!src\n!src/keep.log\n!lib\n**/*.log\n')
  })

  it('goes to the end where a line further up would let something in', () => {
    const file = parseIgnoreFile('!a/b\na\n')
    expect(placeFor(file, compilePatterns(['*/b']).patterns[0] ?? expect.fail())).toBe(1)
    expect(judged('!a/b\na\n')('a/b')).toBe(true)
    expect(judged('*\n!a/b\na\n')('a/b')).toBe(false)
    expect(add('!a/b\na\n', '*')).toBe('!a/b\na\n*\n')
    // Not so far down that it undoes the last exception.
    expect(add('!*/b\n*\n!a\n', '?*')).toBe('!*/b\n*\n?*\n!a\n')
  })

  /** No exception: docker cleans a line before it looks for the `!`, so `/!a` is one. */
  const isPlain = (text: string) => parseIgnoreFile(text).compiled.every(({ negated }) => !negated)

  it('never lets anything in, and drops no more than the line matches', () => {
    fc.assert(
      fc.property(
        lists,
        lists.filter((each) => each.some(isPlain)),
        fc.array(relativePath, { minLength: 5, maxLength: 30 }),
        (texts, others, paths) => {
          const before = texts.map((text) => `${text}\n`).join('')
          const line = others.find(isPlain) ?? ''
          const after = add(before, line)
          const alone = judged(line)
          for (const path of paths) {
            const [was, is] = [judged(before)(path), judged(after)(path)]
            if (was) expect([path, is]).toEqual([path, true])
            else if (is) expect([path, alone(path)]).toEqual([path, true])
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('keeps every line that was there, in its order and to the byte', () => {
    const line = fc.constantFrom('a', '!a', ' b ', '# c', '', '*', '!*/b', '**/x', '\uDC80')
    const file = fc
      .tuple(fc.constantFrom('', '\uFEFF'), fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n'))))
      .map(([mark, lines]) => mark + lines.map((parts) => parts.join('')).join(''))
    fc.assert(
      fc.property(file, fc.constantFrom('a/b', '**/x', 'b', '*'), (text, added) => {
        const after = add(text, added)
        expect(after.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'))
        const [before, now] = [text, after].map((each) => each.replace('\uFEFF', ''))
        const physical = (now ?? '').split(/(?<=\n)/)
        const without = physical.flatMap((line, index) =>
          line.trim() === added ? [physical.toSpliced(index, 1).join('')] : [],
        )
        if (after !== text) expect(without).toContain(before)
        expect(add(after, added)).toBe(after)
      }),
    )
  })
})

describe('the style of a file', () => {
  it.each([
    ['*\n!src\n', 'allow'],
    ['**\n!src\n', 'allow'],
    ['# all\n**/*\n!src\n', 'allow'],
    ['*\n', 'deny'],
    ['!src\n*\n', 'deny'],
    ['a\n!a/b\n', 'deny'],
    ['*.*\n!a.b\n', 'deny'],
    ['', 'deny'],
  ] as const)('of %j is %s', (text, style) => {
    expect(styleOf(parseIgnoreFile(text))).toBe(style)
  })
})

describe('a path as a line', () => {
  const exact = { anywhere: false }

  it.each([
    ['src/a.ts', 'src/a.ts'],
    ['a*b?c[d]e\\f^g', 'a\\*b\\?c\\[d\\]e\\\\f\\^g'],
    ['#x', '\\#x'],
    ['!x', '\\!x'],
    [' x', '[ ]x'],
    ['x\u00A0', 'x[\u00A0]'],
    ['a b/c', 'a b/c'],
    ['a{1}', 'a{1}'],
    ['a{1}*|', 'a\\{1\\}\\*\\|'],
    ['x\t', 'x[\t]'],
    ['$a.b+(c)', '$a.b+(c)'],
    ['..a/...', '..a/...'],
  ])('%j is %j', (path, line) => {
    expect(asPattern(path, exact)).toBe(line)
  })

  it('matches at any depth where asked to', () => {
    expect(asPattern('node_modules', { anywhere: true })).toBe('**/node_modules')
    expect(asPattern('#a*/b', { anywhere: true })).toBe('**/#a\\*/b')
    expect(asPattern('a ', { anywhere: true })).toBe('**/a[ ]')
  })

  it.each(['', '.', '..', '../x', '/x', 'a//b', 'a\nb', 'Icon\r', 'a\0', 'a\uDC80', '\uFEFFa'])(
    'there is none for %j',
    (path) => {
      expect(asPattern(path, exact)).toBeNull()
    },
  )

  it('matches the path and, of all paths beside it, no other', () => {
    const name = fc
      .array(fc.constantFrom(...'ab*?[]\\^#! {}|$+.é\u3000-'), { minLength: 1, maxLength: 5 })
      .map((chars) => chars.join(''))
      .filter((text) => text !== '.' && text !== '..')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 8 }), fc.boolean(), (wanted, others, anywhere) => {
        const line = asPattern(wanted, { anywhere })
        if (line === null) throw new Error(`no line for ${wanted}`)
        const list = createPatternList(parseIgnoreFile(line).compiled)
        const matches = (tried: string) => list.matching(tried).length > 0
        expect([line, matches(wanted)]).toEqual([line, true])
        for (const other of [...others, `x${wanted}`, `${wanted}x`, wanted.replace(/.$/u, 'b')])
          if (other !== wanted && !other.endsWith(`/${wanted}`))
            expect([line, other, matches(other)]).toEqual([line, other, false])
        expect(matches(`deep/er/${wanted}`)).toBe(anywhere)
      }),
      { numRuns: 500 },
    )
  })
})
