import { describe, expect, it } from 'vitest'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { optionUsage, verbUsage } from '../../src/verbs/usage.ts'
import { runOn } from '../cli/world.ts'

const tree: MemoryTree = {
  '/Dockerfile':
    'ARG NODE=22\nFROM node:$NODE AS build\nARG NODE\nARG MODE\nFROM scratch as runtime\nFROM runtime\n',
  '/compose.yaml':
    'services:\n  api: {build: .}\n  worker: {build: {context: ., target: build}}\n  db: {image: x}\n',
  '/src/a.js': 1,
  '/src/b/c.js': 1,
  '/.git/HEAD': 'ref: refs/heads/main\n',
  '/.git/objects': { type: 'dir' },
  '/.git/refs': { type: 'dir' },
  '/other/Dockerfile': 'FROM scratch AS far\n',
  '/src/bad\nname': 1,
  '/src/esc\x1b[31m': 1,
}
const host = createMemoryHost(
  tree,
  {},
  {
    git: (_, args) => ({
      ...{ ok: true, stderr: '', code: 0, trouble: null },
      stdout: Buffer.from(args[0] === 'rev-parse' ? 'main\nv1.0\norigin/main\n' : ''),
    }),
  },
)

/** What is offered behind `line`, the last word of which is being typed; the number that ends the answer; exit code 0. */
async function offered(line: string): Promise<{ readonly words: readonly string[]; readonly end: number }> {
  const { code, stdout, stderr } = await runOn(host, ['__complete', ...line.split(' ')])
  expect([code, stderr]).toEqual([0, ''])
  const lines = stdout.split('\n')
  expect(lines.pop()).toBe('')
  return { end: Number(lines.pop()?.slice(1)), words: lines.map((one) => one.split('\t')[0] ?? '') }
}
const words = async (line: string) => (await offered(line)).words

describe('a completion', () => {
  it('offers verbs and directories for the first word', async () => {
    expect(await words('')).toEqual([...Object.keys(verbUsage), 'other/', 'src/'])
    expect(await offered('hist')).toEqual({ words: ['history'], end: 4 })
    expect(await words('-v --no-color hist')).toEqual(['history'])
  })

  it('leaves directories further down to the shell', async () => {
    for (const line of ['./sr', '~/sr', 'ls sr', 'fix ', 'diff main sr'])
      expect(await offered(line)).toEqual({ words: [], end: 16 })
  })

  it('offers one directory and no second', async () => {
    expect(await offered('ls src o')).toEqual({ words: [], end: 4 })
    expect(await offered('-C src o')).toEqual({ words: [], end: 4 })
  })

  it('goes on within what ends with a slash, and behind =', async () => {
    expect(await offered('sr')).toEqual({ words: ['src/'], end: 6 })
    expect(await offered('--build-arg MO')).toEqual({ words: ['MODE='], end: 6 })
  })

  it('offers the options of the verb, each with what it does', async () => {
    expect(await words('--wr')).toEqual([])
    expect(await words('ls --un')).toEqual(['--unread', '--units'])
    expect((await words('ls -')).every((word) => Object.hasOwn(optionUsage, word.slice(2)))).toBe(true)
    const { stdout } = await runOn(host, ['__complete', 'fix', '--wr'])
    expect(stdout).toBe(`--write\t${optionUsage.write.describe}\n:4\n`)
  })

  it('takes what stands behind -- for no option', async () => {
    expect(await words('why -C src -- -')).toEqual([])
    expect(await words('ls -- -')).toEqual([])
  })

  it.each([
    ['--builder ', ['buildkit', 'classic', 'podman']],
    ['--builder=p', ['podman']],
    ['ignore --style ', ['deny', 'allow']],
    ['--xattrs n', ['never']],
    ['ls --format ', ['table', 'json']],
    ['--platform ', ['linux/amd64', 'linux/arm64']],
    ['plugin ', ['install', 'uninstall']],
    ['plugin install ', []],
    ['completion z', ['zsh']],
    [
      'explain dockerignore-n',
      ['dockerignore-near-miss', 'dockerignore-never-read', 'dockerignore-no-effect'],
    ],
  ])('knows the choices of %s', async (line, expected) => {
    expect(await offered(line)).toEqual({ words: expected, end: 4 })
  })

  it.each([
    ['--target ', ['build', 'runtime']],
    ['--target=r', ['runtime']],
    ['other --target ', ['far']],
    ['-C other --target ', ['far']],
    ['-f other/Dockerfile --target ', ['far']],
    ['-fother/Dockerfile --target ', ['far']],
    ['missing --target ', []],
    ['-f compose.yaml --target ', []],
  ])('reads the stages of the Dockerfile for %s', async (line, expected) => {
    expect(await words(line)).toEqual(expected)
  })

  it('reads the variables of the Dockerfile, each once', async () => {
    expect(await words('docker build --build-arg ')).toEqual(['NODE=', 'MODE='])
  })

  it.each([
    ['builds ', ['api', 'worker']],
    ['builds api ', ['worker']],
    ['-f compose.yaml ', ['api', 'worker']],
    ['ls -f compose.yaml w', ['worker']],
    ['-f missing.yaml ', []],
  ])('reads the names of builds for %s', async (line, expected) => {
    expect(await words(line)).toEqual(expected)
  })

  it.each([
    ['affected --since ', ['HEAD', 'main', 'v1.0', 'origin/main']],
    ['--at v', ['v1.0']],
    ['diff o', ['origin/main']],
    ['diff main src o', []],
    ['history --since ', []],
  ])('asks git for branches and tags for %s', async (line, expected) => {
    expect(await words(line)).toEqual(expected)
  })

  it('leaves files to the shell, unless they are seen from elsewhere', async () => {
    for (const line of ['-f ', '-o ', '--format json=', 'why sr'])
      expect(await offered(line)).toEqual({ words: [], end: 0 })
    expect((await offered('--build-context base=')).end).toBe(16)
    expect(await words('why -C src b')).toEqual(['b/'])
    expect(await words('why -C src b/')).toEqual(['b/c.js'])
  })

  it('offers no name that a terminal would not show as it is', async () => {
    expect(await words('why -C src ')).toEqual(['a.js', 'b/'])
  })

  it.each(['--tagert x ', '--unread l', 'docker build --cache-from ', '--', 'why -Q '])(
    'has nothing to say where the words make no sense to it, and breaks nothing: %s',
    async (line) => {
      expect((await offered(line)).end).toBe(4)
    },
  )
})

describe('ctxsize completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { code, stdout } = await runOn(host, ['completion', shell])
    expect(code).toBe(0)
    expect(stdout).toContain(' __complete ')
  })

  it('asks for the shell', async () => {
    expect((await runOn(host, ['completion'])).stderr).toBe(
      'error: ctxsize completion needs a word: bash or zsh or fish\n  ctxsize --help shows what there is\n',
    )
  })
})
