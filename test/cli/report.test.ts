import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { reporters } from '../../src/reporters/index.ts'
import { repositoryTree } from '../history/told-git.ts'
import { readOutput } from '../reporters/runner.ts'
import { hostileTexts } from '../reporters/samples.ts'
import { type Circumstances, ctxsize } from './world.ts'

/** A page also holds what is in the contexts, which a report does not tell. */
const formats = Object.keys(reporters).filter((name) => name !== 'html')

const junk: MemoryTree = {
  ...repositoryTree('/repo'),
  '/repo/app/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCOPY nothing /x\n',
  '/repo/app/package.json': '{"name":"app"}',
  '/repo/app/package-lock.json': '{"lockfileVersion":3}',
  '/repo/app/.dockerignore': 'coverage # nightly\nidle\n',
  '/repo/app/node_modules/x/y.js': 100_000,
  '/repo/app/coverage/index.html': 100,
  '/repo/app/.env': 'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzKEY1\n',
}

const many: MemoryTree = {
  '/compose.yaml':
    'services:\n  api: {build: api}\n  web: {build: {context: web, target: nope}}\n  far: {build: "https://example.org/a.git"}\n  gone: {build: gone}\n',
  '/api/Dockerfile': 'FROM scratch\nCOPY . /\n',
  '/api/a': 10,
  '/web/Dockerfile': 'FROM scratch AS x\nCOPY b c /\n',
  '/web/b': 20,
}

const hostile: MemoryTree = Object.fromEntries([
  ['/Dockerfile', 'FROM scratch\nCOPY . /\nCOPY nope /\n'],
  ...Object.values(hostileTexts)
    .map((text) => text.replaceAll('/', '_').slice(0, 200))
    .filter((name) => name.trim() !== '' && !name.includes('\0'))
    .map((name) => [`/${name}/.env`, 'TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ456789\n'] as const),
])

/** Command lines and the trees that they are run on. */
const runs: Readonly<Record<string, { readonly line: string; readonly with?: Circumstances }>> = {
  'a small project': { line: '' },
  'a stage of it, verbose': { line: '-v --target base .' },
  'another builder': { line: '--builder classic --build-arg WHAT=src' },
  'podman, brief, in binary units': { line: '-q --builder podman --units binary --build-arg WHAT=src' },
  'below a repository': { line: 'repo/app', with: { tree: junk } },
  'below a repository, verbose': { line: '-v -C repo/app', with: { tree: junk } },
  'many builds': { line: '', with: { tree: many } },
  'many builds, verbose': { line: '-v', with: { tree: many } },
  'a check that fails': { line: 'check --max-transfer 10B --max-files 3 repo/app', with: { tree: junk } },
  'a check that passes, verbose': { line: 'check -v --max-transfer 10MB --build-arg WHAT=src' },
  'names that are hostile': { line: '', with: { tree: hostile } },
  'a Dockerfile that docker refuses': {
    line: '',
    with: { tree: { '/Dockerfile': 'FROM scratch\nCOPPY a b\n', '/a': 1 } },
  },
}

/** The options of a line that are about how it is printed, which are no part of a report. */
const printing = (line: string): string =>
  line
    .split(' ')
    .filter((word, i, words) => ['-v', '-q', '--units'].includes(word) || words[i - 1] === '--units')
    .join(' ')

describe('a saved report', () => {
  for (const [name, { line, with: circumstances = {} }] of Object.entries(runs))
    it.each(formats)(`prints what the run would have printed: ${name}, as %s`, async (format) => {
      const first = await ctxsize(`${line} --format ${format}`, circumstances)
      const { stdout: document } = await ctxsize(`${line} --format json`, circumstances)
      const again = await ctxsize(`report /out.json ${printing(line)} --format ${format}`, {
        tree: { '/out.json': document },
      })
      expect(again).toMatchObject({ code: 0, stderr: '' })
      expect(again.stdout).toBe(first.stdout)
      expect(first.stdout).not.toBe('')
    })

  it('is drawn as a page of what it tells', async () => {
    const { stdout: document } = await ctxsize('--format json')
    const { stdout, code } = await ctxsize('report /out.json --format html', {
      tree: { '/out.json': document },
    })
    expect([code, stdout.slice(0, 15)]).toEqual([0, '<!doctype html>'])
  })

  it('makes several texts at once', async () => {
    const { stdout: document } = await ctxsize('--format json')
    const { stdout, files } = await ctxsize('report a.json --format table --format sarif=b --format csv=c', {
      tree: { '/a.json': document },
    })
    expect(stdout).toBe((await ctxsize('')).stdout)
    expect([...files.keys()]).toEqual(['b', 'c'])
  })

  it('may come through a pipe', async () => {
    const { stdout: document } = await ctxsize('--format json')
    expect((await ctxsize('report -', { input: document })).stdout).toBe((await ctxsize('')).stdout)
    expect((await ctxsize('report -')).stderr).toMatch(/^error: nothing comes on standard input\n/)
  })
})

describe('several saved reports', () => {
  const saved = async (): Promise<MemoryTree> => ({
    '/out/small.json': (await ctxsize('--format json')).stdout,
    '/out/junk.json': (await ctxsize('repo/app --format json', { tree: junk })).stdout,
    '/out/cut.json': '{"schemaVersion": 1, ',
  })

  it('are one table, the largest first', async () => {
    const { stdout, code } = await ctxsize('report out/small.json out/junk.json', { tree: await saved() })
    expect(code).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "2 repositories, 2 builds: 100kB sent, 100kB of it or more may go; 2 builds cannot
      succeed; 1 file with credentials

        repository  builds   sent  context  may go  secrets  errors  warnings
        junk             1  100kB    100kB   100kB        1       2         1
        small            1    42B     149B       -        -       1         -
      "
    `)
  })

  it('are told of although one is none, which is said', async () => {
    const { stdout, stderr, code } = await ctxsize('report out/cut.json out/small.json', {
      tree: await saved(),
    })
    expect(code).toBe(2)
    expect(stdout).toMatch(/^1 repository, /)
    expect(stderr).toBe(
      'error: out/cut.json ends in the middle of the document (it was cut off: the run was stopped, or the disk was full)\n',
    )
  })

  it('are all told of when none is one', async () => {
    const { stdout, stderr, code } = await ctxsize('report out/cut.json out/nope.json', {
      tree: await saved(),
    })
    expect([stdout, code]).toEqual(['', 2])
    expect(stderr).toMatch(/out\/cut\.json ends in the middle[\s\S]*no such file: out\/nope\.json/)
  })

  it('are ranked by what is asked for, also one alone', async () => {
    const tree = await saved()
    const names = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',')[0])
    const { stdout } = await ctxsize('report out/small.json out/junk.json --sort name --format csv', { tree })
    expect(names(stdout)).toEqual(['junk', 'small'])
    expect(names((await ctxsize('report out/small.json --sort name --format csv', { tree })).stdout)).toEqual(
      ['small'],
    )
  })

  it.each([
    [
      'markdown',
      /^<!-- ctxsize ranking bytes -->\n### 2 repositories[^\n]*\n\n\| repository \| builds \| sent \|/,
    ],
    ['csv', /^name,file,version,builds,failing,bytes,contextFiles,/],
    ['json', /^\{\n {2}"schemaVersion": 1,\n {2}"sort": "bytes",/],
  ])('are printed as %s too', async (format, expected) => {
    const tree = await saved()
    const { stdout } = await ctxsize(`report out/small.json out/junk.json --format ${format}`, { tree })
    expect(stdout).toMatch(expected)
  })

  it('keep a hostile name where it belongs', async () => {
    const { '/out/small.json': document } = await saved()
    const tree: Record<string, string> = {}
    for (const text of Object.values(hostileTexts)) {
      const name = `${text.replaceAll('/', '_').slice(0, 200)}.json`
      if (!name.includes('\0') && name !== '.json') tree[`/${name}`] = String(document)
    }
    const files = Object.keys(tree)
    for (const format of ['table', 'markdown', 'csv']) {
      const { stdout } = await ctxsize(['report', '--format', format, '--', ...files], { tree })
      expect(stdout).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]/)
      if (format !== 'csv') expect(readOutput(stdout).commands).toEqual([])
      const rows = stdout.split('\n').filter((line) => /149B|,149,/.test(line))
      expect(rows.length).toBe(files.length)
    }
  })
})

describe('a mistake', () => {
  const tree: MemoryTree = {
    '/d/a.json': '{}',
    '/link': { type: 'symlink', target: 'nowhere' },
    '/b.json': '{"a":1,}',
  }

  it.each([
    [
      'report',
      'ctxsize report needs a file',
      'ctxsize --format json=build.json writes one; ctxsize report build.json',
    ],
    ['report nope', 'no such file: nope', 'give what ctxsize --format json=FILE wrote'],
    ['report link', 'no such file: link', 'the link leads nowhere'],
    ['report d', 'd is a directory', 'ctxsize report d/*.json'],
    ['report b.json', 'b.json:1:8: no JSON from here on', 'give what ctxsize --format json printed'],
    [
      'report a b --format sarif=x',
      '--format sarif takes one report; of several there is table, json, markdown, csv',
      'give one file, without --sort',
    ],
    [
      'report a --sort size',
      '--sort "size" is not one of bytes, context, transfer, unread, safe, rebuilds, secrets, errors, findings, name',
      'did you mean safe?',
    ],
    ['report a --target x', '--target is an option of ctxsize scan', 'ctxsize scan --help shows its use'],
    ['--sort name', '--sort is an option of ctxsize report', 'ctxsize report --help shows its use'],
  ])('%s is one clear line and what to do', async (line, message, hint) => {
    const { code, stdout, stderr } = await ctxsize(line, { tree })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.replace(/\n {2}|; (?=did)/, '\n')).toBe(`error: ${message}\n${hint}\n`)
  })

  it('names the verbs that can print a format that this one cannot', async () => {
    const { stderr } = await ctxsize('ls --format sarif')
    expect(stderr).toBe(
      'error: ctxsize ls prints no sarif, but table, json\n  ctxsize, ctxsize check, ctxsize report can print sarif\n',
    )
  })
})
