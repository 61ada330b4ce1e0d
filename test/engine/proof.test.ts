/** `npm run proof`, with few commits, on an engine of its own; and what it says where there is none. */

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { orSkip } from './required.ts'

const top = path.join(import.meta.dirname, '../..')

interface Run {
  readonly code: number | null
  readonly lines: readonly string[]
}

const proof = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [path.join(top, 'scripts/proof.mjs'), ...args], { env })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    child.on('close', (code) => done({ code, lines: said.trimEnd().split('\n') }))
  })

/** The block of the README that shows it, without the lines that are left out. */
const shown = (): readonly string[] =>
  (/^\$ npm run proof\n([\s\S]*?)^```/m.exec(fs.readFileSync(path.join(top, 'README.md'), 'utf8'))?.[1] ?? '')
    .trimEnd()
    .split('\n')
    .filter((line) => line.trim() !== '…')

// A minute where nothing else runs; on a machine with much to do each of its builds waits for its turn.
it('proves on a real engine what the README shows of it', { timeout: 600_000 }, async ({ skip }) => {
  const { code, lines } = await proof(['--engine', 'own'])
  const missing = /^✗ Nothing was proven: (.*)\.$/.exec(lines[0] ?? '')?.[1]
  if (orSkip(missing ?? {}, 'engine') === null) skip(missing ?? '')
  expect({ code, not: lines.filter((line) => line.includes('✗')) }).toEqual({ code: 0, not: [] })
  expect(lines.at(-1)).toMatch(/^✓ All \d+ as predicted\. {2}\d+ s$/)
  // How long it takes is another thing on every machine.
  const timeless = (line: string) => line.replace(/ {2}\d+ s$/, '').trimEnd()
  expect(lines.map(timeless)).toEqual(expect.arrayContaining(shown().map(timeless)))
})

it('says so where no engine can be had, and does not pass', async () => {
  const { code, lines } = await proof([], { ...process.env, CTXSIZE_ENGINE: 'off' })
  expect(code).toBe(1)
  expect(lines).toEqual(['✗ Nothing was proven: CTXSIZE_ENGINE=off.'])
})

it.each([
  [['--commits', '0'], '--commits is from 1 to 148'],
  [['--engine', 'mine'], '--engine is own or running, not mine'],
])('refuses %j before it builds anything', async (args, said) => {
  expect(await proof(args)).toEqual({ code: 1, lines: [said] })
})
