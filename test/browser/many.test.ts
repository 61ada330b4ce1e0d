/** The page of a repository with two thousand Dockerfiles, made of one build told two thousand times: to find them would take longer. */

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { contextTrees } from '../../src/analyse/trees.ts'
import { packPage } from '../../src/page/packed.ts'
import { orSkip } from '../engine/required.ts'
import { scanTree } from '../scan-tree.ts'
import { makeDirectory, openReport, plant, startBrowser } from './browser.ts'

const started = orSkip(await startBrowser(), 'browser')
const program = path.join(import.meta.dirname, '../../bin/ctxsize.js')
const count = 2000
const nameOf = (i: number) => `services/service-${i}`

/** The bytes of a page's data: each service has a Dockerfile that takes its directory, and a file as large as its number says. */
function manyServices(): Uint8Array {
  const files = Array.from({ length: count }, (_, i) => [
    [`${nameOf(i)}/Dockerfile`, `FROM scratch\nCOPY ${nameOf(i)} /\n`],
    [`${nameOf(i)}/data.bin`, 1000 + i],
  ]).flat()
  const { report, part } = scanTree(Object.fromEntries(files), { file: `/ctx/${nameOf(0)}/Dockerfile` })
  const [context] = report.contexts
  const [tree] = contextTrees([part])
  const [target] = context?.targets ?? []
  const [reading] = tree?.targets ?? []
  if (!context || !tree || !target || !reading) throw new Error('a scan has a context with a build')
  const all = Array.from({ length: count }, (_, i) => nameOf(i))
  const targets = all.map((name) => ({
    ...target,
    dockerfile: `${name}/Dockerfile`,
    instructions: target.instructions.map((one) => ({ ...one, text: `COPY ${name} /` })),
  }))
  const readings = all.map((name) => ({
    ...reading,
    includes: [name],
    reads: reading.reads.map((one) => one && { ...one, localSources: [name] }),
  }))
  return packPage({ ...report, contexts: [{ ...context, targets }] }, [{ ...tree, targets: readings }])
}

describe.skipIf(started === null)('the page of two thousand Dockerfiles', () => {
  // Not started: the test below does not run.
  const browser = started as Browser
  const { directory, remove } = makeDirectory()
  afterAll(async () => {
    await browser.close()
    remove()
  })

  it('opens, shows each build that is chosen, and follows a line that is typed', async () => {
    // The page of a small tree, with other data in it.
    plant(path.join(directory, 'small'), { Dockerfile: 'FROM scratch\nCOPY . /\n' })
    const file = path.join(directory, 'many.html')
    spawnSync(process.execPath, [program, path.join(directory, 'small'), '--format', `html=${file}`])
    const data = deflateRawSync(manyServices()).toString('base64')
    const page = fs.readFileSync(file, 'utf8').replace(/(id="data">)[^<]*/, `$1${data}`)
    fs.writeFileSync(file, page)

    const { page: shown, said, asked, close } = await openReport(browser, file)
    const picker = shown.getByLabel('Build', { exact: true })
    expect(await picker.locator('option').count()).toBe(count)
    const transfer = () => shown.locator('label[for="mode-transfer"]').textContent()
    const sizes: (string | null)[] = []
    for (const index of [0, 1999, 700]) {
      await picker.selectOption({ index })
      await expect.poll(() => shown.title()).toBe(`${nameOf(index)}/Dockerfile, ctxsize`)
      sizes.push(await transfer())
    }
    expect(sizes).toEqual([
      expect.stringContaining('1.04kB'),
      expect.stringContaining('3.04kB'),
      expect.stringContaining('1.74kB'),
    ])
    await shown.getByLabel('Lines to add').fill('**/data.bin')
    // 2,000 files of 1,000 to 2,999 bytes; one of them is what this build takes.
    await expect.poll(() => shown.locator('.result').textContent()).toMatch(/Transfer1\.74kB → 4\dB/)
    expect(await shown.locator('.result').textContent()).toContain('2,000 files, 4.00MB,')
    const overflows = await shown.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    // From the file being there to the first picture: bounded by far, so that a busy machine is no reason to fail.
    const painted = await shown.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.POSITIVE_INFINITY,
    )
    await close()
    expect({ said, asked, overflows }).toEqual({ said: [], asked: [], overflows: false })
    expect(painted).toBeLessThan(20_000)
  })
})
