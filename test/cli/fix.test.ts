/** `ignore` and `fix` as they are typed: with a shell, a real disk and real repositories. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { FixReport } from '../../src/report.ts'
import { git } from '../git.ts'
import { ctxsize as inMemory } from './world.ts'

const bin = path.join(import.meta.dirname, '../../bin/ctxsize.js')
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-cli-fix-'))
afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

const files: Readonly<Record<string, string>> = {
  Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n',
  'package.json': '{"name":"app","scripts":{"build":"tsc"}}\n',
  'package-lock.json': '{"name":"app","lockfileVersion":3,"packages":{}}\n',
  'src/index.ts': 'console.log(1)\n',
  '.gitignore': 'node_modules\ncoverage\n',
}
const junk: Readonly<Record<string, string>> = {
  'node_modules/x/index.js': 'x'.repeat(5000),
  'coverage/lcov.info': 'y'.repeat(5000),
}

function write(dir: string, tree: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(tree)) {
    fs.mkdirSync(path.join(dir, path.dirname(name)), { recursive: true })
    fs.writeFileSync(path.join(dir, name), text)
  }
  return dir
}

const newDir = (): string => fs.mkdtempSync(path.join(place, 'case-'))

/** A repository with one commit of the project. */
function repository(tree: Readonly<Record<string, string>> = files): string {
  const dir = write(newDir(), tree)
  git(dir, 'init', '-q')
  git(dir, 'add', '-A')
  git(dir, 'commit', '-q', '-m', 'one')
  return dir
}

function shell(dir: string, line: string, env: Readonly<Record<string, string>> = {}) {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env
  return spawnSync('sh', ['-c', line], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...inherited, ...env, ctxsize: bin },
  })
}

const run = (dir: string, args: string, env?: Readonly<Record<string, string>>) =>
  shell(dir, `"${process.execPath}" "$ctxsize" ${args}`, env)

function fix(dir: string, args = 'fix'): FixReport {
  const { stdout, stderr } = run(dir, `${args} --format json`)
  if (stdout === '') throw new Error(stderr)
  // What comes is what the schema test holds against the schema.
  return JSON.parse(stdout) as FixReport
}

const linesOf = (report: FixReport): readonly string[] =>
  (report.edits.find(({ file }) => file === '.dockerignore')?.after ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

describe('a shell', () => {
  it('makes an ignore file where there is none', () => {
    const dir = write(newDir(), { ...files, ...junk })
    expect(run(dir, 'ignore > .dockerignore').status).toBe(0)
    expect(fs.readFileSync(path.join(dir, '.dockerignore'), 'utf8')).toContain('coverage')
    expect(fix(dir, 'ignore').edits).toEqual([])
  })

  it('is told when it has emptied the one there is', () => {
    const dir = write(newDir(), { ...files, ...junk, '.dockerignore': '*.md\n' })
    const { status, stderr } = run(dir, 'ignore > .dockerignore')
    expect([status, fs.readFileSync(path.join(dir, '.dockerignore'), 'utf8')]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: standard output is \.dockerignore itself.*\n.*--write\n$/)
  })

  it('closes the pipe before all is read, and hears nothing of it', () => {
    const dir = write(newDir(), { ...files, ...junk })
    const { status, stderr } = run(dir, 'fix | head -n 1')
    expect([status, stderr]).toEqual([0, ''])
  })

  it.each([
    ['in a pipe', {}, false],
    ['with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['with NO_COLOR before it', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('sees colours only where they are wanted: %s', (_, env, isColored) => {
    const dir = write(newDir(), { ...files, ...junk })
    expect(run(dir, 'fix', env).stdout.includes('\x1b[')).toBe(isColored)
  })

  it('applies what fix prints to the same files that --write makes', () => {
    const [one, other] = [repository(), repository()]
    for (const dir of [one, other]) write(dir, junk)
    expect(run(one, 'fix | git apply').status).toBe(0)
    expect(run(other, 'fix --write').status).toBe(0)
    for (const name of ['.dockerignore', 'Dockerfile'])
      expect(fs.readFileSync(path.join(one, name), 'utf8')).toBe(
        fs.readFileSync(path.join(other, name), 'utf8'),
      )
    expect(fix(one).edits).toEqual([])
  })
})

describe('a repository', () => {
  const whole = () => {
    const dir = repository()
    write(dir, junk)
    return dir
  }

  it('is told from none: its history may go too', () => {
    expect(linesOf(fix(whole()))).toContain('.git')
    const bare = write(newDir(), { ...files, ...junk })
    expect(linesOf(fix(bare)).filter((line) => /node_modules|coverage/.test(line))).toHaveLength(2)
  })

  it('has the same proposals in a shallow clone', () => {
    const dir = whole()
    git(dir, 'commit', '-q', '--allow-empty', '-m', 'two')
    const clone = path.join(newDir(), 'clone')
    git(place, 'clone', '-q', '--depth', '1', `file://${dir}`, clone)
    write(clone, junk)
    expect(linesOf(fix(clone))).toEqual(linesOf(fix(dir)))
  })

  it('keeps what is tracked and not checked out in a sparse clone', () => {
    const tree = { ...files, 'docs/coverage/chapter.md': 'tracked\n', 'docs/a.md': 'a\n' }
    const dir = repository(tree)
    git(dir, 'sparse-checkout', 'set', 'src')
    expect(fs.existsSync(path.join(dir, 'docs'))).toBe(false)
    write(dir, junk)
    expect(linesOf(fix(dir))).toContain('coverage')
    expect(linesOf(fix(dir))).not.toContain('**/coverage')
  })

  it('may lie above the context', () => {
    const dir = repository(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`services/api/${name}`, text])),
    )
    const context = write(path.join(dir, 'services/api'), junk)
    const { edits } = fix(context)
    expect(edits.map(({ file }) => file)).toContain('.dockerignore')
    expect(linesOf(fix(context))).not.toContain('.git')
    expect(run(context, 'fix | git apply').status).toBe(0)
    expect(fix(context).edits).toEqual([])
  })

  it('may lie below the context, and is no history of it', () => {
    const dir = write(newDir(), { ...files, ...junk })
    write(path.join(dir, 'vendor/lib'), { 'lib.js': '1\n' })
    git(path.join(dir, 'vendor/lib'), 'init', '-q')
    expect(linesOf(fix(dir)).filter((line) => line.startsWith('vendor/lib/lib'))).toEqual([])
    expect(run(dir, 'fix --write').status).toBe(0)
  })

  it('keeps the files of a submodule', () => {
    const library = repository({ 'lib.js': '1\n', 'coverage/notes.md': 'tracked\n' })
    const dir = repository()
    git(dir, 'submodule', 'add', '-q', library, 'lib')
    git(dir, 'commit', '-q', '-m', 'submodule')
    write(dir, junk)
    const report = fix(dir)
    const dropped = report.suggestions
      .filter(({ id }) => report.followed.includes(id))
      .flatMap(({ drops }) => drops.map((one) => one.path))
    expect(dropped.filter((name) => /^lib(?:\/(?!\.git)|$)/.test(name))).toEqual([])
    expect(dropped).toContain('coverage')
  })
})

describe('a slip of the finger', () => {
  it.each([
    ['ignroe', /did you mean ctxsize ignore\?/],
    ['fxi', /did you mean ctxsize fix\?/],
    ['fix --wirte', /did you mean --write\?/],
    ['fix --include reveiw', /did you mean review\?/],
    ['ignore --style alow', /did you mean allow\?/],
    ['ls --write', /--write is an option of ctxsize ignore/],
    ['fix --style allow', /--style is an option of ctxsize ignore/],
  ])('is answered with what was meant: %s', async (line, message) => {
    const { code, stderr, stdout } = await inMemory(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.replace(/\s+/g, ' ')).toMatch(message)
  })
})
