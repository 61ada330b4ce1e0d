import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, ignoresOf, refusalsOf, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const head = ['FROM base', 'WORKDIR /app']
const cargo: MemoryTree = { 'Cargo.toml': "[package]\nname='x'\n", 'Cargo.lock': 'x', 'src/main.rs': 3 }
/** What stands before the copy once the advice is followed. */
const put = (run: string, tree: MemoryTree) =>
  rewritten(withDockerfile([...head, 'COPY . .', run], tree), 'install-first')?.slice(2, -2) ?? null

describe('advice to fetch first', () => {
  it.each<[string, MemoryTree, readonly string[]]>([
    [
      'RUN cargo build --release',
      cargo,
      [
        'COPY Cargo.toml Cargo.lock ./',
        'RUN mkdir -p src && touch src/lib.rs && cargo fetch --locked && rm -r src',
      ],
    ],
    [
      'RUN cargo build --release --workspace',
      {
        'Cargo.toml': "[workspace]\nmembers = ['a', 'b']\n",
        'Cargo.lock': 'x',
        'a/Cargo.toml': '[package]\n',
        'b/Cargo.toml': '[package]\n',
      },
      [
        'COPY Cargo.toml Cargo.lock ./',
        'COPY a/Cargo.toml ./a/',
        'COPY b/Cargo.toml ./b/',
        'RUN mkdir -p a/src b/src && touch a/src/lib.rs b/src/lib.rs && cargo fetch --locked && rm -r a/src b/src',
      ],
    ],
    [
      'RUN ./mvnw -B clean package',
      { 'pom.xml': '<project/>', mvnw: 3, '.mvn/wrapper/x': 3 },
      ['COPY mvnw pom.xml ./', 'COPY .mvn ./.mvn/', 'RUN ./mvnw -B dependency:go-offline'],
    ],
    [
      'RUN gradle bootJar',
      { 'build.gradle.kts': 'x', 'settings.gradle.kts': 'x', 'gradle/libs.versions.toml': 'x' },
      [
        'COPY build.gradle.kts settings.gradle.kts ./',
        'COPY gradle ./gradle/',
        'RUN gradle --no-daemon dependencies',
      ],
    ],
    [
      'RUN composer install --no-dev',
      { 'composer.json': '{}', 'composer.lock': '{}' },
      ['COPY composer.json composer.lock ./', 'RUN composer install --no-dev --no-scripts --no-autoloader'],
    ],
    [
      'RUN dotnet publish src/Api/Api.csproj -o /out',
      {
        'Directory.Packages.props': 'x',
        'src/Api/Api.csproj': '<Project/>',
        'src/Lib/Lib.csproj': '<Project/>',
        'src/Lib/Class.cs': 3,
      },
      [
        'COPY Directory.Packages.props ./',
        'COPY src/Api/Api.csproj ./src/Api/',
        'COPY src/Lib/Lib.csproj ./src/Lib/',
        'RUN dotnet restore src/Api/Api.csproj',
      ],
    ],
    [
      'RUN poetry install --only main',
      { 'pyproject.toml': '[tool.poetry]\n', 'poetry.lock': 'x' },
      ['COPY pyproject.toml poetry.lock ./', 'RUN poetry install --only main --no-root'],
    ],
    [
      'RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen',
      { 'pyproject.toml': '[project]\n[build-system]\n', 'uv.lock': 'x' },
      [
        'COPY pyproject.toml uv.lock ./',
        'RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-install-project',
      ],
    ],
  ])('for %s', (run, tree, lines) => {
    expect(put(run, tree)).toEqual(lines)
  })

  it('is never followed unasked, and not given twice', () => {
    const tree = withDockerfile([...head, 'COPY . .', 'RUN cargo build'], cargo)
    expect(suggestionsOf(tree, 'install-first').map(({ safety }) => safety)).toEqual(['review'])
    expect(followed(tree, null)['Dockerfile']).toBe(tree['Dockerfile'])
    expect(suggestionsOf(followed(tree, 'install-first'), 'install-first')).toEqual([])
  })

  it('changes to the directory that the build runs in', () => {
    const tree = withDockerfile(['FROM base', 'COPY . /src', 'WORKDIR /src', 'RUN mvn package'], {
      'pom.xml': '<project/>',
    })
    expect(rewritten(tree, 'install-first')).toEqual([
      'FROM base',
      'COPY pom.xml /src/',
      'RUN cd /src && mvn -B dependency:go-offline',
      'COPY . /src',
      'WORKDIR /src',
      'RUN mvn package',
    ])
  })

  it('comes with the line that what is fetched needs', () => {
    const tree = withDockerfile([...head, 'COPY . .', 'RUN composer install'], {
      'composer.json': '{}',
      'composer.lock': '{}',
    })
    expect(ignoresOf(tree, 'install-first')).toEqual(['vendor'])
  })

  it('is not given where something has fetched before, or a cache mount keeps what was fetched', () => {
    expect(put('RUN --mount=type=cache,target=/usr/local/cargo/registry cargo build', cargo)).toBeNull()
    const lines = [...head, 'COPY Cargo.toml Cargo.lock ./', 'RUN cargo fetch', 'COPY . .', 'RUN cargo build']
    expect(suggestionsOf(withDockerfile(lines, cargo), 'install-first')).toEqual([])
  })

  it.each<[string, MemoryTree, string]>([
    ['RUN cargo build', { ...cargo, 'Cargo.lock': undefined as never }, 'has no lockfile'],
    [
      'RUN cargo build',
      { ...cargo, 'Cargo.toml': "[package]\nname='x'\n[[bin]]\nname='y'\n" },
      'cargo-chef makes them up',
    ],
    [
      'RUN mvn package',
      { 'pom.xml': '<project>\n<modules><module>a</module></modules></project>' },
      'several modules',
    ],
    ['RUN gradle build', { 'settings.gradle': "include ':a'\n", 'build.gradle': '' }, 'several modules'],
  ])('is refused for %s with its reason', (run, tree, reason) => {
    const there = Object.fromEntries(Object.entries(tree).filter(([, entry]) => entry !== undefined))
    expect(put(run, there)).toBeNull()
    expect(refusalsOf(withDockerfile([...head, 'COPY . .', run], there)).join('\n')).toContain(reason)
  })
})

describe('advice to copy the manifests of a tool whose manifests are programs', () => {
  const move = (run: string, tree: MemoryTree) => withDockerfile([...head, 'COPY . .', `RUN ${run}`], tree)

  it.each<[string, MemoryTree, readonly string[]]>([
    [
      'bundle install',
      {
        Gemfile: "ruby file: '.ruby-version'\ngem 'a', path: 'gems/a'\n",
        'Gemfile.lock': 'x',
        '.ruby-version': 'x',
        'gems/a/a.rb': 3,
      },
      ['COPY Gemfile Gemfile.lock .ruby-version ./', 'COPY gems/a ./gems/a/'],
    ],
    [
      'mix deps.get',
      { 'mix.exs': 'x', 'mix.lock': 'x', 'config/config.exs': 3, 'apps/a/mix.exs': 'x' },
      ['COPY mix.exs mix.lock ./', 'COPY apps/a/mix.exs ./apps/a/', 'COPY config ./config/'],
    ],
    [
      'dotnet restore App.sln',
      { 'App.sln': 'x', 'src/Api/Api.csproj': 'x' },
      ['COPY App.sln ./', 'COPY src/Api/Api.csproj ./src/Api/'],
    ],
    [
      'composer install --no-scripts --no-autoloader',
      { 'composer.json': '{}', 'composer.lock': '{}' },
      ['COPY composer.json composer.lock ./'],
    ],
  ])('%s', (run, files, lines) => {
    const tree = move(run, { ...files, 'lib/x': 3 })
    expect(suggestionsOf(tree, 'manifest-first').map(({ safety }) => safety)).toEqual(['review'])
    expect(rewritten(tree, 'manifest-first')).toEqual([...head, ...lines, `RUN ${run}`, 'COPY . .'])
  })

  it('is not given where the manifest asks git, which is copied with the rest', () => {
    const files = { 'mix.exs': 'v = System.cmd("git", ["describe"])\n', 'mix.lock': 'x' }
    const tree = move('mix deps.get', files)
    expect(refusalsOf({ ...tree, '.git/HEAD': 'x' })[0]).toBe(
      'mix deps.get (Dockerfile:4): git, started by the configuration asks git, and the history is copied only after it',
    )
    expect(
      suggestionsOf({ ...tree, '.git/HEAD': 'x', '.dockerignore': '.git\n' }, 'manifest-first'),
    ).toHaveLength(1)
  })

  it('is not given for a gemspec, which may read the sources', () => {
    const tree = move('bundle install', { Gemfile: 'gemspec\n', 'Gemfile.lock': 'x', 'x.gemspec': 3 })
    expect(refusalsOf(tree)[0]).toContain('its gemspec is a program')
  })
})
