/** `ctxsize init` as it is typed, and that its configuration holds. */

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { InitReport, Report } from '../../src/report.ts'
import { assertionsOf, budgetsOf } from '../check/checked.ts'
import { fixtureTree } from '../repository/recipe-tree.ts'
import { ctxsize } from './world.ts'

const tree: MemoryTree = { '/Dockerfile': 'FROM scratch\nCOPY . /\n', '/a': 400_000, '/.env': 'A=1\n' }

async function init(line: string, among: MemoryTree = tree): Promise<InitReport> {
  const { stdout, stderr } = await ctxsize(`init ${line} --format json`, { tree: among })
  if (stdout === '') throw new Error(stderr)
  // What comes is what the schema test holds against the schema.
  return JSON.parse(stdout) as InitReport
}

describe('ctxsize init', () => {
  it('prints a configuration that checks as it is', async () => {
    const { stdout } = await ctxsize('init', { tree })
    expect(stdout).toBe((await init('')).text)
    expect((await ctxsize('check --fail-on never', { tree: { ...tree, '/.ctxsizerc': stdout } })).code).toBe(
      0,
    )
  })

  it('guards only against what does not ship today', async () => {
    expect((await init('')).text).toContain('neverShip: ["**/.git"]')
    expect((await init('', { ...tree, '/.dockerignore': '.env\n' })).text).toContain('"**/.env"')
  })

  it.each(['many-images', 'node-app', 'python-two-stage', 'monorepo', 'outside-dockerfile'])(
    'writes what holds for every build of %s',
    async (name) => {
      const among = Object.fromEntries(
        Object.entries(fixtureTree(name)).map(([file, text]) => [`/${file}`, text]),
      )
      const { text, builds } = await init('', among)
      const { stdout } = await ctxsize('check --format json', {
        tree: { ...among, '/ctxsize.config.yaml': text },
      })
      const report = JSON.parse(stdout) as Report
      expect(report.contexts.flatMap(({ targets }) => targets)).toHaveLength(builds)
      const results = [...budgetsOf(report), ...assertionsOf(report)]
      expect([results.length >= builds, results.filter(({ ok }) => !ok)]).toEqual([true, []])
    },
  )

  it('speaks of the one build that the command line spells out', async () => {
    const among = { ...tree, '/docker/x.Dockerfile': 'FROM scratch AS a\nFROM a AS b\nCOPY a /\n' }
    const line = '-f docker/x.Dockerfile --target b --build-arg V=1.10 --platform linux/s390x .'
    expect((await init(line, among)).text).toContain(
      '  - context: .\n    file: docker/x.Dockerfile\n    target: b\n    args: { V: "1.10" }\n    platform: linux/s390x\n',
    )
  })

  it('refuses where there is a configuration, also further up, and shows one all the same with --no-config', async () => {
    const among = { ...tree, '/ctxsize.config.json': '{}', '/api/Dockerfile': 'FROM scratch\n' }
    for (const line of ['init', 'init --write', 'init api']) {
      const { code, stdout, stderr } = await ctxsize(line, { tree: among })
      expect([code, stdout, stderr]).toEqual([
        2,
        '',
        'error: there is a configuration already: ctxsize.config.json\n  change it by hand; ctxsize init --no-config shows what would be written\n',
      ])
    }
    expect((await ctxsize('init --no-config', { tree: among })).code).toBe(0)
  })
})

describe('on a disk', () => {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-init-'))
  afterAll(() => fs.rmSync(place, { recursive: true, force: true }))
  const bin = path.join(import.meta.dirname, '../../bin/ctxsize.js')

  function project(): {
    readonly dir: string
    readonly shell: (line: string) => ReturnType<typeof spawnSync>
  } {
    const dir = fs.mkdtempSync(path.join(place, 'case-'))
    fs.writeFileSync(path.join(dir, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    const shell = (line: string) =>
      spawnSync('sh', ['-c', line.replaceAll('ctxsize ', `"${process.execPath}" "${bin}" `)], {
        cwd: dir,
        encoding: 'utf8',
      })
    return { dir, shell }
  }

  it('--write writes it once, and check goes by it', () => {
    const { dir, shell } = project()
    const first = shell('ctxsize init --write')
    expect([first.status, first.stdout]).toEqual([
      0,
      '✓ ctxsize.config.yaml is written, with budgets for 1 build.\n\n→ ctxsize check   from now on, here and in CI\n',
    ])
    expect(shell('ctxsize check').status).toBe(0)
    fs.writeFileSync(path.join(dir, 'big'), 'x'.repeat(50_000))
    expect(shell('ctxsize check').status).toBe(1)
    expect(shell('ctxsize init --write').status).toBe(2)
    expect(shell('ctxsize init --write --no-config').status).toBe(2)
  })

  it('a shell may put it where it belongs', () => {
    const { dir, shell } = project()
    expect(shell('ctxsize init > ctxsize.config.yaml').status).toBe(0)
    expect(fs.readFileSync(path.join(dir, 'ctxsize.config.yaml'), 'utf8')).toContain('budgets:')
    expect(shell('ctxsize check').status).toBe(0)
  })
})
