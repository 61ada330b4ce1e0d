import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownCommand } from '../../src/ecosystems/index.ts'

const of = (line: string) => knownCommand(line.split(' '))
const madeBy = (line: string) =>
  Object.fromEntries((of(line)?.makes ?? []).map(({ path, existing }) => [path, existing]))

describe('a command is recognised', () => {
  it.each([
    ['npm ci', 'npm ci'],
    ['npm clean-install --no-audit', 'npm clean-install'],
    ['npm --loglevel=error ci', 'npm ci'],
    ['/usr/local/bin/npm ci', 'npm ci'],
    ['sudo -E -u node npm ci', 'npm ci'],
    ['env -u CI NODE_ENV=production npm ci', 'npm ci'],
    ['dumb-init -- npm ci', 'npm ci'],
    ['timeout -k 5 600 npm ci', 'npm ci'],
    ['npx next build', 'next build'],
    ['npx --yes next@15.3.2 build', 'next build'],
    ['npm exec -- next build', 'next build'],
    ['yarn next build', 'next build'],
    ['yarn exec next build', 'next build'],
    ['pnpm exec next build', 'next build'],
    ['bunx next build', 'next build'],
    ['./node_modules/.bin/next build', 'next build'],
    ['node node_modules/.bin/next build', 'next build'],
    ['corepack pnpm@9 install', 'pnpm install'],
    ['python -m pip install -r requirements.txt', 'pip install'],
    ['/opt/venv/bin/python3.12 -m pip install flask', 'pip install'],
    ['$VENV/bin/pip install flask', 'pip install'],
    ['pip3.12 install flask', 'pip3.12 install'],
    ['python3 -m venv .venv', 'python -m venv .venv'],
    ['python manage.py collectstatic --noinput', 'manage.py collectstatic'],
    ['poetry run python manage.py collectstatic', 'manage.py collectstatic'],
    ['./mvnw -B -Pprod clean package', 'mvnw clean package'],
    ['../gradlew --no-daemon build -x test', 'gradlew build'],
    ['php composer.phar install', 'composer.phar install'],
    ['php bin/console cache:clear', 'console cache:clear'],
    ['bundle exec rails assets:precompile', 'rails assets:precompile'],
    ['bin/rails assets:precompile', 'rails assets:precompile'],
    ['mix deps.get --only prod', 'mix deps.get'],
    ['go mod download -x', 'go mod download'],
    ['cargo build --release', 'cargo build'],
    ['dotnet publish -c Release', 'dotnet publish'],
    ['apt-get -y install git', 'apt-get install'],
    ['apk --no-cache add git', 'apk add'],
    ['microdnf install -y git', 'microdnf install git'],
    ['[ -f x ]', '['],
    ['command -v npm', 'command'],
  ])('%s', (line, title) => {
    expect(of(line)?.title).toBe(title)
  })
})

describe('a look-alike is not recognised', () => {
  it.each([
    [''],
    ['npmx ci'],
    ['npm frobnicate'],
    ['npm run'],
    ['./install'],
    ['./scripts/npm ci'],
    ['bin/install thing'],
    ['./build'],
    ['python build'],
    ['venv .venv'],
    ['$NPM ci'],
    ['npm $COMMAND'],
    ['`which npm` ci'],
    ['npx -c "next build"'],
    ['sudo -i npm ci'],
    ['env -S npm ci'],
    ['make build'],
    ['node server.js'],
    ['sh -c npm'],
    ['awk {system("git")}'],
    ['xargs rm'],
    ['constructor'],
    ['__proto__ toString'],
  ])('%s', (line) => {
    expect(of(line)).toBeNull()
  })

  it('nothing at all', () => {
    expect(knownCommand([])).toBeNull()
  })
})

describe('npm', () => {
  it('erases node_modules with ci, and with npm before pull request 7490 not those of workspaces', () => {
    expect(madeBy('npm ci')).toEqual({ node_modules: 'erases', '**/node_modules': 'merges' })
  })

  it('erases nothing in a dry run', () => {
    expect(of('npm ci --dry-run')?.makes).toEqual([])
  })

  it('merges with install', () => {
    expect(madeBy('npm install')['node_modules']).toBe('merges')
  })

  it('runs prepare without development dependencies too, and no script with --ignore-scripts', () => {
    expect(of('npm ci --omit=dev')?.scripts).toContain('prepare')
    expect(of('npm ci --ignore-scripts')?.scripts).toEqual([])
    expect(of('npm ci --ignore-scripts=false')?.scripts).toContain('prepare')
  })

  it('needs a lockfile for ci, the first there is', () => {
    expect(of('npm ci')?.manifests).toEqual([['package-lock.json'], ['npm-shrinkwrap.json']])
    expect(of('npm ci')?.alsoReads).toContain('.npmrc')
  })

  it('takes nothing from the project for a global install', () => {
    expect(of('npm install -g pnpm@9')).toMatchObject({ kind: 'system', reads: 'nothing', makes: [] })
    expect(of('npm install -g .')).toMatchObject({ kind: 'build', reads: 'sources', files: ['.'] })
    expect(of('npm install -g')).toMatchObject({ reads: 'sources' })
  })

  it.each([
    ['npm run build', 'build', false],
    ['npm run-script build -- --prod', 'build', false],
    ['npm test', 'test', false],
    ['npm start', 'start', false],
    ['npm run build -w apps/api', 'build', true],
    ['npm run build --workspaces', 'build', true],
    ['yarn build', 'build', false],
    ['yarn run build', 'build', false],
    ['yarn test', 'test', false],
    ['yarn workspace @x/api build', 'build', true],
    ['yarn workspace api run build', 'build', true],
    ['yarn workspaces foreach -A run build', 'build', true],
    ['pnpm build', 'build', false],
    ['pnpm -r build', 'build', true],
    ['pnpm --filter ./apps/web build', 'build', true],
    ['pnpm --filter=web run build', 'build', true],
    ['bun run build', 'build', false],
    ['turbo run build --filter=web', 'build', true],
    ['npm run $SCRIPT', '$SCRIPT', false],
  ])('%s runs the script %s', (line, script, inWorkspaces) => {
    expect(of(line)).toMatchObject({ kind: 'build', runsScript: script, inWorkspaces })
  })

  it('may run a program where there is no script of its name', () => {
    expect(of('yarn next build')).toMatchObject({ title: 'next build', runsScript: 'next' })
    expect(of('pnpm vite build')).toMatchObject({ title: 'vite build', runsScript: 'vite' })
  })

  it('installs with yarn alone, whatever the options', () => {
    for (const line of ['yarn', 'yarn --frozen-lockfile', 'yarn install --immutable', 'yarn --cwd web'])
      expect(of(line)).toMatchObject({ kind: 'install', reads: 'manifests' })
  })

  it('runs no scripts with yarn --mode=skip-build, and no prepare with yarn --production', () => {
    expect(of('yarn install --mode=skip-build')?.scripts).toEqual([])
    expect(of('yarn install --mode skip-build')?.scripts).toEqual([])
    expect(of('yarn install --mode update-lockfile')?.scripts).not.toEqual([])
    expect(of('yarn install --production')?.scripts).toEqual(['preinstall', 'install', 'postinstall'])
  })

  it('knows where it runs', () => {
    expect(of('npm --prefix web ci')?.directory).toBe('web')
    expect(of('npm --prefix=web ci')?.directory).toBe('web')
    expect(of('yarn --cwd web install')?.directory).toBe('web')
    expect(of('pnpm -C web install')?.directory).toBe('web')
    expect(of('npm ci')?.directory).toBeNull()
  })
})

describe('builds of JavaScript', () => {
  it('keep the cache of next and erase the rest', () => {
    expect(madeBy('next build')).toMatchObject({ '.next/cache': 'merges', '.next': 'erases' })
  })

  it('erase what vite writes, unless it is told where or not to', () => {
    expect(madeBy('vite build')['dist']).toBe('erases')
    expect(madeBy('vite build --emptyOutDir=false')['dist']).toBe('merges')
    expect(madeBy('vite build --outDir build')).toEqual({ '*': 'merges' })
  })

  it('keep what next generates pages from', () => {
    expect(madeBy('next build --experimental-build-mode generate')['.next']).toBe('merges')
  })

  it('say which configuration may have another directory', () => {
    const dist = of('vite build')?.makes.find(({ path }) => path === 'dist')
    expect(dist?.unless?.files).toEqual(['vite.config.*'])
    expect(dist?.unless?.texts).toContain('outDir')
    expect(of('npm ci')?.makes.every(({ unless }) => unless === undefined)).toBe(true)
  })

  it('never claim to erase what only some configurations write', () => {
    expect(madeBy('next build')['out']).toBe('merges')
    expect(madeBy('ng build')['dist']).toBe('merges')
    expect(madeBy('webpack --mode production')).toEqual({ '*': 'merges' })
  })

  it('leave what tsc does not write', () => {
    expect(madeBy('tsc -p tsconfig.build.json')).toEqual({ '*': 'merges' })
    expect(of('tsc -p tsconfig.build.json')?.files).toEqual(['tsconfig.build.json'])
    expect(madeBy('tsc --noEmit')).toEqual({})
  })
})

describe('python', () => {
  it('reads the files that pip is given', () => {
    expect(of('pip install --no-cache-dir -r requirements.txt -c pins.txt')).toMatchObject({
      reads: 'manifests',
      files: ['requirements.txt', 'pins.txt'],
    })
    expect(of('pip install -rrequirements.txt')?.files).toEqual(['requirements.txt'])
    expect(of('pip install --requirement=a.txt')?.files).toEqual(['a.txt'])
  })

  it.each([
    'pip install .',
    'pip install .[dev]',
    'pip install -e .',
    'pip wheel --no-deps -w /wheels .',
    'pip install $WHAT',
    'uv pip install -e .',
  ])('%s reads the sources and may ask git', (line) => {
    expect(of(line)).toMatchObject({ reads: 'sources', git: 'plugins' })
  })

  it('reads nothing for packages by name or address', () => {
    expect(of('pip install flask')).toMatchObject({ reads: 'nothing', git: 'never', files: [] })
    expect(of('pip install git+https://example.org/x.git')).toMatchObject({ reads: 'nothing' })
  })

  it('reads the sources with poetry and uv unless the project is left out', () => {
    expect(of('poetry install')?.reads).toBe('sources')
    expect(of('poetry install --no-root')).toMatchObject({ reads: 'manifests', git: 'never' })
    expect(of('uv sync --locked')?.reads).toBe('sources')
    expect(of('uv sync --locked --no-install-project')).toMatchObject({ reads: 'manifests', git: 'never' })
    expect(of('uv sync --no-install-project')?.alsoReads).toContain('uv.lock')
  })

  it('keeps an environment that is there', () => {
    expect(madeBy('uv sync --frozen')).toEqual({ '.venv': 'merges' })
    expect(madeBy('python -m venv .venv')).toEqual({ '.venv': 'merges' })
    expect(madeBy('python -m venv --clear .venv')['.venv']).toBe('erases')
  })
})

describe('other ecosystems', () => {
  it('stamp a Go program with the commit unless told not to', () => {
    expect(of('go build -o /out ./cmd/x')?.git).toBe('stamps')
    expect(of('go build -buildvcs=true ./...')?.git).toBe('uses')
    expect(of('go build -buildvcs=false ./...')?.git).toBe('never')
    expect(of('go install ./cmd/x')?.git).toBe('stamps')
    expect(of('go test ./...')?.git).toBe('never')
    expect(of('go mod download')).toMatchObject({
      kind: 'install',
      reads: 'manifests',
      makes: [],
      git: 'never',
    })
  })

  it('install a Go program from elsewhere without a look at the project', () => {
    expect(of('go install golang.org/x/tools/cmd/stringer@latest')).toMatchObject({
      kind: 'system',
      reads: 'nothing',
    })
  })

  it('erase target only where maven is told to clean', () => {
    expect(madeBy('mvn package')['target']).toBe('merges')
    expect(madeBy('mvn -B clean verify')['target']).toBe('erases')
    expect(of('mvn -B dependency:go-offline')).toMatchObject({ kind: 'install', reads: 'manifests' })
    expect(of('mvn dependency:go-offline package')).toMatchObject({ kind: 'build', reads: 'sources' })
    expect(of('mvn -f api/pom.xml package')).toMatchObject({ directory: 'api', files: ['api/pom.xml'] })
  })

  it('erase build only where gradle is told to clean', () => {
    expect(madeBy('gradle build')['build']).toBe('merges')
    expect(madeBy('./gradlew clean build')).toMatchObject({ build: 'erases', '.gradle': 'merges' })
  })

  it('never erase what cargo, composer, bundler, mix and dotnet find', () => {
    for (const line of ['cargo build', 'composer install', 'bundle install', 'mix deps.get', 'dotnet build'])
      expect(Object.values(madeBy(line)).filter((existing) => existing === 'erases')).toEqual([])
    expect(madeBy('bundle install')['vendor/bundle']).toBe('skips')
  })

  it('read the sources with composer for the autoloader', () => {
    expect(of('composer install')?.reads).toBe('sources')
    expect(of('composer install --no-scripts --no-autoloader')).toMatchObject({
      reads: 'manifests',
      scripts: [],
    })
  })

  it('restore the project that dotnet is given', () => {
    expect(of('dotnet restore src/App/App.csproj -r linux-x64')).toMatchObject({
      reads: 'manifests',
      files: ['src/App/App.csproj'],
    })
  })

  it('know the manifest that cargo is given', () => {
    expect(of('cargo build --manifest-path a/b/Cargo.toml')).toMatchObject({ directory: 'a/b' })
    expect(of('cargo build --manifest-path Cargo.toml')).toMatchObject({
      directory: null,
      files: ['Cargo.toml'],
    })
  })
})

describe('git', () => {
  it.each([
    'git describe --tags',
    'git rev-parse HEAD',
    'git log -1',
    'git ls-files',
    'git submodule update --init',
    'git -C sub describe',
    'git config user.name x',
  ])('%s looks at the history', (line) => {
    expect(of(line)?.git).toBe('uses')
  })

  it.each([
    'git config --global --add safe.directory /app',
    'git clone https://example.org/x.git',
    'git --version',
    'git ls-remote https://example.org/x.git',
  ])('%s does not', (line) => {
    expect(of(line)?.git).toBe('never')
  })
})

describe('plain commands', () => {
  it.each([
    'echo hello',
    'mkdir -p /app',
    'chmod +x run.sh',
    'chown -R node:node .',
    'useradd --system x',
    'ln -s a b',
    'rm -rf dist',
    'corepack enable',
    'npm config set fund false',
    'curl -fsSL https://example.org',
    'tar -xzf a.tgz',
    'sed -i s/a/b/ f',
    'set -eux',
    'cd web',
  ])('%s do only what their arguments say', (line) => {
    expect(of(line)).toMatchObject({ kind: 'plain', git: 'never' })
  })

  it('name what they touch', () => {
    expect(of('rm -rf node_modules dist')?.operands).toEqual(['node_modules', 'dist'])
    expect(of('rm -- -odd')?.operands).toEqual(['-odd'])
  })

  it('are no longer plain where they start others', () => {
    expect(of('find . -name *.sh -exec ./x {} ;')).toMatchObject({ kind: 'build', git: 'uses' })
    expect(of('find . -name *.sh -exec sh -c x {} ;')).toMatchObject({ kind: 'build', git: 'uses' })
    expect(of('find . -exec chmod +x {} + -exec git add {} ;')).toMatchObject({ kind: 'build', git: 'uses' })
    // Of git that knows no more than what it starts.
    expect(of('find . -name *.sh -exec chmod +x {} ;')).toMatchObject({ kind: 'build', git: 'never' })
    expect(of('find -L x -exec cp -Ra {} ./ ;')).toMatchObject({ kind: 'build', git: 'never' })
  })

  it.each([
    'apt-get update',
    'apt-get install -y --no-install-recommends git',
    'apk add --no-cache git',
    'dnf -y install git',
    'yum clean all',
    'microdnf install git',
  ])('%s takes nothing from the context', (line) => {
    expect(of(line)).toMatchObject({ kind: 'system', reads: 'nothing' })
  })

  it('install a package of the context by its path', () => {
    expect(of('apt-get install -y ./driver.deb')).toMatchObject({
      reads: 'arguments',
      files: ['./driver.deb'],
    })
  })
})

describe('hostile words', () => {
  const part = fc.constantFrom(
    'sudo',
    'env',
    'npx',
    'npm',
    'yarn',
    'pnpm',
    'exec',
    'run',
    '-m',
    '--',
    '-',
    '=',
    '--x=',
    '$',
    '`',
    '[',
    '*',
    '\\',
    '',
    '/',
    '@',
    'python',
    'git',
    '-C',
    'A=b',
    '\u0000',
    '\ud800',
    '|',
    'bun',
    'install',
    '..',
  )

  it('never make it throw', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 12 }), (words) => {
        expect(() => knownCommand(words)).not.toThrow()
      }),
    )
  })

  it('never change what a command is when options that it does not know stand behind it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('npm ci', 'go mod download', 'poetry install', 'cargo build'),
        fc.stringMatching(/^--zz[a-z]{1,8}$/),
        (line, option) => {
          expect(of(`${line} ${option}`)?.title).toBe(of(line)?.title)
        },
      ),
    )
  })

  it('cost time in proportion to their number', () => {
    const many = (count: number) => Array.from({ length: count }, () => 'sudo')
    expect(knownCommand([...many(200_000), 'npm', 'ci'])).toBeNull()
    expect(
      knownCommand(['npm', 'ci', ...Array.from({ length: 200_000 }, (_, i) => `--o${i}=x`)])?.title,
    ).toBe('npm ci')
    expect(knownCommand(['pip', 'install', 'x'.repeat(1_000_000)])?.reads).toBe('nothing')
  })
})
