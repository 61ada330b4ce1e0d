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
      'RUN cargo build --release',
      {
        'Cargo.toml':
          "[package]\nname='x'\ndefault-run = 'x'\nbuild = 'build.rs'\n\n[[bin]] # two\nname = 'y'\n[[bin]]\nname='z'\npath='src/z.rs'\n[[bench]]\nname='fast'\nharness = false\n",
        'Cargo.lock': 'x',
      },
      [
        'COPY Cargo.toml Cargo.lock ./',
        'RUN mkdir -p src/bin benches && touch src/lib.rs src/bin/y.rs benches/fast.rs src/bin/x.rs && cargo fetch --locked && rm -r src benches',
      ],
    ],
    [
      'RUN cargo build -p app',
      {
        'Cargo.toml':
          "[workspace]\nmembers = [\n  'crates/*', # all\n  'app',\n]\nexclude = ['crates/old']\n[workspace.dependencies]\nown = { path = 'lib/own' }\n",
        'Cargo.lock': 'x',
        'app/Cargo.toml': '[package]\n',
        'crates/a/Cargo.toml': '[package]\n',
        'crates/old/Cargo.toml': '[package]\n',
        'fuzz/Cargo.toml': '[package]\n',
        'lib/own/Cargo.toml': '[package]\n',
      },
      [
        'COPY Cargo.toml Cargo.lock ./',
        'COPY app/Cargo.toml ./app/',
        'COPY crates/a/Cargo.toml ./crates/a/',
        'COPY lib/own/Cargo.toml ./lib/own/',
        'RUN mkdir -p app/src crates/a/src lib/own/src && touch app/src/lib.rs crates/a/src/lib.rs lib/own/src/lib.rs && cargo fetch --locked && rm -r app/src crates/a/src lib/own/src',
      ],
    ],
    [
      'RUN ./mvnw -B clean package',
      { 'pom.xml': '<project/>', mvnw: 3, '.mvn/wrapper/x': 3 },
      ['COPY mvnw pom.xml ./', 'COPY .mvn ./.mvn/', 'RUN ./mvnw -B dependency:go-offline'],
    ],
    [
      'RUN mvn -P prod,docker -s settings.xml -gs ci/global.xml -DskipTests package',
      { 'pom.xml': '<project/>', 'settings.xml': 'x' },
      ['COPY pom.xml settings.xml ./', 'RUN mvn -B -P prod,docker -s settings.xml dependency:go-offline'],
    ],
    [
      'RUN sbt clean assembly',
      {
        'build.sbt': 'x',
        'version.sbt': 'x',
        'project/build.properties': 'x',
        'project/plugins.sbt': 'x',
        'src/main/scala/A.scala': 3,
      },
      ['COPY build.sbt version.sbt ./', 'COPY project ./project/', 'RUN sbt update'],
    ],
    [
      'RUN swift build -c release --static-swift-stdlib',
      { 'Package.swift': 'x', 'Package.resolved': 'x', 'Sources/main.swift': 3 },
      ['COPY Package.resolved Package.swift ./', 'RUN swift package resolve'],
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
      'RUN composer install && bin/console app:version && rm -rf var/cache/*',
      {
        'composer.json': '{}',
        'composer.lock': '{}',
        'bin/console': "#!/usr/bin/env php\n<?php\nif (!is_file('a')) {\n  throw new E();\n}\n",
      },
      ['COPY composer.json composer.lock ./', 'RUN composer install --no-scripts --no-autoloader'],
    ],
    [
      'RUN dotnet publish src/Api/Api.csproj -o /out',
      {
        'Directory.Packages.props': 'x',
        'src/Api/Api.csproj':
          '<Project><ItemGroup><ProjectReference Include="..\\Lib\\Lib.csproj" /></ItemGroup></Project>',
        'src/Lib/Lib.csproj': '<Project/>',
        'src/Lib/Class.cs': 3,
        'tests/Api.Tests/Api.Tests.csproj':
          '<Project><ProjectReference Include="../../src/Api/Api.csproj" /></Project>',
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

  it('is not given where the stage begins with one that has fetched', () => {
    const uv: MemoryTree = { 'pyproject.toml': '[project]\n[build-system]\n', 'uv.lock': 'x' }
    const of = (first: string) =>
      suggestionsOf(
        withDockerfile(
          ['FROM python AS deps', ...first.split('\n'), 'FROM deps', 'COPY . .', 'RUN uv sync --frozen'],
          uv,
        ),
        'install-first',
      ).length
    expect(
      of('WORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-install-project'),
    ).toBe(0)
    expect(of('WORKDIR /app\nRUN apt-get update')).toBe(1)
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

  describe('where the manifests are copied before the sources already', () => {
    const lines = (copies: readonly string[], run: string, tree: MemoryTree) =>
      rewritten(withDockerfile([...head, ...copies, run], tree), 'install-first')?.slice(2, -1) ?? null
    const maven: MemoryTree = { 'pom.xml': '<project/>', 'src/main/App.java': 3 }

    it.each<[string, readonly string[], string, MemoryTree, readonly string[]]>([
      [
        'maven',
        ['COPY pom.xml .', 'COPY src ./src'],
        'RUN mvn -q -DskipTests package',
        maven,
        ['COPY pom.xml .', 'RUN mvn -B dependency:go-offline', 'COPY src ./src'],
      ],
      [
        'maven with a parent beside it',
        ['COPY pom.xml pom.parent.xml /app/', 'COPY src/main /app/src/main/'],
        'RUN mvn --define java.net.useSystemProxies=true package',
        {
          ...maven,
          'pom.xml':
            '<project><parent><artifactId>p</artifactId>\n<relativePath>pom.parent.xml</relativePath></parent></project>',
          'pom.parent.xml': '<project/>',
        },
        [
          'COPY pom.xml pom.parent.xml /app/',
          'RUN mvn -B dependency:go-offline',
          'COPY src/main /app/src/main/',
        ],
      ],
      [
        'gradle',
        ['COPY gradle gradle', 'COPY build.gradle settings.gradle gradlew ./', 'COPY src src'],
        'RUN ./gradlew bootJar',
        {
          gradlew: 3,
          'build.gradle': 'x',
          'settings.gradle': 'x',
          'gradle/wrapper/gradle-wrapper.jar': 3,
          'src/a': 3,
        },
        [
          'COPY gradle gradle',
          'COPY build.gradle settings.gradle gradlew ./',
          'RUN ./gradlew --no-daemon dependencies',
          'COPY src src',
        ],
      ],
      [
        'cargo, once more behind the copy of everything',
        ['COPY Cargo.toml Cargo.lock ./', 'COPY . .'],
        'RUN cargo build',
        cargo,
        [
          'COPY Cargo.toml Cargo.lock ./',
          'RUN mkdir -p src && touch src/lib.rs && cargo fetch --locked && rm -r src',
          'COPY . .',
        ],
      ],
      [
        'a crate that depends on one beside it',
        ['COPY rust /app/rust', 'WORKDIR /app/cli', 'COPY cli /app/cli'],
        'RUN cargo build',
        {
          'rust/Cargo.toml': '[package]\n',
          'cli/Cargo.toml': "[package]\n[dependencies]\nx = { path = '../rust' }\n",
          'cli/Cargo.lock': 'x',
        },
        [
          'COPY rust /app/rust',
          'WORKDIR /app/cli',
          'COPY cli/Cargo.toml cli/Cargo.lock /app/cli/',
          'RUN mkdir -p src && touch src/lib.rs && cargo fetch --locked && rm -r src',
          'COPY cli /app/cli',
        ],
      ],
    ])('%s', (_, copies, run, tree, after) => {
      expect(lines(copies, run, tree)).toEqual(after)
    })

    it.each<[string, readonly string[], MemoryTree]>([
      ['a manifest comes with the sources', ['COPY pom.xml src/ ./'], maven],
      [
        'a part of the manifests comes last',
        ['COPY pom.xml .', 'COPY src src', 'COPY .mvn .mvn'],
        { ...maven, '.mvn/x': 3 },
      ],
      ['it lies elsewhere', ['COPY pom.xml /other/', 'COPY src src'], maven],
      ['it is not in the context', ['COPY pom.xml .', 'COPY src src'], { 'src/main/App.java': 3 }],
    ])('is not given where %s', (_, copies, tree) => {
      expect(lines(copies, 'RUN mvn package', tree)).toBeNull()
    })
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
      'USER dev\nRUN mvn package',
      { 'pom.xml': '<project>\n<modules><module>a</module></modules></project>' },
      'several modules',
    ],
    [
      'USER dev\nRUN gradle build',
      { 'settings.gradle': "include ':a'\n", 'build.gradle': '' },
      'several modules',
    ],
  ])('is refused for %s with its reason', (run, tree, reason) => {
    const there = Object.fromEntries(Object.entries(tree).filter(([, entry]) => entry !== undefined))
    expect(put(run, there)).toBeNull()
    expect(refusalsOf(withDockerfile([...head, 'COPY . .', run], there)).join('\n')).toContain(reason)
  })
})

describe('what an install is started with', () => {
  const php: MemoryTree = {
    'composer.json': '{"require": {"ext-zip": "*"}}',
    'composer.lock': '{}',
    'app.php': 3,
  }
  const poetry: MemoryTree = { 'pyproject.toml': '[tool.poetry]\n', 'poetry.lock': 'x' }
  const advised = (between: readonly string[], tree: MemoryTree, run: string) =>
    suggestionsOf(withDockerfile([...head, 'COPY . .', ...between, run], tree), 'install-first')
  const refused = (between: readonly string[], tree: MemoryTree, run: string) =>
    refusalsOf(withDockerfile([...head, 'COPY . .', ...between, run], tree))

  it.each<[string, string]>([
    ['RUN curl -sSL https://example.com/install-poetry | python3 -', 'curl -sSL https://example.com/'],
    ['RUN pipx install ./tools/poetry', 'pipx install ./tools/poetry'],
    ['RUN python -m venv /venv', 'python -m venv'],
    ['RUN ./install-tools', './install-tools'],
    ['RUN make tools', 'make tools'],
    ['COPY --from=tools /venv/bin/poetry /usr/local/bin/', 'COPY'],
    ['ENV PATH=/opt/poetry/bin:$PATH', 'ENV PATH'],
    ['ENV POETRY_VIRTUALENVS_CREATE=false', 'ENV POETRY_VIRTUALENVS_CREATE'],
    ['USER app', 'USER'],
  ])('keeps the advice back where it may come with %s, behind the copy', (between, said) => {
    expect(advised([between], poetry, 'RUN poetry install')).toEqual([])
    const reasons = refused([between], poetry, 'RUN poetry install').filter((one) =>
      one.startsWith('poetry install (Dockerfile:5): '),
    )
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toContain(said)
  })

  it('keeps it back where the same step makes the extensions that the manifest demands', () => {
    const run =
      'RUN make ext && docker-php-ext-install zip && curl -sS https://getcomposer.org/installer | php && composer install'
    expect(advised([], php, run)).toEqual([])
    expect(refused([], php, run)).toContain(
      'composer install (Dockerfile:4): make ext (Dockerfile:4) may bring what it needs, and comes after the copy',
    )
  })

  it.each(['RUN chmod +x main.py', 'ENV APP_ENV=prod', 'COPY nginx.conf /etc/nginx/nginx.conf'])(
    'goes past %s',
    (between) => {
      const tree = { ...poetry, 'main.py': 3, 'nginx.conf': 3 }
      expect(advised([between], tree, 'RUN poetry install')).toHaveLength(1)
    },
  )

  it('says settings of the tool again where it goes', () => {
    const run = 'RUN poetry config virtualenvs.create false && poetry install'
    expect(put(run, poetry)).toEqual([
      'COPY pyproject.toml poetry.lock ./',
      'RUN poetry config virtualenvs.create false && poetry install --no-root',
    ])
    expect(put('RUN poetry config http-basic.x u $TOKEN && poetry install', poetry)).toBeNull()
    expect(put('RUN poetry config --local virtualenvs.create false && poetry install', poetry)).toBeNull()
  })

  it('counts for what only fetches where its own program may come of it', () => {
    const between = (line: string) => advised([line], cargo, 'RUN cargo build').length
    expect(between('RUN ./configure')).toBe(1)
    expect(between('RUN make -C data')).toBe(1)
    expect(between('RUN curl -sSf https://example.com/rustup | sh -s -- -y')).toBe(0)
    expect(between('RUN ./tools && apt-get install -y cargo')).toBe(0)
    expect(between('ENV PATH=/root/.cargo/bin:$PATH')).toBe(0)
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
