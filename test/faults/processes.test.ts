import { execFile } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryName } from '../../src/host/host.ts'
import { verbLines } from '../verb-lines.ts'
import {
  bin,
  contents,
  createDice,
  type Ended,
  plainEnvironment,
  plant,
  pooled,
  project,
  run,
} from './programs.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-processes-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const directory = path.join(base, 'app')
beforeEach(() => {
  fs.rmSync(directory, { recursive: true, force: true })
  plant(directory)
})

/** Each of them takes about a fifth of a second. */
const kills = Number(process.env['CTXSIZE_KILLS'] ?? 20)
const perRunMs = 4000

const written = ['.dockerignore', 'Dockerfile']
const texts = (): readonly string[] =>
  written.map((file) => fs.readFileSync(path.join(directory, file), 'utf8'))
const leftOvers = (): readonly string[] =>
  fs
    .readdirSync(directory)
    .filter((name) => !Object.keys(project).some((file) => file.split('/')[0] === name))

/** Runs a line to its end; how long that takes. */
async function timed(words: readonly string[]): Promise<number> {
  const before = performance.now()
  expect(await run(words, { directory })).toMatchObject({ code: 0, stderr: '' })
  return performance.now() - before
}

describe('SIGKILL at any moment of ctxsize fix --write', () => {
  it(
    'leaves each file old or new, whole, and beside them nothing but what the next run takes away',
    async () => {
      const old = texts()
      const lasts = await timed(['fix', '--write'])
      const made = texts()
      expect(made.every((text, i) => text !== old[i])).toBe(true)
      const dice = createDice(kills)
      const seen = { untouched: 0, between: 0, done: 0, leftOvers: 0 }
      for (let round = 0; round < kills; round++) {
        plant(directory)
        const before = leftOvers().length
        await run(['fix', '--write'], {
          directory,
          meanwhile: (child) => {
            const kill = () => child.kill('SIGKILL')
            // Half of them at any moment; half where it writes, which takes a hundredth of its time.
            if (round % 2 === 0) setTimeout(kill, dice(Math.ceil(lasts * 1.1)))
            else {
              const wait = dice(4)
              const watcher = fs.watch(directory, () => {
                watcher.close()
                if (wait === 0) kill()
                else setTimeout(kill, wait - 1)
              })
              child.on('close', () => watcher.close())
            }
          },
        })
        const now = texts()
        for (const [i, text] of now.entries()) expect([old[i], made[i]]).toContain(text)
        const changed = now.filter((text, i) => text !== old[i]).length
        seen[changed === 0 ? 'untouched' : changed === 1 ? 'between' : 'done']++
        for (const name of leftOvers()) expect(name).toMatch(temporaryName)
        seen.leftOvers += leftOvers().length - before
      }
      expect(seen.untouched).toBeGreaterThan(0)
      expect(seen.between + seen.done).toBeGreaterThan(0)
      if (process.env['CTXSIZE_KILLS'] !== undefined) console.log(`${kills} kills:`, seen)

      // Whatever is left is in no amount, and goes once nobody can be at it any more.
      const half = path.join(directory, '.ctxsize-0123456789abcdef.tmp')
      fs.writeFileSync(half, 'node_mod')
      const listed = await run(['ls'], { directory })
      expect(listed.stdout).not.toContain('.ctxsize-')
      for (const name of leftOvers()) fs.utimesSync(path.join(directory, name), 1_700_000_000, 1_700_000_000)
      expect(await run(['fix', '--write'], { directory })).toMatchObject({ code: 0 })
      expect(leftOvers()).toEqual([])
    },
    kills * perRunMs,
  )
})

describe('SIGKILL at any moment of', () => {
  const out = path.join(base, 'out')
  const cache = path.join(base, 'cache')
  it.each<[string, readonly string[]]>([
    ['ctxsize ignore --write', ['ignore', '--write']],
    ['ctxsize init --write', ['init', '--write']],
    ['ctxsize -o', ['--format', 'markdown', '-o', path.join(out, 'report.md')]],
    ['ctxsize --remember', ['--remember']],
    ['ctxsize plugin install', ['plugin', 'install', '--dir', path.join(out, 'plugins')]],
  ])(
    '%s leaves each file old or new, whole, and what has not yet its name',
    async (_, words) => {
      const env = { ...plainEnvironment, XDG_CACHE_HOME: cache }
      const lay = () => {
        for (const place of [directory, out, cache]) fs.rmSync(place, { recursive: true, force: true })
        plant(directory)
        plant(out, { 'report.md': 'an old report\n' })
        return contents(base)
      }
      const before = lay()
      const started = performance.now()
      expect(await run(words, { directory, env })).toMatchObject({ code: 0 })
      const lasts = performance.now() - started
      const after = contents(base)
      expect(after).not.toEqual(before)
      const dice = createDice(words.length)
      for (let round = 0; round < Math.ceil(kills / 4); round++) {
        lay()
        const wait = dice(Math.ceil(lasts * 1.2))
        const meanwhile = (child: { readonly kill: (signal: 'SIGKILL') => boolean }) =>
          setTimeout(() => child.kill('SIGKILL'), wait)
        await run(words, { directory, env, meanwhile })
        for (const [name, text] of contents(base)) {
          if (temporaryName.test(path.basename(name))) continue
          const known = [before.get(name), after.get(name)]
          // What is remembered has the time of the run in it.
          if (/^cache\/.+\/remembered\/./.test(name)) expect(() => JSON.parse(text)).not.toThrow()
          else expect([name, known]).toEqual([name, expect.arrayContaining([text])])
        }
      }
    },
    kills * perRunMs,
  )
})

describe('SIGINT at any moment', () => {
  const lines = [
    ['fix', '--write'],
    ['check'],
    ['--format', 'html', '-o', '../out.html'],
    ['ls', '--format', 'json'],
    ['init', '--write'],
  ]
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

  it(
    'ends a run as the shell expects, quietly, with nothing half done',
    async () => {
      const old = texts()
      const temporary = path.join(base, 'tmp')
      fs.mkdirSync(temporary, { recursive: true })
      const lasts = await timed(['fix', '--write'])
      const made = texts()
      plant(directory)
      await timed(['init', '--write'])
      const config = path.join(directory, 'ctxsize.config.yaml')
      const configured = fs.readFileSync(config, 'utf8')
      fs.rmSync(config)
      const dice = createDice(7)
      const ends = new Set<string>()
      for (let round = 0; round < kills; round++) {
        plant(directory)
        const line = lines[round % lines.length] ?? []
        const signal = signals[round % signals.length] ?? 'SIGINT'
        const ended = await run(line, {
          directory,
          env: { ...plainEnvironment, TMPDIR: temporary, HOME: temporary },
          meanwhile: (child) => void setTimeout(() => child.kill(signal), dice(Math.ceil(lasts * 1.1))),
        })
        // 130 for a shell; a run that was over before it came says what it has to say.
        const isOver = ended.signal === null && [0, 1].includes(ended.code ?? -1)
        ends.add(isOver ? 'over' : `${ended.signal}`)
        expect(isOver || ended.signal === signal).toBe(true)
        expect(ended.stderr).not.toMatch(/\n\s+at |Error/)
        if (!isOver) expect(ended.stderr).toBe('')
        for (const [i, text] of texts().entries()) expect([old[i], made[i]]).toContain(text)
        if (fs.existsSync(config)) expect(fs.readFileSync(config, 'utf8')).toBe(configured)
        fs.rmSync(config, { force: true })
        expect(leftOvers()).toEqual([])
        expect(fs.readdirSync(base).filter((name) => temporaryName.test(name))).toEqual([])
        expect(fs.readdirSync(temporary).filter((name) => !/^ctxsize|^\.cache$/.test(name))).toEqual([])
      }
      expect(ends.size).toBeGreaterThan(1)
    },
    kills * perRunMs,
  )
})

const told = ({ code, stderr, stdout }: Ended): string =>
  /\n\s+at /.test(stderr + stdout)
    ? stderr + stdout
    : code === 2
      ? /^(?:.*\n)*error: [^\n]+\n/.test(stderr) || stdout.includes('"error"')
        ? 'a clear error'
        : `2 without a word: ${stderr}`
      : [0, 1].includes(code ?? -1)
        ? 'an answer'
        : `exit code ${code}`

describe('every verb', () => {
  const lines = verbLines('.').map(([verb, line]) =>
    verb === 'plugin' ? ['plugin', 'install', '--dir', path.join(base, 'plugins')] : line,
  )
  const file = path.join(directory, 'package.json')

  it('says the same without a HOME and a TMPDIR, or with some that lead nowhere or to a file', async () => {
    const home = path.join(base, 'home')
    fs.mkdirSync(home, { recursive: true })
    const settings = [
      {},
      { HOME: '/nowhere/at/all', TMPDIR: '/nowhere/at/all' },
      { HOME: file, TMPDIR: file, XDG_CACHE_HOME: file },
    ]
    await pooled(lines, async (line) => {
      const usual = await run(line, { directory, env: { ...plainEnvironment, HOME: home, TMPDIR: base } })
      for (const one of settings) {
        const ended = await run(line, { directory, env: { ...plainEnvironment, ...one } })
        expect(told(ended)).toMatch(/^(?:an answer|a clear error)$/)
        // The first of them has made the link.
        if (line[0] !== 'plugin') expect({ line, ...ended }).toEqual({ line, ...usual })
      }
    })
  }, 120_000)

  it('ends well when nobody reads what it prints', async () => {
    await pooled(lines, async (line) => {
      const ended = await run(line, {
        directory,
        stdio: ['ignore', 'pipe', 'pipe'],
        meanwhile: (child) => void child.stdout?.destroy(),
      })
      expect(told(ended)).toMatch(/^(?:an answer|a clear error)$/)
    })
  }, 120_000)

  it.skipIf(!fs.existsSync('/dev/full'))(
    'says in a line that what it prints has no room',
    async () => {
      const full = fs.openSync('/dev/full', 'w')
      await pooled(lines, async (line) => {
        const ended = await run(line, { directory, stdio: ['ignore', full, 'pipe'] })
        expect([line, ended.code, told(ended)]).toEqual([line, 2, 'a clear error'])
      })
      fs.closeSync(full)
    },
    120_000,
  )
})

it('prints what it can where standard output and standard error are closed', async () => {
  const script = path.join(base, 'closed.sh')
  const before = contents(directory)
  for (const closed of ['>&-', '2>&-', '>&- 2>&-', '<&-']) {
    fs.writeFileSync(script, `"$1" "$2" ls ${closed}\n`)
    const code = await new Promise((resolve) =>
      execFile('sh', [script, process.execPath, bin], { cwd: directory }, (error) =>
        resolve(error?.code ?? 0),
      ),
    )
    expect([closed, code]).toEqual([closed, 0])
  }
  expect(contents(directory)).toEqual(before)
})
