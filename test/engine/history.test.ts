/** What `ctxsize history` counts against what BuildKit does: each commit is built, and the log read for what came from the cache. */

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { historyReport } from '../../src/answers/history.ts'
import { readHistory } from '../../src/history/read.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { propose } from '../../src/propose.ts'
import type { InstructionHistory } from '../../src/report.ts'
import { scan } from '../../src/scan.ts'
import { git, gitEnvironment } from '../git.ts'
import { type MadeCommit, makeHistory } from '../history/made-history.ts'
import { plainBuild } from '../scan-tree.ts'
import { cachedSteps } from './cached-steps.ts'
import { type Engine, startEngine } from './engine.ts'
import { orSkip } from './required.ts'

const engine = orSkip(await startEngine(), 'engine')
const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-replay-')))
afterAll(async () => {
  fs.rmSync(top, { recursive: true, force: true })
  await engine?.stop()
})

const host = createNodeHost(gitEnvironment(top))

/** For each commit what became of each instruction, by its text: `o`, `l`, `m`, `.`; the oldest commit first. */
function predicted(at: string): readonly InstructionHistory[] {
  const proposed = propose(host, scan(host, { ...plainBuild, context: at }), { thorough: false })
  const range = { count: 150, since: null, wantsSteps: false, review: false }
  return historyReport(proposed, readHistory(host, proposed, range)).instructions
}

/** Builds every commit in turn; which instructions came from the cache. */
async function observed(
  on: Engine,
  at: string,
  line: readonly MadeCommit[],
): Promise<readonly Map<string, boolean>[]> {
  const client = on.clients.find(({ canBuildkit }) => canBuildkit)
  if (!client) throw new Error('no docker client here can ask for BuildKit')
  const commits = git(at, 'rev-list', '--first-parent', '--reverse', 'HEAD').trim().split('\n')
  expect(commits.length).toBe(line.length)
  const seen: Map<string, boolean>[] = []
  for (const commit of commits) {
    git(at, 'checkout', '-q', commit)
    const { exitCode, log } = await on.buildkit(client, at)
    expect(exitCode, log).toBe(0)
    seen.push(cachedSteps(log))
  }
  git(at, 'checkout', '-q', 'main')
  return seen
}

const shell = engine?.shellImage ?? 'scratch'
interface Case {
  readonly dockerfile: string
  readonly ignore: string
  /** What can become of an instruction of it. */
  readonly letters: string
}
const cases: Readonly<Record<string, Case>> = {
  'stages on stages, a bind mount, a copy from a stage': {
    ignore: '.git\n*.log\ndocs/private\n',
    letters: '.olm',
    dockerfile: `FROM ${shell} AS deps
COPY package*.json /deps/
RUN touch /installed
FROM deps AS build
COPY src /src
RUN --mount=type=bind,source=config,target=/config ls /config
COPY docs /docs
RUN touch /built
FROM ${shell}
COPY tools /tools
COPY --from=build /src /out
COPY . /all
RUN touch /done
`,
  },
  '.git in the context': {
    ignore: '',
    letters: '.ol',
    dockerfile: `FROM ${shell}
COPY src /src
RUN touch /early
COPY . /all
RUN touch /late
`,
  },
}

describe.skipIf(!engine?.shellImage)('a history of more than thirty commits', () => {
  const files = [
    'src/a.ts',
    'src/b/c.ts',
    'config/x',
    'docs/a',
    'docs/private/p',
    'tools/t',
    'x.log',
    'package.json',
    'README',
  ]
  const write = (
    at: string,
    { dockerfile, ignore }: { readonly dockerfile: string; readonly ignore: string },
  ) =>
    makeHistory(at, ({ commit, merge, put }) => {
      commit('root', (tree) => {
        for (const file of [...files, 'src/lib/z']) put(file)(tree)
        put('Dockerfile', dockerfile)(tree)
        put('.dockerignore', ignore)(tree)
      })
      for (let i = 0; i < 20; i++) commit(`change ${i}`, put(files[(i * 5) % files.length] ?? 'README'))
      commit('empty', () => {})
      commit('mode', (tree) => put('src/a.ts', tree.get('src/a.ts')?.text, '100755')(tree))
      commit('rename', (tree) => {
        put('src/moved.ts', tree.get('src/b/c.ts')?.text)(tree)
        tree.delete('src/b/c.ts')
      })
      commit('a directory gone', (tree) => tree.delete('src/lib/z'))
      commit('another package', put('package-lock.json'))
      merge('a branch', [put('docs/b'), put('config/y')])
      merge('a branch of what is ignored', [put('y.log'), put('docs/private/q')])
      merge('a branch for nothing', [put('tools/u'), (tree) => tree.delete('tools/u')])
      for (let i = 0; i < 6; i++) commit(`more ${i}`, put(files[(i * 4 + 1) % files.length] ?? 'README'))
    })

  describe.each(Object.entries(cases))('%s', (name, files_) => {
    const { letters } = files_
    const told = files_.dockerfile.split('\n').filter((text) => /^(?:COPY|ADD|RUN) /.test(text))
    const at = path.join(top, name.replace(/\W+/g, '-'))
    let line: readonly MadeCommit[] = []
    let seen: readonly Map<string, boolean>[] = []
    beforeAll(async () => {
      if (!engine) return
      line = write(at, files_)
      seen = await observed(engine, at, line)
    }, 600_000)

    it('loses in the builder what ctxsize counts as lost, commit by commit', () => {
      expect(line.length).toBeGreaterThan(30)
      const wrong: string[] = []
      const instructions = predicted(at)
      // What is compared is all that was built, and of each kind there is some.
      expect(instructions.map(({ text }) => text)).toEqual(told)
      expect(new Set(instructions.flatMap(({ recent }) => [...recent.slice(1)]))).toEqual(new Set(letters))
      for (const { recent } of instructions) {
        expect(recent).toHaveLength(line.length)
        expect(recent[0]).toBe('-')
      }
      for (const { text, recent } of instructions)
        for (const [i, letter] of [...recent].entries()) {
          const cached = seen[i]?.get(text)
          if (i === 0 || letter === 'm') continue
          if (cached === undefined) wrong.push(`${line[i]?.what}: nothing is said of ${text}`)
          else if (cached !== (letter === '.'))
            wrong.push(`${line[i]?.what}: ${text} ${letter}, cached ${cached}`)
        }
      expect(wrong).toEqual([])
    })

    it('finds nothing of what reads .git, after any commit', () => {
      const all = predicted(at).filter(({ text }) => text === 'COPY . /all')
      expect(all).toHaveLength(1)
      const isSent = files_.ignore === ''
      expect(all.map(({ own }) => own === line.length - 1)).toEqual([isSent])
      const found = seen.slice(1).filter((one) => one.get('COPY . /all') === true)
      expect(found.length === 0).toBe(isSent)
    })
  })
})
