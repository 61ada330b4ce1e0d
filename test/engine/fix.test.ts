/** What `ctxsize fix --write` does to real images: built before and after, they differ by what was said to go and nothing else. */

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNodeHost } from '../../src/host/node.ts'
import type { FixReport } from '../../src/report.ts'
import { runOn } from '../cli/world.ts'
import { git } from '../git.ts'
import { type Engine, startEngine } from './engine.ts'
import { type FixProject, fixProjects } from './fix-projects.ts'
import { programs } from './programs.ts'
import { orSkip } from './required.ts'
import { lay } from './tree.ts'

const engine = orSkip(await startEngine(), 'engine')
const top = engine ? fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-fixes-')) : ''
const bases = ['node:22', 'python:3.13', 'golang:1.24']
type Builder = 'buildkit' | 'classic'

async function build(on: Engine, builder: Builder, context: string, args: readonly string[]): Promise<void> {
  const client = builder === 'classic' ? on.clients[0] : on.clients.find(({ canBuildkit }) => canBuildkit)
  if (!client) throw new Error('no docker client here can ask for BuildKit')
  const { exitCode, log } = await on[builder](client, context, args)
  expect(exitCode, log).toBe(0)
}

/** Lays the project down as a repository with one commit. */
async function layProject(at: string, { tracked, untracked }: FixProject): Promise<void> {
  await lay(at, tracked)
  git(at, 'init', '-q', '-b', 'main')
  git(at, 'add', '-A')
  git(at, 'commit', '-q', '-m', 'All of it')
  await lay(at, untracked)
}

async function ctxsize(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runOn(createNodeHost(), words)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

const fix = async (root: string, ...options: readonly string[]): Promise<FixReport> =>
  JSON.parse(await ctxsize('fix', '--format', 'json', ...options, root))

/** The path of the context that lies at a path of the image; null where an instruction or the base made it. */
function contextPath(at: string, places: FixProject['places']): string | null {
  const [place, from] =
    Object.entries(places)
      .sort(([a], [b]) => b.length - a.length)
      .find(([dir]) => at.startsWith(`${dir}/`)) ?? []
  if (place === undefined || from === undefined) return null
  return path.posix.join(from, at.slice(place.length + 1))
}

/** The context's files that were said to go. */
const droppedBy = ({ suggestions, edits }: FixReport, review: boolean): readonly string[] =>
  edits.length === 0
    ? []
    : suggestions
        .filter(({ safety }) => review || safety !== 'review')
        .flatMap(({ drops }) => drops.map((one) => one.path))

const isWithin = (file: string, dirs: readonly string[]) =>
  dirs.some((dir) => file === dir || file.startsWith(`${dir}/`))

/** How an image differs from another, each path with what happened to it; what was said to go and the changed files left out. */
function surprises(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  expected: {
    readonly places: FixProject['places']
    readonly dropped: readonly string[]
    readonly edited: readonly string[]
  },
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((at) => {
    const [old, new_] = [before.get(at), after.get(at)]
    const file = contextPath(at, expected.places)
    if (old === new_ || (file !== null && expected.edited.includes(file))) return []
    const isGone = new_ === undefined && file !== null && isWithin(file, expected.dropped)
    // A directory that is left with nothing in it.
    const isEmptied =
      new_ === undefined &&
      old === 'directory' &&
      expected.dropped.some((one) => file !== null && one.startsWith(`${file}/`))
    return isGone || isEmptied ? [] : [`${at}: ${old ?? 'nothing'} → ${new_ ?? 'nothing'}`]
  })
}

describe.skipIf(engine === null || engine.shellImage === null)(
  'images built after ctxsize fix --write',
  { timeout: 120_000 },
  () => {
    beforeAll(async () => {
      if (!engine) return
      const root = path.join(top, 'programs')
      await lay(root, { ...programs, Dockerfile: `FROM ${engine.shellImage}\nCOPY bin /bin\n` })
      await build(
        engine,
        'buildkit',
        root,
        bases.flatMap((name) => ['-t', name]),
      )
    }, 120_000)
    afterAll(async () => {
      await engine?.stop()
      fs.rmSync(top, { recursive: true, force: true })
    }, 60_000)

    describe.each(fixProjects)('of $name', (project) => {
      const builders: readonly Builder[] = project.classic ? ['buildkit', 'classic'] : ['buildkit']
      const root = path.join(top, project.name)
      const imagesOf = async (when: string, asked: readonly Builder[] = builders) => {
        const images = new Map<string, ReadonlyMap<string, string>>()
        for (const builder of asked)
          for (const [index, file] of project.dockerfiles.entries()) {
            if (!engine) continue
            const tag = `${project.name}-${when}-${builder}-${index}`
            await build(engine, builder, root, ['-f', path.join(root, file), '-t', tag])
            images.set(`${builder} ${file}`, await engine.filesOf(tag))
          }
        return images
      }
      let before: Awaited<ReturnType<typeof imagesOf>>
      const differences = async (
        report: FixReport,
        review: boolean,
        asked: readonly Builder[] = builders,
      ) => {
        const after = await imagesOf(review ? 'review' : 'after', asked)
        const dropped = droppedBy(report, review)
        const edited = report.edits.map(({ file }) => file)
        // Else nothing was compared: each project has something that its images lose.
        const lost = [...after].flatMap(([name, files]) =>
          [...(before.get(name)?.keys() ?? [])].filter((at) => !files.has(at)),
        )
        expect(lost).not.toEqual([])
        return [...after].flatMap(([name, files]) =>
          surprises(before.get(name) ?? new Map(), files, { places: project.places, dropped, edited }).map(
            (one) => `${name} ${one}`,
          ),
        )
      }
      beforeAll(async () => {
        await layProject(root, project)
        before = await imagesOf('before')
      }, 120_000)

      it('differ by what was said to go, and keep what has to stay', async () => {
        const first = ['-f', path.join(root, project.dockerfiles[0] ?? 'Dockerfile')]
        const report = await fix(root, '--write', ...first)
        const dropped = droppedBy(report, false)
        expect(project.goes.filter((one) => !isWithin(one, dropped))).toEqual([])
        expect(project.survives.filter((one) => isWithin(one, dropped))).toEqual([])
        const changed = report.edits.map(({ file }) => file).filter((file) => file !== '.dockerignore')
        expect(changed.sort()).toEqual(project.changes ?? [])
        expect(await differences(report, false)).toEqual([])
        expect((await fix(root, ...first)).edits).toEqual([])

        const decided = await fix(root, '--write', '--include', 'review', ...first)
        if (decided.edits.length === 0) return
        const all = {
          ...decided,
          suggestions: [...report.suggestions, ...decided.suggestions],
          edits: [...report.edits, ...decided.edits],
        }
        expect(await differences(all, true, ['buildkit'])).toEqual([])
      })
    })
  },
)
