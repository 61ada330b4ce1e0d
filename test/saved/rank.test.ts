import { describe, expect, it } from 'vitest'
import type { Ranking, Report, TargetHistory } from '../../src/report.ts'
import { rank } from '../../src/saved/rank.ts'
import { manyBuilds, sample } from '../reporters/samples.ts'

const saved = (entries: Readonly<Record<string, Report>>) =>
  Object.entries(entries).map(([file, report]) => ({ file, report }))

/** The sample with a history of its build. */
function withHistory(report: Report, now: number, afterFix: number | null): Report {
  const history: TargetHistory = {
    commits: 150,
    compared: 149,
    rebuilt: { now, afterFix, withReview: afterFix },
    instructions: [],
    steps: [],
  }
  return {
    ...report,
    contexts: report.contexts.map((context) => ({
      ...context,
      targets: context.targets.map((target) => ({ ...target, history })),
    })),
  }
}

describe('what a report comes to', () => {
  const [one] = rank(saved({ 'a.json': manyBuilds() }), 'bytes', []).repositories

  it('counts each context once and each build by itself', () => {
    expect(one).toMatchObject({
      builds: 3,
      failing: 1,
      bytes: 10_000 + 1_413_290_112 + 12_000_000,
      context: { files: 42 + 48_512 + 12, bytes: 8_120_334 + 1_413_290_112 + 21_000_000 },
      errors: 1,
      warnings: 1,
      broken: 6,
      secrets: 0,
      rebuilds: null,
    })
  })

  it('leaves out what needs a decision from what may go', () => {
    expect(one?.safe).toBe(1_413_290_112 - 87_862_279)
  })

  it('takes the whole context for every build where a builder does', () => {
    const asked = { context: '.', options: [], builder: 'classic', path: '.' } as const
    const [classic] = rank(saved({ 'a.json': { ...sample('clean'), asked } }), 'bytes', []).repositories
    expect(classic?.bytes).toBe(sample('clean').contexts[0]?.context.bytes)
  })

  it('counts a file with credentials once, and those that are only counted', () => {
    const report = sample('clean')
    const [base] = sample('checked').contexts[0]?.findings ?? []
    if (!base) throw new Error('the sample has a finding')
    const secret = { ...base, rule: 'secret-ships' }
    const findings = [
      { ...secret, data: { path: '.env' } },
      { ...secret, severity: 'warning' as const, data: { path: '.env' } },
      { ...secret, data: { path: 'b/.env' } },
      { ...secret, data: { fails: false, files: 12 } },
      { ...secret, severity: 'info' as const, data: { path: 'c' } },
      {
        ...secret,
        data: { path: 'd' },
        suppressed: { by: 'comment' as const, reason: null, at: { file: 'Dockerfile', line: 1 } },
      },
    ]
    const contexts = report.contexts.map((context) => ({ ...context, findings }))
    const [ranked] = rank(saved({ 'a.json': { ...report, contexts } }), 'bytes', []).repositories
    expect([ranked?.secrets, ranked?.errors, ranked?.warnings]).toEqual([14, 3, 1])
  })

  it('tells of rebuilds that a fix would have spared', () => {
    const reports = saved({
      a: withHistory(sample('clean'), 140, 12),
      b: withHistory(sample('clean'), 30, null),
    })
    expect(rank(reports, 'bytes', []).repositories.map(({ rebuilds }) => rebuilds)).toEqual([
      { commits: 149, now: 140, needless: 128 },
      { commits: 149, now: 30, needless: 0 },
    ])
  })
})

describe('the order', () => {
  const reports = saved({
    'x/clean.json': withHistory(sample('clean'), 90, 10),
    'x/junk.json': sample('node-junk'),
    'x/checked.json': sample('checked'),
    'x/other.json': sample('hostile-names'),
  })
  const order = (sort: Ranking) => rank(reports, sort, []).repositories.map(({ name }) => name)

  it.each([
    ['bytes', ['junk', 'other', 'clean', 'checked']],
    ['context', ['junk', 'other', 'checked', 'clean']],
    ['unread', ['other', 'checked', 'clean', 'junk']],
    ['safe', ['junk', 'clean', 'checked', 'other']],
    ['rebuilds', ['clean', 'junk', 'checked', 'other']],
    ['errors', ['checked', 'clean', 'junk', 'other']],
    ['name', ['checked', 'clean', 'junk', 'other']],
  ] as const)('by %s: the most first, else as they were given', (sort, expected) => {
    expect(order(sort)).toEqual(expected)
  })
})

describe('a name', () => {
  const names = (...files: readonly string[]) =>
    rank(
      files.map((file) => ({ file, report: sample('clean') })),
      'bytes',
      [],
    ).repositories.map(({ name }) => name)

  it.each([
    [
      ['a/x.json', 'b/y.json'],
      ['x', 'y'],
    ],
    [
      ['out/a/report.json', 'out/b/report.json'],
      ['a/report', 'b/report'],
    ],
    [['a.json'], ['a']],
    [['-'], ['-']],
    [
      ['a.json', 'x/a.json'],
      ['a', 'x/a'],
    ],
    [
      ['a.json', 'a.json'],
      ['a', 'a'],
    ],
    [
      ['/x/a.txt', './b'],
      ['a.txt', 'b'],
    ],
  ])('of %j is %j', (files, expected) => {
    expect(names(...files)).toEqual(expected)
  })
})
