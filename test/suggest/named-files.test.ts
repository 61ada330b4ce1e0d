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

describe('a name that is that of something else', () => {
  const reason = (path: string, rest: MemoryTree, run: readonly string[] = []): string =>
    reasonOf(
      {
        tracked: { Dockerfile: image(...run), 'src/a.py': '', '.gitignore': `/${path}\n`, ...rest },
        untracked: { [`${path}/a`]: 100 },
      },
      path,
    ) ?? ''

  it.each<[string, string, MemoryTree, string]>([
    ['an option', 'seeds', { 'run.sh': 'tool run --seeds\n' }, 'tool run --seeds seeds\n'],
    ['an option with a value', 'seeds', { 'run.sh': 'tool --seeds=none\n' }, 'tool --seeds=./seeds\n'],
    [
      'an image',
      'lagun',
      { 'run.sh': 'pull ghcr.io/org/lagun:1 && pull eu.gcr.io/a/b/lagun\n' },
      'pull ghcr.io/org/lagun && cp lagun /bin\n',
    ],
    [
      'a command of conda',
      'env',
      { 'run.sh': 'conda env create -f environment.yml\n' },
      'conda env create -p env\n',
    ],
  ])('is none of a path: %s', (_, path, rest, other) => {
    expect(reason(path, rest)).not.toContain('names it')
    expect(reason(path, { 'run.sh': other })).toContain('run.sh:1 names it')
  })

  it.each([
    'tool run --seeds/a',
    'import "github.com/org/seeds"',
    'open conf.d/org/seeds',
    'pull ghcr.io/seeds/tool',
    'env seeds create',
    `tool --seeds ${'x'.repeat(200)} seeds`,
  ])('is one in %s', (line) => {
    expect(reason('seeds', { 'run.sh': `${line}\n` })).toContain('run.sh:1 names it')
  })

  it('stays one where it stands too often to look at every place', () => {
    const rest = { 'run.sh': `${'tool --seeds\n'.repeat(20)}cp seeds /x\n` }
    expect(reason('seeds', rest)).toContain('run.sh:1 names it')
  })

  it('is none of a path in the apps.py of a package that is called so', () => {
    const apps = { 'courses/apps.py': 'class C(AppConfig):\n    name = "courses"\n' }
    expect(reason('media/courses', apps)).not.toContain('names it')
    const models = { ...apps, 'courses/models.py': 'ImageField(upload_to="courses")\n' }
    expect(reason('media/courses', models)).toContain('courses/models.py:1 names it')
  })

  it('is none in a RUN of conda, but in one that uses the directory', () => {
    expect(reason('env', {}, ['RUN conda env create -f environment.yml'])).not.toContain('names it')
    expect(reason('env', {}, ['RUN conda env create -p env'])).toContain('RUN (Dockerfile:4) names it')
  })
})

describe('a file that a recipe makes', () => {
  it('is said to be made there', () => {
    const says = (line: string) =>
      reasonOf(
        {
          tracked: { Dockerfile: image(), Makefile: `cover:\n\t${line}\n`, '.gitignore': '/cover.html\n' },
          untracked: { 'cover.html': 100 },
        },
        'cover.html',
      )
    expect(says('go tool cover -html=c.out -o cover.html')).toBe('review cover.html: Makefile:2 makes it')
    expect(says('open cover.html')).toBe('review cover.html: Makefile:2 names it')
    expect(says('grep -o cover.html a')).toBe('review cover.html: Makefile:2 names it')
  })
})
