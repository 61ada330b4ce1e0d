import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../src/host/memory.ts'
import type { Report } from '../../src/report.ts'
import { table } from '../../src/reporters/table.ts'
import { findBuilds } from '../../src/repository/find-builds.ts'
import { reportBuilds, scanBuilds } from '../../src/scan-builds.ts'
import { fixtureTree } from '../repository/recipe-tree.ts'
import { plainStyle as style } from './style.ts'

function reportOf(files: Readonly<Record<string, string>>): Report {
  const host = createMemoryHost(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`/repo/${name}`, text])),
  )
  const { builds } = findBuilds(host, '/repo', Object.keys(files))
  const { scans, problems } = scanBuilds(host, '/repo', builds, {
    context: '/repo',
    file: null,
    target: null,
    buildArgs: new Map(),
    namedContexts: new Map(),
    platform: null,
    builder: 'buildkit',
    measureIgnored: false,
    xattrs: 'never',
    progress: null,
  })
  const report = reportBuilds(scans.map(({ part }) => part))
  return { ...report, problems: [...report.problems, ...problems] }
}

const words = (text: string): string => text.replace(/\s+/g, ' ')

describe('the screen of many images', () => {
  const report = reportOf(fixtureTree('many-images'))
  const names = ['api', 'seed', 'admin', 'mailer', 'auth', 'migrations', 'web', 'docs', 'nginx']

  it.each([60, 72, 84])('fits %d columns and loses no build, no context and no amount', (width) => {
    const screen = table(report, { ...style, width })
    expect(Math.max(...screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
    for (const name of [...names, 'ml-train', 'ml-serve'])
      expect(screen.split('\n').filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1)
    for (const root of ['.', 'docs/', 'infra/nginx/', 'services/ml/'])
      expect(screen.split('\n').some((line) => line.startsWith(`context ${root} `))).toBe(true)
    expect(words(screen)).toContain('54B read by none')
    expect(words(screen)).toContain('auth cannot build: COPY certs/dev.pem: ignored by .dockerignore:3')
    expect(words(screen)).toContain('COPY migrations … :2')
  })

  it('is one screen for a dozen', () => {
    expect(table(report, style).split('\n').length).toBeLessThan(40)
  })

  it('says where the builds are written down, by how many', () => {
    expect(table(report, style).split('\n')[0]).toBe(
      '11 builds in 5 contexts   compose.yaml (8)  docker-bake.hcl (3)   BuildKit',
    )
  })

  it('counts the files in which builds are written down where they are many', () => {
    const names = Array.from({ length: 9 }, (_, i) => `app-${i}`)
    const compose = 'services:\n  web:\n    build: .\n'
    const apart = names.flatMap((name) => [
      [`${name}/compose.yaml`, compose],
      [`${name}/Dockerfile`, 'FROM scratch\nCOPY . /\n'],
    ])
    const many = reportOf(Object.fromEntries(apart))
    const head = (verbose: boolean) => words(table(many, { ...style, verbose })).split('sends files')[0]
    expect(head(false)).toMatch(
      /^9 builds in 9 contexts (?:app-\d\/compose\.yaml \(1\) ){5}4 more files BuildKit $/,
    )
    expect(head(true)?.match(/compose\.yaml/g)).toHaveLength(9)
  })

  it('sorts the builds of a context by what they send, and puts the leading context first', () => {
    const rows = table(report, style)
      .split('\n')
      .flatMap((line) => /^ {2}([\w-]+) .* :\d+$/.exec(line)?.[1] ?? [])
    expect(rows).toEqual([
      ...['api', 'seed', 'admin', 'mailer', 'auth', 'migrations'],
      ...['web', 'docs', 'nginx', 'ml-train', 'ml-serve'],
    ])
  })

  it('names a context that is not there, and goes on', () => {
    const missing = reportOf({
      'compose.yaml': 'services:\n  a: { build: ./a }\n  b: { build: ./b }\n  c: { build: ./c }\n',
      'a/Dockerfile': 'FROM scratch\nCOPY . /\n',
      'b/Dockerfile': 'FROM scratch\nCOPY . /\n',
    })
    const screen = table(missing, style)
    expect(screen).toContain('✗ compose.yaml:4: no such directory')
    expect(screen).toContain('2 builds in 2 contexts')
  })
})

describe('the screen of one Dockerfile', () => {
  const dockerfile = 'FROM scratch AS dev\nCOPY src /x\nFROM scratch AS prod\nCOPY src /x\n'
  const also = (services: string): string =>
    words(table(reportOf({ Dockerfile: dockerfile, 'src/a': 'a', 'compose.yaml': services }), style))

  it('names the other targets that are built of it, and where', () => {
    expect(also('services:\n  worker: { build: { context: ., target: dev } }\n')).toContain(
      'also built compose.yaml:2 worker (target dev), checked too',
    )
  })

  it('says of one that cannot be built that it cannot', () => {
    expect(also('services:\n  worker: { build: { context: ., target: nowhere } }\n')).toContain(
      'also built compose.yaml:2 worker (target nowhere), which cannot succeed',
    )
  })

  it('counts what is beyond three of them', () => {
    const services = ['a', 'b', 'c', 'd', 'e'].map(
      (name) => `  ${name}: { build: { context: ., target: dev, args: { N: ${name} } } }\n`,
    )
    expect(also(`services:\n${services.join('')}`)).toContain('checked too; and 2 more')
  })

  it('has no such line where there is one build', () => {
    expect(also('services:\n  app: { build: . }\n')).not.toContain('also built')
  })
})
