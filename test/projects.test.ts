/** What the program says about whole projects, beside what a slow and separate computation says. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { growProject, projects } from '../scripts/grow-junk.mjs'
import type { ContextReport, Report, SentReport, TargetReport, WhyReport } from '../src/report.ts'

const bin = fileURLToPath(new URL('../bin/ctxsize.js', import.meta.url))
const sources = fileURLToPath(new URL('../fixtures/projects', import.meta.url))
const grownDir = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-projects-'))

afterAll(() => fs.rmSync(grownDir, { recursive: true, force: true }))

// ---- the program

/** The same question has the same answer, so each is asked once. */
const answers = new Map<string, ReturnType<typeof run>>()

function ctxsize(dir: string, ...args: string[]) {
  const key = JSON.stringify([dir, ...args])
  const answer = answers.get(key) ?? run(dir, args)
  answers.set(key, answer)
  return answer
}

function run(dir: string, args: readonly string[]) {
  const { FORCE_COLOR: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
    maxBuffer: 2 ** 26,
  })
  return { status, stdout, stderr }
}

function json(dir: string, ...args: string[]): unknown {
  const { stdout, stderr } = ctxsize(dir, ...args, '--format', 'json')
  if (stdout === '') throw new Error(`nothing on stdout: ${stderr}`)
  return JSON.parse(stdout)
}

function only<T>(values: readonly T[] | undefined, what: string): T {
  const [first] = values ?? []
  if (first === undefined) throw new Error(`no ${what}`)
  return first
}

interface Scan {
  readonly context: ContextReport
  readonly target: TargetReport
  readonly report: Report
}

/** The report on the leading build. */
function scan(dir: string, ...args: string[]): Scan {
  // What is asked for is what the schema describes; a document of another shape fails the tests below.
  const report = json(dir, ...args) as Report
  const context = only(report.contexts, 'context')
  return { report, context, target: only(context.targets, 'target') }
}

/** The screen as one line of words: where a sentence breaks, and what is set in quotes, is for other tests. */
const words = (screen: string): string => screen.replaceAll('`', '').replace(/\s+/g, ' ')

/** The row of a table that starts with bars and figures and names `what`. */
function row(screen: string, what: string): string {
  return only(
    screen.split('\n').filter((line) => line.includes(` ${what} `)),
    `row for ${what}`,
  )
}

// ---- the separate computation: a list of a tree, then sums

interface Entry {
  readonly path: string
  readonly type: 'file' | 'dir' | 'symlink'
  readonly size: number
  readonly permissions: number
  readonly mtimeNs: bigint
  readonly target: string
  readonly inode: bigint
}

/** Entries in the builders' order: byte order of names, a directory before its contents. SEMANTICS 4.1. */
function list(root: string, prefix = ''): Entry[] {
  const names = fs.readdirSync(path.join(root, prefix))
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return names.flatMap((name): Entry[] => {
    const full = path.join(root, prefix, name)
    const stat = fs.lstatSync(full, { bigint: true })
    const type = stat.isDirectory() ? 'dir' : stat.isSymbolicLink() ? 'symlink' : 'file'
    const entry: Entry = {
      path: prefix + name,
      type,
      size: type === 'dir' ? 0 : Number(stat.size),
      permissions: Number(stat.mode) & 0o777,
      mtimeNs: stat.mtimeNs,
      target: type === 'symlink' ? fs.readlinkSync(full) : '',
      inode: stat.ino,
    }
    return type === 'dir' ? [entry, ...list(root, `${prefix}${name}/`)] : [entry]
  })
}

const inside = (dir: string, name: string): boolean => name === dir || name.startsWith(`${dir}/`)

/** What is kept, and the directories on the way to it. */
function withParents(entries: readonly Entry[], isKept: (name: string) => boolean): Entry[] {
  const kept = entries.filter((entry) => isKept(entry.path)).map((entry) => entry.path)
  const names = new Set(kept)
  for (const name of kept)
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1))
      names.add(name.slice(0, at))
  return entries.filter((entry) => names.has(entry.path))
}

/** A file with several names counts once for each, its bytes with the first only: they are sent once. */
function amount(entries: readonly Entry[]): { files: number; bytes: number } {
  const files = entries.filter((entry) => entry.type === 'file')
  const later = laterNames(files)
  const bytes = files.reduce((sum, entry) => sum + (later.has(entry.path) ? 0 : entry.size), 0)
  return { files: files.length, bytes }
}

/** Path → the first name of the same file, for its second and later names. */
function laterNames(entries: readonly Entry[]): Map<string, string> {
  const first = new Map<bigint, string>()
  const later = new Map<string, string>()
  for (const { type, inode, path: name } of entries) {
    if (type !== 'file') continue
    const before = first.get(inode)
    if (before === undefined) first.set(inode, name)
    else later.set(name, before)
  }
  return later
}

/** Bytes of a protobuf varint. */
function varint(value: bigint | number): number {
  let length = 1
  for (let rest = BigInt(value) >> 7n; rest > 0n; rest >>= 7n) length++
  return length
}

/** A length-delimited field with a one-byte tag. */
const field = (length: number): number => 1 + varint(length) + length

/** BuildKit's "transferring context", cold and when nothing changed. SEMANTICS 9.1; trees without extended attributes. */
function buildkitWire(entries: readonly Entry[]): { cold: number; warm: number } {
  const later = laterNames(entries)
  let stats = 2
  let data = 0
  for (const [id, entry] of entries.entries()) {
    const linkName = later.get(entry.path) ?? entry.target
    const kind = { dir: 0x80000000, symlink: 0x08000000, file: 0 }[entry.type]
    const stat =
      field(Buffer.byteLength(entry.path)) +
      (1 + varint(kind + entry.permissions)) +
      (entry.size > 0 ? 1 + varint(entry.size) : 0) +
      (1 + varint(entry.mtimeNs)) +
      (linkName === '' ? 0 : field(Buffer.byteLength(linkName)))
    stats += field(stat)
    if (entry.type !== 'file' || later.has(entry.path)) continue
    const packet = 2 + (id === 0 ? 0 : 1 + varint(id))
    for (let left = entry.size; left > 0; left -= 32_768) data += packet + field(Math.min(left, 32_768))
    data += packet
  }
  return { cold: stats + data, warm: stats }
}

const padded = (size: number): number => Math.ceil(size / 512) * 512

/**
 * Length of the classic client's tar. SEMANTICS 9.2; for names that need no PAX header. A tar to which the client itself
 * appends files ends with the last byte of the last of them: it is never closed (28.2.2, ReplaceFileTarWrapper).
 */
function tarLength(entries: readonly Entry[], appended: readonly number[]): number {
  const later = laterNames(entries)
  let length = 0
  for (const entry of entries) {
    if (Math.max(entry.path.length + 1, entry.target.length) > 100) throw new Error(`too long: ${entry.path}`)
    length += 512
    if (entry.type === 'file' && !later.has(entry.path)) length += padded(entry.size)
  }
  const last = appended.at(-1)
  if (last === undefined) return length + 1024
  return appended.reduce((sum, size) => sum + 512 + padded(size), length) - padded(last) + last
}

// ---- the projects: what each ignore file drops and each Dockerfile asks for, read by a person

interface Case {
  readonly name: string
  readonly project: string
  /** The directory given to the program. */
  readonly context: string
  readonly dockerfile: string
  /** What the ignore file drops. */
  readonly drops: (name: string) => boolean
  /** The paths that BuildKit asks for; null: everything. */
  readonly asks: readonly string[] | null
  /** What the classic client's tar holds, where the ignore file does not say it: no directory for a descendant's sake. */
  readonly classicTakes?: (name: string) => boolean
  /** Sizes of the files that the classic client appends for a Dockerfile outside, in each order that Go's map may give. */
  readonly classicAppends?: readonly (readonly number[])[]
  readonly pinned: {
    readonly files: number
    readonly bytes: number
    readonly cold: number
    readonly classic: readonly number[]
  }
}

const atRoot = (name: string): boolean => !name.includes('/')

const dropped = {
  'node-app': (name) =>
    ['node_modules', '.idea'].some((dir) => inside(dir, name)) ||
    ['.DS_Store', 'Dockerfile', '.dockerignore'].includes(name) ||
    (atRoot(name) && name.endsWith('.log')) ||
    (atRoot(name) && name.startsWith('.env') && name !== '.env.example'),
  nothing: () => false,
  'go-service': (name) =>
    !(
      ['go.mod', 'go.sum'].includes(name) ||
      ['cmd', 'internal', '.git'].some((dir) => inside(dir, name)) ||
      name.endsWith('.sql')
    ) || inside('cmd/tidectl', name),
  'java-service': (name) =>
    ['.idea', 'target', 'logs'].some((dir) => inside(dir, name)) || (atRoot(name) && name.endsWith('.iml')),
  monorepo: (name) =>
    ['.git', 'node_modules', '.env', 'apps/web', 'docs', 'e2e'].some((dir) => inside(dir, name)) ||
    (atRoot(name) && name.endsWith('.log')),
  'monorepo web': (name) =>
    !(
      ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc'].includes(name) ||
      ['patches', 'packages', 'apps/web', 'infra/nginx'].some((dir) => inside(dir, name))
    ) || name.split('/').includes('node_modules'),
  log: (name) => inside('log', name),
  'add-all-two-stage': (name) => ['node_modules', 'dist'].some((dir) => inside(dir, name)),
  'python-two-stage': (name) => ['.tox', 'docs/_build', 'gridload.egg-info'].some((dir) => inside(dir, name)),
} satisfies Record<string, (name: string) => boolean>

// `!**/*.sql` begins with no directory that is there, so no dropped directory is entered for its sake.
const goServiceClassic = (name: string): boolean =>
  ['Dockerfile', '.dockerignore'].includes(name) ||
  (!dropped['go-service'](name) && !['deploy', 'tmp', '.idea'].some((dir) => inside(dir, name)))

const cases: readonly Case[] = [
  {
    name: 'node-app',
    project: 'node-app',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped['node-app'],
    asks: null,
    // The client adds exceptions for the two files that the daemon needs.
    classicTakes: (name) => !dropped['node-app'](name) || ['Dockerfile', '.dockerignore'].includes(name),
    pinned: { files: 213, bytes: 82_843_485, cold: 82_886_097, classic: [83_082_752] },
  },
  {
    name: 'python-service',
    project: 'python-service',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped.nothing,
    asks: null,
    pinned: { files: 356, bytes: 154_514_391, cold: 154_587_886, classic: [154_859_520] },
  },
  {
    name: 'go-service',
    project: 'go-service',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped['go-service'],
    asks: null,
    classicTakes: goServiceClassic,
    pinned: { files: 82, bytes: 48_275_144, cold: 48_296_611, classic: [10_379_264] },
  },
  {
    name: 'java-service',
    project: 'java-service',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped['java-service'],
    asks: ['config', 'docker/entrypoint.sh'],
    pinned: { files: 105, bytes: 72_969_429, cold: 987, classic: [73_104_384] },
  },
  {
    name: 'java-service compiled in the image',
    project: 'java-service',
    context: '.',
    dockerfile: 'docker/Dockerfile.hermetic',
    drops: dropped['java-service'],
    asks: ['pom.xml', 'src', '.git', 'config', 'docker/entrypoint.sh'],
    pinned: { files: 105, bytes: 72_969_429, cold: 8_796_457, classic: [73_104_384] },
  },
  {
    name: 'monorepo, the API',
    project: 'monorepo',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped.monorepo,
    asks: null,
    pinned: { files: 120, bytes: 62_004_094, cold: 62_030_392, classic: [62_131_712] },
  },
  {
    name: 'monorepo, the worker',
    project: 'monorepo',
    context: '.',
    dockerfile: 'apps/worker/Dockerfile',
    drops: dropped.monorepo,
    asks: null,
    pinned: { files: 120, bytes: 62_004_094, cold: 62_030_392, classic: [62_131_712] },
  },
  {
    name: 'monorepo, the web application',
    project: 'monorepo',
    context: '.',
    dockerfile: 'apps/web/Dockerfile',
    drops: dropped['monorepo web'],
    asks: null,
    // This client knows no other ignore file than the one at the root, and lets the Dockerfile itself in again.
    classicTakes: (name) => !dropped.monorepo(name) || name === 'apps/web/Dockerfile',
    pinned: { files: 28, bytes: 1_302_034, cold: 1_304_232, classic: [62_132_736] },
  },
  {
    name: 'monorepo, the proxy',
    project: 'monorepo',
    context: 'infra/nginx',
    dockerfile: 'infra/nginx/Dockerfile',
    drops: dropped.nothing,
    asks: ['proxy.conf'],
    pinned: { files: 3, bytes: 288, cold: 156, classic: [4_096] },
  },
  {
    name: 'monorepo, the documentation',
    project: 'monorepo',
    context: 'docs',
    dockerfile: 'docs/Dockerfile',
    drops: dropped.nothing,
    asks: null,
    pinned: { files: 10, bytes: 438_607, cold: 439_405, classic: [453_120] },
  },
  {
    name: 'Dockerfile outside, before',
    project: 'outside-dockerfile/before',
    context: 'context',
    dockerfile: 'image/Dockerfile',
    drops: dropped.nothing,
    asks: null,
    // The Dockerfile under a random name, and an ignore file with two lines: itself and that name.
    classicAppends: [
      [165, 47],
      [47, 165],
    ],
    pinned: { files: 11, bytes: 26_001_451, cold: 26_008_410, classic: [26_014_255, 26_014_373] },
  },
  {
    name: 'Dockerfile outside, after',
    project: 'outside-dockerfile/after',
    context: 'context',
    dockerfile: 'image/Dockerfile',
    drops: dropped.log,
    asks: null,
    // The ignore file gets a second line where it stands; still one block.
    classicAppends: [[165]],
    pinned: { files: 8, bytes: 1_455, cold: 1_858, classic: [10_405] },
  },
  {
    name: 'add-all-two-stage',
    project: 'add-all-two-stage',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped['add-all-two-stage'],
    asks: null,
    pinned: { files: 83, bytes: 71_941_408, cold: 71_965_979, classic: [72_036_864] },
  },
  {
    name: 'typos',
    project: 'typos',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped.nothing,
    // Nothing is left of --from=exec, so the stage that compiles is not reached.
    asks: ['data/lines.txt', 'build/metro', '..from=exec'],
    pinned: { files: 38, bytes: 293_085, cold: 145, classic: [340_992] },
  },
  {
    name: 'static-site-tar',
    project: 'static-site-tar',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped.nothing,
    asks: ['nginx.conf', 'site.tar'],
    pinned: { files: 54, bytes: 27_324_964, cold: 1_249_743, classic: [27_390_464] },
  },
  {
    name: 'python-two-stage',
    project: 'python-two-stage',
    context: '.',
    dockerfile: 'Dockerfile',
    drops: dropped['python-two-stage'],
    asks: null,
    pinned: { files: 259, bytes: 21_059_172, cold: 21_083_366, classic: [21_292_544] },
  },
]

const grown = (project: string): string => path.join(grownDir, project)

beforeAll(() => {
  for (const project of projects) growProject(project, grown(project))
})

describe.each(cases)('$name', (project) => {
  const args = ['-f', project.dockerfile, project.context]

  function computed() {
    const all = list(path.join(grown(project.project), project.context))
    const context = withParents(all, (name) => !project.drops(name))
    const transfer = withParents(
      all,
      (name) =>
        !project.drops(name) && (project.asks === null || project.asks.some((asked) => inside(asked, name))),
    )
    const takes = project.classicTakes ?? ((name) => !project.drops(name))
    const classic = all.filter((entry) => takes(entry.path))
    const classicTotals = (project.classicAppends ?? [[]]).map((sizes) => tarLength(classic, sizes))
    return { context, transfer, classicTotals }
  }

  it('leaves what its ignore file does not drop, asks for what its instructions name, and the rest is unread', () => {
    const { context, transfer } = computed()
    const found = scan(grown(project.project), ...args)
    const [all, asked] = [amount(context), amount(transfer)]
    expect({
      context: found.context.context,
      transfer: found.target.transfer,
      unread: found.context.unread,
    }).toEqual({
      context: all,
      transfer: asked,
      unread: { files: all.files - asked.files, bytes: all.bytes - asked.bytes },
    })
  })

  it('costs the bytes that the formulae of both builders give', () => {
    const { transfer, classicTotals } = computed()
    const { wire } = scan(grown(project.project), ...args).target
    expect(wire.buildkit).toEqual(buildkitWire(transfer))
    expect(classicTotals).toContain(wire.classic)
  })

  it('lists what BuildKit asks for, in its order', () => {
    const { transfer } = computed()
    const later = laterNames(transfer)
    const sent = json(grown(project.project), 'ls', ...args) as SentReport
    expect(sent.entries.map((entry) => [entry.path, entry.type, entry.size])).toEqual(
      transfer.map((entry) => [entry.path, later.has(entry.path) ? 'hardlink' : entry.type, entry.size]),
    )
  })

  it('has the totals of every machine', () => {
    const { context, transfer, classicTotals } = computed()
    expect({ ...amount(context), cold: buildkitWire(transfer).cold, classic: classicTotals }).toEqual(
      project.pinned,
    )
  })
})

function idleLines(context: ContextReport): readonly number[] {
  return context.ignoreLines.filter((line) => line.idle).map((line) => line.line)
}

function ignoreLine(context: ContextReport, line: number) {
  return only(
    context.ignoreLines.filter((report) => report.line === line),
    `pattern in line ${line}`,
  )
}

/** `[path, bytes, lines that read it]` of the largest parts. */
function largest(
  context: ContextReport,
  count: number,
): readonly (readonly [string, number, readonly number[]])[] {
  return context.largest.slice(0, count).map((part) => [part.path, part.bytes, part.readBy])
}

/** The bytes of what is left of a directory; those of a file only with the first of all its names that are left. */
function bytesIn(dir: string, name: string, drops: (name: string) => boolean = dropped.nothing): number {
  const left = list(dir).filter((entry) => entry.type === 'file' && !drops(entry.path))
  const later = laterNames(left)
  return amount(left.filter((entry) => inside(name, entry.path) && !later.has(entry.path))).bytes
}

function why(dir: string, name: string, ...args: string[]) {
  const report = json(dir, 'why', ...args, name) as WhyReport
  const found = only(report.paths, 'path')
  return {
    fate: found.fate,
    decidedBy: found.decidedBy?.line ?? null,
    reads: found.reads.map((read) => read.line),
  }
}

function sentNames(dir: string, ...args: string[]): readonly string[] {
  return (json(dir, 'ls', ...args) as SentReport).entries.map((entry) => entry.path)
}

describe('node-app: an ignore file written as for git', () => {
  const dir = grown('node-app')

  it('names the lines that do nothing: other depths, a comment behind a pattern or a blank, names nearly right', () => {
    const { context } = scan(dir)
    expect(idleLines(context)).toEqual([3, 4, 5, 10, 12, 13, 16])
    expect(new Set(context.ignoreLines.filter((line) => line.idle).map((line) => line.because))).toEqual(
      new Set(['matches nothing']),
    )
  })

  it('drops node_modules at the root only', () => {
    const { context } = scan(dir)
    expect(ignoreLine(context, 2).pruned.map((pruned) => pruned.path)).toEqual(['node_modules'])
    expect(why(dir, 'tools/email-preview/node_modules/mjml/package.json')).toEqual({
      fate: 'read',
      decidedBy: null,
      reads: [4],
    })
  })

  it('knows that what it did not enter is there, and who would read it', () => {
    const name = 'node_modules/react/cjs/react.production.js'
    const { paths } = json(dir, 'why', name) as WhyReport
    const { exists, type, size, wantedBy } = only(paths, 'path')
    const stat = fs.lstatSync(path.join(dir, name))
    expect({ exists, type, size, wantedBy: wantedBy.map(({ line }) => line) }).toEqual({
      exists: true,
      type: 'file',
      size: stat.size,
      wantedBy: [4],
    })
  })

  it('drops the log at the root only', () => {
    expect(ignoreLine(scan(dir).context, 6).decides).toEqual({ files: 1, bytes: 21_300 })
    expect(why(dir, 'logs/app.log')).toEqual({ fate: 'read', decidedBy: null, reads: [4] })
  })

  it('drops .env at the root, and lets one with keys in further down', () => {
    expect(why(dir, '.env')).toEqual({ fate: 'ignored', decidedBy: 7, reads: [] })
    expect(why(dir, '.env.example')).toEqual({ fate: 'read', decidedBy: 8, reads: [4] })
    expect(why(dir, 'tools/email-preview/.env')).toEqual({ fate: 'read', decidedBy: null, reads: [4] })
  })

  it('gives the classic builder its two files, but no instruction finds them', () => {
    const { context, target } = scan(dir, '--builder', 'classic', '.')
    const two = ['Dockerfile', '.dockerignore']
    expect(context.unread).toEqual({
      files: 2,
      bytes: two.reduce((sum, name) => sum + bytesIn(dir, name), 0),
    })
    expect(target.instructions[0]?.takes).toEqual(scan(dir).context.context)
  })

  it('says who reads the largest directories', () => {
    const of = (name: string) => [name, bytesIn(dir, name), [4]]
    expect(largest(scan(dir).context, 6)).toEqual(
      ['.next/cache', '.git', 'tools/email-preview', 'uploads', 'logs', 'coverage'].map(of),
    )
  })

  it('tells its owner of seven lines without effect, and of a repository and a build cache that go along', () => {
    const { stdout } = ctxsize(dir, '.')
    expect(words(stdout)).toContain('7 lines of .dockerignore do nothing here: 3, 4, 5, 10, 12, 13, 16 (-v)')
    expect(words(stdout)).toContain('COPY . . (line 4) reads all that .dockerignore leaves')
    expect(row(stdout, '.git/')).toMatch(/18\.4MB .* yes {2}no RUN, script or manifest uses/)
    expect(row(stdout, '.next/cache/')).toMatch(/43\.2MB .* yes {2}next build \(Dockerfile:8\)/)
    const all = words(ctxsize(dir, '-v', '.').stdout)
    expect(all).toMatch(/ 2 node_modules holds back node_modules\//)
    expect(all).toContain(' 16 compose.yml nothing: it matches nothing here')
  })
})

describe('python-service: no ignore file', () => {
  const dir = grown('python-service')

  it('has no ignore file and no lines of one', () => {
    const { context } = scan(dir)
    expect([context.ignoreFile, context.ignorePatterns, context.ignoreLines]).toEqual([null, 0, []])
  })

  it('says who reads the largest directories', () => {
    const of = (name: string) => [name, bytesIn(dir, name), [6]]
    expect(largest(scan(dir).context, 5)).toEqual(
      ['.venv', 'uploads', '.dvc/cache', 'data/species.onnx', '.git'].map(of),
    )
  })

  it('tells its owner that the model goes twice, and the interpreter of the laptop with it', () => {
    const { stdout } = ctxsize(dir, '.')
    expect(words(stdout)).toContain('no .dockerignore')
    expect(words(stdout)).toContain('COPY . /app (line 6) reads everything')
    expect(row(stdout, 'data/species.onnx')).toMatch(/31\.5MB .* keep {2}\.github\/workflows\/image\.yml:12/)
    expect(row(stdout, '.dvc/cache/')).toMatch(/31\.5MB .* ask /)
    expect(row(stdout, '.venv/')).toMatch(/39\.2MB .*† +yes /)
    expect(words(stdout)).toContain('1 write .dockerignore, ')
    expect(words(stdout)).toContain('→ ctxsize fix the changes and their reasons')
  })
})

describe('go-service: an allow-list with a wildcard', () => {
  const dir = grown('go-service')
  const dump = 'tmp/dump-2025-05-31.sql'

  it('names the lines that do nothing', () => {
    expect(idleLines(scan(dir).context)).toEqual([11, 13])
  })

  it('lets a copy of a database in with the migrations', () => {
    expect(why(dir, dump)).toEqual({ fate: 'read', decidedBy: 10, reads: [10] })
    expect(ignoreLine(scan(dir).context, 10).decides).toEqual({
      files: 3,
      bytes:
        bytesIn(dir, dump) + bytesIn(dir, 'deploy/schema.sql') + bytesIn(dir, '.idea/queries/readings.sql'),
    })
  })

  it('finds no exception below a dropped directory with the classic builder', () => {
    expect(sentNames(dir)).toContain(dump)
    expect(sentNames(dir, '--builder', 'classic')).not.toContain(dump)
  })

  it('keeps the tests, which lie deeper than the pattern for them', () => {
    expect(why(dir, 'internal/tide/tide_test.go')).toEqual({ fate: 'read', decidedBy: 6, reads: [10] })
  })

  it('takes go.mod and go.sum, then everything, by bind mounts and nothing by cache mounts', () => {
    const { context, target } = scan(dir)
    const takes = target.instructions.map(({ line, sources, takes }) => [line, sources, takes.bytes])
    expect(takes).toEqual([
      [6, ['go.mod'], bytesIn(dir, 'go.mod')],
      [6, ['go.sum'], bytesIn(dir, 'go.sum')],
      [10, expect.anything(), context.context.bytes],
      [16, ['/out/tidewatch'], 0],
      [17, ['internal/store/migrations'], bytesIn(dir, 'internal/store/migrations')],
    ])
  })

  it('leads with what the classic builder sends when asked about that one, and with its refusal of mounts', () => {
    const { stdout } = ctxsize(dir, '--builder', 'classic', '.')
    const all = list(dir).filter((entry) => goServiceClassic(entry.path))
    const { context, target } = scan(dir, '--builder', 'classic', '.')
    expect(context.context).toEqual(amount(all))
    expect(words(stdout)).toContain('docker prints Sending build context to Docker daemon 10.38MB')
    expect(stdout).not.toContain('BuildKit asks')
    expect(target.buildFails).toBe(true)
    expect(words(stdout)).toContain(
      'This build cannot succeed: the classic builder refuses this RUN: it knows no --mount Dockerfile:6',
    )
  })

  it('knows that the classic builder drops the dump with its directory', () => {
    expect(why(dir, dump, '--builder', 'classic')).toEqual({ fate: 'ignored', decidedBy: 2, reads: [] })
  })

  it('tells its owner that an ignored directory is the largest thing in the context', () => {
    const { stdout } = ctxsize(dir, '.')
    expect(words(stdout)).toContain('RUN, bind mount of . (line 10) reads all')
    expect(row(stdout, dump)).toMatch(/38\.0MB +1 .* ask {3}CI builds without it/)
    expect(words(ctxsize(dir, 'why', dump).stdout)).toContain('let in by .dockerignore:10 !**/*.sql')
  })
})

describe('java-service: the jar is built on the host and ignored', () => {
  const dir = grown('java-service')
  const only8 = ['-f', 'Dockerfile', '.']

  it('is certain to fail, at the instruction and by the line of the ignore file', () => {
    const { context, target } = scan(dir, ...only8)
    expect(target.buildFails).toBe(true)
    const errors = context.findings.filter(({ rule }) => rule.startsWith('copy-source'))
    expect(errors.map(({ at, message, data }) => ({ at, message, by: data['decidedBy'] }))).toEqual([
      {
        at: { file: 'Dockerfile', line: 8 },
        message: 'COPY target/*.jar: ignored by .dockerignore:7 `target`',
        by: { file: '.dockerignore', line: 7, pattern: 'target', negated: false },
      },
    ])
    expect(target.instructions.map(({ line, problem }) => [line, problem !== null])).toEqual([
      [8, true],
      [9, false],
      [10, false],
    ])
  })

  it('ends with 0, as only an instruction fails', () => {
    expect(ctxsize(dir, ...only8).status).toBe(0)
  })

  it('fails no less in a clean checkout, where the jar is not there yet', () => {
    const clean = grown('java-service, clean')
    growProject('java-service', clean, { junk: false, git: 'none' })
    expect(scan(clean, ...only8).target.buildFails).toBe(true)
  })

  it('does not fail where the image compiles', () => {
    const { context, target } = scan(dir, '-f', 'docker/Dockerfile.hermetic', '.')
    expect([
      target.buildFails,
      context.findings.filter(({ rule }) => rule.startsWith('copy-source')),
    ]).toEqual([false, []])
  })

  it('breaks the build by a line for a directory of which only one file is asked for', () => {
    const { paths } = json(dir, 'why', 'docker') as WhyReport
    expect(only(paths, 'path').change?.effect).toBe(
      'drops it, and COPY (line 10) would no longer find what it asks for',
    )
  })

  it('reads a part of a directory no less where the whole context is sent', () => {
    for (const builder of ['buildkit', 'classic']) {
      const { context } = scan(dir, '--builder', builder, ...only8)
      const part = context.largest.find((one) => one.path === 'docker')
      expect(part?.read.bytes).toBe(bytesIn(dir, 'docker/entrypoint.sh'))
    }
  })

  it('takes settings that git does not know along with those it does', () => {
    expect(why(dir, 'config/application-local.yml')).toEqual({ fate: 'read', decidedBy: null, reads: [9] })
  })

  it('names the lines that do nothing', () => {
    expect(idleLines(scan(dir).context)).toEqual([4, 6])
  })

  it('reads nothing of the largest things in the context', () => {
    const { context } = scan(dir, ...only8)
    expect(largest(context, 3)).toEqual([
      ['heap-2025-05-30.hprof', 64_000_000, []],
      ['.git', bytesIn(dir, '.git'), []],
      ['hs_err_pid4711.log', 183_000, []],
    ])
  })

  it('tells its owner that this build cannot succeed, and why', () => {
    const { stdout } = ctxsize(dir, ...only8)
    expect(words(stdout)).toContain(
      'This build cannot succeed: COPY target/*.jar: ignored by .dockerignore:7 target Dockerfile:8',
    )
    expect(row(stdout, 'heap-2025-05-30.hprof')).toMatch(/64\.0MB .* yes +no instruction reads it/)
    // What ships is told too, and is no reason why it fails.
    expect(words(stdout)).toContain('! Dockerfile:9 config/application-local.yml is in the final image')
  })
})

describe('monorepo: several images from one root', () => {
  const dir = grown('monorepo')
  const api = ['-f', 'Dockerfile', '.']
  const web = ['-f', 'apps/web/Dockerfile', '.']

  it('never reads the ignore file of an application', () => {
    expect(scan(dir, ...api).context.ignoreFile).toBe('.dockerignore')
    expect(why(dir, 'apps/api/storage/plots/01.jpg', '-f', 'Dockerfile')).toEqual({
      fate: 'read',
      decidedBy: null,
      reads: [15],
    })
  })

  it('does not drop the outputs that the line `build` is for', () => {
    expect(idleLines(scan(dir, ...api).context)).toEqual([3])
  })

  it('puts the programs of the laptop over what was installed', () => {
    const program = 'apps/api/node_modules/@esbuild/darwin-arm64/bin/esbuild'
    expect(why(dir, program, '-f', 'Dockerfile')).toEqual({ fate: 'read', decidedBy: null, reads: [15] })
  })

  it('sends a file with two names once', () => {
    const { context, target } = scan(dir, ...api)
    const twice = 9_700_000 + 14_600
    const names = list(dir).filter((entry) => entry.type === 'file' && !dropped.monorepo(entry.path))
    const once = names.reduce((sum, entry) => sum + entry.size, -twice)
    expect(context.context).toEqual({ files: names.length, bytes: once })
    expect(target.wire.buildkit.cold).toBeGreaterThan(once)
    expect(target.wire.buildkit.cold).toBeLessThan(once + 50_000)
  })

  it('reads the manifest of the application that a build argument names', () => {
    const sources = (app: string) =>
      scan(dir, ...api, '--build-arg', `APP=${app}`).target.instructions.find(({ line }) => line === 11)
        ?.sources
    expect(sources('worker')).toEqual(['apps/worker/package.json'])
  })

  it('says who reads the largest directories', () => {
    const of = (name: string, ...lines: number[]) => [name, bytesIn(dir, name, dropped.monorepo), lines]
    expect(largest(scan(dir, ...api).context, 4)).toEqual([
      of('apps/api', 11, 15),
      of('.turbo', 15),
      of('.pnpm-store', 15),
      of('apps/worker', 15),
    ])
  })

  it('has an ignore file of its own for the web application, which the classic builder does not know', () => {
    expect(scan(dir, ...web).context.ignoreFile).toBe('apps/web/Dockerfile.dockerignore')
    const classic = sentNames(dir, ...web, '--builder', 'classic')
    expect(classic).toContain('apps/api/storage/plots/01.jpg')
    expect(classic).not.toContain('apps/web/src/main.tsx')
  })

  it('sends the pages that mkdocs made here to the image that makes them again', () => {
    expect(why(dir, 'site/search/search_index.json', '-f', 'docs/Dockerfile', '-C', 'docs')).toEqual({
      fate: 'read',
      decidedBy: null,
      reads: [2],
    })
  })

  it('tells its owner that `build` does nothing and that caches and photographs go along', () => {
    const { stdout } = ctxsize(dir, ...api)
    expect(words(stdout)).toContain('1 line of .dockerignore does nothing here: 3 (-v)')
    expect(row(stdout, '.turbo/')).toMatch(/21\.6MB .* yes /)
    // The one instruction that takes it all is named, and the line of the other.
    expect(row(stdout, 'apps/api/')).toMatch(/28\.1MB .* read by COPY \. \. :15, :11$/)
  })
})

describe('outside-dockerfile: 26 MB of logs, before and after one line', () => {
  const before = grown('outside-dockerfile/before')
  const after = grown('outside-dockerfile/after')
  const args = ['-f', 'image/Dockerfile', 'context']

  it("admits that the classic figure is a matter of chance, before, and BuildKit's is not", () => {
    const exact = (dir: string, builder: string) => scan(dir, '--builder', builder, ...args).target.exact
    expect([exact(before, 'classic'), exact(after, 'classic')]).toEqual([false, true])
    expect([exact(before, 'buildkit'), exact(after, 'buildkit')]).toEqual([true, true])
  })

  it('names the Dockerfile from the context', () => {
    expect(scan(before, ...args).target.dockerfile).toBe('../image/Dockerfile')
  })

  it('has the logs read by the second COPY, before', () => {
    expect(largest(scan(before, ...args).context, 1)).toEqual([['log', 26_000_000, [6]]])
  })

  it('drops the directory whole, after', () => {
    const { context } = scan(after, ...args)
    expect(ignoreLine(context, 1).pruned.map((pruned) => pruned.path)).toEqual(['log'])
    expect(context.ignoreFile).toBe('.dockerignore')
  })

  it('transfers 26 MB less, and the ignore file more', () => {
    const bytes = (dir: string) => scan(dir, ...args).target.transfer.bytes
    expect(bytes(before) - bytes(after)).toBe(26_000_000 - 'log\n'.length)
  })

  it('tells its owner that the context is its logs, and is content without them', () => {
    const first = ctxsize(before, ...args).stdout
    expect(words(first)).toContain(
      'This build sends 26.0MB from 11 files: COPY . . (line 6) reads everything',
    )
    expect(row(first, 'log/')).toMatch(/26\.0MB +4 .*:6/)
    expect(words(ctxsize(after, ...args).stdout)).toContain('This build sends 1.46kB from 8 files')
  })
})

describe('add-all-two-stage: nothing of the context is in the image', () => {
  const dir = grown('add-all-two-stage')

  it('reads everything in the first stage and nothing in the last', () => {
    const { context, target } = scan(dir)
    expect(
      target.instructions.map(({ line, instruction, from, takes }) => [line, instruction, from, takes.bytes]),
    ).toEqual([
      [3, 'ADD', null, context.context.bytes],
      [7, 'COPY', 'build', 0],
    ])
  })

  it('says who reads the largest directories', () => {
    const of = (name: string) => [name, bytesIn(dir, name), [3]]
    expect(largest(scan(dir).context, 3)).toEqual(['cypress/videos', '.git', 'docs/screenshots'].map(of))
  })

  it('tells its owner that videos of tests and pictures for app stores are sent to compile a page', () => {
    const { stdout } = ctxsize(dir, '.')
    expect(words(stdout)).toContain('ADD . /app (line 3) reads all that .dockerignore leaves')
    expect(row(stdout, 'cypress/videos/')).toMatch(/30\.1MB .* yes /)
    expect(row(stdout, 'docs/screenshots/')).toMatch(/17\.5MB .* read by ADD \. \/app :3/)
  })
})

describe('typos: two slips of the finger', () => {
  const dir = grown('typos')

  it('ends with 2, and still prints what is known', () => {
    const { status, stdout, stderr } = ctxsize(dir, '--format', 'json')
    expect(status).toBe(2)
    expect(stdout).toContain('"schemaVersion": 1')
    expect(stderr).toMatch(/^.*Dockerfile:10.*ENTRYPONT.*ENTRYPOINT.*\n$/)
  })

  it('reports the unknown instruction with its line and the right word', () => {
    const { context, report, target } = scan(dir)
    expect(target.buildFails).toBe(true)
    expect(report.problems.map(({ at, message }) => ({ at, message }))).toEqual([
      {
        at: { file: 'Dockerfile', line: 10 },
        message:
          'dockerfile parse error on line 10: unknown instruction: ENTRYPONT (did you mean ENTRYPOINT?)',
      },
    ])
    expect(context.findings.map(({ at, severity }) => [at?.line, severity])).toContainEqual([10, 'error'])
  })

  it('reports the flag that docker takes for a path, with its line and the right flag', () => {
    const about = scan(dir).context.findings.filter(({ at }) => at?.line === 8)
    expect(about.map(({ severity }) => severity).sort()).toEqual(['error', 'warning'])
    expect(about.map(({ message, hint }) => `${message} ${hint}`).join('\n')).toContain('--from=exec')
  })

  it('does not reach the stage that compiles, as nothing asks for it', () => {
    expect(why(dir, 'src/metro.c').fate).toBe('unread')
  })

  it('predicts no line about a context that docker never asks for, as it refuses the text before', () => {
    expect(scan(dir).target.prints.buildkit).toBeNull()
    expect(ctxsize(dir, '-v', '.').stdout).not.toMatch(/transferring context|BuildKit [\d,]+ cold/)
  })

  it('tells its owner of both, with what was meant', () => {
    const said = words(ctxsize(dir, '.').stdout)
    expect(said).toContain('unknown instruction: ENTRYPONT (did you mean ENTRYPOINT?)')
    expect(said).toMatch(
      /Dockerfile:8 .*\.\.from=exec is taken for a path to copy, not for a flag write --from=exec/,
    )
  })
})

describe('static-site-tar: the image is made of an archive', () => {
  const dir = grown('static-site-tar')

  it('reads the archive and not the directory that it was made of', () => {
    const { context, target } = scan(dir)
    expect(target.instructions.map(({ line, takes }) => [line, takes.bytes])).toEqual([
      [2, bytesIn(dir, 'nginx.conf')],
      [3, bytesIn(dir, 'site.tar')],
    ])
    expect(largest(context, 4)).toEqual([
      ['drafts/poster.psd', bytesIn(dir, 'drafts/poster.psd'), []],
      ['.git', bytesIn(dir, '.git'), []],
      ['site.tar', bytesIn(dir, 'site.tar'), [3]],
      ['site', bytesIn(dir, 'site'), []],
    ])
  })

  it('is certain to fail in a clean checkout, where the archive is not made yet', () => {
    const clean = grown('static-site-tar, clean')
    growProject('static-site-tar', clean, { junk: false, git: 'none' })
    const { context, target } = scan(clean)
    expect(target.buildFails).toBe(true)
    const errors = context.findings.filter((finding) => finding.severity === 'error')
    expect(errors.map(({ at, message }) => ({ at, message }))).toEqual([
      {
        at: { file: 'Dockerfile', line: 3 },
        message: expect.stringMatching(/ADD site\.tar: no such file/),
      },
    ])
  })

  it('tells its owner that all but the archive stays here', () => {
    expect(words(ctxsize(dir, '.').stdout)).toMatch(
      /This build sends 1\.25MB from 2 files\. The other 26\.1MB .* stay here/,
    )
  })
})

describe('python-two-stage: everything is copied twice', () => {
  const dir = grown('python-two-stage')

  it('names the lines that do nothing: the caches lie deeper', () => {
    expect(idleLines(scan(dir).context)).toEqual([3, 4])
  })

  it('says which instructions read the largest directories and the manifests', () => {
    const { context } = scan(dir)
    const of = (name: string) => [name, bytesIn(dir, name), [5, 12]]
    expect(largest(context, 2)).toEqual(['.git', '.mypy_cache'].map(of))
    expect(why(dir, 'setup.cfg').reads).toEqual([3, 5, 12])
  })

  it('tells its owner that the last stage takes it all a second time', () => {
    const { stdout } = ctxsize(dir, '.')
    expect(words(stdout)).toMatch(/ 5 COPY \. \. \S+ 259 12 COPY \. \/app/)
    expect(row(stdout, '.mypy_cache/')).toMatch(/6\.71MB .* yes /)
    expect(words(stdout)).toContain('2 lines of .dockerignore do nothing here: 3, 4 (-v)')
  })
})

describe('the script that grows them', () => {
  it('writes the commit that git itself would make', () => {
    const real = grown('typos, by git')
    growProject('typos', real, { git: 'real', junk: false })
    const head = (dir: string) => fs.readFileSync(path.join(dir, '.git/refs/heads/main'), 'utf8')
    expect(head(grown('typos'))).toBe(head(real))
  })

  it('keeps every file of a project as it is committed', () => {
    for (const project of projects) {
      const committed = list(path.join(sources, project)).filter((entry) => entry.type === 'file')
      for (const { path: name } of committed)
        expect(fs.readFileSync(path.join(grown(project), name))).toEqual(
          fs.readFileSync(path.join(sources, project, name)),
        )
    }
  })
})
