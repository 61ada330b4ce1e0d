import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brokenAt, extentOf, positionOf } from '../../src/saved/json-place.ts'

describe('the position of a value', () => {
  const text = '{\n  "a": [1, {"b\\"": "x"}],\n\t"a b": {"c": null},\n"d": [ ]\n}'

  it.each([
    [[], '1:1'],
    [['a'], '2:8'],
    [['a', 0], '2:9'],
    [['a', 1, 'b"'], '2:20'],
    [['a b', 'c'], '3:15'],
    [['d'], '4:6'],
    // Where the key would have to be.
    [['a', 1, 'x'], '2:12'],
    [['d', 3], '4:6'],
  ] as const)('of %j is %s', (path, expected) => {
    const { line, column } = positionOf(text, path)
    expect(`${line}:${column}`).toBe(expected)
  })

  it('is that of the last one where a key stands twice, as that is the one that counts', () => {
    expect(positionOf('{"a": 1,\n"a": 2}', ['a'])).toEqual({ line: 2, column: 6 })
  })
})

describe('what is no JSON', () => {
  it.each([
    ['{"a": 01}', '1:8'],
    ['{"a": +1}', '1:7'],
    ["{'a': 1}", '1:2'],
    ['{"a" 1}', '1:6'],
    ['[1 2]', '1:4'],
    ['[1,\n]', '2:1'],
    ['{"a": "x\ny"}', '1:7'],
    ['{"a": "\\x"}', '1:7'],
    ['// no\n{}', '1:1'],
    ['{}}', '1:3'],
    ['nulx', '1:1'],
    ['[tru]', '1:2'],
    ['[NaN]', '1:2'],
  ])('%j is told by its place', (text, expected) => {
    const at = brokenAt(text)
    expect(`${at?.line}:${at?.column}`).toBe(expected)
  })

  it.each([
    '',
    '[',
    '[tru',
    '-',
    '[1.',
    '[1e+',
    '{"a": n',
    '{"a"',
    '{"a":',
    '[1,',
    '"abc',
    '{"a": "b',
    '[[]',
  ])('%j ends too early', (text) => {
    expect(brokenAt(text)).toBeNull()
  })

  it('is told wherever JSON.parse finds some, and nowhere else', () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"\\'.split(''),
      ' ',
      '\n',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      'null',
      '"a"',
      'ü',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        // Of JSON, what is asked is where something comes behind it: at its end.
        const at = brokenAt(text)
        expect(isJson && at !== null).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the extent of a text', () => {
  it.each([
    ['1', 0, 1],
    ['[]', 1, 2],
    ['[{"a":[]},[[]]]', 3, 7],
    ['"[[[,"', 0, 1],
    ['["\\"[[,", 1]', 1, 3],
    ['{"a": 1, "b": 2}', 1, 3],
    ['[[[', 3, 4],
  ])('%j is %i deep, of %i values or fewer', (text, depth, values) => {
    expect(extentOf(text)).toEqual({ depth, values })
  })
})
