import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { orSkip } from '../engine/required.ts'
import { makeDirectory, type OpenPage, openReport, plant, startBrowser, writeReport } from './browser.ts'

const started = orSkip(await startBrowser(), 'browser')
const axe = createRequire(import.meta.url).resolve('axe-core')

/** A project with a bit of everything: read, unread, ignored, dropped whole, let in again. */
const project = {
  Dockerfile:
    'FROM node:22 AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY src src\nRUN npm run build\n',
  '.dockerignore': '# what is not needed\n.git\nnode_modules\n*.log\n!keep.log\n',
  'package.json': '{"name":"shop","scripts":{"build":"tsc"}}',
  'package-lock.json': '{"lockfileVersion":3}',
  'src/index.ts': 5000,
  'src/pages/home.ts': 12_000,
  'src/pages/cart.ts': 9000,
  'assets/film.mp4': 90_000,
  'assets/logo.svg': 4000,
  'docs/guide.md': 7000,
  'npm-debug.log': 3000,
  'keep.log': 500,
  'node_modules/left-pad/index.js': 800,
}

describe.skipIf(started === null)('the page of a report', () => {
  // Not started: none of the tests below runs.
  const browser = started as Browser
  const { directory, remove } = makeDirectory()
  const file = path.join(directory, 'report.html')
  let open: OpenPage

  beforeAll(() => {
    plant(path.join(directory, 'shop'), project)
    writeReport(path.join(directory, 'shop'), file)
  })
  afterEach(async () => {
    const { said, asked } = open
    await open.close()
    expect({ said, asked }).toEqual({ said: [], asked: [] })
  })
  afterAll(async () => {
    await browser.close()
    remove()
  })

  const show = async (options: Parameters<typeof openReport>[2] = {}): Promise<Page> => {
    open = await openReport(browser, file, options)
    return open.page
  }
  const rowNames = (page: Page) => page.locator('tbody tr th').allTextContents()
  const map = (page: Page) => page.getByRole('application', { name: /^Map of the context/ })
  const announced = (page: Page) => page.locator('.map-box > [aria-live]').textContent()

  it('says first what the build sends, with the three amounts beside one another', async () => {
    const page = await show()
    expect(await page.locator('h1').textContent()).toMatch(/^This build sends 26\.\dkB in 5 files; /)
    expect(await page.locator('.card .size').allTextContents()).toEqual(['131kB', '128kB', '26.1kB'])
    expect(await page.title()).toBe('Dockerfile, ctxsize')
  })

  it('opens a directory in the map and in the table, and leads back', async () => {
    const page = await show()
    expect(await rowNames(page)).toContain('assets/')
    await page.locator('tbody').getByRole('button', { name: 'assets/' }).click()
    await expect.poll(() => rowNames(page)).toEqual(['film.mp4', 'logo.svg'])
    await page.getByRole('button', { name: 'context', exact: true }).click()
    await expect.poll(() => rowNames(page)).toContain('src/')
  })

  it('tells of a block that is clicked why it is in and who reads it', async () => {
    const page = await show()
    await page.check('#mode-transfer')
    // All of the transfer is the map: its middle is a block.
    await map(page).click({ position: { x: 80, y: 120 } })
    const details = page.locator('.details')
    await expect.poll(() => details.textContent()).toContain('no line of .dockerignore decides about it')
    expect(await details.textContent()).toContain('COPY src src')
  })

  it('weighs by what was seen, by the context or by the transfer', async () => {
    const page = await show()
    await page.check('#mode-transfer')
    const sizes = async () =>
      page.locator('tbody tr', { hasText: 'assets/' }).locator('td').first().textContent()
    await expect.poll(sizes).toBe('0B')
    await page.check('#mode-disk')
    await expect.poll(sizes).toBe('94.0kB')
    expect(await page.locator('tbody tr', { hasText: 'node_modules' }).textContent()).toContain(
      'not measured',
    )
  })

  it('finds names, in the table and by what stays bright on the map', async () => {
    const page = await show()
    await page.keyboard.press('/')
    await page.keyboard.type('CART')
    await expect.poll(() => rowNames(page)).toEqual(['src/pages/cart.ts'])
    await page.keyboard.press('Escape')
    await expect.poll(() => rowNames(page)).toContain('src/')
    await page.getByRole('searchbox').fill('pages/home')
    await expect.poll(() => rowNames(page)).toEqual(['src/pages/home.ts'])
    await page.getByRole('searchbox').fill('nothing has this name')
    await expect.poll(() => page.locator('tbody').textContent()).toBe('Nothing has such a name.')
  })

  it('sorts the table by each of its columns', async () => {
    const page = await show()
    const header = page.getByRole('columnheader', { name: 'Name' })
    const sort = header.getByRole('button')
    await sort.click()
    expect(await header.getAttribute('aria-sort')).toBe('ascending')
    expect((await rowNames(page))[0]).toBe('.dockerignore')
    await sort.click()
    expect((await rowNames(page)).at(-1)).toBe('.dockerignore')
  })

  it('colours by instruction and by kind, and says what each colour weighs', async () => {
    const page = await show()
    await page.getByLabel('Coloured by').selectOption('instruction that reads it')
    await expect.poll(() => page.locator('.legend').textContent()).toContain('COPY src src26.0kB')
    await page.getByLabel('Coloured by').selectOption('kind of file')
    await expect.poll(() => page.locator('.legend').textContent()).toContain('media and fonts94.0kB')
  })

  it('tries a line as it is typed: the amounts, the proof, and the file to copy', async () => {
    const page = await show()
    await page.getByLabel('Lines to add').fill('assets')
    const result = page.locator('.result')
    await expect.poll(() => result.textContent()).toContain('Context128kB → 33.7kB')
    expect(await result.textContent()).toContain('nobody reads them')
    expect(await result.textContent()).toContain(
      'Proven: no instruction reads anything that assets could ever match.',
    )
    expect(await page.locator('.card .size').allTextContents()).toEqual(['131kB', '33.7kB', '26.1kB'])
    await page.evaluate(() => {
      const copied: string[] = []
      Object.assign(window, { copied })
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: async (text: string) => void copied.push(text) },
      })
    })
    await page.getByRole('button', { name: 'Copy the file' }).click()
    expect(await page.evaluate(() => (window as unknown as { copied: string[] }).copied)).toEqual([
      `${project['.dockerignore']}assets\n`,
    ])
  })

  it('says which instruction would fail, and what is typed that docker would refuse', async () => {
    const page = await show()
    const result = page.locator('.result')
    await page.getByLabel('Lines to add').fill('src')
    await expect
      .poll(() => result.textContent())
      .toContain('Line 5, COPY src src, no longer finds src: the build fails.')
    await page.getByLabel('Lines to add').fill('src\n[')
    await expect.poll(() => result.textContent()).toContain('Line 7: syntax error in pattern: [')
    expect(await page.locator('.card .size').allTextContents()).toEqual(['131kB', '128kB', '26.1kB'])
  })

  it('switches a line off, and says what nobody looked into', async () => {
    const page = await show()
    const result = page.locator('.result')
    await page.getByRole('checkbox', { name: '*.log', exact: true }).uncheck()
    await expect.poll(() => result.textContent()).toContain('3.00kB in 1 file come in')
    await page.getByRole('checkbox', { name: 'node_modules' }).uncheck()
    await expect.poll(() => result.textContent()).toContain('node_modules/ may come in too')
    await page.getByRole('button', { name: 'Reset' }).click()
    await expect.poll(() => result.textContent()).toContain('Nothing on your disk changes')
    expect(await page.getByRole('checkbox', { name: 'node_modules' }).isChecked()).toBe(true)
  })

  it('tries what a suggestion writes, and takes it back', async () => {
    const page = await show()
    const tries = page.getByRole('button', { name: 'Try it' })
    await tries.first().click()
    await expect.poll(() => page.locator('.result').textContent()).toContain('Context128kB → ')
    await page.getByRole('button', { name: 'Reset' }).click()
    await expect.poll(() => page.locator('.result').textContent()).toContain('Nothing on your disk changes')
    expect(await page.locator('.lines li').count()).toBe(5)
  })

  it('shows the lines of a suggestion when they are asked for, and on paper always', async () => {
    const page = await show()
    const lines = page.locator('.edits .diff').first()
    expect(await lines.isVisible()).toBe(false)
    await page.locator('.edits summary').first().click()
    expect(await lines.textContent()).toMatch(/^\.dockerignore:\d+\n/)
    expect(await lines.isVisible()).toBe(true)
    await page.locator('.edits summary').first().click()
    await page.emulateMedia({ media: 'print' })
    expect((await lines.boundingBox())?.height).toBeGreaterThan(20)
  })

  it('tells what is an error before what is a warning', async () => {
    const typos = path.join(directory, 'typos.html')
    writeReport(path.join(import.meta.dirname, '../../fixtures/projects/node-app'), typos)
    open = await openReport(browser, typos)
    const { page } = open
    const order = { error: 0, warning: 1, info: 2 }
    const badges = await page.locator('[aria-labelledby="section-findings"] .badge').allTextContents()
    const ranks = badges.map((badge) => order[badge as keyof typeof order])
    expect(new Set(ranks).size).toBeGreaterThan(1)
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
  })

  it('has all facts of a file in view at 360 pixels', async () => {
    const page = await show({ viewport: { width: 360, height: 800 } })
    const box = page.locator('.table-box')
    expect(await box.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0)
    expect(await page.locator('tbody tr').first().locator('.aside').first().isVisible()).toBe(true)
  })

  it('prints what docker prints, and what it would print', async () => {
    const page = await show()
    const prints = page.locator('.prints')
    await expect.poll(() => prints.textContent()).toMatch(/transferring context: 26\.\d\dkB {3}\(\d+B if/)
    await page.getByLabel('Lines to add').fill('src/pages')
    await expect.poll(() => prints.textContent()).toMatch(/transferring context: 5\.\d\dkB/)
  })

  it('shows each of several builds', async () => {
    const many = path.join(directory, 'many.html')
    writeReport(path.join(import.meta.dirname, '../../fixtures/projects/many-images'), many)
    open = await openReport(browser, many)
    const { page } = open
    const picker = page.getByLabel('Build', { exact: true })
    const labels = await picker.locator('option').allTextContents()
    expect(labels.length).toBeGreaterThan(2)
    const facts = new Set<string | null>()
    for (const [index] of labels.entries()) {
      await picker.selectOption({ index })
      await expect.poll(() => page.title()).not.toBe('')
      facts.add(await page.locator('header').textContent())
      expect(await page.locator('.problems').textContent()).not.toContain('cannot be shown')
    }
    expect(facts.size).toBeGreaterThan(2)
  })

  it('shows what a saved report tells, and says why it has no map', async () => {
    const saved = path.join(directory, 'saved.json')
    const program = path.join(import.meta.dirname, '../../bin/ctxsize.js')
    const again = path.join(directory, 'again.html')
    const run = (...words: string[]) => execFileSync(process.execPath, [program, ...words], { stdio: 'pipe' })
    run(path.join(directory, 'shop'), '--format', `json=${saved}`)
    run('report', saved, '--format', `html=${again}`)
    open = await openReport(browser, again)
    expect(await open.page.locator('header').textContent()).toContain('there is no map')
    expect(await rowNames(open.page)).toContain('assets/film.mp4')
    expect(await open.page.locator('h3').allTextContents()).toContain('What to change')
  })

  it('shows what a check found of limits', async () => {
    const checked = path.join(directory, 'checked.html')
    const program = path.join(import.meta.dirname, '../../bin/ctxsize.js')
    const shop = path.join(directory, 'shop')
    const { status } = spawnSync(process.execPath, [
      ...[program, 'check', shop, '--max-context', '1kB', '--format', `html=${checked}`],
    ])
    expect(status).toBe(1)
    open = await openReport(browser, checked)
    expect(await open.page.getByRole('region', { name: 'Checks' }).textContent()).toMatch(
      /broken.*context: 128kB, 127kB over the limit of 1kB/,
    )
  })

  it('can be gone about with keys alone', async () => {
    const page = await show()
    const focused = async () =>
      page.evaluate(() => document.activeElement?.getAttribute('role') ?? document.activeElement?.tagName)
    for (let tries = 0; tries < 20 && (await focused()) !== 'application'; tries++)
      await page.keyboard.press('Tab')
    expect(await focused()).toBe('application')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => announced(page)).toMatch(/^assets\/film\.mp4: 90\.0kB, read by nobody/)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => announced(page)).not.toMatch(/^assets\/film/)
    await page.locator('tbody').getByRole('button', { name: 'src/' }).press('Enter')
    await expect.poll(() => rowNames(page)).toEqual(['pages/', 'index.ts'])
    await map(page).focus()
    await page.keyboard.press('Backspace')
    await expect.poll(() => rowNames(page)).toContain('assets/')
    await page.locator('#mode-context').focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#mode-transfer').isChecked()).toBe(true)
    const size = () => page.locator('tbody tr', { hasText: 'assets/' }).locator('td').first().textContent()
    await expect.poll(size).toBe('0B')
  })

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('has nothing that axe complains about: %s, %d pixels wide', async (colorScheme, width) => {
    const page = await show({ colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' })
    await page.getByLabel('Lines to add').fill('assets\nsrc')
    await map(page).click({ position: { x: 80, y: 120 } })
    await expect.poll(() => page.locator('.result').textContent()).toContain('the build fails')
    // Not as an element: the page's policy lets no other script in.
    await page.evaluate(fs.readFileSync(axe, 'utf8'))
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        readonly axe: {
          readonly run: (options: object) => Promise<{
            readonly violations: readonly {
              readonly id: string
              readonly nodes: readonly { readonly html: string }[]
            }[]
          }>
        }
      }
      const { violations } = await axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations).toEqual([])
    const overflows = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    expect(overflows).toBe(false)
  })

  it('prints on white paper without its tools', async () => {
    const page = await show({ colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.tools input').isVisible()).toBe(false)
    expect(await page.locator('.what-if').isVisible()).toBe(false)
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(background).toBe('rgb(255, 255, 255)')
  })

  it('runs no script but its own', async () => {
    const page = await show()
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "taken over"'
      document.body.append(script)
    })
    expect(await page.title()).toBe('Dockerfile, ctxsize')
    expect(open.said.splice(0)).toEqual([expect.stringMatching(/violates.*Content Security Policy/s)])
  })
})
