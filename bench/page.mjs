#!/usr/bin/env node
// How long somebody who types under *What if?* waits for the picture that follows from a letter. Takes Debian's chromium, without GPU.
//   node bench/page.mjs REPORT.html [REPORT.html…] [--rounds=N]
// Reports take turns. Of each key: the time from the event to after the frame that shows it is painted, and what the page's main thread
// worked until then, which a busy machine changes less. The tree to try it on is monorepo-300000 of bench.mjs, with an ignore file of 30 lines.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const files = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const rounds = Number(/--rounds=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 1)
const pause = 200

/** What is typed, `<` for a key that takes a letter back; then lines of the file are switched off and on, from its first to its last. */
const typed = [
  '**/node_modules',
  '<'.repeat(15),
  '*.log\n',
  '!packages/*',
  '<'.repeat(17),
  'apps\n',
  '**/*.d.ts',
]
const keyOf = (letter) => ({ '<': 'Backspace', '\n': 'Enter' })[letter] ?? letter

async function typeInto(browser, file) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(pathToFileURL(path.resolve(file)).href)
  await page.waitForSelector('footer')
  // All that a page does before anybody types.
  await page.waitForTimeout(4000)
  await page.evaluate(() => {
    const waits = []
    Object.assign(window, { waits })
    const note = ({ timeStamp }) =>
      requestAnimationFrame(() => {
        // Told when the frame has been painted.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => waits.push(performance.now() - timeStamp)
        port2.postMessage(0)
      })
    window.addEventListener('keydown', note, true)
  })
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
  }
  const keys = []
  const press = async (key, name) => {
    const before = await worked()
    const count = await page.evaluate(() => window.waits.length)
    await page.keyboard.press(key)
    await page.waitForFunction((known) => window.waits.length > known, count)
    const after = await worked()
    keys.push({ name, wait: await page.evaluate(() => window.waits.at(-1)), work: after - before })
    await page.waitForTimeout(pause)
  }
  await page.getByLabel('Lines to add').focus()
  let text = ''
  for (const letter of typed.join('')) {
    text = letter === '<' ? text.slice(0, -1) : text + letter
    await press(keyOf(letter), JSON.stringify(text.split('\n').at(-1)))
  }
  await page.keyboard.press('Control+A')
  await press('Delete', 'nothing')
  const boxes = page.locator('.lines input')
  const last = (await boxes.count()) - 1
  for (const share of last < 0 ? [] : [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    await boxes.nth(Math.round(share * last)).focus()
    await press('Space', 'a line off')
    await press('Space', 'a line on')
  }
  await page.close()
  return keys
}

const told = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  return [0.5, 0.9, 1].map((share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1)).join('  ')
}

const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
const all = files.map(() => [])
for (let round = 0; round < rounds; round++)
  for (const [index, file] of files.entries()) all[index].push(...(await typeInto(browser, file)))
await browser.close()
for (const [index, file] of files.entries()) {
  console.log(`${file}: ${all[index].length} keys, ms: median  90 %  most`)
  console.log(`  until it is painted  ${told(all[index].map(({ wait }) => wait))}`)
  console.log(`  of work for it       ${told(all[index].map(({ work }) => work))}`)
  const slowest = all[index].toSorted((a, b) => b.wait - a.wait).slice(0, 5)
  console.log(`  at 50 ms or more     ${all[index].filter(({ wait }) => wait >= 50).length}`)
  console.log(
    `  slowest              ${slowest.map(({ name, wait }) => `${name} ${wait.toFixed(1)}`).join(', ')}`,
  )
}
