import { describe, expect, it } from 'vitest'
import { hasWildcard, matchGlob } from '../../src/lib/glob.ts'

describe('filepath.Match', () => {
  it.each([
    ['abc', 'abc', 'match'],
    ['*', 'abc', 'match'],
    ['*', '', 'match'],
    ['*', 'a/b', 'no match'],
    ['*c', 'abc', 'match'],
    ['a*', 'a', 'match'],
    ['a*', 'ab/c', 'no match'],
    ['a*/b', 'abc/b', 'match'],
    ['a*/b', 'a/c/b', 'no match'],
    ['a*b*c*d*e*/f', 'axbxcxdxe/f', 'match'],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', 'no match'],
    ['a*b?c*x', 'abxbbxdbxebxczzx', 'match'],
    ['a*b?c*x', 'abxbbxdbxebxczzy', 'no match'],
    ['**', 'abc', 'match'],
    ['**/x', 'a/x', 'match'],
    ['**/x', 'a/b/x', 'no match'],
    ['?', '/', 'no match'],
    ['a?b', 'a/b', 'no match'],
    ['a?b', 'aéb', 'match'],
    ['a?b', 'a\u{1F600}b', 'match'],
    ['ab[c]', 'abc', 'match'],
    ['ab[b-d]', 'abc', 'match'],
    ['ab[e-g]', 'abc', 'no match'],
    ['ab[^c]', 'abc', 'no match'],
    ['ab[^e-g]', 'abc', 'match'],
    ['a[!b]c', 'a!c', 'match'],
    ['a[!b]c', 'axc', 'no match'],
    ['a[^a]b', 'a☺b', 'match'],
    ['[a-ζ]*', 'α', 'match'],
    ['*[a-ζ]', 'A', 'no match'],
    ['a[^x]b', 'a/b', 'match'],
    ['[b-a]', 'b', 'no match'],
    ['[\\]a]', ']', 'match'],
    ['[\\-x]', '-', 'match'],
    ['[x\\-]', 'x', 'match'],
    ['[a-b-c]', 'a', 'bad pattern'],
    ['a\\*', 'a*', 'match'],
    ['a\\*b', 'axb', 'no match'],
    ['\\\\', '\\', 'match'],
    ['.env', '.env', 'match'],
    ['*', '.env', 'match'],
    ['\u{1F600}*', '\u{1F600}x', 'match'],
    ['', '', 'match'],
    ['', 'a', 'no match'],
  ])('%j on %j: %s', (pattern, name, result) => {
    expect(matchGlob(pattern, name)).toBe(result)
  })

  it.each([
    '[',
    '[a',
    '[]a]',
    '[-]',
    '[x-]',
    '[-x]',
    '[^',
    '[^bc',
    'a[',
    '[a-',
    '[a-]',
    '[\\',
    '\\',
    '*[',
    '**/[',
    '.*[',
    '.\\',
    '[]',
    '[^]',
  ])('refuses %j against `.`', (pattern) => {
    expect(matchGlob(pattern, '.')).toBe('bad pattern')
  })

  it.each(['a*[', 'b*x[^', 'a*b\\', 'ab*[]'])('stops before it sees that %j is broken', (pattern) => {
    expect(matchGlob(pattern, '.')).toBe('no match')
  })

  it('takes no more than the pattern times the name in steps', () => {
    const pattern = `${'*a'.repeat(2000)}b`
    const before = performance.now()
    expect(matchGlob(pattern, 'a'.repeat(4000))).toBe('no match')
    expect(performance.now() - before).toBeLessThan(2000)
  })
})

describe('a wildcard', () => {
  it.each([
    ['a*', true],
    ['?', true],
    ['[a]', true],
    ['a\\*', false],
    ['a\\\\*', true],
    ['a]', false],
    ['a', false],
  ])('is in %j: %s', (text, found) => {
    expect(hasWildcard(text)).toBe(found)
  })
})
