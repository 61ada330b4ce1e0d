import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askTogether, readCommitLine } from '../../src/history/commits.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { findRepository } from '../../src/repository/place.ts'
import { git, gitEnvironment } from '../git.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-together-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const repository = path.join(base, 'repository')
const host = createNodeHost(gitEnvironment(base), null)
const bounds = { maxBytes: 1 << 20, timeoutMs: 10_000 }

const write = (name: string, text: string) => {
  fs.mkdirSync(path.dirname(path.join(repository, name)), { recursive: true })
  fs.writeFileSync(path.join(repository, name), text)
}
const commit = (message: string, ...options: string[]) => {
  git(repository, 'add', '-A')
  git(repository, 'commit', '-q', '--allow-empty', '-m', message, ...options)
}

/** What git says when it is asked for the line, and then for what its commits changed. */
function inTurn(count: number) {
  const place = findRepository(host, repository)
  if (place === null) throw new Error('no repository')
  const line = readCommitLine(host, place, { count, since: null })
  const args = ['--stdin', '-r', '--name-status', '-z', '--no-renames', '--ignore-submodules=none']
  const changes = host.git?.(repository, ['diff-tree', ...args], { input: line.pairs })
  return { place, line, changes: changes?.stdout }
}

beforeAll(() => {
  fs.mkdirSync(repository)
  git(repository, 'init', '-q', '-b', 'main')
  write('a', 'a')
  write('b/c', 'c')
  commit('root')
  git(repository, 'checkout', '-q', '-b', 'side')
  write('side', 's')
  commit('on a branch')
  git(repository, 'checkout', '-q', 'main')
  fs.chmodSync(path.join(repository, 'a'), 0o755)
  commit('a mode')
  git(repository, 'merge', '-q', '--no-ff', '-m', 'a merge', 'side')
  commit('nothing at all')
  fs.rmSync(path.join(repository, 'a'))
  fs.symlinkSync('b', path.join(repository, 'a'))
  write('M\n\u00e9 "x"\ty', 'odd')
  write('\nA', 'odder')
  commit('a link and odd names\n\nA\tb\n')
  fs.rmSync(path.join(repository, 'b'), { recursive: true })
  commit('less')
})

it.each([150, 4, 1])(
  'the last %i commits and their changes are the same in one answer as in two',
  (count) => {
    const { place, line, changes } = inTurn(count)
    const both = askTogether(host, place, { below: '', count, since: null, bounds })
    expect(both?.line).toEqual(line)
    expect(both?.changes?.stdout.toString()).toBe(changes?.toString())
    expect(line.compared).toBe(Math.min(count, 5))
  },
)

it('settings of the user change nothing about it', () => {
  const settings =
    '[log]\n\tshowRoot = true\n\tdiffMerges = combined\n\tfollow = true\n[diff]\n\trenames = copies\n\tnoprefix = true\n[color]\n\tui = always\n'
  fs.writeFileSync(path.join(base, '.gitconfig'), settings)
  const { place, line, changes } = inTurn(150)
  const both = askTogether(host, place, { below: '', count: 150, since: null, bounds })
  expect(both?.line).toEqual(line)
  expect(both?.changes?.stdout.toString()).toBe(changes?.toString())
})

it('is left to two questions for a part of the repository, and where it is too much', () => {
  const { place } = inTurn(1)
  const asked = { count: 150, since: null }
  expect(askTogether(host, place, { ...asked, below: 'b', bounds })).toBeNull()
  expect(askTogether(host, place, { ...asked, below: '', bounds: { ...bounds, maxBytes: 10 } })).toBeNull()
})
