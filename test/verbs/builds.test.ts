import { describe, expect, it } from 'vitest'
import type { BuildReport } from '../../src/report.ts'
import { ctxsize } from '../cli/world.ts'

const tree = {
  '/Dockerfile': 'FROM scratch\n',
  '/compose.yaml':
    'name: x\nservices:\n  web:\n    build:\n      context: ./web\n      target: prod\n  db:\n    image: x\n',
  '/prod.yaml': 'services:\n  web:\n    build: {args: {A: 1}}\n',
}
const builds = async (line: string, files = tree as Readonly<Record<string, string>>) => {
  const { code, stdout, stderr } = await ctxsize(`builds --format json ${line}`, { tree: files })
  return { code, stderr, document: JSON.parse(stdout) }
}

describe('ctxsize builds', () => {
  it('lists the plain build and those of the compose file', async () => {
    const { code, document } = await builds('')
    expect([code, document.schemaVersion, document.open, document.problems]).toEqual([0, 1, [], []])
    expect(document.builds).toEqual([
      expect.objectContaining({ name: null, context: '.', dockerfile: 'Dockerfile', guessed: true }),
      {
        name: 'web',
        context: 'web',
        dockerfile: 'Dockerfile',
        inline: null,
        target: 'prod',
        args: {},
        namedContexts: {},
        platforms: [],
        foundIn: { file: 'compose.yaml', line: 4 },
        guessed: false,
      },
    ])
  })

  it('merges files given with -f, and takes no others', async () => {
    const { document } = await builds('-f compose.yaml -f prod.yaml web')
    expect(document.builds).toEqual([
      expect.objectContaining({ name: 'web', target: 'prod', args: { A: '1' } }),
    ])
  })

  it('lists what a bake file has, and once what bake takes from compose', async () => {
    const bake = 'group "default" { targets = ["app"] }\ntarget "app" { context = "app" }\n'
    const { document } = await builds('', { ...tree, '/docker-bake.hcl': bake })
    const told = document.builds.map((one: BuildReport) => [one.name, one.foundIn.file])
    expect(told).toEqual([
      [null, 'Dockerfile'],
      ['app', 'docker-bake.hcl'],
      ['web', 'compose.yaml'],
    ])
  })

  it('hands compose files that are named among bake files to bake', async () => {
    const bake = 'target "app" { context = "app" }\n'
    const { document } = await builds('-f compose.yaml -f app.hcl app', { ...tree, '/app.hcl': bake })
    expect(document.builds.map((one: BuildReport) => one.name)).toEqual(['app'])
  })

  it('takes any other file for a Dockerfile', async () => {
    const { document } = await builds('-f other.Dockerfile')
    expect(document.builds).toEqual([
      expect.objectContaining({ name: null, context: '.', dockerfile: 'other.Dockerfile', guessed: false }),
    ])
  })

  it('says once what is written down and would be guessed too', async () => {
    const { document } = await builds('', {
      ...tree,
      '/compose.yaml': 'name: x\nservices:\n  a:\n    build: .\n',
    })
    expect(document.builds.map(({ name }: { readonly name: string }) => name)).toEqual(['a'])
  })

  it('ends with 2 and the place when nothing can be read', async () => {
    const files = { ...tree, '/compose.yaml': 'services:\n\ta:\n' }
    const { code, stderr, document } = await builds('-f compose.yaml', files)
    expect([code, document.builds, document.problems.length]).toEqual([2, [], 1])
    expect(stderr).toContain('compose.yaml:2:')
  })

  it('ends with 2 when there is nothing at all', async () => {
    expect((await ctxsize('builds', { tree: { '/README.md': 'x' } })).code).toBe(2)
  })

  it('takes a directory for its first word, unless a build has that name', async () => {
    const below = { '/site/compose.yaml': 'services:\n  api:\n    build: .\n  app:\n    build: .\n', ...tree }
    const names = async (line: string, files: Readonly<Record<string, string>>) =>
      (await builds(line, files)).document.builds.map(({ name }: BuildReport) => name)
    expect(await names('site', below)).toEqual(['api', 'app'])
    expect(await names('site app', below)).toEqual(['app'])
    expect(await names('web', { ...below, '/web/Dockerfile': 'FROM scratch\n' })).toEqual(['web'])
  })

  it('says which name was meant where there is none', async () => {
    expect((await ctxsize('builds wep', { tree })).stderr).toContain(
      'no build has the name wep; did you mean web?',
    )
    expect((await ctxsize('builds zzzzzz', { tree })).stderr).toContain('there are web')
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['was only begun', {}],
    ['is broken', { '/.git/index': 'no index' }],
  ])('looks for the files itself where the repository %s', async (_, more) => {
    const git = { '/.git/HEAD': 'ref: refs/heads/main\n', '/.git/objects/x': '', '/.git/refs/x': '', ...more }
    const { document } = await builds('', {
      ...git,
      '/deploy/compose.yaml': 'services:\n  api:\n    build: .\n',
    })
    expect(document.builds.map(({ name, context }: BuildReport) => [name, context])).toEqual([
      ['api', 'deploy'],
    ])
  })

  it('prints a row for each build, with its place', async () => {
    const { stdout } = await ctxsize('builds', { tree })
    expect(stdout).toMatchInlineSnapshot(`
      "  name  context  dockerfile  target  found in
        -     .        Dockerfile  -       (by its name)
        web   web      Dockerfile  prod    compose.yaml:4
      "
    `)
  })
})
