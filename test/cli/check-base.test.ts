/** `ctxsize check --base` in real repositories. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import { app, newRepository, openRepository } from './compared.ts'
import { runOn } from './world.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-check-base-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

let repo = openRepository(base)
beforeEach(() => {
  repo = newRepository(path.join(fs.mkdtempSync(path.join(base, 'case-')), 'repo'))
})

const run = (...words: readonly string[]) => runOn(repo.host(), ['check', ...words, repo.dir])

async function check(...words: readonly string[]) {
  const { code, stdout } = await run(...words, '--format', 'json')
  // What comes is what the schema test holds against the schema.
  const report = JSON.parse(stdout) as Report
  const [target] = report.contexts[0]?.targets ?? []
  return {
    code,
    budgets: target?.budgets?.map(({ name, actual, over, ok }) => [name, actual, over, ok]),
    lost: target?.assertions
      ?.filter(({ assertion }) => assertion === 'stillShips')
      .flatMap(({ ok, paths }) => [ok, ...paths.map((one) => `${one.path} ${one.because}`)]),
    problems: report.problems.map(({ message }) => message),
  }
}

describe('growth', () => {
  it('breaks the limit by what the build grew beyond it, and says what grew', async () => {
    repo.commit(app)
    repo.commit({ 'src/new.c': 3000, 'src/main.c': 1100 })
    expect(await check('--base', 'HEAD~1', '--max-growth', '3kB')).toMatchObject({
      code: 1,
      budgets: [['growth', 4000, 1000, false]],
    })
    const { stdout } = await run('--base', 'HEAD~1', '--max-growth', '3kB')
    expect(stdout).toContain('✗ growth: 4.00kB, 1.00kB over the 3kB')
    expect(stdout).toMatch(/3\.00kB +src\/new\.c$/m)
    expect(stdout).toMatch(/1\.00kB +src\/main\.c/)
  })

  it('holds where it is within the limit, and where the build became smaller', async () => {
    repo.commit(app)
    repo.commit({ 'src/new.c': 3000 })
    expect(await check('--base', 'HEAD~1', '--max-growth', '3kB')).toMatchObject({
      code: 0,
      budgets: [['growth', 3000, 0, true]],
    })
    repo.commit({ 'src/new.c': null })
    expect(await check('--base', 'HEAD~1', '--max-growth', '0')).toMatchObject({
      code: 0,
      budgets: [['growth', 0, 0, true]],
    })
  })

  it('is not that of files which git does not track', async () => {
    repo.commit(app)
    repo.write({ 'dist/a.js': 9000 })
    expect(await check('--base', 'HEAD', '--max-growth', '0')).toMatchObject({ code: 0 })
  })

  it('can stand in the configuration, where it waits for a base', async () => {
    repo.commit({ ...app, 'ctxsize.config.json': '{ "budgets": { "growth": "1kB" } }' })
    repo.commit({ 'src/new.c': 3000 })
    expect(await check('--base', 'HEAD~1')).toMatchObject({
      code: 1,
      budgets: [['growth', 3000, 2000, false]],
    })
    expect(await check()).toMatchObject({ code: 0, budgets: [], lost: [] })
  })

  it('is nothing of a build that the base does not have', async () => {
    repo.commit({ 'src/main.c': 1 })
    repo.commit(app)
    expect(await check('--base', 'HEAD~1', '--max-growth', '1')).toMatchObject({
      code: 0,
      budgets: [['growth', 0, 0, true]],
      lost: [true],
    })
  })
})

describe('what the image had and would now miss', () => {
  it('fails, with the line that drops it and the instruction that no longer copies it', async () => {
    repo.commit(app)
    repo.commit({ '.dockerignore': '.git\ndocs\n*.yml\n' })
    expect(await check('--base', 'HEAD~1')).toMatchObject({
      code: 1,
      lost: [false, 'config.yml ignored'],
    })
    const { stdout } = await run('--base', 'HEAD~1')
    expect(stdout).toContain('✗ HEAD~1 had files that must still ship')
    expect(stdout).toContain('config.yml is dropped by .dockerignore:3 `*.yml`')
    repo.commit({
      '.dockerignore': '.git\ndocs\n',
      Dockerfile: 'FROM scratch\nCOPY src .dockerignore Dockerfile /\n',
    })
    expect((await check('--base', 'HEAD~2')).lost).toEqual([false, 'config.yml unread'])
  })

  it('may be allowed, by an option or by the configuration', async () => {
    repo.commit({ ...app, 'notes.txt': 1 })
    repo.commit({ '.dockerignore': '.git\ndocs\n*.yml\n*.txt\n' })
    expect(await check('--base', 'HEAD~1', '--may-lose', '*.yml')).toMatchObject({
      code: 1,
      lost: [false, 'notes.txt ignored'],
    })
    repo.write({ 'ctxsize.config.json': '{ "mayLose": ["*.txt"] }' })
    expect(await check('--base', 'HEAD~1', '--may-lose', '*.yml')).toMatchObject({ code: 0, lost: [true] })
  })

  it('is not what is deleted, and not what git does not track', async () => {
    repo.commit({ ...app, '.gitignore': 'node_modules\n' })
    repo.write({ 'node_modules/m.js': 5, '.dockerignore': '.git\ndocs\nnode_modules\n' })
    repo.git('rm', '-q', 'config.yml')
    expect(await check('--base', 'HEAD')).toMatchObject({ code: 0, lost: [true] })
  })

  it('is not asked about without --base', async () => {
    repo.commit(app)
    expect(await check('--max-transfer', '1MB')).toMatchObject({ code: 0, lost: [] })
    for (const words of [['--max-growth', '1MB'], ['--may-lose', 'x'], ['--exact-base']]) {
      const { code, stderr } = await run(...words)
      expect([code, stderr]).toEqual([
        2,
        `error: ${words[0]} needs --base\n  ctxsize check --base origin/main\n`,
      ])
    }
  })
})

describe('a base', () => {
  it('is the last commit in common, unless --exact-base asks for itself', async () => {
    repo.commit(app)
    repo.git('checkout', '-q', '-b', 'topic')
    repo.commit({ 'src/new.c': 10 })
    repo.git('checkout', '-q', 'main')
    repo.commit({ 'src/main.c': 50 })
    repo.git('checkout', '-q', 'topic')
    const growth = async (...words: readonly string[]) =>
      (await check('--base', 'main', '--max-growth', '1MB', ...words)).budgets?.[0]?.[1]
    expect(await growth()).toBe(10)
    expect(await growth('--exact-base')).toBe(60)
  })

  it('that is unknown, or whose build cannot be read, ends with 2', async () => {
    repo.commit({ ...app, Dockerfile: 'FROM scratch\nCOPPY . /\n' })
    repo.commit({ Dockerfile: app['Dockerfile'] ?? '' })
    expect((await run('--base', 'nowhere')).code).toBe(2)
    const { code, problems, lost } = await check('--base', 'HEAD~1', '--max-growth', '1MB')
    expect([code, lost]).toEqual([2, []])
    expect(problems[0]).toMatch(/^it cannot be compared with HEAD~1: the Dockerfile of the base is refused/)
  })

  it('is told in formats that others read', async () => {
    repo.commit(app)
    repo.commit({ '.dockerignore': '.git\ndocs\n*.yml\n', 'src/new.c': 3000 })
    const words = ['--base', 'HEAD~1', '--max-growth', '1kB'] as const
    const markdown = (await run(...words, '--format', 'markdown')).stdout
    expect(markdown).toContain('growth: ')
    expect(markdown).toContain('had files that must still ship')
    const { stdout } = await run(...words, '--format', 'sarif')
    const [sarif] = JSON.parse(stdout).runs
    expect(sarif.results.map((one: { ruleId: string }) => one.ruleId)).toEqual(
      expect.arrayContaining(['budget-growth', 'still-ships']),
    )
  })
})
