import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { Report } from '../../src/report.ts'
import { budgetsOf, checked, told } from './checked.ts'

const tree: MemoryTree = {
  Dockerfile: 'FROM scratch\nCOPY src /src\nRUN npm ci\n',
  '.dockerignore': 'dropped\n',
  'src/a.js': 100,
  'src/assets/b.png': 2000,
  'src/assets/c.png': 3000,
  'docs/d.md': 50,
  'dropped/e': 9000,
}
/** What the Dockerfile and the ignore file hold. */
const own = 'FROM scratch\nCOPY src /src\nRUN npm ci\n'.length + 'dropped\n'.length

const all = (report: Report): readonly string[] => budgetsOf(report).map(told)
const check = (says: string, more = {}): Report => checked(tree, { says, ...more })

describe('a budget', () => {
  it('counts what its name says, as the report has it', () => {
    const report = check(
      'budgets: { context: 1MB, transfer: 1MB, unread: 1MB, largestFile: 1MB, files: 99, directories: { src/assets: 1MB } }',
    )
    const [context] = report.contexts
    expect(all(report)).toEqual([
      `context ${5150 + own} of 1MB`,
      `unread ${50 + own} of 1MB`,
      'largestFile 3000 of 1MB',
      'files 6 of 99',
      'src/assets 5000 of 1MB',
      'transfer 5100 of 1MB',
    ])
    expect([context?.context.bytes, context?.unread.bytes, context?.targets[0]?.transfer.bytes]).toEqual([
      5150 + own,
      50 + own,
      5100,
    ])
    expect(report.passed).toBe(true)
  })

  it('is broken by one more than the limit, and not by the limit', () => {
    expect(all(check('budgets: { transfer: 5100 }'))).toEqual(['transfer 5100 of 5100'])
    const report = check('budgets: { transfer: 5099 }')
    expect([all(report), report.passed]).toEqual([['transfer 5100 of 5099: 1 over'], false])
  })

  it('has a least, which a context that lost its files falls below', () => {
    expect(all(check('budgets: { transfer: { min: 6kB, max: 7kB }, files: { min: 6 } }'))).toEqual([
      'files 6 of at least 6',
      'transfer 5100 of at least 6kB: 900 short',
      'transfer 5100 of 7kB',
    ])
  })

  it('of a directory that is not there says so, and holds', () => {
    const [budget] = budgetsOf(check('budgets: { directories: { src/asets: 1MB } }'))
    expect(budget).toMatchObject({ ok: true, actual: 0, note: 'there is no such directory' })
  })

  it('of what nobody reads is about all builds of the context', () => {
    const [budget] = budgetsOf(
      checked({ ...tree, Dockerfile: 'FROM scratch\nCOPY . /\n' }, { says: 'budgets: { unread: 0 }' }),
    )
    expect(budget).toMatchObject({ ok: true, actual: 0 })
  })

  it('is about what the leading builder takes', () => {
    const classic = check('budgets: { context: 1MB, transfer: 1MB }', { options: { builder: 'classic' } })
    expect(all(classic)[0]).toBe(`context ${5150 + own} of 1MB`)
  })
})

describe('who grew it', () => {
  const paths = (report: Report): readonly (readonly unknown[])[] =>
    budgetsOf(report).flatMap(({ parts }) =>
      parts.map(({ path, type, files, bytes }) => [path, type, files, bytes]),
    )

  it('are the largest parts of what is counted, the thing that makes a directory large in its place', () => {
    expect(paths(check('budgets: { context: 1kB }')).slice(0, 2)).toEqual([
      ['src/assets', 'dir', 2, 5000],
      ['src/a.js', 'file', 1, 100],
    ])
  })

  it('are told only where the most is exceeded', () => {
    expect(paths(check('budgets: { context: 1MB, transfer: { min: 1MB } }'))).toEqual([])
  })

  it('are the files themselves for the largest', () => {
    expect(paths(check('budgets: { largestFile: 1kB }')).slice(0, 2)).toEqual([
      ['src/assets/c.png', 'file', 1, 3000],
      ['src/assets/b.png', 'file', 1, 2000],
    ])
  })

  it('are ranked by their number where files are counted', () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`many/${i}`, 1]))
    expect(paths(checked({ ...tree, ...many }, { says: 'budgets: { files: 3 }' }))[0]).toEqual([
      'many',
      'dir',
      9,
      9,
    ])
  })

  it('lie in the directory that has the budget', () => {
    expect(paths(check('budgets: { directories: { src: 1kB } }'))).toEqual([
      ['src/assets', 'dir', 2, 5000],
      ['src/a.js', 'file', 1, 100],
    ])
  })

  it('tell how much of them the last commit does not have, and nothing without git', () => {
    const committed = () => new Set(['src/assets/b.png', 'src/a.js'])
    const newFiles = (report: Report) =>
      budgetsOf(report).flatMap(({ parts }) => parts.map((one) => one.newFiles))
    const says = 'budgets: { directories: { src: 1kB } }'
    expect(newFiles(check(says, { readings: { committed } }))).toEqual([1, 0])
    expect(newFiles(check(says))).toEqual([null, null])
  })

  it('has git asked only where the most is exceeded', () => {
    const committed = () => {
      throw new Error('asked')
    }
    expect(
      check('budgets: { context: 1MB, transfer: { min: 1MB } }', { readings: { committed } }).passed,
    ).toBe(false)
  })
})

describe('a budget of lost caches', () => {
  const losses = { commits: 40, isAtLeast: false, compared: 149, step: 'npm ci (Dockerfile:3)' }
  const check40 = (limit: string, isAtLeast = false) =>
    budgetsOf(
      check(`budgets: { cacheLoss: ${limit} }`, {
        readings: { installLosses: () => ({ ...losses, isAtLeast }) },
      }),
    )

  it('counts the commits after which an install step ran again, and names the step', () => {
    expect(check40('30')).toMatchObject([
      { unit: 'commits', actual: 40, over: 10, ok: false, note: 'npm ci (Dockerfile:3), in 149 commits' },
    ])
    expect(check40('40')).toMatchObject([{ ok: true, over: 0 }])
  })

  it('is not asked for where there is none', () => {
    const installLosses = () => {
      throw new Error('asked')
    }
    expect(check('budgets: { context: 1MB }', { readings: { installLosses } }).passed).toBe(true)
  })

  it('is broken for certain by what a shallow clone holds, and else cannot be told', () => {
    expect(check40('30', true)).toMatchObject([{ ok: false, actual: 40, unavailable: null }])
    expect(check40('50', true)).toMatchObject([
      { ok: false, actual: null, over: 0, unavailable: expect.stringContaining('fetch-depth: 0') },
    ])
    expect(check40('{ min: 40 }', true)).toMatchObject([{ ok: true, actual: 40 }])
    expect(check40('{ min: 41 }', true)).toMatchObject([{ ok: false, actual: null }])
  })

  it('that cannot be told is a problem of the run', () => {
    const installLosses = () => ({ unavailable: 'git refuses', hint: 'git config x' })
    const report = check('budgets: { cacheLoss: 3 }', { readings: { installLosses } })
    expect([report.passed, report.problems]).toEqual([
      false,
      [
        {
          code: 'budget-unavailable',
          message: 'the budget cacheLoss cannot be checked: git refuses: git config x',
          at: { file: 'ctxsize.config.yaml', line: 1 },
          hint: null,
        },
      ],
    ])
  })
})
