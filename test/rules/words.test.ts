import * as fs from 'node:fs'
import * as path from 'node:path'
import { describe, expect, it } from 'vitest'
import { knownRules } from '../../src/check/rule-ids.ts'
import { ruleWords } from '../../src/rule-words.ts'

const folder = path.join(import.meta.dirname, '../../src/rules')

describe('the words of the rules', () => {
  const told = Object.keys(ruleWords)
  const ids = fs.readdirSync(folder).flatMap((name) => {
    const text = fs.readFileSync(path.join(folder, name), 'utf8')
    return [...text.matchAll(/\b(?:rule|id): '([^']+)'/g)].map(([, id = '']) => id)
  })

  it('are there for every rule, and for every id that one writes out', () => {
    expect([...ids, ...knownRules].filter((id) => !told.includes(id))).toEqual([])
  })

  it('are in the order of their ids', () => {
    expect(told).toEqual(told.toSorted())
  })

  it.each(told)(
    'are a title without an end and sentences with one, short enough for all who show them: %s',
    (id) => {
      const { title, help } = ruleWords[id as keyof typeof ruleWords]
      expect([title.length <= 100, help.length <= 1000]).toEqual([true, true])
      expect(title).toMatch(/^\S.*[^.\s]$/)
      expect(help).toMatch(/^[A-Z].*\.$/)
    },
  )
})
