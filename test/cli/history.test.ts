import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNodeHost } from '../../src/host/node.ts'
import { gitEnvironment } from '../git.ts'
import { makeHistory } from '../history/made-history.ts'
import { runOn } from './world.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-history-cli-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = path.join(base, 'app')

const ctxsize = (words: readonly string[], columns?: number) =>
  runOn(
    createNodeHost({ ...gitEnvironment(base), NO_COLOR: '1' }),
    words,
    columns === undefined ? {} : { columns },
  )

/** Widths; a command that names a long directory is not broken. */
const linesOf = (out: string) =>
  out.split('\n').flatMap((line) => (line.includes(at) ? [] : [[...line].length]))

beforeAll(() => {
  makeHistory(at, ({ commit, put }) => {
    commit('root', (tree) => {
      const files: Readonly<Record<string, string>> = {
        Dockerfile:
          'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM nginx\nCOPY --from=build /app /x\nRUN true\n',
        'package.json': '{"name":"a"}',
        'package-lock.json': '{"lockfileVersion":3}',
        '.gitignore': 'uploads\n',
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with: { context: . }\n',
      }
      for (const [file, text] of Object.entries(files)) put(file, text)(tree)
    })
    for (let i = 0; i < 8; i++) commit(`docs ${i}`, put('docs/a.md'))
    for (let i = 0; i < 3; i++)
      commit(`lock ${i}`, put('package-lock.json', `{"lockfileVersion":3,"name":"${i}"}`))
    commit('both', (tree) => {
      put('docs/a.md')(tree)
      put('src/\u001b[31m.ts')(tree)
    })
  })
  fs.mkdirSync(path.join(at, 'uploads'))
  fs.writeFileSync(path.join(at, 'uploads/a.bin'), 'x'.repeat(5000))
})

describe('ctxsize history', () => {
  it('tells what ran again and how often, what would help most, and how much of it is left then', async () => {
    const { stdout: out, code } = await ctxsize(['history', at])
    expect(code).toBe(0)
    expect(out).toContain('✗ npm ci (line 4) ran again in 12 of the last 13 commits')
    expect(out).toMatch(/What helps most: copy manifests before npm ci\. Then it is 3 instead of 12\./)
    expect(out).toMatch(/^ +4 {2}RUN npm ci +12 +3 +█+$/m)
  })

  it('says first that what reads .git is never found, in how many of how many', async () => {
    const { stdout: out } = await ctxsize(['history', at])
    expect(out.replace(/\s+/g, ' ')).toContain(
      'line 3 reads .git, which differs after every commit and in every clone: lost in 12 of 13 commits',
    )
    expect(out.split('What would help')[1]?.split('\n')[1]).toContain('line 3 can be found at all')
  })

  it('says so in the verdict where an install before it is in order, and what is left after it', async () => {
    const ordered = path.join(base, 'ordered')
    makeHistory(ordered, ({ commit, put }) => {
      commit('root', (tree) => {
        put(
          'Dockerfile',
          'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n',
        )(tree)
        put('.dockerignore', 'node_modules\n')(tree)
        put('package.json', '{"name":"a"}')(tree)
        put('package-lock.json', '{"lockfileVersion":3}')(tree)
      })
      commit('lock', put('package-lock.json', '{"lockfileVersion":3,"name":"a"}'))
      for (let i = 0; i < 6; i++) commit(`docs ${i}`, put('docs/a.md'))
      for (let i = 0; i < 3; i++) commit(`src ${i}`, put('src/a.js'))
    })
    const { stdout } = await ctxsize(['history', ordered])
    const out = stdout.replace(/\s+/g, ' ')
    expect(out).toContain(
      '✗ RUN npm run build (line 6) ran again in 10 of the last 11 commits: line 5 reads .git. What helps: drop .git/. Then line 5 can be found at all.',
    )
    expect(out).toContain('after those above RUN npm run build 10 → 4 you decide')
  })

  it('says that CI keeps no layers, with the lines that would change that', async () => {
    const { stdout: out } = await ctxsize(['history', at])
    expect(out).toContain('CI keeps no layer cache (.github/workflows/ci.yml:7)')
    expect(out).toContain('cache-to: type=gha,mode=max')
  })

  it.each([
    [
      '.github/workflows/ci.yml',
      'on: push\njobs:\n  a:\n    runs-on: self-hosted\n    steps:\n      - run: docker build .\n',
      6,
    ],
    ['.gitlab-ci.yml', 'job:\n  script:\n    - docker build .\n', 3],
  ])('leaves open whether CI keeps layers on a machine of its own: %s', async (file, text, line) => {
    const own = path.join(base, `own ${path.basename(file)}`)
    makeHistory(own, ({ commit, put }) => {
      commit('root', (tree) => {
        put('Dockerfile', 'FROM scratch\nCOPY a /\n')(tree)
        put('a')(tree)
        put(file, text)(tree)
      })
      commit('a', put('a'))
    })
    const out = (await ctxsize(['history', own])).stdout.replace(/\s+/g, ' ')
    expect(out).toContain(`CI names no layer cache (${file}:${line}): it finds layers only where its machine`)
    expect(out).not.toContain('CI keeps no layer cache')
  })

  it('names what is read but not tracked, without a count', async () => {
    expect((await ctxsize(['history', at])).stdout.replace(/\s+/g, ' ')).toContain(
      'is not counted: uploads/ 5.00kB',
    )
  })

  it.each([60, 72, 84, 120])(
    'fits a terminal of %d columns, and prints no control characters',
    async (columns) => {
      const { stdout: out } = await ctxsize(['history', at], columns)
      expect(Math.max(...linesOf(out))).toBeLessThanOrEqual(columns)
      expect(out).not.toContain('\u001b')
      expect(out).toContain('█')
    },
  )

  it('says in one line that there is nothing to compare with', async () => {
    expect((await ctxsize(['history', '-n', '1', '--since', '2001-01-01', at, '--quiet'])).stdout).toMatch(
      /^✗/,
    )
    const root = path.join(base, 'root')
    makeHistory(root, ({ commit, put }) => commit('root', put('Dockerfile', 'FROM scratch\nCOPY . /\n')))
    expect((await ctxsize(['history', '--quiet', root])).stdout).toBe(
      '✓ There is no earlier commit to compare with.\n',
    )
  })

  it('takes a number of commits, a date, or both, and nothing else for either', async () => {
    const count = async (...words: string[]) =>
      JSON.parse((await ctxsize(['history', '--format', 'json', ...words, at])).stdout).commits
    expect(await count('-n', '5')).toBe(5)
    expect(await count('-n5', '--since', '2001-01-01')).toBe(5)
    expect(await count('--since', '2001-01-01')).toBe(13)
    expect(await count('--since', '1700000400 +0000')).toBe(7)
    expect((await ctxsize(['history', '-n', 'x', at])).stderr).toContain('needs a number of commits, got "x"')
    expect((await ctxsize(['history', '--since', 'banana', at])).stderr).toContain(
      'git knows no such date: banana',
    )
    expect((await ctxsize(['history', at, '--since', '--output=/x'])).code).toBe(2)
  })

  it('weighs losses by the seconds of a build, and says what that came to', async () => {
    const log = path.join(base, 'timings.json')
    const step = (name: string, seconds: number) =>
      JSON.stringify({
        vertexes: [
          {
            digest: name,
            name,
            started: '2026-01-01T00:00:00Z',
            completed: `2026-01-01T00:0${seconds / 60}:00Z`,
          },
        ],
      })
    fs.writeFileSync(log, `${step('[build 3/4] COPY . .', 60)}\n${step('[build 4/4] RUN npm ci', 300)}\n`)
    const document = JSON.parse((await ctxsize(['history', '--timings', log, '--format', 'json', at])).stdout)
    expect(document.cost).toEqual({ now: 12 * 360, afterFix: 12 * 60 + 3 * 300 })
    const { stdout: out } = await ctxsize(['history', '--timings', log, at])
    expect(out.replace(/\s+/g, ' ')).toContain(
      'By the times of your build that took 1.2 hours in all, 27.0 minutes with ctxsize fix.',
    )
    expect((await ctxsize(['history', '--timings', 'nowhere', at])).stderr).toContain(
      'cannot read nowhere (ENOENT)',
    )
  })

  it('exits with 2 where there is no repository, and says what to do', async () => {
    const bare = path.join(base, 'bare')
    fs.mkdirSync(bare)
    fs.writeFileSync(path.join(bare, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    const { code, stderr: err } = await ctxsize(['history', bare])
    expect(code).toBe(2)
    expect(err).toContain('the context is in no git repository')
  })

  it('describes the first build of a file that defines some', async () => {
    const file = path.join(base, 'compose.yaml')
    fs.writeFileSync(file, 'services:\n  web:\n    build: { context: ./app, target: build }\n')
    const { stdout: out } = await ctxsize(['history', '--format', 'json', '-f', file, '-C', base])
    expect(JSON.parse(out)).toMatchObject({
      build: { root: 'app', dockerfile: 'Dockerfile', target: 'build' },
      instructions: [{ line: 3 }, { line: 4 }],
      notes: expect.not.arrayContaining([expect.stringContaining('builds')]),
    })
  })

  it('says of a repository with many builds that this is the first, and where the others are told', async () => {
    const many = path.join(base, 'many')
    makeHistory(many, ({ commit, put }) => {
      commit('root', (tree) => {
        put('compose.yaml', 'services:\n  a: { build: a }\n  b: { build: b }\n')(tree)
        for (const name of ['a', 'b']) put(`${name}/Dockerfile`, 'FROM scratch\nCOPY . /\n')(tree)
      })
      commit('a', put('a/x'))
    })
    const told = async (...words: string[]) =>
      (await ctxsize(['history', ...words])).stdout.replace(/\s+/g, ' ')
    const which = 'this is the first of 2 builds: ctxsize . tells of all of them, -f FILE NAME takes another'
    expect(await told(many)).toContain(which)
    expect(await told('-C', many, '-f', 'compose.yaml', 'b')).not.toContain('builds')
    expect(await told(path.join(many, 'a'))).not.toContain('builds')
  })
})
