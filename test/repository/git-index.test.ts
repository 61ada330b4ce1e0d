import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { GitResult } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { encodePath } from '../../src/lib/path.ts'
import { readIndex } from '../../src/repository/git-index.ts'
import { findRepository, gitProblem, isShallow, trackedPaths } from '../../src/repository/place.ts'
import { gitBytes, gitEnvironment } from '../git.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-index-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = (name: string) => path.join(base, name)
const feed = (directory: string, args: readonly string[], input: string | Buffer) =>
  gitBytes(at(directory), args, input)
const git = (directory: string, ...args: readonly string[]) => feed(directory, args, '')
const write = (name: string, text: string) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true })
  fs.writeFileSync(at(name), text)
}
const make = (name: string, ...options: readonly string[]) => {
  fs.mkdirSync(at(name), { recursive: true })
  git(name, 'init', '-q', '-b', 'main', ...options)
}
const index = (name: string) => fs.readFileSync(at(`${name}/.git/index`))
/** What git says itself, in the words of readIndex. */
const listed = (name: string) =>
  git(name, 'ls-files', '-z', '-t', '--stage')
    .toString('latin1')
    .split('\0')
    .slice(0, -1)
    .map((line) =>
      line.replace(/^(.) (\d+) (\w+) (\d)\t/, (_, tag, mode, id, stage) => `${tag} ${mode} ${id} ${stage} `),
    )
const said = (entries: ReturnType<typeof readIndex>) =>
  entries?.map(
    (entry) =>
      `${entry.skipWorktree ? 'S' : entry.stage > 0 ? 'M' : 'H'} ${entry.mode.toString(8)} ${entry.objectId()} ${entry.stage} ${encodePath(entry.path).toString('latin1')}`,
  )
const host = createNodeHost(gitEnvironment(base), null)

/** Names of all lengths and kinds, so that padding and shared beginnings are met. */
function fill(name: string): void {
  const [id = ''] = feed(name, ['hash-object', '-w', '--stdin'], 'text').toString().split('\n')
  const names = [
    ...Array.from({ length: 40 }, (_, i) => `${'n'.repeat(i + 1)}`),
    ...Array.from({ length: 40 }, (_, i) => `src/deep/${'d'.repeat(i + 1)}/file-${i}.ts`),
    `long/${'x'.repeat(4090)}`,
    `longer/${'x/'.repeat(3000)}y`,
    'über/größe.txt',
    'zz-日本',
  ]
  const lines = [
    ...names.map((file) => Buffer.from(`100644 ${id}\t${file}\0`)),
    Buffer.from(`100755 ${id}\trun.sh\0`),
    Buffer.from(`120000 ${id}\tlink\0`),
    Buffer.from(`160000 ${id}\tmodule\0`),
    Buffer.concat([Buffer.from(`100644 ${id}\traw-`), Buffer.of(0xff, 0xfe, 0)]),
    ...[1, 2, 3].map((stage) => Buffer.from(`100644 ${id} ${stage}\tconflict\0`)),
  ]
  feed(name, ['update-index', '-z', '--index-info'], Buffer.concat(lines))
}

describe('an index that git wrote', () => {
  for (const format of ['sha1', 'sha256'])
    for (const version of [2, 3, 4])
      it(`is read in version ${version} with ${format}`, () => {
        const name = `v${version}-${format}`
        make(name, `--object-format=${format}`)
        fill(name)
        if (version === 4) git(name, 'update-index', '--index-version', '4')
        // An extended flag is what makes it version 3.
        if (version >= 3) git(name, 'update-index', '--skip-worktree', 'nnn', 'src/deep/dd/file-1.ts')
        expect(index(name).readUInt32BE(4)).toBe(version)
        const read = readIndex(index(name))
        expect(said(read)).toEqual(listed(name))
        expect(read?.filter((entry) => entry.skipWorktree).length).toBe(version >= 3 ? 2 : 0)
      })

  it('is read when empty', () => {
    make('empty')
    git('empty', 'read-tree', '--empty')
    expect(readIndex(index('empty'))).toEqual([])
  })

  it('knows the size of what was added', () => {
    make('sized')
    write('sized/f', '12345')
    git('sized', 'add', '.')
    expect(readIndex(index('sized'))?.map((entry) => entry.size)).toEqual([5])
  })

  it('is read when split, after additions, changes and deletions', () => {
    make('split')
    for (let i = 0; i < 300; i++) write(`split/f${String(i).padStart(3, '0')}`, String(i))
    git('split', 'add', '.')
    git('split', '-c', 'splitIndex.maxPercentChange=100', 'update-index', '--split-index')
    const always = ['-c', 'splitIndex.maxPercentChange=100', '-c', 'core.splitIndex=true']
    for (let i = 0; i < 300; i += 7) write(`split/f${String(i).padStart(3, '0')}`, `changed ${i}`)
    for (let i = 70; i < 210; i++) fs.rmSync(at(`split/f${String(i).padStart(3, '0')}`))
    write('split/a-new', 'x')
    write('split/z-new', 'x')
    git('split', ...always, 'add', '-A')
    expect(index('split').includes('link')).toBe(true)
    const shared = (hash: string) => fs.readFileSync(at(`split/.git/sharedindex.${hash}`))
    const want = listed('split')
    expect(want.length).toBe(162)
    expect(said(readIndex(index('split'), shared))).toEqual(want)
    expect(readIndex(index('split'))).toBeNull()
    expect(trackedPaths(host, at('split')).tracked?.size).toBe(162)
  })

  it('is left to git when it holds directories for files', () => {
    make('sparse')
    for (const file of ['a/x', 'b/y', 'b/c/z', 'top']) write(`sparse/${file}`, file)
    git('sparse', 'add', '.')
    git('sparse', 'commit', '-q', '-m', 'x')
    git('sparse', 'sparse-checkout', 'set', '--cone', '--sparse-index', 'a')
    expect(readIndex(index('sparse'))).toBeNull()
    const { tracked, entries } = trackedPaths(host, at('sparse'))
    expect([...(tracked ?? [])]).toEqual(['a/x', 'b/c/z', 'b/y', 'top'])
    expect(entries.filter((entry) => entry.skipWorktree).map((entry) => entry.path)).toEqual(['b/c/z', 'b/y'])
    const without = trackedPaths({ ...host, git: null }, at('sparse'))
    expect([without.tracked, without.problem?.code]).toEqual([null, 'git-index-unread'])
  })

  it('costs a fraction of a second for 100,000 entries', () => {
    make('large')
    const [id = ''] = feed('large', ['hash-object', '-w', '--stdin'], 'text').toString().split('\n')
    const lines = Array.from(
      { length: 100_000 },
      (_, i) => `100644 ${id}\tpackages/p${i % 300}/src/file-${i}.ts\n`,
    )
    feed('large', ['update-index', '--index-info'], lines.join(''))
    const bytes = index('large')
    const times = [1, 2, 3, 4, 5].map(() => {
      const start = performance.now()
      expect(readIndex(bytes)?.length).toBe(100_000)
      return performance.now() - start
    })
    // Some 40 ms on a machine that has nothing else to do; a cost by the square would be minutes.
    expect(Math.min(...times)).toBeLessThan(500)
  })
})

describe('a damaged index', () => {
  make('sound')
  fill('sound')
  git('sound', 'update-index', '--index-version', '4')
  const sound = index('sound')

  it('is never read past its end, however it is cut or changed', () => {
    for (let length = 0; length < sound.length; length += 13)
      expect(readIndex(sound.subarray(0, length))).toBeNull()
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(3), (place, value, spread) => {
        const bytes = Buffer.from(sound)
        bytes.fill(value, place, Math.min(bytes.length, place + spread + 1))
        const read = readIndex(bytes)
        return read === null || read.length <= sound.length / 62
      }),
      { numRuns: 300 },
    )
  })

  it('cannot ask for more than it has', () => {
    const bytes = Buffer.from(sound)
    bytes.writeUInt32BE(0xffffffff, 8)
    expect(readIndex(bytes)).toBeNull()
  })

  it('is null for anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readIndex(bytes)).toBeNull()
      }),
    )
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(2, 3, 4),
        fc.nat(3),
        (rest, version, count) => {
          const head = Buffer.alloc(12)
          head.write('DIRC')
          head.writeUInt32BE(version, 4)
          head.writeUInt32BE(count, 8)
          const read = readIndex(Buffer.concat([head, rest]))
          // A made-up entry may be one; there are never fewer or more than it says.
          expect(read?.length ?? count).toBe(count)
        },
      ),
    )
  })

  it('is not read with an extension that must be understood', () => {
    make('plain')
    git('plain', 'read-tree', '--empty')
    const bytes = index('plain')
    const extension = (name: string) =>
      Buffer.concat([bytes.subarray(0, 12), Buffer.from(name), Buffer.alloc(4), bytes.subarray(-20)])
    expect([readIndex(extension('XTRA')), readIndex(extension('xtra'))]).toEqual([[], null])
  })

  it('names nothing outside of the working tree', () => {
    make('leading-out')
    write('leading-out/a12345', '')
    write('leading-out/b', '')
    git('leading-out', 'add', '.')
    const bytes = index('leading-out')
    bytes.write('../etc', bytes.indexOf('a12345'))
    fs.writeFileSync(at('leading-out/.git/index'), bytes)
    expect([...(trackedPaths(host, at('leading-out')).tracked ?? [])]).toEqual(['b'])
  })
})

describe('the repository around a directory', () => {
  const repository: MemoryTree = {
    'r/.git/HEAD': 'ref: refs/heads/main\n',
    'r/.git/objects': { type: 'dir' },
    'r/.git/refs': { type: 'dir' },
    'r/a/b/f': '',
  }
  const find = (tree: MemoryTree, root: string) =>
    findRepository(createMemoryHost({ ...repository, ...tree }), root)

  it('is found from its top and from below', () => {
    expect(find({}, '/r')).toEqual({ top: '/r', gitDir: '/r/.git', commonDir: '/r/.git', below: '' })
    expect(find({}, '/r/a/b')).toMatchObject({ top: '/r', below: 'a/b' })
    expect(
      find(
        { '.git/HEAD': '', '.git/objects': { type: 'dir' }, '.git/refs': { type: 'dir' }, 'x/y': '' },
        '/x',
      ),
    ).toEqual({ top: '/', gitDir: '/.git', commonDir: '/.git', below: 'x' })
  })

  it('is the one that a link really leads to', () => {
    expect(find({ link: { type: 'symlink', target: 'r/a' } }, '/link')).toMatchObject({
      top: '/r',
      below: 'a',
    })
  })

  it('is none where .git has only the name, and the next one up is taken', () => {
    expect(find({ 'r/a/.git': { type: 'dir' } }, '/r/a')).toMatchObject({ top: '/r', below: 'a' })
    expect(find({ 'x/.git/HEAD': '' }, '/x')).toBeNull()
    expect([find({}, '/nowhere'), find({}, '/')]).toEqual([null, null])
  })

  it('is where a .git file says, with what worktrees share', () => {
    const tree: MemoryTree = {
      'w/.git': 'gitdir: ../r/.git/worktrees/w\n',
      'r/.git/worktrees/w/HEAD': '',
      'r/.git/worktrees/w/commondir': '../..\n',
    }
    expect(find(tree, '/w')).toEqual({
      top: '/w',
      gitDir: '/r/.git/worktrees/w',
      commonDir: '/r/.git',
      below: '',
    })
  })

  it('is none where a .git file leads nowhere or holds something else', () => {
    for (const file of [
      'gitdir: /nowhere\n',
      'gitdir: \0',
      '',
      'x',
      'gitdir: ',
      'x'.repeat(100_000),
      8_000_000,
    ])
      expect(find({ 'r/a/.git': file }, '/r/a')).toBeNull()
    expect(find({ 'r/a/.git': { type: 'symlink', target: '.git' } }, '/r/a')).toMatchObject({ top: '/r' })
  })

  it('is not looked for beyond 32 levels', () => {
    const deep = (levels: number) => `/r${'/d'.repeat(levels)}`
    expect(find({ [`${deep(31)}/f`]: '' }, deep(31))).toMatchObject({ top: '/r' })
    expect(find({ [`${deep(32)}/f`]: '' }, deep(32))).toBeNull()
  })

  it('tells a shallow one', () => {
    const place = { commonDir: '/r/.git' }
    expect(isShallow(createMemoryHost(repository), place)).toBe(false)
    expect(isShallow(createMemoryHost({ ...repository, 'r/.git/shallow': 'abc\n' }), place)).toBe(true)
  })

  it('tracks nothing before anything was added, and nobody knows what without one', () => {
    const memory = createMemoryHost({ ...repository, 'other/f': '' })
    expect(trackedPaths(memory, '/r')).toMatchObject({
      tracked: new Set(),
      top: '/r',
      below: '',
      problem: null,
    })
    expect(trackedPaths(memory, '/other')).toMatchObject({
      tracked: null,
      place: null,
      top: null,
      below: null,
      problem: null,
    })
  })

  it('asks git for an index that cannot be read, and tells why git does not answer', () => {
    const answer = (result: Partial<GitResult>) => ({
      git: () => ({ ok: true, stdout: new Uint8Array(0), stderr: '', code: 0, trouble: null, ...result }),
    })
    const tree = { ...repository, 'r/.git/index': 'damaged' }
    const stdout = Buffer.from(
      `H 100644 ${'a'.repeat(40)} 0\ta/b\tc\0S 160000 ${'b'.repeat(40)} 0\ta/m\0nonsense\0`,
    )
    const read = trackedPaths(createMemoryHost(tree, {}, answer({ stdout })), '/r/a')
    expect([[...(read.tracked ?? [])], [...read.submodules]]).toEqual([['b\tc'], ['m']])
    const refused = trackedPaths(
      createMemoryHost(tree, {}, answer({ ok: false, trouble: 'dubious-ownership' })),
      '/r',
    )
    expect([refused.tracked, refused.problem?.hint]).toEqual([
      null,
      'if you trust it: git config --global --add safe.directory /r',
    ])
  })

  it('quotes what the user is to paste', () => {
    const result = {
      ok: false,
      stdout: new Uint8Array(0),
      stderr: '',
      code: 128,
      trouble: 'dubious-ownership' as const,
    }
    expect(gitProblem(result, "/a b/'; rm -rf /")?.hint).toContain(" '/a b/'\\''; rm -rf /'")
  })

  it('is told apart from its submodules and worktrees on a real disk', () => {
    make('inner')
    write('inner/f', '')
    git('inner', 'add', '.')
    git('inner', 'commit', '-q', '-m', 'x')
    make('outer')
    write('outer/sub/g', '')
    git('outer', 'submodule', '--quiet', 'add', at('inner'), 'sub/module')
    git('outer', 'add', '.')
    git('outer', 'commit', '-q', '-m', 'x')
    git('outer', 'worktree', 'add', '-q', '--detach', at('linked'))
    const outer = trackedPaths(host, at('outer/sub'))
    expect([[...(outer.tracked ?? [])], [...outer.submodules], outer.below]).toEqual([
      ['g'],
      ['module'],
      'sub',
    ])
    const module = trackedPaths(host, at('outer/sub/module'))
    expect([[...(module.tracked ?? [])], module.top]).toEqual([['f'], at('outer/sub/module')])
    const linked = trackedPaths(host, at('linked'))
    expect([[...(linked.tracked ?? [])], linked.place?.commonDir]).toEqual([
      ['.gitmodules', 'sub/g'],
      at('outer/.git'),
    ])
    // And git itself can be asked there.
    expect(host.git?.(at('linked'), ['ls-files']).ok).toBe(true)
    expect(host.git?.(at('outer/sub/module'), ['ls-files']).ok).toBe(true)
  })
})
