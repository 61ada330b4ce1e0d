/** What `ctxsize diff` tells of the builds of two sides. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { DiffTarget } from '../../src/report/diff.ts'
import { made } from '../inspect/made-up.ts'
import { app, type Files, inShort, newRepository, nothing, openRepository } from './compared.ts'
import { runOn } from './world.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-diff-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

let repo = openRepository(base)
beforeEach(() => {
  repo = newRepository(path.join(fs.mkdtempSync(path.join(base, 'case-')), 'repo'))
})

describe('what entered', () => {
  it('is a new file, with the instruction that reads it', async () => {
    repo.commit(app)
    repo.commit({ 'src/new.c': 30 })
    expect(await repo.told('HEAD~1')).toEqual({ ...nothing, entered: ['src/new.c 30 new (Dockerfile:2)'] })
  })

  it('is what a line ignored that has gone, with that line', async () => {
    repo.commit(app)
    repo.commit({ '.dockerignore': '.git\n' })
    expect(await repo.told('HEAD~1')).toEqual({
      ...nothing,
      entered: ['docs/guide.md 300 no longer ignored (.dockerignore:2)'],
      resized: ['.dockerignore 10 → 5'],
    })
  })

  it('is what an instruction copies that did not, with its line', async () => {
    repo.commit({ ...app, Dockerfile: 'FROM scratch\nCOPY src /src\n' })
    repo.commit({ Dockerfile: 'FROM scratch\nCOPY src /src\nCOPY config.yml /\n' })
    expect(await repo.told('HEAD~1')).toEqual({
      ...nothing,
      entered: ['config.yml 50 now copied (Dockerfile:3)'],
    })
  })
})

describe('what left', () => {
  it('is a file that is deleted', async () => {
    repo.commit(app)
    repo.commit({ 'src/other.c': null })
    expect(await repo.told('HEAD~1')).toEqual({ ...nothing, left: ['src/other.c 200 deleted'] })
  })

  it('is lost when an ignore line of now drops it, with that line', async () => {
    repo.commit(app)
    repo.commit({ '.dockerignore': '.git\ndocs\n**/*.c\n!src/main.c\n' })
    expect((await repo.told('HEAD~1')).left).toEqual(['src/other.c 200 ignored (.dockerignore:3) LOST'])
    // Nobody enters it, and what is in it is known to git.
    repo.commit({ '.dockerignore': '.git\nsrc\n' })
    const told = await repo.told('HEAD~2')
    expect(told.untracked).toEqual([])
    expect(told.left).toEqual([
      'src/main.c 100 ignored (.dockerignore:2) LOST',
      'src/other.c 200 ignored (.dockerignore:2) LOST',
    ])
  })

  it('is lost when no instruction copies it any more, with the line of the base that did', async () => {
    repo.commit(app)
    repo.commit({ Dockerfile: 'FROM scratch\n\nCOPY src /src\n' })
    expect((await repo.told('HEAD~1')).left).toEqual([
      '.dockerignore 10 no longer copied (Dockerfile:2) LOST',
      'Dockerfile 25 no longer copied (Dockerfile:2) LOST',
      'config.yml 50 no longer copied (Dockerfile:2) LOST',
    ])
  })

  it('is what git no longer tracks, though it still lies there', async () => {
    repo.commit(app)
    repo.git('rm', '-q', '--cached', 'config.yml')
    expect(await repo.told('HEAD')).toEqual({
      ...nothing,
      left: ['config.yml 50 deleted'],
      untracked: ['config.yml 50 read'],
    })
  })

  it('is one file of a directory that takes its name, and the other way round', async () => {
    repo.commit(app)
    repo.commit({ 'config.yml': null })
    repo.commit({ 'config.yml/a': 7 })
    const there = await repo.told('HEAD~2')
    expect([there.entered, there.left]).toEqual([
      ['config.yml/a 7 new (Dockerfile:2)'],
      ['config.yml 50 deleted'],
    ])
    repo.commit({ 'config.yml': null })
    repo.commit({ 'config.yml': 9 })
    const back = await repo.told('HEAD~2')
    expect([back.entered, back.left]).toEqual([
      ['config.yml 9 new (Dockerfile:2)'],
      ['config.yml/a 7 deleted'],
    ])
  })
})

describe('a rename', () => {
  it('is not guessed: one file left and another entered', async () => {
    repo.commit(app)
    repo.git('mv', 'src/other.c', 'src/moved.c')
    expect(await repo.told('HEAD')).toEqual({
      ...nothing,
      entered: ['src/moved.c 200 new (Dockerfile:2)'],
      left: ['src/other.c 200 deleted'],
    })
  })
})

describe('files of both', () => {
  it('are told when their size differs, committed, staged or neither', async () => {
    repo.commit({ ...app, 'src/third.c': 10 })
    repo.commit({ 'src/main.c': 111 })
    repo.write({ 'src/other.c': 222 })
    repo.git('add', '-A')
    repo.write({ 'src/third.c': 5 })
    expect(await repo.told('HEAD~1')).toEqual({
      ...nothing,
      resized: ['src/main.c 100 → 111', 'src/other.c 200 → 222', 'src/third.c 10 → 5'],
    })
  })

  it('are not told for other content, or another mode, of the same size', async () => {
    repo.commit(app)
    repo.write({ 'src/main.c': 'y'.repeat(100) })
    fs.chmodSync(repo.at('src/other.c'), 0o755)
    expect(await repo.told('HEAD')).toEqual(nothing)
  })
})

describe('amounts', () => {
  it('are those of both sides, and come out even with what entered, left and grew', async () => {
    repo.commit(app)
    repo.commit({ 'src/new.c': 30, 'src/other.c': null, 'src/main.c': 111 })
    const { context, contexts, targets } = await repo.diff('HEAD~1')
    const bytes = 25 + 10 + 100 + 200 + 50
    const change = { before: { files: 5, bytes }, after: { files: 5, bytes: bytes + 30 - 200 + 11 } }
    expect(context).toEqual(change)
    expect(contexts).toEqual([
      { root: '.', ignoreFile: { before: '.dockerignore', after: '.dockerignore' }, context: change },
    ])
    expect(targets[0]?.transfer).toEqual(change)
  })

  it('of a checkout that nobody changed are the same, to the byte on the wire, whatever mode, time and link it has', async () => {
    repo.commit({ ...app, 'run.sh': '#!/bin/sh\n', 'naïve ☃.txt': 'x' })
    fs.symlinkSync('src', repo.at('link'))
    fs.chmodSync(repo.at('run.sh'), 0o755)
    repo.commit({})
    fs.utimesSync(repo.at('src/main.c'), 0, 0)
    fs.chmodSync(repo.at('src'), 0o700)
    fs.linkSync(repo.at('src/other.c'), path.join(path.dirname(repo.dir), 'elsewhere'))
    const { targets } = await repo.diff('HEAD')
    expect(targets[0]?.wire.after).toEqual(targets[0]?.wire.before)
    expect(inShort(targets[0] as DiffTarget)).toEqual({ entered: [], left: [], resized: [], untracked: [] })
  })
})

describe('what git does not track', () => {
  it('is told apart and is in no amount', async () => {
    repo.commit({ ...app, '.gitignore': 'dist\n' })
    repo.write({ 'dist/a.js': 1000, 'dist/b.js': 500, 'notes.txt': 40 })
    const { targets, context } = await repo.diff('HEAD')
    expect(inShort(targets[0] as DiffTarget)).toEqual({
      entered: [],
      left: [],
      resized: [],
      untracked: ['dist 1500 read', 'notes.txt 40 read'],
    })
    expect(targets[0]?.untracked.map(({ gitIgnored }) => gitIgnored)).toEqual([true, false])
    expect(context.after).toEqual(context.before)
  })

  it('is told to be read only now when the base would not have read it', async () => {
    repo.commit({ ...app, '.dockerignore': '.git\nnode_modules\n**/.env\n' })
    repo.write({ 'node_modules/m/i.js': 900, 'src/.env': 'A=1\n', 'local.txt': 3, '.dockerignore': '.git\n' })
    expect((await repo.told('HEAD')).untracked).toEqual([
      'node_modules/m/i.js 900 newly read (.dockerignore:2)',
      'src/.env 4 newly read (.dockerignore:3)',
      'local.txt 3 read',
    ])
  })

  it('is told to be read no longer, entered or not', async () => {
    repo.commit({ ...app, '.dockerignore': '.git\n' })
    repo.write({
      ...{ 'dist/a.js': 900, 'dist/b.js': 1, 'logs/x.log': 70, 'logs/keep.txt': 7, 'tmp/x': 8 },
      '.dockerignore': '.git\ndist\n**/*.log\n',
    })
    expect((await repo.told('HEAD')).untracked).toEqual([
      'logs/x.log 70 no longer read (.dockerignore:3)',
      'tmp/x 8 read',
      'logs/keep.txt 7 read',
      'dist null no longer read (.dockerignore:2)',
    ])
    expect((await repo.told('HEAD', '--measure-ignored')).untracked).toContain(
      'dist 901 no longer read (.dockerignore:2)',
    )
  })

  it('is told to be read no longer when nothing copies it, and not when nothing ever did', async () => {
    repo.commit({ ...app, Dockerfile: 'FROM scratch\nCOPY src dist /x/\n', 'dist/kept': 1 })
    repo.write({ 'dist/a.js': 900, 'other.txt': 5, Dockerfile: 'FROM scratch\nCOPY src /x\n' })
    expect((await repo.told('HEAD')).untracked).toEqual(['dist/a.js 900 no longer read (Dockerfile:2)'])
  })

  it('can be the repository itself', async () => {
    repo.commit({ ...app, '.dockerignore': '' })
    repo.write({ '.dockerignore': '.git\n' })
    const { targets } = await repo.diff('HEAD')
    expect(targets[0]?.untracked).toMatchObject([
      { path: '.git', type: 'dir', bytes: null, state: 'no longer read', text: '.git' },
    ])
  })
})

describe('many builds', () => {
  const compose = (...services: readonly (readonly [string, string])[]) =>
    `services:\n${services.map(([name, build]) => `  ${name}: { build: ${build} }\n`).join('')}`
  const shop: Files = {
    'compose.yaml': compose(
      ['api', '{ context: ., dockerfile: api/Dockerfile }'],
      ['web', '{ context: ., dockerfile: web/Dockerfile }'],
    ),
    'api/Dockerfile': 'FROM scratch\nCOPY api shared /x/\n',
    'api/a': 1,
    'web/Dockerfile': 'FROM scratch\nCOPY web shared /x/\n',
    'web/w': 1,
    'shared/s': 1,
    '.dockerignore': '.git\n',
  }
  const states = async (...words: readonly string[]) =>
    (await repo.diff(...words)).targets.map((one) => [
      one.name ?? one.dockerfile,
      one.state,
      ...(inShort(one).entered ?? []),
    ])

  it('are compared one by one', async () => {
    repo.commit(shop)
    repo.commit({ 'api/b': 2, 'shared/t': 3 })
    expect(await states('HEAD~1')).toEqual([
      ['api', 'compared', 'api/b 2 new (api/Dockerfile:2)', 'shared/t 3 new (api/Dockerfile:2)'],
      ['web', 'compared', 'shared/t 3 new (web/Dockerfile:2)'],
    ])
    expect((await repo.diff('HEAD~1')).contexts).toHaveLength(1)
  })

  it('that are new, or gone, are told to be', async () => {
    repo.commit(shop)
    repo.commit({
      'compose.yaml': compose(['api', '{ context: ., dockerfile: api/Dockerfile }'], ['proxy', './proxy']),
      'proxy/Dockerfile': 'FROM scratch\nCOPY . /\n',
      'proxy/p': 5,
      'web/Dockerfile': null,
    })
    const { targets } = await repo.diff('HEAD~1')
    expect(
      targets.map(({ name, state, transfer }) => [name, state, transfer.before.files, transfer.after.files]),
    ).toEqual([
      ['api', 'compared', 3, 3],
      ['proxy', 'added', 0, 2],
      ['web', 'removed', 3, 0],
    ])
  })

  it('are the same ones where a Dockerfile has another name, or another target is built', async () => {
    repo.commit(shop)
    repo.git('mv', 'api/Dockerfile', 'api/Containerfile')
    repo.commit({
      'compose.yaml': compose(
        ['api', '{ context: ., dockerfile: api/Containerfile }'],
        ['web', '{ context: ., dockerfile: web/Dockerfile, target: prod }'],
      ),
      'web/Dockerfile': 'FROM scratch AS prod\nCOPY web shared /x/\n',
      'web/new': 4,
    })
    expect(await states('HEAD~1')).toEqual([
      [
        'api',
        'compared',
        `api/Containerfile ${fs.statSync(repo.at('api/Containerfile')).size} new (api/Containerfile:2)`,
      ],
      ['web', 'compared', 'web/new 4 new (web/Dockerfile:2)'],
    ])
  })

  it('are those that a file defines, where one is named', async () => {
    repo.commit(shop)
    repo.commit({ 'web/b': 2 })
    expect(await states('HEAD~1', '-f', 'compose.yaml', 'web', '-C', repo.dir)).toEqual([
      ['web', 'compared', 'web/b 2 new (web/Dockerfile:2)'],
    ])
  })

  it('whose contexts docker fetches are not compared, and that is said', async () => {
    const far = { 'compose.yaml': `${shop['compose.yaml']}  far: { build: 'https://example.com/x.git' }\n` }
    repo.commit({ ...shop, ...far })
    const { targets, notes } = await repo.diff('HEAD')
    expect(targets.map(({ name }) => name)).toEqual(['api', 'web'])
    expect(notes).toEqual([
      'compose.yaml:4: far is not compared, docker fetches https://example.com/x.git by itself',
    ])
  })

  it('are those of the configuration, where it lists some', async () => {
    repo.commit({
      ...shop,
      'ctxsize.config.json': '{ "builds": [{ "context": ".", "file": "web/Dockerfile" }] }',
    })
    repo.commit({ 'web/b': 2, 'api/b': 2 })
    expect(await states('HEAD~1')).toEqual([['web/Dockerfile', 'compared', 'web/b 2 new (web/Dockerfile:2)']])
  })
})

describe('one build that is spelt out', () => {
  it('is new where the base has no such Dockerfile, or no such stage', async () => {
    repo.commit(app)
    repo.commit({ 'prod.Dockerfile': 'FROM scratch\nCOPY src /\n' })
    const [target] = (await repo.diff('HEAD~1', '-f', repo.at('prod.Dockerfile'))).targets
    expect([target?.state, target?.transfer.after.files, target?.entered]).toEqual(['added', 2, []])
    repo.commit({ 'prod.Dockerfile': 'FROM scratch\nCOPY src /\nFROM scratch AS x\nCOPY src /\n' })
    const [stage] = (await repo.diff('HEAD~1', '-f', repo.at('prod.Dockerfile'), '--target', 'x')).targets
    expect(stage?.state).toBe('added')
  })

  it('is gone where its Dockerfile is, which is an answer; without one on either side there is none', async () => {
    repo.commit(app)
    repo.commit({ Dockerfile: null })
    const [target] = (await repo.diff('HEAD~1')).targets
    expect([target?.state, target?.transfer.before.files, target?.findings]).toEqual(['removed', 5, []])
    const neither = await runOn(repo.host(), ['diff', 'HEAD', repo.dir])
    expect(neither.code).toBe(2)
    expect(neither.stderr).toContain('no Dockerfile')
    expect(neither.stdout).not.toContain('new')
  })

  it('is not compared with what docker refused, and says so', async () => {
    repo.commit({ ...app, Dockerfile: 'FROM scratch\nCOPPY . /\n' })
    repo.commit({ Dockerfile: 'FROM scratch\nCOPY . /\n' })
    const [target] = (await repo.diff('HEAD~1')).targets
    expect(target).toMatchObject({ state: 'unclear', entered: null, left: null, resized: null })
    expect(target?.because).toMatch(/^the Dockerfile of the base is refused: .*COPPY/)
    repo.commit({ '.dockerignore': '[\n' })
    repo.commit({ '.dockerignore': '.git\n' })
    const [refused] = (await repo.diff('HEAD~1')).targets
    expect([refused?.state, refused?.entered]).toEqual(['unclear', null])
    expect(refused?.because).toMatch(/^at the base: \.dockerignore:1: /)
  })

  it('ends with 2 and still prints what is known where docker refuses it now', async () => {
    repo.commit(app)
    repo.write({ Dockerfile: 'FROM scratch\nCOPPY . /\n' })
    const { code, stdout, stderr } = await runOn(repo.host(), ['diff', 'HEAD', repo.dir, '--format', 'json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ targets: [{ state: 'unclear', left: null }] })
    expect(stderr).toContain('COPPY')
  })
})

describe('a directory in the place of the base', () => {
  it('is told to come second', async () => {
    repo.commit(app)
    const { code, stderr } = await runOn(repo.host(), ['diff', repo.at('src')])
    expect(code).toBe(2)
    expect(stderr).toContain('what it is compared with comes first: ctxsize diff origin/main')
  })
})

describe('a saved report as the base', () => {
  const save = async (name: string) => {
    const { stdout } = await runOn(repo.host(), [repo.dir, '--format', 'json'])
    const file = path.join(path.dirname(repo.dir), name)
    fs.writeFileSync(file, stdout)
    return file
  }

  it('is compared by what it tells, in a repository or not', async () => {
    repo.write(app)
    fs.rmSync(repo.at('.git'), { recursive: true })
    const file = await save('old.json')
    repo.write({ 'src/new.c': 1000 })
    const report = await repo.diff(file)
    expect([report.commit, report.base]).toEqual([null, file])
    expect(report.targets).toMatchObject([
      { state: 'amounts', transfer: { before: { files: 5 }, after: { files: 6 } }, entered: null },
    ])
    expect(report.contexts[0]?.parts).toMatchObject([
      { path: 'src', before: { files: 2 }, after: { files: 3 } },
    ])
    expect(report.notes[0]).toContain('no list of files')
  })

  it('is refused where it is none', async () => {
    repo.commit(app)
    const file = path.join(path.dirname(repo.dir), 'x.json')
    fs.writeFileSync(file, '{ "a": 1 }')
    const { code, stderr } = await runOn(repo.host(), ['diff', file, repo.dir])
    expect(code).toBe(2)
    expect(stderr).toContain('x.json is no report of ctxsize')
    const missing = await runOn(repo.host(), ['diff', 'nowhere.json', repo.dir])
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('and no such file') })
  })

  it('is no base for a check, which asks for files', async () => {
    repo.commit(app)
    const { code, stderr } = await runOn(repo.host(), ['check', '--base', 'old.json', repo.dir])
    expect(code).toBe(2)
    expect(stderr).toContain('--base takes a commit: a report has no list of files')
  })
})

describe('findings', () => {
  const env = `TOKEN=gh${'p_'}${made(36)}\n`
  const found = async (...words: readonly string[]) =>
    (await repo.diff(...words)).targets[0]?.findings.map(({ rule, data }) => [rule, data['path']])

  it('are told of a secret that the base did not have', async () => {
    repo.commit(app)
    repo.commit({ 'src/.env': env })
    expect(await found('HEAD~1')).toEqual([['secret-ships', 'src/.env']])
    repo.commit({ 'src/new.c': 1 })
    expect(await found('HEAD~1')).toEqual([])
  })

  it('are not told of a secret in a file that git does not track, unless it is read only now', async () => {
    repo.commit({ ...app, '.gitignore': '.env\n' })
    repo.write({ '.env': env })
    expect(await found('HEAD')).toEqual([])
    repo.commit({ '.dockerignore': '.git\n.env\n' })
    repo.write({ '.dockerignore': '.git\n' })
    expect(await found('HEAD')).toEqual([['secret-ships', '.env']])
  })

  it('are not told of what a comment or the configuration suppresses', async () => {
    const comment = '# ctxsize ignore=secret-ships reason="made up for tests"'
    repo.commit({ ...app, Dockerfile: `FROM scratch\n${comment}\nCOPY . /app\n` })
    repo.commit({ 'src/.env': env })
    expect(await found('HEAD~1')).toEqual([])
    repo.commit({ Dockerfile: 'FROM scratch\n\nCOPY . /app\n' })
    // It was in the image before, and nobody was told.
    expect(await found('HEAD~1')).toEqual([['secret-ships', 'src/.env']])
    repo.write({ 'ctxsize.config.json': '{ "rules": { "secret-ships": "off" } }' })
    expect(await found('HEAD~1')).toEqual([])
  })

  it('are told of a failure that the base did not have', async () => {
    repo.commit({ ...app, Dockerfile: 'FROM scratch\nCOPY config.yml /\nCOPY src /\n' })
    repo.commit({ '.dockerignore': '.git\nconfig.yml\n' })
    const { targets } = await repo.diff('HEAD~1')
    expect(targets[0]).toMatchObject({
      buildFails: { before: false, after: true },
      findings: [{ rule: 'copy-source-ignored', severity: 'error' }],
      left: [{ path: 'config.yml', reason: 'ignored', lost: true }],
    })
    expect(await found('HEAD')).toEqual([])
  })
})
