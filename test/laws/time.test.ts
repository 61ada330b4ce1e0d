import { describe, expect, it } from 'vitest'
import { compilePatterns, createIgnoreMatcher } from '../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import { reachOfBuildkit } from '../../src/ignore/reach.ts'

/** Far above what the work takes, far below what an exponential or quadratic way would. */
const generousMs = 10_000

function took(work: () => void): number {
  const before = performance.now()
  work()
  return performance.now() - before
}

describe('no pattern takes exponential time', () => {
  const long = 'a'.repeat(4000)
  it.each([
    ['stars between letters', '*a'.repeat(500)],
    ['stars between question marks', '*?'.repeat(500)],
    ['optional directories', `${'**/'.repeat(1)}${'a/**/'.repeat(400)}b`],
    ['optional directories within a name', `${'a**'.repeat(400)}b`],
    ['classes that overlap', `${'*[ab]*[^b]'.repeat(200)}c`],
    ['the choice of every place from the end', `*b${'?'.repeat(60)}`],
    ['word boundaries', `${'*\\b*'.repeat(20)}c`],
    ['a star inside a class', `${'[*]'.repeat(500)}b`],
    ['quoted text', `*\\Q${'a'.repeat(500)}\\E*b`],
  ])('on long names: %s', (_, pattern) => {
    const matcher = createIgnoreMatcher([pattern])
    const paths = [long, `${long}b`, 'ab'.repeat(2000), 'a/'.repeat(300).concat('a'), 'b'.repeat(4000)]
    expect(
      took(() => {
        for (const path of paths) matcher.ignores(path)
      }),
    ).toBeLessThan(generousMs)
  })

  it('on a line as long as a line may be', () => {
    const patterns = ['*a', '**/a/', '[ab]?', '\\*', 'a/'].map((piece) =>
      piece.repeat(Math.floor(65_000 / piece.length)),
    )
    expect(
      took(() => {
        const { compiled, problems } = parseIgnoreFile(patterns.join('\n'))
        expect([compiled.length, problems]).toEqual([5, []])
        const matcher = createIgnoreMatcher(patterns)
        for (const path of ['a', 'ab'.repeat(100), 'a/b/a']) matcher.ignores(path)
      }),
    ).toBeLessThan(generousMs)
  })

  it('in working out what lies below a negation as deep as a line allows', () => {
    const texts = Array.from({ length: 5 }, (_, index) => `${index}/${'a/'.repeat(32_000)}b`)
    expect(
      took(() => {
        const reach = reachOfBuildkit(texts)
        expect([reach('0/a'), reach('b')]).toEqual([true, false])
      }),
    ).toBeLessThan(generousMs)
  })
})

describe('a hundred thousand patterns', () => {
  const many = (make: (index: number) => string) => Array.from({ length: 100_000 }, (_, index) => make(index))
  const paths = Array.from({ length: 5000 }, (_, index) => `dir${index}/file${index}.txt`)

  it.each([
    ['plain names', many((index) => `dir${index}/file${index}.txt`)],
    ['words within, every other one let in again', many((index) => `${index % 2 ? '!' : ''}**/*e${index}.*`)],
  ])('compile and match %s in linear time', (_, patterns) => {
    let hits = 0
    expect(
      took(() => {
        const list = compilePatterns(patterns)
        for (const path of paths) if (list.judge(path).verdict >= 0) hits++
      }),
    ).toBeLessThan(generousMs)
    expect(hits).toBeGreaterThan(0)
  })
})
