import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createNodeHost } from '../../src/host/node.ts'
import type { AffectedReport } from '../../src/report.ts'
import { gitEnvironment, git as runGit } from '../git.ts'
import { runOn } from './world.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-affected-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

const environment = { ...gitEnvironment(base), NO_COLOR: '1' }

let dir = base
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(base, 'case-'))
  git('init', '-q', '-b', 'main')
})

const git = (...args: readonly string[]) => runGit(dir, ...args)

/** Null: the file goes. */
function commit(files: Readonly<Record<string, string | null>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name)
    if (text === null) fs.rmSync(file, { recursive: true })
    else {
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, text)
    }
  }
  git('add', '-A')
  git('commit', '-q', '-m', 'c')
}

const run = (...words: readonly string[]) => runOn(createNodeHost(environment), words)

async function affected(...words: readonly string[]): Promise<AffectedReport> {
  const { stdout: out } = await run('affected', ...words, '--format', 'json', dir)
  // What comes is what the schema test holds against the schema.
  return JSON.parse(out) as AffectedReport
}

/** Name → the paths that touch it, since the first commit. */
async function touched(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { builds } = await affected('--since', 'HEAD~1')
  return Object.fromEntries(
    builds.map(({ name, dockerfile, paths }) => [name ?? dockerfile ?? '', paths.map((one) => one.path)]),
  )
}

const shop = {
  'compose.yaml':
    'services:\n  api:\n    build: { context: ., dockerfile: api/Dockerfile }\n  web:\n    build: { context: ., dockerfile: web/Dockerfile }\n  proxy:\n    build: ./proxy\n  lib:\n    build:\n      context: lib-image\n      additional_contexts: { shared: ./shared }\n',
  'api/Dockerfile': 'FROM scratch\nCOPY api shared /x/\n',
  'api/main.js': '1',
  'web/Dockerfile': 'FROM scratch\nCOPY web /x\n',
  'web/Dockerfile.dockerignore': '**/*.md\n',
  'web/index.html': '1',
  'web/notes.md': '1',
  'proxy/Dockerfile': 'FROM scratch\nCOPY . /x\n',
  'proxy/proxy.conf': '1',
  'proxy/.dockerignore': 'notes\n',
  'lib-image/Dockerfile': 'FROM scratch\nCOPY --from=shared lib /x\n',
  'shared/lib/a': '1',
  'docs/a.md': '1',
}

describe('ctxsize affected', () => {
  it('names the builds that read what changed, and by which paths', async () => {
    commit(shop)
    commit({ 'api/main.js': '2', 'docs/a.md': '2', 'proxy/notes': 'x' })
    expect(await touched()).toEqual({ api: ['api/main.js'] })
  })

  it('counts a path that is gone, and both names of one that moved', async () => {
    commit(shop)
    commit({ 'web/index.html': null, 'web/start.html': '1' })
    expect(await touched()).toEqual({ web: ['web/index.html', 'web/start.html'] })
    commit({ 'api/main.js': null })
    expect(await touched()).toEqual({ api: ['api/main.js'] })
  })

  it('does not count a path that the ignore file of that build drops', async () => {
    commit(shop)
    commit({ 'web/notes.md': '2' })
    expect(await touched()).toEqual({})
  })

  it('counts a change of a Dockerfile, and of the ignore file that is in force', async () => {
    commit(shop)
    commit({ 'proxy/Dockerfile': 'FROM scratch\nCOPY . /y\n' })
    expect(await touched()).toEqual({ proxy: ['Dockerfile'] })
    commit({ 'web/Dockerfile.dockerignore': '**/*.txt\n' })
    expect(await touched()).toEqual({ web: ['web/Dockerfile.dockerignore'] })
    commit({ 'proxy/.dockerignore': null })
    expect(await touched()).toEqual({ proxy: ['.dockerignore'] })
  })

  it('does not count an ignore file that another one stands in front of', async () => {
    commit({ ...shop, '.dockerignore': 'docs\n' })
    commit({ '.dockerignore': 'docs\nx\n' })
    expect(Object.keys(await touched())).toEqual(['api'])
  })

  it('names what changed of a named context with the name of it', async () => {
    commit(shop)
    commit({ 'shared/lib/a': '2' })
    expect(await touched()).toEqual({ api: ['shared/lib/a'], lib: ['shared:lib/a'] })
  })

  it('takes a build for touched that was written down otherwise, and no other of that file', async () => {
    commit(shop)
    commit({
      'compose.yaml': `${shop['compose.yaml'].replace('context: ./proxy', '')}`.replace(
        'build: ./proxy',
        'build: { context: ./proxy, args: { A: "1" } }\n    ports: ["80:80"]',
      ),
    })
    expect(await touched()).toEqual({ proxy: [] })
    commit({ 'compose.yaml': `# a remark\n${fs.readFileSync(path.join(dir, 'compose.yaml'), 'utf8')}` })
    expect(await touched()).toEqual({})
  })

  it('counts a Dockerfile outside of the context, and the ignore file of a named one', async () => {
    commit({
      ...shop,
      'compose.yaml': `${shop['compose.yaml']}  far: { build: { context: ./docs, dockerfile: ../images/far.Dockerfile } }\n`,
      'images/far.Dockerfile': 'FROM scratch\nCOPY a.md /x\n',
    })
    commit({ 'images/far.Dockerfile': 'FROM scratch\nCOPY a.md /y\n', 'shared/.dockerignore': 'x\n' })
    expect(await touched()).toEqual({
      api: ['shared/.dockerignore'],
      far: ['../images/far.Dockerfile'],
      lib: ['shared:.dockerignore'],
    })
  })

  it('asks about the last commit in common, not about what others did since', async () => {
    commit(shop)
    git('checkout', '-q', '-b', 'topic')
    commit({ 'api/main.js': '2' })
    git('checkout', '-q', 'main')
    commit({ 'web/index.html': '2' })
    git('checkout', '-q', 'topic')
    const { builds } = await affected('--since', 'main')
    expect(builds.map(({ name }) => name)).toEqual(['api'])
  })

  it('takes for touched what cannot be read: a Dockerfile, a context that is not there', async () => {
    commit({
      ...shop,
      'proxy/Dockerfile': 'FRM x\n',
      'compose.yaml': `${shop['compose.yaml']}  out: { build: ./dist }\n`,
    })
    commit({ 'docs/a.md': '2' })
    const { builds, all } = await affected('--since', 'HEAD~1')
    expect(builds.map(({ name, because }) => [name, because?.split(':')[0]])).toEqual([
      ['out', 'no such directory'],
      ['proxy', 'dockerfile parse error on line 1'],
    ])
    expect(all).toBe(5)
  })

  it('names what cannot be read at all, which may be touched too', async () => {
    commit({
      ...shop,
      Jenkinsfile:
        'pipeline {\n  stages {\n    stage("x") {\n      steps {\n        sh "docker build -f ${params.FILE} ${params.DIR}"\n      }\n    }\n  }\n}\n',
    })
    commit({ 'docs/a.md': '2' })
    const { open } = await affected('--since', 'HEAD~1')
    expect(open.map(({ at }) => at)).toEqual([{ file: 'Jenkinsfile', line: 5 }])
    const { stdout: out } = await run('affected', '--since', 'HEAD~1', dir)
    expect(out.replace(/\s+/g, ' ')).toMatch(/0 of 4 builds read something .* Jenkinsfile:5 .* touched too/)
  })

  it('works in a directory of the repository', async () => {
    commit(shop)
    commit({ 'proxy/proxy.conf': '2', 'api/main.js': '2' })
    const { stdout: out } = await run(
      'affected',
      '--since',
      'HEAD~1',
      '--format',
      'json',
      path.join(dir, 'proxy'),
    )
    const { builds } = JSON.parse(out) as AffectedReport
    expect(builds.map(({ paths }) => paths.map((one) => one.path))).toEqual([['proxy.conf']])
  })

  it('takes the builds that a file names', async () => {
    commit(shop)
    commit({ 'api/main.js': '2', 'web/index.html': '2' })
    const { code, stdout: out } = await run(
      ...[
        'affected',
        '--since',
        'HEAD~1',
        '--format',
        'json',
        '-C',
        dir,
        '-f',
        'compose.yaml',
        'web',
        'proxy',
      ],
    )
    expect(code).toBe(0)
    expect((JSON.parse(out) as AffectedReport).builds.map(({ name }) => name)).toEqual(['web'])
  })

  it('prints a matrix on one line, also when it is empty', async () => {
    commit(shop)
    commit({ 'api/main.js': '2' })
    const { stdout: out, code } = await run('affected', '--since', 'HEAD~1', '--matrix', dir)
    expect(code).toBe(0)
    expect(out.endsWith('}\n') && out.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(out)).toEqual({
      include: [{ name: 'api', context: '.', dockerfile: 'api/Dockerfile', target: null }],
    })
    commit({ 'docs/a.md': '9' })
    expect((await run('affected', '--since', 'HEAD~1', '--matrix', dir)).stdout).toBe('{"include":[]}\n')
  })

  it('ends with 2 without --since, for a commit that is unknown, and outside of a repository', async () => {
    commit(shop)
    expect(await run('affected', dir)).toMatchObject({ code: 2, stdout: '' })
    expect(await run('affected', '--since', 'nowhere', dir)).toMatchObject({ code: 2, stdout: '' })
    expect((await run('affected', '--since', '--output=x', dir)).code).toBe(2)
    const bare = fs.mkdtempSync(path.join(base, 'bare-'))
    fs.writeFileSync(path.join(bare, 'Dockerfile'), 'FROM scratch\n')
    expect((await run('affected', '--since', 'HEAD', bare)).stderr).toContain('known to git only')
  })
})
