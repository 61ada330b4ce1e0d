import { describe, expect, it } from 'vitest'
import { createIgnoreMatcher } from '../../src/ignore/matcher.ts'

/**
 * moby/patternmatcher means to escape `|`, `{` and `}`, but its bitmap (patternmatcher.go, escapeBytes) ends at U+003F: in a
 * pattern that becomes a regular expression they keep their meaning. Every row is what the client of Docker 28.2.2 did.
 */
const names = [
  ...['aab', 'aa', 'a', 'b', 'x.js', 'x.{js,ts}', 'Ωmega', 'A'],
  ...['{x}', 'c/b', 'c/xby', 'ab', '}', 'a|b'],
]

describe('a bar or a brace in a pattern', () => {
  it.each<[string, string[]]>([
    [
      '*|b',
      ['aab', 'aa', 'a', 'b', 'x.js', 'x.{js,ts}', 'Ωmega', 'A', '{x}', 'c/b', 'c/xby', 'ab', '}', 'a|b'],
    ],
    [
      '?|b',
      ['aab', 'aa', 'a', 'b', 'x.js', 'x.{js,ts}', 'Ωmega', 'A', '{x}', 'c/b', 'c/xby', 'ab', '}', 'a|b'],
    ],
    ['q*|b', ['aab', 'b', 'c/b', 'ab', 'a|b']],
    ['a|b', ['a|b']],
    ['[a]|b', ['aab', 'aa', 'a', 'b', 'c/b', 'ab', 'a|b']],
    ['a{2}*', ['aab', 'aa']],
    ['a{2}', []],
    ['*.{js,ts}', ['x.{js,ts}']],
    ['{x}*', ['{x}']],
    ['{2}?', ['a', 'b', 'A', 'c/b', 'c/xby', '}']],
    ['?{2}', ['aa', 'ab']],
    ['?{02}', []],
    ['?{,3}', []],
    ['?{3,}', ['aab', 'x.js', 'x.{js,ts}', 'Ωmega', '{x}', 'a|b']],
    ['?{0,1}', ['a', 'b', 'A', 'c/b', 'c/xby', '}']],
    ['[ab]{2}', ['aa', 'ab']],
    ['q*|$', []],
    ['\\b{2}a?', ['aa', 'ab']],
    ['?{0}a', ['a']],
    ['**/b|q', []],
    ['**{', []],
    ['\\Qa\\E{2}*', ['aab', 'aa']],
    ['\\p{Greek}*', ['Ωmega']],
    ['\\P{Lu}*', ['aab', 'aa', 'a', 'b', 'x.js', 'x.{js,ts}', '{x}', 'c/b', 'c/xby', 'ab', '}', 'a|b']],
    ['\\p{^Lu}?', ['aa', 'ab']],
    ['\\x{41}', ['A']],
    ['[\\x{41}-\\x{42}]', ['A']],
  ])('makes %j ignore %j', (pattern, ignored) => {
    const matcher = createIgnoreMatcher([pattern])
    expect(names.filter((name) => matcher.ignores(name))).toEqual(ignored)
  })

  it.each([
    '?|{2}',
    '?{2}{3}',
    '*{2}',
    'a**{2}',
    '?{1001}',
    '?{2,1}',
    '\\p{greek}',
    '\\p{Grek}',
    '\\p{}',
    '\\x{}',
    '\\x{110000}',
  ])('fails with %j once it is evaluated', (pattern) => {
    const matcher = createIgnoreMatcher([pattern])
    expect(() => matcher.ignores('a')).toThrow('syntax error in pattern')
  })

  it('refuses no path for what is too long for any', () => {
    const matcher = createIgnoreMatcher([`${'a{1000}'.repeat(9)}*`])
    expect(matcher.ignores('a'.repeat(8_999))).toBe(false)
    expect(matcher.ignores('a'.repeat(9_000))).toBe(true)
  })
})
