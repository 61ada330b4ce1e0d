/** The GitHub Action: the very lines of action.yml, run as a runner runs them, with the package as npm installs it. */

import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readOutput } from './reporters/runner.ts'

const top = path.join(import.meta.dirname, '..')
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-action-')))
const workspace = path.join(folder, 'workspace')

interface Step {
  readonly id?: string
  readonly shell: string
  readonly run: string
  readonly env: Readonly<Record<string, string>>
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

const action = parse(fs.readFileSync(path.join(top, 'action.yml'), 'utf8')) as Action

/** A pull request on GitHub: its comments, and what was asked of them. */
const comments: { id: number; body: string; user: { type: string } }[] = []
const asked: string[] = []
let refusal = 0
const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
  asked.push(`${request.method} ${pathname}`)
  const parts: Buffer[] = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const answer = (status: number, content: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
    }
    if (request.headers.authorization !== 'Bearer t0ken') return answer(401, {})
    if (refusal !== 0 && request.method !== 'GET') return answer(refusal, { message: 'no' })
    const id = Number(/comments\/(\d+)$/.exec(pathname)?.[1] ?? 0)
    if (request.method === 'GET') {
      const [size, page] = [Number(searchParams.get('per_page')), Number(searchParams.get('page'))]
      return answer(200, comments.slice((page - 1) * size, page * size))
    }
    const { body } = JSON.parse(`${Buffer.concat(parts)}`)
    const known = comments.find((one) => one.id === id)
    if (request.method === 'PATCH' && known) known.body = body
    else comments.push({ id: comments.length + 1, body, user: { type: 'Bot' } })
    return answer(known ? 200 : 201, {})
  })
})

beforeAll(async () => {
  const [tarball = ''] = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder],
    {
      cwd: top,
      encoding: 'utf8',
    },
  ).split('\n')
  fs.renameSync(path.join(folder, tarball), path.join(folder, 'ctxsize.tgz'))
  server.listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: workspace })
  fs.mkdirSync(path.join(workspace, 'src'), { recursive: true })
  fs.writeFileSync(path.join(workspace, 'Dockerfile'), 'FROM node:22\nCOPY src /app\n')
  fs.writeFileSync(path.join(workspace, '.dockerignore'), '.git\n')
  fs.writeFileSync(path.join(workspace, 'src/a.js'), 'a')
  git('init', '--quiet', '--initial-branch=main')
  git('add', '.')
  git('commit', '--quiet', '-m', 'first')
  git('switch', '--quiet', '-c', 'change')
  fs.writeFileSync(path.join(workspace, 'src/b.js'), 'b'.repeat(2000))
  git('add', '.')
  git('commit', '--quiet', '-m', 'second')
}, 60_000)
afterAll(() => {
  server.close()
  fs.rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  comments.length = 0
  asked.length = 0
  refusal = 0
})

interface Run {
  readonly code: number | null
  /** What the runner makes of the log. */
  readonly log: string
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
}

/** Runs the steps of the action one after the other, until one fails. */
async function run(
  inputs: Readonly<Record<string, string>>,
  event: Readonly<Record<string, unknown>> = { pull_request: { number: 7 } },
): Promise<Run> {
  const temporary = fs.mkdtempSync(path.join(folder, 'runner-'))
  const file = (name: string, text = '') => {
    fs.writeFileSync(path.join(temporary, name), text)
    return path.join(temporary, name)
  }
  const values: Record<string, string> = { 'github.token': 't0ken' }
  const fill = (text: string) =>
    text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => values[name] ?? '')
  for (const [name, input] of Object.entries(action.inputs))
    values[`inputs.${name}`] = inputs[name] ?? fill(input.default)
  const output = file('output')
  const summary = file('summary')
  const own = {
    PATH: process.env['PATH'],
    HOME: temporary,
    npm_config_cache: path.join(folder, 'npm'),
    RUNNER_TEMP: temporary,
    GITHUB_ACTION_PATH: top,
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'me/app',
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event)),
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
  }
  let log = ''
  let code: number | null = 0
  for (const step of action.runs.steps) {
    const env = Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, fill(text)]))
    // As the runner starts `shell: bash`.
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file('step.sh', step.run)], {
      cwd: workspace,
      env: { ...own, ...env },
    })
    child.stdout.on('data', (part) => (log += part))
    child.stderr.on('data', (part) => (log += part))
    code = await new Promise((done) => child.once('close', done))
    if (code !== 0) break
  }
  const lines = fs.readFileSync(output, 'utf8').trimEnd().split('\n')
  const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
  return { code, log, outputs, summary: fs.readFileSync(summary, 'utf8') }
}

/** The commands of a log: `error: text`. */
const told = ({ log }: Run) => readOutput(log).commands.map(({ name, text }) => `${name}: ${text}`)
const version = () => `file:${folder}/ctxsize.tgz`

describe('action.yml', () => {
  it('describes every input and output', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)])
      expect(description).toMatch(/\.$/)
    expect(action.runs.using).toBe('composite')
  })

  it('lets nothing that comes from elsewhere into a line that a shell reads', () => {
    for (const { run: line, shell } of action.runs.steps) {
      expect(line).not.toContain('${{')
      expect(shell).toBe('bash')
    }
  })

  it('hands on every input, and knows no other', () => {
    const used = action.runs.steps.flatMap(({ env }) => Object.values(env))
    expect(used.sort()).toEqual(
      Object.keys(action.inputs)
        .map((name) => `\${{ inputs.${name} }}`)
        .sort(),
    )
  })

  it('has a version of its own, which is the one of the package', () => {
    expect(action.inputs['version']?.default).toBe('')
    expect(action.runs.steps[0]?.run).toContain('GITHUB_ACTION_PATH + "/package.json"')
  })
})

describe('the action', { timeout: 60_000 }, () => {
  it('passes, with outputs, a report and a summary, and says nothing else', async () => {
    const done = await run({ version: version(), args: '--max-transfer 5kB' })
    const { code, outputs, summary } = done
    expect([code, told(done)]).toEqual([0, []])
    expect(outputs).toMatchObject({ passed: 'true', 'context-bytes': '2033', 'transfer-bytes': '2001' })
    const report = JSON.parse(fs.readFileSync(outputs['report'] ?? '', 'utf8'))
    expect([report.schemaVersion, report.passed]).toEqual([1, true])
    expect(summary).toMatch(/^<!-- ctxsize \. -->\n### ✓ ctxsize: /)
    expect(asked).toEqual([])
  })

  it('fails with an annotation where a budget is broken, unless it is only to report', async () => {
    const args = '--max-transfer 1kB\n\n  --max-files=100  '
    const broken = await run({ version: version(), args })
    expect([broken.code, broken.outputs['passed']]).toEqual([1, 'false'])
    expect(told(broken)).toEqual([expect.stringMatching(/^error: transfer: 2\.00kB/)])
    expect(broken.summary).toContain('**Broken**')
    expect(await run({ version: version(), args, fail: 'false' })).toMatchObject({
      code: 0,
      outputs: { passed: 'false' },
    })
  })

  it('writes one comment, and writes it again the next time', async () => {
    for (let i = 0; i < 150; i++) comments.push({ id: i + 1, body: `talk ${i}`, user: { type: 'User' } })
    const inputs = { version: version(), comment: 'true', base: 'main' }
    expect((await run(inputs)).code).toBe(0)
    expect(comments).toHaveLength(151)
    const body = comments.at(-1)?.body ?? ''
    expect(body).toMatch(/^<!-- ctxsize \. -->\n/)
    expect(body).toContain('<code>src/b.js</code>')
    expect(asked).toEqual([
      'GET /repos/me/app/issues/7/comments',
      'GET /repos/me/app/issues/7/comments',
      'POST /repos/me/app/issues/7/comments',
    ])
    await run({ ...inputs, args: '--max-transfer 1kB' })
    expect(comments).toHaveLength(151)
    expect(comments.at(-1)?.body).toContain('**Broken**')
    expect(asked.at(-1)).toBe('PATCH /repos/me/app/issues/comments/151')
  })

  it('leaves a comment of somebody else alone that begins like its own', async () => {
    comments.push({ id: 1, body: '<!-- ctxsize . -->\nmine', user: { type: 'User' } })
    await run({ version: version(), comment: 'true' })
    expect(comments.map(({ body }) => body.split('\n')[1])).toEqual([
      'mine',
      expect.stringContaining('✓ ctxsize'),
    ])
  })

  it('does not fail where it may not write, as in a pull request from a fork', async () => {
    refusal = 403
    const done = await run({ version: version(), comment: 'true' })
    expect(done.code).toBe(0)
    expect(told(done)).toEqual([expect.stringMatching(/^warning: no comment: .*pull-requests: write/)])
  })

  it('comments on nothing where there is no pull request', async () => {
    const { code } = await run({ version: version(), comment: 'true' }, { ref: 'refs/heads/main' })
    expect([code, asked]).toEqual([0, []])
  })

  it.each([
    ['a context that is not there', { context: 'no-such' }, 'no such directory: no-such'],
    ['an option that is not there', { args: '--max-tranfer 1kB' }, 'did you mean --max-transfer?'],
    ['a word for a switch', { comment: 'yes' }, 'comment is true or false, got "yes"'],
    ['an option for a base', { base: '--output=x' }, 'base is a branch, tag or commit'],
    ['a base that is not there', { base: 'origin/none' }, 'origin/none'],
  ])('fails and says why, whatever it is to report: %s', async (_, inputs, message) => {
    const done = await run({ version: version(), fail: 'false', ...inputs })
    expect(done.code).toBe(2)
    expect(told(done)).toEqual([expect.stringContaining(message)])
    expect(done.outputs['passed'] ?? 'false').toBe('false')
  })

  it('gives nothing that is typed to a shell', async () => {
    const bait = '$(touch pwned)`touch pwned`";touch pwned;"'
    for (const inputs of [{ context: bait }, { args: `--target ${bait}` }, { base: bait }])
      expect((await run({ version: version(), ...inputs })).code).toBe(2)
    expect((await run({ version: bait })).code).not.toBe(0)
    expect(fs.existsSync(path.join(workspace, 'pwned'))).toBe(false)
  })
})
