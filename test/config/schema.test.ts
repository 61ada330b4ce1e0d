import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { configKeys, failLevels, ruleLevels } from '../../src/config/model.ts'
import { readConfig } from '../../src/config/read.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly enum?: readonly string[]
  readonly oneOf?: readonly Schema[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

const file = path.join(import.meta.dirname, '../../schema/config.schema.json')
const schema = JSON.parse(fs.readFileSync(file, 'utf8')) as Schema & {
  readonly $defs: Readonly<Record<'budgets' | 'build' | 'closed' | 'size', Schema>>
}
const keysOf = ({ properties = {} }: Schema): readonly string[] => Object.keys(properties).sort()
const sorted = (keys: readonly string[]): readonly string[] => [...keys].sort()

describe('the schema and the reader of configurations', () => {
  it('know the same keys of everything', () => {
    const { budgets, build, closed } = schema.$defs
    expect(keysOf(schema)).toEqual(sorted(configKeys.configuration))
    expect(keysOf(budgets)).toEqual(sorted(configKeys.budgets))
    expect(keysOf(build)).toEqual(sorted(configKeys.build))
    expect(keysOf(closed)).toEqual(sorted(configKeys.closed))
  })

  it('know the same levels', () => {
    expect(schema.properties?.['failOn']?.enum).toEqual([...failLevels])
    expect(schema.properties?.['rules']?.additionalProperties).toEqual({ enum: [...ruleLevels] })
  })

  it('both refuse what is no key', () => {
    for (const one of [schema, schema.$defs.budgets, schema.$defs.build, schema.$defs.closed])
      expect(one.additionalProperties).toBe(false)
  })

  it('read every budget with a limit, with bounds, and not with a text', () => {
    for (const name of configKeys.budgets) {
      const inside = (limit: string) => (name === 'directories' ? `{ src: ${limit} }` : limit)
      const kindOf = (limit: string) =>
        readConfig({ text: `budgets: { ${name}: ${inside(limit)} }`, file: 'f', under: null, rules: [] }).kind
      expect([name, kindOf('3'), kindOf('{ min: 1, max: 3 }'), kindOf('many')]).toEqual([
        name,
        'read',
        'read',
        'wrong',
      ])
    }
  })
})
