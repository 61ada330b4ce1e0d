import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, type Repo } from './propose-tree.ts'

const reasonOf = (repo: Repo, line: string) =>
  proposeFor(repo).because.find((text) => text.split(': ')[0]?.split(' ').slice(1).includes(line))
const leftOf = (repo: Repo) => proposeFor(repo).left
const workflow = (...runs: readonly string[]) => ({
  '.github/workflows/ci.yml': [
    'on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4',
    ...runs.map((run) => `      - run: ${run}`),
    '',
  ].join('\n'),
})

describe('what a recipe makes before it builds the image stays', () => {
  const site = (rest: MemoryTree): Repo => ({
    tracked: {
      Dockerfile: 'FROM php\nWORKDIR /app\nCOPY . .\n',
      'index.php': '',
      'package.json': '{"scripts":{"build":"vite build"}}',
      '.gitignore': 'public/build\n',
      ...rest,
    },
    untracked: { 'public/build/a.js': 1000 },
  })
  const makefile = { Makefile: 'image:\n\tnpm run build\n\tdocker build .\n' }
  it.each<[string, Repo, string]>([
    [
      'where a plugin has the build put elsewhere',
      site({
        'vite.config.js':
          "import laravel from 'laravel-vite-plugin'\nexport default { plugins: [laravel([])] }\n",
        ...makefile,
      }),
      'public/build: Makefile:2 makes it on the host for this image',
    ],
    [
      'where the configuration says',
      site({ 'vite.config.ts': "export default { build: { outDir: './public/build' } }\n", ...makefile }),
      'public/build: Makefile:2 makes it on the host for this image',
    ],
    [
      'where the configuration says, beside where it runs',
      site({
        'web/package.json': '{"scripts":{"build":"vite build --emptyOutDir"}}',
        'web/vite.config.ts': "export default { build: { outDir: '../public/build/' } }\n",
        ...workflow('cd web && yarn build', 'docker build --push .'),
      }),
      'public/build: .github/workflows/ci.yml:6 makes it on the host for this image',
    ],
    [
      'where a bundler is told by its own file',
      site({
        'package.json': '{"scripts":{"build":"webpack --mode production"}}',
        'webpack.config.js':
          "module.exports = { output: { path: path.resolve(__dirname, 'public', 'build') } }\n",
        ...makefile,
      }),
      'public/build: Makefile:2 makes it on the host for this image',
    ],
    [
      'where encore is',
      site({
        'package.json': '{"scripts":{"build":"encore production"}}',
        'webpack.config.js': "Encore.setOutputPath('public/build/')\n",
        ...makefile,
      }),
      'public/build: Makefile:2 makes it on the host for this image',
    ],
    [
      'where nobody can tell what the build writes',
      site({
        'package.json': '{"scripts":{"build":"webpack"}}',
        'webpack.config.js': 'module.exports = { output: { path: outputFor(process.env.TARGET) } }\n',
        ...makefile,
      }),
      'public/build: Makefile:2 may make it on the host for this image',
    ],
    [
      'by a package script that builds the image too',
      site({
        'package.json': '{"scripts":{"build":"webpack","image":"npm run build && docker build ."}}',
        'webpack.config.js': "module.exports = { output: { path: path.join(__dirname, 'public/build') } }\n",
      }),
      'public/build: package.json:1 makes it on the host for this image',
    ],
    [
      'by a recipe of just that another needs',
      site({
        'package.json': '{"scripts":{"build":"webpack"}}',
        'webpack.config.js': "module.exports = { output: { path: path.join(__dirname, 'public/build') } }\n",
        justfile: 'assets:\n    npm run build\n\nimage: assets\n    docker build .\n',
      }),
      'public/build: justfile:2 makes it on the host for this image',
    ],
  ])('%s', (_, repo, expected) => {
    expect(leftOf(repo)).toContain(expected)
  })

  const django = (rest: MemoryTree, Dockerfile: string): Repo => ({
    tracked: {
      Dockerfile,
      'manage.py': '',
      'locale/de/LC_MESSAGES/django.po': '',
      '.gitignore': '*.mo\n',
      ...rest,
    },
    untracked: { 'locale/de/LC_MESSAGES/django.mo': 100 },
  })
  const messages = 'locale/de/LC_MESSAGES/django.mo'
  const plain = 'FROM python\nWORKDIR /app\nCOPY . .\n'

  it.each(['python manage.py compilemessages', 'django-admin compilemessages', 'pybabel compile -d locale'])(
    'messages by %s',
    (command) => {
      const repo = django({ Makefile: `image:\n\t${command}\n\tdocker build .\n` }, plain)
      expect(leftOf(repo)).toContain(`${messages}: Makefile:2 makes it on the host for this image`)
    },
  )

  it('messages, unless the image compiles them', () => {
    const repo = django({}, `${plain}RUN python manage.py compilemessages\n`)
    expect(reasonOf(repo, messages)).toBe(
      `safe ${messages}: manage.py compilemessages (Dockerfile:4) makes it anew`,
    )
    expect(reasonOf(django({}, plain), messages)).toBe(
      `review ${messages}: messages of a translation, compiled`,
    )
  })
})

describe('what CI makes only to test it goes', () => {
  it('where the image compiles anew, with the same tool', () => {
    const repo: Repo = {
      tracked: {
        Dockerfile: 'FROM rust\nWORKDIR /s\nCOPY . .\nRUN cargo build --release\n',
        'Cargo.toml': '[package]\n',
        '.gitignore': 'target\n',
        ...workflow('cargo test', 'docker build --push .'),
      },
      untracked: { 'target/debug/a': 100, 'target/CACHEDIR.TAG': 10 },
    }
    expect(reasonOf(repo, 'target')).toBe('safe target: cargo build (Dockerfile:4) makes it anew')
  })

  it.each([
    ['with the same command', 'npm run build', 'safe dist: tsc (Dockerfile:4) makes it anew'],
    ['not what another command puts there', 'npx vite build', undefined],
  ])('%s', (_, run, expected) => {
    const repo: Repo = {
      tracked: {
        Dockerfile: 'FROM node\nWORKDIR /s\nCOPY . .\nRUN npm run build\n',
        'package.json': '{"scripts":{"build":"tsc"}}',
        'tsconfig.json': '{"compilerOptions":{"outDir":"dist"}}',
        'vite.config.ts': '',
        '.gitignore': 'dist\n',
        ...workflow(run, 'docker build .'),
      },
      untracked: { 'dist/a.js': 100 },
    }
    expect(reasonOf(repo, 'dist')).toBe(expected)
  })
})

describe('what a target of nx writes', () => {
  const web =
    '{\n"targets": {"build": {\n"outputs": ["{workspaceRoot}/dist/apps/web"],\n"executor": "@nx/vite:build"\n}}}\n'
  const nx = (rest: MemoryTree): Repo => ({
    tracked: {
      Dockerfile: 'FROM nginx\nCOPY . /srv\n',
      'nx.json': '{}',
      'package.json': '{"scripts":{"build":"nx build web"}}',
      'apps/web/project.json': web,
      '.gitignore': '/dist\n',
      ...rest,
    },
    untracked: { 'dist/apps/web/index.html': 1000 },
  })

  it('stays where a recipe has nx build before it builds the image', () => {
    expect(leftOf(nx({ Makefile: 'image:\n\tnx run-many -t build\n\tdocker build .\n' }))).toEqual([
      'dist: Makefile:2 may make it on the host for this image',
    ])
    expect(leftOf(nx(workflow('npm run build', 'docker build --push .')))).toEqual([
      'dist: .github/workflows/ci.yml:6 may make it on the host for this image',
    ])
  })

  it('goes where CI builds without it, or is asked about: a project that says where it writes needs none of it', () => {
    expect(reasonOf(nx(workflow('docker build --push .')), 'dist')).toMatch(
      /^safe dist: CI builds without it/,
    )
    expect(reasonOf(nx({}), 'dist')).toBe('review dist: apps/web/project.json:3 makes it')
    const reads = web.replace('"executor"', '"assets": ["dist/apps/web"],\n"executor"')
    expect(reasonOf(nx({ 'apps/web/project.json': reads }), 'dist')).toContain('names it')
  })
})

describe('what the image writes where it is told to', () => {
  const node = (
    script: string,
    rest: MemoryTree = {},
    untracked: MemoryTree = { 'dist/a.js': 100 },
  ): Repo => ({
    tracked: {
      Dockerfile: 'FROM node\nWORKDIR /s\nCOPY . .\nRUN npm run build\n',
      'package.json': JSON.stringify({ scripts: { build: script } }),
      '.gitignore': 'dist\nlib\n*.tsbuildinfo\n',
      ...rest,
    },
    untracked,
  })
  it.each<[string, Repo, string]>([
    ['by tsc', node('tsc -p .', { 'tsconfig.json': '{"compilerOptions":{"outDir":"./dist"}}' }), 'tsc'],
    [
      'by tsc, in what the configuration extends',
      node('tsc', {
        'tsconfig.json': '{"extends":"./tsconfig.base.json"}',
        'tsconfig.base.json': '{"compilerOptions":{"outDir":"dist"}}',
      }),
      'tsc',
    ],
    [
      'by tsc, in a configuration that is named',
      node('tsc -p tsconfig.build.json', {
        'tsconfig.json': '{"compilerOptions":{"outDir":"other"}}',
        'tsconfig.build.json': '{"compilerOptions":{"outDir":"dist"}}',
      }),
      'tsc',
    ],
    ['by esbuild', node('esbuild src/a.ts --bundle --outdir=dist'), 'esbuild src/a.ts'],
    ['by esbuild, as a file of what is built', node('esbuild a.ts --outfile=dist/a.js'), 'esbuild a.ts'],
    ['by bun', node('bun build a.ts --outdir dist --target bun'), 'bun build'],
    ['by tsup, which needs no telling', node('tsup src/a.ts'), 'tsup src/a.ts'],
    ['by webpack, which needs none', node('webpack'), 'webpack'],
  ])('goes: %s', (_, repo, tool) => {
    expect(reasonOf(repo, 'dist')).toBe(`safe dist: ${tool} (Dockerfile:4) makes it anew`)
  })

  it.each<[string, Repo]>([
    [
      'the configuration puts it elsewhere',
      node('tsc', { 'tsconfig.json': '{"compilerOptions":{"outDir":"o"}}' }),
    ],
    ['it lies beside the sources', node('tsc', { 'tsconfig.json': '{"compilerOptions":{}}' })],
    [
      'only a run can tell',
      node('webpack', { 'webpack.config.js': 'x = { output: { path: path.join(base, "dist") } }\n' }),
    ],
    [
      'what tsc remembers of its last run is in git, and says that there is nothing to do',
      node('tsc', {
        'tsconfig.json': '{"compilerOptions":{"outDir":"dist","incremental":true}}',
        'tsconfig.tsbuildinfo': '{}',
      }),
    ],
  ])('is asked about where %s', (_, repo) => {
    expect(reasonOf(repo, 'dist')).toMatch(/^review dist: /)
  })

  it('goes with what tsc remembers of it', () => {
    const repo = node(
      'tsc',
      { 'tsconfig.json': '{"compilerOptions":{"outDir":"dist","incremental":true}}' },
      { 'dist/a.js': 100, 'tsconfig.tsbuildinfo': 100 },
    )
    // One suggestion: whoever takes the first line alone has an image without what tsc makes.
    expect(proposeFor(repo).because).toContain(
      'safe dist tsconfig.tsbuildinfo: tsc (Dockerfile:4) makes it anew',
    )
    expect(proposeFor(repo).lines.filter((line) => line.endsWith('.tsbuildinfo'))).toEqual([
      'safe tsconfig.tsbuildinfo',
    ])
  })

  it('alone goes with it, and no directory that tsc is not told to fill', () => {
    const repo = node(
      'tsc',
      {
        'tsconfig.json': '{"compilerOptions":{"outDir":"dist","incremental":true}}',
        'main.js': "open('uploads/x')\n",
        '.gitignore': 'dist\nuploads\n*.tsbuildinfo\n',
      },
      { 'dist/a.js': 100, 'tsconfig.tsbuildinfo': 100, 'uploads/x': 100 },
    )
    expect(reasonOf(repo, 'uploads')).toMatch(/^review uploads: /)
    expect(reasonOf(repo, 'dist')).toMatch(/^safe dist tsconfig\.tsbuildinfo: /)
  })

  it('is asked about where what tsc remembers of it stays', () => {
    const repo = node(
      'tsc',
      {
        'tsconfig.json': '{"compilerOptions":{"outDir":"dist","incremental":true}}',
        Dockerfile: 'FROM node\nWORKDIR /s\nCOPY . .\nCOPY tsconfig.tsbuildinfo .\nRUN npm run build\n',
      },
      { 'dist/a.js': 100, 'tsconfig.tsbuildinfo': 100 },
    )
    expect(reasonOf(repo, 'dist')).toMatch(/^review dist: .*tsconfig\.tsbuildinfo may stay/)
  })

  const elsewhere = (options: string, untracked: MemoryTree, rest: MemoryTree = {}): Repo =>
    node(
      'tsc',
      {
        'tsconfig.json': `{"compilerOptions":{"outDir":"dist",${options}}}`,
        '.gitignore': 'dist\n.cache\n',
        ...rest,
      },
      { 'dist/a.js': 100, ...untracked },
    )

  it.each<[string, Repo, string]>([
    [
      'in a directory of its own',
      elsewhere(
        '"tsBuildInfoFile":".cache/a.json"',
        { '.cache/a.json': 1, '.cache/b': 1 },
        workflow('docker build --push .'),
      ),
      '.cache',
    ],
    [
      'under a name that a base configuration gives it',
      elsewhere(
        '"incremental":true},"extends":"./etc/tsconfig.base","x":{"y":1}',
        { 'etc/info.tsbuildinfo': 1 },
        { 'etc/tsconfig.base.json': '{"compilerOptions":{"tsBuildInfoFile":"./info.tsbuildinfo"}}' },
      ),
      'etc/info.tsbuildinfo',
    ],
  ])('goes with what tsc remembers of it %s', (_, repo, memory) => {
    const reason = reasonOf(repo, 'dist')
    expect(reason).toBe(`safe dist ${memory}: tsc (Dockerfile:4) makes it anew`)
  })

  it('goes alone where what tsc remembers goes anyway, or lies in it', () => {
    const installed = elsewhere(
      '"tsBuildInfoFile":"node_modules/.cache/a.json"',
      { 'node_modules/.cache/a.json': 1 },
      {
        Dockerfile: 'FROM node\nWORKDIR /s\nCOPY . .\nRUN npm ci\nRUN npm run build\n',
        'package-lock.json': '{}',
      },
    )
    expect(reasonOf(installed, 'dist')).toMatch(/^safe dist: /)
    expect(reasonOf(elsewhere('"tsBuildInfoFile":"dist/a.json"', { 'dist/a.json': 1 }), 'dist')).toMatch(
      /^safe dist: /,
    )
    expect(reasonOf(elsewhere('"tsBuildInfoFile":".cache/a.json"', {}), 'dist')).toMatch(/^safe dist: /)
  })

  it('is asked about where what tsc remembers elsewhere is not certain to go', () => {
    expect(reasonOf(elsewhere('"tsBuildInfoFile":".cache/a.json"', { '.cache/a.json': 1 }), 'dist')).toMatch(
      /^review dist.*: .*but \.cache\/a\.json may stay, and tells tsc/,
    )
    expect(reasonOf(elsewhere('"tsBuildInfoFile":"etc/a.json"', {}, { 'etc/a.json': '1' }), 'dist')).toMatch(
      /^review dist: .*but etc\/a\.json may stay, and tells tsc/,
    )
  })

  it('goes in each place with one line for all that tsc remembers, and no second one', () => {
    const part = (dir: string) => ({
      [`${dir}/package.json`]: JSON.stringify({ name: dir, scripts: { build: 'tsc' } }),
      [`${dir}/tsconfig.json`]: '{"compilerOptions":{"outDir":"dist","incremental":true}}',
    })
    const { because, lines, written } = proposeFor({
      tracked: {
        Dockerfile: 'FROM node\nWORKDIR /s\nCOPY . .\nRUN cd a && tsc\nRUN cd b && tsc\n',
        'package.json': '{}',
        '.gitignore': 'dist\n*.tsbuildinfo\n',
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build --push .\n',
        ...part('a'),
        ...part('b'),
        ...part('c'),
      },
      untracked: Object.fromEntries(
        ['a', 'b', 'c'].flatMap((dir) => [
          [`${dir}/dist/a.js`, 100],
          [`${dir}/tsconfig.tsbuildinfo`, 100],
        ]),
      ),
    })
    expect(because.filter((text) => text.includes('dist'))).toEqual([
      expect.stringMatching(/^safe \*\*\/dist \*\*\/\*\.tsbuildinfo: tsc /),
      expect.stringMatching(/^safe c\/dist \*\*\/\*\.tsbuildinfo: /),
    ])
    expect(
      lines.filter((line) => line.endsWith('tsbuildinfo') && !line.endsWith('**/*.tsbuildinfo')),
    ).toEqual([])
    expect(written['.dockerignore']?.split('\n').filter((line) => line.endsWith('tsbuildinfo'))).toEqual([
      '**/*.tsbuildinfo',
    ])
  })
})

describe('the output of next', () => {
  it('goes for a reason that is true of its cache too', () => {
    const repo: Repo = {
      tracked: {
        Dockerfile: 'FROM node\nWORKDIR /s\nCOPY . .\nRUN npx next build\n',
        'package.json': '{}',
        '.gitignore': '.next\n',
      },
      untracked: { '.next/cache/a': 100, '.next/server/a.js': 100 },
    }
    expect(reasonOf(repo, '.next')).toBe('safe .next: next build (Dockerfile:4) makes it anew')
  })
})
