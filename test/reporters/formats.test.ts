/** Every format of a report: what it prints of the samples, and what it lets through of hostile ones. */

import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import { type FormatName, reporters } from '../../src/reporters/index.ts'
import { hostileReport, hostileTexts, manyBuilds, samples } from './samples.ts'
import { plainStyle as style } from './style.ts'

// Object.keys forgets which keys they are.
const formats = Object.keys(reporters) as FormatName[]
const extensions = { markdown: 'md', sarif: 'sarif', junit: 'xml', csv: 'csv', github: 'txt', gitlab: 'json' }

async function printed(format: FormatName, report: Report): Promise<string> {
  return (await reporters[format]())(report, style, () => [])
}

describe('each sample is printed as reviewed', () => {
  for (const [format, extension] of Object.entries(extensions))
    for (const [name, report] of Object.entries(samples))
      it(`${name} as ${format}`, async () => {
        // One of the keys of the table above.
        const text = await printed(format as FormatName, report)
        await expect(text).toMatchFileSnapshot(`./__snapshots__/formats/${name}.${format}.${extension}`)
      })

  it('in every format but those that have tests of their own', () => {
    expect([...Object.keys(extensions), 'table', 'json', 'html'].sort()).toEqual([...formats].sort())
  })
})

describe.each(formats)('%s', (format) => {
  it('is the same for the same report, whatever was printed before', async () => {
    const first = await printed(format, manyBuilds())
    await printed(format, hostileReport('x'))
    expect(await printed(format, manyBuilds())).toBe(first)
  })

  it('ends with a line break, and holds nothing of this machine', async () => {
    for (const report of Object.values(samples)) {
      const text = await printed(format, report)
      expect(text.endsWith('\n')).toBe(true)
      expect(text).not.toContain(process.cwd())
      expect(text).not.toMatch(/\d{4}-\d\d-\d\dT\d\d:/)
    }
  })

  it.each(Object.keys(hostileTexts))(
    'prints no control character, and nothing that hides: %s',
    async (kind) => {
      const text = await printed(format, hostileReport(hostileTexts[kind] ?? ''))
      // JSON escapes the rest itself, and is read by programs.
      const unsafe = ['json', 'sarif', 'gitlab'].includes(format)
        ? /[\0-\x09\x0b-\x1f\ud800-\udfff]/
        : /[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]/
      expect(text).not.toMatch(unsafe)
    },
  )
})
