import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/reporters/screen/width.ts'
import { table } from '../../src/reporters/table.ts'
import { sample } from '../reporters/samples.ts'
import { plainStyle } from '../reporters/style.ts'
import { ctxsize } from './world.ts'

const widths = [60, 80, 120, 200]

/** What is used of a terminal so wide. */
const usedOf = (columns: number) => Math.min(160, columns)

const withoutColours = (text: string) => text.replace(/\x1b\[[\d;]*m/g, '')
const tooWide = (text: string, columns: number) =>
  withoutColours(text)
    .split('\n')
    .filter((line) => displayWidth(line) > usedOf(columns))

const deep = 'packages/customer-portal/integrations/payment-providers/recorded-responses'
const wide = 'ドキュメント/設計資料の古い版/図面と写真のまとめ'
const flags = '🇩🇪🇫🇷🇯🇵👍🏽👩🏿'.repeat(4)
const marks = 'नमस्ते-สวัสดี-e\u0301te\u0301-שָׁלוֹם'
const tree = {
  Dockerfile: 'FROM scratch\nCOPY package.json /\nCOPY . /srv/app/\n',
  '.dockerignore': `docs/*.md\n# no such thing\ngone-for-good\n`,
  'package.json': 300,
  [`${deep}/visa-and-mastercard-2024.tar`]: 90_000_000,
  [`${wide}/平面図.psd`]: 50_000_000,
  [`${flags}/${marks}.bin`]: 40_000_000,
  'evil\x1b[31m\u202e\nname/::error::x': 30_000_000,
}

const screens = [
  '.',
  '-v .',
  'check --max-transfer 10MB .',
  'fix .',
  'ignore .',
  `why ${deep}`,
  `why ${wide}`,
  'why packages/not-there.json',
  'builds .',
  'explain',
  'explain copy-before-install',
  '--help',
  'history --help',
  'check --help',
]
const cases = widths.flatMap((columns) =>
  screens.flatMap((line) => ['--color', '--no-color'].map((color) => [columns, `${line} ${color}`] as const)),
)

describe('a terminal', () => {
  // What is a file or a patch is printed as it is.
  const isText = (line: string) => !/^(?:ignore|fix)/.test(line)

  it.each(cases)('of %d columns holds every line of: ctxsize %s', async (columns, line) => {
    const { stdout, stderr } = await ctxsize(line, { tree, columns })
    expect(stdout + stderr).not.toBe('')
    expect(withoutColours(stdout)).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    // A path that was asked for can be copied in one piece.
    const text = stdout.replaceAll(deep, '').replaceAll(wide, '')
    expect(tooWide(isText(line) ? text + stderr : stderr, columns)).toEqual([])
  })

  it.each(widths)('of %d columns tells the facts that any other tells', async (columns) => {
    const facts = (text: string) => text.match(/[\d.,]+[kMG]?B\b|:\d+\b/g)?.sort()
    const { stdout } = await ctxsize('.', { tree, columns })
    expect(facts(stdout)).toEqual(facts((await ctxsize('.', { tree })).stdout))
  })

  it.each(widths)('of %d columns takes no letter, no flag and no colour of a skin apart', async (columns) => {
    const parts = [...new Intl.Segmenter('en').segment(`${flags}${marks}`)].map(({ segment }) => segment)
    const known = new Set(parts.filter((one) => [...one].length > 1))
    const rest = new Set(
      [...known].flatMap((one) => [...one].slice(1)).filter((one) => !/\p{Regional_Indicator}/u.test(one)),
    )
    const { stdout } = await ctxsize('.', { tree, columns })
    const shown = [...new Intl.Segmenter('en').segment(stdout)].map(({ segment }) => segment)
    expect(shown.filter((one) => known.has(one)).length).toBeGreaterThan(0)
    // What belongs behind a letter stands nowhere by itself, and no flag is half of one.
    expect(shown.filter((one) => rest.has(one) || /^\p{Regional_Indicator}$/u.test(one))).toEqual([])
  })

  it('has a path in one piece where there is room for it', () => {
    const [context] = sample('node-junk').contexts
    if (!context) throw new Error('the sample has no context')
    const largest = context.largest.map((part, i) => (i === 0 ? { ...part, path: deep } : part))
    const of = (width: number) =>
      table({ ...sample('node-junk'), contexts: [{ ...context, largest }] }, { ...plainStyle, width })
    expect(of(160)).toContain(`${deep}/`)
    expect(of(84)).not.toContain(`${deep}/`)
    // And nothing of it is lost where there is none.
    expect(of(60)).toMatch(/recorded-\s|recorded-responses/)
  })

  it('of any width has sentences that can be read, and a pipe the same as a terminal of 84', async () => {
    const { stdout } = await ctxsize('.', { tree, columns: 200 })
    const prose = withoutColours(stdout)
      .split('\n')
      .filter((line) => /^(?:[!?✗] |This build)/.test(line))
    expect(prose.length).toBeGreaterThan(0)
    expect(prose.filter((line) => displayWidth(line) > 84)).toEqual([])
    const piped = await ctxsize('.', { tree })
    expect(piped.stdout).toBe((await ctxsize('. --no-color', { tree, columns: 84 })).stdout)
  })
})

describe('columns', () => {
  it.each(widths)('stand below one another in a terminal of %d, whatever the names', async (columns) => {
    const { stdout } = await ctxsize('. --no-color', { tree, columns })
    const lines = stdout.split('\n')
    const head = lines.findIndex((line) => /^ +size +files +what/.test(line))
    const at = displayWidth((lines[head] ?? '').replace(/(?:can it go\?|read by).*/, ''))
    const rows = lines.slice(head + 1, lines.indexOf('', head))
    expect(rows.length).toBeGreaterThan(3)
    for (const row of rows) {
      let used = 0
      let before = ''
      for (const point of row) {
        if (used >= at) break
        before = point
        used += displayWidth(point)
      }
      // Between two columns there is nothing.
      if (used >= at) expect([row, before]).toEqual([row, ' '])
    }
  })
})
