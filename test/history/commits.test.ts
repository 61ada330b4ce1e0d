import { describe, expect, it } from 'vitest'
import { readChanges, readCommitLine } from '../../src/history/commits.ts'
import type { Git } from '../../src/host/host.ts'
import { createMemoryHost } from '../../src/host/memory.ts'
import { repositoryTree, toldGit } from './told-git.ts'

const place = { top: '/r', commonDir: '/r/.git' }
const all = { count: null, since: null }
const hostOf = (git: Git) => createMemoryHost(repositoryTree('/r'), {}, { git })

/** What each commit is told to have changed, by its place in the line. */
function toldBy(git: Git, below = ''): Map<number, readonly string[] | null> {
  const host = hostOf(git)
  const told = new Map<number, readonly string[] | null>()
  const line = readCommitLine(host, place, all)
  const paths: string[] = []
  readChanges(
    host,
    place,
    { line, below },
    {
      numberOf: (path) => paths.push(path) - 1,
      numberBelow: () => null,
      onCommit: (changed, index) => {
        told.set(index, changed?.map((number) => paths[number] ?? '') ?? null)
      },
    },
  )
  return told
}

describe('the changes of a line of commits', () => {
  it('are told of every commit but the root, of those too that changed nothing', () => {
    const { git } = toldGit([['a', 'b/c'], [], ['d'], ['root']])
    expect([...toldBy(git)]).toEqual([
      [0, ['a', 'b/c']],
      [1, []],
      [2, ['d']],
    ])
  })

  it('are asked for 5,000 commits at a time', () => {
    const { git, asked } = toldGit(Array.from({ length: 10_002 }, (_, i) => [`f${i}`]))
    const told = toldBy(git)
    expect(told.size).toBe(10_001)
    expect(told.get(10_000)).toEqual(['f10000'])
    expect(asked).toEqual(['rev-list 0', 'diff-tree 5000', 'diff-tree 5000', 'diff-tree 1'])
  })

  it('are asked for again in smaller parts where an answer is too long, and given up only for the commit that is', () => {
    const long = Array.from({ length: 50 }, (_, i) => `file-${i}`)
    const told = toldBy(toldGit([['a'], ['b'], long, ['c'], ['root']], 300).git)
    expect([...told].sort()).toEqual([
      [0, ['a']],
      [1, ['b']],
      [2, null],
      [3, ['c']],
    ])
  })

  it('are none where no commit is as young as was asked for', () => {
    const git: Git = () => ({ ok: true, stdout: Buffer.from(''), stderr: '', code: 0, trouble: null })
    expect(readCommitLine(hostOf(git), place, all)).toMatchObject({ count: 0, compared: 0, newest: null })
  })

  it('may be named like a commit', () => {
    const name = '1'.padStart(40, '0')
    expect([...toldBy(toldGit([[name, 'a'], [name], ['root']]).git)]).toEqual([
      [0, [name, 'a']],
      [1, [name]],
    ])
  })
})

describe('a path that is met again', () => {
  it('goes by the number it had, whatever its bytes', () => {
    const { git } = toldGit([['src/ü', 'a'], ['a', 'src/ü'], ['src/\u00c3\u00bc'], ['root']])
    const host = hostOf(git)
    const asked: string[] = []
    const told: (readonly number[] | null)[] = []
    readChanges(
      host,
      place,
      { line: readCommitLine(host, place, all), below: '' },
      {
        numberOf: (path) => asked.push(path) - 1,
        numberBelow: () => null,
        onCommit: (changed) => told.push(changed),
      },
    )
    expect(asked).toEqual(['src/ü', 'a', 'src/\u00c3\u00bc'])
    expect(told).toEqual([[0, 1], [1, 0], [2]])
  })

  it('is asked about anew when so many others came between, so that memory stays as it is', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => `f${i}`)
    const other = many.map((name) => `g/${name}`)
    let asked = 0
    const host = hostOf(toldGit([many, other, ['f0'], ['g/f29999'], ['root']]).git)
    readChanges(
      host,
      place,
      { line: readCommitLine(host, place, all), below: '' },
      { numberOf: () => ++asked, numberBelow: () => null, onCommit: () => {} },
    )
    expect(asked).toBe(60_001)
  })
})

describe('git that does not answer', () => {
  const failing =
    (trouble: 'dubious-ownership' | 'no-git' | 'failed', stderr = ''): Git =>
    () => ({
      ok: false,
      stdout: new Uint8Array(),
      stderr,
      code: 128,
      trouble,
    })

  it.each([
    ['dubious-ownership', 'git config --global --add safe.directory /r'],
    ['no-git', 'install git'],
  ] as const)('%s: the error says what to do', (trouble, hint) => {
    expect(() => toldBy(failing(trouble))).toThrow(
      expect.objectContaining({ code: 'NO_REPOSITORY', hint: expect.stringContaining(hint) }),
    )
  })

  it('has no commit yet', () => {
    const git = failing('failed', "fatal: bad revision 'HEAD'")
    expect(readCommitLine(hostOf(git), place, all)).toMatchObject({ count: 0, compared: 0, newest: null })
  })

  it('refuses a date that git takes for now', () => {
    const git: Git = (_, [, ...args]) => ({
      ok: true,
      stdout: Buffer.from(
        args.includes('--since=2020-01-01') ? '--max-age=1577836800\n' : '--max-age=1700000000\n',
      ),
      stderr: '',
      code: 0,
      trouble: null,
    })
    const since = (date: string) => () => readCommitLine(hostOf(git), place, { count: null, since: date })
    expect(since('a fortnight before banana')).toThrow('git knows no such date')
    expect(since('2020-01-01')).not.toThrow()
  })

  it.each([
    ['2099-01-01', 4_070_908_800, 'lies ahead'],
    // What git makes of years that it cannot count.
    ['2200-01-01', 1_704_067_200, 'git knows no such date'],
    ['1900-01-01', 1_704_067_200, 'git knows no such date'],
  ])('refuses %s, which git would pass over', (date, seconds, message) => {
    const git: Git = (_, [, ...args]) => ({
      ok: true,
      stdout: Buffer.from(`--max-age=${args.includes(`--since=${date}`) ? seconds : 1_720_000_000}\n`),
      stderr: '',
      code: 0,
      trouble: null,
    })
    expect(() => readCommitLine(hostOf(git), place, { count: null, since: date })).toThrow(message)
  })
})
