import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listIgnored, listReads, listSent, listUnread } from '../../src/answers/list.ts'
import type { Host } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryEntry, type MemoryTree } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import type { Amount } from '../../src/report.ts'
import { type Scan, type ScanOptions, scan } from '../../src/scan.ts'
import { contextHost, plainBuild, scanTree } from '../scan-tree.ts'
import { patterns, plainTree, source, tree } from './arbitrary.ts'
import { judgeFromAncestors, type ReferencePattern, referencePattern } from './reference.ts'

interface Build {
  readonly tree: MemoryTree
  readonly ignore: readonly string[]
}

const dockerfile = (sources: readonly string[]) =>
  `FROM scratch\n${sources.map((each) => `COPY ${JSON.stringify([each, '/z/'])}\n`).join('')}`

const whole: MemoryTree = { Dockerfile: 'FROM scratch\nCOPY . /\n' }

function withFiles(build: Build, sources: readonly string[] | null): MemoryTree {
  return {
    ...build.tree,
    ...(sources === null ? whole : { Dockerfile: dockerfile(sources) }),
    ...(build.ignore.length === 0 ? {} : { '.dockerignore': `${build.ignore.join('\n')}\n` }),
  }
}

const sources = fc.array(source, { minLength: 1, maxLength: 3 })
const taken = (ignore: readonly string[]) => {
  const { problems, compiled } = parseIgnoreFile(ignore.join('\n'))
  return problems.length === 0 && compiled.every(({ invalid }) => !invalid)
}
const build = (trees: fc.Arbitrary<MemoryTree>): fc.Arbitrary<Build> =>
  fc.record({ tree: trees, ignore: patterns.filter(taken) })

/** Every path of the tree and its directories in the builders' order. */
function allPaths(files: MemoryTree): readonly string[] {
  const found = new Set<string>()
  for (const file of Object.keys(files)) {
    const parts = file.split('/')
    for (let length = 1; length <= parts.length; length++) found.add(parts.slice(0, length).join('/'))
  }
  const key = (each: string) => each.split('/')
  return [...found].sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    for (let i = 0; ; i++) {
      const [p, q] = [x[i], y[i]]
      if (p === undefined || q === undefined) return x.length - y.length
      if (p !== q) return p < q ? -1 : 1
    }
  })
}

const read = (texts: readonly string[]): readonly ReferencePattern[] =>
  texts.map(referencePattern).filter((each) => each !== null)

const isAbove = (directory: string, file: string) => file.startsWith(`${directory}/`)

/** What is sent when nothing is pruned: all that is left and wanted, and the directories above it. */
function sentUnpruned(files: MemoryTree, ignore: readonly string[], includes: readonly string[] | null) {
  const ignored = read(parseIgnoreFile(ignore.join('\n')).patterns)
  const included = includes && read(includes)
  const paths = allPaths(files)
  const own = paths.filter(
    (each) =>
      !judgeFromAncestors(ignored, each).ignored &&
      (included === null || judgeFromAncestors(included, each).ignored),
  )
  return paths.filter((each) => own.includes(each) || own.some((other) => isAbove(each, other)))
}

/** The classic client's tar by the words of its rules: docker/cli context.go and moby/go-archive archive.go. */
function tarOf(files: MemoryTree, ignore: readonly string[]): readonly string[] {
  const list = [...parseIgnoreFile(ignore.join('\n')).patterns]
  for (const name of ['.dockerignore', 'Dockerfile']) {
    let ignored = false
    for (const pattern of read(list)) if (pattern.matches(name)) ignored = !pattern.negated
    if (ignored) list.push(`!${name}`)
  }
  const judged = read(list)
  const negations = list
    .filter((text) => text.startsWith('!'))
    .map((text) => path.posix.normalize(text).slice(1))
  const skipped: string[] = []
  return allPaths(files).filter((each) => {
    if (skipped.some((directory) => isAbove(directory, each))) return false
    if (!judgeFromAncestors(judged, each).ignored) return true
    if (!negations.some((text) => `${text}/`.startsWith(`${each}/`))) skipped.push(each)
    return false
  })
}

const sentPaths = (scanned: Scan, builder: 'buildkit' | 'classic') =>
  listSent(scanned, builder).entries.map((entry) => entry.path)

/** Follow paths without any link in the tree: the sources, less what another of them covers. */
function includesOf(given: readonly string[]): readonly string[] | null {
  const kept: string[] = []
  const asked = given.map((each) => path.posix.normalize(`/${each}`).replace(/\/$/, '').slice(1))
  if (asked.includes('')) return null
  for (const each of asked.sort()) if (!isAbove(kept.at(-1) ?? '', each) || kept.length === 0) kept.push(each)
  return kept
}

describe('a walk that leaves out directories', () => {
  const sameForBuildkit = (given: Build, asked: readonly string[] | null) => {
    const files = withFiles(given, asked)
    const includes = asked === null ? null : includesOf(asked)
    fc.pre(
      ![...given.ignore, ...(includes ?? [])].some((text) =>
        /\/\*\/\*\*$/.test(path.posix.normalize(text).replace(/\/$/, '')),
      ),
    )
    expect(sentPaths(scanTree(files), 'buildkit')).toEqual(sentUnpruned(files, given.ignore, includes))
  }

  it('sends the whole context as one that looks everywhere', () => {
    fc.assert(
      fc.property(build(plainTree), (given) => sameForBuildkit(given, null)),
      { numRuns: 1500 },
    )
  })

  it('sends what is asked for as one that looks everywhere', () => {
    fc.assert(fc.property(build(plainTree), sources, sameForBuildkit), { numRuns: 1500 })
  })

  it('sends the same when it enters only what is asked for', () => {
    fc.assert(
      fc.property(build(tree), sources, (given, asked) => {
        const files = withFiles(given, asked)
        const [narrow, wide] = [scanTree(files, { scope: 'transfer' }), scanTree(files)]
        expect(listSent(narrow, 'buildkit')).toEqual(listSent(wide, 'buildkit'))
        expect(listReads(narrow)).toEqual(listReads(wide))
        const errors = ({ findings }: typeof wide) => findings.filter(({ severity }) => severity === 'error')
        expect(errors(narrow)).toEqual(errors(wide))
      }),
      { numRuns: 1000 },
    )
  })

  it('makes the tar that the rules of the classic client describe', () => {
    fc.assert(
      fc.property(build(plainTree), (given) => {
        const files = withFiles(given, null)
        expect(sentPaths(scanTree(files), 'classic')).toEqual(tarOf(files, given.ignore))
      }),
      { numRuns: 1500 },
    )
  })

  // Of `d/*/**` the client drops both globs when it asks what could lie below (fsutil, patternWithoutTrailingGlob).
  it('overlooks what lies two levels below a pattern with two globs at its end, as the client does', () => {
    const files = { '.a/a/a': 0, a: 0 }
    expect(sentPaths(scanTree(withFiles({ tree: files, ignore: [] }, ['.a/*/**'])), 'buildkit')).toEqual([])
    const kept = withFiles({ tree: files, ignore: ['*', '!.a/*/**'] }, null)
    expect(sentPaths(scanTree(kept), 'buildkit')).toEqual([])
  })

  it.each<[MemoryTree, readonly string[]]>([
    [{ 'b/c/keep.log': 1, 'b/x': 1 }, ['*', '!**/keep.log']],
    [{ 'b/c/d': 1 }, ['*', '!b/c']],
    [{ 'a/b/c': 1 }, ['a', '!a/b/*']],
  ])('agrees on %j under %j', (files, ignore) => sameForBuildkit({ tree: files, ignore }, null))
})

describe('what COPY reads', () => {
  it('is in what BuildKit sends', () => {
    fc.assert(
      fc.property(build(tree), sources, (given, asked) => {
        const scanned = scanTree(withFiles(given, asked))
        const sent = new Set(sentPaths(scanned, 'buildkit'))
        for (const { files } of listReads(scanned).reads)
          expect(files.filter((each) => !sent.has(each))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  const sameAsWhole = (given: Build, asked: readonly string[]) => {
    const narrow = scanTree(withFiles(given, asked))
    fc.pre(narrow.report.contexts[0]?.targets[0]?.buildFails === false)
    const wide = scanTree({ ...withFiles(given, null), Dockerfile: `${dockerfile(asked)}COPY . /\n` })
    expect(listReads(narrow).reads.map(({ files }) => files)).toEqual(
      listReads(wide)
        .reads.slice(0, asked.length)
        .map(({ files }) => files),
    )
  }

  it('is what it would read of the whole context, where the build succeeds', () => {
    fc.assert(fc.property(build(plainTree), sources, sameAsWhole), { numRuns: 1000 })
  })
})

const plus = (a: Amount, b: Amount): Amount => ({ files: a.files + b.files, bytes: a.bytes + b.bytes })
const zero: Amount = { files: 0, bytes: 0 }

describe('the totals of a report', () => {
  const check = (given: Build, asked: readonly string[] | null) => {
    const files = withFiles(given, asked)
    const scanned = scanTree(files, { measureIgnored: true })
    const [context] = scanned.report.contexts
    const [target] = context?.targets ?? []
    if (!context || !target) throw new Error('a report has a context and a target')
    const sizes = Object.values(files).flatMap((entry): number[] => {
      if (typeof entry === 'number') return [entry]
      if (typeof entry === 'string') return [entry.length]
      if (!('type' in entry) || entry.type !== 'file') return []
      return [typeof entry.content === 'string' ? entry.content.length : (entry.size ?? 0)]
    })
    const everything = { files: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) }
    expect(plus(context.context, context.ignored)).toEqual(everything)
    expect(plus(context.largest.reduce(plus, zero), context.rest)).toEqual(context.context)
    const taken = scanned.main.table
    let readAmount = zero
    for (let row = 0; row < taken.count; row++)
      if (scanned.read[row] === 1 && taken.kind[row] === 0)
        readAmount = plus(readAmount, { files: 1, bytes: taken.size[row] ?? 0 })
    expect(plus(context.unread, readAmount)).toEqual(context.context)
    const kept = (line: { readonly negated: boolean }) => !line.negated
    const byLine = context.ignoreLines
      .filter(kept)
      .reduce(
        (sum, line) =>
          line.pruned.reduce((inner, { measured }) => plus(inner, measured ?? zero), plus(sum, line.decides)),
        zero,
      )
    expect(byLine).toEqual(context.ignored)
    expect(target.transfer.bytes).toBeLessThanOrEqual(context.context.bytes)
    if (target.whole) expect(target.transfer).toEqual(context.context)
    expect(target.wire.buildkit.warm).toBeLessThanOrEqual(target.wire.buildkit.cold)
    expect((target.wire.classic ?? 0) % 512).toBe(0)
    for (const part of context.largest) {
      expect(part.transferred.bytes).toBeLessThanOrEqual(part.bytes)
      if (part.state !== 'unread') expect(part.readBy.length).toBeGreaterThan(0)
    }
    const unread = listUnread(scanned).entries.filter(({ type }) => type === 'file' || type === 'hardlink')
    expect(unread.reduce((sum, { size }) => plus(sum, { files: 1, bytes: size }), zero)).toEqual(
      context.unread,
    )
    expect(listIgnored(scanned).entries.every(({ decidedBy }) => decidedBy !== undefined)).toBe(true)
  }

  it('add up for a whole context', () => {
    fc.assert(
      fc.property(build(tree), (given) => check(given, null)),
      { numRuns: 700 },
    )
  })

  it('add up where the builder finds a negation behind a slash', () => {
    for (const line of ['/!a', './!a', '/ !a']) check({ tree: { a: 0, b: 1 }, ignore: ['a/', line] }, null)
  })

  it('add up for parts of one', () => {
    fc.assert(fc.property(build(tree), sources, check), { numRuns: 700 })
  })
})

/** The same host, whose directories are listed in another order. */
function shuffled(host: Host, seed: number): Host {
  return {
    ...host,
    list: (directory) => {
      let random = seed
      return host
        .list(directory)
        .map((each) => {
          random = (random * 48_271 + each.length) % 2_147_483_647
          return [random, each] as const
        })
        .sort(([a], [b]) => a - b)
        .map(([, each]) => each)
    },
  }
}

describe('the same input', () => {
  const everything = (scanned: Scan) =>
    JSON.stringify([
      scanned.report,
      listSent(scanned, 'buildkit'),
      listSent(scanned, 'classic'),
      listReads(scanned),
      listUnread(scanned),
      listIgnored(scanned),
    ])

  it('gives the same bytes, in whatever order the disk lists its directories', () => {
    fc.assert(
      fc.property(build(tree), sources, fc.integer({ min: 1, max: 1e6 }), (given, asked, seed) => {
        const host = contextHost(withFiles(given, asked))
        const first = everything(scan(host, plainBuild))
        expect(everything(scan(host, plainBuild))).toBe(first)
        expect(everything(scan(shuffled(host, seed), plainBuild))).toBe(first)
      }),
      { numRuns: 500 },
    )
  })

  it('gives the same report in memory and on the disk', () => {
    const top = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-laws-'))
    let count = 0
    try {
      fc.assert(
        fc.property(
          build(
            tree.filter((each) => Object.values(each).every((entry) => described(entry).type !== 'fifo')),
          ),
          sources,
          fc.constantFrom(1_700_000_000, 0, 1, 100_000, 9_000_000_000),
          (given, asked, mtime) => {
            const root = path.join(top, String(count++))
            const files = withFiles(given, asked)
            layOnDisk(root, files, mtime)
            const memory = Object.fromEntries(
              allPaths(files).map((each): [string, MemoryEntry] => [
                `${root}/${each}`,
                dated(files[each] ?? { type: 'dir' }, mtime),
              ]),
            )
            const options: ScanOptions = { ...plainBuild, context: root }
            // Directories of the disk have attributes of their own on some systems; their names are what counts here.
            const quick = { ...options, xattrs: 'never' } as const
            expect(everything(scan(createNodeHost(), quick))).toBe(
              everything(scan(createMemoryHost(memory), quick)),
            )
          },
        ),
        { numRuns: 150 },
      )
    } finally {
      fs.rmSync(top, { recursive: true, force: true })
    }
  })
})

type Described = Extract<MemoryEntry, { readonly type: string }>

function described(entry: MemoryEntry): Described {
  if (typeof entry === 'number') return { type: 'file', size: entry }
  if (typeof entry === 'string' || entry instanceof Uint8Array) return { type: 'file', content: entry }
  return entry
}

const dated = (entry: MemoryEntry, mtime: number): MemoryEntry => ({ ...described(entry), mtime })

function layOnDisk(root: string, files: MemoryTree, mtime: number): void {
  const paths = allPaths(files)
  fs.mkdirSync(root, { recursive: true })
  for (const each of paths) {
    const at = path.join(root, each)
    const entry = described(files[each] ?? { type: 'dir' })
    if (entry.type === 'dir') fs.mkdirSync(at, 0o755)
    else if (entry.type === 'symlink') fs.symlinkSync(entry.target ?? '', at)
    else {
      fs.writeFileSync(at, entry.content ?? Buffer.alloc(entry.size ?? 0))
      fs.chmodSync(at, entry.mode ?? 0o644)
    }
  }
  for (const each of [...paths].reverse()) fs.lutimesSync(path.join(root, each), mtime, mtime)
}
