import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRules } from '../../src/context/rules.ts'
import { helpWalk } from '../../src/context/share.ts'
import type { EntryTable } from '../../src/context/table.ts'
import { walkContext } from '../../src/context/walk.ts'
import type { Walk } from '../../src/context/walker.ts'
import type { Host } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { compilePatterns } from '../../src/ignore/matcher.ts'
import { withWorkers } from '../workers.ts'

const builtWorker = path.join(import.meta.dirname, '../../dist/walk-worker.cjs')

/** Everything a walk found, its columns byte for byte. */
function contents({ table, unreadable, prunedAmounts, firstMatch }: Walk) {
  const columns: readonly (keyof EntryTable)[] = [
    'parent',
    'end',
    'kind',
    'size',
    'mode',
    'timeBytes',
    'pathBytes',
    'verdict',
    'flags',
  ]
  return {
    count: table.count,
    columns: columns.map((name) => [name, [...(table[name] as Uint8Array)]]),
    names: Array.from({ length: table.count }, (_, row) => table.name(row)),
    links: [[...table.firstName], [...table.linkTarget], [...table.unusualTime], [...table.deviceNumber]],
    unreadable,
    pruned: [...prunedAmounts],
    firstMatch: [...firstMatch],
  }
}

const ignore = ['**/*.log', 'd1*/skip', '!**/keep.log', 'd7', '**/é*']

function walkWith(host: Host, root: string, texts: readonly string[] = ignore): Walk {
  const rules = makeRules({
    ignore: compilePatterns(texts),
    classic: compilePatterns(['d3']),
    includes: null,
  })
  return walkContext(host, { root, rules, measureIgnored: true, progress: null })
}

/** A small random generator with a seed, so that a tree can be made again. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** A tree with more directories than one thread keeps to itself. */
function largeTree(seed: number): MemoryTree {
  const random = generator(seed)
  const tree: Record<string, MemoryTree[string]> = {}
  const names = ['a', 'b.log', 'keep.log', 'skip', 'é1', 'x y', 'Z']
  for (let i = 0; i < 900; i++) {
    let at = `/ctx/d${i % 30}`
    for (let level = Math.floor(random() * 4); level >= 0; level--) at += `/s${Math.floor(random() * 12)}`
    for (let n = Math.floor(random() * 5); n >= 0; n--)
      tree[`${at}/${names[Math.floor(random() * names.length)]}${Math.floor(random() * 3)}`] = Math.floor(
        random() * 1e5,
      )
    if (random() < 0.05) tree[`${at}/ln`] = { type: 'symlink', target: '../up' }
    if (random() < 0.05) tree[`${at}/late`] = { type: 'file', content: '', mtime: 2 ** 34 }
    if (random() < 0.05) tree[`${at}/closed`] = { type: 'dir', denied: true }
  }
  const files = Object.keys(tree).filter((name) => typeof tree[name] === 'number')
  for (let i = 0; i < 40; i++) {
    const target = files[Math.floor(random() * files.length)]
    if (target) tree[`/ctx/d${i % 30}/hard${i}`] = { type: 'hardlink', target }
  }
  return tree
}

describe('a walk shared with others', () => {
  it.each([1, 2, 3, 4, 5, 6])('gives the table that one thread gives, row for row (tree %i)', (seed) => {
    const host = createMemoryHost(largeTree(seed))
    const alone = contents(walkWith(host, '/ctx'))
    const takesAll = withWorkers(host, (job, post) => helpWalk(host, job, post))
    expect(contents(walkWith(takesAll, '/ctx'))).toEqual(alone)
    // The second worker finds what the first has left by having every other task claimed already.
    const takesSome = withWorkers(
      host,
      (job, post) => {
        for (let i = 2 + (job.claimant % 2); i < job.shared.length; i += 2)
          Atomics.compareExchange(job.shared, i, 0, 99)
        helpWalk(host, job, post)
        for (let i = 2; i < job.shared.length; i++) Atomics.compareExchange(job.shared, i, 99, 0)
      },
      { count: 2 },
    )
    expect(contents(walkWith(takesSome, '/ctx'))).toEqual(alone)
  })

  it('does not wait for a worker that never begins', () => {
    const host = createMemoryHost(largeTree(7))
    expect(
      contents(
        walkWith(
          withWorkers(host, () => {}),
          '/ctx',
        ),
      ),
    ).toEqual(contents(walkWith(host, '/ctx')))
  })

  it('starts none where the tree ends before it is cut into pieces', () => {
    const files = Array.from({ length: 3000 }, (_, i) => [`/ctx/d${i % 20}/f${i}`, 1] as const)
    const host = createMemoryHost(Object.fromEntries(files))
    let started = 0
    const counting = withWorkers(host, () => started++)
    expect(contents(walkWith(counting, '/ctx'))).toEqual(contents(walkWith(host, '/ctx')))
    expect(started).toBe(0)
  })

  it('fails as one thread fails when a worker meets a pattern that docker cannot evaluate', () => {
    const tree = { ...largeTree(8), '/ctx/d29/s0/zz': 1 }
    const host = createMemoryHost(tree)
    const texts = ['*', '!d29', 'd29/s0/[b-a]', '!d2']
    const fails = (one: Host) => {
      try {
        walkWith(one, '/ctx', texts)
        return null
      } catch (thrown) {
        return thrown instanceof Error && 'code' in thrown ? [thrown.code, thrown.message] : thrown
      }
    }
    expect(fails(withWorkers(host, (job, post) => helpWalk(host, job, post)))).toEqual(fails(host))
  })
})

describe('a walk shared with real threads', () => {
  let place = ''
  beforeAll(() => {
    place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-threads-'))
    for (let i = 0; i < 700; i++) {
      const directory = path.join(place, `d${i % 40}`, `s${i}`)
      fs.mkdirSync(directory, { recursive: true })
      for (let n = 0; n < 12; n++)
        fs.writeFileSync(path.join(directory, n % 5 === 0 ? `f${n}.log` : `f${n}`), 'x'.repeat(n))
    }
    // A name that is not UTF-8 on a path that a thread other than the first may walk.
    execFileSync('sh', [
      '-c',
      'mkdir "$1/d39/$(printf \'\\377\')" && : > "$1/d39/$(printf \'\\377\')/x"',
      'sh',
      place,
    ])
  })
  afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

  it('gives the table that one thread gives', () => {
    expect(fs.existsSync(builtWorker)).toBe(true)
    const alone = contents(walkWith(createNodeHost({}, null), place))
    expect(alone.count).toBeGreaterThan(9000)
    for (let round = 0; round < 3; round++)
      expect(contents(walkWith(createNodeHost({}, builtWorker), place))).toEqual(alone)
  })

  it('does the work itself where a thread cannot run', () => {
    const broken = createNodeHost({}, path.join(place, 'no-such-program.cjs'))
    expect(contents(walkWith(broken, place))).toEqual(contents(walkWith(createNodeHost({}, null), place)))
  })
})
