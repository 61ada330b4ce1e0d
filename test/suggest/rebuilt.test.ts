import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, type Repo } from './propose-tree.ts'

const reasonOf = (repo: Repo, line: string) =>
  proposeFor(repo)
    .because.filter((text) => text.split(': ')[0]?.split(' ').slice(1).includes(line))
    // A change of the Dockerfile may bring the line too.
    .find((text) => !text.includes('every stage ends with the same files'))
const image = (...lines: readonly string[]): string =>
  ['FROM x', 'WORKDIR /s', 'COPY . .', ...lines, ''].join('\n')

describe('Elixir', () => {
  const phoenix = (Dockerfile: string): Repo => ({
    tracked: {
      Dockerfile,
      'mix.exs': 'x',
      'mix.lock': 'x',
      'lib/a.ex': '',
      '.gitignore': '/_build\n/deps\n',
    },
    untracked: { '_build/dev/a.beam': 100, 'deps/plug/mix.exs': 100 },
  })

  it('compiles anew, over what an install adds to', () => {
    const repo = phoenix(image('RUN mix deps.get', 'RUN mix deps.compile', 'RUN mix release'))
    expect(reasonOf(repo, '_build')).toBe('safe _build: mix release (Dockerfile:6) makes it anew')
    // Packages that are there are not fetched again, and may be some that the image cannot fetch.
    expect(reasonOf(repo, 'deps')).toBe(
      'review deps: mix deps.get (Dockerfile:4) goes on from what is there instead of starting anew',
    )
  })

  it('has its packages already where it fetched them before the copy', () => {
    const repo = phoenix(
      'FROM x\nWORKDIR /s\nCOPY mix.exs mix.lock ./\nRUN mix deps.get\nCOPY . .\nRUN mix release\n',
    )
    expect(reasonOf(repo, 'deps')).toBe(
      'safe deps: mix deps.get (Dockerfile:4) has made it there before the copy',
    )
  })

  it('fetches nothing when it compiles', () => {
    expect(reasonOf(phoenix(image('RUN mix release')), 'deps')).toMatch(/^review deps: /)
  })
})

describe('a build directory of CMake', () => {
  const cmake = (name: string, ...lines: readonly string[]): Repo => ({
    tracked: { Dockerfile: image(...lines), 'CMakeLists.txt': '', 'a.cpp': '', '.gitignore': `/${name}\n` },
    untracked: { [`${name}/CMakeCache.txt`]: 100, [`${name}/a.o`]: 100 },
  })

  it.each([
    ['cmake', 'RUN cmake -B build -S . && cmake --build build'],
    ['cmake', 'RUN cmake -S . -Bbuild'],
    ['cmake ..', 'RUN mkdir -p build && cd build && cmake .. && make'],
  ])('is made anew by %s: %s', (title, run) => {
    expect(reasonOf(cmake('build', run), 'build')).toBe(`safe build: ${title} (Dockerfile:4) makes it anew`)
  })

  it('is none to go on from at another place', () => {
    const elsewhere = ['RUN cmake -S . -B /build', 'RUN cmake --build /build']
    expect(reasonOf(cmake('build', ...elsewhere), 'build')).toBe(
      'safe build: cmake (Dockerfile:4) takes none that another place made',
    )
    expect(reasonOf(cmake('build-debug', ...elsewhere), 'build-debug')).toMatch(/^safe build-debug: /)
    expect(reasonOf(cmake('build', ...elsewhere, 'RUN cp build/a.o /usr/lib/'), 'build')).toMatch(/^review /)
  })

  it('is the own of an editor by its name', () => {
    expect(reasonOf(cmake('cmake-build-debug', 'RUN make'), '**/cmake-build-*')).toBe(
      'safe **/cmake-build-*: what CLion makes of the sources',
    )
  })

  it('stays where the image builds nothing', () => {
    expect(reasonOf(cmake('build', 'CMD ["build/a"]'), 'build')).toBe(
      'review build: CMD (Dockerfile:4) names it',
    )
  })
})

describe('Hugo', () => {
  const site = (run: string, rest: MemoryTree = {}): Repo => ({
    tracked: {
      Dockerfile: image(run),
      'hugo.toml': '',
      'content/a.md': '',
      '.gitignore': 'public\nresources/_gen\n',
      ...rest,
    },
    untracked: { 'public/index.html': 100, 'resources/_gen/a.css': 100, '.hugo_build.lock': 0 },
  })

  it('makes its pages anew', () => {
    const repo = site('RUN hugo --minify')
    expect(reasonOf(repo, 'public')).toBe('safe public: hugo (Dockerfile:4) makes it anew')
    expect(reasonOf(repo, 'resources/_gen')).toBe('safe resources/_gen: hugo (Dockerfile:4) makes it anew')
    expect(reasonOf(repo, '**/.hugo_build.lock')).toBe('safe **/.hugo_build.lock: the lock of a build')
  })

  it('asks git where the configuration wants times', () => {
    expect(proposeFor(site('RUN hugo', { 'hugo.toml': 'enableGitInfo = true\n' })).left.join()).toMatch(
      /^\.git: hugo, for the time of the last change asks git \(hugo\.toml:1\)/,
    )
  })

  it('publishes elsewhere where it is told to', () => {
    expect(reasonOf(site('RUN hugo -d /out'), 'public')).toMatch(/^review public: /)
  })

  it('has its pages copied where the image makes none', () => {
    expect(reasonOf(site('RUN true'), 'public')).toBe('review public: pages that hugo made')
  })
})

describe('Rails', () => {
  const rails = (run: string, gems = "gem 'jsbundling-rails'\n"): Repo => ({
    tracked: {
      Dockerfile: image(run),
      Gemfile: gems,
      'config.ru': '',
      'app/assets/builds/.keep': '',
      'app/assets/a.js': '',
      '.gitignore': '/public/assets\n/app/assets/builds/*\n!/app/assets/builds/.keep\n',
    },
    untracked: {
      'public/assets/.manifest.json': 100,
      'public/assets/a-1.js': 100,
      'app/assets/builds/a.js': 100,
    },
  })
  const builds = 'app/assets/builds/[^.]*'

  it('precompiles its assets, those of a bundler too', () => {
    const repo = rails('RUN SECRET_KEY_BASE_DUMMY=1 ./bin/rails assets:precompile')
    const because = 'rails assets:precompile (Dockerfile:4) makes it anew'
    expect(reasonOf(repo, 'public/assets')).toBe(`safe public/assets: ${because}`)
    expect(reasonOf(repo, builds)).toBe(`safe ${builds}: ${because}`)
    expect(reasonOf(rails('RUN bundle exec rake assets:precompile'), 'public/assets')).toMatch(/^safe /)
  })

  it('does not where it has no bundler, or runs something else', () => {
    expect(reasonOf(rails('RUN bin/rails assets:precompile', ''), builds)).toMatch(/^review /)
    expect(reasonOf(rails('RUN bin/rails db:prepare'), 'public/assets')).toMatch(/^review /)
  })
})

describe('a directory that a RUN takes away', () => {
  const repo = (run: string): Repo => ({
    tracked: { Dockerfile: image(run), 'package.json': '{}', '.gitignore': 'node_modules\n' },
    untracked: { 'node_modules/a/i.js': 100 },
  })

  it.each(['RUN rm -rf node_modules && npm install', 'RUN rm -fr /s/node_modules/ && npm install'])(
    'goes: %s',
    (run) => {
      expect(reasonOf(repo(run), '**/node_modules')).toBe(
        'safe **/node_modules: rm (Dockerfile:4) deletes it first',
      )
    },
  )

  it.each([
    'RUN cp -r node_modules /opt && rm -rf node_modules',
    'RUN rm -rf node_modules/.cache && npm install',
    'RUN node build.js && rm -rf node_modules',
    'RUN cp -r . /opt && rm -rf /s',
    'RUN tar c * | tar xC /opt; rm -rf /s',
  ])('is asked about: %s', (run) => {
    expect(reasonOf(repo(run), '**/node_modules')).toMatch(/^review /)
  })

  it('was built from before: what a program made for that on the host stays', () => {
    const sources = (run: string): Repo => ({
      tracked: {
        Dockerfile: image(run),
        Makefile: 'all:\n\tcc -o /usr/local/bin/a gen/lexer.c\n',
        '.github/workflows/ci.yml':
          'jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: flex -o gen/lexer.c a.l\n      - run: docker build .\n',
        '.gitignore': 'gen/\n',
      },
      untracked: { 'gen/lexer.c': 100 },
    })
    for (const run of ['RUN make && rm -rf /s', 'RUN apt-get update && cd /s && make\nRUN rm -rf /s'])
      expect(reasonOf(sources(run), 'gen') ?? 'kept').not.toMatch(/^(?:safe|proven) /)
    expect(reasonOf(sources('RUN mkdir -p /o && chown -R 1 /s && rm -rf /s'), 'gen')).toMatch(/^safe /)
  })

  const scripts = (clean: string, more: Readonly<Record<string, string>> = {}): Repo => ({
    tracked: {
      Dockerfile:
        'FROM x AS b\nWORKDIR /s\nCOPY . .\nRUN npm ci && npm run build\nFROM x\nCOPY --from=b /s/public public\nRUN ln -s public/v v\n',
      'package.json': JSON.stringify({ scripts: { clean, build: 'npm run clean && parcel', ...more } }),
      '.gitignore': 'public\n',
    },
    untracked: { 'public/a.js': 100 },
  })

  it.each([
    ['rimraf', 'rimraf public'],
    ['rimraf', 'npx rimraf ./public/ *.tsbuildinfo'],
    ['rm', 'shx rm -rf public'],
    ['del-cli', 'del-cli public'],
  ])('goes by a script with %s, though another stage names what was made there: %s', (program, clean) => {
    expect(reasonOf(scripts(clean), 'public')).toBe(`safe public: ${program} (Dockerfile:4) deletes it first`)
    const used = scripts(clean, { postinstall: 'node generate.js' })
    expect(reasonOf(used, 'public')).toMatch(/^review /)
  })

  it('goes though an install before starts what packages have for that, and not what the project has', () => {
    const judgedAfter = (postinstall: string) => reasonOf(scripts('rimraf public', { postinstall }), 'public')
    for (const theirs of ['patch-package', 'husky || true', 'npx only-allow pnpm && patch-package'])
      expect(judgedAfter(theirs)).toBe('safe public: rimraf (Dockerfile:4) deletes it first')
    expect(judgedAfter('patch-package && node generate.js')).toMatch(/^review /)
  })

  it.each([
    "del-cli public '!public/a.js'",
    'rimraf public/*',
    'rimraf --version public-old',
    'shx ls -r public',
  ])('is asked about where a script leaves something of it: %s', (clean) => {
    expect(reasonOf(scripts(clean), 'public')).toMatch(/^review /)
  })
})

describe('a directory that git ignores and that holds junk', () => {
  const repo = (untracked: MemoryTree, rest: MemoryTree = {}): Repo => ({
    tracked: {
      Dockerfile: image(),
      'a.php': '',
      'go.mod': 'module a\n',
      '.gitignore': '/var/\n/tmp/\n',
      ...rest,
    },
    untracked,
  })

  it('loses it, and is asked about for the rest', () => {
    const { lines } = proposeFor(repo({ 'var/log/dev.log': 100, 'var/data.db': 100 }))
    expect(lines).toContain('safe **/*.log')
    expect(lines).toContain('review var/data.db')
    expect(lines).not.toContain('review var')
  })

  it('loses all of it, as what air builds is made anew', () => {
    const { lines } = proposeFor(repo({ 'tmp/main': 100, 'tmp/build-errors.log': 100 }, { '.air.toml': '' }))
    expect(lines.filter((line) => /tmp|log/.test(line)).sort()).toEqual(['safe **/*.log', 'safe tmp/main'])
  })

  it('is one where there are too many parts to tell apart', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`var/${i}.bin`, 10]))
    expect(proposeFor(repo({ ...many, 'var/a.log': 10 })).lines).toContain('review var')
  })
})

describe('.NET', () => {
  const solution = (...lines: readonly string[]): Repo => ({
    tracked: {
      Dockerfile: image(...lines),
      'A.sln': '',
      'src/A/A.csproj': '<Project/>',
      '.gitignore': 'obj/\nbin/\n',
    },
    untracked: { 'src/A/obj/project.assets.json': 100, 'src/A/bin/Release/A.dll': 100 },
  })
  const publish = 'RUN dotnet publish src/A -c Release -o /out'

  it('writes anew what it restores and then compiles', () => {
    const repo = solution('RUN dotnet restore', `${publish} --no-restore`)
    expect(reasonOf(repo, 'src/A/obj')).toBe('safe src/A/obj: dotnet restore (Dockerfile:4) makes it anew')
  })

  it('takes what this machine compiled where it compiles nothing itself', () => {
    const repo = solution('RUN dotnet restore', `${publish} --no-build`)
    expect(reasonOf(repo, 'src/A/obj')).toMatch(/^review /)
    expect(reasonOf(repo, 'src/A/bin')).toMatch(/^review /)
    const built = solution('RUN dotnet build -c Release', `${publish} --no-build`)
    expect(reasonOf(built, 'src/A/bin')).toBe('safe src/A/bin: dotnet build (Dockerfile:4) makes it anew')
  })
})

describe('packages of Node', () => {
  it('are those that the install before the copy made, not what prisma generates into them', () => {
    const repo = (...lines: readonly string[]): Repo => ({
      tracked: {
        Dockerfile: ['FROM node', 'WORKDIR /s', ...lines, ''].join('\n'),
        'package.json': '{"dependencies":{"@prisma/client":"6"}}',
        'package-lock.json': '{}',
        'prisma/schema.prisma': '',
        '.gitignore': 'node_modules\n',
      },
      untracked: { 'node_modules/a/index.js': 100 },
    })
    const generate = 'RUN npx prisma generate'
    const first = repo('COPY package*.json ./', 'RUN npm ci', 'COPY . .', generate)
    expect(reasonOf(first, '**/node_modules')).toBe(
      'safe **/node_modules: npm ci (Dockerfile:4) has made it there before the copy',
    )
    // Without an install they are what the image has.
    expect(reasonOf(repo('COPY . .', generate), '**/node_modules')).toMatch(/^review /)
  })
})

describe('what Strapi builds', () => {
  const strapi = (version: string): Repo => ({
    tracked: {
      Dockerfile: image('RUN yarn install', 'RUN npx strapi build'),
      'package.json': `{"dependencies":{"@strapi/strapi":"${version}"}}`,
      'yarn.lock': '',
      '.gitignore': 'build\ndist\n',
    },
    untracked: { 'build/index.html': 100, 'dist/src/index.js': 100 },
  })

  it('lies in build, or in dist, by its version', () => {
    expect(reasonOf(strapi('4.25.0'), 'build')).toBe('safe build: strapi build (Dockerfile:5) makes it anew')
    expect(reasonOf(strapi('4.25.0'), 'dist')).toMatch(/^review /)
    expect(reasonOf(strapi('^5.1.0'), 'dist')).toBe('safe dist: strapi build (Dockerfile:5) makes it anew')
    expect(reasonOf(strapi('^5.1.0'), 'build')).toMatch(/^review /)
  })
})
