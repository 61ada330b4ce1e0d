/** Names that would run a script, end a text or turn it round, wherever a page shows a name. */

import fs from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orSkip } from '../engine/required.ts'
import { makeDirectory, openReport, plant, startBrowser, writeReport } from './browser.ts'

const started = orSkip(await startBrowser(), 'browser')

/** What it is → a path, and what the page shows of its last name. */
const names: Readonly<Record<string, readonly [name: string, shown: string]>> = {
  'the end of a script': ['</script><script>taken(1)</script>', 'script>'],
  'an image that fails': ['<img src=x onerror=taken(2)>', '<img src=x onerror=taken(2)>'],
  'the end of an attribute': ['"><svg onload=taken(3)>', '"><svg onload=taken(3)>'],
  'an apostrophe': ["';taken(4);'", "';taken(4);'"],
  'a template': ['${taken(5)}{{taken(5)}}', '${taken(5)}{{taken(5)}}'],
  'an address': ['javascript:taken(6)', 'javascript:taken(6)'],
  'a comment': ['<!--', '<!--'],
  'the end of a section': [']]>', ']]>'],
  'an entity': ['&lt;b&gt;&#x3c;', '&lt;b&gt;&#x3c;'],
  'a line separator': ['line\u2028separator', 'line\\u2028separator'],
  'writing from right to left': ['photo\u202egpj.exe', 'photo\\u202egpj.exe'],
  'an escape sequence': ['\x1b[31mred\x1b]8;;x\x07', '\\x1b[31mred\\x1b]8;;x\\x07'],
  'a line break': ['two\nlines', 'two\\nlines'],
  'a long name': [`${'n'.repeat(250)}.txt`, `${'n'.repeat(250)}.txt`],
  'a property of every object': ['__proto__', '__proto__'],
  'a constructor': ['constructor', 'constructor'],
}

describe.skipIf(started === null)('hostile names', () => {
  // Not started: none of the tests below runs.
  const browser = started as Browser
  const { directory, remove } = makeDirectory()
  const file = path.join(directory, 'report.html')

  beforeAll(() => {
    const root = path.join(directory, 'hostile')
    plant(root, {
      ...Object.fromEntries(Object.values(names).map(([name], i) => [name, 1000 + i])),
      [Array.from({ length: 15 }, () => 'd'.repeat(250)).join('/')]: 5000,
      Dockerfile:
        'FROM scratch AS base\nCOPY [".", "/<img src=x onerror=taken(8)>"]\nRUN echo "</script><script>taken(9)</script>" && npm ci\n',
      '.dockerignore':
        '<img src=x onerror=taken(10)>x\n# </script><script>taken(11)</script>\n"><svg onload=taken(12)>x\n',
    })
    // A byte that is not UTF-8.
    fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/raw-`), Buffer.of(0xff, 0x80)]), 'x'.repeat(2000))
    writeReport(root, file)
  })
  afterAll(async () => {
    await browser.close()
    remove()
  })

  it('are shown as they are spelt, and run nothing wherever they stand', async () => {
    const { page, said, asked, close } = await openReport(browser, file)
    const shown = await page.locator('tbody').textContent()
    for (const [name, visible] of Object.values(names))
      if (!name.includes('/')) expect(shown).toContain(visible)
    expect(shown).toContain('raw-\\xff\\x80')
    // Each goes through every part of the page: the search, the table, the details, a line of the ignore file.
    for (const [name, visible] of Object.values(names)) {
      const last = name.slice(name.lastIndexOf('/') + 1)
      await page.getByRole('searchbox').fill(last.slice(0, 60))
      const row = page
        .locator('tbody')
        .getByRole('button', { name: visible.slice(0, 30) })
        .first()
      if (!/[\n\x1b]/.test(last)) await row.click()
      await page.getByRole('searchbox').fill('')
      const line = last.replace(/[\n\x1b\x07]/g, '?')
      await page.getByLabel('Lines to add').fill(line)
      await expect.poll(() => page.locator('.result').textContent()).not.toContain('Nothing on your disk')
    }
    await page.check('#mode-disk')
    for (const colours of ['instruction that reads it', 'kind of file', 'read or not'])
      await page.getByLabel('Coloured by').selectOption(colours)
    await page.getByRole('application').focus()
    for (let i = 0; i < 12; i++) await page.keyboard.press(i % 3 === 0 ? 'ArrowDown' : 'ArrowRight')
    await page.mouse.move(300, 400)
    const strange = await page.evaluate(() => ({
      elements: [
        ...document.querySelectorAll('img, iframe, object, embed, base, link, a, svg [onload], [onerror]'),
      ].length,
      scripts: document.scripts.length,
      polluted: 'taken' in Object.prototype,
    }))
    expect(strange).toEqual({ elements: 0, scripts: 1, polluted: false })
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    ).toBe(true)
    await close()
    // A call of `taken`, which nobody defined, would have been an error.
    expect({ said, asked }).toEqual({ said: [], asked: [] })
  })

  it('never stand in the file as they are', () => {
    const html = fs.readFileSync(file, 'utf8')
    expect(html).not.toContain('taken(')
    expect(html.match(/<script/g)).toHaveLength(2)
    expect(html).not.toContain(directory)
  })

  it('make the same file for the same tree', () => {
    const again = path.join(directory, 'again.html')
    writeReport(path.join(directory, 'hostile'), again)
    expect(fs.readFileSync(again).equals(fs.readFileSync(file))).toBe(true)
  })
})
