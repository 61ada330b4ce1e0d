import { describe, expect, it } from 'vitest'
import { temporaryName } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { type Run, runOn } from '../cli/world.ts'
import { verbLines } from '../verb-lines.ts'
import { fault, withFaults } from './faulty-host.ts'

const dockerfile =
  'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM scratch\nCOPY --from=build /app/dist /\nCOPY keep /keep\n'
const tree: MemoryTree = {
  '/app/Dockerfile': dockerfile,
  '/app/.dockerignore': '*.log\n',
  '/app/package.json': '{"name":"app","scripts":{"build":"node build.js"}}',
  '/app/package-lock.json': '{"name":"app","lockfileVersion":3,"packages":{}}',
  // Names what could go otherwise: a run that cannot read it must not let it go.
  '/app/build.js': "require('fs').readFileSync('coverage/needed.txt')\n",
  '/app/compose.yaml': 'services:\n  web:\n    build: .\n',
  '/app/.github/workflows/ci.yml': 'jobs:\n  a:\n    steps:\n      - run: docker build .\n',
  '/app/keep/link': { type: 'symlink', target: '../package.json' },
  '/app/node_modules/x/y.js': 1000,
  '/app/coverage/lcov.info': 500,
  '/app/coverage/needed.txt': 5,
  '/app/x.log': 5,
}

const fix = ['fix', '--format', 'json', '/app']

const codes = ['EIO', 'EACCES', 'EMFILE', 'ELOOP', 'ENOMEM'] as const
/** Each call, where the run is told to take its time; else about as many for each verb. */
const isThorough = process.env['CTXSIZE_FAULTS'] === 'all'
const tried = 8

async function failing(
  line: readonly string[],
  nth: number,
  code: string,
): Promise<Run & { readonly calls: number }> {
  const { host, calls } = withFaults(createMemoryHost(tree), (call, _, path) => {
    if (call === nth) throw fault(code, path)
  })
  const ran = await runOn(host, line, { input: '' })
  return { ...ran, calls: calls() }
}

function* places(calls: number, most: number): Generator<number> {
  const step = isThorough ? 1 : Math.max(1, calls / most)
  for (let at = 0; at < calls; at += step) yield Math.floor(at)
}

const told = 'one clear error and 2, or an answer'
function judge({ code, stdout, stderr }: Run): string {
  const said = stdout + stderr
  if (/\n\s+at /.test(said)) return said
  return code === 2 ? (/error/.test(said) ? told : said) : [0, 1].includes(code) ? told : `exit code ${code}`
}

describe('a disk that fails at any call', () => {
  for (const [verb, line] of verbLines('/app'))
    it(
      `leaves ${verb} with an answer or with one clear error`,
      async () => {
        const { calls } = await failing(line, -1, 'EIO')
        const seen = new Set([told])
        for (const nth of places(calls, tried))
          seen.add(judge(await failing(line, nth, codes[nth % codes.length] ?? 'EIO')))
        expect([...seen]).toEqual([told])
      },
      isThorough ? 600_000 : 60_000,
    )

  it(
    'never makes it propose what it would not propose without',
    async () => {
      const proposed = (run: Run): ReadonlySet<string> => {
        const { edits } = JSON.parse(run.stdout)
        return new Set(
          edits.flatMap(({ file, after }: { readonly file: string; readonly after: string }) =>
            after.split('\n').map((text) => `${file}: ${text}`),
          ),
        )
      }
      const whole = await failing(fix, -1, 'EIO')
      const known = proposed(whole)
      expect(known).toContain('.dockerignore: **/node_modules')
      expect(known).not.toContain('.dockerignore: coverage')
      const more: unknown[] = []
      for (const nth of places(whole.calls, 40)) {
        const ran = await failing(fix, nth, 'EIO')
        if (ran.code !== 0) continue
        more.push(...[...proposed(ran)].filter((text) => !known.has(text)).map((text) => [nth, text]))
      }
      expect(more).toEqual([])
    },
    isThorough ? 600_000 : 60_000,
  )
})

describe('--write on a disk that fails at any step of a write', () => {
  const files = ['/app/.dockerignore', '/app/Dockerfile'] as const
  interface Tried {
    readonly ran: Run
    readonly steps: number
    readonly texts: readonly string[]
    readonly left: readonly string[]
  }
  const write = async (nth: number, code: string): Promise<Tried> => {
    let steps = 0
    const beforeWriteStep = (_: string, path: string) => {
      if (steps++ === nth) throw fault(code, path)
    }
    const host = createMemoryHost(tree, {}, { beforeWriteStep })
    const ran = await runOn(host, ['fix', '--write', '/app'])
    return {
      ran,
      steps,
      texts: files.map((file) => Buffer.from(host.readFile(file)).toString()),
      left: host.list('/app').filter((name) => temporaryName.test(name)),
    }
  }

  it('leaves each file old or new, nothing beside it, and says in one line what it could not do', async () => {
    const { steps, texts: after } = await write(-1, '')
    const before = ['*.log\n', dockerfile]
    expect(after).not.toEqual(before)
    const failures = ['ENOSPC', 'EROFS', 'EACCES', 'EMFILE', 'EIO', 'EINTR', 'EDQUOT'] as const
    for (let nth = 0; nth < steps; nth++) {
      const code = failures[nth % failures.length] ?? 'EIO'
      const { ran, texts, left } = await write(nth, code)
      for (const [i, text] of texts.entries()) expect([before[i], after[i]]).toContain(text)
      // Where the step that fails is the clearing up itself, the other name stays for the next run.
      expect(left.length).toBeLessThan(2)
      if (ran.code === 2) {
        expect(left).toEqual([])
        expect(ran.stderr).toMatch(/^error: cannot write [^\n]*\n {2}[^\n]*\n$/)
      } else expect([ran.code, texts]).toEqual([0, after])
    }
    expect(steps).toBeGreaterThan(20)
  }, 60_000)
})

describe('what a killed run has left', () => {
  const left = '/app/.ctxsize-0123456789abcdef.tmp'
  const half: MemoryTree = { ...tree, [left]: { type: 'file', content: 'node_mod', mtime: 1_699_999_000 } }
  const deep: MemoryTree = {
    ...half,
    '/app/keep/.ctxsize-00000000000000aa.tmp': { type: 'file', content: 'x', mtime: 1_699_999_000 },
  }

  it('is no part of the context, in no amount and no list', async () => {
    const clean = JSON.parse((await runOn(createMemoryHost(tree), ['--format', 'json', '/app'])).stdout)
    const host = createMemoryHost(deep)
    const found = JSON.parse((await runOn(host, ['--format', 'json', '/app'])).stdout)
    expect(found.contexts[0].context).toEqual(clean.contexts[0].context)
    expect(found.contexts[0].targets[0].wire).toEqual(clean.contexts[0].targets[0].wire)
    expect((await runOn(host, ['ls', '/app'])).stdout).not.toContain('.ctxsize-')
  })

  it('is told: a builder that runs before the next --write sends it', async () => {
    const { stdout } = await runOn(createMemoryHost(deep), ['ls', '--format', 'json', '/app'])
    expect(JSON.parse(stdout)).toMatchObject({
      exact: false,
      inexact: [
        'left out: .ctxsize-0123456789abcdef.tmp and 1 more, left by a killed run; the next ctxsize fix --write removes it',
      ],
    })
  })

  it('is removed by the next --write, wherever it lies and also where there is nothing to write', async () => {
    const done: MemoryTree = { Dockerfile: 'FROM scratch\nCOPY a /\n', a: 1 }
    for (const verb of ['fix', 'ignore'])
      for (const from of [deep, { ...done, '/app/Dockerfile': 'FROM scratch\n', [left]: deep[left] ?? '' }]) {
        const host = createMemoryHost(from)
        const ran = await runOn(host, [verb, '--write', '/app'])
        expect([ran.code, host.lstat(left)]).toEqual([0, null])
        expect(host.lstat('/app/keep/.ctxsize-00000000000000aa.tmp')).toBeNull()
      }
  })

  it('is removed where the clock has been set back since', async () => {
    const host = createMemoryHost({ ...tree, [left]: { type: 'file', content: 'x', mtime: 1_800_000_000 } })
    expect([(await runOn(host, ['fix', '--write', '/app'])).code, host.lstat(left)]).toEqual([0, null])
  })

  it('is no reason to refuse the file whose second name it is', async () => {
    const host = createMemoryHost({ ...tree, [left]: { type: 'hardlink', target: '/app/.dockerignore' } })
    const { code, stderr } = await runOn(host, ['fix', '--write', '/app'])
    expect([code, stderr, host.lstat(left)]).toEqual([0, '', null])
  })

  it('stays where somebody may still be at it', async () => {
    const host = createMemoryHost({ ...tree, [left]: 'just now' })
    expect([(await runOn(host, ['fix', '--write', '/app'])).code, host.lstat(left)]).toEqual([
      0,
      expect.anything(),
    ])
  })
})
