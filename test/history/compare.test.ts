import { describe, expect, it } from 'vitest'
import { rebuiltReport } from '../../src/answers/rebuilt.ts'
import { isFromUmask } from '../../src/history/compare.ts'
import {
  type Fingerprint,
  fingerprintBytes,
  readFingerprint,
  takeFingerprint,
} from '../../src/history/fingerprint.ts'
import { createMemoryHost, type MemoryTree, rawName } from '../../src/host/memory.ts'
import { rebuiltText } from '../../src/reporters/screen/rebuilt.ts'
import { scan } from '../../src/scan.ts'
import { plainStyle } from '../reporters/style.ts'
import { plainBuild } from '../scan-tree.ts'

const dockerfile = [
  'FROM node:22 AS build',
  'COPY package.json ./',
  'RUN npm ci',
  'COPY . .',
  'RUN npm run build',
  'FROM nginx',
  'COPY conf /conf',
  'COPY --from=build /dist /dist',
].join('\n')
const tree: MemoryTree = {
  Dockerfile: dockerfile,
  '.dockerignore': 'Dockerfile\n.dockerignore\n',
  'package.json': '{}',
  'src/a.ts': 'a',
  'bin/x': { type: 'file', content: 'x', mode: 0o644 },
  link: { type: 'symlink', target: 'src' },
  'conf/nginx.conf': 'server',
}
const bounds = { mostEntries: 1000, mostBytes: 1_000_000 }

async function taken(files: MemoryTree, limits = bounds) {
  const host = createMemoryHost(
    Object.fromEntries(Object.entries(files).map(([path, entry]) => [`/ctx/${path}`, entry])),
  )
  const made = scan(host, plainBuild)
  return { made, fingerprint: await takeFingerprint(host, made, new Map(), limits) }
}

/** What is told after the first tree has become the second. */
async function between(before: MemoryTree, now: MemoryTree, limits = bounds) {
  const [old, next] = [await taken(before, limits), await taken(now, limits)]
  const report = rebuiltReport([{ scan: next.made, before: old.fingerprint, now: next.fingerprint }])
  const screen = rebuiltText(report, plainStyle)
  return { report, screen, states: report.instructions.map(({ state }) => state) }
}

describe('what changed between two fingerprints', () => {
  it('is told for the instruction that reads it, with what follows from it', async () => {
    const { screen, states } = await between(tree, {
      ...tree,
      'src/a.ts': 'b',
      '.DS_Store': 'd',
      'bin/x': { type: 'file', content: 'x', mode: 0o664 },
    })
    expect(states).toEqual(['kept', 'kept', 'changed', 'follows', 'kept', 'mayFollow'])
    expect(screen.replace(/\s+/g, ' ')).toBe(
      'COPY . . (line 4): 3 files: .DS_Store is new, bin/x mode 644 → 664 (umask?), src/a.ts changed ' +
        'then again: RUN npm run build (line 5) ' +
        'and perhaps: COPY --from=build /dist /dist (line 8): if the stage made other files ',
    )
  })

  it('is nothing where only times differ', async () => {
    const later = { ...tree, 'src/a.ts': { type: 'file', content: 'a', mtime: 1_800_000_000 } } as const
    const { screen, states } = await between(tree, later)
    expect(new Set(states)).toEqual(new Set(['kept']))
    expect(screen).toContain('Nothing that an instruction reads has changed')
  })

  it('is what is gone, a link that leads elsewhere, and a file that has become a link', async () => {
    const { 'conf/nginx.conf': _, ...rest } = tree
    const { report } = await between(tree, {
      ...rest,
      'conf/other.conf': 'server',
      link: { type: 'symlink', target: 'bin' },
      'src/a.ts': { type: 'symlink', target: '../bin/x' },
    })
    const changed = report.instructions[2]?.changed.map(({ path, change }) => `${path} ${change}`)
    expect(changed).toEqual(['conf/other.conf new', 'link changed', 'src/a.ts kind', 'conf/nginx.conf gone'])
  })

  it('is an instruction that was written in another way', async () => {
    const { states } = await between(tree, { ...tree, Dockerfile: dockerfile.replace('npm ci', 'npm i') })
    expect(states).toEqual(['kept', 'new', 'follows', 'follows', 'kept', 'mayFollow'])
  })

  it('is seen in a file of the same size, but not beyond the bound, which is said', async () => {
    const other = { ...tree, 'src/a.ts': 'b' }
    expect((await between(tree, other)).states).toContain('changed')
    const bounded = await between(tree, other, { ...bounds, mostBytes: 3 })
    expect(bounded.states).not.toContain('changed')
    expect(bounded.screen.replace(/\s+/g, ' ')).toContain('of these only the size counts')
  })

  it('takes nothing for new that was beyond the bound of files', async () => {
    const { screen, states } = await between(tree, { ...tree, aaa: '1' }, { ...bounds, mostEntries: 4 })
    expect(states).not.toContain('changed')
    expect(screen).toContain('only the first 4 files were compared')
  })
})

describe('a directory', () => {
  const directory = (mode: number) => ({ type: 'dir', mode }) as const

  it('counts where it is empty, or where the ignore file drops all that is in it', async () => {
    const files: MemoryTree = { ...tree, '.dockerignore': '**/*.log\nDockerfile\n.dockerignore\n' }
    const now = { ...files, 'src/hollow': directory(0o755), 'conf/logs/x.log': 'x' }
    const { report, screen } = await between(files, now)
    expect(report.instructions[2]).toMatchObject({
      state: 'changed',
      changed: [
        { path: 'conf/logs', type: 'dir', change: 'new' },
        { path: 'src/hollow', type: 'dir', change: 'new' },
      ],
    })
    expect(screen).toContain('COPY . . (line 4): 2 directories: conf/logs/ is new, src/hollow/ is new\n')
    expect(report.instructions[4]).toMatchObject({ state: 'changed', changed: [{ path: 'conf/logs' }] })
    expect((await between(now, files)).report.instructions[2]?.changed).toMatchObject([
      { path: 'conf/logs', change: 'gone' },
      { path: 'src/hollow', change: 'gone' },
    ])
  })

  it('is not told beside what came with it', async () => {
    const { screen } = await between(tree, { ...tree, 'src/new/a': '1', 'src/new/deep/b': '2' })
    expect(screen).toContain('2 files: src/new/a is new, src/new/deep/b is new')
  })

  it('of another mode is no cause, as a builder that has it does not look, and is told all the same', async () => {
    const { screen, states } = await between(
      { ...tree, src: directory(0o755), conf: directory(0o755) },
      { ...tree, src: directory(0o775), conf: directory(0o700) },
    )
    expect(new Set(states)).toEqual(new Set(['kept']))
    expect(screen.replace(/\s+/g, ' ')).toContain(
      '! directories have other modes: conf/ 755 → 700 (umask?), src/ 755 → 775 (umask?); a builder that has them from an earlier build does not look at that, any other one does',
    )
  })

  it('is no part of what names files', async () => {
    const named: MemoryTree = {
      ...tree,
      Dockerfile: 'FROM scratch\nCOPY src/*.ts /s/\nCOPY src/a.ts bin/x /t/\nCOPY bi* /u/\n',
    }
    const { states } = await between(named, { ...named, 'src/hollow': directory(0o755) })
    expect(states).toEqual(['kept', 'kept', 'kept'])
    const inside = await between(named, { ...named, 'bin/hollow': directory(0o755) })
    expect(inside.states).toEqual(['kept', 'kept', 'changed'])
  })
})

describe('a fingerprint', () => {
  it('comes back as it was, with names that are not UTF-8', async () => {
    const name = rawName(0xff, 0x61)
    const { fingerprint } = await taken({ ...tree, [name]: 'x' })
    expect(fingerprint.entries.map(({ path }) => path)).toContain(name)
    expect(readFingerprint(fingerprintBytes(fingerprint))).toEqual(fingerprint)
  })

  it('is none where something else lies in its place', () => {
    const none = ['', '{', '[]', 'null', '{"version":1,"instructions":[],"entries":[]}', '{"version":1}']
    expect(none.map((text) => readFingerprint(Buffer.from(text)))).toEqual(none.map(() => null))
  })

  it('holds each file once, whoever reads it', async () => {
    const { entries, instructions }: Fingerprint = (await taken(tree)).fingerprint
    expect(new Set(entries.map(({ path }) => path)).size).toBe(entries.length)
    expect(instructions.filter((one) => one.entries.length > 0).map(({ line }) => line)).toEqual([2, 4, 7])
  })
})

describe('a mode', () => {
  it.each([
    [0o644, 0o664, true],
    [0o755, 0o775, true],
    [0o600, 0o644, true],
    [0o644, 0o755, false],
    [0o644, 0o444, false],
    [0o755, 0o4755, false],
  ])('%o that becomes %o', (before, after, expected) => {
    expect(isFromUmask(before, after)).toBe(expected)
  })
})
