import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNodeHost } from '../../src/host/node.ts'
import type { Report } from '../../src/report.ts'
import { gitEnvironment } from '../git.ts'
import { type MadeCommit, makeHistory } from '../history/made-history.ts'
import { runOn } from './world.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-rebuilds-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = path.join(base, 'mono')

async function ctxsize(words: readonly string[], columns = 84): Promise<string> {
  const host = createNodeHost({ ...gitEnvironment(base), NO_COLOR: '1' })
  const { stdout, code } = await runOn(host, words, { columns })
  expect(code).toBe(0)
  return stdout
}

const app = (name: string) =>
  `FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build -w ${name}\nFROM node:22-slim\nCOPY --from=build /app /app\n`
const files: Readonly<Record<string, string>> = {
  'package.json': '{"name":"mono","private":true,"workspaces":["apps/*"]}',
  'package-lock.json': '{"lockfileVersion":3}',
  '.dockerignore': 'node_modules\n.git\n',
  'compose.yaml':
    'services:\n  api: { build: { context: ., dockerfile: apps/api/Dockerfile } }\n  web: { build: { context: ., dockerfile: apps/web/Dockerfile } }\n  docs: { build: docs }\n',
  'apps/api/Dockerfile': app('api'),
  'apps/web/Dockerfile': app('web'),
  'apps/api/package.json': '{"name":"api","scripts":{"build":"tsc"}}',
  'apps/web/package.json': '{"name":"web","scripts":{"build":"tsc"}}',
  'docs/Dockerfile': 'FROM nginx\nCOPY . /usr/share/nginx/html\n',
  'docs/index.html': 'docs\n',
  'README.md': 'readme\n',
}
const changes: Readonly<Record<string, number>> = {
  'apps/api/src/a.ts': 9,
  'apps/web/src/w.ts': 3,
  'package-lock.json': 2,
  'docs/index.html': 4,
  'README.md': 2,
}

/** Slow and plain: in how many commits a file that the test lets through is another one than before. */
function slowCount(line: readonly MadeCommit[], reads: (file: string) => boolean): number {
  const seen = line.map(({ tree }) => JSON.stringify([...tree].filter(([file]) => reads(file)).sort()))
  return seen.slice(1).filter((one, i) => one !== seen[i]).length
}

describe('a repository with many images', () => {
  let line: readonly MadeCommit[] = []
  let report: Report
  beforeAll(async () => {
    line = makeHistory(at, ({ commit, put }) => {
      commit('root', (tree) => {
        for (const [file, text] of Object.entries(files)) put(file, text)(tree)
        for (const file of ['apps/api/src/a.ts', 'apps/web/src/w.ts']) put(file)(tree)
      })
      for (const [file, count] of Object.entries(changes))
        for (let i = 0; i < count; i++)
          commit(file, put(file, file.endsWith('.json') ? `{"lockfileVersion":3,"name":"${i}"}` : undefined))
    })
    report = JSON.parse(await ctxsize([at, '--format', 'json'])) as Report
  })

  const rebuilt = () =>
    Object.fromEntries(
      report.contexts.flatMap(({ targets }) =>
        targets.map(({ name, history }) => [name, history && { ...history.rebuilt, of: history.compared }]),
      ),
    )

  it('counts for each image the commits that change what it reads, now and with the fixes', () => {
    const sent = (file: string) => !/^(?:\.git|node_modules)(?:\/|$)/.test(file)
    // What `ctxsize fix --include review` keeps out: what is about the project, not of it.
    const needed = (file: string) => sent(file) && !/^(?:README\.md|compose\.yaml|docs\/)/.test(file)
    // Of the packages each copies its own then, and the manifests of all.
    const wide = (own: string) => ({
      now: slowCount(line, sent),
      afterFix: slowCount(line, sent),
      withReview: slowCount(
        line,
        (file) => needed(file) && (!file.startsWith('apps/') || file.startsWith(`apps/${own}/`)),
      ),
      of: line.length - 1,
    })
    expect([wide('api').now, wide('api').withReview, wide('web').withReview]).toEqual([20, 11, 5])
    const docs = slowCount(line, (file) => file.startsWith('docs/'))
    expect(rebuilt()).toEqual({
      api: wide('api'),
      web: wide('web'),
      docs: { now: docs, afterFix: null, withReview: null, of: 20 },
    })
  })

  it('tells of each install how often it runs, now and with the fixes', () => {
    const [api] = report.contexts[0]?.targets ?? []
    expect(api?.history?.instructions.find(({ installs }) => installs !== null)).toMatchObject({
      installs: 'npm ci',
      lost: 20,
      afterFix: { lost: slowCount(line, (file) => /(?:^|\/)package(?:-lock)?\.json$/.test(file)) },
    })
  })

  it('says in one sentence how many of them a commit rebuilds, and how many would do', async () => {
    const screen = await ctxsize([at])
    // (20 + 20 + 4) of 20 commits, (11 + 5 + 4) with all that is proposed.
    expect(screen.replace(/\s+/g, ' ')).toContain(
      '✗ A commit rebuilds 2.2 of 3 images, on average of the last 21 commits. 1.0 would do.',
    )
    expect(screen).toMatch(/^ {2}api +\S+ +20 {2}█{10} +20 +11 {2}apps\/$/m)
    expect(screen).toMatch(/^ {2}docs +\S+ +4 {2}██ +4 +4 {2}fine$/m)
  })

  it('says of each fix what it changes for all images, after those above it', async () => {
    const screen = (await ctxsize([at])).replace(/\s+/g, ' ')
    expect(screen).toContain('npm ci 2.0 → 0.2 a commit')
    expect(screen).toContain('2 copy apps/api instead of everything 2.2 → 1.8 images a commit')
    expect(screen).toContain('3 copy apps/web instead of everything 1.8 → 1.0 images a commit')
    // Neither reads then what is about the project.
    expect(screen).toContain('670B → 450B you decide')
  })

  it('says how many of them read .git, and so are never found', async () => {
    const sends = path.join(base, 'sends')
    makeHistory(sends, ({ commit, put }) => {
      commit('root', (tree) => {
        put(
          'compose.yaml',
          'services:\n  a: { build: a }\n  b: { build: { context: ., dockerfile: a/Dockerfile } }\n',
        )(tree)
        put('a/Dockerfile', 'FROM scratch\nCOPY . /\n')(tree)
      })
      for (let i = 0; i < 3; i++) commit(`${i}`, put('docs/x'))
    })
    expect((await ctxsize([sends])).replace(/\s+/g, ' ')).toContain(
      '✗ A commit rebuilds 1.0 of 2 images, on average of the last 4 commits. 0.0 would do. 1 of them reads .git, which differs after every commit: until it stays out it is never found in the cache.',
    )
  })

  it('does not ask for .git to stay out where a step of them asks git', async () => {
    const asking = path.join(base, 'asking')
    makeHistory(asking, ({ commit, put }) => {
      commit('root', (tree) => {
        put(
          'compose.yaml',
          'services:\n  a: { build: a }\n  b: { build: { context: ., dockerfile: a/Dockerfile } }\n',
        )(tree)
        put('a/Dockerfile', 'FROM golang\nCOPY . /\nRUN make app\n')(tree)
        put('Makefile', 'SHA := $(shell git rev-parse HEAD)\napp:\n\tgo build .\n')(tree)
      })
      for (let i = 0; i < 3; i++) commit(`${i}`, put('docs/x'))
    })
    const screen = (await ctxsize([asking])).replace(/\s+/g, ' ')
    expect(screen).toContain(
      '1 of them reads .git, which differs after every commit, so that it is never found in the cache; make asks git (Makefile:1).',
    )
    expect(screen).not.toContain('stays out')
  })

  it('does not count what is made before the build, which no commit has', async () => {
    const packed = path.join(base, 'packed')
    makeHistory(packed, ({ commit, put }) => {
      commit('root', (tree) => {
        put('.gitignore', 'target\n')(tree)
        put('compose.yaml', 'services:\n  a: { build: . }\n  b: { build: web }\n')(tree)
        put('Dockerfile', 'FROM scratch\nCOPY target/a.jar /\n')(tree)
        put('web/Dockerfile', 'FROM scratch\nCOPY index.html /\n')(tree)
        put('web/index.html', 'a')(tree)
      })
      for (let i = 0; i < 3; i++) commit(`${i}`, put('src/A.java'))
    })
    fs.mkdirSync(path.join(packed, 'target'))
    fs.writeFileSync(path.join(packed, 'target/a.jar'), 'jar')
    const screen = await ctxsize([packed])
    expect(screen.replace(/\s+/g, ' ')).toContain(
      'What 1 of 2 images takes is made before the build, and git has none of it: how often a commit rebuilds it, its history does not tell.',
    )
    expect(screen).toMatch(/^ {2}a +\S+ +0 .* made before$/m)
  })

  it('calls it a bound where steps hang on what another stage has made of it', async () => {
    const pruned = path.join(base, 'pruned')
    const image = (name: string) =>
      [
        ...['FROM node AS pruner', 'WORKDIR /app', 'COPY . .', `RUN npx turbo prune ${name} --docker`],
        ...['FROM node', 'COPY --from=pruner /app/out/json/ .', 'RUN npm ci', ''],
      ].join('\n')
    makeHistory(pruned, ({ commit, put }) => {
      commit('root', (tree) => {
        put(
          'compose.yaml',
          'services:\n  a: { build: { context: ., dockerfile: a/Dockerfile } }\n  b: { build: { context: ., dockerfile: b/Dockerfile } }\n',
        )(tree)
        for (const name of ['a', 'b']) put(`${name}/Dockerfile`, image(name))(tree)
        put('.dockerignore', '.git\n')(tree)
      })
      for (let i = 0; i < 3; i++) commit(`${i}`, put('a/x.js'))
    })
    expect((await ctxsize([pruned])).replace(/\s+/g, ' ')).toContain(
      'A commit rebuilds at most 2.0 of 2 images, on average of the last 4 commits.',
    )
  })

  it.each([60, 72, 84])('fits %d columns', async (width) => {
    const screen = await ctxsize([at, '-v'], width)
    const lines = screen.split('\n').filter((one) => !one.includes(at))
    expect(Math.max(...lines.map((one) => [...one].length))).toBeLessThanOrEqual(width)
    for (const name of ['api', 'web', 'docs'])
      expect(screen).toMatch(new RegExp(`^ {2}${name} .* \\d+ `, 'm'))
  })
})
