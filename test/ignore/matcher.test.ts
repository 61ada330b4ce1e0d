import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeTable, TableBuilder } from '../../src/context/table.ts'
import { rawName } from '../../src/host/memory.ts'
import { compilePatterns, createIgnoreMatcher, restorePatterns } from '../../src/ignore/matcher.ts'

const ignored = (patterns: readonly string[], paths: readonly string[]) => {
  const matcher = createIgnoreMatcher(patterns)
  return paths.filter((path) => matcher.ignores(path))
}

describe('one pattern', () => {
  it.each([
    ['a', ['a', 'a/b'], ['ab', 'x/a']],
    ['*', ['a', '.env', 'a/b'], []],
    ['*.log', ['a.log', '.log'], ['x/a.log', 'a.logx', 'alog']],
    ['**/*.log', ['a.log', 'x/y/a.log'], ['a.txt']],
    ['a*', ['a', 'ab', 'a\nb'], ['ba']],
    ['a?', ['ab', 'aé', 'a\u{1F600}', 'ab/c'], ['a', 'abc']],
    ['a/*', ['a/b', 'a/b/c'], ['a', 'ab']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'ab']],
    ['a**', ['a', 'ab', 'abc/d', 'a/b'], ['b', 'x/ab']],
    ['a**b', ['ab', 'a/b', 'ax/b', 'a/x/y/b'], ['axb']],
    ['**/x', ['x', 'a/x', 'a/b/x', 'x/y'], ['ax', 'xa']],
    ['**/a/b', ['a/b', 'x/a/b'], ['b', 'xa/b']],
    ['**.log', ['.log', 'a.log', 'x/y.log'], ['log', 'a.logs']],
    ['***', ['a', 'a/b'], []],
    ['**', ['a', 'a/b', '.x'], []],
    ['**/**', ['a', 'a/b'], []],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
    ['.', [], ['a', '.a']],
    ['/', [], ['a']],
    ['../a', [], ['a']],
    ['A', ['A'], ['a']],
    ['e\u0301', ['e\u0301'], ['é']],
    ['a.b', ['a.b'], ['axb']],
    ['a+(b)|{c}$', ['a+(b)|{c}$'], ['aab', 'a']],
    ['*.(b)', ['x.(b)'], ['x.b']],
    ['^a', ['^a'], ['a']],
    ['^a*', ['a', 'ab'], ['^a']],
    ['a*^b', [], ['a^b', 'ab']],
    ['[*]', [']', '^]', '[]'], ['*', 'a', 'b]']],
    ['[?]', ['[]', '^]'], ['?', 'a']],
    ['[ab]', ['a', 'b'], ['c', '[ab]']],
    ['[^a]', ['b', '/'], ['a']],
    ['x[^a]y', ['xby', 'x/y', 'x\ny'], ['xay']],
    ['[!a]*', ['!x', 'ax'], ['b']],
    ['[a-c]x', ['bx'], ['dx']],
    ['[\\]]', [']'], ['\\']],
    ['[[:alpha:]]', ['a', 'Z'], ['1', ':']],
    ['[[:^alpha:]]', ['1', '/'], ['a']],
    ['[\\w]', ['a', '_'], ['é', '\\']],
    ['[\\d-z]', ['5', '-', 'z'], ['a']],
    ['\\d', ['1'], ['d', '\\d']],
    ['\\w', ['a', '_', '9'], ['é', '-']],
    ['\\s', [' ', '\t'], ['\v', 's']],
    ['\\D', ['x', 'é'], ['1']],
    ['\\a', ['\u0007'], ['a']],
    ['\\n', ['\n'], ['n']],
    ['\\x41', ['A'], ['x41']],
    ['\\101', ['A'], ['101']],
    ['\\0', ['\0'], ['0']],
    ['\\pL', ['a', 'é', '日'], ['1', 'pL']],
    ['\\PL', ['1'], ['a']],
    ['\\*', ['*'], ['a']],
    ['\\!x', ['!x'], ['x']],
    ['\\#x', ['#x'], ['x']],
    ['a\\b*', ['a', 'a.b'], ['ab']],
    ['a\\Bb', ['ab'], ['a\\Bb']],
    ['\\Qa.b\\Ec', [], ['a.b', 'axb']],
    ['a\\z', ['a'], ['az']],
    ['\\Aa', ['a'], ['Aa']],
    ['a\\zb', [], ['a', 'ab']],
    ['!!a', [], ['a', '!a']],
  ])('%j ignores %j and not %j', (pattern, hit, missed) => {
    expect(ignored([pattern], [...hit, ...missed])).toEqual(hit)
  })

  it('is read by code point, a byte that is not UTF-8 being one', () => {
    const name = `a${rawName(0xff)}`
    expect(ignored(['a?'], [name])).toEqual([name])
    expect(ignored([name], [name, 'a\uFFFD'])).toEqual([name])
    expect(ignored(['a[^b]'], [name])).toEqual([name])
  })

  it('ends at the escaped end when its last backslash was never looked at', () => {
    expect(ignored(['a*b\\'], ['axb$', 'axb', 'axb$/c', 'axb$c'])).toEqual(['axb$', 'axb$/c', 'axb$c'])
  })
})

describe('several patterns', () => {
  it.each([
    [['b/*.log', '!b'], ['b/a.log'], []],
    [['*', '!b'], ['a'], ['b', 'b/c']],
    [
      ['b', '!b/c'],
      ['b', 'b/d'],
      ['b/c', 'b/c/d'],
    ],
    [
      ['*', '!b', 'b/c'],
      ['a', 'b/c', 'b/c/d'],
      ['b', 'b/d'],
    ],
    [
      ['*', '!**/keep.log'],
      ['b', 'b/x'],
      ['keep.log', 'b/c/keep.log'],
    ],
    [['**/**/[ab]', '!?/*', 'a*'], ['a', 'b'], ['a/c']],
    [['!a', 'a'], ['a'], []],
    [['a', '!a', 'a'], ['a'], []],
    [['a', 'a', '!a'], [], ['a']],
    [['*.md', '!README*.md', 'README-secret.md'], ['x.md', 'README-secret.md'], ['README.md']],
    [['a', '!!a'], ['a'], ['!a']],
  ])('%j drop %j and leave %j', (patterns, dropped, left) => {
    expect(ignored(patterns, [...dropped, ...left])).toEqual(dropped)
  })

  it('differ from what a look at each path alone would give', () => {
    const list = compilePatterns(['b/*.log', '!b'])
    expect([list.matched(list.judge('b/a.log').verdict), list.judgeByPath('b/a.log')]).toEqual([true, false])
    const other = compilePatterns(['**/**/[ab]', '!?/*', 'a*'])
    expect([other.matched(other.judge('a/c').verdict), other.judgeByPath('a/c')]).toEqual([false, true])
  })

  it('name the pattern that decided and the parent where it did', () => {
    const list = compilePatterns(['*', '!b', 'b/c'])
    expect(list.judge('a/x/y')).toEqual({ verdict: 0, decidedAt: 'a' })
    expect(list.judge('b')).toEqual({ verdict: 1, decidedAt: 'b' })
    expect(list.judge('b/x')).toEqual({ verdict: 1, decidedAt: 'b' })
    expect(list.judge('b/c/d')).toEqual({ verdict: 2, decidedAt: 'b/c' })
    expect(compilePatterns(['x']).judge('a/b')).toEqual({ verdict: -1, decidedAt: 'a/b' })
  })

  it('name all that match, whether or not they could change anything', () => {
    expect(compilePatterns(['a*', '!b', 'ab', '*']).matching('ab')).toEqual([0, 2, 3])
  })

  it('are tested with one parent only for the two files of the classic client', () => {
    const list = compilePatterns(['a', 'b/c', '!b/c/d'])
    expect(['a/x', 'a/x/y', 'b/c/d', 'b/x', 'b/c/e/f'].map(list.judgeLegacy)).toEqual([
      true,
      true,
      false,
      false,
      true,
    ])
  })
})

describe('a pattern that docker refuses', () => {
  it.each(['[', '!', '\\', '[]a]', '*['])('%j is refused at once', (pattern) => {
    expect(() => createIgnoreMatcher(['a', pattern])).toThrow(
      expect.objectContaining({ code: 'PATTERN_REFUSED' }),
    )
  })

  it.each(['[b-a]', 'a*[', '\\é', '\\e'])('%j is refused when it is first evaluated', (pattern) => {
    const matcher = createIgnoreMatcher([pattern])
    expect(() => matcher.ignores('x')).toThrow(expect.objectContaining({ code: 'PATTERN_REFUSED' }))
  })

  it('is never evaluated behind one that has decided already', () => {
    expect(createIgnoreMatcher(['*', '[b-a]']).ignores('x')).toBe(true)
    expect(createIgnoreMatcher(['![b-a]', 'x']).ignores('x')).toBe(true)
    expect(() => createIgnoreMatcher(['*', '![b-a]']).ignores('x')).toThrow('syntax error in pattern')
  })
})

describe('the name of a row', () => {
  const part = fc.constantFrom('a', 'b', '*', '**', '?', '[ab]', '[^a]', 'ä', 'a\\b', '.', '日')
  const pattern = fc
    .tuple(
      fc.boolean(),
      fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    )
    .map(([isException, parts]) => `${isException ? '!' : ''}${parts.map((one) => one.join('')).join('/')}`)
  const name = fc
    .array(fc.constantFrom('a', 'b', 'ä', '.', '日', 'z'), { minLength: 1, maxLength: 4 })
    .map((letters) => letters.join(''))

  /** One row in a table, its name in the arena. */
  function rowOf(text: string) {
    const builder = new TableBuilder()
    builder.startAt(0, 0)
    builder.add(text, 0, 0, 0o100644)
    return makeTable(builder.finish())
  }

  it('is judged as the name is', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 5 }),
        fc.array(name, { maxLength: 3 }),
        name,
        fc.constantFrom('docker' as const, 'podman' as const),
        (texts, above, last, dialect) => {
          const list = restorePatterns({ dialect, sources: texts })
          const parent = above.reduce((state, each) => list.enter(state, each), list.root)
          expect(list.decideRow(parent, rowOf(last), 0)).toBe(list.decide(parent, last))
        },
      ),
      { numRuns: 500 },
    )
  })
})
