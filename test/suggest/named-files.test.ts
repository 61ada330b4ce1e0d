import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, type Repo, unasked } from './propose-tree.ts'

const reasonOf = (repo: Repo, line: string) =>
  proposeFor(repo).because.find((text) => text.split(': ')[0]?.split(' ').slice(1).includes(line))
const image = (...lines: readonly string[]): string =>
  ['FROM x', 'WORKDIR /s', 'COPY . .', ...lines, ''].join('\n')
const published = {
  '.github/workflows/ci.yml':
    'on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build --push -t app .\n',
}

describe('a file that a manifest asks for stays', () => {
  it.each<[string, string, MemoryTree]>([
    [
      'lib/vendor.jar',
      'pom.xml:3',
      {
        'pom.xml':
          '<project>\n<scope>system</scope>\n<systemPath>${project.basedir}/lib/vendor.jar</systemPath>\n</project>\n',
      },
    ],
    [
      'libs/driver.jar',
      'build.gradle.kts:1',
      { 'build.gradle.kts': 'implementation(files("libs/driver.jar"))\n' },
    ],
    ['wheels/torch-2.whl', 'requirements.txt:1', { 'requirements.txt': './wheels/torch-2.whl\n' }],
    [
      'vendor/kit-1.tgz',
      'package.json:1',
      { 'package.json': '{"dependencies":{"kit":"file:vendor/kit-1.tgz"}}' },
    ],
    [
      'lib/Vendor.dll',
      'src/A.csproj:1',
      { 'src/A.csproj': '<Reference><HintPath>..\\lib\\Vendor.dll</HintPath></Reference>\n' },
    ],
  ])('%s by %s', (path, place, rest) => {
    const repo: Repo = {
      tracked: { Dockerfile: image(), 'src/a': '', '.gitignore': `/${path}\n`, ...rest, ...published },
      untracked: { [path]: 1000 },
    }
    expect(proposeFor(repo).left).toContain(`${path}: ${place} asks for it`)
  })

  it('not where it is only passed over', () => {
    const repo: Repo = {
      tracked: {
        Dockerfile: image(),
        'setup.cfg': '[flake8]\nexclude = scratch/old\n',
        '.gitignore': '/scratch\n',
        ...published,
      },
      untracked: { 'scratch/old/a.py': 1000 },
    }
    expect(proposeFor(repo).left).toEqual([])
  })
})

describe('what programs leave when they fail or are looked into', () => {
  const repo = (untracked: MemoryTree, rest: MemoryTree = {}): Repo => ({
    tracked: { Dockerfile: image(), 'src/a.py': '', ...rest },
    untracked,
  })

  it.each([
    ['java_pid1.hprof', '**/*.hprof', 'a dump of the heap'],
    ['Heap.20250101.heapsnapshot', '**/*.heapsnapshot', 'a snapshot of the heap of V8'],
    ['core.4711', '**/core.[0-9]*', 'the memory of a program that crashed'],
  ])('goes without git knowing of it: %s', (path, line, says) => {
    expect(reasonOf(repo({ [path]: 1000 }), line)).toBe(`safe ${line}: ${says}`)
  })

  it.each([
    ['dump.sql', 'a dump of a database'],
    ['prod-dump.sql', 'a dump of a database'],
    ['backup/app.sql.gz', 'a dump of a database'],
    ['latest.dump', 'a dump of a database'],
    ['core', 'the memory of a program that crashed'],
  ])('is asked about where it may be data: %s', (path, says) => {
    expect(reasonOf(repo({ [path]: 1000 }), path)).toBe(`review ${path}: ${says}`)
  })

  it('stays where a recipe makes it for the image, or git tracks it', () => {
    const made = repo(
      { 'dump.sql': 1000 },
      { Makefile: 'image:\n\tpg_dump shop > dump.sql\n\tdocker build .\n' },
    )
    expect(proposeFor(made).left).toContain('dump.sql: Makefile:2 makes it on the host for this image')
    expect(proposeFor(repo({}, { 'dump.sql': 'x' })).lines.join()).not.toContain('dump.sql')
  })
})

describe('the settings of DVC on this machine', () => {
  it('are asked about as what they are', () => {
    const repo: Repo = {
      tracked: { Dockerfile: image(), '.dvc/config': '', '.dvc/.gitignore': '/config.local\n', 'a.dvc': '' },
      untracked: { '.dvc/config.local': 100 },
    }
    expect(reasonOf(repo, '.dvc/config.local')).toBe(
      'review .dvc/config.local: settings of dvc for this machine, which may hold passwords',
    )
  })
})

describe('pages that next exports', () => {
  const next = (config: string): Repo => ({
    tracked: {
      Dockerfile: image('RUN npx next build'),
      'package.json': '{}',
      'next.config.mjs': config,
      '.gitignore': 'out\n',
    },
    untracked: { 'out/index.html': 100 },
  })

  it('are made anew only where the configuration exports them', () => {
    expect(unasked(proposeFor(next("export default { output: 'export' }\n")))).toContain('out')
    expect(unasked(proposeFor(next("export default { output: 'standalone' }\n")))).not.toContain('out')
  })
})
