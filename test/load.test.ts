import { execFileSync } from 'node:child_process'
import * as path from 'node:path'
import { expect, it } from 'vitest'

it('holds a hundredth of every load that docs/reliability.md tells of', () => {
  const load = path.join(import.meta.dirname, '../bench/load.mjs')
  const said = execFileSync(process.execPath, [load, '--small'], { encoding: 'utf8' })
  expect(said.match(/^\w+/gm)).toEqual(Array(9).fill('right'))
}, 120_000)
