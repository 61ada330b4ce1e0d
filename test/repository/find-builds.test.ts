import { describe, expect, it } from 'vitest'
import type { Host } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import type { BuildTarget, FoundBuilds } from '../../src/inputs/target.ts'
import { findBuilds } from '../../src/repository/find-builds.ts'

function found(tree: MemoryTree, directory = '/repo'): FoundBuilds {
  const host: Host = createMemoryHost(
    Object.fromEntries(Object.entries(tree).map(([name, text]) => [`/repo/${name}`, text])),
  )
  const prefix = directory === '/repo' ? '' : `${directory.slice('/repo/'.length)}/`
  const listed = Object.keys(tree).flatMap((name) =>
    name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  )
  return findBuilds(host, directory, listed)
}

/** `name: context dockerfile>target @file:line`, with a `?` for a guess. */
function shown({ name, context, dockerfile, target, foundIn, guessed }: BuildTarget): string {
  const stage = target === null ? '' : `>${target}`
  return `${name ?? '-'}: ${context} ${dockerfile ?? 'inline'}${stage} @${foundIn.file}:${foundIn.line}${guessed ? '?' : ''}`
}

const builds = (tree: MemoryTree, directory?: string): readonly string[] =>
  found(tree, directory).builds.map(shown)

const scratch = 'FROM scratch\nCOPY src /src\n'

describe('the builds of a directory', () => {
  it('begin with the plain one, then go by context, Dockerfile and target', () => {
    expect(
      builds({
        Dockerfile: scratch,
        'compose.yaml':
          'services:\n  z: { build: { context: ., target: prod } }\n  a: { build: ./api }\n  m: { build: { context: ., dockerfile: x.Dockerfile } }\n',
        'api/Dockerfile': scratch,
        'x.Dockerfile': scratch,
        'src/a': 1,
      }),
    ).toEqual([
      '-: . Dockerfile @Dockerfile:1?',
      'z: . Dockerfile>prod @compose.yaml:2',
      'm: . x.Dockerfile @compose.yaml:4',
      'a: api Dockerfile @compose.yaml:3',
    ])
  })

  it('are none of templates, of which docker would refuse each, unless a file names one', () => {
    const text = '{% if x %}\nFROM a\n{% endif %}\n'
    const tree = { 'docker/Dockerfile': scratch, 'docker/Dockerfile.j2': text, 'Dockerfile.template': text }
    expect(builds(tree)).toEqual(['-: docker Dockerfile @docker/Dockerfile:1?'])
    const compose = 'services:\n  a: { build: { context: ., dockerfile: Dockerfile.template } }\n'
    expect(builds({ ...tree, 'compose.yaml': compose })).toContain('a: . Dockerfile.template @compose.yaml:2')
  })

  it('are none of programs that read or colour Dockerfiles, and are of Dockerfiles that are called by a language', () => {
    const tree = {
      'mode/dockerfile.js': '// CodeMirror\n\n(function(mod) {\n  "use strict";\n  var from = "from";\n})',
      'lib/dockerfile.py': '# Parses.\nfrom shlex import split\n',
      'docs/Dockerfile.md': '# Dockerfile\n\nFROM is the first.\n',
      'images/Dockerfile.py':
        '# syntax=docker/dockerfile:1\n# For Python.\n\nARG V=3\nFROM python:$V AS base\nCOPY src /src\n',
      'images/Dockerfile.go': 'from golang as build\nCOPY src /src\n',
      'src/a': 1,
    }
    expect(builds(tree)).toEqual([
      '-: . images/Dockerfile.go @images/Dockerfile.go:1?',
      '-: . images/Dockerfile.py @images/Dockerfile.py:1?',
    ])
    const compose = 'services:\n  a: { build: { context: ., dockerfile: mode/dockerfile.js } }\n'
    expect(builds({ ...tree, 'compose.yaml': compose })).toContain('a: . mode/dockerfile.js @compose.yaml:2')
  })

  it('are guessed of the names under which people keep variants, and not of what is about Dockerfiles', () => {
    const variants = [
      'Dockerfile-sqlite',
      'Dockerfile_dev',
      'app.docker',
      'docker/Dockerfile-3.11',
      'docker/dev-Dockerfile',
    ]
    const others = [
      'Dockerfile-notes.md',
      'dockerfile-lint.js',
      'Dockerfile-template',
      'Dockerfile-x.dockerignore',
    ]
    const tree = Object.fromEntries([...variants, ...others].map((path) => [path, scratch]))
    const settings = { '.env.docker': 'DATABASE_HOST=db\n' }
    expect(found({ ...tree, ...settings }).builds.map(({ foundIn }) => foundIn.file)).toEqual(variants)
  })

  it('are none of what is built of a tar that comes through a pipe', () => {
    const script = (command: string) => JSON.stringify({ scripts: { image: command } })
    const tree = {
      'tools/context.mjs': 1,
      'apps/api/Dockerfile': 'FROM scratch\nCOPY ./pkg .\n',
      'apps/web/Dockerfile': scratch,
      'src/a': 1,
      'apps/api/package.json': script(
        'node tools/context.mjs -- apps/api/Dockerfile | docker buildx build -t api -',
      ),
    }
    const read = found(tree)
    expect(read.builds.map(shown)).toEqual(['-: . apps/web/Dockerfile @apps/web/Dockerfile:1?'])
    expect(read.open).toEqual([
      { at: { file: 'apps/api/package.json', line: 1 }, why: 'its context comes from standard input' },
    ])
    const named = { ...tree, 'apps/api/package.json': script('tar c . | docker build -f Dockerfile -') }
    expect(builds(named)).toEqual(['-: . apps/web/Dockerfile @apps/web/Dockerfile:1?'])
  })

  it('are none above the repository where their Dockerfile is not there, and that is said', () => {
    const compose = (context: string) =>
      `services:\n  a: { build: { context: ${context}, dockerfile: api/Dockerfile } }\n  b: { build: { context: ${context}, dockerfile: b/Dockerfile } }\n`
    const tree = { 'api/Dockerfile': scratch, 'b/Dockerfile': scratch, 'src/a': 1 }
    const { builds: all, problems } = found({ ...tree, 'docker/local/compose.yaml': compose('../../..') })
    expect(all.map(shown)).toEqual([
      '-: . api/Dockerfile @api/Dockerfile:1?',
      '-: . b/Dockerfile @b/Dockerfile:1?',
    ])
    expect(problems.map(({ message, at }) => `${at?.file}:${at?.line}: ${message}`)).toEqual([
      'docker/local/compose.yaml:2: 2 builds left out: the context .. leads out of the repository, and there is no api/Dockerfile there',
    ])
    expect(found({ ...tree, 'docker/local/compose.yaml': compose('../..') }).problems).toEqual([])
  })

  it('are said not to be all where there are more Dockerfiles than can be guessed about', () => {
    const many = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`s${String(i).padStart(4, '0')}/Dockerfile`, scratch]),
      )
    expect(found(many(5000))).toMatchObject({ builds: { length: 5000 }, problems: [] })
    const { builds: all, problems } = found(many(5003))
    expect([all.length, problems.map(({ code, message, at }) => [code, message, at])]).toEqual([
      5000,
      [
        [
          'builds-left-out',
          '3 of 5003 Dockerfiles that no file names are left out, this one first',
          { file: 's5000/Dockerfile', line: 1 },
        ],
      ],
    ])
  })

  it('hold no guess of a build that somebody has written down', () => {
    expect(
      builds({
        Dockerfile: scratch,
        'api/Dockerfile': scratch,
        'compose.yaml': 'services:\n  app: { build: . }\n  api: { build: api }\n',
      }),
    ).toEqual(['app: . Dockerfile @compose.yaml:2', 'api: api Dockerfile @compose.yaml:3'])
  })

  it('hold what compose and a workflow both say once, with the name that one of them gives', () => {
    expect(
      builds({
        'api/Dockerfile': scratch,
        'compose.yaml': 'services:\n  api: { build: ./api }\n',
        Makefile: 'image:\n\tdocker build api\n',
      }),
    ).toEqual(['api: api Dockerfile @compose.yaml:2'])
  })

  it('count a build for several platforms once, with all of them', () => {
    const { builds: all } = found({
      Dockerfile: scratch,
      Makefile:
        'amd:\n\tdocker build --platform linux/amd64 --target a .\narm:\n\tdocker build --platform linux/arm64 --target a .\n',
    })
    expect(all.filter(({ target }) => target === 'a').map(({ platforms }) => platforms)).toEqual([
      ['linux/amd64', 'linux/arm64'],
    ])
  })

  it('keep two names apart that are built alike, and two builds apart that have one name', () => {
    expect(
      builds({
        'api/Dockerfile': scratch,
        'compose.yaml': 'services:\n  web: { build: ./api }\n  worker: { build: ./api }\n',
        'ci/docker-bake.hcl':
          'target "web" {\n  context = "../api"\n  target = "prod"\n}\ngroup "default" { targets = ["web"] }\n',
      }),
    ).toEqual([
      'web: api Dockerfile @compose.yaml:2',
      'worker: api Dockerfile @compose.yaml:3',
      'web: api Dockerfile>prod @ci/docker-bake.hcl:1',
    ])
  })

  it('leave out targets of bake that are in no group, and take those of every group', () => {
    const bake =
      'group "default" { targets = ["a"] }\ngroup "release" { targets = ["b"] }\ntarget "a" { context = "a" }\ntarget "b" { context = "b" }\ntarget "c" { context = "c" }\n'
    expect(builds({ 'docker-bake.hcl': bake, 'a/Dockerfile': scratch, 'b/Dockerfile': scratch })).toEqual([
      'a: a Dockerfile @docker-bake.hcl:3',
      'b: b Dockerfile @docker-bake.hcl:4',
    ])
    const json = JSON.stringify({
      group: { release: { targets: ['b'] } },
      target: { b: { context: 'b' }, c: { context: 'c' } },
    })
    expect(
      found({ 'docker-bake.json': json, 'b/Dockerfile': scratch }).builds.map(({ name }) => name),
    ).toEqual(['b'])
  })

  it('take a target that a script names though it is in no group', () => {
    expect(
      builds({
        'docker-bake.hcl': 'target "tools" { context = "tools" }\n',
        'tools/Dockerfile': scratch,
        Makefile: 'tools:\n\tdocker buildx bake tools\n',
      }),
    ).toEqual(['tools: tools Dockerfile @docker-bake.hcl:1'])
  })

  it('guess a Dockerfile of such a target with the context that it names', () => {
    expect(
      builds({
        'docker-bake.hcl': 'target "x" {\n  context = "."\n  dockerfile = "images/x/Dockerfile"\n}\n',
        'images/x/Dockerfile': 'FROM scratch\nCOPY a /a\n',
        'images/x/a': 1,
      }),
    ).toEqual(['-: . images/x/Dockerfile @images/x/Dockerfile:1?'])
  })

  it('guess the directory that more of its sources lie in', () => {
    expect(
      builds({
        'own/Dockerfile': 'FROM scratch\nCOPY a b /x/\n',
        'own/a': 1,
        'own/b': 1,
        'above/Dockerfile': 'FROM scratch\nCOPY package.json lib /x/\n',
        'package.json': '{}',
        'lib/i.js': 1,
      }),
    ).toEqual(['-: . above/Dockerfile @above/Dockerfile:1?', '-: own Dockerfile @own/Dockerfile:1?'])
  })

  it('guess it from the directory that a wildcard looks in, too', () => {
    const jar = 'FROM jre\nCOPY jobs/nightly/build/libs/*.jar /app.jar\n'
    expect(builds({ 'jobs/nightly/Dockerfile': jar, 'jobs/nightly/build/libs/n.jar': 1 })).toEqual([
      '-: . jobs/nightly/Dockerfile @jobs/nightly/Dockerfile:1?',
    ])
  })

  it('pass over Dockerfiles of packages and of tests', () => {
    expect(
      builds({
        'node_modules/x/Dockerfile': scratch,
        'vendor/y/Dockerfile': scratch,
        'test/fixtures/Dockerfile': scratch,
        'Dockerfile.dockerignore': '*\n',
      }),
    ).toEqual([])
  })
})

describe('what is written down', () => {
  it('is read with the override file that compose merges by itself', () => {
    const [build] = found({
      Dockerfile: scratch,
      'compose.yaml': 'services:\n  app:\n    build: { context: ., target: prod }\n',
      'compose.override.yaml': 'services:\n  app:\n    build: { target: dev, args: { A: "1" } }\n',
    }).builds.filter(({ name }) => name === 'app')
    expect([build?.target, build?.args]).toEqual(['dev', { A: '1' }])
  })

  it('may be a context above the directory that holds the file', () => {
    const tree = {
      'services/api/Dockerfile': 'FROM scratch\nCOPY shared /s\n',
      'services/api/prod.Dockerfile': scratch,
      'services/api/compose.yaml':
        'services:\n  api:\n    build: { context: ../.., dockerfile: services/api/prod.Dockerfile }\n',
      'shared/a': 1,
    }
    expect(builds(tree, '/repo/services/api')).toEqual([
      '-: . Dockerfile @Dockerfile:1?',
      'api: ../.. services/api/prod.Dockerfile @compose.yaml:3',
    ])
  })

  it('may be a git URL, which stays as it is', () => {
    expect(
      builds({ 'compose.yaml': 'services:\n  a:\n    build: https://example.com/r.git#main:sub\n' }),
    ).toEqual(['a: https://example.com/r.git#main:sub Dockerfile @compose.yaml:3'])
  })

  it('may be a Dockerfile in the text of the definition', () => {
    const [build] = found({
      'compose.yaml':
        'services:\n  a:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM scratch\n        COPY x /x\n',
    }).builds
    expect(build?.inline).toBe('FROM scratch\nCOPY x /x\n')
  })

  it('keeps the links between its builds', () => {
    const { builds: all } = found({
      'a/Dockerfile': scratch,
      'b/Dockerfile': scratch,
      'compose.yaml':
        'services:\n  base: { build: a }\n  app:\n    build: { context: b, additional_contexts: { base: "service:base" } }\n',
    })
    expect(all.map(({ name, namedContexts }) => [name, Object.values(namedContexts).length])).toEqual([
      ['base', 0],
      ['app', 1],
    ])
  })

  it('is every combination of a matrix of a workflow', () => {
    const workflow =
      'on: push\njobs:\n  images:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        app: [api, web]\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          file: apps/${{ matrix.app }}/Dockerfile\n'
    expect(
      builds({
        '.github/workflows/ci.yml': workflow,
        'apps/api/Dockerfile': scratch,
        'apps/web/Dockerfile': scratch,
      }),
    ).toEqual([
      '-: . apps/api/Dockerfile @.github/workflows/ci.yml:9',
      '-: . apps/web/Dockerfile @.github/workflows/ci.yml:9',
    ])
  })

  it('is what a variable of a Makefile says', () => {
    expect(
      builds({
        Makefile: 'DIR := services/api\nimage:\n\tdocker build -f $(DIR)/Dockerfile --target prod .\n',
        'services/api/Dockerfile': scratch,
      }),
    ).toEqual(['-: . services/api/Dockerfile>prod @Makefile:3'])
  })

  it('is open where a Jenkinsfile takes the path from elsewhere', () => {
    const { open } = found({
      Jenkinsfile:
        'pipeline {\n  stages {\n    stage("x") {\n      steps {\n        sh "docker build -f ${params.FILE} ${params.DIR}"\n      }\n    }\n  }\n}\n',
    })
    expect(open.map(({ at }) => at)).toEqual([{ file: 'Jenkinsfile', line: 5 }])
  })

  it.each([
    ['compose.yaml', 'services:\n  a:\n\tbuild: .\n', 3],
    ['compose.yaml', 'services:\n  a: { build: . }\n  a: { build: b }\n', 3],
    ['docker-bake.hcl', 'target "a" {\n  context = \n}\n', 2],
  ])('is open where %s cannot be read, once, with the line', (file, text, line) => {
    const { builds: all, open } = found({ [file]: text, 'api/Dockerfile': scratch })
    expect(open.map(({ at }) => at)).toEqual([{ file, line }])
    expect(all.map(shown)).toEqual(['-: api Dockerfile @api/Dockerfile:1?'])
  })

  it('gives an argument the value that a run has to which nobody gives any, and says which have none', () => {
    const workflow = (args: string) =>
      `on: push\njobs:\n  x:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          build-args: |\n${args}`
    const { builds: all } = found({
      '.github/workflows/ci.yml': workflow(
        "            BASE=${{ github.event.inputs.base || 'node:22' }}\n            SHA=${{ github.sha }}\n",
      ),
      Dockerfile: scratch,
      'build.sh': 'docker build --build-arg BASE=$1 --build-arg TAG=x .\n',
    })
    expect(all.map(({ args, openArgs, foundIn }) => [foundIn.file, args, openArgs])).toEqual([
      ['.github/workflows/ci.yml', { BASE: 'node:22' }, ['SHA']],
      ['build.sh', { TAG: 'x' }, ['BASE']],
    ])
  })

  it('is no build of a Dockerfile that goreleaser takes to a directory of its own', () => {
    expect(
      builds({
        '.goreleaser.yaml': 'dockers:\n  - dockerfile: ./Dockerfile.release\n    use: buildx\n',
        'Dockerfile.release': 'FROM scratch\nCOPY app /\n',
        'Dockerfile.dev': scratch,
        'src/a': 1,
      }),
    ).toEqual(['-: . Dockerfile.dev @Dockerfile.dev:1?'])
  })

  it('is not looked for in an .hcl of another program', () => {
    expect(found({ 'job.hcl': 'job "x" {\n  group "y" {}\n}\n' }).open).toEqual([])
  })
})
