/** Whatever writes, on the real disk, of which one changing call fails: which, and with what, is tried one after the other. */

import * as fs from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryName } from '../../src/host/host.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { writeOutput } from '../../src/host/output.ts'
import { runOn } from '../cli/world.ts'
import { fault } from './faulty-host.ts'
import { contents, plant, project } from './programs.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-writers-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const directory = path.join(base, 'app')
beforeEach(() => fs.rmSync(base, { recursive: true, force: true }))

const codes = ['ENOSPC', 'EROFS', 'EACCES', 'EMFILE', 'EIO', 'EDQUOT', 'EINTR'] as const
/** Each call with each code, where the run is told to take its time; else each call with one of them. */
const isThorough = process.env['CTXSIZE_FAULTS'] === 'all'

const changing = [
  ...['openSync', 'writeSync', 'writeFileSync', 'fsyncSync', 'fchmodSync', 'fchownSync', 'renameSync'],
  ...['linkSync', 'symlinkSync', 'unlinkSync', 'rmSync', 'mkdirSync'],
] as const

/** Runs with that changing call, from 0 on, failing; how many there were. */
async function withFault(nth: number, code: string, run: () => Promise<void> | void): Promise<number> {
  // The object behind the module, whose functions can be taken out.
  const disk = createRequire(import.meta.url)('node:fs')
  const whole = Object.fromEntries(changing.map((name) => [name, disk[name]]))
  let calls = 0
  for (const name of changing)
    disk[name] = (...args: readonly unknown[]) => {
      const isReading =
        name === 'openSync' && (args[1] === undefined || args[1] === 'r' || (Number(args[1]) & 3) === 0)
      if (!isReading && calls++ === nth) throw fault(code, String(args[0]))
      return whole[name](...args)
    }
  syncBuiltinESMExports()
  try {
    await run()
  } finally {
    Object.assign(disk, whole)
    syncBuiltinESMExports()
  }
  return calls
}

interface Writer {
  readonly run: () => Promise<{ readonly code: number; readonly said: string }>
  /** What may change, relative to the base; all else may not. */
  readonly written: RegExp
  readonly before?: () => void
}

const environment = { PATH: '/usr/bin:/bin', HOME: base, XDG_CACHE_HOME: path.join(base, 'cache') }
const verb =
  (...words: readonly string[]) =>
  async () => {
    const { code, stderr } = await runOn(createNodeHost(environment, null), words)
    return { code, said: stderr }
  }
const output = () => {
  try {
    writeOutput(path.join(base, 'out'), 'a new text\n')
    return { code: 0, said: '' }
  } catch (thrown) {
    return { code: 2, said: `error: ${thrown instanceof Error ? thrown.message : thrown}\n` }
  }
}
const writers: Readonly<Record<string, Writer>> = {
  'fix --write': { run: verb('fix', '--write', directory), written: /^app\/(?:Dockerfile|\.dockerignore)$/ },
  'ignore --write': { run: verb('ignore', '--write', directory), written: /^app\/\.dockerignore$/ },
  'init --write': { run: verb('init', '--write', directory), written: /^app\/ctxsize\.config\.\w+$/ },
  '-o, where there is none': { run: async () => output(), written: /^out$/ },
  '-o, in the place of another': {
    run: async () => output(),
    written: /^out$/,
    before: () => fs.writeFileSync(path.join(base, 'out'), 'an old text\n'),
  },
  '--remember': { run: verb('--remember', directory), written: /^cache(?:$|\/)/ },
  'plugin install': {
    run: verb('plugin', 'install', '--dir', path.join(base, 'plugins')),
    written: /^plugins(?:$|\/)/,
  },
}

const lay = (writer: Writer): ReadonlyMap<string, string> => {
  fs.rmSync(base, { recursive: true, force: true })
  plant(directory, project)
  writer.before?.()
  return contents(base)
}

describe('a changing call that fails, whichever it is, leaves', () => {
  it.each(Object.entries(writers))(
    '%s with files old or new, nothing beside them, and one line',
    async (_, writer) => {
      const before = lay(writer)
      let ended = { code: -1, said: '' }
      const run = async () => {
        ended = await writer.run()
      }
      const calls = await withFault(-1, '', run)
      const after = contents(base)
      expect(ended).toMatchObject({ code: 0 })
      expect(after).not.toEqual(before)
      for (let nth = 0; nth < calls; nth++)
        for (const code of isThorough ? codes : [codes[nth % codes.length] ?? 'EIO']) {
          lay(writer)
          await withFault(nth, code, run)
          const here = { nth, fault: code, ...ended }
          expect([0, 2], JSON.stringify(here)).toContain(ended.code)
          if (ended.code === 2) expect(ended.said).toMatch(/^error: [^\n]+\n(?: {2}[^\n]*\n)?$/)
          const now = contents(base)
          const left = [...now.keys()].filter((name) => temporaryName.test(path.basename(name)))
          // Where the call that fails is the clearing up itself, the other name stays for the next run.
          expect(left.length, JSON.stringify(here)).toBeLessThan(ended.code === 0 ? 2 : 1)
          for (const name of new Set([...before.keys(), ...now.keys()])) {
            if (left.includes(name)) continue
            const isOld = now.get(name) === before.get(name)
            const isNew =
              writer.written.test(name) && (now.get(name) === after.get(name) || /^cache\//.test(name))
            expect({ ...here, name, isOneOfThem: isOld || isNew }).toEqual({
              ...here,
              name,
              isOneOfThem: true,
            })
          }
        }
      expect(calls).toBeGreaterThan(1)
      if (isThorough) console.log(`${calls * codes.length} faults`)
    },
    isThorough ? 600_000 : 60_000,
  )
})
