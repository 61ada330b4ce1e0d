import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { proposeFor } from '../propose-tree.ts'

/** A project with everything about it that a name can say; `Dockerfile` and the rest as given. */
const project = (rest: MemoryTree): MemoryTree => ({
  'tests/data/seed.json': '[]',
  'spec/models/a_spec.rb': '',
  'notebooks/a.ipynb': '{}',
  'docs/guide.md': '# a',
  'README.md': '# a',
  ...rest,
})
const offered = (rest: MemoryTree): readonly string[] =>
  proposeFor({ tracked: project(rest) })
    .lines.filter((line) => /^review (?:tests|spec|notebooks|docs)$/.test(line))
    .map((line) => line.slice('review '.length))
const python = (...lines: readonly string[]): string =>
  ['FROM python:3.13', 'WORKDIR /app', 'COPY . .', ...lines, ''].join('\n')

describe('what is about a project', () => {
  it('is offered where nothing works with it', () => {
    expect(offered({ Dockerfile: python('CMD ["python", "app.py"]') })).toEqual([
      'docs',
      'notebooks',
      'spec',
      'tests',
    ])
  })

  it('is not asked about for the sake of settings of a few bytes alone', () => {
    const offers = (rest: MemoryTree) =>
      proposeFor({
        tracked: {
          Dockerfile: python('CMD ["python", "app.py"]'),
          '.dockerignore': '.git\n.dockerignore\nDockerfile\n',
          '.gitignore': 'dist\n',
          '.editorconfig': 'root = true\n',
          ...rest,
        },
      }).lines.filter((line) => line.startsWith('review '))
    expect(offers({})).toEqual([])
    expect(offers({ 'README.md': '# a' })).toEqual([
      'review .editorconfig',
      'review .gitignore',
      'review README.md',
    ])
  })

  it('is left alone where somebody wrote an exception for it', () => {
    const offers = (ignore: string) =>
      proposeFor({
        tracked: {
          Dockerfile: python('CMD ["python", "app.py"]'),
          '.dockerignore': ignore,
          '.storybook/main.ts': '',
          '.vscode/extensions.json': '{}',
        },
      }).lines.filter((line) => /storybook|vscode/.test(line))
    expect(offers('.idea\n.vscode/*\n!.vscode/extensions.json\n*.suo\n')).toEqual(['review .storybook'])
    expect(offers('.idea\n')).toEqual(['review .storybook', 'review .vscode'])
  })

  it.each<[string, MemoryTree]>([
    [
      'an entrypoint script hands it to a program',
      {
        Dockerfile: python('ENTRYPOINT ["./docker/start.sh"]'),
        'docker/start.sh': 'set -e\npython -m shop.load tests/data/seed.json\nexec "$@"\n',
      },
    ],
    [
      'a script behind tini does, by a path of the image',
      {
        Dockerfile: python('ENTRYPOINT ["tini", "--", "/app/start.sh"]'),
        'start.sh': 'exec python -m shop --seed=/app/tests/data/seed.json\n',
      },
    ],
    [
      'a script starts one that does',
      {
        Dockerfile: python('CMD ["bash", "start.sh"]'),
        'start.sh': 'exec ./seed.sh\n',
        'seed.sh': 'python load.py ./tests/data\n',
      },
    ],
    [
      'a shell that CMD starts does',
      { Dockerfile: python('CMD ["sh", "-c", "cd src; python load.py /app/tests/data"]') },
    ],
    [
      'a script with options of its shell does',
      { Dockerfile: python('CMD ["bash", "-e", "start.sh"]'), 'start.sh': 'python load.py tests/data\n' },
    ],
    ['CMD does', { Dockerfile: python('CMD ["python", "load.py", "tests/data/seed.json"]') }],
    ['HEALTHCHECK does', { Dockerfile: python('HEALTHCHECK CMD python tests/data/alive.py') }],
    [
      'a variable of the image leads there',
      { Dockerfile: python('ENV FIXTURES=/app/tests/data', 'CMD ["python", "app.py"]') },
    ],
    [
      'an install runs a script that does',
      {
        Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
        'package.json': '{"scripts":{"postinstall":"node gen.js tests/data/seed.json"}}',
        'package-lock.json': '{}',
      },
    ],
  ])('stays where %s', (_, rest) => {
    expect(offered(rest)).not.toContain('tests')
  })

  it.each<[string, string, string]>([
    ['a page on the web', 'app/a.py', "say('see https://example.org/docs/ports/')"],
    ['the page that rails draws', 'app/a.rb', "render layout: 'docs'"],
    ['the text that a message leads to', 'app/a.rb', 'raise "See docs/columns.md for more"'],
    ['settings of rails in development', 'config/environments/development.rb', 'a << "docs/mails"'],
    ['settings of phoenix in development', 'config/dev.exs', 'config :a, path: "docs/mails"'],
  ])('is offered where the name stands for %s', (_, file, text) => {
    expect(offered({ Dockerfile: python(''), [file]: `${text}\n` })).toContain('docs')
    expect(offered({ Dockerfile: python(''), [`app/more.rb`]: `open("docs/columns.md")\n` })).not.toContain(
      'docs',
    )
  })

  it('is offered where a RUN takes it away by hand', () => {
    expect(offered({ Dockerfile: python('RUN rm -rf tests docs') })).toContain('tests')
  })
})

describe('tests stay where', () => {
  it.each<[string, MemoryTree]>([
    ['CMD is pytest', { Dockerfile: python('CMD ["pytest", "-q"]') }],
    ['CMD runs it as a module', { Dockerfile: python('CMD python -m pytest') }],
    ['a stage of its own runs them', { Dockerfile: `${python()}FROM python AS t\nCOPY . .\nRUN tox\n` }],
    [
      'CMD is npm test',
      {
        Dockerfile: 'FROM node\nCOPY . /app\nWORKDIR /app\nCMD ["npm", "test"]\n',
        'package.json': '{"scripts":{"test":"node --test"}}',
      },
    ],
    [
      'a script that CMD names does',
      {
        Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nCMD ["npm", "run", "ci"]\n',
        'package.json': '{"scripts":{"ci":"vitest run"}}',
      },
    ],
    [
      'CMD is the command of ENTRYPOINT',
      { Dockerfile: python('ENTRYPOINT ["python", "manage.py"]', 'CMD ["test"]') },
    ],
    ['CMD is playwright test', { Dockerfile: python('CMD ["npx", "playwright", "test"]') }],
    ['the base image is there to run them', { Dockerfile: 'FROM cypress/included:14\nCOPY . /e2e\n' }],
    [
      'CI runs them in the image',
      {
        Dockerfile: python('CMD ["python", "app.py"]'),
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build -t app .\n      - run: docker run --rm app python -m pytest\n',
      },
    ],
    [
      'compose starts the image with them',
      {
        Dockerfile: python('CMD ["python", "app.py"]'),
        'compose.yaml': 'services:\n  test:\n    build: .\n    command: ["pytest"]\n',
      },
    ],
    ['what is installed is for tests', { Dockerfile: python('RUN pip install .[test]') }],
  ])('%s', (_, rest) => {
    expect(offered(rest)).not.toContain('tests')
  })
})

describe('tests are offered where', () => {
  const ruby = (...lines: readonly string[]): MemoryTree => ({
    Dockerfile: ['FROM ruby', 'WORKDIR /app', 'COPY . .', ...lines, ''].join('\n'),
    Gemfile: "group :test do\n  gem 'rspec-rails'\nend\n",
    'Gemfile.lock': '',
  })
  it.each<[string, MemoryTree]>([
    [
      'bundler is told to leave them out',
      ruby("RUN bundle config set without 'development test' && bundle install"),
    ],
    ['an older bundler is', ruby('RUN bundle install --without development test')],
    ['an option of maven skips them', { Dockerfile: python('RUN mvn package -Dmaven.test.skip=true') }],
    ['gradle is told to skip them', { Dockerfile: python('RUN gradle build -x test') }],
    ['a shell asks whether a file is there', { Dockerfile: python('RUN test -f app.py || exit 1') }],
    [
      'a test runner has its settings in a manifest',
      {
        Dockerfile: python('CMD ["python", "app.py"]'),
        'pyproject.toml':
          '[project]\nname = "a"\n[project.optional-dependencies]\ntests = ["pytest"]\n[tool.pytest.ini_options]\ntestpaths = ["tests", "spec"]\n[tool.setuptools.packages.find]\nexclude = ["tests*", "spec"]\n',
      },
    ],
    [
      'they are run with the tree of the host',
      {
        Dockerfile: python('CMD ["python", "app.py"]'),
        Makefile: 'test:\n\tdocker run --rm -v .:/app app pytest\n',
      },
    ],
  ])('%s', (_, rest) => {
    expect(offered(rest).filter((name) => name !== 'docs')).toEqual(['notebooks', 'spec', 'tests'])
  })
})

describe('what tests open', () => {
  const files = {
    'Web/Web.csproj': '<Project/>',
    'tests/Shop.Tests/Assets/TestFiles/a.mp4': 3_000_000,
    'Shop.UnitTests/Data/b.mp4': 3_000_000,
  }
  const linesWith = (run: string) =>
    proposeFor({
      tracked: { Dockerfile: `FROM mcr.microsoft.com/dotnet/sdk:8.0\nCOPY . .\n${run}\n`, ...files },
    }).lines.filter((line) => /tests/i.test(line))

  it('stays where a RUN runs them, and is a question where none does', () => {
    expect(linesWith('RUN dotnet test')).toEqual([])
    expect(linesWith('RUN dotnet publish Web')).toHaveLength(2)
  })
})

describe('documents of which a program reads some', () => {
  const docs = {
    'docs/api/openapi.yaml': 1000,
    'docs/adr/1.md': 40_000,
    'docs/img/a.png': 900_000,
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`docs/${name}.md`, 9000])),
    'docs/requirements.txt': 'sphinx\n',
    'app.py': '',
  }
  const offers = (rest: MemoryTree, Dockerfile = python('CMD ["python", "app.py"]')) =>
    proposeFor({ tracked: { ...docs, Dockerfile, ...rest } }).lines.filter((line) => line.includes('docs'))
  const others = ['review docs/*.md', 'review docs/adr', 'review docs/img', 'review docs/requirements.txt']

  it('lose the others, those of one ending by one line', () => {
    expect(offers({})).toEqual(['review docs'])
    const copied = 'FROM nginx\nCOPY docs/api/openapi.yaml /srv/\n'
    expect(offers({ 'web/Dockerfile': copied, 'compose.yaml': composed }).sort()).toEqual(others)
    expect(offers({ 'app.py': 'open("docs/api/openapi.yaml")\n' }).sort()).toEqual(others)
    const built = python('RUN pip install -r docs/requirements.txt')
    expect(offers({}, built).sort()).toEqual([...others.slice(0, 2), 'review docs/api', 'review docs/img'])
    expect(offers({ 'app.py': 'open("docs/a.md")\n' }).sort()).toContain('review docs/b.md')
  })

  it('stay where the whole directory may be meant, and where little would go', () => {
    expect(offers({ 'app.py': 'os.listdir("docs")\nopen("docs/api/openapi.yaml")\n' })).toEqual([])
    expect(offers({ 'docs/conf.py': '' }, python('RUN sphinx-build docs out'))).toEqual([])
    expect(offers({ 'pyproject.toml': '[tool.setuptools]\npackages = ["docs", "docs/api"]\n' })).toEqual([])
    expect(offers({ 'web/Dockerfile': 'FROM nginx\nCOPY docs /srv/\n', 'compose.yaml': composed })).toEqual(
      [],
    )
    const small = { 'docs/adr/1.md': 10, 'docs/img/a.png': 10, 'docs/a.md': 10 }
    expect(offers({ ...small, 'app.py': 'open("docs/api/openapi.yaml")\n' })).toEqual([])
  })
})

const composed =
  'services:\n  app: { build: . }\n  web: { build: { context: ., dockerfile: web/Dockerfile } }\n'

describe('a manifest that a build reads keeps', () => {
  it.each<[string, string, MemoryTree]>([
    ['tests', 'a solution with a project there', { 'a.sln': 'Project = "T", "tests\\T\\T.csproj"\n' }],
    ['tests', 'a target of cargo', { 'Cargo.toml': '[[test]]\nname = "t"\npath = "tests/data/t.rs"\n' }],
    ['tests', 'a workspace of npm', { 'package.json': '{"workspaces":["tests/*","packages/*"]}' }],
    ['spec', 'a gem there', { Gemfile: "gem 'dummy', path: 'spec/dummy'\n" }],
    ['docs', 'a description', { 'pyproject.toml': '[project]\nreadme = "docs/guide.md"\n' }],
  ])('%s: %s', (name, _, rest) => {
    expect(offered({ Dockerfile: python('CMD ["python", "app.py"]'), ...rest })).not.toContain(name)
  })
})

describe('notebooks stay where', () => {
  it.each([
    ['the image serves them', python('CMD ["jupyter", "lab", "--ip=0.0.0.0"]')],
    ['a script of it does', python('CMD ["voila", "--no-browser"]')],
    ['its base image does', 'FROM quay.io/jupyter/scipy-notebook\nCOPY . /home/jovyan\n'],
  ])('%s', (_, Dockerfile) => {
    expect(offered({ Dockerfile })).not.toContain('notebooks')
  })
})

describe('an image that asks git', () => {
  const pyproject = (backend: string): MemoryTree => ({
    'pyproject.toml': `[build-system]\nrequires = ["setuptools", "${backend}"]\n`,
    'src/a.py': '',
  })

  it('keeps all that git tracks where a version says whether the tree was changed', () => {
    const install = python('RUN pip install .')
    expect(offered({ Dockerfile: install, ...pyproject('setuptools-scm') })).toEqual([])
    expect(offered({ Dockerfile: install, ...pyproject('wheel') })).toContain('tests')
    expect(offered({ Dockerfile: python('RUN git describe --dirty > version') })).toEqual([])
  })

  it('need not where it only wants to know the commit', () => {
    expect(offered({ Dockerfile: python('RUN git rev-parse HEAD > version') })).toContain('tests')
  })

  it('need not where the history is not in the context', () => {
    const rest = { Dockerfile: python('RUN pip install .'), ...pyproject('setuptools-scm') }
    expect(offered({ ...rest, '.dockerignore': '.git\n' })).toContain('tests')
  })
})

describe('more that is about a project', () => {
  const all = (rest: MemoryTree): readonly string[] =>
    proposeFor({ tracked: { Dockerfile: python('CMD ["python", "app.py"]'), 'app.py': '', ...rest } }).lines
  const large = 2_000_000

  it('describes machines', () => {
    const lines = all({
      'deploy/app.yaml': '',
      'k8s/a/b.yml': '',
      'charts/app/Chart.yaml': '',
      'charts/app/.helmignore': '',
    })
    expect(lines).toEqual(expect.arrayContaining(['review deploy', 'review k8s', 'review charts']))
    expect(all({ 'deploy/app.yaml': '', 'deploy/run.py': '' })).not.toContain('review deploy')
    expect(all({ 'charts/a.svg': '', 'charts/b.json': '' })).not.toContain('review charts')
  })

  it('lies in the parts of a program, where they have tests of their own', () => {
    const blog = { 'blog/models.py': '', 'blog/tests/factories.py': '', 'blog/tests/test_models.py': '' }
    expect(all(blog)).toContain('review blog/tests')
    expect(all({ ...blog, 'blog/seed.py': 'from blog.tests.factories import Post\n' })).not.toContain(
      'review blog/tests',
    )
    expect(all({ ...blog, Dockerfile: python('CMD ["pytest"]') })).not.toContain('review blog/tests')
    expect(all({ 'blog/tests/cases.py': '' })).not.toContain('review blog/tests')
  })

  it('lies in many parts: one line for all of them, or nothing where some are needed', () => {
    const parts = (count: number, more: MemoryTree = {}) =>
      proposeFor({
        tracked: {
          Dockerfile: python('CMD ["python", "-m", "shop"]'),
          'shop/app.py': '',
          ...Object.fromEntries(
            Array.from({ length: count }, (_, i) => [`shop/part${i}/tests/test_a.py`, 'x = 1\n']),
          ),
          ...more,
        },
      }).lines.filter((line) => line.endsWith('tests'))
    expect(parts(3)).toEqual([
      'review shop/part0/tests',
      'review shop/part1/tests',
      'review shop/part2/tests',
    ])
    expect(parts(20)).toEqual(['review **/tests'])
    expect(parts(20, { 'shop/b.py': 'from shop.part1.tests.test_a import x\n' })).toHaveLength(19)
    expect(parts(20, { 'shop/tests/settings.py': '' })).not.toContain('review **/tests')
    expect(parts(21)).toEqual([])
    const made = proposeFor({
      tracked: {
        Dockerfile: python('CMD ["python", "-m", "shop"]'),
        ...{
          'a/tests/test_a.py': '',
          'b/tests/test_a.py': '',
          'c/tests/test_a.py': '',
          'd/tests/test_a.py': '',
        },
      },
      untracked: { 'lib/x/tests/a.js': 10 },
    })
    expect(made.lines).not.toContain('review **/tests')
  })

  it('is a large document that nothing names', () => {
    expect(all({ 'design/arch.pdf': large })).toContain('review design/arch.pdf')
    expect(all({ 'design/arch.pdf': 1000 })).not.toContain('review design/arch.pdf')
    expect(all({ 'design/arch.pdf': large, 'b.py': "send('arch.pdf')\n" })).not.toContain(
      'review design/arch.pdf',
    )
    expect(all({ 'static/manual.pdf': large })).not.toContain('review static/manual.pdf')
  })

  it('is one among documents that are needed', () => {
    const docs = { 'docs/openapi.yaml': '', 'docs/arch.pdf': large }
    expect(all(docs).filter((line) => line.includes('docs'))).toEqual(['review docs'])
    const named = all({ ...docs, 'b.py': "open('docs/openapi.yaml')\n" })
    expect(named.filter((line) => line.includes('docs'))).toEqual(['review docs/arch.pdf'])
  })

  it('is not needed for a page of its name', () => {
    expect(all({ 'docs/a.md': '', 'b.py': 'app = FastAPI(docs_url="/docs")\n' })).toContain('review docs')
  })

  it('is data that only tests work with, however little of the rest may go', () => {
    const data = {
      'api/parse/testdata/golden.bin': 10,
      'api/parse/testdata/recorded/a.pcap': 2_000_000,
      'api/parse/parse_test.go':
        'package parse\n// os.ReadDir("testdata/recorded")\nvar dir = "testdata/recorded"\n',
      'api/parse/self.go': 'package parse\n//go:embed testdata/golden.bin\nvar golden []byte\n',
    }
    const asked = (rest: MemoryTree) => all({ ...data, ...rest }).filter((line) => line.includes('testdata'))
    expect(asked({})).toEqual(['review api/parse/testdata/recorded'])
    expect(asked({ 'api/load.go': 'package api\nvar dir = filepath.Join(base, "recorded")\n' })).toEqual([])
    expect(asked({ 'api/parse/testdata/recorded/gen.go': 'package main\n' })).toEqual([])
  })

  it('is not a file that a page reads beside itself', () => {
    const readme = (text: string) =>
      proposeFor({
        tracked: { Dockerfile: 'FROM php\nCOPY . /www\n', 'README.md': '# a', 'license.php': text },
      }).lines.includes('review README.md')
    expect(readme('<?php echo file_get_contents(__DIR__ . "/README.md");\n')).toBe(false)
    expect(readme('<?php // README.md says more.\n')).toBe(true)
  })

  it('is a Makefile that the image does not call', () => {
    expect(all({ Makefile: 'a:\n\techo\n' })).toContain('review Makefile')
    expect(all({ Makefile: 'a:\n\techo\n', Dockerfile: python('RUN make') })).not.toContain('review Makefile')
    const tested = (image: string, more = '') => ({
      'compose.test.yml': `services:\n  a:\n    image: ${image}\n    entrypoint: [sh, -c, "migrate && make check"]\n${more}`,
    })
    const over = '    volumes: [".:/app"]\n'
    expect(all({ Makefile: 'a:\n', ...tested('$APP_IMAGE') })).not.toContain('review Makefile')
    expect(all({ Makefile: 'a:\n', ...tested('postgres') })).toContain('review Makefile')
    expect(all({ Makefile: 'a:\n', ...tested('$APP_IMAGE', over) })).toContain('review Makefile')
  })
})

describe('projects of .NET that test others', () => {
  const reference = (path: string) => `<Project><ProjectReference Include="${path}" /></Project>`
  const tree: MemoryTree = {
    'src/Web/Web.csproj': reference('../Core/Core.csproj'),
    'src/Core/Core.csproj': '<Project/>',
    'src/Tests/Web.Tests/Web.Tests.csproj': reference('../../Web/Web.csproj'),
    'src/Tests/Common/Common.csproj': '<Project/>',
    'src/Core.UnitTests/Core.UnitTests.csproj': reference('../Core/Core.csproj'),
    'src/Web.Tests.Data/seed.json': '{}',
    'All.sln': '',
  }
  const linesFor = (run: string, rest: MemoryTree = {}) =>
    proposeFor({
      tracked: {
        ...tree,
        Dockerfile: `FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\nCOPY src .\n${run}\n`,
        ...rest,
      },
    }).lines.filter((line) => /Test/.test(line))
  const both = ['review src/Core.UnitTests', 'review src/Tests']

  it.each([
    'RUN dotnet publish Web/Web.csproj -o /out',
    'WORKDIR /src/Web\nRUN dotnet restore\nRUN dotnet publish --no-restore',
    'RUN for m in Core Web; do dotnet build "$m" -c Release; done',
  ])('are a question where none of them is built: %s', (run) => {
    expect(linesFor(run)).toEqual(both)
  })

  it.each<[string, string, MemoryTree]>([
    ['a solution is built', 'RUN dotnet publish All.sln', { 'src/All.sln': '' }],
    ['a solution lies where a build runs', 'RUN dotnet build', { 'src/All.slnx': '' }],
    ['it cannot be told what is', 'RUN dotnet publish $PROJECT', {}],
    ['they are run', 'RUN dotnet publish Web && dotnet test Core.UnitTests', {}],
    [
      'one refers to what cannot be told',
      'RUN dotnet publish Web',
      { 'src/Web/Web.csproj': reference('$(P)/A.csproj') },
    ],
  ])('are left alone where %s', (_, run, rest) => {
    expect(linesFor(run, rest)).toEqual([])
  })

  it('stay where what is built refers to them', () => {
    const web = reference('../Core.UnitTests/Core.UnitTests.csproj')
    expect(linesFor('RUN dotnet publish Web', { 'src/Web/Web.csproj': web })).toEqual(['review src/Tests'])
  })
})
