import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { openReports } from '../../src/suggest/report.ts'
import { proposeTree } from './follow-tree.ts'
import { proposeFor, type Repo, unasked } from './propose-tree.ts'

const node = { Dockerfile: 'FROM node\nCOPY src /app\n', 'src/a.js': '', '.gitignore': 'extra/\nold/\n' }
const untracked = { 'extra/a': 10, 'old/b': 10 }
const compose = (...lines: readonly string[]) => ({
  'compose.yaml': `services:\n  w:\n    build:\n      context: .\n${lines.map((line) => `      ${line}\n`).join('')}`,
})

describe('a context without a Dockerfile', () => {
  const outcome = proposeFor({ tracked: { 'src/a.js': '', '.gitignore': 'extra/\n' }, untracked })

  it('has nothing proved of it, and nothing said of instructions that are not there', () => {
    expect(outcome.lines).toContain('review extra')
    expect(outcome.written).toEqual({})
    expect(outcome.because.join()).not.toContain('no instruction reads it')
    expect(outcome.because.join()).not.toContain('docker refuses it')
    const tree = { 'src/a.js': '' }
    expect(openReports(proposeTree(tree).proposals)).toEqual([
      { because: 'there is no Dockerfile, so that what would be read is not known', at: null },
    ])
  })
})

describe('a repository to which nothing was added yet', () => {
  it('is read as a tree without one: what lies there is the project', () => {
    const { moves } = proposeFor({
      tracked: {},
      untracked: {
        Dockerfile: 'FROM node\nWORKDIR /s\nCOPY . .\nCOPY src src\nRUN npm ci\n',
        ...{ 'package.json': '{"workspaces":["p"]}', 'package-lock.json': '{}', 'src/a.js': '' },
      },
    })
    expect(moves).toEqual(['safe copy manifests before npm ci'])
  })
})

describe('a template of Dockerfiles', () => {
  const template = '{% if x %}\nFROM node\n{% endif %}\nCOPY extra /extra\n'
  const extra = (tracked: MemoryTree) =>
    proposeFor({ tracked, untracked }).lines.filter((line) => line.endsWith(' extra'))

  it('says nothing where what is made of it lies beside it', () => {
    expect(extra({ ...node, 'Dockerfile.j2': template })).toEqual(['proven extra'])
  })

  it('is a build that cannot be read where it stands alone', () => {
    const tracked = { ...node, 'docker/Dockerfile.j2': template }
    expect(extra(tracked)).toEqual([])
    expect(proposeFor({ tracked, untracked }).lines).toContain('review old')
  })
})

describe('a Dockerfile that goreleaser takes to a directory of its own', () => {
  const release = {
    'build/Dockerfile-release': 'FROM scratch\nCOPY extra /\n',
  }
  const lines = (tracked: MemoryTree) => proposeFor({ tracked, untracked }).lines

  it('says nothing of this context, unless somebody builds it here', () => {
    const config = 'dockers_v2:\n  - dockerfile: build/Dockerfile-release\n'
    expect(lines({ ...node, ...release, '.goreleaser.yaml': config })).toContain('proven extra')
    expect(lines({ ...node, ...release })).not.toContain('proven extra')
    const script = { 'image.sh': 'docker build -f build/Dockerfile-release .\n' }
    expect(lines({ ...node, ...release, ...script, '.goreleaser.yaml': config })).not.toContain(
      'proven extra',
    )
  })
})

describe('what another build of the same context reads stays', () => {
  it.each<[string, MemoryTree, string]>([
    [
      'a Dockerfile beside it',
      { ...node, 'Dockerfile.worker': 'FROM node\nCOPY extra /extra\n' },
      'extra: COPY extra asks for it',
    ],
    [
      'a Dockerfile in a directory that compose builds from the root',
      {
        ...node,
        'docker/worker.Dockerfile': 'FROM node\nCOPY extra /extra\n',
        ...compose('dockerfile: docker/worker.Dockerfile'),
      },
      'extra: COPY extra asks for it',
    ],
    [
      'the same Dockerfile with another argument',
      {
        ...node,
        Dockerfile: 'FROM node\nARG DIR=src\nCOPY $DIR /app\n',
        ...compose('args:', '  DIR: extra'),
      },
      'extra: COPY extra asks for it',
    ],
    [
      'a path of which a variable is a part, whatever it may be',
      {
        Dockerfile: 'FROM node\nARG APP=web\nCOPY apps/$APP /app\n',
        'apps/web/a.js': '',
        '.gitignore': 'apps/extra\n',
      },
      'apps/extra: COPY apps/* asks for it',
    ],
    [
      'an argument whose value CI makes, as far as it is written there',
      {
        ...node,
        Dockerfile: 'FROM node\nARG LOGOS=src\nCOPY ${LOGOS}/ /app\n',
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  x:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          build-args: LOGOS=extra/${{ matrix.brand }}\n',
      },
      'extra: COPY extra/*/ asks for it',
    ],
    [
      'an argument whose default is made of another',
      {
        ...node,
        Dockerfile: 'FROM node\nARG TEAM=a\nARG DIR=extra/${TEAM}\nCOPY $DIR /app\n',
      },
      'extra: COPY extra/a asks for it',
    ],
    [
      'a target of bake that has to be asked for',
      {
        ...node,
        'docker/worker.Dockerfile': 'FROM node\nARG DIR\nCOPY $DIR /x\n',
        'docker-bake.hcl':
          'target "default" {}\ntarget "worker" {\n  dockerfile = "docker/worker.Dockerfile"\n  args = { DIR = "extra" }\n}\n',
      },
      'extra: COPY extra asks for it',
    ],
    [
      'a service of compose that only a profile starts',
      {
        ...node,
        'docker/worker.Dockerfile': 'FROM node\nARG DIR\nCOPY $DIR /x\n',
        'compose.yaml':
          'services:\n  worker:\n    profiles: [tools]\n    build:\n      context: .\n      dockerfile: docker/worker.Dockerfile\n      args:\n        DIR: extra\n',
      },
      'extra: COPY extra asks for it',
    ],
    [
      'a Dockerfile that stands in a compose file',
      { ...node, ...compose('dockerfile_inline: |', '  FROM node', '  COPY extra /extra') },
      'extra: COPY extra asks for it',
    ],
    [
      'a stage that the build asked for does not need',
      { ...node, Dockerfile: 'FROM node AS dev\nCOPY extra /extra\nFROM node\nCOPY src /app\n' },
      'extra: COPY extra asks for it',
    ],
  ])('%s', (_, tracked, expected) => {
    const more = expected.startsWith('apps') ? { 'apps/extra/a': 10 } : untracked
    const outcome = proposeFor({ tracked, untracked: more })
    expect(outcome.left).toContain(expected)
    // And what none of them reads goes all the same.
    if (more === untracked) expect(outcome.lines).toContain('proven old')
  })
})

describe('a variable that nobody passes', () => {
  const of = (copy: string, untracked: MemoryTree) =>
    proposeFor({
      tracked: {
        Dockerfile: `FROM node\nENV MODE=prod\nARG TARGETOS TARGETARCH TARGETPLATFORM\n${copy}\n`,
        '.gitignore': 'out/\nother/\nconfig/*.secret\nconfig/*.x\n',
        'config/base': '',
      },
      untracked: { 'other/a': 10, ...untracked },
    })

  it.each([
    ['COPY out/${TARGETOS}_$TARGETARCH/app /bin/', 'out/windows_arm64/app'],
    ['COPY out/$TARGETPLATFORM/app /bin/', 'out/linux/arm/v7/app'],
    ['COPY out/app-$TARGETARCH /bin/', 'out/app-riscv64'],
  ])('stands for any platform in %s: what is there for another one stays', (copy, path) => {
    const { left, lines } = of(copy, { [path]: 10, 'out/linux_amd64/app': 10 })
    expect(left[0]).toMatch(/^out(?:\/\S+)?: COPY out\/\S+ asks for it$/)
    expect(lines).toContain('proven other')
  })

  it.each(['COPY $TARGETPLATFORM /bin/', 'COPY $TARGETARCH /bin/'])(
    'decides about everything in %s, so that nothing is certain',
    (copy) => {
      expect(unasked(of(copy, { 'linux/amd64/app': 10, 'amd64/app': 10 }))).toEqual([])
    },
  )

  it('has the value that an ENV gives it, which no argument changes', () => {
    const { lines } = of('COPY config/$MODE.x /app/', { 'config/prod.x': 10, 'config/dev.secret': 10 })
    expect(lines).toContain('proven config/dev.secret')
  })

  it('has any value where an ARG may give it another', () => {
    const { left } = of('ARG KIND=prod\nCOPY config/$KIND.x /app/', { 'config/test.x': 10 })
    expect(left).toEqual(['config/test.x: COPY config/*.x asks for it'])
  })
})

describe('the plain build of a Dockerfile', () => {
  it('counts beside one of compose with an argument, which leads', () => {
    const { lines } = proposeFor(
      {
        tracked: {
          Dockerfile: 'FROM node\nARG DIR=src\nCOPY $DIR /app\n',
          'src/a.js': '',
          'lib/b.js': '',
          '.gitignore': 'state/\n',
          'compose.yaml':
            'services:\n  a:\n    build: .\n  b:\n    build:\n      context: .\n      args: { DIR: lib }\n',
        },
        untracked: { 'src/state/x': 10, 'lib/state/x': 10 },
      },
      { buildArgs: new Map([['DIR', 'lib']]) },
    )
    expect(lines.filter((line) => line.includes('state'))).toEqual(['review lib/state', 'review src/state'])
  })
})

describe('what only builds of other contexts read goes', () => {
  it('as where a Dockerfile lies with its own sources', () => {
    const { lines } = proposeFor({
      tracked: {
        ...node,
        'tools/Dockerfile': 'FROM node\nCOPY extra main.js /x/\n',
        'tools/extra/a': '',
        'tools/main.js': '',
      },
      untracked,
    })
    expect(lines).toContain('proven extra')
  })
})

describe('nothing is certain where a build cannot be read', () => {
  it.each<[string, MemoryTree, RegExp]>([
    [
      'an argument of which a recipe says nothing',
      {
        ...node,
        Dockerfile: 'FROM node\nARG DIR=src\nCOPY $DIR /app\n',
        'ship.sh': 'docker build --build-arg DIR="$1" .\n',
      },
      /ship\.sh:1: what COPY \$DIR reads is decided by DIR$/,
    ],
    [
      'an argument for which a compose file requires a variable that is set elsewhere',
      {
        ...node,
        Dockerfile: 'FROM node\nARG DIR=src\nCOPY $DIR /app\n',
        ...compose('args:', '  DIR: ${APP_DIR:?}'),
      },
      /compose\.yaml:3: what COPY \$DIR reads is decided by DIR$/,
    ],
    [
      'a Jenkinsfile with a variable',
      {
        ...node,
        Jenkinsfile: 'pipeline { stages { stage("x") { steps { sh "docker build -f ${DOCKERFILE} ." } } } }',
      },
      /Jenkinsfile:1: it hangs on \$\{DOCKERFILE\}$/,
    ],
    [
      'CDK',
      {
        ...node,
        'cdk.json': '{"app":"npx ts-node bin/app.ts"}',
        'lib/stack.ts':
          "import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets'\nnew DockerImageAsset(this, 'x', { directory: dir, file: name })\n",
      },
      /lib\/stack\.ts:2: AWS CDK builds it of a directory that code names$/,
    ],
    [
      'a source that hangs on an argument without a value',
      { ...node, Dockerfile: 'FROM node\nARG DIR\nCOPY $DIR /app\nCOPY src /app\n' },
      /Dockerfile:3: what COPY \$DIR reads is decided by --build-arg DIR$/,
    ],
    [
      'another frontend',
      { ...node, Dockerfile: '# syntax=ghcr.io/acme/frontend:1\nFROM node\nCOPY src /app\n' },
      /Dockerfile:1: the Dockerfile is read by ghcr\.io\/acme\/frontend:1, which may understand it differently$/,
    ],
    [
      'a service of compose that is given the context by a name',
      {
        ...node,
        'web/Dockerfile': 'FROM node\nCOPY --from=top extra /x\n',
        'compose.yaml':
          'services:\n  w:\n    build:\n      context: web\n      additional_contexts:\n        top: .\n',
      },
      /another build reads this context by the name top$/,
    ],
    [
      'a target of bake that is given the context by a name',
      {
        ...node,
        'web/Dockerfile': 'FROM node\nCOPY --from=top extra /x\n',
        'docker-bake.hcl':
          'group "default" {\n  targets = ["w"]\n}\ntarget "w" {\n  context = "web"\n  contexts = { top = "." }\n}\n',
      },
      /another build reads this context by the name top$/,
    ],
    [
      'a base image with triggers',
      { ...node, Dockerfile: 'FROM registry.acme.example/node-onbuild:3\nCOPY src /app\n' },
      /may carry ONBUILD instructions that read files$/,
    ],
    [
      'a base image of the house that is built elsewhere in the repository with triggers',
      {
        ...node,
        Dockerfile: 'FROM registry.acme.example/base/node:3\nCOPY src /app\n',
        'base/Dockerfile': 'FROM node\nONBUILD COPY extra /x\n',
      },
      /Dockerfile:1: registry\.acme\.example\/base\/node:3 may fire the ONBUILD of base\/Dockerfile:2$/,
    ],
    [
      'a base image of the house from which alone the image gets its files',
      { ...node, Dockerfile: 'FROM registry.acme.example/base/node:3\nCMD ["node"]\n' },
      /Dockerfile:1: registry\.acme\.example\/base\/node:3 may fire ONBUILD instructions, as nothing is copied here$/,
    ],
  ])('%s', (_, tracked, expected) => {
    const outcome = proposeFor({ tracked, untracked })
    expect(unasked(outcome)).toEqual([])
    const reasons = outcome.because.filter((text) => text.includes('; but '))
    expect(
      reasons.map((text) => text.split('; but ')[1]).filter((text) => text?.match(expected)),
    ).not.toEqual([])
  })

  it('base images of the house are one reason, at the first place', () => {
    const base = (name: string) => `FROM registry.acme.example/base/${name}:3\nCMD ["x"]\n`
    const outcome = proposeTree({
      ...untracked,
      'package.json': '{}',
      Dockerfile: base('node-onbuild'),
      'b.Dockerfile': base('python'),
      'c.Dockerfile': base('go'),
    })
    expect(openReports(outcome.proposals)).toEqual([
      {
        because:
          'registry.acme.example/base/node-onbuild:3 may fire ONBUILD instructions, as nothing is copied here, nor in b.Dockerfile:1, c.Dockerfile:1',
        at: { file: 'Dockerfile', line: 1 },
      },
    ])
  })

  it.each<[string, MemoryTree]>([
    [
      'a Jenkinsfile that can be read',
      { ...node, Jenkinsfile: 'pipeline { stages { stage("x") { steps { sh "docker build ." } } } }' },
    ],
    ['an argument with a default', { ...node, Dockerfile: 'FROM node\nARG DIR=src\nCOPY $DIR /app\n' }],
    [
      "docker's own frontend",
      { ...node, Dockerfile: '# syntax=docker/dockerfile:1.7\nFROM node\nCOPY src /app\n' },
    ],
    [
      'a base image of the house below a copy of sources',
      { ...node, Dockerfile: 'FROM registry.acme.example/base/node:3\nCOPY src /app\n' },
    ],
    [
      'a service of compose that is given another context by a name',
      {
        ...node,
        'compose.yaml':
          'services:\n  w:\n    build:\n      context: web\n      additional_contexts:\n        top: ./lib\n        img: docker-image://alpine\n',
      },
    ],
    ['a public base image alone', { ...node, Dockerfile: 'FROM nginx:alpine\nCMD ["nginx"]\n' }],
  ])('all is where there is %s', (_, tracked) => {
    expect(unasked(proposeFor({ tracked, untracked }))).toEqual(
      expect.arrayContaining(['.git', 'extra', 'old']),
    )
  })
})

describe('a build whose context comes through a pipe', () => {
  it('reads nothing of this one, and leaves it as certain as it is', () => {
    const repo = (command: string) => ({
      tracked: {
        ...{ Dockerfile: 'FROM node\nCOPY . /app\n', 'a.js': '', '.gitignore': 'coverage\n' },
        ...{ 'build.sh': `#!/bin/sh\n${command}\n` },
      },
      untracked: { 'coverage/lcov.info': 100 },
    })
    expect(proposeFor(repo('node pack.mjs | docker build -t x -')).because.join()).toContain('safe .git')
    expect(proposeFor(repo('node pack.mjs | docker build -t x -f - .')).because.join()).not.toContain(
      'safe .git',
    )
  })
})

describe('a build whose Dockerfile hangs on an argument of a script', () => {
  const repo = (call: string): Repo => ({
    tracked: {
      ...node,
      'build.sh': `docker build -t x ${call}\n`,
      'src/api/Dockerfile': 'FROM node\nCOPY extra /x\n',
      'other/Dockerfile': 'FROM node\nCOPY . /x\n',
      'other/a': '',
    },
    untracked,
  })

  it.each(['-f "src/$1/Dockerfile" .', '-f src/${NAME}/Dockerfile .'])(
    'is one of those that are there: %s',
    (call) => {
      const { left, because } = proposeFor(repo(call))
      expect(left).toContain('extra: COPY extra asks for it')
      expect(because.join()).not.toMatch(/hangs on/)
    },
  )

  it.each(['src/$1', '-f "src/$1/Dockerfile" "src/$1"', 'services/$1/app'])(
    'has another context where that lies elsewhere: %s',
    (call) => {
      expect(proposeFor(repo(call)).because.join()).not.toMatch(/hangs on/)
    },
  )

  it.each(['-f "$1" .', '"$1"', '-f src/$1/Dockerfile "$2"', '-f src/$1/none .'])(
    'may be any: %s',
    (call) => {
      expect(proposeFor(repo(call)).because.join()).toMatch(/build\.sh:1: it hangs on \$[12]/)
    },
  )
})
