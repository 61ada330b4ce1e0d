import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, type Repo, unasked } from './propose-tree.ts'

const workflow = (...steps: readonly string[]) =>
  [
    'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4',
    ...steps.map((step) => `      - ${step}`),
    '',
  ].join('\n')
const build = 'run: docker build --push .'
const ci = (...steps: readonly string[]) => ({ '.github/workflows/ci.yml': workflow(...steps, build) })
const web = {
  Dockerfile: 'FROM nginx\nCOPY . /app\n',
  'package.json': '{"scripts":{"build":"vite build"}}',
  '.gitignore': 'dist\n',
}
const java = { 'pom.xml': '<project/>', '.gitignore': 'target/\n' }
const jar = { 'target/app.jar': 1000, 'target/classes/A.class': 10 }
const laravel = {
  Dockerfile: 'FROM php\nCOPY . /app\n',
  'composer.json': '{}',
  'public/index.php': '',
  '.gitignore': '/public/css\n/modules_statuses.json\n',
}
const leftOf = (repo: Repo) => proposeFor(repo).left
const reasonOf = (repo: Repo, line: string) =>
  proposeFor(repo).because.find((text) => text.split(': ')[0]?.split(' ').slice(1).includes(line))

describe('what composer installs on the host for the image stays', () => {
  const php = {
    ...laravel,
    'composer.lock': '{}',
    '.gitignore': '/vendor\n/state\n',
    'compose.yaml': 'services:\n  app:\n    image: php\n    volumes: [".:/app"]\n',
  }
  const left = (...steps: readonly string[]) =>
    leftOf({ tracked: { ...php, ...ci(...steps) }, untracked: { 'vendor/autoload.php': 10, 'state/a': 1 } })

  it.each([
    'run: composer install --no-dev',
    'run: php composer.phar install',
    'uses: php-actions/composer@v6',
    'uses: ramsey/composer-install@v3',
    'run: docker run --rm -v "$PWD":/app composer:2 install --ignore-platform-reqs',
    'run: docker run --rm -u 1000 -w /app --mount type=bind,source=.,target=/app php:8 composer install',
    "run: docker run --rm -v $(pwd):/app php:8 sh -c 'cd /app && composer install'",
    'run: docker run --rm -v ./:/app --entrypoint composer php:8 install',
    'run: docker compose -f compose.yaml run --rm -e A=b app composer install',
    'run: docker-compose exec -T app composer install',
    'run: ./vendor/bin/sail composer install',
    'run: ddev exec composer install',
  ])('by the step %s', (step) => {
    expect(left(step)).toContain('vendor: .github/workflows/ci.yml:7 makes it on the host for this image')
  })

  it.each([
    'run: docker run --rm -v cache:/app composer:2 install',
    'run: docker run --rm composer:2 install',
    'run: docker run --rm -v "$PWD":/app composer:2 --version',
    'run: docker compose up -d app',
    'uses: php-actions/composer@v6\n        with: { command: validate }',
  ])('not by the step %s', (step) => {
    expect(left(step).join()).not.toContain('vendor: .github')
  })
})

describe('what is made on the host for the image stays', () => {
  it('not by an install beside it, in a directory with a lock file of its own', () => {
    const repo = (lock: MemoryTree) => ({
      tracked: {
        Dockerfile: 'FROM x\nCOPY . /app\nRUN ./thing\n',
        'go.mod': '',
        'web/package.json': '{}',
        'docs/package.json': '{}',
        'pnpm-workspace.yaml': 'packages: [web, docs]\n',
        '.gitignore': 'node_modules\n',
        ...lock,
        ...ci('run: cd web && pnpm install && pnpm exec thing'),
      },
      untracked: { 'docs/node_modules/a.js': 10 },
    })
    const made = 'docs/node_modules: .github/workflows/ci.yml:7 makes it on the host for this image'
    expect(leftOf(repo({ 'web/pnpm-lock.yaml': '' }))).not.toContain(made)
    expect(leftOf(repo({ 'pnpm-lock.yaml': '' }))).toContain(made)
  })

  it.each<[string, Repo, string]>([
    [
      'by a make target that a workflow calls before it builds',
      {
        tracked: { ...web, Makefile: 'assets:\n\tnpm run build\n', ...ci('run: make assets') },
        untracked: { 'dist/a.js': 1000 },
      },
      'dist: .github/workflows/ci.yml:7 makes it on the host for this image',
    ],
    [
      'by a make target that the target which builds the image needs',
      {
        tracked: {
          ...web,
          Makefile: 'dist:\n\tnpm run build\nimage: dist\n\tdocker build -t x .\n',
          '.github/workflows/ci.yml': workflow('run: make image'),
        },
        untracked: { 'dist/a.js': 1000 },
      },
      'dist: .github/workflows/ci.yml:7 makes it on the host for this image',
    ],
    [
      'by a package script that builds the image afterwards',
      {
        tracked: {
          ...web,
          'package.json': '{"scripts":{"build":"vite build","image":"npm run build && docker build -t x ."}}',
        },
        untracked: { 'dist/a.js': 1000 },
      },
      'dist: package.json:1 makes it on the host for this image',
    ],
    [
      'where the configuration that a program is given says so, whatever else it does',
      {
        tracked: {
          Dockerfile: 'FROM node\nCOPY . /app\nCMD ["node", "server.js"]\n',
          'server.js': "serve('./site-files')\n",
          'web/vite.config.ts': "export default { root: './web', build: { outDir: '../site-files' } }\n",
          'package.json':
            '{"scripts":{"image":"vite build --config ./web/vite.config.ts && docker build -t x ."}}',
          '.gitignore': 'site-files\nuploads\n',
        },
        untracked: { 'site-files/a.js': 1000, 'uploads/a.png': 1000 },
      },
      'site-files: package.json:1 may make it on the host for this image',
    ],
    [
      'a jar below a wide copy, by a script',
      {
        tracked: {
          Dockerfile: 'FROM jre\nCOPY . /app\n',
          ...java,
          'build.sh': 'mvn package\ndocker build .\n',
        },
        untracked: jar,
      },
      'target: build.sh:1 makes it on the host for this image',
    ],
    [
      'by a script that composer starts with an install',
      {
        tracked: {
          ...laravel,
          'composer.json':
            '{"scripts":{"post-autoload-dump":["@php artisan package:discover","@assets"],"assets":["@php artisan filament:upgrade"]}}',
          ...ci('run: composer install --no-dev'),
        },
        untracked: { 'public/css/filament/a.css': 1000 },
      },
      'public/css: .github/workflows/ci.yml:7 makes it on the host for this image',
    ],
    [
      'a list that artisan writes',
      {
        tracked: { ...laravel, ...ci('run: php artisan module:enable Invoicing') },
        untracked: { 'modules_statuses.json': 30 },
      },
      'modules_statuses.json: .github/workflows/ci.yml:7 makes it on the host for this image',
    ],
    [
      'an artifact that CI downloads',
      {
        tracked: {
          Dockerfile: 'FROM python\nCOPY . /app\n',
          '.gitignore': 'model\n',
          ...ci(
            'uses: actions/download-artifact@v4\n        with:\n          name: model\n          path: model',
          ),
        },
        untracked: { 'model/a.bin': 1000 },
      },
      'model: .github/workflows/ci.yml:7 makes it on the host for this image',
    ],
    [
      'copied by its name, whoever makes it',
      {
        tracked: { ...web, Dockerfile: 'FROM nginx\nCOPY dist /usr/share/nginx/html\nCOPY . /app\n' },
        untracked: { 'dist/a.js': 1000 },
      },
      'dist: COPY dist asks for it',
    ],
    [
      'a jar that a wildcard asks for',
      {
        tracked: { Dockerfile: 'FROM jre\nCOPY target/*.jar /app.jar\nCOPY . /src\n', ...java },
        untracked: jar,
      },
      'target: COPY target/*.jar asks for it',
    ],
    [
      'a directory of Swift below the copied one',
      {
        tracked: {
          Dockerfile: 'FROM swift\nCOPY .build/release /app\n',
          '.gitignore': '.build\n',
          'Package.swift': '',
        },
        untracked: { '.build/release/App': 1000 },
      },
      '.build: COPY .build/release asks for it',
    ],
    [
      'what a script writes that CI starts, a package script on the way',
      {
        tracked: {
          Dockerfile: 'FROM python\nCOPY . /app\n',
          'package.json': '{"scripts":{"icons":"node tools/icons.mjs"}}',
          'tools/icons.mjs': "for (const one of all) save(one, 'static/sprites')\n",
          '.gitignore': '/static/sprites\n',
          'static/app.css': '',
          ...ci('run: npm run icons'),
        },
        untracked: { 'static/sprites/a.svg': 100 },
      },
      'static/sprites: .github/workflows/ci.yml:7 starts tools/icons.mjs, which names it, and then builds this image',
    ],
    [
      'packages that are installed and then packed at once',
      {
        tracked: {
          Dockerfile: 'FROM php\nCOPY . /app\n',
          'composer.json': '{}',
          'composer.lock': '{}',
          '.gitignore': '/vendor\n',
          ...ci('run: composer install'),
        },
        untracked: { 'vendor/autoload.php': 100 },
      },
      'vendor: .github/workflows/ci.yml:7 makes it on the host for this image',
    ],
    [
      'data that DVC tracks',
      {
        tracked: {
          Dockerfile: 'FROM python\nCOPY . /app\n',
          'data.dvc': 'outs:\n- md5: a\n  path: data\n',
          '.gitignore': '/data\n',
          ...ci(),
        },
        untracked: { 'data/a.csv': 10_000 },
      },
      'data: data.dvc:1 tracks it with DVC',
    ],
    [
      'data that DVC makes of other data',
      {
        tracked: {
          Dockerfile: 'FROM python\nCOPY . /app\n',
          'dvc.yaml': 'stages:\n  train:\n    outs:\n    - models/net.onnx\n',
          '.gitignore': '/models\n',
          ...ci(),
        },
        untracked: { 'models/net.onnx': 10_000 },
      },
      'models: dvc.yaml:4 tracks it with DVC',
    ],
    [
      'what a link that stays leads to',
      {
        tracked: {
          Dockerfile: 'FROM node\nCOPY . /app\n',
          'package.json': '{}',
          'public/coverage': { type: 'symlink', target: '../coverage' },
          '.gitignore': '/coverage\n',
        },
        untracked: { 'coverage/lcov.info': 100 },
      },
      'coverage: public/coverage is a link that leads there',
    ],
    [
      'what a link leads into, though CI builds without it',
      {
        tracked: {
          Dockerfile: 'FROM python\nCOPY . /app\n',
          'config/current.yml': { type: 'symlink', target: '../local/a.yml' },
          '.gitignore': 'local/\n',
          ...ci(),
        },
        untracked: { 'local/a.yml': 100 },
      },
      'local: config/current.yml is a link that leads there',
    ],
    [
      'what compose watch copies into the container',
      {
        tracked: {
          Dockerfile: 'FROM node\nCOPY src /app\n',
          'src/a.js': '',
          'compose.yaml':
            'services:\n  web:\n    build: .\n    develop:\n      watch:\n        - action: sync\n          path: ./assets\n          target: /assets\n',
          '.gitignore': 'assets/\n',
        },
        untracked: { 'assets/a.png': 100 },
      },
      'assets: compose.yaml:7 copies it into the container',
    ],
    [
      'what Tilt copies into the container',
      {
        tracked: {
          Dockerfile: 'FROM node\nCOPY src /app\n',
          'src/a.js': '',
          Tiltfile: "docker_build('x', '.', live_update=[\n  sync('./assets', '/assets'),\n])\n",
          '.gitignore': 'assets/\n',
        },
        untracked: { 'assets/a.png': 100 },
      },
      'assets: Tiltfile:2 copies it into the container',
    ],
  ])('%s', (_, repo, expected) => {
    expect(leftOf(repo)).toContain(expected)
  })
})

describe('scripts of composer', () => {
  const leftBy = (install: string, assets: readonly string[]) =>
    leftOf({
      tracked: {
        ...laravel,
        'composer.json': JSON.stringify({ scripts: { 'post-autoload-dump': ['@assets'], assets } }),
        ...ci(`run: ${install}`),
      },
      untracked: { 'public/css/a.css': 1000 },
    })

  it('are not started where the install is told so', () => {
    expect(leftBy('composer install --no-scripts', ['@php artisan filament:upgrade'])).toEqual([])
  })

  it('may name one another in a circle', () => {
    expect(leftBy('composer install', ['@post-autoload-dump', '@php artisan filament:upgrade'])).toEqual([
      'public/css: .github/workflows/ci.yml:7 makes it on the host for this image',
    ])
  })
})

describe('what a program of the project may write before CI builds the image', () => {
  const tracked = {
    Dockerfile: 'FROM swift\nCOPY . /app\nRUN swift build\n',
    'package.json': '{"scripts":{"build":"node ./front/esbuild.mjs"}}',
    'front/esbuild.mjs':
      "import { build } from 'esbuild'\nbuild({ entryPoints: ['front/a.js'], outdir: 'Public' })\n",
    'Public/robots.txt': 'x',
    '.gitignore': 'Public/main.js\n',
  }
  const untracked = { 'Public/main.js': 1000 }
  const kept =
    'Public/main.js: .github/workflows/ci.yml:7 starts front/esbuild.mjs, which names Public/, and then builds this image'

  it.each([
    ['by itself', 'run: npm run build', ''],
    [
      'in a container that works on the checkout',
      'run: make front',
      'front:\n\tdocker run --rm -v $$PWD:/host -w /host --entrypoint sh node:26 -c "/usr/local/bin/npm --cache /tmp/x run build"\n',
    ],
  ])('stays: %s', (_, step, Makefile) => {
    expect(leftOf({ tracked: { ...tracked, Makefile, ...ci(step) }, untracked })).toContain(kept)
  })

  it.each([
    ['nothing starts it', ci('run: echo x')],
    ['it is started after the build', { '.github/workflows/ci.yml': workflow(build, 'run: npm run build') }],
    ['a container of its own does', ci('run: docker run --rm node:26 npm run build')],
  ])('is not held where %s', (_, files) => {
    expect(leftOf({ tracked: { ...tracked, ...files }, untracked })).not.toContain(kept)
  })
})

describe('what is made on the host and not for the image goes', () => {
  it.each<[string, Repo, string, string]>([
    [
      'what the image builds anew, emptying it first',
      {
        tracked: {
          ...web,
          Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n',
          'package-lock.json': '{}',
        },
        untracked: { 'dist/a.js': 1000 },
      },
      'dist',
      'safe dist: vite build (Dockerfile:4) deletes it first',
    ],
    [
      'what CI builds without',
      {
        tracked: { Dockerfile: 'FROM python\nCOPY . /app\n', '.gitignore': 'scratch\n', ...ci() },
        untracked: { 'scratch/a.bin': 1000 },
      },
      'scratch',
      'safe scratch: CI builds without it (.github/workflows/ci.yml:7)',
    ],
    [
      'what CI makes after the image',
      {
        tracked: {
          ...web,
          '.github/workflows/ci.yml': workflow(build, 'run: npm ci && npm run build'),
        },
        untracked: { 'dist/a.js': 1000 },
      },
      'dist',
      'safe dist: CI builds without it (.github/workflows/ci.yml:7)',
    ],
    [
      'objects of .NET, in every project that the image compiles',
      {
        tracked: {
          Dockerfile: 'FROM sdk\nWORKDIR /s\nCOPY . .\nRUN dotnet publish A/A.csproj -c Release -o /out\n',
          'A/A.csproj': '<Project/>',
          'B/B.csproj': '<Project/>',
          '.gitignore': 'obj/\n',
        },
        untracked: { 'A/obj/project.assets.json': 100, 'B/obj/project.assets.json': 100 },
      },
      '**/obj',
      'safe **/obj: dotnet publish (Dockerfile:4) makes it anew',
    ],
    [
      'target where cargo compiles',
      {
        tracked: {
          Dockerfile: 'FROM rust\nWORKDIR /s\nCOPY . .\nRUN cargo build --release\n',
          'Cargo.toml': '[package]\n',
          '.gitignore': 'target\n',
        },
        untracked: { 'target/debug/a': 100, 'target/CACHEDIR.TAG': 10 },
      },
      'target',
      'safe target: cargo build (Dockerfile:4) makes it anew',
    ],
    [
      'a cache that a link of another cache leads to',
      {
        tracked: { Dockerfile: 'FROM python\nCOPY . /app\n', 'a.py': '', '.gitignore': '.cache-link\n' },
        untracked: {
          '.mypy_cache/a.json': 10,
          '.cache-link': { type: 'symlink', target: '.mypy_cache' },
        },
      },
      '**/.mypy_cache',
      'safe **/.mypy_cache: the cache of mypy',
    ],
    [
      'packages that a link leads into, as the install puts them there again',
      {
        tracked: {
          Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
          'package.json': '{}',
          'package-lock.json': '{}',
          'public/vue.js': { type: 'symlink', target: '../node_modules/vue/vue.js' },
        },
        untracked: { 'node_modules/vue/vue.js': 10 },
      },
      '**/node_modules',
      'safe **/node_modules: npm ci (Dockerfile:4) deletes it first',
    ],
    [
      'junk in a directory that compose watches',
      {
        tracked: {
          Dockerfile: 'FROM node\nCOPY web/src /app\n',
          'web/src/a.js': '',
          'compose.yaml':
            'services:\n  web:\n    build: .\n    develop:\n      watch:\n        - path: ./web\n          action: sync\n          target: /app\n',
        },
        untracked: { 'web/node_modules/a.js': 100 },
      },
      'web/node_modules',
      'proven web/node_modules: no instruction reads it',
    ],
  ])('%s', (_, repo, line, expected) => {
    expect(reasonOf(repo, line)).toBe(expected)
  })
})

describe('what nobody explains is asked about', () => {
  it.each<[string, Repo, string, string]>([
    [
      'output that a program run in the image may want',
      {
        tracked: {
          Dockerfile: 'FROM jre\nCOPY . /app\nCMD ["java","-jar","/app/target/app.jar"]\n',
          ...java,
        },
        untracked: jar,
      },
      'target',
      'review target: what maven makes of the sources',
    ],
    [
      'data that a source names',
      {
        tracked: {
          Dockerfile: 'FROM python\nCOPY . /app\n',
          'a.py': 'open("species.csv")\n',
          '.gitignore': '*.csv\n',
          ...ci(),
        },
        untracked: { 'species.csv': 1000 },
      },
      'species.csv',
      'review species.csv: a.py:1 names it',
    ],
    [
      'what a Go source embeds',
      {
        tracked: {
          Dockerfile: 'FROM golang\nCOPY . /app\n',
          'main.go': 'package main\n//go:embed assets\nvar assets embed.FS\n',
          '.gitignore': '/assets\n',
          ...ci(),
        },
        untracked: { 'assets/a.css': 1000 },
      },
      'assets',
      'review assets: main.go:2 names it',
    ],
    [
      'what a Rust attribute embeds',
      {
        tracked: {
          Dockerfile: 'FROM rust\nCOPY . /app\n',
          'src/main.rs': '#[derive(RustEmbed)]\n#[folder = "assets/"]\nstruct Assets;\n',
          '.gitignore': '/assets\n',
          ...ci(),
        },
        untracked: { 'assets/a.css': 1000 },
      },
      'assets',
      'review assets: src/main.rs:2 names it',
    ],
    [
      'what CMake reads',
      {
        tracked: {
          Dockerfile: 'FROM gcc\nCOPY . /app\n',
          'CMakeLists.txt': 'target_link_libraries(a third/libz.a)\n',
          '.gitignore': '/third\n',
          ...ci(),
        },
        untracked: { 'third/libz.a': 1000 },
      },
      'third',
      'review third: CMakeLists.txt:1 names it',
    ],
    [
      'what a bundle of requirements installs from',
      {
        tracked: {
          Dockerfile: 'FROM python\nCOPY . /app\n',
          'requirements.txt': './wheels/a.whl\n',
          '.gitignore': '/wheels\n',
          ...ci(),
        },
        untracked: { 'wheels/a.whl': 1000 },
      },
      'wheels',
      'review wheels: requirements.txt:1 names it',
    ],
  ])('%s', (_, repo, line, expected) => {
    expect(reasonOf(repo, line)).toBe(expected)
    expect(unasked(proposeFor(repo))).not.toContain(line)
  })
})

describe('junk that a RUN wants', () => {
  const packages = {
    'package.json': '{"scripts":{"build":"tsc"}}',
    'package-lock.json': '{}',
    '.gitignore': 'node_modules\n.npm\n',
  }
  const image = (...runs: readonly string[]) =>
    `FROM node\nWORKDIR /a\nCOPY . .\n${runs.map((run) => `RUN ${run}\n`).join('')}`

  it.each<[string, string, MemoryTree, string, string]>([
    [
      'packages of the host that a build uses before they are installed anew',
      image('npm run build', 'npm ci --omit=dev'),
      { 'node_modules/a/i.js': 10 },
      '**/node_modules',
      'review **/node_modules: packages as they were installed for this machine',
    ],
    [
      'a cache that an install is to go by',
      image('npm ci --offline --cache .npm'),
      { '.npm/_cacache/a': 10 },
      '**/.npm',
      'review **/.npm: RUN (Dockerfile:4) names it',
    ],
    [
      'packages that an install keeps where they are there',
      image('[ -d node_modules ] || npm ci'),
      { 'node_modules/a/i.js': 10 },
      '**/node_modules',
      'review **/node_modules: packages as they were installed for this machine',
    ],
  ])('is asked about: %s', (_, Dockerfile, untracked, line, expected) => {
    expect(reasonOf({ tracked: { Dockerfile, ...packages }, untracked }, line)).toBe(expected)
  })

  it.each<[string, string, MemoryTree, string, string]>([
    [
      'a cache that it takes away',
      image('rm -rf .npm && npm ci'),
      { '.npm/_cacache/a': 10 },
      '**/.npm',
      'safe **/.npm: the cache of npm, filled again from the registry',
    ],
    [
      'packages that it installs before it builds',
      image('npm ci', 'npm run build'),
      { 'node_modules/a/i.js': 10 },
      '**/node_modules',
      'safe **/node_modules: npm ci (Dockerfile:4) deletes it first',
    ],
  ])('goes: %s', (_, Dockerfile, untracked, line, expected) => {
    expect(reasonOf({ tracked: { Dockerfile, ...packages }, untracked }, line)).toBe(expected)
  })
})

describe('an environment of Python', () => {
  it('is known by what it holds, whatever it is called besides', () => {
    const { lines } = proposeFor({
      tracked: { Dockerfile: 'FROM python\nCOPY . .\n', 'venvs/a.py': '' },
      untracked: {
        '.venv-old/pyvenv.cfg': 10,
        'venv312/pyvenv.cfg': 10,
        'venv_tools/b.bin': 10,
        'virtualenv_run/pyvenv.cfg': 10,
      },
    })
    const own = lines.filter((line) => line.includes('env'))
    expect(own.sort()).toEqual(['safe **/.venv*', 'safe **/venv[0-9]*', 'safe **/virtualenv_run'])
  })
})

describe('what Python compiled', () => {
  it('goes beside its source, and is asked about without', () => {
    const { lines } = proposeFor({
      tracked: { Dockerfile: 'FROM python\nCOPY . .\n', 'main.py': 'import core', '.gitignore': '*.pyc\n' },
      untracked: { 'main.pyc': 10, 'core.pyc': 10 },
    })
    expect(lines).toEqual(expect.arrayContaining(['safe main.pyc', 'review core.pyc']))
  })
})

describe('directories that have to exist', () => {
  it('stay where all that is in them are logs, which a RUN or a program writes there', () => {
    const outcome = proposeFor({
      tracked: {
        Dockerfile: 'FROM node\nWORKDIR /a\nCOPY . .\nRUN chown -R node spool\n',
        '.gitignore': 'spool\n',
      },
      untracked: { 'spool/a.log': 10, 'spool/b.log': 10 },
    })
    expect(unasked(outcome)).toEqual(['.git', '**/*.log'])
  })

  it.each([
    ['safe', 'RUN mkdir -p spool logs && chown -R node:node spool'],
    ['safe', 'RUN mkdir -p ./spool/\nRUN chmod 777 spool'],
    ['review', 'RUN chown -R node:node spool'],
    ['review', 'RUN mkdir -p other && chown -R node:node other spool'],
    ['review', 'RUN mkdir -p spool && cp -r spool/seed /seed'],
    ['review', 'RUN mkdir -p /a/b && chown node spool && mkdir -p spool'],
    ['safe', 'RUN mkdir -p /a/spool\nRUN chown node spool'],
    ['review', 'RUN cd /var && mkdir -p spool\nRUN chmod 777 spool'],
    ['review', 'RUN (cd /var; mkdir -p spool) && chmod 777 spool'],
    ['review', 'RUN mkdir -p spool && cd /b && chmod 777 spool'],
    ['review', 'WORKDIR /tmp\nRUN mkdir -p spool\nWORKDIR /a\nRUN chmod 777 spool'],
    ['safe', 'RUN go build -o spool && gcc a.c -O2 -o spool'],
    ['safe', 'RUN CC=x npx esbuild a.js -o spool'],
    ['safe', 'RUN wget -q -O spool x.org/a'],
    ['safe', 'RUN some-tool --output spool in'],
    ['review', 'RUN some-tool -o spool in'],
    ['review', 'RUN unzip -o spool'],
    ['review', 'RUN go build && bsdtar -o spool'],
    ['review', 'RUN curl -O spool'],
  ])('are %s to lose where an instruction makes sure of them: %s', (safety, runs) => {
    const outcome = proposeFor({
      tracked: {
        Dockerfile: `FROM node\nWORKDIR /a\nCOPY . .\n${runs}\n`,
        '.gitignore': 'spool\n',
        ...ci(),
      },
      untracked: { 'spool/a.bin': 10 },
    })
    expect(outcome.lines).toContain(`${safety} spool`)
  })

  const rails: Repo = {
    tracked: {
      Dockerfile: 'FROM ruby\nWORKDIR /a\nCOPY . .\n',
      Gemfile: '',
      'Gemfile.lock': '',
      'config/application.rb': '',
      'log/.keep': '',
      'tmp/.keep': '',
      'tmp/pids/.keep': '',
      '.gitignore': '/log/*\n/tmp/*\n!/log/.keep\n!/tmp/.keep\n!/tmp/pids\n/tmp/pids/*\n!/tmp/pids/.keep\n',
      ...ci(),
    },
    untracked: { 'tmp/cache/a': 100, 'tmp/pids/server.pid': 3, 'log/development.log': 1000 },
  }

  it('lose what lies in them and keep what holds them', () => {
    const outcome = proposeFor(rails)
    expect(unasked(outcome)).toEqual(expect.arrayContaining(['tmp/cache', '**/*.log', '**/*.pid']))
    for (const line of unasked(outcome))
      expect(['tmp', 'log', 'tmp/pids', '**/tmp', '**/log']).not.toContain(line)
  })
})

describe('what lies in a directory that git keeps to be filled', () => {
  const repo = (held: string): Repo => ({
    tracked: {
      Dockerfile: 'FROM x\nCOPY . /app\n',
      [held]: '',
      '.gitignore': 'plugins/*.jar\n/index.bin\n',
      ...ci(),
    },
    untracked: { 'plugins/acme.jar': 1000, 'index.bin': 100 },
  })

  it('is asked about though CI builds without it, as an image of this tree works with it', () => {
    expect(reasonOf(repo('plugins/.gitkeep'), 'plugins/[^.]*')).toBe(
      'review plugins/[^.]*: CI builds without it (.github/workflows/ci.yml:7), but git keeps plugins for what is put there',
    )
    expect(proposeFor(repo('plugins/.gitkeep')).lines).toContain('safe index.bin')
    expect(proposeFor(repo('plugins/a.js')).lines).toContain('safe plugins/acme.jar')
  })
})

describe('what lies beside what git has of a kind it ignores', () => {
  const repo = (path: string, exception: string, ...tracked: readonly string[]): Repo => ({
    tracked: {
      Dockerfile: 'FROM x\nCOPY . /app\n',
      ...Object.fromEntries(tracked.map((one) => [one, ''])),
      '.gitignore': `${path.split('/')[0]}/*\n!${exception}\n`,
      ...ci(),
    },
    untracked: { [path]: 1000 },
  })

  it('is asked about, as somebody has put it there to be found with the others', () => {
    const plugin = repo('plugins/acme/main.py', 'plugins/core/', 'plugins/core/a.py')
    expect(reasonOf(plugin, 'plugins/acme')).toBe(
      'review plugins/acme: CI builds without it (.github/workflows/ci.yml:7), but git keeps plugins for what is put there',
    )
    const theme = repo('themes/acme.css', 'themes/core.css', 'themes/core.css')
    expect(proposeFor(theme).lines).toContain('review themes/acme.css')
  })

  it('goes where it is of another kind, or where git has nothing there but what holds the directory', () => {
    const held = repo('uploads/a.png', 'uploads/.gitkeep', 'uploads/.gitkeep')
    expect(proposeFor(held).lines).toContain('safe uploads/[^.]*')
    const other = repo('plugins/acme.zip', 'plugins/core/', 'plugins/core/a.py')
    expect(proposeFor(other).lines.filter((line) => line.startsWith('review plugins'))).toEqual([])
    const empty = repo('storage/cache/x', 'storage/app/', 'storage/app/.gitkeep')
    expect(proposeFor(empty).lines.filter((line) => line.startsWith('review storage'))).toEqual([])
  })
})

describe('packages that CI installs before it builds the image', () => {
  const packages = (Dockerfile: string): Repo => ({
    tracked: {
      Dockerfile,
      'package.json': '{"scripts":{"build":"rollup -c"}}',
      'package-lock.json': '{}',
      '.gitignore': 'node_modules\n',
      ...ci('run: npm ci && npm run build'),
    },
    untracked: { 'node_modules/a/index.js': 1000 },
  })

  it('are asked about where the image installs them itself', () => {
    const repo = packages('FROM node\nWORKDIR /app\nCOPY . .\nRUN npm install\nRUN npm run build\n')
    expect(reasonOf(repo, '**/node_modules')).toBe(
      'review **/node_modules: npm install (Dockerfile:4) goes on from what is there instead of starting anew',
    )
  })

  it('are asked about where a rule of make installs them for what it makes, and nothing in the image works with them', () => {
    const repo: Repo = {
      tracked: {
        Dockerfile:
          'FROM golang AS b\nCOPY . /app\nRUN go build -o /a\nFROM scratch\nCOPY --from=b /a /a\nCMD ["/a"]\n',
        'main.go': '',
        Makefile:
          'image: assets\n\tdocker build .\nassets: node_modules\n\tnpx esbuild a.js --outfile=web/a.js\nnode_modules: package-lock.json\n\tnpm ci\n\ttouch node_modules\n',
        'package.json': '{}',
        'package-lock.json': '{}',
        'web/index.html': '',
        '.gitignore': 'node_modules\nweb/a.js\n',
      },
      untracked: { 'node_modules/a/index.js': 100, 'web/a.js': 100 },
    }
    expect(proposeFor(repo).lines).toContain('review **/node_modules')
    expect(leftOf(repo)).toContain('web/a.js: Makefile:4 makes it on the host for this image')
  })

  it('are asked about where nothing in the image works with them', () => {
    const repo = packages('FROM golang\nWORKDIR /app\nCOPY . .\nRUN go build -o /app/x .\nCMD ["/app/x"]\n')
    expect(reasonOf(repo, '**/node_modules')).toMatch(/^review /)
  })

  it('are asked about where the image starts what another stage has compiled, with words of its own', () => {
    const stages = (last: string) =>
      packages(
        `FROM swift AS build\nWORKDIR /src\nCOPY . .\nRUN swift build\nFROM swift:slim\nWORKDIR /app\n${last}COPY --from=build /src/.build/Run /app/\nENTRYPOINT ["./Run"]\nCMD ["serve", "--env", "production"]\n`,
      )
    expect(reasonOf(stages('COPY . .\n'), '**/node_modules')).toMatch(/^review /)
    const other = stages('COPY . .\nRUN apt-get install -y nodejs\n')
    expect(leftOf(other).filter((text) => text.startsWith('node_modules: .github'))).toHaveLength(1)
  })

  it('stay where a program in the image may load them', () => {
    const stays = (Dockerfile: string) =>
      leftOf(packages(Dockerfile)).filter((text) => text.startsWith('node_modules: .github'))
    expect(stays('FROM node\nWORKDIR /app\nCOPY . .\nCMD ["node", "x.js"]\n')).toHaveLength(1)
    expect(stays('FROM debian\nWORKDIR /app\nCOPY . .\nCMD ["./start"]\n')).toHaveLength(1)
  })
})

describe('an image that kaniko builds in CI', () => {
  const kaniko = (...more: readonly string[]): Repo => ({
    tracked: {
      Dockerfile: 'FROM python\nCOPY . /app\n',
      'app.py': '',
      '.gitignore': '/outbox\n',
      '.gitlab-ci.yml': [
        'ship:',
        '  image: gcr.io/kaniko-project/executor:debug',
        `  script: [${['/kaniko/executor', '--context', '.', '--destination', 'r/app', ...more].join(' ')}]`,
        '',
      ].join('\n'),
    },
    untracked: { 'outbox/1.eml': 100 },
  })

  it('is published, which says that it works without what CI has not', () => {
    expect(reasonOf(kaniko(), 'outbox')).toBe('safe outbox: CI builds without it (.gitlab-ci.yml:3)')
    expect(reasonOf(kaniko('--no-push'), 'outbox')).toMatch(/^review outbox: .*neither publishes nor starts/)
  })
})

describe('what a file names that CI handles before it builds the image', () => {
  const leftBy = (run: string) =>
    leftOf({
      tracked: {
        ...{ Dockerfile: 'FROM x\nCOPY . /app\n', 'load.py': "open('storage/a')\n" },
        ...{ '.gitignore': 'storage\n', ...ci(`run: ${run}`) },
      },
      untracked: { 'storage/a': 1000 },
    })

  it('stays where the file is started, and not where it is only taken away', () => {
    expect(leftBy('python load.py')).toEqual([
      'storage: .github/workflows/ci.yml:7 starts load.py, which names it, and then builds this image',
    ])
    expect(leftBy('rm load.py')).toEqual([])
    expect(leftBy('head -c 9 load.py | jq -r .version load.py')).toEqual([])
    expect(leftBy('env A=1 load.py')).toHaveLength(1)
  })
})

describe('what compose mounts into a container', () => {
  const reason = (volume: string) =>
    reasonOf(
      {
        tracked: {
          ...{ Dockerfile: 'FROM x\nCOPY . /app\n', '.gitignore': 'storage\n' },
          'dev/compose.yaml': `services:\n  db:\n    image: x\n    volumes:\n      - ${volume}\n`,
        },
        untracked: { 'storage/a': 1000 },
      },
      'storage',
    )

  it('is said to be that', () => {
    const says = 'review storage: dev/compose.yaml:5 mounts it into a container'
    expect(reason('../storage:/var/lib/x')).toBe(says)
    expect(reason('{ type: bind, source: ../storage, target: /x }')).toBe(says)
  })

  it.each(['storage:/var/lib/x', './storage:/x', '..:/app', '../$X/storage:/x', '/storage:/x'])(
    'is not where another is meant, or all of it: %s',
    (volume) => {
      expect(reason(volume)).toBe('review storage: git ignores it, and nothing says what it is for')
    },
  )
})

describe('variables that compose reads', () => {
  const reason = (compose: string, path = '.env.docker') =>
    reasonOf(
      {
        tracked: {
          ...{ Dockerfile: 'FROM x\nCOPY . /app\n', '.gitignore': '.env*\n' },
          'dev/compose.yaml': compose,
        },
        untracked: { [path]: 'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENGbPxRfiCYzx8Kd0Wq1As\n' },
      },
      path,
    )

  it.each([
    'services:\n  a:\n    env_file: ../.env.docker\n',
    'services:\n  a:\n    env_file:\n      - ../.env.docker\n',
    'services:\n  a:\n    env_file:\n      - path: ../.env.docker\n        required: false\n',
    'include:\n  - path: other.yaml\n    env_file: ../.env.docker\n',
  ])('are said to be those: %s', (compose) => {
    expect(reason(compose)).toMatch(
      /^review \.env\.docker: 1 value looks like a key; dev\/compose\.yaml:\d has compose read its variables/,
    )
  })

  it('are none of another file', () => {
    expect(reason('services:\n  a:\n    env_file: .env.docker\n')).toContain('; nothing names it')
  })
})

describe('a directory that is copied where it is there', () => {
  const plugins = (
    source: string,
    tracked: MemoryTree = { 'plugins/.gitignore': '*\n!.gitignore\n' },
  ): Repo => ({
    tracked: { Dockerfile: `FROM node\nCOPY ${source} ./plugins/\n`, ...ci(), ...tracked },
    untracked: { 'plugins/mine/index.js': 1000 },
  })

  it.each(['./plugin[s]', 'plugin[s]'])('is asked for by %s, though CI builds without it', (source) => {
    expect(leftOf(plugins(source))).toEqual([`plugins/mine: COPY ${source} asks for it`])
  })

  it.each([
    ['./plugins', undefined],
    ['./plug*', undefined],
    ['./plugin[s]', { 'plugins/.gitignore': 'mine\n', 'plugins/index.js': '' }],
  ])('is taken with the others by %s', (source, tracked) => {
    expect(leftOf(plugins(source, tracked))).toEqual([])
  })
})
