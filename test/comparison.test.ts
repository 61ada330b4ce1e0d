/** What docs/comparison.md says of other packages is what bench/dialects.mjs measures with those that are here. */

import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const top = path.join(import.meta.dirname, '..')

it('shows the figures that are measured', () => {
  const printed = execFileSync(process.execPath, [path.join(top, 'bench/dialects.mjs')], { encoding: 'utf8' })
  // Which docker-py python3 finds, if any, is a matter of the machine.
  const rows = printed.split('\n').filter((line) => line.startsWith('|') && !line.includes('docker-py'))
  const names = rows.map((row) => row.split('|')[1]?.trim().split(' ')[0])
  expect(names).toEqual(['', '---', 'ctxsize', '@balena/dockerignore', 'ignore'])
  const page = fs.readFileSync(path.join(top, 'docs/comparison.md'), 'utf8').split('\n')
  expect(page).toEqual(expect.arrayContaining(rows))
  expect(rows[2]).toMatch(/(?:\(100%\).*){3}/)
})
