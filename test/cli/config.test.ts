/** What a configuration does to a command line: which builds it is about, and what becomes of mistakes. */

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import type { BuildsReport, FixReport, Report, SentReport } from '../../src/report.ts'
import { git, gitEnvironment } from '../git.ts'
import { ctxsize, runOn } from './world.ts'

const tree: MemoryTree = {
  '/Dockerfile': 'FROM scratch\nCOPY top /t\n',
  '/top': 60,
  '/api/Dockerfile': 'FROM scratch AS dev\nCOPY . /d\nFROM scratch AS prod\nARG WHAT=c\nCOPY $WHAT /p\n',
  '/api/c': 30,
  '/api/e': 50,
  '/docker/web.Dockerfile': 'FROM scratch\nCOPY --from=lib l /\nCOPY a /a\n',
  '/web/a': 10,
  '/lib/l': 5,
  '/compose.yaml': 'services:\n  job: { build: { context: api, args: { WHAT: e } } }\n',
}
const listed = `builds:
  - context: api
    target: prod
  - name: site
    context: web
    file: docker/web.Dockerfile
    namedContexts: { lib: lib }
`
const configured = (text: string, more: MemoryTree = {}): MemoryTree => ({
  ...tree,
  '/ctxsize.config.yaml': text,
  ...more,
})

// What comes of a verb is what the schema test holds against the schema.
async function json<T>(line: string, among: MemoryTree): Promise<T> {
  const { stdout, stderr } = await ctxsize(`${line} --format json`, { tree: among })
  if (stderr !== '') throw new Error(stderr)
  return JSON.parse(stdout) as T
}

async function measured(line: string, among: MemoryTree): Promise<readonly string[]> {
  const { contexts } = await json<Report>(line, among)
  return contexts.flatMap(({ root, targets }) =>
    targets.map(
      ({ name, target, transfer }) =>
        `${name ?? '-'} ${root}${target === null ? '' : `>${target}`} ${transfer.bytes}`,
    ),
  )
}

async function mistakes(text: string, line = ''): Promise<readonly string[]> {
  const { code, stdout, stderr } = await ctxsize(line, { tree: configured(text) })
  expect([code, stdout]).toEqual([2, ''])
  return stderr.trimEnd().split('\n')
}

describe('builds that are listed', () => {
  it('are what a command line is about, instead of what is found', async () => {
    expect(await measured('', configured(listed))).toEqual(['- api>prod 30', 'site web 10'])
    expect(await measured('--no-config', configured(listed))).toEqual(['- . 60', 'job api 50', '- docker 0'])
  })

  it('are what every verb is about', async () => {
    const among = configured(listed)
    const { builds } = await json<BuildsReport>('builds', among)
    expect(
      builds.map(({ name, context, dockerfile, foundIn }) => [name, context, dockerfile, foundIn]),
    ).toEqual([
      [null, 'api', 'Dockerfile', { file: 'ctxsize.config.yaml', line: 2 }],
      ['site', 'web', '../docker/web.Dockerfile', { file: 'ctxsize.config.yaml', line: 4 }],
    ])
    const sent = await json<SentReport>('ls', among)
    expect([sent.build, sent.entries.map(({ path }) => path)]).toEqual([
      { root: 'api', dockerfile: 'Dockerfile', target: 'prod' },
      ['c'],
    ])
  })

  it('give way to one that the command line spells out', async () => {
    expect(await measured('-f Dockerfile .', configured(listed))).toEqual(['- . 60'])
    expect(await measured('-f compose.yaml', configured(listed))).toEqual(['job api 50'])
  })

  it('are those in or under the directory, or of a Dockerfile in it', async () => {
    expect(await measured('api', configured(listed))).toEqual(['- .>prod 30'])
    expect(await measured('docker', configured(listed))).toEqual(['site ../web 10'])
  })

  it('leave a directory that none of them is about as it is found', async () => {
    const among = configured(listed, { '/other/Dockerfile': 'FROM scratch\nCOPY x /\n', '/other/x': 7 })
    expect(await measured('other', among)).toEqual(['- . 7'])
  })

  it('take values from the environment where they have none', async () => {
    const text = 'builds: [{ context: api, target: prod, args: { WHAT: } }]\n'
    const { stdout } = await ctxsize('--format json', {
      tree: configured(text),
      environment: { WHAT: 'e' },
    })
    expect((JSON.parse(stdout) as Report).contexts[0]?.targets[0]?.transfer.bytes).toBe(50)
    expect(await measured('', configured(text))).toEqual(['- api>prod 30'])
  })

  it('by a name alone are those of compose or bake', async () => {
    expect(await measured('', configured(`${listed}  - name: job\n`))).toEqual([
      'job api 50',
      '- api>prod 30',
      'site web 10',
    ])
  })

  it('by a name alone do not keep others from being found', async () => {
    expect(await measured('', configured('builds: [{ name: job, budgets: { transfer: 1MB } }]\n'))).toEqual([
      '- . 60',
      'job api 50',
      '- docker 0',
    ])
  })

  it('must be there by their name', async () => {
    expect(await mistakes('builds: [{ name: jobb }]\n')).toEqual([
      'error: ctxsize.config.yaml:1: no compose or bake file has a build "jobb", and it says no context; did you mean job?',
    ])
  })
})

describe('a configuration', () => {
  it('is told of with all that is wrong with it, by file, line and column', async () => {
    expect(await mistakes('budgets: { contxt: 5MB }\nfailOn: maybe\n')).toEqual([
      'error: ctxsize.config.yaml:1:12: "contxt" is no key of budgets; did you mean context?',
      'error: ctxsize.config.yaml:2:9: failOn: "maybe" is not one of error, warning, info, never',
    ])
  })

  it('that is wrong is told of as JSON where JSON is asked for', async () => {
    const { code, stdout } = await ctxsize('ls --format json', { tree: configured('a: 1\nb: 2\n') })
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      {
        error: {
          code: 'CONFIG_INVALID',
          message: 'ctxsize.config.yaml:1:1: "a" is no key of a configuration',
          others: [{ at: { file: 'ctxsize.config.yaml', line: 2 } }],
        },
      },
    ])
  })

  it('is told of by the path that was typed, or from the working directory', async () => {
    const among = { ...tree, '/conf/mine.yaml': 'x: 1\n', '/api/.ctxsizerc': 'y: 1\n' }
    const typed = await ctxsize('--config conf/mine.yaml', { tree: among })
    expect(typed.stderr).toContain('error: conf/mine.yaml:1:1: "x" is no key')
    expect((await ctxsize('ls api', { tree: among })).stderr).toContain('error: api/.ctxsizerc:1:1: "y" is')
  })

  it('that is named has paths relative to itself', async () => {
    const among = { ...tree, '/conf/mine.yaml': 'builds: [{ context: ../api, target: prod }]\n' }
    expect(await measured('--config conf/mine.yaml', among)).toEqual(['- api>prod 30'])
  })

  it('costs nothing where --no-config says so, and nobody minds what is wrong with it', async () => {
    const { code } = await ctxsize('ls --no-config', { tree: configured('}') })
    expect(code).toBe(0)
  })

  it('prints no control characters of a hostile name', async () => {
    const { stderr } = await ctxsize('', { tree: configured('"\\e]0;x\\a\\n::error::": 1\n') })
    expect([...stderr].every((c) => c >= ' ' || c === '\n')).toBe(true)
    expect(stderr.split('\n').some((line) => line.startsWith('::'))).toBe(false)
  })
})

describe('a place that is closed', () => {
  const junk: MemoryTree = {
    '/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
    '/package.json': '{}',
    '/package-lock.json': '{"lockfileVersion":3}',
    '/node_modules/x/y.js': 1000,
    '/Jenkinsfile': 'node {\n  sh "docker build ${where}"\n}\n',
  }
  const safety = async (more: MemoryTree): Promise<readonly string[]> =>
    (await json<FixReport>('fix', { ...junk, ...more })).suggestions.flatMap(({ title, safety: how }) =>
      title.includes('node_modules') ? [how] : [],
    )

  it('keeps nothing from being proved', async () => {
    expect(await safety({})).toEqual(['review'])
    const at = (line: string) => ({
      '/.ctxsizerc': `closed: [{ file: Jenkinsfile, ${line}reason: it builds another repository }]\n`,
    })
    expect(await safety(at(''))).toEqual(['safe'])
    expect(await safety(at('line: 2, '))).toEqual(['safe'])
    expect(await safety(at('line: 3, '))).toEqual(['review'])
  })

  it('lies where the configuration says, also for a context further down', async () => {
    const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-closed-')))
    try {
      const write = (name: string, text: string) => {
        fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
        fs.writeFileSync(path.join(dir, name), text)
      }
      for (const [name, text] of Object.entries(junk))
        if (typeof text === 'string') write(name === '/Jenkinsfile' ? name : `api${name}`, text)
      git(dir, 'init', '-q')
      git(dir, 'add', '-A')
      git(dir, 'commit', '-q', '-m', 'one')
      write('api/node_modules/x/y.js', 'x')
      const host = createNodeHost(gitEnvironment(dir))
      const safe = async (): Promise<readonly string[]> => {
        const { stdout } = await runOn(host, ['fix', '--format', 'json', path.join(dir, 'api')])
        const { suggestions } = JSON.parse(stdout) as FixReport
        return suggestions.flatMap(({ title, safety: how }) => (title.includes('node_modules') ? [how] : []))
      }
      expect(await safe()).toEqual(['review'])
      write('.config/ctxsize.yaml', 'closed: [{ file: Jenkinsfile, line: 2, reason: not here }]\n')
      expect(await safe()).toEqual(['safe'])
    } finally {
      fs.rmSync(dir, { recursive: true })
    }
  })

  it('is not listed among builds that cannot be read', async () => {
    expect((await json<BuildsReport>('builds', junk)).open).toHaveLength(1)
    const closed = { '/.ctxsizerc': 'closed: [{ file: Jenkinsfile, reason: x }]\n' }
    expect((await json<BuildsReport>('builds', { ...junk, ...closed })).open).toEqual([])
  })
})
