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

const words = (...more: readonly string[]): string => JSON.stringify([...'abcdefghijklmnopqr', ...more])

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
    ['what is put in', 'seeds', { 'a.js': 'get(`{url}/{seeds}/api/${seeds}`)\n' }, 'get(`{url}/seeds`)\n'],
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
      'conda run -p env a\n',
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
    'git clone https://github.com/org/seeds',
    'curl -sLO https://a.com/seeds',
    'tool "#" # "seeds"',
    'put ./seeds:1.2.3',
    `tool --seeds ${'x'.repeat(200)} seeds`,
  ])('is one in %s', (line) => {
    expect(reason('seeds', { 'run.sh': `${line}\n` })).toContain('run.sh:1 names it')
  })

  it.each<[string, string, string, string, string]>([
    ['a directory of the system', 'tmp', 'run.sh', 'mkdir -p /tmp/digests', 'mkdir -p ./tmp/digests'],
    ['one that is put behind another', 'tmp', 'a.js', "open('/tmp/x')", "open(root + '/tmp/x')"],
    ['a sentence', 'data', 'a.py', 'm = _("Delete all data")', 'm = _("data")'],
    ['a sentence beside a path', 'data', 'a.py', 'm("Delete all data")', 'm("Delete all data", "data")'],
    ['what looks like one', 'data', 'a.py', 'm("Failed to read data, sorry.")', 'm("Tar -c data")'],
    ['a function', 'Publish', 'a.cs', 'public void Publish()', 'File.Open("Publish/a")'],
    ['its call in a text', 'seeds', 'a.ts', 'const a = seeds(1)', "run('copy seeds(1)')"],
    ['what is compared', 'seeds', 'a.py', "if kind == 'seeds':", "if open('seeds'):"],
    ['a key', 'imports', 'a.php', "'imports' => [", "['dir' => 'imports'],"],
    ['its neighbours', '.env', 'a.toml', 'skip = ["ui/.env.*"]', 'skip = ["ui/.env"]'],
    ['a program', 'composer', 'a.sh', 'composer install', 'php composer install'],
    ['a value', 'engine', '.env.ci', 'SERVER=engine', 'SERVER_DIR=engine'],
    ['an image and its tag', 'lagun', 'a.yaml', '- image: lagun:1.2', '- image: from lagun'],
    ['an image with a name before it', 'lagun', 'a.sh', 'docker push org/lagun:1.2', 'docker cp lagun app:/'],
    ['a list of words', 'seeds', 'a.json', words('seeds'), words('./seeds')],
    ['a variable', 'seeds', 'a.php', '$seeds = [];', "$seeds = 'seeds';"],
    ['a part of a statement', 'seeds', 'a.rb', 'return seeds, (2)', "return 'seeds', (2)"],
    ['a function with modifiers', 'seeds', 'a.php', 'public function seeds(): array', "cp('seeds');"],
    [
      'a sentence with an aside',
      'seeds',
      'a.php',
      "'x' => 'If all of them (e.g. the seeds) are managed by you, they may go',",
      "'x' => 'If all of them (e.g. the seeds/) are managed by you, they may go',",
    ],
    [
      'a line of a comment',
      'seeds',
      'a.php',
      '| When dealing with seeds, you might only be interested in the',
      'When dealing with seeds/a, you might only be interested in the',
    ],
    ['a short one', 'seeds', 'a.php', "$m = 'Could not sow seeds: ';", "$m = 'cp seeds: ';"],
    [
      'a long one',
      'seeds',
      'a.go',
      'l("a: %s(): too many pings without seeds")',
      'l("a: b && c && d && cp seeds")',
    ],
    ['a part of a key', 'seeds', 'a.php', "cache('eggs.seeds', $seeds);", "cache('eggs', 'seeds');"],
    ['a command of a framework', 'seeds', 'a.php', "call('seeds:link', 1);", "call('seeds', 1);"],
    ['a text of a page', 'seeds', 'a.html.erb', '<p>Few seeds</p>', '<a href="seeds">x y</a>'],
    ['a list of alternatives', 'seeds', 'a.php', "'a|b|c|d|e|f|g|h|seeds|i|j|k|l'", "'a|seeds'"],
    ['a key of JSON', 'seeds', 'a.json', '"seeds": {', '"seeds": "seeds",'],
    ['what a step is called', 'seeds', '.github/workflows/a.yml', 'name: seeds', 'path: seeds'],
    ['a word of a docstring', 'data', 'a.py', "    it's the data of a", '    cp data/a'],
    ['a variable', 'cache', 'a.py', 'for cache in caches.all():', 'for cache in open("cache"):'],
    ['an attribute', 'commit', 'a.ts', 'a.commit().then(commit)', "a.open('./commit')"],
    ['a remark', 'parts', 'a.py', 'f(  # Both parts are empty', 'f("#", "parts")'],
    ['a remark behind a text', 'parts', 'a.go', 'f("a") // the parts', 'f("http://a", "parts")'],
    ['a text of several lines', 'parts', 'a.js', 'f(parts)', 'f(`cp parts'],
    ['a key of a dictionary', 'data', 'a.py', "x.append({'data': y})", "x.append({'dir': 'data'})"],
    ['what a key is asked for', 'data', 'a.py', "x = self.y['data']", "x = ['data']"],
    ['a key of YAML', 'tags', 'a.yml', 'tags: a/b:1', 'a: tags'],
    ['a key of TOML', 'build', 'a.toml', 'build = "x"', 'a = "build"'],
    ['a key of JSON', 'seeds', 'a.json', '"seeds": {', '"a": "seeds",'],
    ['an address', 'seeds', 'a.sh', 'open https://a.com/seeds/x -o y', 'open http://localhost/seeds'],
    ['an address elsewhere', 'seeds', 'a.py', "a('https://a.com/seeds')", "a('https://' + host + '/seeds')"],
    ['the tag of a build', 'lagun', 'a.sh', 'docker build -t lagun:$V .', 'docker build -t a lagun'],
    [
      'a verb beside its options',
      'build',
      'a.sh',
      'docker build --build-arg A=b -t a .',
      'docker build -t a build',
    ],
    ['a program of the system', 'lagun', 'a.sh', 'exec /usr/local/bin/lagun', 'exec /srv/bin/lagun'],
    ['a remark behind a command', 'seeds', 'a.sh', 'load -a "b" # as seeds do', 'load "a # b" seeds'],
    ['a remark behind a gem', 'seeds', 'Gemfile', "gem 'rspec' # For seeds", "gem 'a#b', path: 'seeds'"],
    ['an interpolated text', 'seeds', 'a.rb', 'a(b) # seeds', 'a "#{b} # seeds"'],
    ['what an argument is called', 'seeds', 'a.php', "seeds: '#/x',", "at: 'seeds',"],
    ['a call', 'seeds', 'a.rb', 'seeds ["Plants"]', 'cp ["seeds"]'],
    ['a line that nobody wrote', 'seeds', 'public/a/b.js', `a("seeds")${';b()'.repeat(99)}`, 'a("seeds")'],
    ['an element', 'seeds', 'phpunit.xml', '<seeds/>', '<file>seeds</file>'],
    ['a package', 'seeds', 'a.json', '"seeds": "^1.2.0",', '"a": "seeds/v1.2",'],
    ['a pinned package', 'seeds', 'requirements.txt', 'seeds==1.2', 'seeds/a==1.2'],
    ['what has a type', 'data', 'a.py', 'def a(b: str, data: Dict):', 'def a(b: str): "data"'],
  ])('is none of a path: %s', (_, path, file, line, other) => {
    expect(reason(path, { [file]: `${line}\n` })).not.toContain('names it')
    expect(reason(path, { [file]: `${other}\n` })).toContain(`${file}:1 names it`)
  })

  it.each([
    'pub mod seeds;',
    'pub(crate) use seeds::{a};',
    'run(`load seeds`);',
    "$x = base_path() . '/seeds';",
  ])('is one in code: %s', (line) => {
    expect(reason('seeds', { 'a.rs': `${line}\n` })).toContain('a.rs:1 names it')
  })

  it.each([
    ...['.golangci.yaml', '.stylelint_todo.yml', '.github/dependabot.yml', '.mcp.json', '.air.toml'],
    ...['.idea/shop.iml', 'app/app.iml', '.vscode/tasks.json', 'shop.code-workspace'],
    ...['.cspell.json', '.github/ISSUE_TEMPLATE/bug.yml', '.cursor/rules/a.mdc', 'lang/de/a.php'],
    ...['config/locales/fr.yml', 'priv/gettext/de/LC_MESSAGES/default.po'],
    ...['public/locales/an/send.ftl', 'src/i18n/de.json', 'docs/api/Backend.html'],
  ])('is no reason in what looks at sources, passes over them, or is for people: %s', (file) => {
    expect(reason('seeds', { [file]: 'a: ./seeds\n' })).not.toContain('names it')
  })

  it.each(['src/locales.json', 'web/index.html'])('is one in what a program may go by: %s', (file) => {
    expect(reason('seeds', { [file]: 'a: ./seeds\n' })).toContain(`${file}:1 names it`)
  })

  it('is none of what a test has made in the settings of that test', () => {
    const videos = (file: string): Repo => ({
      tracked: { Dockerfile: image(), 'src/a': '', [file]: '{ "videosFolder": "e2e/cypress/videos" }\n' },
      untracked: { 'e2e/cypress/videos/a.mp4': 1000 },
    })
    expect(reasonOf(videos('cypress.json'), 'e2e/cypress/videos')).toMatch(/^safe /)
    expect(reasonOf(videos('player.json'), 'e2e/cypress/videos')).toContain('player.json:1 names it')
  })

  it('is none of a file in another directory of the system', () => {
    const line = (text: string) =>
      reasonOf(
        {
          tracked: {
            Dockerfile: image(),
            '.gitignore': '/cache/config.php\n',
            'cache/a.php': '',
            'a.sh': `${text}\n`,
          },
          untracked: { 'cache/config.php': 100 },
        },
        'cache/config.php',
      ) ?? ''
    expect(line('test -f /opt/moodle/config.php')).not.toContain('names it')
    for (const text of ['test -f /srv/cache/config.php', 'test -f $ROOT/moodle/config.php', 'cat config.php'])
      expect(line(text)).toContain('a.sh:1 names it')
  })

  it('is one of a module that is imported', () => {
    expect(reason('seeds', { 'a.py': 'from seeds import (a)\n' })).toContain('a.py:1 names it')
  })

  it('is none of a file as the value of a variable that is for no path', () => {
    const left = (line: string) =>
      proposeFor({
        tracked: { Dockerfile: image(), '.env.ci': `${line}\n`, 'a.py': '', '.gitignore': '/engine\n' },
        untracked: { engine: 1000 },
      }).left
    expect(left('SERVER=engine')).toEqual([])
    expect(left('SERVER_PATH=engine')).toEqual(['engine: .env.ci:1 asks for it'])
    expect(left('SERVER=./engine')).toEqual(['engine: .env.ci:1 asks for it'])
  })

  it('is one of the data of this machine in the settings of a program, which is asked about', () => {
    const repo: Repo = {
      tracked: {
        Dockerfile: image(),
        '.env.example': 'DB="./app.sqlite"\n',
        'a.py': '',
        '.gitignore': '*.sqlite\n',
      },
      untracked: { 'app.sqlite': 1000 },
    }
    expect(proposeFor(repo).left).toEqual([])
    expect(reasonOf(repo, 'app.sqlite')).toContain('.env.example:1 names it')
  })

  it('is none in what yarn and packages have in the repository', () => {
    const files = ['.yarn/releases/yarn-4.cjs', '.yarn/patches/a.patch', 'REUSE.toml', '.claude/skills/a.js']
    for (const file of files)
      expect(reason('seeds', { [file]: 'load("./seeds")\n' })).not.toContain('names it')
    expect(reason('seeds', { 'yarn.cjs': 'load("./seeds")\n' })).toContain('yarn.cjs:1 names it')
  })

  it('is none in a stage that has it from elsewhere, or has it not yet', () => {
    const stages = (...lines: readonly string[]) => reason('seeds', { Dockerfile: [...lines, ''].join('\n') })
    const makes = ['FROM x AS a', 'RUN tool --with host/seeds=./seeds/']
    expect(stages(...makes, 'FROM x', 'COPY . .')).not.toContain('names it')
    expect(stages('FROM x', 'RUN load ./seeds/', 'COPY . .')).not.toContain('names it')
    expect(stages('FROM x', 'COPY . .', 'RUN load ./seeds/a')).toContain('RUN (Dockerfile:3) names it')
    expect(
      stages('FROM x', 'WORKDIR /s', 'COPY . .', 'FROM x', 'COPY --from=0 /s .', 'CMD load seeds/a'),
    ).toContain('CMD (Dockerfile:6) names it')
  })

  it('stays one where it stands too often to look at every place', () => {
    const rest = (times: number) => ({ 'run.sh': `${'tool --seeds\n'.repeat(times)}cp seeds /x\n` })
    expect(reason('seeds', rest(20))).toContain('run.sh:21 names it')
    expect(reason('seeds', rest(3000))).toContain('run.sh:3001 names it')
    expect(reason('seeds', rest(5020))).toContain('run.sh:5001 names it')
  })

  it('is none of a path in the apps.py of a package that is called so', () => {
    const apps = { 'courses/apps.py': 'class C(AppConfig):\n    name = "courses"\n' }
    expect(reason('media/courses', apps)).not.toContain('names it')
    const models = { ...apps, 'courses/models.py': 'ImageField(upload_to="courses")\n' }
    expect(reason('media/courses', models)).toContain('courses/models.py:1 names it')
  })

  it('is none of a file at the top in a longer path that is there', () => {
    const lagun = (text: string, rest: MemoryTree = {}): string =>
      reasonOf(
        {
          tracked: {
            Dockerfile: image(),
            'cmd/lagun/main.go': 'package main\n',
            '.gitignore': '/lagun\n',
            ...{ 'build.conf': text, ...rest },
          },
          untracked: { lagun: 100 },
        },
        'lagun',
      ) ?? ''
    expect(lagun('main = ./cmd/lagun\n')).not.toContain('names it')
    expect(lagun('main = cmd/lagun/main.go\n')).not.toContain('names it')
    expect(lagun('BIN := bin/lagun\n', { 'bin/.keep': '' })).not.toContain('names it')
    expect(lagun('main = /srv/bin/lagun\n', { 'bin/.keep': '' })).toContain('build.conf:1 names it')
    expect(lagun('main = other/lagun\n')).toContain('build.conf:1 names it')
    const below = { 'spec/support/a.rb': '', 'spec/a.conf': 'require support/lagun\n' }
    expect(lagun('', below)).not.toContain('names it')
    expect(lagun('', { ...below, 'spec/a.conf': 'require lib/lagun\n' })).toContain('spec/a.conf:1 names it')
    expect(lagun('main = ./cmd/lagun lagun\n')).toContain('build.conf:1 names it')
    const go = (text: string) => lagun('', { 'cmd/lagun/main.go': `package main\n${text}\n` })
    expect(go('import "github.com/a/lagun/config"')).not.toContain('names it')
    expect(go('var f = os.Open("lagun/config")')).toContain('cmd/lagun/main.go:2 names it')
    const goreleaser = (text: string) => ({ '.goreleaser.yaml': text })
    expect(lagun('', goreleaser('project_name: lagun\nbuilds:\n  - binary: lagun\n'))).not.toContain(
      'names it',
    )
    expect(lagun('', goreleaser('extra_files:\n  - glob: ./lagun\n'))).toContain(
      '.goreleaser.yaml:2 names it',
    )
  })

  it('is none in a RUN of conda, but in one that uses the directory', () => {
    expect(reason('env', {}, ['RUN conda env create -f environment.yml'])).not.toContain('names it')
    expect(reason('env', {}, ['RUN conda env create -p env'])).toContain('RUN (Dockerfile:4) names it')
  })
})

describe('a build in CI that BuildKit fetches from the repository', () => {
  const reason = (step: string, more: Partial<MemoryTree> = {}) =>
    reasonOf(
      {
        tracked: {
          Dockerfile: image(),
          'src/a.py': '',
          '.gitignore': '/state\n',
          '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    steps:\n      - run: ./whatever\n${step}`,
          ...(more as MemoryTree),
        },
        untracked: { 'state/a': 100 },
      },
      'state',
    )
  const action = (...inputs: readonly string[]) =>
    [
      '      - uses: docker/build-push-action@v6',
      '        with:',
      '          push: true',
      ...inputs,
      '',
    ].join('\n')

  it('has none of what git ignores, whatever the steps before it make', () => {
    expect(reason(action())).toBe('safe state: CI builds without it (.github/workflows/ci.yml:6)')
  })

  it('says nothing where it is of another Dockerfile or another directory, or takes the workspace', () => {
    for (const input of ['          file: other/Dockerfile', '          context: .'])
      expect(reason(action(input))).toBe('review state: git ignores it, and nothing says what it is for')
    expect(reason(action('          context: "{{defaultContext}}:sub"'))).not.toContain('CI builds')
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
    expect(says('rm -rf bin cover.html')).toBe('review cover.html: Makefile:2 deletes it')
    expect(says('@report > cover.html')).toBe('review cover.html: Makefile:2 makes it')
    // Something is done with it all the same.
    expect(says('report > cover.html && open cover.html')).toBe('review cover.html: Makefile:2 names it')
    expect(says('rm cover.html; cp cover.html.old cover.html')).toBe('review cover.html: Makefile:2 names it')
    expect(says('go build -o a cover.html')).toBe('review cover.html: Makefile:2 names it')
  })

  const rested = (text: string, path: string, rest: MemoryTree = {}): string | undefined =>
    reasonOf(
      {
        tracked: { Dockerfile: image(), Makefile: text, '.gitignore': `/${path}\n`, ...published, ...rest },
        untracked: { [`${path}/a`]: 100 },
      },
      path,
    )

  it.each(['conda env create -p ./env -f environment.yml', 'python3 -m venv env', 'rm -rf env'])(
    'may go where CI has none, as nothing else names it: %s',
    (line) => {
      expect(rested(`env:\n\t${line}\n`, 'env')).toBe(
        'safe env: CI builds without it (.github/workflows/ci.yml:6)',
      )
    },
  )

  it('stays a question where a program names it too, or the recipe goes on with it', () => {
    const named = { 'a.py': 'open("env/a")\n' }
    expect(rested('env:\n\tconda env create -p env\n', 'env', named)).toBe('review env: a.py:1 names it')
    expect(rested('env:\n\tpython -m venv env && cp -r env image\n', 'env')).toBe(
      'review env: Makefile:2 names it',
    )
  })

  it('is kept where a recipe makes it and then builds the image', () => {
    const image = 'out:\n\tgo build -o out ./a\nimage: out\n\tdocker build .\n'
    expect(
      proposeFor({
        tracked: { Dockerfile: 'FROM x\nCOPY . .\n', Makefile: image, '.gitignore': '/out\n', ...published },
        untracked: { out: 100 },
      }).left,
    ).toContain('out: Makefile:1 makes it on the host for this image')
  })
})

describe('what collectstatic collects', () => {
  const django = (setting: string, run: string, rest: MemoryTree = {}): string | undefined =>
    reasonOf(
      {
        tracked: {
          ...{ Dockerfile: image(run), 'manage.py': '', 'shop/settings.py': `${setting}\n` },
          ...{ '.gitignore': '/collected\n', ...rest },
        },
        untracked: { 'collected/a.css': 100 },
      },
      'collected',
    )
  const run = 'RUN python manage.py collectstatic --noinput'

  it.each([
    "STATIC_ROOT = BASE_DIR / 'collected'",
    'STATIC_ROOT = os.path.join(BASE_DIR, "collected")',
    'STATIC_ROOT = str(BASE_DIR / "collected")',
    'STATIC_ROOT: str = os.path.join(PROJECT_ROOT, "collected")',
  ])('is made anew in an image that collects: %s', (setting) => {
    expect(django(setting, run)).toBe('safe collected: collectstatic (Dockerfile:4) makes it anew')
    expect(django(setting, `RUN A=1 ./manage.py compilemessages && ${run.slice(4)}`)).toMatch(/^safe/)
  })

  it('lies in the package of the settings where that is called the project', () => {
    const found = (setting: string) =>
      reasonOf(
        {
          tracked: {
            Dockerfile: image(run),
            ...{ 'manage.py': '', 'shop/settings/base.py': `${setting}\n`, '.gitignore': 'collected\n' },
          },
          untracked: { 'shop/collected/a.css': 100 },
        },
        'shop/collected',
      )
    expect(found('STATIC_ROOT = os.path.join(PROJECT_DIR, "collected")')).toMatch(/^safe/)
    expect(found('STATIC_ROOT = os.path.join(MEDIA_DIR, "collected")')).toMatch(/^review/)
  })

  it('is a question where the image does not, or may not', () => {
    const setting = "STATIC_ROOT = BASE_DIR / 'collected'"
    const asked = 'review collected: shop/settings.py:1 makes it'
    expect(django(setting, 'CMD python manage.py runserver')).toBe(asked)
    expect(django(setting, 'RUN test -z "$X" || python manage.py collectstatic')).toBe(asked)
    expect(django(setting, `${run} --dry-run`)).toBe(asked)
    expect(django(setting, run.replace('RUN', 'RUN cp -r collected /x &&'))).toMatch(/^review/)
  })

  it('is a question where the setting may mean another place', () => {
    for (const setting of [
      "STATIC_ROOT = DATA / 'collected'",
      "STATIC_ROOT = env('STATIC_ROOT', default='collected')",
      "STATICFILES_DIRS = [BASE_DIR / 'collected']",
      "STATIC_ROOT = BASE_DIR / 'x' / 'collected'",
    ])
      expect(django(setting, run)).toBe('review collected: shop/settings.py:1 names it')
  })
})

describe('a name in an instruction of an image that takes none of it from the context', () => {
  const workspace = (worker: string): string | undefined =>
    reasonOf(
      {
        tracked: {
          'package.json': '{"workspaces":["api"]}',
          'api/package.json': '{"name":"api","scripts":{"build":"tsc"}}',
          'api/tsconfig.json': '{"compilerOptions":{"outDir":"dist"}}',
          Dockerfile: [
            ...['FROM node AS build', 'WORKDIR /s', 'COPY api api', 'WORKDIR /s/api', 'RUN npm run build'],
            ...['FROM node', 'COPY --from=build /s/api/dist api/dist', 'CMD ["node", "api/dist/a.js"]', ''],
          ].join('\n'),
          'worker.Dockerfile': worker,
          'compose.yaml':
            'services:\n  a: { build: . }\n  b: { build: { context: ., dockerfile: worker.Dockerfile } }\n',
          '.gitignore': 'dist\n',
          ...published,
        },
        untracked: { 'api/dist/a.js': 100 },
      },
      'api/dist',
    )

  it('means what the image has made: of another image it is not said that it needs it', () => {
    expect(workspace('FROM node\nWORKDIR /s\nCOPY . .\nCMD ["node", "w.js"]\n')).toBe(
      'review api/dist: CI builds without it (.github/workflows/ci.yml:6), but no build of worker.Dockerfile',
    )
  })

  it('means that of the context where an image copies it and makes none', () => {
    expect(workspace('FROM node\nWORKDIR /s\nCOPY . .\nCMD ["node", "api/dist/a.js"]\n')).toBe(
      'review api/dist: CMD (worker.Dockerfile:4) names it',
    )
  })
})
