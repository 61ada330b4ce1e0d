import { describe, expect, it } from 'vitest'
import type { Git } from '../../src/host/host.ts'
import { createMemoryHost } from '../../src/host/memory.ts'
import { propose } from '../../src/propose.ts'
import { table } from '../../src/reporters/table.ts'
import { scan } from '../../src/scan.ts'
import { reportBuilds } from '../../src/scan-builds.ts'
import { briefHistories } from '../../src/verbs/brief-history.ts'
import { repositoryTree, toldGit } from '../history/told-git.ts'
import { plainStyle } from '../reporters/style.ts'
import { plainBuild } from '../scan-tree.ts'

const commits = [['docs/a'], ['package-lock.json'], ['src/b'], ['root']]
const wide = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
const narrow =
  'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY src src\nCMD ["node", "src/a.js"]\n'

function proposedOf(
  git: Git | null,
  { dockerfile = wide, files = {} as Readonly<Record<string, string>> } = {},
) {
  const host = createMemoryHost(
    {
      ...repositoryTree('/app'),
      '/app/Dockerfile': dockerfile,
      '/app/package.json': '{"name":"app"}',
      '/app/package-lock.json': '{"lockfileVersion":3}',
      '/app/src/a.js': 'a\n',
      ...files,
    },
    {},
    { git },
  )
  const made = scan(host, { ...plainBuild, context: '/app' })
  return { host, proposed: { ...propose(host, made, { thorough: false }), tracked: trackedNames(3) } }
}

const trackedNames = (count: number) => new Set(Array.from({ length: count }, (_, i) => `file-${i}`))

function briefly(
  git: Git | null,
  {
    tracked = 3 as number | null,
    ...project
  }: { tracked?: number | null; dockerfile?: string; files?: Readonly<Record<string, string>> } = {},
) {
  const { host, proposed } = proposedOf(git, project)
  const names = tracked === null ? null : trackedNames(tracked)
  const [brief] = briefHistories(host, [{ ...proposed, tracked: names }])
  const history = brief?.told ?? null
  const { part } = proposed
  const remarks = { ...part.remarks, ...(history === null ? {} : { history }) }
  const screen = table(reportBuilds([{ ...part, remarks }]), plainStyle)
  return { history, screen }
}

describe('the history in the report of a build', () => {
  it('says how often each instruction was lost, now and with the fixes, that .git is lost each time', () => {
    const { history, screen } = briefly(toldGit([[], ...commits]).git)
    expect(history?.commits).toBe(5)
    expect(history?.instructions.map(({ lost }) => lost)).toEqual([4, 4])
    expect(screen).toMatch(/Last 5 commits +now +after 1 +after 1\+2\n/)
    expect(screen).toMatch(/COPY \. \. +lost 4 +3 +3 +\.git: 4 of 4 times\n.*RUN npm ci +ran 4 +3 +1\n/)
  })

  it('is one line for a project that is in order', () => {
    const files = { '/app/.dockerignore': '.git\nnode_modules\n', '/app/node_modules/x/a.js': 'x\n' }
    const { screen } = briefly(toldGit(commits).git, { dockerfile: narrow, files })
    expect(screen).toContain('npm ci ran in 1 of 4 commits, each time for package-lock.json')
    expect(screen).not.toContain('Last 4 commits')
  })

  it('keeps three causes of an instruction, and no letters for single commits', () => {
    const many = Array.from({ length: 30 }, (_, i) => [`dir${i}/file`])
    const { history } = briefly(toldGit(many).git, { files: { '/app/.dockerignore': '.git\n' } })
    expect(history?.instructions[0]?.byPath).toHaveLength(3)
    expect(JSON.stringify(history)).not.toContain('recent')
  })

  it('is left out with fewer than two commits that can be compared', () => {
    expect(briefly(toldGit(commits.slice(2)).git).history).toBeNull()
    expect(briefly(toldGit(commits.slice(1)).git).history).not.toBeNull()
  })

  it('is left to ctxsize history where the repository is large, or git does not say what it tracks', () => {
    const asked = (tracked: number | null) => {
      const told = toldGit(commits)
      briefly(told.git, { tracked })
      return told.asked.filter((one) => /^(?:rev-list|diff-tree)/.test(one)).length
    }
    expect([asked(20_000), asked(20_001), asked(null)]).toEqual([2, 0, 0])
  })

  it('asks git once for all builds of a repository, and of more than a hundred replays the first', () => {
    const asked = (count: number) => {
      const told = toldGit(commits)
      const { proposed, host } = proposedOf(told.git)
      const all = briefHistories(
        host,
        Array.from({ length: count }, () => ({ ...proposed })),
      )
      const questions = told.asked.filter((one) => /^(?:rev-list|diff-tree)/.test(one))
      return [questions.length, all.length, all.filter((one) => one !== null).length]
    }
    expect([asked(1), asked(100), asked(101)]).toEqual([
      [2, 1, 1],
      [2, 100, 100],
      [2, 101, 1],
    ])
  })

  it('bounds each question, and is silent where git is missing or takes too long', () => {
    const { git } = toldGit(commits)
    const bounds: unknown[] = []
    const slow: Git = (directory, args, options) => {
      if (args[0] === 'rev-list' || args[0] === 'diff-tree')
        bounds.push([options?.timeoutMs !== undefined, options?.maxBytes !== undefined])
      if (args[0] !== 'diff-tree') return git(directory, args, options)
      return { ok: false, stdout: new Uint8Array(), stderr: '', code: null, trouble: 'too-long' }
    }
    expect(briefly(slow).history).toBeNull()
    expect(bounds).toEqual([
      [true, true],
      [true, true],
    ])
    expect(briefly(null).history).toBeNull()
  })

  it('does not go on asking where one answer is too much', () => {
    const told = toldGit(commits, 10)
    expect(briefly(told.git).history).toBeNull()
    expect(told.asked.filter((one) => one.startsWith('diff-tree'))).toEqual(['diff-tree 3'])
  })
})
