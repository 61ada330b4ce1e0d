import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dockerBuild } from '../../src/inputs/command-line.ts'
import { readShell } from '../../src/shell/read.ts'

const at = { file: 'build.sh', line: 3 }

interface Options {
  readonly directory?: string | null
  readonly environment?: Readonly<Record<string, string>>
}

/** The one command of a shell text that builds; null when none does. */
function read(text: string, { directory, environment = {} }: Options = {}) {
  const values = new Map(Object.entries(environment))
  for (const command of readShell(text).commands) {
    const words = command.values ?? command.words
    const place = directory === undefined ? command.directory : directory
    const found = dockerBuild(words, at, place, (name) => values.get(name))
    if (found !== null) return found
  }
  return null
}

function build(text: string, options: Options = {}) {
  const found = read(text, options)
  if (found?.kind !== 'build') throw new Error(`no build: ${text}`)
  const [one] = found.builds ?? []
  if (one === undefined) throw new Error(`not read: ${found.why}`)
  return one
}

function why(text: string, options: Options = {}) {
  const found = read(text, options)
  if (found?.kind !== 'build') throw new Error(`no build: ${text}`)
  expect(found.builds).toBeNull()
  return found.why
}

describe('a docker build', () => {
  it('is read with all that decides what it reads', () => {
    expect(
      build(
        'docker build -t a:1 --target run --build-arg A=b=c --build-arg D --build-context docs=../docs ' +
          '--build-context base=docker-image://alpine --platform linux/amd64,linux/arm64 -f docker/Dockerfile services/api',
        { directory: 'x', environment: { D: 'e' } },
      ),
    ).toEqual({
      name: null,
      context: 'x/services/api',
      dockerfile: '../../docker/Dockerfile',
      inline: null,
      target: 'run',
      args: { A: 'b=c', D: 'e' },
      namedContexts: { docs: 'docs', base: 'docker-image://alpine' },
      platforms: ['linux/amd64', 'linux/arm64'],
      foundIn: at,
      guessed: false,
    })
  })

  it.each([
    'docker build .',
    'docker image build .',
    'docker builder build .',
    'docker buildx build .',
    'docker buildx b .',
    'docker buildx --builder x build .',
    'docker --context far -H tcp://x --debug build .',
    'docker --config=c build .',
    '/usr/bin/docker build .',
    'docker.exe build .',
    'sudo -E DOCKER_BUILDKIT=1 docker build .',
    'env A=b time docker build .',
    'podman build .',
    'podman --storage-driver vfs image build .',
    'buildah bud .',
    'buildah build .',
    'nerdctl -n k8s.io build .',
    'docker-buildx build .',
    '$DOCKER build .',
    '${CONTAINER_ENGINE:-docker} build .',
    '"${CONTAINER_RUNTIME}" build .',
    'docker build . --no-cache',
    'docker build -- .',
    'docker build ./',
    'docker build "$PWD"',
    'docker build $(pwd)',
    'docker build ${DIR:-.}',
    'docker build ${QUIET:-} .',
  ])('%s builds the directory it runs in', (text) => {
    expect(build(text)).toMatchObject({ context: '.', dockerfile: 'Dockerfile', target: null })
  })

  it.each([
    'docker ps',
    'docker',
    'docker run build .',
    'docker buildx ls',
    'docker buildx create --name build',
    'docker image ls build',
    'docker container build .',
    'docker bud .',
    'command -v docker build',
    'npm run build',
    'echo docker build .',
    'docker build --help',
    '$X build .',
    'docker compose up -d',
    'docker compose up --build=false',
    'docker compose ps',
    'docker buildx bake --print',
    'docker buildx bake --list=targets',
  ])('is not %s', (text) => {
    expect(read(text)).toBeNull()
  })

  it('finds the context behind options that take a value in the next word', () => {
    const valued =
      'add-host allow annotation attest build-arg builder cache-from cache-to call cgroup-parent cpu-period cpu-quota ' +
      'cpu-shares cpuset-cpus cpuset-mems iidfile isolation label memory memory-swap metadata-file network ' +
      'no-cache-filter output platform progress provenance sbom secret security-opt shm-size ssh tag ulimit'
    for (const option of valued.split(' ')) {
      expect(build(`docker build --${option} v=w ctx`).context, option).toBe('ctx')
      expect(build(`docker build --${option}=v ctx`).context, option).toBe('ctx')
    }
    for (const letter of 't o m c'.split(' ')) {
      expect(build(`docker build -${letter} v ctx`).context, letter).toBe('ctx')
      expect(build(`docker build -q${letter}v ctx`).context, letter).toBe('ctx')
    }
  })

  it('finds the context behind switches', () => {
    for (const option of 'check compress force-rm load no-cache pull push quiet rm squash'.split(' ')) {
      expect(build(`docker build --${option} ctx`).context, option).toBe('ctx')
      expect(build(`docker build --${option}=false ctx`).context, option).toBe('ctx')
    }
    expect(build('podman build --layers --tls-verify=false --squash-all -v a:b ctx').context).toBe('ctx')
  })

  it.each(['-f x/D', '-fx/D', '-f=x/D', '-qf x/D', '--file x/D', '--file=x/D', '-f y -f x/D'])(
    'takes the Dockerfile from %s, relative to where it runs',
    (option) => {
      expect(build(`docker build ${option} .`).dockerfile).toBe('x/D')
      expect(build(`docker build ${option} x`).dockerfile).toBe('D')
      expect(build(`docker build . ${option}`, { directory: 'p' })).toMatchObject({
        context: 'p',
        dockerfile: 'x/D',
      })
      expect(build(`docker build ${option} ..`, { directory: 'p/q' })).toMatchObject({
        context: 'p',
        dockerfile: 'q/x/D',
      })
    },
  )

  it('keeps a Dockerfile that has the name of its context apart from it', () => {
    expect(build('docker build -f a a').dockerfile).toBe('../a')
  })

  it('goes up past the root', () => {
    expect(build('docker build ../x')).toMatchObject({ context: '../x', dockerfile: 'Dockerfile' })
    expect(build('docker build -f a/D ..', { directory: 'p' })).toMatchObject({
      context: '.',
      dockerfile: 'p/a/D',
    })
    expect(build('docker build -f ../x/D ../x').dockerfile).toBe('D')
    expect(why('docker build -f a/D ..')).toMatch(/cannot be told from its context/)
  })

  it('takes the place of a cd before it', () => {
    expect(build('cd services/api && docker build -f ../Dockerfile .')).toMatchObject({
      context: 'services/api',
      dockerfile: '../Dockerfile',
    })
  })

  it.each([
    'https://example.com/x.git#main:sub',
    'git@example.com:x/y.git',
    'http://example.com/ctx.tar.gz',
    'github.com/x/y',
  ])('of %s keeps the context as it is written, wherever it runs', (context) => {
    expect(build(`docker build -f a/D ${context}`, { directory: null })).toMatchObject({
      context,
      dockerfile: 'a/D',
    })
  })

  it('without a context is one for podman and buildah only', () => {
    expect(build('podman build -f a/Containerfile')).toMatchObject({
      context: 'a',
      dockerfile: 'Containerfile',
    })
    expect(build('buildah bud -f a/Containerfile')).toMatchObject({
      context: '.',
      dockerfile: 'a/Containerfile',
    })
    expect(build('podman build').context).toBe('.')
    expect(why('docker build -t x')).toBe('it names no context')
  })

  it.each([
    ['docker build -', 'its context comes from standard input'],
    ['docker build -f - .', 'its Dockerfile comes from standard input'],
    ['docker build -f- .', 'its Dockerfile comes from standard input'],
    ['docker build -f https://x/Dockerfile .', 'its Dockerfile comes from https://x/Dockerfile'],
    ['docker build "$CTX"', 'it hangs on $CTX'],
    ['docker build services/$1', 'it hangs on $1'],
    ['docker build -f $F .', 'it hangs on $F'],
    ['docker build --target "${T}" .', 'it hangs on ${T}'],
    ['docker build --build-context a=$D .', 'it hangs on $D'],
    ['docker build "$(mktemp -d)"', 'it hangs on $(mktemp -d)'],
    ['docker build ${{ matrix.context }}', 'it hangs on ${{ matrix.context }}'],
    ['docker build $OPTIONS -t x .', '$OPTIONS may hold options'],
    ['docker build -t x . "$@"', '$@ may hold options'],
    ['docker build "${args[@]}" .', '${args[@]} may hold options'],
    ['docker build --new-thing x .', 'the option --new-thing is not known'],
    ['docker build -Z .', 'the option -Z is not known'],
    ['docker build a b', 'it has more than one context: a b'],
    ['docker build /srv/app', 'its context is the absolute path /srv/app'],
    ['docker build -f /srv/D .', 'its Dockerfile is the absolute path /srv/D'],
    ['cd $X; docker build .', 'where it runs, and so its context ., cannot be told'],
    ['podman build -f a -f b .', 'it joins several files into one Dockerfile'],
    ['podman build --ignorefile x .', 'it reads x as its ignore file'],
  ])('%s: %s', (text, reason) => {
    expect(why(text)).toBe(reason)
  })

  it('does not mind variables in tags, labels and the values of arguments', () => {
    expect(
      build(
        'docker build -t repo:$TAG --label a=$(date) --build-arg A=$B --build-arg C=d --build-arg E --platform $P .',
      ),
    ).toMatchObject({ context: '.', args: { C: 'd' }, platforms: [] })
  })

  it('fills in what the environment holds, before any default', () => {
    const environment = { D: 'api', F: '', 'matrix.dir': 'web', '@': '' }
    expect(build('docker build -f ${D:-x}/Dockerfile $D', { environment })).toMatchObject({
      context: 'api',
      dockerfile: 'Dockerfile',
    })
    expect(build('docker build ${F:-y}', { environment }).context).toBe('y')
    expect(build('docker build ${{ matrix.dir }} $@', { environment }).context).toBe('web')
    expect(build('docker build ${Z:-"q"}', { environment }).context).toBe('q')
  })

  it('holds arguments of any name as plain ones', () => {
    const { args } = build('docker build --build-arg __proto__=x .')
    expect(Object.entries(args)).toEqual([['__proto__', 'x']])
  })

  it('is read out of a script with variables of its own', () => {
    expect(
      build(
        'set -eu\nNAME=api\nROOT=$PWD\ncd infra\nOPTS="-f $ROOT/services/$NAME/Dockerfile"\n' +
          'docker build $OPTS -t "x/$NAME:$SHA" "$ROOT"',
      ),
    ).toMatchObject({ context: '.', dockerfile: 'services/api/Dockerfile' })
  })
})

describe('compose', () => {
  it('build names its files, services and profiles', () => {
    expect(
      read(
        'docker compose -f a.yml --file=../b.yml -p x --profile dev build --build-arg A=b --no-cache api web',
        {
          directory: 'deploy',
        },
      ),
    ).toEqual({
      kind: 'compose',
      files: ['deploy/a.yml', 'b.yml'],
      services: ['api', 'web'],
      profiles: ['dev'],
      projectDirectory: null,
      why: null,
    })
  })

  it.each([
    'docker-compose build',
    'podman-compose build',
    'podman compose build',
    'docker --context x compose build',
    'docker compose up -d --build',
    'docker compose up --build --wait -t 5 --scale a=2',
    'docker compose create --build',
  ])('%s builds all services', (text) => {
    expect(read(text)).toMatchObject({ kind: 'compose', files: [], services: [], why: null })
  })

  it('run builds its one service', () => {
    expect(read('docker compose run --build --rm api npm test')).toMatchObject({ services: ['api'] })
  })

  it('takes files and profiles from the environment, and where paths begin from an option', () => {
    const environment = { COMPOSE_FILE: 'a.yml:b.yml', COMPOSE_PROFILES: 'x,y' }
    expect(
      read('docker compose --project-directory .. build', { environment, directory: 'd' }),
    ).toMatchObject({
      files: ['d/a.yml', 'd/b.yml'],
      profiles: ['x', 'y'],
      projectDirectory: '.',
    })
  })

  it('tells what it cannot', () => {
    expect(read('docker compose -f $F build api')).toMatchObject({ files: [], why: 'it hangs on $F' })
    expect(read('docker compose build $S')).toMatchObject({ services: [], why: 'it hangs on $S' })
    expect(read('docker compose -f - build')).toMatchObject({ why: 'its file comes from standard input' })
  })
})

describe('bake', () => {
  it('names its files, targets and overrides', () => {
    expect(
      read(
        'docker buildx --builder b bake -f a.hcl -f cwd://b.json --set *.platform=linux/amd64 --push app db',
        {
          directory: 'd',
        },
      ),
    ).toEqual({
      kind: 'bake',
      files: ['d/a.hcl', 'd/b.json'],
      targets: ['app', 'db'],
      overrides: ['*.platform=linux/amd64'],
      why: null,
    })
  })

  it.each(['TAG=1 docker buildx bake --push', 'docker bake', 'docker buildx f', 'buildx bake'])(
    '%s builds the default group of the default files',
    (text) => {
      expect(read(text)).toMatchObject({ kind: 'bake', files: [], targets: [], why: null })
    },
  )

  it('tells when its definitions lie elsewhere', () => {
    expect(read('docker buildx bake https://github.com/x/y.git app')).toMatchObject({
      why: 'its definitions come from https://github.com/x/y.git',
    })
  })
})

describe('any words', () => {
  it('are read without a throw, and a context never leaves the form it has', () => {
    const word = fc.constantFrom(
      ...[
        'docker',
        'build',
        'buildx',
        'bake',
        'compose',
        '-f',
        '-t',
        '--',
        '-',
        '.',
        '..',
        '/a',
        '$X',
        '${X:-y}',
      ],
      ...[
        '--file=',
        '--build-arg',
        '__proto__=1',
        'a//b/',
        '$(x)',
        '`x',
        '${{',
        '-',
        '',
        '--target',
        'git@x:y',
        '~/a',
      ],
    )
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 8 }),
        fc.constantFrom('', 'p', '..', '/a', null),
        (words, directory) => {
          const found = dockerBuild(['docker', 'build', ...words], at, directory, () => undefined)
          if (found?.kind !== 'build') return
          expect(found.builds === null).toBe(found.why !== null)
          for (const { context, dockerfile } of found.builds ?? []) {
            expect(context).toMatch(/^(?!\/)(?!\.\/)(?!.*\/$)./)
            expect(dockerfile).toMatch(/^(?!\/)./)
          }
        },
      ),
      { numRuns: 2000, examples: [[['git@x:y', '-f', '..'], '']] },
    )
  })

  it('of a million characters are read in little time', () => {
    for (const piece of ['${{', '${X', '$(', '$( ', '`', '$X', '${X:-', '-', '--a=', '/..', 'f']) {
      const from = performance.now()
      dockerBuild(['docker', 'build', piece.repeat(1_000_000 / piece.length)], at, '', () => undefined)
      expect(performance.now() - from, piece).toBeLessThan(3000)
    }
  })
})
