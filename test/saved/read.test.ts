import { describe, expect, it } from 'vitest'
import { CtxsizeError } from '../../src/lib/errors.ts'
import type { Report } from '../../src/report.ts'
import { json } from '../../src/reporters/json.ts'
import { largestReport, readReport } from '../../src/saved/read.ts'
import { reportShape } from '../../src/saved/report-shape.ts'
import { hostileReport, hostileTexts, manyBuilds, samples } from '../reporters/samples.ts'

const read = (text: string | Uint8Array): Report =>
  readReport(typeof text === 'string' ? Buffer.from(text) : text, 'a.json', '0.1.0')

/** What is said of a text, with what to do. */
function said(text: string | Uint8Array): string {
  try {
    read(text)
    return 'nothing'
  } catch (thrown) {
    if (!(thrown instanceof CtxsizeError)) throw thrown
    return `${thrown.code}: ${thrown.message}; ${thrown.hint}`
  }
}

const sound = json(manyBuilds())

describe('a saved report', () => {
  it.each([
    ...Object.entries(samples),
    ...Object.entries(hostileTexts).map(([name, text]) => [name, hostileReport(text)] as const),
  ])('is what was written: %s', (_, report) => {
    // Lone surrogates become U+FFFD, as no text of a file holds any.
    expect(json(read(json(report)))).toBe(json(report))
  })

  it('may begin with a byte order mark, and say more than is known', () => {
    const { contexts, ...rest } = JSON.parse(sound)
    const more = { ...rest, contexts: [{ ...contexts[0], future: [{ a: 1 }] }], later: true }
    expect(json(read(`\ufeff${json(more)}`))).toBe(json(more))
  })

  it.each([
    ['nothing', '', 'is empty; the run that should have written it ended before it could'],
    ['blanks', ' \n', 'is empty; the run that should have written it ended before it could'],
    ['a text', 'hello', ':1:1: no JSON from here on; give what ctxsize --format json printed'],
    ['a list', '[]', 'is no report of ctxsize; give what ctxsize --format json printed'],
    ['null', 'null', 'is no report of ctxsize; give what ctxsize --format json printed'],
    [
      "another program's",
      '{"version":"2.1.0","runs":[]}',
      'is no report of ctxsize; give what ctxsize --format json printed',
    ],
    [
      'a newer one',
      '{"schemaVersion":2}',
      'is of a newer ctxsize: its schemaVersion is 2, and 1 is understood; update ctxsize',
    ],
    [
      'a failure',
      '{"schemaVersion":1,"error":{"code":"X","message":"no such\\u001b[31m directory","hint":""}}',
      'tells of a run that could not finish: no such\\x1b[31m directory; save it anew: ctxsize --format json=FILE',
    ],
    [
      'a list of files',
      '{"schemaVersion":1,"build":{},"entries":[]}',
      'is what ctxsize ls prints, and no report; give what ctxsize --format json printed',
    ],
    [
      'a comma too many',
      '{"a": [1,\n  2,]}',
      ':2:5: no JSON from here on; give what ctxsize --format json printed',
    ],
    ['two documents', '{}\n{}', ':2:1: no JSON from here on; give what ctxsize --format json printed'],
  ])('cannot be %s', (_, text, message) => {
    expect(said(text)).toBe(`REPORT_INVALID: a.json${message.startsWith(':') ? '' : ' '}${message}`)
  })

  it('is told to be cut off wherever it is', () => {
    const ends = Array.from(
      { length: 200 },
      (_, i) => Math.floor((sound.trimEnd().length - 1) * (i / 200)) + 1,
    )
    for (const end of ends)
      expect(said(sound.slice(0, end))).toBe(
        'REPORT_INVALID: a.json ends in the middle of the document; it was cut off: the run was stopped, or the disk was full',
      )
  })

  it('is UTF-8', () => {
    expect(said(Buffer.from(`\ufeff${sound}`, 'utf16le'))).toMatch(/is UTF-16, as PowerShell writes/)
    expect(said(Buffer.of(0x7b, 0xff, 0x7d))).toMatch(/is no UTF-8 text/)
  })

  it('is not nested without end, whatever it says', () => {
    expect(said('['.repeat(5_000_000))).toMatch(/is nested deeper than any report/)
    const { contexts, ...rest } = JSON.parse(sound)
    contexts[0].findings[0].data = JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`)
    expect(said(json({ ...rest, contexts }))).toMatch(/is nested deeper than any report/)
    // Brackets in a text are none.
    contexts[0].findings[0].data = { a: '[{"'.repeat(1000) }
    expect(said(json({ ...rest, contexts }))).toBe('nothing')
  })

  it('holds no more values than there is room for', () => {
    expect(said(`{"schemaVersion":1,"contexts":[${'{},'.repeat(1_100_000)}{}]}`)).toMatch(
      /holds more values than any report/,
    )
  })

  it('has a bound that real ones stay far below', () => {
    const report = manyBuilds()
    const contexts = Array.from({ length: 400 }, () => report.contexts).flat()
    expect(json({ ...report, contexts }).length).toBeLessThan(largestReport)
  })
})

describe('what does not fit', () => {
  it.each([
    ['"schemaVersion": 1', '"schemaVersion": "1"', 'is no report of ctxsize'],
    [
      '"name": "ctxsize"',
      '"name": "other"',
      ':4:13: tool.name has to be one of ctxsize in a report of ctxsize',
    ],
    [
      '"files": 42,',
      '"files": -42,',
      ':13:18: contexts[0].context.files has to be a whole number from 0 on in a report of ctxsize',
    ],
    ['"stage": "prod"', '"stage": 7', ':28:20: contexts[0].targets[0].stage has to be a text, or null'],
    ['"buildFails": true,', '', 'contexts[0].targets[0].buildFails has to be there'],
    [
      '"severity": "error"',
      '"severity": "fatal"',
      'findings[0].severity has to be one of error, warning, info',
    ],
    ['"because": "ships"', '"because": "sails"', 'assertions[2].paths[0].because has to be one of'],
    ['"line": 3', '"line": 0', 'instructions[0].line has to be a whole number from 1 on'],
  ])('%s as %s is told with its place', (from, to, message) => {
    expect(sound).toContain(from)
    expect(said(sound.replace(from, to))).toContain(message)
  })

  it('is laid to who wrote it, where that was another version', () => {
    const text = sound
      .replace('"version": "0.1.0"', '"version": "0.9.0"')
      .replace('"files": 42,', '"files": "42",')
    expect(said(text)).toMatch(/; ctxsize 0\.9\.0 wrote it, and this is 0\.1\.0$/)
  })

  it('is found whatever single value is another, or missing', () => {
    // All of a sample's values, each in turn.
    const paths: (string | number)[][] = []
    const visit = (value: unknown, path: (string | number)[]): void => {
      if (path.includes('data')) return
      if (path.length > 0) paths.push(path)
      if (Array.isArray(value)) for (const [i, one] of value.entries()) visit(one, [...path, i])
      else if (typeof value === 'object' && value !== null)
        for (const [key, one] of Object.entries(value)) visit(one, [...path, key])
    }
    const report = manyBuilds()
    visit(report, [])
    expect(paths.length).toBeGreaterThan(1000)
    for (const path of paths) {
      const changed = structuredClone(report) as object
      let at: Record<string | number, unknown> = changed as Record<string, unknown>
      for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
      const last = path.at(-1) ?? ''
      // No value of a report is one of these.
      at[last] = typeof at[last] === 'boolean' ? 'true' : true
      expect(reportShape.fits(changed)?.path).toEqual(path)
    }
  })
})
