import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../src/host/memory.ts'
import type { BuildTarget } from '../../src/inputs/target.ts'
import { buildsWithout, makers } from '../../src/repository/provenance.ts'
import { resolveCalls } from '../../src/repository/written-builds.ts'
import { fixtureTree, recipesIn } from './recipe-tree.ts'

const local = (target: BuildTarget) => target.context === '.'
const script = (...lines: readonly string[]) =>
  recipesIn({ 'release.sh': ['#!/bin/sh', ...lines].join('\n') }).recipes
const workflow = (...steps: readonly string[]) =>
  recipesIn({
    '.github/workflows/ci.yml': `jobs:\n  image:\n    steps:\n      - uses: actions/checkout@v4\n${steps
      .map((step) => `      - ${step}\n`)
      .join('')}`,
  }).recipes
const made = (path: string, ...lines: readonly string[]) =>
  makers(script(...lines), path).map(({ at }) => at.line)

describe('the fixture projects', () => {
  it('node-app: release.sh and the image job bundle the worker before they build', () => {
    const { recipes } = recipesIn(fixtureTree('node-app'))
    const found = makers(recipes, 'dist').filter(({ beforeBuild }) => beforeBuild !== null)
    expect(found).toEqual([
      {
        at: { file: '.github/workflows/ci.yml', line: 25 },
        text: 'npm run build:worker',
        how: 'names',
        beforeBuild: { file: '.github/workflows/ci.yml', line: 26 },
      },
      {
        at: { file: 'scripts/release.sh', line: 11 },
        text: 'npm run build:worker',
        how: 'names',
        beforeBuild: { file: 'scripts/release.sh', line: 13 },
      },
    ])
  })

  it('node-app: the image job does without what it does not make', () => {
    const { recipes } = recipesIn(fixtureTree('node-app'))
    expect(buildsWithout(recipes, 'dist', local)).toBe(null)
    expect(buildsWithout(recipes, 'node_modules', local)).toBe(null)
  })

  it('python-service: DVC pulls the model', () => {
    const { recipes } = recipesIn(fixtureTree('python-service'))
    expect(makers(recipes, 'data/species.onnx')).toEqual([
      {
        at: { file: '.github/workflows/image.yml', line: 12 },
        text: 'dvc pull data/species.onnx',
        how: 'names',
        beforeBuild: { file: '.github/workflows/image.yml', line: 13 },
      },
    ])
    expect(buildsWithout(recipes, 'data/species.onnx', local)).toBe(null)
  })

  it('java-service: maven makes target, and CI downloads it', () => {
    const { recipes } = recipesIn(fixtureTree('java-service'))
    const found = makers(recipes, 'target/ledger-1.4.0.jar').filter(({ beforeBuild }) => beforeBuild !== null)
    expect(found.map(({ at, how }) => [at.file, at.line, how])).toEqual([
      ['.github/workflows/build.yml', 27, 'brings'],
      ['build.sh', 5, 'builds'],
    ])
    expect(buildsWithout(recipes, 'target', local)).toBe(null)
    expect(buildsWithout(recipes, 'uploads', local)?.at).toEqual({
      file: '.github/workflows/build.yml',
      line: 31,
    })
  })

  it('go-service: nothing is made before the image, and a clean checkout is enough', () => {
    const { recipes } = recipesIn(fixtureTree('go-service'))
    expect(makers(recipes, 'bin').filter(({ beforeBuild }) => beforeBuild !== null)).toEqual([])
    expect(makers(recipes, 'bin').map(({ at }) => at)).toEqual([{ file: 'Makefile', line: 6 }])
    expect(buildsWithout(recipes, 'bin', local)).toEqual({
      at: { file: '.github/workflows/ci.yml', line: 15 },
      recipe: 'ci',
      by: 'CI',
      isUsed: false,
    })
  })
})

describe('makers', () => {
  it.each([
    ['npx esbuild a.js --outdir=dist'],
    ['esbuild a.js --outfile dist/a.js'],
    ['gcc -o dist/a a.c'],
    ['gcc -odist/a a.c'],
    ['echo 1 > dist/VERSION'],
    ['mkdir -p dist'],
    ['cp -r build dist'],
    ['cp a b c dist/'],
    ['install -m 755 -t dist a b'],
    ['rsync -a build/ dist/'],
    ['rsync -avt build/ dist/'],
    ['cp -rT build dist'],
    ['curl -fsSL https://example.org/a -o dist/a'],
    ['curl -fsSLo dist/a https://example.org/a'],
    ['wget -P dist https://example.org/a'],
    ['wget -O dist/a https://example.org/a'],
    ['tar -C dist -xzf a.tgz'],
    ['tar xzf a.tgz --directory=dist'],
    ['tar czf dist/a.tgz src'],
    ['unzip a.zip -d dist'],
    ['git clone https://example.org/x.git dist'],
    ['aws s3 cp s3://bucket/a dist/a'],
    ['docker cp box:/out dist'],
    ['docker build -o dist .'],
    ['docker buildx build --output type=local,dest=dist .'],
    ['sudo cp a dist/a'],
    ['cp a "$PWD/dist/a"'],
    ['cp a "$ROOT/dist/a"'],
    ['cd dist && touch a'],
    ['( cd sub && cp a ../dist/a )'],
    ['sed -i s/a/b/ dist/a.js'],
    ['dvc pull dist'],
    ['go build -o dist/ ./cmd/...'],
    ['pytest --cov-report=html:dist tests'],
    ['pytest --junitxml dist/report.xml tests'],
    ['cp -r ../out/dist .'],
    ['docker cp box:/out/dist .'],
    ['gunzip dist.gz'],
    ['kubectl cp pod:/srv dist'],
  ])('sees that %s makes dist', (line) => {
    expect(made('dist', line)).toEqual([2])
  })

  it.each([
    ['rm -rf dist'],
    ['[ -d dist ]'],
    ['ls dist'],
    ['tar czf x.tgz dist'],
    ['docker run -v ./dist:/srv nginx'],
    ['cp -r dist /tmp/dist'],
    ['rsync -a dist/ www@example.org:/srv/'],
    ['aws s3 sync dist s3://bucket/'],
    ['cat dist/a > /dev/null'],
    ['node dist/worker.js'],
    ['echo dist'],
    ['cp a distant'],
    ['mkdir -p sub/dist2'],
    ['cp a /srv/dist'],
    ['curl -o /tmp/x https://example.org/dist'],
    ['git add dist'],
    ['sed s/a/b/ dist/a.js'],
    ['find dist -name "*.js"'],
    ['pytest dist'],
    ['node --import tsx --test dist/*.test.ts'],
    ['npx eslint dist src'],
    ['mypy dist'],
    ['go build ./dist/...'],
    ['npx playwright test dist'],
  ])('does not take %s for one', (line) => {
    expect(made('dist', line)).toEqual([])
  })

  it('takes what lies below and above for the same', () => {
    expect(made('dist/js/app.js', 'mkdir -p dist')).toEqual([2])
    expect(made('dist', 'touch dist/js/app.js')).toEqual([2])
  })

  it('keeps directories apart', () => {
    expect(made('web/dist', 'cd web', 'mkdir dist')).toEqual([3])
    expect(made('dist', 'cd web', 'mkdir dist')).toEqual([])
  })

  it('takes any directory when it cannot be told', () => {
    expect(made('web/dist', 'cd "$WHERE"', 'mkdir dist')).toEqual([3])
  })

  it('tells which build follows, and none after the last', () => {
    const found = makers(
      script('mkdir dist', 'docker build -f a.Dockerfile .', 'docker build .', 'touch dist/late'),
      'dist',
    )
    expect(found.map(({ at, beforeBuild }) => [at.line, beforeBuild?.line ?? null])).toEqual([
      [2, 3],
      [5, null],
    ])
    const second = makers(
      script('mkdir dist', 'docker build -f a.Dockerfile .', 'docker build .'),
      'dist',
      ({ dockerfile }) => dockerfile === 'Dockerfile',
    )
    expect(second.map(({ beforeBuild }) => beforeBuild?.line)).toEqual([4])
  })

  it.each([
    ['git clean -dxf .', null],
    ['git clean -d -x --force', null],
    ['git clean -df', 4],
    ['git clean -dfx -e dist', 4],
    ['git clean -dfx web', 4],
    ['if $CI; then git clean -dfx; fi', 4],
  ])('counts what is made before %s as made for the build: %s', (clean, line) => {
    const [found] = makers(script('touch dist/x', clean, 'docker build .'), 'dist')
    expect(found?.beforeBuild?.line ?? null).toBe(line)
  })

  it('takes the target of a makefile for what its recipe makes, phony ones not', () => {
    const { recipes } = recipesIn({
      Makefile: [
        '.PHONY: build',
        'image: dist/app.js build',
        '\tdocker build .',
        'dist/%.js: src/%.ts',
        '\t./bundle $<',
        'build:',
        '\techo hello',
      ].join('\n'),
    })
    const inTime = (path: string) => makers(recipes, path).filter(({ beforeBuild }) => beforeBuild !== null)
    expect(inTime('dist').map(({ at, text }) => [at.line, text])).toEqual([[4, 'make dist/app.js']])
    expect(inTime('build')).toEqual([])
  })

  it('knows an artefact that is downloaded, and no cache', () => {
    const download = 'uses: actions/download-artifact@v4\n        with: { name: app, path: dist }'
    const cache = 'uses: actions/cache@v4\n        with: { path: dist, key: a }'
    expect(makers(workflow(download), 'dist/app.js').map(({ how }) => how)).toEqual(['brings'])
    expect(makers(workflow(cache), 'dist')).toEqual([])
  })

  it('finds an artefact that lands in the workspace by the name it was uploaded under', () => {
    const { recipes } = recipesIn({
      '.github/workflows/ci.yml': [
        'jobs:',
        '  make:',
        '    steps:',
        '      - uses: actions/upload-artifact@v4',
        '        with: { name: jar, path: out/app.jar }',
        '  image:',
        '    steps:',
        '      - uses: actions/download-artifact@v4',
        '        with: { name: jar }',
      ].join('\n'),
    })
    expect(makers(recipes, 'app.jar').map(({ at }) => at.line)).toEqual([8])
    expect(makers(recipes, 'other.jar')).toEqual([])
  })
})

describe('what comes into the directory that a step runs in', () => {
  it.each([
    ['mv artefacts/* .', false],
    ['cp -r out/. .', false],
    ['rsync -a host:/srv/ ./', false],
    ['rsync -rt out/ .', false],
    ['rsync -av host::data .', false],
    ['rsync -av rsync://example.org/srv .', false],
    ['rsync -aR data/model ./', false],
    ['rsync -a --relative ../data/x .', false],
    ['rsync -a --files-from=list / .', false],
    ['rsync -a host:/srv/report.html .', true],
    ['mv -T /opt/models .', false],
    ['cp -rT /opt/models .', false],
    ['cp -r --no-target-directory /opt/models .', false],
    ['cp --parents data/x/y .', false],
    ['cp -R out/report .', true],
    ['cp -R -t . out/report', true],
    ['ditto out .', false],
    ['ln -s /srv/models/* "$GITHUB_WORKSPACE"', false],
    ['kubectl cp pod:/srv .', false],
    ['docker cp box:/out/. .', false],
    ['unzip -d . out.zip', false],
    ['tar -C . -xf out.tgz', false],
    ['wget -i list', false],
    ['wget -r -np https://example.org/', false],
    ['xargs -n1 curl -fsSLO', false],
    ['curl -OJ https://example.org/latest', false],
    ['cp -r out/data .', false],
    ['cp .env.example .env', true],
    ['mv out/report.html .', true],
    ['docker cp box:/out/report.html .', true],
    ['wget -P . https://example.org/tool', true],
    ['curl -fsSLO https://example.org/tool', true],
  ])('may be anything after %s, unless it has a name: %s', (line, isWithout) => {
    const recipes = workflow(`run: ${line}`, 'run: docker build --push .')
    expect(buildsWithout(recipes, 'data', local) !== null).toBe(isWithout)
  })
})

describe('what is packed', () => {
  it.each([
    ['gzip -k data.json', 'data.json.gz', false],
    ['gzip data.json', 'data.json.gz', false],
    ['xz -k data.json', 'data.json.xz', false],
    ['xz -k --format=lzma data.json', 'data.json.lzma', false],
    ['zstd -k data.json', 'data.json.zst', false],
    ['gunzip data.tgz', 'data.tar', false],
    ['gunzip -k data.json.gz', 'data.json', false],
    ['gzip -k data*.json', 'data1.json.gz', false],
    ['gzip -k -S .packed data.json', 'data.json.packed', false],
    ['gzip -rk public', 'public/data.json.gz', false],
    ['gzip -k data.json', 'data.json.br', true],
    ['gzip -k data.json', 'other.json.gz', true],
    ['gzip -ck data.json', 'data.json.gz', true],
  ])('lies beside it: %s makes %s, unless: %s', (line, path, isWithout) => {
    const recipes = workflow(`run: ${line}`, 'run: docker build --push .')
    expect(buildsWithout(recipes, path, local) !== null).toBe(isWithout)
  })
})

describe('a build by bake', () => {
  const bake = 'target "default" { context = "." }\ntarget "ml" { context = "ml" }\n'
  const host = createMemoryHost({
    '/repo/docker-bake.hcl': bake,
    '/repo/Dockerfile': 'FROM scratch\n',
    '/repo/ml/Dockerfile': 'FROM scratch\n',
  })
  const action = (targets: string) =>
    `uses: docker/bake-action@v6\n        with: { push: true, targets: "${targets}" }`
  const without = (step: string, matrix: string) => {
    const { recipes } = recipesIn({
      '.github/workflows/ci.yml': `jobs:\n  image:\n    strategy: { matrix: { target: ${matrix} } }\n    steps:\n      - uses: actions/checkout@v4\n      - ${step}\n`,
    })
    const resolved = recipes.map((recipe) => resolveCalls(host, '/repo', recipe))
    expect(resolved[0]?.steps.at(-1)).toMatchObject({ builds: expect.any(Array) })
    return buildsWithout(resolved, 'data', ({ context }) => context === 'ml') !== null
  }

  it.each([
    ['a target that is named', action('ml'), '[a]', true],
    ['a target of a matrix that is spelt out', action('${{ matrix.target }}'), '[ml, default]', true],
    ['a matrix that another job prints', action('${{ matrix.target }}'), '"${{ fromJSON(x) }}"', false],
    ['a variable of the repository', action('${{ vars.TARGET }}'), '[a]', false],
    ['a part that only a run can tell', action('m${{ vars.TARGET }}'), '[a]', false],
    ['one of several', action('ml,${{ vars.TARGET }}'), '[a]', false],
    ['a variable of the shell', 'run: docker buildx bake --push ml "$TARGET"', '[a]', false],
    ['a name in the shell', 'run: docker buildx bake --push ml', '[a]', true],
  ])('makes %s: %s', (_, step, matrix, isWithout) => {
    expect(without(step, matrix)).toBe(isWithout)
  })
})

describe('an artefact of a matrix', () => {
  const recipes = (path: string, name: string) =>
    recipesIn({
      '.github/workflows/ci.yml': [
        'jobs:',
        '  make:',
        '    steps:',
        '      - uses: actions/upload-artifact@v4',
        `        with: { name: "base-\${{ matrix.arch }}", path: "${path}" }`,
        '  image:',
        '    steps:',
        '      - uses: actions/checkout@v4',
        '      - uses: actions/download-artifact@v4',
        `        with: { name: ${name} }`,
        '      - run: docker build --push .',
      ].join('\n'),
    }).recipes
  const without = (path: string, name: string, asked: string) =>
    buildsWithout(recipes(path, name), asked, local) !== null

  it('brings its one file, and nothing else', () => {
    expect(without('out/base-${{ matrix.arch }}.tar', 'base-amd64', 'data')).toBe(true)
    expect(without('out/base-${{ matrix.arch }}.tar', 'base-amd64', 'base-arm64.tar')).toBe(false)
    expect(without('app.jar', 'base-amd64', 'app.jar')).toBe(false)
  })

  it.each([
    ['out', 'base-amd64'],
    ['out/*', 'base-amd64'],
    ['out/**/a.tar', 'base-amd64'],
    ['a.tar', 'other'],
  ])('may bring anything where it is %s, asked for as %s', (path, name) => {
    expect(without(path, name, 'data')).toBe(false)
  })
})

describe('buildsWithout', () => {
  const build = 'run: docker build .'

  it('is the build that follows a checkout', () => {
    expect(buildsWithout(workflow(build), 'data', local)).toEqual({
      at: { file: '.github/workflows/ci.yml', line: 5 },
      recipe: 'image',
      by: 'CI',
      isUsed: false,
    })
  })

  it.each([
    ['run: docker build --push .'],
    ['run: docker build -t a . && docker push a'],
    ['run: docker build -t a . && docker run --rm a npm test'],
    ["uses: docker/build-push-action@v6\n        with: {context: ., push: '${{ github.ref_name }}'}"],
  ])('tells that what was built is used: %s', (step) => {
    expect(buildsWithout(workflow(step), 'data', local)?.isUsed).toBe(true)
  })

  it.each([
    [
      'azure-pipelines.yml',
      'steps:\n- task: Docker@2\n  inputs: {command: buildAndPush, Dockerfile: Dockerfile}\n',
      true,
    ],
    [
      'azure-pipelines.yml',
      'steps:\n- task: Docker@2\n  inputs: {command: build, Dockerfile: Dockerfile}\n',
      false,
    ],
    [
      'azure-pipelines.yml',
      'steps:\n- task: Docker@2\n  inputs: {command: build, Dockerfile: Dockerfile}\n- task: Docker@2\n  inputs: {command: push}\n',
      true,
    ],
    [
      '.circleci/config.yml',
      'orbs: {docker: circleci/docker@2}\njobs:\n  a:\n    steps: [checkout, docker/build: {image: x}, docker/push: {image: x}]\n',
      true,
    ],
  ])('tells it of other services: %s', (file, text, isUsed) => {
    expect(buildsWithout(recipesIn({ [file]: text }).recipes, 'data', local)?.isUsed).toBe(isUsed)
  })

  it.each([
    ['run: docker build -t push .'],
    ["uses: docker/build-push-action@v6\n        with: {context: ., push: 'false'}"],
    ['run: docker build . && npm run deploy-docs'],
  ])('tells that it is only built: %s', (step) => {
    expect(buildsWithout(workflow(step), 'data', local)?.isUsed).toBe(false)
  })

  it.each([
    ['run: echo hello'],
    ['run: docker login -u x ghcr.io'],
    ['run: npm ci'],
    ['run: echo "tag=1" >> "$GITHUB_OUTPUT"'],
    ['run: mkdir -p out && cp a out/'],
    ['run: curl -o out/tool https://example.org/tool'],
    ['uses: actions/setup-node@v4'],
    ['uses: docker/login-action@v3'],
    ['uses: actions/cache@v4\n        with: { path: ~/.npm, key: a }'],
    ['run: git describe --tags'],
    ['run: test -f package.json'],
    ['run: sudo apt-get install -y make'],
    ['run: cd /tmp && curl -LO https://example.org/data && tar xf data'],
    ['run: docker build -f other.Dockerfile sub'],
  ])('passes over %s', (step) => {
    expect(buildsWithout(workflow(step, build), 'data', local)).not.toBe(null)
  })

  it.each([
    ['run: ./fetch-data'],
    ['run: python prepare.py'],
    ['run: npm run nothing-of-the-kind'],
    ['run: mkdir -p data'],
    ['run: cp -r "$SOURCE" "$PLACE"'],
    ['run: tar xzf a.tgz'],
    ['run: curl -fsSL https://example.org/install | sh'],
    ['uses: somebody/some-action@v1'],
    ['uses: actions/download-artifact@v4'],
    ['uses: actions/download-artifact@v4\n        with: { path: . }'],
    ['run: patch -p1 < fix.patch'],
    ['run: bin/install'],
    ['run: cd "$WHERE" && touch x'],
    ['run: cd /tmp && cp x "$GITHUB_WORKSPACE/data"'],
    ['uses: actions/cache@v4\n        with: { path: data, key: a }'],
    ['uses: pnpm/action-setup@v4\n        with: { run_install: true }'],
    ['run: Get-Data\n        shell: pwsh'],
    ['run: docker run -v "$PWD:/w" tool'],
    ['run: eval "$(tool env)"'],
    ['run: make data'],
    ['run: git submodule update --init'],
    ['uses: actions/checkout@v4\n        with: { repository: a/b, path: data }'],
  ])('says nothing after %s', (step) => {
    expect(buildsWithout(workflow(step, build), 'data', local)).toBe(null)
  })

  it('says nothing of a text that is not understood throughout, wherever the build stands in it', () => {
    expect(buildsWithout(workflow('run: eval "$(tool env)" && docker build .'), 'data', local)).toBe(null)
  })

  it('needs a checkout and a CI job', () => {
    expect(buildsWithout(script('docker build .'), 'data', local)).toBe(null)
    const { recipes } = recipesIn({
      '.github/workflows/ci.yml': 'jobs:\n  image:\n    steps:\n      - run: docker build .\n',
    })
    expect(buildsWithout(recipes, 'data', local)).toBe(null)
  })

  it('does not take another build for this one', () => {
    expect(buildsWithout(workflow('run: docker build sub'), 'data', local)).toBe(null)
  })
})

describe('the two together', () => {
  const lines = [
    ...[
      'mkdir -p data/a',
      'cp x data',
      'echo 1 > data/x',
      'rm -rf data',
      'ls data',
      'npm ci',
      './unknown',
      'cd data',
    ],
    ...[
      'cd ..',
      'touch a',
      'tar xzf a.tgz',
      'tar -C data -xf a.tar',
      'docker save x -o data/x.tar',
      'git fetch',
    ],
    ...[
      'if [ -d data ]; then touch data/y; fi',
      'eval "$X"',
      'cp x "$D/data/y"',
      'make data',
      'go build -o data/ ./x',
    ],
  ]

  it('never contradict each other', () => {
    let without = 0
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 6 }), (chosen) => {
        const recipes = workflow(
          `run: |\n          ${['true', ...chosen].join('\n          ')}`,
          'run: docker build .',
        )
        const found = makers(recipes, 'data').filter(({ beforeBuild }) => beforeBuild !== null)
        const absent = buildsWithout(recipes, 'data', () => true)
        if (absent !== null) without++
        expect(absent !== null && found.length > 0).toBe(false)
      }),
      { numRuns: 400 },
    )
    // It would hold of a reading that never says anything, too.
    expect(without).toBeGreaterThan(20)
  })
})
