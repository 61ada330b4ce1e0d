import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listSent } from '../../src/answers/list.ts'
import { createCommitHost, openCommit } from '../../src/host/commit.ts'
import type { Host } from '../../src/host/host.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { trackedPaths } from '../../src/repository/place.ts'
import { scan } from '../../src/scan.ts'
import { gitEnvironment, git as runGit } from '../git.ts'
import { refusal } from '../refusal.ts'
import { plainBuild } from '../scan-tree.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-commit-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = (...names: readonly string[]) => path.join(base, ...names)
const git = (directory: string, ...args: readonly string[]) => runGit(at(directory), ...args)
const write = (name: string, text: string | Uint8Array, mode = 0o644) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true })
  fs.writeFileSync(at(name), text)
  fs.chmodSync(at(name), mode)
}
const start = (name: string, ...options: readonly string[]) => {
  fs.mkdirSync(at(name), { recursive: true })
  git(name, 'init', '-q', '-b', 'main', ...options)
}
const commit = (name: string, message = 'x') => {
  git(name, 'add', '-A')
  git(name, 'commit', '-q', '-m', message)
}
const disk = createNodeHost(gitEnvironment(base))
const open = (name: string, ref: string): Host => createCommitHost(disk, { top: at(name), ref })

/** What is sent, to the byte, with everything about each entry that a builder would see. */
const sent = (host: Host, context: string) => {
  const { entries, wireBytes } = listSent(scan(host, { ...plainBuild, context }), 'buildkit')
  return { entries: entries.filter(({ path: name }) => name !== '.git'), wireBytes }
}

const pointer = (size: number) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize ${size}\n`

/** A repository with one of everything that git can hold; later commits take most of it away again. */
function plantAll(name: string, ...options: readonly string[]): void {
  start(name, ...options)
  write(`${name}/Dockerfile`, 'FROM scratch\nCOPY . /\n')
  write(`${name}/.dockerignore`, '*.log\n.git\n!kept.log\n')
  write(`${name}/a.log`, 'dropped')
  write(`${name}/kept.log`, 'kept')
  write(`${name}/run.sh`, '#!/bin/sh\n', 0o755)
  write(`${name}/old/name.txt`, 'will be renamed')
  write(`${name}/deep/er/and/deeper.txt`, 'x'.repeat(70_000))
  write(`${name}/empty`, '')
  write(`${name}/naïve ☃.txt`, 'unicode')
  fs.symlinkSync('deep/er', at(name, 'link'))
  fs.symlinkSync('nowhere', at(name, 'dangling'))
  commit(name)
}

describe('a commit', () => {
  it('is sent as its checkout is, to the byte', () => {
    plantAll('whole')
    git('whole', 'worktree', 'add', '-q', at('whole-tree'), 'HEAD')
    const seen = sent(open('whole', 'HEAD'), at('whole'))
    expect(seen).toEqual(sent(disk, at('whole-tree')))
    expect(seen.entries.map((entry) => entry.path)).toContain('deep/er/and/deeper.txt')
    expect(seen.entries.map((entry) => entry.path)).not.toContain('a.log')
  })

  it('is itself, whatever came after it and whatever lies there now', () => {
    plantAll('later')
    git('later', 'tag', 'then')
    git('later', 'mv', 'old/name.txt', 'renamed.txt')
    git('later', 'rm', '-q', '-r', 'deep')
    write('later/.dockerignore', '**\n')
    commit('later', 'changed')
    write('later/untracked', 'not there')
    git('later', 'worktree', 'add', '-q', '--detach', at('later-tree'), 'then')
    expect(sent(open('later', 'then'), at('later'))).toEqual(sent(disk, at('later-tree')))
    expect(sent(open('later', 'HEAD~1'), at('later')).entries.length).toBeGreaterThan(10)
    expect(sent(open('later', 'main'), at('later')).entries).toEqual([])
  })

  it('has directories that are gone, as contexts too', () => {
    plantAll('gone')
    write('gone/app/Dockerfile', 'FROM scratch\nCOPY . /\n')
    write('gone/app/main.c', 'int main;')
    commit('gone')
    git('gone', 'rm', '-q', '-r', 'app')
    commit('gone')
    expect(sent(open('gone', 'HEAD~1'), at('gone/app')).entries.map((entry) => entry.path)).toEqual([
      'Dockerfile',
      'main.c',
    ])
  })

  it('keeps names that are not UTF-8', () => {
    start('raw')
    write('raw/Dockerfile', 'FROM scratch\nCOPY . /\n')
    fs.writeFileSync(Buffer.concat([Buffer.from(`${at('raw')}/`), Buffer.of(0x66, 0xff, 0x2e)]), 'raw')
    commit('raw')
    git('raw', 'worktree', 'add', '-q', at('raw-tree'), 'HEAD')
    expect(sent(open('raw', 'HEAD'), at('raw')).entries).toEqual(sent(disk, at('raw-tree')).entries)
  })

  it('can be named by SHA-256', () => {
    plantAll('longer', '--object-format=sha256')
    git('longer', 'worktree', 'add', '-q', at('longer-tree'), 'HEAD')
    const hash = git('longer', 'rev-parse', 'HEAD').trim()
    expect(hash).toHaveLength(64)
    expect(sent(open('longer', hash), at('longer'))).toEqual(sent(disk, at('longer-tree')))
  })

  it('of 20,000 files opens in less time than a checkout of them takes', () => {
    start('many')
    write('many/Dockerfile', 'FROM scratch\nCOPY . /\n')
    for (let i = 0; i < 20_000; i++) write(`many/d${i % 100}/f${i}`, `${i % 50}`)
    commit('many')
    const before = performance.now()
    git('many', 'worktree', 'add', '-q', at('many-tree'), 'HEAD')
    const between = performance.now()
    const { entries } = sent(open('many', 'HEAD'), at('many'))
    expect(performance.now() - between).toBeLessThan(between - before)
    expect(entries).toHaveLength(20_101)
  }, 60_000)
})

describe('what a commit does not tell', () => {
  const doubts = (name: string, context = name) =>
    scan(open(name, 'HEAD'), {
      ...plainBuild,
      context: at(context),
    }).report.contexts[0]?.targets[0]?.inexact.join('\n') ?? ''

  it('is .git, unless the ignore file drops it', () => {
    start('dot')
    write('dot/Dockerfile', 'FROM scratch\nCOPY . /\n')
    write('dot/sub/Dockerfile', 'FROM scratch\nCOPY . /\n')
    commit('dot')
    expect(doubts('dot')).toContain('.git is not counted')
    expect(doubts('dot', 'dot/sub')).not.toContain('.git')
    write('dot/.dockerignore', '.git\n')
    commit('dot')
    expect(doubts('dot')).not.toContain('.git')
    expect(doubts('dot')).toContain('plain checkout')
  })

  it('is what is in a submodule, which is an empty directory', () => {
    plantAll('part')
    plantAll('super')
    git('super', 'submodule', 'add', '-q', at('part'), 'vendor/part')
    commit('super')
    const { entries } = sent(open('super', 'HEAD'), at('super'))
    expect(entries.filter(({ path: name }) => name.startsWith('vendor'))).toMatchObject([
      { path: 'vendor', type: 'dir' },
      { path: 'vendor/part', type: 'dir' },
    ])
    expect(doubts('super')).toContain('1 submodule is (vendor/part) counted as empty')
  })

  it('is the size of files that git holds pointers to', () => {
    start('lfs')
    write('lfs/Dockerfile', 'FROM scratch\nCOPY . /\n')
    write('lfs/.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n')
    for (const file of ['a.bin', 'b.bin', 'dropped/c.bin']) write(`lfs/${file}`, pointer(1_500_000_000))
    write('lfs/talk.md', `A pointer looks like this:\n\n${pointer(5)}`)
    write('lfs/.dockerignore', '.git\ndropped\n')
    commit('lfs')
    expect(doubts('lfs')).toContain('2 files are (a.bin, b.bin) counted as the Git LFS pointers')
    expect(doubts('lfs')).toContain('a checkout with LFS has 3.00GB there')
    const { entries } = sent(open('lfs', 'HEAD'), at('lfs'))
    expect(entries.find(({ path: name }) => name === 'a.bin')?.size).toBe(pointer(1_500_000_000).length)
  })

  it('is what attributes make of line ends', () => {
    start('ends')
    write('ends/Dockerfile', 'FROM scratch\nCOPY . /\n')
    write('ends/.gitattributes', '*.bat text eol=crlf\n')
    commit('ends')
    expect(doubts('ends')).toContain('.gitattributes has files changed on checkout')
  })
})

describe('submodules that are to be filled', () => {
  const filled = (name: string, ref: string) =>
    openCommit(disk, {
      top: at(name),
      ref,
      submodules: { fills: () => true, stores: [at(name, '.git/modules')] },
    })
  const names = (host: Host, name: string) =>
    sent(host, at(name))
      .entries.filter(({ type }) => type === 'file')
      .map((entry) => entry.path)
      .filter((path) => path.startsWith('vendor/'))
  const plantSubmodule = (name: string) => {
    for (const one of [`${name}-inner`, `${name}-part`, name]) {
      start(one)
      write(`${one}/Dockerfile`, 'FROM scratch\nCOPY . /\n')
      write(`${one}/of-${one}`, one)
      commit(one)
    }
    git(`${name}-part`, 'submodule', 'add', '-q', at(`${name}-inner`), 'inner')
    commit(`${name}-part`)
    git(name, 'submodule', 'add', '-q', at(`${name}-part`), 'vendor/part')
    git(name, 'submodule', 'update', '-q', '--init', '--recursive')
    commit(name)
  }

  it('hold what they hold at the commit that is named, and submodules of theirs', () => {
    plantSubmodule('held')
    const { host, missing, blobOf } = filled('held', 'HEAD')
    const before = names(host, 'held')
    expect(before).toEqual([
      'vendor/part/.gitmodules',
      'vendor/part/Dockerfile',
      'vendor/part/inner/Dockerfile',
      'vendor/part/inner/of-held-inner',
      'vendor/part/of-held-part',
    ])
    expect(missing).toEqual([])
    expect(Buffer.from(host.readFile(at('held/vendor/part/inner/of-held-inner'))).toString()).toBe(
      'held-inner',
    )
    expect(blobOf('vendor/part/of-held-part')).toBe(git('held-part', 'rev-parse', 'HEAD:of-held-part').trim())
    write('held/vendor/part/later', 'later')
    commit('held/vendor/part')
    commit('held')
    expect(names(filled('held', 'HEAD').host, 'held')).toContain('vendor/part/later')
    expect(names(filled('held', 'HEAD~1').host, 'held')).toEqual(before)
  })

  it('are read from where git keeps them when they are no longer there', () => {
    plantSubmodule('kept')
    git('kept', 'rm', '-q', 'vendor/part')
    commit('kept')
    fs.rmSync(at('kept/vendor'), { recursive: true, force: true })
    const { host, missing } = filled('kept', 'HEAD~1')
    expect(names(host, 'kept')).toContain('vendor/part/of-kept-part')
    expect(missing).toEqual(['vendor/part/inner'])
  })

  it('are told to be missing where this clone does not have them, and empty then', () => {
    plantSubmodule('absent')
    git('.', 'clone', '-q', `file://${at('absent')}`, at('absent-clone'))
    const { host, missing } = filled('absent-clone', 'HEAD')
    expect(missing).toEqual(['vendor/part'])
    expect(names(host, 'absent-clone')).toEqual([])
  })

  it('lead nowhere by names that were made up', () => {
    plantSubmodule('led')
    write('led/.gitmodules', '[submodule "../../../kept/.git/modules/vendor/part"]\n\tpath = vendor/part\n')
    commit('led')
    git('led', 'submodule', 'deinit', '-q', '-f', '--all')
    fs.rmSync(at('led/.git/modules'), { recursive: true })
    expect(filled('led', 'HEAD').missing).toEqual(['vendor/part'])
  })
})

describe('a host over a commit', () => {
  const host = () => {
    if (!fs.existsSync(at('host'))) plantAll('host')
    return open('host', 'HEAD')
  }

  it('follows links inside, and finds nothing outside', () => {
    const commitHost = host()
    expect(commitHost.realPath(at('host/link/and'))).toBe(at('host/deep/er/and'))
    expect(commitHost.stat(at('host/dangling'))).toBeNull()
    expect(commitHost.stat(at('home'))).toBeNull()
    expect(commitHost.lstat(at('host/.git'))).toBeNull()
    expect(() => commitHost.list(at('home'))).toThrow('ENOENT')
  })

  it('reads what is asked for', () => {
    const commitHost = host()
    expect(Buffer.from(commitHost.readFile(at('host/kept.log'))).toString()).toBe('kept')
    expect(commitHost.readStart(at('host/deep/er/and/deeper.txt'), 10)).toHaveLength(10)
    expect(() => commitHost.readFile(at('host/deep'))).toThrow('EISDIR')
    expect(() => commitHost.readStart(at('host/link'), 1)).toThrow('ELOOP')
    expect(() => commitHost.replaceFile(at('host/x'), Buffer.of(1), { expected: null })).toThrow('EROFS')
  })

  it('tracks all that it has', () => {
    const { tracked, below } = trackedPaths(host(), at('host/deep'))
    expect([tracked, below]).toEqual([new Set(['er/and/deeper.txt']), 'deep'])
  })
})

describe('a commit that cannot be had', () => {
  it.each(['nope', '', '-x', '--all', 'HEAD:Dockerfile', 'a\nb', 'HEAD~99'])('as %j is told', (ref) => {
    if (!fs.existsSync(at('none'))) plantAll('none')
    expect(refusal(() => open('none', ref)).code).toBe('REF_NOT_FOUND')
  })

  it('for a clone is shallow comes with the remedy', () => {
    plantAll('deepest')
    write('deepest/more', '1')
    commit('deepest')
    git('.', 'clone', '-q', '--depth=1', `file://${at('deepest')}`, at('shallow'))
    expect(refusal(() => open('shallow', 'HEAD~1'))).toMatchObject({
      code: 'REF_NOT_FOUND',
      hint: expect.stringContaining('git fetch --unshallow'),
    })
    expect(sent(open('shallow', 'HEAD'), at('shallow')).entries.length).toBeGreaterThan(10)
  })

  it('for a clone leaves objects out is told, and nothing is fetched', () => {
    plantAll('full')
    git('full', 'config', 'uploadpack.allowFilter', 'true')
    git('.', 'clone', '-q', '--filter=blob:none', '--no-checkout', `file://${at('full')}`, at('partial'))
    expect(refusal(() => open('partial', 'HEAD'))).toMatchObject({ code: 'GIT_UNAVAILABLE' })
  })

  it('where there is no repository, or no git', () => {
    fs.mkdirSync(at('plain'))
    expect(refusal(() => open('plain', 'HEAD')).code).toBe('GIT_UNAVAILABLE')
    expect(
      refusal(() => createCommitHost({ ...disk, git: null }, { top: at('plain'), ref: 'HEAD' })).code,
    ).toBe('GIT_UNAVAILABLE')
  })

  it.runIf(process.getuid?.() === 0)('as it belongs to somebody else comes with the remedy', () => {
    plantAll('theirs')
    fs.chownSync(at('theirs'), 12_345, 12_345)
    fs.chownSync(at('theirs/.git'), 12_345, 12_345)
    expect(refusal(() => open('theirs', 'HEAD'))).toMatchObject({
      code: 'GIT_UNAVAILABLE',
      hint: `if you trust it: git config --global --add safe.directory ${at('theirs')}`,
    })
  })
})
