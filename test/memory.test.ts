/** What the built program takes of memory for a tree of 100,000 files, over what it takes for none: names are not to be kept. */

import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gitEnvironment } from './git.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-memory-')))
const bin = path.join(import.meta.dirname, '../bin/ctxsize.js')
const watch = path.join(import.meta.dirname, '../bench/peak.cjs')
const tree = path.join(base, 'tree')
const empty = path.join(base, 'empty')

/** Names as long as people give them; half of them in one directory, half in many that lie deep. */
function plant(): void {
  for (let i = 0; i < 50_000; i++) {
    if (i === 0) fs.mkdirSync(path.join(tree, 'flat'))
    fs.writeFileSync(path.join(tree, `flat/a-file-with-a-rather-long-name-${i}.txt`), '')
  }
  for (let dir = 0; dir < 500; dir++) {
    const at = path.join(tree, `deep/n${dir % 7}/of/directories/in/each/other/called-${dir}`)
    fs.mkdirSync(at, { recursive: true })
    for (let i = 0; i < 100; i++)
      fs.writeFileSync(path.join(at, `a-file-with-a-rather-long-name-${i}.txt`), '')
  }
}

/** Megabytes that the whole process had at most. */
function peakOf(directory: string, words: readonly string[]): number {
  const noted = path.join(base, 'peak')
  const { status } = spawnSync(process.execPath, ['--require', watch, bin, ...words], {
    cwd: directory,
    env: { ...process.env, CTXSIZE_BENCH_PEAK: noted },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  expect([words, status]).toEqual([words, 0])
  return Number(fs.readFileSync(noted, 'utf8')) / 1024
}

describe.skipIf(process.platform !== 'linux')('100,000 files take', () => {
  beforeAll(() => {
    for (const directory of [tree, empty]) {
      fs.mkdirSync(directory)
      fs.writeFileSync(path.join(directory, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    }
    plant()
  }, 120_000)
  afterAll(() => fs.rmSync(base, { recursive: true, force: true }), 120_000)

  const more = (words: readonly string[]) => peakOf(tree, words) - peakOf(empty, words)

  // Where all names were kept it was 155 to 180 MB without git, and 150 with it.
  it.each([
    ['.', 100],
    ['fix', 100],
    ['builds', 90],
    ['ls', 150],
  ])(
    'where git knows nothing of them, by %s: less than %i MB',
    (verb, most) => {
      expect(more([verb])).toBeLessThan(most)
    },
    60_000,
  )

  it('where git tracks them: less than 130 MB', () => {
    const env = gitEnvironment(base)
    for (const args of [
      ['init', '-q'],
      ['add', '-A'],
      ['commit', '-qm', 'all'],
    ])
      execFileSync('git', args, { cwd: tree, env })
    expect(more(['.'])).toBeLessThan(130)
    expect(more(['fix'])).toBeLessThan(130)
  }, 120_000)
})
