import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { propose } from '../../src/propose.ts'
import { scan } from '../../src/scan.ts'
import type { Suggestion } from '../../src/suggest/edits/suggestion.ts'
import { accepted } from '../../src/suggest/report.ts'
import { contextHost, plainBuild } from '../scan-tree.ts'
import { proposeFor, type Repo, unasked } from './propose-tree.ts'

const reasonOf = (repo: Repo, line: string) =>
  proposeFor(repo).because.find((text) => text.split(': ')[0]?.split(' ').slice(1).includes(line))

const ci = (
  run: string,
  yaml = 'on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n',
) => ({
  '.github/workflows/ci.yml': `${yaml}${run
    .split('\n')
    .map((line) => `      - run: ${line}\n`)
    .join('')}      - run: docker build --push -t app .\n`,
})

describe('the history stays', () => {
  const site = (source: MemoryTree): Repo => ({
    tracked: {
      Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n',
      'package.json': '{"scripts":{"build":"astro build"}}',
      'package-lock.json': '{}',
      ...source,
    },
  })

  it.each<[string, string, string]>([
    ['src/lastmod.mjs', 'export const at = (f) => execSync(`git log -1 --format=%cI ${f}`)\n', 'git log'],
    ['src/lastmod.ts', "const all = execFileSync('git', ['log', '--format=%H'])\n", 'words'],
    ['lib/version.py', 'V = check_output(["git", "rev-list", "--count", "HEAD"])\n', 'a list'],
    ['src/version.rs', 'let out = Command::new("git").args(args).output();\n', 'Command'],
  ])('where %s starts git', (file, text) => {
    expect(reasonOf(site({ [file]: text }), '.git')).toBe(`review .git: ${file}:1 asks git`)
  })

  it('is not kept by a word that is git among others', () => {
    const icons = { 'src/icons.ts': "export const icons = ['github', 'git']\nconst vcs = { type: 'git' }\n" }
    expect(unasked(proposeFor(site(icons)))).toContain('.git')
  })

  it.each([
    ['ENTRYPOINT ["dvc","repro"]', 'dvc asks git'],
    ['CMD git pull && python job.py', 'git pull asks git'],
  ])('where the container starts with %s', (start, reason) => {
    const { left } = proposeFor({
      tracked: { Dockerfile: `FROM python\nWORKDIR /job\nCOPY . .\n${start}\n`, 'job.py': '' },
    })
    expect(left).toContain(`.git: ${reason} (Dockerfile:4)`)
  })
})

describe('what CI builds without', () => {
  const laravel = (config: string): Repo => ({
    tracked: {
      Dockerfile: 'FROM php\nWORKDIR /app\nCOPY . .\n',
      'package.json': '{"scripts":{"build":"vite build"}}',
      'vite.config.js': config,
      'index.php': '',
      '.gitignore': '/public/build\n/data\n.env\n',
      ...ci('npm run build'),
    },
    untracked: { 'public/build/manifest.json': 1000, '.env': 'A=1\n' },
  })

  it('is not what a plugin has the build put elsewhere', () => {
    const plugin = 'import laravel from "laravel-vite-plugin"\nexport default { plugins: [laravel([])] }\n'
    expect(unasked(proposeFor(laravel(plugin)))).not.toContain('public/build')
    expect(unasked(proposeFor(laravel('export default {}\n')))).toContain('public/build')
  })

  it('is asked about where a framework looks for it by itself', () => {
    const { because } = proposeFor(laravel('import laravel from "laravel-vite-plugin"\n'))
    expect(because.find((text) => / \.env:/.test(text))).toMatch(
      /^review .*CI builds without it .*, but a program may read its settings there$/,
    )
  })

  it('is asked about where CI only builds the image', () => {
    const tracked = {
      Dockerfile: 'FROM python\nCOPY . /app\n',
      '.gitignore': 'lib\n',
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build .\n',
    }
    const { because } = proposeFor({ tracked, untracked: { 'lib/jq.js': 1000 } })
    expect(because.find((text) => text.startsWith('review lib:'))).toBe(
      'review lib: CI builds without it (.github/workflows/ci.yml:6), but neither publishes nor starts that image',
    )
  })
})

describe('a name in a text', () => {
  const tool: Repo = {
    tracked: {
      Dockerfile: 'FROM golang AS b\nWORKDIR /s\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /a .\n',
      'go.mod': 'module a\n',
      'main.go': 'package main\n',
      'internal/out/out.go': 'package out\n',
      '.gitignore': '/out\n',
      ...ci('go vet ./...'),
    },
    untracked: { 'out/a': 1000 },
  }

  it('is nothing where it says what a package of Go is called', () => {
    expect(unasked(proposeFor(tool))).toContain('out')
  })

  it('is something where the package opens it', () => {
    const opens = { ...tool.tracked, 'internal/out/out.go': 'package out\nvar f = os.Open("out/a")\n' }
    expect(reasonOf({ ...tool, tracked: opens }, 'out')).toBe('review out: internal/out/out.go:2 names it')
  })

  it('is nothing where it is a job of GitLab, or what docker is told to do', () => {
    const { because } = proposeFor({
      tracked: {
        Dockerfile: 'FROM python\nWORKDIR /a\nCOPY . .\n',
        'a.py': '',
        '.gitignore': '/build\n',
        '.gitlab-ci.yml': 'build:\n  stage: build\n  script:\n    - docker build --push -t app .\n',
      },
      untracked: { 'build/a.bin': 1000 },
    })
    expect(because.find((text) => text.startsWith('safe build:'))).toBe(
      'safe build: CI builds without it (.gitlab-ci.yml:4)',
    )
  })
})

describe('a context that is filled for the build', () => {
  it('keeps what git ignores as a whole', () => {
    const { lines } = proposeFor(
      {
        tracked: { 'src/app.py': 'x', '.gitignore': '/build\n' },
        untracked: {
          'build/image/Dockerfile': 'FROM python\nWORKDIR /a\nCOPY . .\n',
          'build/image/app.py': 'x',
          'build/image/data.bin': 1000,
        },
      },
      { context: '/ctx/build/image' },
    )
    expect(lines).toEqual([])
  })
})

describe('what a change of a Dockerfile copies by its name', () => {
  const dotnet: Repo = {
    tracked: {
      Dockerfile:
        'FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /src\nCOPY . .\nRUN dotnet build A.sln -c Release -o /app\n',
      'A.sln': '',
      'src/A/A.csproj': '<Project/>',
      'src/A/Program.cs': '',
      'tests/T/T.csproj': '<Project/>',
      'README.md': '',
    },
  }

  it('is not dropped with what is about the project', () => {
    const { lines, moves } = proposeFor(dotnet)
    expect(moves.join()).toContain('dotnet restore')
    expect(lines).toContain('review README.md')
    expect(lines).not.toContain('review tests')
  })

  it('is not dropped beside it where both are asked about', () => {
    const host = contextHost({
      Dockerfile: 'FROM jre\nCOPY . /app\nCMD ["java","-jar","/app/target/app.jar"]\n',
      'pom.xml': '<project/>',
      'src/A.java': '',
      'target/app.jar': 1000,
    })
    const { proposals } = propose(host, scan(host, plainBuild), { thorough: true })
    const ignored = (all: readonly Suggestion[]) =>
      all.flatMap(({ ignores }) => ignores.flatMap(({ lines }) => lines))
    expect(ignored(proposals.suggestions)).toContain('target')
    const followed = accepted(proposals, true)
    expect(followed.some(({ rewrites }) => rewrites.length > 0)).toBe(true)
    expect(ignored(followed)).not.toContain('target')
  })
})

describe('a Dockerfile whose name is written with a dot before it', () => {
  const builds = {
    'an action': [
      '- uses: docker/build-push-action@v6',
      '  with: { context: ., file: ./Dockerfile, push: true }',
    ],
    'a command': ['- run: docker build -f ./Dockerfile -t a . && docker push a'],
    compose: ['- run: docker compose build && docker compose push'],
  }
  const repo = (kind: keyof typeof builds, ...before: readonly string[]): Repo => ({
    tracked: {
      Dockerfile: 'FROM python\nCOPY . /app\n',
      'compose.yaml':
        'services:\n  a:\n    image: a\n    build:\n      context: .\n      dockerfile: ./Dockerfile\n',
      '.gitignore': 'lib\n',
      '.github/workflows/ci.yml': [
        ...['on: push', 'jobs:', '  a:', '    steps:', '      - uses: actions/checkout@v4'],
        ...[...before, ...builds[kind]].map((line) => `      ${line}`),
        '',
      ].join('\n'),
    },
    untracked: { 'lib/jq.js': 1000 },
  })

  it.each(['an action', 'a command', 'compose'] as const)('is the one of this context: %s', (kind) => {
    expect(proposeFor(repo(kind)).because.find((text) => text.includes(' lib:'))).toBe(
      'safe lib: CI builds without it (.github/workflows/ci.yml:6)',
    )
    const { lines, left } = proposeFor(repo(kind, '- run: mkdir lib && curl -o lib/jq.js x.org/jq.js'))
    expect(lines.filter((line) => line.endsWith(' lib'))).toEqual([])
    expect(left.join()).toMatch(/^lib: \.github\/workflows\/ci\.yml:6 makes it on the host for this image/)
  })
})

describe('what CI builds one of several images without', () => {
  const reason = (rest: MemoryTree) =>
    proposeFor({
      tracked: { Dockerfile: 'FROM python\nCOPY . /app\n', '.gitignore': 'lib\n', ...ci('true'), ...rest },
      untracked: { 'lib/jq.js': 1000 },
    }).because.find((text) => text.includes(' lib:'))
  const other = 'FROM python\nCOPY . /ml\n'

  it('may be what another of them needs that no CI builds', () => {
    const asked =
      'review lib: CI builds without it (.github/workflows/ci.yml:7), but no build of Dockerfile.ml'
    expect(reason({ 'Dockerfile.ml': other })).toBe(asked)
    expect(reason({ 'Dockerfile.ml': other, ...ci('docker build --push -t ml -f Dockerfile.ml .') })).toMatch(
      /^safe lib: CI builds without it/,
    )
  })

  it('goes where another takes none of it, or may have its own directory for a context', () => {
    expect(reason({ 'Dockerfile.ml': 'FROM python\nCOPY src /ml\n', 'src/a.py': '' })).toMatch(/^safe /)
    expect(reason({ 'ml/Dockerfile': other })).toMatch(/^safe /)
    const Makefile = 'ml:\n\tdocker build -f ml/Dockerfile -t ml .\n'
    expect(reason({ 'ml/Dockerfile': other, Makefile })).toMatch(/but no build of ml\/Dockerfile$/)
  })
})

describe('a build for which docker fetches the sources by itself', () => {
  const repo = (context: string, args = ''): Repo => ({
    tracked: {
      'img/Dockerfile':
        'FROM python\nARG RELEASE\nRUN apt-get update && apt-get install -y git\nCOPY . /app\n',
      Dockerfile: 'FROM python\nARG RELEASE\nRUN apt-get update && apt-get install -y git\nCOPY . /app\n',
      '.gitignore': 'lib\n',
      '.dockerignore': '.git\n',
      '.github/workflows/ci.yml': [
        ...['on: push', 'jobs:', '  a:', '    steps:', '      - run: ./prepare'],
        ...[
          '      - uses: docker/build-push-action@v6',
          '        with:',
          '          push: true',
          context,
          args,
        ],
        '',
      ].join('\n'),
    },
    untracked: { 'lib/jq.js': 1000 },
  })

  it('has none of what git ignores, whatever ran before', () => {
    const reason = (context: string) =>
      proposeFor(repo(context)).because.find((text) => text.includes(' lib:'))
    expect(reason('          tags: a')).toBe('safe lib: CI builds without it (.github/workflows/ci.yml:6)')
    expect(reason("          context: '{{defaultContext}}'")).toMatch(/^safe /)
    // Another directory, another Dockerfile, a checkout.
    expect(reason("          context: '{{defaultContext}}:img'")).toMatch(/^review /)
    expect(reason('          file: x/Dockerfile')).toMatch(/^review /)
    expect(reason('          context: .') ?? 'kept').not.toMatch(/^safe /)
  })

  it('passes its arguments all the same', () => {
    const moves = (args: string) => proposeFor(repo('          tags: a', args)).moves
    expect(moves('          build-args: RELEASE=${{ github.sha }}')).toEqual([
      'safe declare RELEASE after apt-get install',
    ])
    expect(moves('          build-args: RELEASE=1')).toEqual([])
  })
})

describe('data that DVC tracks', () => {
  const repo = (...steps: readonly string[]): Repo => ({
    tracked: {
      Dockerfile: 'FROM python\nCOPY . /app\n',
      ...{
        'data/raw.dvc': 'outs:\n- path: raw\n',
        'data/.gitignore': '/raw\n',
        'models/m.onnx.dvc': 'outs:\n- path: m.onnx\n',
      },
      ...{ 'models/.gitignore': '/m.onnx\n', '.dvc/config': '' },
      '.github/workflows/ci.yml': [
        ...['on: push', 'jobs:', '  a:', '    steps:', '      - uses: actions/checkout@v4'],
        ...[...steps, 'docker build -t a . && docker push a'].map((line) => `      - run: ${line}`),
        '',
      ].join('\n'),
    },
    untracked: { 'data/raw/a.csv': 1000, 'models/m.onnx': 1000 },
  })
  const raw = (repo: Repo) => {
    const { because, left } = proposeFor(repo)
    return [...because, ...left].filter((text) => /(?:data\/raw|m\.onnx):/.test(text)).sort()
  }

  it('is asked about where CI pulls other data and builds the image', () => {
    const model = 'models/m.onnx: .github/workflows/ci.yml:6 makes it on the host for this image'
    expect(raw(repo('uv run --extra cpu dvc pull models/m.onnx.dvc'))).toEqual([
      model,
      'review data/raw: data/raw.dvc:1 tracks it with DVC, and CI builds without it (.github/workflows/ci.yml:7)',
    ])
    expect(raw(repo('dvc pull -r s3 models/m.onnx data/raw'))).toEqual([
      'data/raw: .github/workflows/ci.yml:6 makes it on the host for this image',
      model,
    ])
    expect(
      raw(repo('uv sync', 'uv run ruff check .', 'poetry run ruff format', 'dvc pull models/m.onnx'))[1],
    ).toMatch(/^review data\/raw: .* CI builds without it/)
  })

  it.each(['dvc pull', 'dvc pull -d models/m.onnx', 'dvc repro', './fetch', 'uv run pytest'])(
    'stays where CI may have it: %s',
    (step) => {
      expect(raw(repo(step)).map((text) => text.split(': ')[0])).toEqual(['data/raw', 'models/m.onnx'])
    },
  )
})
