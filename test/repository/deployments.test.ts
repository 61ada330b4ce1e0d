import { describe, expect, it } from 'vitest'
import { proposeFor } from '../suggest/propose-tree.ts'
import { recipesIn, shown } from './recipe-tree.ts'

const steps = (files: Readonly<Record<string, string>>, file: string) =>
  recipesIn(files)
    .recipes.filter(({ at }) => at.file === file)
    .map((recipe) => [recipe.kind, ...recipe.steps.map(shown)])

const workflow = '.github/workflows/deploy.yml'
const deploy = (command: string, directory = '') => ({
  [workflow]: `jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ${command}\n${directory === '' ? '' : `        working-directory: ${directory}\n`}`,
})

describe('fly deploy', () => {
  const built = (command: string, toml: string | null, at = 'fly.toml', directory = '') =>
    steps({ ...deploy(command, directory), ...(toml === null ? {} : { [at]: toml }) }, workflow)[0]?.[2]

  it.each([
    ['flyctl deploy --remote-only', 'app = "a"\n', 'build . Dockerfile @5'],
    ['fly deploy', '[build]\n  dockerfile = "deploy/Dockerfile"\n', 'build . deploy/Dockerfile @5'],
    ['fly deploy', "build.dockerfile = 'prod.Dockerfile' # x\n", 'build . prod.Dockerfile @5'],
    ['fly -a x deploy --strategy rolling --ha=false', '[build]\n', 'build . Dockerfile @5'],
    ['fly deploy --dockerfile x/Dockerfile', null, 'build . x/Dockerfile @5'],
    ['fly deploy', '[env]\ndockerfile = "none"\n', 'build . Dockerfile @5'],
  ])('%s, with %j, builds', (command, toml, expected) => {
    expect(built(command, toml)).toBe(expected)
  })

  it('takes the directory as the context, and the Dockerfile of a configuration from where that lies', () => {
    expect(built('fly deploy apps/web', '[build]\n', 'apps/web/fly.toml')).toBe(
      'build apps/web Dockerfile @5',
    )
    expect(built('fly deploy', '[build]\ndockerfile="d"\n', 'apps/web/fly.toml', 'apps/web')).toBe(
      'build apps/web d @5',
    )
    expect(
      built(
        'fly deploy --config apps/web/fly.toml',
        '[build]\ndockerfile="Dockerfile"\n',
        'apps/web/fly.toml',
      ),
    ).toBe('build . apps/web/Dockerfile @5')
  })

  it.each([
    ['fly deploy', null],
    ['fly deploy', '[build]\n  image = "org/app:1"\n'],
    ['fly deploy', '[build]\n  builder = "paketobuildpacks/builder:base"\n'],
    ['fly deploy --image org/app', '[build]\n'],
    ['fly deploy --config $FILE', '[build]\n'],
    ['fly status', '[build]\n'],
  ])('%s, with %j, is no build that is known, and opens nothing', (command, toml) => {
    const files = { ...deploy(command), ...(toml === null ? {} : { 'fly.toml': toml }) }
    expect(steps(files, workflow)[0]?.[2]).toBe(`${command} @5`)
    expect(recipesIn(files).open).toEqual([])
  })
})

describe('a render.yaml', () => {
  it('has the services that Render builds of a checkout', () => {
    const text = [
      'services:',
      '  - type: web',
      '    name: api',
      '    runtime: docker',
      '    dockerfilePath: ./docker/Dockerfile',
      '  - type: worker',
      '    env: docker',
      '    rootDir: worker',
      '  - { type: web, runtime: node }',
      '  - { type: web, runtime: docker, image: { url: a/b } }',
    ].join('\n')
    expect(steps({ 'render.yaml': text }, 'render.yaml')).toEqual([
      ['ci', 'checkout @2', 'build . docker/Dockerfile @2'],
      ['ci', 'checkout @6', 'build worker Dockerfile @6'],
    ])
  })
})

describe('a deploy.yml of Kamal', () => {
  const kamal = (builder: string) => `service: a\nimage: org/a\nservers: [h]\nbuilder:\n${builder}`
  const read = (text: string) => steps({ 'config/deploy.yml': text }, 'config/deploy.yml')

  it('builds a clone, unless it names a directory', () => {
    expect(read(kamal('  arch: amd64\n'))).toEqual([['ci', 'checkout @4', 'build . Dockerfile @4']])
    expect(read(kamal('  context: .\n  dockerfile: prod.Dockerfile\n'))).toEqual([
      ['host', 'build . prod.Dockerfile @4'],
    ])
  })

  it('is one by its keys, and builds no Dockerfile with buildpacks', () => {
    expect(read('image: org/a\nbuilder:\n  arch: amd64\n')).toEqual([])
    expect(read(kamal('  pack: { builder: heroku/builder:24 }\n'))).toEqual([])
    expect(read('{{ not yaml')).toEqual([])
  })
})

describe('what a service builds of a checkout', () => {
  const reasons = (files: Readonly<Record<string, string>>) =>
    proposeFor({
      tracked: { Dockerfile: 'FROM x\nCOPY . .\n', 'a.rb': '', '.gitignore': '/state\n', ...files },
      untracked: { 'state/a': 100 },
    }).because

  it('has none of what git ignores', () => {
    const kamal = 'service: a\nimage: org/a\nservers: [h]\nbuilder:\n  arch: amd64\n'
    expect(reasons({ 'config/deploy.yml': kamal })).toContain(
      'safe state: Kamal builds without it (config/deploy.yml:4)',
    )
    expect(reasons({ 'render.yaml': 'services:\n  - runtime: docker\n' })).toContain(
      'safe state: Render builds without it (render.yaml:2)',
    )
    expect(reasons({ ...deploy('fly deploy'), 'fly.toml': 'app = "a"\n' })).toContain(
      `safe state: Fly.io builds without it (${workflow}:5)`,
    )
    const prepared = deploy('fly deploy')[workflow]?.replace(
      '      - run',
      '      - uses: superfly/flyctl-actions/setup-flyctl@master\n      - run',
    )
    expect(reasons({ [workflow]: prepared ?? '', 'fly.toml': '' })).toContain(
      `safe state: Fly.io builds without it (${workflow}:6)`,
    )
  })

  it('says nothing of it where it builds of this machine, or something else', () => {
    const kamal = 'service: a\nimage: org/a\nservers: [h]\nbuilder:\n  context: .\n'
    for (const files of [
      { 'config/deploy.yml': kamal },
      { 'render.yaml': 'services:\n  - runtime: docker\n    rootDir: web\n' },
      { ...deploy('fly deploy'), 'fly.toml': '[build]\nimage = "x"\n' },
      { 'run.sh': 'fly deploy\n', 'fly.toml': '' },
    ])
      expect(reasons(files)).toContain('review state: git ignores it, and nothing says what it is for')
  })
})
