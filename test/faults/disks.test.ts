import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { verbLines } from '../verb-lines.ts'
import { contents, plainEnvironment, plant, pooled, run } from './programs.ts'

/** A disk of memory on that directory; false where nobody may mount one. */
function mount(directory: string, options: string): boolean {
  fs.mkdirSync(directory, { recursive: true })
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', directory]).status === 0
}

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-disks-')))
const disk = path.join(base, 'disk')
const canMount = mount(disk, 'size=256k')
afterAll(() => {
  if (canMount) execFileSync('umount', [disk])
  fs.rmSync(base, { recursive: true, force: true })
})
const directory = path.join(disk, 'app')
const cache = path.join(disk, 'cache')

/** Whatever writes, with where it would write to. */
const writers: readonly (readonly string[])[] = [
  ['fix', '--write'],
  ['ignore', '--write'],
  ['init', '--write'],
  ['-o', path.join(disk, 'out')],
  ['--format', 'markdown', '-o', path.join(disk, 'kept')],
  ['--format', `html=${path.join(disk, 'page.html')}`],
  ['check', '--format', 'table', '--format', `sarif=${path.join(disk, 'out.sarif')}`],
  ['--remember'],
  ['plugin', 'install', '--dir', path.join(disk, 'plugins/deep')],
]

describe.skipIf(!canMount)('on a disk that', () => {
  const writing = async (words: readonly string[]) => {
    const env = { ...plainEnvironment, XDG_CACHE_HOME: cache }
    const { code, stderr } = await run(words, { directory, env })
    return { words, code, stderr }
  }

  it('is full, whatever writes says so in one line and leaves all as it was', async () => {
    plant(directory)
    fs.writeFileSync(path.join(disk, 'kept'), 'was here')
    // The last inode and the last block are gone, and then there is room for a name and for nothing in it.
    const filler = path.join(disk, 'filler')
    const fill = () => {
      const file = fs.openSync(filler, 'a')
      try {
        for (;;) fs.writeSync(file, Buffer.alloc(4096, 1))
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'ENOSPC' })
      } finally {
        fs.closeSync(file)
      }
    }
    fill()
    const before = contents(disk)
    for (const words of writers.filter(([verb]) => verb !== 'plugin')) {
      const ended = await writing(words)
      expect(ended).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^error: [^\n]*cannot [^\n]*(?:ENOSPC|the disk is full)[^\n]*\n(?: {2}[^\n]*\n)?$/,
        ),
      })
      const made = [...contents(disk)].filter(([name]) => !before.has(name) && !/^cache(?:\/|$)/.test(name))
      expect({ words, made }).toEqual({ words, made: [] })
      for (const [name, text] of before) expect([name, contents(disk).get(name)]).toEqual([name, text])
    }
    fs.rmSync(filler)
    fs.rmSync(directory, { recursive: true })
    fs.rmSync(cache, { recursive: true, force: true })
  }, 60_000)

  it('is read-only, each verb answers, and whatever writes says so in one line', async () => {
    plant(directory)
    execFileSync('mount', ['-o', 'remount,ro', disk])
    const before = contents(disk)
    try {
      await pooled(verbLines('.'), async ([verb, line]) => {
        if (verb === 'plugin') return
        const { code, stdout, stderr } = await run(line, { directory })
        // No commit is there to be compared with.
        const isRefused = code === 2 && /^error: [^\n]*\n(?: {2}[^\n]*\n)?$/.test(stderr)
        expect({ verb, isDone: isRefused || ([0, 1].includes(code ?? -1) && stdout !== '') }).toEqual({
          verb,
          isDone: true,
        })
      })
      for (const words of writers)
        expect(await writing(words)).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(
            /^error: [^\n]*cannot [^\n]*(?:EROFS|ENOENT|the disk is read-only)[^\n]*\n(?: {2}[^\n]*\n)?$/,
          ),
        })
      expect(contents(disk)).toEqual(before)
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk])
    }
  }, 60_000)
})
