/** Builds that nobody would write, a few on each run: `npm run fuzz -- engine` is for more. */

import { afterAll, describe, expect, it } from 'vitest'
import { type Judge, runEngine } from '../../fuzz/engine.ts'
import { startEngine } from './engine.ts'
import { orSkip } from './required.ts'

const engine = orSkip(await startEngine(), 'engine')

describe.skipIf(engine === null)('a real build of what nobody would write', () => {
  afterAll(() => engine?.stop(), 60_000)

  it('is refused, sends and reads as was said', async () => {
    if (!engine) return
    const { builds, built, findings } = await runEngine(engine, { seed: 1, from: 0, to: 40 })
    expect(findings).toEqual([])
    expect(builds).toBe(40)
    // Neither all of them nor none: there is something to be compared in either way.
    expect(built).toBeGreaterThan(10)
    expect(built).toBeLessThan(30)
  }, 300_000)
})

describe('the fuzzer', () => {
  const silent = { log: '', dockerfile: null, ignoreFile: null, error: null, entries: [] }
  const judge = (exitCode: number, context: string | null): Judge => ({
    version: '28.5.2',
    clients: [{ file: 'docker', version: '28.5.2', canBuildkit: true }],
    exported: async () => ({ ...silent, exitCode, context }),
  })
  const found = async (engine: Judge) => {
    const { findings } = await runEngine(engine, { seed: 1, from: 0, to: 12 })
    return findings
  }

  it('finds what an engine refuses, sends or leaves out without a word of it', async () => {
    const kinds = async (engine: Judge) =>
      new Set((await found(engine)).map(({ difference }) => difference.kind))
    expect(await kinds(judge(1, null))).toEqual(new Set(['refused']))
    expect(await kinds(judge(0, '1B'))).toEqual(new Set(['built', 'sent']))
    expect((await found(judge(0, null))).length).toBeGreaterThan(0)
  })

  it('makes what it finds small', async () => {
    for (const { build } of await found(judge(1, null)))
      expect(build.dockerfile.trim().split('\n').length + Object.keys(build.tree).length).toBeLessThan(12)
  })
})
