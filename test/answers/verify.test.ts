import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { verify } from '../../src/answers/verify.ts'
import { CtxsizeError } from '../../src/lib/errors.ts'
import type { Report, TargetReport } from '../../src/report.ts'

const fixtures = path.join(import.meta.dirname, '../../fixtures')

interface Wire {
  readonly cold: number
  readonly warm: number
  readonly classic?: number | null
}

/** The clean sample with other figures. */
function predicted({ cold, warm, classic = 0 }: Wire, change: Partial<TargetReport> = {}): Report {
  const text = fs.readFileSync(path.join(fixtures, 'reports/clean.json'), 'utf8')
  // The schema test checks that this file is a report.
  const report = JSON.parse(text) as Report
  const wire = { buildkit: { cold, warm }, classic }
  return {
    ...report,
    contexts: report.contexts.map((context) => ({
      ...context,
      targets: context.targets.map((target) => ({ ...target, wire, ...change })),
    })),
  }
}

const log = (name: string): string => fs.readFileSync(path.join(fixtures, `logs/${name}.txt`), 'utf8')
const app = { cold: 2540, warm: 143, classic: 7680 }
const big = { cold: 36_021_000, warm: 7450, classic: 36_296_192 }

const plain = (size: string): string =>
  `#5 [internal] load build context\n#5 transferring context: ${size} done\n#5 DONE 0.1s\n`

describe('what Docker Engine 20.10 printed', () => {
  it.each([
    ['buildkit-20.10-cold', app, 'cold', '2.54kB'],
    ['buildkit-20.10-warm', app, 'warm', '143B'],
    ['buildkit-20.10-edited', app, 'between', '164B'],
    ['buildkit-20.10-terminal', big, 'cold', '36.02MB'],
    ['classic-20.10', app, null, '7.68kB'],
    ['classic-20.10-terminal', big, null, '36.3MB'],
  ] as const)('in %s is found and agrees', (name, wire, state, observed) => {
    const { comparisons, matches } = verify(predicted(wire), log(name))
    expect(comparisons.map((one) => [one.observed, one.state])).toEqual([[observed, state]])
    expect(matches).toBe(true)
  })

  it('is nothing where nothing is requested', () => {
    const report = predicted({ cold: 0, warm: 0 }, { requested: false })
    const { comparisons, matches } = verify(report, log('buildkit-20.10-no-context'))
    expect(comparisons).toMatchObject([{ observed: 'nothing', predicted: 'nothing', difference: 0 }])
    expect(matches).toBe(true)
  })

  it('of a build that does not ask for the context differs where one was predicted', () => {
    const { comparisons, matches } = verify(predicted(app), log('buildkit-20.10-no-context'))
    expect(comparisons).toMatchObject([
      { observed: 'nothing', predictedBytes: 2540, difference: 2540, state: null },
    ])
    expect(matches).toBe(false)
  })

  it('of a build that failed later is compared all the same', () => {
    expect(verify(predicted({ cold: 2410, warm: 90 }), log('buildkit-20.10-failed')).matches).toBe(true)
  })
})

describe('a log', () => {
  it.each([
    [
      'a long transfer: the last figure counts',
      '#5 [internal] load build context\n#5 transferring context: 12.58MB 0.2s\n#5 transferring context: 20.00MB 5.1s done\n',
      ['20.00MB'],
    ],
    [
      'steps in disorder',
      '#2 [internal] load .dockerignore\n#5 [internal] load build context\n#5 transferring context: 7B done\n#2 transferring context: 2B done\n#5 DONE\n',
      ['7B'],
    ],
    ['two builds', plain('2.54kB') + plain('143B'), ['2.54kB', '143B']],
    ['a bake target', plain('1B').replace('[internal]', '[api internal]'), ['1B']],
    [
      'grep transferring',
      '#1 transferring dockerfile: 76B done\n#2 transferring context: 2B done\n#5 transferring context: 9B done\n',
      ['9B'],
    ],
    [
      'carriage returns',
      'Sending build context to Docker daemon  557.1kB\rSending build context to Docker daemon  10.58MB\r\r\nStep 1/2 : FROM scratch\n',
      ['10.58MB'],
    ],
    [
      'two classic builds',
      'Sending build context to Docker daemon  2.048kB\nStep 1/1 : FROM a\nSending build context to Docker daemon  3.072kB\nStep 1/1 : FROM a\n',
      ['2.048kB', '3.072kB'],
    ],
    ['Windows line ends', plain('5B').replaceAll('\n', '\r\n'), ['5B']],
  ] as const)('with %s', (_, text, observed) => {
    expect(verify(predicted(app), text).comparisons.map((one) => one.observed)).toEqual(observed)
  })

  it('in rawjson is compared exactly', () => {
    const vertex = 'sha256:aa'
    const text = [
      { vertexes: [{ digest: vertex, name: '[internal] load build context' }] },
      { statuses: [{ id: 'transferring context:', vertex, current: 12, timestamp: 't' }] },
      { statuses: [{ id: 'transferring context:', vertex, current: 2541, timestamp: 't' }] },
    ]
    const report = verify(predicted(app), text.map((line) => JSON.stringify(line)).join('\n'))
    expect(report.comparisons).toMatchObject([
      { observed: '2541B', predicted: '2540B', difference: 1, state: null },
    ])
  })

  it.each(['', 'make: Nothing to be done\n', '{"a":1}\n[1,2]\n{broken\n'])(
    'that is none (%j) is refused',
    (text) => {
      expect(() => verify(predicted(app), text)).toThrow(CtxsizeError)
    },
  )
})

describe('a difference', () => {
  it.each([
    ['within the rounding is none', { cold: 2_544, warm: 9 }, '2.54kB', 0, 'cold'],
    ['at the edge of the rounding is none', { cold: 2_535, warm: 9 }, '2.54kB', 0, 'cold'],
    ['beyond the rounding counts from its edge', { cold: 2_534, warm: 9 }, '2.54kB', 1, null],
    ['below the warm figure is a drift', { cold: 2_534, warm: 100 }, '90B', 10, null],
  ] as const)('%s', (_, wire, size, difference, state) => {
    expect(verify(predicted(wire), plain(size)).comparisons).toMatchObject([{ difference, state }])
  })

  it('of the classic client is judged by its four digits', () => {
    const text = 'Sending build context to Docker daemon    8.2MB\nStep 1/1 : FROM a\n'
    expect(verify(predicted({ ...app, classic: 8_200_192 }), text).matches).toBe(true)
    expect(verify(predicted({ ...app, classic: 8_210_432 }), text).comparisons).toMatchObject([
      { difference: 9_932 },
    ])
  })

  it('is explained by an ignore file that docker did not find', () => {
    const text = `#2 [internal] load .dockerignore\n#2 transferring context: 2B done\n${plain('9MB')}`
    expect(verify(predicted(app), text).comparisons[0]?.explanation).toContain('Docker found no ignore file')
  })

  it('is explained by instructions of another Dockerfile', () => {
    const text = `${plain('9MB')}#6 [build 2/3] COPY web /web\n`
    expect(verify(predicted(app), text).comparisons[0]?.explanation).toContain('`COPY web /web`')
  })

  it('is explained by figures that are not exact', () => {
    const report = predicted(app, { exact: false, inexact: ['no getfattr here'] })
    expect(verify(report, plain('9MB')).comparisons[0]?.explanation).toContain('no getfattr here')
  })
})

describe('a named context', () => {
  const named = {
    name: 'Assets',
    root: '../a',
    ignoreFile: null,
    transfer: { files: 1, bytes: 1 },
    wire: { cold: 500, warm: 50 },
  }
  const report = predicted(app, { namedContexts: [named] })

  it('is compared by its name', () => {
    const text = `${plain('2.54kB')}#7 [context assets] load .dockerignore\n#7 transferring assets: 2B done\n#8 [context assets] load from client\n#8 transferring assets: 500B done\n`
    expect(verify(report, text).comparisons).toMatchObject([
      { what: 'buildkit context', difference: 0 },
      { what: 'named context assets', difference: 0, state: 'cold' },
    ])
  })

  it('that docker did not load differs', () => {
    expect(verify(report, plain('2.54kB')).comparisons).toMatchObject([
      {},
      { what: 'named context Assets', observed: 'nothing', difference: 500 },
    ])
  })
})
