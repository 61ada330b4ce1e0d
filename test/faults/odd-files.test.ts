/** What an attacker puts in the place of a file, or around the run: nothing may make it wait, and nothing may make it fall. */

import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { bin, type Ended, plainEnvironment, plant, pooled, project, run } from './programs.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-odd-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const directory = path.join(base, 'app')
beforeEach(() => {
  fs.rmSync(directory, { recursive: true, force: true })
  plant(directory, {
    ...project,
    'compose.yaml': 'services: {a: {build: .}}\n',
    '.github/workflows/ci.yml': 'jobs: {a: {steps: [{run: docker build .}]}}\n',
    '.gitignore': 'dist\n',
  })
  execFileSync('git', ['init', '-q'], { cwd: directory })
})

/** One line and perhaps its advice, or an answer; no stack, and not ended from outside. */
function judge({ code, stderr }: Ended): string {
  if (code === 2) return /^error: [^\n]*\n(?: {2}[^\n]*\n)?$/.test(stderr) ? 'refused' : stderr
  return [0, 1].includes(code ?? -1) && !/\n\s+at /.test(stderr) ? 'answered' : `exit code ${code}: ${stderr}`
}

/** A run that waits is ended after ten seconds, so that it has no exit code. */
const within = (words: readonly string[], env = {}) =>
  run(words, {
    directory,
    env: { ...plainEnvironment, ...env },
    meanwhile: (child) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      child.on('close', () => clearTimeout(timer))
    },
  })

const read = [
  ...['Dockerfile', '.dockerignore', 'Dockerfile.dockerignore', 'compose.yaml', 'docker-bake.hcl', '.env'],
  ...['package.json', 'package-lock.json', '.gitignore', '.github/workflows/ci.yml', 'Makefile', 'build.sh'],
  ...['.git/HEAD', '.git/index', '.git/config', 'ctxsize.config.json', '.gitattributes', '.gitlab-ci.yml'],
]

describe('in the place of a file that is read', () => {
  const kinds: Readonly<Record<string, (file: string) => void>> = {
    'a pipe': (file) => execFileSync('mkfifo', [file]),
    'a link to what never ends': (file) => fs.symlinkSync('/dev/zero', file),
  }
  it.each(Object.keys(kinds))(
    '%s makes no run wait',
    async (kind) => {
      const seen: unknown[] = []
      for (const name of read) {
        const file = path.join(directory, name)
        const before = fs.existsSync(file) ? fs.readFileSync(file) : null
        fs.rmSync(file, { force: true })
        kinds[kind]?.(file)
        await pooled([['.'], ...(name.startsWith('.git/') ? [['history']] : [])], async (words) => {
          const said = judge(await within(words))
          if (said !== 'answered' && said !== 'refused') seen.push([name, words, said])
        })
        fs.rmSync(file, { recursive: true })
        if (before !== null) fs.writeFileSync(file, before)
      }
      expect(seen).toEqual([])
    },
    180_000,
  )

  it('what is named on the command line makes none wait that could not end', async () => {
    execFileSync('mkfifo', [path.join(directory, 'pipe.hcl'), path.join(directory, 'pipe')])
    for (const words of [
      ['-f', 'pipe'],
      ['-f', 'pipe.hcl'],
      ['--config', 'pipe'],
      ['report', '/dev/zero'],
      ['history', '--timings', '/dev/zero'],
      ['-o', 'pipe'],
    ])
      expect([words, (await within(words)).code]).toEqual([words, 2])
    expect((await within(['.'], { BUILDX_BAKE_FILE: '/dev/zero' })).code).toBe(0)
  }, 60_000)
})

describe('around the run', () => {
  it.each([
    ['few descriptors', 'ulimit -n 20'],
    ['a small stack', 'ulimit -s 256'],
    ['no standard input', 'exec <&-'],
    ['a home that is a pipe', 'mkfifo home; export HOME=$PWD/home'],
    ['a language and a time zone that are none', 'export LC_ALL=xx_YY LANG=/dev/zero TZ=:/etc/passwd'],
    [
      'settings of git',
      'export GIT_DIR=/dev GIT_INDEX_FILE=/dev/zero GIT_CONFIG_COUNT=x GIT_TRACE=/dev/full',
    ],
  ])(
    '%s: an answer, or one line',
    async (_, circumstances) => {
      const script = `${circumstances}; exec "$0" "$@"`
      for (const words of [['fix'], ['history']]) {
        const ran = execFileSync(
          'bash',
          [
            '-c',
            `${script} 2>&1 || echo "exit code $?"`.replace('exec "$0"', '"$0"'),
            process.execPath,
            bin,
            ...words,
          ],
          {
            cwd: directory,
            env: plainEnvironment,
            encoding: 'utf8',
            timeout: 20_000,
          },
        )
        expect(ran).not.toMatch(/\n\s+at |exit code (?!2$)/m)
        fs.rmSync(path.join(directory, 'home'), { force: true })
      }
    },
    60_000,
  )

  it('a working directory that was removed is told', async () => {
    const script = 'mkdir gone; cd gone; rmdir ../gone; "$0" "$@" 2>&1 || echo "exit code $?"'
    const said = execFileSync('bash', ['-c', script, process.execPath, bin, '.'], {
      cwd: directory,
      encoding: 'utf8',
    })
    expect(said).toBe('error: the working directory is no longer there\n  go to one that is\nexit code 2\n')
  })

  it('a terminal of one column has all of it', async () => {
    const narrow = 'stty cols 1 2>/dev/null; exec "$0" "$@"'
    const said = execFileSync(
      'script',
      ['-qec', `bash -c '${narrow}' ${process.execPath} ${bin} .`, '/dev/null'],
      {
        cwd: directory,
        encoding: 'utf8',
        timeout: 20_000,
      },
    )
    expect(said).toContain('Dockerfile')
    expect(said).not.toMatch(/\n\s+at /)
  })

  it.each(['[', '- ', '? ', '{a: ', '&a ['])(
    'a compose file that is nothing but %j is told, and no end of it',
    async (text) => {
      fs.writeFileSync(path.join(directory, 'compose.yaml'), text.repeat(65_536 / text.length))
      expect((await within(['.'])).code).toBe(0)
      expect(await within(['-f', 'compose.yaml'])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('not YAML: nested too deeply'),
      })
    },
  )

  it('what is large is refused before it is read', async () => {
    const large = Buffer.alloc(100 << 20, 'a\n')
    for (const name of ['Dockerfile', '.dockerignore']) {
      plant(directory)
      fs.writeFileSync(path.join(directory, name), large)
      const { code, stdout, stderr } = await within(['.'])
      expect([code, stdout + stderr]).toEqual([2, expect.stringContaining(`${name} is larger than 4MiB`)])
    }
  }, 30_000)
})
