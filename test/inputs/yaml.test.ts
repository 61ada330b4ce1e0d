import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { substitute } from '../../src/inputs/compose/substitute.ts'
import { readYaml } from '../../src/inputs/yaml.ts'
import { goFloat, plainScalar } from '../../src/inputs/yaml-scalar.ts'

describe('a scalar without quotes', () => {
  it.each([
    ['010', 'int', '8'],
    ['08', 'float', '8'],
    ['0x1F', 'int', '31'],
    ['0o17', 'int', '15'],
    ['0b11', 'int', '3'],
    ['12_000', 'int', '12000'],
    ['+7', 'int', '7'],
    ['1.50', 'float', '1.5'],
    ['1e3', 'float', '1000'],
    ['1e6', 'float', '1e+06'],
    ['.inf', 'float', '+Inf'],
    ['123456789012345678901', 'float', '1.2345678901234568e+20'],
    ['1.2.3', 'string', '1.2.3'],
    ['1:30', 'string', '1:30'],
    ['yes', 'string', 'yes'],
    ['TRUE', 'bool', 'true'],
    ['~', 'null', '<nil>'],
    ['2024-01-02', 'time', '2024-01-02'],
    ['2024-13-02', 'string', '2024-13-02'],
  ])('%s is a %s that prints as %s', (source, type, text) => {
    expect(plainScalar(source, true, null)).toEqual({ type, text })
  })

  it('is a string in quotes, whatever stands there', () => {
    expect(plainScalar('010', false, null)).toEqual({ type: 'string', text: '010' })
  })

  it('prints a float so that it is read as the same one', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(goFloat(value))).toBe(value)
      }),
    )
  })
})

describe('a text in YAML', () => {
  const first = (text: string) => readYaml(text, 'f').documents[0]

  it('keeps lists and mappings of ordinary words as they are, each with its place', () => {
    const word = fc.stringMatching(/^k[a-z]{0,8}$/)
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1 }), (words) => {
        const value = first(words.map((one) => `${one}: ${one}`).join('\n'))
        const entries = value?.kind === 'map' ? [...value.entries] : []
        expect(entries.map(([key, { at }]) => [key, at.line])).toEqual(words.map((one, i) => [one, i + 1]))
      }),
    )
  })

  it('of several documents ends at the mistake, which is told', () => {
    const { documents, problem } = readYaml('a: 1\n---\nb: *c\n', 'f')
    expect([documents.length, problem?.at]).toEqual([1, { file: 'f', line: 3, column: 4 }])
  })

  it('that is empty has no document', () => {
    expect(readYaml('# nothing\n', 'f')).toEqual({ documents: [], problem: null })
  })
})

describe('variables', () => {
  it('are replaced by what the text says of them', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (before, value) => {
        const head = before.replaceAll('$', '')
        const { text, unset, mistake } = substitute(`${head}\${V:-d}$V$$`, () => value)
        expect([text, unset, mistake]).toEqual([
          `${head}${value || 'd'}${value ?? ''}$`,
          value === undefined ? ['V'] : [],
          null,
        ])
      }),
    )
  })

  it('that double themselves again and again are given up', () => {
    const long = 'x'.repeat(600_000)
    expect(substitute('$V$V', () => long).mistake).not.toBeNull()
  })
})
