/** Many builds at once, in the layouts that people have them. */

import { describe, expect, it } from 'vitest'
import { fixEdits } from '../src/answers/fix.ts'
import type { Host } from '../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../src/host/memory.ts'
import { propose } from '../src/propose.ts'
import type { Report } from '../src/report.ts'
import { findBuilds } from '../src/repository/find-builds.ts'
import { type BuildsScan, reportBuilds, scanBuilds } from '../src/scan-builds.ts'

const options = {
  context: '/repo',
  file: null,
  target: null,
  buildArgs: new Map<string, string>(),
  namedContexts: new Map<string, string>(),
  platform: null,
  builder: 'buildkit',
  measureIgnored: false,
  xattrs: 'never',
  progress: null,
} as const

interface Looked extends BuildsScan {
  readonly host: Host
  readonly report: Report
  /** Directories in the order in which they were listed. */
  readonly listed: readonly string[]
}

function look(tree: MemoryTree): Looked {
  const memory = createMemoryHost(
    Object.fromEntries(
      Object.entries(tree).map(([name, entry]) => [name.startsWith('/') ? name : `/repo/${name}`, entry]),
    ),
  )
  const listed: string[] = []
  const host: Host = {
    ...memory,
    list: (path) => {
      listed.push(`/${path}`.replace(/^\/+|\/$/g, ''))
      return memory.list(path)
    },
  }
  const { builds } = findBuilds(host, '/repo', Object.keys(tree))
  listed.length = 0
  const found = scanBuilds(host, '/repo', builds, options)
  return { ...found, host, listed, report: reportBuilds(found.scans.map(({ part }) => part)) }
}

/** `context [ignore file]: name files` for each build. */
const told = ({ contexts }: Report): readonly string[] =>
  contexts.flatMap(({ root, ignoreFile, targets }) =>
    targets.map(
      ({ name, dockerfile, transfer }) =>
        `${root} [${ignoreFile ?? 'none'}] ${name ?? dockerfile}: ${transfer.files} files`,
    ),
  )

const copyAll = 'FROM scratch\nCOPY . /x\n'
const compose = (services: Readonly<Record<string, string>>): string =>
  `services:\n${Object.entries(services)
    .map(([name, build]) => `  ${name}: { build: ${build} }\n`)
    .join('')}`

describe('many builds at once', () => {
  it('walk a context that 25 services share once', () => {
    const names = Array.from({ length: 25 }, (_, i) => `s${i}`)
    const { listed, scans, report } = look({
      'compose.yaml': compose(
        Object.fromEntries(names.map((name) => [name, `{ context: ., dockerfile: ${name}/Dockerfile }`])),
      ),
      '.dockerignore': 'compose.yaml\n',
      ...Object.fromEntries(
        names.map((name) => [`${name}/Dockerfile`, `FROM scratch\nCOPY ${name} lib /x/\n`]),
      ),
      'lib/deep/a': 1,
    })
    expect(scans).toHaveLength(25)
    expect(listed.filter((path) => path === 'repo/lib/deep')).toHaveLength(1)
    expect(new Set(listed).size).toBe(listed.length)
    expect(report.contexts.map(({ targets }) => targets.length)).toEqual([25])
  })

  it('walk it once for each ignore file, where Dockerfiles bring their own', () => {
    const tree = {
      'compose.yaml': compose({
        api: '{ context: ., dockerfile: api/Dockerfile }',
        web: '{ context: ., dockerfile: web/Dockerfile }',
        job: '{ context: ., dockerfile: job/Dockerfile }',
      }),
      'api/Dockerfile': copyAll,
      'web/Dockerfile': copyAll,
      'web/Dockerfile.dockerignore': '*\n!web\n',
      'job/Dockerfile': copyAll,
      '.dockerignore': 'docs\n',
      'docs/a': 5,
      'lib/a': 5,
    }
    const { report, listed } = look(tree)
    expect(told(report)).toEqual([
      '. [.dockerignore] api: 7 files',
      '. [.dockerignore] job: 7 files',
      '. [web/Dockerfile.dockerignore] web: 2 files',
    ])
    expect(listed.filter((path) => path === 'repo/lib')).toHaveLength(2)
    expect(report.contexts.map(({ unread }) => unread.files)).toEqual([0, 0])
  })

  it('count as unread what none of the builds of a context reads', () => {
    const { report } = look({
      'compose.yaml': compose({
        a: '{ context: ., dockerfile: a.Dockerfile }',
        b: '{ context: ., dockerfile: b.Dockerfile }',
      }),
      'a.Dockerfile': 'FROM scratch\nCOPY a /a\n',
      'b.Dockerfile': 'FROM scratch\nCOPY b /b\n',
      a: 1,
      b: 2,
      c: 4,
    })
    expect(report.contexts.map(({ unread, context }) => context.files - unread.files)).toEqual([2])
  })

  it('say of ignore files of services that the root is the context of that nobody reads them', () => {
    const { report } = look({
      'compose.yaml': compose({
        api: '{ context: ., dockerfile: api/Dockerfile }',
        web: '{ context: ., dockerfile: web/Dockerfile }',
      }),
      'api/Dockerfile': copyAll,
      'api/.dockerignore': 'x\n',
      'web/Dockerfile': copyAll,
      'web/.dockerignore': 'y\n',
    })
    const findings = report.contexts.flatMap((context) => context.findings)
    expect(
      findings.flatMap(({ rule, data }) => (rule === 'dockerignore-never-read' ? [data['files']] : [])),
    ).toEqual([['api/.dockerignore'], ['web/.dockerignore']])
  })

  it('go on where the context of one is made by a step before, and say where it is written', () => {
    const { problems, report } = look({
      'compose.yaml': compose({ app: '.', site: './dist' }),
      Dockerfile: copyAll,
    })
    expect(told(report)).toEqual(['. [none] app: 2 files'])
    expect(problems.map(({ code, at }) => [code, at])).toEqual([
      ['CONTEXT_NOT_FOUND', { file: 'compose.yaml', line: 3 }],
    ])
  })

  it('measure a context outside of the directory, and put aside one that docker fetches', () => {
    const { report, fetched } = look({
      'compose.yaml': compose({ up: '../up', git: '"https://example.com/r.git#main"' }),
      '/up/Dockerfile': copyAll,
      '/up/a': 1,
    })
    expect(told(report)).toEqual(['../up [none] up: 2 files'])
    expect(fetched.map(({ name }) => name)).toEqual(['git'])
  })

  it('measure an inline Dockerfile, told by the place where its text stands', () => {
    const { report } = look({
      'compose.yaml':
        'services:\n  a:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM scratch\n        COPY src /x\n',
      'src/a': 3,
    })
    expect(
      report.contexts.flatMap(({ targets }) => targets.map((one) => [one.dockerfile, one.transfer])),
    ).toEqual([['compose.yaml:3', { files: 1, bytes: 3 }]])
  })

  it('take a link to another build for no directory, and a named context for one of its own', () => {
    const { report, problems } = look({
      'compose.yaml':
        'services:\n  base: { build: base }\n  app:\n    build:\n      context: app\n      additional_contexts: { base: "service:base", lib: ./lib }\n',
      'base/Dockerfile': 'FROM scratch\nCOPY a /a\n',
      'base/a': 1,
      'app/Dockerfile': 'FROM base\nCOPY --from=lib . /lib\nCOPY b /b\n',
      'app/b': 10,
      'lib/c': 100,
      'lib/d': 100,
      'lib/.dockerignore': 'd\n',
    })
    expect(problems).toEqual([])
    const app = report.contexts.find(({ root }) => root === 'app')?.targets[0]
    expect(app?.transfer).toEqual({ files: 1, bytes: 10 })
    expect(
      app?.namedContexts
        .filter(({ name }) => name === 'lib')
        .map(({ root, ignoreFile, transfer }) => ({
          root,
          ignoreFile,
          bytes: transfer.bytes,
        })),
    ).toEqual([{ root: '/repo/lib', ignoreFile: '.dockerignore', bytes: 102 }])
  })

  it('tell two builds of one name apart by their Dockerfiles', () => {
    const { report } = look({
      'a/compose.yaml': compose({ app: '.' }),
      'a/Dockerfile': copyAll,
      'b/compose.yaml': compose({ app: '.' }),
      'b/Dockerfile': copyAll,
      'b/x': 1,
    })
    expect(told(report)).toEqual(['a [none] app: 2 files', 'b [none] app: 3 files'])
  })

  it('leave the others as they are where one Dockerfile cannot be read', () => {
    const { report } = look({
      'compose.yaml': compose({ a: './a', b: './b' }),
      'a/Dockerfile': 'FRM scratch\n',
      'b/Dockerfile': copyAll,
    })
    expect(report.contexts.map(({ root, targets }) => [root, targets[0]?.buildFails])).toEqual([
      ['a', true],
      ['b', false],
    ])
  })
})

describe('a proposal for a context that builds share', () => {
  const siblings = {
    'compose.yaml': compose({
      api: '{ context: ., dockerfile: api/Dockerfile }',
      docs: '{ context: ., dockerfile: docs/Dockerfile }',
    }),
    'package.json': '{"scripts":{"build":"tsc"}}',
    'package-lock.json': '{}',
    'api/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n',
    'node_modules/m/i.js': 50_000,
    'coverage/lcov.info': 70_000,
  }

  /** The lines that would be written, and how many files each build of the tree takes with them. */
  function proposed(tree: MemoryTree) {
    const { host, scans } = look(tree)
    const edits = scans.flatMap((one) =>
      fixEdits([propose(host, one, { thorough: true })], { review: false, only: 'ignore', style: null }),
    )
    const lines = edits.flatMap(({ after }) => after.split('\n').filter((line) => /^[^#]/.test(line)))
    return [...new Set(lines)]
  }

  it('drops what no build of it needs', () => {
    const lines = proposed({ ...siblings, 'docs/Dockerfile': 'FROM scratch\nCOPY docs /x\n' })
    expect(lines.some((line) => line.includes('node_modules'))).toBe(true)
    expect(lines.some((line) => line.includes('coverage'))).toBe(true)
  })

  it('keeps what a sibling copies by its name', () => {
    const lines = proposed({ ...siblings, 'docs/Dockerfile': 'FROM scratch\nCOPY coverage /x\n' })
    expect(lines.some((line) => line.includes('node_modules'))).toBe(true)
    expect(lines.filter((line) => line.includes('coverage'))).toEqual([])
  })

  it('keeps it for a target of bake that is in no group too', () => {
    const lines = proposed({
      ...siblings,
      'compose.yaml': compose({ api: '{ context: ., dockerfile: api/Dockerfile }' }),
      'docker-bake.hcl': 'target "report" {\n  context = "."\n  dockerfile = "images/report"\n}\n',
      'images/report': 'FROM scratch\nCOPY coverage /x\n',
    })
    expect(lines.some((line) => line.includes('node_modules'))).toBe(true)
    expect(lines.filter((line) => line.includes('coverage'))).toEqual([])
  })
})
