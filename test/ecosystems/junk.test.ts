import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ecosystemsOf, isThereAmong, junkAt } from '../../src/ecosystems/index.ts'

/** Asks among these paths; their directories are there too. */
function among(...paths: readonly string[]) {
  const names = new Map<string, Set<string>>()
  for (const path of paths) {
    const components = path.split('/')
    for (const [i, name] of components.entries()) {
      const dir = components.slice(0, i).join('/')
      names.set(dir, (names.get(dir) ?? new Set()).add(name))
    }
  }
  return isThereAmong((dir) => names.get(dir) ?? [])
}

const dir = (path: string, ...beside: readonly string[]) => junkAt(path, true, among(path, ...beside))
const file = (path: string, ...beside: readonly string[]) => junkAt(path, false, among(path, ...beside))

describe('junk', () => {
  it('coverage of simplecov is known in a gem of the repository too', () => {
    const files = (manifest: string) => ['gems/a/coverage/.last_run.json', `gems/a/${manifest}`]
    expect(dir('gems/a/coverage', ...files('a.gemspec'))?.ecosystem).toBe('ruby')
    expect(dir('gems/a/coverage', ...files('README.md'))).toBeNull()
  })

  it.each([
    ['node_modules', 'rebuilt'],
    ['apps/web/node_modules', 'rebuilt'],
    ['app/__pycache__', 'always'],
    ['.pytest_cache', 'always'],
    ['.mypy_cache', 'always'],
    ['.idea', 'always'],
    ['.vscode', 'always'],
    ['.turbo', 'always'],
    ['.tox', 'always'],
    ['.terraform', 'always'],
    ['vendor/bundle', 'rebuilt'],
    ['cypress/videos', 'always'],
    ['priv/plts', 'always'],
    ['storage/clockwork', 'always'],
    ['.git', 'never'],
  ])('%s is known wherever it lies', (path, disposable) => {
    expect(dir(path)?.disposable).toBe(disposable)
  })

  it.each([
    '.DS_Store',
    'src/.DS_Store',
    'src/lib/.timetable.ts.swp',
    'logs/app.log',
    'npm-debug.log',
    'npm-debug.log.123',
    'a/b~',
    'Thumbs.db',
    '.eslintcache',
    '.coverage',
    'desktop.ini',
    'hs_err_pid4711.log',
    'ledger.iml',
    '.irb_history',
    '.claude/settings.local.json',
    'clover.xml',
    'cachegrind.out.4711',
  ])('%s is disposable', (path) => {
    expect(file(path)?.disposable).toBe('always')
  })

  it.each([
    '.env',
    '.env.local',
    'src/index.ts',
    '.dockerignore',
    'Dockerfile',
    '.coveragerc',
    'README.md',
    '.gitignore',
    'catalog',
    'build',
    'node_modules',
  ])('the file %s is none', (path) => {
    expect(file(path, 'package.json')).toBeNull()
  })

  it('is told from a source of the same name by what lies beside it', () => {
    expect(dir('target')).toBeNull()
    expect(dir('target', 'pom.xml')?.ecosystem).toBe('java')
    expect(dir('target', 'Cargo.toml')?.ecosystem).toBe('rust')
    expect(dir('services/acc/obj', 'services/acc/Acc.csproj')?.ecosystem).toBe('dotnet')
    expect(dir('services/acc/obj', 'Acc.csproj')).toBeNull()
    expect(dir('bin')).toBeNull()
    expect(dir('bin', 'go.mod')?.disposable).toBe('rebuilt')
    expect(dir('vendor')).toBeNull()
    expect(dir('vendor', 'composer.json')?.disposable).toBe('rebuilt')
    expect(dir('build', 'package.json')?.disposable).toBe('rebuilt')
    expect(dir('deps', 'mix.exs')?.ecosystem).toBe('elixir')
    expect(dir('build', 'build.gradle.kts')?.ecosystem).toBe('java')
  })

  it('is told from a source of the same name by what lies in it', () => {
    expect(dir('venv')).toBeNull()
    expect(dir('venv', 'venv/pyvenv.cfg')?.what).toBe('environment')
    expect(dir('.env', '.env/settings')).toBeNull()
    expect(dir('coverage', 'package.json')).toBeNull()
    expect(dir('coverage', 'package.json', 'coverage/lcov.info')?.what).toBe('report')
    expect(dir('vendor', 'go.mod', 'vendor/modules.txt')?.disposable).toBe('never')
    expect(dir('build', 'setup.py', 'build/wheel.py')).toBeNull()
    expect(dir('build', 'setup.py', 'build/bdist.linux-x86_64/x')?.disposable).toBe('rebuilt')
  })

  it('is an object file only beside sources', () => {
    expect(file('src/metro.o', 'src/metro.c')?.disposable).toBe('rebuilt')
    expect(file('models/metro.o')).toBeNull()
  })

  it('with the longer name is meant', () => {
    expect(dir('.next/cache', 'package.json')?.disposable).toBe('always')
    expect(dir('.next', 'package.json')?.disposable).toBe('rebuilt')
    expect(dir('web/.next/cache', 'web/package.json')?.name).toBe('.next/cache')
    expect(dir('cache', 'package.json')).toBeNull()
  })

  it('with neighbours that vouch for it is preferred', () => {
    expect(dir('.cache')?.disposable).toBe('never')
    expect(dir('.cache', 'gatsby-config.js')?.disposable).toBe('rebuilt')
  })

  it('needs its first component: a directory called bundle is none', () => {
    expect(dir('bundle')).toBeNull()
    expect(dir('lib/bundle')).toBeNull()
  })

  it('never makes it throw, whatever the path', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), fc.boolean(), (path, isDirectory, answer) => {
        const found = junkAt(path, isDirectory, () => answer)
        expect([null, isDirectory ? 'dir' : 'file']).toContain(found?.type ?? null)
      }),
    )
  })

  it('is the same at any depth where the neighbours are the same', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('node_modules', 'target', 'obj', '.venv', 'dist', '.next', 'coverage', 'x', 'vendor'),
        fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 4 }),
        fc.boolean(),
        (name, above, answer) => {
          const shallow = junkAt(name, true, () => answer)
          const deep = junkAt([...above, 'zz', name].join('/'), true, () => answer)
          expect(deep?.name).toBe(shallow?.name)
        },
      ),
    )
  })
})

describe('isThereAmong', () => {
  it('knows paths and wildcards in any component', () => {
    const isThere = among('src/App/App.csproj', 'package.json')
    expect(isThere('package.json')).toBe(true)
    expect(isThere('src/App')).toBe(true)
    expect(isThere('src/*/*.csproj')).toBe(true)
    expect(isThere('src/*.csproj')).toBe(false)
    expect(isThere('package.json/x')).toBe(false)
    expect(isThere('')).toBe(false)
  })
})

describe('the ecosystems of a tree', () => {
  const everywhere = ['editors', 'system-packages', 'shell']

  it('are those whose manifests it has, and those that apply everywhere', () => {
    expect(ecosystemsOf([]).map(({ id }) => id)).toEqual(everywhere)
    expect(ecosystemsOf(['web/package.json', 'README.md', 'api/Api.csproj']).map(({ id }) => id)).toEqual([
      'node',
      'dotnet',
      ...everywhere,
    ])
  })
})
