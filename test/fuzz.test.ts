/** The fuzzer, a little of each target on each run: `npm run fuzz` is for more. */

import { describe, expect, it } from 'vitest'
import { shrunk } from '../fuzz/inputs.ts'
import { runTarget, wrongWith } from '../fuzz/run.ts'
import { type Target, targets } from '../fuzz/targets.ts'

/** The first long input of a target is the 2000th. */
const usual = { seed: 1, from: 1500, to: 2100, mostMs: 2000, mostMb: 100 }
/** A walk, or a project of many files, for each input; or all that is thought out about one. Where each begins. */
const slow: ReadonlyMap<string, number> = new Map([
  ...['gitignore', 'compose', 'workflow'].map((name) => [name, 1900] as const),
  ['proposals', 1990],
])

describe('no input that nobody would write', () => {
  for (const [name, target] of Object.entries(targets))
    it(`breaks or stops what reads ${name}`, () => {
      const from = slow.get(name) ?? usual.from
      const { inputs, findings } = runTarget(target, { ...usual, from })
      expect(findings).toEqual([])
      expect(inputs).toBe(usual.to - from)
    }, 60_000)
})

describe('the fuzzer', () => {
  const fragile: Target = {
    words: ['a', 'b', '{', '}'],
    seeds: ['{a}'],
    check: (text) => {
      if (text.includes('}{')) throw new TypeError('a bug')
    },
  }

  it('finds what is broken, and makes it small', () => {
    const { findings } = runTarget(fragile, { seed: 1, from: 0, to: 2000, mostMs: 1000, mostMb: 100 })
    expect(findings.length).toBeGreaterThan(0)
    expect(findings.every(({ text, why }) => text === '}{' && why.startsWith('TypeError: a bug'))).toBe(true)
  })

  it('finds what takes too long', () => {
    const check = (text: string) => {
      const before = process.cpuUsage()
      while (text.length > 1000 && process.cpuUsage(before).user < 60_000);
    }
    const { findings } = runTarget(
      { ...fragile, check },
      { seed: 1, from: 1990, to: 2000, mostMs: 20, mostMb: 100 },
    )
    expect(findings.map(({ input, why }) => [input, /^takes \d+ ms$/.test(why)])).toEqual([[1999, true]])
  })

  it.runIf(process.platform === 'linux')('finds what takes too much memory', () => {
    const check = (text: string) => {
      if (text.length > 1000) expect(new Uint8Array(200 << 20).fill(1).at(-1)).toBe(1)
    }
    const { findings, largestMb } = runTarget(
      { ...fragile, check },
      { seed: 1, from: 1990, to: 2000, mostMs: 5000, mostMb: 100 },
    )
    expect(findings.map(({ input, why }) => [input, /^takes \d+ MB$/.test(why)])).toEqual([[1999, true]])
    expect(largestMb).toBeGreaterThan(150)
  })

  it('makes the same inputs again', () => {
    const seen: string[][] = [[], []]
    for (const run of seen)
      runTarget(
        { ...fragile, check: (text) => void run.push(text) },
        { seed: 7, from: 0, to: 50, mostMs: 1000, mostMb: 100 },
      )
    expect(seen[0]).toEqual(seen[1])
    expect(new Set(seen[0]).size).toBeGreaterThan(25)
  })

  it('takes a refusal for an answer', () => {
    expect(wrongWith(targets.tar, 'no archive')).toBeNull()
    expect(shrunk('xxaxx', (text) => text.includes('a'))).toBe('a')
  })
})
