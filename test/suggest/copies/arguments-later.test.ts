import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'
import { proposeFor } from '../propose-tree.ts'

const tree: MemoryTree = {
  'package.json': '{"scripts":{"build":"nuxt build"}}',
  'package-lock.json': '{}',
  'requirements.txt': 'flask\n',
  'app.vue': '',
}
const move = (lines: readonly string[], more: MemoryTree = {}) =>
  rewritten(withDockerfile(lines, { ...tree, ...more }), 'argument-later')

const head = ['FROM node:22-alpine AS build', 'WORKDIR /app']
const install = ['COPY package.json package-lock.json ./', 'RUN npm ci', 'COPY . .']
const release = ['ARG GIT_SHA=dev', 'ENV NUXT_PUBLIC_RELEASE=$GIT_SHA']
const last = [
  'FROM node:22-alpine',
  ...release,
  'COPY --from=build /app/.output ./',
  'CMD ["node", "index.mjs"]',
]

describe('ARGs that are another in every build', () => {
  it('go behind the installs that make no use of them, with what is made of them', () => {
    const lines = [...head, ...release, ...install, 'RUN npm run build', ...last]
    expect(move(lines)).toEqual([...head, ...install, ...release, 'RUN npm run build', ...last])
    const [one] = suggestionsOf(withDockerfile(lines, tree), 'argument-later')
    expect(one?.safety).toBe('safe')
    expect(one?.title).toBe('declare GIT_SHA after npm ci')
    expect(one?.because).toBe(
      'GIT_SHA is another in every build, by its name, and every RUN behind it runs anew: npm ci (Dockerfile:6) makes no use of it',
    )
    const after = followed(withDockerfile(lines, tree), 'argument-later')
    expect(suggestionsOf(after, 'argument-later')).toEqual([])
  })

  it('go together, labels that name them too', () => {
    const both = ['ARG GIT_COMMIT', 'ARG BUILD_DATE']
    const steps = ['RUN apk add git', 'COPY . .']
    const label = 'LABEL revision=$GIT_COMMIT created=$BUILD_DATE'
    expect(move([...head, ...both, ...steps, label, 'RUN npm run build'])).toEqual([
      ...head,
      ...steps,
      ...both,
      label,
      'RUN npm run build',
    ])
  })

  it.each(['A(B[', 'A.*', 'A\\$B'])('are told from %s, whatever else it might mean', (name) => {
    const named = [...head, 'ARG GIT_SHA', `ENV ${name}=$GIT_SHA`, ...install]
    expect(() => move(named)).not.toThrow()
    expect(move([...head, 'ARG GIT_SHA', 'ENV A.*=$GIT_SHA', 'RUN npm ci', 'RUN echo AB'])).toContain(
      'RUN npm ci',
    )
  })

  it('stand behind the last step that is known where none has use for them', () => {
    expect(move([...head, ...release, ...install, 'CMD ["node"]'])).toEqual([
      ...head,
      ...install,
      ...release,
      'CMD ["node"]',
    ])
    expect(move([...head, 'ARG COMMIT', 'RUN pip install -r requirements.txt'])).toEqual([
      ...head,
      'RUN pip install -r requirements.txt',
      'ARG COMMIT',
    ])
  })

  it('are told by what CI passes, whatever their names', () => {
    const lines = [...head, 'ARG RELEASE', ...install, 'RUN npm run build']
    const workflow = (value: string) => `on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          context: .
          build-args: RELEASE=${value}
`
    const movesFor = (value: string) =>
      proposeFor({
        tracked: {
          ...withDockerfile(lines, tree),
          '.dockerignore': '.git\n',
          '.github/workflows/ci.yml': workflow(value),
        },
      })
    expect(movesFor('${{ github.sha }}').moves).toEqual(['safe declare RELEASE after npm ci'])
    expect(movesFor('web-${{ github.run_number }}').moves).toEqual(['safe declare RELEASE after npm ci'])
    // A tag is the same for many builds, and so is what the workflow says itself.
    for (const value of ['${{ github.ref_name }}', '1.2.3', '${{ vars.RELEASE }}'])
      expect(movesFor(value).moves).toEqual([])
  })

  it('are told by builds that pass different values, which share the steps before', () => {
    const movesFor = (lines: readonly string[], ...values: readonly string[]) => {
      const steps = values.map(
        (value) => `      - run: docker build --build-arg VARIANT=${value} -t a:${value} .\n`,
      )
      return proposeFor({
        tracked: {
          ...withDockerfile([...head, 'ARG VARIANT', ...lines], tree),
          '.dockerignore': '.git\n',
          '.github/workflows/ci.yml': `on: push\njobs:\n  image:\n    steps:\n      - uses: actions/checkout@v4\n${steps.join('')}`,
        },
      })
    }
    const system = ['RUN apk add git', 'COPY . .', 'RUN npm run build']
    const { moves, written } = movesFor(system, 'debug', 'release')
    expect(moves).toEqual(['safe declare VARIANT after apk add'])
    expect(written['Dockerfile']).toContain('RUN apk add git\nCOPY . .\nARG VARIANT\nRUN npm')
    expect(movesFor([...install, 'RUN npm run build'], 'debug', 'release').moves).toEqual([
      'review declare VARIANT after npm ci',
    ])
    expect(movesFor(system, 'debug', 'debug').moves).toEqual([])
  })

  it.each([
    ['.npmrc', '//npm.pkg.github.com/:_authToken=${GIT_SHA}\n'],
    ['.npmrc', 'user-agent=x/${RELEASE}\n'],
    ['.yarnrc.yml', 'npmAuthToken: "${GIT_SHA-}"\n'],
    ['bunfig.toml', '[install.registry]\ntoken = "$GIT_SHA"\n'],
    ['nuget.config', '<configuration><add key="x" value="%GIT_SHA%" /></configuration>'],
    ['.cargo/config.toml', '[env]\nX = "GIT_SHA"\n'],
    ['settings.xml', '<settings><password>${env.GIT_SHA}</password></settings>'],
    ['pip.conf', '[global]\nindex-url = https://${RELEASE}@pypi.example/simple\n'],
  ])('are a question where %s names them, or what is made of them', (file, text) => {
    const safetyWith = (body: string) =>
      suggestionsOf(
        withDockerfile([...head, 'ARG GIT_SHA', 'ENV RELEASE=$GIT_SHA', ...install], {
          ...tree,
          [file]: body,
        }),
        'argument-later',
      ).map(({ safety }) => safety)
    expect(safetyWith(text)).toEqual(['review'])
    expect(safetyWith(text.replace(/GIT_SHA|RELEASE/, 'OTHER'))).toEqual(['safe'])
  })

  it('are a question where a manifest that the install goes by names one', () => {
    const safetyWith = (text: string) =>
      suggestionsOf(
        withDockerfile(
          [
            'FROM ruby:3.3',
            'WORKDIR /app',
            'ARG GIT_SHA',
            'COPY Gemfile Gemfile.lock ./',
            'RUN bundle install',
            'COPY . .',
          ],
          { Gemfile: text, 'Gemfile.lock': '' },
        ),
        'argument-later',
      ).map(({ safety }) => safety)
    expect(safetyWith('source "https://#{ENV[\'GIT_SHA\']}@gems.example.org"\n')).toEqual(['review'])
    expect(safetyWith('source "https://rubygems.org" # GIT_SHAS\n')).toEqual(['safe'])
  })

  it('go without what is declared with them, which may be for the install', () => {
    const lines = [
      ...head,
      'ARG GIT_SHA',
      'ENV NODE_ENV="production" RELEASE=$GIT_SHA \\',
      '  A=b',
      ...install,
    ]
    expect(move([...lines, 'RUN npm run build'])).toEqual([
      ...head,
      'ENV NODE_ENV="production" A=b',
      ...install,
      'ARG GIT_SHA',
      'ENV RELEASE=$GIT_SHA',
      'RUN npm run build',
    ])
  })

  it('go out of a stage into those that begin with it, behind the installs of each', () => {
    const base = (...more: readonly string[]) => ['FROM node:22 AS base', ...more, 'WORKDIR /app']
    const build = ['FROM base AS build', 'RUN apk add git', ...install]
    const final = ['FROM base', 'RUN apk add tini', 'COPY --from=build /app ./']
    const lines = [
      ...base('ARG GIT_SHA', 'ENV GIT_SHA=$GIT_SHA A=b'),
      ...build,
      'RUN npm run build',
      ...final,
    ]
    const put = ['ARG GIT_SHA', 'ENV GIT_SHA=$GIT_SHA']
    expect(move(lines)).toEqual([...base('ENV A=b'), ...build, ...put, 'RUN npm run build', ...final, ...put])
    const [one] = suggestionsOf(withDockerfile(lines, tree), 'argument-later')
    expect(one?.title).toBe('declare GIT_SHA after apk add')
    expect(one?.safety).toBe('review')
    expect(one?.because).toContain('but an image of the stage base alone would have it no more')
    expect(suggestionsOf(followed(withDockerfile(lines, tree), 'argument-later'), 'argument-later')).toEqual(
      [],
    )
    // An ARG is declared for its own stage, and one that steps of the stage have use for stays.
    expect(move([...base('ARG GIT_SHA'), ...build, ...final])).toBeNull()
    expect(move([...base('ARG GIT_SHA', 'ENV V=$GIT_SHA', 'RUN ./setup'), ...build])).toBeNull()
  })

  it('are a question where an install runs scripts of the project', () => {
    const scripts = { 'package.json': '{"scripts":{"postinstall":"nuxt prepare"}}' }
    const [one] = suggestionsOf(
      withDockerfile([...head, ...release, ...install, 'RUN npm run build'], { ...tree, ...scripts }),
      'argument-later',
    )
    expect(one?.safety).toBe('review')
    expect(one?.because).toContain('but scripts of package.json run in it, which may')
  })

  it.each<[string, readonly string[]]>([
    ['the step names them', [...release, 'RUN apk add app=$GIT_SHA']],
    ['the step names what is made of them', [...release, 'RUN apk add app=$NUXT_PUBLIC_RELEASE']],
    ['nobody knows what the step does', [...release, 'RUN ./setup', ...install]],
    ['a build comes first', [...release, 'COPY . .', 'RUN npm run build', 'RUN npm ci']],
    ['no step behind them takes time', [...release, 'COPY . .', 'RUN mkdir -p data']],
    ['they stand behind the install', [...install, ...release, 'RUN npm run build']],
    ['it is the same value for a while', ['ARG VERSION=1', 'ARG NODE_ENV', ...install]],
    ['a commit is written out', ['ARG LIB_COMMIT=c3867e714dd3a51c272826eea77267876517ed99', ...install]],
    ['somebody breaks the cache by it', ['ARG CACHEBUST', ...install]],
    [
      'what is declared with them is the base of others',
      ['ARG GIT_SHA', 'ENV NODE_ENV production-$GIT_SHA', 'RUN echo $NODE_ENV', ...install],
    ],
    ['the install goes by what is made of them', ['ARG GIT_SHA', 'ENV NPM_CONFIG_TAG=$GIT_SHA', ...install]],
    ['a copy on the way is named by them', ['ARG GIT_SHA', 'COPY release-$GIT_SHA ./', ...install]],
  ])('stay where %s', (_, lines) => {
    expect(move([...head, ...lines])).toBeNull()
  })
})
