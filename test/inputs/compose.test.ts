import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { type ComposeOptions, hasComposeProject, readCompose } from '../../src/inputs/compose.ts'

const read = (
  tree: MemoryTree | string,
  options: Partial<ComposeOptions> = {},
  environment: Readonly<Record<string, string>> = {},
) =>
  readCompose(
    createMemoryHost(typeof tree === 'string' ? { 'work/compose.yaml': tree } : tree, environment),
    { files: [], services: [], profiles: [], workingDirectory: 'work', ...options },
  )
const service = (build: string, name = 'a') => `services:\n  ${name}:\n    build: ${build}\n`
const names = (found: ReturnType<typeof read>) => found.builds.map(({ name }) => name)

describe('where a build is found', () => {
  const placeOf = (tree: MemoryTree | string, name = 'a') =>
    read(tree).builds.find((build) => build.name === name)?.foundIn

  it('is the line of its build key', () => {
    expect(placeOf('# web\nservices:\n  a:\n    image: x\n    build:\n      context: .\n')).toEqual({
      file: 'compose.yaml',
      line: 5,
    })
  })

  it('is the merge key that brings it, not the anchor', () => {
    expect(placeOf('x-a: &a\n  build: .\nservices:\n  a:\n    <<: *a\n')).toEqual({
      file: 'compose.yaml',
      line: 5,
    })
  })

  it('is the extends that brings it, not the other file', () => {
    const tree = {
      'work/compose.yaml': 'services:\n  a:\n    extends: {file: b.yaml, service: b}\n',
      'work/b.yaml': service('.', 'b'),
    }
    expect(placeOf(tree)).toEqual({ file: 'compose.yaml', line: 3 })
  })

  it('is the first file when a later one only changes it', () => {
    const tree = {
      'work/compose.yaml': service('.'),
      'work/compose.override.yaml': '# more\nservices:\n  a:\n    build: {target: t}\n',
    }
    expect(placeOf(tree)).toEqual({ file: 'compose.yaml', line: 3 })
  })

  it('is the included file', () => {
    const tree = { 'work/compose.yaml': 'include: [sub/c.yaml]\n', 'work/sub/c.yaml': service('.') }
    expect(placeOf(tree)).toEqual({ file: 'sub/c.yaml', line: 3 })
  })
})

describe('the services that are named', () => {
  const text =
    'services:\n  base: {build: ./base}\n  a: {build: {context: ., additional_contexts: {b: "service:base"}}}\n' +
    '  c: {build: ./c, depends_on: [a]}\n  d: {build: ./d, profiles: [dev]}\n'

  it('are told without the others, but with those they are built upon', () => {
    expect(names(read(text, { services: ['a'] }))).toEqual(['base', 'a'])
  })

  it('do not bring those that only have to run before', () => {
    expect(names(read(text, { services: ['c'] }))).toEqual(['c'])
  })

  it('need no profile', () => {
    expect([names(read(text)), names(read(text, { services: ['d'] }))]).toEqual([['base', 'a', 'c'], ['d']])
  })

  it('are a problem when there are none of that name', () => {
    const found = read(text, { services: ['x'] })
    expect([names(found), found.problems.map(({ code }) => code)]).toEqual([[], ['compose-no-such-service']])
  })

  it.each([
    [{ COMPOSE_PROFILES: 'x,dev' }, []],
    [{ COMPOSE_PROFILES: '*' }, []],
    [{}, ['dev']],
  ])('come with their profile from %j, %j', (environment, profiles) => {
    expect(names(read(text, { profiles }, environment))).toContain('d')
  })
})

describe('a part that cannot be told', () => {
  it('leaves the other builds', () => {
    const found = read(`${service('${NEEDED:?set it}')}  b:\n    build: ./b\n`)
    expect(names(found)).toEqual(['b'])
    expect(found.open).toEqual([
      { at: expect.objectContaining({ file: 'compose.yaml', line: 3 }), why: expect.stringContaining('"a"') },
    ])
    expect(found.problems.map(({ code, at }) => [code, at])).toEqual([
      ['compose-variable', { file: 'compose.yaml', line: 3, column: 12 }],
    ])
  })

  it('is named when a variable is not set', () => {
    const found = read(service('./${WHERE}'))
    expect(found.builds[0]?.context).toBe('.')
    expect(found.problems.map(({ code, at }) => [code, at?.line])).toEqual([['compose-variable-unset', 3]])
  })

  it('is no matter where nothing of the build depends on it', () => {
    expect(read(`${service('.')}    image: x:\${TAG}\n`).problems).toEqual([])
  })

  it('is a remote file', () => {
    expect(read('include: ["https://x.y/z.git"]\n').problems.map(({ code, at }) => [code, at?.line])).toEqual(
      [['compose-remote', 1]],
    )
  })

  it('is an env file that is not there, which hides no build', () => {
    const found = read(`${service('.')}    env_file: secret.env\n`)
    expect([names(found), found.problems.map(({ code, at }) => [code, at?.line])]).toEqual([
      ['a'],
      [['compose-env-file', 4]],
    ])
  })

  it('is a build that the schema refuses, by the line', () => {
    const found = read(`${service('[.]')}  b:\n    build: ./b\n`)
    expect([names(found), found.open.length, found.problems[0]?.at?.line]).toEqual([['b'], 1, 3])
  })
})

describe('the files', () => {
  it('are those of COMPOSE_FILE, with its separator', () => {
    const tree = { 'work/a.yaml': service('./a'), 'work/b.yaml': service('{dockerfile: B}') }
    const environment = { COMPOSE_FILE: 'a.yaml,b.yaml', COMPOSE_PATH_SEPARATOR: ',' }
    expect(read(tree, {}, environment).builds[0]).toMatchObject({ context: 'a', dockerfile: 'B' })
  })

  it('are those that the .env names', () => {
    const tree = { 'work/.env': 'COMPOSE_FILE=x.yaml', 'work/x.yaml': service('./x') }
    expect(read(tree).builds[0]?.context).toBe('x')
    expect(hasComposeProject(createMemoryHost(tree), 'work')).toBe(true)
  })

  it('are looked for above, and paths are told from where one stands', () => {
    const tree = { 'compose.yaml': service('./a'), 'work/x': '' }
    expect(read(tree).builds[0]).toMatchObject({ context: '../a', foundIn: { file: '../compose.yaml' } })
    expect(hasComposeProject(createMemoryHost(tree), 'work')).toBe(false)
  })

  it.each([
    ['COMPOSE_ENV_FILES', { COMPOSE_ENV_FILES: 'one.env,two.env' }, 'two'],
    ['COMPOSE_DISABLE_ENV_FILE', { COMPOSE_DISABLE_ENV_FILE: '1' }, 'none'],
    ['the shell', { V: 'shell' }, 'shell'],
    ['the .env', {}, 'dot'],
  ])('take their variables from %s', (_, environment, value) => {
    const tree = {
      'work/compose.yaml': service('{context: ., args: {V: "${V:-none}"}}'),
      'work/.env': 'V=dot',
      'work/one.env': 'V=one',
      'work/two.env': 'V=two',
    }
    expect(read(tree, {}, environment).builds[0]?.args).toEqual({ V: value })
  })

  it.each([
    ['name: My.App\n', {}, 'myapp'],
    ['', {}, 'work'],
    ['name: x\n', { COMPOSE_PROJECT_NAME: 'given' }, 'given'],
  ])('know the name of the project: %j %j', (head, environment, name) => {
    const text = `${head}${service('{context: ., args: {N: $COMPOSE_PROJECT_NAME}}')}`
    expect(read(text, {}, environment).builds[0]?.args).toEqual({ N: name })
  })

  it('that are no files are problems', () => {
    const tree: MemoryTree = {
      'work/dir.yaml/x': '',
      'work/pipe.yaml': { type: 'fifo' },
      'work/denied.yaml': { type: 'file', content: '', denied: true },
    }
    for (const file of ['dir.yaml', 'pipe.yaml', 'denied.yaml', 'none.yaml'])
      expect(read(tree, { files: [file] }).problems.map(({ code }) => code)).toEqual(['compose-unreadable'])
  })
})

describe('what extends and includes', () => {
  it('takes contexts from the file that is extended, two files away', () => {
    const tree = {
      'work/compose.yaml': 'services:\n  a:\n    extends: {file: one/b.yaml, service: b}\n',
      'work/one/b.yaml': 'services:\n  b:\n    extends: {file: two/c.yaml, service: c}\n',
      'work/one/two/c.yaml': service('{context: ./d, additional_contexts: {x: ../e}}', 'c'),
    }
    expect(read(tree).builds[0]).toMatchObject({
      context: 'one/two/d',
      namedContexts: { x: 'one/e' },
    })
  })

  it('keeps named contexts of an included file when the including project adds to them', () => {
    const tree = {
      'work/compose.yaml': 'include: [sub/c.yaml]\n',
      'work/sub/c.yaml': service('{context: ., additional_contexts: {x: ./x}}'),
      'work/o.yaml': service('{additional_contexts: {y: ./y}}'),
    }
    expect(read(tree, { files: ['compose.yaml', 'o.yaml'] }).builds[0]?.namedContexts).toEqual({
      x: 'sub/x',
      y: 'y',
    })
  })

  it('resets only what the extending service resets', () => {
    const text =
      'services:\n  base: {build: {context: ./b, target: t}}\n' +
      '  a: {extends: base, build: {target: !reset null}}\n'
    const targets = Object.fromEntries(read(text).builds.map(({ name, target }) => [name, target]))
    expect(targets).toEqual({ base: 't', a: null })
  })

  it('takes what a merge key brings when the own value is reset', () => {
    const text =
      'x-a: &a {context: ./x}\nservices:\n  a:\n    build:\n      <<: *a\n      context: !reset null\n'
    expect(read(text).builds[0]?.context).toBe('x')
  })
})

describe('an override', () => {
  it('may say again where something goes, as those do that stand alone as well', () => {
    const same = 'ports: ["4533:4533"]\n    volumes: ["data:/data"]\n    env_file: [.env]\n'
    const { builds, problems } = read({
      'work/compose.yaml': `services:\n  a:\n    build: .\n    ${same}volumes: {data: }\n`,
      'work/compose.override.yaml': `services:\n  a:\n    ${same}`,
      'work/.env': '',
    })
    expect([builds.length, problems]).toEqual([1, []])
  })
})

describe('hostile text', () => {
  const aliases = Array.from({ length: 40 }, (_, i) => `x-${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')
  it.each<[string, string, number]>([
    ['a cycle', 'x: &a [*a]\nservices: {}\n', 1],
    ['aliases of aliases', `x-0: &a0 [x]\n${aliases}\nservices: {}\n`, 20],
    ['a duplicate key', 'services:\n  a:\n    build: .\n    build: x\n', 4],
    ['a tab', 'services:\n\ta:\n', 2],
    ['deep brackets', `services: {}\nx-a: ${'['.repeat(20_000)}\n`, 2],
    ['variables in variables', `services: {}\nx-a: "${'${A:-'.repeat(9000)}${'}'.repeat(9000)}"\n`, 2],
    ['services that extend each other', 'services:\n  a: {extends: b}\n  b: {extends: a}\n', 2],
    ['a key that is a list', 'services: {}\nx-a: {[a]: b}\n', 2],
  ])('is refused with its line: %s', (_, text, line) => {
    const { builds, problems } = read(text)
    expect([builds, problems.length, problems[0]?.at]).toEqual([
      [],
      1,
      { file: 'compose.yaml', line, column: expect.any(Number) },
    ])
  })

  it('of ten thousand aliases is read', () => {
    const services = Array.from({ length: 10_000 }, (_, i) => `  s${i}: {build: *b}\n`).join('')
    expect(read(`x-b: &b {context: ., args: [A=1]}\nservices:\n${services}`).builds.length).toBe(10_000)
  })

  it('may use the names that objects have', () => {
    const found = read(service('{context: ., args: {__proto__: a, constructor: b}}', '__proto__'))
    expect(found.builds.map(({ name, args }) => [name, Object.entries(args)])).toEqual([
      [
        '__proto__',
        [
          ['__proto__', 'a'],
          ['constructor', 'b'],
        ],
      ],
    ])
  })

  it('never throws, whatever stands there', () => {
    const word = fc.constantFrom(
      ...[
        'services',
        'a',
        'build',
        'context',
        'args',
        '.',
        '&x',
        '*x',
        '<<',
        '!reset',
        '${A',
        '${A:-b}',
        '$',
      ],
      ...[
        ':',
        ': ',
        '\n',
        '\n  ',
        '\n    ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        '#',
        '\t',
        '|',
        '0x1',
        'null',
      ],
      ...['extends', 'include', 'depends_on', 'profiles', 'compose.yaml', 'additional_contexts', 'service:a'],
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const { builds, problems } = read(`services:\n  a:\n    build: .\n${words.join('')}`)
        expect(builds.length + problems.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })
})
