/** What docs/ci.md has people copy: parsed, held to what it is made for, and run as far as that goes without the services themselves. */

import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readXml } from './reporters/xml.ts'

const top = path.join(import.meta.dirname, '..')
const read = (file: string): string => fs.readFileSync(path.join(top, file), 'utf8')
const { version } = JSON.parse(read('package.json'))
const page = read('docs/ci.md')
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-setups-')))
const project = path.join(folder, 'project')

/** The blocks of a language below a heading, in their order. */
function blocks(heading: string, language: string): readonly string[] {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, name, text = '']) =>
    name === language ? [text] : [],
  )
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: {
    readonly check: {
      readonly steps: readonly {
        readonly uses?: string
        readonly run?: string
        readonly with?: Readonly<Record<string, unknown>>
        readonly env?: Readonly<Record<string, string>>
      }[]
    }
  }
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd: project,
    encoding: 'utf8',
  })

beforeAll(() => {
  // The package that npm would fetch, under the name by which it is asked for.
  const bin = path.join(folder, 'bin')
  fs.mkdirSync(bin)
  fs.writeFileSync(
    path.join(bin, 'npx'),
    `#!/bin/sh\n[ "$1 $2" = "--yes ctxsize@${version}" ] || { echo "npx $*" >&2; exit 99; }\nshift 2\nexec node ${top}/bin/ctxsize.js "$@"\n`,
    { mode: 0o755 },
  )
})
beforeEach(() => {
  fs.rmSync(project, { recursive: true, force: true })
  fs.mkdirSync(path.join(project, 'src'), { recursive: true })
  fs.writeFileSync(path.join(project, 'Dockerfile'), 'FROM node:22\nCOPY src /app\n')
  fs.writeFileSync(path.join(project, '.dockerignore'), '.git\n')
  fs.writeFileSync(path.join(project, 'src/a.js'), 'a')
  git('init', '--quiet', '--initial-branch=main')
  git('add', '.')
  git('commit', '--quiet', '-m', 'first')
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const heavy = () => fs.writeFileSync(path.join(project, 'src/heavy.bin'), Buffer.alloc(6_000_000))

/** Runs a text as the shells of CI services do: it ends at the first line that fails. */
function shell(text: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', text], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: `${folder}/bin:${process.env['PATH']}`, HOME: folder, ...env },
  })
}

describe('docs/ci.md', () => {
  it('names the version of this package wherever it names one', () => {
    const named = [...page.matchAll(/ctxsize(?:@v?|\/raw\/v)([\d.]+\d)|rev: v([\d.]+)/g)]
    expect(named.length).toBeGreaterThan(5)
    for (const [, one, other] of named) expect(one ?? other).toBe(version)
  })

  it('leads to files that are there', () => {
    for (const [, target = ''] of page.matchAll(/\]\(([^)#]+)\)/g))
      expect(fs.existsSync(path.join(top, 'docs', target)), target).toBe(true)
  })

  it('describes inputs and outputs in the words of the action', () => {
    const { inputs, outputs } = parse(read('action.yml'))
    for (const [name, { description }] of Object.entries<{ readonly description: string }>({
      ...inputs,
      ...outputs,
    }))
      expect(page).toContain(`| \`${name}\` | ${description} |\n`)
  })
})

describe('for GitHub', () => {
  const [withAction, without] = blocks('GitHub', 'yaml').map((text) => parse(text) as Workflow)

  it('the action is given only what it takes, and asked only for what it gives', () => {
    const { inputs, outputs } = parse(read('action.yml'))
    const steps = withAction?.jobs.check.steps ?? []
    const step = steps.find(({ uses }) => uses?.startsWith('OWNER/'))
    expect(step?.uses).toBe(`OWNER/ctxsize@v${version}`)
    for (const name of Object.keys(step?.with ?? {})) expect(Object.keys(inputs)).toContain(name)
    for (const { env = {} } of steps)
      for (const [, name = ''] of Object.values(env)
        .join(' ')
        .matchAll(/steps\.ctxsize\.outputs\.([\w-]+)/g))
        expect(Object.keys(outputs)).toContain(name)
    expect(withAction?.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' })
  })

  it('the lines of the other workflow run, and leave what the next steps take', () => {
    const steps = without?.jobs.check.steps ?? []
    const summary = path.join(folder, 'summary.md')
    const results = steps.flatMap(({ run }) =>
      run === undefined ? [] : [shell(run, { GITHUB_STEP_SUMMARY: summary })],
    )
    expect(results.map(({ status, stderr }) => [status, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ])
    expect(fs.readFileSync(summary, 'utf8')).toContain('### ✓ ctxsize')
    const upload = steps.find(({ uses }) => uses?.includes('upload-sarif'))
    const sarif = JSON.parse(
      fs.readFileSync(path.join(project, String(upload?.with?.['sarif_file'])), 'utf8'),
    )
    expect(sarif.version).toBe('2.1.0')
  })
})

describe('for GitLab', () => {
  const job = () => parse(read('templates/gitlab-ci.yml')).ctxsize
  const [own] = blocks('GitLab', 'yaml').map((text) => parse(text).ctxsize.variables)
  const run = (variables: Readonly<Record<string, string>>) =>
    shell(job().script.join('\n'), { ...job().variables, ...variables })

  it('the template has the version of this package, and only what the page describes can be set', () => {
    const { variables, image } = job()
    expect(variables.CTXSIZE_VERSION).toBe(version)
    expect(image).toMatch(/^node:\d+$/)
    for (const name of Object.keys(variables)) expect(page).toContain(`| \`${name}\` |`)
    for (const name of Object.keys(own)) expect([...Object.keys(variables), 'GIT_DEPTH']).toContain(name)
  })

  it('the job leaves the reports that it names, when it passes and when it fails', () => {
    const { artifacts } = job()
    for (const [status, make] of [
      [0, () => {}],
      [1, heavy],
    ] as const) {
      make()
      const done = run({ CTXSIZE_ARGS: own.CTXSIZE_ARGS })
      expect([done.status, done.stderr]).toEqual([status, ''])
      const quality = JSON.parse(fs.readFileSync(path.join(project, artifacts.reports.codequality), 'utf8'))
      expect(Array.isArray(quality) && quality.length > 0).toBe(status === 1)
      expect(readXml(fs.readFileSync(path.join(project, artifacts.reports.junit), 'utf8')).name).toBe(
        'testsuites',
      )
      for (const file of artifacts.paths) expect(fs.existsSync(path.join(project, file))).toBe(true)
    }
    expect(artifacts.when).toBe('always')
  })

  it('the job compares with a base where there is one', () => {
    const base = git('rev-parse', 'HEAD').trim()
    fs.appendFileSync(path.join(project, '.dockerignore'), 'src/a.js\n')
    expect(run({}).status).toBe(0)
    const done = run({ CTXSIZE_BASE: base })
    expect([done.status, done.stdout]).toEqual([1, expect.stringContaining('src/a.js')])
  })

  it('the job takes a directory with a blank in its name', () => {
    fs.cpSync(path.join(project, 'src'), path.join(project, 'my app/src'), { recursive: true })
    fs.cpSync(path.join(project, 'Dockerfile'), path.join(project, 'my app/Dockerfile'))
    expect(run({ CTXSIZE_CONTEXT: 'my app' }).status).toBe(0)
  })
})

describe('for a plain shell', () => {
  it.each(blocks('Anywhere else', 'sh'))('runs: %s', (text) => {
    expect(shell(text)).toMatchObject({ status: 0, stderr: '' })
  })

  it('fails when the budget is broken, except where it only reports', () => {
    heavy()
    const [budget = '', , report = ''] = blocks('Anywhere else', 'sh')
    expect([shell(budget).status, shell(report).status]).toEqual([1, 0])
  })

  it('has a remedy for a checkout that git refuses or that is shallow', () => {
    const text = blocks('When git is asked', 'sh').join('')
    const origin = path.join(folder, 'origin')
    git('commit', '--quiet', '--allow-empty', '-m', 'second')
    fs.renameSync(project, origin)
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${origin}`, project])
    expect(shell(text)).toMatchObject({ status: 0 })
    expect(git('rev-list', '--count', 'HEAD').trim()).toBe('2')
    fs.rmSync(origin, { recursive: true })
  })
})

const hasPreCommit = spawnSync('pre-commit', ['--version']).status === 0
if (!hasPreCommit) {
  const why = 'there is no pre-commit (Debian: apt-get install pre-commit)'
  if (process.env['CTXSIZE_ENGINE'] === 'required') throw new Error(`pre-commit is required here: ${why}`)
  console.warn(`pre-commit is left out: ${why}`)
}

describe('for pre-commit', () => {
  interface Hook {
    readonly id: string
    readonly language?: string
    readonly pass_filenames?: boolean
    readonly entry?: string
    readonly name?: string
  }
  const configs = blocks('pre-commit', 'yaml').map(
    (text) => parse(text) as { readonly repos: readonly { readonly hooks: readonly Hook[] }[] },
  )
  const hooks: readonly Hook[] = parse(read('.pre-commit-hooks.yaml'))

  it('the hook has what pre-commit asks for, and looks at the repository once and not at files one by one', () => {
    // https://pre-commit.com/#creating-new-hooks
    const known =
      'id name entry language files exclude types types_or pass_filenames require_serial description'
    for (const hook of hooks) {
      expect(Object.keys(hook).filter((key) => !known.split(' ').includes(key))).toEqual([])
      expect(hook).toMatchObject({ language: 'node', pass_filenames: false, require_serial: true })
    }
    expect(hooks.map(({ id }) => id)).toEqual(['ctxsize-check'])
  })

  it('the page uses hooks that are there, and the one of its own is the same', () => {
    const [own, fromHere] = configs.map(({ repos }) => repos[0]?.hooks[0])
    expect(fromHere?.id).toBe(hooks[0]?.id)
    const { id, name, entry, language, pass_filenames } = hooks[0] ?? { id: '' }
    expect(own).toMatchObject({ id, name, entry, language, pass_filenames })
  })

  it.skipIf(!hasPreCommit)('pre-commit itself takes the manifest and the configurations', () => {
    const check = (verb: string, file: string) => spawnSync('pre-commit', [verb, file], { encoding: 'utf8' })
    expect(check('validate-manifest', path.join(top, '.pre-commit-hooks.yaml')).stdout).toBe('')
    for (const [i, text] of blocks('pre-commit', 'yaml').entries()) {
      const file = path.join(folder, `config-${i}.yaml`)
      fs.writeFileSync(file, text)
      expect(check('validate-config', file)).toMatchObject({ status: 0, stdout: '' })
    }
  })

  it.skipIf(!hasPreCommit)('a commit is held back when a budget is broken', { timeout: 120_000 }, () => {
    const [tarball = ''] = execFileSync(
      'npm',
      ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder],
      {
        cwd: top,
        encoding: 'utf8',
      },
    ).split('\n')
    const config = blocks('pre-commit', 'yaml')[0]
      ?.replace(`ctxsize@${version}`, `file:${path.join(folder, tarball)}`)
      .replace('entry: ctxsize check', 'entry: ctxsize check --max-transfer 5MB')
    fs.writeFileSync(path.join(project, '.pre-commit-config.yaml'), config ?? '')
    git('add', '.')
    const env = {
      PRE_COMMIT_HOME: path.join(folder, 'pre-commit'),
      npm_config_cache: path.join(folder, 'npm'),
    }
    const run = () => shell('pre-commit run --all-files', env)
    expect(run()).toMatchObject({ status: 0 })
    heavy()
    expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('transfer: 6.00MB') })
  })
})
