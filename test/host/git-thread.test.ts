import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GitStep, Host } from '../../src/host/host.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { firstWords } from '../../src/lib/lines.ts'
import { git, gitEnvironment } from '../git.ts'

const builtWorker = path.join(import.meta.dirname, '../../dist/walk-worker.cjs')
const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-git-thread-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const repository = path.join(base, 'repository')
const hostWith = (worker: string | null) => createNodeHost(gitEnvironment(base), worker)

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()
/** Where there is no thread, the test has nothing to say. */
function ahead(host: Host, ...steps: readonly GitStep[]) {
  if (host.gitAhead === undefined) throw new Error('no thread')
  return host.gitAhead(repository, steps)
}
const line: GitStep = { args: ['rev-list', '--parents', 'HEAD'] }
const changes: GitStep = { args: ['diff-tree', '--stdin', '--name-only'], words: 2 }

beforeAll(() => {
  fs.mkdirSync(repository)
  git(repository, 'init', '-q', '-b', 'main')
  for (const name of ['a', 'b', 'c']) {
    fs.writeFileSync(path.join(repository, name), name)
    git(repository, 'add', '.')
    git(repository, 'commit', '-q', '-m', name)
  }
})

describe('a thread that asks git', () => {
  it('gives the answers that git gives, in whichever order they are waited for', () => {
    const host = hostWith(builtWorker)
    const words = ['ls-files', 'rev-list', 'ls-tree'] as const
    const args = { 'ls-files': ['-z'], 'rev-list': ['HEAD'], 'ls-tree': ['HEAD'] } as const
    const waits = words.map((word) => ahead(host, { args: [word, ...args[word]] }))
    for (const [i, word] of [...words.entries()].reverse()) {
      const [found] = waits[i]?.() ?? []
      expect({ ...found, stdout: text(found?.stdout) }).toEqual(
        (({ stdout, ...rest }) => ({ ...rest, stdout: text(stdout) }))(
          // A host of a real disk has it.
          host.git?.(repository, [word, ...args[word]]) as NonNullable<ReturnType<NonNullable<Host['git']>>>,
        ),
      )
    }
  })

  it('hands on what one question said to the next, the first words of each line', () => {
    const [commits, told] = ahead(hostWith(builtWorker), line, changes)()
    const [newest, second, root] = text(commits?.stdout).trim().split('\n')
    expect(root?.length).toBe(40)
    expect(text(told?.stdout)).toBe(`${newest?.slice(0, 40)}\nc\n${second?.slice(0, 40)}\nb\n`)
  })

  it('goes no further than to the first that has trouble, and says what it is', () => {
    const host = hostWith(builtWorker)
    const [bounded, ...none] = ahead(host, { ...line, options: { maxBytes: 10 } }, changes)()
    expect([bounded?.trouble, bounded?.ok, none]).toEqual(['too-much', false, []])
    expect(ahead(host, { args: ['rev-list', 'nothing'] }, changes)()).toMatchObject([
      { trouble: 'failed', stderr: expect.stringContaining("ambiguous argument 'nothing'") },
    ])
    expect(host.gitAhead?.(base, [line])()).toMatchObject([{ trouble: 'no-repository' }])
  })

  it('is given up where it takes too long', () => {
    const slow = path.join(base, 'slow')
    fs.mkdirSync(slow)
    git(slow, 'init', '-q')
    execFileSync('mkfifo', [path.join(slow, 'pipe')])
    fs.appendFileSync(path.join(slow, '.git/config'), `[include]\npath = ${path.join(slow, 'pipe')}\n`)
    const wait = hostWith(builtWorker).gitAhead?.(slow, [{ args: ['ls-files'], options: { timeoutMs: 300 } }])
    expect(wait?.()).toMatchObject([{ trouble: 'too-long' }])
  })

  it('lets no question wait for the one before', () => {
    const slow = path.join(base, 'held-up')
    fs.mkdirSync(slow)
    git(slow, 'init', '-q')
    const pipe = path.join(slow, 'pipe')
    execFileSync('mkfifo', [pipe])
    fs.appendFileSync(path.join(slow, '.git/config'), `[include]\npath = ${pipe}\n`)
    // Somebody who may write to it: git reads on until nobody does any more.
    const writer = fs.openSync(pipe, 'r+')
    const host = hostWith(builtWorker)
    const wait = host.gitAhead?.(slow, [{ args: ['ls-files'], options: { timeoutMs: 4000 } }])
    expect(ahead(host, line)()).toMatchObject([{ trouble: null }])
    fs.rmSync(pipe)
    fs.writeFileSync(pipe, '')
    fs.closeSync(writer)
    expect(wait?.()).toMatchObject([{ trouble: null }])
  })

  it('is done without where its program is not there', () => {
    const host = hostWith(path.join(base, 'walk-worker.cjs'))
    const [, told] = ahead(host, line, changes)()
    expect(text(told?.stdout)).toBe(text(ahead(hostWith(builtWorker), line, changes)()[1]?.stdout))
  })
})

describe('the first words of each line', () => {
  it.each([
    ['a b c\nd e\n', 2, 'a b\nd e\n'],
    ['a b c\nd\ne f', 2, 'a b\ne f\n'],
    ['a b\nc\n\nd', 1, 'a\nc\nd\n'],
    ['', 1, ''],
    ['\n\n', 1, ''],
  ])('of %j, %i of them', (given, count, expected) => {
    expect(text(firstWords(Buffer.from(given), count))).toBe(expected)
  })
})
