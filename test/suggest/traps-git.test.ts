import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, unasked } from './propose-tree.ts'

const image = (run: string, base = 'node') => `FROM ${base}\nWORKDIR /app\nCOPY . .\n${run}\n`
const node = { 'package.json': '{"scripts":{"build":"vite build"}}', 'package-lock.json': '{}' }
const proposed = (tracked: MemoryTree) => {
  const { because, left } = proposeFor({ tracked })
  return [...because, ...left].find((text) => /^\w+ \.git:|^\.git:/.test(text))
}

describe('.git stays where a build asks git', () => {
  it.each<[string, MemoryTree, string]>([
    [
      'a script that a RUN calls',
      {
        Dockerfile: image('RUN ./build.sh'),
        'build.sh': { type: 'file', content: '#!/bin/sh\nV=$(git describe --tags)\n', mode: 0o755 },
      },
      '.git: git describe asks git (Dockerfile:4)',
    ],
    [
      'a program that a RUN starts, which makes do where there is no repository',
      {
        Dockerfile: image('RUN /app/venv/bin/python version.py', 'python'),
        'version.py':
          "import subprocess\ntry:\n    r = subprocess.check_output(['git', 'show', '-s'])\nexcept Exception:\n    r = ''\n",
      },
      '.git: /app/venv/bin/python version.py asks git in version.py:3 (Dockerfile:4)',
    ],
    [
      'a makefile that a RUN calls make with',
      {
        Dockerfile: image('RUN make all', 'gcc'),
        Makefile: 'CC := gcc\nVERSION := $(shell git describe)\nall:\n\t$(CC) a.c\n',
        'a.c': 'int',
      },
      '.git: make asks git (Makefile:2)',
    ],
    [
      'a script of the package that an option names',
      {
        Dockerfile: image('RUN npm ci && npm run build -w @x/a'),
        'package.json': '{"workspaces":["packages/*"]}',
        'package-lock.json': '{}',
        'packages/a/package.json':
          '{"name":"@x/a","scripts":{"build":"git rev-parse HEAD > version && tsc"}}',
        'packages/b/package.json': '{"name":"@x/b","scripts":{"build":"tsc"}}',
      },
      '.git: git rev-parse HEAD asks git (Dockerfile:4)',
    ],
    [
      'a package script that a RUN calls',
      {
        Dockerfile: image('RUN npm run build'),
        'package.json': '{"scripts":{"build":"git rev-parse HEAD > version && tsc"}}',
      },
      '.git: git rev-parse HEAD asks git (Dockerfile:4)',
    ],
    [
      'git in the RUN itself',
      { Dockerfile: image('RUN git ls-files > list') },
      '.git: git ls-files asks git (Dockerfile:4)',
    ],
    [
      'go build, for a program that looks for what it stamps',
      {
        Dockerfile: image('RUN go build -o /x .', 'golang'),
        'go.mod': 'module x\n',
        'main.go': 'package main\n',
        'internal/about/about.go': 'package about\n\nconst key = "vcs.revision"\n',
      },
      '.git: go build writes the commit into what it makes (Dockerfile:4), and internal/about/about.go:3 looks for it',
    ],
    [
      'setuptools-scm',
      {
        Dockerfile: image('RUN pip install .', 'python'),
        'pyproject.toml': '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\n',
      },
      '.git: setuptools-scm asks git, unless it is given SETUPTOOLS_SCM_PRETEND_VERSION (pyproject.toml:2)',
    ],
    [
      'hatch-vcs',
      {
        Dockerfile: image('RUN pip install .', 'python'),
        'pyproject.toml': '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n',
      },
      '.git: hatch-vcs asks git, unless it is given SETUPTOOLS_SCM_PRETEND_VERSION (pyproject.toml:2)',
    ],
    [
      'versioneer',
      { Dockerfile: image('RUN pip install .', 'python'), 'setup.py': 'import versioneer\n' },
      '.git: versioneer asks git (setup.py:1)',
    ],
    [
      'poetry-dynamic-versioning',
      {
        Dockerfile: image('RUN poetry install', 'python'),
        'pyproject.toml': '[tool.poetry]\n[tool.poetry-dynamic-versioning]\nenable = true\n',
        'poetry.lock': '',
      },
      '.git: poetry-dynamic-versioning asks git, unless it is given POETRY_DYNAMIC_VERSIONING_BYPASS (pyproject.toml:2)',
    ],
    [
      'MinVer',
      {
        Dockerfile: image('RUN dotnet publish -o /out', 'mcr.microsoft.com/dotnet/sdk:9.0'),
        'a.csproj': '<Project>\n<PackageReference Include="MinVer" />\n</Project>',
      },
      '.git: MinVer asks git, unless it is given MinVerVersionOverride (a.csproj:2)',
    ],
    [
      'Nerdbank.GitVersioning for all projects below',
      {
        Dockerfile: image('RUN dotnet publish -o /out', 'mcr.microsoft.com/dotnet/sdk:9.0'),
        'src/a.csproj': '<Project/>',
        'Directory.Build.props': '<PackageReference Include="Nerdbank.GitVersioning" />',
      },
      '.git: Nerdbank.GitVersioning asks git (Directory.Build.props:1)',
    ],
    [
      'Nerdbank.GitVersioning by its own file',
      {
        Dockerfile: image('RUN dotnet publish -o /out', 'mcr.microsoft.com/dotnet/sdk:9.0'),
        'src/a.csproj': '<Project/>',
        'version.json':
          '{\n  "$schema": "https://raw.githubusercontent.com/dotnet/Nerdbank.GitVersioning/main/src/NerdBank.GitVersioning/version.schema.json",\n  "version": "1.0"\n}\n',
      },
      '.git: Nerdbank.GitVersioning asks git (version.json:2)',
    ],
    [
      'git-commit-id',
      {
        Dockerfile: image('RUN mvn package', 'maven'),
        'pom.xml': '<project>\n<artifactId>git-commit-id-maven-plugin</artifactId>\n</project>',
      },
      '.git: git-commit-id asks git (pom.xml:2)',
    ],
    [
      'vergen',
      {
        Dockerfile: image('RUN cargo build --release', 'rust'),
        'Cargo.toml': '[package]\n[build-dependencies]\nvergen = "8"\n',
      },
      '.git: vergen asks git (Cargo.toml:3)',
    ],
    [
      'a build.rs',
      {
        Dockerfile: image('RUN cargo build --release', 'rust'),
        'Cargo.toml': '[package]\n',
        'build.rs': 'Command::new("git").args(["rev-parse"])',
      },
      '.git: git, started by the configuration asks git (build.rs:1)',
    ],
    [
      'a gemspec',
      {
        Dockerfile: image('RUN bundle install', 'ruby'),
        Gemfile: 'gemspec\n',
        'a.gemspec': 's.files = `git ls-files`.split\n',
      },
      '.git: git ls-files asks git (a.gemspec:1)',
    ],
    [
      'a bundler configuration',
      {
        Dockerfile: image('RUN npm ci && npm run build'),
        ...node,
        'vite.config.ts': "const v = execSync('git rev-parse HEAD')\n",
      },
      '.git: git, started by the configuration asks git (vite.config.ts:1)',
    ],
    [
      'go build that is told to stamp',
      { Dockerfile: image('RUN go build -buildvcs=true ./...', 'golang'), 'go.mod': 'module x\n' },
      '.git: go build asks git (Dockerfile:4)',
    ],
    [
      'nx affected',
      { Dockerfile: image('RUN npm ci && npx nx affected -t build'), ...node, 'nx.json': '{}' },
      '.git: nx affected asks git (Dockerfile:4)',
    ],
    [
      'a line that lets it in',
      { Dockerfile: image(''), '.dockerignore': '*\n!src\n!.git\n', 'src/a': '' },
      '.git: it is let in on purpose',
    ],
    [
      'git-annex, whose files are links into it',
      {
        Dockerfile: image('', 'python'),
        'data/a.bin': { type: 'symlink', target: '../.git/annex/objects/a.bin' },
      },
      '.git: data/a.bin is a link that leads there',
    ],
  ])('%s', (_, tracked, expected) => {
    expect(proposed(tracked)).toBe(expected)
  })
})

describe('.git is asked about', () => {
  it.each<[string, MemoryTree, string]>([
    [
      'where a program reads it as files when it runs',
      {
        Dockerfile: image('RUN echo', 'ruby'),
        'lib/about.rb': "REVISION = File.read('.git/refs/heads/main').strip\n",
      },
      'review .git: lib/about.rb:1 asks git',
    ],
    [
      'for the program that reads it, whatever else may',
      {
        Dockerfile: image('RUN php installer --quiet', 'php'),
        'app/Version.php': "<?php\n$head = file_get_contents(base_path('.git/HEAD'));\n",
      },
      'review .git: app/Version.php:2 asks git',
    ],
    [
      'where go build would stamp the commit',
      { Dockerfile: image('RUN go build -o /x ./cmd', 'golang'), 'go.mod': 'module x\n' },
      'review .git: go build writes the commit into what it makes (Dockerfile:4), and does without',
    ],
    [
      'where dotnet would stamp the commit',
      { Dockerfile: image('RUN dotnet publish -o /x', 'dotnet'), 'a.csproj': '<Project/>' },
      'review .git: dotnet publish writes the commit into what it makes (Dockerfile:4), and does without',
    ],
    [
      'where the stage that would stamp the commit copies the whole directory it lies in',
      {
        Dockerfile: `${image('RUN npm ci')}FROM composer\nCOPY --from=0 /app /app\nRUN composer dump-autoload -d /app\n`,
        ...node,
        'composer.json': '{}',
      },
      'review .git: composer dump-autoload writes the commit into what it makes (Dockerfile:7), and does without',
    ],
    [
      'where a RUN calls make, whose recipes may ask it',
      {
        Dockerfile: image('RUN make', 'gcc'),
        Makefile: 'all:\n\tgcc a.c # git describe\n',
        'a.c': 'int',
      },
      'review .git: what make does is not known (Dockerfile:4): it may ask git',
    ],
    [
      'where turbo hashes what git says',
      { Dockerfile: image('RUN npm ci && npx turbo build'), ...node, 'turbo.json': '{}' },
      'review .git: what npx turbo build does is not known (Dockerfile:4): it may ask git',
    ],
    [
      'where a RUN starts a program of the project',
      { Dockerfile: image('RUN node scripts/build.js'), ...node, 'scripts/build.js': '' },
      'review .git: what node scripts/build.js does is not known (Dockerfile:4): it may ask git',
    ],
  ])('%s', (_, tracked, expected) => {
    expect(proposed(tracked)).toBe(expected)
  })
})

describe('.git goes', () => {
  it.each<[string, MemoryTree]>([
    ['where nothing runs after the copy', { Dockerfile: image('') }],
    [
      'where npm builds by tools that ask nobody',
      { Dockerfile: image('RUN npm ci && npm run build'), ...node },
    ],
    [
      'where pip builds by a backend that asks nobody',
      {
        Dockerfile: image('RUN pip install .', 'python'),
        'pyproject.toml': '[build-system]\nrequires = ["hatchling"]\n',
      },
    ],
    [
      'where go build is told not to stamp',
      { Dockerfile: image('RUN go build -buildvcs=false ./...', 'golang'), 'go.mod': 'module x\n' },
    ],
    [
      'where the stage that would stamp the commit takes but what another has built',
      {
        Dockerfile: `${image('RUN npm ci && npm run build')}FROM composer\nCOPY --from=0 /app/dist ./dist\nCOPY composer.json ./\nRUN composer dump-autoload\n`,
        ...node,
        'composer.json': '{}',
      },
    ],
    [
      'where cargo builds without a build script',
      { Dockerfile: image('RUN cargo build --release', 'rust'), 'Cargo.toml': '[package]\n' },
    ],
    [
      'where git stands in a script that only a release calls',
      {
        Dockerfile: image('RUN npm ci && npm run build'),
        ...node,
        'release.sh': { type: 'file', content: 'git describe --tags\n', mode: 0o755 },
      },
    ],
  ])('%s', (_, tracked) => {
    const { because, lines } = proposeFor({ tracked })
    expect(lines).toContain('safe .git')
    expect(because).toContain('safe .git: no RUN, script or manifest uses git')
  })

  it('proven, where every instruction names what it wants', () => {
    const { because } = proposeFor({ tracked: { Dockerfile: 'FROM node\nCOPY src /app\n', 'src/a.js': '' } })
    expect(because).toContain('proven .git: no instruction reads it')
  })

  it('as a file of a worktree or a submodule too', () => {
    const outcome = proposeFor({
      git: false,
      tracked: { Dockerfile: image(''), '.git': 'gitdir: ../.git/modules/x\n' },
    })
    expect(unasked(outcome)).toContain('.git')
  })
})
