import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../src/host/memory.ts'
import { buildsWithout } from '../../src/repository/provenance.ts'
import { isRecipeFile, readRecipes } from '../../src/repository/recipes.ts'
import { fixtureTree, recipesIn, shown } from './recipe-tree.ts'

/** Steps of the recipe of that name (null: a script), in a few words each. */
function steps(tree: Readonly<Record<string, string>>, name: string | null): readonly string[] {
  const recipe = recipesIn(tree).recipes.find((one) => one.name === name)
  return recipe === undefined ? ['no such recipe'] : recipe.steps.map(shown)
}

describe('isRecipeFile', () => {
  it.each([
    ...[
      '.github/workflows/ci.yml',
      '.gitlab-ci.yml',
      '.gitlab/ci/a.yaml',
      '.circleci/config.yml',
      'Jenkinsfile',
    ],
    ...[
      'Makefile',
      'web/Makefile',
      'rules.mk',
      'justfile',
      'Taskfile.yml',
      'package.json',
      'apps/web/package.json',
    ],
    ...[
      'release.sh',
      'infra/build/images.sh',
      'scripts/release',
      'build',
      'bitbucket-pipelines.yml',
      'Tiltfile',
    ],
    ...[
      'azure-pipelines.yml',
      '.drone.yml',
      '.woodpecker.yml',
      'cloudbuild.yaml',
      'buildspec.yml',
      'composer.json',
    ],
  ])('reads %s', (path) => {
    expect(isRecipeFile(path)).toBe(true)
  })

  it.each([
    ...[
      'src/main.ts',
      'node_modules/a/package.json',
      'vendor/x/Makefile',
      'docs/notes',
      'compose.yaml',
      'README.md',
    ],
    ...['.github/dependabot.yml', '.git/hooks/x.sh', 'src/lib/thing', 'Dockerfile.prod'],
  ])('passes over %s', (path) => {
    expect(isRecipeFile(path)).toBe(false)
  })
})

describe('a workflow', () => {
  const workflow = (text: string, more: Readonly<Record<string, string>> = {}) => ({
    '.github/workflows/ci.yml': text,
    ...more,
  })

  it('is one recipe a job, with the lines of its commands', () => {
    const text = [
      'jobs:',
      '  test:',
      '    steps:',
      '      - run: npm test',
      '  image:',
      '    runs-on: ubuntu-24.04',
      '    steps:',
      '      - uses: actions/checkout@v4',
      '      - uses: docker/setup-buildx-action@v3',
      '      - run: |',
      '          echo one',
      '',
      '          docker build -t x:${{ github.sha }} .',
    ].join('\n')
    const { recipes } = recipesIn(workflow(text))
    expect(recipes.map(({ name, at, kind }) => [name, at.line, kind])).toEqual([
      ['test', 2, 'ci'],
      ['image', 5, 'ci'],
    ])
    expect(recipes[1]?.steps.map(shown)).toEqual([
      'checkout @8',
      'uses docker/setup-buildx-action@v3 @9',
      'echo one @11',
      'build . Dockerfile @13',
    ])
  })

  it('takes build-push-action by its inputs, the Dockerfile from the workspace', () => {
    const text = [
      'jobs:',
      '  image:',
      '    steps:',
      '      - uses: docker/build-push-action@v6',
      '        with:',
      '          context: services/api',
      '          file: docker/api.Dockerfile',
      '          target: runtime',
      '          platforms: linux/amd64,linux/arm64',
      '          build-args: |',
      '            A=1',
      '            B=two words',
      '          build-contexts: shared=./lib',
    ].join('\n')
    const { builds, open } = recipesIn(workflow(text))
    expect(open).toEqual([])
    expect(builds).toEqual([
      {
        name: null,
        context: 'services/api',
        dockerfile: '../../docker/api.Dockerfile',
        inline: null,
        target: 'runtime',
        args: { A: '1', B: 'two words' },
        namedContexts: { shared: 'lib' },
        platforms: ['linux/amd64', 'linux/arm64'],
        foundIn: { file: '.github/workflows/ci.yml', line: 4 },
        guessed: false,
      },
    ])
  })

  it.each([
    ['', '#git'],
    ['        with: { context: "{{defaultContext}}:web" }', '#git:web'],
    ['        with: { context: . }', '.'],
    ['        with: { context: "${{ github.workspace }}/web" }', 'web'],
  ])('build-push-action with %s builds %s', (inputs, context) => {
    const text = `jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n${inputs}`
    expect(recipesIn(workflow(text)).builds.map((build) => build.context)).toEqual([context])
  })

  it.each([
    ['context: ${{ steps.x.outputs.dir }}'],
    ['context: ., file: "${{ inputs.file }}"'],
    ['context: ., target: "${{ env.NONE }}"'],
  ])('leaves open what only a run can tell: %s', (inputs) => {
    const text = `jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: { ${inputs.replace('${{ steps', '"${{ steps').replace('dir }}', 'dir }}"')} }`
    const { builds, open } = recipesIn(workflow(text))
    expect(builds).toEqual([])
    expect(open.map(({ at }) => at)).toEqual([{ file: '.github/workflows/ci.yml', line: 4 }])
  })

  it('puts in a matrix of literals', () => {
    const text = [
      'jobs:',
      '  images:',
      '    strategy:',
      '      matrix:',
      '        app: [api, web]',
      '        include:',
      '          - app: web',
      '            file: web/prod.Dockerfile',
      '          - app: docs',
      '    steps:',
      '      - uses: docker/build-push-action@v6',
      '        with:',
      '          context: ${{ matrix.app }}',
      "          file: ${{ matrix.file || '' }}",
    ].join('\n')
    expect(
      recipesIn(workflow(text)).builds.map(({ context, dockerfile }) => `${context} ${dockerfile}`),
    ).toEqual(['api Dockerfile', 'web prod.Dockerfile', 'docs Dockerfile'])
  })

  it('leaves a matrix that is made at run time open', () => {
    const text = [
      'jobs:',
      '  images:',
      '    strategy: { matrix: "${{ fromJSON(needs.a.outputs.b) }}" }',
      '    steps:',
      '      - run: docker build ${{ matrix.app }}',
    ].join('\n')
    const { builds, open } = recipesIn(workflow(text))
    expect([builds, open.length]).toEqual([[], 1])
  })

  it('runs where its defaults and the step say', () => {
    const text = [
      'defaults: { run: { working-directory: a } }',
      'jobs:',
      '  one:',
      '    steps:',
      '      - run: touch x',
      '      - run: touch y',
      '        working-directory: b/c',
      '  two:',
      '    defaults: { run: { working-directory: d } }',
      '    steps:',
      '      - run: docker build .',
    ].join('\n')
    expect(steps(workflow(text), 'one')).toEqual(['touch x @5 in a', 'touch y @6 in b/c'])
    expect(steps(workflow(text), 'two')).toEqual(['build d Dockerfile @11'])
  })

  it('reads a composite action of the repository in place', () => {
    const action = [
      'inputs: { dir: { default: web } }',
      'runs:',
      '  using: composite',
      '  steps:',
      '    - run: docker build ${{ inputs.dir }}',
      '      shell: bash',
    ].join('\n')
    const text =
      'jobs:\n  a:\n    steps:\n      - uses: ./.github/actions/image\n        with: { dir: api }\n      - uses: ./.github/actions/image'
    const { recipes, builds } = recipesIn(workflow(text, { '.github/actions/image/action.yml': action }))
    expect(builds.map(({ context }) => context)).toEqual(['api', 'web'])
    expect(recipes[0]?.steps.map((step) => step.called?.at.line)).toEqual([4, 6])
  })

  it('reads a workflow that another calls with what it is given, and not by itself', () => {
    const called = [
      'on: { workflow_call: { inputs: { dir: { type: string } } } }',
      'jobs:',
      '  image:',
      '    steps:',
      '      - uses: docker/build-push-action@v6',
      '        with: { context: "${{ inputs.dir }}" }',
    ].join('\n')
    const text = 'on: push\njobs:\n  a:\n    uses: ./.github/workflows/build.yml\n    with: { dir: api }'
    const { builds } = recipesIn(workflow(text, { '.github/workflows/build.yml': called }))
    expect(builds.map(({ context }) => context)).toEqual(['api'])
  })

  it.each<[string, string, boolean]>([
    ['declares what it is given', 'inputs: { dir: { type: string } }', true],
    ['declares something else', 'inputs: { path: { type: string } }', false],
    ['requires more', 'inputs: { dir: { type: string }, tag: { required: true } }', false],
    ['requires a secret', 'inputs: { dir: { type: string } }, secrets: { token: { required: true } }', false],
  ])('reads one that is called by the name of its repository where it %s', (_, declared, isRead) => {
    const called = [
      `on: { workflow_call: { ${declared} } }`,
      ...['jobs:', '  image:', '    steps:', '      - uses: docker/build-push-action@v6'],
      '        with: { context: "${{ inputs.dir }}" }',
    ].join('\n')
    const text =
      'on: push\njobs:\n  a:\n    uses: me/old-name/.github/workflows/image.yml@main\n    with: { dir: api }'
    const { builds, open } = recipesIn(workflow(text, { '.github/workflows/image.yml': called }))
    expect(builds.map(({ context }) => context)).toEqual(isRead ? ['api'] : [])
    const why = 'the workflow me/old-name/.github/workflows/image.yml@main is not in this repository'
    expect(open.some((one) => one.why === why)).toBe(!isRead)
    // Given nothing, it could be anybody's.
    const bare = recipesIn(
      workflow(text.replace(/\n.*$/, ''), {
        '.github/workflows/image.yml': called.replace(/inputs: .*\} \}/, ''),
      }),
    )
    expect(bare.builds).toEqual([])
  })

  it.each<[string, string | null, boolean, boolean]>([
    ['whose remote it is', '[remote "origin"]\n\turl = https://github.com/Acme/app.git\n', true, true],
    ['whose remote it is by ssh', '[remote "o"]\n\turl = git@github.com:acme/app\n', true, true],
    [
      'one of whose remotes it is',
      '[remote "o"]\nurl = git@github.com:me/app\n[remote "up"]\nurl = "ssh://git@github.com/acme/app/"\n',
      true,
      true,
    ],
    ['whose remote is another', '[remote "o"]\n\turl = https://github.com/me/app.git\n', false, false],
    ['whose remote only ends so', '[remote "o"]\n\turl = https://github.com/acme/my-app.git\n', false, false],
    ['that has no remote', '[core]\n\turl = https://github.com/acme/app.git\n', true, false],
    ['that is no clone', null, true, false],
  ])('called by a whole name proves what is absent only in a repository %s', (_, config, isRead, isProof) => {
    const called = [
      'on: { workflow_call: { inputs: { dir: { type: string } } } }',
      ...['jobs:', '  image:', '    steps:', '      - uses: actions/checkout@v4'],
      ...['      - uses: docker/build-push-action@v6', '        with: { context: "${{ inputs.dir }}" }'],
    ].join('\n')
    const text =
      'on: push\njobs:\n  a:\n    uses: acme/app/.github/workflows/image.yml@v1\n    with: { dir: "{{defaultContext}}:api" }'
    for (const dir of ['api', '{{defaultContext}}:api']) {
      const { recipes, builds } = recipesIn(
        workflow(text.replace('{{defaultContext}}:api', dir), {
          '.github/workflows/image.yml': called,
          ...(config !== null && { '.git/config': config }),
        }),
      )
      expect(builds.length).toBe(isRead ? 1 : 0)
      const without = buildsWithout(recipes, 'data', () => true, {
        isFetched: ({ context }) => context !== 'api',
      })
      expect(without !== null).toBe(isProof)
    }
  })

  it('takes what a caller leaves out for empty, or for what the type has', () => {
    const called = (trigger: string) =>
      [
        `on: { ${trigger} { inputs: { file: { type: string }, target: { type: string } } } }`,
        ...['jobs:', '  image:', '    steps:', '      - uses: docker/build-push-action@v6', '        with:'],
        ...[
          '          context: .',
          '          file: ${{ inputs.file }}',
          '          target: ${{ inputs.target }}',
        ],
      ].join('\n')
    const text =
      'on: push\njobs:\n  a:\n    uses: ./.github/workflows/build.yml\n    with: { file: a/Dockerfile }'
    const read = recipesIn(workflow(text, { '.github/workflows/build.yml': called('workflow_call:') }))
    expect(read.builds).toMatchObject([{ dockerfile: 'a/Dockerfile', target: null }])
    expect(read.open).toEqual([])
    expect(recipesIn(workflow(called('workflow_dispatch:'))).open.length).toBe(1)
  })

  it('builds nothing where an image gets further tags', () => {
    const tags = 'jobs:\n  a:\n    steps:\n      - uses: kphrx/docker-buildx-imagetools-action@v0.1.2\n'
    expect(recipesIn(workflow(tags)).open).toEqual([])
  })

  it('names a build in somebody else’s workflow as open', () => {
    const text = 'jobs:\n  a:\n    uses: org/shared/.github/workflows/docker-build.yml@v1'
    expect(recipesIn(workflow(text)).open.map(({ at }) => at.line)).toEqual([2])
  })

  it('reads the inputs of the workflows that Docker keeps for building', () => {
    const uses = 'docker/github-builder/.github/workflows'
    const text = [
      'jobs:',
      '  a:',
      `    uses: ${uses}/build.yml@v1`,
      '    with: { output: image, context: server, file: server/prod.Dockerfile, cache: true, target: app }',
      '  b:',
      `    uses: ${uses}/bake.yml@v1`,
      '    with: { output: image, target: api, files: docker-bake.hcl }',
    ].join('\n')
    const { recipes, builds, open } = recipesIn(workflow(text))
    expect(open).toEqual([])
    expect(builds).toMatchObject([{ context: '#git:server', dockerfile: 'prod.Dockerfile', target: 'app' }])
    expect(recipes.flatMap((recipe) => recipe.steps)).toMatchObject([
      { kind: 'build', inputs: { 'cache-from': 'type=gha' } },
      { kind: 'build', bake: { files: ['docker-bake.hcl'], targets: ['api'] }, fetches: true },
    ])
  })

  it('builds with each of the values that a script gives to a variable', () => {
    const run = (lines: readonly string[]) =>
      recipesIn(
        workflow(
          `jobs:\n  a:\n    steps:\n      - run: |\n${lines.map((line) => `          ${line}\n`).join('')}`,
        ),
      )
    const chosen = [
      'F=a.yml',
      'if [ "${{ matrix.db }}" = x ]; then',
      '  F=b.yml',
      'fi',
      'docker compose -f "$F" up -d --build',
    ]
    const steps = run(chosen).recipes[0]?.steps.filter(({ kind }) => kind === 'build')
    expect(steps).toMatchObject([{ compose: { files: ['a.yml'] } }, { compose: { files: ['b.yml'] } }])
    expect(run(chosen).open).toEqual([])
    // Something else may be in it.
    expect(run(chosen.slice(1)).open).toHaveLength(1)
    expect(run(['F=$(cat x)', ...chosen.slice(1)]).open).toHaveLength(1)
  })

  it('marks bake and compose, which their own files explain', () => {
    const text = [
      'jobs:',
      '  a:',
      '    steps:',
      '      - uses: docker/bake-action@v6',
      '        with: { files: docker-bake.hcl, targets: "api,web" }',
      '      - run: docker compose build api',
    ].join('\n')
    const { recipes, open } = recipesIn(workflow(text))
    expect(open).toEqual([])
    expect(recipes[0]?.steps).toMatchObject([
      { kind: 'build', builds: null, bake: { files: ['docker-bake.hcl'], targets: ['api', 'web'] } },
      { kind: 'build', builds: null, compose: { services: ['api'] } },
    ])
  })

  it('takes each target of the files for one that a matrix may choose, and no file', () => {
    const bake = (inputs: string) =>
      recipesIn(
        workflow(`jobs:\n  a:\n    steps:\n      - uses: docker/bake-action@v6\n        with: ${inputs}`),
      )
    const told = bake("{ files: docker-bake.hcl, targets: '${{ matrix.target }}' }")
    expect(told.open).toEqual([])
    expect(told.recipes[0]?.steps).toMatchObject([{ bake: { files: ['docker-bake.hcl'], targets: ['*'] } }])
    expect(bake("{ files: '${{ matrix.file }}', targets: api }").open).toHaveLength(1)
  })

  it('does not take PowerShell for a shell', () => {
    const text =
      'jobs:\n  a:\n    runs-on: windows-2022\n    steps:\n      - run: docker build .\n      - run: docker build .\n        shell: bash'
    expect(steps(workflow(text), 'a')).toEqual(['unread @5', 'build . Dockerfile @6'])
  })

  it.each([
    ['path: ../src', ['unread @4']],
    ['clean: false', ['checkout @4', 'unread @4']],
    ['repository: other/one, path: x', ['uses actions/checkout@v4 @4']],
    ['fetch-depth: 0', ['checkout @4']],
  ])('does not trust a checkout with %s', (inputs, expected) => {
    const text = `jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        with: { ${inputs} }`
    expect(steps(workflow(text), 'a')).toEqual(expected)
  })

  it('that is no YAML is unread', () => {
    expect(recipesIn(workflow('jobs: [')).recipes.map((recipe) => recipe.steps.map(shown))).toEqual([
      ['unread @1'],
    ])
  })
})

describe('calls among recipes', () => {
  it('are put in place, and tell the line that leads there', () => {
    const { recipes } = recipesIn(fixtureTree('node-app'))
    const release = recipes.find(({ at }) => at.file === 'scripts/release.sh')
    const bundle = release?.steps.find(
      (step) => step.kind === 'command' && step.command.words[0] === 'esbuild',
    )
    expect(bundle).toMatchObject({
      at: { file: 'package.json', line: 11 },
      called: { at: { file: 'scripts/release.sh', line: 11 }, text: 'npm run build:worker' },
    })
  })

  it('reach from a workflow through make and a script to a package script', () => {
    const tree = {
      '.github/workflows/ci.yml': 'jobs:\n  a:\n    steps:\n      - run: make image',
      Makefile: 'image: ready\n\t./scripts/build.sh\n\nready:\n\techo ready\n',
      'scripts/build.sh':
        '#!/bin/sh\ncd "$(dirname "$0")/../web"\nnpm run bundle -- --outdir=out\ndocker build .\n',
      'web/package.json': '{ "scripts": {\n "prebundle": "echo before",\n "bundle": "esbuild a.js" } }',
    }
    expect(steps(tree, 'a').filter((step) => !/^(?:cd|dirname) /.test(step))).toEqual([
      'echo ready @5',
      'echo before @2 in web',
      'esbuild a.js --outdir=out @3 in web',
      'build web Dockerfile @4',
    ])
  })

  it('end where they go round', () => {
    const tree = {
      'a.sh': '#!/bin/sh\necho a\n./b.sh\n',
      'b.sh': '#!/bin/sh\necho b\n./a.sh\n',
    }
    const { recipes } = recipesIn(tree)
    expect(recipes.map((recipe) => recipe.steps.map(shown))).toEqual([
      ['echo a @2', 'echo b @2', 'echo a @2'],
      ['echo b @2', 'echo a @2', 'echo b @2'],
    ])
  })

  it('stay bounded when each calls the next twice', () => {
    const tree = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`s${i}.sh`, `#!/bin/sh\n${`./s${i + 1}.sh\n`.repeat(9)}true\n`]),
    )
    const started = performance.now()
    for (const { steps: all } of recipesIn(tree).recipes) expect(all.length).toBeLessThanOrEqual(2001)
    expect(performance.now() - started).toBeLessThan(4000)
  })

  it('find the packages of a workspace by name and by directory', () => {
    const tree = {
      'build.sh': '#!/bin/sh\npnpm --filter @x/web build\nnpm run build -w apps/api\n',
      'package.json': '{ "scripts": {} }',
      'apps/api/package.json': '{ "name": "@x/api", "scripts": { "build": "esbuild api" } }',
      'apps/web/package.json': '{ "name": "@x/web", "scripts": { "build": "vite build" } }',
    }
    expect(steps(tree, null)).toEqual(['vite build @1 in apps/web', 'esbuild api @1 in apps/api'])
  })

  it('include what npm runs by itself', () => {
    const tree = {
      'setup.sh': '#!/bin/sh\nnpm ci\n',
      'package.json': '{ "scripts": { "postinstall": "node make.mjs" } }',
    }
    expect(steps(tree, null)).toEqual(['npm ci @2', 'node make.mjs @1'])
  })

  it('leave a call of what is not there as a command', () => {
    expect(steps({ 'a.sh': '#!/bin/sh\nmake thing\n./nothing.sh\nnpm run nope\n' }, null)).toEqual([
      'make thing @2',
      './nothing.sh @3',
      'npm run nope @4',
    ])
  })
})

describe('a makefile', () => {
  it('runs prerequisites first and each once, with its variables', () => {
    const tree = {
      Makefile: [
        'TAG ?= dev',
        'IMAGE := app:$(TAG)',
        '.PHONY: all image',
        'all: image check',
        'image: dist/app # comment',
        '\t@docker build -t $(IMAGE) -f docker/$(NAME) \\',
        '\t  .',
        'check: dist/app',
        '\t-echo $$HOME $(shell date)',
        'dist/app:',
        '\tmkdir -p $(dir $@) && cp app $@',
      ].join('\n'),
    }
    expect(steps(tree, 'make all')).toEqual([
      'uses make-target @10',
      'mkdir -p ${MAKE_FUNCTION} @11',
      'cp app dist/app @11',
      'build ? @6',
      'echo $HOME $(date) @9',
      'date @9',
    ])
  })

  it('knows make -C and the first target', () => {
    const tree = {
      'a.sh': '#!/bin/sh\nmake -C web\n',
      'web/Makefile': 'first:\n\ttouch x\nsecond:\n\ttouch y\n',
    }
    expect(steps(tree, null)).toEqual(['touch x @2 in web'])
  })

  it('reads what it includes, and variables of the command line', () => {
    const tree = {
      'a.sh': '#!/bin/sh\nmake image DIR=api\n',
      Makefile: 'include common.mk\nDIR = .\n',
      'common.mk': 'image:\n\tdocker build $(DIR)\n',
    }
    expect(steps(tree, null)).toEqual(['build api Dockerfile @2'])
  })

  it('that multiplies itself ends', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `A${i} = ${`$(A${i + 1})`.repeat(20)}`)
    const started = performance.now()
    recipesIn({ Makefile: `${lines.join('\n')}\nall:\n\techo $(A0)\n` })
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('a script', () => {
  it('is started where the Dockerfile of its build is', () => {
    const build = '#!/bin/sh\ndocker build .\n'
    const read = (tree: Readonly<Record<string, string>>) =>
      recipesIn(tree).builds.map(({ context }) => context)
    expect(read({ 'api/build.sh': build, 'api/Dockerfile': '' })).toEqual(['api'])
    expect(read({ 'api/build.sh': build, Dockerfile: '' })).toEqual(['.'])
    expect(read({ 'api/scripts/build.sh': build, 'api/Dockerfile': '' })).toEqual(['api'])
    expect(read({ 'scripts/build': build })).toEqual(['.'])
  })

  it('needs a line that says so when it has no extension', () => {
    expect(recipesIn({ 'scripts/tool': '#!/usr/bin/env python3\ndocker build .\n' }).recipes).toEqual([])
    expect(recipesIn({ 'scripts/tool': '#!/usr/bin/env bash\ndocker build .\n' }).builds.length).toBe(1)
  })

  it.each<[string, string, string]>([
    ['nothing sets them', '', '. Dockerfile'],
    ['they are known', 'DOCKER_ARGS="--pull -f docker/prod"\n', '. docker/prod'],
    ['they hang on something', 'DOCKER_ARGS="-f $1"\n', '?'],
    ['a branch decides', 'if test -n "$1"; then DOCKER_ARGS="-f x"; fi\n', '?'],
  ])('hands further options on in a variable: %s', (_, before, built) => {
    const { recipes } = recipesIn({ 'build.sh': `#!/bin/sh\n${before}docker build $DOCKER_ARGS -t x .\n` })
    const steps = recipes.flatMap((recipe) => recipe.steps.filter(({ kind }) => kind === 'build'))
    expect(steps.map((step) => shown(step).replace(/ @.*/, ''))).toEqual([`build ${built}`])
  })

  it.each<[string, string, readonly string[]]>([
    ['a branch adds a tag', 'MORE=""\nif test "$1" = x; then MORE="--tag $REPO:2"; fi\n', ['. Dockerfile']],
    ['they hang on a name', 'MORE="--cache-to type=registry,ref=${REF},mode=max"\n', ['. Dockerfile']],
    [
      'a branch names a file',
      'MORE="--pull"\nif test "$1" = x; then MORE="-f b/Dockerfile"; fi\n',
      ['. Dockerfile', '. b/Dockerfile'],
    ],
    ['they hang on a file', 'MORE="-f $FILE"\n', ['?']],
    ['a command prints them', 'MORE="--tag $(git describe)"\n', ['?']],
    ['they are no options', 'MORE="$DIR"\n', ['?']],
  ])('is built with each of the options that a script may assign: %s', (_, before, built) => {
    const { recipes } = recipesIn({ 'build.sh': `#!/bin/sh\n${before}docker build . $MORE --tag $REPO:1\n` })
    const steps = recipes.flatMap((recipe) => recipe.steps.filter(({ kind }) => kind === 'build'))
    expect(steps.map((step) => shown(step).replace(/ @.*/, ''))).toEqual(built.map((one) => `build ${one}`))
  })

  it('calls compose by a variable that is named for it', () => {
    const script =
      'if docker compose ls; then DOCKER_COMPOSE="docker compose $ARGS"; else DOCKER_COMPOSE="docker-compose $ARGS"; fi\n$DOCKER_COMPOSE build\n$DOCKER_COMPOSE stop\n'
    const { recipes } = recipesIn({ 'tool.sh': `#!/bin/sh\n${script}` })
    const steps = recipes.flatMap((recipe) => recipe.steps.filter(({ kind }) => kind === 'build'))
    expect(steps).toMatchObject([{ compose: { files: [], services: [] }, why: null }])
  })

  it('takes what a workflow sets for options, with what only a run can tell in their values', () => {
    const workflow = (options: string) => ({
      '.github/workflows/a.yml': [
        ...['on: push', 'jobs:', '  a:', '    runs-on: ubuntu-latest', '    steps:', '      - env:'],
        ...[
          '          DOCKER_ARGS: >',
          `            ${options}`,
          '        run: docker build . $DOCKER_ARGS',
          '',
        ],
      ].join('\n'),
    })
    const builtBy = (options: string) =>
      recipesIn(workflow(options)).recipes.flatMap(({ steps }) =>
        steps.flatMap((step) => (step.kind === 'build' ? [shown(step)] : [])),
      )
    expect(builtBy('--cache-from type=registry,ref=a:${{ github.ref }} --pull')).toEqual([
      'build . Dockerfile @9',
    ])
    expect(builtBy('--pull -f ${{ matrix.file }}')).toEqual(['build ? @9'])
    expect(builtBy('${{ inputs.options }}')).toEqual(['build ? @9'])
  })

  it('larger than 64 kB is left out', () => {
    expect(recipesIn({ 'a.sh': `#!/bin/sh\n${'#'.repeat(70_000)}\ndocker build .\n` }).recipes).toEqual([])
  })
})

describe('a GitLab pipeline', () => {
  it('begins each job with a checkout and what earlier stages left', () => {
    const text = [
      'variables: { APP: web }',
      'stages: [bundle, image]',
      'default:',
      '  before_script: [echo hello]',
      '.base: &base',
      '  image: docker',
      '  script:',
      '    - docker build $APP',
      'bundle:',
      '  stage: bundle',
      '  script: [npm ci]',
      '  artifacts: { paths: [dist/] }',
      'container:',
      '  stage: image',
      '  extends: .base',
      'alone:',
      '  stage: image',
      '  dependencies: []',
      '  before_script: []',
      '  script:',
      '    - !reference [.base, script]',
    ].join('\n')
    const { recipes } = recipesIn({ '.gitlab-ci.yml': text })
    expect(recipes.map(({ name }) => name)).toEqual(['bundle', 'container', 'alone'])
    expect(recipes[0]?.steps.map(shown)).toEqual(['checkout @9', 'echo hello @4', 'npm ci @11'])
    expect(recipes[1]?.steps.map((step) => shown(step).replace(/ @.*/, '')).slice(0, 3)).toEqual([
      'checkout',
      'uses gitlab-artifacts',
      'echo hello',
    ])
    expect(recipes[1]?.steps[1]).toMatchObject({ inputs: { paths: 'dist/' } })
    expect(recipes[2]?.steps.map((step) => shown(step).replace(/ @.*/, '')).at(0)).toBe('checkout')
    expect(recipes[2]?.steps.length).toBe(2)
    expect(recipes[2]?.steps[1]?.at.line).toBe(8)
  })

  it('does not trust a job without a checkout of its own', () => {
    const text = 'container:\n  variables: { GIT_STRATEGY: none }\n  script: [docker build .]\n'
    expect(steps({ '.gitlab-ci.yml': text }, 'container')).toEqual(['unread @1', 'build . Dockerfile @3'])
  })

  it('goes on in the files that it includes', () => {
    const tree = {
      '.gitlab-ci.yml': 'include:\n  - local: /ci/build.yml\n',
      'ci/build.yml': 'app:\n  script: [docker build .]\n',
    }
    expect(recipesIn(tree).builds.map(({ foundIn }) => foundIn)).toEqual([{ file: 'ci/build.yml', line: 2 }])
  })

  it('that builds with kaniko', () => {
    const text = [
      'app:',
      '  script:',
      '    - /kaniko/executor --context "$CI_PROJECT_DIR/api" --dockerfile "${CI_PROJECT_DIR}/api/prod.Dockerfile"',
      '    - cd api && docker build -f $CI_PROJECT_DIR/Dockerfile $CI_PROJECT_DIR',
    ].join('\n')
    expect(steps({ '.gitlab-ci.yml': text }, 'app').filter((step) => step.startsWith('build'))).toEqual([
      'build api prod.Dockerfile @3',
      'build . Dockerfile @4',
    ])
  })

  it('whose jobs refer to each other without end is bounded', () => {
    const jobs = Array.from(
      { length: 12 },
      (_, i) => `j${i}:\n  script:\n${`    - !reference [j${(i + 1) % 12}, script]\n`.repeat(20)}`,
    )
    const started = performance.now()
    recipesIn({ '.gitlab-ci.yml': jobs.join('') })
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('other services', () => {
  it('CircleCI: steps, workspaces, commands of its own', () => {
    const text = [
      'commands:',
      '  image:',
      '    parameters: { dir: { default: . } }',
      '    steps:',
      '      - run: docker build << parameters.dir >>',
      'jobs:',
      '  build:',
      '    steps:',
      '      - checkout',
      '      - attach_workspace: { at: dist }',
      '      - run: { command: npm ci, working_directory: ~/project/web }',
      '      - image: { dir: api }',
      '      - docker/build: { image: x }',
    ].join('\n')
    expect(steps({ '.circleci/config.yml': text }, 'build')).toEqual([
      'checkout @9',
      'uses circleci-attach_workspace @10',
      'npm ci @11 in web',
      'build api Dockerfile @5',
      'build ? @13',
    ])
  })

  it('CircleCI: what known orbs build is what their parameters say', () => {
    const text = [
      'orbs:',
      '  docker: circleci/docker@2.8.0',
      '  ecr: circleci/aws-ecr@9',
      '  acme: acme/docker@1',
      'jobs:',
      '  build:',
      '    steps:',
      '      - checkout',
      '      - docker/check',
      '      - docker/build: { image: x, path: api, docker-context: api, dockerfile: prod.Dockerfile }',
      '      - docker/push: { image: x }',
      '      - ecr/build_and_push_image: { repo: x, build_path: web, path: web }',
      '      - docker/build: { image: x, attach-at: dist }',
      '      - docker/build: { image: x, docker-context: $DIR }',
      '      - acme/build-image: { image: x }',
      'workflows:',
      '  all:',
      '    jobs:',
      '      - build',
      '      - docker/publish: { image: x, name: publish }',
    ].join('\n')
    expect(steps({ '.circleci/config.yml': text }, 'build')).toEqual([
      'checkout @8',
      'uses circleci/docker/check @9',
      'build api prod.Dockerfile @10',
      'uses circleci/docker/push @11',
      'build web Dockerfile @12',
      'unread @13',
      'build . Dockerfile @13',
      'build ? @14',
      'build ? @15',
    ])
    expect(steps({ '.circleci/config.yml': text }, 'publish')).toEqual([
      'checkout @20',
      'build . Dockerfile @20',
    ])
  })

  it('CircleCI: a configuration that another one goes on with is read too', () => {
    const text = 'jobs:\n  build:\n    steps: [checkout, { run: docker build . }]\n'
    expect(steps({ '.circleci/continue.yml': text }, 'build')).toEqual([
      'checkout @3',
      'build . Dockerfile @3',
    ])
  })

  it('Azure: any Dockerfile is the one there is', () => {
    const pipeline = 'steps:\n- task: Docker@2\n  inputs: {repository: x}\n'
    const built = (...dockerfiles: readonly string[]) => {
      const host = createMemoryHost({ '/repo/azure-pipelines.yml': pipeline })
      const { builds } = readRecipes(host, '/repo', ['azure-pipelines.yml', ...dockerfiles])
      return builds.map(({ context, dockerfile }) => [context, dockerfile])
    }
    expect(built('Dockerfile')).toEqual([['.', 'Dockerfile']])
    expect(built('api/Dockerfile')).toEqual([['api', 'Dockerfile']])
    expect(built('api/Dockerfile', 'web/Dockerfile')).toEqual([])
    expect(built()).toEqual([])
  })

  it('Drone: its plugin builds the Dockerfile of the context, and pushes', () => {
    const text = 'steps:\n  - name: image\n    image: plugins/docker\n    settings: { repo: x/y }\n'
    const dry = text.replace('repo: x/y', 'repo: x/y, dry_run: true, context: api')
    expect(steps({ '.drone.yml': text }, null)).toEqual(['checkout @1', 'build . Dockerfile @2'])
    expect(steps({ '.drone.yml': dry }, null)).toEqual(['checkout @1', 'build api Dockerfile @2'])
    const pushes = [text, dry].map((one) =>
      recipesIn({ '.drone.yml': one }).recipes[0]?.steps.map((step) =>
        step.kind === 'build' ? step.inputs?.['push'] : null,
      ),
    )
    expect(pushes).toEqual([
      [null, 'true'],
      [null, 'false'],
    ])
  })

  it('Woodpecker: a step runs in the directory that it names', () => {
    const text = [
      'steps:',
      '  web:',
      '    image: node',
      '    directory: web/',
      '    commands: [pnpm install]',
      '  image:',
      '    image: woodpeckerci/plugin-docker-buildx:6',
      '    settings: { dockerfile: docker/Dockerfile, build_args: "A=1,B=$CI_COMMIT_SHA" }',
    ].join('\n')
    const [recipe] = recipesIn({ '.woodpecker.yml': text }).recipes
    expect(recipe?.steps.map((step) => (step.kind === 'command' ? step.directory : step.kind))).toEqual([
      'checkout',
      'web',
      'build',
    ])
    expect(recipe?.steps[2]).toMatchObject({ inputs: { 'build-args': 'A=1\nB=$CI_COMMIT_SHA' } })
  })

  it('Bitbucket: steps hand down artefacts', () => {
    const text = [
      'pipelines:',
      '  default:',
      '    - step:',
      '        name: bundle',
      '        script: [npm ci]',
      '        artifacts: [dist/**]',
      '    - step:',
      '        name: image',
      '        script:',
      '          - docker build .',
    ].join('\n')
    expect(steps({ 'bitbucket-pipelines.yml': text }, 'image')).toEqual([
      'checkout @7',
      'uses bitbucket-artifacts @7',
      'build . Dockerfile @10',
    ])
  })

  it('Azure: scripts and the Docker task', () => {
    const text = [
      'steps:',
      '  - script: npm ci',
      '  - task: Docker@2',
      '    inputs: { command: build, Dockerfile: api/Dockerfile }',
      '  - task: Docker@2',
      '    inputs: { command: buildAndPush }',
      '  - template: x.yml',
    ].join('\n')
    expect(steps({ 'azure-pipelines.yml': text }, null)).toEqual([
      'checkout @1',
      'npm ci @2',
      'build api Dockerfile @3',
      'build ? @5',
      'unread @7',
    ])
  })

  it('Drone and Woodpecker: commands and the docker plugin', () => {
    const text =
      'kind: pipeline\nname: a\nsteps:\n  - image: node\n    commands: [npm ci]\n  - image: plugins/docker\n    settings: { context: api, dockerfile: api/prod.Dockerfile }\n'
    expect(steps({ '.drone.yml': text }, 'a')).toEqual([
      'checkout @1',
      'npm ci @5',
      'build api prod.Dockerfile @6',
    ])
  })

  it('Cloud Build and CodeBuild claim no checkout', () => {
    const cloud = "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: ['build', '-t', 'x', '.']\n"
    expect(steps({ 'cloudbuild.yaml': cloud }, null)).toEqual(['build . Dockerfile @2'])
    const code = 'phases:\n  pre_build: { commands: [npm ci] }\n  build: { commands: [docker build .] }\n'
    expect(steps({ 'buildspec.yml': code }, null)).toEqual(['npm ci @2', 'build . Dockerfile @3'])
  })

  it('Jenkins: shell steps, dir blocks, docker.build, and what is put together when it runs', () => {
    const text = [
      'pipeline { stages { stage("x") { steps {',
      "  sh 'npm ci' // not this: sh 'docker build no'",
      "  dir('api') { sh 'docker build .' }",
      "  script { docker.build('a', '-f web/prod.Dockerfile web') }",
      '  script { docker.build("a", "${ARGS}") }',
      '  sh "docker build -t a:${TAG} ."',
      '  sh "docker build ${DIR}"',
      '} } } }',
    ].join('\n')
    expect(steps({ Jenkinsfile: text }, null)).toEqual([
      'npm ci @2',
      'build api Dockerfile @3',
      'build web prod.Dockerfile @4',
      'build ? @5',
      'build . Dockerfile @6',
      'build ? @7',
    ])
  })

  it('Tilt: literal builds only', () => {
    const text = [
      "docker_build('a', '.')",
      "docker_build('b', 'web', dockerfile='web/prod.Dockerfile', target='run')",
      "docker_build('c', root + '/x')",
      "local_resource('bundle', cmd='npm run bundle')",
      "docker_build('d', 'd', build_args={'node_env': 'development', \"a\": \"b\"}, live_update=[])",
      "docker_build('e', 'e', build_args={'node_env': env})",
    ].join('\n')
    const { builds, open } = recipesIn({ Tiltfile: text })
    expect(builds[2]?.args).toEqual({ node_env: 'development', a: 'b' })
    expect(builds.map(({ context, dockerfile, target }) => [context, dockerfile, target])).toEqual([
      ['.', 'Dockerfile', null],
      ['web', 'prod.Dockerfile', 'run'],
      ['d', 'Dockerfile', null],
    ])
    expect(open.map(({ at }) => at.line)).toEqual([3, 6])
  })

  it.each([
    ['a variable before a call with its own', ["docker_build('a', '.', build_args=common)", 1]],
    ['a choice', ["docker_build('a', '.', build_args={'APP': 'a'} if x else {})", 1]],
    ['a sum', ["docker_build('a', '.', build_args=dict(x, **{'APP': 'a'}))", 1]],
    ['what stands third', ["docker_build('a', '.', {'APP': 'a'})", 1]],
    ['what is spread', ["docker_build('a', '.', **common)", 1]],
    ['a literal', ["docker_build('a', '.', build_args={'APP': 'a'})", 0]],
    ['a literal over lines', ["docker_build('a', '.',\n  build_args={\n    'APP': 'a',\n  },\n)", 0]],
  ] as const)('Tilt: %s never takes the arguments of another call', (_, [call, opens]) => {
    const other = "docker_build('b', '.', build_args={'APP': 'b'})"
    for (const calls of [
      [call, other],
      [other, call],
    ]) {
      const { builds, open } = recipesIn({ Tiltfile: calls.join('\n') })
      expect(builds.map(({ args }) => args['APP']).sort()).toEqual(opens === 1 ? ['b'] : ['a', 'b'])
      expect(open.length).toBe(opens)
    }
  })

  it('CDK: where an image is built, never of what', () => {
    const tree = {
      'cdk.json': '{}',
      'lib/stack.ts': "a\nnew DockerImageAsset(this, 'x', { directory: dir })\n",
      'lib/x.d.ts': 'DockerImageAsset(',
    }
    expect(recipesIn(tree).open.map(({ at }) => at)).toEqual([{ file: 'lib/stack.ts', line: 2 }])
  })

  it('just and Task: what a recipe needs comes first', () => {
    const just = 'tag := "x"\nimage dir=".": bundle\n    docker build .\n\nbundle:\n    @npm ci\n'
    expect(steps({ justfile: just }, 'just image')).toEqual(['npm ci @6', 'build . Dockerfile @3'])
    const task =
      'tasks:\n  image:\n    deps: [bundle]\n    dir: web\n    cmds:\n      - docker build .\n  bundle: npm ci\n'
    expect(steps({ 'Taskfile.yml': task }, 'task image')).toEqual(['npm ci @7', 'build web Dockerfile @6'])
  })
})

describe('hostile texts', () => {
  const deep = '['.repeat(20_000)
  const bomb = [
    'a0: &a0 [x]',
    ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
  ].join('\n')

  it.each([
    ['.github/workflows/x.yml', deep],
    ['.github/workflows/x.yml', bomb],
    ['.github/workflows/x.yml', `jobs:\n  a:\n    steps:\n      - run: ${'${{'.repeat(60_000)}`],
    ['.gitlab-ci.yml', bomb],
    ['package.json', '{"a":'.repeat(40_000)],
    ['package.json', '{"scripts": 5}'],
    ['package.json', '{"scripts": {"__proto__": "x", "a": {}}, "name": []}'],
    ['Makefile', `${'a '.repeat(60_000)}: b\n`],
    [
      'Makefile',
      `${'%a: b\n\tc\n'.repeat(60)}${Array.from({ length: 400 }, (_, i) => `t${i}: ${'q '.repeat(200)}\n\ttrue\n`).join('')}`,
    ],
    ['Makefile', `x:\n\t${'$('.repeat(60_000)}\n`],
    ['Makefile', `${'a: b\n\tc\n'.repeat(20_000)}`],
    ['Jenkinsfile', 'sh("'.repeat(50_000)],
    ['Jenkinsfile', 'sh(a + '.repeat(30_000)],
    ['Tiltfile', 'docker_build('.repeat(18_000)],
    ['justfile', `a:${' a'.repeat(60_000)}\n`],
    ['.circleci/config.yml', 'jobs:\n  a:\n    steps: [a, [b], {run: {}}]\ncommands: {a: {steps: [a, a]}}\n'],
    [
      '.github/workflows/x.yml',
      'jobs:\n  a:\n    uses: ./.github/workflows/x.yml\n  b:\n    uses: ./.github/workflows/x.yml\n',
    ],
  ])('of broken or endless text end without a fault: %s %$', (file, text) => {
    const started = performance.now()
    recipesIn({ [file]: text })
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('never throws, whatever stands in a file of a form', () => {
    const forms = [
      ...[
        '.github/workflows/a.yml',
        '.gitlab-ci.yml',
        '.circleci/config.yml',
        'bitbucket-pipelines.yml',
        'azure-pipelines.yml',
      ],
      ...[
        '.drone.yml',
        'cloudbuild.yaml',
        'buildspec.yml',
        'Taskfile.yml',
        'Makefile',
        'justfile',
        'Jenkinsfile',
        'Tiltfile',
      ],
      ...['package.json', 'composer.json', 'a.sh'],
    ]
    const words = fc.constantFrom(
      ...[
        'jobs:',
        'steps:',
        '  ',
        '\n',
        '- ',
        'run: ',
        'script:',
        '&a ',
        '*a',
        '<<: ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '$(',
        '${{ ',
        ' }}',
      ],
      ...[
        'docker build .',
        'make a',
        'a:',
        '\t',
        '|',
        'extends: a',
        '!reference ',
        'sh ',
        'docker_build(',
        ': ',
        'pipelines:',
        '\\',
        '#',
      ],
    )
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.array(words, { maxLength: 40 }), (file, parts) => {
        const { recipes } = recipesIn({ [file]: parts.join('') })
        for (const recipe of recipes) for (const step of recipe.steps) expect(step.at.line).toBeGreaterThan(0)
      }),
      { numRuns: 600 },
    )
  })
})
