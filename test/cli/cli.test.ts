import { describe, expect, it } from 'vitest'
import { renderHelp } from '../../src/cli.ts'
import type { Report, SentReport } from '../../src/report.ts'
import { verbUsage } from '../../src/verbs/usage.ts'
import { version } from '../../src/version.ts'
import { ctxsize } from './world.ts'

// The documents' shapes are checked by the schema test.
const report = (text: string): Report => JSON.parse(text) as Report
const sent = (text: string): SentReport => JSON.parse(text) as SentReport
const paths = (text: string): string[] => sent(text).entries.map(({ path }) => path)
const target = (text: string) => report(text).contexts[0]?.targets[0]

const one = { '/Dockerfile': 'FROM scratch\nCOPY . /\n' }

describe('a verb', () => {
  it.each(['', '.', 'scan', 'scan .'])('is scan when nothing else is said: %j', async (line) => {
    expect((await ctxsize(line)).stdout).toContain('docker prints')
  })

  it.each(['ls', 'ls .', '--format table ls', 'ls -- .'])('may stand after options: %j', async (line) => {
    const { stdout, code } = await ctxsize(`--build-arg WHAT=src ${line}`)
    expect([stdout, code]).toEqual(['src\nsrc/a.txt\nsrc/b.txt\n', 0])
  })

  it('wins over a directory of its name', async () => {
    expect((await ctxsize('ls', { tree: { ...one, '/ls/Dockerfile': 'FROM a' } })).stdout).toContain(
      'Dockerfile\n',
    )
    expect((await ctxsize('./ls', { tree: { '/ls/Dockerfile': 'FROM a' } })).stdout).toContain(
      'Dockerfile → ',
    )
  })
})

describe('options that name a build', () => {
  it.each(['--target base', '--target=base', '--target prod --target base'])(
    'take the last value: %s',
    async (line) => {
      expect(target((await ctxsize(`${line} --format json`)).stdout)?.stage).toBe('base')
    },
  )

  it.each(['-f D', '-fD', '-f=D', '--file D', '--file=D'])(
    'may be written as pflag allows: %s',
    async (line) => {
      const tree = { '/D': 'FROM scratch AS other\n' }
      expect(target((await ctxsize(`${line} --format=json`, { tree })).stdout)?.stage).toBe('other')
    },
  )

  it('take a value as it is, quotes and all', async () => {
    const tree = { '/"D"': 'FROM scratch AS other\n' }
    expect(target((await ctxsize(['-f', '"D"', '--format=json'], { tree })).stdout)?.stage).toBe('other')
  })

  it('take a build argument from the environment when it has no value', async () => {
    const line = 'ls --format json --build-arg WHAT'
    expect(paths((await ctxsize(line, { environment: { WHAT: 'other.txt' } })).stdout)).toContain('other.txt')
  })

  it('keep the default of a build argument that the environment lacks', async () => {
    const { stdout } = await ctxsize('ls --format json --build-arg WHAT=x --build-arg WHAT')
    expect(sent(stdout).buildFails).toBe(true)
  })
})

describe('a pasted command line', () => {
  it.each([
    'docker build --target base .',
    'docker buildx build --target base --builder mine -o type=local,dest=out --push .',
    'sudo docker --context x image build --target base .',
    '--target base -t a:b --no-cache --progress plain --label a=b --cache-from type=gha --secret id=a --ssh default --rm --pull=false .',
    'docker build -qt name --target base --build-arg WHAT=src --network=host .',
  ])('is understood: %s', async (line) => {
    const { stdout, code } = await ctxsize(`ls ${line}`)
    expect([stdout, code]).toEqual(['src\nsrc/a.txt\nsrc/b.txt\n', 0])
  })

  it('tells the builder by DOCKER_BUILDKIT=0', async () => {
    expect(sent((await ctxsize('ls --format json DOCKER_BUILDKIT=0 docker build .')).stdout).builder).toBe(
      'classic',
    )
  })

  it('of podman is answered for podman', async () => {
    const { builder, wireBytes } = sent((await ctxsize('ls --format json podman build .')).stdout)
    expect([builder, wireBytes]).toEqual(['podman', null])
  })

  it('shows with -v what podman finds where that is not the same', async () => {
    const tree = {
      '/p/Dockerfile': 'FROM scratch\nCOPY . /\n',
      '/p/b/keep.log': 1000,
      '/p/.dockerignore': 'b\n!**/keep.log\n',
    }
    const { stdout } = await ctxsize('-v -C /p', { tree })
    expect(stdout).toMatch(/context +1.04kB +3 files/)
    expect(stdout).toMatch(/podman +37B +2 files +finds what \.dockerignore leaves there/)
    expect(stdout).toContain('this file reaches BuildKit but not podman, because of')
    expect((await ctxsize('-C /p', { tree })).stdout).not.toContain('podman')
  })

  it('can name podman as the builder', async () => {
    const { stdout, code } = await ctxsize('--builder podman --build-arg WHAT=src')
    expect([stdout, code]).toEqual([expect.stringContaining('Podman sends nothing: this build can read'), 0])
  })

  it('does not take a directory named docker for docker', async () => {
    expect((await ctxsize('docker', { tree: { '/docker/Dockerfile': 'FROM a' } })).code).toBe(0)
  })
})

describe('a mistake', () => {
  it.each([
    ['--tagret x', 'unknown option --tagret; did you mean --target?'],
    ['--zzzzzzzz', 'unknown option --zzzzzzzz'],
    ['-Z', 'unknown option -Z'],
    ['wyh', 'no such verb or directory: wyh; did you mean ctxsize why?'],
    ['a b', 'one context is enough, got another: b'],
    ['-C . .', 'one context is enough, got another: .'],
    ['why', 'ctxsize why needs a path'],
    ['--target', '--target needs a value'],
    ['--quiet=3', '--quiet takes no value, got "3"'],
    ['--unread', '--unread is an option of ctxsize ls'],
    ['ls --unread --ignored', '--unread and --ignored exclude each other'],
    ['ls -0 --format table --format jsno', '--format "jsno" is not one of table, json; did you mean json?'],
    ['--build-arg =x', '--build-arg without a name: "=x"'],
    ['--build-context x', '--build-context needs a name and a directory: "x"'],
    ['--builder kaniko', '--builder "kaniko" is not one of buildkit, classic, podman'],
    ['-', 'nothing comes on standard input'],
    ['- -f -', 'context and Dockerfile cannot both come on standard input'],
    ['- --at HEAD', 'an archive has no commits: --at needs a directory'],
    ['fix -', 'ctxsize fix needs a directory'],
    ['fix --write --at HEAD', '--write cannot change a commit'],
    ['ignore --write -f -', '--write cannot change standard input'],
    ['verify -', "ctxsize verify reads docker's output on standard input"],
    ['--at HEAD', '. is in no git repository'],
    ['builds --at HEAD', '--at is an option of ctxsize scan'],
    [
      'https://github.com/a/b.git',
      'docker sends nothing for https://github.com/a/b.git: BuildKit fetches all of it by itself and reads no ignore file',
    ],
    ['-f - .', 'nothing comes on standard input'],
    ['missing/', 'no such directory: missing/'],
    ['verify', 'nothing comes on standard input'],
  ])('%s is one clear line and exit code 2', async (line, message) => {
    const { code, stdout, stderr } = await ctxsize(line)
    expect(stderr.split('\n')[0]).toBe(`error: ${message}`)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('is a document with --format json', async () => {
    const { code, stdout, stderr } = await ctxsize('--tagret --format json')
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      error: { code: 'USAGE', message: 'unknown option --tagret', hint: 'did you mean --target?' },
    })
    expect([code, stderr]).toEqual([2, ''])
  })

  it('cannot send escape sequences to the terminal', async () => {
    expect((await ctxsize(['no\x1b[31m/dir'])).stderr).not.toContain('\x1b')
  })

  it('in the Dockerfile is told on stderr beside what is known', async () => {
    const tree = { ...one, '/Dockerfile': 'FROM scratch\nCOPPY . /\n', '/a': 1 }
    const { code, stdout, stderr } = await ctxsize('--format json', { tree })
    expect(report(stdout).contexts[0]?.context.files).toBe(2)
    expect(stderr).toMatch(/^error: Dockerfile:2: .*\n$/)
    expect(code).toBe(2)
  })
})

describe('output', () => {
  it('goes to a file with -o', async () => {
    const { stdout, files } = await ctxsize('ls --target base -o list.txt')
    expect([stdout, files.get('list.txt')]).toEqual(['', 'src\nsrc/a.txt\nsrc/b.txt\n'])
  })

  it.each([
    ['on a pipe', '', {}, undefined, false],
    ['on a terminal', '', {}, 80, true],
    ['with NO_COLOR', '', { NO_COLOR: '1' }, 80, false],
    ['with NO_COLOR and --color', '--color', { NO_COLOR: '1' }, undefined, true],
    ['with FORCE_COLOR', '', { FORCE_COLOR: '1' }, undefined, true],
    ['with FORCE_COLOR=0', '', { FORCE_COLOR: '0' }, 80, false],
    ['with --no-color', '--no-color', { FORCE_COLOR: '1' }, 80, false],
    ['on a dumb terminal', '', { TERM: 'dumb' }, 80, false],
    ['in a file', '-o x', {}, 80, false],
  ] as const)('has colours where they are wanted: %s', async (_, line, environment, columns, isColored) => {
    const { stdout, files } = await ctxsize(line, { environment, ...(columns ? { columns } : {}) })
    expect((stdout + (files.get('x') ?? '')).includes('\x1b[')).toBe(isColored)
  })

  it('takes binary units on request', async () => {
    const tree = { ...one, '/a': 2048 }
    expect((await ctxsize('ls -l --units binary', { tree })).stdout).toContain('2.00KiB  a')
  })

  it('shows progress on a terminal only, after half a second, and takes it back', async () => {
    const tree = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`/d${i % 100}/f${i}`, 1]))
    const slow = await ctxsize('', { tree: { ...tree, ...one }, columns: 80, tickMs: 200 })
    expect(slow.stderr).toMatch(/^(?:\r\x1b\[K[\d,]+ entries…)+\r\x1b\[K$/)
    for (const circumstances of [{ tickMs: 200 }, { columns: 80, tickMs: 0 }])
      expect((await ctxsize('', { tree: { ...tree, ...one }, ...circumstances })).stderr).toBe('')
  })
})

describe('ctxsize verify', () => {
  const log = (size: string): string =>
    `#5 [internal] load build context\n#5 transferring context: ${size} done\n`

  it('exits with 0 when docker agrees and with 1 when not', async () => {
    const { stdout } = await ctxsize('--target base --format json')
    const cold = target(stdout)?.wire.buildkit.cold
    expect((await ctxsize('verify --target base', { input: log(`${cold}B`) })).code).toBe(0)
    const wrong = await ctxsize('verify --target base', { input: log('9.99GB') })
    expect(wrong.code).toBe(1)
    expect(wrong.stdout).toMatch(/^✗ /)
  })
})

describe('help', () => {
  it('is there for the program and each verb', async () => {
    expect(Object.keys(await renderHelp())).toEqual(['', ...Object.keys(verbUsage)])
  })

  it.each(['', ...Object.keys(verbUsage)])('of %j is as reviewed', async (verb) => {
    await expect((await renderHelp())[verb]).toMatchFileSnapshot(
      `./__snapshots__/help-${verb || 'program'}.txt`,
    )
  })

  it.each([
    ['--help', ''],
    ['-h', ''],
    ['ls . --help', 'ls'],
    ['why -h', 'why'],
  ])('is printed for %s', async (line, verb) => {
    expect((await ctxsize(line)).stdout).toBe(`${(await renderHelp())[verb]}\n`)
  })

  it('has a version beside it', async () => {
    expect((await ctxsize('--version')).stdout).toBe(`${version}\n`)
  })
})
