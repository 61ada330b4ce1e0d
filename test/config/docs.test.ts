/** Every example of docs/config.md is what the reader and the schema take, and does what is said of it. */

import fs from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { knownRules } from '../../src/check/rule-ids.ts'
import { configKeys } from '../../src/config/model.ts'
import { readConfig } from '../../src/config/read.ts'
import { optionsOf } from '../../src/verbs/usage.ts'
import { checked } from '../check/checked.ts'

const top = path.join(import.meta.dirname, '../..')
const page = fs.readFileSync(path.join(top, 'docs/config.md'), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text)
const examples = [...blocks('yaml'), ...blocks('json')]

const fits = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(fs.readFileSync(path.join(top, 'schema/config.schema.json'), 'utf8')),
)
const read = (text: string) => readConfig({ text, file: 'f', under: null, rules: knownRules })

describe('the examples of docs/config.md', () => {
  it('are several', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4)
  })

  it.each(examples)('are right for the reader and for the schema: %s', (text) => {
    const found = read(text)
    expect(found.kind === 'wrong' ? found.mistakes : []).toEqual([])
    expect([fits(parse(text)), fits.errors]).toEqual([true, null])
  })

  it('name every key that there is', () => {
    for (const key of [...configKeys.configuration, ...configKeys.build, ...configKeys.budgets])
      if (key !== '$schema') expect(page).toMatch(new RegExp(`\\b${key}\\b`))
  })

  it('name every option of a check', () => {
    for (const option of optionsOf('check').filter((one) => /^max-|-ship$|^may-lose$|^fail-on$/.test(one)))
      expect(page).toContain(`--${option}`)
  })

  it('suppress what they say', () => {
    const [dockerfile = ''] = blocks('dockerfile')
    const { contexts } = checked({ Dockerfile: dockerfile, a: 1 }, { says: '' })
    expect(contexts[0]?.findings.map(({ rule, suppressed }) => [rule, suppressed?.reason])).toEqual([
      ['copy-source-missing', 'the release job makes it first'],
    ])
  })
})

describe('the schema', () => {
  it.each([
    'budgets: { contxt: 1 }',
    'budgets: { files: many }',
    'budgets: { files: { most: 1 } }',
    'budgets: { context: 5 megabytes }',
    'builds: [{ dockerfile: x }]',
    'builds: { api: {} }',
    'rules: { secret-ships: warn }',
    'failOn: err',
    'closed: [{ file: a }]',
    'closed: [{ file: a, reason: b, line: 0 }]',
    'mustShip: { a: b }',
    'neverShip: [""]',
  ])('refuses what the reader refuses: %s', (text) => {
    expect([fits(parse(text)), read(text).kind]).toEqual([false, 'wrong'])
  })

  it.each([
    'budgets: { context: 1.5 GB, transfer: 50mib, unread: 0, files: "7", directories: { a: { min: 1kB } } }',
    'builds: [{ name: a }, { args: { A: 1, B: true, C: null, D: x } }, {}]',
    'mustShip: src\nneverShip: [a, "!a/b"]',
    '$schema: ./x.json\nfailOn: never',
  ])('takes what the reader takes: %s', (text) => {
    expect([fits(parse(text)), read(text).kind]).toEqual([true, 'read'])
  })
})
