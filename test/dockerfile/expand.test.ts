import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandWord, expandWords, noVariables } from '../../src/dockerfile/expand.ts'

const variables = new Map([
  ['V', 'value'],
  ['EMPTY', ''],
  ['BLANK', 'a b'],
  ['PATHS', 'one/two/three.tar.gz'],
  ['STARS', 'a*b*c'],
  ['DOLLARS', '$0-$1-$$'],
  ['LINES', 'ab\ncb'],
  ['ümlaut', 'u'],
])

function expand(word: string, escapeChar = '\\'): string {
  const expansion = expandWord(word, variables, escapeChar)
  return expansion.kind === 'error' ? `error: ${expansion.error}` : expansion.value
}

describe('expandWord', () => {
  it.each([
    ['plain', 'plain'],
    ['$V', 'value'],
    ['${V}', 'value'],
    ['$V.x', 'value.x'],
    ['${V}x', 'valuex'],
    ['$NONE', ''],
    ['a$', 'a$'],
    ['$.', '$.'],
    ['$1x', 'x'],
    ['$12x', 'x'],
    ['$ümlaut', 'u'],
    ['$BLANK', 'a b'],
    ['\uFEFFx', 'x'],
    ['a<b<<c', 'a<b<<c'],
  ])('fills in %s as %j', (word, value) => {
    expect(expand(word)).toBe(value)
  })

  it.each([
    ["'$V'", '$V'],
    ['"$V"', 'value'],
    ['"\'$V\'"', "'value'"],
    ["a'b c'd", 'ab cd'],
    ['\\$V', '$V'],
    ['"\\$V"', '$V'],
    ['"a\\b"', 'a\\b'],
    ['x\\*y', 'x*y'],
    ['x\\\\y', 'x\\y'],
    ["'x\\*y'", 'x\\*y'],
    ['x\\', 'x'],
    ['"x\\\\"', 'x\\'],
    ['""', ''],
  ])('resolves quotes and escapes of %s to %j', (word, value) => {
    expect(expand(word)).toBe(value)
  })

  it('takes the escape character of the file', () => {
    expect(expand('a\\b`$V', '`')).toBe('a\\b$V')
  })

  it.each([
    ['${NONE:-w}', 'w'],
    ['${NONE-w}', 'w'],
    ['${EMPTY:-w}', 'w'],
    ['${EMPTY-w}', ''],
    ['${V:-w}', 'value'],
    ['${V:+w}', 'w'],
    ['${EMPTY:+w}', ''],
    ['${EMPTY+w}', 'w'],
    ['${NONE+w}', ''],
    ['${V:?m}', 'value'],
    ['${EMPTY?m}', ''],
    ['${NONE:-${V}}', 'value'],
    ['${NONE:-${NONE:-$V}x}', 'valuex'],
    ['${NONE:-"a b"}', 'a b'],
    ['${NONE:-a\\}b}', 'a}b'],
    ['${#}', ''],
    ['${1}', ''],
  ])('chooses in %s: %j', (word, value) => {
    expect(expand(word)).toBe(value)
  })

  it.each([
    ['${PATHS#*/}', 'two/three.tar.gz'],
    ['${PATHS##*/}', 'three.tar.gz'],
    ['${PATHS%.*}', 'one/two/three.tar'],
    ['${PATHS%%.*}', 'one/two/three'],
    ['${PATHS#two}', 'one/two/three.tar.gz'],
    ['${PATHS#???/}', 'two/three.tar.gz'],
    ['${PATHS##*}', ''],
    ['${PATHS#*}', 'one/two/three.tar.gz'],
    ['${STARS#a\\*}', 'b*c'],
    ['${STARS%\\*c}', 'a*b'],
    ['${PATHS##o*t*e}', '.tar.gz'],
    ['${PATHS#o*t*e}', 'e.tar.gz'],
    ['${LINES##*b}', '\ncb'],
    ['${NONE#x}', ''],
    ['${V#[v]}', 'value'],
  ])('trims in %s: %j', (word, value) => {
    expect(expand(word)).toBe(value)
  })

  it.each([
    ['${PATHS/t/T}', 'one/Two/three.tar.gz'],
    ['${PATHS//t/T}', 'one/Two/Three.Tar.gz'],
    ['${PATHS//\\//-}', 'one-two-three.tar.gz'],
    ['${PATHS/two*/x}', 'one/x'],
    ['${V//?/x}', 'xxxxx'],
    ['${V/q/x}', 'value'],
    ['${V//}', 'error: failed to process "${V//}": syntax error: missing \'/\' in ${}'],
    ['${V///x}', 'xvxaxlxuxex'],
    ['${V//*/x}', 'x'],
    ['${V/a/$BLANK}', 'va blue'],
    ['${V/a/$DOLLARS}', 'v$0-$1-$$lue'],
    ['${V//a/$DOLLARS}', 'va--$lue'],
    ['${LINES//?b/x}', 'x\nx'],
  ])('replaces in %s: %j', (word, value) => {
    expect(expand(word)).toBe(value)
  })

  it.each([
    ['${}', 'syntax error: bad substitution'],
    ['${:x}', 'syntax error: bad substitution'],
    ['${{V}}', 'syntax error: bad substitution'],
    ['${', "syntax error: missing '}'"],
    ['${V:-x', "syntax error: missing '}'"],
    ['${V', 'unsupported modifier (\uFFFD) in substitution'],
    ['${V:#x}', 'unsupported modifier (:#) in substitution'],
    ['${V:x}', 'unsupported modifier (:x) in substitution'],
    ['${V^}', 'unsupported modifier (^) in substitution'],
    ['${NONE:?}', 'NONE: is not allowed to be unset'],
    ['${EMPTY:?}', 'EMPTY: is not allowed to be empty'],
    ['${NONE?set $V}', 'NONE: set value'],
    ["'x", 'unexpected end of statement while looking for matching single-quote'],
    ['"x', 'unexpected end of statement while looking for matching double-quote'],
    ['${V#\\x}', "invalid pattern (\\x) in substitution: invalid escape '\\x'"],
  ])('refuses %s: %s', (word, message) => {
    const shown = `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    expect(expand(word)).toBe(`error: failed to process ${shown}: ${message}`)
  })

  it('tells which variables were asked for', () => {
    const expansion = expandWord('$V ${NONE:-$EMPTY} $OTHER', variables, '\\')
    expect(expansion).toMatchObject({ used: new Set(['V', 'EMPTY']), unset: new Set(['NONE', 'OTHER']) })
  })

  it('ends instead of doubling a value for ever', () => {
    let value = 'x'.repeat(1000)
    let last = expandWord('$A$A', new Map([['A', value]]), '\\')
    for (let i = 0; i < 60 && last.kind === 'value'; i++) {
      value = last.value
      last = expandWord('$A$A', new Map([['A', value]]), '\\')
    }
    expect(last.kind).toBe('error')
  })

  it.each([
    ['many stars', `${'*a'.repeat(2000)}*b`],
    ['many question marks', `${'?'.repeat(5000)}b`],
    ['a long literal', `${'a'.repeat(5000)}b`],
  ])('matches %s in time', (_name, pattern) => {
    const hostile = new Map([
      ['A', 'a'.repeat(20_000)],
      ['P', pattern],
    ])
    const before = performance.now()
    for (const word of ['${A#$P}', '${A##*$P}', '${A%$P}', '${A%%$P*}', '${A/$P/x}', '${A//$P/x}']) {
      expandWord(word, hostile, '\\')
    }
    expect(performance.now() - before).toBeLessThan(2000)
  })

  it.each(['${a:-', '"${a:-', '${a#', '${a/'])('stands %s nested without end', (open) => {
    expect(expandWord(open.repeat(20_000), noVariables, '\\').kind).toBe('error')
  })

  it('never throws', () => {
    const text = fc.string({ unit: fc.constantFrom(...'$${{}}:-+?#%/*\\\'"`<ab \t\n1_é') })
    fc.assert(
      fc.property(text, fc.constantFrom('\\', '`'), (word, escapeChar) => {
        expect(() => expandWord(word, variables, escapeChar)).not.toThrow()
        expect(() => expandWords(word, variables, escapeChar)).not.toThrow()
      }),
      { numRuns: 2000 },
    )
  })

  it('gives back a word that is quoted whole', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes("'")),
        (text) => {
          expect(expand(`'${text}'`)).toBe(text)
        },
      ),
    )
  })

  // The oracle is the regular expression that BuildKit would have made of the pattern.
  it('trims and replaces as the regular expressions of BuildKit do', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 10 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 })
    fc.assert(
      fc.property(value, pattern, (text, glob) => {
        const known = new Map([['A', text]])
        const got = (word: string): string => {
          const expansion = expandWord(word, known, '\\')
          return expansion.kind === 'value' ? expansion.value : 'error'
        }
        const source = (star: string): string => glob.replaceAll('?', '.').replaceAll('*', star)
        const without = (star: string): string => text.replace(new RegExp(`^${source(star)}`), '')
        expect(got(`\${A#'${glob}'}`)).toBe(without('.*?'))
        expect(got(`\${A##'${glob}'}`)).toBe(without('.*'))
        expect(got(`\${A/'${glob}'/x}`)).toBe(text.replace(new RegExp(source('.*')), 'x'))
        const backwards = [...glob].reverse().join('').replaceAll('?', '.')
        const fromEnd = (star: string): string =>
          [
            ...[...text]
              .reverse()
              .join('')
              .replace(new RegExp(`^${backwards.replaceAll('*', star)}`), ''),
          ]
            .reverse()
            .join('')
        expect(got(`\${A%'${glob}'}`)).toBe(fromEnd('.*?'))
        expect(got(`\${A%%'${glob}'}`)).toBe(fromEnd('.*'))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('expandWords', () => {
  it.each([
    ['a b', ['a', 'b']],
    ['  a\tb  ', ['a', 'b']],
    ['$BLANK', ['a', 'b']],
    ['"$BLANK"', ['a b']],
    ['a\\ b', ['a b']],
    ["x'y z'", ['xy z']],
    ['<< EOF', ['<< EOF']],
    ['$EMPTY', []],
  ])('splits %s into %j', (text, words) => {
    expect(expandWords(text, variables, '\\')).toEqual(words)
  })

  it('gives nothing for a word that is an error', () => {
    expect(expandWords('"', variables, '\\')).toBeNull()
  })
})
