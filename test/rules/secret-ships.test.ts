import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { mostSuspects, suspectBytes } from '../../src/inspect/read.ts'
import { type ScanOptions, scan } from '../../src/scan.ts'
import { made, privateKey } from '../inspect/made-up.ts'
import { plainBuild, scanTree } from '../scan-tree.ts'
import { type Repo, repoHost } from '../suggest/propose-tree.ts'

const token = `API_TOKEN=${made(32)}\n`

function look(tree: MemoryTree, options: Partial<ScanOptions> = {}) {
  const [context] = scanTree(tree, options).report.contexts
  return {
    found: context?.findings.filter(({ rule }) => rule === 'secret-ships') ?? [],
    fails: context?.targets[0]?.buildFails,
  }
}

const first = (tree: MemoryTree, options: Partial<ScanOptions> = {}) => look(tree, options).found[0]

describe('a credential', () => {
  it('in the final image is an error that fails no build', () => {
    const tree = { '.env': `PORT=1\n${token}`, Dockerfile: 'FROM scratch\nWORKDIR /x\nCOPY . .\n' }
    expect(look(tree)).toMatchObject({
      fails: false,
      found: [
        {
          severity: 'error',
          confidence: 'medium',
          at: { file: 'Dockerfile', line: 3 },
          message:
            '.env is in the final image (COPY . ., line 3): a value that looks like a key (API_TOKEN, line 2)',
          data: { fails: false, reach: 'image', path: '.env', count: 1 },
        },
      ],
    })
  })

  it('among others is counted', () => {
    const tree = { '.env': `A_TOKEN=${made(32)}\nB_TOKEN=${made(33)}\nC_PASSWORD=${made(14)}\n` }
    expect(first(tree)).toMatchObject({
      message: '.env is in the final image (COPY . /, line 2): 3 values look like keys',
      data: { count: 3 },
    })
  })

  it('that comes by a second copy is an error with both lines', () => {
    const Dockerfile = 'FROM a AS b\nCOPY . /app\nFROM a\nCOPY --from=b /app /app\n'
    expect(first({ '.env': token, Dockerfile })).toMatchObject({
      severity: 'error',
      at: { line: 2 },
      data: { reach: 'image' },
    })
    expect(first({ '.env': token, Dockerfile })?.message).toContain(
      '(COPY . /app, line 2, then COPY --from=b /app /app, line 4)',
    )
  })

  it('that stays in a stage is in the build cache', () => {
    const Dockerfile = 'FROM a AS b\nCOPY . /app\nFROM a\nCOPY --from=b /app/dist /app\n'
    expect(first({ '.env': token, Dockerfile })).toMatchObject({
      severity: 'warning',
      at: { line: 2 },
      message: expect.stringContaining(
        '.env is in stage b and the build cache, not in the final image (COPY . /app, line 2)',
      ),
      data: { reach: 'cache' },
    })
  })

  it('beside which something is built that the image takes may be inside of that', () => {
    const Dockerfile =
      'FROM a AS b\nWORKDIR /w\nCOPY . .\nRUN ./gradlew bootJar\nFROM a\nCOPY --from=b /w/build/app.jar /\n'
    const tree = {
      'src/main/resources/application-local.yml': `spring:\n  password: ${made(14)}\n`,
      '.env': token,
    }
    const [found] = look({ ...tree, Dockerfile }).found
    expect(found).toMatchObject({ severity: 'warning', at: { line: 3 }, data: { reach: 'maybe' } })
    expect(found?.message).toContain(
      'may be in the final image: what is built with it there (COPY . ., line 3) may hold it, and COPY --from=b /w/build/app.jar /, line 6, takes that',
    )
    expect(first({ 'k.pem': privateKey(), Dockerfile })?.confidence).toBe('medium')
    expect(first({ 'test/tls/server.key': privateKey('RSA'), Dockerfile })?.severity).toBe('info')
  })

  it('in a stage of which the image takes only another file of the context is in the build cache', () => {
    const Dockerfile =
      'FROM a AS b\nWORKDIR /w\nCOPY . .\nRUN make\nFROM a\nCOPY --from=b /w/etc/nginx.conf /etc/\n'
    expect(first({ '.env': token, 'etc/nginx.conf': 1, Dockerfile })?.data['reach']).toBe('cache')
    // Of another name than any file has: made there.
    expect(first({ '.env': token, 'etc/other.conf': 1, Dockerfile })?.data['reach']).toBe('maybe')
  })

  const multiStage = (...lines: readonly string[]) =>
    ['FROM a AS b', 'WORKDIR /w', 'COPY . .', ...lines, ''].join('\n')

  it.each([
    ['maybe', '/w/out'],
    ['maybe', '/w/node_modules/a'],
    ['maybe', '/w/readme-server'],
    ['maybe', '/w/LICENSE.zip'],
    ['maybe', '/w/node_modules /w/out'],
    ['cache', '/w/node_modules'],
    ['cache', '/w/node_modules/'],
    ['cache', '/w/LICENSES'],
    ['cache', '/w/README.md /w/LICENSE-MIT'],
  ])('is %s in the image by what is taken of its stage: %s', (expected, sources) => {
    const Dockerfile = multiStage('RUN ./make', 'FROM a', `COPY --from=b ${sources} /x/`)
    const { reach, path } = first({ '.env': token, Dockerfile })?.data ?? {}
    expect([reach, path]).toEqual([expected, '.env'])
  })

  it('stays in its stage where a stage between takes no more than texts', () => {
    const Dockerfile = multiStage(
      'RUN ./make',
      'FROM scratch AS t',
      'COPY --from=b /w/README.md /',
      'FROM a',
      'COPY --from=t /README.md /',
    )
    expect(first({ '.env': token, 'README.md': 1, Dockerfile })?.message).toContain('not in the final image')
  })

  it.each<[string, string, string]>([
    ['a jar that lies there from this machine', 'api/target/api.jar', 'mvn -pl api -am package'],
    ['a publication of .NET', 'Web/publish/Web.dll', 'dotnet publish Web -c Release'],
    ['a binary', 'bin/server', 'go build -o bin/server .'],
    ['a file that the RUN names', 'etc/nginx.conf', 'envsubst < nginx.tpl > etc/nginx.conf'],
    ['what a command is known to write', 'node_modules/x.txt', 'npm ci'],
  ])('may be in what a RUN makes anew: %s', (_, path, run) => {
    const Dockerfile = multiStage(`RUN ${run}`, 'FROM a', `COPY --from=b /w/${path} /`)
    const tree = { 'ehf/src/main/resources/sign.p12': 9, [path]: 1, Dockerfile }
    expect(first(tree)).toMatchObject({ data: { reach: 'maybe' } })
  })

  it('is not in a file that the RUN only makes executable', () => {
    const Dockerfile = multiStage('RUN chmod +x start.sh && make', 'FROM a', 'COPY --from=b /w/start.sh /')
    expect(first({ 'sign.p12': 9, 'start.sh': 1, Dockerfile })).toMatchObject({ data: { reach: 'cache' } })
  })

  it('may be in what stands at the place of a file that git does not track', () => {
    const Dockerfile = multiStage('RUN make', 'FROM a', 'COPY --from=b /w/app.bundle.js /')
    const reach = (repo: Repo) =>
      scan(repoHost(repo), plainBuild).findings.find(({ rule }) => rule === 'secret-ships')?.data['reach']
    const untracked = { 'sign.p12': 9 }
    const bundle = { 'app.bundle.js': 1 }
    expect(reach({ tracked: { Dockerfile }, untracked: { ...untracked, ...bundle } })).toBe('maybe')
    expect(reach({ tracked: { Dockerfile, ...bundle }, untracked })).toBe('cache')
  })

  describe('beside which a program of Go is built', () => {
    const reachOf = (run: string, tree: MemoryTree = {}) => {
      const Dockerfile = multiStage('RUN apk add make', `RUN ${run}`, 'FROM a', 'COPY --from=b /w/bin/app /')
      return first({
        '.env': token,
        'go.mod': 'module a\n',
        'main.go': 'package main\n',
        ...tree,
        Dockerfile,
      })?.data['reach']
    }
    const Makefile =
      'LDFLAGS := -s $(shell git describe --tags)\nbuild: gen\n\tgo build -ldflags "$(LDFLAGS)" -o bin/app .\ngen:\n\t@mkdir -p bin\n'

    it.each<[string, string, MemoryTree]>([
      ['by go', 'CGO_ENABLED=0 go build -o bin/app .', {}],
      ['by make', 'make build VERSION=1', { Makefile }],
      ['by the first target of make', 'make', { Makefile }],
      [
        'with other files',
        'go build .',
        { 'main.go': '//go:embed static\n//go:embed *.sql\nvar f embed.FS\n' },
      ],
      ['with what lies further down', 'go build .', { 'cmd/a.go': '//go:embed *\n' }],
      [
        'where tests of the shell and substitutions stand around it',
        'set -e; if [ "$F" = 1 ]; then go build -tags "$F" .; else go build $(test -n "$F" && echo -v) .; fi',
        {},
      ],
      ['and a setting edited', 'go build . && sed -i \'s|"a": "b"|"a": "/c"|\' conf.json', {}],
      [
        'and something fetched by a script',
        'go build . && ./tools/fetch.sh',
        {
          'tools/fetch.sh':
            'for one in a b; do\n  if curl -fsSL "$U/$one" --output "/out/$one"; then chmod 755 "/out/$one"; else exit 1; fi\ndone\n',
        },
      ],
    ])('is not in it: %s', (_, run, tree) => {
      expect(reachOf(run, tree)).toBe('cache')
    })

    it.each<[string, string, MemoryTree]>([
      [
        'that embeds it',
        'go build .',
        { 'main.go': 'package main\n\n//go:embed a.txt ".env"\nvar s string\n' },
      ],
      ['that embeds all there is', 'go build .', { 'main.go': '//go:embed all:*\n' }],
      ['that is generated', 'go generate ./... && go build .', {}],
      ['that is told it', 'go build -ldflags "-X main.k=$(cat .env)" .', {}],
      ['by a program that is not known', './build.sh', {}],
      ['by a makefile that names it', 'make', { Makefile: `include .env\n${Makefile}` }],
      ['by a makefile that copies', 'make', { Makefile: 'a:\n\tcp -r . bin\n' }],
      [
        'by a makefile that reads a file',
        'make',
        { Makefile: 'a:\n\tgo build -ldflags "$(shell cat x)" .\n' },
      ],
      ['by another target', 'make other', { Makefile }],
      ['by a makefile that is not there', 'make', {}],
      ['and another by a script that packs', 'go build . && ./p.sh', { 'p.sh': 'tar cf out.tar .\n' }],
      ['and something by a script that names it', 'go build . && sh p.sh', { 'p.sh': 'curl x -o .env\n' }],
      ['and something by a script that is not there', 'go build . && ./p.sh', {}],
      ['and it is sent away for another', 'go build . && curl -F f=@x u -o bin/x', {}],
      ['and it is edited in by sed', "go build . && sed -i 's|a|b|e' conf.json", {}],
      ['with sources that are too large', 'go build .', { 'main.go': `//${'x'.repeat(suspectBytes)}\n` }],
    ])('may be in one: %s', (_, run, tree) => {
      expect(reachOf(run, tree)).toBe('maybe')
    })
  })

  describe('beside which a project of .NET is published', () => {
    const api =
      '<Project Sdk="Microsoft.NET.Sdk.Web"><ProjectReference Include="..\\Core\\Core.csproj" /></Project>'
    const reaches = (run: string, tree: MemoryTree = {}) => {
      const Dockerfile = multiStage(`RUN ${run}`, 'FROM a', 'COPY --from=b /w/out /')
      const keys = { '.env': token, 'Api/.env': token, 'Core/.env': token, 'Web/.env': token }
      const projects = {
        'Api/Api.csproj': api,
        'Core/Core.csproj': '<Project/>',
        'Web/Web.csproj': '<Project/>',
      }
      return look({ ...keys, ...projects, ...tree, Dockerfile })
        .found.filter(({ data }) => data['reach'] === 'maybe')
        .map(({ data }) => data['path'])
    }
    const all = ['.env', 'Api/.env', 'Core/.env', 'Web/.env']

    it.each<[string, string, MemoryTree, readonly string[]]>([
      [
        'it alone',
        'dotnet publish Core/Core.csproj -c Release -o /w/out /p:UseAppHost=false',
        {},
        ['Core/.env'],
      ],
      [
        'with what it refers to',
        'cd Api && dotnet restore && dotnet publish -o ../out',
        {},
        ['Api/.env', 'Core/.env'],
      ],
      [
        'after variables of the image',
        'echo A=1 > /tmp/rid.txt && . /tmp/rid.txt && dotnet publish Core -r $RID -o out',
        {},
        ['Core/.env'],
      ],
      ['a solution', 'dotnet publish -o out', { 'A.slnx': 'x' }, ['Api/.env', 'Core/.env', 'Web/.env']],
      [
        'which names a file elsewhere',
        'dotnet publish Web -o out',
        { 'Web/Web.csproj': '<Project><None Include="../.env" /></Project>' },
        ['.env', 'Web/.env'],
      ],
      [
        'which takes whatever lies above',
        'dotnet publish Web -o out',
        { 'Web/Web.csproj': '<Project><None Include="../**" /></Project>' },
        all,
      ],
      ['by a variable', 'dotnet publish $P -o out', {}, all],
      ['after a script of the project', '. ./env.sh && dotnet publish Core -o out', {}, all],
      [
        'of which one is not there',
        'dotnet publish Api -o out',
        { 'Api/Api.csproj': api.replace('Core.', 'No.') },
        all,
      ],
    ])('holds no more than its directories: %s', (_, run, tree, expected) => {
      expect(reaches(run, tree)).toEqual(expected)
    })
  })

  describe('beside which a jar is built', () => {
    const reaches = (run: string, tree: MemoryTree) => {
      const Dockerfile = multiStage(`RUN ${run}`, 'FROM a', 'COPY --from=b /w/target/a.jar /')
      const keys = { '.env': token, 'deploy/.env': token, 'src/main/resources/.env': token }
      return look({ ...keys, ...tree, Dockerfile })
        .found.filter(({ data }) => data['reach'] === 'maybe')
        .map(({ data }) => data['path'])
    }
    const sources = ['src/main/resources/.env']
    const all = ['.env', 'deploy/.env', ...sources]

    it.each<[string, string, MemoryTree, readonly string[]]>([
      ['by maven', './mvnw -B package -DskipTests', { 'pom.xml': '<project/>' }, sources],
      ['by gradle', 'gradle bootJar --no-daemon', { 'build.gradle.kts': 'plugins {}' }, sources],
      ['by sbt', 'sbt assembly', { 'build.sbt': 'name := "a"' }, sources],
      [
        'that a build file gives more',
        'mvn package',
        { 'pom.xml': '<directory>deploy</directory>' },
        ['deploy/.env', ...sources],
      ],
      ['of all there is', 'mvn package', { 'pom.xml': '<directory>${project.basedir}</directory>' }, all],
      [
        'that says elsewhere what it takes',
        'mvn package',
        { 'pom.xml': '<descriptor>a.xml</descriptor>' },
        all,
      ],
      ['of the directory of the project', 'gradle jar', { 'build.gradle': 'jar { from projectDir }' }, all],
      ...[
        'from "$rootDir"',
        'from("${projectDir}")',
        'from "${project.rootDir}/"',
        "from(fileTree('.'))",
        "from fileTree(dir: '.')",
        'from(project.fileTree(rootDir))',
        'from "./"',
      ].map((words): [string, string, MemoryTree, readonly string[]] => [
        words,
        'gradle jar',
        { 'build.gradle': `jar { ${words} }` },
        all,
      ]),
      ...["from 'lib'", 'from("$rootDir/lib")', 'from("${projectDir}/x")', "from fileTree('lib')"].map(
        (words): [string, string, MemoryTree, readonly string[]] => [
          words,
          'gradle jar',
          { 'build.gradle': `jar { ${words} }` },
          sources,
        ],
      ),
      ['by ant', 'ant', { 'pom.xml': '<project/>' }, all],
    ])('holds what lies below src and is named: %s', (_, run, tree, expected) => {
      expect(reaches(run, tree)).toEqual(expected)
    })
  })

  describe('beside which tools of JavaScript work', () => {
    const pack = (name: string, scripts: Readonly<Record<string, string>>, needs: readonly string[] = []) =>
      JSON.stringify({ name, scripts, dependencies: Object.fromEntries(needs.map((one) => [one, '*'])) })
    const reaches = (run: string, tree: MemoryTree) => {
      const Dockerfile = multiStage(`RUN ${run}`, 'FROM a', 'COPY --from=b /w/out /')
      const keys = { '.env': token, 'web/.env': token, 'api/.env': token }
      return look({ ...keys, ...tree, Dockerfile })
        .found.filter(({ data }) => data['reach'] === 'maybe')
        .map(({ data }) => data['path'])
    }
    const web = pack('@a/web', { build: 'tsc && vite build --outDir ../out --emptyOutDir' }, ['ui'])
    const api = pack('@a/api', { build: 'tsc -p .' })
    const ui = pack('ui', { build: 'tsc' })
    const root = pack('root', { 'build:web': 'pnpm --filter w* run build', all: 'lerna run build' })
    const parts = {
      'package.json': root,
      'web/package.json': web,
      'api/package.json': api,
      'ui/package.json': ui,
    }

    it.each<[string, string, readonly string[]]>([
      ['by a filter', 'pnpm install && pnpm --filter @a/web run build', ['web/.env']],
      ['by a scope', 'yarn lerna run build --scope=@a/api --include-dependencies', ['api/.env']],
      ['by its directory', 'npm run build --prefix web', ['web/.env']],
      ['where the RUN goes', 'cd web && npm run build', ['web/.env']],
      ['all of them', 'npm run all', ['api/.env', 'web/.env']],
      ['by a name that is none', 'pnpm run build:web', ['api/.env', 'web/.env']],
    ])('may be in what is made where they do: %s', (_, run, expected) => {
      expect(reaches(run, parts)).toEqual(expected)
    })

    const all = ['.env', 'api/.env', 'web/.env']
    it.each<[string, string, MemoryTree]>([
      ['of the root', 'npx vite build', { 'package.json': pack('a', {}) }],
      ['with a script that copies', 'npm run b', { 'package.json': pack('a', { b: 'cp -r web out' }) }],
      ['behind a script of an install', 'npm ci', { 'web/package.json': pack('w', { prepare: './make' }) }],
      ['with a script before it', 'npm run b', { 'package.json': pack('a', { prebuild: 'x', b: 'y' }) }],
      ['where no package says what runs', 'npm run build', {}],
      [
        'with scripts that call each other',
        'npm run a',
        { 'package.json': pack('a', { a: 'npm run a; x' }) },
      ],
    ])('may be in all that is made where that is not known: %s', (_, run, tree) => {
      expect(reaches(run, tree)).toEqual(all)
    })
  })

  it('outside of all directories in which something is built hardly is in that, and comes last', () => {
    const Dockerfile = [
      ...['FROM a AS b', 'WORKDIR /src/web', 'COPY ./ /', 'RUN dotnet publish -o /out'],
      ...['FROM a', 'COPY --from=b /out .', ''],
    ].join('\n')
    const settings = `{"Password": "${made(14)}"}`
    const tree = {
      'Publish/appsettings.Production.json': settings,
      'src/web/deep/appsettings.Production.json': settings,
    }
    expect(look({ ...tree, Dockerfile }).found).toMatchObject([
      { severity: 'warning', data: { reach: 'maybe', path: 'src/web/deep/appsettings.Production.json' } },
      { severity: 'info', confidence: 'low', data: { path: 'Publish/appsettings.Production.json' } },
    ])
  })

  it('that a RUN prints is in the log of the build, whatever becomes of it', () => {
    const printed = (Dockerfile: string, tree: MemoryTree = { '.env': token }) =>
      scanTree({ ...tree, Dockerfile }).findings.filter(({ rule }) => rule === 'secret-printed')
    const lines = 'FROM a\nWORKDIR /x\nCOPY . .\nRUN cat .env\n'
    expect(printed(lines)).toMatchObject([
      {
        severity: 'warning',
        at: { file: 'Dockerfile', line: 4 },
        message:
          'RUN cat .env (line 4) prints .env into the log of the build: a value that looks like a key (API_TOKEN, line 1)',
        data: { fails: false, path: '.env', count: 1 },
      },
    ])
    expect(
      printed('FROM a\nWORKDIR /x\nCOPY . .\nRUN cat .env b.env\n', { '.env': token, 'b.env': token }),
    ).toHaveLength(1)
    expect(printed(lines, { '.env': 'PORT=1\n' })).toEqual([])
  })

  it('that opens the store beside it is one too', () => {
    const tree = {
      'src/sign.p12': 9,
      'src/sign.properties': `password=${made(14)}\n`,
      'src/other.properties': `password=${made(14)}\n`,
    }
    expect(look(tree).found.map(({ data }) => data['path'])).toEqual(['src/sign.p12', 'src/sign.properties'])
  })

  it('that may be copied on is said with care', () => {
    const Dockerfile = 'FROM a AS b\nCOPY . .\nFROM a\nCOPY --from=b /app /app\n'
    const key = { 'k.pem': privateKey(), Dockerfile }
    expect(first(key)).toMatchObject({ severity: 'warning', confidence: 'medium', data: { reach: 'maybe' } })
  })

  it('that a bind mount shows is in no layer', () => {
    const Dockerfile = 'FROM a\nRUN --mount=type=bind,target=/x make\n'
    expect(first({ '.env': token, Dockerfile })).toMatchObject({
      severity: 'warning',
      at: { line: 2 },
      data: { reach: 'lent' },
    })
  })

  it('that nothing reads is only transferred, and told by where it stands', () => {
    const Dockerfile = 'FROM a\nCOPY --exclude=.env . /x\n'
    expect(first({ '.env': `\n${token}`, Dockerfile })).toMatchObject({
      severity: 'warning',
      at: { file: '.env', line: 2 },
      message: expect.stringContaining('.env is sent to the builder, and no instruction reads it'),
      data: { reach: 'unread' },
    })
  })

  it('that BuildKit does not ask for is none, and the classic client sends it', () => {
    const tree = { '.env': token, a: 1, Dockerfile: 'FROM scratch\nCOPY a /\n' }
    expect(look(tree).found).toEqual([])
    expect(look(tree, { builder: 'classic' }).found).toMatchObject([{ data: { reach: 'unread' } }])
  })

  it('that the ignore file drops is none', () => {
    expect(look({ '.env': token, '.dockerignore': '.env\n' }).found).toEqual([])
    expect(look({ '.env': token, '.dockerignore': '.env\n' }, { builder: 'classic' }).found).toEqual([])
  })

  it('in a named context is one too', () => {
    const tree = { '/other/.env': token, Dockerfile: 'FROM scratch\nCOPY --from=other . /\n' }
    const namedContexts = new Map([['other', '/other']])
    expect(first(tree, { namedContexts })).toMatchObject({ data: { reach: 'image', path: '.env' } })
  })

  it('for tests is no error', () => {
    expect(first({ 'test/tls/server.key': privateKey('RSA') })).toMatchObject({
      severity: 'warning',
      confidence: 'low',
    })
    const Dockerfile = 'FROM a AS b\nCOPY . /app\nFROM a\nCOPY --from=b /app/dist /app\n'
    expect(first({ 'test/tls/server.key': privateKey('RSA'), Dockerfile })?.severity).toBe('info')
  })

  it('is not said of a build that cannot be planned', () => {
    expect(look({ '.env': token, Dockerfile: 'FROM a\nCOPY . /\n' }, { target: 'nope' }).found).toEqual([])
  })
})

describe('what a program keeps as it runs', () => {
  const told = (repo: Repo) =>
    scan(repoHost(repo), plainBuild)
      .findings.filter(({ rule }) => rule === 'secret-ships')
      .map(({ data }) => data['path'] ?? data)
  const Dockerfile = 'FROM a\nCOPY . /x\n'
  const settings = `{"app": {"api_access_token": "${made(32)}"}}`

  it('is looked at where git has no file of the kind', () => {
    const kept = { 'app/datastore/app.json': settings, 'proxies.json': settings }
    expect(told({ tracked: { Dockerfile }, untracked: kept })).toEqual(Object.keys(kept).reverse())
    expect(told({ tracked: { Dockerfile, ...kept } })).toEqual([])
    expect(told({ tracked: { Dockerfile }, untracked: { 'app/other.json': settings } })).toEqual([])
    expect(look({ ...kept, Dockerfile }).found).toEqual([])
  })

  it.each([
    ...['config-live.json', 'chart/my-values.yaml', 'smtp_auth_file.yml', 'gcp-sa.json', 'app/prod.cfg'],
    ...['docker/app/secrets/dev.yml', '.secrets/mail.ini'],
  ])('is looked at where its name says that it is somebody’s own: %s', (path) => {
    expect(told({ tracked: { Dockerfile }, untracked: { [path]: settings } })).toEqual([path])
    expect(told({ tracked: { Dockerfile, [path]: settings } })).toEqual([])
  })

  it.each([
    ...['.mypy_cache/prod.json', 'htmlcov/my.json', 'build/lib/prod.json', 'config.example.json'],
    ...['node_modules/a/config-live.json', 'app/secrets/dev.example.yml'],
  ])('is not where it is made, published or a template: %s', (path) => {
    expect(told({ tracked: { Dockerfile }, untracked: { [path]: settings } })).toEqual([])
  })

  it('is looked at in part, the shortest paths first, and no word is lost about the rest', () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`data/${i}/x.json`, '{"a": "b"}']))
    expect(told({ tracked: { Dockerfile }, untracked: { ...many, 'data/a.json': settings } })).toEqual([
      'data/a.json',
    ])
  })

  it('for one credential is known by its name, but not where git has it for tests', () => {
    const key = { 'a/SESSIONKEY.txt': `${made(40)}\n` }
    expect(told({ tracked: { Dockerfile, ...key } })).toEqual(['a/SESSIONKEY.txt'])
    const test = { 'tests/proxy/secret.txt': `${made(40)}\n` }
    expect(told({ tracked: { Dockerfile }, untracked: test })).toEqual(['tests/proxy/secret.txt'])
    expect(told({ tracked: { Dockerfile, ...test } })).toEqual([])
  })
})

describe('what holds none', () => {
  it.each<[string, MemoryTree]>([
    ['settings only', { '.env': 'PORT=3000\nHOST=0.0.0.0\n' }],
    ['a template', { '.env.example': token }],
    ['a certificate', { 'ca.pem': `-----BEGIN ${'CERTIFICATE'}-----\n${made(64)}\n` }],
    ['a key that came with a package', { 'node_modules/a/test/server.key': privateKey() }],
    ['a file of another name', { 'src/config.ts': token }],
    ['an empty file', { '.env': '' }],
    ['a directory', { '.env/a': token }],
    ['a link to it', { '.env': { type: 'symlink', target: 'a.txt' }, 'a.txt': token }],
  ])('is quiet: %s', (_, tree) => {
    expect(look(tree).found).toEqual([])
  })
})

describe('files that are hard to read', () => {
  it('are looked at only at their beginning', () => {
    const tree = {
      '.env': `${token}${'#'.repeat(10_000_000)}\n`,
      '.env.late': `${'#'.repeat(suspectBytes)}\n${token}`,
    }
    expect(look(tree).found.map(({ data }) => data['path'])).toEqual(['.env'])
  })

  it('are passed over where they cannot be', () => {
    const env = { type: 'file', content: token, denied: true, mode: 0o600 } as const
    expect(look({ '.env': env, '.env.local': token }).found.map(({ data }) => data['path'])).toEqual([
      '.env.local',
    ])
  })

  it('are not followed out of the context', () => {
    const tree: MemoryTree = {
      '.env': { type: 'symlink', target: '/elsewhere/.env' },
      id_rsa: { type: 'symlink', target: '../k' },
      '/elsewhere/.env': token,
      '/k': privateKey(),
    }
    expect(look(tree).found).toEqual([])
  })

  it('are so many that the rest is only counted, and the shortest paths come first', () => {
    const tree: Record<string, string> = {}
    for (let i = 0; i < mostSuspects + 30; i++) tree[`a/b/c/${i}/.env`] = token
    tree['z/.env'] = token
    const { found } = look(tree)
    expect(found.length).toBe(22)
    expect(found.some(({ data }) => data['path'] === 'z/.env')).toBe(true)
    expect(found.find(({ data }) => 'files' in data)).toMatchObject({
      severity: 'error',
      data: { files: mostSuspects - 20 },
    })
    expect(found.find(({ data }) => 'notOpened' in data)).toMatchObject({
      severity: 'info',
      data: { notOpened: 31 },
    })
  })

  it('have names that do nothing to a terminal', () => {
    const message = first({ 'a\u001b[2J\n/.env': token })?.message ?? ''
    expect(message).toContain('a\\x1b[2J\\n/.env is in the final image')
    expect(message).not.toMatch(/[\u0000-\u001f]/)
  })
})

it('never tells a value, in whatever document', () => {
  const values = [made(32), made(40), made(18)]
  const tree = {
    '.env': `API_TOKEN=${values[0]}\nexport ${values[1]}=x\nU=postgres://u:${values[2]}@db.example.org/x\n`,
    'a.key': privateKey('RSA'),
    '.npmrc': `//npm.example.org/:_authToken=${values[1]}\n`,
  }
  const { report } = scanTree(tree)
  const told = JSON.stringify(report)
  for (const value of [...values, made(64, 62, 1)])
    for (let i = 0; i + 6 <= value.length; i++) expect(told).not.toContain(value.slice(i, i + 6))
})
