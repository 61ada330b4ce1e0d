#!/usr/bin/env node
// Takes the pictures of the README anew.
//   node scripts/pictures.mjs screen DIRECTORY    what `ctxsize DIRECTORY` prints → docs/images/screen.svg
//   node scripts/pictures.mjs report DIRECTORY    its report in a browser → docs/images/report-light.png, report-dark.png
// The screen is healthchecks/healthchecks as `git clone --depth 1` leaves it; the report linkwarden/linkwarden, with packages, caches
// and reports put there. The report takes Debian's chromium.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const top = path.dirname(import.meta.dirname)
const images = path.join(top, 'docs/images')
const program = path.join(top, 'bin/ctxsize.js')

/** Sizes of a character cell and of what is around them all, in pixels. */
const cell = { width: 8.4, height: 20 }
const margin = { x: 20, y: 18 }

/** By code of a terminal, the class of what follows; what ends it ends all. */
const classes = { 1: 'b', 2: 'q', 31: 'r', 32: 'g', 33: 'y', 36: 'c' }
const style = `
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre; }
.back { fill: #fff; stroke: #d1d9e0; } .b { font-weight: 600; }
.q { fill: #59636e; } .r { fill: #b62324; } .g { fill: #1a7f37; } .y { fill: #8a5a00; } .c, .bar { fill: #0b7285; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .back { fill: #0d1117; stroke: #3d444d; }
  .q { fill: #9198a1; } .r { fill: #ff7b72; } .g { fill: #3fb950; } .y { fill: #d29922; } .c, .bar { fill: #39c5cf; }
}`

/** A line with the codes of a terminal as runs of one looks each, with the column where they begin. */
function runsOf(line) {
  const runs = []
  const on = new Set()
  let column = 0
  for (const [, code, text] of line.matchAll(/\x1b\[(\d+)m|([^\x1b]+)/g)) {
    if (text !== undefined) {
      runs.push({ column, text, looks: [...on] })
      column += [...text].length
    } else if (classes[code]) on.add(classes[code])
    else on.clear()
  }
  return runs
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const number = (value) => String(Math.round(value * 10) / 10)

/** Bars are drawn: what a font makes of them leaves gaps. */
function drawn({ column, text, looks }, row) {
  const x = margin.x + column * cell.width
  const y = margin.y + row * cell.height
  if (/^[█▉▊▋▌▍▎▏]+$/.test(text)) {
    const eighths = [...text].reduce((sum, one) => sum + 8 - '█▉▊▋▌▍▎▏'.indexOf(one), 0)
    return `<rect class="bar" x="${number(x)}" y="${number(y + 4)}" width="${number((eighths * cell.width) / 8)}" height="${cell.height - 8}"/>`
  }
  const lead = text.length - text.trimStart().length
  const shown = text.trim()
  if (shown === '') return ''
  const as = looks.length === 0 ? '' : ` class="${looks.join(' ')}"`
  // The width is said, so that columns stand below one another in whatever font there is.
  return `<text${as} x="${number(x + lead * cell.width)}" y="${number(y + 15)}" textLength="${number([...shown].length * cell.width)}" lengthAdjust="spacingAndGlyphs">${escaped(shown)}</text>`
}

function takeScreen(directory) {
  const name = path.basename(path.resolve(directory))
  const { stdout } = spawnSync(process.execPath, [program, name], {
    cwd: path.dirname(path.resolve(directory)),
    encoding: 'utf8',
    env: { PATH: process.env.PATH, FORCE_COLOR: '1' },
  })
  const lines = [`\x1b[2m$\x1b[22m ctxsize ${name}`, ...stdout.trimEnd().split('\n')]
  const width = number(84 * cell.width + 2 * margin.x)
  const height = number(lines.length * cell.height + 2 * margin.y)
  const parts = lines.flatMap((line, row) => runsOf(line).map((run) => drawn(run, row)))
  fs.writeFileSync(
    path.join(images, 'screen.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n<style>${style}\n</style>\n<rect class="back" x="0.5" y="0.5" width="${Number(width) - 1}" height="${Number(height) - 1}" rx="8"/>\n${parts.filter((part) => part !== '').join('\n')}\n</svg>\n`,
  )
}

async function takeReport(directory) {
  const { chromium } = await import('playwright-core')
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-pictures-'))
  const file = path.join(place, 'report.html')
  spawnSync(process.execPath, [program, directory, '--format', `html=${file}`], { stdio: 'ignore' })
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 } })
    await page.goto(pathToFileURL(file).href)
    // The largest block is chosen; the frame round the map that has the keys is no part of the picture.
    const map = page.getByRole('application')
    await map.press('ArrowRight')
    await map.blur()
    await page.waitForTimeout(500)
    await page.screenshot({ path: path.join(images, `report-${colorScheme}.png`) })
  }
  await browser.close()
  fs.rmSync(place, { recursive: true })
}

const [what, directory] = process.argv.slice(2)
if (what === 'screen' && directory !== undefined) takeScreen(directory)
else if (what === 'report' && directory !== undefined) await takeReport(directory)
else {
  console.error('node scripts/pictures.mjs screen|report DIRECTORY')
  process.exitCode = 2
}
