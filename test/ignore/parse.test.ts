import { describe, expect, it } from 'vitest'
import { createPatternList } from '../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'

describe('reading an ignore file', () => {
  it.each([
    ['a comment', '#a\n#\n', []],
    ['a # behind a blank', ' # x\n', ['# x']],
    ['a # behind a pattern', 'a # c\n', ['a # c']],
    ['blank lines', '\n \n\t\n', []],
    ['blanks around', '  a b \t\n', ['a b']],
    ['a no-break space, U+0085 and an ideographic space around', '\u00a0a\u0085\n\u3000b\n', ['a', 'b']],
    ['a zero-width space, which is no blank', '\u200ba\n', ['\u200ba']],
    ['one byte order mark', '\uFEFFa\n', ['a']],
    ['a comment behind a byte order mark', '\uFEFF#a\nb\n', ['b']],
    ['a second byte order mark', '\uFEFF\uFEFFa\n', ['\uFEFFa']],
    ['a byte order mark on the second line', 'a\n\uFEFFb\n', ['a', '\uFEFFb']],
    ['a line that ends in CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['a last line without an end', 'a\nb', ['a', 'b']],
    [
      'all the ways to write a',
      '/a\n./a\na/\na/.\nb/../a\n//a\n/../a\n',
      ['a', 'a', 'a', 'a', 'a', 'a', 'a'],
    ],
    ['a parent', '../a\n', ['../a']],
    ['the root and the context', '/\n.\n./\na/..\n', ['/', '.', '.', '.']],
    ['a negation with blanks', '! a\n!/b/\n! ./c\n', ['!a', '!b', '!c']],
    ['a name that starts with ! or #', '\\!x\n\\#x\n!!a\n', ['\\!x', '\\#x', '!!a']],
    ['order and duplicates', 'b\na\nb\n', ['b', 'a', 'b']],
    ['nothing', '', []],
  ])('understands %s', (_, text, patterns) => {
    const parsed = parseIgnoreFile(text)
    expect(parsed.patterns).toEqual(patterns)
    expect(parsed.problems).toEqual([])
  })

  it('keeps the line of each pattern and what is written there', () => {
    expect(parseIgnoreFile('# c\n\n a/ \n!./b\n').lines).toEqual([
      { line: 3, start: 6, end: 8, written: 'a/', pattern: 'a' },
      { line: 4, start: 10, end: 14, written: '!./b', pattern: '!b' },
    ])
  })

  it('keeps bytes that are not UTF-8 and shows them as U+FFFD', () => {
    const parsed = parseIgnoreFile(Uint8Array.of(0x61, 0xff, 0x0a))
    expect(parsed.lines.map(({ pattern }) => pattern)).toEqual(['a\uDCFF'])
    expect(parsed.patterns).toEqual(['a\uFFFD'])
  })

  it.each(['/ /', './ /.'])(
    'names the right lines after %j, which the matcher drops for being blank',
    (line) => {
      const { lines, compiled, problems } = parseIgnoreFile(`a\n${line}\nb\n`)
      expect(problems).toEqual([])
      const list = createPatternList(compiled)
      expect(lines[list.judge('b').verdict]?.line).toBe(3)
      expect(list.judge(' ').verdict).toBe(-1)
    },
  )
})

describe('an ignore file that docker refuses', () => {
  it.each([
    ['[', 'syntax error in pattern: ['],
    ['a[', 'syntax error in pattern: a['],
    ['*[', 'syntax error in pattern: *['],
    ['**/[', 'syntax error in pattern: **/['],
    ['.*[', 'syntax error in pattern: .*['],
    ['\\', 'syntax error in pattern: \\'],
    ['!', 'illegal exclusion pattern: "!": !'],
    ['!  ', 'illegal exclusion pattern: "!": !'],
  ])('says so for the line %j', (line, message) => {
    const { problems, compiled } = parseIgnoreFile(`a\n# c\n${line}\nb\n`, 'x.dockerignore')
    expect(problems.map((each) => ({ message: each.message, at: each.at }))).toEqual([
      { message, at: { file: 'x.dockerignore', line: 3 } },
    ])
    expect(compiled).toEqual([])
  })

  it('has every line that is refused', () => {
    expect(parseIgnoreFile('[\na\n]\n[]\n').problems.map(({ at }) => at?.line)).toEqual([1, 4])
  })

  it.each(['a*[', '[b-a]', 'b*x[^', '\\e', '\\u1234', '[[:nope:]]', '\\x{}', '\\8', '\\p{greek}'])(
    'is not one with %j, which fails only when it is evaluated',
    (line) => {
      const { problems, compiled } = parseIgnoreFile(line)
      expect(problems).toEqual([])
      expect(compiled.map(({ invalid }) => invalid)).toEqual([true])
    },
  )
})

describe('the longest line', () => {
  it.each([
    ['65,535 bytes and a line break', 'a'.repeat(65_535), 'b', []],
    ['65,536 bytes', 'a'.repeat(65_536), 'b', [2]],
    ['65,535 bytes at the end of the file', 'a'.repeat(65_535), null, []],
    ['65,534 bytes and CRLF', `${'a'.repeat(65_534)}\r`, 'b', []],
    ['65,535 bytes and CRLF', `${'a'.repeat(65_535)}\r`, 'b', [2]],
    ['characters of three bytes', '日'.repeat(21_846), 'b', [2]],
    ['as many characters of three bytes as fit', '日'.repeat(21_845), 'b', []],
    ['a comment too long', `#${'a'.repeat(65_536)}`, 'b', [2]],
  ])('of %s', (_, line, after, refused) => {
    const { problems } = parseIgnoreFile(`x\n${line}${after === null ? '' : `\n${after}`}`)
    expect(problems.map(({ at }) => at?.line)).toEqual(refused)
  })

  it('is counted in the bytes of the file where they are not UTF-8', () => {
    const bytes = new Uint8Array(60_000).fill(0xff)
    expect(parseIgnoreFile(bytes).problems).toEqual([])
  })

  it('takes no time to speak of when it is nearly all blanks', () => {
    const line = `a${' '.repeat(65_000)}b\n`
    const before = performance.now()
    expect(parseIgnoreFile(line.repeat(5)).patterns).toHaveLength(5)
    expect(performance.now() - before).toBeLessThan(1500)
  })
})
