import * as fs from 'node:fs'
import * as path from 'node:path'
import { expect, it } from 'vitest'
import { ciRules, rules } from '../../src/rules/index.ts'

const folder = path.join(import.meta.dirname, '../../src/rules')

it('holds every rule of the folder, each once, under the name of its file', () => {
  const files = fs.readdirSync(folder).map((name) => path.basename(name, '.ts'))
  const expected = files.filter((name) => name !== 'index' && name !== 'rule')
  expect([...rules, ...ciRules].map(({ id }) => id).sort()).toEqual(expected.sort())
})
