import { describe, expect, it } from 'vitest'
import { inertText } from '../../src/reporters/screen/inert.ts'
import { table } from '../../src/reporters/table.ts'
import { readOutput } from './runner.ts'
import { hostileReport, hostileTexts, manyBuilds, sample, sampleNames } from './samples.ts'
import { plainStyle } from './style.ts'

describe('a screen in the log of a job', () => {
  const widths = [40, 60, 84]
  // Longer names break like these.

  it.each(Object.keys(hostileTexts))('holds no command, wherever its lines break: %s', (kind) => {
    const text = hostileTexts[kind] ?? ''
    const reports = [manyBuilds(), ...sampleNames.map(sample)].map((one) =>
      hostileReport(`${text} ${text}`.slice(0, 600), one),
    )
    for (const report of reports)
      for (const width of widths) {
        const { commands } = readOutput(inertText(table(report, { ...plainStyle, width, verbose: true })))
        expect(commands).toEqual([])
      }
  })

  it('would hold one without that', () => {
    const report = hostileReport(`${'a'.repeat(20)} ::error file=x::owned`, sample('node-junk'))
    expect(readOutput(table(report, plainStyle)).commands).not.toEqual([])
  })

  it.each([
    ['::error::x', '\\x3a:error::x'],
    ['a\n  ::b::', 'a\n  \\x3a:b::'],
    ['a ::b', 'a ::b'],
    ['say ##[error]x', 'say #\\x23[error]x'],
    ['\u00a0::x', '\u00a0\\x3a:x'],
    [':x\n', ':x\n'],
  ])('%j becomes %j', (text, expected) => {
    expect(inertText(text)).toBe(expected)
  })
})
