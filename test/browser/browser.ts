/** A real browser for the tests of the page: Debian's chromium, driven without a download. */

import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Starts a browser; a sentence when this machine cannot. */
export async function startBrowser(): Promise<Browser | string> {
  if (process.env['CTXSIZE_ENGINE'] === 'off') return 'CTXSIZE_ENGINE=off'
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const found = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((directory) => names.map((name) => path.join(directory, name)))
    .find((file) => fs.existsSync(file))
  if (found === undefined) return 'there is no chromium (Debian: apt-get install chromium)'
  // Root has to do without the sandbox; what is opened are pages of our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  try {
    return await chromium.launch({ executablePath: found, args })
  } catch (error) {
    return `chromium does not start: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
}

/** What went on in a page that nobody may see: each test ends by holding that there was nothing. */
export interface Incidents {
  /** Errors, and whatever was written to the console. */
  readonly said: string[]
  /** Addresses that were asked for, but for the file itself. */
  readonly asked: string[]
}

export interface OpenPage extends Incidents {
  readonly page: Page
  readonly close: () => Promise<void>
}

/** Opens a report from the disk in a context of its own, and waits until it is drawn. */
export async function openReport(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  const said: string[] = []
  const asked: string[] = []
  const address = pathToFileURL(file).href
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  page.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await context.route('**/*', (route) => {
    const url = route.request().url()
    if (url === address) return route.continue()
    asked.push(url)
    return route.abort()
  })
  await page.goto(address)
  await page.waitForSelector('footer, main')
  // One frame after the first: it is painted.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
  return { page, said, asked, close: () => context.close() }
}

/** A directory that is gone when the tests are done. */
export function makeDirectory(): { readonly directory: string; readonly remove: () => void } {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-browser-'))
  return { directory, remove: () => fs.rmSync(directory, { recursive: true, force: true }) }
}

/** Files with their contents; a number is a file of that many bytes. Names may be any that the disk takes. */
export function plant(directory: string, files: Readonly<Record<string, string | number>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, typeof content === 'number' ? Buffer.alloc(content, 'x') : content)
  }
}

/** Has the built program write the report of a directory. */
export function writeReport(directory: string, file: string, options: readonly string[] = []): void {
  const program = path.join(import.meta.dirname, '../../bin/ctxsize.js')
  execFileSync(process.execPath, [program, directory, '--format', `html=${file}`, ...options], {
    stdio: 'pipe',
    env: { ...process.env, LANG: 'C' },
  })
}
