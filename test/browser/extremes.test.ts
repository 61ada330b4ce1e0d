/** Contexts at the ends of what there is: a page of each opens, says first what matters, and goes wrong nowhere. */

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { orSkip } from '../engine/required.ts'
import { makeDirectory, openReport, plant, startBrowser } from './browser.ts'

const started = orSkip(await startBrowser(), 'browser')
const program = path.join(import.meta.dirname, '../../bin/ctxsize.js')

describe.skipIf(started === null)('the page', () => {
  // Not started: none of the tests below runs.
  const browser = started as Browser
  const { directory, remove } = makeDirectory()
  afterAll(async () => {
    await browser.close()
    remove()
  })

  /** Opens the report of a tree, which may have no build that can be made. */
  async function opened(
    name: string,
    files: Readonly<Record<string, string | number>>,
    look: (page: Page) => Promise<void>,
    grow: (root: string) => void = () => {},
  ): Promise<void> {
    const root = path.join(directory, name)
    plant(root, files)
    grow(root)
    const file = path.join(directory, `${name}.html`)
    spawnSync(process.execPath, [program, root, '--format', `html=${file}`], { stdio: 'ignore' })
    const { page, said, asked, close } = await openReport(browser, file)
    await look(page)
    // Whatever it is of, everything on it can be chosen.
    for (const mode of ['disk', 'transfer', 'context']) await page.check(`#mode-${mode}`)
    await page.getByRole('application').focus()
    for (const key of ['ArrowRight', 'Enter', 'ArrowDown', 'Backspace', 'Home'])
      await page.keyboard.press(key)
    await page.getByLabel('Lines to add').fill('**')
    await expect.poll(() => page.locator('.result').textContent()).not.toContain('Nothing on your disk')
    const overflows = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    await close()
    expect({ said, asked, overflows }).toEqual({ said: [], asked: [], overflows: false })
  }
  const headline = (page: Page) => page.locator('h1').textContent()

  it('of a context that is empty says that nothing is sent, and where there is something to see', async () => {
    await opened(
      'empty',
      { Dockerfile: 'FROM scratch\nCOPY . /\n', '.dockerignore': '*\n' },
      async (page) => {
        expect(await headline(page)).toBe('This build sends nothing.')
        expect(await page.locator('.map-empty').textContent()).toContain('“On disk” shows what there is.')
      },
    )
  })

  it('of a Dockerfile that docker refuses says so before anything else', async () => {
    const refused = { Dockerfile: 'FROM scratch\nCOPPY . /\nCOPY missing /\n', a: 400 }
    await opened('refused', refused, async (page) => {
      expect(await headline(page)).toBe(
        'This build cannot succeed: dockerfile parse error on line 2: unknown instruction: COPPY (did you mean COPY?).',
      )
    })
  })

  it('of a source that is ignored says so, until a line is tried that lets it in', async () => {
    const ignored = { Dockerfile: 'FROM scratch\nCOPY dist /\n', '.dockerignore': 'dist\n', 'dist/a': 9 }
    await opened('ignored', ignored, async (page) => {
      expect(await headline(page)).toBe('This build cannot succeed: line 2, COPY dist /, does not find dist.')
      await page.getByLabel('Lines to add').fill('!dist')
      await expect.poll(() => headline(page)).toBe('This build sends nothing.')
      // What lies in it was never looked into: it was dropped whole.
      expect(await page.locator('.result').textContent()).toContain('dist/ may come in too')
    })
  })

  it('of one file of ten gigabytes, and of files without content, gives amounts with units', async () => {
    const sparse = (root: string) => {
      fs.writeFileSync(path.join(root, 'dump.sql'), '')
      fs.truncateSync(path.join(root, 'dump.sql'), 10e9)
    }
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`empty-${i}`, 0]))
    await opened(
      'huge',
      { ...files, Dockerfile: 'FROM scratch\nCOPY . /\n' },
      async (page) => {
        expect(await headline(page)).toBe('This build sends 10.0GB in 52 files.')
        expect(await page.locator('.legend').textContent()).toMatch(/10\.0GB/)
        await page.getByLabel('Lines to add').fill('*.sql')
        await expect.poll(() => page.locator('.result').textContent()).toContain('10.0GB → 22B')
      },
      sparse,
    )
  })

  it('of twenty builds of one context shows each by its name, and by what others read', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `service-${i}`)
    const services = names.map(
      (name) => `  ${name}:\n    build: { context: ., dockerfile: ${name}/Dockerfile }\n`,
    )
    const files = names.flatMap((name, i) => [
      [`${name}/Dockerfile`, `FROM scratch\nCOPY ${name} /\n`],
      [`${name}/data`, 1000 * (i + 1)],
    ])
    const many = { 'compose.yaml': `services:\n${services.join('')}`, ...Object.fromEntries(files) }
    await opened('many', many, async (page) => {
      const picker = page.getByLabel('Build', { exact: true })
      expect(await picker.locator('option').count()).toBe(20)
      for (const index of [0, 19, 7]) {
        await picker.selectOption({ index })
        const name = (await picker.locator('option').nth(index).textContent())?.split(' ')[0]
        await expect.poll(() => page.title()).toBe(`${name}, ctxsize`)
        expect(await page.locator('.legend').textContent()).toContain('read by another build')
      }
    })
  })
})
