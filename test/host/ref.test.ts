import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createNodeHost } from '../../src/host/node.ts'
import { askerOf, commonCommit, resolveCommit } from '../../src/host/ref.ts'
import { gitEnvironment, git as runGit } from '../git.ts'
import { refusal } from '../refusal.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-ref-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = (name: string) => path.join(base, name)
const git = (name: string, ...args: readonly string[]) => runGit(at(name), ...args).trim()
const ask = (name: string) => askerOf(createNodeHost(gitEnvironment(base)).git, at(name))
const common = (name: string, ref: string) => commonCommit(ask(name), ref, 'do something else')

const commit = (name: string, file: string) => {
  fs.writeFileSync(at(`${name}/${file}`), file)
  git(name, 'add', '-A')
  git(name, 'commit', '-q', '-m', file)
}

/** Branch `topic` left `main` after two of its commits; both have two of their own. */
fs.mkdirSync(at('origin'))
git('origin', 'init', '-q', '-b', 'main')
for (const file of ['a', 'b']) commit('origin', file)
git('origin', 'tag', 'fork')
git('origin', 'checkout', '-q', '-b', 'topic')
for (const file of ['c', 'd']) commit('origin', file)
git('origin', 'checkout', '-q', 'main')
for (const file of ['e', 'f']) commit('origin', file)
git('origin', 'checkout', '-q', 'topic')
const fork = git('origin', 'rev-parse', 'fork')

const clone = (name: string, ...options: readonly string[]) =>
  git('.', 'clone', '-q', '-b', 'topic', ...options, `file://${at('origin')}`, at(name))

/** Types the command that the hint names. */
const follow = (name: string, hint: string) => {
  const [command = ''] = /git fetch[^()]*?(?= brings)/.exec(hint) ?? []
  execFileSync('sh', ['-c', command], { cwd: at(name), env: gitEnvironment(base), stdio: 'pipe' })
}

describe('the commit in common', () => {
  it('is the last that HEAD and a branch share, whatever either did since', () => {
    expect(common('origin', 'main')).toBe(fork)
    expect(common('origin', 'topic')).toBe(git('origin', 'rev-parse', 'topic'))
  })

  it('that a shallow clone lacks is had after the command that is told', () => {
    clone('shallow', '--depth=1')
    const { code, hint } = refusal(() => common('shallow', 'origin/main'))
    expect(code).toBe('REF_NOT_FOUND')
    expect(hint).toContain('fetch-depth: 0')
    follow('shallow', hint)
    expect(common('shallow', 'origin/main')).toBe(fork)
  })

  it('that a shallow clone lacks although it has both ends is told as well', () => {
    clone('ends', '--depth=1')
    git('ends', 'fetch', '-q', '--depth=1', 'origin', '+refs/heads/main:refs/remotes/origin/main')
    const { message, hint } = refusal(() => common('ends', 'origin/main'))
    expect(message).toBe('HEAD has no commit in common with origin/main')
    follow('ends', hint)
    expect(common('ends', 'origin/main')).toBe(fork)
  })

  it('is told not to be there for histories that have nothing to do with each other', () => {
    fs.mkdirSync(at('apart'))
    git('apart', 'init', '-q', '-b', 'main')
    commit('apart', 'x')
    git('apart', 'checkout', '-q', '--orphan', 'other')
    commit('apart', 'y')
    expect(refusal(() => common('apart', 'main'))).toMatchObject({
      code: 'REF_NOT_FOUND',
      hint: 'do something else',
    })
  })

  it('needs a commit at HEAD', () => {
    clone('unborn')
    git('unborn', 'checkout', '-q', '--orphan', 'new')
    expect(refusal(() => common('unborn', 'origin/main')).message).toBe('nothing is committed here yet')
  })
})

describe('a commit by itself', () => {
  it('is had in a shallow clone after one commit is fetched', () => {
    clone('one', '--depth=1')
    const resolve = () => resolveCommit(ask('one'), 'origin/main', { alone: true })
    const { hint } = refusal(resolve)
    expect(hint).not.toContain('unshallow')
    follow('one', hint)
    expect(resolve()).toBe(git('origin', 'rev-parse', 'main'))
  })

  it('of another branch is had in a clone of one branch after it is fetched', () => {
    clone('single', '--single-branch')
    const resolve = () => resolveCommit(ask('single'), 'origin/main')
    follow('single', refusal(resolve).hint)
    expect(resolve()).toBe(git('origin', 'rev-parse', 'main'))
  })

  it.each(['--upload-pack=x', '-n', '', 'no such', 'a\u0000b', 'HEAD:a', '../main', '\udcff', 'topic..main'])(
    'is not what %j means',
    (ref) => {
      expect(refusal(() => resolveCommit(ask('origin'), ref)).code).toBe('REF_NOT_FOUND')
      expect(refusal(() => common('origin', ref)).code).toBe('REF_NOT_FOUND')
    },
  )
})
