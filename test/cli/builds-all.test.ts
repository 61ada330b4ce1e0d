/** One build or all: which ones a command line is about. */

import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { BuildsReport, Report, SentReport, WhyReport } from '../../src/report.ts'
import { type Circumstances, ctxsize } from './world.ts'

const tree: MemoryTree = {
  '/compose.yaml':
    'services:\n  web: { build: { context: web, target: prod } }\n  api: { build: api }\n  git: { build: "https://example.com/r.git" }\n',
  '/docker-bake.hcl':
    'group "default" { targets = ["docs"] }\ntarget "docs" { context = "docs" }\ntarget "extra" {\n  context = "docs"\n  target = "x"\n}\n',
  '/web/Dockerfile': 'FROM scratch AS dev\nCOPY . /d\nFROM scratch AS prod\nCOPY a /p\n',
  '/web/a': 10,
  '/web/b': 20,
  '/api/Dockerfile': 'FROM scratch\nCOPY c /c\n',
  '/api/c': 30,
  '/docs/Dockerfile': 'FROM scratch AS x\nCOPY x /x\nFROM scratch\nCOPY d /d\n',
  '/docs/d': 40,
  '/docs/x': 50,
}
const withPlain: MemoryTree = { ...tree, '/Dockerfile': 'FROM scratch\nCOPY top /t\n', '/top': 60 }

// What comes of a verb is what the schema test holds against the schema.
async function json<T>(line: string, circumstances: Circumstances = { tree }): Promise<T> {
  return JSON.parse((await ctxsize(`${line} --format json`, circumstances)).stdout) as T
}

async function measured(line: string, among: MemoryTree = tree): Promise<readonly string[]> {
  const { contexts } = await json<Report>(line, { tree: among })
  return contexts.flatMap(({ root, targets }) =>
    targets.map(({ target, transfer }) => `${root}${target === null ? '' : `>${target}`} ${transfer.bytes}`),
  )
}

describe('a command line', () => {
  it('that names nothing is about all builds, the plain one first', async () => {
    expect(await measured('')).toEqual(['api 30', 'docs 40', 'web>prod 10'])
    expect(await measured('', withPlain)).toEqual(['. 60', 'api 30', 'docs 40', 'web>prod 10'])
  })

  it.each([
    ['-f web/Dockerfile web', '. 30'],
    ['--target dev web', '.>dev 62'],
    ['--build-arg A=1 api', '. 30'],
    ['--build-context n=docs api', '. 30'],
  ])('that spells out one build is about that: %s', async (line, told) => {
    const found = await measured(line)
    expect(found).toHaveLength(1)
    expect(found[0]?.split(' ')[0]).toBe(told.split(' ')[0])
  })

  it('that names a file is about its builds, or about those of them that it names', async () => {
    expect(await measured('-f compose.yaml')).toEqual(['api 30', 'web>prod 10'])
    expect(await measured('-f compose.yaml web')).toEqual(['web>prod 10'])
    expect(await measured('-f docker-bake.hcl')).toEqual(['docs 40'])
  })

  it('that names a target of bake is about it, in a group or not', async () => {
    expect(await measured('-f docker-bake.hcl extra')).toEqual(['docs>x 50'])
    expect((await json<BuildsReport>('builds')).builds.map(({ target }) => target)).not.toContain('x')
  })

  it('is about no Dockerfile only where there is no build at all', async () => {
    const none = await ctxsize('', { tree: { '/a': 1 } })
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no Dockerfile')])
    const remote = await ctxsize('', {
      tree: { '/compose.yaml': 'services:\n  a: { build: "https://example.com/r.git" }\n' },
    })
    expect(remote.code).toBe(2)
    expect(remote.stderr).toContain('compose.yaml:2: docker fetches https://example.com/r.git by itself')
  })

  it('ends with 2 where a context is missing, and measures the others', async () => {
    const gone = { ...tree, '/compose.yaml': 'services:\n  a: { build: api }\n  z: { build: dist }\n' }
    const { code, stdout, stderr } = await ctxsize('--format json', { tree: gone })
    expect(code).toBe(2)
    expect(stderr).toContain('compose.yaml:3: no such directory: dist')
    expect((JSON.parse(stdout) as Report).contexts.map(({ root }) => root)).toEqual(['api', 'docs', 'web'])
  })
})

describe('a verb that describes one build', () => {
  const sent = async (line: string, among: MemoryTree = tree) => {
    const { build, entries } = await json<SentReport>(line, { tree: among })
    return [build, entries.map(({ path }) => path)]
  }

  it('takes the plain one where there is a Dockerfile', async () => {
    expect(await sent('ls', withPlain)).toEqual([
      { root: '.', dockerfile: 'Dockerfile', target: null },
      ['top'],
    ])
  })

  it('takes the first one where there is none', async () => {
    expect(await sent('ls')).toEqual([{ root: 'api', dockerfile: 'Dockerfile', target: null }, ['c']])
    const { build, paths } = await json<WhyReport>('why c')
    expect([build.root, paths[0]?.fate]).toEqual(['api', 'read'])
  })

  it('takes the one that is named', async () => {
    expect(await sent('ls -f compose.yaml web')).toEqual([
      { root: 'web', dockerfile: 'Dockerfile', target: 'prod' },
      ['a'],
    ])
    const { build, paths } = await json<WhyReport>('why -f compose.yaml web b')
    expect([build.target, paths.map(({ path, fate }) => [path, fate])]).toEqual(['prod', [['b', 'unread']]])
  })

  it('takes a word after -f compose.yaml for a path where it stands alone', async () => {
    const { paths } = await json<WhyReport>('why -f compose.yaml web')
    expect(paths.map(({ path }) => path)).toEqual(['web'])
  })

  it('says that a build is fetched by docker where that is the one', async () => {
    const { code, stderr } = await ctxsize('ls -f compose.yaml git', { tree })
    expect([code, stderr]).toEqual([2, expect.stringContaining('docker fetches https://example.com/r.git')])
  })

  it('lists the same for a directory that is named', async () => {
    const nested = Object.fromEntries(Object.entries(tree).map(([name, entry]) => [`/repo${name}`, entry]))
    expect(await sent('ls repo', nested)).toEqual([
      { root: 'api', dockerfile: 'Dockerfile', target: null },
      ['c'],
    ])
  })
})
