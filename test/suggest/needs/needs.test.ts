import { describe, expect, it } from 'vitest'
import { knownCommand } from '../../../src/ecosystems/index.ts'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { openGrounds } from '../../../src/suggest/needs/needs.ts'
import {
  followed,
  ignoresOf,
  proposeTree,
  refusalsOf,
  rewritten,
  suggestionsOf,
  withDockerfile,
} from '../follow-tree.ts'

const manifest = (more: object = {}): string =>
  JSON.stringify({ name: 'x', version: '1.0.0', ...more }, null, 2)
const lines = (run: string) => ['FROM base', 'WORKDIR /app', 'COPY . .', `RUN ${run}`]
/** The COPY lines that stand before the install; null when nothing moves. */
const copied = (run: string, tree: MemoryTree) =>
  rewritten(withDockerfile(lines(run), { ...tree, 'src/x': 3 }), 'manifest-first')
    ?.slice(2, -2)
    .map((line) => line.replace('COPY ', '')) ?? null
const why = (run: string, tree: MemoryTree) =>
  refusalsOf(withDockerfile(lines(run), tree)).map((text) => text.replace(/^.*?\): /, ''))

describe('what comes before a restore of .NET', () => {
  const sources = (value: string) =>
    `<configuration><packageSources><clear /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" /><add key="house" value="${value}" /></packageSources></configuration>`
  const net = (value: string): MemoryTree => ({
    'a.csproj': '<Project/>',
    'nuget.config': sources(value),
    'feed/Nets.1.0.0.nupkg': 100,
  })

  it.each(['./feed', 'feed', '.\\feed'])('is the directory that it takes packages from: %s', (value) => {
    expect(copied('dotnet restore', net(value))?.join(' ')).toContain('feed ./feed/')
  })

  it('does not come where that is none of the context', () => {
    expect(copied('dotnet restore', net('../feed'))).toBeNull()
    expect(copied('dotnet restore', net('https://example.com/v3/index.json'))?.join(' ')).not.toContain(
      'feed',
    )
  })
})

describe('what comes before an install of node', () => {
  const npm: MemoryTree = { 'package.json': manifest(), 'package-lock.json': '{}' }

  it('is settings as well', () => {
    expect(copied('npm ci', { ...npm, '.npmrc': 'x' })).toEqual(['package.json package-lock.json .npmrc ./'])
  })

  it('is what yarn berry keeps in the project', () => {
    const tree = {
      'package.json': manifest(),
      'yarn.lock': 'x',
      '.yarnrc.yml': 'x',
      '.yarn/releases/yarn.cjs': 3,
      '.yarn/plugins/p.cjs': 3,
      '.yarn/patches/a.patch': 3,
    }
    expect(copied('yarn install --immutable', tree)).toEqual([
      'package.json yarn.lock .yarnrc.yml ./',
      '.yarn/patches ./.yarn/patches/',
      '.yarn/plugins ./.yarn/plugins/',
      '.yarn/releases ./.yarn/releases/',
    ])
    expect(ignoresOf(withDockerfile(lines('yarn install --immutable'), tree), 'manifest-first')).toEqual(
      expect.arrayContaining(['node_modules', '.pnp.cjs', '.yarn/unplugged', '.yarn/install-state.gz']),
    )
  })

  it('makes no map of packages where yarn berry keeps them in node_modules', () => {
    const tree = {
      'package.json': manifest(),
      'yarn.lock': 'x',
      '.yarnrc.yml': 'nodeLinker: node-modules\n',
    }
    expect(ignoresOf(withDockerfile(lines('yarn install --immutable'), tree), 'manifest-first')).toEqual([
      'node_modules',
      '.yarn/cache',
      '.yarn/install-state.gz',
    ])
  })

  it('is the cache of yarn berry where it is a part of the project, which stays in the copy', () => {
    const tree = {
      'package.json': manifest(),
      'yarn.lock': 'x',
      '.yarnrc.yml': 'x',
      '.yarn/cache/a.zip': 3,
      '.pnp.cjs': 3,
    }
    // The map of the packages is made anew and goes: a COPY that named it would fail.
    expect(copied('yarn install --immutable', tree)).toEqual([
      'package.json yarn.lock .yarnrc.yml ./',
      '.yarn/cache ./.yarn/cache/',
    ])
    const whole = withDockerfile(lines('yarn install --immutable'), tree)
    expect(ignoresOf(whole, 'manifest-first')).not.toContain('.yarn/cache')
    expect(String(followed(whole, null)['.dockerignore']).split('\n')).toContain('.pnp.cjs')
  })

  it('is nothing of berry for yarn classic', () => {
    const tree = withDockerfile(lines('yarn install --frozen-lockfile'), {
      'package.json': manifest(),
      'yarn.lock': 'x',
    })
    expect(ignoresOf(tree, 'manifest-first')).toEqual(['node_modules'])
  })

  it('is the workspace, the hooks and the patches of pnpm', () => {
    expect(
      copied('pnpm install --frozen-lockfile', {
        'package.json': manifest({ pnpm: { patchedDependencies: { 'b@1': 'fixes/b.patch' } } }),
        'pnpm-lock.yaml': 'x',
        'pnpm-workspace.yaml':
          "packages:\n  - 'apps/*'\n  - '!apps/old'\npatchedDependencies:\n  c@1: fixes/c.patch\nonlyBuiltDependencies:\n  - apps\n",
        '.npmrc': 'x',
        '.pnpmfile.cjs': 'x',
        'patches/a.patch': 3,
        'fixes/b.patch': 3,
        'fixes/c.patch': 3,
        'fixes/d.patch': 3,
        'apps/web/package.json': manifest(),
        'apps/old/package.json': manifest(),
      }),
    ).toEqual([
      'package.json pnpm-workspace.yaml pnpm-lock.yaml .npmrc .pnpmfile.cjs ./',
      'apps/web/package.json ./apps/web/',
      'fixes/b.patch fixes/c.patch ./fixes/',
      'patches ./patches/',
    ])
  })

  it('is the lockfile of bun in either form', () => {
    for (const lock of ['bun.lock', 'bun.lockb'])
      expect(copied('bun install', { 'package.json': manifest(), [lock]: 'x' })).toEqual([
        `package.json ${lock} ./`,
      ])
  })

  it('is every package that is taken from a directory, and those that it takes', () => {
    expect(
      copied('npm ci', {
        ...npm,
        'package.json': manifest({ dependencies: { u: 'file:./libs/u', t: 'file:vendor/t-1.0.0.tgz' } }),
        'libs/u/package.json': manifest({ dependencies: { v: 'link:../v' } }),
        'libs/u/index.js': 3,
        'libs/v/package.json': manifest(),
        'vendor/t-1.0.0.tgz': 3,
      }),
    ).toEqual([
      'package.json package-lock.json ./',
      'vendor/t-1.0.0.tgz ./vendor/',
      'libs/u ./libs/u/',
      'libs/v ./libs/v/',
    ])
  })

  it.each(['yarn install', 'pnpm install'])('is the manifest alone of what %s makes a link to', (install) => {
    const tree = {
      'package.json': manifest({
        dependencies: { u: 'link:./libs/u', v: 'portal:./libs/v', w: 'link:./libs/w' },
      }),
      ...{ 'yarn.lock': 3, 'pnpm-lock.yaml': 3, 'libs/u/index.js': 3, 'libs/v/index.js': 3 },
      'libs/u/package.json': manifest({ dependencies: { t: 'file:../t' } }),
      'libs/v/package.json': manifest(),
      ...{ 'libs/t/package.json': manifest(), 'libs/t/index.js': 3, 'libs/w/index.js': 3 },
    }
    expect(copied(install, tree)?.slice(1)).toEqual([
      'libs/u/package.json ./libs/u/',
      'libs/v/package.json ./libs/v/',
      'libs/t ./libs/t/',
      'libs/w ./libs/w/',
    ])
  })

  it('is the schema from which prisma generates its client', () => {
    const tree = {
      ...npm,
      'package.json': manifest({ dependencies: { '@prisma/client': '6' } }),
      'prisma/schema.prisma': 3,
      'prisma/migrations/1.sql': 3,
    }
    expect(copied('npm ci', tree)).toEqual([
      'package.json package-lock.json ./',
      'prisma/schema.prisma ./prisma/',
    ])
    expect(
      copied('npm ci', {
        ...tree,
        'package.json': manifest({
          dependencies: { '@prisma/client': '6' },
          prisma: { schema: 'db/main.prisma' },
        }),
        'db/main.prisma': 3,
      }),
    ).toContain('db/main.prisma ./db/')
    expect(copied('npm ci --ignore-scripts', tree)).toEqual(['package.json package-lock.json ./'])
  })

  it.each(['prisma.config.ts', '.config/prisma.ts'])('is what tells prisma where that is: %s', (file) => {
    const tree = {
      ...npm,
      'package.json': manifest({
        scripts: { postinstall: 'prisma generate' },
        devDependencies: { prisma: '7' },
      }),
      'prisma/schema.prisma': 3,
      [file]: 3,
    }
    expect(copied('npm ci', tree)?.join(' ')).toContain(file)
  })

  it('is a decision where prisma may generate into what is copied', () => {
    const tree = withDockerfile(lines('npm ci'), {
      ...npm,
      'package.json': manifest({ dependencies: { '@prisma/client': '6' } }),
      'prisma/schema.prisma': 3,
      'src/generated/client.js': 3,
    })
    expect(suggestionsOf(tree, 'manifest-first').map(({ safety }) => safety)).toEqual(['review'])
  })

  it.each([
    'husky',
    'husky install || true',
    'is-ci || husky install',
    'npx only-allow pnpm',
    'patch-package',
  ])('does without the sources for a prepare script `%s`', (prepare) => {
    expect(copied('npm ci', { ...npm, 'package.json': manifest({ scripts: { prepare } }) })).not.toBeNull()
  })

  it.each(['npm run build', 'husky && tsc', 'node gone.js'])('needs them for `%s`', (prepare) => {
    expect(copied('npm ci', { ...npm, 'package.json': manifest({ scripts: { prepare } }) })).toBeNull()
  })

  it('does without them for scripts that yarn runs in no workspace from version 2 on', () => {
    const yarn = (more: object) => ({
      'package.json': manifest({ workspaces: ['a'], ...more }),
      'yarn.lock': 3,
      'a/package.json': manifest({ name: 'a', scripts: { prepublish: 'jest', prepare: 'tsc' } }),
    })
    expect(why('yarn install', yarn({}))).toEqual([
      'its prepublish script runs jest, which may need the sources',
    ])
    const berry = { '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.0.0.cjs\n' }
    expect(copied('yarn install', { ...yarn({}), ...berry })).not.toBeNull()
    // Classic passes over them, and runs the scripts.
    const settings = { '.yarnrc.yml': 'nodeLinker: node-modules\n# yarnPath: x\n' }
    expect(copied('yarn install', { ...yarn({}), ...settings })).toBeNull()
    expect(copied('yarn install', { ...yarn({}), ...berry, '.dockerignore': '.yarnrc.yml\n' })).toBeNull()
    expect(copied('yarn install', yarn({ packageManager: 'yarn@4.12.0' }))).not.toBeNull()
    expect(copied('yarn install', yarn({ packageManager: 'yarn@1.22.22' }))).toBeNull()
    const built = manifest({ name: 'a', scripts: { postinstall: 'tsc' } })
    expect(copied('yarn install', { ...yarn({}), 'a/package.json': built, ...berry })).toBeNull()
  })

  it('needs them for a script that calls one which builds', () => {
    const tree = { ...npm, 'package.json': manifest({ scripts: { prepare: 'npm run make', make: 'tsc' } }) }
    expect(copied('npm ci', tree)).toBeNull()
    expect(why('npm ci', tree)).toEqual(['its prepare script runs tsc, which may need the sources'])
  })

  it.each<[string, MemoryTree, readonly string[]]>([
    ['node -e 1', {}, ['package.json package-lock.json ./']],
    [
      'panda codegen',
      { 'panda.config.ts': 3, 'other.config.ts': 3 },
      ['package.json panda.config.ts package-lock.json ./'],
    ],
    [
      'node scripts/setup.mjs',
      {
        'scripts/setup.mjs': "import './lib/links.mjs'\nreadFileSync('assets/list.txt')\n",
        'scripts/lib/links.mjs': "import fs from 'node:fs'\n",
        'scripts/other.mjs': 3,
        'assets/list.txt': 3,
      },
      [
        'package.json package-lock.json ./',
        'assets/list.txt ./assets/',
        'scripts/lib/links.mjs ./scripts/lib/',
        'scripts/setup.mjs ./scripts/',
      ],
    ],
    [
      'sh scripts/setup.sh',
      { 'scripts/setup.sh': 'ls\n' },
      ['package.json package-lock.json ./', 'scripts/setup.sh ./scripts/'],
    ],
  ])(
    'asks somebody where a script runs `%s`, with what it is seen to need',
    (postinstall, more, expected) => {
      const tree = { ...npm, ...more, 'package.json': manifest({ scripts: { postinstall } }) }
      expect(copied('npm ci', tree)).toEqual(expected)
      const [found] = suggestionsOf(withDockerfile(lines('npm ci'), tree), 'manifest-first')
      expect(found?.safety).toBe('review')
      expect(found?.because).toContain(
        `; but its postinstall script runs ${postinstall}, which may need the sources`,
      )
    },
  )

  it('asks somebody where a script may fail', () => {
    const tree = {
      ...npm,
      'svelte.config.js': 3,
      'package.json': manifest({ scripts: { prepare: "svelte-kit sync || echo ''" } }),
    }
    expect(copied('npm ci', tree)).toEqual(['package.json svelte.config.js package-lock.json ./'])
    expect(suggestionsOf(withDockerfile(lines('npm ci'), tree), 'manifest-first')[0]?.safety).toBe('review')
  })

  it('does without them where no script runs', () => {
    const tree = { ...npm, 'package.json': manifest({ scripts: { prepare: 'tsc' } }) }
    expect(copied('npm ci --ignore-scripts', tree)).not.toBeNull()
  })

  it('is refused for a package of which only another part of the repository has the source', () => {
    const tree = { ...npm, 'package.json': manifest({ dependencies: { u: 'file:../u' } }) }
    expect(why('npm ci', tree)).toEqual(['it depends on ../u, which is not a part of the context'])
  })
})

describe('what comes before an install of Python', () => {
  it('is every requirements file that another includes', () => {
    expect(
      copied('pip install -r requirements-prod.txt', {
        'requirements-prod.txt': '-r requirements.txt\n-c constraints.txt\n./wheels/a-1.whl\n',
        'requirements.txt': 'flask # ./not/this\n--find-links vendor\n',
        'constraints.txt': 'x\n',
        'wheels/a-1.whl': 3,
        'vendor/b-1.whl': 3,
      }),
    ).toEqual([
      'constraints.txt requirements-prod.txt requirements.txt ./',
      'wheels/a-1.whl ./wheels/',
      'vendor ./vendor/',
    ])
  })

  it.each(['-e .', '.', './lib', 'lib/core', 'core @ file:///app/lib'])(
    'is refused for a line `%s`',
    (line) => {
      const tree = { 'requirements.txt': `${line}\n`, 'lib/core/setup.py': 3 }
      expect(why('pip install -r requirements.txt', tree)).toEqual([
        'it installs a package of the project itself, which needs the sources',
      ])
    },
  )

  it('is refused for what is not a file of the context', () => {
    expect(why('pip install -r requirements.txt', { 'requirements.txt': '-r more.txt\n' })).toEqual([
      'it includes more.txt, which is not in the context',
    ])
  })

  it('is found by an absolute path too', () => {
    const tree = withDockerfile(['FROM base', 'COPY . /app', 'RUN pip install -r /app/requirements.txt'], {
      'requirements.txt': 'flask\n',
      'x.py': 3,
    })
    expect(rewritten(tree, 'manifest-first')).toEqual([
      'FROM base',
      'COPY requirements.txt /app/',
      'RUN pip install -r /app/requirements.txt',
      'COPY . /app',
    ])
  })

  it.each(['pip install .', 'pip install -e .', 'uv pip install .', 'pdm install'])(
    'is refused for %s',
    (run) => {
      const tree = { 'pyproject.toml': '[project]\n', 'pdm.lock': 'x' }
      expect(copied(run, tree)).toBeNull()
      expect(why(run, tree)[0]).toContain('which needs the sources')
    },
  )

  it.each([
    ['poetry install --no-root', 'poetry.lock'],
    ['uv sync --frozen --no-install-project', 'uv.lock'],
    ['pdm install --no-self', 'pdm.lock'],
  ])('is pyproject.toml and the lockfile for %s', (run, lock) => {
    expect(copied(run, { 'pyproject.toml': '[project]\n', [lock]: 'x' })).toEqual([
      `pyproject.toml ${lock} ./`,
    ])
    expect(why(run, { 'pyproject.toml': '[project]\n' })[0]).toMatch(/lockfile|manifest/)
  })

  it.each([
    ['uv sync --frozen', '[project]\nname = "a"\n', 'uv.lock'],
    ['uv sync --frozen', '[project]\nname = "a"\n# No [build-system].\n', 'uv.lock'],
    ['poetry install', '[tool.poetry]\npackage-mode   = false\n', 'poetry.lock'],
  ])('is no more for %s where there is nothing to install but what it depends on', (run, text, lock) => {
    expect(copied(run, { 'pyproject.toml': text, [lock]: 'x' })).toEqual([`pyproject.toml ${lock} ./`])
    const built = `${text}[build-system]\nrequires = ["hatchling"]\n`.replace('= false', '= true # = false')
    expect(copied(run, { 'pyproject.toml': built, [lock]: 'x' })).toBeNull()
  })

  it('is every path dependency of poetry', () => {
    const project = (path: string) => ({
      'pyproject.toml': `[tool.coverage]\npath = "nowhere"\n[tool.poetry.dependencies]\ncore = { path = "${path}", develop = true }\n`,
      'poetry.lock': 'x',
      'libs/core/pyproject.toml': 3,
    })
    expect(copied('poetry install --no-root', project('libs/core'))).toEqual([
      'pyproject.toml poetry.lock ./',
      'libs/core ./libs/core/',
    ])
    expect(why('poetry install --no-root', project('../core'))).toEqual([
      'it installs ../core, which needs the sources',
    ])
  })

  it('is refused for members of a workspace that uv would install', () => {
    const tree = {
      'pyproject.toml': '[project]\n[tool.uv.workspace]\nmembers = ["packages/*"]\n',
      'uv.lock': 'x',
      'packages/a/pyproject.toml': '[project]\n',
    }
    expect(why('uv sync --frozen --no-install-project', tree)[0]).toContain(
      '--no-install-workspace would leave out',
    )
    expect(copied('uv sync --frozen --no-install-workspace', tree)).toEqual(['pyproject.toml uv.lock ./'])
    expect(copied('uv sync --locked --no-install-workspace', tree)).toEqual([
      'pyproject.toml uv.lock ./',
      'packages/a/pyproject.toml ./packages/a/',
    ])
  })

  it('is Pipfile and its lockfile for pipenv', () => {
    const tree = { Pipfile: '[packages]\n', 'Pipfile.lock': '{}' }
    expect(copied('pipenv sync --system', tree)).toEqual(['Pipfile Pipfile.lock ./'])
    expect(copied('pipenv install --system --deploy', tree)).toEqual(['Pipfile Pipfile.lock ./'])
    expect(why('pipenv install --system', tree)).toEqual([
      'it rewrites Pipfile.lock, over which the copy would then put the old one',
    ])
  })
})

describe('what comes before go mod download', () => {
  it('is go.mod and go.sum', () => {
    expect(copied('go mod download', { 'go.mod': 'module x\n', 'go.sum': 'x' })).toEqual(['go.mod go.sum ./'])
  })

  it('is the go.mod of every module that lies in the repository', () => {
    expect(
      copied('go mod download', {
        'go.mod': 'module x\nreplace example.com/y => ./y\n',
        'go.sum': 'x',
        'y/go.mod': 'module y\n',
      }),
    ).toEqual(['go.mod go.sum ./', 'y/go.mod ./y/'])
    expect(
      copied('go mod download', {
        'go.work': 'go 1.22\nuse (\n\t./a\n\t./b // second\n)\n',
        'a/go.mod': 'module a\n',
        'a/go.sum': 'x',
        'b/go.mod': 'module b\n',
      }),
    ).toEqual(['go.work ./', 'a/go.mod a/go.sum ./a/', 'b/go.mod ./b/'])
  })

  it('is refused for one that lies elsewhere', () => {
    const tree = { 'go.mod': 'module x\nreplace y => ../y\n', 'go.sum': 'x' }
    expect(why('go mod download', tree)).toEqual(['it names ../y, which is not in the context'])
  })
})

describe('what many Dockerfiles install alike', () => {
  it('is thought out once', () => {
    const { main } = proposeTree(
      withDockerfile(lines('npm ci'), { 'package.json': '{}', 'package-lock.json': '{}' }),
    )
    const { repository } = proposeTree({ Dockerfile: 'FROM x\n' })
    const { needsOf } = openGrounds(main.table, repository)
    const place = { dir: '', files: [] }
    const [ci, yarn] = [knownCommand(['npm', 'ci']), knownCommand(['yarn', 'install'])]
    if (ci === null || yarn === null) throw new Error('known to everybody')
    expect(needsOf({ ...ci }, { ...place })).toBe(needsOf(ci, place))
    expect(needsOf(yarn, place)).not.toBe(needsOf(ci, place))
  })
})

describe('manifests that nobody would write', () => {
  const blank = '\n'.repeat(60_000)

  it.each<[string, string, MemoryTree]>([
    [
      'a go.work of blank lines',
      'go mod download',
      { 'go.mod': 'module x\n', 'go.sum': 'x', 'go.work': blank },
    ],
    ['a Gemfile of blank lines', 'bundle install', { Gemfile: blank, 'Gemfile.lock': 'x' }],
    ['a build.gradle of blank lines', './gradlew build', { 'build.gradle': blank, gradlew: 'x' }],
    [
      'a pyproject.toml of blank lines',
      'poetry install',
      { 'pyproject.toml': `${blank}path = "a"`, 'poetry.lock': '' },
    ],
    ['a pom of parents', 'mvn package', { 'pom.xml': '<parent>'.repeat(30_000) }],
    ['a project of open tags', 'dotnet restore', { 'a.csproj': '<a '.repeat(80_000) }],
    [
      'a script that calls itself',
      'npm ci',
      {
        'package.json': manifest({ scripts: { prepare: Array(200).fill('npm run prepare').join(' && ') } }),
        'package-lock.json': '{}',
      },
    ],
    [
      'scripts that call the next very often',
      'npm ci',
      {
        'package.json': manifest({
          scripts: Object.fromEntries(
            ['prepare', 'b', 'c', 'd', 'e'].map((name, i, all) => [
              name,
              Array(200)
                .fill(`npm run ${all[i + 1] ?? 'f'}`)
                .join(' && '),
            ]),
          ),
        }),
        'package-lock.json': '{}',
      },
    ],
  ])('are soon read: %s', (_, run, tree) => {
    const before = process.cpuUsage()
    proposeTree(withDockerfile(lines(run), { ...tree, 'src/x': 3 }))
    expect(process.cpuUsage(before).user).toBeLessThan(4_000_000)
  })
})
