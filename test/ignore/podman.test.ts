import { describe, expect, it } from 'vitest'
import { createPatternList } from '../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import { compilePodmanPattern, parsePodmanIgnoreFile, readAlike } from '../../src/ignore/podman.ts'

const keeps = (text: string, path: string): boolean => {
  const { compiled, problems } = parsePodmanIgnoreFile(text, '.containerignore')
  expect(problems).toEqual([])
  const list = createPatternList(compiled, 'podman')
  return !list.matched(list.judge(path).verdict)
}

describe("podman's patterns", () => {
  it.each([
    ['(auth)', 'auth/p', false],
    ['(auth)', '(auth)/p', true],
    ['a+b', 'aab', false],
    ['a+b', 'a+b', true],
    ['b/(a|keep).log', 'b/keep.log', false],
    ['(a|b)+c', 'abc', false],
    ['b|zz', 'bc/d', false],
    ['[+(]x', '+x', false],
    ['**.log', 'x.log', true],
    ['**.log', 'd/.log', false],
    [' /a', 'a', true],
    ['*\n! a', 'a', false],
    ['*\n!/a', 'a', true],
    ['\uFEFFa', 'a', false],
    ['\uFEFF#a', '#a', false],
    ['a\\.b', 'a.b', false],
    ['[.]x', '.x', false],
    ['a.b', 'axb', true],
  ])('read %j as a regular expression reads it: %s is kept: %s', (text, path, kept) => {
    expect(keeps(text, path)).toBe(kept)
  })

  it('are judged by the last line that matches the path or a parent', () => {
    expect(keeps('b/*.log\n!b\n', 'b/a.log')).toBe(true)
    expect(keeps('!b\nb/*.log\n', 'b/a.log')).toBe(false)
    expect(keeps('*\n!b\n', 'b/c/d')).toBe(true)
  })

  it.each(['a(b', 'a)b', '[b-a]', 'a**+', 'a*\\'])('cannot be evaluated: %s', (text) => {
    expect(compilePodmanPattern(text)).toMatchObject({ invalid: true })
  })

  it('that the engine cannot read fail with the first path, whatever it is', () => {
    const list = createPatternList(parsePodmanIgnoreFile('[b-a]', 'x').compiled, 'podman')
    expect(() => list.decide(list.root, 'a')).toThrow('syntax error in pattern')
  })

  it('that are groups within groups beyond what the engine takes are none', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`
    expect(keeps(nested(100), 'a')).toBe(false)
    for (const text of [nested(5000), '('.repeat(60_000)])
      expect(compilePodmanPattern(text)).toMatchObject({ invalid: true })
  })

  it('are refused with the line on which they stand', () => {
    const { problems, compiled } = parsePodmanIgnoreFile('a\n!\n[\n', '.containerignore')
    expect(problems.map(({ at, message }) => [at?.line, message])).toEqual([
      [2, 'illegal exclusion pattern: "!": !'],
      [3, 'syntax error in pattern: ['],
    ])
    expect(compiled).toEqual([])
  })

  it('stand where they stand in the file', () => {
    const { lines, text } = parsePodmanIgnoreFile('# x\r\n\n /b/ \r\n/c\n', 'x')
    expect(lines.map(({ line, start, end }) => [line, text.slice(start, end)])).toEqual([
      [3, '/b/'],
      [4, '/c'],
    ])
  })
})

describe('the two dialects', () => {
  const alike = (text: string) => readAlike(parsePodmanIgnoreFile(text, 'x'), parseIgnoreFile(text))
  it.each(['', 'node_modules\n**/*.log\n/dist/\na/**\n*.t?t\n# x\n[ab]c\n', 'a\r\n  b  \r\n'])(
    'read %j alike',
    (text) => {
      expect(alike(text)).toBe(true)
    },
  )
  it.each(['a\n!b\n', '(auth)\n', 'a+b\n', '**.log\n', ' /a\n', '[\n', '\uFEFF#a\n'])(
    'do not read %j alike',
    (text) => {
      expect(alike(text)).toBe(false)
    },
  )
})
