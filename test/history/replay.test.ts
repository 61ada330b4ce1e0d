import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { historyReport } from '../../src/answers/history.ts'
import { beginHistory, readHistory } from '../../src/history/read.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { propose, thinkOut } from '../../src/propose.ts'
import type { HistoryReport } from '../../src/report.ts'
import { askPast } from '../../src/repository/past.ts'
import { measure, type ScanOptions, scan } from '../../src/scan.ts'
import { git, gitEnvironment } from '../git.ts'
import { plainBuild } from '../scan-tree.ts'
import { type MadeCommit, makeHistory, type Tree } from './made-history.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-history-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

const builtWorker = path.join(import.meta.dirname, '../../dist/walk-worker.cjs')
const host = createNodeHost(gitEnvironment(base))

const historyOf = (
  context: string,
  { count = 150, ...options }: Partial<ScanOptions> & { readonly count?: number } = {},
): HistoryReport => {
  const proposed = propose(host, scan(host, { ...plainBuild, context, ...options }), { thorough: true })
  const range = { count, since: null, wantsSteps: true, review: false }
  return historyReport(proposed, readHistory(host, proposed, range))
}

const dockerfile = `ARG TAG=22
FROM node:$TAG AS deps
WORKDIR /app
COPY package*.json ./
RUN npm ci
FROM deps AS build
ARG SRC=src
COPY $SRC ./src
RUN --mount=type=bind,source=config,target=/config make
FROM scratch AS unused
COPY never /never
FROM alpine AS tools
ADD tools/*.sh bin/run /tools/
FROM nginx
COPY --from=build /app/dist /x
COPY settings /settings
COPY . .
RUN finish
FROM nginx AS other
COPY other /
`
const ignoreFile = '.git\nnode_modules\n**/*.log\n!keep.log\ndocs/private\n/*.md\n!README.md\n'

/** By hand: what today's ignore file drops. */
const isIgnored = (file: string): boolean => {
  const parts = file.split('/')
  if (parts[0] === 'node_modules' || file.startsWith('docs/private/') || file === 'docs/private') return true
  if (/\.log$/.test(file) && file !== 'keep.log') return true
  return parts.length === 1 && /\.md$/.test(file) && file !== 'README.md'
}
const below = (file: string, directory: string) => file === directory || file.startsWith(`${directory}/`)

/** By hand: the instructions of the target `other`'s neighbour, what they read, and on which of them each stands. */
const expected = [
  { key: '4 COPY', reads: (f: string) => /^package[^/]*\.json$/.test(f), after: [], may: [] },
  { key: '5 RUN', reads: () => false, after: ['4 COPY'], may: [] },
  { key: '8 COPY', reads: (f: string) => below(f, 'src'), after: ['5 RUN'], may: [] },
  { key: '9 RUN', reads: (f: string) => below(f, 'config'), after: ['8 COPY'], may: [] },
  { key: '15 COPY', reads: () => false, after: [], may: ['9 RUN'] },
  // A link in git: `settings` leads to `config/prod`, and is itself what is read of it.
  {
    key: '16 COPY',
    reads: (f: string) => below(f, 'config/prod') || f === 'settings',
    after: ['15 COPY'],
    may: [],
  },
  { key: '17 COPY', reads: () => true, after: ['16 COPY'], may: [] },
  { key: '18 RUN', reads: () => false, after: ['17 COPY'], may: [] },
] as const

/** Slow and plain: compares, file by file, what each instruction would have read before and after. */
function slowCount(line: readonly MadeCommit[], count: number) {
  const read = (tree: Tree, reads: (file: string) => boolean) =>
    JSON.stringify(
      [...tree].filter(([file]) => !isIgnored(file) && reads(file)).sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  const totals = new Map(expected.map(({ key }) => [key as string, { own: 0, lost: 0, mayLose: 0 }]))
  for (let i = Math.max(1, line.length - count); i < line.length; i++) {
    const before = line[i - 1]?.tree ?? new Map()
    const after = line[i]?.tree ?? new Map()
    const lost = new Set<string>()
    const may = new Set<string>()
    for (const one of expected) {
      const total = totals.get(one.key)
      if (!total) continue
      const own = read(before, one.reads) !== read(after, one.reads)
      if (own) total.own++
      if (own || one.after.some((key) => lost.has(key))) {
        lost.add(one.key)
        total.lost++
      }
      if (lost.has(one.key) || [...one.after, ...one.may].some((key) => may.has(key))) {
        may.add(one.key)
        total.mayLose++
      }
    }
  }
  return Object.fromEntries(totals)
}

const counted = ({ instructions }: HistoryReport) =>
  Object.fromEntries(
    instructions.map(({ line, instruction, own, lost, mayLose }) => [
      `${line} ${instruction}`,
      { own, lost, mayLose },
    ]),
  )

describe('a history of a hundred commits', () => {
  const at = path.join(base, 'long')
  let line: readonly MadeCommit[] = []
  beforeAll(() => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const files = [
      ...[
        'src/a.ts',
        'src/b/c.ts',
        'src/b/d.ts',
        'config/prod/x.yml',
        'config/dev.yml',
        'tools/a.sh',
        'tools/deep/b.sh',
      ],
      ...[
        'docs/a.md',
        'docs/private/p.md',
        'README.md',
        'CHANGES.md',
        'keep.log',
        'drop.log',
        'src/out.log',
        'bin/run',
      ],
      ...[
        'package.json',
        'package-lock.json',
        'node_modules/x/index.js',
        'other/o',
        'never/n',
        'packages/web/package.json',
      ],
    ]
    const some = () => files[random(files.length)] ?? 'src/a.ts'
    line = makeHistory(at, ({ commit, merge, put }) => {
      commit('root', (tree) => {
        for (const file of files) put(file)(tree)
        put('Dockerfile', dockerfile)(tree)
        put('.dockerignore', 'an older one\n')(tree)
        put('settings', 'config/prod', '120000')(tree)
      })
      for (let i = 0; i < 60; i++) commit(`change ${i}`, (tree) => put(some())(tree))
      commit('empty', () => {})
      commit('mode', put('src/a.ts', 'same', '100644'))
      commit('mode alone', put('src/a.ts', 'same', '100755'))
      commit('rename within', (tree) => {
        put('src/renamed.ts', tree.get('src/b/c.ts')?.text)(tree)
        tree.delete('src/b/c.ts')
      })
      commit('rename out of src', (tree) => {
        put('docs/moved.ts', tree.get('src/b/d.ts')?.text)(tree)
        tree.delete('src/b/d.ts')
      })
      commit('rename to what is ignored', (tree) => {
        put('docs/private/gone.ts', tree.get('config/dev.yml')?.text)(tree)
        tree.delete('config/dev.yml')
      })
      commit('a directory', (tree) => {
        for (const file of ['lib/a', 'lib/b', 'src/lib/c']) put(file)(tree)
      })
      commit('no directory any more', (tree) => {
        for (const file of ['lib/a', 'lib/b', 'src/lib/c']) tree.delete(file)
      })
      commit('an ignore file', put('.dockerignore', 'node_modules\n'))
      commit('another package', put('package-extra.json'))
      commit('a revert of it', (tree) => tree.delete('package-extra.json'))
      merge('a branch of ignored files', [put('drop.log'), put('node_modules/y.js')])
      merge('a branch', [put('src/x.ts'), put('docs/b.md'), put('src/x.ts')])
      merge('a branch that takes back what it did', [put('src/y.ts'), (tree) => tree.delete('src/y.ts')])
      commit('a file becomes a directory', (tree) => {
        tree.delete('other/o')
        put('other/o/p')(tree)
      })
      commit('the link elsewhere', put('settings', 'config', '120000'))
      commit('the link back', put('settings', 'config/prod', '120000'))
      commit('names of all kinds', (tree) => {
        put('src/ü ñ.ts')(tree)
        put('src/"quoted\'.ts')(tree)
      })
      commit('ignored at the root only', put('NOTES.md'))
      commit('not ignored below', put('src/NOTES.md'))
      for (let i = 0; i < 15; i++)
        merge(`merge ${i}`, [
          (tree) => put(some())(tree),
          (tree) => tree.delete(some()),
          (tree) => put(some())(tree),
        ])
      commit('what is there today', (tree) => {
        for (const file of [
          'package.json',
          'src/a.ts',
          'config/prod/x.yml',
          'tools/a.sh',
          'bin/run',
          'README.md',
        ])
          if (!tree.has(file)) put(file)(tree)
        put('.dockerignore', ignoreFile)(tree)
      })
    })
  })

  it('has every count as a plain comparison of all files has it', () => {
    const bare = dockerfile.replace(/FROM nginx AS other\n.*\n/, '')
    fs.writeFileSync(path.join(at, 'Dockerfile'), bare)
    expect(line.length).toBeGreaterThan(90)
    const report = historyOf(at)
    expect(report.commits).toBe(line.length)
    const slow = slowCount(line, 150)
    expect(counted(report)).toEqual(slow)
    // Nothing of it is all or nothing, but for what reads no file of a context.
    for (const { key, reads } of expected)
      if (reads('src/a.ts') || reads('config/prod/x.yml') || reads('package.json')) {
        expect(slow[key]?.own).toBeGreaterThan(0)
        expect(slow[key]?.own).toBeLessThan(line.length - 1)
      }
  })

  it('has the same counts where git was asked before, by a thread of its own', () => {
    const report = historyOf(at)
    const threaded = createNodeHost(gitEnvironment(base), builtWorker)
    const asked = (context: string, count: number) => {
      const range = { count, since: null }
      const past = askPast(threaded, context)
      const ahead = beginHistory(threaded, [context], range)
      const measured = measure(threaded, { ...plainBuild, context: at })
      const thought = thinkOut(threaded, measured, { thorough: true, past })
      const history = readHistory(threaded, thought, { ...range, wantsSteps: true, review: false, ahead })
      return [ahead !== null, historyReport(thought, history)]
    }
    expect(asked(at, 150)).toEqual([true, report])
    // What was asked about another directory is of no use, and a line without end is not asked for ahead.
    expect(asked(path.join(at, 'src'), 150)).toEqual([true, report])
    expect(asked(at, 10_000)).toEqual([false, report])
  })

  it.each([1, 7, 40])('counts the last %d commits of it, the oldest of them too', (count) => {
    const report = historyOf(at, { count })
    expect(report.commits).toBe(count)
    expect(counted(report)).toEqual(slowCount(line, count))
  })

  it('tells of the instructions that the target reaches only', () => {
    expect(Object.keys(counted(historyOf(at, { target: 'tools' })))).toEqual(['13 ADD'])
    expect(Object.keys(counted(historyOf(at, { target: 'build' })))).toEqual([
      '4 COPY',
      '5 RUN',
      '8 COPY',
      '9 RUN',
    ])
  })

  it('marks each commit in the strip as it counted it', () => {
    for (const { recent, own, lost, mayLose } of historyOf(at).instructions) {
      expect(recent.length).toBe(line.length)
      expect(recent[0]).toBe('-')
      expect(recent.split('o').length - 1).toBe(own)
      expect(recent.split(/[ol]/).length - 1).toBe(lost)
      expect(recent.split(/[olm]/).length - 1).toBe(mayLose)
    }
  })

  it('says the same of a clone whose HEAD is detached, of a worktree, and of a directory below', () => {
    const figures = counted(historyOf(at))
    git(at, 'checkout', '-q', '--detach')
    expect(counted(historyOf(at))).toEqual(figures)
    git(at, 'worktree', 'add', '-q', '--detach', path.join(base, 'tree'))
    fs.copyFileSync(path.join(at, 'Dockerfile'), path.join(base, 'tree/Dockerfile'))
    expect(counted(historyOf(path.join(base, 'tree')))).toEqual(figures)
  })

  it('says of a shallow clone how far it goes', () => {
    git(base, 'clone', '-q', '--depth', '12', `file://${at}`, 'shallow')
    fs.copyFileSync(path.join(at, 'Dockerfile'), path.join(base, 'shallow/Dockerfile'))
    const report = historyOf(path.join(base, 'shallow'))
    expect(report).toMatchObject({ commits: 12, compared: 11, shallow: true })
    expect(counted(report)).toEqual(slowCount(line, 11))
    expect(report.notes).toContain('this clone is shallow: it has 12 commits')
  })
})

describe('where the context and the repository are not the same directory', () => {
  it('counts what lies in a context below the repository, by paths from there', () => {
    const at = path.join(base, 'mono')
    makeHistory(at, ({ commit, put }) => {
      commit('root', (tree) => {
        put('api/Dockerfile', 'FROM scratch\nCOPY src /\n')(tree)
        put('api/src/a')(tree)
      })
      commit('beside', put('web/src/a'))
      commit('inside', put('api/src/deep/b'))
      commit('not read', put('api/README'))
    })
    const report = historyOf(path.join(at, 'api'))
    expect(report).toMatchObject({ commits: 4, compared: 3 })
    expect(report.instructions[0]).toMatchObject({
      own: 1,
      byPath: [{ path: 'src/deep/', commits: 1, only: 1 }],
    })
  })

  it('counts what lies in the one repository of a context above it', () => {
    const at = path.join(base, 'above')
    makeHistory(path.join(at, 'app'), ({ commit, put }) => {
      commit('root', put('a'))
      commit('a', put('a'))
      commit('ignored', put('b.log'))
    })
    fs.writeFileSync(path.join(at, 'Dockerfile'), 'FROM scratch\nCOPY app /\n')
    fs.writeFileSync(path.join(at, '.dockerignore'), '**/*.log\n**/.git\n')
    expect(historyOf(at)).toMatchObject({
      commits: 3,
      instructions: [{ own: 1, byPath: [{ path: 'app/a' }] }],
    })
  })

  it('counts a new commit of a submodule as a change of what lies there', () => {
    const at = path.join(base, 'super')
    makeHistory(path.join(base, 'sub'), ({ commit, put }) => commit('root', put('lib.c')))
    makeHistory(at, ({ commit, put }) =>
      commit('root', put('Dockerfile', 'FROM scratch\nCOPY dep/lib.c /\nCOPY own /\n')),
    )
    git(at, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', path.join(base, 'sub'), 'dep')
    fs.writeFileSync(path.join(at, 'own'), '')
    git(at, 'add', '.')
    git(at, 'commit', '-q', '-m', 'submodule')
    expect(counted(historyOf(at))).toMatchObject({ '2 COPY': { own: 1 }, '3 COPY': { own: 1 } })
    expect(historyOf(path.join(at)).untracked).toEqual([])
  })
})

describe('a value that CI passes anew to every build', () => {
  const run = (value: string) =>
    `on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build --build-arg SHA=${value} .\n`
  const history = (name: string, value: string) => {
    const at = path.join(base, name)
    makeHistory(at, ({ commit, put }) => {
      commit('root', (tree) => {
        const lines = [
          ...['FROM node AS build', 'WORKDIR /app', 'ARG SHA', 'COPY package*.json ./', 'RUN npm ci'],
          ...['COPY src src', 'RUN npm run build', 'FROM nginx', 'COPY --from=build /app/dist /x'],
        ]
        put('Dockerfile', `${lines.join('\n')}\n`)(tree)
        put('package.json', '{"scripts":{"build":"vite build"}}')(tree)
        put('package-lock.json', '{}')(tree)
        put('.github/workflows/ci.yml', run(value))(tree)
      })
      commit('code', put('src/a.js'))
      commit('words', put('README'))
    })
    return historyOf(at)
  }

  it('loses every RUN behind its ARG, until that stands behind the install', () => {
    const report = history('sha', '${{ github.sha }}')
    expect(counted(report)).toEqual({
      '4 COPY': { own: 0, lost: 0, mayLose: 0 },
      '5 RUN': { own: 2, lost: 2, mayLose: 2 },
      '6 COPY': { own: 1, lost: 2, mayLose: 2 },
      '7 RUN': { own: 2, lost: 2, mayLose: 2 },
      '9 COPY': { own: 0, lost: 0, mayLose: 2 },
    })
    expect(report.instructions[1]?.byPath).toMatchObject([{ path: '$SHA', commits: 2, only: 2 }])
    expect(report.instructions.map(({ afterFix }) => afterFix?.lost)).toEqual([0, 0, 1, 2, 0])
    expect(report.notes).toContain(
      'CI gives SHA another value in every build: line 5 is counted as it is there, and may be kept where nobody passes one',
    )
  })

  it('loses nothing by one that stays the same', () => {
    expect(counted(history('fixed', 'dev'))).toMatchObject({ '5 RUN': { own: 0, lost: 0 } })
  })
})

describe('repositories that have nothing to tell', () => {
  it('has no commit, and no loss', () => {
    const at = path.join(base, 'empty')
    fs.mkdirSync(at)
    git(at, 'init', '-q')
    fs.writeFileSync(path.join(at, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    expect(historyOf(at)).toMatchObject({
      commits: 0,
      instructions: [{ own: 0, lost: 0 }],
      notes: expect.arrayContaining(['there is no commit to replay']),
    })
  })

  it('is no repository', () => {
    const at = path.join(base, 'none')
    fs.mkdirSync(at)
    fs.writeFileSync(path.join(at, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    expect(() => historyOf(at)).toThrow('in no git repository')
  })

  it('has several of them, of which the one around the Dockerfile is meant', () => {
    const at = path.join(base, 'around')
    makeHistory(path.join(at, 'a'), ({ commit, put }) => commit('root', put('x')))
    makeHistory(path.join(at, 'b'), ({ commit, put }) => {
      commit('root', put('Dockerfile', 'FROM scratch\nCOPY b/x /\n'))
      commit('x', put('x'))
      commit('y', put('y'))
    })
    expect(counted(historyOf(at, { file: path.join(at, 'b/Dockerfile') }))).toEqual({
      '2 COPY': { own: 1, lost: 1, mayLose: 1 },
    })
  })

  it('has several of them, of which none is the one', () => {
    const at = path.join(base, 'several')
    for (const name of ['a', 'b'])
      makeHistory(path.join(at, name), ({ commit, put }) => commit('root', put('x')))
    fs.writeFileSync(path.join(at, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    expect(() => historyOf(at)).toThrow('the context holds 2 git repositories')
  })
})

describe('what does not follow from what is before it', () => {
  const linked = (name: string, dockerfile: string) => {
    const at = path.join(base, name)
    makeHistory(at, ({ commit, put }) => {
      commit('root', (tree) => {
        for (const file of ['a', 'b']) put(file)(tree)
        put('Dockerfile', dockerfile)(tree)
      })
      for (const file of ['a', 'b', 'a']) commit(file, put(file))
    })
    return counted(historyOf(at))
  }

  it('is COPY --link, which is lost for its own sake alone; what comes after it is lost for both', () => {
    expect(linked('linked', 'FROM scratch\nCOPY a /\nCOPY --link b /\nRUN x\n')).toEqual({
      '2 COPY': { own: 2, lost: 2, mayLose: 2 },
      '3 COPY': { own: 1, lost: 1, mayLose: 1 },
      '4 RUN': { own: 0, lost: 3, mayLose: 3 },
    })
    expect(linked('unlinked', 'FROM scratch\nCOPY a /\nCOPY --link=false b /\nRUN x\n')).toMatchObject({
      '3 COPY': { own: 1, lost: 3 },
    })
  })

  it('is a copy of what another stage has made, which may be the same: counted at most, as all that comes after it', () => {
    const text = 'FROM scratch AS one\nCOPY a /\nRUN x\nFROM scratch\nCOPY b /\nCOPY --from=one /o /\nRUN y\n'
    expect(linked('staged', text)).toEqual({
      '2 COPY': { own: 2, lost: 2, mayLose: 2 },
      '3 RUN': { own: 0, lost: 2, mayLose: 2 },
      '5 COPY': { own: 1, lost: 1, mayLose: 1 },
      '6 COPY': { own: 0, lost: 1, mayLose: 3 },
      '7 RUN': { own: 0, lost: 1, mayLose: 3 },
    })
  })
})

describe('a context that sends .git', () => {
  const at = path.join(base, 'sends-git')
  beforeAll(() => {
    makeHistory(at, ({ commit, put }) => {
      commit('root', (tree) => {
        put('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY src /app/src\nCOPY . .\nRUN npm ci\n')(tree)
        put('package.json', '{"name":"a"}')(tree)
        put('package-lock.json', '{"lockfileVersion":3}')(tree)
        put('src/a')(tree)
      })
      for (let i = 0; i < 5; i++) commit(`docs ${i}`, put('docs/a'))
      commit('empty', () => {})
      commit('lock', put('package-lock.json', '{"lockfileVersion":3} '))
    })
  })

  it('never finds in the cache what reads it, whatever a commit changes', () => {
    const report = historyOf(at)
    expect(counted(report)).toMatchObject({
      '3 COPY': { lost: 0 },
      '4 COPY': { own: 7, lost: 7 },
      '5 RUN': { own: 0, lost: 7 },
    })
    expect(report.instructions[1]?.byPath).toEqual([
      { path: '.git/', commits: 7, only: 1 },
      { path: 'docs/', commits: 5, only: 0 },
      { path: 'package-lock.json', commits: 1, only: 0 },
    ])
  })

  it('tells what is left of it with the fix, by replaying the files as they would be', () => {
    const report = historyOf(at)
    const [, copy, run] = report.instructions
    expect(copy?.afterFix).toEqual({ own: 6, lost: 6, mayLose: 6 })
    expect(run).toMatchObject({ installs: 'npm ci', afterFix: { own: 0, lost: 1, mayLose: 1 } })
    expect(report.best).toMatchObject({ instruction: 2, before: 7, after: 1 })
  })
})
