import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type Host, isHostFailure, temporaryName } from '../../src/host/host.ts'
import { createMemoryHost, diskFault, type MemoryTree, type WriteStep } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (host: Host, file: string) => new TextDecoder().decode(host.readFile(file))
const code = (ask: () => unknown): unknown => {
  try {
    return ask()
  } catch (thrown) {
    return isHostFailure(thrown) ? thrown.code : thrown
  }
}
/** Replaces `old` by `new`, or makes `new` where `expected` is null. */
const replace = (host: Host, file: string, expected: string | null = 'old') =>
  host.replaceFile(file, bytes('new'), { expected: expected === null ? null : bytes(expected) })

describe('a file in memory', () => {
  const names = (host: Host) => [...host.list('/d')].sort()

  it('is replaced where it holds what was expected', () => {
    const host = createMemoryHost({ 'd/f': { type: 'file', content: 'old', mode: 0o640 } })
    expect([replace(host, '/d/f'), textOf(host, '/d/f'), names(host)]).toEqual(['written', 'new', ['f']])
    expect(host.lstat('/d/f')?.mode).toBe(0o100640)
  })

  it('is made where there is none, with one name', () => {
    const host = createMemoryHost({ d: { type: 'dir' } })
    expect([replace(host, '/d/f', null), textOf(host, '/d/f'), names(host)]).toEqual([
      'written',
      'new',
      ['f'],
    ])
    expect(host.lstat('/d/f')?.nlink).toBe(1)
  })

  it('is left alone where it has changed, has gone, or has come', () => {
    const host = createMemoryHost({ 'd/f': 'other', 'd/long': 'old and more' })
    const said = [
      replace(host, '/d/f'),
      replace(host, '/d/long'),
      replace(host, '/d/x'),
      replace(host, '/d/f', null),
    ]
    expect([said, textOf(host, '/d/f'), names(host)]).toEqual([
      ['changed', 'changed', 'changed', 'changed'],
      'other',
      ['f', 'long'],
    ])
  })

  it('is refused, by its own code, where a rename would do something else than meant', () => {
    const host = createMemoryHost({
      'd/target': 'old',
      'd/link': { type: 'symlink', target: 'target' },
      'd/dangling': { type: 'symlink', target: 'nowhere' },
      'd/one': 'old',
      'd/two': { type: 'hardlink', target: 'd/one' },
      'd/dir': { type: 'dir' },
      'd/pipe': { type: 'fifo' },
      'd/fixed': { type: 'file', content: 'old', mode: 0o444 },
      'no/f': 'old',
      no: { type: 'dir', mode: 0o555 },
    })
    const asked = ['d/link', 'd/dangling', 'd/one', 'd/dir', 'd/pipe', 'd/fixed', 'no/f', 'none/f']
    expect(asked.map((name) => code(() => replace(host, `/${name}`)))).toEqual([
      ...['ELINK', 'ELINK', 'EMLINK', 'EISDIR', 'EINVAL', 'EACCES', 'EACCES', 'changed'],
    ])
    expect(code(() => replace(host, '/d/dangling', null))).toBe('ELINK')
    expect(names(host).filter((name) => temporaryName.test(name))).toEqual([])
  })

  const trees: readonly (readonly [string, MemoryTree, string | null])[] = [
    ['an old file', { 'd/f': 'old' }, 'old'],
    ['no file', { d: { type: 'dir' } }, null],
  ]
  describe.each(trees)('with %s before', (_, tree, expected) => {
    /** Runs to the nth step and has that fail; how many steps there were. */
    const run = (
      host: (hook: (step: WriteStep, path: string) => void) => Host,
      nth: number,
      fault: Error,
    ) => {
      let steps = 0
      const disk = host(() => {
        if (steps++ === nth) throw fault
      })
      const result = code(() => replace(disk, '/d/f', expected))
      return { disk, steps, result }
    }
    const fresh = (hook: (step: WriteStep, path: string) => void) =>
      createMemoryHost(tree, {}, { beforeWriteStep: hook })
    const whole = (host: Host) => (host.lstat('/d/f') === null ? null : textOf(host, '/d/f'))
    const { steps } = run(fresh, -1, diskFault('EIO'))

    it('takes several steps', () => {
      expect(steps).toBeGreaterThan(6)
    })

    for (const fault of ['ENOSPC', 'EROFS', 'EIO', 'EMFILE'])
      it(`is old or new and has nothing beside it when any step ends with ${fault}`, () => {
        for (let nth = 0; nth < steps; nth++) {
          const { disk, result } = run(fresh, nth, diskFault(fault))
          expect([expected, 'new']).toContain(whole(disk))
          // What cannot be removed stays: the disk has been asked.
          if (result === fault) expect(whole(disk)).toBe(expected)
          expect(result === fault || result === 'written').toBe(true)
          const left = disk.list('/d').filter((name) => temporaryName.test(name))
          if (result === fault) expect(left).toEqual([])
          else expect(left.length).toBeLessThan(2)
        }
      })

    it('is old or new when the run is killed at any step, and the next write clears up', () => {
      class Killed extends Error {}
      for (let nth = 0; nth < steps; nth++) {
        let count = 0
        let dead = false
        const killed = createMemoryHost(
          tree,
          {},
          {
            // Whoever is dead cleans nothing up either.
            beforeWriteStep: () => {
              if (dead || count++ === nth) {
                dead = true
                throw new Killed()
              }
            },
          },
        )
        expect(code(() => replace(killed, '/d/f', expected))).toBeInstanceOf(Killed)
        const text = whole(killed)
        expect([expected, 'new']).toContain(text)

        // Another run, a while after.
        const again = createMemoryHost(
          Object.fromEntries(
            killed
              .list('/d')
              .map((name) => [
                `d/${name}`,
                name !== 'f' && killed.lstat(`/d/${name}`)?.ino === killed.lstat('/d/f')?.ino
                  ? { type: 'hardlink' as const, target: 'd/f' }
                  : killed.readFile(`/d/${name}`),
              ]),
          ),
          {},
          { now: 1_700_000_061 },
        )
        if (killed.list('/d').length === 0) continue
        expect(replace(again, '/d/f', text)).toBe('written')
        expect(again.list('/d')).toEqual(['f'])
      }
    })
  })

  it('keeps out of the way of another write that is still going on', () => {
    const tree = { 'd/f': 'old', 'd/.ctxsize-00000000000000aa.tmp': 'half' }
    const soon = createMemoryHost(tree, {}, { now: 1_700_000_059 })
    replace(soon, '/d/f')
    expect(names(soon)).toEqual(['.ctxsize-00000000000000aa.tmp', 'f'])
  })

  it('removes nothing that only looks like its own', () => {
    const tree: MemoryTree = {
      'd/f': 'old',
      'd/.ctxsize-00000000000000aa.tmp': { type: 'dir' },
      'd/.ctxsize-00000000000000ab.tmp': { type: 'symlink', target: 'f' },
      'd/.ctxsize-notes.tmp': 'mine',
      'd/x.ctxsize-00000000000000ac.tmp': 'mine',
    }
    const host = createMemoryHost(tree, {}, { now: 1_800_000_000 })
    replace(host, '/d/f')
    expect(names(host)).toEqual(
      Object.keys(tree)
        .map((name) => name.slice(2))
        .sort(),
    )
  })

  it('is not overwritten when somebody else makes it in the meantime', () => {
    for (const moment of ['create', 'link'] as const) {
      const host: Host = createMemoryHost(
        { d: { type: 'dir' } },
        {},
        {
          beforeWriteStep: (step) => {
            if (step === moment && other) {
              other = false
              // Another process: its steps are none of these.
              expect(host.replaceFile('/d/f', bytes('theirs'), { expected: null })).toBe('written')
            }
          },
        },
      )
      let other = true
      expect([replace(host, '/d/f', null), textOf(host, '/d/f'), names(host)]).toEqual([
        'changed',
        'theirs',
        ['f'],
      ])
    }
  })

  it('is not overwritten when somebody else changes it in the meantime', () => {
    let other = true
    const host: Host = createMemoryHost(
      { 'd/f': 'old' },
      {},
      {
        beforeWriteStep: (step) => {
          if (step !== 'create' || !other) return
          other = false
          host.replaceFile('/d/f', bytes('xyz'), { expected: bytes('old') })
        },
      },
    )
    expect([replace(host, '/d/f'), textOf(host, '/d/f'), names(host)]).toEqual(['changed', 'xyz', ['f']])
  })

  it('is made also where a file can have one name only', () => {
    const host = createMemoryHost(
      { d: { type: 'dir' } },
      {},
      {
        beforeWriteStep: (step) => {
          if (step === 'link') throw diskFault('ENOTSUP')
        },
      },
    )
    expect([replace(host, '/d/f', null), textOf(host, '/d/f'), names(host)]).toEqual([
      'written',
      'new',
      ['f'],
    ])
  })
})

describe('a file on the disk', () => {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-replace-')))
  afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
  const top = path.join(base, 'd')
  const at = (name: string) => path.join(top, name)
  const host = createNodeHost()
  beforeEach(() => {
    fs.rmSync(top, { recursive: true, force: true })
    fs.mkdirSync(top)
  })
  const root = process.getuid?.() === 0

  it('keeps its mode, whatever the umask', () => {
    for (const mode of [0o600, 0o755, 0o666, 0o644]) {
      fs.writeFileSync(at('f'), 'old')
      fs.chmodSync(at('f'), mode)
      expect(replace(host, at('f'))).toBe('written')
      expect([
        fs.statSync(at('f')).mode & 0o7777,
        fs.readFileSync(at('f'), 'utf8'),
        fs.readdirSync(top),
      ]).toEqual([mode, 'new', ['f']])
    }
  })

  it('gets the mode of any new file', () => {
    fs.writeFileSync(at('any'), '')
    expect(replace(host, at('f'), null)).toBe('written')
    expect(fs.statSync(at('f')).mode).toBe(fs.statSync(at('any')).mode)
    expect([fs.statSync(at('f')).nlink, fs.readdirSync(top)]).toEqual([1, ['any', 'f']])
  })

  it('is refused as a link, as one of several names, as a directory', () => {
    fs.writeFileSync(path.join(base, 'outside'), 'old')
    fs.symlinkSync('../outside', at('link'))
    fs.writeFileSync(at('one'), 'old')
    fs.linkSync(at('one'), at('two'))
    fs.mkdirSync(at('dir'))
    expect(['link', 'one', 'dir'].map((name) => code(() => replace(host, at(name))))).toEqual([
      ...['ELINK', 'EMLINK', 'EISDIR'],
    ])
    expect(fs.readFileSync(path.join(base, 'outside'), 'utf8')).toBe('old')
    expect(fs.readdirSync(top)).toEqual(['dir', 'link', 'one', 'two'])
  })

  it('is said to have changed where it is no longer what it was', () => {
    fs.writeFileSync(at('f'), 'other')
    expect([replace(host, at('f')), replace(host, at('f'), null), replace(host, at('x'))]).toEqual([
      ...['changed', 'changed', 'changed'],
    ])
    expect([fs.readFileSync(at('f'), 'utf8'), fs.readdirSync(top)]).toEqual(['other', ['f']])
  })

  it.skipIf(!root)('keeps its owner and group', () => {
    fs.writeFileSync(at('f'), 'old')
    fs.chownSync(at('f'), 1234, 2345)
    replace(host, at('f'))
    expect([fs.statSync(at('f')).uid, fs.statSync(at('f')).gid]).toEqual([1234, 2345])
  })

  it('takes away what a killed run left, and the second name of what it had made', () => {
    const left = at('.ctxsize-0123456789abcdef.tmp')
    fs.writeFileSync(left, 'half')
    fs.utimesSync(left, 1_700_000_000, 1_700_000_000)
    fs.writeFileSync(at('f'), 'old')
    fs.linkSync(at('f'), at('.ctxsize-00000000000000aa.tmp'))
    expect([replace(host, at('f')), fs.readdirSync(top)]).toEqual(['written', ['f']])
  })

  const kills = Number(process.env['CTXSIZE_KILLS'] ?? 30)
  it(
    'is old or new, whole, whenever its writer is killed',
    async () => {
      const program = path.join(base, 'writer.mjs')
      const entry = path.join(base, 'entry.mjs')
      const node = path.join(import.meta.dirname, '../../src/host/node.ts')
      fs.writeFileSync(
        entry,
        `import { createNodeHost } from ${JSON.stringify(node)}
      import * as fs from 'node:fs'
      const host = createNodeHost({}, null)
      const [file] = process.argv.slice(2)
      const text = (letter) => new Uint8Array(100_000).fill(letter.charCodeAt(0))
      let old = host.lstat(file) === null ? null : host.readFile(file)
      process.stdout.write('ready')
      for (let i = 0; ; i++) {
        const next = text('ab'[i % 2])
        if (host.replaceFile(file, next, { expected: old }) === 'written') old = next
        if (i % 5 === 4) { fs.rmSync(file); old = null }
      }`,
      )
      const bundle = await rolldown({ input: entry, platform: 'node', logLevel: 'silent' })
      await bundle.write({ file: program, format: 'esm' })
      const seen = new Set<string>()
      let seed = 7
      for (let round = 0; round < kills; round++) {
        const child = spawn(process.execPath, [program, at('f')], { stdio: ['ignore', 'pipe', 'inherit'] })
        const ended = new Promise((resolve) => child.on('exit', resolve))
        await new Promise((resolve) => child.stdout.once('data', resolve))
        seed = (seed * 1103515245 + 12345) % 2 ** 31
        await new Promise((resolve) => setTimeout(resolve, seed % 23))
        child.kill('SIGKILL')
        await ended
        if (!fs.existsSync(at('f'))) continue
        const text = fs.readFileSync(at('f'), 'latin1')
        seen.add(text.slice(0, 1))
        expect(text === 'a'.repeat(100_000) || text === 'b'.repeat(100_000)).toBe(true)
      }
      expect(seen.size).toBeGreaterThan(0)
      // What is left has names that are known, and goes once it is old.
      for (const name of fs.readdirSync(top).filter((name) => name !== 'f')) {
        expect(name).toMatch(temporaryName)
        fs.utimesSync(at(name), 1_700_000_000, 1_700_000_000)
      }
      const expected = fs.existsSync(at('f')) ? fs.readFileSync(at('f')) : null
      expect(host.replaceFile(at('f'), bytes('new'), { expected })).toBe('written')
      expect(fs.readdirSync(top)).toEqual(['f'])
    },
    2000 * kills,
  )
})
