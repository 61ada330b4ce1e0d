/** What `ctxsize diff` makes of the many forms that a repository and its checkout can have. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { app, type Files, inShort, newRepository, nothing, openRepository } from './compared.ts'
import { runOn } from './world.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-diff-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

let repo = openRepository(base)
beforeEach(() => {
  repo = newRepository(path.join(fs.mkdtempSync(path.join(base, 'case-')), 'repo'))
})

describe('the base', () => {
  it('is the last commit in common, so that what others did since is not told; with --exact-base it is itself', async () => {
    repo.commit(app)
    repo.git('checkout', '-q', '-b', 'topic')
    repo.commit({ 'src/mine.c': 1 })
    repo.git('checkout', '-q', 'main')
    repo.commit({ 'src/theirs.c': 2 })
    repo.git('checkout', '-q', 'topic')
    expect(await repo.told('main')).toEqual({ ...nothing, entered: ['src/mine.c 1 new (Dockerfile:2)'] })
    const exact = await repo.told('main', '--exact-base')
    expect([exact.entered, exact.left]).toEqual([
      ['src/mine.c 1 new (Dockerfile:2)'],
      ['src/theirs.c 2 deleted'],
    ])
    const report = await repo.diff('main')
    expect([report.base, report.commit, report.isCommon]).toEqual([
      'main',
      repo.git('merge-base', 'main', 'topic').trim(),
      true,
    ])
    expect((await repo.diff('main', '--exact-base')).commit).toBe(repo.git('rev-parse', 'main').trim())
  })

  it('may be anything that git has a name for', async () => {
    repo.commit(app)
    repo.git('tag', '-a', 'v1', '-m', 'one')
    const name = repo.git('rev-parse', 'HEAD').trim()
    repo.commit({ 'src/new.c': 1 })
    repo.git('checkout', '-q', '--detach')
    for (const ref of ['v1', 'HEAD~1', name, name.slice(0, 8), 'main^', 'refs/tags/v1'])
      expect((await repo.diff(ref)).commit).toBe(name)
  })

  it.each(['--upload-pack=x', '-n', 'no such branch', 'a:b', '--', ''])(
    'is refused with 2 and runs nothing where it is %j',
    async (ref) => {
      repo.commit(app)
      const { code, stdout } = await runOn(repo.host(), ['diff', '--', ref, repo.dir])
      expect([code, stdout]).toEqual([2, ''])
    },
  )

  it('has to be named', async () => {
    const { code, stderr } = await runOn(repo.host(), ['diff'])
    expect([code, stderr]).toEqual([
      2,
      'error: ctxsize diff needs something to compare with\n  ctxsize diff origin/main\n',
    ])
  })

  it('that a shallow clone lacks is told with the command that brings it', async () => {
    repo.commit(app)
    repo.git('checkout', '-q', '-b', 'topic')
    repo.commit({ 'src/mine.c': 1 })
    const clone = path.join(path.dirname(repo.dir), 'clone')
    repo.git('clone', '-q', '--depth=1', '-b', 'topic', `file://${repo.dir}`, clone)
    repo = openRepository(clone)
    const refused = await runOn(repo.host(), ['diff', 'origin/main', repo.dir])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    const [command = ''] = /git fetch .*?(?= brings)/.exec(refused.stderr) ?? []
    repo.git(...command.split(' ').slice(1))
    expect((await repo.told('origin/main')).entered).toEqual(['src/mine.c 1 new (Dockerfile:2)'])
  })

  it.runIf(process.getuid?.() === 0)('in a clone of somebody else is told with the remedy', async () => {
    repo.commit(app)
    fs.chownSync(repo.dir, 12_345, 12_345)
    fs.chownSync(repo.at('.git'), 12_345, 12_345)
    const { code, stderr } = await runOn(repo.host(), ['diff', 'HEAD', repo.dir])
    expect(code).toBe(2)
    expect(stderr).toContain(`git config --global --add safe.directory ${repo.dir}`)
  })

  it('needs a repository', async () => {
    const bare = fs.mkdtempSync(path.join(base, 'bare-'))
    fs.writeFileSync(path.join(bare, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    const { code, stderr } = await runOn(repo.host(), ['diff', 'HEAD', bare])
    expect(code).toBe(2)
    expect(stderr).toContain('is in no git repository')
  })
})

describe('a context', () => {
  it('in a directory of the repository is compared by itself', async () => {
    repo.commit({ 'services/api/Dockerfile': 'FROM scratch\nCOPY . /\n', 'services/api/a': 1, 'other/b': 2 })
    repo.commit({ 'services/api/c': 3, 'other/d': 4 })
    const { targets } = await repo.diff('HEAD~1', '-C', repo.at('services/api'))
    expect(targets.map(inShort)).toEqual([
      { entered: ['c 3 new (Dockerfile:2)'], left: [], resized: [], untracked: [] },
    ])
  })

  it('in a linked worktree is compared with the commits of all of them', async () => {
    repo.commit(app)
    repo.git('worktree', 'add', '-q', '-b', 'topic', path.join(path.dirname(repo.dir), 'tree'))
    repo = openRepository(path.join(path.dirname(repo.dir), 'tree'))
    repo.commit({ 'src/new.c': 1 })
    expect(await repo.told('main')).toEqual({ ...nothing, entered: ['src/new.c 1 new (Dockerfile:2)'] })
  })

  it('of a sparse checkout is compared as far as it is there', async () => {
    repo.commit({ ...app, 'far/away.c': 9, 'src/kept.c': 1 })
    repo.git('sparse-checkout', 'set', '--no-cone', '/*', '!/far/')
    repo.commit({ 'src/new.c': 2 })
    const { context, targets, notes } = await repo.diff('HEAD~1')
    expect(targets.map(inShort)).toEqual([
      { entered: ['src/new.c 2 new (Dockerfile:2)'], left: [], resized: [], untracked: [] },
    ])
    expect(context.before.files + 1).toBe(context.after.files)
    expect(notes).toEqual(['1 file is left out here by a sparse checkout, and not compared'])
  })

  it('that is named has its own entries, also when it lies outside of the repository', async () => {
    const outside = path.join(path.dirname(repo.dir), 'outside')
    fs.mkdirSync(outside)
    fs.writeFileSync(path.join(outside, 'o'), 'o')
    repo.commit({
      Dockerfile: 'FROM scratch\nCOPY --from=lib . /lib\nCOPY --from=out . /out\n',
      'app/Dockerfile': '',
      'lib/a': 1,
      'lib/b': 2,
    })
    repo.commit({ 'lib/a': null, 'lib/c': 3 })
    const names = ['--build-context', `lib=${repo.at('lib')}`, '--build-context', `out=${outside}`]
    expect(await repo.told('HEAD~1', ...names)).toEqual({
      ...nothing,
      entered: ['lib:c 3 new (Dockerfile:2)'],
      left: ['lib:a 1 deleted'],
    })
  })

  it('may hold names of every kind', async () => {
    repo.commit(app)
    const names = ['a\nb', '::error::x', '\u202egpj.exe', 'a b', '-rf', '|', '<b>', 'n'.repeat(200)]
    for (const name of names) repo.write({ [`src/${name}`]: 1 })
    fs.writeFileSync(Buffer.concat([Buffer.from(`${repo.at('src')}/`), Buffer.of(0x66, 0xff)]), 'x')
    repo.commit({})
    const { targets } = await repo.diff('HEAD~1')
    const entered = targets[0]?.entered ?? []
    expect(entered.map((one) => one.path).sort()).toEqual(
      [...names.map((name) => `src/${name}`), 'src/f\ufffd'].sort(),
    )
    expect(entered.find(({ pathBase64 }) => pathBase64 !== undefined)?.pathBase64).toBe(
      Buffer.concat([Buffer.from('src/f'), Buffer.of(0xff)]).toString('base64'),
    )
  })
})

describe('sizes that git has otherwise', () => {
  const pointer = (size: number) =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${String(size).padStart(64, '0')}\nsize ${size}\n`
  const lfs: Files = { ...app, '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' }

  it('are those of the files behind Git LFS pointers, wherever only the pointers lie', async () => {
    repo.commit({ ...lfs, 'a.bin': pointer(5000), 'b.bin': pointer(700), 'c.bin': pointer(1) })
    repo.commit({ 'b.bin': pointer(900), 'c.bin': null, 'd.bin': pointer(20) })
    const { context, targets, notes } = await repo.diff('HEAD~1')
    expect(targets.map(inShort)).toEqual([
      {
        entered: ['d.bin 20 new (Dockerfile:2)'],
        left: ['c.bin 1 deleted'],
        resized: ['b.bin 700 → 900'],
        untracked: [],
      },
    ])
    expect(context.after.bytes - context.before.bytes).toBe(200 + 20 - 1)
    expect(notes).toEqual([
      '3 files lie here as Git LFS pointers, counted as what they stand for: git lfs pull brings that',
    ])
  })

  it('are those of the files themselves where they lie here and pointers are in git', async () => {
    repo.commit({ ...lfs, 'a.bin': pointer(5000), 'b.bin': pointer(700) })
    repo.write({ 'a.bin': 5000, 'b.bin': 800 })
    expect(await repo.told('HEAD')).toEqual({ ...nothing, resized: ['b.bin 700 → 800'] })
  })

  it('are not told of text that is checked out with other line ends', async () => {
    const text = 'line\n'.repeat(100)
    repo.commit({
      ...app,
      '.gitattributes': '*.bat text eol=crlf\n',
      'a.bat': text,
      'b.bat': text,
      'c.bat': text,
    })
    repo.git('rm', '-q', '--cached', '-r', '.')
    repo.git('reset', '-q', '--hard')
    expect(fs.statSync(repo.at('a.bat')).size).toBe(600)
    expect(await repo.told('HEAD')).toEqual(nothing)
    repo.write({ 'b.bat': 'line\r\n'.repeat(101) })
    expect((await repo.told('HEAD')).resized).toEqual(['b.bat 600 → 606'])
    repo.commit({})
    const { context, targets, notes } = await repo.diff('HEAD~1')
    expect(targets.map((one) => inShort(one).resized)).toEqual([['b.bat 500 → 505 in git']])
    expect(context.after.bytes - context.before.bytes).toBe(5)
    expect(notes).toEqual([
      '1 file that changed is converted on checkout (line ends or a filter): the size is that in git',
    ])
  })

  it('are not told of such text either where the index cannot be read without git', async () => {
    const text = 'line\n'.repeat(100)
    repo.commit({ ...app, '.gitattributes': '*.bat text eol=crlf\n', 'a.bat': text, 'sub/x': 1 })
    repo.git('rm', '-q', '--cached', '-r', '.')
    repo.git('reset', '-q', '--hard')
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'src')
    expect(fs.statSync(repo.at('a.bat')).size).toBe(600)
    expect((await repo.told('HEAD')).resized).toEqual([])
  })

  it('are those of what other filters leave, where git takes it for unchanged', async () => {
    repo.commit({ ...app, '.gitattributes': '*.enc filter=twice\n', 'a.enc': 'secret\n' })
    repo.git('config', 'filter.twice.smudge', `sh -c 'cat; echo more'`)
    repo.git('config', 'filter.twice.clean', 'head -n 1')
    repo.git('rm', '-q', '--cached', '-r', '.')
    repo.git('reset', '-q', '--hard')
    expect(fs.statSync(repo.at('a.enc')).size).toBe(12)
    expect(await repo.told('HEAD')).toEqual(nothing)
  })
})

describe('submodules', () => {
  const plant = () => {
    const part = path.join(path.dirname(repo.dir), 'part')
    newRepository(part).commit({ 'lib.c': 10, 'gone.c': 20 })
    repo.commit(app)
    repo.git('submodule', 'add', '-q', part, 'vendor/part')
    repo.commit({})
  }
  const inPart = (files: Files) => {
    openRepository(repo.at('vendor/part')).commit(files)
  }

  it('are compared by what they hold at the commits that are named', async () => {
    plant()
    inPart({ 'gone.c': null, 'new.c': 30, 'lib.c': 11 })
    repo.git('add', 'vendor/part')
    repo.commit({})
    expect(await repo.told('HEAD~1')).toEqual({
      ...nothing,
      entered: ['vendor/part/new.c 30 new (Dockerfile:2)'],
      left: ['vendor/part/gone.c 20 deleted'],
      resized: ['vendor/part/lib.c 10 → 11'],
    })
    repo.write({ 'vendor/part/lost.c': 1 })
    expect((await repo.told('HEAD')).untracked).toEqual(['vendor/part/lost.c 1 read'])
  })

  it('that came have only new files, those that went only deleted ones', async () => {
    plant()
    expect((await repo.told('HEAD~1')).entered).toEqual(
      [
        '.gitmodules 79 new (Dockerfile:2)',
        'vendor/part/gone.c 20 new (Dockerfile:2)',
        'vendor/part/lib.c 10 new (Dockerfile:2)',
      ].map((line) => line.replace('79', String(fs.statSync(repo.at('.gitmodules')).size))),
    )
    repo.git('rm', '-q', 'vendor/part')
    repo.commit({})
    expect((await repo.told('HEAD~1')).left).toEqual([
      'vendor/part/gone.c 20 deleted',
      'vendor/part/lib.c 10 deleted',
    ])
  })

  it('that are not checked out here are not compared, and that is said', async () => {
    plant()
    repo.git('submodule', 'deinit', '-q', '-f', '--all')
    const { targets, notes } = await repo.diff('HEAD')
    expect(targets.map(inShort)).toEqual([{ entered: [], left: [], resized: [], untracked: [] }])
    expect(notes).toEqual([
      'the submodule vendor/part is not checked out here, so what is in it is not compared: git submodule update --init brings it',
    ])
    repo.write({ '.dockerignore': '.git\nvendor\n' })
    expect((await repo.diff('HEAD')).notes).toEqual([])
  })

  it('whose commit of the base is not to be had are not compared, and that is said', async () => {
    plant()
    repo.git('update-index', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/part`)
    repo.git('commit', '-q', '-m', 'a commit that nobody has')
    repo.git(
      'update-index',
      '--cacheinfo',
      `160000,${repo.git('-C', 'vendor/part', 'rev-parse', 'HEAD').trim()},vendor/part`,
    )
    repo.git('commit', '-q', '-m', 'back')
    expect(await repo.told('HEAD~1')).toEqual({
      ...nothing,
      notes: [
        'the submodule vendor/part is not compared: this clone does not have the commit that the base names',
      ],
    })
  })
})

describe('nothing of the repository is run', () => {
  it('by comparing it, whatever its settings, hooks and attributes name', async () => {
    repo.commit({
      ...app,
      '.gitattributes': '* filter=evil diff=evil merge=evil\n',
      'src/big.c': 'x\r\n'.repeat(9),
    })
    const marker = path.join(path.dirname(repo.dir), 'fired')
    const snare = path.join(path.dirname(repo.dir), 'snare')
    fs.writeFileSync(snare, `#!/bin/sh\necho "$0 $*" >> '${marker}'\n`)
    fs.chmodSync(snare, 0o755)
    for (const hook of fs
      .readdirSync(repo.at('.git/hooks'))
      .concat('post-index-change', 'reference-transaction'))
      fs.copyFileSync(snare, repo.at(`.git/hooks/${hook.replace('.sample', '')}`))
    fs.appendFileSync(
      repo.at('.git/config'),
      [
        ...[
          '[core]',
          `fsmonitor = ${snare}`,
          `pager = ${snare}`,
          `editor = ${snare}`,
          `sshCommand = ${snare}`,
        ],
        ...['[diff]', `external = ${snare}`, '[diff "evil"]', `textconv = ${snare}`, `command = ${snare}`],
        ...[
          '[filter "evil"]',
          `clean = ${snare}`,
          `smudge = ${snare}`,
          `process = ${snare}`,
          'required = true',
        ],
      ].join('\n'),
    )
    repo.write({ 'src/main.c': 101, 'src/new.c': 1 })
    expect((await repo.told('HEAD')).resized).toEqual(['src/main.c 100 → 101'])
    expect(fs.existsSync(marker)).toBe(false)
    // The snares are set: a plain git would spring them. Its status looks into files only where they are as young as the index.
    expect(() => repo.git('add', '-A')).toThrow()
    expect(fs.existsSync(marker)).toBe(true)
  })
})
