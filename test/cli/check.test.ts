/** `ctxsize check` as it is typed: exit codes, short forms, what holds for which build; with a real git and the real program. */

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import type { Report } from '../../src/report.ts'
import { assertionsOf, budgetsOf, told } from '../check/checked.ts'
import { git, gitEnvironment } from '../git.ts'
import { ctxsize, runOn } from './world.ts'

const tree: MemoryTree = {
  '/Dockerfile': 'FROM scratch\nCOPY src /src\n',
  '/src/a.js': 4000,
  '/src/key.pem': 60,
  '/docs/b.md': 100,
}

async function check(
  line: string,
  among: MemoryTree = tree,
): Promise<{ readonly code: number; readonly report: Report }> {
  const { code, stdout, stderr } = await ctxsize(`check ${line} --format json`, { tree: among })
  if (stdout === '') throw new Error(stderr)
  // What comes is what the schema test holds against the schema.
  return { code, report: JSON.parse(stdout) as Report }
}

const held = async (line: string, among?: MemoryTree): Promise<readonly [number, readonly string[]]> => {
  const { code, report } = await check(line, among)
  return [code, budgetsOf(report).map(told)]
}

describe('budgets on the command line', () => {
  it('end the run with 0 when they hold, and with 1 when one does not', async () => {
    expect(await held('--max-transfer 5kB')).toEqual([0, ['transfer 4060 of 5kB']])
    expect(await held('--max-transfer 4kB --max-files 9')).toEqual([
      1,
      ['files 4 of 9', 'transfer 4060 of 4kB: 60 over'],
    ])
  })

  it('have a form for each, the most and the least', async () => {
    const most = '--max-context 1MB --max-transfer 1MB --max-unread 1MB --max-largest-file 1MB --max-files 9'
    const least = '--min-context 1 --min-transfer 1 --min-unread 1 --min-largest-file 1 --min-files 1'
    const [code, all] = await held(`${most} ${least}`)
    expect([code, all.length]).toEqual([0, 10])
  })

  it('take the place of those of the configuration', async () => {
    const among = { ...tree, '/.ctxsizerc': 'budgets: { transfer: 1kB, files: 1 }\n' }
    expect((await held('--max-transfer 5kB', among))[1]).toEqual([
      'files 5 of 1: 4 over',
      'transfer 4060 of 5kB',
    ])
  })

  it.each([
    [
      '--max-transfer 5mega',
      'error: --max-transfer: "5mega" is no size\n  write 50MB, 50MiB or a number of bytes\n',
    ],
    ['--max-files 1.5', 'error: --max-files: "1.5" is no number of files\n  write a whole number\n'],
    ['--must-ship [a', 'error: --must-ship: syntax error in pattern: [a\n  escape or mend the bracket\n'],
    [
      '--fail-on err',
      'error: --fail-on "err" is not one of error, warning, info, never; did you mean error?\n',
    ],
  ])('that cannot be read are refused: %s', async (line, message) => {
    const { code, stdout, stderr } = await ctxsize(`check ${line}`, { tree })
    expect([code, stdout, stderr]).toEqual([2, '', message])
  })

  it('are no options of another verb', async () => {
    expect((await ctxsize('--max-transfer 5MB', { tree })).stderr).toContain('is an option of ctxsize check')
  })
})

describe('assertions on the command line', () => {
  it('follow those of the configuration, so that an exception can be made', async () => {
    const among = { ...tree, '/.ctxsizerc': 'neverShip: "**/*.pem"\n' }
    expect((await check('', among)).code).toBe(1)
    expect((await check('--never-ship !src/key.pem', among)).code).toBe(0)
  })

  it('may be repeated', async () => {
    const { code, report } = await check('--must-ship src/** --must-ship docs --never-ship **/*.pem')
    expect([code, assertionsOf(report).map(({ pattern, ok }) => `${pattern} ${ok}`)]).toEqual([
      1,
      ['src/** true', 'docs false', '**/*.pem false'],
    ])
  })
})

describe('what is checked of each build', () => {
  const many: MemoryTree = {
    '/compose.yaml': 'services:\n  api: { build: { context: api, target: prod } }\n  web: { build: web }\n',
    '/api/Dockerfile': 'FROM scratch AS dev\nCOPY . /\nFROM scratch AS prod\nCOPY a /a\n',
    '/api/a': 100,
    '/web/Dockerfile': 'FROM scratch\nCOPY b /b\n',
    '/web/b': 200,
  }
  const by = async (line: string, says: string) => {
    const { report } = await check(line, { ...many, '/ctxsize.config.yaml': says })
    return report.contexts.flatMap(({ root, budgets = [], targets }) => [
      ...budgets.map((one) => `${root} ${told(one)}`),
      ...targets.flatMap(({ name, budgets: own = [] }) => own.map((one) => `${name} ${told(one)}`)),
    ])
  }

  it('is said by the name that compose gives it', async () => {
    const says = 'budgets: { transfer: 1kB }\nbuilds: [{ name: web, budgets: { transfer: 150 } }]\n'
    const expected = ['api transfer 100 of 1kB', 'web transfer 200 of 150: 50 over']
    expect(await by('', says)).toEqual(expected)
    expect(await by('-f compose.yaml', says)).toEqual(expected)
    expect(await by('-f compose.yaml web', says)).toEqual(expected.slice(1))
  })

  it('is said by what it is built of, also when flags spell it out', async () => {
    const says = 'builds: [{ context: api, target: prod, budgets: { transfer: 10 } }]\n'
    expect(await by('', says)).toEqual(['null transfer 100 of 10: 90 over'])
    expect(await by('-f api/Dockerfile --target prod api', says)).toEqual([
      'null transfer 100 of 10: 90 over',
    ])
    expect(await by('-f api/Dockerfile --target dev api', says)).toEqual([])
  })

  it('comes together for a context that several share', async () => {
    const says =
      'budgets: { context: 1kB }\nbuilds:\n  - { context: api, target: prod }\n  - { context: api, target: dev, budgets: { context: 50 } }\n'
    const found = await by('', says)
    expect(found.map((one) => one.replace(/\d+ of/, 'N of'))).toEqual([
      'api context N of 50: 110 over',
      'api context N of 1kB',
    ])
  })
})

describe('a limit of what BuildKit asks for', () => {
  /** The directories that a run lists. */
  async function listed(line: string, among: MemoryTree): Promise<readonly string[]> {
    const host = createMemoryHost(among)
    const seen = new Set<string>()
    const list = (path: string) => {
      seen.add(path)
      return host.list(path)
    }
    const { code } = await runOn({ ...host, list }, line.split(' '))
    expect(code).toBe(0)
    return [...seen].filter((path) => path.includes('docs'))
  }
  const wide: MemoryTree = { ...tree, '/docs/more/c.md': 10, '/.dockerignore': 'x\n' }

  it('is held without a look at the rest of the context', async () => {
    expect(await listed('check -f Dockerfile --max-transfer 5kB', wide)).toEqual([])
    const said = { ...wide, '/.ctxsizerc': 'budgets: { transfer: 5kB }\n' }
    expect(await listed('check -f Dockerfile', said)).toEqual([])
  })

  it.each([
    ['another limit', '--max-files 9'],
    ['what must ship', '--must-ship src'],
    ['what must not', '--never-ship *.md'],
    ['lesser findings that fail', '--fail-on warning'],
    ['all there is to say', '-v'],
    ['a document', '--format json'],
    ['another builder', '--builder classic'],
  ])('asks for all of it besides %s', async (_, option) => {
    const found = await listed(`check -f Dockerfile --max-transfer 5kB ${option}`, {
      ...wide,
      '/.dockerignore': '',
    })
    expect(found).not.toEqual([])
  })

  it('asks for all of it where the configuration makes an error of what is found there, or limits more', async () => {
    const suppressed = '# ctxsize ignore=dockerignore-root-only reason="x"\n*.log\n'
    const among = { ...wide, '/.dockerignore': suppressed, '/docs/x.log': 1 }
    expect(await listed('check -f Dockerfile --max-transfer 5kB', among)).not.toEqual([])
    const { stdout } = await ctxsize('check -f Dockerfile --max-transfer 5kB', { tree: among })
    expect(stdout).toContain('1 finding suppressed')
    for (const more of ['rules: { dockerignore-root-only: error }', 'failOn: info', 'mustShip: [src]'])
      expect(
        await listed('check -f Dockerfile', {
          ...wide,
          '/.dockerignore': '',
          '/.ctxsizerc': `budgets: { transfer: 5kB }\n${more}\n`,
        }),
      ).not.toEqual([])
  })

  it('breaks on the same, and says the same of it', async () => {
    for (const among of [
      tree,
      wide,
      { ...tree, '/Dockerfile': 'FROM scratch\nCOPY nope /x\nCOPY src /src\n' },
    ]) {
      const [narrow, whole] = await Promise.all(
        ['', ' --max-context 1GB'].map((more) =>
          ctxsize(`check -f Dockerfile --max-transfer 4kB${more}`, { tree: among }),
        ),
      )
      expect(narrow?.code).toBe(1)
      const brokenLines = (stdout = '') => stdout.split('\n').filter((line) => /^ {2}✗|^ {6}/.test(line))
      expect(brokenLines(narrow?.stdout)).toEqual(brokenLines(whole?.stdout))
    }
  })
})

describe('findings', () => {
  const broken: MemoryTree = { '/Dockerfile': 'FROM scratch\nCOPY nope /x\n', '/a': 1 }

  it('fail a check from error on, and nothing else unless it is asked for', async () => {
    expect((await check('', broken)).code).toBe(1)
    expect((await ctxsize('', { tree: broken })).code).toBe(0)
    expect((await ctxsize('--fail-on error', { tree: broken })).code).toBe(1)
    expect((await check('--fail-on never', broken)).code).toBe(0)
  })

  it('fail as the configuration says, unless the command line says otherwise', async () => {
    const among = { ...broken, '/.ctxsizerc': 'rules: { copy-source: warning }\nfailOn: warning\n' }
    expect((await check('', among)).code).toBe(1)
    expect((await check('--fail-on error', among)).code).toBe(0)
    expect((await ctxsize('', { tree: among })).code).toBe(0)
  })

  it('that are suppressed are counted on the screen, and marked in the document', async () => {
    const among = {
      ...tree,
      '/Dockerfile': 'FROM scratch\n# ctxsize ignore=copy-source reason="made before"\nCOPY nope /x\n',
    }
    const { code, report } = await check('', among)
    expect([code, report.contexts[0]?.findings.map(({ suppressed }) => suppressed?.reason)]).toEqual([
      0,
      ['made before'],
    ])
    for (const verb of ['check', '']) {
      const { stdout } = await ctxsize(verb, { tree: among })
      expect(stdout).toContain('1 finding suppressed')
      expect(stdout).not.toContain('lstat')
    }
  })
})

describe('a check', () => {
  it.each([
    ['not asked for, which the screen has no figure of', 'check', 0],
    ['asked for where the figures are printed', 'check --format json', 1],
    ['asked for where that is wished', 'check --xattrs always', 1],
  ])('has extended attributes %s', async (_, line, times) => {
    let asked = 0
    const host = createMemoryHost(tree)
    const { code } = await runOn(
      {
        ...host,
        extendedAttributes: (paths) => {
          asked++
          return host.extendedAttributes(paths)
        },
      },
      line.split(' '),
    )
    expect([code, asked]).toEqual([0, times])
  })

  it('without anything to check looks at what is found, and says how to set a budget', async () => {
    const { code, stdout } = await ctxsize('check', { tree })
    expect([code, stdout]).toMatchInlineSnapshot(`
      [
        0,
        "✓ Nothing is found that must not be.

        There is no budget and no assertion yet: only what is found is checked.
        One for now: ctxsize check --max-transfer 10kB

      → ctxsize init --write   a configuration, to keep it so
      ",
      ]
    `)
  })

  it('says how much is over, by what, and which line drops what must ship', async () => {
    const { stdout } = await ctxsize('check --max-transfer 4kB --must-ship docs/**', {
      tree: { ...tree, '/.dockerignore': 'docs\n' },
    })
    expect(stdout).toMatchInlineSnapshot(`
      "✗ 2 of 2 checks are broken.

        ✗ transfer: 4.06kB, 60B over the 4kB
            4.06kB  src/  2 files
        ✗ docs/** must ship
            docs/ is dropped by .dockerignore:1 \`docs\`

      → ctxsize why docs   what would let it in
      "
    `)
  })

  it('says only the verdict when asked to be quiet', async () => {
    expect((await ctxsize('check -q --max-files 1', { tree })).stdout).toBe('✗ 1 of 1 check is broken.\n')
  })

  it('ends with 2 where something could not be looked at, and tells the rest', async () => {
    const among = { ...tree, '/compose.yaml': 'services:\n  a: { build: gone }\n' }
    const { code, stdout, stderr } = await ctxsize('check --max-files 99', { tree: among })
    expect([code, stderr]).toEqual([2, expect.stringContaining('no such directory: gone')])
    expect(stdout).toContain('✗ not everything could be looked at.')
  })

  it('ends with 2 where a budget cannot be told', async () => {
    const { code, stderr } = await ctxsize('check --max-cache-loss 3', { tree })
    expect([code, stderr]).toEqual([
      2,
      'error: the budget cacheLoss cannot be checked: there is no history here: the context is in no git repository: run it in a clone\n',
    ])
  })
})

describe('on a disk', () => {
  const place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-check-')))
  afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

  function repository(): string {
    const dir = fs.mkdtempSync(path.join(place, 'case-'))
    const write = (name: string, text: string) => {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
      fs.writeFileSync(path.join(dir, name), text)
    }
    git(dir, 'init', '-q', '-b', 'main')
    write('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n')
    write('package.json', '{"name":"a"}\n')
    write('package-lock.json', '{"lockfileVersion":3}\n')
    for (const text of ['1', '2', '3', '4']) {
      write('src/a.js', text)
      git(dir, 'add', '-A')
      git(dir, 'commit', '-q', '-m', text)
    }
    write('src/big.js', 'x'.repeat(5000))
    return dir
  }
  const host = createNodeHost({ ...gitEnvironment(place), NO_COLOR: '1' })

  it('git tells what grew, and how often an install ran again', async () => {
    const dir = repository()
    const words = ['check', '--max-cache-loss', '2', '--max-transfer', '1kB', '--format', 'json', dir]
    const { code, stdout } = await runOn(host, words)
    const budgets = budgetsOf(JSON.parse(stdout) as Report)
    expect(code).toBe(1)
    expect(budgets.map(({ name, actual, over }) => [name, name === 'transfer' || [actual, over]])).toEqual([
      ['transfer', true],
      ['cacheLoss', [3, 1]],
    ])
    expect(budgets[0]?.parts.find(({ path: one }) => one.startsWith('src'))).toMatchObject({ newFiles: 1 })
    expect(budgets[1]?.note).toBe('npm ci (Dockerfile:4), in 3 commits')
  })

  it('a shallow clone that cannot tell says how to get what is missing', async () => {
    const dir = repository()
    const clone = path.join(place, 'clone')
    git(place, 'clone', '-q', '--depth', '2', `file://${dir}`, clone)
    const { code, stderr } = await runOn(host, ['check', '--max-cache-loss', '9', clone])
    expect([code, stderr]).toEqual([2, expect.stringContaining('fetch-depth: 0')])
    expect((await runOn(host, ['check', '--max-cache-loss', '0', clone])).code).toBe(1)
  })

  const bin = path.join(import.meta.dirname, '../../bin/ctxsize.js')

  it.each(['add-all-two-stage', 'go-service', 'monorepo', 'node-app', 'python-service'])(
    'our own project %s keeps to one budget, and breaks another',
    (name) => {
      const project = path.join(import.meta.dirname, '../../fixtures/projects', name)
      const status = (limit: string) =>
        spawnSync(process.execPath, [bin, 'check', '--no-config', '--max-context', limit, project]).status
      expect([status('1MB'), status('100B')]).toEqual([0, 1])
    },
  )

  it('the program ends with 1 where a budget is broken, and with 0 where all hold', () => {
    const dir = repository()
    fs.writeFileSync(path.join(dir, 'ctxsize.config.yaml'), 'budgets: { files: { min: 3 } }\n')
    const run = (...words: readonly string[]) =>
      spawnSync(process.execPath, [bin, 'check', ...words], { cwd: dir, encoding: 'utf8' })
    const [good, bad] = [run('--max-largest-file', '1MB'), run('--max-files', '3')]
    expect([good.status, good.stderr, good.stdout.split('\n')[0]]).toEqual([0, '', '✓ All 2 checks hold.'])
    expect([bad.status, bad.stderr, bad.stdout.split('\n')[0]]).toEqual([1, '', '✗ 1 of 2 checks is broken.'])
    fs.writeFileSync(path.join(dir, 'ctxsize.config.yaml'), 'budget: 1\n')
    expect(run().stderr).toBe(
      'error: ctxsize.config.yaml:1:1: "budget" is no key of a configuration; did you mean budgets?\n',
    )
  })
})
