import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeReport } from '../../src/analyse/report.ts'
import { diffReport } from '../../src/answers/diff.ts'
import { compareReports } from '../../src/answers/diff-saved.ts'
import { fixReport } from '../../src/answers/fix.ts'
import { historyReport, targetHistory } from '../../src/answers/history.ts'
import { listIgnored, listReads, listSent, listUnread } from '../../src/answers/list.ts'
import { rebuiltReport } from '../../src/answers/rebuilt.ts'
import { verify } from '../../src/answers/verify.ts'
import { explainPaths } from '../../src/answers/why.ts'
import { makeChain } from '../../src/history/chain.ts'
import { readHistory } from '../../src/history/read.ts'
import { createMemoryHost } from '../../src/host/memory.ts'
import { readBuilds } from '../../src/inputs/index.ts'
import { propose } from '../../src/propose.ts'
import type { AffectedReport, InitReport, PluginReport, Report } from '../../src/report.ts'
import { json } from '../../src/reporters/json.ts'
import { rank } from '../../src/saved/rank.ts'
import { type ScanOptions, scan } from '../../src/scan.ts'
import { checked } from '../check/checked.ts'
import { repositoryTree, toldGit } from '../history/told-git.ts'

const top = path.join(import.meta.dirname, '../..')

/** The parts of JSON Schema that ours is written in; the test below fails on any other. */
interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly minimum?: number
  readonly description?: string
}

const known = new Set(
  '$schema title description $ref $defs type const enum oneOf items properties required minimum'.split(' '),
)
const schema = JSON.parse(fs.readFileSync(path.join(top, 'schema/report.schema.json'), 'utf8')) as Schema

/** What is wrong with a value, as `path: why`; keys that the schema does not describe are wrong too. */
function faults(at: string, value: unknown, rule: Schema): string[] {
  const rules = [rule]
  for (const one of rules)
    if (one.$ref) rules.push(schema.$defs?.[one.$ref.replace('#/$defs/', '')] ?? { enum: [] })
  const found = rules.flatMap((one) => faultsOf(at, value, one))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const described = rules.flatMap((one) => Object.keys(one.properties ?? {}))
    if (described.length > 0)
      for (const key of Object.keys(value))
        if (!described.includes(key)) found.push(`${at}.${key}: not described`)
  }
  return found
}

function faultsOf(at: string, value: unknown, rule: Schema): string[] {
  const types = rule.type === undefined ? null : [rule.type].flat()
  if (types && !types.includes(typeOf(value)) && !(types.includes('number') && typeOf(value) === 'integer'))
    return [`${at}: ${typeOf(value)} for ${types.join(' or ')}`]
  if ('const' in rule && value !== rule.const) return [`${at}: not ${String(rule.const)}`]
  if (rule.enum && !rule.enum.includes(value)) return [`${at}: ${JSON.stringify(value)} is no choice`]
  if (rule.minimum !== undefined && typeof value === 'number' && value < rule.minimum)
    return [`${at}: too small`]
  if (rule.oneOf) {
    const tried = rule.oneOf.map((one) => faults(at, value, one))
    const fits = tried.filter((list) => list.length === 0).length
    if (fits !== 1)
      return [`${at}: fits ${fits} alternatives`, ...(tried.sort((a, b) => a.length - b.length)[0] ?? [])]
  }
  if (Array.isArray(value)) return value.flatMap((one, i) => faults(`${at}[${i}]`, one, rule.items ?? {}))
  if (typeof value !== 'object' || value === null) return []
  const entries = new Map(Object.entries(value))
  const missing = (rule.required ?? [])
    .filter((key) => !entries.has(key))
    .map((key) => `${at}.${key}: missing`)
  const inner = Object.entries(rule.properties ?? {}).flatMap(([key, one]) =>
    entries.has(key) ? faults(`${at}.${key}`, entries.get(key), one) : [],
  )
  return [...missing, ...inner]
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

const printed = (document: object): unknown => JSON.parse(json(document))

describe('the schema', () => {
  it('is written in the keywords that this test understands, and describes every key', () => {
    const strange: string[] = []
    const visit = (at: string, one: Schema): void => {
      for (const key of Object.keys(one)) if (!known.has(key)) strange.push(`${at}.${key}`)
      for (const [name, inner] of Object.entries(one.properties ?? {})) {
        if (inner.description === undefined && inner.$ref === undefined)
          strange.push(`${at}.${name}: no description`)
        visit(`${at}.${name}`, inner)
      }
      for (const [name, inner] of Object.entries(one.$defs ?? {})) visit(name, inner)
      for (const inner of [...(one.oneOf ?? []), ...(one.items ? [one.items] : [])]) visit(at, inner)
    }
    visit('', schema)
    expect(strange).toEqual([])
  })

  it.each(fs.readdirSync(path.join(top, 'fixtures/reports')))('fits the sample report %s', (name) => {
    const text = fs.readFileSync(path.join(top, 'fixtures/reports', name), 'utf8')
    expect(faults('', JSON.parse(text), schema)).toEqual([])
  })

  it('refuses a document with a key that is wrong', () => {
    expect(faults('', { schemaVersion: 1, error: { code: 'A', message: 'b' } }, schema)).not.toEqual([])
  })
})

describe('every document that is printed fits the schema:', () => {
  const host = createMemoryHost({
    '/app/Dockerfile':
      'FROM scratch AS a\nCOPY src /src\nCOPY nope /x\nCOPY --from=lib . /l\nRUN --mount=type=bind,target=/s true\nFROM a\nCOPY --from=a /x /y\n',
    '/app/.dockerignore': 'node_modules\n*.log\n!keep.log\nidle\n',
    '/app/src/a.js': 12,
    '/app/keep.log': 3,
    '/app/drop.log': 3,
    '/app/node_modules/x/y.js': 100,
    '/app/link': { type: 'symlink', target: 'src' },
    '/lib/z': 5,
  })
  const options: ScanOptions = {
    context: '/app',
    file: null,
    target: null,
    buildArgs: new Map(),
    namedContexts: new Map([['lib', '/lib']]),
    platform: null,
    builder: 'buildkit',
    measureIgnored: true,
    xattrs: 'never',
    progress: null,
  }
  const made = scan(host, options)
  const junk = createMemoryHost({
    '/app/Dockerfile':
      'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN apt-get update && apt-get install -y git\n',
    '/app/package.json': '{"name":"app"}',
    '/app/package-lock.json': '{"lockfileVersion":3}',
    '/app/node_modules/x/y.js': 100,
    '/app/coverage/index.html': 100,
    '/app/uploads/a.png': 100,
    '/app/.gitignore': 'node_modules\nuploads\n',
    '/app/.github/workflows/ci.yml': 'jobs: {a: {steps: [{run: docker build $WHERE}]}}\n',
    '/app/.git/HEAD': 'ref: refs/heads/main\n',
  })
  const proposed = propose(junk, scan(junk, { ...options, namedContexts: new Map() }), { thorough: true })
  const repository = createMemoryHost(
    {
      ...repositoryTree('/app'),
      '/app/Dockerfile': 'FROM node:22 AS a\nCOPY . .\nRUN npm ci\nFROM nginx\nCOPY --from=a /x /y\n',
      '/app/package.json': '{"name":"app"}',
      '/app/package-lock.json': '{"lockfileVersion":3}',
      '/app/.github/workflows/ci.yml':
        'jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {context: .}\n',
    },
    {},
    { git: toldGit([['docs/a'], ['package.json', 'src/b'], ['root']]).git },
  )
  const replayed = propose(repository, scan(repository, { ...options, namedContexts: new Map() }), {
    thorough: true,
  })
  const range = { count: 150, since: null, wantsSteps: true, review: false }
  const nothing = { version: 2, instructions: [], entries: [], hasAll: true, hasContent: true } as const
  const remembered = {
    scan: made,
    before: nothing,
    now: {
      ...nothing,
      instructions: makeChain(made.plan).links.map(({ step, stage }, i) => ({
        stage: stage.name ?? String(stage.index),
        line: step.line,
        text: step.instruction.text,
        entries: i === 0 ? [0] : [],
      })),
      entries: [{ context: null, path: 'a', mode: 0o100644, size: 1, content: null }],
    },
  } as const
  const brief = targetHistory(replayed, readHistory(repository, replayed, range))
  const compared = diffReport({
    ...{ base: 'main', commit: '1'.repeat(40), isCommon: true, unread: null },
    before: [
      scan(createMemoryHost({ '/app/Dockerfile': 'FROM scratch\nCOPY . /\n', '/app/old': 1, '/app/a': 1 }), {
        ...options,
        namedContexts: new Map(),
      }),
    ],
    after: [
      scan(
        createMemoryHost({
          '/app/Dockerfile': 'FROM scratch\nCOPY . /\n',
          '/app/new': 1,
          '/app/a': 2,
          '/app/x': 3,
        }),
        {
          ...options,
          namedContexts: new Map(),
        },
      ),
    ],
    factsOf: () => ({
      tracked: new Set(['Dockerfile', 'new', 'a']),
      closed: new Map(),
      indexed: () => null,
      blobAtBase: (name) => (name === 'new' ? null : '0'),
      lfs: null,
      isHere: () => false,
      isSameText: () => false,
      blobBytes: () => new Map(),
    }),
    findingsOf: ({ findings }) => findings,
    notes: ['a note'],
    problems: [],
  })
  const log = '#5 [internal] load build context\n#5 transferring context: 1.00MB done\n'
  const documents: Readonly<Record<string, object>> = {
    scan: made.report,
    'scan as the command line prints it': {
      ...made.report,
      asked: { context: '.', options: ['-f', 'D'], builder: 'podman', path: 'a' },
    } satisfies Report,
    'scan with proposals': makeReport([proposed.part]),
    'scan with its history': makeReport([
      { ...replayed.part, remarks: { ...replayed.part.remarks, history: brief } },
    ]),
    check: checked(
      {
        Dockerfile:
          '# ctxsize ignore=nope,copy-source\n# ctxsize ignroe=x\nFROM scratch\nCOPY src nope /x\nCOPY key.pem /\n',
        '.dockerignore': 'dist\n*.log\n# ctxsize ignore=copy-source reason="x"\n!keep.log\n',
        'src/a.js': 12,
        'src/b.log': 3,
        'key.pem': 5,
        'dist/x': 1,
        'docs/y': 1,
      },
      {
        says: 'budgets: { context: 1, files: { min: 1, max: 2 }, largestFile: 3, unread: 0, directories: { src: 1, no: 1 }, transfer: 1, cacheLoss: { min: 1 } }\nmustShip: [src, docs, "dist/**", nothing, "*.js"]\nneverShip: ["**/*.pem"]\nrules: { copy-source: warning, dockerignore-no-effect: off }\nfailOn: info\n',
        readings: { committed: () => new Set(['src/a.js']) },
      },
    ),
    'check that cannot be made': checked(
      { Dockerfile: 'FROM scratch\n' },
      {
        says: 'budgets: { cacheLoss: 3 }',
        readings: { installLosses: () => ({ unavailable: 'no git', hint: null }) },
      },
    ),
    init: { schemaVersion: 1, file: 'f', text: 't', builds: 1, written: false } satisfies InitReport,
    'a configuration with mistakes': {
      schemaVersion: 1,
      error: {
        code: 'CONFIG_INVALID',
        message: 'm',
        hint: 'h',
        others: [{ code: 'config-invalid', message: 'm', at: { file: 'a', line: 1 }, hint: null }],
      },
    },
    fix: fixReport([proposed], { review: true, only: 'all' }, false),
    'ignore --write': fixReport([proposed], { review: false, only: 'ignore' }, true),
    'scan of a Dockerfile that docker refuses': scan(
      createMemoryHost({ '/app/Dockerfile': 'FROM scratch\nCOPPY a b\n', '/app/a': 1 }),
      { ...options, namedContexts: new Map() },
    ).report,
    ls: listSent(made, 'buildkit'),
    'ls --builder classic': listSent(made, 'classic'),
    'ls --unread': listUnread(made),
    'ls --ignored': listIgnored(made),
    'ls --reads': listReads(made),
    why: explainPaths(made, ['src/a.js', 'node_modules/x/y.js', 'absent', 'drop.log', '../out', 'src']),
    verify: verify(made.report, log),
    builds: {
      schemaVersion: 1,
      ...readBuilds(
        createMemoryHost({
          '/app/Dockerfile': 'FROM scratch\n',
          '/app/compose.yaml':
            'services:\n  a: {build: {context: a, args: {A: 1}, target: t}}\n  b: {build: "${B:?}"}\n',
        }),
        { files: [], names: [], workingDirectory: 'app' },
      ),
    },
    affected: {
      schemaVersion: 1,
      since: 'main',
      builds: [
        {
          name: 'a',
          context: 'a',
          dockerfile: 'Dockerfile',
          target: null,
          foundIn: { file: 'compose.yaml', line: 2 },
          paths: [{ path: 'src/a.js' }],
          because: null,
        },
      ],
      all: 2,
      open: [{ at: { file: 'Jenkinsfile', line: 4 }, why: 'a variable' }],
      problems: [],
    } satisfies AffectedReport,
    diff: compared,
    'diff with a build that is gone, one that is new and one that is unclear': {
      ...compared,
      targets: [
        { state: 'added', because: null },
        { state: 'removed', because: null },
        { state: 'unclear', because: 'it cannot be read', entered: null, left: null, resized: null },
      ].map((state) => ({ ...compared.targets[0], ...state })),
    },
    'diff against a report': compareReports('old.json', makeReport([proposed.part]), made.report),
    history: historyReport(replayed, readHistory(repository, replayed, range)),
    'why --rebuilt': rebuiltReport([remembered, remembered]),
    plugin: {
      ...{ schemaVersion: 1, change: 'kept', program: null },
      file: '/home/me/.docker/cli-plugins/docker-ctxsize',
    } satisfies PluginReport,
    'report of several': rank([{ file: 'a.json', report: made.report }], 'bytes', []),
    failure: { schemaVersion: 1, error: { code: 'USAGE', message: 'm', hint: 'h' } },
  }
  it('proposals among them', () => {
    const { edits, suggestions } = fixReport([proposed], { review: true, only: 'all' }, false)
    expect(edits.length).toBeGreaterThan(0)
    expect(new Set(suggestions.map(({ safety }) => safety))).toContain('review')
  })

  it('every kind of difference among them', () => {
    const [target] = compared.targets
    const lists = [target?.entered, target?.left, target?.resized, target?.untracked]
    expect(lists.map((list) => list?.length)).toEqual([1, 1, 1, 1])
  })

  it.each(Object.keys(documents))('%s', (name) => {
    expect(faults('', printed(documents[name] ?? {}), schema)).toEqual([])
  })
})
